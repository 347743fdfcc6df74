"""Read values from text, as in a table that was written to a file."""

from __future__ import annotations

import ast
import math
import re
from typing import Any

from skbayes._values import native
from skbayes.space._dimension import Dimension

#: Other programs' words for True, False and None.
_WORDS = {"true": True, "false": False, "none": None, "null": None}
#: Values that reading a table turns into an empty cell.
_READ_AS_NOTHING = (
    None,
    math.nan,
    "None",
    "nan",
    "NaN",
    "NA",
    "N/A",
    "null",
    "NULL",
    "",
)
#: Addresses, which another process does not share.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def value_of_nothing(dimension: Dimension) -> Any:
    """Find the value that an empty cell represents.

    Parameters
    ----------
    dimension : Dimension
        The dimension, which may have None, NaN, or a word for an empty cell.

    Returns
    -------
    object
        The only such value of the dimension; None if it has none or several.
    """
    found = [value for value in _READ_AS_NOTHING if dimension.contains(value)]
    return found[0] if len(found) == 1 else None


def value_of_text(text: Any, dimension: Dimension) -> Any:
    """Find the value of a dimension that a text represents.

    Parameters
    ----------
    text : object
        A text. Other objects, and texts that are values of the dimension, are returned
        unchanged.
    dimension : Dimension
        Its choices are recognised by their printed form: ``"StandardScaler()"``,
        ``"(1, 2)"``, ``"None"``. Numbers are parsed.

    Returns
    -------
    object
        A value of the dimension; the text if it represents none or several.
    """
    text = native(text)
    if not isinstance(text, str) or dimension.contains(text):
        return text
    plain = _plain(text)
    printed = [
        c for c in dimension.listed() if plain in {_plain(repr(c)), _plain(str(c))}
    ]
    if len(printed) == 1:
        return printed[0]
    value = _evaluated(text.strip())
    return value if not isinstance(value, str) and dimension.contains(value) else text


def _plain(text: str) -> str:
    """A text without line breaks and addresses."""
    return _ADDRESS.sub("", " ".join(text.split()))


def _evaluated(text: str) -> Any:
    """The number, tuple, bool or None in a text, else the text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _WORDS.get(text.lower(), text)

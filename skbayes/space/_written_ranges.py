"""Parse ranges of the form ``(low, high, prior)``, and refuse look-alikes.

A tuple of two numbers and the name of a prior is a range. JSON and YAML turn it into a
list or text, which would silently be choices, one of them the word "uniform". These
are refused, and the message names the correct form.
"""

from __future__ import annotations

import ast
import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from skbayes._did_you_mean import closest_name
from skbayes._values import is_number, native
from skbayes.space._dimension import Dimension
from skbayes.space._foreign import is_range
from skbayes.space._place import Place
from skbayes.space._ranges import PRIORS, Integer, Real
from skbayes.space._scale import PRIOR_WORDS, prior_named, prior_of

#: Types of real numbers, which other libraries write beside the ends of a range.
_REAL_WORDS = frozenset({"float", "real"})
#: Types of numbers, likewise.
_TYPE_WORDS = _REAL_WORDS | {"int", "integer", "logint", "randint"}
#: Words for a range beside two numbers, which are no choices either.
_RANGE_WORDS = PRIOR_WORDS | _TYPE_WORDS
#: Words for one of the priors in a tuple, where a word beside two numbers is unlikely
#: to be a choice.
_PRIOR_WORDS_IN_TUPLE = _RANGE_WORDS | {
    *("log", "log10", "loglinear", "lognormal"),
    *("linear", "lin", "normal"),
}
#: The prior's name, two ends, and perhaps the base of a logarithm.
_FEWEST_PARTS, _MOST_PARTS = 3, 4
#: Names of lists of choices in the dicts of other libraries and of files.
_LISTS = ("values", "choices", "categories")
#: Texts such as "(0.01, 1000, log-uniform)" and "loguniform(0.01, 1000)".
_PARTS_OF_TEXT = re.compile(r"[^\s,()\[\]'\"]+")
#: A number; a minus behind another number parts the two, as in "0.1-10".
_NUMBER = re.compile(
    r"(?:(?<![\w.])[-+]?|(?<=\d-)|(?<=\.\.))(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
)
#: Words beside the two ends of a range.
_WORDS_BESIDE_ENDS = {"to", "range", "interval", *_TYPE_WORDS}
#: Types of values that have an order but no range: a prior beside two is no choice.
_NO_NUMBERS = (
    bool,
    type(None),
    datetime.date,
    datetime.timedelta,
    np.datetime64,
    np.timedelta64,
)


def parse_range(value: tuple[Any, ...], place: Place) -> Real | Integer | None:
    """Make the range of a tuple; None if it is not a range.

    Raises
    ------
    ValueError
        If it is meant as a range but invalid.
    """
    parts = _parts_of_range(value, _PRIOR_WORDS_IN_TUPLE)
    if parts is None:
        _refuse_other_ends(value, place)
        _refuse_flag(value, place)
        return None  # choices, such as (0.5, 1.0, "sqrt")
    low, high, prior = parts
    if sum(isinstance(_scalar(part), str) for part in value) > 1:
        raise ValueError(
            place.refusal(
                "have numbers as the ends of its range",
                value,
                f"Write {_written(*parts)}, without quotes around the numbers.",
            )
        )
    if len(value) > _FEWEST_PARTS or _scalar(value[2]) not in PRIORS:
        raise ValueError(
            place.refusal(
                "be (low, high, 'uniform') or (low, high, 'log-uniform') for a range",
                value,
                f"Write {_written(*parts)}, or Categorical({list(value)!r}) for"
                f" {len(value)} choices.",
            )
        )
    kind = Integer if isinstance(low, int) and isinstance(high, int) else Real
    try:
        return kind(low, high, prior)
    except ValueError as error:
        raise ValueError(place.refusal("be a valid range", value, str(error))) from None


def _refuse_other_ends(value: tuple[Any, ...], place: Place) -> None:
    """Raise for a range whose ends are no numbers, such as dates."""
    *ends, prior = map(native, value) if value else [None]
    is_range = len(ends) == 2 and prior_named(prior) is not None
    if is_range and all(isinstance(end, _NO_NUMBERS) for end in ends):
        raise ValueError(
            place.refusal(
                "have numbers as the ends of its range",
                value,
                f"Write {ends!r} for two choices, or list all values to try.",
            )
        )


def _refuse_flag(value: tuple[Any, ...], place: Place) -> None:
    """Raise for two numbers and a truth value, as other libraries' ``log=True``."""
    items = list(map(native, value))
    if len(items) != _FEWEST_PARTS:
        return
    low, high, flag = items
    if is_number(low) and is_number(high) and isinstance(flag, bool):
        prior = "log-uniform" if flag else "uniform"
        raise ValueError(
            place.refusal(
                "not be a tuple of two numbers and a truth value",
                value,
                f"Write {_written(low, high, prior)} for a range, {items!r} for"
                " choices.",
            )
        )


def range_in_grid(value: tuple[Any, ...]) -> tuple[list[Any], str] | None:
    """Two choices for a tuple that reads like a range, and the range as it is written.

    None for another tuple.
    """
    parts = _parts_of_range(value, _PRIOR_WORDS_IN_TUPLE)
    return None if parts is None else (list(parts[:2]), _written(*parts))


def refuse_range_like(values: Sequence[Any], place: Place, *, in_grid: bool) -> None:
    """Raise for choices that read like a range, contain one, or are masked.

    Parameters
    ----------
    values : sequence
        The choices of one parameter; a tuple may be a range and is not checked.
    place : Place
        Place of the written values in the user's code.
    in_grid : bool
        Whether the choices are those of a grid, which accepts no ranges.

    Raises
    ------
    ValueError
    """
    array: Any = values
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        advice = "Write its method compressed() for the others."
        raise ValueError(place.refusal("have no masked entries", values, advice))
    if isinstance(values, str | bytes) or len(values) > _MOST_PARTS:
        return
    given = list(values)
    if any(isinstance(item, Dimension) or is_range(item) for item in given):
        one = "it" if len(given) == 1 else "a single one"
        raise ValueError(
            place.refusal(
                "not be a list that holds a range",
                values,
                f"Write {one} without the list, Categorical({given!r}) for choices.",
            )
        )
    inner = next((item for item in given if _is_range_in_list(item)), None)
    parts = _parts_of_range(given)
    if inner is not None:
        found, must = inner, "not be a list that holds a range"
        if isinstance(inner, str):
            found, inner = given, _PARTS_OF_TEXT.findall(inner)
        parts = _parts_of_range(inner)
    elif parts is not None and not isinstance(values, tuple):
        found, must = given, "not be a list that reads like a range"
    else:
        return
    assert parts is not None
    instead = f"Write {_written(*parts)} for a range"
    if in_grid:
        instead = (
            f"Write the values to try, such as {list(parts[:2])!r}, or give"
            f" {_written(*parts)} to RandomSearchCV or BayesSearchCV"
        )
    raise ValueError(
        place.refusal(
            must, values, f"{instead}, Categorical({list(found)!r}) for choices."
        )
    )


def refuse_bare_pair(value: tuple[Any, ...], place: Place) -> None:
    """Raise for two numbers, which may mean two choices or a range."""
    items = tuple(map(native, value))
    if len(items) != 2 or not all(map(is_number, items)):
        return
    low, high = items
    ranges = f"({low!r}, {high!r}, 'uniform') for a range"
    if isinstance(low, int) and isinstance(high, int):
        ranges += (
            f" of integers, ({float(low)!r}, {float(high)!r}, 'uniform') for one of"
            " real numbers"
        )
    raise ValueError(
        place.refusal(
            "not be a bare pair of numbers",
            value,
            f"Write [{low!r}, {high!r}] for two choices, {ranges}.",
        )
    )


def how_to_write(value: Any) -> str | None:
    """The correct form of a range in a dict or text; None for other values."""
    if isinstance(value, Mapping):
        listed = next((value[name] for name in _LISTS if name in value), None)
        parts = _parts_of_dict(value)
    elif isinstance(value, str):
        listed = _list_in(value)
        parts = _parts_of_range(_PARTS_OF_TEXT.findall(value), _PRIOR_WORDS_IN_TUPLE)
    else:
        return None
    if parts is not None:
        return f"It describes a range: write {_written(*parts)}."
    if isinstance(listed, list | tuple) and listed:
        return f"It lists choices: write {list(listed)!r}."
    ends = _ends_in(value) if isinstance(value, str) else None
    if ends is None:
        return None
    written = _written(ends[0], ends[1], "uniform")
    return f"Write {ends!r} for two choices, {written} for a range."


def _parts_of_dict(value: Mapping[Any, Any]) -> tuple[Any, Any, str] | None:
    """Low, high and prior of a dict that describes a range; None for others."""
    words = list(value.values())
    if len(value) == 1 and prior_named(next(iter(value)), _PRIOR_WORDS_IN_TUPLE):
        (word,), (ends,) = value, words  # {"uniform": [0.1, 1]}, and a dict in a dict
        if isinstance(ends, list | tuple):
            return _parts_of_range([*ends, word], _PRIOR_WORDS_IN_TUPLE)
        value, words = (ends if isinstance(ends, Mapping) else {}), [word]
    low = value.get("low", value.get("min", value.get("lower")))
    high = value.get("high", value.get("max", value.get("upper")))
    is_log = value.get("log") is True or any(map(_is_log, words))
    return _parts_of_range([low, high, prior_of(is_log)])


def _list_in(text: str) -> Any:
    """The list that a text is the code of; None for others and for two numbers."""
    try:
        found = ast.literal_eval(text.strip())
    except (SyntaxError, ValueError):
        return None
    return None if _ends_in(text) is not None else found


def _ends_in(text: str) -> list[Any] | None:
    """The numbers of a text that has two, and no words but those of ranges."""
    others = re.findall(r"[a-z]+", _NUMBER.sub(" ", text.lower()))
    found = [_number_of(number) for number in _NUMBER.findall(text)]
    is_range = len(found) == 2 and _WORDS_BESIDE_ENDS.issuperset(others)
    return found if is_range else None


def _is_log(word: Any) -> bool:
    """Whether a word of a description is of a logarithmic scale or distribution."""
    plain = word.lower().lstrip("$_") if isinstance(word, str) else ""
    return plain.startswith(("log", "reciprocal"))


def _is_range_in_list(item: Any) -> bool:
    """Whether a choice is itself a range, nested one level too deep."""
    if isinstance(item, str):
        item = _PARTS_OF_TEXT.findall(item)
    if not isinstance(item, tuple | list) or _parts_of_range(item) is None:
        return False
    return any(isinstance(part, str) and part in PRIORS for part in item)


def _parts_of_range(
    items: Sequence[Any], words: Collection[str] = _RANGE_WORDS
) -> tuple[Any, Any, str] | None:
    """Low, high and prior of values that read like a range; None for others.

    The ends may be text; the name of the prior may come anywhere.
    """
    if not _FEWEST_PARTS <= len(items) <= _MOST_PARTS:
        return None
    parts = list(map(_scalar, items))
    # In a wrong place, too.
    for place in (0, 1):
        if prior_named(parts[place], words) is not None:
            parts.insert(2, parts.pop(place))
            break
    prior = prior_named(parts[2], words) or _misspelt_prior(parts[2])
    numbers = [_number_of(part) for part in (*parts[:2], *parts[3:])]
    low, high = numbers[:2]
    if prior is None or any(number is None for number in numbers):
        return None
    if prior_named(parts[2], _REAL_WORDS) is not None:
        low, high = float(low), float(high)  # type: ignore[arg-type]
    return low, high, prior


def _scalar(value: Any) -> Any:
    """A native value, of an array without dimensions too; a number type by name."""
    if value is int or value is float:
        return value.__name__
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return native(value)


def _misspelt_prior(word: Any) -> str | None:
    """The prior meant by a word that is almost its name; None for other values."""
    return prior_named(closest_name(word, PRIOR_WORDS))


def _number_of(value: Any) -> int | float | None:
    """A value as a number, parsed if it is text; None if it is not a number."""
    if is_number(value):
        return value
    if isinstance(value, Decimal | Fraction):
        return float(value)
    if isinstance(value, str):
        for kind in (int, float):
            try:
                return kind(value)
            except ValueError:
                continue
    return None


def _written(low: Any, high: Any, prior: str) -> str:
    """The correct form of a range."""
    return f"({low!r}, {high!r}, {prior!r})"

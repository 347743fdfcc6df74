"""Convert a dimension of another package to this package's form."""

from __future__ import annotations

from typing import Any

from skbayes.space._foreign import read_choices, read_range


def as_written_here(dimension: Any) -> Any:
    """Return a list, a `Real` or an `Integer`; return any other object unchanged.

    Raises
    ------
    ValueError
        If the ends of a range are not valid.
    """
    choices = read_choices(dimension)
    if choices is not None:
        return choices
    found = read_range(dimension)
    return dimension if found is None else found

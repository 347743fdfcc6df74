"""Keys of points: equal for equal candidates."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from skbayes._protocol import Params
from skbayes._values import value_key
from skbayes.space._branches import Branch

_PLAIN_TYPES = (bool, int, str, bytes, type(None))
#: Significant digits of numbers of a range: encoding and decoding lose the last ones.
_SIGNIFICANT_DIGITS = 12


class PointKeys:
    """Makes keys of points: hashable, equal for equal points, valid after pickling.

    Listed choices are equal if their `value_key` is. Choices that are objects are
    identified by their number among the choices of that name in all dicts, because an
    id is meaningless in another process. Floats of ranges and distributions count to 12
    digits.

    Parameters
    ----------
    branches : sequence of dict of str to Dimension
        The dicts of a space.
    """

    def __init__(self, branches: Sequence[Branch]) -> None:
        self._branches = tuple(branches)
        self._numbers: dict[tuple[str, Hashable], int] = {}
        for branch in branches:
            for name, dimension in branch.items():
                for choice in dimension.listed():
                    number = len(self._numbers)
                    self._numbers.setdefault((name, value_key(choice)), number)

    def __getstate__(self) -> dict[str, Any]:
        # Keys contain ids and types, which another process does not share: made anew
        # there.
        return {"branches": self._branches}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["branches"])  # type: ignore[misc]

    def key(self, params: Params) -> Hashable:
        """Make the key of a point with canonical values."""
        return tuple((name, *self._key(name, params[name])) for name in params)

    def _key(self, name: str, value: Any) -> tuple[Hashable, ...]:
        if isinstance(value, _PLAIN_TYPES):
            return (value_key(value),)
        key = value_key(value)
        number = self._numbers.get((name, key))
        if isinstance(value, float):
            return (key,) if number is not None else (float, _rounded(value))
        return "choice", self._numbers[name, key]


def _rounded(value: float) -> float:
    return float(f"{value:.{_SIGNIFICANT_DIGITS - 1}e}")

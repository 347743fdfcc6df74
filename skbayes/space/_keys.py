"""Which points are the same candidate."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from skbayes._protocol import Params
from skbayes.space._branches import Branch
from skbayes.space._choices import choice_key, is_plain


class PointKeys:
    """Makes keys of points: hashable, equal for equal points, safe to pickle.

    Plain values are their own keys. Any other choice is known by its number among
    the choices for its name in all dicts, as its address means nothing elsewhere.

    Parameters
    ----------
    branches : sequence of dict of str to Dimension
        The dicts of a space.
    """

    def __init__(self, branches: Sequence[Branch]) -> None:
        self._numbers: dict[tuple[str, Hashable], int] = {}
        for branch in branches:
            for name, dimension in branch.items():
                choices = dimension.values() if dimension.is_categorical else ()
                for choice in choices:
                    number = len(self._numbers)
                    self._numbers.setdefault((name, choice_key(choice)), number)

    def key(self, params: Params) -> Hashable:
        """Make the key of a point whose values are the space's own."""
        return tuple(
            (name, choice_key(value))
            if is_plain(value)
            else (name, "choice", self._numbers[name, choice_key(value)])
            for name, value in params.items()
        )

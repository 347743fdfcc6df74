"""The points of a search space as dicts: which they are, and which are equal."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property

from skbayes._protocol import Params
from skbayes.space._branches import (
    Branch,
    count_points,
    find_in,
    have_equal_types,
    may_coincide,
    points_of,
    what_keeps_out,
)
from skbayes.space._keys import PointKeys

#: Finite spaces up to this size are counted point by point where dicts overlap.
_LARGEST_COUNT = 100_000


class Points:
    """What some dicts of dimensions hold, and how to speak of what they do not.

    Parameters
    ----------
    branches : sequence of dict of str to Dimension
        A point lies in one of them, and has its parameters only.

    Attributes
    ----------
    names : tuple of str
        Parameter names of all dicts.
    n_branches : int
        How many dicts there are.
    """

    def __init__(self, branches: Sequence[Branch]) -> None:
        self._branches = tuple(
            {name: branch[name] for name in sorted(branch)} for branch in branches
        )
        self.n_branches = len(self._branches)
        self.names: tuple[str, ...] = tuple(
            dict.fromkeys(name for branch in self._branches for name in branch)
        )

    def canonical(self, params: Params) -> Params:
        """Return the space's own twin of a point.

        Parameters
        ----------
        params : dict
            A point of the space.

        Returns
        -------
        dict
            Names sorted, each value as `decode` would give it: an int where the
            space has ints, the choice itself where the value equals one.

        Raises
        ------
        ValueError
            If it is not a point of the space.
        """
        return self._locate(params)[1]

    def contains(self, params: Params) -> bool:
        """Tell whether parameters are a point of the space.

        Parameters
        ----------
        params : dict
            What may be a point.

        Returns
        -------
        bool
            Whether one of the dicts has just these names and all the values.
        """
        return any(find_in(branch, params) is not None for branch in self._branches)

    def check(self, params: Params, *, owner: str) -> None:
        """Raise an error where parameters are not a point of the space.

        Parameters
        ----------
        params : dict
            What may be a point.
        owner : str
            Who was given it, for the message.

        Raises
        ------
        ValueError
            Naming what is missing, unknown or outside its range.
        """
        if not self.contains(params):
            raise ValueError(
                f"The point {params!r} given to {owner} is not in the search space:"
                f" {self.what_keeps_out(params)}."
            )

    def what_keeps_out(self, params: Params) -> str:
        """Say in words why parameters are not a point of the space.

        Parameters
        ----------
        params : dict
            No point of the space.

        Returns
        -------
        str
            What is missing, unknown or outside its range.
        """
        return what_keeps_out(params, self._branches)

    def fill_none(self, params: Params) -> Params:
        """Put None, which tables hardly tell from nothing, where that makes a point.

        Parameters
        ----------
        params : dict
            Parameters, of which some may be missing.

        Returns
        -------
        dict
            A point of the space if there is one that has None for all that is
            missing, else the parameters as they were.
        """
        for branch in self._branches:
            filled = dict.fromkeys(branch) | params
            if find_in(branch, filled) is not None:
                return filled
        return params

    def key(self, params: Params) -> Hashable:
        """Make a key that equal points share.

        Floats count to 12 significant digits, ``1``, ``1.0`` and ``True`` differ
        where the space tells them apart, and objects count by which choice they are.

        Parameters
        ----------
        params : dict
            A point of the space.

        Returns
        -------
        hashable
            Good for a set or a dict; survives pickling.
        """
        return self._keys.key(self.canonical(params))

    @cached_property
    def cardinality(self) -> int | None:
        """Number of distinct points, None where it is infinite.

        Where dicts of equal names have more than 100,000 points together, those
        that several of them hold are counted more than once.
        """
        total = count_points(self._branches)
        if total is None or total > _LARGEST_COUNT:
            return total
        return sum(1 for _ in self.grid()) if may_coincide(self._branches) else total

    def grid(self) -> Iterator[Params]:
        """Yield all points of a finite space, as scikit-learn's ParameterGrid would.

        Yields
        ------
        params : dict
            Each point once: in each dict in turn, names sorted, the last varies
            fastest, values in the order given.

        Raises
        ------
        ValueError
            If the space is infinite.
        """
        if count_points(self._branches) is None:
            raise ValueError(
                f"A space with infinitely many points has no grid: {self!r}."
            )
        overlap = may_coincide(self._branches)
        seen: set[Hashable] = set()
        for branch in self._branches:
            for params in points_of(branch):
                if overlap:
                    key = self._keys.key(params)
                    if key in seen:
                        continue
                    seen.add(key)
                yield params

    def _locate(self, params: Params) -> tuple[int, Params]:
        """Return the first branch a point lies in, and the point's own twin there.

        A branch that has the very values is preferred to one that has numbers of
        another type, so that 1 and 1.0 stay apart where dicts differ in them.
        """
        nearly = None
        for owner, branch in enumerate(self._branches):
            found = find_in(branch, params)
            if found is None:
                continue
            if self.n_branches == 1 or have_equal_types(found, params):
                return owner, found
            nearly = nearly or (owner, found)
        if nearly is not None:
            return nearly
        problem = self.what_keeps_out(params)
        raise ValueError(f"{params!r} is not in the search space: {problem}.")

    @cached_property
    def _keys(self) -> PointKeys:
        """What makes the keys of points."""
        return PointKeys(self._branches)

    def __eq__(self, other: object) -> bool:
        """Tell whether both offer the same values in the same way."""
        if not isinstance(other, Points):
            return NotImplemented
        return self._branches == other._branches

    def __hash__(self) -> int:
        """Hash the values offered."""
        return hash(tuple(tuple(branch.items()) for branch in self._branches))

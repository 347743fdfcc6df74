"""The points of a search space as dicts: membership, equality, enumeration."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property

from skbayes._protocol import Params
from skbayes.space._branches import (
    Branch,
    count_points,
    find_in,
    has_same_values,
    may_coincide,
    points_of,
    what_keeps_out,
)
from skbayes.space._keys import PointKeys
from skbayes.space._texts import value_of_nothing, value_of_text

#: Finite spaces up to this size are counted point by point where dicts overlap; in
#: larger ones a point of two dicts counts twice.
_LARGEST_COUNT = 100_000


class Points:
    """The points of some dicts of dimensions.

    Parameters
    ----------
    branches : sequence of dict of str to Dimension
        A point belongs to one of them, and has its parameters only.

    Attributes
    ----------
    names : tuple of str
        Parameter names of all dicts.
    n_branches : int
        Number of dicts.
    """

    def __init__(self, branches: Sequence[Branch]) -> None:
        # Names sorted: the order of a dict must not change columns, keys or seeds.
        self._branches = tuple(
            {name: branch[name] for name in sorted(branch)} for branch in branches
        )
        self.n_branches = len(self._branches)
        self.names: tuple[str, ...] = tuple(
            dict.fromkeys(name for branch in self._branches for name in branch)
        )

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The dicts, names sorted."""
        return self._branches

    def canonical(self, params: Params) -> Params:
        """Return the canonical value of a point.

        Parameters
        ----------
        params : dict
            A point of the space.

        Returns
        -------
        dict
            Names sorted, each value in the form of `decode`: an int if the space has
            ints, the choice object itself if the value equals one.

        Raises
        ------
        ValueError
            If `params` is not a point of the space.
        """
        return self._locate(params)[1]

    def contains(self, params: Params) -> bool:
        """Whether parameters are a point of the space.

        Parameters
        ----------
        params : dict
            The parameters.

        Returns
        -------
        bool
            Whether one of the dicts has exactly these names and all the values.
        """
        return any(
            self._find_in(owner, params) is not None for owner in range(self.n_branches)
        )

    def check(self, params: Params, *, owner: str) -> None:
        """Raise if parameters are not a point of the space.

        Parameters
        ----------
        params : dict
            The parameters.
        owner : str
            The caller's name, for the message.

        Raises
        ------
        ValueError
            Naming the parameters that are missing, unknown or outside their range.
        """
        if not self.contains(params):
            raise ValueError(
                f"The point {params!r} given to {owner} is not in the search space:"
                f" {self.what_keeps_out(params)}."
            )

    def what_keeps_out(self, params: Params) -> str:
        """Explain why parameters are not a point of the space.

        Parameters
        ----------
        params : dict
            Parameters that are not a point.

        Returns
        -------
        str
            The parameters that are missing, unknown or outside their range.
        """
        return what_keeps_out(params, self._branches)

    def from_cells(self, cells: Params, *, may_be_empty: bool) -> Params:
        """Read a point from the cells of a table, which may come from a file.

        Parameters
        ----------
        cells : dict
            Parameters without those of empty cells. Texts of choices and of numbers are
            looked up.
        may_be_empty : bool
            Whether a missing parameter may be an empty cell: None, NaN or a word for
            it.

        Returns
        -------
        dict
            A point of the space if the cells make one, else the cells unchanged.
        """
        for owner, branch in enumerate(self._branches):
            # A file with an empty cell cannot distinguish None from a parameter of
            # another dict: all dicts with these names are tried, in order.
            is_whole = cells.keys() == branch.keys()
            if is_whole or (may_be_empty and cells.keys() <= branch.keys()):
                point = {
                    name: value_of_text(cells[name], dimension)
                    if name in cells
                    else value_of_nothing(dimension)
                    for name, dimension in branch.items()
                }
                if self._find_in(owner, point) is not None:
                    return point
        return cells

    def _find_in(self, owner: int, params: Params) -> Params | None:
        """Return a point's canonical value in one dict; None if it is not in it."""
        return find_in(self._branches[owner], params)

    def key(self, params: Params) -> Hashable:
        """Make a key that equal points share.

        Floats count to 12 significant digits, ``1``, ``1.0`` and ``True`` differ if the
        space distinguishes them, and objects are identified by their choice.

        Parameters
        ----------
        params : dict
            A point of the space.

        Returns
        -------
        hashable
            A key for sets and dicts, valid after pickling.
        """
        return self._keys.key(self.canonical(params))

    @cached_property
    def cardinality(self) -> int | None:
        """Number of distinct points; None if it is infinite.

        If dicts with equal names have more than 100,000 points together, points that
        several of them share are counted more than once.
        """
        return self._count()

    def _count(self) -> int | None:
        total = count_points(self._branches)
        if total is None or total > _LARGEST_COUNT:
            return total
        return sum(1 for _ in self.grid()) if may_coincide(self._branches) else total

    def grid(self) -> Iterator[Params]:
        """Yield all points of a finite space, in the order of scikit-learn's grid.

        Yields
        ------
        params : dict
            Each point once: dict by dict, names sorted, the last varies fastest, values
            in the user's order.

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
        """Return the first branch of a point, and its canonical value there.

        A branch with the same values is preferred to one whose values may stand for
        them. So 1 and 1.0 stay distinct if dicts differ in them, as do estimators with
        equal parameters.
        """
        nearly = None
        for owner in range(self.n_branches):
            found = self._find_in(owner, params)
            if found is None:
                continue
            if self.n_branches == 1 or has_same_values(found, params):
                return owner, found
            nearly = nearly or (owner, found)
        if nearly is not None:
            return nearly
        problem = self.what_keeps_out(params)
        raise ValueError(f"{params!r} is not in the search space: {problem}.")

    @cached_property
    def _keys(self) -> PointKeys:
        return PointKeys(self._branches)

    def __eq__(self, other: object) -> bool:
        """Whether both have equal dicts."""
        if not isinstance(other, Points):
            return NotImplemented
        return self._branches == other._branches

    def __hash__(self) -> int:
        """Hash the dicts."""
        return hash(tuple(tuple(branch.items()) for branch in self._branches))

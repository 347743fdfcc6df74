"""A parameter that is not modelled: the evaluation of a point finds its best value."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._values import native
from skbayes.space._axes import Axis, Codes
from skbayes.space._dimension import Dimension


def profiled_names(branches: Iterable[Mapping[str, Dimension]]) -> set[str]:
    """Names of the parameters in branches that are not modelled."""
    return {
        name
        for branch in branches
        for name, dimension in branch.items()
        if isinstance(dimension, Profiled)
    }


@dataclass(frozen=True, eq=False)
class Profiled(Dimension):
    """A parameter whose best value is found by the evaluation of a point.

    Points are proposed with its largest value. All values belong to the same point,
    whose score is the one of the best value.

    Parameters
    ----------
    dimension : Dimension
        Dimension of the values.
    sizes : tuple of int
        Values to evaluate, ascending; the last one is the largest of the dimension.
    """

    dimension: Dimension
    sizes: tuple[int, ...]

    is_categorical = True

    @property
    def axis(self) -> Axis:
        """An axis with a single place."""
        return Codes(1)

    @property
    def n_values(self) -> float:
        """One, because points do not differ in it."""
        return 1.0

    @property
    def domain(self) -> str:
        """The values in words."""
        return self.dimension.domain

    @property
    def identity(self) -> Hashable:
        """The dimension and the evaluated values."""
        return self.dimension.identity, self.sizes

    def _find(self, value: Any) -> int:
        """Return the largest value for any value; LookupError for a value outside."""
        if not self.dimension.contains(native(value)):
            raise LookupError
        # Proposals start from the largest value, whose fit contains all others.
        return self.sizes[-1]

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        """Return the one place for each."""
        return np.zeros(len(values))

    def _decode(self, positions: FloatArray) -> list[Any]:
        """Return the largest value for each."""
        return [self.sizes[-1]] * len(positions)

    def _values(self) -> Sequence[Any]:
        """Return the largest value."""
        return self.sizes[-1:]

"""Find the estimators behind the prefixes of parameter names.

The prefix of ``model__C`` names an estimator of the pipeline. If the space also
searches ``model``, the prefix names each of its choices while that one is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skbayes._values import is_estimator
from skbayes.presets._classes import package_of
from skbayes.space._dimension import Dimension
from skbayes.space._rules import Among

#: A step with more choices is not examined, because each choice has rules of its own.
_MAX_CHOICES = 64
#: Meta-estimators that read fitted attributes of their inner estimators.
_READERS = frozenset({"SelectFromModel", "RFE", "RFECV"})


@dataclass(frozen=True)
class NestedEstimator:
    """An estimator under a prefix, or its replacement such as "passthrough".

    Parameters
    ----------
    value : object
        The estimator; None or a string such as "passthrough" in its place.
    guards : tuple of Among
        Conditions under which the estimator is in place.
    is_read : bool
        Whether its meta-estimator may read its fitted attributes.
    """

    value: Any
    guards: tuple[Among, ...] = ()
    is_read: bool = False

    @property
    def is_estimator(self) -> bool:
        """Whether the value is an estimator instance."""
        return is_estimator(self.value)

    def own(self) -> dict[str, Any]:
        """Parameters of the estimator with nested ones; empty for a replacement."""
        if not self.is_estimator:
            return {}
        own: dict[str, Any] = self.value.get_params(deep=True)
        return own


def nested_estimators(
    prefix: str, estimator: Any, branch: Mapping[str, Dimension]
) -> Sequence[NestedEstimator]:
    """Find the estimators under a prefix in the candidates of one branch.

    Parameters
    ----------
    prefix : str
        Prefix such as "model" or "pipe__model"; empty for the estimator itself.
    estimator : estimator
        Estimator of the search.
    branch : mapping of str to Dimension
        Parameters of the branch.

    Returns
    -------
    sequence of NestedEstimator
        One for each choice; empty if they cannot be listed.
    """
    if not prefix:
        return [NestedEstimator(estimator)]
    parent_name, _, leaf = prefix.rpartition("__")
    found: list[NestedEstimator] = []
    for parent in nested_estimators(parent_name, estimator, branch):
        if not parent.is_estimator:
            found.append(NestedEstimator(None, parent.guards))
            continue
        is_read = parent.is_read or _reads(parent.value)
        if prefix in branch:
            chosen = _choices(prefix, branch[prefix])
            if chosen is None:
                return []
            found += [
                NestedEstimator(value, parent.guards + guards, is_read)
                for value, guards in chosen
            ]
            continue
        own = parent.own()
        # A candidate may set `steps` itself: the estimator under the prefix is unknown.
        if _is_replaced(parent_name, parent.value, branch):
            return []
        found.append(NestedEstimator(own.get(leaf), parent.guards, is_read))
    return found


def _choices(
    name: str, dimension: Dimension
) -> list[tuple[Any, tuple[Among, ...]]] | None:
    """List the values of a searched step, each with the condition that selects it."""
    if dimension.n_values > _MAX_CHOICES:
        return None
    values = dimension.values()
    if len(values) == 1:
        return [(values[0], ())]
    return [(value, (Among(name, frozenset({i})),)) for i, value in enumerate(values)]


def _is_replaced(prefix: str, container: Any, branch: Mapping[str, Dimension]) -> bool:
    """Whether the space searches the list of a container's parts, such as `steps`."""
    lists = ("steps", "transformers", "transformer_list", "estimators")
    start = f"{prefix}__" if prefix else ""
    own = container.get_params(deep=False)
    return any(name in own and f"{start}{name}" in branch for name in lists)


def _reads(parent: Any) -> bool:
    """Whether a meta-estimator may read fitted attributes of its parts."""
    return package_of(type(parent)) != "sklearn" or type(parent).__name__ in _READERS

"""A ConfigSpace as skbayes takes it: a list of dicts, one for each branch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from ConfigSpace import ConfigurationSpace

#: More combinations of the parameters that switch others are not listed.
_MOST_COMBINATIONS = 1_000


def active_names(space: ConfigurationSpace, values: Mapping[str, Any]) -> list[str]:
    """Parameters that are active where those that switch others have these values."""
    active: list[str] = []
    for name in space:  # parents come before their children
        conditions = space.parent_conditions_of[name]
        known = {parent: values[parent] for parent in active if parent in values}
        parents_active = all(parent.name in active for parent in space.parents_of[name])
        if parents_active and all(c.satisfied_by_value(known) for c in conditions):
            active.append(name)
    return active


def switches(space: ConfigurationSpace) -> dict[str, list[Any]]:
    """The parameters that switch others, and their values."""
    found: dict[str, list[Any]] = {}
    for name in space:
        for parent in space.parents_of[name]:
            values = getattr(parent, "choices", getattr(parent, "sequence", None))
            if values is None and hasattr(parent, "value"):
                values = [parent.value]
            if values is None:
                raise NotImplementedError(
                    f"{parent.name!r}, which is a range, switches {name!r}; branches "
                    "of skbayes are told by choices. Make it a categorical."
                )
            found[parent.name] = [*values]
    return found


def branches(space: ConfigurationSpace) -> list[dict[str, Any]]:
    """The space as a list of dicts; ranges and choices are ConfigSpace's own.

    Parameters
    ----------
    space : ConfigurationSpace
        Without forbidden clauses.

    Returns
    -------
    list of dict
        One for each set of parameters that are active together.

    Raises
    ------
    NotImplementedError
        If the space has forbidden clauses, or a range switches a parameter.
    """
    if space.forbidden_clauses:
        raise NotImplementedError(
            f"The space has {len(space.forbidden_clauses)} forbidden clauses, which "
            "skbayes does not know. Remove them."
        )
    gates = switches(space)
    if math.prod(map(len, gates.values())) > _MOST_COMBINATIONS:
        raise NotImplementedError(
            f"{len(gates)} parameters switch others in more than {_MOST_COMBINATIONS} "
            "combinations. Remove some."
        )
    points: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for values in itertools.product(*gates.values()):
        chosen = dict(zip(gates, values, strict=True))
        active = active_names(space, chosen)
        point = {name: chosen[name] for name in active if name in chosen}
        if point not in points.setdefault(tuple(active), []):
            points[tuple(active)].append(point)
    return [
        {name: fixed.get(name, space[name]) for name in active}
        for active, found in points.items()
        for fixed in _blocks(found)
    ]


def _blocks(points: Iterable[Mapping[str, Any]]) -> list[dict[str, list[Any]]]:
    """The points as one product of choices, if they are one; else one by one."""
    listed = [*points]
    names = [*listed[0]]
    values = {name: [*dict.fromkeys(p[name] for p in listed)] for name in names}
    if math.prod(map(len, values.values())) == len(listed):
        return [values]
    return [{name: [value] for name, value in point.items()} for point in listed]

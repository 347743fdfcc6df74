"""Check the points that are to be tried before all others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from skbayes._protocol import Params
from skbayes.space import Space


def check_initial_params(
    initial_params: Sequence[Mapping[str, Any]] | None, space: Space, *, owner: str
) -> tuple[Params, ...]:
    """The space's own twins of the points, each once, in their order.

    Parameters
    ----------
    initial_params : sequence of dict or None
        Each with a value for every parameter.
    space : Space
        Where they have to lie.
    owner : str
        Who asks, for error messages.

    Returns
    -------
    tuple of dict
        Empty for None.

    Raises
    ------
    TypeError
        If it is not a sequence of dicts.
    ValueError
        If a parameter is missing, unknown or outside the space; it is named.
    """
    if initial_params is None:
        return ()
    expected = (
        f"The `initial_params` parameter of {owner} must be a list of dicts, each with "
        "a value for every parameter of the space."
    )
    if isinstance(initial_params, Mapping | str) or not isinstance(
        initial_params, Sequence
    ):
        raise TypeError(
            f"{expected} Got {type(initial_params).__name__} instead; put a single "
            "dict in a list."
        )
    distinct: dict[Hashable, Params] = {}
    for i, params in enumerate(initial_params):
        if not isinstance(params, Mapping):
            raise TypeError(f"{expected} Got {params!r} at position {i}.")
        try:
            space.check(dict(params), owner=owner)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"The `initial_params` parameter of {owner} must hold points of the "
                f"space, but the one at position {i} is not: {error}"
            ) from error
        distinct.setdefault(space.key(dict(params)), space.canonical(dict(params)))
    return tuple(distinct.values())

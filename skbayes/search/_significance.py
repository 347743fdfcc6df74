"""Whether the place of a parameter's best value is significant, or chance.

The model of the scores predicts how much the best candidate loses if one of its values
is moved inwards, and how sure that is. A parameter without effect loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skbayes._gp import limit_threads

#: Distance by which a value is moved inwards, as a share of its axis.
_INWARDS = 0.25
#: A difference of at least this many standard deviations is not noise.
_SURE = 2.0


def significant_ends(search: Any, ends: Mapping[str, str]) -> set[str]:
    """Select the parameters whose value at an end contributes to the best score.

    Parameters
    ----------
    search : SearchCV
        The search with its best candidate.
    ends : mapping of str to {"low", "high"}
        The end of its range at which each parameter's best value lies.

    Returns
    -------
    set of str
        Empty without a model.
    """
    model = _model_of(search)
    if model is None:
        return set()
    space, gp = model
    if not space.contains(search.best_params_):  # such as the untuned estimator
        return set()
    (best,) = space.encode([search.best_params_])
    active = space.active(best[None, :])[0]
    columns = {c.name: j for j, c in enumerate(space.columns) if active[j]}
    names = [name for name in ends if name in columns]
    rows = np.tile(best, (1 + len(names), 1))
    for row, name in zip(rows[1:], names, strict=True):
        j = columns[name]
        row[j] = best[j] + (_INWARDS if ends[name] == "low" else -_INWARDS)
    with limit_threads():
        mean, covariance = gp.joint(space.snap(rows))
    loss = mean[0] - mean[1:]
    # The variance of the difference of two values of one process: both are strongly
    # correlated, so
    # their own variances would make every difference look like noise.
    variance = covariance[0, 0] + np.diag(covariance)[1:] - 2 * covariance[0, 1:]
    is_sure = loss > _SURE * np.sqrt(np.maximum(variance, 0.0))
    return {name for name, sure in zip(names, is_sure.tolist(), strict=True) if sure}


def _model_of(search: Any) -> tuple[Any, Any] | None:
    """A space and a process over it; None without enough scores."""
    if hasattr(search, "optimizer_"):
        surrogate = search.optimizer_.surrogate()
        return None if surrogate is None else (surrogate.space, surrogate.gp)
    # Imported here: only a search without a model of its own needs the module.
    from skbayes.inspection._model.score_model import score_model
    from skbayes.inspection._search_record import read_search

    try:
        record = read_search(search, caller="SearchSpaceEdgeWarning")
        model = score_model(search, record, caller="SearchSpaceEdgeWarning")
    except (TypeError, ValueError):  # too few scores, or all equal
        return None
    return model.space, model.gp

"""Why some searches give no score that is free of selection bias.

A race completes the candidates that scored well on every fold, including the one that
is held out later. A candidate chosen on the other folds and scored on that one is still
too good: a quarter of the optimism and more remains
(``benchmarks/racing_optimism.py``). The scores that stopped candidates would have had
are not known well enough to remove it.
"""

from __future__ import annotations

from typing import Any

from skbayes._protocol import Status


def why_unknown(search: Any, what: str) -> str | None:
    """Explain why an unbiased score of the choice is unknown; None if it is known.

    Parameters
    ----------
    search : fitted search
        A search of this package.
    what : str
        Name of the score, with which the sentence begins.

    Returns
    -------
    str or None
    """
    n_stopped = sum(trial.status is Status.STOPPED for trial in search.trials_)
    has_rungs = getattr(search, "resource", None) is not None
    if not (search.racing or has_rungs) or not n_stopped:
        return None
    return (
        f"{what} is NaN: {'racing' if search.racing else '`resource`'} stopped "
        f"{n_stopped} of {len(search.trials_)} "
        "candidates by looking at the samples that the others would be scored on. Fit "
        f"with {'resource=None and ' * has_rungs}racing=False, or use nested "
        "cross-validation: "
        "cross_val_score(search, X, y)."
    )


def why_path_biases(search: Any, what: str) -> str | None:
    """Explain why a score from predictions is unknown; None if it is known.

    Predictions are kept at the best value of each candidate's path only, and that value
    was chosen on the samples that the others would be scored on.

    Parameters
    ----------
    search : fitted search
        A search of this package.
    what : str
        Name of the score, with which the sentence begins.

    Returns
    -------
    str or None
    """
    # A path of one value left nothing to choose.
    on_path = [t for t in search.trials_ if len(t.path_scores or ()) > 1]
    if not on_path:
        return None
    names = sorted(
        {
            name
            for t in on_path
            for name, value in t.asked.items()
            if value is not t.params[name]
        }
    )
    listed = " and ".join(repr(name) for name in names) or "a parameter"
    return (
        f"{what} is NaN: the best value of {listed} was found along each candidate's "
        "path, by the samples that it would be scored on. Fit with share_fits=False, "
        "or read `optimism_corrected_score_`, which repeats that choice."
    )

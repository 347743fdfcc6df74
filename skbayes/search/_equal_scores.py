"""Warn if all candidates have the same scores, so that nothing was found."""

from __future__ import annotations

from skbayes._protocol import Status
from skbayes._user_warnings import warn_user
from skbayes._values import params_key

#: Fewer candidates may have equal scores by chance: a small test part has few values.
_FEWEST = 5


def warn_of_equal_scores(search):
    """Warn if the best candidate is no better than any other, on any fold.

    Parameters
    ----------
    search : SearchCV
        The search with its ended trials.
    """
    trials = [trial for trial in search.trials_ if trial.status is Status.COMPLETE]
    scores = {tuple(trial.scores().tolist()) for trial in trials[:1]}
    if any(tuple(trial.scores().tolist()) not in scores for trial in trials):
        return
    if len({params_key(trial.params) for trial in trials}) < _FEWEST:
        return
    folds = scores.pop()
    shown = f"score {folds[0]:.6g}" if len(set(folds)) == 1 else "scores"
    warn_user(
        f"All {len(trials)} candidates of this {type(search).__name__} have the same "
        f"{shown} on every fold, so that the search could not compare them: the chosen "
        "one is no better than the others. Is y sorted, and not shuffled by `cv`? Is "
        "the scorer a constant? Have the parameters any effect?"
    )

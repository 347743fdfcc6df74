"""Split a search's data for the repeats of its cross-validation."""

from __future__ import annotations

import copy
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import TimeSeriesSplit, check_cv

from skbayes._compat import is_multimetric
from skbayes._short_text import one_line
from skbayes.search._splits import Splits, reusable_cv

#: Share of a time budget for the repeats; they also get the rest of the candidates'
#: share.
BUDGET_SHARE = 0.2

#: Keeps the seeds of the repeats apart from the seeds that users write.
_STREAM = 0x5EED

#: Most characters of a splitter in a message.
_LONGEST = 80


def candidates_budget(search: Any) -> Any:
    """Seconds after which no new candidate starts; None without a limit."""
    if search.time_budget is None or not search.n_repeats_finalists:
        return search.time_budget
    return search.time_budget * (1.0 - BUDGET_SHARE)


def check_choice(search: Any, scorers: Any) -> None:
    """Raise if the search has finalists and no mean decides the winner.

    Raises
    ------
    ValueError
        If `refit` is a rule, or none of several scores decides.
    """
    if not search.n_repeats_finalists:
        return
    owner = type(search).__name__
    if callable(search.refit):
        raise ValueError(
            f"The `n_repeats_finalists` parameter of {owner} takes the candidate with "
            f"the best mean over all folds and repeats. Got {search.refit!r}, a rule "
            "that chooses by itself, as `refit`. Use n_repeats_finalists=0, or name a "
            "score in `refit`."
        )
    if not search.refit and not callable(search.scoring) and is_multimetric(scorers):
        raise ValueError(
            f"The `n_repeats_finalists` parameter of {owner} needs a score that "
            "decides. Got several and refit=False; name one of them in `refit`."
        )


def split_repeats(
    search: Any, X: Any, y: Any, split_params: Any, splits: Splits
) -> Splits:
    """Split `n_repeats_finalists` times with other seeds of `cv`.

    Parameters
    ----------
    search : SearchCV
        The search with its parameters.
    X, y : array-like
        The data.
    split_params : mapping
        Arguments of ``cv.split``, such as ``groups``.
    splits : sequence of (train, test)
        The splits of the cross-validation itself.

    Returns
    -------
    sequence of (train, test)
        As many splits for each repeat as `splits` has, equal in every run.

    Raises
    ------
    ValueError
        If `cv` has only one way to split.
    """
    owner = type(search).__name__
    further: list[tuple[Any, Any]] = []
    if not search.n_repeats_finalists:
        return further
    cv = check_cv(reusable_cv(search), y, classifier=is_classifier(search.estimator))
    if not hasattr(cv, "random_state") or isinstance(cv, TimeSeriesSplit):
        raise ValueError(
            f"The `n_repeats_finalists` parameter of {owner} needs a `cv` that can "
            f"split at random in another way. Got {_shown(search.cv)}, which cannot. "
            "Use an integer or a splitter with a `random_state`, such as KFold, or "
            "n_repeats_finalists=0."
        )
    # Split before the first fit: an error after hours of fits would be too late.
    for seed in _seeds(search):
        again = copy.copy(cv)
        if hasattr(again, "shuffle"):
            again.shuffle = True
        again.random_state = seed
        repeat = list(again.split(X, y, **split_params))
        if len(repeat) != len(splits) or _tests(repeat) == _tests(splits):
            raise ValueError(
                f"The `n_repeats_finalists` parameter of {owner} needs a `cv` that "
                f"can split in another way. Got {_shown(search.cv)}, whose test parts "
                "are the same in every repeat. Use fewer, larger test parts, or "
                "n_repeats_finalists=0."
            )
        further += repeat
    return further


def _seeds(search: Any) -> list[int]:
    """Derive one seed for each repeat from the search's own, if it is an int."""
    own = getattr(search, "random_state", None)
    entropy = int(own) if isinstance(own, Integral) else 0
    sequence = np.random.SeedSequence([entropy, _STREAM])
    return [int(s) for s in sequence.generate_state(search.n_repeats_finalists)]


def _tests(splits: Splits) -> set[bytes]:
    """Digest the test parts independently of their order."""
    return {np.sort(np.asarray(test)).tobytes() for _, test in splits}


def _shown(cv: Any) -> str:
    """Write `cv` for a message; splits given one by one are not listed."""
    is_splitter = isinstance(cv, Integral) or hasattr(cv, "split")
    return one_line(cv, _LONGEST) if is_splitter else "an iterable of splits"

"""Which scorers are known well enough to be computed without calling them.

A scorer is known by its function and the arguments it was made with, whatever it is
called, and then held to the scores the search has recorded: a form that does not
reproduce them all is not used.
"""

from __future__ import annotations

import inspect
from collections.abc import Hashable
from functools import cache
from typing import Any

import numpy as np
from sklearn.metrics import get_scorer

from skbayes._compat import scorer_parts
from skbayes.inspection._error_sums import ERROR_FORMS
from skbayes.inspection._label_sums import LABEL_FORMS
from skbayes.inspection._rank_scores import AREA, AVERAGE_PRECISION, ranking_form
from skbayes.inspection._score_form import ScoreSums

#: By scikit-learn's names of scorers.
FORMS = {
    **ERROR_FORMS,
    **LABEL_FORMS,
    "roc_auc": ranking_form(AREA),
    "roc_auc_ovr": ranking_form(AREA),
    "roc_auc_ovr_weighted": ranking_form(AREA, by_weight=True),
    "roc_auc_ovo": ranking_form(AREA, each_pair=True),
    "roc_auc_ovo_weighted": ranking_form(AREA, each_pair=True, by_weight=True),
    "average_precision": ranking_form(AVERAGE_PRECISION),
}


def form_of(scorer: Any, *, own_score: str | None, labels: Any) -> ScoreSums | None:
    """Find a scorer's form by the function it calls.

    Parameters
    ----------
    scorer : callable
        A scorer of scikit-learn's, or any other.
    own_score : str or None
        Name of the scorer an estimator's own ``score`` is likely to be.
    labels : array of shape (n_labels,)
        All there are, of which the last is the one that forms of two labels are of.

    Returns
    -------
    ScoreSums or None
        None if there is none. It is a guess until it reproduces recorded scores.
    """
    if own_score is not None:
        return FORMS[own_score]
    return _by_call().get(_call(scorer, positive=labels[-1]))


@cache
def _by_call() -> dict[Hashable, ScoreSums]:
    """The forms by what their scorers call."""
    return {_call(get_scorer(name)): form for name, form in FORMS.items()}


def _call(scorer: Any, positive: Any = None) -> Hashable:
    """What a scorer computes: its function, sign, and arguments that matter.

    Arguments that are as the function has them anyway do not, nor does the positive
    label if it is the one the forms are of; a ratio of nothing to nothing is zero.
    """
    parts = scorer_parts(scorer)
    if parts is None or not inspect.isfunction(parts[0]):
        return None
    function, sign, arguments = parts
    ordinary: dict[str, tuple[Any, ...]] = {
        "pos_label": (None, positive),
        "zero_division": (0,),
    }
    for name, parameter in inspect.signature(function).parameters.items():
        ordinary[name] = (parameter.default, *ordinary.get(name, ()))
    told = {
        name: repr(value)
        for name, value in arguments.items()
        if not any(_is_same(value, o) for o in ordinary.get(name, ()))
    }
    return function, sign, frozenset(told.items())


def _is_same(a: Any, b: Any) -> bool:
    """Whether two arguments are equal, be they labels, numbers or lists of them."""
    # As objects: older numpy cannot compare an array of words with one of numbers.
    return np.array_equal(np.asarray(a, dtype=object), np.asarray(b, dtype=object))

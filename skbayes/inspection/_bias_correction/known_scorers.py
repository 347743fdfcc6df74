"""Find the sums that compute a known scorer without a call.

A scorer is identified by its function and arguments, not by its name. The result is a
guess: `SummedScores.make` rejects sums that do not reproduce every recorded score.
"""

from __future__ import annotations

import inspect
from collections.abc import Hashable
from functools import cache
from typing import Any

from sklearn.metrics import get_scorer

from skbayes._compat import scorer_parts
from skbayes._values import stands_for
from skbayes.inspection._bias_correction.classification_sums import LABEL_FORMS
from skbayes.inspection._bias_correction.ranking_scores import (
    AREA,
    AVERAGE_PRECISION,
    ranking_form,
)
from skbayes.inspection._bias_correction.regression_sums import ERROR_FORMS
from skbayes.inspection._bias_correction.score_sums import ScoreSums

#: Sums of the known scorers, by scikit-learn's names.
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
    """Find the sums of a scorer by the function that the scorer calls.

    Parameters
    ----------
    scorer : callable
        A scorer of scikit-learn, or any other.
    own_score : str or None
        Name of the scorer that an estimator's own ``score`` most likely equals.
    labels : array of shape (n_labels,)
        All labels; with two labels the last one is the positive.

    Returns
    -------
    ScoreSums or None
        None for an unknown scorer. The sums are a guess until they reproduce the
        recorded scores.
    """
    if own_score is not None:
        return FORMS[own_score]
    return _by_call().get(_call(scorer, positive=labels[-1]))


@cache
def _by_call() -> dict[Hashable, ScoreSums]:
    """Index the sums by the function, sign and arguments of their scorers."""
    return {_call(get_scorer(name)): form for name, form in FORMS.items()}


def _call(scorer: Any, positive: Any = None) -> Hashable:
    """Identify a scorer by its function, sign and the arguments that matter.

    An argument equal to the function's default does not matter, nor does the positive
    label if it is the last label, nor ``zero_division=0``.
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
    given = {
        name: repr(value)
        for name, value in arguments.items()
        if not any(stands_for(value, o) for o in ordinary.get(name, ()))
    }
    return function, sign, frozenset(given.items())

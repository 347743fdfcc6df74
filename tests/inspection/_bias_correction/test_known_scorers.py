"""Is a scorer known by what it computes, whatever it is called?"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    fbeta_score,
    get_scorer,
    make_scorer,
    mean_squared_error,
    r2_score,
    roc_auc_score,
)

from skbayes.inspection import bias_corrected_score
from skbayes.inspection._bias_correction.known_scorers import FORMS, form_of
from tests.inspection.known_truth import (
    NoisyClassifier,
    NoisyRegressor,
    labelled,
    measured,
    search_of,
)

NUMBERS, WORDS = np.array([0, 1]), np.array(["no", "yes"])


@pytest.mark.parametrize("name", FORMS)
def test_form_of_scorers_of_scikit_learn_is_known(name):
    """Each scorer has its own form, and no two are known by the same call."""
    assert form_of(get_scorer(name), own_score=None, labels=NUMBERS) is FORMS[name]


@pytest.mark.parametrize(
    ("scorer", "name", "labels"),
    [
        (make_scorer(r2_score), "r2", NUMBERS),
        (make_scorer(r2_score, multioutput="uniform_average"), "r2", NUMBERS),
        (
            make_scorer(mean_squared_error, greater_is_better=False),
            "neg_mean_squared_error",
            NUMBERS,
        ),
        (make_scorer(accuracy_score), "accuracy", WORDS),
        (make_scorer(f1_score), "f1", NUMBERS),
        (make_scorer(f1_score, pos_label="yes", zero_division=0), "f1", WORDS),
        (make_scorer(f1_score, average="macro"), "f1_macro", WORDS),
        (
            make_scorer(
                roc_auc_score,
                response_method="predict_proba",
                multi_class="ovr",
                average="macro",
            ),
            "roc_auc_ovr",
            WORDS,
        ),
    ],
)
def test_form_of_scorers_made_by_hand_is_known(scorer, name, labels):
    """Arguments that change nothing do not hide what a scorer computes."""
    assert form_of(scorer, own_score=None, labels=labels) is FORMS[name]


@pytest.mark.parametrize(
    "scorer",
    [
        make_scorer(r2_score, greater_is_better=False),
        make_scorer(r2_score, force_finite=False),
        make_scorer(mean_squared_error),
        make_scorer(fbeta_score, beta=2),
        make_scorer(f1_score, pos_label=0),
        make_scorer(f1_score, labels=[0], average="macro"),
        make_scorer(f1_score, zero_division=np.nan),
        make_scorer(roc_auc_score, max_fpr=0.1),
        make_scorer(partial(f1_score, average="macro")),
        lambda estimator, X, y: 0.0,
        r2_score,
    ],
)
def test_form_of_scorers_that_compute_something_else_is_not_known(scorer):
    """Another sign, another argument or another function is another score."""
    assert form_of(scorer, own_score=None, labels=NUMBERS) is None


@pytest.mark.parametrize(
    ("by_hand", "name", "model", "data"),
    [
        (make_scorer(r2_score), "r2", NoisyRegressor(), measured(60)),
        (make_scorer(f1_score), "f1", NoisyClassifier(), labelled(60)),
    ],
)
def test_form_of_the_same_score_gives_the_same_estimate(by_hand, name, model, data):
    """R2 made by hand is corrected as R2, on small folds too."""
    first, second = (
        bias_corrected_score(
            search_of(model, 5, data, scoring=scoring), 50, random_state=0
        )
        for scoring in (by_hand, name)
    )
    assert first.estimate == second.estimate

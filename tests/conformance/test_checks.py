"""Do our searches pass scikit-learn's checks, whatever their space is made of?"""

from __future__ import annotations

import warnings

import pytest
from scipy.stats import loguniform, randint, uniform
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.space import Categorical, Integer, Real

pytestmark = [
    pytest.mark.slow,
    # As in scikit-learn's own run of the checks.
    pytest.mark.filterwarnings("default"),
]

SETTINGS = {"cv": 2, "error_score": "raise"}
PIPELINE = Pipeline([("reduce", PCA()), ("model", LogisticRegression())])

#: Every kind of space a search may be given, by what is special about it.
BAYES_SPACES = {
    "list, used up": (Ridge(), {"alpha": [0.1, 1.0]}),
    "list, log-spaced numbers": (Ridge(), {"alpha": [0.01, 0.1, 1.0, 10.0, 100.0]}),
    "strings, None and bools": (
        LogisticRegression(),
        {"class_weight": [None, "balanced"], "fit_intercept": [True, False]},
    ),
    "tuple of choices": (
        LogisticRegression(),
        {"solver": ("lbfgs", "newton-cg", "newton-cholesky")},
    ),
    "range written out": (Ridge(), {"alpha": (1e-3, 1e3, "log-uniform")}),
    "Real": (Ridge(), {"alpha": Real(1e-3, 1e3, prior="log-uniform")}),
    "Integer": (LogisticRegression(), {"max_iter": Integer(90, 110)}),
    "Categorical": (
        LogisticRegression(),
        {"solver": Categorical(["lbfgs", "newton-cg"]), "C": Real(0.1, 10)},
    ),
    "continuous distributions": (
        LogisticRegression(),
        {"C": loguniform(1e-2, 1e2), "tol": uniform(1e-4, 1e-3)},
    ),
    "discrete distribution": (LogisticRegression(), {"max_iter": randint(90, 110)}),
    "estimators as choices": (
        Pipeline([("scale", StandardScaler()), ("model", Ridge())]),
        {
            "scale": [StandardScaler(), MinMaxScaler(), "passthrough"],
            "model__alpha": (1e-2, 1e2, "log-uniform"),
        },
    ),
    "conditional": (
        PIPELINE,
        [
            {"reduce": [PCA()], "reduce__whiten": [False, True]},
            {"reduce": ["passthrough"], "model__C": (1e-2, 1e2, "log-uniform")},
            {"reduce": [SelectKBest(k=1)], "model__C": (1e-2, 1e2, "log-uniform")},
        ],
    ),
}


def instances():
    """All three searches, each over classifier, regressor and pipeline."""
    for estimator, space in (
        (Ridge(), {"alpha": [0.1, 1.0]}),
        (LogisticRegression(), {"C": [0.1, 1.0]}),
        (PIPELINE, {"model__C": [0.1, 1.0]}),
    ):
        yield GridSearchCV(estimator, space, **SETTINGS)
        yield RandomSearchCV(estimator, space, n_iter=2, random_state=0, **SETTINGS)
    for estimator, space in BAYES_SPACES.values():
        yield BayesSearchCV(estimator, space, n_iter=6, random_state=0, **SETTINGS)


def expected_failures(search):
    """What scikit-learn expects to fail for its own grid search, and no more."""
    from sklearn.utils._test_common.instance_generator import (
        PER_ESTIMATOR_XFAIL_CHECKS,
    )

    return PER_ESTIMATOR_XFAIL_CHECKS.get(TheirGridSearchCV, {})


@parametrize_with_checks(list(instances()), expected_failed_checks=expected_failures)
def test_scikit_learn_checks(estimator, check):
    """A search is an estimator as scikit-learn defines one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)

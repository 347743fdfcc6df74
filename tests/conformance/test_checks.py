"""Do our searches pass scikit-learn's checks, whatever their space is made of?"""

from __future__ import annotations

import warnings

import pytest
from scipy.stats import loguniform, randint, uniform
from sklearn.base import is_regressor
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.space import Categorical, Integer, Real

pytestmark = [
    pytest.mark.slow,
    # As in scikit-learn's own run of the checks.
    pytest.mark.filterwarnings("default"),
]

SETTINGS = {"cv": 2, "error_score": "raise"}
# The first step stays: a pipeline that begins with "passthrough" has no
# `n_features_in_`, and then no search over it has.
PIPELINE = Pipeline(
    [("scale", StandardScaler()), ("reduce", PCA()), ("model", LogisticRegression())]
)

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
        {"class_weight": (None, "balanced"), "fit_intercept": (True, False)},
    ),
    "range written out": (Ridge(), {"alpha": (1e-3, 1e3, "log-uniform")}),
    "Real": (Ridge(), {"alpha": Real(1e-3, 1e3, prior="log-uniform")}),
    "Integer": (LogisticRegression(), {"max_iter": Integer(90, 110)}),
    "Categorical": (
        LogisticRegression(),
        {"class_weight": Categorical([None, "balanced"]), "C": Real(0.1, 10)},
    ),
    "continuous distributions": (
        LogisticRegression(),
        {"C": loguniform(1e-2, 1e2), "tol": uniform(1e-4, 1e-3)},
    ),
    "discrete distribution": (LogisticRegression(), {"max_iter": randint(90, 110)}),
    "estimators as choices": (
        Pipeline(
            [
                ("center", StandardScaler()),
                ("scale", StandardScaler()),
                ("model", Ridge()),
            ]
        ),
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


#: The same space for the searches that do not learn, whatever is searched.
PLAIN_SPACES = {
    "regressor": (Ridge(), {"alpha": [0.1, 1.0]}),
    "classifier": (LogisticRegression(), {"C": [0.1, 1.0]}),
    "pipeline": (PIPELINE, {"model__C": [0.1, 1.0]}),
}


def searches():
    """(id, search) of all three searches over all their spaces."""
    for kind, (estimator, space) in PLAIN_SPACES.items():
        yield f"grid, {kind}", GridSearchCV(estimator, space, **SETTINGS)
        search = RandomSearchCV(estimator, space, n_iter=2, random_state=0, **SETTINGS)
        yield f"random, {kind}", search
    for kind, (estimator, space) in BAYES_SPACES.items():
        # Two points of the start and one of the model.
        search = BayesSearchCV(
            estimator,
            space,
            n_iter=3,
            n_initial_points=2,
            random_state=0,
            **SETTINGS,
        )
        yield f"bayes, {kind}", search


def expected_failures(search):
    """What scikit-learn's own searches are known to fail, too."""
    if is_regressor(search):
        return {"check_supervised_y_2d": "Ridge takes y of shape (n, 1) as it is"}
    return {}


def checks():
    """Every check of every search; ids without addresses, for xdist's sake."""
    for name, search in searches():
        for case in estimator_checks_generator(
            search, expected_failed_checks=expected_failures(search), mark="xfail"
        ):
            values, marks = getattr(case, "values", case), getattr(case, "marks", ())
            check = values[1]
            keywords = "".join(f", {k}={v}" for k, v in check.keywords.items())
            # Generated checks wrap a partial, or a function.
            function = getattr(check.func, "func", check.func)
            test_id = f"{name}: {function.__name__}{keywords}"
            yield pytest.param(*values, marks=marks, id=test_id)


@pytest.mark.parametrize(("estimator", "check"), list(checks()))
def test_scikit_learn_checks(estimator, check):
    """A search is an estimator as scikit-learn defines one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)

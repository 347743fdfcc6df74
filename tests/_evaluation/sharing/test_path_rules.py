"""A model that is cut out of a larger one is the model of a fit of its size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from skbayes._evaluation.sharing.path_rules import (
    PATH_PARAMETERS,
    RULES,
    PathRule,
    is_size,
    len_of,
    rule_of,
)

SIZES = [2, 5, 9]


RESPONSES = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "staged_predict",
)


CASES = {
    "forest": RandomForestClassifier(random_state=0, max_features=0.5),
    "forest, all rows": RandomForestClassifier(random_state=1, bootstrap=False),
    "forest, weighted": RandomForestClassifier(
        random_state=0, class_weight="balanced_subsample", max_samples=0.5
    ),
    "extra trees": ExtraTreesClassifier(random_state=0),
    "boosting": GradientBoostingClassifier(random_state=0, subsample=0.7),
    "boosting, stopped": GradientBoostingClassifier(
        random_state=0, n_iter_no_change=1, validation_fraction=0.3, learning_rate=1.0
    ),
    "adaboost": AdaBoostClassifier(random_state=0, learning_rate=0.5),
    "bagging": BaggingClassifier(random_state=0, max_features=0.5),
    "hist": HistGradientBoostingClassifier(),
    "hist, features": HistGradientBoostingClassifier(random_state=0, max_features=0.5),
    "hist, stopped": HistGradientBoostingClassifier(
        random_state=0, early_stopping=True, n_iter_no_change=1, scoring="accuracy"
    ),
    "forest regressor": RandomForestRegressor(random_state=0),
    "extra trees regressor": ExtraTreesRegressor(random_state=0, bootstrap=True),
    "boosting regressor": GradientBoostingRegressor(random_state=0, loss="huber"),
    "adaboost regressor": AdaBoostRegressor(random_state=0),
    "bagging regressor": BaggingRegressor(random_state=0, bootstrap_features=True),
    "hist regressor": HistGradientBoostingRegressor(loss="absolute_error"),
    "isolation forest": IsolationForest(random_state=0),
    "isolation forest, samples and features": IsolationForest(
        random_state=0, max_samples=0.3, max_features=0.5, bootstrap=True
    ),
    "neighbours": KNeighborsClassifier(),
    "neighbours regressor": KNeighborsRegressor(weights="distance"),
}


def data_for(estimator, n_classes=3):
    """Rows and targets, small and not easy."""
    # Targets are nothing to an isolation forest.
    if hasattr(estimator, "predict_proba"):
        return make_classification(
            150, 8, n_informative=5, n_classes=n_classes, flip_y=0.2, random_state=0
        )
    return make_regression(150, 8, noise=20.0, random_state=0)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", CASES)
def test_path_rule_cuts_what_a_fit_of_that_size_gives(name, n_classes):
    """Every response of the cut model is that of a model fitted at its size."""
    estimator = CASES[name]
    rule = rule_of(estimator)
    X, y = data_for(estimator, n_classes)
    assert rule.is_exact(estimator, len(X))
    large = clone(estimator).set_params(**{rule.parameter: max(SIZES)}).fit(X, y)
    for size in SIZES:
        small = clone(estimator).set_params(**{rule.parameter: size})
        cut = clone(small)
        state = {
            key: value
            for key, value in vars(large).items()
            if key not in large.get_params(deep=False)
        }
        cut.__dict__.update(rule.cut(state, size))
        small.fit(X, y)
        for method in RESPONSES:
            if hasattr(small, method):
                with np.errstate(divide="ignore"):
                    a, b = (getattr(model, method)(X) for model in (small, cut))
                    a, b = (np.array(list(r)) for r in (a, b))
                np.testing.assert_array_equal(a, b, err_msg=f"{method} at {size}")


def test_path_rule_does_not_repeat_a_fit_that_has_ended_by_itself():
    """A fit would add no more members, however many are asked for."""
    estimator = CASES["hist, stopped"]
    rule = rule_of(estimator)
    X, y = data_for(estimator)
    state = vars(clone(estimator).set_params(max_iter=500).fit(X, y))
    assert rule.end_of(state, 500) == np.inf
    assert rule.end_of(state, len(state["_predictors"])) < 500


def test_path_rule_has_a_case_each():
    """A rule that no case fits would be believed without proof."""
    covered = {f"sklearn.{type(e).__qualname__}" for e in CASES.values()}
    theirs = {name for name in RULES if name.startswith("sklearn.")}
    assert covered == theirs  # for others see test_library_paths


UNSHARED = {
    "no seed": RandomForestClassifier(),
    "warm start": GradientBoostingClassifier(random_state=0, warm_start=True),
    "share of outliers": IsolationForest(random_state=0, contamination=0.1),
    "out of bag": RandomForestClassifier(random_state=0, oob_score=True),
    "drawn features": HistGradientBoostingClassifier(max_features=0.5),
    "drawn samples": HistGradientBoostingClassifier(early_stopping=True),
}


@pytest.mark.parametrize("name", UNSHARED)
def test_path_rule_refuses_what_is_not_exact(name):
    """Models that depend on their own size, or on chance, are fitted as ever."""
    estimator = UNSHARED[name]
    assert not rule_of(estimator).is_exact(estimator, 1000)


def test_rule_of_holds_for_the_exact_class_only():
    """A subclass may do anything in its fit."""

    class Mine(RandomForestClassifier):
        pass

    assert rule_of(Mine(random_state=0)) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, True),
        (np.int64(3), True),
        (0, False),
        (-1, False),
        (True, False),
        (np.True_, False),
        (2.0, False),
        ("2", False),
        (None, False),
    ],
)
def test_is_size_is_true_of_what_a_fit_accepts(value, expected):
    """A fit accepts whole numbers from one on, of numpy too."""
    assert is_size(value) is expected


def test_len_of_sparse_matrices_is_that_of_their_rows():
    """Sparse matrices have no length; a list has no shape."""
    assert len_of(sparse.csr_matrix((3, 2))) == 3
    assert len_of([[1], [2]]) == 2


RULE = PathRule("n", lambda *_: True, lambda state, size: {}, aliases=("m", "k"))


@pytest.mark.parametrize(
    ("searched", "parameter"),
    [({"n"}, "n"), ({"k", "x"}, "k"), ({"n", "m"}, None), ({"x"}, None)],
)
def test_as_searched_has_the_one_name_that_is_searched(searched, parameter):
    """Two names of one parameter contradict each other."""
    found = RULE.as_searched(searched.__contains__)
    assert (found and found.parameter) == parameter
    assert RULE.parameter == "n"
    assert RULE.names == ("n", "m", "k")


def test_end_of_a_fit_is_its_size_unless_it_ended_by_itself():
    """Without a member list nothing is known of the end."""
    assert RULE.end_of({}, 5) == 5
    listed = replace(RULE, members="trees")
    assert listed.end_of({"trees": [1] * 5}, 5) == 5
    assert listed.end_of({"trees": [1] * 4}, 5) == np.inf
    assert listed.end_of({}, 5) == np.inf


def test_rule_of_goes_by_package_and_name():
    """No library is imported for a rule; an inner class is none of theirs."""
    kind = type("XGBClassifier", (), {"__module__": "xgboost.sklearn"})
    assert rule_of(kind()) is RULES["xgboost.XGBClassifier"]
    inner = type("XGBClassifier", (), {"__module__": "mine"})
    assert rule_of(inner()) is None
    named = type("C", (), {"__module__": "sklearn.x"})
    named.__qualname__ = "Outer.RandomForestClassifier"
    assert rule_of(named()) is None


def test_path_parameters_have_every_name():
    """Aliases are among them."""
    names = {name for rule in RULES.values() for name in rule.names}
    assert names == PATH_PARAMETERS
    assert {"n_estimators", "max_iter", "n_neighbors", "iterations"} <= names

"""Grid and random search give scikit-learn's results, to the last bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from scipy.sparse import csr_array
from scipy.stats import loguniform, randint
from sklearn import model_selection
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skbayes.search import GridSearchCV, RandomSearchCV

X, y = load_iris(return_X_y=True)
PAIRS = {
    "grid": (GridSearchCV, model_selection.GridSearchCV),
    "random": (RandomSearchCV, model_selection.RandomizedSearchCV),
}
GRID = {"C": [0.01, 1, 1, 10], "kernel": ["linear", "rbf"]}
DISTRIBUTIONS = {
    "C": loguniform(1e-2, 1e2),
    "kernel": ["linear", "rbf", "poly"],
    "degree": randint(1, 4),
}


def assert_same_results(ours, theirs):
    """Same columns in the same order, of the same types and values, times aside.

    Ours has three more where a candidate failed: how far it came, and why.
    """
    has_failed = any(trial.status != "complete" for trial in ours.trials_)
    more = ["status", "n_splits_evaluated", "error"] if has_failed else []
    assert list(ours.cv_results_) == list(theirs.cv_results_) + more
    for name, expected in theirs.cv_results_.items():
        if name.endswith("_time"):
            continue
        actual = ours.cv_results_[name]
        assert type(actual) is type(expected), name
        if name == "params":
            assert actual == expected
            continue
        assert actual.dtype == expected.dtype, name
        np.testing.assert_array_equal(actual, expected, err_msg=name)
        if isinstance(expected, np.ma.MaskedArray):
            np.testing.assert_array_equal(actual.mask, expected.mask, err_msg=name)
    for name in ("best_index_", "best_score_", "best_params_", "n_splits_"):
        if hasattr(theirs, name):
            assert getattr(ours, name) == getattr(theirs, name)
        else:
            assert not hasattr(ours, name)


def search_both(kind, estimator, space, X=X, y=y, fit_params=None, **settings):
    """Fit ours and theirs alike."""
    if kind == "random":
        settings = {"n_iter": 12, "random_state": 3, **settings}
    fit_params = fit_params or {}
    ours, theirs = (
        cls(estimator, space, **settings).fit(X, y, **fit_params) for cls in PAIRS[kind]
    )
    assert_same_results(ours, theirs)
    return ours, theirs


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize(
    ("kind", "space"), [("grid", GRID), ("random", DISTRIBUTIONS), ("random", GRID)]
)
def test_results_equal_sklearns(kind, space, n_jobs):
    """Results are equal whatever the number of workers."""
    settings = {"n_iter": 8} if kind == "random" else {}
    search_both(kind, SVC(), space, n_jobs=n_jobs, **settings)


@pytest.mark.parametrize("backend", ["threading", "multiprocessing"])
def test_results_do_not_depend_on_the_backend(backend):
    """Threads and forked processes give what this process gives."""
    with parallel_config(backend, n_jobs=2):
        search_both("random", SVC(), DISTRIBUTIONS)


@pytest.mark.parametrize("kind", ["grid", "random"])
@pytest.mark.parametrize(
    "settings",
    [
        {"return_train_score": True},
        {"scoring": "neg_log_loss", "refit": False},
        {"scoring": ["accuracy", "f1_macro"], "refit": "f1_macro"},
        {"scoring": ["accuracy", "f1_macro"], "refit": False},
        {"scoring": make_scorer(accuracy_score), "cv": ShuffleSplit(3, random_state=0)},
        {"scoring": lambda e, X, y: e.score(X, y)},
        {
            "scoring": lambda e, X, y: {"a": e.score(X, y), "b": -e.C},
            "refit": "b",
            "return_train_score": True,
        },
        {"refit": lambda results: 2},
        {"cv": KFold(4, shuffle=True, random_state=1)},
        {"cv": [(np.arange(0, 100), np.arange(100, 150))]},
    ],
    ids=lambda s: "-".join(s),
)
def test_results_equal_sklearns_with(kind, settings):
    """Scorers, refit and splitters come in every form."""
    space = {"C": [0.1, 1, 10]}
    extra = {"n_iter": 3} if kind == "random" else {}
    search_both(
        kind, LogisticRegression(max_iter=50, tol=0.01), space, **settings, **extra
    )


@pytest.mark.parametrize("kind", ["grid", "random"])
def test_groups_and_weights_reach_what_they_are_for(kind):
    """Groups split; weights reach the fit and, from scikit-learn 1.9 on, the scorer."""
    rng = np.random.default_rng(0)
    search_both(
        kind,
        LogisticRegression(max_iter=50, tol=0.01),
        {"C": [0.01, 0.1, 1, 10]},
        fit_params={
            "groups": rng.integers(0, 8, len(y)),
            "sample_weight": rng.random(len(y)),
        },
        cv=GroupKFold(4),
        **({"n_iter": 4} if kind == "random" else {}),
    )


@pytest.mark.parametrize(
    "data",
    [
        (csr_array(X), y),
        (pd.DataFrame(X, columns=list("abcd")), pd.Series(y)),
        (X.tolist(), y.tolist()),
    ],
    ids=["sparse", "pandas", "lists"],
)
def test_every_form_of_data(data):
    """Sparse matrices, data frames and lists reach the estimator as they are."""
    search_both("grid", SVC(), GRID, X=data[0], y=data[1])


def test_columns_are_selected_by_name():
    """A data frame is sliced, not converted."""
    frame = pd.DataFrame(X, columns=list("abcd"))
    pipeline = make_pipeline(
        make_column_transformer((StandardScaler(), ["a", "b"])), SVC()
    )
    ours, _ = search_both("grid", pipeline, {"svc__C": [1, 10]}, X=frame)
    assert list(ours.feature_names_in_) == list("abcd")


def test_steps_can_be_swapped():
    """Estimators and "passthrough" are choices like any other."""
    pipeline = make_pipeline(StandardScaler(), SVC())
    space = [
        {"standardscaler": [StandardScaler(), MinMaxScaler(), "passthrough"]},
        {"svc": [LogisticRegression(max_iter=50, tol=0.01)], "svc__C": [0.1, 1.0]},
    ]
    search_both("grid", pipeline, space)


def test_precomputed_kernels_are_sliced_both_ways():
    """Rows and columns are sliced."""
    search_both("grid", SVC(kernel="precomputed"), {"C": [0.1, 1]}, X=X @ X.T)


def test_several_outputs():
    """Targets have the shape (n_samples, n_outputs)."""
    data, target = load_diabetes(return_X_y=True)
    targets = np.column_stack([target, -2 * target])
    search_both("grid", Ridge(), {"alpha": [0.1, 1, 10]}, X=data, y=targets)


def test_seeded_estimators_shared_state_aside():
    """An estimator with an integer seed gives the same in both."""
    forest = RandomForestClassifier(n_estimators=5, random_state=0)
    search_both("grid", forest, {"max_depth": [1, 3, None]}, n_jobs=2)


def test_failing_candidates_get_the_error_score():
    """One bad candidate is warned about and ranked last, the others unharmed."""
    failed = pytest.warns(FitFailedWarning, match="5 fits failed out of a total of 15")
    not_finite = pytest.warns(UserWarning, match="test scores are non-finite")
    with failed, not_finite:
        search_both("grid", SVC(), {"C": [1.0, -1.0, 10.0]}, error_score=np.nan)

"""Is data that fails in every fit told before the first?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import get_scorer, make_scorer
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.space.labels import label

X, y = load_iris(return_X_y=True)
SEARCHES = [GridSearchCV, RandomSearchCV, BayesSearchCV]
every_kind = pytest.mark.parametrize("kind", SEARCHES)


class NeverFitted(SVC):
    """An SVC that must not come to be fitted."""

    def fit(self, X, y, sample_weight=None):
        """Never."""
        raise AssertionError("a candidate was fitted before the data was checked")


@every_kind
@pytest.mark.parametrize("name", ["train.csv", Path("train.csv"), b"train.csv"])
def test_check_data_refuses_the_name_of_a_file(kind, name):
    """A path is not read for the user."""
    search = kind(NeverFitted(), {"C": [1, 2]})
    with pytest.raises(TypeError, match="`X` must be .*train.csv.* read the file"):
        search.fit(name, y)
    with pytest.raises(TypeError, match="`y` must be .*train.csv.* read the file"):
        search.fit(X, name)


@every_kind
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1.0]}, r"of type dict instead; make a table.*pandas.DataFrame\("),
        ({1.0, 2.0}, r"of type set instead; write list\(...\)"),
        ((row for row in X), r"of type generator instead; write list\(...\)"),
    ],
    ids=["dict", "set", "generator"],
)
def test_check_data_refuses_what_has_no_order_or_no_samples(kind, value, message):
    """The message names the argument and does not quote all data."""
    search = kind(NeverFitted(), {"C": [1, 2]})
    with pytest.raises(TypeError, match=f"`X` must be .*{message}"):
        search.fit(value, y)
    with pytest.raises(TypeError, match=f"`y` must be .*{message}"):
        search.fit(X, value)


class Slices(dict):
    """Inputs by name that can be indexed by sample, as skorch's."""

    shape = (150,)

    def __getitem__(self, key):
        if isinstance(key, str):
            return super().__getitem__(key)
        return Slices({name: values[key] for name, values in self.items()})

    def __len__(self):
        return len(next(iter(self.values())))


class OfSlices(SVC):
    """An SVC of such inputs."""

    def fit(self, X, y):
        """Learn from one of them."""
        return super().fit(X["a"], y)

    def predict(self, X):
        """Predict from one of them."""
        return super().predict(X["a"])


def test_check_data_leaves_dicts_that_can_be_indexed_by_sample():
    """A class derived from dict may be data."""
    search = GridSearchCV(OfSlices(), {"C": [1, 2]}).fit(Slices(a=X), y)
    assert search.best_score_ > 0.9


def test_check_data_says_how_to_name_a_column_of_the_table():
    """The name of a column is no target, and no file either."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": y, "target": y})
    search = GridSearchCV(NeverFitted(), {"C": [1, 2]})
    with pytest.raises(TypeError, match=r"`y` must be .*; write y=X\['target'\]"):
        search.fit(table, "target")


def missing(kind, rows):
    """Targets of a kind with values missing in some rows."""
    pandas = pytest.importorskip("pandas")
    if kind == "float":
        targets = y.astype(float)
        targets[rows] = np.nan
    elif kind == "table":
        targets = np.column_stack([y, y]).astype(float)
        targets[rows, 1] = np.nan
    else:
        targets = np.array(["a", "b", "c"], dtype=object)[y]
        targets[rows] = np.nan if kind == "nan" else None
    if kind == "series":
        return pandas.Series(targets, index=np.arange(150) + 1000)
    return targets.tolist() if kind == "list" else targets


@every_kind
@pytest.mark.parametrize("form", ["float", "none", "nan", "list", "series"])
def test_check_data_names_rows_without_a_target(kind, form):
    """The error says how many rows there are and where, counted from 0."""
    search = kind(NeverFitted(), {"C": [1, 2]})
    with pytest.raises(ValueError, match=r"`y` has 1 missing value, at row 3 \(count"):
        search.fit(X, missing(form, [3]))
    message = r"`y` has 5 missing values, at rows 3, 5, 7, \.\.\. \(count"
    with pytest.raises(ValueError, match=message):
        search.fit(X, missing(form, [3, 5, 7, 9, 11]))


@every_kind
def test_check_data_names_rows_with_an_infinite_target(kind):
    """scikit-learn's metrics refuse them, on one fold after the other."""
    targets = y.astype(float)
    targets[[3, 60]] = np.inf, -np.inf
    search = kind(SVR(), {"C": [1, 2]})
    with pytest.raises(ValueError, match="`y` has 2 infinite values, at rows 3, 60 "):
        search.fit(X, targets)


def test_check_data_looks_at_every_column_of_a_table():
    """A row counts once, whichever of its targets is missing."""
    search = GridSearchCV(SVR(), {"C": [1, 2]})
    with pytest.raises(ValueError, match="`y` has 2 missing values, at rows 3, 9"):
        search.fit(X, missing("table", [3, 9]))


class Patient(ClassifierMixin, BaseEstimator):
    """Learns from what has a label, and scores likewise."""

    def __init__(self, C=1):
        self.C = C

    def fit(self, X, y):
        """Learn."""
        self.classes_ = np.array([0, 1, 2])
        return self

    def predict(self, X):
        """Guess."""
        return np.zeros(len(X))

    def score(self, X, y):
        """Look at the labelled only."""
        return float(np.nanmean(y == 0)) + 0.01 * self.C


def test_check_data_leaves_missing_targets_to_those_that_cope():
    """Scores of one's own and estimators without targets cope."""
    targets = missing("float", [3])
    grid = {"C": [1, 2]}
    assert GridSearchCV(Patient(), grid, cv=[*_folds()]).fit(X, targets).best_score_ > 0

    def score(estimator, X, y):
        return estimator.score(X, y)

    search = GridSearchCV(Patient(), grid, scoring=score, cv=[*_folds()])
    assert search.fit(X, targets).best_params_ == {"C": 2}
    search.set_params(scoring=make_scorer(lambda y_true, y_pred: 1.0))
    with pytest.raises(ValueError, match="missing value, at row 3"):
        search.fit(X, targets)
    clusters = GridSearchCV(KMeans(n_init=1), {"n_clusters": [2, 3]})
    clusters.fit(X, targets)


def _folds():
    """Two folds that need no labels."""
    rows = np.arange(150)
    return (rows[rows % 2 == 0], rows[rows % 2 == 1]), (rows[:75], rows[75:])


@every_kind
@pytest.mark.parametrize(
    ("estimator", "params", "message"),
    [
        (NeverFitted(), {"callback": print}, r"\(..., callbacks=\[...\]\) instead"),
        (NeverFitted(), {"cv": 5}, r"SearchCV\(..., cv=...\) instead"),
        (NeverFitted(), {"sample_wieght": y}, "Did you mean 'sample_weight'"),
        (
            make_pipeline(StandardScaler(), NeverFitted()),
            {"sample_weight": y},
            "Write neverfitted__sample_weight= for the last step, or enable",
        ),
        (
            make_pipeline(StandardScaler(), NeverFitted()),
            {"neverfited__sample_weight": y},
            "Did you mean 'neverfitted__sample_weight'",
        ),
    ],
    ids=label,
)
def test_check_fit_params_refuses_what_fit_does_not_take(
    kind, estimator, params, message
):
    """Settings of the search and misspelt arguments are told from each other."""
    space = {"C": [1, 2]} if isinstance(estimator, SVC) else {"neverfitted__C": [1, 2]}
    with pytest.raises(TypeError, match=f"fit passes '.*' on to .*{message}"):
        kind(estimator, space).fit(X, y, **params)


def test_check_fit_params_lets_pass_what_is_taken():
    """Arguments of the estimator, of a step and of routing are taken."""
    weight = np.ones(150)
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=GroupKFold(2))
    search.fit(X, y, sample_weight=weight, groups=np.arange(150) % 4)
    pipeline = make_pipeline(StandardScaler(), SVC())
    grid = {"svc__C": [1, 2]}
    GridSearchCV(pipeline, grid).fit(X, y, svc__sample_weight=weight)
    with config_context(enable_metadata_routing=True):
        pipeline["svc"].set_fit_request(sample_weight=True)
        pipeline["standardscaler"].set_fit_request(sample_weight=False)
        scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
        GridSearchCV(pipeline, grid, scoring=scorer).fit(X, y, sample_weight=weight)


@every_kind
@pytest.mark.parametrize(
    ("estimator", "name"),
    [
        (NeverFitted(), "sample_weight"),
        (NeverFitted(), "groups"),
        (make_pipeline(NeverFitted()), "neverfitted__sample_weight"),
    ],
    ids=["weight", "groups", "step"],
)
@pytest.mark.parametrize("form", [np.asarray, list])
def test_check_sample_params_refuses_another_length(kind, estimator, name, form):
    """Fits would be given all of them, and tell of the length of a training part."""
    space = {"C": [1, 2]} if isinstance(estimator, SVC) else {"neverfitted__C": [1, 2]}
    with pytest.raises(ValueError, match=f"`{name}` must .* Got 149 for 150 samples"):
        kind(estimator, space).fit(X, y, **{name: form(np.ones(149))})

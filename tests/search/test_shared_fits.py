"""Searches whose candidates share work: equal results, whatever else is going on."""

import numpy as np
import pytest
import sklearn.model_selection
from scipy.stats import randint
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._evaluation.sharing.store import STORES
from skbayes.callbacks import NoImprovement

X, y = make_classification(150, 8, n_informative=4, flip_y=0.2, random_state=0)
FOREST = RandomForestClassifier(random_state=0)
GRID = {"n_estimators": [2, 9, 5], "max_depth": [1, 3]}
HEADS = make_pipeline(StandardScaler(), LogisticRegression())
TAILS = {
    "standardscaler__with_mean": [True, False],
    "logisticregression__C": [0.01, 1.0, 100.0],
}


def scores(search):
    """Columns that have to be equal: everything but the times."""
    table = search.cv_results_
    return {name: column for name, column in table.items() if "time" not in name}


def assert_equal_results(one, other):
    """Both searches have the same table, bit by bit, and the same choice."""
    assert scores(one).keys() == scores(other).keys()
    for name, column in scores(one).items():
        np.testing.assert_array_equal(column, scores(other)[name], err_msg=name)
    assert one.best_params_ == other.best_params_


@pytest.mark.parametrize(("estimator", "grid"), [(FOREST, GRID), (HEADS, TAILS)])
@pytest.mark.parametrize("scoring", ["roc_auc", ["accuracy", "neg_log_loss"]])
def test_grid_search_equals_scikit_learns(estimator, grid, scoring):
    """The table is scikit-learn's, training scores and several metrics included."""
    settings = {
        "scoring": scoring,
        "cv": 3,
        "return_train_score": True,
        "refit": not isinstance(scoring, list),
    }
    theirs = sklearn.model_selection.GridSearchCV(estimator, grid, **settings)
    ours = GridSearchCV(estimator, grid, **settings)
    theirs.fit(X, y)
    ours.fit(X, y)
    assert theirs.cv_results_.keys() == ours.cv_results_.keys()
    for name, column in scores(theirs).items():
        np.testing.assert_array_equal(column, ours.cv_results_[name], err_msg=name)


@pytest.mark.parametrize(
    "settings",
    [
        {"n_jobs": 2},
        {"racing": True},
        {"time_budget": 1000.0},
        {"fit_timeout": 1000.0},
        {"store_predictions": True},
        {"share_fits": 1},
        {"share_fits": 10_000},
    ],
    ids=str,
)
@pytest.mark.parametrize(("estimator", "grid"), [(FOREST, GRID), (HEADS, TAILS)])
def test_share_fits_changes_no_result(estimator, grid, settings):
    """With workers, races, limits and hardly any memory the table stays the same."""
    shared = GridSearchCV(estimator, grid, cv=3, **settings).fit(X, y)
    plain = GridSearchCV(estimator, grid, cv=3, **settings | {"share_fits": False})
    assert_equal_results(shared, plain.fit(X, y))


def test_random_search_shares_paths():
    """A random sample that repeats the other parameters has paths too."""
    space = {"max_iter": randint(2, 30), "max_depth": [2, 3]}
    shared = RandomSearchCV(
        HistGradientBoostingClassifier(), space, n_iter=8, cv=2, random_state=0
    )
    plain = RandomSearchCV(
        HistGradientBoostingClassifier(),
        space,
        n_iter=8,
        cv=2,
        random_state=0,
        share_fits=False,
    )
    assert_equal_results(shared.fit(X, y), plain.fit(X, y))


def test_bayes_search_shares_heads():
    """Scores and so proposals are the same with shared heads."""
    space = {"logisticregression__C": (1e-3, 1e3, "log-uniform")}
    shared, plain = (
        BayesSearchCV(HEADS, space, n_iter=8, cv=2, random_state=0, share_fits=share)
        for share in (True, False)
    )
    assert_equal_results(shared.fit(X, y), plain.fit(X, y))


def test_a_callback_stops_a_search_whose_tasks_are_held(monkeypatch):
    """Candidates that wait for their turn are not run after the search has ended."""
    grid = {"n_estimators": [2], "max_depth": list(range(1, 30))}
    search = GridSearchCV(FOREST, grid, cv=2, callbacks=[NoImprovement(3)])
    search.fit(X, y)
    assert len(search.trials_) < 29


def test_a_journal_continues_with_shared_work(tmp_path):
    """What is recorded is not run again, and the rest shares as before."""
    path = tmp_path / "journal.sqlite"
    GridSearchCV(FOREST, {"n_estimators": [5, 9]}, cv=2, journal=path).fit(X, y)
    again = GridSearchCV(FOREST, {"n_estimators": [2, 5, 9]}, cv=2, journal=path)
    plain = GridSearchCV(FOREST, {"n_estimators": [2, 5, 9]}, cv=2, share_fits=False)
    assert_equal_results(again.fit(X, y), plain.fit(X, y))


def test_nothing_is_held_after_a_search():
    """The work of a search is forgotten when it ends."""
    GridSearchCV(FOREST, GRID, cv=2).fit(X, y)
    assert not STORES.searches()


def test_fitted_estimators_carry_no_hooks():
    """What is refitted, copied or pickled is a plain estimator."""
    search = GridSearchCV(HEADS, TAILS, cv=2).fit(X, y)
    assert "fit" not in vars(search.best_estimator_)
    assert "transform" not in vars(search.best_estimator_[0])


@pytest.mark.parametrize("value", [0, -1, 1.5, "all"])
def test_share_fits_is_checked(value):
    """The value is a truth value or a number of bytes."""
    search = GridSearchCV(FOREST, GRID, share_fits=value)
    with pytest.raises(ValueError, match="The 'share_fits' parameter"):
        search.fit(X, y)

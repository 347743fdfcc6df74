"""BayesSearchCV finds the best size of a boosted model along each candidate's path."""

from __future__ import annotations

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_regression
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skbayes._evaluation.sharing.store import STORES, Store
from skbayes._protocol import Status
from skbayes.selection import BestIfBetter
from tests.search.path_searches import (
    HIST,
    RATES,
    X,
    check_against_plain_fits,
    make,
    plain_scores,
    sizes_of,
    y,
)

CURVES = make_regression(150, 8, noise=20.0, random_state=0)

CASES = {
    "hist": (HIST, "max_iter", (X, y), "roc_auc"),
    "boosting": (
        GradientBoostingClassifier(n_estimators=20, random_state=0, subsample=0.7),
        "n_estimators",
        (X, y),
        "neg_log_loss",
    ),
    "adaboost": (
        AdaBoostClassifier(n_estimators=20, learning_rate=0.5, random_state=0),
        "n_estimators",
        (X, y),
        "roc_auc",
    ),
    "hist regressor": (
        HistGradientBoostingRegressor(max_iter=20),
        "max_iter",
        CURVES,
        "r2",
    ),
    "boosting regressor": (
        GradientBoostingRegressor(n_estimators=20, random_state=0),
        "n_estimators",
        CURVES,
        "neg_mean_absolute_error",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_searched_paths_give_a_candidate_its_best_value_of_all_folds(name):
    """Scores are those of plain fits at that value, to the last bit."""
    estimator, parameter, data, metric = CASES[name]
    space = {parameter: (3, 40, "log-uniform"), **RATES}
    search = make(estimator, space, scoring=metric, n_iter=4).fit(*data)
    assert [c.name for c in search.optimizer_.space.columns] == ["learning_rate"]
    check_against_plain_fits(search, parameter, *data)
    column = search.cv_results_[f"param_{parameter}"].tolist()
    assert column == [trial.params[parameter] for trial in search.trials_]
    best = clone(estimator).set_params(**search.best_params_).fit(*data)
    np.testing.assert_array_equal(
        best.predict(data[0]), search.best_estimator_.predict(data[0])
    )


def test_searched_paths_do_not_follow_curves_that_turn(monkeypatch):
    """High rates overfit soon: no fit is as long as the longest could be."""
    members = []

    def put(store, key, entry):
        members.append(entry.size)
        plain_put(store, key, entry)

    plain_put = Store.put
    monkeypatch.setattr(Store, "put", put)
    space = {"max_iter": (5, 200, "log-uniform"), "learning_rate": [0.7, 0.8, 0.9]}
    make(space=space, scoring="neg_log_loss").fit(X, y)
    assert max(members) < 200
    assert not STORES.searches()


def test_searched_paths_are_none_with_share_fits_false():
    """The parameter is modelled, so that results can be compared."""
    search = make(share_fits=False).fit(X, y)
    names = [column.name for column in search.optimizer_.space.columns]
    assert names == ["learning_rate", "max_iter"]
    assert all(trial.proposed is None for trial in search.trials_)


MODELLED = {
    "forest: more only helps": (
        RandomForestClassifier(random_state=0),
        {"n_estimators": (2, 9, "uniform")},
        {},
    ),
    "no seed, and something is drawn": (
        HistGradientBoostingClassifier(max_features=0.5),
        {"max_iter": (2, 9, "uniform")},
        {},
    ),
    "a seed that is searched": (
        GradientBoostingClassifier(random_state=0),
        {"n_estimators": (2, 9, "uniform"), "random_state": [0, 1]},
        {},
    ),
    "the largest fit may take too long": (
        HIST,
        {"max_iter": (2, 9, "uniform")},
        {"fit_timeout": 60.0},
    ),
    "fitted estimators are kept": (
        HIST,
        {"max_iter": (2, 9, "uniform")},
        {"keep_fold_estimators": "best"},
    ),
    "all of a small space is tried": (HIST, {"max_iter": [2, 5, 9]}, {}),
}


@pytest.mark.parametrize("name", MODELLED)
def test_searched_paths_leave_alone_what_is_not_sound(name):
    """The parameter has a column, or all its values are tried."""
    estimator, space, settings = MODELLED[name]
    search = make(estimator, space, n_iter=5, cv=2, **settings).fit(X, y)
    assert all(trial.proposed is None for trial in search.trials_)
    assert len({tuple(t.params.items()) for t in search.trials_}) > 1


@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("settings", [{}, {"random_state": None}, {"racing": True}])
def test_searched_paths_with_workers(backend, settings):
    """Scores are those of fits, in processes, threads, any order and a race."""
    search = make(n_jobs=2, **settings)
    with joblib.parallel_config(backend):
        search.fit(X, y)
    for trial in search.trials_:
        run = np.isfinite(trial.scores())
        expected = plain_scores(search, trial.params)
        np.testing.assert_array_equal(trial.scores()[run], expected[run])
    complete = [t for t in search.trials_ if t.status is Status.COMPLETE]
    assert any(trial.proposed for trial in complete)
    assert search.best_params_ in [trial.params for trial in complete]


def test_searched_paths_look_at_initial_values():
    """A candidate that was asked for is not evaluated at another value only."""
    initial = [{"max_iter": 23, "learning_rate": 0.3}]
    search = make(initial_params=initial).fit(X, y)
    assert {23, 3, 40} <= set(sizes_of(search))
    assert search.trials_[1].proposed == {"max_iter": 40, "learning_rate": 0.3}
    assert search.trials_[1].scores().mean() >= plain_scores(search, initial[0]).mean()


@pytest.mark.parametrize("own", [17, 40, 100])
@pytest.mark.parametrize("learning_rate", [0.1, 0.01])
def test_searched_paths_evaluate_the_untuned_estimator_as_it_is(own, learning_rate):
    """The estimator is evaluated once: in the space, outside, at the largest value."""
    estimator = clone(HIST).set_params(max_iter=own, learning_rate=learning_rate)
    rule = BestIfBetter(estimator)
    search = make(estimator, refit=rule).fit(X, y)
    untuned, *others = search.trials_
    assert untuned.params == {"max_iter": own, "learning_rate": learning_rate}
    assert untuned.proposed is None
    assert len(others) == 4
    assert all(trial.proposed for trial in others)


def test_searched_paths_look_at_a_list_of_numbers_as_it_is():
    """Other values are not the user's choice."""
    space = {"max_iter": [5, 20, 33], "learning_rate": (0.05, 0.8, "log-uniform")}
    search = make(space=space).fit(X, y)
    assert sizes_of(search) == (5, 20, 33)
    check_against_plain_fits(search, "max_iter")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("other", [None, "auto"])
def test_searched_paths_leave_a_list_with_other_values_to_the_fits(other):
    """A value that is no number fails in its own fit, not before the first one."""
    space = {"max_iter": [5, 20, other], "learning_rate": (0.05, 0.8, "log-uniform")}
    search = make(space=space, n_iter=6).fit(X, y)
    failed = np.isnan(search.cv_results_["mean_test_score"])
    tried = [params["max_iter"] for params in search.cv_results_["params"]]
    assert [value == other for value in tried] == failed.tolist()
    assert search.best_params_["max_iter"] in (5, 20, HIST.max_iter)


def test_searched_paths_of_one_parameter_cost_one_candidate():
    """One fit a fold tells all; the untuned estimator is evaluated beside it."""
    search = make(space={"max_iter": (3, 40, "log-uniform")}).fit(X, y)
    assert len(search.trials_) == 2
    check_against_plain_fits(search, "max_iter")


def test_searched_paths_of_conditional_spaces():
    """Estimators have paths where they can; others of the dicts are modelled."""
    pipeline = Pipeline([("scale", StandardScaler()), ("model", HIST)])
    space = [
        {
            "model": [clone(HIST)],
            "model__max_iter": (3, 40, "log-uniform"),
            "model__learning_rate": (0.05, 0.8, "log-uniform"),
        },
        {"model": [LogisticRegression()], "model__C": (1e-3, 1e3, "log-uniform")},
        {
            "model": [RandomForestClassifier(random_state=0)],
            "model__n_estimators": (2, 9, "uniform"),
        },
    ]
    search = make(pipeline, space, n_iter=9).fit(X, y)
    on_path = [trial for trial in search.trials_ if trial.proposed]
    assert 0 < len(on_path) < 9
    assert all("model__max_iter" in trial.params for trial in on_path)
    for trial in search.trials_:
        np.testing.assert_array_equal(
            trial.scores(), plain_scores(search, trial.params)
        )

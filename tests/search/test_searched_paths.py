"""BayesSearchCV finds the best size of a boosted model along each candidate's path."""

from __future__ import annotations

from collections import Counter

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

from skbayes._evaluation.sharing.store import STORES
from skbayes._protocol import Status
from skbayes.search._searched_paths import BranchPath
from skbayes.selection import BestIfBetter
from skbayes.space import Categorical, Integer
from tests.search.path_searches import (
    HIST,
    RATES,
    X,
    check_against_plain_fits,
    make,
    plain_scores,
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
    check_against_plain_fits(search, parameter, *data)
    column = search.cv_results_[f"param_{parameter}"].tolist()
    assert column == [trial.params[parameter] for trial in search.trials_]
    best = clone(estimator).set_params(**search.best_params_).fit(*data)
    np.testing.assert_array_equal(
        best.predict(data[0]), search.best_estimator_.predict(data[0])
    )


def test_searched_paths_fit_no_more_than_was_proposed(monkeypatch):
    """A fold is fitted once, with the proposed number, unless another fit holds it."""
    fitted = []

    def fit(self, *args, **kwargs):
        fitted.append(self.max_iter)
        return plain_fit(self, *args, **kwargs)

    plain_fit = HistGradientBoostingClassifier.fit
    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", fit)
    search = make(refit=False).fit(X, y)
    proposed = Counter(
        trial.asked["max_iter"] for trial in search.trials_ for _ in range(3)
    )
    # The first smaller model is compared with one that is fitted.
    assert (Counter(fitted) - proposed).total() == 1
    assert len(fitted) <= proposed.total() + 1
    assert not STORES.searches()


def test_searched_paths_are_none_with_share_fits_false():
    """Each candidate is evaluated at its own value alone."""
    search = make(share_fits=False).fit(X, y)
    assert all(trial.proposed is None for trial in search.trials_)


PLAIN = {
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
    "fitted estimators are kept": (
        HIST,
        {"max_iter": (2, 9, "uniform")},
        {"keep_fold_estimators": "best"},
    ),
    "all of a small space is tried": (HIST, {"max_iter": [2, 5, 9]}, {}),
}


@pytest.mark.parametrize("name", PLAIN)
def test_searched_paths_leave_alone_what_is_not_sound(name):
    """Each candidate is evaluated at its own value alone."""
    estimator, space, settings = PLAIN[name]
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


def test_searched_paths_fit_initial_values_as_they_are():
    """Smaller numbers come with the one that was asked for."""
    initial = [{"max_iter": 23, "learning_rate": 0.3}]
    search = make(initial_params=initial).fit(X, y)
    assert search.trials_[1].proposed == initial[0]
    assert max(search.trials_[1].path_scores) == 23
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


def test_searched_paths_look_at_the_numbers_of_a_list_alone():
    """Other values are not the user's choice."""
    space = {"max_iter": [5, 20, 33], "learning_rate": (0.05, 0.8, "log-uniform")}
    search = make(space=space).fit(X, y)
    assert {33, 20, 5} >= {n for t in search.trials_[1:] for n in t.path_scores}
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


def test_searched_paths_within_a_time_limit_of_each_fit():
    """No fit is longer than the proposed one."""
    search = make(fit_timeout=60.0).fit(X, y)
    check_against_plain_fits(search, "max_iter")


def test_searched_paths_inform_the_model_of_both_ends():
    """The model knows the found point, and the proposed one, as scores of their own."""
    search = make(n_iter=8, scoring="neg_log_loss").fit(X, y)
    moved = [t for t in search.trials_ if t.proposed and t.proposed != t.params]
    assert moved
    data = search.optimizer_.surrogate().data
    assert len(data.U) == len(
        {*map(str, (t.asked for t in search.trials_))}
        | {*map(str, (t.params for t in search.trials_))}
    )
    assert search.optimizer_.n_told == 8


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


@pytest.mark.parametrize(
    ("values", "size", "expected"),
    [
        (Integer(10, 500), 500, (27, 84, 164, 256, 320, 400, 500)),
        (Integer(10, 500), 40, (10, 13, 20, 26, 32, 40)),
        (Integer(10, 500), 12, (10, 12)),
        (Integer(10, 500), 10, (10,)),
        (Categorical([5, 20, 33, 50]), 33, (5, 20, 33)),
    ],
)
def test_branch_path_counts_down_by_ratios_of_a_quarter(values, size, expected):
    """One, two, three, five, eight and thirteen of them, as far as there are values."""
    listed = np.array(sorted(values.values()))
    path = BranchPath({"n": values}, "n", listed).up_to(size)
    assert (path.parameter, path.sizes) == ("n", expected)


def test_branch_path_holds_the_points_of_its_branch():
    """A point may lack what has no effect in it, and has nothing else."""
    branch = {"n": Integer(1, 9), "rate": Categorical([0.1, 0.2])}
    path = BranchPath(branch, "n", np.arange(1, 10))
    assert path.holds({"n": 3, "rate": 0.2})
    assert path.holds({"n": 3})
    assert not path.holds({"n": 30, "rate": 0.2})
    assert not path.holds({"n": 3, "other": 1})

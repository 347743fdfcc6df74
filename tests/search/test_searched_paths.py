"""BayesSearchCV finds the best size of a boosted model along each candidate's path."""

import os
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import skbayes.journal
from skbayes import BayesSearchCV, GridSearchCV
from skbayes._evaluation.sharing.store import STORES, Store
from skbayes._protocol import Status
from skbayes.inspection import bias_corrected_score
from skbayes.selection import BestIfBetter

X, y = make_classification(150, 8, n_informative=4, flip_y=0.2, random_state=0)
CURVES = make_regression(150, 8, noise=20.0, random_state=0)
HIST = HistGradientBoostingClassifier(max_iter=20, random_state=0)
RATES = {"learning_rate": (0.05, 0.8, "log-uniform")}
SPACE = {"max_iter": (3, 40, "log-uniform"), **RATES}


class Noted(TransformerMixin, BaseEstimator):
    """Leaves a file for each of its fits, named by the process and a number."""

    def __init__(self, folder="", shift=0.0):
        self.folder = folder
        self.shift = shift

    def fit(self, X, y=None):
        """Leave a file."""
        n = len(list(Path(self.folder).iterdir()))
        Path(self.folder, f"{os.getpid()}-{n}-{self.shift}").touch()
        return self

    def transform(self, X):
        """Add a number."""
        return X + self.shift


def make(estimator=HIST, space=SPACE, **settings):
    """A small search with a seed."""
    settings = {"n_iter": 5, "cv": 3, "random_state": 0, **settings}
    settings.setdefault("scoring", "roc_auc")
    return BayesSearchCV(clone(estimator), space, **settings)


def plain_scores(search, params, X=X, y=y, metric=None):
    """What scikit-learn scores a candidate, fold by fold."""
    estimator = clone(search.estimator).set_params(**params)
    table = cross_validate(estimator, X, y, cv=3, scoring=metric or search.scoring)
    return table["test_score"]


def sizes_of(search):
    """The values that are looked at, of the only path of a search."""
    (branch,) = search.optimizer_.space.branches
    (sizes,) = [d.sizes for d in branch.values() if hasattr(d, "sizes")]
    return sizes


def best_on_path(curves):
    """The best value of the curves, which are followed until their mean has turned."""
    sizes = sorted(curves)
    curve = {size: curves[size].mean() for size in sizes}
    reach = (sizes[0] * sizes[-1]) ** 0.5
    while True:
        reach = min((size for size in sizes if size >= reach), default=sizes[-1])
        known = [size for size in sizes if size <= reach]
        best = max(known, key=lambda size: (curve[size], -size))
        beyond = [size for size in known if size > reach / 2]
        only_harms = best not in beyond and all(curve[k] < curve[best] for k in beyond)
        later = [curve[size] for size in known if size >= best]
        falls = len(later) > 2 and bool(np.all(np.diff(later) < 0))
        in_every_fold = bool(np.all(curves[reach] < curves[best]))
        if only_harms or (falls and in_every_fold) or reach == sizes[-1]:
            return best
        reach *= 2 if best == reach else 1.5


def check_against_plain_fits(search, name, X=X, y=y, metric=None):
    """Each candidate has the best mean of all values looked at, by plain fits."""
    sizes = sizes_of(search)
    untuned, *others = search.trials_
    assert untuned.proposed is None
    assert untuned.params[name] == getattr(search.estimator, name)
    for trial in others:
        curves = {
            size: plain_scores(search, trial.params | {name: size}, X, y, metric)
            for size in sizes
        }
        assert trial.params[name] == best_on_path(curves)
        assert trial.proposed == trial.params | {name: sizes[-1]}
        np.testing.assert_array_equal(
            trial.scores(), plain_scores(search, trial.params, X, y, metric)
        )


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


def test_searched_paths_in_a_race_stop_and_catch_up():
    """Stopped candidates have their best value so far, complete ones of all folds."""
    space = {"max_iter": (3, 40, "log-uniform"), "learning_rate": [1e-3, 0.1, 5.0]}
    search = make(space=space, racing=True, cv=5, n_iter=12)
    search.set_params(
        param_distributions=space
        | {"max_leaf_nodes": (2, 31, "log-uniform"), "l2_regularization": [0.0, 9.0]}
    )
    search.fit(X, y)
    statuses = {trial.status for trial in search.trials_}
    assert statuses == {Status.COMPLETE, Status.STOPPED}
    for trial in search.trials_:
        run = np.isfinite(trial.scores())
        estimator = clone(HIST).set_params(**trial.params)
        table = cross_validate(estimator, X, y, cv=5, scoring="roc_auc")
        np.testing.assert_array_equal(trial.scores()[run], table["test_score"][run])


def test_searched_paths_are_chosen_on_by_the_deciding_metric():
    """The other metrics are those of the value that this one has chosen."""
    metrics = ["neg_brier_score", "accuracy"]
    search = make(scoring=metrics, refit="accuracy").fit(X, y)
    check_against_plain_fits(search, "max_iter", metric="accuracy")
    for trial in search.trials_:
        np.testing.assert_array_equal(
            trial.scores("neg_brier_score"),
            plain_scores(search, trial.params, metric="neg_brier_score"),
        )


def test_searched_paths_with_equal_means_choose_the_smaller_value():
    """A metric that knows no better takes the cheapest model."""

    def constant(estimator, X, y):
        return 1.0

    with pytest.warns(UserWarning, match="have the same score"):
        search = make(scoring=constant).fit(X, y)
    assert [trial.params["max_iter"] for trial in search.trials_] == [20, 3, 3, 3, 3]


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


def test_searched_paths_keep_what_is_of_the_chosen_value():
    """Predictions and training scores are of that value, too."""
    search = make(
        store_predictions="probabilities", return_train_score=True, n_iter=3
    ).fit(X, y)
    for trial in search.trials_:
        estimator = clone(HIST).set_params(**trial.params)
        expected = cross_val_predict(estimator, X, y, cv=3, method="predict_proba")
        for fold, test in zip(trial.folds, search.held_out_.tests, strict=True):
            np.testing.assert_array_equal(fold.probabilities, expected[test])
            assert fold.path is None
        table = cross_validate(
            estimator, X, y, cv=3, scoring="roc_auc", return_train_score=True
        )
        train = [fold.train_scores["score"] for fold in trial.folds]
        assert train == table["train_score"].tolist()


@pytest.mark.parametrize(
    "refit", [True, lambda table: table["mean_test_score"].argmax()]
)
def test_searched_paths_in_optimism_corrected_score_repeat_the_choice(refit):
    """A fold scores the candidate and value that the other folds choose."""
    search = make(refit=refit).fit(X, y)
    paths = [trial.path_scores for trial in search.trials_]
    assert sum(path is not None for path in paths) == 4
    points = [trial.params for trial in search.trials_ if trial.path_scores is None]
    for trial in search.trials_:
        points += [
            {**trial.params, "max_iter": size} for size in trial.path_scores or ()
        ]
    scores = np.array([plain_scores(search, params) for params in points])
    held = []
    for fold in range(3):
        others = np.delete(scores, fold, axis=1)
        held.append(scores[others.mean(axis=1).argmax(), fold])
    assert search.optimism_corrected_score_ == pytest.approx(np.mean(held), abs=1e-12)


def test_searched_paths_make_bias_corrected_score_nan():
    """Predictions at the other values, which could repeat that choice, are not kept."""
    search = make(store_predictions=True, n_iter=3).fit(X, y)
    with pytest.warns(UserWarning, match=r"'max_iter' was found .* share_fits=False"):
        assert np.isnan(bias_corrected_score(search).estimate)
    search.set_params(share_fits=False).fit(X, y)
    assert np.isfinite(bias_corrected_score(search, 50, random_state=0).estimate)


def test_searched_paths_fit_a_model_beyond_the_memory_given_once():
    """The model is there anyway while its path is scored."""
    small, large = make(share_fits=1).fit(X, y), make().fit(X, y)
    check_equal(small, large)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_searched_paths_fit_heads_once_in_each_process(tmp_path, n_jobs):
    """The values of a path, and other candidates, share what stands before them."""
    pipeline = Pipeline([("head", Noted(str(tmp_path))), ("model", HIST)])
    space = {f"model__{name}": values for name, values in SPACE.items()}
    make(pipeline, space, n_jobs=n_jobs, refit=False).fit(X, y)
    # Once a fold in each process, and once more to see that it is repeatable.
    assert len(list(tmp_path.iterdir())) <= n_jobs * (3 + 1)
    for path in tmp_path.iterdir():
        path.unlink()
    grid = {"model__learning_rate": [0.1, 0.2, 0.3, 0.4]}
    GridSearchCV(pipeline, grid, cv=3, n_jobs=n_jobs, refit=False).fit(X, y)
    assert len(list(tmp_path.iterdir())) <= n_jobs * (3 + 1)


def check_equal(one, other):
    """Two searches came to the same, but for the times."""
    assert [t.params for t in one.trials_] == [t.params for t in other.trials_]
    assert [t.proposed for t in one.trials_] == [t.proposed for t in other.trials_]
    for name, column in one.cv_results_.items():
        if "time" not in name:
            np.testing.assert_array_equal(column, other.cv_results_[name])


@pytest.mark.parametrize("settings", [{}, {"racing": True}, {"n_jobs": 2}])
@pytest.mark.parametrize("n_before", [2, 5])
def test_searched_paths_resume_from_a_journal_to_the_same(tmp_path, settings, n_before):
    """A search that was cut short, and one that had ended, come to the same again."""
    path = tmp_path / "j.sqlite"

    def stop(progress):
        return progress.n_done >= n_before

    make(journal=path, callbacks=[stop], **settings).fit(X, y)
    seen = []

    def note(progress):
        seen.append(progress.n_folds_done)

    resumed = make(journal=path, callbacks=[note], **settings).fit(X, y)
    check_equal(resumed, make(**settings).fit(X, y))
    if n_before == 5:
        assert seen[-1] == 0
    frame = skbayes.journal.read(path)
    shown = frame["param_max_iter"].tolist()
    assert shown == [trial.params["max_iter"] for trial in resumed.trials_]
    np.testing.assert_array_equal(
        frame["mean_test_score"], resumed.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize(("seed", "racing"), [(1, True), (1, "safe"), (3, True)])
def test_searched_paths_in_a_race_follow_recorded_curves_fold_by_fold(
    tmp_path, seed, racing
):
    """A curve is followed until it has turned; only then the next fold counts."""
    data = make_classification(150, 8, n_informative=4, flip_y=0.2, random_state=seed)
    settings = {"racing": racing, "cv": 4, "n_iter": 7, "random_state": seed}
    settings |= {"scoring": "accuracy", "journal": tmp_path / "j.sqlite"}
    search = make(**settings).fit(*data)
    check_equal(make(**settings).fit(*data), search)


SCORED = []


class StoppedOnce:
    """A scorer that a Ctrl-C meets after some calls."""

    def __init__(self, n_calls):
        self.n_calls = n_calls

    def __call__(self, estimator, X, y):
        """Score, and count."""
        SCORED.append(estimator.max_iter)
        if len(SCORED) == self.n_calls:
            raise KeyboardInterrupt
        return float(estimator.score(X, y))


@pytest.mark.parametrize("n_calls", [36, 48, 60])
def test_searched_paths_resume_an_interrupted_path_with_what_it_had(tmp_path, n_calls):
    """Folds that were written are not run again, whatever stretch they had reached."""
    settings = {"scoring": StoppedOnce(n_calls), "n_iter": 3}
    journal = {"journal": tmp_path / "j.sqlite"}
    SCORED.clear()
    with pytest.raises(KeyboardInterrupt, match="trials are kept"):
        make(**settings, **journal).fit(X, y)
    resumed = make(**settings, **journal).fit(X, y)
    n_both = len(SCORED)
    plain = make(**settings).fit(X, y)
    check_equal(resumed, plain)
    # Only the stretch that was being scored is scored again.
    assert n_both - (len(SCORED) - n_both) < 20


def test_searched_paths_repeat_finalists_at_the_chosen_value(tmp_path):
    """Repeats belong to the same trial of a journal, which resumes to the same."""
    settings = {
        "cv": StratifiedKFold(3, shuffle=True, random_state=0),
        "n_repeats_finalists": 1,
    }
    journal = tmp_path / "j.sqlite"
    search = make(journal=journal, **settings).fit(X, y)
    repeated = [trial for trial in search.trials_ if trial.repeats]
    assert any(trial.proposed for trial in repeated)
    resumed = make(journal=journal, **settings).fit(X, y)
    check_equal(resumed, search)
    assert [t.repeats for t in resumed.trials_] == [t.repeats for t in search.trials_]
    assert len(skbayes.journal.read(journal)) == len(search.trials_)


def test_searched_paths_have_folds_that_serve_other_searches(tmp_path):
    """A fold at a value of a path is the fold of an ordinary candidate."""
    path = tmp_path / "j.sqlite"
    make(journal=path, n_iter=3).fit(X, y)
    params = skbayes.journal.read(path).iloc[1]
    grid = {
        "max_iter": [int(params["param_max_iter"])],
        "learning_rate": [float(params["param_learning_rate"])],
    }
    seen = []
    search = GridSearchCV(
        HIST,
        grid,
        cv=3,
        scoring="roc_auc",
        journal=path,
        callbacks=[lambda progress: seen.append(progress.n_folds_done)],
    )
    search.fit(X, y)
    assert seen == [0]
    assert search.best_score_ == params["mean_test_score"]


def test_searched_paths_are_taken_over_as_prior_results():
    """A candidate that came to any value is the same point of the next search."""
    first = make().fit(X, y)
    second = make(prior_results=first, random_state=1, include_current=False).fit(X, y)
    key = second.optimizer_.space.key
    assert key(first.best_params_) in {key(trial.params) for trial in second.trials_}


def test_searched_paths_have_the_times_that_were_spent():
    """A candidate has the time of its fits and of all values that were scored."""
    search = make(n_iter=2).fit(X, y)
    spent = sum(trial.seconds for trial in search.trials_)
    by_row = 3 * (
        search.cv_results_["mean_fit_time"] + search.cv_results_["mean_score_time"]
    )
    assert spent == pytest.approx(by_row.sum())
    assert all(f.score_time > 0 for t in search.trials_ for f in t.folds)


def undefined_when_small(estimator, X, y):
    """A metric that small models do not have, such as a precision of no positives."""
    return estimator.score(X, y) if estimator.max_iter >= 12 else float("nan")


@pytest.mark.parametrize("settings", [{}, {"racing": True}, {"n_jobs": 2}])
def test_searched_paths_follow_a_metric_that_small_models_do_not_have(
    tmp_path, settings
):
    """The first stretch has no score; the candidate has one further on."""
    settings = {"scoring": undefined_when_small, **settings}
    search = make(**settings, journal=tmp_path / "j.sqlite").fit(X, y)
    assert all(trial.status is not Status.FAILED for trial in search.trials_)
    assert all(trial.params["max_iter"] >= 12 for trial in search.trials_)
    check_equal(make(**settings, journal=tmp_path / "j.sqlite").fit(X, y), search)


def test_searched_paths_say_why_a_candidate_fails():
    """The candidate keeps its proposed parameters, and the search goes on."""
    space = {"max_iter": (3, 40, "log-uniform"), "learning_rate": [-1.0, 0.1, 0.2]}
    with (
        pytest.warns(FitFailedWarning, match="learning_rate"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search = make(space=space).fit(X, y)
    (failed,) = [t for t in search.trials_ if t.status is Status.FAILED]
    assert failed.params == {"max_iter": 40, "learning_rate": -1.0}
    assert "learning_rate" in failed.error

"""`early_stopping_set`: boosting stops by a part of each fold's training part."""

from __future__ import annotations

import pickle
import warnings

import joblib
import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._evaluation.stopping.libraries import PATIENCE, takes_samples
from skbayes._evaluation.stopping.stopping_set import StoppingSet
from skbayes.ensemble import GreedyEnsemble
from skbayes.exceptions import JournalNotContinuedWarning

X, Y = make_classification(300, 8, n_informative=4, flip_y=0.2, random_state=0)
WEIGHTS = np.random.default_rng(0).uniform(0.5, 2, size=300)
HIST = HistGradientBoostingClassifier(max_iter=80, random_state=0)
HAS_X_VAL = takes_samples(HIST)
CV = StratifiedKFold(3)
NAMES = ("hist", "xgboost", "lightgbm", "catboost")


def booster(name, *, is_classifier=True, **params):
    """A model of at most 80 rounds, in one thread."""
    kind = "Classifier" if is_classifier else "Regressor"
    if name == "hist":
        if not HAS_X_VAL:
            pytest.skip("HistGradientBoosting's fit takes no X_val in this version")
        import sklearn.ensemble

        cls = getattr(sklearn.ensemble, f"HistGradientBoosting{kind}")
        return cls(max_iter=80, random_state=0, **params)
    module = pytest.importorskip(name)
    if name == "xgboost":
        cls = getattr(module, f"XGB{kind}")
        return cls(n_estimators=80, n_jobs=1, max_depth=3, **params)
    if name == "lightgbm":
        cls = getattr(module, f"LGBM{kind}")
        return cls(n_estimators=80, n_jobs=1, num_leaves=7, verbose=-1, **params)
    cls = getattr(module, f"CatBoost{kind}")
    own = {"verbose": 0, "allow_writing_files": False, "thread_count": 1}
    return cls(n_estimators=80, depth=3, **own, **params)


def fit_by_hand(model, X, y, X_stop, y_stop, weight=None, weight_stop=None):
    """Fit with early stopping as its library's pages say; gives the rounds too."""
    package = type(model).__module__.partition(".")[0]
    model = clone(model)
    extra = {} if weight is None else {"sample_weight": weight}
    if package == "sklearn":
        model.set_params(early_stopping=True)
        if weight is not None:
            extra["sample_weight_val"] = weight_stop
        model.fit(X, y, X_val=X_stop, y_val=y_stop, **extra)
        return model, model.n_iter_
    if package == "xgboost":
        model.set_params(early_stopping_rounds=PATIENCE)
        if weight is not None:
            extra["sample_weight_eval_set"] = [weight_stop]
        model.fit(X, y, eval_set=[(X_stop, y_stop)], verbose=False, **extra)
        return model, model.best_iteration + 1
    if package == "lightgbm":
        from lightgbm import early_stopping

        if weight is not None:
            extra["eval_sample_weight"] = [weight_stop]
        stop = early_stopping(PATIENCE, verbose=False)
        with warnings.catch_warnings():  # newer versions spell eval_set anew
            warnings.simplefilter("ignore")
            model.fit(X, y, eval_set=[(X_stop, y_stop)], callbacks=[stop], **extra)
        return model, model.best_iteration_
    from catboost import Pool

    pool = Pool(X_stop, y_stop, weight=weight_stop)
    model.fit(X, y, eval_set=pool, early_stopping_rounds=PATIENCE, **extra)
    return model, model.tree_count_


def by_hand(estimator, weights=None):
    """Scores and rounds of three folds, everything written out."""
    *steps, (_, model) = estimator.steps
    rule = StoppingSet(0.2, is_stratified=True)
    scores, rounds = [], []
    for train, test in CV.split(X, Y):
        fit, stop = (train[part] for part in rule.split(X[train], Y[train], train))
        parts = [X[fit], X[stop], X[test]]
        for _, step in steps:
            step = clone(step).fit(parts[0], Y[fit])
            parts = [step.transform(part) for part in parts]
        own = {}
        if weights is not None:
            own = {"weight": weights[fit], "weight_stop": weights[stop]}
        fitted, n = fit_by_hand(model, parts[0], Y[fit], parts[1], Y[stop], **own)
        scores.append(fitted.score(parts[2], Y[test]))
        rounds.append(n)
    return scores, rounds


def pipeline(model):
    """Two steps before a model, one of which sees the targets."""
    return Pipeline(
        [("scale", StandardScaler()), ("best", SelectKBest(k=5)), ("model", model)]
    )


def scores_and_rounds(search, row=0):
    """What the table says of the folds of a candidate."""
    table = search.cv_results_
    columns = ("split{}_test_score", "split{}_n_rounds")
    return [[table[c.format(k)][row] for k in range(3)] for c in columns]


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
@pytest.mark.parametrize("name", NAMES)
def test_stopping_set_gives_folds_as_written_out_by_hand(name, weights):
    """The folds are the same through a pipeline, with and without sharing of work."""
    estimator = pipeline(booster(name, learning_rate=0.2))
    expected = by_hand(estimator, weights)
    given = {} if weights is None else {"model__sample_weight": weights}
    for share_fits in (True, False):
        search = GridSearchCV(
            estimator,
            {"best__k": [5], "model__learning_rate": [0.2, 0.5, 0.3, 0.2]},
            cv=CV,
            early_stopping_set=0.2,
            share_fits=share_fits,
            error_score="raise",
        ).fit(X, Y, **given)
        scores, rounds = scores_and_rounds(search)
        assert scores == expected[0]
        assert rounds == expected[1]
        assert max(rounds) < 80
        assert [fold.n_rounds for fold in search.trials_[0].folds] == rounds
        assert search.cv_results_["mean_n_rounds"][0] == np.mean(rounds)


@pytest.mark.parametrize("name", NAMES)
def test_stopping_set_stops_the_refit_too(name):
    """The refit is stopped by a part of all data; the winner can be cloned."""
    model = booster(name)
    search = RandomSearchCV(
        model, {"learning_rate": uniform(0.1, 0.4)}, n_iter=2, cv=2, random_state=0
    )
    search.set_params(early_stopping_set=0.25).fit(X, Y)
    winner = search.best_estimator_
    rule = StoppingSet(0.25, is_stratified=True)
    fit, stop = rule.split(X, Y, np.arange(300))
    model = clone(model).set_params(**search.best_params_)
    expected, n_rounds = fit_by_hand(model, X[fit], Y[fit], X[stop], Y[stop])
    assert np.array_equal(winner.predict_proba(X), expected.predict_proba(X))
    assert n_rounds < 80
    assert winner.get_params() == model.get_params()
    clone(winner).fit(X, Y)
    copy = pickle.loads(pickle.dumps(search))
    assert np.array_equal(copy.predict_proba(X), winner.predict_proba(X))


@pytest.mark.parametrize("name", NAMES)
def test_stopping_set_of_a_regressor_with_its_own_patience(name):
    Xr, yr = make_regression(200, 5, noise=30, random_state=0)
    own = {"n_iter_no_change": 2} if name == "hist" else {"early_stopping_rounds": 2}
    rounds = []
    for params in ({}, own):
        model = booster(name, is_classifier=False, learning_rate=0.5, **params)
        search = GridSearchCV(model, {"learning_rate": [0.5]}, cv=3, refit=False)
        search.set_params(early_stopping_set=0.2).fit(Xr, yr)
        rounds.append(search.cv_results_["mean_n_rounds"][0])
    assert rounds[1] <= rounds[0]
    assert rounds[1] < 80


class NotingBooster(HistGradientBoostingClassifier):
    """Notes the first column of what it is fitted on, and stops by."""

    seen: list = []

    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None, **rest):
        """Note the samples, and fit."""
        self.seen.append([part[:, 0].astype(int) for part in (X, X_val)])
        return super().fit(X, y, sample_weight, X_val=X_val, y_val=y_val, **rest)


@pytest.mark.skipif(not HAS_X_VAL, reason="fit takes no X_val in this version")
@pytest.mark.parametrize(
    "cv", [StratifiedKFold(3), GroupKFold(3), TimeSeriesSplit(3, gap=4)], ids=repr
)
def test_stopping_set_holds_nothing_that_is_scored(cv):
    """Groups stay whole, the last part stops in time series, classes keep shares."""
    groups = np.arange(300) % 25
    named = np.c_[np.arange(300), X]
    NotingBooster.seen.clear()
    search = GridSearchCV(
        NotingBooster(max_iter=3), {"max_iter": [3]}, cv=cv, early_stopping_set=0.2
    )
    given = {"groups": groups} if isinstance(cv, GroupKFold) else {}
    search.fit(named, Y, **given)
    splits = [*cv.split(named, Y, **given), (np.arange(300), np.array([], dtype=int))]
    assert len(NotingBooster.seen) == len(splits)
    for (fit, stop), (train, test) in zip(NotingBooster.seen, splits, strict=True):
        assert set(fit) | set(stop) <= set(train)
        assert not set(stop) & (set(test) | set(fit))
        if isinstance(cv, GroupKFold):
            assert not set(groups[stop]) & set(groups[fit])
        elif isinstance(cv, TimeSeriesSplit):
            assert stop.min() - fit.max() == 5
            assert stop.max() == max(train)
        else:
            assert abs(Y[stop].mean() - Y[train].mean()) < 0.02


@pytest.mark.skipif(not HAS_X_VAL, reason="fit takes no X_val in this version")
def test_stopping_set_leaves_no_path_to_a_bayesian_search():
    """Where a fit stops by itself there is no path; workers give the same."""
    space = {
        "max_iter": (5, 80, "uniform"),
        "learning_rate": (0.05, 0.5, "log-uniform"),
    }
    settings = {"n_iter": 5, "cv": 2, "random_state": 0, "early_stopping_set": 0.2}
    one = BayesSearchCV(HIST, space, **settings).fit(X, Y)
    two = BayesSearchCV(HIST, space, n_jobs=2, share_fits=False, **settings)
    with joblib.parallel_config("threading"):
        two.fit(X, Y)
    assert {c.name for c in one.optimizer_.space.columns} == set(space)
    assert one.trials_[0].folds[0].n_rounds is not None
    for search in (one, two):
        table = search.cv_results_
        assert all(table["mean_n_rounds"] <= table["param_max_iter"].astype(float))
        assert "mean_n_rounds" in search.to_frame()


def test_stopping_set_is_fitted_by_candidates_that_cannot_stop():
    """In a choice of estimators each does what it can."""
    model = booster("hist")
    estimator = Pipeline([("scale", StandardScaler()), ("model", model)])
    plain = LogisticRegression()
    space = {"model": [model, plain], "scale__with_mean": [True, False]}
    settings = {"cv": CV, "error_score": "raise"}
    search = GridSearchCV(estimator, space, early_stopping_set=0.2, **settings).fit(
        X, Y
    )
    other = GridSearchCV(estimator, space, **settings).fit(X, Y)
    row = next(i for i, t in enumerate(search.trials_) if t.params["model"] is plain)
    assert search.cv_results_["params"][row] == other.cv_results_["params"][row]
    means = [s.cv_results_["mean_test_score"] for s in (search, other)]
    is_plain = [t.params["model"] is plain for t in search.trials_]
    assert np.array_equal(means[0][is_plain], means[1][is_plain])
    assert np.array_equal(np.isnan(search.cv_results_["mean_n_rounds"]), is_plain)


@pytest.mark.skipif(not HAS_X_VAL, reason="fit takes no X_val in this version")
def test_identity_of_tells_a_journal_how_fits_were_stopped(tmp_path):
    """Folds are found with their rounds, and those of another share are not."""
    file = tmp_path / "journal.db"

    def run(share, *callbacks):
        search = GridSearchCV(HIST, {"learning_rate": [0.1, 0.3]}, cv=CV, journal=file)
        return search.set_params(early_stopping_set=share, verbose=0).fit(X, Y)

    first, again = run(0.2), run(0.2)
    with pytest.warns(JournalNotContinuedWarning, match="fit parameters only"):
        other = run(0.3)
    with pytest.warns(JournalNotContinuedWarning, match="fit parameters only"):
        none = run(None)
    written = [[f.written for t in s.trials_ for f in t.folds] for s in (again, other)]
    assert all(when is not None for when in written[0])
    assert all(when is None for when in written[1])
    assert all(f.written is None for t in none.trials_ for f in t.folds)
    assert "mean_n_rounds" not in none.cv_results_
    for k in range(3):
        name = f"split{k}_n_rounds"
        assert np.array_equal(first.cv_results_[name], again.cv_results_[name])


class OwnSplitter:
    """Splits in another way each time."""

    def __init__(self):
        self.n_calls = 0

    def get_n_splits(self, X=None, y=None, groups=None):
        """One."""
        return 1

    def split(self, X, y=None, groups=None):
        """Shift by one each time."""
        self.n_calls += 1
        order = np.roll(np.arange(len(X)), self.n_calls)
        yield order[20:], order[:20]


@pytest.mark.parametrize("value", [0, 1, 1.5, -0.1, True, np.nan, "auto", KFold, [0.1]])
def test_stopping_set_refuses_other_values(value):
    """The message says what to write."""
    search = GridSearchCV(HIST, {"max_iter": [5]}, early_stopping_set=value)
    with pytest.raises(ValueError, match="`early_stopping_set` .* between 0 and 1"):
        search.fit(X, Y)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"estimator": RandomForestClassifier()},
            "(?s)that stops .* RandomForestClassif",
        ),
        ({"early_stopping_set": 0.001}, "(?s)fold 0: .* 1 of its 200 .* for 2 classes"),
        ({"early_stopping_set": OwnSplitter()}, "same way each time"),
        ({"early_stopping_set": ShuffleSplit(1)}, "int as random_state"),
        (
            {"refit": GreedyEnsemble(), "store_predictions": "probabilities"},
            "members of an ensemble",
        ),
    ],
)
@pytest.mark.skipif(not HAS_X_VAL, reason="fit takes no X_val in this version")
def test_stopping_set_refuses_what_cannot_be_done_before_the_first_fit(
    settings, message
):
    """No fold has been run then."""
    search = GridSearchCV(HIST, {"max_iter": [5]}, cv=3, early_stopping_set=0.1)
    NotingBooster.seen.clear()
    search.set_params(estimator=NotingBooster(max_iter=5)).set_params(**settings)
    if "estimator" in settings:
        search.set_params(param_grid={"max_depth": [2]})
    with pytest.raises((ValueError, TypeError), match=message):
        search.fit(X, Y)
    assert not NotingBooster.seen


@pytest.mark.skipif(not HAS_X_VAL, reason="fit takes no X_val in this version")
def test_stopping_set_refuses_samples_that_are_given_twice():
    """The samples are refused also where there is no target."""
    search = GridSearchCV(HIST, {"max_iter": [5]}, cv=3, early_stopping_set=0.1)
    with pytest.raises(ValueError, match="'X_val' from the training part"):
        search.fit(X, Y, X_val=X, y_val=Y)
    with pytest.raises(ValueError, match="needs targets to stop by"):
        search.set_params(scoring=lambda *_: 0.0).fit(X)

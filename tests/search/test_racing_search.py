"""Racing in whole searches: losers are stopped, winners complete, nothing is hidden."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneOut,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._protocol import Status
from skbayes.callbacks import ProgressBar

N_SAMPLES = 40
X = np.arange(float(N_SAMPLES)).reshape(-1, 1)
y = np.tile([0, 1], N_SAMPLES // 2)
GROUPS = np.repeat(np.arange(8), 5)
SPACE = {"quality": (0.0, 1.0, "uniform")}
GRID = {"quality": np.random.default_rng(0).permutation(25).tolist()}
every_kind = pytest.mark.parametrize("kind", ["grid", "random", "bayes"])


class Noisy(RegressorMixin, BaseEstimator):
    """As good as told, on folds that differ, with a little noise of its own."""

    def __init__(self, quality=0.0):
        self.quality = quality

    def fit(self, X, y):
        """Remember what is special about the fold."""
        self.train_ = np.sort(X[:, 0])
        return self

    def predict(self, X):
        """Nothing of interest."""
        return np.zeros(len(X))

    def score(self, X, y):
        """Quality, less how hard the fold is, with noise that is always the same."""
        seed = [round(1e6 * float(self.quality)), int(X[:, 0].sum()), len(self.train_)]
        noise = 0.01 * np.random.default_rng(seed).normal()
        return float(self.quality + np.sin(X[:, 0].mean()) + noise)


def make_search(kind, n_iter=25, **settings):
    """A search that races."""
    settings = {"racing": True, "cv": KFold(5)} | settings
    if kind == "grid":
        return GridSearchCV(Noisy(), GRID, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(Noisy(), SPACE, n_iter=n_iter, random_state=0, **settings)


def check_is_honest(search):
    """Winner complete; stopped rows NaN where not run, and behind all complete ones."""
    results = search.cv_results_
    status = results["status"]
    means = results["mean_test_score"]
    n_splits = search.n_splits_
    table = np.array([results[f"split{k}_test_score"] for k in range(n_splits)]).T
    is_complete = status == "complete"
    assert is_complete[search.best_index_]
    assert search.best_score_ == np.nanmax(means)
    np.testing.assert_array_equal(np.isfinite(means), is_complete)
    np.testing.assert_array_equal(
        (~np.isnan(table)).sum(axis=1), results["n_splits_evaluated"]
    )
    np.testing.assert_array_equal(
        results["n_splits_evaluated"] == n_splits, is_complete
    )
    ranks = results["rank_test_score"]
    if not is_complete.all():
        assert ranks[is_complete].max() < ranks[~is_complete].min()
    np.testing.assert_allclose(
        results["adjusted_test_score"][is_complete], means[is_complete]
    )
    for trial, state in zip(search.trials_, status, strict=True):
        assert trial.status == state
    return int((~is_complete).sum())


@every_kind
@pytest.mark.parametrize("racing", [True, "conservative"])
def test_losers_are_stopped_and_shown_as_such(kind, racing):
    """Folds are saved, and the table says what was not run."""
    search = make_search(kind, racing=racing).fit(X, y)
    assert check_is_honest(search) > 3
    n_folds = search.cv_results_["n_splits_evaluated"].sum()
    assert n_folds < 0.85 * 25 * 5


@pytest.mark.parametrize("kind", ["grid", "random"])
def test_the_winner_is_that_of_the_full_search(kind):
    """With clear differences racing costs nothing."""
    full = make_search(kind, racing=False).fit(X, y)
    raced = make_search(kind).fit(X, y)
    assert raced.best_params_ == full.best_params_
    assert raced.best_score_ == full.best_score_


def test_adjusted_scores_take_the_difficulty_of_folds_out():
    """A stopped candidate's plain mean would carry its folds; its adjusted does not."""
    full = make_search("grid", racing=False).fit(X, y)
    raced = make_search("grid").fit(X, y)
    truth = full.cv_results_["mean_test_score"]
    is_stopped = raced.cv_results_["status"] == "stopped"
    adjusted = raced.cv_results_["adjusted_test_score"]
    assert is_stopped.any()
    np.testing.assert_allclose(adjusted[is_stopped], truth[is_stopped], atol=0.1)
    plain = np.array([np.nanmean(t.scores()) for t in raced.trials_])
    error = np.abs(plain - truth)[is_stopped].mean()
    assert np.abs(adjusted - truth)[is_stopped].mean() < error / 3


SPLITTERS = {
    "k-fold": (KFold(5), None),
    "shuffled": (KFold(5, shuffle=True, random_state=0), None),
    "stratified": (StratifiedKFold(4), None),
    "repeated": (RepeatedKFold(n_splits=4, n_repeats=2, random_state=0), None),
    "groups": (GroupKFold(4), GROUPS),
    "time series": (TimeSeriesSplit(5), None),
    "random": (ShuffleSplit(6, random_state=0), None),
    "two folds": (KFold(2), None),
    "indices": (list(KFold(4).split(X))[1:], None),
}


@pytest.mark.parametrize("name", SPLITTERS)
@every_kind
def test_splitters(kind, name):
    cv, groups = SPLITTERS[name]
    search = make_search(kind, cv=cv).fit(X, y, groups=groups)
    check_is_honest(search)


def test_a_time_series_is_raced_from_its_last_fold_on():
    """The early folds train on less: a candidate is not judged by them alone."""
    search = make_search("grid", cv=TimeSeriesSplit(5)).fit(X, y)
    stopped = [t for t in search.trials_ if t.status is Status.STOPPED]
    assert stopped
    for trial in stopped:
        folds = [f.fold for f in trial.folds]
        assert folds == list(range(5 - len(folds), 5))


def test_folds_are_first_in_turn():
    """Stopped candidates are not all judged by the same fold."""
    search = make_search("grid").fit(X, y)
    stopped = [t for t in search.trials_ if len(t.folds) == 1]
    assert len({t.folds[0].fold for t in stopped}) >= 3


def test_leave_one_out_looks_at_more_than_one_sample_at_a_time():
    """A decision takes a tenth of the folds, at least four of them."""
    search = make_search("grid", cv=LeaveOneOut()).fit(X, y)
    assert check_is_honest(search) > 3
    n_run = search.cv_results_["n_splits_evaluated"]
    assert set(n_run) <= {4, 8, 12, 16, 20, 24, 28, 32, 36, 40}


def test_a_single_fold_leaves_nothing_to_save():
    """Every candidate has it, and a warning says so."""
    cv = [(np.arange(20), np.arange(20, 40))]
    with pytest.warns(UserWarning, match="`cv` has a single one"):
        search = make_search("grid", cv=cv).fit(X, y)
    assert check_is_honest(search) == 0


def test_racing_is_on_the_refit_metric():
    """Other metrics are NaN where the fold was not run, and have no say."""
    search = make_search("grid", scoring=two_scores, refit="good").fit(X, y)
    results = search.cv_results_
    is_stopped = results["status"] == "stopped"
    assert is_stopped.any()
    for name in ["good", "bad"]:
        assert np.isnan(results[f"mean_test_{name}"][is_stopped]).all()
        assert np.isfinite(results[f"adjusted_test_{name}"]).all()
    assert search.best_score_ == np.nanmax(results["mean_test_good"])
    plain = make_search("grid").fit(X, y)
    np.testing.assert_array_equal(results["status"], plain.cv_results_["status"])


def two_scores(estimator, X, y):
    """Two scores that disagree."""
    score = estimator.score(X, y)
    return {"bad": -score, "good": score}


def test_train_scores_are_there_where_folds_were_run():
    """Training scores are NaN for other folds."""
    search = make_search("grid", return_train_score=True).fit(X, y)
    for k in range(5):
        np.testing.assert_array_equal(
            np.isnan(search.cv_results_[f"split{k}_train_score"]),
            np.isnan(search.cv_results_[f"split{k}_test_score"]),
        )
    check_is_honest(search)


def test_a_candidate_that_fails_runs_no_further_fold():
    """The candidate has lost."""
    search = make_search("grid", error_score=np.nan)
    search.set_params(estimator=FailsLow())
    with pytest.warns(RuntimeWarning, match="5 fits failed"):
        search.fit(X, y)
    failed = [t for t in search.trials_ if t.status is Status.FAILED]
    assert len(failed) == 5
    assert {len(t.folds) for t in failed} == {1}
    assert "told to fail" in search.cv_results_["error"][failed[0].index]


class FailsLow(Noisy):
    """Fails for the lowest qualities."""

    def fit(self, X, y):
        """Fit, or fail."""
        if self.quality < 5:
            raise RuntimeError("told to fail")
        return super().fit(X, y)


def test_partial_trials_are_told_with_their_folds(monkeypatch):
    """The engine hears of a stopped candidate what its folds scored, and no mean."""
    from skbayes._strategies.bayes import BayesStrategy

    told = []
    tell = BayesStrategy.tell

    def noted(self, trial):
        told.append(trial)
        tell(self, trial)

    monkeypatch.setattr(BayesStrategy, "tell", noted)
    search = make_search("bayes").fit(X, y)
    stopped = [t for t in told if t.status is Status.STOPPED]
    assert stopped
    for trial in stopped:
        scores = trial.scores()
        is_run = np.isfinite(scores)
        assert 0 < is_run.sum() < 5
        # It may have been caught up with since.
        final = search.trials_[trial.index].scores()
        np.testing.assert_array_equal(scores[is_run], final[is_run])


def test_saved_folds_are_counted_in_progress():
    """The progress bar shows the folds saved."""
    seen = []
    search = make_search("grid", callbacks=[seen.append]).fit(X, y)
    n_run = search.cv_results_["n_splits_evaluated"].sum()
    assert seen[-1].n_folds_done == n_run
    assert seen[-1].n_folds_saved == 25 * 5 - n_run


def test_a_race_that_catches_up_is_told_in_one_bar_with_true_means(capsys):
    """A trial that ends twice is no new search, and has its own mean."""
    pytest.importorskip("tqdm")
    near = {"quality": np.linspace(0, 0.05, 200).tolist()}
    seen = []
    search = RandomSearchCV(
        Noisy(), near, n_iter=25, cv=KFold(5), racing=True, random_state=5, verbose=2,
        callbacks=[ProgressBar(), seen.append],
    ).fit(X, y)  # fmt: skip
    caught_up = seen[25:]
    assert caught_up
    assert {p.n_done for p in caught_up} == {25}
    for p in caught_up:
        mean = search.cv_results_["mean_test_score"][p.trial.index]
        assert p.score == pytest.approx(mean)
    out, err = capsys.readouterr()
    lines = out.splitlines()[1:]
    assert len(lines) == len(seen)
    for line, p in zip(lines, seen, strict=True):
        assert f"{p.trial.status}, mean {p.score:.4g}, best {p.best_score:.4g}" in line
    assert err.count("\n") == 1


@pytest.mark.slow
@every_kind
def test_racing_with_workers_is_repeatable_and_honest(kind):
    """The same candidates are stopped each time."""
    searches = [make_search(kind, n_jobs=2).fit(X, y) for _ in range(2)]
    for search in searches:
        assert check_is_honest(search) > 0
    first, second = (s.cv_results_["n_splits_evaluated"] for s in searches)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("racing", ["bold", 2, None])
def test_other_values_are_refused(racing):
    """The message names the parameter."""
    with pytest.raises(ValueError, match="'racing' parameter of GridSearchCV must be"):
        make_search("grid", racing=racing).fit(X, y)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:One or more of the test")
@pytest.mark.parametrize("racing", [False, True])
@pytest.mark.parametrize(
    "score",
    [
        lambda C: -(10.0 ** (100.0 * np.log10(C))),
        lambda C: 1.7e308 * np.tanh(-np.abs(np.log(C / 0.03))),
        lambda C: 0.0 if C < 0.1 else -1e160,
    ],
    ids=["steep", "sums overflow", "some diverge"],
)
def test_racing_and_proposals_take_scores_of_any_size(score, racing):
    """Squares of large scores are no floats: neither race nor engine ends by it."""
    search = BayesSearchCV(
        LogisticRegression(),
        {"C": (0.01, 100.0, "log-uniform"), "tol": (1e-5, 1e-2, "log-uniform")},
        n_iter=14,
        cv=3,
        scoring=lambda estimator, X, y: float(score(estimator.C)),
        racing=racing,
        random_state=0,
    ).fit(*make_classification(60, random_state=0))
    tried = [trial.params["C"] for trial in search.trials_ if trial.folds]
    assert len(search.trials_) == 14
    assert score(search.best_params_["C"]) >= max(map(score, tried)) - 1e-100

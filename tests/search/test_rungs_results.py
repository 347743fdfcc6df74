"""Searches with rungs: their journals, workers, finalists, budgets and displays."""

from __future__ import annotations

import json
import time
import warnings

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.model_selection import KFold
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes import GridSearchCV, RandomSearchCV
from skbayes.inspection import (
    ConvergenceDisplay,
    EffectDisplay,
    FoldScoresDisplay,
    ParallelCoordinatesDisplay,
    TimelineDisplay,
)
from tests.search.rung_searches import (
    QUALITIES,
    Learner,
    X,
    check_is_honest,
    every_kind,
    fits,
    make_search,
    y,
)


def test_rungs_do_not_stop_slow_learners():
    """What starts low and still rises may win with all samples."""
    grid = {"quality": QUALITIES[:12], "rise": [1.0]}
    late = {"quality": [0.7], "rise": [10.0]}
    search = GridSearchCV(
        Learner(), [grid, late], cv=KFold(4), resource="n_samples"
    ).fit(X, y)
    first = [t.rungs[0].test_scores["score"] for t in search.trials_]
    assert first[-1] < np.max(first[:-1]) - 0.1
    assert search.best_index_ == 12


def test_rungs_that_cannot_be_fitted_say_nothing():
    """The candidate goes on to the next one, and to all samples."""
    search = make_search("grid", Learner(fails_below=200)).fit(X, y)
    assert not np.isnan(search.best_score_)
    assert (search.cv_results_["status"] == "complete").all()


@every_kind
@pytest.mark.parametrize("racing", [False, True])
def test_rungs_are_kept_in_a_journal(kind, racing, tmp_path):
    """A second run fits nothing, and the same candidates are stopped."""
    log, journal = tmp_path / "log", tmp_path / "journal.sqlite"

    def run():
        return make_search(
            kind, Learner(log=log), journal=journal, racing=racing, refit=False
        ).fit(X, y)

    first = run()
    n_fits = len(fits(log))
    again = run()
    assert len(fits(log)) == n_fits
    for name in ("n_resources", "status", "mean_test_score"):
        np.testing.assert_array_equal(again.cv_results_[name], first.cv_results_[name])


@every_kind
def test_rungs_of_a_search_that_was_cut_off_come_to_the_same_end(kind, tmp_path):
    """A journal continues the search in the middle of the parts."""
    log, journal = tmp_path / "log", tmp_path / "journal.sqlite"
    whole = make_search(kind).fit(X, y)

    def stop(progress):
        return progress.n_done >= 12

    for callbacks in ([stop], None):
        search = make_search(
            kind, Learner(log=log), journal=journal, callbacks=callbacks, refit=False
        ).fit(X, y)
    assert len(search.trials_) == 25
    np.testing.assert_array_equal(
        search.cv_results_["n_resources"], whole.cv_results_["n_resources"]
    )
    keys = [json.dumps(one) for one in fits(log)]
    assert len(keys) == len(set(keys))


@every_kind
def test_rungs_with_workers_give_the_same_each_time(kind):
    """The result is the same whatever ends first."""
    one, two = (make_search(kind, n_jobs=2).fit(X, y) for _ in range(2))
    check_is_honest(two)
    np.testing.assert_array_equal(
        one.cv_results_["n_resources"], two.cv_results_["n_resources"]
    )


def test_rungs_leave_all_samples_to_finalists():
    search = make_search("random", n_repeats_finalists=1, racing=True).fit(X, y)
    repeated = search.cv_results_["n_repeats"] > 0
    assert (search.cv_results_["n_resources"][repeated] == 900).all()
    assert all(len(t.repeats) in {0, 4} for t in search.trials_)


def test_rungs_keep_a_time_budget():
    """The first candidate is finished, and no fit starts when it is over."""
    start = time.monotonic()
    search = make_search("random", n_iter=100_000, time_budget=1.0).fit(X, y)
    assert time.monotonic() - start < 3
    assert check_is_honest(search).any()


def test_rungs_are_told_in_lines_of_their_own(capsys):
    """With verbose=3 each fit has a line."""
    make_search("grid", verbose=3).fit(X, y)
    out = capsys.readouterr().out
    assert "[33 samples, CV 1/4; 1]" in out
    assert "[CV 4/4; 1]" in out


def test_rungs_keep_nothing_of_parts(tmp_path):
    """Predictions and estimators are those of all samples."""
    search = make_search(
        "grid",
        scoring="neg_mean_squared_error",
        store_predictions=True,
        keep_fold_estimators=("all", tmp_path / "models"),
    ).fit(X, y)
    assert all(t.rungs for t in search.trials_)
    assert all(f.predictions is None for t in search.trials_ for f in t.rungs)
    whole = [t for t in search.trials_ if t.status == "complete"]
    assert len(list((tmp_path / "models").iterdir())) == 4 * len(whole)


def test_rungs_leave_honest_scores_unknown():
    """Candidates were stopped by what the others would be scored on."""
    search = make_search("grid", scoring="neg_mean_squared_error").fit(X, y)
    assert (search.cv_results_["status"] == "stopped").any()
    with pytest.warns(UserWarning, match="`resource` stopped .* Fit with resource=N"):
        assert np.isnan(search.optimism_corrected_score_)


def test_rungs_are_taken_by_displays_and_frames():
    """Candidates without a fold are shown as others that were stopped."""
    pytest.importorskip("matplotlib").use("Agg")
    pytest.importorskip("pandas")
    search = make_search("bayes").fit(X, y)
    for display in (
        EffectDisplay,
        FoldScoresDisplay,
        ConvergenceDisplay,
        ParallelCoordinatesDisplay,
        TimelineDisplay,
    ):
        display.from_search(search)
    frame = search.to_frame()
    assert (frame["n_splits_evaluated"] == 0).any()
    with warnings.catch_warnings():
        # New versions of scikit-learn read every attribute for their page.
        warnings.simplefilter("ignore")
        assert "stopped" in search._repr_html_()


def test_rungs_of_a_real_search_find_the_same(tmp_path):
    """An SVC on noisy classes is found with less than all samples."""
    data = make_classification(1500, 10, n_informative=5, flip_y=0.1, random_state=0)
    space = {"C": (1e-3, 1e3, "log-uniform"), "gamma": (1e-5, 1e1, "log-uniform")}
    plain, search = (
        RandomSearchCV(SVC(), space, n_iter=25, random_state=0, resource=resource).fit(
            *data
        )
        for resource in (None, "n_samples")
    )
    assert (search.cv_results_["n_resources"] < 1200).sum() >= 3
    assert search.best_score_ >= plain.best_score_ - 0.005
    tree = DecisionTreeClassifier(random_state=0)
    other = GridSearchCV(
        tree, {"max_depth": [1, 2, 3, 5, 8, 13]}, resource="n_samples", racing="safe"
    ).fit(*data)
    assert other.cv_results_["status"][other.best_index_] == "complete"

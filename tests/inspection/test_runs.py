"""Are the runs of a search that was continued put one after the other?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes.inspection import ConvergenceDisplay, TimelineDisplay
from skbayes.inspection._runs import timed_folds
from skbayes.search import FoldResult, RandomSearchCV, Trial

X, Y = load_iris(return_X_y=True)


def run_of(path, n_iter, **settings):
    """A search that continues what is in the journal."""
    space = {"C": list(np.logspace(-2, 2, 40))}
    search = RandomSearchCV(
        SVC(), space, n_iter=n_iter, cv=3, random_state=0, journal=path, **settings
    )
    return search.fit(X, Y)


def test_timed_folds_of_resumed_runs_come_one_after_the_other(tmp_path):
    """Three runs in one process or several draw no fit over another one."""
    path = tmp_path / "journal.sqlite"
    run_of(path, 3)
    run_of(path, 6, n_jobs=2)
    display = TimelineDisplay.from_search(run_of(path, 9))
    assert display.runs.tolist() == [0] * 9 + [1] * 9 + [2] * 9
    assert display.workers.max() <= 1
    ends = display.starts + display.fit_times + display.score_times
    for worker in np.unique(display.workers):
        rows = display.workers == worker
        assert (display.starts[rows][1:] >= ends[rows][:-1]).all()
    assert (display.busy() <= 1).all()
    labels = [t.get_text() for t in display.ax_.get_legend().get_texts()]
    assert "continued" in labels


def test_convergence_display_against_seconds_of_a_resumed_search(tmp_path):
    """Candidates of the second run end after those of the first."""
    path = tmp_path / "journal.sqlite"
    run_of(path, 3)
    search = run_of(path, 6)
    display = ConvergenceDisplay.from_search(search, against="seconds")
    first = [fold for trial in search.trials_[:3] for fold in trial.folds]
    assert all(fold.written is not None for fold in first)
    assert (np.diff(display.seconds) > 0).all()
    assert display.fits.tolist() == [3, 6, 9, 12, 15, 18]


def test_timed_folds_without_a_journal_are_as_they_were():
    """The folds of one run are on its own clock, in the order of the starts."""
    late = FoldResult(0, {"score": 1.0}, fit_time=1.0, started=2.0)
    early = FoldResult(1, {"score": 1.0}, score_time=1.0, started=1.0)
    timed = timed_folds([Trial(0, {}, 2, (late, early))])
    assert [(t.run, t.started, t.ended) for t in timed] == [(0, 1, 2), (0, 2, 3)]


def test_timed_folds_that_were_written_late_are_of_one_run():
    """A fold that waited to be written does not make another run."""
    fold = FoldResult(0, {"score": 1.0}, fit_time=1.0, started=0.0, written=101.0)
    late = replace(fold, fold=1, started=0.5, written=109.0)
    last = replace(fold, fold=2, started=8.5, written=109.6)
    timed = timed_folds([Trial(0, {}, 3, (fold, late, last))])
    assert [(t.run, t.started) for t in timed] == [(0, 0.0), (0, 0.5), (0, 8.5)]

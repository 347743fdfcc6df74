"""Ctrl-C loses nothing that has ended: a search that goes on runs the rest only."""

from __future__ import annotations

import signal

import joblib
import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skbayes._evaluation.execution.pool_executor import PoolExecutor
from skbayes._evaluation.loop.tell_order import TellOrder
from skbayes._journal.journal_file import Journal
from skbayes.exceptions import JournalError
from skbayes.search import GridSearchCV, _base
from skbayes.search._user_callbacks import CallbackObserver
from tests.search import drivers
from tests.search.estimators import N_FOLDS, fits

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 3))
y = rng.normal(size=30)

N_QUICK = 40
N_LATER = 10

INTERRUPTED = """
import joblib
class InterruptsOnce(Scripted):
    def _is_first_time(self):
        return self.act != "fit" and super()._is_first_time()

quick = {{"quality": list(range({n_quick}))}}
culprit = {{"act": ["interrupt driver"], "quality": [0.5]}}
later = {{"quality": [-1.0 - k for k in range({n_later})]}}
search = GridSearchCV(
    InterruptsOnce(log={log!r}, once={once!r}, only_fold=1, seconds=0.002),
    [quick, culprit, later], cv=FOLDS, journal={journal!r}, refit=False,
)
with joblib.parallel_config({backend!r}, n_jobs={n_jobs}):
    try:
        search.fit(X, y)
    finally:
        print(len(search.trials_), sum(len(t.folds) for t in search.trials_))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "n_jobs"),
    [("loky", 1), ("loky", 2), ("threading", 2), ("multiprocessing", 2)],
)
def test_only_folds_in_flight_are_run_again_after_ctrl_c(backend, n_jobs, tmp_path):
    """Quick folds share a batch with the fold that is cut off, and are kept."""
    log = str(tmp_path / "log")
    code = INTERRUPTED.format(
        log=log, once=str(tmp_path / "once"), journal=str(tmp_path / "j.sqlite"),
        backend=backend, n_jobs=n_jobs, n_quick=N_QUICK, n_later=N_LATER,
    )  # fmt: skip
    out, _ = drivers.run(code, returncode=-signal.SIGINT)
    n_begun = sum(fits(log).values())
    n_kept = int(out.split()[1])
    assert n_begun > N_QUICK * N_FOLDS
    # Each worker had one fold in hand; a process may have sent off another, too late.
    n_lost = n_jobs if n_jobs == 1 or backend == "threading" else 2 * n_jobs
    assert n_begun - n_lost <= n_kept <= n_begun - 1
    n_trials = N_QUICK + 1 + N_LATER
    out, _ = drivers.run(code)
    assert out.split() == [str(n_trials), str(n_trials * N_FOLDS)]
    again = {fit: n - 1 for fit, n in fits(log).items() if n > 1}
    assert sum(again.values()) == n_begun - n_kept
    assert "interrupt driver 0.5 1" in again


MOMENTS = {
    "the last trial has ended": (TellOrder, "tell_rest"),
    "callbacks close": (CallbackObserver, "close"),
    "workers close": (PoolExecutor, "__exit__"),
    "the journal closes": (Journal, "close"),
    "results are tabulated": (_base, "tabulate"),
    "the winner is chosen": (_base, "choose_winner"),
    "the winner is refitted": (Ridge, "fit"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_results_are_set_when_ctrl_c_comes_after_the_last_fit(
    moment, tmp_path, monkeypatch
):
    """Hours of work are not lost while the last file is closed."""
    owner, name = MOMENTS[moment]
    original = getattr(owner, name)
    is_refit = moment == "the winner is refitted"

    def pressed(*args, **kwargs):
        try:
            return original(*args, **kwargs)
        finally:
            if not is_refit or len(args[1]) == len(X):
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(owner, name, pressed)
    search = GridSearchCV(
        Ridge(), {"alpha": [1, 2, 3, 4]}, cv=3, journal=tmp_path / "j.sqlite",
        callbacks=[lambda progress: None],
    )  # fmt: skip
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        message = "^$" if is_refit else "4 of 4 trials are kept"
        with (
            joblib.parallel_config("threading", n_jobs=2),
            pytest.raises(KeyboardInterrupt, match=message),
        ):
            search.fit(X, y)
    finally:
        signal.signal(signal.SIGINT, before)
    assert [len(trial.folds) for trial in search.trials_] == [3, 3, 3, 3]
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert not hasattr(search, "best_estimator_")
    monkeypatch.undo()
    assert search.fit(X, y).best_estimator_ is not None


def test_results_are_set_when_a_file_cannot_be_closed(tmp_path, monkeypatch):
    """A full disk at the very end is an error, and costs nothing that was found."""

    def fail(self):
        raise JournalError("no space left")

    monkeypatch.setattr(Journal, "close", fail)
    search = GridSearchCV(
        Ridge(), {"alpha": [1, 2]}, cv=3, journal=tmp_path / "j.sqlite"
    )
    with pytest.raises(JournalError, match="no space left") as caught:
        search.fit(X, y)
    assert "2 of 2 trials are kept" in caught.value.__notes__[0]
    assert len(search.cv_results_["params"]) == 2

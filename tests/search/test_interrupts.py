"""Ctrl-C loses nothing that has ended: a search that goes on runs the rest only."""

from __future__ import annotations

import signal

import pytest

from tests.search import drivers
from tests.search.estimators import N_FOLDS, fits

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

"""A search whose process is killed goes on where it was: only what ran runs twice."""

from __future__ import annotations

import signal

import numpy as np
import pytest

import skbayes.journal
from skbayes import BayesSearchCV, GridSearchCV
from tests.search import drivers
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y

N_CANDIDATES = 14
#: The fit that kills the driver: in a race some candidates have been stopped by then.
KILLING_FIT = 17
QUALITIES = np.random.default_rng(3).permutation(N_CANDIDATES).tolist()

KILLS_ONCE = """
class KillsOnce(Scripted):
    def _is_first_time(self):
        n_begun = sum(fits(self.log).values())
        return n_begun >= {killing_fit} and super()._is_first_time()

estimator = KillsOnce(act="kill driver", log={log!r}, once={once!r}, seconds=0.04)
"""
GRID = 'GridSearchCV(estimator, {{"quality": {qualities}}}, '
BAYES = (
    'BayesSearchCV(estimator, {{"quality": (0.0, 1.0, "uniform")}}, '
    "n_iter={n_candidates}, random_state=0, "
)
RUN = """cv=FOLDS, n_jobs={n_jobs}, racing={racing}, journal={journal!r})
search.fit(X, y)
print(search.best_params_["quality"], len(search.trials_))
"""


def code_of(kind, tmp_path, **settings):
    """What a driver runs: a search whose process is killed once."""
    search = {"grid": GRID, "bayes": BAYES}[kind]
    return (KILLS_ONCE + "search = " + search + RUN).format(
        killing_fit=KILLING_FIT,
        log=str(tmp_path / "log"),
        once=str(tmp_path / "killed"),
        journal=str(tmp_path / "j.sqlite"),
        qualities=QUALITIES,
        n_candidates=N_CANDIDATES,
        **settings,
    )


def undisturbed(kind, racing):
    """The same search without anything that happens to it, on one worker."""
    settings = {"cv": FOLDS, "racing": racing}
    if kind == "grid":
        return GridSearchCV(Scripted(), {"quality": QUALITIES}, **settings).fit(X, y)
    space = {"quality": (0.0, 1.0, "uniform")}
    settings |= {"n_iter": N_CANDIDATES, "random_state": 0}
    return BayesSearchCV(Scripted(), space, **settings).fit(X, y)


def folds_written(path):
    """Folds that a journal holds, as `fits` names them."""
    frame = skbayes.journal.read(path)
    return {
        f"kill driver {quality} {fold}"
        for fold in range(N_FOLDS)
        for quality, score in zip(
            frame["param_quality"].tolist(),
            frame[f"split{fold}_test_score"],
            strict=True,
        )
        if not np.isnan(score)
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "racing", "n_jobs"),
    [
        ("grid", False, 1),
        ("grid", False, 2),
        ("bayes", False, 2),
        ("bayes", True, 1),
        ("bayes", True, 2),
    ],
)
def test_a_killed_search_continues_where_it_was(kind, racing, n_jobs, tmp_path):
    """After SIGKILL only folds that were begun and not written are run twice."""
    code = code_of(kind, tmp_path, racing=racing, n_jobs=n_jobs)
    drivers.run(code, returncode=-signal.SIGKILL)
    begun = fits(tmp_path / "log")
    written = folds_written(tmp_path / "j.sqlite")
    in_flight = begun.keys() - written
    assert set(begun.values()) == {1}
    assert written <= begun.keys()
    # The one that killed and what ran beside it; a worker that outlived the search
    # by a moment may have begun what had been handed over.
    assert 1 <= len(in_flight) <= (1 if n_jobs == 1 else 2 * n_jobs)

    out, _ = drivers.run(code)
    after = fits(tmp_path / "log")
    twice = {fit for fit, n in after.items() if n == 2}
    assert max(after.values()) == 2
    assert twice <= in_flight
    best, n_trials = out.split()
    assert int(n_trials) == N_CANDIDATES
    # What several workers are proposed depends on which candidates left anything.
    if kind == "grid" or n_jobs == 1:
        whole = undisturbed(kind, racing)
        assert twice == in_flight
        assert float(best) == whole.best_params_["quality"]
        assert len(after) == sum(len(trial.folds) for trial in whole.trials_)
    assert (len(after) < N_CANDIDATES * N_FOLDS) == racing

"""A driver that is killed at a random moment is taken over, and no fold runs twice."""

from __future__ import annotations

import json
import random
import signal
import time

import numpy as np
import pytest

import skbayes.journal
from skbayes import BayesSearchCV, GridSearchCV
from tests.search import drivers
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y
from tests.search.test_two_drivers import QUALITIES, SPACE

GRID = 'GridSearchCV(estimator, {{"quality": {qualities}}}, '
BAYES = "BayesSearchCV(estimator, {space}, n_iter=12, random_state=0, "
RUN = """cv=FOLDS, n_jobs={n_jobs}, racing={racing}, journal={journal!r}, refit=False)
search.fit(X, y)
print(json.dumps([
    [t.params["quality"], [f.test_scores["score"] for f in t.folds]]
    for t in search.trials_
]))
"""
START = """
import json
{before}
estimator = Scripted(log={log!r}, seconds={seconds}, is_random=True)
search = """
#: What makes processes look as if they ran on machines of their own.
ELSEWHERE = """
from skbayes._journal import drivers, processes
processes._this_machine = lambda: f"machine of {os.getpid()}"
drivers.BEAT_SECONDS, drivers.LEASE_SECONDS = 0.2, 4.0
"""


def code_of(kind, tmp_path, *, n_jobs=1, racing=False, before="", seconds=0.15):
    """What a driver runs."""
    search = {"grid": GRID, "bayes": BAYES}[kind]
    return (START + search + RUN).format(
        log=str(tmp_path / "log"),
        journal=str(tmp_path / "j.sqlite"),
        qualities=QUALITIES,
        space=SPACE,
        n_jobs=n_jobs,
        racing=racing,
        before=before,
        seconds=seconds,
    )


def written(tmp_path):
    """Folds in the journal, as `fits` names them."""
    path = tmp_path / "j.sqlite"
    if not path.exists():
        return set()
    frame = skbayes.journal.read(path)
    return {
        f"fit {row.param_quality} {k}"
        for row in frame.itertuples()
        for k in range(N_FOLDS)
        if not np.isnan(getattr(row, f"split{k}_test_score", np.nan))
    }


def alone(kind, racing):
    """What a single search on one worker comes to."""
    settings = {"cv": FOLDS, "racing": racing, "refit": False}
    if kind == "grid":
        search = GridSearchCV(Scripted(), {"quality": QUALITIES}, **settings)
    else:
        settings |= {"n_iter": 12, "random_state": 0}
        search = BayesSearchCV(Scripted(), SPACE, **settings)
    return trials_of(search.fit(X, y).trials_)


def trials_of(trials):
    """Candidates with their scores, as a driver prints them."""
    return [
        [t.params["quality"], [f.test_scores["score"] for f in t.folds]] for t in trials
    ]


def wait_for_fits(tmp_path, n_fits):
    """Wait until so many have been begun."""
    deadline = time.monotonic() + 120
    while sum(fits(tmp_path / "log").values()) < n_fits:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def check_killed(kind, tmp_path, seed, *, n_jobs=1, racing=False, before=""):
    """Two drivers, one of which is killed at a random moment: the other ends alone."""
    rng = random.Random(seed)
    code = code_of(kind, tmp_path, n_jobs=n_jobs, racing=racing, before=before)
    pair = [drivers.start(code) for _ in range(2)]
    wait_for_fits(tmp_path, rng.randint(3, 20))
    time.sleep(0.1 * rng.random())
    victim = pair.pop(rng.randrange(2))
    with victim:
        # Held first, so that nobody takes over its folds while they are looked up.
        drivers.hold(victim)
        safe = written(tmp_path)
        begun = set(fits(tmp_path / "log"))
        drivers.kill(victim)
        victim.wait()
    with pair[0] as survivor:
        out, err = drivers.texts(survivor, 240)
    assert victim.returncode == -signal.SIGKILL
    assert survivor.returncode == 0, err
    counts = fits(tmp_path / "log")
    # What the dead one had under way is run again, and nothing else.
    twice = {fit for fit, n in counts.items() if n > 1}
    assert max(counts.values()) <= 2
    assert not twice & safe
    assert twice <= begun
    assert len(twice) <= n_jobs
    expected = alone(kind, racing)
    if n_jobs == 1 or kind == "grid":
        assert json.loads(out) == expected
        assert len(counts) == sum(len(scores) for _, scores in expected)
    # Another one finds everything there.
    again, _ = drivers.run(code)
    assert json.loads(again) == json.loads(out)
    assert fits(tmp_path / "log") == counts


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_driver_takes_over_what_a_killed_one_ran(seed, tmp_path):
    """No finished fold is lost or run twice, and the end is that of one driver."""
    kind = ["grid", "bayes"][seed % 2]
    check_killed(kind, tmp_path, seed, n_jobs=1 + seed // 2)


@pytest.mark.slow
def test_a_race_goes_on_when_a_driver_is_killed(tmp_path):
    """The race stops the candidates that one driver alone stops."""
    check_killed("bayes", tmp_path, 7, racing=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_driver_of_another_machine_is_taken_over_after_a_lease(seed, tmp_path):
    """Nobody can look at its process: it has been silent for long enough."""
    check_killed(["grid", "bayes"][seed], tmp_path, seed, before=ELSEWHERE)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_driver_started_elsewhere_takes_over_from_one_that_is_gone(seed, tmp_path):
    """The claims of the dead are found by their silence, and only they are rerun."""
    rng = random.Random(100 + seed)
    # Each process is on a machine of its own, and cannot look at the other.
    before = ELSEWHERE.replace("4.0", "1.5")
    kind = ["grid", "bayes"][seed]
    code = code_of(kind, tmp_path, before=before, seconds=0.08)
    with drivers.start(code) as first:
        wait_for_fits(tmp_path, rng.randint(1, 30))
        time.sleep(0.1 * rng.random())
        drivers.kill(first)
        first.wait()
        safe, begun = written(tmp_path), set(fits(tmp_path / "log"))
    out, _ = drivers.run(code)
    assert json.loads(out) == alone(kind, racing=False)
    counts = fits(tmp_path / "log")
    twice = {fit for fit, n in counts.items() if n > 1}
    assert max(counts.values()) <= 2
    assert twice == begun - safe
    assert len(twice) <= 1


#: What makes a folder look as if it were on object storage, whose locks nobody sees.
ON_OBJECT_STORAGE = """
from pathlib import Path
from skbayes._journal import file_systems, machine_mark
file_systems.MOUNTS = Path({table!r})
machine_mark.REWRITE_SECONDS, machine_mark.SILENT_SECONDS = 0.1, 1.0
drivers.LEASE_SECONDS = 1.0
"""


@pytest.mark.slow
def test_a_driver_of_another_machine_is_refused_where_locks_are_local(tmp_path):
    """It is told why, harms nothing, and goes on when the first one has been killed."""
    table = tmp_path / "mounts"
    table.write_text(f"bucket {tmp_path} fuse.s3fs rw 0 0\n")
    before = ELSEWHERE + ON_OBJECT_STORAGE.format(table=str(table))
    code = code_of("grid", tmp_path, before=before, seconds=0.5)
    with drivers.start(code) as first:
        wait_for_fits(tmp_path, 3)
        _, err = drivers.run(code, returncode=1)
        assert "JournalError: The journal" in err
        assert "(fuse.s3fs) whose locks hold on one machine only" in err
        assert first.poll() is None
        assert set(fits(tmp_path / "log").values()) == {1}
        drivers.kill(first)
        first.wait()
        safe = written(tmp_path)
    out, _ = drivers.run(code)
    assert json.loads(out) == alone("grid", racing=False)
    twice = {fit for fit, n in fits(tmp_path / "log").items() if n > 1}
    assert len(twice) <= 1
    assert not twice & safe

"""A fold is run by one driver, and by another only if that one will not finish it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

import skbayes.journal
from skbayes._journal import drivers, processes
from skbayes._journal.journal import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._journal.rows import FoldNeeds
from skbayes._journal.schema import TABLES, VERSION
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import identity_of

ROOT = Path(__file__).parents[2]
C = {"C": 1}
FAILED = FoldResult(0, {"score": float("nan")}, error="boom")


def begin(journal, needs=None, name="a", **choices):
    """Begin a search of three folds."""
    return journal.search(
        identity_of(name),
        description={},
        metrics=["score"],
        codec=ParamsCodec(choices),
        needs=needs,
    )


@pytest.fixture
def path(tmp_path):
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"


@pytest.fixture
def two(path):
    """Two drivers of one search."""
    with Journal.open(path) as one, Journal.open(path) as other:
        yield begin(one), begin(other)


def rows(path, table):
    """Number of rows of a table."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


# ----------------------------------------------------------------------------- folds


def test_a_fold_is_claimed_by_one_driver(two, path):
    """The other finds its result when it is there, and has folds of its own."""
    one, other = two
    assert one.claim(0, C, [C], 0)
    assert one.claim(0, C, [C], 0)  # again, after its worker has died
    assert not other.claim(0, C, [C], 0)
    assert other.results([C], 0) is None
    assert other.claim(0, C, [C], 1)
    assert not one.claim(0, C, [C], 1)
    one.write(0, C, FoldResult(0, {"score": 0.5}))
    assert not other.claim(0, C, [C], 0)
    found = other.results([C], 0)[0]
    assert found == FoldResult(0, {"score": 0.5})
    assert found.written is not None
    assert rows(path, "claims") == 1


def test_several_parameters_are_claimed_together(two):
    """Along a path the largest stands for all; results are there when all are."""
    one, other = two
    path = [{"C": 1, "n": n} for n in (1, 2, 4)]
    assert one.claim(0, C, path, 0)
    assert not other.claim(0, C, path, 0)
    found = [(params, FoldResult(0, {"score": 0.1})) for params in path]
    one.write_all(0, C, found[:2])
    # A fit that ended early, as one that failed does: it has been run.
    assert other.results(path, 0) is None
    assert len(other.results(path[:2], 0)) == 2
    assert other.claim(0, C, path, 0)
    other.write_all(0, C, found)
    assert not one.claim(0, C, path, 0)
    assert len(one.results(path, 0)) == 3


def test_a_trial_that_was_settled_is_agreed_on_as_proposed(two):
    """Other drivers propose what was proposed, not what was found on its path."""
    one, other = two
    assert one.agree(0, {"C": 1, "n": 8}) == {"C": 1, "n": 8}
    one.settle({"C": 1, "n": 8}, {"C": 1, "n": 3})

    def as_proposed(params):
        return {**params, "n": 8}

    assert other.begun(0, as_proposed) == {"C": 1, "n": 8}
    assert other.agree(0, {"C": 2, "n": 8}, as_proposed) == {"C": 1, "n": 8}


def test_a_driver_that_ends_lets_go(path):
    """What it had claimed and not run is free at once, and its row is gone."""
    with Journal.open(path) as other:
        with Journal.open(path) as one:
            assert begin(one).claim(0, C, [C], 0)
            search = begin(other)
            assert not search.claim(0, C, [C], 0)
            assert rows(path, "drivers") == 1
        assert rows(path, "drivers") == 0
        assert search.claim(0, C, [C], 0)
    assert rows(path, "claims") == 0
    with Journal.open(path):
        pass  # who never claims anything leaves no trace
    assert rows(path, "drivers") == 0


def test_a_fold_that_fails_is_tried_once_by_all_who_run(two, path):
    """Those who come later try it again."""
    one, other = two
    assert one.claim(0, C, [C], 0)
    assert not other.claim(0, C, [C], 0)
    one.write(0, C, FAILED)
    assert not other.claim(0, C, [C], 0)
    assert other.results([C], 0)[0].error == "boom"
    assert other.find(C) == {}
    with Journal.open(path) as third:
        later = begin(third)
        assert later.find(C) == {}
        assert later.claim(0, C, [C], 0)


def test_a_result_that_will_not_do_is_run_again(path):
    """By a search that keeps predictions, after one that does not."""
    needs = FoldNeeds("score", predictions=True)
    with Journal.open(path) as one, Journal.open(path) as other:
        plain, keeping = begin(one), begin(other, needs)
        assert plain.claim(0, C, [C], 0)
        assert not keeping.claim(0, C, [C], 0)
        plain.write(0, C, FoldResult(0, {"score": 0.5}))
        assert keeping.claim(0, C, [C], 0)
        assert not plain.claim(0, C, [C], 0)
        assert plain.results([C], 0)[0].test_scores == {"score": 0.5}


def test_searches_on_one_evaluation_share_claims(path):
    """As they share folds; on other data they do not meet."""
    with Journal.open(path) as one, Journal.open(path) as other:
        first = begin(one)
        wider = other.search(
            identity_of("a", space="wider"),
            description={},
            metrics=["score"],
            codec=ParamsCodec({}),
        )
        assert first.claim(0, C, [C], 0)
        assert not wider.claim(5, C, [C], 0)
        assert begin(other, name="b").claim(0, C, [C], 0)


def test_one_of_many_threads_gets_a_fold(path):
    """Whoever is first, and there are no two."""
    n_threads, n_folds = 4, 60
    got = []

    def run(barrier):
        with Journal.open(path) as journal:
            search = begin(journal)
            barrier.wait()
            for i in range(n_folds):
                if search.claim(i, {"C": i}, [{"C": i}], 0):
                    got.append(i)
            barrier.wait()

    barrier = threading.Barrier(n_threads)
    threads = [threading.Thread(target=run, args=(barrier,)) for _ in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(got) == list(range(n_folds))


# ----------------------------------------------------------------------- lost drivers


HOLD = """
import sys, time
from skbayes._journal import processes
from tests._journal.test_claims import Journal, begin
if sys.argv[2]:
    processes._this_machine = lambda: sys.argv[2]
with Journal.open(sys.argv[1]) as journal:
    print(begin(journal).claim(0, {"C": 1}, [{"C": 1}], 0), flush=True)
    time.sleep(600)
"""


def hold(path, machine=""):
    """A process that has claimed a fold and does not finish it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), machine],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert process.stdout.readline() == "True\n"
    return process


def seconds_until_claimed(search, patience):
    """How long it takes until a fold is free."""
    began = time.monotonic()
    while not search.claim(0, C, [C], 0):
        assert time.monotonic() < began + patience
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as POSIX has them")
def test_what_a_killed_process_had_is_free_at_once(path):
    """On its own machine, even while its parent has not taken note of its end."""
    with Journal.open(path) as journal:
        search = begin(journal)
        with hold(path) as process:
            assert not search.claim(0, C, [C], 0)
            process.kill()
            assert seconds_until_claimed(search, 10) < 5
    assert rows(path, "drivers") == 0


@pytest.mark.slow
def test_what_a_process_of_another_machine_had_is_free_after_the_lease(
    path, monkeypatch
):
    """As long as it counts it keeps it; when it is silent it is waited for first."""
    monkeypatch.setattr(drivers, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(drivers, "LEASE_SECONDS", 5.0)
    with Journal.open(path) as journal:
        search = begin(journal)
        assert search.claim(0, C, [C], 1)
        with hold(path, "elsewhere") as process:
            end = time.monotonic() + 7
            while time.monotonic() < end:
                assert not search.claim(0, C, [C], 0)
                time.sleep(0.1)
            process.kill()
            # Its last sign of life may be as old as two seconds.
            assert 2.5 < seconds_until_claimed(search, 30) < 15


def test_a_search_of_this_process_that_did_not_let_go_is_lost(path, monkeypatch):
    """Its journal was closed, but the disk was full then."""
    with Journal.open(path) as other:
        with Journal.open(path) as one:
            assert begin(one).claim(0, C, [C], 0)
            search = begin(other)
            assert not search.claim(0, C, [C], 0)
            monkeypatch.setattr(drivers, "remove_driver", _full_disk)
        assert rows(path, "drivers") == 1
        monkeypatch.undo()
        assert search.claim(0, C, [C], 0)


def _full_disk(connection, key):
    raise drivers.JournalError("no room")


def test_a_machine_that_has_slept_does_not_take_others_for_dead(path, monkeypatch):
    """A step of the clock counts as two beats at most."""
    now = [0.0]
    monkeypatch.setattr(drivers.time, "monotonic", lambda: now[0])
    with Journal.open(path) as journal:
        driver = drivers.Driver(journal)
        with journal.transaction("written") as connection:
            connection.execute(
                "INSERT INTO drivers VALUES ('other', ?, 7)", (process_of("elsewhere"),)
            )

        def is_lost_after(seconds):
            now[0] += seconds
            driver._beat()
            return driver.is_lost("other", process_of("elsewhere"))

        is_lost_after(0)
        assert not is_lost_after(3600)
        verdicts = [is_lost_after(drivers.BEAT_SECONDS) for _ in range(12)]
        assert verdicts == [False] * 8 + [True] * 4
        with journal.transaction("written") as connection:
            connection.execute("UPDATE drivers SET beats = 8 WHERE key = 'other'")
        assert not is_lost_after(drivers.BEAT_SECONDS)
        driver.close()


def process_of(machine, number=1, started=""):
    """A process as a row has it."""
    facts = {"machine": machine, "number": number, "started": started}
    return json.dumps(facts)


def test_a_driver_whose_row_was_taken_out_comes_back(path):
    """It was taken for dead, and was only suspended: what it claims now is its own."""
    with Journal.open(path) as one, Journal.open(path) as other:
        first, second = begin(one), begin(other)
        assert first.claim(0, C, [C], 0)
        with other.transaction("written") as connection:
            connection.execute("DELETE FROM drivers")
            connection.execute("DELETE FROM claims")
        assert second.claim(0, C, [C], 0)
        assert first.claim(0, C, [C], 1)
        assert not second.claim(0, C, [C], 1)
        first.write(0, C, FoldResult(0, {"score": 0.5}))
        assert second.results([C], 0)[0].test_scores == {"score": 0.5}


# ---------------------------------------------------------------------- the processes


def test_this_process_has_not_ended():
    """Nor does anything count as ended that cannot be looked at."""
    here = processes.this_process()
    assert not processes.has_ended(here)
    elsewhere = processes.Process("elsewhere", 2**22 + 1, "")
    assert not processes.has_ended(elsewhere)
    assert not processes.is_here(elsewhere)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_number_that_is_used_again_is_another_process():
    """When it was started tells them apart."""
    here = processes.this_process()
    again = processes.Process(here.machine, here.number, "1")
    assert processes.has_ended(again)
    assert processes.has_ended(processes.Process(here.machine, 2**22 + 1, "1"))


# --------------------------------------------------------------------- the candidates


def test_drivers_agree_on_the_candidate_of_a_number(two):
    """The first to begin it says what it is; earlier ones are not looked for again."""
    one, other = two
    assert one.begun(0) is None
    assert one.agree(0, {"C": 1}) == {"C": 1}
    assert other.begun(0) == {"C": 1}
    assert other.agree(0, {"C": 2}) == {"C": 1}
    assert other.agree(1, {"C": 3}) == {"C": 3}
    assert one.begun(1) == {"C": 3}
    assert [t.params for t in one.trials()] == [{"C": 1}, {"C": 3}]
    assert {t.status for t in one.trials()} == {Status.RUNNING}
    assert one.begun(1) is None


def test_a_candidate_that_cannot_be_tried_is_not_agreed_on(path):
    """It is a choice of the other driver that this one does not have."""
    with Journal.open(path) as one, Journal.open(path) as other:
        first, second = begin(one, s=[FoldResult]), begin(other)
        assert first.agree(0, {"s": FoldResult}) == {"s": FoldResult}
        assert second.begun(0) is None
        assert second.agree(0, {"s": 1}) == {"s": 1}


# ------------------------------------------------------------------------ the version


def test_a_journal_of_version_2_is_continued(path):
    """It gets what is missing, and keeps what it has."""
    with Journal.open(path) as journal:
        begin(journal).write(0, C, FoldResult(0, {"score": 0.5}))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table in ("drivers", "claims"):
            assert table in TABLES
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP INDEX trials_by_number")
        connection.execute("ALTER TABLE folds DROP COLUMN n_rounds")
        connection.execute("PRAGMA user_version = 2")
    assert skbayes.journal.read(path)["split0_test_score"].tolist() == [0.5]
    with Journal.open(path) as journal:
        search = begin(journal)
        assert search.find(C) == {0: FoldResult(0, {"score": 0.5})}
        assert search.claim(0, C, [C], 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)

"""Are drivers known to be alive, and those that died found?"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from skbayes._journal import drivers
from skbayes._journal.journal_file import Journal
from skbayes._protocol import FoldResult
from tests._journal.identities import begin

ROOT = Path(__file__).parents[2]

C = {"C": 1}


def rows(path, table):
    """Number of rows of a table."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_driver_that_ends_lets_go(path):
    """What a driver had claimed and not run is free at once, and its row is gone."""
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


HOLD = """
import sys, time
from skbayes._journal import processes
from tests._journal.test_drivers import Journal, begin
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
def test_driver_of_a_killed_process_is_lost_at_once(path):
    """A killed process of this machine is noticed before its parent waits for it."""
    with Journal.open(path) as journal:
        search = begin(journal)
        with hold(path) as process:
            assert not search.claim(0, C, [C], 0)
            process.kill()
            assert seconds_until_claimed(search, 10) < 5
    assert rows(path, "drivers") == 0


@pytest.mark.slow
def test_driver_of_another_machine_is_lost_after_its_lease(path, monkeypatch):
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


def test_driver_that_only_waits_notices_that_another_machine_is_lost(path, monkeypatch):
    """The driver has no claim of its own: the next candidate needs this fold."""
    monkeypatch.setattr(drivers, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(drivers, "LEASE_SECONDS", 0.5)
    with hold(path, "elsewhere") as process:
        process.kill()
    with Journal.open(path) as journal:
        assert seconds_until_claimed(begin(journal), 30) > 0.3
    assert rows(path, "drivers") == 0


def test_driver_of_this_process_that_did_not_let_go_is_lost(path, monkeypatch):
    """A journal that was closed on a full disk has left its driver behind."""
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


def test_driver_of_a_machine_that_slept_takes_none_for_dead(path, monkeypatch):
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


def test_driver_whose_row_was_taken_out_comes_back(path):
    """A suspended driver was taken for dead, and its new claims are its own."""
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

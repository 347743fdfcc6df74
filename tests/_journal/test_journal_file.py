"""What is written comes back, also to other processes, also after a kill."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import skbayes
from skbayes._journal.journal_file import Journal
from skbayes._protocol import FoldResult
from skbayes.exceptions import JournalError
from tests._journal.identities import begin

ROOT = Path(skbayes.__file__).parents[1]


def result(fold: int = 0, score: float = 0.5) -> FoldResult:
    """Make a plain fold."""
    return FoldResult(fold, {"score": score})


def test_journal_transaction_is_undone_by_an_interrupt(path):
    """Ctrl-C between two statements undoes the first, and writing goes on."""
    with Journal.open(path) as journal:
        search = begin(journal)

        def is_interrupted() -> None:
            with journal.transaction("written") as connection:
                connection.execute("DELETE FROM searches")
                raise KeyboardInterrupt("now")

        with pytest.raises(KeyboardInterrupt, match="now"):
            is_interrupted()
        search.write(0, {"C": 1}, result())
        assert len(begin(journal).trials()) == 1


class Pressed:
    """A connection during whose first transaction Ctrl-C is pressed."""

    def __init__(self, connection, statement):
        self._connection = connection
        self._statement = statement

    def execute(self, sql, *arguments):
        cursor = self._connection.execute(sql, *arguments)
        if sql == self._statement:
            self._statement = None
            signal.raise_signal(signal.SIGINT)
        return cursor

    def __getattr__(self, name):
        return getattr(self._connection, name)


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "COMMIT"])
def test_journal_transaction_is_finished_before_ctrl_c(statement, path, monkeypatch):
    """Pressed between any two statements: an open one would end all later writing."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with Journal.open(path) as journal:
            search = begin(journal)
            pressed = Pressed(journal._connection, statement)
            monkeypatch.setattr(journal, "_connection", pressed)
            with pytest.raises(KeyboardInterrupt, match="^$"):
                search.write(0, {"C": 1}, result())
            search.write(0, {"C": 1}, result(fold=1))
            assert len(begin(journal).trials()[0].folds) == 2
    finally:
        signal.signal(signal.SIGINT, before)


def test_journal_tells_that_another_holds_its_file(path):
    """The error comes after the time to wait; later all is well again."""
    with Journal.open(path) as journal, Journal.open(path) as other:
        search = begin(journal)
        with journal.reading() as connection:
            connection.execute("PRAGMA busy_timeout = 50")
        with (
            other.transaction("written"),
            pytest.raises(
                JournalError, match=r"j\.sqlite could not .* Another process"
            ),
        ):
            search.write(0, {"C": 1}, result())
        search.write(0, {"C": 1}, result())


def write_on(search) -> None:
    """Write a fold each of many trials."""
    for i in range(10_000):
        search.write(i, {"C": i}, result())


def test_journal_loses_one_fold_to_a_full_disk(path):
    """SQLite's own limit on the size of a file raises what a full disk raises."""
    with Journal.open(path) as journal:
        search = begin(journal)
        with journal.reading() as connection:
            connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(JournalError, match="written: .* full. Make room on the"):
            write_on(search)
        n_written = len(search.trials())
        assert n_written > 50
        with journal.reading() as connection:
            connection.execute("PRAGMA max_page_count = 1000")
        search.write(n_written, {"C": n_written}, result())
        assert len(search.trials()) == n_written + 1


def test_closed_journal_says_so(path):
    """Closing twice does nothing; writing after it is an error that names the file."""
    with Journal.open(path) as journal:
        search = begin(journal)
    journal.close()
    with pytest.raises(
        JournalError, match=r"j\.sqlite could not be written: .* closed"
    ):
        search.write(0, {"C": 1}, result())


def test_journal_does_not_depend_on_the_clock(path, monkeypatch):
    """The wall clock is information; order and durations do not come from it."""
    with Journal.open(path) as journal:
        search = begin(journal)
        for trial, now in enumerate([2e9, 0.0, -5.0, 1e9]):
            monkeypatch.setattr(time, "time", lambda now=now: now)
            search.write(trial, {"C": trial}, FoldResult(0, {}, fit_time=1.0))
        trials = search.trials()
    assert [t.params["C"] for t in trials] == [0, 1, 2, 3]
    assert [t.seconds for t in trials] == [1.0] * 4


def test_journal_is_shared_by_threads(path):
    """Folds that several threads write at once are all there."""
    with Journal.open(path) as journal:
        search = begin(journal)

        def write(start: int) -> None:
            for i in range(start, start + 50):
                search.write(i, {"C": i}, result())

        threads = [threading.Thread(target=write, args=(s,)) for s in range(0, 200, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(search.trials()) == 200


def test_journal_writes_a_fold_in_little_time(path):
    """The test prints the time; benchmarks/journal_overhead.py holds the bar."""
    with Journal.open(path) as journal:
        search = begin(journal)
        began = time.perf_counter()
        for i in range(1000):
            search.write(i // 3, {"C": i // 3}, result(i % 3))
        seconds = time.perf_counter() - began
        sys.stdout.write(f"journal: {seconds:.3f} ms a fold\n")
        assert sum(len(t.folds) for t in search.trials()) == 1000


def test_journal_never_unpickles():
    """No file that reads a journal can reach pickle, marshal or eval."""
    folder = ROOT / "skbayes" / "_journal"
    files = [*folder.rglob("*.py"), ROOT / "skbayes" / "journal.py"]
    assert len(files) > 15
    for file in files:
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        names = {
            name
            for node in nodes
            for name in (
                getattr(node, "id", ""),
                getattr(node, "attr", ""),
                getattr(node, "module", "") or "",
                *(alias.name for alias in getattr(node, "names", ()) if alias.name),
            )
        }
        forbidden = {"pickle", "marshal", "shelve", "eval", "exec", "loads", "load"}
        assert names & forbidden <= {"loads", "load"}
        assert "loads" not in names or "json" in names
        for node in nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "load":
                keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
                assert keywords == {"allow_pickle": "False"}


# --------------------------------------------------------------- many processes


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python process that knows the package."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


WRITE_TOGETHER = """
import pathlib, sys, time
from tests._journal.test_journal_file import Journal, begin, result
path, number, go = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
print("ready", flush=True)
while not go.exists():
    time.sleep(0.001)
for chunk in range(5):
    with Journal.open(path) as journal:
        own, shared = begin(journal, name=f"own{number}"), begin(journal, name="shared")
        for i in range(chunk * 20, chunk * 20 + 20):
            for k in range(3):
                own.write(i, {"C": i}, result(k, number))
                # Everybody begins the same trials, numbered as each of them likes.
                shared.write((i * 7 + number) % 100, {"C": i}, result(k, i))
                assert shared.find({"C": i})[k] == result(k, i)
"""


def test_journal_takes_several_processes_at_once(path, tmp_path):
    """Nothing is lost from the first moment on, and shared trials are kept once."""
    go = tmp_path / "go"
    workers = [start(WRITE_TOGETHER, path, number, go) for number in range(4)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n", worker.communicate()
    go.touch()
    for worker in workers:
        _, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
    with Journal.open(path) as journal:
        for name in ["shared", *(f"own{number}" for number in range(4))]:
            trials = begin(journal, name=name).trials()
            assert sorted(t.params["C"] for t in trials) == list(range(100))
            assert all(len(t.folds) == 3 for t in trials)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["go", "j.sqlite"]


WRITE_FOREVER = """
import itertools, sys
from tests._journal.test_journal_file import Journal, begin, result
with Journal.open(sys.argv[1]) as journal:
    search = begin(journal)
    for i in itertools.count(int(sys.argv[2])):
        search.write(i, {"C": i}, result(score=i))
        print(i, flush=True)
"""


def test_journal_keeps_what_a_killed_writer_has_written(path):
    """After SIGKILL in mid-write, three times, what `write` returned from is there."""
    last = -1
    for _ in range(3):
        writer = start(WRITE_FOREVER, path, last + 1)
        # The reader of its reports is slower than it: it dies at an arbitrary place.
        reports = [writer.stdout.readline() for _ in range(400)]
        writer.kill()
        reports += writer.stdout.readlines()
        _, errors = writer.communicate()
        assert "Error" not in errors
        with Journal.open(path) as journal:
            found = [t.params["C"] for t in begin(journal).trials()]
        assert found == list(range(len(found)))
        assert int(reports[-1]) <= found[-1] <= int(reports[-1]) + 1
        last = found[-1]
    assert last >= 1199


def test_journal_is_read_while_a_search_writes(path):
    """A second process sees a growing, unbroken beginning."""
    with Journal.open(path) as journal:
        search = begin(journal)
        writer = start(WRITE_FOREVER, path, 0)
        try:
            for _ in range(50):
                writer.stdout.readline()
            sizes = []
            for _ in range(10):
                found = [t.params["C"] for t in search.trials()]
                assert found == list(range(len(found)))
                sizes.append(len(found))
                writer.stdout.readline()
        finally:
            writer.kill()
            writer.communicate()
    assert 50 <= sizes[0] < sizes[-1]


FORK = """
import os, sys
from tests._journal.test_journal_file import Journal, JournalError, begin, result
with Journal.open(sys.argv[1]) as journal:
    search = begin(journal)
    search.write(0, {"C": 0}, result())
    child = os.fork()
    if not child:
        journal.close()  # must not touch what the parent uses
        try:
            search.write(1, {"C": 1}, result())
        except JournalError as error:
            os._exit(7 if "opened by another process" in str(error) else 1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    search.write(2, {"C": 2}, result())
    assert [t.params["C"] for t in search.trials()] == [0, 2]
    sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_journal_of_a_parent_refuses_a_forked_child(path):
    """The child gets an error, and the parent goes on."""
    process = start(FORK, path)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 7, errors

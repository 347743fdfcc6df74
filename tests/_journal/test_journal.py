"""What is written comes back, also to other processes, also after a kill."""

from __future__ import annotations

import ast
import dataclasses
import math
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import skbayes
from skbayes._journal.journal import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._journal.rows import FoldNeeds
from skbayes._protocol import FoldResult, Status
from skbayes.exceptions import JournalError
from tests._journal.identities import identity_of

ROOT = Path(skbayes.__file__).parents[1]


@pytest.fixture
def path(tmp_path) -> Path:
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"


def begin(journal: Journal, name: str = "a", needs=None, **choices):
    """Begin a search of three folds."""
    return journal.search(
        identity_of(name),
        description={"estimator": "SVC()"},
        metrics=["score"],
        codec=ParamsCodec(choices),
        needs=needs,
    )


def result(fold: int = 0, score: float = 0.5) -> FoldResult:
    """Make a plain fold."""
    return FoldResult(fold, {"score": score})


FULL = FoldResult(
    fold=2,
    test_scores={"auc": 0.1 + 0.2, "acc": -math.inf},
    train_scores={"auc": 1.0, "acc": 5e-324},
    fit_time=1.25,
    score_time=0.1,
    n_test_samples=17,
    error="Traceback\n  é \N{SNOWMAN} \0 end",
    started=3.5,
    worker="123-MainThread",
    scoring_errors={"train_auc": "Traceback in the scorer"},
    is_multimetric=True,
    is_fatal=True,
    n_rounds=7,
)


def test_every_field_of_a_fold_comes_back(path):
    """All that is kept comes back to the last bit."""
    names = {field.name for field in dataclasses.fields(FoldResult)}
    default = FoldResult(0, {})
    unset = {n for n in names if getattr(FULL, n) == getattr(default, n)}
    kept_where_wanted = {"predictions", "probabilities"}
    kept_where_wanted |= {"response_method", "response_classes"}
    assert unset - kept_where_wanted == {
        "stop",
        "warnings",
        "estimator",
        "written",
        "path",
    }
    with Journal.open(path) as journal:
        begin(journal).write(0, {"C": 1}, FULL)
    with Journal.open(path) as journal:
        (trial,) = begin(journal).trials()
    assert trial.folds == (FULL,)
    assert trial.folds[0].written is not None
    good = dataclasses.replace(FULL, error=None, is_fatal=False)
    with Journal.open(path) as journal:
        search = begin(journal, needs=FoldNeeds("auc", train_scores=True))
        search.write(0, {"C": 1}, good)
        assert search.find({"C": 1}) == {2: good}


def test_the_order_of_writing_is_kept(path, monkeypatch):
    """Whatever the clock says, and whatever the numbers of trials and folds are."""
    moments = iter(range(100, 0, -1))
    monkeypatch.setattr("time.time", lambda: float(next(moments)))
    with Journal.open(path) as journal:
        search = begin(journal)
        assert search.n_begun() == 0
        for trial, fold in [(4, 2), (0, 1), (4, 0), (0, 0), (4, 2)]:
            search.write(trial, {"C": trial}, result(fold))
        assert search.n_begun() == 5
        four, zero = (search.when_written({"C": trial}) for trial in (4, 0))
        assert zero[1] < four[0] < zero[0] < four[2]
        assert search.when_written({"C": 7}) == {}


def test_predictions_are_kept_where_they_are_wanted(path):
    """For the metric they were made for; requests to stop never are."""
    output = {
        "predictions": np.arange(3),
        "probabilities": np.eye(3),
        "response_classes": np.array(["a", "b", "c"], dtype=object),
        "response_method": "predict",
    }
    whole = dataclasses.replace(result(2), stop=True, **output)
    wanted = FoldNeeds("score", predictions=True)
    with_more = dataclasses.replace(wanted, probabilities=True)
    with Journal.open(path) as journal:
        plain = begin(journal)
        plain.write(0, {"C": 1}, whole)
        assert plain.find({"C": 1}) == {2: result(2)}
        assert begin(journal, needs=wanted).find({"C": 1}) == {}
        begin(journal, needs=wanted).write(0, {"C": 1}, whole)
        (found,) = begin(journal, needs=wanted).find({"C": 1}).values()
        np.testing.assert_array_equal(found.predictions, output["predictions"])
        assert found.response_classes.tolist() == ["a", "b", "c"]
        assert found.response_method == "predict"
        assert found.probabilities is None
        assert not found.stop
        assert begin(journal, needs=with_more).find({"C": 1}) == {}
        begin(journal, needs=with_more).write(0, {"C": 1}, whole)
        for needs in (wanted, with_more):
            (found,) = begin(journal, needs=needs).find({"C": 1}).values()
            assert (found.probabilities is not None) == needs.probabilities
        other = FoldNeeds("other", predictions=True)
        assert begin(journal, needs=other).find({"C": 1}) == {}
        assert plain.find({"C": 1}) == {2: result(2)}


def test_training_scores_are_found_where_they_are_wanted(path):
    """A fold without them is run again, one with them serves both."""
    trained = dataclasses.replace(result(), train_scores={"score": 1.0})
    wanted = FoldNeeds("score", train_scores=True)
    with Journal.open(path) as journal:
        begin(journal).write(0, {"C": 1}, result())
        assert begin(journal, needs=wanted).find({"C": 1}) == {}
        begin(journal, needs=wanted).write(0, {"C": 1}, trained)
        assert begin(journal, needs=wanted).find({"C": 1}) == {0: trained}
        assert begin(journal).find({"C": 1}) == {0: result()}


@pytest.mark.parametrize(
    "failed",
    [
        FoldResult(0, {"score": math.nan}, error="boom"),
        FoldResult(0, {"score": 0.0}, error="boom"),
        FoldResult(0, {"score": math.nan}),
        FoldResult(0, {"score": math.inf}),
        FoldResult(0, {}),
        FoldResult(0, {"score": math.nan, "other": 1.0}, is_multimetric=True),
        FoldResult(0, {"score": 1.0}, error="FitTimeout", is_fatal=True),
    ],
)
def test_failed_folds_are_not_found(path, failed):
    """They are tried again; what is known of them is still there to be read."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, failed)
        search.write(0, {"C": 1}, result(1))
        assert search.find({"C": 1}) == {1: result(1)}
        assert [fold.fold for fold in search.trials()[0].folds] == [0, 1]


def test_a_fold_whose_other_metrics_failed_is_found(path):
    """The metric that decides has a score; the search knows which one that is."""
    half = FoldResult(0, {"bad": math.nan, "good": 1.0}, is_multimetric=True)
    with Journal.open(path) as journal:
        search = begin(journal, needs=FoldNeeds("good"))
        search.write(0, {"C": 1}, half)
        assert list(search.find({"C": 1})) == [0]
        assert begin(journal, needs=FoldNeeds("bad")).find({"C": 1}) == {}
        # The first metric decides where none is known yet.
        assert begin(journal, needs=FoldNeeds(None)).find({"C": 1}) == {}


def test_numpy_numbers_come_back_as_pythons(path):
    """Scorers return numpy scalars; SQLite would store them as bytes."""
    given = FoldResult(
        np.int64(1),
        {"score": np.float32(0.5)},
        fit_time=np.float64(2.0),
        n_test_samples=np.int32(3),
    )
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(np.int64(0), {"C": 1}, given)
        found = search.find({"C": 1})[1]
    assert found == FoldResult(1, {"score": 0.5}, fit_time=2.0, n_test_samples=3)
    assert type(found.test_scores["score"]) is float
    assert type(found.n_test_samples) is int


def test_scores_that_are_no_numbers_come_back(path):
    """NaN of a failed fold, and a fold without any score."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, FoldResult(0, {"score": math.nan}, error="boom"))
        search.write(0, {"C": 1}, FoldResult(1, {}, error="boom"))
        found = search.trials()[0].folds
    assert math.isnan(found[0].test_scores["score"])
    assert found[1].test_scores == {}
    assert found[1].train_scores is None


def test_error_text_that_is_no_unicode_is_kept(path):
    """Names of files on disk may hold bytes that UTF-8 cannot write."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, FoldResult(0, {}, error="open('caf\udce9')"))
        assert search.trials()[0].folds[0].error == "open('caf\\udce9')"


def test_unknown_parameters_have_no_folds(path):
    """Nothing is found, and asking begins nothing."""
    with Journal.open(path) as journal:
        search = begin(journal)
        assert search.find({"C": 1}) == {}
        assert search.trials() == []


@pytest.mark.parametrize("other", [{"C": 2}, {"C": True}, {"C": 1.0}, {"C": "1"}, {}])
def test_parameters_are_told_apart(path, other):
    """By value and type."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, result())
        assert search.find(other) == {}
        assert len(search.find({"C": 1})) == 1


def test_the_order_of_names_does_not_matter(path):
    """Nor does it change in what comes back."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"b": 1, "a": 2}, result())
        assert len(search.find({"a": 2, "b": 1})) == 1
        assert list(search.trials()[0].params) == ["b", "a"]


def test_trials_come_back_in_the_order_they_were_begun(path):
    """Not in the order in which their folds ended."""
    with Journal.open(path) as journal:
        search = begin(journal)
        for trial, fold in [(3, 0), (1, 2), (0, 1), (1, 0), (3, 2)]:
            search.write(trial, {"C": trial}, result(fold))
        search.finish(1, {"C": 1}, Status.STOPPED)
        search.finish(7, {"C": 7}, Status.FAILED)
        trials = search.trials()
    assert [t.params["C"] for t in trials] == [0, 1, 3, 7]
    assert [t.index for t in trials] == [0, 1, 2, 3]
    assert [[f.fold for f in t.folds] for t in trials] == [[1], [0, 2], [0, 2], []]
    assert [t.status for t in trials] == ["running", "stopped", "running", "failed"]
    assert {t.n_splits for t in trials} == {3}


def test_choices_come_back_as_the_very_objects(path):
    """Of the space that is searched now, not as copies."""
    first, second = object(), [1, 2]
    with Journal.open(path) as journal:
        search = begin(journal, clf=[first, second])
        search.write(0, {"clf": second}, result())
        search.write(1, {"clf": first}, result())
        trials = search.trials()
    assert trials[0].params["clf"] is second
    assert trials[1].params["clf"] is first


def test_values_that_cannot_be_written_are_refused(path):
    """The message names the journal and what has no content."""
    params = {"lock": threading.Lock()}
    with Journal.open(path) as journal:
        search = begin(journal)
        with pytest.raises(TypeError, match="`journal` parameter needs .*lock has no"):
            search.write(0, params, result())
        with pytest.raises(TypeError, match="`journal` parameter needs .*lock has no"):
            search.find(params)
        assert search.trials() == []


def test_trials_with_a_choice_that_is_gone_are_left_out(path):
    """The value itself is in no journal."""
    one, other = np.arange(2000), np.arange(2001)
    with Journal.open(path) as journal:
        search = begin(journal, a=[one, other])
        search.write(0, {"a": one}, result())
        search.write(1, {"a": other}, result())
        (trial,) = begin(journal, a=[other]).trials()
    assert trial.params["a"] is other
    assert trial.index == 0


def test_other_evaluations_in_one_file_do_not_meet(path):
    """The outer folds of a nested cross-validation share a file, not results."""
    with Journal.open(path) as journal:
        first, second = begin(journal, "a"), begin(journal, "b")
        first.write(0, {"C": 1}, result(score=0.1))
        second.write(0, {"C": 1}, result(score=0.2))
        assert first.find({"C": 1})[0].test_scores == {"score": 0.1}
        assert second.find({"C": 1})[0].test_scores == {"score": 0.2}


def test_searches_on_one_evaluation_share_folds_and_no_trials(path):
    """Each has its own sequence of candidates."""
    with Journal.open(path) as journal:
        codec = ParamsCodec()
        one, other = (
            journal.search(
                identity_of(space=s), description={}, metrics=[], codec=codec
            )
            for s in "st"
        )
        assert (one.number, one.is_new, other.number, other.is_new) == (
            1,
            True,
            2,
            True,
        )
        one.write(0, {"C": 1}, result())
        assert other.trials() == []
        assert other.find({"C": 1}) == {0: result()}
        other.finish(5, {"C": 1}, Status.COMPLETE)
        assert [trial.folds for trial in other.trials()] == [(result(),)]
        assert other.n_begun() == 6
        assert one.trials()[0].status == Status.RUNNING


def test_folds_are_found_by_their_indices(path):
    """Another number of folds, in another order, some of them the same."""
    with Journal.open(path) as journal:
        codec = ParamsCodec()
        first = journal.search(identity_of(), description={}, metrics=[], codec=codec)
        for k in range(3):
            first.write(0, {"C": 1}, result(k, score=float(k)))
        identity = dataclasses.replace(
            identity_of(), splits=("split 2", "x", "split 0")
        )
        other = journal.search(identity, description={}, metrics=[], codec=codec)
        found = other.find({"C": 1})
        assert {k: fold.test_scores["score"] for k, fold in found.items()} == {
            0: 2,
            2: 0,
        }
        assert [fold.fold for fold in found.values()] == [0, 2]
        assert sorted(other.when_written({"C": 1})) == [0, 2]


def test_parameters_at_the_estimators_own_value_share_folds(path):
    """Setting what is set already makes no other estimator."""
    with Journal.open(path) as journal:
        codec = ParamsCodec(own_values={"k": "a"})
        search = journal.search(identity_of(), description={}, metrics=[], codec=codec)
        search.write(0, {"C": 1}, result())
        assert search.find({"C": 1, "k": "a"}) == {0: result()}
        assert search.find({"C": 1, "k": "b"}) == {}
        search.finish(1, {"C": 1, "k": "a"}, Status.COMPLETE)
        assert [t.params for t in search.trials()] == [{"C": 1}, {"C": 1, "k": "a"}]


def test_trials_of_other_spaces_are_those_that_differ_in_nothing_else(path):
    """Each complete candidate once, in the order begun; only of the same seed."""
    with Journal.open(path) as journal:

        def search(**sequence):
            return journal.search(
                identity_of(**sequence), description={}, metrics=[], codec=ParamsCodec()
            )

        for sequence in ({"space": "s"}, {"space": "t"}, {"seed": "1"}):
            one = search(**sequence)
            for i, C in enumerate([3, 1]):
                for k in range(3):
                    one.write(i, {"C": C}, result(k, score=float(C)))
                one.finish(i, {"C": C}, Status.COMPLETE)
        search(space="t").write(7, {"C": 9}, result())
        new = search(space="u")
        trials = new.complete_trials_of_other_spaces()
        assert [trial.params["C"] for trial in trials] == [3, 1]
        assert [new.mean_score(trial) for trial in trials] == [3.0, 1.0]
        assert search(seed="2").complete_trials_of_other_spaces() == []


def test_candidates_that_a_search_begins_with_are_kept_at_once(path):
    """In their order, and once."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.begin([{"C": 2}, {"C": 1}])
        search.begin([{"C": 2}])
        assert [trial.params["C"] for trial in search.trials()] == [2, 1]
        assert {trial.status for trial in search.trials()} == {Status.RUNNING}


def test_equal_splits_of_one_search_are_kept_apart(path):
    """A splitter may repeat itself."""
    identity = dataclasses.replace(identity_of(), splits=("x", "x again"))
    with Journal.open(path) as journal:
        search = journal.search(
            identity, description={}, metrics=[], codec=ParamsCodec()
        )
        for k in range(2):
            search.write(0, {"C": 1}, result(k, score=float(k)))
        found = search.find({"C": 1})
        assert [fold.test_scores["score"] for fold in found.values()] == [0.0, 1.0]


def test_a_search_continues_where_it_was(path):
    """A later run finds the folds of the earlier and adds its own."""
    for run in range(3):
        with Journal.open(path) as journal:
            search = begin(journal)
            assert len(search.trials()) == run
            search.write(run, {"C": run}, result())


def test_a_fold_that_is_run_again_replaces_the_first(path):
    """There is one row a fold."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, result(score=0.1))
        search.write(0, {"C": 1}, result(score=0.2))
        assert search.find({"C": 1}) == {0: result(score=0.2)}


def test_an_interrupt_leaves_no_half_transaction(path):
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


def test_a_file_held_by_another_is_told(path):
    """After the time to wait, in plain words; later all is well again."""
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


def test_a_full_disk_is_told_and_costs_one_fold(path):
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


def test_a_closed_journal_says_so(path):
    """Closing twice does nothing; writing after it is an error that names the file."""
    with Journal.open(path) as journal:
        search = begin(journal)
    journal.close()
    with pytest.raises(
        JournalError, match=r"j\.sqlite could not be written: .* closed"
    ):
        search.write(0, {"C": 1}, result())


def test_clocks_that_jump_change_nothing(path, monkeypatch):
    """The wall clock is information; order and durations do not come from it."""
    with Journal.open(path) as journal:
        search = begin(journal)
        for trial, now in enumerate([2e9, 0.0, -5.0, 1e9]):
            monkeypatch.setattr(time, "time", lambda now=now: now)
            search.write(trial, {"C": trial}, FoldResult(0, {}, fit_time=1.0))
        trials = search.trials()
    assert [t.params["C"] for t in trials] == [0, 1, 2, 3]
    assert [t.seconds for t in trials] == [1.0] * 4


def test_threads_share_a_journal(path):
    """Folds written by several threads at once are all there."""
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


def test_a_fold_takes_little_time(path):
    """Prints milliseconds a fold; benchmarks/journal_overhead.py holds the bar."""
    with Journal.open(path) as journal:
        search = begin(journal)
        began = time.perf_counter()
        for i in range(1000):
            search.write(i // 3, {"C": i // 3}, result(i % 3))
        seconds = time.perf_counter() - began
        sys.stdout.write(f"journal: {seconds:.3f} ms a fold\n")
        assert sum(len(t.folds) for t in search.trials()) == 1000


def test_nothing_is_ever_unpickled():
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
from tests._journal.test_journal import Journal, begin, result
path, number, go = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
print("ready", flush=True)
while not go.exists():
    time.sleep(0.001)
for chunk in range(5):
    with Journal.open(path) as journal:
        own, shared = begin(journal, f"own{number}"), begin(journal, "shared")
        for i in range(chunk * 20, chunk * 20 + 20):
            for k in range(3):
                own.write(i, {"C": i}, result(k, number))
                # Everybody begins the same trials, numbered as each of them likes.
                shared.write((i * 7 + number) % 100, {"C": i}, result(k, i))
                assert shared.find({"C": i})[k] == result(k, i)
"""


def test_several_processes_write_at_once(path, tmp_path):
    """From the making of the file on: nothing is lost, shared trials are kept once."""
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
            trials = begin(journal, name).trials()
            assert sorted(t.params["C"] for t in trials) == list(range(100))
            assert all(len(t.folds) == 3 for t in trials)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["go", "j.sqlite"]


WRITE_FOREVER = """
import itertools, sys
from tests._journal.test_journal import Journal, begin, result
with Journal.open(sys.argv[1]) as journal:
    search = begin(journal)
    for i in itertools.count(int(sys.argv[2])):
        search.write(i, {"C": i}, result(score=i))
        print(i, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_has_written(path):
    """SIGKILL in mid-write, three times: what `write` returned from is there."""
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


def test_a_search_is_read_while_it_writes(path):
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
from tests._journal.test_journal import Journal, JournalError, begin, result
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
def test_a_forked_child_must_not_use_its_parents_journal(path):
    """It gets an error; the parent goes on."""
    process = start(FORK, path)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 7, errors

"""A fold is run by one driver, and by another only if that one will not finish it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

from skbayes._journal.fold_rows import FoldNeeds
from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import begin, identity_of

C = {"C": 1}
FAILED = FoldResult(0, {"score": float("nan")}, error="boom")


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


def test_fold_claims_give_a_fold_to_one_driver(two, path):
    """The other driver finds the result when it is there, and has folds of its own."""
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


def test_fold_claims_take_several_parameters_together(two):
    """The largest of a path stands for all; results are there when all are."""
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


def test_fold_claims_agree_on_a_settled_trial_as_proposed(two):
    """Other drivers propose what was proposed, not what was found on its path."""
    one, other = two
    assert one.agree(0, {"C": 1, "n": 8}) == {"C": 1, "n": 8}
    one.settle({"C": 1, "n": 8}, {"C": 1, "n": 3})

    def as_proposed(params):
        return {**params, "n": 8}

    assert other.begun(0, as_proposed) == {"C": 1, "n": 8}
    assert other.agree(0, {"C": 2, "n": 8}, as_proposed) == {"C": 1, "n": 8}


def test_fold_claims_try_a_failing_fold_once_for_all_who_run(two, path):
    """Drivers that come later try the fold again."""
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


def test_fold_claims_run_a_result_again_that_will_not_do(path):
    """A search that keeps predictions follows one that does not."""
    needs = FoldNeeds("score", predictions=True)
    with Journal.open(path) as one, Journal.open(path) as other:
        plain, keeping = begin(one), begin(other, needs)
        assert plain.claim(0, C, [C], 0)
        assert not keeping.claim(0, C, [C], 0)
        plain.write(0, C, FoldResult(0, {"score": 0.5}))
        assert keeping.claim(0, C, [C], 0)
        assert not plain.claim(0, C, [C], 0)
        assert plain.results([C], 0)[0].test_scores == {"score": 0.5}


def test_fold_claims_are_shared_on_one_evaluation(path):
    """Searches share claims as they share folds; on other data they do not meet."""
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


def test_fold_claims_give_a_fold_to_one_of_many_threads(path):
    """Exactly one thread is first."""
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


# ---------------------------------------------------------------------- the processes


# --------------------------------------------------------------------- the candidates


def test_fold_claims_agree_on_the_candidate_of_a_number(two):
    """The first driver to begin a number says what its candidate is."""
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


def test_fold_claims_do_not_agree_on_an_unknown_candidate(path):
    """The candidate has a choice of the other driver that this one lacks."""
    with Journal.open(path) as one, Journal.open(path) as other:
        first, second = begin(one, s=[FoldResult]), begin(other)
        assert first.agree(0, {"s": FoldResult}) == {"s": FoldResult}
        assert second.begun(0) is None
        assert second.agree(0, {"s": 1}) == {"s": 1}


# ------------------------------------------------------------------------ the version

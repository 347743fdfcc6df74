"""Is each value of a path stored as the fold of an ordinary candidate?"""

from __future__ import annotations

import warnings

import pytest

from skbayes._evaluation.loop.path_store import PathStore
from skbayes._evaluation.sharing.searched_path import PathSegment, SearchedPath
from skbayes._protocol import FoldResult, Status
from skbayes._values import params_key

PATH = SearchedPath("n", (1, 2, 4))


class Memory:
    """Keeps folds by parameters, and notes what it is asked."""

    def __init__(self):
        self.folds = {}
        self.written = []
        self.log = []

    def find(self, params):
        """Folds of these parameters."""
        return dict(self.folds.get(params_key(params), {}))

    def when_written(self, params):
        """Their places among all that was written."""
        key = params_key(params)
        return {fold: n for n, (k, fold) in enumerate(self.written) if k == key}

    def write(self, trial, params, result):
        """Keep a fold."""
        self.log.append(("write", trial, params))
        self._keep(params, result)

    def write_all(self, trial, proposed, results):
        """Keep several."""
        self.log.append(("write_all", trial, proposed, [p for p, _ in results]))
        for params, result in results:
            self._keep(params, result)

    def _keep(self, params, result):
        self.folds.setdefault(params_key(params), {})[result.fold] = result
        self.written.append((params_key(params), result.fold))

    def claim(self, trial, proposed, wanted, fold):
        """Claim anything."""
        self.log.append(("claim", trial, proposed, wanted, fold))
        return True

    def results(self, wanted, fold):
        """All of them, or none."""
        found = [self.find(params).get(fold) for params in wanted]
        return None if None in found else found

    def finish(self, trial, params, status):
        """Note an end."""
        self.log.append(("finish", trial, params, status))

    def settle(self, proposed, params):
        """Note what was found."""
        self.log.append(("settle", proposed, params))


@pytest.fixture
def memory():
    """A store without folds."""
    return Memory()


@pytest.fixture
def store(memory):
    """A store in which candidates with n have a path."""
    return PathStore(memory, lambda params: PATH if "n" in params else None)


def one(number, score, **facts):
    """A fold at one value."""
    return FoldResult(number, {"score": score}, **facts)


def curve(number, scores):
    """A fold with a score for each value."""
    path = {n: one(number, score) for n, score in scores.items()}
    return FoldResult(number, {"score": scores[max(scores)]}, path=path)


CURVE = curve(1, {1: 0.25, 2: 0.5, 4: 0.75})


def at(n):
    """Parameters at a value of the path."""
    return {"x": 0.5, "n": n}


def test_write_stores_every_value_and_find_joins_them(store, memory):
    """The write is one transaction; a search without paths finds single values."""
    store.write(7, at(4), CURVE)
    assert memory.log == [("write_all", 7, at(4), [at(1), at(2), at(4)])]
    assert store.find(at(4)) == {1: CURVE}
    assert memory.find(at(2)) == {1: one(1, 0.5)}


def test_find_joins_what_other_searches_have_run(store, memory):
    """Folds are in order, each with the values that there are."""
    for n, fold in ((2, 1), (1, 0), (1, 1)):
        memory.write(0, at(n), one(fold, float(n)))
    found = store.find(at(4))
    assert list(found) == [0, 1]
    assert list(found[0].path) == [1]
    assert list(found[1].path) == [1, 2]
    assert found[1].test_scores == {"score": 2.0}


def test_when_written_is_that_of_the_last_value(store, memory):
    """Each fold has a time of its own; values of other folds do not count."""
    assert store.when_written(at(4)) == {}
    for n, fold in ((4, 0), (1, 0), (2, 1)):
        memory.write(0, at(n), one(fold, 0.5))
    assert store.when_written(at(4)) == {0: 1, 1: 2}


def test_path_store_without_a_path_is_the_store_as_it_was(store, memory):
    store.write(0, {"x": 1}, one(0, 0.5))
    store.finish(0, {"x": 1}, Status.COMPLETE)
    assert memory.log == [
        ("write", 0, {"x": 1}),
        ("finish", 0, {"x": 1}, Status.COMPLETE),
    ]
    assert store.find({"x": 1}) == {0: one(0, 0.5)}
    assert store.when_written({"x": 1}) == {0: 0}


def test_path_store_keeps_repeats_with_the_trial_of_their_value(store, memory):
    """Repeats have no path; others are stored under their own parameters."""
    store.settle(at(4), at(2))
    store.write(3, at(2), one(9, 0.5))
    store.write(3, {"x": 1}, one(9, 0.5))
    assert memory.log == [
        ("settle", at(4), at(2)),
        ("write_all", 3, at(4), [at(2)]),
        ("write_all", 3, {"x": 1}, [{"x": 1}]),
    ]
    assert store.claim(3, at(2), 9, None)
    assert memory.log[-1] == ("claim", 3, at(4), [at(2)], 9)


def test_claim_is_for_all_values_of_a_segment(store, memory):
    """The store is not asked for what is there already."""
    segment = PathSegment("n", (1, 2))
    assert store.claim(3, at(4), 1, segment)
    assert memory.log == [("claim", 3, at(4), [at(1), at(2)], 1)]
    store.write(7, at(4), CURVE)
    assert not store.claim(3, at(4), 1, segment)


def test_result_of_a_segment_has_its_values(store, memory):
    """The result is None while a value is missing."""
    segment = PathSegment("n", (2, 4))
    memory.write(0, at(4), one(1, 0.75))
    assert store.result(at(4), 1, segment) is None
    memory.write(0, at(2), one(1, 0.5))
    assert store.result(at(4), 1, segment) == curve(1, {2: 0.5, 4: 0.75})
    assert store.result(at(4), 1, None) == one(1, 0.75)
    assert store.result(at(1), 1, None) is None


def test_result_of_a_fold_whose_worker_died_has_no_values(store, memory):
    """The result is that of the proposed parameters."""
    dead = one(1, float("nan"), error="died", is_fatal=True)
    memory.write(0, at(4), dead)
    assert store.result(at(4), 1, PathSegment("n", (1, 2))) is dead


def test_result_of_a_fold_that_failed_on_the_way_ends_there(store, memory):
    """Values are run largest first, then the next one, then from the smallest on."""
    segment = PathSegment("n", (1, 2, 4))
    assert segment.in_working_order == (4, 2, 1)
    memory.write(0, at(4), one(1, 0.75))
    assert store.result(at(8), 1, segment) is None
    failed = one(1, float("nan"), error="failed")
    memory.write(0, at(2), failed)
    found = store.result(at(8), 1, segment)
    assert found.path == {2: failed, 4: one(1, 0.75)}
    assert found.test_scores == {"score": 0.75}


def test_path_store_write_leaves_out_folds_of_other_code():
    """A store keeps no fold under code that has not run, and says so once."""
    memory = Memory()
    store = PathStore(memory, lambda params: None)
    other = FoldResult(0, {"score": 0.5}, other_code=("f", "g", "the global h", "k"))
    with pytest.warns(UserWarning, match="is f, g, the global h and 1 more"):
        store.write(0, {"a": 1}, other)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        store.write(0, {"a": 1}, other)
        store.write(0, {"a": 2}, FoldResult(0, {"score": 0.5}))
    assert [params for _, _, params in memory.log] == [{"a": 2}]

"""Folds that are kept as numbers are what they were, to the last bit."""

from __future__ import annotations

import copy
import math
import pickle
import threading
import tracemalloc
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbayes._evaluation.packed_folds import PackedFolds, folds_not_packed, packed
from skbayes._protocol import FoldResult, Status, Trial

finite = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.tuples(finite, finite, finite, st.integers(0, 10**9))


def fold_of(fold=0, **facts):
    """A plain fold."""
    plain = {
        "test_scores": {"score": 0.1 + 0.2},
        "fit_time": 0.25,
        "score_time": 1e-3,
        "n_test_samples": 17,
        "started": 3.5,
        "worker": "7-MainThread",
    }
    return FoldResult(fold, **plain | facts)


@settings(deadline=None)
@given(
    st.lists(NUMBERS, min_size=1, max_size=4),
    st.sampled_from([None, 12.5]),
    st.booleans(),
    st.sampled_from([float, np.float64]),
)
def test_packed_plain_folds_come_back_as_they_were(numbers, written, has_train, kind):
    """Folds keep values, types, the order of names, and their numbers."""
    folds = tuple(
        FoldResult(
            2 * k,
            {"b": kind(one), "a": kind(two)},
            {"a": kind(two), "b": kind(one)} if has_train else None,
            abs(three),
            abs(two),
            n,
            started=one,
            worker=f"{n % 3}-w",
            is_multimetric=True,
            written=written,
        )
        for k, (one, two, three, n) in enumerate(numbers)
    )
    found = packed(folds)
    assert isinstance(found, PackedFolds)
    assert found == folds
    assert folds == found
    for one, other in zip(found, folds, strict=True):
        assert repr(one) == repr(other)
        assert one.written == other.written
        assert list(one.test_scores) == ["b", "a"]
        assert {type(s) for s in one.test_scores.values()} == {kind}
    assert [(k, s) for k, s in found.test_scores_of("a")] == [
        (f.fold, f.test_scores["a"]) for f in folds
    ]
    assert found.seconds_of("fit_time") == [f.fit_time for f in folds]
    assert found.seconds_of("score_time") == [f.score_time for f in folds]


UNUSUAL = {
    "n_rounds": [7],
    "other_code": [("f",)],
    "test_scores": [{"score": math.nan}, {"score": 1}, {"other": 1.0}, {}],
    "train_scores": [{"score": 1.0}, {"score": math.inf}, {}],
    "fit_time": [1],
    "score_time": [np.float64(1.0)],
    "n_test_samples": [np.int64(3)],
    "error": ["boom"],
    "started": [0],
    "predictions": [np.arange(3)],
    "scoring_errors": [{"test_score": "boom"}],
    "is_multimetric": [True],
    "stop": [True],
    "is_fatal": [True],
    "warnings": [((UserWarning, "careful"),)],
    "probabilities": [np.eye(2)],
    "response_method": ["predict"],
    "response_classes": [np.arange(2)],
    "estimator": [object()],
    "written": [1.0],
    "path": [{1: fold_of()}],
}


def test_packed_looks_at_all_that_a_fold_may_have():
    """A field that is added to a fold is to be packed, or to stop the packing."""
    packed_as_they_are = {"fold", "worker"}
    assert {field.name for field in fields(FoldResult)} == (
        UNUSUAL.keys() | packed_as_they_are
    )


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in UNUSUAL for value in UNUSUAL[name]]
)
def test_packed_keeps_what_is_rare_as_it_is(name, value):
    """A trial with one fold that is unlike the other stays as it was."""
    folds = fold_of(0), replace(fold_of(1), **{name: value})
    assert packed(folds) is folds


def test_packed_keeps_no_folds_as_none():
    assert packed(()) == ()


def test_packed_folds_are_like_a_tuple():
    """Packed folds have length, places, slices and text, and no place outside."""
    folds = tuple(fold_of(k) for k in range(3))
    found = packed(folds)
    assert len(found) == 3
    assert found[0] == folds[0]
    assert found[-1] == folds[2]
    assert found[1:] == folds[1:]
    assert repr(found) == repr(folds)
    assert found != folds[:2]
    assert found != list(folds)
    with pytest.raises(IndexError, match="range"):
        found[3]
    assert list(found.test_scores_of("missing")) == []
    with pytest.raises(TypeError, match="unhashable"):
        hash(found)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))]
)
def test_packed_folds_have_copies_that_are_equal_and_packed(copied):
    """Copies are so in another process too, where workers have other numbers."""
    found = packed((fold_of(0, worker="a worker"), fold_of(1)))
    again = copied(found)
    assert again == found
    assert isinstance(again, PackedFolds)


def test_packed_folds_give_a_trial_its_scores():
    """The score is NaN where a fold was not run."""
    folds = fold_of(0), fold_of(2)
    trial = Trial(0, {"C": 1}, 3, packed(folds), Status.STOPPED)
    plain = replace(trial, folds=folds)
    np.testing.assert_array_equal(trial.scores(), plain.scores())
    np.testing.assert_array_equal(trial.scores("missing"), plain.scores("missing"))
    assert trial == plain
    assert trial.error is None
    assert repr(trial) == repr(plain)


def test_folds_not_packed_are_found_once():
    """Equal candidates share their folds."""
    failed = (fold_of(0, error="boom"),)
    trials = [
        Trial(0, {"C": 1}, 1, packed((fold_of(),))),
        Trial(1, {"C": 2}, 1, failed),
        Trial(2, {"C": 2}, 1, failed),
    ]
    assert list(folds_not_packed(trials)) == [*failed]


def test_packed_at_once_in_threads_does_not_mix_up_workers():
    """Each new name gets a number of its own."""
    barrier = threading.Barrier(4)
    wrong = []

    def run(me):
        barrier.wait()
        for i in range(300):
            name = f"worker {i} of {me % 2}"
            if packed((fold_of(worker=name),))[0].worker != name:
                wrong.append(name)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_packed_folds_take_little_memory():
    """A packed fold is less than a hundred bytes, not half a kilobyte."""
    packed((fold_of(),))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [packed(tuple(fold_of(k) for k in range(5))) for _ in range(500)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / (5 * len(kept)) < 100

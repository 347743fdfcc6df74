"""Which samples of a training part boosting stops by."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import PredefinedSplit, StratifiedShuffleSplit

from skbayes._evaluation.stopping.stopping_set import StoppingSet

X = np.arange(120.0).reshape(60, 2)
Y = np.repeat([0, 1, 2], [40, 10, 10])
#: A training part that is not in order.
ROWS = np.random.default_rng(0).permutation(200)[:60]


def split(stopping, y=Y, rows=ROWS):
    """The two parts, which have no position in common."""
    fit, stop = stopping.split(X[: len(y)], y, rows)
    assert not set(fit) & set(stop)
    return fit, stop


@pytest.mark.parametrize("is_stratified", [False, True])
def test_stopping_set_holds_out_a_share(is_stratified):
    """The share has its size, keeps the classes' shares, and is repeatable."""
    stopping = StoppingSet(0.2, is_stratified=is_stratified)
    fit, stop = split(stopping)
    assert len(stop) == 12
    assert sorted([*fit, *stop]) == list(range(60))
    assert all(map(np.array_equal, (fit, stop), split(stopping)))
    if is_stratified:
        assert np.bincount(Y[stop]).tolist() == [8, 2, 2]


def test_stopping_set_is_the_last_samples_where_they_are_in_order():
    """Their place among all samples counts, and a gap is between."""
    fit, stop = split(StoppingSet(0.1, is_in_order=True, gap=3))
    assert (len(fit), len(stop)) == (51, 6)
    assert sorted(ROWS[stop]) == sorted(ROWS)[-6:]
    assert sorted(ROWS[fit]) == sorted(ROWS)[:51]


@pytest.mark.parametrize("is_in_order", [False, True])
def test_stopping_set_keeps_groups_whole(is_in_order):
    """No group is on both sides, and all classes are on each."""
    groups = np.arange(200) // 7
    stopping = StoppingSet(
        0.25, groups=groups, is_stratified=not is_in_order, is_in_order=is_in_order
    )
    fit, stop = split(stopping)
    assert not set(groups[ROWS[fit]]) & set(groups[ROWS[stop]])
    assert len(stop) > 5
    if not is_in_order:
        assert set(Y[stop]) == set(Y[fit]) == {0, 1, 2}


def test_stopping_set_takes_a_splitter():
    """The splitter's first split counts."""
    own = PredefinedSplit([0] * 5 + [-1] * 55)
    fit, stop = split(StoppingSet(own))
    assert stop.tolist() == list(range(5))
    assert fit.tolist() == list(range(5, 60))
    drawn = StratifiedShuffleSplit(3, test_size=9, random_state=1)
    assert len(split(StoppingSet(drawn, is_stratified=True))[1]) == 9


def test_stopping_set_takes_masks_for_rows():
    """A training part may be given as a mask."""
    mask = np.zeros(200, dtype=bool)
    mask[ROWS] = True
    fit, stop = split(StoppingSet(0.1, is_in_order=True), rows=mask)
    assert stop.tolist() == list(range(54, 60))


def test_stopping_set_does_not_stratify_several_targets():
    """Samples with several labels have no classes to keep in proportion."""
    fit, stop = StoppingSet(0.1, is_stratified=True).split(X, np.c_[Y, Y], ROWS)
    assert len(stop) == 6


@pytest.mark.parametrize(
    ("stopping", "y", "message"),
    [
        (
            StoppingSet(0.03, is_stratified=True),
            Y,
            "2 of its 60 .* small for 3 classes",
        ),
        (StoppingSet(0.99, is_stratified=True), Y, "too small for 3 classes"),
        (
            StoppingSet(0.2, is_stratified=True),
            [*Y[:-1], 9],
            "one sample of the class 9",
        ),
        (StoppingSet(0.995), Y, "all of 60"),
        (StoppingSet(0.5, groups=np.zeros(200)), Y, "whole groups, of which it has 1"),
        (StoppingSet(0.2, is_in_order=True, gap=60), Y, "0 samples would be left"),
        (
            StoppingSet(PredefinedSplit([0] * 41 + [-1] * 19), is_stratified=True),
            Y,
            "of 3 classes 2 would be left to fit on",
        ),
        (
            StoppingSet(PredefinedSplit([0] * 9 + [-1] * 51), is_stratified=True),
            Y,
            "1 would be in the set of 9",
        ),
    ],
)
def test_stopping_set_refuses_what_cannot_be_split(stopping, y, message):
    """The message says what is lacking."""
    with pytest.raises(ValueError, match=message):
        stopping.split(X, np.asarray(y), ROWS)


def test_stopping_set_refuses_a_splitter_that_overlaps():
    """A model must not stop by what it is fitted on."""

    class Overlapping:
        def split(self, X, y, groups):
            yield np.arange(10), np.arange(5, 20)

    with pytest.raises(ValueError, match="fit on samples that it stops by"):
        StoppingSet(Overlapping()).split(X, Y, ROWS)

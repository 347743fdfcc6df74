"""Are there enough candidates and batches for the workers, and not many more?"""

from __future__ import annotations

import pytest

from skbayes._evaluation.loop.concurrency import (
    Concurrency,
    batches_in_flight,
    candidates_under_way,
)

SETTINGS = [
    (n_splits, in_order, is_far)
    for n_splits in (1, 3, 10)
    for in_order in (True, False)
    for is_far in (True, False)
]


@pytest.mark.parametrize(
    ("n_workers", "n_splits", "in_order", "is_far", "expected"),
    [
        # ceil((workers + folds ahead) / splits) + the newest + the bridge
        (1, 5, True, False, 1),
        (4, 5, True, False, 1 + 1 + 1),
        (4, 5, False, False, 1 + 1 + 0),
        (32, 5, True, False, 8 + 1 + 20),
        (32, 5, False, False, 8 + 1 + 7),
        (1, 5, True, True, 1 + 1 + 0),
        (20, 5, False, True, 8 + 1 + 4),
    ],
)
def test_candidates_under_way_are_those_of_the_formula(
    n_workers, n_splits, in_order, is_far, expected
):
    """The numbers are found by hand; one worker here has one candidate at a time."""
    found = candidates_under_way(n_workers, n_splits, in_order=in_order, is_far=is_far)
    assert found == expected


@pytest.mark.parametrize(("n_splits", "in_order", "is_far"), SETTINGS)
def test_candidates_under_way_feed_all_workers(n_splits, in_order, is_far):
    """Older candidates have a fold for each; more workers never get fewer."""
    found = [
        candidates_under_way(n, n_splits, in_order=in_order, is_far=is_far)
        for n in range(1, 100)
    ]
    assert found == sorted(found)
    for n_workers, n in enumerate(found[1:], start=2):
        assert (n - 1) * n_splits > n_workers


@pytest.mark.parametrize(
    ("pre_dispatch", "n_workers", "is_adaptive", "is_far", "expected"),
    [
        ("all", 1, False, False, 1),
        ("2*n_jobs", 4, False, False, 8),
        (1, 4, False, False, 4),
        ("2*n_jobs", 4, True, False, 5),
        (1, 16, True, False, 18),
        (1, 1, True, True, 3),
        (1, 32, True, True, 52),
    ],
)
def test_batches_in_flight_keep_a_few_folds_ahead(
    pre_dispatch, n_workers, is_adaptive, is_far, expected
):
    """An adaptive search takes no number from the user."""
    found = batches_in_flight(pre_dispatch, n_workers, is_adaptive, is_far=is_far)
    assert found == expected


@pytest.mark.parametrize("is_adaptive", [True, False])
def test_concurrency_has_both_limits_for_any_number_of_workers(is_adaptive):
    """Limits are those of the functions; far workers have a batch in reserve."""
    near = Concurrency("2*n_jobs", 5, is_adaptive, in_order=True)
    for n_workers in (1, 4, 40):
        assert near.candidates(n_workers) == candidates_under_way(
            n_workers, 5, in_order=True
        )
        assert near.batches(n_workers) == batches_in_flight(
            "2*n_jobs", n_workers, is_adaptive
        )
    far = Concurrency(1, 5, is_adaptive, in_order=False, is_far=True)
    assert far.candidates(20) == 13
    assert far.batches(4) == (4 + 1 + 4 if is_adaptive else 5)

"""Do predicates of values hold for just those values, whatever type they have?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from skbayes.presets import _predicates

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "wanted", "is_one"),
    [
        ("a", ("a", "b"), True),
        (np.str_("a"), ("a",), True),
        (None, (None,), True),
        (None, (False, 0), False),
        (True, (1,), False),
        (1, (True,), False),
        (np.bool_(True), (True,), True),
        (1.0, (1,), True),
        (np.int64(1), (1.0,), True),
        (NAN, (NAN,), True),
        ("1", (1,), False),
        ([1], ([1],), False),  # only plain values
        (np.ones(2), (1,), False),
        (str, (str,), False),
        (1, (), False),
    ],
)
def test_is_one_of_plain_values(value, wanted, is_one):
    """True is not 1; numbers of any type are equal."""
    assert _predicates.is_one_of(value, wanted) == is_one


#: For each test: values that pass, and values that do not.
CASES = {
    "is_given": ([0, False, "", NAN], [None]),
    "is_callable": ([len, int, lambda: 1], ["len", None, 0]),
    "is_array": ([[1, 2], (1,), np.eye(2), []], ["abc", 3, None, np.float64(1), "k"]),
    "is_positive": ([1, 0.5, np.float32(1), np.int8(1)], [0, -1, NAN, True, "1", None]),
    "is_true": ([True], [1, 1.0, "true", None, False]),
    "is_share": (
        [0.5, np.float32(0.1), 1e-9],
        [0, 1, 1.0, 0.0, NAN, True, "0.5", None],
    ),
    "is_integer": ([0, -3, np.int8(2)], [1.0, True, np.bool_(True), None, "1"]),
    "is_not_ward_metric": (["l1", "manhattan"], ["euclidean", None]),
    "is_not_one": ([0, 2, 0.5, np.int64(3)], [1, 1.0, np.float32(1), True, None, "2"]),
    "is_descending": ([(2, 1)], [(1, 2), (1, 1), [2, 1], (3, 2, 1), 3, None, "ba"]),
}


@pytest.mark.parametrize("name", CASES)
def test_is_given_and_other_predicates_hold_for_their_values_only(name):
    """Each test can be pickled with a search."""
    test = pickle.loads(pickle.dumps(getattr(_predicates, name)))
    passing, others = CASES[name]
    assert [value for value in passing if not test(value)] == []
    assert [value for value in others if test(value)] == []


def test_is_given_and_other_tests_have_cases():
    """CASES has every function of the module with one argument."""
    functions = {n for n in vars(_predicates) if n.startswith("is_")} - {"is_one_of"}
    assert functions == set(CASES)


@pytest.mark.parametrize(
    ("one", "other", "exceeds"),
    [
        (3, 2, True),
        (np.int64(3), 2, True),
        (2, 2, False),
        (3.0, 2, False),  # a share of features beside a number of them
        (3, 0.5, False),
        (None, 2, False),
        (True, 0, False),
        ("3", "2", False),
    ],
)
def test_exceeds_compares_whole_numbers(one, other, exceeds):
    """Other values, such as a share or None, mean something else."""
    assert _predicates.exceeds(one, other) == exceeds

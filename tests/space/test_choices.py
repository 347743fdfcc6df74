"""Which choices are the same, and as what do they reach the estimator?"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from skbayes.space import native
from skbayes.space._choices import ChoiceIndex, choice_key, distinct, is_finite_number


class Unhashable:
    """Equal to everything of its class, as kernels and arrays may be."""

    __hash__ = None

    def __eq__(self, other):
        return isinstance(other, Unhashable)


@pytest.mark.parametrize(
    ("value", "twin"),
    [
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.bool_(True), True),
        (np.str_("rbf"), "rbf"),
        (np.bytes_(b"rbf"), b"rbf"),
        (np.complex128(1j), 1j),
    ],
)
def test_numpy_scalars_become_plain(value, twin):
    """A numpy scalar becomes the plain Python value, of exactly the plain type."""
    assert native(value) == twin
    assert type(native(value)) is type(twin)


@pytest.mark.parametrize(
    "value",
    [None, "a", 1, 2.5, (1, 2), [np.int64(1)], object(), np.datetime64("2020-01-01")],
)
def test_everything_else_stays_the_very_object(value):
    """What has no plain twin is passed on as it is."""
    assert native(value) is value


def test_types_keep_equal_numbers_apart():
    """1, 1.0 and True are three choices, and so are False and 0."""
    choices = distinct([1, 1.0, True, 0, False, 0.0])
    assert [type(c) for c in choices] == [int, float, bool, int, bool, float]


def test_repeated_choices_are_merged_in_order():
    """Each choice counts once, the first time it is met."""
    given = ["b", None, (1, 2), "b", float("nan"), None, (1, 2), float("nan"), "a"]
    choices = distinct(given)
    assert choices[:3] == ("b", None, (1, 2))
    assert np.isnan(choices[3])
    assert choices[4:] == ("a",)


def test_floats_count_to_twelve_digits():
    """Floats that only rounding tells apart are one choice."""
    assert distinct([0.3, 0.1 + 0.2, 0.3 + 1e-9]) == (0.3, 0.3 + 1e-9)


def test_numpy_and_python_numbers_are_the_same_choice():
    """np.int64(3) is 3, also inside a tuple."""
    assert distinct([3, np.int64(3)]) == (3,)
    assert distinct([(3, 4), (np.int64(3), 4)]) == ((3, 4),)


def test_containers_are_compared_by_content():
    """Equal lists, dicts and sets are the same choice, a list and a tuple are not."""
    given = [[1, 2], [1, 2], (1, 2), {"a": [1]}, {"a": [1]}, {1}, {1}, {True}]
    assert distinct(given) == ([1, 2], (1, 2), {"a": [1]}, {1}, {True})


def test_unhashable_objects_are_compared_by_identity():
    """Arrays and objects without a hash are never asked whether they are equal."""
    array, thing = np.arange(3), Unhashable()
    choices = distinct([array, array, np.arange(3), thing, thing, Unhashable()])
    assert len(choices) == 4
    assert choices[0] is array


def test_hashable_objects_are_compared_by_their_own_equality():
    """Two equal decimals are one choice."""
    assert distinct([Decimal("0.10"), Decimal("0.1")]) == (Decimal("0.10"),)
    assert choice_key(Decimal(1)) != choice_key(1)


@pytest.mark.parametrize(
    ("choices", "value", "found"),
    [
        ([1, 10], 10.0, 1),
        ([1.0, 10.0], 10, 1),
        ([1, 1.0], 1.0, 1),
        ([1, 1.0], 1, 0),
        ([1, 10], True, None),
        ([True, False], 1, None),
        ([1, 10], np.int32(10), 1),
        ([1, 10], 10.5, None),
        ([1, 10], "10", None),
        (["a", None], None, 1),
        ([1, 10], float("inf"), None),
        ([1.0, 2.0], 10**400, None),
    ],
)
def test_index_finds_a_number_of_another_type_but_never_a_bool(choices, value, found):
    """An int finds an equal float where there is no equal int, and the reverse."""
    assert ChoiceIndex(choices).find(value) == found


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), 10**400, 1j])
def test_no_axis_has_a_place_for_what_is_no_finite_number(value):
    """Bools, texts, NaN and ints too large for a float are no numbers."""
    assert not is_finite_number(value)

"""Which values are the same, which may stand for others, and which are plain?"""

from __future__ import annotations

import pickle
from decimal import Decimal
from functools import partial
from types import MappingProxyType

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import RBF
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from skbayes._values import (
    ValueIndex,
    dicts_of,
    distinct,
    is_estimator,
    is_finite_number,
    is_same,
    native,
    one_or_several,
    params_key,
    row_with_values,
    stands_for,
    value_key,
)


class Unhashable:
    """Equal to everything of its class, as kernels and arrays may be."""

    __hash__ = None

    def __eq__(self, other):
        return isinstance(other, Unhashable)


@pytest.mark.parametrize(
    ("value", "plain"),
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
def test_native_makes_numpy_scalars_plain(value, plain):
    """A numpy scalar becomes the plain Python value, of exactly the plain type."""
    assert native(value) == plain
    assert type(native(value)) is type(plain)


@pytest.mark.parametrize(
    "value",
    [None, "a", 1, 2.5, (1, 2), [np.int64(1)], object(), np.datetime64("2020-01-01")],
)
def test_native_leaves_everything_else(value):
    """What has no plain equivalent is passed on as it is."""
    assert native(value) is value


def test_distinct_keeps_types_apart():
    """1, 1.0 and True are three choices, and so are False and 0."""
    choices = distinct([1, 1.0, True, 0, False, 0.0])
    assert [type(c) for c in choices] == [int, float, bool, int, bool, float]


def test_distinct_merges_repeated_choices_in_order():
    """Each choice counts once, where it is met first."""
    given = ["b", None, (1, 2), "b", float("nan"), None, (1, 2), float("nan"), "a"]
    choices = distinct(given)
    assert choices[:3] == ("b", None, (1, 2))
    assert np.isnan(choices[3])
    assert choices[4:] == ("a",)


def test_distinct_counts_floats_to_the_last_bit():
    """Floats that only rounding tells apart are two choices: an estimator sees two."""
    assert distinct([0.3, 0.1 + 0.2, 0.3]) == (0.3, 0.1 + 0.2)


def test_distinct_merges_numpy_and_python_numbers():
    """np.int64(3) is 3, also inside a tuple."""
    assert distinct([3, np.int64(3)]) == (3,)
    assert distinct([(3, 4), (np.int64(3), 4)]) == ((3, 4),)


def test_distinct_compares_containers_by_content():
    """Equal lists, dicts and sets are the same choice, a list and a tuple are not."""
    given = [[1, 2], [1, 2], (1, 2), {"a": [1]}, {"a": [1]}, {1}, {1}, {True}]
    assert distinct(given) == ([1, 2], (1, 2), {"a": [1]}, {1}, {True})


def test_distinct_compares_unhashable_objects_by_identity():
    """Objects without a hash are never asked whether they are equal."""
    thing = Unhashable()
    assert len(distinct([thing, thing, Unhashable()])) == 2


def test_distinct_compares_arrays_by_content():
    """Arrays are equal by shape, type and items, objects included."""
    given = [np.arange(3), np.arange(3), np.arange(3.0), np.array([0, 1, None])]
    given += [np.array([0, 1, None]), np.arange(3)[:, None]]
    assert len(distinct(given)) == 4


class Lazy:
    """Raises at whatever it is asked, as expressions that are evaluated later do."""

    def __hash__(self):
        raise RuntimeError("not now")

    def __eq__(self, other):
        raise RuntimeError("not now")

    def __reduce_ex__(self, protocol):
        raise RuntimeError("not now")


def test_value_index_finds_lazy_objects_by_identity():
    """What cannot be asked is found by identity, and by nothing else."""
    one, other = Lazy(), Lazy()
    index = ValueIndex([one, other])
    assert index.find(other) == 1
    assert index.find(Lazy()) is None
    assert not is_same(one, other)


def test_distinct_compares_hashable_objects_by_their_equality():
    """Two equal decimals are one choice."""
    assert distinct([Decimal("0.10"), Decimal("0.1")]) == (Decimal("0.10"),)
    assert value_key(Decimal(1)) != value_key(1)


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
def test_value_index_finds_a_number_of_another_type_but_no_bool(choices, value, found):
    """An int finds an equal float where there is no equal int, and the reverse."""
    assert ValueIndex(choices).find(value) == found


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), 10**400, 1j])
def test_is_finite_number_is_false_for_what_no_axis_has_a_place_for(value):
    """Bools, texts, NaN and ints too large for a float are no numbers."""
    assert not is_finite_number(value)


#: The cases in which eight parts of the package once disagreed with each other.
SAME = [
    (True, 1, False, False),
    (True, np.True_, True, True),
    (3, np.int64(3), True, True),
    (0.3, 0.1 + 0.2, False, True),
    (1, 1.0, False, True),
    ("a", np.str_("a"), True, True),
    ("1", 1, False, False),
    ("a", b"a", False, False),
    (None, None, True, True),
    (float("nan"), np.float64("nan"), True, True),
    ([1, 2], [1, 2], True, True),
    ([1, 2], (1, 2), False, True),
    ((1, "a"), (1.0, "a"), False, True),
    ((1,), (True,), False, False),
    ((1,), (1, 2), False, False),
    ({"a": 1}, {"a": 1}, True, True),
    ({"a": 1}, {"a": 1.0}, False, True),
    ({"a": 1}, {"b": 1}, False, False),
    (np.arange(3), np.arange(3), True, True),
    (np.arange(3), np.arange(3.0), False, False),
    (Decimal("0.1"), Decimal("0.10"), True, True),
    (10**400, float("inf"), False, False),
    (SVC(C=2.0), SVC(C=2.0), False, True),
    (SVC(C=2.0), SVC(C=3.0), False, False),
    (SVC(), LinearSVC(), False, False),
    (("m", SVC()), ("m", SVC()), False, True),
    (RBF(2.0), RBF(2.0), False, True),
    (KFold(3), KFold(3), False, True),
    (KFold(3), KFold(4), False, False),
    (partial(max, 1), partial(max, 1), False, True),
    (partial(max, 1), partial(max, 2), False, False),
    (max, max, True, True),
    (max, min, False, False),
    (object(), object(), False, False),
]


@pytest.mark.parametrize(("one", "other", "same", "may_stand"), SAME)
def test_is_same_and_stands_for(one, other, same, may_stand):
    """Both questions have one answer, whichever value comes first."""
    assert is_same(one, other) is is_same(other, one) is same
    assert stands_for(one, other) is stands_for(other, one) is may_stand
    assert (value_key(one) == value_key(other)) is same


def test_value_key_is_the_same_after_pickling():
    """Another process makes the same keys of plain values, tuples and arrays."""
    for value in ("rbf", 0.1, None, (1, 2.0), [True], {"a": np.arange(2)}):
        assert value_key(pickle.loads(pickle.dumps(value))) == value_key(value)


def test_value_index_finds_an_estimator_by_class_and_parameters():
    """The estimator is written anew or unpickled, and names exactly one."""
    scalers = [StandardScaler(), StandardScaler(with_mean=False), "passthrough"]
    index = ValueIndex(scalers)
    assert index.find(StandardScaler(with_mean=False)) == 1
    assert index.find(pickle.loads(pickle.dumps(scalers[0]))) == 0
    assert index.find(StandardScaler(with_std=False)) is None


def test_value_index_finds_none_of_several():
    """Two fitted encoders of equal parameters are told apart by identity alone."""
    first, second = SVC().fit([[0], [1]], [0, 1]), SVC().fit([[0], [2]], [0, 1])
    index = ValueIndex([first, second])
    assert index.find(second) == 1
    assert index.find(SVC()) is None
    assert ValueIndex([0.3, 0.1 + 0.2]).find(0.3 - 1e-15) is None


def test_value_index_finds_the_nearest_of_many_numbers():
    """Rounding may tell numbers apart; among thousands the nearest is found."""
    numbers = np.logspace(-6, 6, 20_001)
    index = ValueIndex(numbers)
    assert index.find(numbers[777] * (1 + 1e-12)) == 777
    assert index.find(numbers[777] * (1 + 1e-6)) is None


def test_params_key_does_not_depend_on_the_order_of_names():
    """Candidates are equal whatever order their parameters are named in."""
    assert params_key({"a": 1, "b": (2,)}) == params_key({"b": (2,), "a": 1})
    assert params_key({"a": 1}) != params_key({"a": True})


def test_row_with_values_prefers_the_same():
    """One feature is not all features, though 1 may stand for 1.0 if need be."""
    candidates = [{"max_features": 1}, {"max_features": 1.0}]
    assert row_with_values({"max_features": 1.0}, candidates) == 1
    assert row_with_values({"max_features": 1.0}, candidates[:1]) == 0
    assert row_with_values({"max_features": 0.5}, candidates) is None
    assert row_with_values({"C": 1.0}, [{"C": 2.0}, {}]) == 1


@pytest.mark.parametrize(
    ("space", "n_dicts"),
    [({"a": [1]}, 1), ([{"a": [1]}, {}], 2), ([], 0), ([{"a": [1]}, 3], 1), ("a", 0)],
)
def test_dicts_of_a_space(space, n_dicts):
    """A space has one dict, those of a list, or none if it is anything else."""
    assert len(dicts_of(space)) == n_dicts


def test_one_or_several_puts_a_single_dict_in_a_list():
    """Any mapping is one dict; the caller judges what is neither."""
    one = MappingProxyType({"a": 1})
    assert one_or_several(one) == [one]
    for others in ([{"a": 1}, {"b": 2}], [], ({"a": 1},), "text", None):
        assert one_or_several(others) is others


class LazyObject:
    """Returns any attribute, as objects of dask and of mocks do."""

    def __getattr__(self, name):
        return LazyObject()


def test_is_estimator_knows_instances_only():
    """A class has parameters of no value, and a lazy object all attributes."""
    assert is_estimator(SVC())
    others = (SVC, LazyObject(), KFold(2), "passthrough", None)
    assert not any(map(is_estimator, others))

"""Have equal points one key, and points that estimators tell apart two?"""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from sklearn.decomposition import PCA

from skbayes.space import Categorical, Real
from skbayes.space._keys import PointKeys


def keys_of(choices, *others):
    """Keys of each choice of the parameter `a` of the first dict."""
    keys = PointKeys([{"a": dimension} for dimension in (choices, *others)])
    return keys, [keys.key({"a": choice}) for choice in choices.listed()]


@pytest.mark.parametrize(
    "choices",
    [
        [1, 1.0, True, "1", b"1", None],
        [(1, 2), [1, 2], (1, 2.0), (1, True)],
        [np.arange(2), np.arange(2.0), np.arange(2)[:, None]],
        [0.3, 0.1 + 0.2],
        [PCA(2), PCA(2)],
    ],
    ids=repr,
)
def test_point_keys_tell_choices_apart(choices):
    """Type and content count, listed floats to the last bit, estimators by identity."""
    _, found = keys_of(Categorical(choices))
    assert len(set(found)) == len(choices)


def test_point_keys_of_a_range_count_twelve_digits():
    """Encoding and decoding lose the last digits; the twelfth counts."""
    keys = PointKeys([{"a": Real(0.0, 1.0)}])
    assert keys.key({"a": 0.1 + 0.2}) == keys.key({"a": 0.3})
    assert keys.key({"a": 0.0}) == keys.key({"a": -0.0})
    assert keys.key({"a": 0.3}) == keys.key({"a": 0.3 + 4e-13})
    assert keys.key({"a": 0.3}) != keys.key({"a": 0.3 + 4e-12})
    assert keys.key({"a": 3e-300}) != keys.key({"a": 4e-300})


def test_point_keys_of_nan_are_equal():
    """Keys of NaN are equal, though NaN equals nothing."""
    keys, (nan, _) = keys_of(Categorical([math.nan, 1.0]))
    assert keys.key({"a": float("nan")}) == nan


def test_point_keys_number_an_object_once_for_all_dicts():
    """A point that two dicts share has one key; another parameter has another."""
    shared, other = PCA(2), PCA(3)
    first, second = Categorical([other, shared]), Categorical([shared, None])
    _, (of_other, of_shared) = keys_of(first, second)
    _, (again, _) = keys_of(second, first)
    assert of_shared != of_other
    assert hash(again) is not None
    keys = PointKeys([{"a": first, "b": second}])
    assert keys.key({"a": shared, "b": None}) != keys.key({"b": shared, "a": None})


def test_point_keys_of_objects_survive_pickling():
    """In another process objects have other addresses, and the same numbers."""
    choices = [PCA(2), PCA(3), np.arange(3), (1, [2]), None]
    keys, found = keys_of(Categorical(choices))
    copy, copied = pickle.loads(pickle.dumps((keys, choices)))
    assert [copy.key({"a": choice}) for choice in copied] == found

"""Are the parts of a split read alike, in every form that splitters give?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._split_parts import as_indices, n_samples_in

FORMS = {
    "indices": np.array([1, 3]),
    "small integers": np.array([1, 3], dtype=np.int8),
    "list": [1, 3],
    "mask": np.array([False, True, False, True]),
}


@pytest.mark.parametrize("form", FORMS)
def test_as_indices_is_the_same_in_every_form(form):
    """The part is given as indices, of any integer type, or as a mask."""
    found = as_indices(FORMS[form])
    assert found.dtype == np.intp
    assert found.tolist() == [1, 3]


def test_as_indices_counts_negative_ones_from_the_end():
    """Negative indices stay as they are without the number of samples."""
    assert as_indices([-1, 0], 4).tolist() == [3, 0]
    assert as_indices([-1, 0]).tolist() == [-1, 0]


def test_as_indices_of_no_data_are_none():
    """An empty part of empty data divides by nothing."""
    assert as_indices([], 0).tolist() == []


@pytest.mark.parametrize("form", FORMS)
def test_n_samples_in_is_the_same_in_every_form(form):
    """The part is given as indices, of any integer type, or as a mask."""
    assert n_samples_in(FORMS[form]) == 2


def test_n_samples_in_takes_a_slice():
    """The number of samples is unknown here, but it is not empty."""
    assert n_samples_in(slice(0, 3)) == 1

"""Are the parts right of which scores by sums are made?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from skbayes.inspection._bias_correction.score_sums import (
    FoldTruth,
    dense,
    labels_of,
    negative_ratio,
    ones,
    ratio,
)


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.coo_matrix, np.array, list])
def test_dense_makes_an_array_of_any_form(form):
    """The result is no matrix, which has another product."""
    values = form([[0, 1], [2, 0]])
    found = dense(values)
    assert type(found) is np.ndarray
    assert found.tolist() == [[0, 1], [2, 0]]


def test_labels_of_several_columns_are_their_numbers():
    """Labels of one column are sorted, also words; sparse targets are taken too."""
    assert labels_of(np.array(["b", "a", "b"])).tolist() == ["a", "b"]
    assert labels_of(np.ones((4, 3))).tolist() == [0, 1, 2]
    assert labels_of(sparse.csr_array(np.ones((4, 2)))).tolist() == [0, 1]


def test_ones_are_the_denominator_of_a_mean():
    """Each row has a one, also with several columns of targets."""
    assert ones(FoldTruth(np.zeros((3, 2)), None, None)).tolist() == [[1], [1], [1]]
    assert ones(FoldTruth(np.zeros(0), None, None)).shape == (0, 1)


def test_ratio_divides_the_first_sums():
    """There may be any number of draws and candidates; a loss is negative."""
    sums = np.arange(12.0).reshape(2, 3, 2)
    shared = np.array([[[2.0, 9.0]], [[4.0, 9.0]]])
    expected = [[0.0, 1.0, 2.0], [1.5, 2.0, 2.5]]
    np.testing.assert_array_equal(ratio(sums, shared), expected)
    np.testing.assert_array_equal(negative_ratio(sums, shared), -np.array(expected))

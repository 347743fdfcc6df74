"""Are the targets of out-of-fold predictions collected in the order of the folds?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from skbayes._evaluation.fold.evaluation import Evaluation, FoldSettings
from skbayes._evaluation.fold.held_out import hold_out

MASK = np.array([True, False, False, True])
#: Parts as masks, as indices from either end, and as a list.
SPLITS = [(~MASK, MASK), ([0, 1], np.array([-1, 2])), ([3], [])]
TESTS = [[0, 3], [3, 2], []]


def held_out(y, *, groups=None, is_classifier=False, splits=SPLITS, **score_params):
    """The targets of a search."""
    settings = FoldSettings(None, None, {}, score_params)
    evaluation = Evaluation(np.zeros((4, 1)), y, splits, settings)
    return hold_out(evaluation, groups=groups, is_classifier=is_classifier)


def test_hold_out_has_indices_in_the_order_of_the_predictions():
    """The held-out parts are indices whether a splitter gives masks or indices."""
    found = held_out([0.5, 1.5, 2.5, 3.5], groups=list("aabb"), weight=[1, 2, 3, 4])
    assert [test.tolist() for test in found.tests] == TESTS
    assert found.groups.tolist() == list("aabb")
    assert found.score_params == {"weight": [1, 2, 3, 4]}
    assert found.classes is None
    assert found.n_samples == 4


def test_hold_out_copies_the_targets():
    """The user may change the targets later."""
    y = np.array([0.0, 1.0, np.nan, np.inf])
    found = held_out(y)
    y[:] = 7.0
    np.testing.assert_array_equal(found.y, [0.0, 1.0, np.nan, np.inf])


def test_hold_out_has_the_classes_that_each_training_part_has():
    """Classes are sorted; one that a fold has not seen cannot be predicted."""
    y = np.array(["b", "a", "c", "a"], dtype=object)
    found = held_out(y, is_classifier=True)
    assert [classes.tolist() for classes in found.classes] == [
        ["a", "c"],
        ["a", "b"],
        ["a"],
    ]


@pytest.mark.parametrize("make", [np.array, sparse.csc_matrix, sparse.coo_array])
def test_hold_out_of_several_labels_has_no_classes(make):
    """Sparse targets have rows that can be selected."""
    y = make([[0, 1], [1, 1], [0, 0], [1, 0]])
    found = held_out(y, is_classifier=True)
    assert found.classes is None
    assert found.y[[0]].shape == (1, 2)
    assert found.n_samples == 4


def test_hold_out_of_one_column_has_classes():
    found = held_out(np.array([[0], [1], [1], [0]]), is_classifier=True)
    assert [classes.tolist() for classes in found.classes] == [[1], [0, 1], [0]]


def test_n_samples_without_targets_reaches_to_the_last_held_out():
    """The last held-out sample counts, whichever fold holds it out."""
    splits = [([0], [1, 3]), ([1], np.array([2]))]
    found = held_out(None, is_classifier=True, splits=splits)
    assert (found.y, found.classes) == (None, None)
    assert found.n_samples == 4

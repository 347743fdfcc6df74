"""Are sizes and scales of data measured, of whatever container?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skbayes.presets._facts import Facts, facts_of, of_scale

ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]]


@pytest.mark.parametrize("form", [list, np.array, pd.DataFrame, sparse.csr_array])
def test_facts_of_every_form_of_a_table_are_the_same(form):
    """The facts are rows, columns and variance."""
    facts = facts_of(form(ROWS))
    assert (facts.n_samples, facts.n_features) == (3, 2)
    assert facts.variance == pytest.approx(np.var(ROWS))
    assert facts.target_scale == 1.0


@pytest.mark.parametrize(
    "data",
    [
        ["some", "texts"],
        np.array(["some", "texts"]),
        pd.Series(["some", "texts"]),
        [{"a": 1}, {"b": 2}],
        [[1], [2, 3]],
    ],
)
def test_facts_of_what_is_no_table_are_its_size(data):
    """The facts are those of one scaled feature."""
    facts = facts_of(data)
    assert (facts.n_samples, facts.n_features, facts.variance) == (2, 1, 1.0)


@pytest.mark.parametrize(
    ("X", "variance"),
    [
        ([[1.0, np.nan], [3.0, np.nan]], 1.0),
        ([[2.0, 2.0], [2.0, 2.0]], 1.0),
        ([[np.inf, 1.0], [1.0, 1.0]], 1.0),
        (sparse.csr_array(np.diag(np.arange(1000.0))), 1.0),
        ([[True, False], [False, True]], 0.25),
        ([[np.nan], [np.nan]], 1.0),
        (np.empty((2, 0)), 1.0),
    ],
)
def test_variance_is_a_positive_number(X, variance):
    """Missing values are left out; a large sparse table counts as scaled."""
    assert facts_of(X).variance == variance


@pytest.mark.parametrize(
    ("y", "scale"),
    [
        (None, 1.0),
        (["a", "b", "b"], 1.0),
        ([3.0, 3.0, 3.0], 1.0),
        ([0.5, np.nan, 1.0], 1.0),
        ([10.0, 30.0, 20.5], np.std([10.0, 30.0, 20.5])),
        ([10, 30, 20], np.std([10, 30, 20])),
        ([0.1, 0.3, 0.2], np.std([0.1, 0.3, 0.2])),
        (np.array([[10], [30], [20]]), np.std([10, 30, 20])),
        (pd.Series([10, 30, 20]), np.std([10, 30, 20])),
    ],
)
def test_target_scale_is_that_of_numbers(y, scale):
    """Whole numbers have one too: a price or a count is no label to a regressor."""
    facts = facts_of(ROWS, y)
    assert facts.target_scale == pytest.approx(scale)
    assert of_scale(0.1)(facts) == pytest.approx(0.1 * scale)


def test_facts_of_fewer_samples_than_there_are():
    """The facts are those of one fit, where it has fewer."""
    assert facts_of(ROWS, n_samples=2).n_samples == 2
    assert Facts().variance == Facts().target_scale == 1.0

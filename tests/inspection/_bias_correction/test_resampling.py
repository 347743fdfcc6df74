"""Are units drawn without replacement, and stay groups and classes whole?"""

from __future__ import annotations

import numpy as np

from skbayes.inspection._bias_correction.resampling import (
    Units,
    make_units,
    mean_over_folds,
)


def test_units_are_drawn_without_replacement():
    """Draws have as many units as a bootstrap has different ones, per stratum."""
    strata = np.repeat([0, 1], [100, 10])
    drawn = Units(np.arange(110), strata).draw(200, np.random.default_rng(0))
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert (drawn[:, :100].sum(axis=1) == 63).all()
    assert (drawn[:, 100:].sum(axis=1) == 6).all()
    assert len(np.unique(drawn, axis=0)) == 200


def make(y, groups=None, *, tests=None, has_classes=True):
    """Units of some targets, held out once each unless `tests` says otherwise."""
    tests = (np.arange(len(y)),) if tests is None else tuple(map(np.array, tests))
    rng = np.random.default_rng(0)
    return make_units(y, groups, tests, has_classes=has_classes, rng=rng)


def test_make_units_of_groups_are_the_groups():
    """The groups are those of held-out samples; names may be any."""
    groups = np.array(["z", "b", "z", "a", "b", "c"])
    units = make(np.zeros(6), groups, tests=[[0, 1, 2], [3, 2]])
    assert units.n_units == 3
    of = units.of_sample
    assert of[0] == of[2]
    assert len({of[0], of[1], of[3]}) == 3


def test_make_units_keeps_the_frequency_of_rare_classes():
    """A class is rare below 20 in a fold; numbers and many labels have no strata."""
    y = np.repeat(["a", "b"], [50, 39])
    units = make(y, tests=half_of(89))
    assert len(np.unique(units.strata)) == 2
    assert (units.strata[units.of_sample] == (y == "b")).all()
    assert not make(np.repeat([0, 1], [50, 40]), tests=half_of(90)).strata.any()
    assert not make(np.arange(9.0), has_classes=False).strata.any()
    assert not make(np.eye(3, dtype=int)).strata.any()


def half_of(n):
    """Two folds of equal size."""
    return [np.arange(0, n, 2), np.arange(1, n, 2)]


def test_make_units_joins_samples_at_random_where_there_are_many():
    """Beyond 5,000 samples there are 2,000 units, as equal in size as can be."""
    assert make(np.zeros(5000), has_classes=False).n_units == 5000
    units = make(np.zeros(5001), has_classes=False)
    assert units.n_units == 2000
    sizes = np.bincount(units.of_sample)
    assert set(sizes) == {2, 3}
    assert len(np.unique(units.of_sample[:100])) > 50


def test_units_sums_are_over_units_that_occur():
    """A loop over the rows gives the same; units of one sample are left as they are."""
    units = Units(np.array([2, 0, 2, 1, 0]), np.zeros(3, dtype=int))
    samples, terms = np.array([0, 1, 2, 4]), np.arange(8.0).reshape(4, 2)
    present, sums = units.sums(samples, terms)
    expected = {0: terms[1] + terms[3], 2: terms[0] + terms[2]}
    assert present.tolist() == [0, 2]
    np.testing.assert_array_equal(sums, [expected[0], expected[2]])
    present, sums = units.sums(np.array([2, 3]), terms[:2])
    assert present.tolist() == [2, 1]
    np.testing.assert_array_equal(sums, terms[:2])


def test_mean_over_folds_leaves_out_what_is_not_defined():
    """An infinite score is not defined; without any score the mean is NaN."""
    scores = np.array([[1.0, np.nan, np.inf], [3.0, 5.0, np.nan]])
    np.testing.assert_array_equal(mean_over_folds(scores), [2.0, 5.0, np.nan])
    assert np.isnan(mean_over_folds(np.empty((0, 1)))).all()


def test_units_are_drawn_within_each_of_several_strata():
    """Each stratum gives a share of 1 - 1/e, whatever their sizes and order."""
    strata = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [10, 30, 60]))
    drawn = Units(np.arange(100), strata).draw(20, np.random.default_rng(0))
    for stratum, n_drawn in [(0, 6), (1, 19), (2, 38)]:
        assert (drawn[:, strata == stratum].sum(axis=1) == n_drawn).all()

"""Is the mean of a partially evaluated candidate estimated well, and its variance?"""

import numpy as np
import pytest

from skbayes import _fold_model as fold_model
from skbayes._fold_model import (
    CHANCE_AGREEMENT,
    MAX_NEAREST,
    Differences,
    estimate_means,
)


def fold_table(rng, n=40, k=5, interaction=0.01):
    """Scores with interactions that candidates do not share."""
    candidate = rng.normal(0.8, 0.03, (n, 1))
    fold = rng.normal(0, 0.05, (1, k))
    return candidate + fold + rng.normal(0, interaction, (n, k))


def test_complete_rows_are_exact():
    """A complete candidate has its own mean and no variance."""
    table = fold_table(np.random.default_rng(0))
    estimate = estimate_means(table)
    np.testing.assert_array_equal(estimate.mean, table.mean(axis=1))
    assert not estimate.variance.any()


@pytest.mark.parametrize("n_run", [1, 2, 4])
def test_partial_means_have_the_folds_difficulty_taken_out(n_run):
    """Errors are what missing folds explain; what is stated is that at most twice.

    A difference of two candidates that have nothing in common varies twice as much as
    either, and that they have nothing in common is not known.
    """
    errors, stated = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        table = fold_table(rng)
        truth = table.mean(axis=1)
        table[-10:, rng.permutation(5)[n_run:]] = np.nan
        estimate = estimate_means(table)
        errors.extend((estimate.mean - truth)[-10:])
        stated.extend(estimate.variance[-10:])
    expected = 0.01**2 * (1 / n_run - 1 / 5)
    assert np.mean(np.square(errors)) == pytest.approx(expected, rel=0.35)
    assert 0.8 * expected < np.mean(stated) < 2 * expected


def test_fewer_than_three_complete_rows_use_the_additive_model():
    """Without interaction the additive model recovers missing folds exactly."""
    rng = np.random.default_rng(3)
    table = fold_table(rng, n=6, interaction=0.0)
    truth = table.mean(axis=1)
    table[2:, 3:] = np.nan
    estimate = estimate_means(table)
    np.testing.assert_allclose(estimate.mean, truth, atol=1e-6)
    np.testing.assert_allclose(estimate.variance, 0, atol=1e-10)


def test_a_single_fold_of_each_leaves_all_spread_open():
    """If no candidate has two folds, all spread may be interaction."""
    table = np.full((3, 3), np.nan)
    np.fill_diagonal(table, [0.1, 0.2, 0.3])
    estimate = estimate_means(table)
    assert np.isfinite(estimate.mean).all()
    np.testing.assert_allclose(estimate.variance, np.var([0.1, 0.2, 0.3]) * (1 - 1 / 3))


def test_neighbours_in_score_decide():
    """Fold effects are those of candidates about as good, not of hopeless ones."""
    rng = np.random.default_rng(0)
    effects = np.array([0.02, -0.02, 0.0])
    good = 0.9 + effects + rng.normal(0, 1e-4, (6, 3))
    bad = 0.2 - 5 * effects + rng.normal(0, 1e-4, (3, 3))
    partial = np.array([[0.92, np.nan, np.nan]])
    estimate = estimate_means(np.vstack([good, bad, partial]))
    assert estimate.mean[-1] == pytest.approx(0.9, abs=2e-3)


def test_the_candidate_that_scored_alike_decides():
    """Two that are as good on average may differ on a fold; it is not their mean."""
    alike = np.array([0.9, 0.7, 0.8])
    unlike = alike[::-1]
    others = np.array([[0.1, 0.3, 0.2], [0.3, 0.2, 0.1]])
    partial = np.array([[0.901, 0.701, np.nan]])
    estimate = estimate_means(np.vstack([alike, unlike, others, partial]))
    assert estimate.mean[-1] == pytest.approx(0.801, abs=1e-2)


def test_partial_candidates_tell_how_differences_vary():
    """The complete ones differ wildly on folds; those like the last one hardly."""
    rng = np.random.default_rng(0)
    complete = 0.5 + rng.normal(0, 0.2, (4, 5))
    partial = complete[0] - np.linspace(0.01, 0.02, 6)[:, None]
    partial += rng.normal(0, 1e-4, (6, 5))
    partial[:, 2:] = np.nan
    last = np.where(np.arange(5) < 1, partial[2], np.nan)
    alone = estimate_means(np.vstack([complete, last]))
    among_peers = estimate_means(np.vstack([complete, partial, last]))
    assert among_peers.variance[-1] < 1e-3 * alone.variance[-1]


def test_candidates_that_agree_exactly_have_no_variance():
    """A parameter that does nothing: no division by zero, and the mean is known."""
    table = np.tile([0.9, 0.7, 0.8], (5, 1))
    table[-1, 1:] = np.nan
    estimate = estimate_means(table)
    assert estimate.mean[-1] == pytest.approx(0.8)
    assert estimate.variance[-1] == 0


@pytest.mark.parametrize("max_pairs", [7, 1_000_000])
def test_many_partial_rows_are_estimated_as_the_formula_says(max_pairs, monkeypatch):
    """Each against every complete one on the folds that both have, in any portions."""
    monkeypatch.setattr(fold_model, "MAX_PAIRS", max_pairs)
    rng = np.random.default_rng(7)
    table = fold_table(rng, n=60, k=4, interaction=0.03)
    table[20:][rng.random((40, 4)) < 0.5] = np.nan
    table[np.isnan(table).all(axis=1), 0] = 0.8
    complete = table[~np.isnan(table).any(axis=1)]
    estimate = estimate_means(table)
    for i in np.flatnonzero(np.isnan(table).any(axis=1)):
        run = ~np.isnan(table[i])
        d = table[i, run] - complete[:, run]
        nearest = np.square(d).mean(axis=1).argmin()
        varies = Differences(table, complete[nearest]).variances_at
        v = varies(d[nearest].mean(keepdims=True))[0]
        weights = 1 / (np.square(d).mean(axis=1) + CHANCE_AGREEMENT * v)
        mean = np.average(complete.mean(axis=1) + d.mean(axis=1), weights=weights)
        assert estimate.mean[i] == pytest.approx(mean)
        assert estimate.variance[i] == pytest.approx(v * (1 / run.sum() - 1 / 4))


@pytest.mark.parametrize("n", [1, 2, 5, 40, 300])
def test_the_variance_is_that_of_the_nearest_candidates(n):
    """A third of them, three at least, and no more than can be afforded."""
    rng = np.random.default_rng(n)
    reference = rng.normal(size=4)
    table = reference + rng.normal(size=(n, 1)) + rng.normal(size=(n, 4))
    differences = table - reference
    n_nearest = min(n, max(3, -(-n // 3)), MAX_NEAREST)
    for at in [-9.0, -0.5, 0.1, 9.0]:
        distances = np.abs(differences.mean(axis=1) - at)
        nearest = np.argsort(distances)[:n_nearest]
        expected = np.median(differences[nearest].var(axis=1, ddof=1))
        found = Differences(table, reference).variances_at(np.array([at]))[0]
        assert found == pytest.approx(expected)

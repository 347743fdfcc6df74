"""Is the mean of a partially evaluated candidate estimated well, and its variance?"""

import numpy as np
import pytest

from skbayes import _partial_scores as partial_scores
from skbayes._partial_scores import Differences, estimate_means


def fold_table(rng, n=40, k=5, interaction=0.01):
    """Scores with interactions that candidates do not share."""
    candidate = rng.normal(0.8, 0.03, (n, 1))
    fold = rng.normal(0, 0.05, (1, k))
    return candidate + fold + rng.normal(0, interaction, (n, k))


def test_estimate_means_of_complete_rows_is_exact():
    """A complete candidate has its own mean and no variance."""
    table = fold_table(np.random.default_rng(0))
    estimate = estimate_means(table)
    np.testing.assert_array_equal(estimate.mean, table.mean(axis=1))
    assert not estimate.variance.any()


def calibration(make, n_complete, n_splits, n_run, n_tables=60):
    """Squared errors of ten partial rows over the variances stated for them."""
    errors, stated = [], []
    for seed in range(n_tables):
        rng = np.random.default_rng(seed)
        table = make(rng, n_complete + 10, n_splits)
        truth = table.mean(axis=1)
        for row in range(n_complete, len(table)):
            table[row, rng.permutation(n_splits)[n_run:]] = np.nan
        estimate = estimate_means(table)
        errors.append((estimate.mean - truth)[n_complete:])
        stated.append(estimate.variance[n_complete:])
    return np.square(errors).mean() / np.mean(stated)


@pytest.mark.parametrize(
    ("n_splits", "n_run"),
    [(3, 1), (3, 2), (5, 1), (5, 2), (5, 4), (10, 1), (10, 3), (10, 9)],
)
@pytest.mark.parametrize("n_complete", [12, 40])
def test_estimate_means_states_the_variance_of_its_errors(n_complete, n_splits, n_run):
    """The variance is neither too small nor large, however many folds are run.

    The candidates have nothing in common but the folds.
    """
    found = calibration(fold_table, n_complete, n_splits, n_run)
    assert 0.8 <= found <= 1.25


@pytest.mark.parametrize("n_run", [1, 3])
def test_estimate_means_variance_is_right_where_candidates_are_alike(n_run):
    """Candidates that scored alike on few folds did so by chance, which counts."""

    def make(rng, n, k):
        return 0.8 + rng.normal(0, 0.05, (1, k)) + rng.normal(0, 0.01, (n, k))

    assert 0.7 <= calibration(make, 40, 5, n_run) <= 1.25


@pytest.mark.parametrize("n_run", [2, 4])
def test_estimate_means_variance_is_right_where_bad_ones_vary_more(n_run):
    """Each candidate is judged by those about as good."""

    def make(rng, n, k):
        worse = rng.exponential(0.03, (n, 1))
        return -worse + (0.003 + 0.3 * worse) * rng.normal(size=(n, k))

    assert 0.7 <= calibration(make, 30, 5, n_run, n_tables=100) <= 1.4


@pytest.mark.parametrize("n_run", [1, 2, 4])
def test_estimate_means_variance_counts_uncertain_fold_effects(n_run):
    """The additive model has two complete rows: fold effects are uncertain, too."""
    found = calibration(fold_table, 2, 5, n_run, n_tables=150)
    assert 0.8 <= found <= 1.25


def steps(rng, n, k):
    """Accuracies on thirty samples: they tie, and differ by the same step in folds."""
    scores = fold_table(rng, n, k, interaction=0.02)
    return np.round(scores * 30) / 30


@pytest.mark.parametrize("n_run", [1, 2, 3])
@pytest.mark.parametrize("n_complete", [5, 8])
@pytest.mark.parametrize("n_splits", [5, 10])
def test_estimate_means_variance_is_right_for_steps(n_complete, n_splits, n_run):
    """Many differences of few complete rows are a step, but for rounding."""
    found = calibration(steps, n_complete, n_splits, n_run)
    assert 0.7 <= found <= 1.3


def test_estimate_means_variance_stays_with_rounding_errors():
    """A single error over the variance of rounding errors would be enormous."""
    for seed in range(300):
        table = steps(np.random.default_rng(seed), 9, 10)
        table[3:, 2:] = np.nan
        assert estimate_means(table).variance.max() <= np.nanvar(table) + 0.1


def test_estimate_means_uses_the_additive_model_below_three_rows():
    """Without interaction the additive model recovers missing folds exactly."""
    rng = np.random.default_rng(3)
    table = fold_table(rng, n=6, interaction=0.0)
    truth = table.mean(axis=1)
    table[2:, 3:] = np.nan
    estimate = estimate_means(table)
    np.testing.assert_allclose(estimate.mean, truth, atol=1e-6)
    np.testing.assert_allclose(estimate.variance, 0, atol=1e-10)


def test_estimate_means_of_single_folds_leaves_all_spread_open():
    """If no candidate has two folds, all spread may be interaction."""
    table = np.full((3, 3), np.nan)
    np.fill_diagonal(table, [0.1, 0.2, 0.3])
    estimate = estimate_means(table)
    np.testing.assert_allclose(estimate.mean, [0.1, 0.2, 0.3])
    np.testing.assert_allclose(estimate.variance, np.var([0.1, 0.2, 0.3]) * (1 - 1 / 3))


def test_estimate_means_follows_neighbours_in_score():
    """Fold effects are those of candidates about as good, not of bad ones."""
    rng = np.random.default_rng(0)
    effects = np.array([0.02, -0.02, 0.0])
    good = 0.9 + effects + rng.normal(0, 1e-4, (6, 3))
    bad = 0.2 - 5 * effects + rng.normal(0, 1e-4, (3, 3))
    partial = np.array([[0.92, np.nan, np.nan]])
    estimate = estimate_means(np.vstack([good, bad, partial]))
    assert estimate.mean[-1] == pytest.approx(0.9, abs=2e-3)


def test_estimate_means_follows_the_candidate_that_scored_alike():
    """Two candidates as good on average may differ on a fold."""
    alike = np.array([0.9, 0.7, 0.8])
    unlike = alike[::-1]
    others = np.array([[0.1, 0.3, 0.2], [0.3, 0.2, 0.1]])
    partial = np.array([[0.901, 0.701, np.nan]])
    estimate = estimate_means(np.vstack([alike, unlike, others, partial]))
    assert estimate.mean[-1] == pytest.approx(0.801, abs=1e-2)


def test_estimate_means_learns_from_partial_candidates():
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


def test_estimate_means_of_candidates_that_agree_has_no_variance():
    """A parameter does nothing: no division by zero, and the mean is known."""
    table = np.tile([0.9, 0.7, 0.8], (5, 1))
    table[-1, 1:] = np.nan
    estimate = estimate_means(table)
    assert estimate.mean[-1] == pytest.approx(0.8)
    assert estimate.variance[-1] == 0


@pytest.mark.parametrize("max_pairs", [7, 100])
def test_estimate_means_is_the_same_in_any_portions(max_pairs, monkeypatch):
    """The number of pairs in memory at once does not matter."""
    rng = np.random.default_rng(7)
    table = fold_table(rng, n=60, k=4, interaction=0.03)
    table[20:][rng.random((40, 4)) < 0.5] = np.nan
    table[np.isnan(table).all(axis=1), 0] = 0.8
    at_once = estimate_means(table)
    monkeypatch.setattr(partial_scores, "MAX_PAIRS", max_pairs)
    in_portions = estimate_means(table)
    np.testing.assert_allclose(in_portions.mean, at_once.mean, rtol=1e-12)
    np.testing.assert_allclose(in_portions.variance, at_once.variance, rtol=1e-12)


@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_differences_variances_at_is_that_of_differences(n_folds):
    """The true value is 1, also where a difference was seen on two folds only."""
    found = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        reference = rng.normal(size=5)
        table = reference + rng.normal(size=(90, 5)) + 3 * rng.normal(size=(90, 1))
        table[:, n_folds:] = np.nan
        found.append(Differences(table, reference).variances_at(np.zeros(1))[0])
    assert np.mean(found) == pytest.approx(1.0, abs=0.08)


@pytest.mark.parametrize("n", [1, 2, 5, 40, 300])
def test_differences_variances_at_looks_at_the_nearest(n):
    """Candidates near the reference vary by 1, and those elsewhere by 100."""
    rng = np.random.default_rng(n)
    far = 5.0 * np.arange(n)[:, None]
    scale = np.where(np.arange(n) < max(3, -(-n // 3)), 1.0, 100.0)[:, None]
    wiggle = np.array([1.0, -1.0, 1.0, -1.0]) * np.sqrt(3 / 4)  # sample variance 1
    order = rng.permutation(n)
    table = (far + scale * wiggle)[order]
    found = Differences(table, np.zeros(4)).variances_at(np.array([0.0]))[0]
    n_nearest = min(n, max(3, -(-n // 3)), 30)
    usual = np.median(rng.chisquare(3, (100_000, n_nearest)) / 3, axis=1).mean()
    assert found == pytest.approx(1.0 / usual, rel=0.01)

"""Is a score that is high by luck told from one that is high in truth?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes.search import GridSearchCV
from skbayes.selection import BestPosteriorMean
from skbayes.selection._posterior_mean import space_of, variance_of_means
from tests.selection.tables import table


def test_best_posterior_mean_is_no_lucky_outlier():
    """One high score among worse neighbours is luck; the top of a hill is not."""
    rng = np.random.default_rng(0)
    C = np.logspace(-3, 3, 25)
    truth = 0.9 - 0.05 * np.log10(C / 10) ** 2
    scores = truth[:, None] + 0.01 * rng.standard_normal((25, 5))
    scores[4] = 0.6 + np.array([0.8, 0.0, 0.0, 0.9, 0.0])
    params = [{"C": float(c)} for c in C]
    results = table(scores, params)
    assert np.argmax(scores.mean(axis=1)) == 4
    chosen = C[BestPosteriorMean()(results)]
    assert 2 < chosen < 50


def test_variance_of_means_counts_folds_that_differ():
    """A candidate's own folds and what is usual count; effects of folds do not."""
    rng = np.random.default_rng(0)
    scores = 0.9 + np.arange(5) / 10 + 0.01 * rng.standard_normal((40, 5))
    scores[7] += [0.2, -0.2, 0.2, -0.2, 0.0]
    variance = variance_of_means(scores)
    assert np.argmax(variance) == 7
    usual = np.delete(variance, 7)
    factor = 1 / 5 + 1 / 4  # Nadeau and Bengio (2003): 1/J + n_test/n_train
    assert usual.mean() == pytest.approx(0.01**2 * factor, rel=0.3)
    assert variance[7] == pytest.approx(0.04 * 4 / 8 * factor, rel=0.2)
    assert (variance_of_means(scores[:, :1]) == 0.0).all()


def test_best_posterior_mean_models_branches_and_categories():
    """Tables of several dicts, of categories and of constants are modelled too."""
    X, y = load_iris(return_X_y=True)
    grid = [
        {"kernel": ["linear"], "C": [0.1, 1, 10]},
        {"kernel": ["rbf"], "C": [0.1, 1, 10], "gamma": ["scale", 0.001, 1.0]},
    ]
    search = GridSearchCV(SVC(), grid, refit=BestPosteriorMean()).fit(X, y)
    assert search.cv_results_["mean_test_score"][search.best_index_] > 0.95


@pytest.mark.parametrize("scores", [[[0.5, 0.5]] * 4, [[0.5, 0.6]] * 2])
def test_best_posterior_mean_does_without_a_model(scores):
    """Equal scores and too few of them leave the first of the best."""
    params = [{"C": float(c)} for c in range(len(scores))]
    assert BestPosteriorMean()(table(scores, params)) == 0


def test_best_posterior_mean_models_numbers_beside_an_odd_value():
    """None among numbers makes no categories of them: a lucky one is seen."""
    rng = np.random.default_rng(0)
    values = [float(v) for v in np.linspace(0.0, 1.0, 30)]
    scores = np.array([-4 * (v - 0.5) ** 2 for v in values])[:, None]
    scores = scores + 0.02 * rng.normal(size=(30, 3))
    scores[2] += [3.9, 0.0, 0.0]  # by luck: two folds and neighbours say so
    params = [{"x": v} for v in values]
    chosen = BestPosteriorMean()(table(scores, params))
    assert 0.3 < values[chosen] < 0.7
    beside = table(np.vstack([scores, [[-3.0] * 3]]), [*params, {"x": None}])
    assert BestPosteriorMean()(beside) == chosen
    best = table(np.vstack([scores, [[3.0] * 3]]), [*params, {"x": None}])
    assert BestPosteriorMean()(best) == 30


def test_space_of_has_one_dict_for_each_set_of_names():
    """The candidates' order is kept; numbers are an axis, other values choices."""
    candidates = [
        {"kind": "b", "C": 10.0},
        {"C": 0.1},
        {"C": 1.0, "kind": "a"},
        {"C": 1.0},
        {"kind": None, "C": 1.0},
    ]
    space = space_of(candidates)
    assert space.n_branches == 2
    assert space.encode(candidates)[:, 0].tolist() == [0, 1, 0, 1, 0]
    columns = {c.name: c.dimension for c in space.columns[1:]}
    assert columns["C"].is_logarithmic
    assert set(columns["kind"].choices) == {"a", "b", None}
    assert all(map(space.contains, candidates))


def test_space_of_keeps_types_apart():
    """1, 1.0 and True are three values, and NaN is one."""
    space = space_of([{"a": v} for v in (1, 1.0, True, np.nan, float("nan"))])
    assert space.cardinality == 4


def test_variance_of_means_of_equal_scores_is_nil():
    """A shift of a candidate or of a fold is no noise."""
    scores = np.add.outer([0.0, 1.0, 5.0], [0.25, -0.5, 0.25])
    np.testing.assert_allclose(variance_of_means(scores), 0.0, atol=1e-30)
    assert (variance_of_means(scores[:1]) == 0.0).all()


def test_variance_of_means_grows_with_the_share_held_out():
    """The variance grows as 1/J + share / (1 - share)."""
    scores = np.random.default_rng(0).normal(size=(6, 4))
    usual, half = (variance_of_means(scores, share) for share in (None, 0.5))
    np.testing.assert_allclose(half / usual, (1 / 4 + 1) / (1 / 4 + 1 / 3))

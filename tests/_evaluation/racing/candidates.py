"""Candidates with given fold scores, as a race sees them."""

from __future__ import annotations

import numpy as np

from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._protocol import FoldResult, Trial

N_SPLITS = 5


EFFECTS = np.array([0.3, -0.2, 0.1, 0.0, -0.2])


def table_of(means, noise=0.01, seed=0):
    """Fold scores of candidates: their means, what folds add, and some noise."""
    interaction = np.random.default_rng(seed).normal(size=(len(means), N_SPLITS))
    interaction -= interaction.mean(axis=1, keepdims=True)
    return np.asarray(means)[:, None] + EFFECTS + noise * interaction


def partial(scores, n_run):
    """The first folds of a candidate."""
    out = np.full(N_SPLITS, np.nan)
    out[:n_run] = scores[:n_run]
    return out


def earlier_of(complete, stopped=()):
    """EarlierScores with these fold scores."""
    return EarlierScores(np.array(complete), np.reshape(stopped, (-1, N_SPLITS)))


def results_of(scores):
    """What was run of a candidate, as the loop hands it over."""
    return {
        k: FoldResult(k, {"score": score})
        for k, score in enumerate(scores)
        if not np.isnan(score)
    }


def trial_of(index, scores, status):
    """A trial with these fold scores."""
    folds = tuple(results_of(scores).values())
    return Trial(index, {"x": index}, N_SPLITS, folds, status)

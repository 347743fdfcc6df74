"""How sure is a mean of paired differences?"""

from __future__ import annotations

import numpy as np
from scipy.stats import studentized_range

N_RESAMPLES = 4000


def _groups(d: np.ndarray, tasks: np.ndarray) -> list[np.ndarray]:
    return [d[tasks == task] for task in np.unique(tasks)]


def _resampled_means(rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
    draws = rng.integers(len(group), size=(N_RESAMPLES, len(group)))
    return group[draws].mean(axis=1)


def _interval(means: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def bootstrap_over_seeds(d: np.ndarray, tasks: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean over tasks of differences; the tasks are given.

    Parameters
    ----------
    d : array of shape (n_pairs,)
    tasks : array of shape (n_pairs,)
        Task of each pair.

    Returns
    -------
    tuple of float
        NaN where a task has fewer than three seeds, which say nothing of their spread.
    """
    rng = np.random.default_rng(0)
    groups = _groups(d, tasks)
    if min(len(group) for group in groups) < 3:
        return np.nan, np.nan
    return _interval(np.mean([_resampled_means(rng, g) for g in groups], axis=0))


def bootstrap_over_tasks(d: np.ndarray, tasks: np.ndarray) -> tuple[float, float]:
    """The same, where the tasks are a sample of tasks too."""
    rng = np.random.default_rng(0)
    means = np.array([_resampled_means(rng, g) for g in _groups(d, tasks)])
    picks = rng.integers(len(means), size=(N_RESAMPLES, len(means)))
    return _interval(means[picks, np.arange(N_RESAMPLES)[:, None]].mean(axis=1))


def nemenyi_distance(n_methods: int, n_tasks: int) -> float:
    """Critical difference of mean ranks at 5 % (Demsar 2006, section 3.2.2)."""
    q = studentized_range.ppf(0.95, n_methods, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(n_methods * (n_methods + 1) / (6 * n_tasks)))

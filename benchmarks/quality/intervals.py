"""How sure is a mean of paired differences?

Pairs of task and seed are not always independent: of old runs, those of one seed
shared an initial design between the tasks. Each pair has the name of its design; pairs
of one design are one cluster, and spreads are those of the clusters.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import studentized_range, t

Interval = tuple[float, float]


def _contributions(d: np.ndarray, tasks: np.ndarray) -> np.ndarray:
    """Part of each pair in the mean over tasks of the mean over seeds, centred."""
    _, index, n_seeds = np.unique(tasks, return_inverse=True, return_counts=True)
    means = np.bincount(index, weights=d) / n_seeds
    return (d - means[index]) / (n_seeds[index] * len(n_seeds))


def _variance(parts: np.ndarray, designs: np.ndarray) -> tuple[float, int]:
    """Variance of a sum of parts that are independent between designs, and its df."""
    names, index = np.unique(designs, return_inverse=True)
    sums = np.bincount(index, weights=parts)
    n = len(names)
    return n / max(n - 1, 1) * float(np.sum((sums - sums.mean()) ** 2)), n - 1


def _strata(tasks: np.ndarray, designs: np.ndarray) -> np.ndarray:
    """Designs are drawn within a task; those that tasks share, once for all tasks."""
    shared = {
        name for name in np.unique(designs) if len(set(tasks[designs == name])) > 1
    }
    pairs = zip(tasks, designs, strict=True)
    return np.array(["" if design in shared else task for task, design in pairs])


def _over_designs(
    d: np.ndarray, tasks: np.ndarray, designs: np.ndarray
) -> list[tuple[float, int]]:
    """Variance and df of each stratum; they add up."""
    parts = _contributions(d, tasks)
    strata = _strata(tasks, designs)
    masks = [strata == stratum for stratum in np.unique(strata)]
    return [_variance(parts[mask], designs[mask]) for mask in masks]


def _mean(d: np.ndarray, tasks: np.ndarray) -> float:
    return float(np.mean([d[tasks == task].mean() for task in np.unique(tasks)]))


def _interval(mean: float, terms: list[tuple[float, int]]) -> Interval:
    """95 % interval by Student's t, degrees of freedom after Satterthwaite."""
    variance = sum(v for v, _ in terms)
    if variance == 0.0:
        return mean, mean
    df = variance**2 / sum(v**2 / max(k, 1) for v, k in terms)
    half = float(t.ppf(0.975, df)) * float(np.sqrt(variance))
    return mean - half, mean + half


def interval_on_these_tasks(
    d: np.ndarray, tasks: np.ndarray, designs: np.ndarray
) -> Interval:
    """95 % interval of the mean over tasks of differences; the tasks are given.

    Parameters
    ----------
    d : array of shape (n_pairs,)
    tasks, designs : array of str of shape (n_pairs,)
        Task and design of each pair.

    Returns
    -------
    tuple of float
        NaN where some designs are alone in their stratum: one says nothing of spread.
    """
    terms = _over_designs(d, tasks, designs)
    if any(df < 1 for _, df in terms):
        return np.nan, np.nan
    return _interval(_mean(d, tasks), terms)


def interval_on_this_kind(
    d: np.ndarray, tasks: np.ndarray, designs: np.ndarray
) -> Interval:
    """The same, where the tasks are a sample of tasks too.

    What tasks have in common by a shared design is added to the spread of their means.
    What is not sure of these tasks is not sure of their kind: this interval covers the
    one on these tasks, which few seeds may make the wider one.
    """
    names = np.unique(tasks)
    if len(names) < 2:
        return np.nan, np.nan
    means = np.array([d[tasks == task].mean() for task in names])
    terms = [(float(means.var(ddof=1)) / len(means), len(means) - 1)]
    strata = _strata(tasks, designs)
    common = strata == ""
    if common.any() and len(set(designs[common])) > 1:
        parts = _contributions(d, tasks)
        variance, df = _variance(parts[common], designs[common])
        alone = float(np.sum(parts[common] ** 2)) * (df + 1) / df
        terms.append((max(variance - alone, 0.0), df))
    bounds = _interval(_mean(d, tasks), terms)
    narrower = interval_on_these_tasks(d, tasks, designs)
    lows, highs = zip(bounds, narrower, strict=True)
    return float(np.nanmin(lows)), float(np.nanmax(highs))


def nemenyi_distance(n_methods: int, n_tasks: int) -> float:
    """Critical difference of mean ranks at 5 % (Demsar 2006, section 3.2.2)."""
    q = studentized_range.ppf(0.95, n_methods, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(n_methods * (n_methods + 1) / (6 * n_tasks)))

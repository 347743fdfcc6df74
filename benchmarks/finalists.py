"""Do repeats of the finalists' cross-validation give a better winner, at equal fits?

Simulated: candidates have a true score, and a fold shows it with noise. A share of the
noise belongs to the data set and is the same in every repeat, so that repeats do not
reduce it. ``RandomSearchCV(racing=True, n_repeats_finalists=3)`` is compared with three
searches over the same stream of candidates: one that does not race, one that races, and
one that races and spends, as nearly as possible, as many fits on further candidates.
The result is the rise of the winner's true score, in standard deviations of the
candidates' true scores, with the 95 % interval of the mean over seeds.

``--real`` compares the same searches on samples of 300 digits and of simulated classes,
with an SVC and a tree; the truth is the score on all other samples after the refit.

Expected, and reported by the exit status: with simulated scores, over all noises, the
true score rises against the search without racing, which takes more fits, with an
interval clear of zero; it is not lower than with further candidates at equal fits.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from typing import Any

import numpy as np
from _report import write
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_digits, make_classification
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from skbayes import RandomSearchCV

N_ITER, N_SPLITS, N_REPEATS = 50, 5, 3
#: Standard deviation of a fold's noise, in standard deviations of the true scores.
NOISES = (0.5, 1.0, 2.0)
#: Share of the variance of a mean over the folds that is the same in every repeat.
FIXED_SHARE = 0.3
LOG = "log-uniform"


class Simulated(RegressorMixin, BaseEstimator):
    """Scores its true quality with noise that depends on the fold and on the seed."""

    def __init__(self, u=0.5, seed=0, noise=1.0):
        self.u = u
        self.seed = seed
        self.noise = noise

    def fit(self, X, y=None):
        """Nothing is learned."""
        return self

    def truth(self):
        """Score on all data there could be: skewed, as in real searches."""
        return -np.sqrt(-2.0 * np.log(self.u))

    def score(self, X, y=None):
        """Truth, the fold's own difficulty, and what the two have together."""
        own = int(self.u * 2**52)
        data = np.random.default_rng([self.seed, own, 1]).normal()
        fold = [self.seed, *np.sort(X[:, 0]).astype(int)[:12].tolist()]
        hard = np.random.default_rng([*fold, 2]).normal()
        mixed = np.random.default_rng([*fold, own, 3]).normal()
        fixed = np.sqrt(FIXED_SHARE / N_SPLITS) * data
        free = np.sqrt(1.0 - FIXED_SHARE) * mixed
        return self.truth() + SD * self.noise * (fixed + free + hard)


#: Standard deviation of the true scores of candidates drawn at random.
SD = float(np.std(-np.sqrt(-2.0 * np.log((np.arange(10_000) + 0.5) / 10_000))))


class FitLimit:
    """Ends a search when it has run so many folds."""

    def __init__(self, n_folds):
        self.n_folds = n_folds

    def __call__(self, progress):
        """Whether there are enough."""
        return progress.n_folds_done >= self.n_folds


def n_fits(search):
    """Folds that a search has run, those of repeats too."""
    return sum(len(t.folds) + len(t.repeats) for t in search.trials_)


def searches(estimator, space, cv, data, seed):
    """The four ways: name -> fitted search."""

    def fitted(n_iter=N_ITER, **settings):
        search = RandomSearchCV(
            estimator, space, n_iter=n_iter, cv=cv, random_state=seed, **settings
        )
        return search.fit(*data)

    finals = fitted(racing=True, n_repeats_finalists=N_REPEATS)
    limit = [FitLimit(n_fits(finals))]
    return {
        "not raced": fitted(),
        "raced": fitted(racing=True),
        "further candidates": fitted(20 * N_ITER, racing=True, callbacks=limit),
        "finalists": finals,
    }


def simulated(noise, seed):
    """True score of the winner, and fits, of each way on simulated scores."""
    X = np.arange(200.0).reshape(-1, 1)
    cv = KFold(N_SPLITS, shuffle=True, random_state=seed)
    space = {"u": (1e-9, 1.0, "uniform")}
    found = searches(Simulated(seed=seed, noise=noise), space, cv, (X, X[:, 0]), seed)
    return {k: (s.best_estimator_.truth() / SD, n_fits(s)) for k, s in found.items()}


REAL = {
    "digits, SVC": (
        load_digits(return_X_y=True),
        SVC(),
        {"C": (1e-1, 1e3, LOG), "gamma": (1e-5, 1e-2, LOG)},
    ),
    "classes, tree": (
        make_classification(3000, 20, n_informative=6, flip_y=0.1, random_state=0),
        DecisionTreeClassifier(random_state=0),
        {
            "max_depth": list(range(1, 20)),
            "min_samples_leaf": list(range(1, 40)),
            "max_features": (0.1, 1.0, "uniform"),
        },
    ),
}


def real(name, seed):
    """Score of the refitted winner on what was not searched on, and fits."""
    (X, y), estimator, space = REAL[name]
    order = np.random.default_rng(seed).permutation(len(y))
    rows, others = order[:300], order[300:]
    cv = StratifiedKFold(N_SPLITS, shuffle=True, random_state=seed)
    found = searches(estimator, space, cv, (X[rows], y[rows]), seed)
    return {k: (s.score(X[others], y[others]), n_fits(s)) for k, s in found.items()}


def compared(rows: list[dict[str, tuple[float, int]]]) -> dict[str, Any]:
    """How much the winner of the search with finalists is better, against each."""
    out: dict[str, Any] = {}
    for name in ("not raced", "raced", "further candidates"):
        gains = np.array([row["finalists"][0] - row[name][0] for row in rows])
        half = 1.96 * gains.std(ddof=1) / np.sqrt(len(gains))
        fits = np.mean([row["finalists"][1] / row[name][1] for row in rows])
        out[name] = {
            "rise": float(gains.mean()),
            "interval": [float(gains.mean() - half), float(gains.mean() + half)],
            "share_of_fits": float(fits),
        }
    return out


def tell(title, results):
    """Print the comparison of one kind."""
    print(title)
    for name, one in results.items():
        low, high = one["interval"]
        print(
            f"  against {name:18} {one['rise']:+.4f} [{low:+.4f}, {high:+.4f}], "
            f"{one['share_of_fits']:.0%} of its fits",
            flush=True,
        )


def main():
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    results, everything = {}, []
    with threadpool_limits(1):
        for noise in NOISES:
            title = f"simulated, noise {noise}"
            rows = [simulated(noise, seed) for seed in seeds]
            everything += rows
            results[title] = compared(rows)
            tell(title, results[title])
        results["simulated"] = compared(everything)
        tell("simulated, all", results["simulated"])
        for name in REAL if options.real else ():
            results[name] = compared([real(name, seed) for seed in seeds])
            tell(name, results[name])
    write(options.json, __doc__.splitlines()[0], results)
    found = results["simulated"]
    is_higher = found["not raced"]["interval"][0] > 0.0
    is_no_lower = found["further candidates"]["interval"][1] > 0.0
    return 0 if is_higher and is_no_lower else 1


if __name__ == "__main__":
    sys.exit(main())

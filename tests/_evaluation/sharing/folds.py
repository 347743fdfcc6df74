"""Folds run with and without shared work, as a search in this process runs them."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.model_selection import ParameterGrid, StratifiedKFold

from skbayes._evaluation.fold.evaluation import Evaluation, FoldSettings
from skbayes._evaluation.fold.fit_and_score import run_fold
from skbayes._evaluation.sharing.plan import SharingPlan
from skbayes._evaluation.sharing.store import STORES

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 8))
y = (X[:, 0] + 0.7 * X[:, 3] + 0.5 * rng.normal(size=120) > 0).astype(int)
SPLITS = list(StratifiedKFold(2).split(X, y))


@dataclass
class Run:
    """Scores by candidate and fold, and the store that was used."""

    scores: list
    store: object


def run(estimator, grid, *, shares, X=X, scoring="roc_auc", train=True):
    """Run all folds of a grid, largest sizes first where there are paths."""
    settings = FoldSettings(
        estimator,
        check_scoring(estimator, scoring),
        {},
        {},
        return_train_score=train,
        error_score="raise",
        kept_scorer=check_scoring(estimator, "accuracy"),
    )
    plan = SharingPlan(estimator)
    evaluation = Evaluation(X, y, SPLITS, settings, plan if shares else None)
    candidates = sorted(ParameterGrid(grid), key=lambda p: plan.group(p)[2])
    results = []
    try:
        with STORES.use(plan.fold({}, 0).search, 2**20, 0) as store:
            for params in candidates:
                for fold in range(len(SPLITS)):
                    result = run_fold(*evaluation.arguments(params, fold, None))
                    results.append(
                        (
                            dict(result.test_scores),
                            result.train_scores and dict(result.train_scores),
                            np.asarray(result.predictions).tolist(),
                        )
                    )
    finally:
        plan.release()
    return Run(results, store)


def check_equal(estimator, grid, **settings):
    """Scores and predictions are equal to the last bit: the store of the shared run."""
    plain = run(estimator, grid, shares=False, **settings)
    shared = run(estimator, grid, shares=True, **settings)
    assert shared.scores == plain.scores
    return shared.store


def n_fits(estimator):
    """A copy of an estimator class that counts its fits, and the count."""
    fits = []

    class Counting(type(estimator)):
        def fit(self, X, y, sample_weight=None, check_input=True):
            fits.append(1)
            return super().fit(X, y, sample_weight, check_input)

    return Counting(**estimator.get_params(deep=False)), fits

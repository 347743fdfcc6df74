"""Definition of a task: an estimator, its data, its score and its search space.

Each task is cross-validated for real on fixed folds with fixed seeds, so that one
configuration has one score. Strings that begin with ``@`` stand for objects
(pipeline steps), which no results file could hold. Tasks that are `held_out` are
reported but are not for tuning an engine on.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from . import datasets
from .spaces import Choice, FlatSpace, Space, choice

N_FOLDS = 5

SCALERS = {
    "@standard": StandardScaler(),
    "@minmax": MinMaxScaler(),
    "@robust": RobustScaler(),
    "@power": PowerTransformer(),
    "@quantile": QuantileTransformer(n_quantiles=50),
}


@dataclass(frozen=True)
class Task:
    """An estimator to be tuned on given data.

    Attributes
    ----------
    name : str
    build : callable
        Makes the estimator.
    data : callable
        Makes (X, y).
    scoring : str
        scikit-learn's name of the score, greater is better.
    space : tuple of branches
    objects : mapping of str to object
        What the strings beginning with ``@`` stand for.
    held_out : bool
    floor : float
        The score of a fold whose fit diverges, and of any that is worse.
    suite : {"standard", "wide"}
        What the task is compared with: results of suites are told apart.
    needs : tuple of str
        Packages beside scikit-learn that the estimator or the data need.
    """

    name: str
    build: Callable[[], BaseEstimator]
    data: Callable[[], datasets.Data]
    scoring: str
    space: Space
    objects: Mapping[str, Any] = field(default_factory=dict)
    held_out: bool = False
    floor: float = -np.inf
    suite: str = "standard"
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """The packages it needs that are not installed."""
        return [name for name in self.needs if find_spec(name) is None]

    @property
    def flat(self) -> FlatSpace:
        """The space for libraries that know no branches."""
        return FlatSpace(self.space)

    def real_value(self, value: Any) -> Any:
        """The object that a string stands for, any other value itself."""
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        found = self.objects[value]
        return clone(found) if isinstance(found, BaseEstimator) else found

    def folds(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The same five splits for everybody."""
        X, y = self.data()
        kind = StratifiedKFold if is_classifier(self.build()) else KFold
        return list(kind(N_FOLDS, shuffle=True, random_state=0).split(X, y))

    def evaluator(self) -> Callable[[Mapping[str, Any]], list[float]]:
        """A function from parameters to the scores of the five folds."""
        X, y = self.data()
        folds = self.folds()
        failed = self.floor if np.isfinite(self.floor) else "raise"

        def evaluate(params: Mapping[str, Any]) -> list[float]:
            values = {name: self.real_value(value) for name, value in params.items()}
            estimator = self.build().set_params(**values)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    scores = cross_val_score(
                        estimator,
                        X,
                        y,
                        cv=folds,
                        scoring=self.scoring,
                        error_score=failed,
                    )
                except ValueError:  # scikit-learn's word for "all fits failed"
                    if failed == "raise":
                        raise
                    scores = np.full(len(folds), failed)
            return [max(float(score), self.floor) for score in scores]

        return evaluate


def pipeline(**steps: Any) -> Callable[[], Pipeline]:
    """What makes a pipeline of these steps."""
    return lambda: Pipeline([(name, clone(step)) for name, step in steps.items()])


def scaler(*names: str) -> Choice:
    """Choice of these scalers or none."""
    return choice(*names, "passthrough")

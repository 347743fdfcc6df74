"""A search in MLflow: one run, a child run for each candidate, a table of results."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from skbayes._evaluation.trials_frame import column_order, trial_row, trials_frame
from skbayes._protocol import Trial
from skbayes._search_progress import SearchProgress
from skbayes._short_text import cut
from skbayes._split_columns import is_split_column

__all__ = ["MLflowRuns"]

#: Characters of a parameter's value that every store of MLflow accepts.
_LONGEST_VALUE = 500


class MLflowRuns:
    """Log a search to MLflow as it logs scikit-learn's searches, while it runs.

    A callback. It uses the open run, or starts a new one, for the search; every
    candidate is a child run with its parameters and scores. At the end the search's run
    gets ``best_cv_score``, ``best_<parameter>`` and the table ``cv_results.csv``.

    Parameters
    ----------
    run_name : str, default=None
        Name of the run that is started if none is open. None: MLflow chooses one.

    Raises
    ------
    ImportError
        If MLflow is not installed.

    Notes
    -----
    Fits of folds are not logged by ``mlflow.autolog``, with this callback or without;
    the refit is. To have both in one run, open it::

        with mlflow.start_run():
            search.fit(X, y)

    Examples
    --------
    ::

        BayesSearchCV(..., callbacks=[MLflowRuns()]).fit(X, y)
    """

    def __init__(self, run_name: str | None = None) -> None:
        _mlflow()
        self.run_name = run_name
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._parent: Any = None
        self._is_own = False
        self._children: dict[int, str] = {}
        self._trials: dict[int, Trial] = {}
        self._last: SearchProgress | None = None

    def __call__(self, progress: SearchProgress) -> None:
        """Log the trial that has ended."""
        mlflow = _mlflow()
        if self._last is not None and progress.n_done < self._last.n_done:
            self.on_search_end()
        if self._parent is None:
            self._parent = mlflow.active_run()
            self._is_own = self._parent is None
            if self._is_own:
                self._parent = mlflow.start_run(run_name=self.run_name)
        self._last = progress
        self._trials[progress.trial.index] = progress.trial
        self._log_child(mlflow, progress.trial)

    def on_search_end(self) -> None:
        """Log the result, and end the run if this callback started it."""
        if self._parent is None or self._last is None:
            return
        mlflow = _mlflow()
        client = mlflow.MlflowClient()
        run_id = self._parent.info.run_id
        try:
            if math.isfinite(self._last.best_score):
                client.log_metric(run_id, "best_cv_score", self._last.best_score)
            for name, value in (self._last.best_params or {}).items():
                client.log_param(run_id, f"best_{name}", _value(value))
            rows = [trial_row(trial) for _, trial in sorted(self._trials.items())]
            table = trials_frame(rows, column_order(rows)).to_csv(index=False)
            client.log_text(run_id, table, "cv_results.csv")
        finally:
            if self._is_own:
                mlflow.end_run()
            self._begin_anew()

    def _log_child(self, mlflow: Any, trial: Trial) -> None:
        """Write a trial as a run; a trial that ends twice, after racing, is updated."""
        from mlflow.entities import Metric, Param, RunTag

        client = mlflow.MlflowClient()
        info = self._parent.info
        if trial.index not in self._children:
            child = client.create_run(
                info.experiment_id,
                tags={"mlflow.parentRunId": info.run_id},
                run_name=f"candidate {trial.index}",
            )
            self._children[trial.index] = child.info.run_id
            params = [
                Param(name, _value(value)) for name, value in trial.params.items()
            ]
            client.log_batch(child.info.run_id, params=params)
        run_id = self._children[trial.index]
        now = int(_time_of(trial) * 1000)
        metrics = [
            Metric(name, value, now, 0) for name, value in _metrics_of(trial).items()
        ]
        tags = [RunTag("skbayes.status", str(trial.status))]
        client.log_batch(run_id, metrics=metrics, tags=tags)
        status = "FAILED" if trial.status == "failed" else "FINISHED"
        client.set_terminated(run_id, status=status)

    def __repr__(self) -> str:
        return f"MLflowRuns(run_name={self.run_name!r})"

    def __getstate__(self) -> dict[str, Any]:
        # Open runs belong to this object; a copy opens its own.
        return {"run_name": self.run_name}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


def _time_of(trial: Trial) -> float:
    """When a trial ended, in seconds since 1970."""
    written = [fold.written for fold in trial.folds if fold.written is not None]
    return max(written, default=time.time())


def _metrics_of(trial: Trial) -> dict[str, float]:
    """Finite numbers of a trial, under their names in ``cv_results_``."""
    row = trial_row(trial)
    numbers = {
        name: float(value)
        for name, value in row.items()
        if (is_split_column(name) or name.startswith("mean_")) and value is not None
    }
    for metric in dict.fromkeys(m for fold in trial.folds for m in fold.test_scores):
        numbers[f"std_test_{metric}"] = float(np.std(trial.scores(metric)))
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


def _value(value: Any) -> str:
    return cut(str(value), _LONGEST_VALUE)


def _mlflow() -> Any:
    try:
        import mlflow
    except ImportError as error:
        raise ImportError(
            "MLflowRuns logs to MLflow, which is not installed. Install mlflow."
        ) from error
    return mlflow

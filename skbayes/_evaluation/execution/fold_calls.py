"""The call that runs a fold on a worker: parts shared by all folds, and its own.

Data, folds and settings are sent to each worker once and referred to afterwards; only
the candidate's parameters are sent with each fold.
"""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

from skbayes._compat import with_configuration
from skbayes._evaluation.execution.executor import Task
from skbayes._evaluation.execution.remote_fold import (
    run_fold_in_time,
    run_remotely,
    versions,
)
from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._joblib.pickling import Pickled, pack
from skbayes._joblib.pool import Call, Pool


class FoldCalls:
    """Makes the calls that run folds on a pool's workers.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds and settings.
    pool : Pool
        The workers.
    """

    def __init__(self, evaluation: Evaluation, pool: Pool) -> None:
        self._evaluation = evaluation
        self._pool = pool
        # scikit-learn's configuration is per thread: workers would have the default.
        self._run_fold = with_configuration(run_fold_in_time)
        self._versions = versions()
        self._search: Pickled | None = None

    def call(self, task: Task, report: Path | None) -> Call:
        """Function, arguments and keyword arguments, in joblib's form.

        Raises
        ------
        PicklingError
            If workers are processes and a part of the fold cannot be pickled.
        """
        # A deadline is a time of the monotonic clock, which other machines do not
        # share.
        deadline = task.deadline if self._pool.is_on_this_machine else None
        if self._pool.shares_memory:
            arguments = task.arguments(self._evaluation)
            return self._run_fold, arguments, {"deadline": deadline}
        try:
            return run_remotely, self._arguments(task, report, deadline), {}
        except pickle.PicklingError as error:
            self._explain(error)
            raise

    def _arguments(
        self, task: Task, report: Path | None, deadline: float | None
    ) -> tuple[Any, ...]:
        if self._search is None:
            settings = self._evaluation.settings
            if not self._pool.is_on_this_machine:
                # Elsewhere modules are installed in other ways: their code is no other.
                settings = replace(settings, known_code=None)
            self._search = pack((self._run_fold, settings))
        # Packed once: pickling the settings anew for each fold would cost more than
        # many a fit.
        train, test = self._evaluation.split(task.fold)
        shared = (self._evaluation.X, self._evaluation.y, train, test, self._search)
        path = None if report is None else str(report)
        work = self._evaluation.shared(task.params, task.fold)
        own = pack(
            (task.params, task.fold, task.context, work, task.segment, path, deadline)
        )
        return (*map(self._pool.share, shared), own, self._versions)

    def _explain(self, error: BaseException) -> None:
        """Add a note to the error that lists the objects sent to workers."""
        error.add_note(
            "Worker processes get pickles of the estimator "
            f"{self._evaluation.settings.estimator!r}, a candidate's parameters, "
            "the scorer, the arguments of fit, and the data. If pickle cannot write "
            "one of them, use n_jobs=1, or threads: "
            'joblib.parallel_config("threading").'
        )

"""The task tree of scikit-learn's callbacks: root, search, folds, refit.

Without callbacks, or with scikit-learn < 1.9, which has none, no tree is built.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from skbayes._compat import has_callbacks, root_context


class CallbackTree:
    """The callback contexts of one `fit`.

    Parameters
    ----------
    search : SearchCV
        The search being fitted.
    preparation : Preparation
        Its data and metadata.
    """

    def __init__(self, search, preparation):
        self._search = search
        self.is_active = has_callbacks(search)
        self._n_splits = preparation.evaluation.n_splits
        self._n_all = self._n_splits + len(preparation.evaluation.further)
        self._data = {
            "estimator": search,
            "X": preparation.evaluation.X,
            "y": preparation.evaluation.y,
            "metadata": preparation.metadata,
        }
        self._root: Any = None
        self._folds: Any = None

    @contextmanager
    def fit(self):
        """Report the whole `fit`; its end only if it ends without an error."""
        if self.is_active:
            n_tasks = 1 + (self._search.refit is not False)
            self._root = root_context(self._search, max_subtasks=n_tasks)
            self._root.call_on_fit_task_begin(**self._data)
        yield
        if self.is_active:
            self._root.call_on_fit_task_end(**self._data)

    @contextmanager
    def search(self, n_candidates):
        """Report the search proper, with one task per fold."""
        if not self.is_active:
            yield
            return
        is_known = n_candidates is not None and self._n_all == self._n_splits
        n_tasks = n_candidates * self._n_splits if is_known else None
        self._folds = self._root.subcontext(
            task_name="search", max_subtasks=n_tasks, sequential_subtasks=False
        )
        self._folds.call_on_fit_task_begin(estimator=self._search)
        yield
        self._folds.call_on_fit_task_end(estimator=self._search)

    def fold(self, trial, fold):
        """Make the task of one fold, before the fold is handed to a worker."""
        return self._folds.subcontext(
            task_name="candidate-split-evaluation",
            task_id=trial * self._n_all + fold,
        )

    @contextmanager
    def refit(self, estimator):
        """Report the refit of the best estimator, whose own tasks are below it."""
        if not self.is_active:
            yield
            return
        task = self._root.subcontext(task_name="refit-with-best-params")
        with task.propagate_callback_context(estimator):
            task.call_on_fit_task_begin(**self._data)
            yield
        task.call_on_fit_task_end(**self._data)

"""A callback that keeps a table of all trials while a search runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from skbayes._evaluation.trials_frame import column_order, trial_row, trials_frame
from skbayes._protocol import Trial
from skbayes._search_progress import SearchProgress

__all__ = ["TrialTable"]


class TrialTable:
    """Keep a table of all trials so far, in memory or in a file.

    A callback. Needs pandas.

    Parameters
    ----------
    path : str or path-like, default=None
        A CSV file that is replaced atomically after each trial, so that readers always
        see a whole table. None: the table is kept in memory only.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.callbacks import TrialTable
    >>> table = TrialTable()
    >>> search = GridSearchCV(SVC(), {"C": [0.1, 1.0]}, callbacks=[table])
    >>> search = search.fit(*load_iris(return_X_y=True))
    >>> table.to_frame()["param_C"].tolist()
    [0.1, 1.0]
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = path
        self._trials: dict[int, Trial] = {}
        self._n_done = 0

    def __call__(self, progress: SearchProgress) -> None:
        """Add a trial; a new search begins a new table."""
        if progress.n_done < self._n_done:
            self._trials.clear()
        self._n_done = progress.n_done
        # A stopped trial that gets its missing folds ends a second time.
        self._trials[progress.trial.index] = progress.trial
        if self.path is not None:
            self._write(Path(self.path))

    def on_search_end(self) -> None:
        """Make the next search begin a new table; this one stays until then."""
        self._n_done = 2**62

    def to_frame(self) -> Any:
        """All trials so far.

        Returns
        -------
        pandas.DataFrame of shape (n_trials, n_columns)
            One row for each trial, with the columns of a search's ``to_frame``.
        """
        rows = [trial_row(trial) for _, trial in sorted(self._trials.items())]
        return trials_frame(rows, column_order(rows))

    def _write(self, path: Path) -> None:
        # Written beside the file and renamed: a rename is atomic, a write is not.
        part = path.with_name(path.name + ".part")
        self.to_frame().to_csv(part, index=False)
        part.replace(path)

    def __repr__(self) -> str:
        return f"TrialTable(path={self.path!r})"

    def __getstate__(self) -> dict[str, Any]:
        # The table belongs to this object; a copy begins its own.
        return {"path": self.path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

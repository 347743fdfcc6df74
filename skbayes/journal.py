"""Read a journal, the file that a search with ``journal=`` writes.

`read` returns its trials as a data frame. On the command line ::

    python -m skbayes.journal search.sqlite

prints its searches, their progress and their best candidates. Both may be used while
searches are writing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from skbayes._evaluation.trials_frame import column_order, trial_row, trials_frame
from skbayes._journal.command_line import main
from skbayes._journal.database import read_snapshot
from skbayes._journal.reader import recorded_searches

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read"]


def read(path: str | os.PathLike[str]) -> pd.DataFrame:
    """All trials of all searches in a journal, one row each.

    Parameters
    ----------
    path : str or os.PathLike
        The journal. Searches may be writing to it. A leading ``~`` is the home folder.

    Returns
    -------
    pandas.DataFrame of shape (n_trials, n_columns)
        ``search`` and ``trial`` (numbers, from 1 and from 0), ``status``
        (``"complete"``, ``"stopped"``, ``"failed"``, or ``"running"`` if it was
        running when the search was killed, or is), ``param_<name>`` (choices that are
        not plain values as their text; NaN where a trial does not have the parameter,
        None where None is its value), ``split<k>_test_<metric>``,
        ``mean_test_<metric>`` (NaN unless all folds have a score), the same for
        ``train`` where there are training scores, ``n_splits_evaluated``,
        ``mean_fit_time`` and ``mean_score_time`` in seconds, and ``error`` (why
        the trial failed: the traceback of its first fold without a score that decides;
        None if it did not).

    Raises
    ------
    ImportError
        If pandas is not installed.
    JournalError
        If there is no such file, or it is no journal, or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> import skbayes.journal
    >>> from skbayes import GridSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/search.sqlite"
    ...     search = GridSearchCV(SVC(), {"C": [1, 10]}, journal=path).fit(X, y)
    ...     table = skbayes.journal.read(path)
    >>> table["param_C"].tolist()
    [1, 10]
    """
    searches = read_snapshot(path, recorded_searches)
    rows = [
        {"search": search.number} | trial_row(trial)
        for search in searches
        for trial in search.trials
    ]
    try:
        return trials_frame(rows, column_order(rows, is_of_many=True))
    except ImportError as error:
        raise ImportError(
            "skbayes.journal.read gives a data frame and needs pandas: install it, or "
            "run `python -m skbayes.journal PATH`, which does without."
        ) from error


if __name__ == "__main__":
    sys.exit(main())

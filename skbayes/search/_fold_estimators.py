"""Keep the estimators that folds have fitted, in memory or in a folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib

from skbayes._evaluation.fold.fit_and_score import run_fold
from skbayes._evaluation.fold.fitted_estimator import FittedEstimator
from skbayes._protocol import FoldResult, Trial
from skbayes._search_progress import SearchProgress

_WHICH = ("best", "all")


class StoredEstimators(Mapping[int, list[Any]]):
    """Fitted estimators by candidate, read from files when they are accessed.

    Parameters
    ----------
    paths : dict of int to list of (path or None)
        The files of each candidate's folds, by row of ``cv_results_``.
    """

    def __init__(self, paths: dict[int, list[Path | None]]) -> None:
        self.paths = paths

    def __getitem__(self, candidate: int) -> list[Any]:
        return [path and joblib.load(path) for path in self.paths[candidate]]

    def __iter__(self) -> Iterator[int]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __repr__(self) -> str:
        return f"StoredEstimators of {len(self)} candidates"


def which_and_folder(value: Any, owner: str) -> tuple[str | None, Path | None]:
    """Parse the parameter `keep_fold_estimators`, and check that its folder is usable.

    Raises
    ------
    ValueError
        If it has none of the accepted forms.
    OSError
        If the folder cannot be made or written to.
    """
    which, folder = (
        value if isinstance(value, tuple) and len(value) == 2 else (value, None)
    )
    is_path = folder is None or isinstance(folder, str | os.PathLike)
    if value is None:
        return None, None
    if not isinstance(which, str) or which not in _WHICH or not is_path:
        raise ValueError(
            f"The `keep_fold_estimators` parameter of {owner} must be None, 'best' or "
            f"'all', or one of these with a folder, as in ('all', 'models'). Got "
            f"{value!r} instead."
        )
    if folder is None:
        return which, None
    path = Path(folder).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
        # Tried before the search: after hours of fits the error would come too late.
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise type(error)(
            error.errno,
            f"The `keep_fold_estimators` parameter of {owner} names a folder that "
            f"cannot be written: {error.strerror}",
            str(path),
        ) from error
    if any(path.glob("candidate-*-fold-*.joblib")):
        raise ValueError(
            f"The `keep_fold_estimators` parameter of {owner} names the folder "
            f"{str(path)!r}, which holds estimators of another search. Name a new "
            "folder, or empty this one."
        )
    return which, path


class FoldEstimatorKeeper:
    """An observer that takes the fitted estimators out of the records of folds.

    With "best", estimators of a candidate that can no longer win are dropped at once,
    unless `refit` is a callable, which may choose any candidate.

    Parameters
    ----------
    which : {"best", "all"}
        The candidates whose estimators are kept.
    folder : path or None
        Folder for their files; None keeps them in memory.
    n_splits : int
        Folds of a candidate.
    drops : bool
        Whether estimators of candidates that are not the best are dropped at once.
    """

    def __init__(
        self, which: str, folder: Path | None, n_splits: int, *, drops: bool
    ) -> None:
        self._which = which
        self._folder = folder
        self._n_splits = n_splits
        self._drops = drops and which == "best"
        # Keyed by holder: candidates are numbered anew at the end of a search.
        self._kept: dict[FittedEstimator, Any] = {}
        self._best: Trial | None = None

    def on_fold(self, trial: int, params: Any, result: FoldResult) -> bool:
        """Take the estimator of a fold."""
        holder = result.estimator
        if holder is None or holder in self._kept:
            return False
        estimator = holder.take()
        if self._folder is not None:
            path = self._folder / f"candidate-{trial}-fold-{result.fold}.joblib"
            joblib.dump(estimator, path)
            estimator = path
        self._kept[holder] = estimator
        return False

    def on_trial(self, progress: SearchProgress) -> bool:
        """Drop the estimators of a candidate that cannot win."""
        if not self._drops:
            return False
        trial, loser = progress.trial, self._best
        if progress.score == progress.best_score and not self._is_best_as(trial):
            self._best = trial
        else:
            loser = trial
        if loser is not None:
            self._drop(loser)
        return False

    def _is_best_as(self, trial: Trial) -> bool:
        """Whether a trial has the fold scores of the best, perhaps as its duplicate."""
        if self._best is None:
            return False
        own = [f.test_scores for f in trial.folds]
        return own == [f.test_scores for f in self._best.folds]

    def _drop(self, trial: Trial) -> None:
        best = () if self._best is None else self._best.folds
        # Duplicates share the records of folds, and with them the estimators.
        wanted = {fold.estimator for fold in best}
        for holder in {fold.estimator for fold in trial.folds} - wanted - {None}:
            kept = self._kept.pop(holder, None)
            if isinstance(kept, Path):
                kept.unlink()

    def finish(self, trials: Sequence[Trial], best: int | None, evaluation: Any) -> Any:
        """Make the value of ``fold_estimators_``.

        Folds of the best candidate without an estimator are fitted again: they came
        from a journal, or were dropped when a race had stopped the candidate.
        """
        rows = {trial.index: self._of(trial) for trial in trials}
        if best is not None:
            for fold in (k for k, one in enumerate(rows[best]) if one is None):
                trial = trials[best]
                result = run_fold(*evaluation.arguments(trial.params, fold, None))
                self.on_fold(best, trial.params, result)
                rows[best][fold] = self._kept.get(result.estimator)
        if self._which == "best":
            rows = {} if best is None else {best: rows[best]}
            self._forget_all_but(rows)
        return rows if self._folder is None else StoredEstimators(rows)

    def _of(self, trial: Trial) -> list[Any]:
        """Estimators of a trial's folds, or their files; None where there is none."""
        out = [None] * self._n_splits
        for fold in trial.folds:
            # After an interruption observers have not been notified of some folds.
            self.on_fold(trial.index, trial.params, fold)
            out[fold.fold] = self._kept.get(fold.estimator)
        return out

    def _forget_all_but(self, rows: dict[int, list[Any]]) -> None:
        wanted = {id(one) for row in rows.values() for one in row}
        for kept in self._kept.values():
            if isinstance(kept, Path) and id(kept) not in wanted:
                kept.unlink(missing_ok=True)
        self._kept.clear()

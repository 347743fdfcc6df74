"""The lines that `verbose` prints, always from the parent process."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._protocol import FoldResult, Params
from skbayes._search_progress import SearchProgress
from skbayes._short_text import one_line

#: Most characters of a value in a line.
_LONGEST = 200


class Printer:
    """Prints a line a trial, and from ``verbose=3`` on a line a fold.

    Parameters
    ----------
    verbose : int
        1: a summary at the start; 2: a line a trial; 3 and more: also a line a fold.
    n_splits : int
        Folds of a complete trial.
    ladder : Ladder or None
        Fits on parts of the training samples, if there are any.
    """

    def __init__(
        self, verbose: int, n_splits: int, ladder: Ladder | None = None
    ) -> None:
        self._ladder = ladder
        self._verbose = verbose
        self._n_splits = n_splits

    def announce(
        self, n_candidates: int | None, n_folds_found: int = 0, summary: str = ""
    ) -> None:
        """Print how many fits there are to do.

        Parameters
        ----------
        n_candidates : int or None
            The number of candidates at most, if known.
        n_folds_found : int, default=0
            Fits that an earlier run has finished.
        summary : str, default=""
            A line about their journal.
        """
        if summary:
            _print(summary)
        text = f"Fitting {self._n_splits} folds for each candidate"
        if n_candidates is not None:
            text = (
                f"Fitting {self._n_splits} folds for each of {n_candidates} candidates,"
                f" totalling {n_candidates * self._n_splits} fits"
            )
        if n_folds_found:
            text += f", of which {n_folds_found} are in the journal"
            if n_candidates is not None:
                n_left = n_candidates * self._n_splits - n_folds_found
                text += f" and {max(0, n_left)} are left"
        _print(text)

    def on_fold(self, trial: int, params: Params, result: FoldResult) -> None:
        """Print a line for a fold."""
        if self._verbose < 3:
            return
        seconds = result.fit_time + result.score_time
        _print(
            f"[{self._place(result.fold)}; {trial + 1}] "
            f"{_format_params(params)};{_format_scores(result)} "
            f"total time={seconds:.2g}s"
        )

    def _place(self, number: int) -> str:
        """Name a fold: its number, its repeat or its number of samples."""
        if self._ladder is not None and number in self._ladder.numbers:
            fold = self._ladder.place(number)[0]
            before = f"{self._ladder.size(number)} samples, "
        else:
            repeat, fold = divmod(number, self._n_splits)
            before = f"repeat {repeat}, " if repeat else ""
        return f"{before}CV {fold + 1}/{self._n_splits}"

    def on_trial(self, progress: SearchProgress) -> bool:
        """Print a line for a trial; never ends the search."""
        if self._verbose >= 2:
            trial = progress.trial
            found = trial.folds and all(f.written is not None for f in trial.folds)
            of = "" if progress.n_total is None else f"/{progress.n_total}"
            _print(
                f"[{progress.n_done}{of}] {_format_params(trial.params)}; "
                f"{trial.status}, mean {progress.score:.4g}, "
                f"best {progress.best_score:.4g}, {trial.seconds:.2g}s"
                f"{', from the journal' if found else ''}"
            )
        return False


def _print(text: str) -> None:
    # Standard output, as scikit-learn's `verbose`; print() is banned by the linter.
    sys.stdout.write(text + "\n")


def _format_params(params: Params) -> str:
    # A nested estimator has line breaks.
    shown = {name: one_line(params[name], _LONGEST, str) for name in sorted(params)}
    return ", ".join(f"{name}={text}" for name, text in shown.items())


def _format_scores(result: FoldResult) -> str:
    """As scikit-learn shows them: ``score=0.9``, or ``name: (train=1, test=0.9)``."""
    if not result.is_multimetric:
        test = result.test_scores["score"]
        if result.train_scores is None:
            return f" score={test:.3f}"
        return f" score=({_train(result.train_scores, 'score')}test={test:.3f})"
    return "".join(
        f" {name}: ({_train(result.train_scores, name)}test={score:.3f})"
        for name, score in sorted(result.test_scores.items())
    )


def _train(scores: Mapping[str, float] | None, name: str) -> str:
    # Where scoring fails on one part, the other may have scores of other names.
    return "" if scores is None else f"train={scores.get(name, math.nan):.3f}, "

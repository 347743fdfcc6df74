"""`verbose`: what a search prints, always from the parent process."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from skbayes._protocol import FoldResult, Params, SearchProgress


class Printer:
    """Prints a line a trial, and from ``verbose=3`` on a line a fold.

    Parameters
    ----------
    verbose : int
        1: a summary at the start; 2: a line a trial; 3 and more: also a line a fold.
    n_splits : int
        Folds of a complete trial.
    """

    def __init__(self, verbose: int, n_splits: int) -> None:
        self._verbose = verbose
        self._n_splits = n_splits

    def announce(self, n_candidates: int | None) -> None:
        """Say how much there is to do."""
        if n_candidates is None:
            text = f"Fitting {self._n_splits} folds for each candidate"
        else:
            text = (
                f"Fitting {self._n_splits} folds for each of {n_candidates} candidates,"
                f" totalling {n_candidates * self._n_splits} fits"
            )
        _print(text)

    def on_fold(self, trial: int, params: Params, result: FoldResult) -> None:
        """A fold has ended."""
        if self._verbose < 3:
            return
        seconds = result.fit_time + result.score_time
        _print(
            f"[CV {result.fold + 1}/{self._n_splits}; {trial + 1}] "
            f"{_format_params(params)};{_format_scores(result)} "
            f"total time={seconds:.2g}s"
        )

    def on_trial(self, progress: SearchProgress) -> bool:
        """A trial has ended; never ends the search."""
        if self._verbose >= 2:
            trial = progress.trial
            of = "" if progress.n_total is None else f"/{progress.n_total}"
            _print(
                f"[{progress.n_done}{of}] {_format_params(trial.params)}; "
                f"{trial.status}, mean {progress.score:.4g}, "
                f"best {progress.best_score:.4g}, {trial.seconds:.2g}s"
            )
        return False


def _print(text: str) -> None:
    """To standard output, as scikit-learn's `verbose` does."""
    sys.stdout.write(text + "\n")


def _format_params(params: Params) -> str:
    return ", ".join(f"{name}={params[name]}" for name in sorted(params))


def _format_scores(result: FoldResult) -> str:
    """As scikit-learn shows them: ``score=0.9``, or ``name: (train=1, test=0.9)``."""
    if not result.is_multimetric:
        test = result.test_scores["score"]
        if result.train_scores is None:
            return f" score={test:.3f}"
        return f" score=(train={result.train_scores['score']:.3f}, test={test:.3f})"
    return "".join(
        f" {name}: ({_train(result.train_scores, name)}test={score:.3f})"
        for name, score in sorted(result.test_scores.items())
    )


def _train(scores: Mapping[str, float] | None, name: str) -> str:
    return "" if scores is None else f"train={scores[name]:.3f}, "

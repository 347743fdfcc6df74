"""What a search has come to: how many trials have ended, and the best of them."""

from __future__ import annotations

import math
from dataclasses import replace

from skbayes._evaluation.scores_so_far import ScoresSoFar
from skbayes._protocol import FoldResult, SearchProgress, Status, Trial


class Tally:
    """Counts what has ended, and knows the best of it.

    Parameters
    ----------
    metric : str or None
        The score that decides, if folds have one of the name; else the first.
    """

    def __init__(self, metric: str | None) -> None:
        self.metric = metric
        self.n_complete = 0
        self.n_folds = 0
        self._best: Trial | None = None
        self._best_score = -math.inf
        self._scores: list[float] = []
        self._places: dict[int, int] = {}
        self._saved: dict[int, int] = {}
        self._n_saved = 0

    def count_fold(self, result: FoldResult) -> None:
        """Take note of a fold that was run."""
        self.n_folds += 1
        self.note_metric(result)

    def note_metric(self, result: FoldResult) -> None:
        """Let a good fold name the metric, if nothing does that folds have."""
        if result.error is None and self.metric not in result.test_scores:
            self.metric = next(iter(result.test_scores))

    def judged(self, trial: Trial) -> Trial:
        """The trial with its status: failed if a fold has no finite score, and why."""
        if trial.error is None:
            trial = replace(trial, folds=tuple(map(self._explained, trial.folds)))
        is_whole = len(trial.folds) == trial.n_splits
        status = Status.COMPLETE if is_whole else Status.STOPPED
        return replace(trial, status=status if trial.error is None else Status.FAILED)

    def _explained(self, fold: FoldResult) -> FoldResult:
        """The fold, which says so if its score is no number that can be compared."""
        name = self.metric or "score"
        score = fold.test_scores.get(name, math.nan)
        if math.isfinite(score):
            return fold
        return replace(fold, scoring_error=f"The test score {name!r} is {score}.")

    def count_trial(self, trial: Trial) -> None:
        """Take note of a trial, and whether it is the best."""
        # A trial that is caught up with ends twice.
        n_saved = trial.n_splits - len(trial.folds)
        self._n_saved += n_saved - self._saved.get(trial.index, 0)
        self._saved[trial.index] = n_saved
        mean = float("nan")
        if trial.status == Status.COMPLETE:
            self.n_complete += 1
            mean = float(trial.scores(self.metric or "score").mean())
            if mean > self._best_score:
                self._best, self._best_score = trial, mean
        self._note_score(trial.index, mean)

    def _note_score(self, index: int, mean: float) -> None:
        """Append a score, or replace it, in a new list: the old one was shown."""
        place = self._places.setdefault(index, len(self._scores))
        if place == len(self._scores):
            self._scores.append(mean)
        else:
            self._scores = self._scores.copy()
            self._scores[place] = mean

    def progress(
        self,
        trial: Trial,
        n_total: int | None,
        elapsed: float,
        budget_left: float | None = None,
    ) -> SearchProgress:
        """Where the search stands, after a trial that has been counted."""
        best = self._best
        return SearchProgress(
            trial=trial,
            n_done=len(self._scores),
            n_total=n_total,
            n_folds_done=self.n_folds,
            n_folds_saved=self._n_saved,
            best_score=self._best_score if best else float("nan"),
            best_params=best.params if best else None,
            elapsed=elapsed,
            scores=ScoresSoFar(self._scores),
            fold_scores=tuple(best.scores(self.metric or "score").tolist())
            if best
            else (),
            score=self._scores[self._places[trial.index]],
            budget_left=budget_left,
        )

    def with_single_score(self, trial: Trial) -> Trial:
        """The trial with the score that decides, under the name ``"score"``."""
        metric = self.metric
        if metric is None or metric == "score":
            return trial
        folds = tuple(
            replace(f, test_scores={"score": f.test_scores.get(metric, float("nan"))})
            for f in trial.folds
        )
        return replace(trial, folds=folds)

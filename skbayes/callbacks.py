"""Callbacks for a search: a progress bar, and rules that end the search.

A callback is called with a `SearchProgress` after each trial. One that returns ``True``
ends the search, which is then refitted and usable as if it had run to its end. If it
has a method ``on_search_end``, that is called without arguments when the search has
ended, for whatever reason. The expected improvement is computed only for a callback
with a true attribute ``needs_expected_improvement``.

::

    BayesSearchCV(..., callbacks=[ProgressBar(), NoImprovement(n_trials=20)])

The rules keep no state between calls, so one object may serve several searches at once.
They check their parameters when they are made, before any search.
"""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np

from skbayes._duration import duration
from skbayes._fold_statistics import corrected_standard_error
from skbayes._search_progress import SearchProgress
from skbayes.integrations.mlflow import MLflowRuns
from skbayes.integrations.trial_table import TrialTable

__all__ = [
    "ExpectedImprovementBelowNoise",
    "MLflowRuns",
    "NoImprovement",
    "ProgressBar",
    "ScoreReached",
    "SearchProgress",
    "TrialTable",
]


@dataclass(frozen=True)
class NoImprovement:
    """End the search when its best score has stood for some time.

    Parameters
    ----------
    n_trials : int
        Number of trials in a row without an improvement. Trials that failed or were
        stopped early count too.
    min_delta : float, default=0.0
        By how much, in score units, a trial must beat the best score before these
        trials to count as an improvement.

    Raises
    ------
    ValueError
        If `n_trials` is not an integer >= 1 or `min_delta` not a finite number >= 0.

    Examples
    --------
    >>> from skbayes.callbacks import NoImprovement
    >>> NoImprovement(20)
    NoImprovement(n_trials=20, min_delta=0.0)
    """

    n_trials: int
    min_delta: float = 0.0

    def __post_init__(self) -> None:
        _check_integer(self, "n_trials", 1)
        _check_number(self, "min_delta", 0.0)

    def __call__(self, progress: SearchProgress) -> bool:
        """Whether the last trials brought no improvement."""
        recent = np.asarray(progress.scores[-self.n_trials :], dtype=float)
        highest = np.fmax.reduce(recent, initial=-np.inf)
        if highest < progress.best_score:
            # The best is older than the window: no need to scan all scores.
            return True
        before = np.asarray(progress.scores[: -self.n_trials], dtype=float)
        if np.isnan(before).all():
            return False
        return bool(highest <= np.nanmax(before) + self.min_delta)


@dataclass(frozen=True)
class ScoreReached:
    """End the search when a complete trial has reached a score.

    Parameters
    ----------
    score : float
        Mean test score that is good enough; greater is better.

    Raises
    ------
    ValueError
        If `score` is not a finite number.

    Examples
    --------
    >>> from skbayes.callbacks import ScoreReached
    >>> ScoreReached(0.95)
    ScoreReached(score=0.95)
    """

    score: float

    def __post_init__(self) -> None:
        _check_number(self, "score", -math.inf)

    def __call__(self, progress: SearchProgress) -> bool:
        """Whether the best score is good enough."""
        return bool(progress.best_score >= self.score)


@dataclass(frozen=True)
class ExpectedImprovementBelowNoise:
    r"""End the search when its expected gain is small against cross-validation's noise.

    Parameters
    ----------
    fraction : float, default=0.1
        The search ends once the expected improvement of the next trial is below this
        fraction of the noise. Many more trials together would gain more than the next
        one: at 1 most searches end too early.
    min_trials : int, default=20
        Number of trials before the rule applies: with few trials a surrogate may
        expect no gain for lack of data.

    Raises
    ------
    ValueError
        If `fraction` is not a finite number > 0 or `min_trials` not an integer >= 1.

    Notes
    -----
    The noise is the standard error of the best trial's mean score with the correction
    of [1]_ for folds that share training data,

    .. math:: s \sqrt{1/K + n_\text{test} / n_\text{train}},

    where :math:`s` is the standard deviation of its K fold scores. The idea of
    measuring a search's remaining gain against this error is from [2]_. The noise is
    that of one candidate's score on new data. Differences between candidates on shared
    folds are known more precisely, but hold for these folds only.

    The rule never ends searches without a surrogate (grid and random), nor those with
    fewer than two folds.

    References
    ----------
    .. [1] C. Nadeau and Y. Bengio, "Inference for the generalization error",
       Machine Learning 52 (2003).
    .. [2] A. Makarova et al., "Automatic termination for hyperparameter
       optimization", AutoML Conference (2022).

    Examples
    --------
    >>> from skbayes.callbacks import ExpectedImprovementBelowNoise
    >>> ExpectedImprovementBelowNoise()
    ExpectedImprovementBelowNoise(fraction=0.1, min_trials=20)
    """

    #: Requests the expected improvement, which costs as much as a proposal.
    needs_expected_improvement: ClassVar[bool] = True

    fraction: float = 0.1
    min_trials: int = 20

    def __post_init__(self) -> None:
        _check_number(self, "fraction", 0.0, is_open=True)
        _check_integer(self, "min_trials", 1)

    def __call__(self, progress: SearchProgress) -> bool:
        """Whether the expected gain is below the given fraction of the noise."""
        gain = progress.expected_improvement
        if gain is None or progress.n_done < self.min_trials:
            return False
        noise = corrected_standard_error(progress.fold_scores, progress.test_share)
        return bool(gain < self.fraction * noise)


class ProgressBar:
    """Show the progress of a search: trials, best score, folds saved, time left.

    With tqdm installed it is a bar, in terminals and notebooks, that obeys tqdm's
    environment variables (``TQDM_DISABLE=1`` silences it); without, lines of text. Both
    go to standard error. With a `time_budget` the time left is at most that of the
    budget.

    Parameters
    ----------
    description : str, default="search"
        Text in front of the bar, to distinguish nested searches.

    Examples
    --------
    >>> from skbayes.callbacks import ProgressBar
    >>> ProgressBar()
    ProgressBar(description='search')
    """

    def __init__(self, description: str = "search") -> None:
        self.description = description
        self._display: _Bar | _Lines | None = None
        self._n_shown = 0

    def __call__(self, progress: SearchProgress) -> None:
        """Show the progress; a new search begins a new bar."""
        # Fewer trials than before: a new search. A stopped trial that gets its missing
        # folds ends twice and does not change the number.
        if progress.n_done < self._n_shown:
            self.on_search_end()
        if self._display is None:
            self._display = _new_display(self.description, progress)
        self._display.show(progress)
        self._n_shown = progress.n_done

    def on_search_end(self) -> None:
        """Close the bar and leave it on the screen."""
        if self._display is not None:
            self._display.close()
        self._display = None
        self._n_shown = 0

    def __repr__(self) -> str:
        return f"ProgressBar(description={self.description!r})"

    def __getstate__(self) -> dict[str, Any]:
        # The display belongs to this object; a copy opens its own.
        return {"description": self.description}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


#: tqdm's text behind a bar, spelled out so that the time left can be replaced.
_RIGHT = "| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}{postfix}]"


class _Bar:
    """A bar of tqdm."""

    def __init__(self, tqdm: Any, description: str, first: SearchProgress) -> None:
        self._n_before = _n_before(first)
        self._description = description
        self._last = first
        self._bar = tqdm(
            desc=description,
            initial=self._n_before,
            total=first.n_total,
            unit="trial",
            smoothing=0,  # time left from the mean over all trials
            miniters=1,  # trials take as long as they like
        )
        if self._bar.disable:
            return  # disabled by the environment: no clocks and no format to change
        # The search began before its first trial ended and the bar was made.
        self._bar.start_t -= first.elapsed
        self._bar.last_print_t -= first.elapsed
        template = self._bar.bar_format or "{l_bar}{bar}{r_bar}"
        self._template = template.replace("{r_bar}", _RIGHT)

    def show(self, progress: SearchProgress) -> None:
        if self._bar.disable:
            return
        self._last = progress
        if progress.budget_left is not None:
            # tqdm estimates the time left from the number of trials alone.
            left = self._bar.format_interval(_seconds_left(progress, self._n_before))
            self._bar.bar_format = self._template.replace("{remaining}", left)
        self._bar.total = progress.n_total
        # tqdm's pace leaves out the trials it began with: those from a journal.
        self._bar.initial = _n_free(progress, self._n_before)
        n_new = progress.n_done - self._bar.n
        self._bar.set_postfix_str(_facts(progress), refresh=not n_new)
        self._bar.update(n_new)

    def close(self) -> None:
        self._bar.close()
        if hasattr(self._bar, "container") and not self._bar.disable:
            # A widget is empty in a notebook that is saved or converted.
            last = self._last
            sys.stderr.write(
                f"{self._description}: {last.n_done} trials in "
                f"{duration(last.elapsed)}, {_facts(last)}\n"
            )


class _Lines:
    """Lines of text, at most one a second besides the last."""

    def __init__(self, description: str, first: SearchProgress) -> None:
        self._description = description
        self._n_before = _n_before(first)
        self._last_shown = -math.inf
        self._unshown: SearchProgress | None = None

    def show(self, progress: SearchProgress) -> None:
        self._unshown = progress
        if time.monotonic() - self._last_shown >= 1:
            self._print()

    def close(self) -> None:
        self._print()

    def _print(self) -> None:
        progress, self._unshown = self._unshown, None
        if progress is None:
            return
        self._last_shown = time.monotonic()
        done = f"{progress.n_done}"
        if progress.n_total is not None:
            done += f"/{progress.n_total}"
        seconds = _seconds_left(progress, self._n_before)
        left = "" if seconds is None else f", {seconds:.0f} s left"
        facts = _facts(progress)
        sys.stderr.write(f"{self._description}: trial {done}, {facts}{left}\n")


def _new_display(description: str, first: SearchProgress) -> _Bar | _Lines:
    try:
        tqdm = _tqdm()
    except ImportError:
        return _Lines(description, first)
    return _Bar(tqdm, description, first)


def _tqdm() -> Any:
    """tqdm's bar for the present environment."""
    if "ipykernel" in sys.modules and find_spec("ipywidgets") is None:
        # tqdm.auto would choose a widget, and warn that widgets are missing.
        from tqdm import tqdm
    else:
        from tqdm.auto import tqdm
    return tqdm


def _n_before(first: SearchProgress) -> int:
    # The trial that has just ended is shown; those before it are not.
    return first.n_done - 1


def _n_free(progress: SearchProgress, n_before: int) -> int:
    """Trials that cost no time: found in the journal, or ended before the display."""
    return max(progress.n_found, n_before)


def _seconds_left(progress: SearchProgress, n_before: int) -> float | None:
    """Seconds until the trials or the budget are used up, whichever comes first."""
    limits = []
    n_run = progress.n_done - _n_free(progress, n_before)
    if progress.n_total is not None and n_run > 0:
        pace = progress.elapsed / n_run
        limits.append(pace * (progress.n_total - progress.n_done))
    if progress.budget_left is not None:
        limits.append(progress.budget_left)
    return min(limits, default=None)


def _facts(progress: SearchProgress) -> str:
    """Best score, and the numbers of trials found and folds saved, if any."""
    facts = f"best {progress.best_score:.4g}"
    if progress.n_found:
        facts += f", {progress.n_found} from the journal"
    if progress.n_folds_saved:
        facts += f", {progress.n_folds_saved} folds saved"
    return facts


def _check_integer(rule: object, name: str, low: int) -> None:
    value = getattr(rule, name)
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < low:
        raise ValueError(
            f"The `{name}` parameter of {type(rule).__name__} must be an integer >= "
            f"{low}. Got {value!r} instead."
        )


def _check_number(rule: object, name: str, low: float, is_open: bool = False) -> None:
    value = getattr(rule, name)
    is_number = not isinstance(value, bool) and isinstance(value, Real)
    if (
        is_number
        and math.isfinite(value)
        and (value > low if is_open else value >= low)
    ):
        return
    limit = "" if low == -math.inf else f" {'>' if is_open else '>='} {low:g}"
    raise ValueError(
        f"The `{name}` parameter of {type(rule).__name__} must be a finite number"
        f"{limit}. Got {value!r} instead."
    )

"""Draw every fit of a search on the row of its worker."""

from __future__ import annotations

import numpy as np

from skbayes._deciding_metric import metrics_in
from skbayes._protocol import Status
from skbayes.inspection._displays.matplotlib_axes import (
    clear_spines,
    open_axes,
    palette_of,
    put_legend_above,
)
from skbayes.inspection._runs import timed_folds
from skbayes.inspection._search_record import read_search

#: With more bars they have no outlines, which would cover them.
_MOST_OUTLINED = 400
#: Opacity of scoring time.
_FAINT = 0.45


class TimelineDisplay:
    """One bar for each fit of a search, one row for each worker.

    Make it with `from_search`.

    Parameters
    ----------
    starts : array of shape (n_fits,)
        Seconds from the start of the search. The runs of a continued search follow one
        another, without the time between them.
    fit_times, score_times : array of shape (n_fits,)
        Seconds.
    workers : int array of shape (n_fits,)
        Worker of each fit, numbered within a run by the workers' first fits.
    candidates : int array of shape (n_fits,)
        Row of ``cv_results_``.
    kinds : array of str of shape (n_fits,)
        "complete" or "stopped" for the candidate's status, "failed" for a failed fit.
    runs : int array of shape (n_fits,)
        Run of each fit, from 0.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure drawn in.
    ax_ : matplotlib Axes
        The axes drawn in.
    bars_ : dict of str to matplotlib PolyCollection
        The bars of each kind.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import TimelineDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [0.1, 1.0, 10.0]}).fit(X, y)
    >>> display = TimelineDisplay.from_search(search)
    >>> len(display.starts)
    15
    """

    def __init__(
        self, *, starts, fit_times, score_times, workers, candidates, kinds, runs
    ):
        self.starts = starts
        self.fit_times = fit_times
        self.score_times = score_times
        self.workers = workers
        self.candidates = candidates
        self.kinds = kinds
        self.runs = runs

    @classmethod
    def from_search(cls, search, *, ax=None):
        """Draw the timeline of a fitted search.

        Parameters
        ----------
        search : fitted search
            A search of skbayes: other searches do not keep the times of single fits.
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        TimelineDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the search is not fitted.
        TypeError
            If it is no search, or a search that does not keep times.
        """
        metrics = getattr(search, "cv_results_", None) or {}
        metric = next(iter(metrics_in(metrics)), None)
        # Any metric serves, as the display shows none: a search of several metrics
        # without a deciding one must not be an error here.
        record = read_search(
            search, caller=cls.__name__, metric=metric, needs_score=False
        )
        if not record.trials:
            owner = f"{record.owner} of {type(search).__module__.partition('.')[0]}"
            raise TypeError(
                f"{cls.__name__} needs the times of single fits, which "
                f"{owner} does not keep in `trials_`. Search with GridSearchCV, "
                "RandomSearchCV or BayesSearchCV of skbayes."
            )
        fits = timed_folds(record.trials)
        runs = np.array([fit.run for fit in fits], dtype=np.intp)
        return cls(
            starts=np.array([fit.started for fit in fits]),
            fit_times=np.array([fit.fold.fit_time for fit in fits]),
            score_times=np.array([fit.fold.score_time for fit in fits]),
            workers=_rows_of_workers(fits),
            candidates=np.array([fit.trial.index for fit in fits], dtype=np.intp),
            kinds=np.array([_kind(fit.trial, fit.fold) for fit in fits]),
            runs=runs,
        ).plot(ax=ax)

    def busy(self):
        """Compute the share of time that each worker fitted or scored.

        Returns
        -------
        array of shape (n_workers,)
            Shares of the time from the first start to the last end of all fits.
        """
        ends = self.starts + self.fit_times + self.score_times
        if len(ends) == 0:
            return np.empty(0)
        span = max(ends.max() - self.starts.min(), 1e-12)
        worked = np.bincount(self.workers, self.fit_times + self.score_times)
        return worked / span

    def plot(self, *, ax=None):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        TimelineDisplay
            The display itself.
        """
        n_workers = int(self.workers.max(initial=0)) + 1
        size = (9.0, 1.5 + 0.42 * n_workers)
        self.figure_, self.ax_ = open_axes(ax, type(self).__name__, size)
        colours = palette_of(self.ax_)
        self.bars_ = {}
        styles = {
            "complete": (colours.main, ""),
            "stopped": (colours.muted, ".."),
            "failed": (colours.accent, "xx"),
        }
        for kind, (colour, hatch) in styles.items():
            self._draw_kind(kind, colour, hatch)
        busy = self.busy()
        labels = [f"worker {i + 1} ({share:.0%} busy)" for i, share in enumerate(busy)]
        self.ax_.set_yticks(range(len(labels)), labels=labels)
        self.ax_.set_ylim(n_workers - 0.5, -0.5)
        self.ax_.set_xlabel("seconds since the search began")
        self.ax_.set_xlim(left=min(0.0, self.starts.min(initial=0.0)))
        clear_spines(self.ax_)
        self._mark_runs(colours)
        self.ax_.plot(
            [], [], "s", color=colours.main, alpha=_FAINT, label="lighter: scoring"
        )
        put_legend_above(self.ax_)
        return self

    def _mark_runs(self, colours):
        """Draw a line at the begin of each later run."""
        for run in range(1, int(self.runs.max(initial=0)) + 1):
            self.ax_.axvline(
                self.starts[self.runs == run].min(),
                color=colours.text,
                linestyle=":",
                linewidth=1.2,
                label="continued" if run == 1 else None,
            )

    def _draw_kind(self, kind, colour, hatch):
        """Draw the fits of one kind, fitting in full colour and scoring lighter."""
        from matplotlib.collections import PolyCollection

        rows = np.flatnonzero(self.kinds == kind)
        if len(rows) == 0:
            return
        background = self.ax_.get_facecolor()
        few = len(self.kinds) <= _MOST_OUTLINED
        middle = self.starts[rows] + self.fit_times[rows]
        for part, start, length, alpha in (
            ("", self.starts[rows], self.fit_times[rows], 1.0),
            (" (scoring)", middle, self.score_times[rows], _FAINT),
        ):
            bars = PolyCollection(
                _rectangles(start, length, self.workers[rows]),
                facecolor=(colour, alpha),
                edgecolor=background if few else "none",
                linewidth=0.6 if few else 0.0,
                hatch=hatch or None,
                label=kind if not part else None,
            )
            self.bars_[kind + part] = self.ax_.add_collection(bars)
        self.ax_.autoscale_view()


def _rows_of_workers(fits):
    """Number the workers of each run in the order of their first fits."""
    # Processes get new ids in each run, so that rows start again with every run.
    rows: dict[int, dict[str, int]] = {}
    for fit in fits:
        of_run = rows.setdefault(fit.run, {})
        of_run.setdefault(fit.fold.worker, len(of_run))
    return np.array([rows[f.run][f.fold.worker] for f in fits], dtype=np.intp)


def _rectangles(starts, lengths, rows):
    """Compute the corners of bars, shape (n_bars, 4, 2)."""
    x = np.stack([starts, starts, starts + lengths, starts + lengths], axis=1)
    y = rows[:, None] + np.array([-0.38, 0.38, 0.38, -0.38])
    return np.stack([x, y], axis=-1)


def _kind(trial, fold):
    """Classify a fit by its error and its candidate's status."""
    has_no_score = not np.isfinite(list(fold.test_scores.values())).all()
    if fold.error is not None or has_no_score:
        return str(Status.FAILED)
    stopped = trial.status in (Status.STOPPED, Status.RUNNING)
    return str(Status.STOPPED if stopped else Status.COMPLETE)

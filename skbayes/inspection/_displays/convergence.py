"""Draw the best score so far against fits or seconds."""

from __future__ import annotations

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._displays.matplotlib_axes import (
    clear_spines,
    open_axes,
    palette_of,
    put_legend_above,
    score_label,
)
from skbayes.inspection._runs import timed_folds
from skbayes.inspection._search_record import SearchRecord, read_search

#: With more candidates, the points are paler.
_MANY = 300
_AGAINST = ("fits", "seconds")


class ConvergenceDisplay:
    """Best score so far against the cost.

    Make it with `from_search`.

    Parameters
    ----------
    fits : array of shape (n_candidates,)
        Number of fits at the end of each candidate, in the order of these ends.
    seconds : array of shape (n_candidates,)
        Seconds at the end of each candidate. A search of skbayes keeps times since its
        start (without the time between the runs of a continued search). For other
        searches it is the sum of all fits' times.
    scores : array of shape (n_candidates,)
        Mean test score, NaN where a candidate failed or was stopped.
    estimates : array of shape (n_candidates,)
        A race's estimates for its stopped candidates, NaN for other candidates.
    is_failed : bool array of shape (n_candidates,)
        Candidates without a score that were not stopped.
    best_so_far : array of shape (n_candidates,)
        Best score at the end of each candidate, NaN before the first score.
    untuned_score : float or None
        Score of the untuned estimator, if it was among the candidates.
    metric : str
        Name of the score.
    is_clock : bool
        Whether `seconds` are times since the start of the search.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure drawn in.
    ax_ : matplotlib Axes
        The axes drawn in.
    line_ : matplotlib Line2D
        Best mean score so far.
    points_ : matplotlib PathCollection
        The dots, one for each candidate.
    stopped_points_ : matplotlib PathCollection or None
        The stopped candidates at their estimated scores.
    untuned_line_ : matplotlib Line2D or None
        The untuned estimator's score.

    See Also
    --------
    TimelineDisplay : What each worker did when.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import ConvergenceDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [0.01, 0.1, 1.0]}).fit(X, y)
    >>> display = ConvergenceDisplay.from_search(search)
    >>> display.fits
    array([ 5, 10, 15])
    """

    def __init__(
        self,
        *,
        fits,
        seconds,
        scores,
        estimates,
        is_failed,
        best_so_far,
        untuned_score,
        metric,
        is_clock,
    ):
        self.fits = fits
        self.seconds = seconds
        self.scores = scores
        self.estimates = estimates
        self.is_failed = is_failed
        self.best_so_far = best_so_far
        self.untuned_score = untuned_score
        self.metric = metric
        self.is_clock = is_clock

    @classmethod
    def from_search(cls, search, *, metric=None, against="fits", ax=None):
        """Draw the convergence of a fitted search.

        Parameters
        ----------
        search : fitted search
            A search of this package or of scikit-learn.
        metric : str, default=None
            Name of the score, if there are several and `refit` names none.
        against : {"fits", "seconds"}, default="fits"
            Unit of the horizontal axis.
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        ConvergenceDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the search is not fitted.
        TypeError
            If `search` is no search.
        ValueError
            If no candidate has a score, or several scores are there and none is named.
        """
        record = read_search(search, caller=cls.__name__, metric=metric)
        ended = _seconds_at_end(record)
        is_clock = bool(record.trials)
        order = np.argsort(ended, kind="stable") if is_clock else slice(None)
        scores = record.scores[order]
        untuned = record.untuned
        score = np.nan if untuned is None else record.scores[untuned]
        return cls(
            fits=np.cumsum(record.n_fits[order]),
            seconds=ended[order],
            scores=scores,
            estimates=np.where(record.is_stopped, record.adjusted, np.nan)[order],
            is_failed=record.is_failed[order],
            best_so_far=np.fmax.accumulate(scores),
            untuned_score=float(score) if np.isfinite(score) else None,
            metric=record.metric,
            is_clock=is_clock,
        ).plot(against=against, ax=ax)

    def plot(self, *, against="fits", ax=None):
        """Draw the display.

        Parameters
        ----------
        against : {"fits", "seconds"}, default="fits"
            Unit of the horizontal axis.
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        ConvergenceDisplay
            The display itself.
        """
        if against not in _AGAINST:
            raise ValueError(
                "The `against` parameter of ConvergenceDisplay must be 'fits' or "
                f"'seconds'. Got {against!r} instead."
            )
        x = self.fits if against == "fits" else self.seconds
        if not np.isfinite(x).any():
            raise ValueError(
                "The times of this search are not in its `cv_results_`, so that "
                "ConvergenceDisplay cannot draw against seconds. Use against='fits'."
            )
        self.figure_, self.ax_ = open_axes(ax, type(self).__name__, (7.0, 4.0))
        colours = palette_of(self.ax_)
        self._draw_candidates(x, colours)
        (self.line_,) = self.ax_.step(
            x,
            self.best_so_far,
            where="post",
            color=colours.main,
            linewidth=2.2,
            # A line of one point is invisible.
            marker="o" if np.isfinite(self.best_so_far).sum() == 1 else None,
            label="best so far",
            zorder=3,
        )
        self._draw_untuned(colours)
        self._set_labels(against)
        return self

    def _draw_candidates(self, x, colours):
        """Draw a point for each candidate, and a mark below for those without place."""
        has_score = np.isfinite(self.scores)
        self.points_ = self.ax_.scatter(
            x[has_score],
            self.scores[has_score],
            s=18,
            color=colours.muted,
            alpha=0.7 if len(x) <= _MANY else 0.3,
            linewidths=0,
            label="candidate",
            zorder=2,
        )
        # Set the limits before the marks: matplotlib would scale the axis to include
        # them.
        low, high = _visible_range(self.scores, self.untuned_score)
        self.ax_.set_ylim(low, high)
        is_stopped = ~has_score & ~self.is_failed
        self._draw_stopped(x, is_stopped & np.isfinite(self.estimates), colours)
        placed = np.where(has_score, self.scores, self.estimates)
        hidden = np.nan_to_num(placed, nan=np.inf) < low
        unplaced = is_stopped & ~np.isfinite(self.estimates)
        transform = self.ax_.get_xaxis_transform()
        for mask, marker, colour, label in (
            (hidden, "v", colours.muted, f"{hidden.sum()} below"),
            (unplaced, "|", colours.muted, f"{unplaced.sum()} stopped early"),
            (self.is_failed, "x", colours.accent, f"{self.is_failed.sum()} failed"),
        ):
            if mask.any():
                self.ax_.scatter(
                    x[mask],
                    np.full(mask.sum(), 0.02),
                    s=22,
                    marker=marker,
                    color=colour,
                    transform=transform,
                    label=label,
                    clip_on=False,
                    zorder=4,
                )

    def _draw_stopped(self, x, rows, colours):
        """Draw rings at the estimated scores of stopped candidates."""
        self.stopped_points_ = None
        if rows.any():
            self.stopped_points_ = self.ax_.scatter(
                x[rows],
                self.estimates[rows],
                s=18,
                facecolors="none",
                edgecolors=colours.muted,
                alpha=0.7 if len(x) <= _MANY else 0.3,
                linewidths=0.8,
                label=f"{rows.sum()} stopped early (estimated)",
                zorder=1.5,
            )

    def _draw_untuned(self, colours):
        """Draw the score of the untuned estimator."""
        self.untuned_line_ = None
        if self.untuned_score is not None:
            self.untuned_line_ = self.ax_.axhline(
                self.untuned_score,
                color=colours.third,
                linestyle="--",
                linewidth=1.5,
                label="untuned estimator",
                zorder=1,
            )

    def _set_labels(self, against):
        """Set axis labels and the legend."""
        seconds = "seconds" if self.is_clock else "seconds of fitting and scoring"
        self.ax_.set(
            xlabel="fits" if against == "fits" else seconds,
            ylabel=score_label(self.metric),
        )
        self.ax_.set_xlim(left=0)
        if against == "fits":
            from matplotlib.ticker import MaxNLocator

            self.ax_.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        clear_spines(self.ax_)
        put_legend_above(self.ax_)


def _seconds_at_end(record: SearchRecord) -> FloatArray:
    """Seconds from the start to the end of each candidate, (n_candidates,)."""
    if record.trials:
        ends = dict.fromkeys((t.index for t in record.trials), 0.0)
        for one in timed_folds(record.trials):
            ends[one.trial.index] = max(ends[one.trial.index], one.ended)
        return np.array(list(ends.values()))
    return np.cumsum(record.seconds)


def _visible_range(scores: FloatArray, untuned: float | None) -> tuple[float, float]:
    """Range of the score's axis.

    A few very bad scores would flatten the curve, so that scores far below the upper
    three quarters are left out of the range.
    """
    finite = scores[np.isfinite(scores)]
    best = finite.max()
    low = max(finite.min(), best - 2.0 * (best - np.quantile(finite, 0.25)))
    if untuned is not None:
        low = min(low, untuned)
    if low >= best:
        low = finite.min()
    margin = 0.06 * (best - low) or 0.05 * max(abs(best), 1e-3)
    return low - margin, best + margin

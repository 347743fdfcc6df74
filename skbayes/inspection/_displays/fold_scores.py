"""Draw the scores of the best candidates on every fold."""

from __future__ import annotations

import numpy as np

from skbayes._values import is_same
from skbayes.inspection._displays.matplotlib_axes import (
    clear_spines,
    open_axes,
    palette_of,
    put_legend_above,
)
from skbayes.inspection._labels import params_label, value_label
from skbayes.inspection._search_record import read_search

#: With more folds, the scores on one fold are not joined by a line.
_MOST_JOINED = 10
#: The untuned estimator is left out if it lies this many ranges of the best below.
_FAR = 3.0
#: Share of a row over which its folds are spread, so that none hides another.
_HEIGHT = 0.45


class FoldScoresDisplay:
    """Scores of the best candidates on every single fold.

    Make it with `from_search`.

    Parameters
    ----------
    fold_scores : array of shape (n_shown, n_splits)
        Best candidate first. The untuned estimator is the last row, if it was among the
        candidates.
    labels : list of str
        Label of each row.
    is_untuned : bool array of shape (n_shown,)
        Whether the row is the untuned estimator's.
    metric : str
        Name of the score.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure drawn in.
    ax_ : matplotlib Axes
        The axes drawn in.
    points_ : matplotlib PathCollection
        The dots, one for each fold of each candidate.

    Notes
    -----
    A grey line joins the scores on one fold. Where the lines are parallel, the folds
    differ but the candidates keep their order; where they cross, the order is due to
    chance.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import FoldScoresDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [0.1, 1.0, 10.0]}).fit(X, y)
    >>> display = FoldScoresDisplay.from_search(search, n_top=2)
    >>> display.fold_scores.shape
    (2, 5)
    """

    def __init__(self, *, fold_scores, labels, is_untuned, metric):
        self.fold_scores = fold_scores
        self.labels = labels
        self.is_untuned = is_untuned
        self.metric = metric

    @classmethod
    def from_search(cls, search, *, n_top=8, metric=None, ax=None):
        """Draw the fold scores of a fitted search.

        Parameters
        ----------
        search : fitted search
            A search of this package or of scikit-learn.
        n_top : int, default=8
            Number of candidates, best first.
        metric : str, default=None
            Name of the score, if there are several and `refit` names none.
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        FoldScoresDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the search is not fitted.
        TypeError
            If `search` is no search.
        ValueError
            If `n_top` is no number of candidates, or no candidate has a score.
        """
        if not isinstance(n_top, int | np.integer) or n_top < 1:
            raise ValueError(
                f"The `n_top` parameter of {cls.__name__} must be an integer >= 1. Got "
                f"{n_top!r} instead."
            )
        record = read_search(search, caller=cls.__name__, metric=metric)
        rows = record.best_first()[:n_top].tolist()
        untuned = record.untuned
        if untuned is not None and record.is_complete[untuned] and untuned not in rows:
            rows.append(untuned)
        names = _names_that_differ([record.params[row] for row in rows])
        labels = [
            ("untuned" if row == untuned else f"#{place}")
            + _after(": ", params_label(record.params[row], names, 62))
            for place, row in enumerate(rows, start=1)
        ]
        return cls(
            fold_scores=record.fold_scores[rows],
            labels=labels,
            is_untuned=np.array([row == untuned for row in rows]),
            metric=record.metric,
        ).plot(ax=ax)

    def plot(self, *, ax=None):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        FoldScoresDisplay
            The display itself.
        """
        n_shown, n_splits = self.fold_scores.shape
        size = (9.5, 1.5 + 0.36 * n_shown)
        self.figure_, self.ax_ = open_axes(ax, type(self).__name__, size)
        colours = palette_of(self.ax_)
        places = np.arange(n_shown)
        y = places[:, None] + _HEIGHT * np.linspace(-0.5, 0.5, n_splits)
        if 1 < n_splits <= _MOST_JOINED and n_shown > 1:
            self.ax_.plot(
                self.fold_scores, y, color=colours.muted, alpha=0.5, linewidth=0.8
            )
        self._draw_folds(y, colours)
        self._draw_means(places, colours)
        self._leave_out_far_untuned(places, colours)
        self.ax_.set_yticks(places, labels=self.labels)
        self.ax_.set_ylim(n_shown - 0.5, -0.5)
        name = "score" if self.metric == "score" else self.metric
        self.ax_.set_xlabel(f"test {name} of each fold")
        put_legend_above(self.ax_, "right")
        clear_spines(self.ax_)
        return self

    def _draw_folds(self, y, colours):
        colour = np.where(self.is_untuned, colours.third, colours.main)
        self.points_ = self.ax_.scatter(
            self.fold_scores.ravel(),
            y.ravel(),
            s=26,
            c=np.repeat(colour, self.fold_scores.shape[1]),
            alpha=0.75,
            linewidths=0,
            zorder=3,
        )
        self.ax_.scatter(
            [], [], s=26, color=colours.main, label="a fold (joined: the same fold)"
        )

    def _leave_out_far_untuned(self, places, colours):
        """Limit the axis to the best candidates if the untuned one is far below."""
        best = self.fold_scores[~self.is_untuned]
        rows = np.flatnonzero(self.is_untuned)
        if len(best) == 0 or len(rows) == 0:
            return
        low, high = best.min(), best.max()
        scores = self.fold_scores[rows[0]]
        if scores.min() >= low - _FAR * (high - low):
            return
        margin = 0.08 * (high - low) or 0.01 * max(abs(high), 1e-3)
        self.ax_.set_xlim(low - margin, high + margin)
        if scores.max() < low - margin:
            self.ax_.annotate(
                f"◂ mean {scores.mean():.4g}",
                (0.0, places[rows[0]]),
                xycoords=self.ax_.get_yaxis_transform(),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                color=colours.third,
            )

    def _draw_means(self, places, colours):
        """Draw the mean of each candidate, and a line at the best mean."""
        means = self.fold_scores.mean(axis=1)
        self.ax_.scatter(
            means,
            places,
            s=260,
            marker="|",
            linewidths=2.5,
            color=colours.accent,
            zorder=4,
            label="mean over folds",
        )
        self.ax_.axvline(
            means[0], color=colours.accent, linestyle=":", linewidth=1, zorder=1
        )


def _names_that_differ(params):
    """Names of the parameters that differ, with the most distinct values first."""
    names = sorted({name for point in params for name in point})
    first = params[0]
    differing = [
        name
        for name in names
        if any(
            (name in point) != (name in first)
            or (name in point and not is_same(point[name], first[name]))
            for point in params
        )
    ]
    n_values = {
        name: len({value_label(p[name]) for p in params if name in p}) for name in names
    }
    # A long label is cut at its end, so the most distinguishing parameters come first.
    return sorted(differing, key=lambda name: -n_values[name]) or names


def _after(separator, text):
    """Put a separator before a text, unless the text is empty."""
    return f"{separator}{text}" if text else ""

"""Draw each candidate as a line through its values to its score."""

from __future__ import annotations

import numpy as np

from skbayes._short_text import shorten
from skbayes.inspection._column_axis import column_axes
from skbayes.inspection._displays.matplotlib_axes import (
    clear_spines,
    open_axes,
    palette_of,
    score_label,
)
from skbayes.inspection._labels import number_label, shorten_apart
from skbayes.inspection._search_record import read_search
from skbayes.inspection._searched_space import searched_space

#: Position of a candidate without the parameter, below the axis from 0 to 1.
_ABSENT = -0.14
#: Share of the distance between two categories over which lines are spread.
_SPREAD = 0.6
#: Ranks over which the opacity falls by a factor e.
_N_STRONG = 20.0
#: Most labels of one axis.
_MOST_LABELS = 12
#: Most characters of one line of a parameter's name.
_LONGEST_LINE = 14
#: Mean width of a letter, in units of the font's size.
_WIDTH_OF_LETTER = 0.58
#: Fewest and most characters of a value's label between two axes.
_FEWEST_LETTERS, _MOST_LETTERS = 5, 14
#: Distance between an axis and its labels, in points.
_GAP = 5


class ParallelCoordinatesDisplay:
    """One line for each candidate, through its values to its score.

    Make it with `from_search`.

    Parameters
    ----------
    places : array of shape (n_candidates, n_columns)
        Positions of the candidates on the axes, from 0 to 1; NaN for a missing
        parameter.
    scores : array of shape (n_candidates,)
        Mean test score.
    axes : list of ColumnAxis
        The axes of the parameters.
    metric : str
        Name of the score.
    n_stopped, n_failed : int
        Numbers of candidates without a score, which are not drawn.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure drawn in.
    ax_ : matplotlib Axes
        The axes drawn in.
    lines_ : matplotlib LineCollection
        The candidates, worst first.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import ParallelCoordinatesDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> grid = {"C": [0.1, 1.0, 10.0], "kernel": ["linear", "rbf"]}
    >>> search = GridSearchCV(SVC(), grid).fit(X, y)
    >>> display = ParallelCoordinatesDisplay.from_search(search)
    >>> display.places.shape
    (6, 2)
    """

    def __init__(self, *, places, scores, axes, metric, n_stopped, n_failed):
        self.places = places
        self.scores = scores
        self.axes = axes
        self.metric = metric
        self.n_stopped = n_stopped
        self.n_failed = n_failed

    @classmethod
    def from_search(cls, search, *, metric=None, ax=None):
        """Draw the candidates of a fitted search.

        Parameters
        ----------
        search : fitted search
            A search of this package or of scikit-learn.
        metric : str, default=None
            Name of the score, if there are several and `refit` names none.
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        ParallelCoordinatesDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the search is not fitted.
        TypeError
            If `search` is no search.
        ValueError
            If no candidate has a score, or no parameter was searched.
        """
        record = read_search(search, caller=cls.__name__, metric=metric)
        space = searched_space(search, record.params)
        if space.n_columns == 0:
            raise ValueError(
                f"{cls.__name__} needs a parameter with more than one value, and this "
                f"{record.owner} has none. Search a space with more values."
            )
        record = record.within(space)
        if not record.is_complete.any():
            raise ValueError(
                f"{cls.__name__} needs a candidate with a score, and no point of the "
                f"space of this {record.owner} has one. Search longer."
            )
        U = space.encode(list(record.params))
        active, axes = space.active(U), column_axes(space)
        places = np.full(U.shape, np.nan)
        for j, axis in enumerate(axes):
            rows = active[:, j]
            places[rows, j] = _to_unit(axis, axis.place(U[rows, j]))
        rows = record.is_complete
        return cls(
            places=places[rows],
            scores=record.scores[rows],
            axes=axes,
            metric=record.metric,
            n_stopped=int(record.is_stopped.sum()),
            n_failed=int(record.is_failed.sum()),
        ).plot(ax=ax)

    def plot(self, *, ax=None):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        ParallelCoordinatesDisplay
            The display itself.
        """
        n_columns = len(self.axes)
        width = max(6.0, 1.7 * (n_columns + 1) + 1.0)
        self.figure_, self.ax_ = open_axes(ax, type(self).__name__, (width, 4.6))
        self._draw_lines(palette_of(self.ax_))
        for j, axis in enumerate(self.axes):
            self._draw_axis(j, axis, palette_of(self.ax_))
        self._draw_score_axis(palette_of(self.ax_))
        self._set_labels(palette_of(self.ax_))
        return self

    def _draw_lines(self, colours):
        """Draw the candidates, the best one last and most visible."""
        from matplotlib.collections import LineCollection

        low, high = _score_range(self.scores)
        height = np.clip((self.scores - low) / (high - low), 0.0, 1.0)
        points = np.column_stack([self._spread_places(), height])
        points = np.where(np.isnan(points), _ABSENT, points)
        # Of equal scores the first candidate is the best, so it is drawn last: a stable
        # sort of the negated scores, reversed, keeps that.
        order = np.argsort(-self.scores, kind="stable")[::-1]
        x = np.arange(points.shape[1])
        segments = [np.column_stack([x, points[i]]) for i in order]
        n = len(order)
        strength = np.exp(-np.arange(n)[::-1] / _N_STRONG)
        faintest = np.clip(12.0 / n, 0.02, 0.5)
        self.lines_ = LineCollection(
            segments,
            array=self.scores[order],
            cmap=colours.colormap(),
            norm=_norm(low, high),
            alpha=faintest + (0.95 - faintest) * strength,
            linewidths=0.7 + 1.3 * strength,
        )
        self.ax_.add_collection(self.lines_)
        (self.best_line_,) = self.ax_.plot(
            x, points[order[-1]], color=colours.best, linewidth=3, label="best"
        )

    def _spread_places(self):
        """Spread the lines of each category side by side, the best on top."""
        places = self.places.copy()
        rank = -np.argsort(np.argsort(-self.scores, kind="stable"), kind="stable")
        for j, axis in enumerate(self.axes):
            if not axis.is_category:
                continue
            distance = 1.0 / len(axis.ticks)
            for value in np.unique(places[np.isfinite(places[:, j]), j]):
                rows = np.flatnonzero(places[:, j] == value)
                rows = rows[np.argsort(rank[rows])]
                if len(rows) > 1:
                    offset = np.linspace(-0.5, 0.5, len(rows)) * _SPREAD * distance
                    places[rows, j] += offset
        return places

    def _draw_axis(self, j, axis, colours):
        """Draw one parameter's axis with labels on the left."""
        self.ax_.plot([j, j], [0, 1], color=colours.text, linewidth=1, zorder=3)
        places, labels = _labelled(axis, self._letters_between_axes())
        for place, label in zip(places, labels, strict=True):
            self._write(j, place, label, colours)
        if np.isnan(self.places[:, j]).any():
            self._write(j, _ABSENT, "not used", colours)

    def _draw_score_axis(self, colours):
        """Draw the score's axis on the right."""
        j = len(self.axes)
        low, high = _score_range(self.scores)
        self.ax_.plot([j, j], [0, 1], color=colours.text, linewidth=1, zorder=3)
        decimals = int(np.clip(2 - np.floor(np.log10(high - low)), 0, 10))
        is_single = self.scores.min() == self.scores.max()
        for value in self.scores[:1] if is_single else _nice_numbers(low, high):
            mark = "≤ " if value == low and self.scores.min() < low else ""
            text = f"{mark}{value:.{decimals}f}"
            self._write(j, (value - low) / (high - low), text, colours, right=True)

    def _write(self, j, place, label, colours, *, right=False):
        """Write a label beside an axis, on a box that covers the lines."""
        sign = 1 if right else -1
        self.ax_.annotate(
            label,
            (j, place),
            xytext=(_GAP * sign, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize="small",
            color=colours.text,
            bbox={
                "boxstyle": "round,pad=0.12",
                "facecolor": _background(self.ax_),
                "edgecolor": "none",
                "alpha": 0.75,
            },
            zorder=5,
        )

    def _set_labels(self, colours):
        """Set the names below the axes, the title and the legend."""
        names = [axis.label for axis in self.axes] + [score_label(self.metric)]
        texts = [_folded(shorten(name, 2 * _LONGEST_LINE)) for name in names]
        self.ax_.set_xticks(range(len(names)), labels=texts)
        self.ax_.tick_params(axis="x", length=0)
        self.ax_.set_xlim(-0.75, len(names) - 0.35)
        if self._is_narrow_for(texts):
            for text in self.ax_.get_xticklabels():
                text.set(rotation=35, ha="right", rotation_mode="anchor")
        self.ax_.set_yticks([])
        absent = np.isnan(self.places).any()
        self.ax_.set_ylim(_ABSENT - 0.06 if absent else -0.06, 1.06)
        clear_spines(self.ax_, keep=())
        n = len(self.scores)
        title = f"{n} candidates" if n > 1 else "1 candidate"
        counts = {"stopped early": self.n_stopped, "failed": self.n_failed}
        without = [f"{count} {word}" for word, count in counts.items() if count]
        if without:
            title += f"; not drawn: {', '.join(without)}"
        self.ax_.set_title(title, loc="left", fontsize="medium")
        self.ax_.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False, borderpad=0
        )

    def _is_narrow_for(self, texts):
        """Whether names side by side would overlap at the current size."""
        longest = max(len(line) for text in texts for line in text.split("\n"))
        size = self.ax_.xaxis.get_ticklabels()[0].get_size()
        return _WIDTH_OF_LETTER * size * (longest + 1) > self._points_between_axes()

    def _letters_between_axes(self):
        """Number of letters that fit between two axes."""
        from matplotlib.font_manager import FontProperties

        size = FontProperties(size="small").get_size_in_points()
        room = self._points_between_axes() - 2 * _GAP
        n_letters = int(room / (_WIDTH_OF_LETTER * size))
        return min(max(n_letters, _FEWEST_LETTERS), _MOST_LETTERS)

    def _points_between_axes(self):
        """Distance of two axes in points, at the current size."""
        width = self.ax_.get_window_extent().width * 72.0 / self.figure_.dpi
        return width / (len(self.axes) + 1.4)


def _to_unit(axis, places):
    """Convert positions on an axis to shares of its length."""
    if axis.is_category:  # the middles of equal cells, which hold the spread lines
        return (places + 0.5) / len(axis.ticks)
    ends = axis.places if len(axis.ticks) == 0 else axis.ticks
    low, high = ends.min(), ends.max()
    if axis.kind == "log":
        places, low, high = np.log(places), np.log(low), np.log(high)
    return np.clip((places - low) / (high - low), 0.0, 1.0)


def _labelled(axis, n_letters):
    """Positions, from 0 to 1, and labels of an axis's ticks."""
    if len(axis.ticks):
        step = -(-len(axis.ticks) // _MOST_LABELS)
        labels = shorten_apart(axis.tick_labels, n_letters)
        return _to_unit(axis, axis.ticks)[::step], labels[::step]
    low, high = axis.places.min(), axis.places.max()
    values = _nice_powers(low, high) if axis.kind == "log" else _nice_numbers(low, high)
    values = np.array(values, dtype=np.float64)
    return _to_unit(axis, values), [number_label(v) for v in values]


def _nice_numbers(low, high):
    """Round numbers between two ends, with the ends."""
    from matplotlib.ticker import MaxNLocator

    inner = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    margin = 0.08 * (high - low)
    return [low, *[v for v in inner if low + margin < v < high - margin], high]


def _nice_powers(low, high):
    """Powers of ten between two ends, with the ends."""
    first, last = np.log10(low), np.log10(high)
    step = max(int(np.ceil((last - first) / 4.0)), 1)
    powers = np.arange(np.ceil(first), np.floor(last) + 1, step)
    margin = 0.08 * (last - first)
    inner = [10.0**p for p in powers if first + margin < p < last - margin]
    return [low, *inner, high]


def _score_range(scores):
    """Range of the score's axis; scores far below the others share its lower end."""
    low, high = scores.min(), scores.max()
    if len(scores) >= 10:
        most = np.quantile(scores, 0.1)
        low = max(low, high - 1.5 * (high - most)) if high > most else low
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _norm(low, high):
    """Normalise colours over the range of the score's axis."""
    from matplotlib.colors import Normalize

    return Normalize(low, high, clip=True)


def _background(ax):
    """Colour of the background, the figure's where the axes are transparent."""
    colour = ax.get_facecolor()
    return colour if colour[3] >= 0.5 else ax.figure.get_facecolor()


def _folded(name):
    """Break a long name into two lines at the end of a word."""
    if len(name) <= _LONGEST_LINE:
        return name
    middle = len(name) // 2
    fits = range(len(name) - _LONGEST_LINE, _LONGEST_LINE + 1)
    breaks = [i for i in fits if name[i] in "_ ("] or [middle]
    at = min(breaks, key=lambda i: abs(i - middle))
    return f"{name[:at].rstrip()}\n{name[at:].strip()}"

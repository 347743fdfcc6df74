"""Shared parts of the displays: import of matplotlib, colours, ticks and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes.inspection._column_axis import ColumnAxis

#: Tick labels with more characters in total are turned.
_MOST_CHARACTERS = 22
#: With at most _MOST_SLANTED labels they are slanted, else vertical; with more than
#: _MOST_LABELS some are left out.
_MOST_SLANTED, _MOST_LABELS = 5, 16

#: Letters of a legend in an inch, and the width of its handle in letters.
_LETTERS_PER_INCH, _LETTERS_OF_HANDLE = 9.5, 6
#: With more labels above each other, their font is small.
_MANY_ROWS = 10


@dataclass(frozen=True)
class Palette:
    """Colours that colour-blind readers distinguish, for one kind of background.

    Parameters
    ----------
    main, accent, third : str
        From Okabe and Ito's palette, lightened on dark backgrounds.
    muted : str
        Colour of less important elements.
    text : str
        Colour of texts and outlines.
    is_dark : bool
        Whether the background is dark.
    """

    main: str
    accent: str
    third: str
    muted: str
    text: str
    is_dark: bool

    @property
    def series(self) -> tuple[str, ...]:
        """Colours of several lines in one picture."""
        return (self.main, self.accent, self.third, self.muted)

    @property
    def best(self) -> str:
        """Colour that stands out among those of `colormap`."""
        return self.text if self.is_dark else self.accent

    def colormap(self) -> Any:
        """Make a colour map of scores whose best end contrasts with the background."""
        import matplotlib as mpl
        from matplotlib.colors import ListedColormap

        # The end of the map that is close to the background's colour is cut off.
        start, name = (0.25, "viridis") if self.is_dark else (0.12, "viridis_r")
        return ListedColormap(mpl.colormaps[name](np.linspace(start, 1.0, 256)))


_ON_LIGHT = Palette("#0072B2", "#D55E00", "#007F5C", "#7A7A7A", "#222222", False)
_ON_DARK = Palette("#56B4E9", "#F0A030", "#33C9A0", "#9A9A9A", "#EEEEEE", True)


def import_pyplot(caller: str) -> Any:
    """Import matplotlib's pyplot, or raise an error that names the package.

    Parameters
    ----------
    caller : str
        Name of the display, for messages.

    Returns
    -------
    module

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{caller}.plot needs matplotlib. Install it with `pip install "
            "skbayes[plot]`."
        ) from error
    return plt


def open_axes(ax: Any, caller: str, size: tuple[float, float]) -> tuple[Any, Any]:
    """Return figure and axes to draw in; new ones if `ax` is None."""
    plt = import_pyplot(caller)
    if ax is not None:
        return ax.figure, ax
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    return figure, ax


def palette_of(ax: Any) -> Palette:
    """Choose the colours for the background of `ax`."""
    from matplotlib.colors import to_rgba

    colour = to_rgba(ax.get_facecolor())
    if colour[3] < 0.5:  # a transparent patch shows the figure's
        colour = to_rgba(ax.figure.get_facecolor())
    red, green, blue = colour[:3]
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return _ON_LIGHT if luminance > 0.4 else _ON_DARK


def clear_spines(ax: Any, keep: Sequence[str] = ("left", "bottom")) -> None:
    """Hide the frame except the sides in `keep`."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in keep)


def put_legend_above(ax: Any, side: str = "left") -> None:
    """Put the legend above the axes, where it covers no data.

    The right side has room above long tick labels.
    """
    labels = ax.get_legend_handles_labels()[1]
    letters = sum(len(label) + _LETTERS_OF_HANDLE for label in labels)
    n_rows = -(-letters // int(_LETTERS_PER_INCH * ax.figure.get_figwidth()))
    ax.legend(
        loc=f"lower {side}",
        bbox_to_anchor=(0.0 if side == "left" else 1.0, 1.0),
        ncols=max(-(-len(labels) // max(n_rows, 1)), 1),
        frameon=False,
        borderaxespad=0.2,
        columnspacing=1.4,
        handletextpad=0.5,
    )


def widen(ax: Any, which: str, column: ColumnAxis, share: float = 0.03) -> None:
    """Extend the limits of an axis a little beyond its column's ends."""
    low, high = column.places[0], column.places[-1]
    if column.kind == "log":
        margin = (high / low) ** share
        ends = (low / margin, high * margin)
    else:
        ends = (low - share * (high - low), high + share * (high - low))
    getattr(ax, f"set_{which}lim")(*ends)


def score_label(metric: str) -> str:
    """Name of a score on an axis."""
    return "mean test score" if metric == "score" else f"mean test {metric}"


def put_column_on(ax: Any, column: ColumnAxis, which: str) -> None:
    """Set scale, ticks and label of an axis to those of a column."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    getattr(ax, f"set_{which}label")(column.label)
    if column.kind == "log":
        getattr(ax, f"set_{which}scale")("log")
        _thin_log_ticks(axis, column)
        return
    if column.kind == "linear":
        from matplotlib.ticker import MaxNLocator

        axis.set_major_locator(MaxNLocator(5))
        return
    step = -(-len(column.ticks) // _MOST_LABELS)
    axis.set_ticks(column.ticks[::step], labels=column.tick_labels[::step])
    if which == "x":
        _turn_labels(axis, column.tick_labels[::step])
    elif len(column.ticks) > _MANY_ROWS:
        axis.set_tick_params(labelsize="small")


def _turn_labels(axis: Any, labels: Sequence[str]) -> None:
    """Turn tick labels that do not fit side by side."""
    if sum(map(len, labels)) <= _MOST_CHARACTERS:
        return
    if len(labels) <= _MOST_SLANTED:
        style = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
    else:
        style = {"rotation": 90, "ha": "center", "fontsize": "small"}
    for text in axis.get_ticklabels():
        text.set(**style)


def _thin_log_ticks(axis: Any, column: ColumnAxis) -> None:
    """Label at most five positions of a log axis; within two decades also 3 and 30."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    low, high = column.places[0], column.places[-1]
    axis.set_minor_formatter(NullFormatter())
    if high / low >= 300:
        axis.set_major_locator(LogLocator(numticks=6))
        return
    axis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=8))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))


def annotate_empty(ax: Any, text: str) -> None:
    """Write a message into empty axes."""
    ax.text(
        0.5,
        0.5,
        text,
        transform=ax.transAxes,
        ha="center",
        va="center",
        wrap=True,
        color=palette_of(ax).text,
    )

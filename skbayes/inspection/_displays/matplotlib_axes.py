"""What the pictures have in common: matplotlib on demand, colours, labels that fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes.inspection._column_axis import ColumnAxis

#: Characters of tick labels side by side above which they are turned.
_MOST_CHARACTERS = 22
#: Labels up to which they are turned by little, and above which some are left out.
_MOST_SLANTED, _MOST_LABELS = 5, 16

#: Letters of a legend in an inch, and what a handle takes, in letters.
_LETTERS_PER_INCH, _LETTERS_OF_HANDLE = 9.5, 6
#: Labels one above the other from which they are small.
_MANY_ROWS = 10


@dataclass(frozen=True)
class Palette:
    """Colours that stay apart for colour-blind eyes, on one kind of background.

    Parameters
    ----------
    main, accent, third : str
        From Okabe and Ito's palette, lightened on dark backgrounds.
    muted : str
        For what is less important.
    text : str
        For words and outlines.
    is_dark : bool
        Whether the background is.
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
        """Colours of scores: the best stand out from the background."""
        import matplotlib as mpl
        from matplotlib.colors import ListedColormap

        # The end that is next to the background's own colour is left out.
        start, name = (0.25, "viridis") if self.is_dark else (0.12, "viridis_r")
        return ListedColormap(mpl.colormaps[name](np.linspace(start, 1.0, 256)))


_ON_LIGHT = Palette("#0072B2", "#D55E00", "#007F5C", "#7A7A7A", "#222222", False)
_ON_DARK = Palette("#56B4E9", "#F0A030", "#33C9A0", "#9A9A9A", "#EEEEEE", True)


def import_pyplot(caller: str) -> Any:
    """Import matplotlib's pyplot, or say what to install.

    Parameters
    ----------
    caller : str
        Who needs it.

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
    """Return the figure and the axes to draw in, new ones if `ax` is None."""
    plt = import_pyplot(caller)
    if ax is not None:
        return ax.figure, ax
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    return figure, ax


def palette_of(ax: Any) -> Palette:
    """Choose the colours that suit the background of some axes."""
    from matplotlib.colors import to_rgba

    colour = to_rgba(ax.get_facecolor())
    if colour[3] < 0.5:  # a transparent patch shows the figure's
        colour = to_rgba(ax.figure.get_facecolor())
    red, green, blue = colour[:3]
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return _ON_LIGHT if luminance > 0.4 else _ON_DARK


def clear_spines(ax: Any, keep: Sequence[str] = ("left", "bottom")) -> None:
    """Take the frame away but for some sides."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in keep)


def put_legend_above(ax: Any, side: str = "left") -> None:
    """Put the legend above the axes, where it covers nothing.

    On the right of axes with long labels it has room above these.
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
    """Let an axis of a picture reach a little beyond its column's ends."""
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
    """Make an axis of a picture that of a column: scale, ticks, label."""
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
    """Turn tick labels that have no room side by side."""
    if sum(map(len, labels)) <= _MOST_CHARACTERS:
        return
    if len(labels) <= _MOST_SLANTED:
        style = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
    else:
        style = {"rotation": 90, "ha": "center", "fontsize": "small"}
    for text in axis.get_ticklabels():
        text.set(**style)


def _thin_log_ticks(axis: Any, column: ColumnAxis) -> None:
    """Label at most five places of a log axis, within a decade or two also 2 and 5."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    low, high = column.places[0], column.places[-1]
    axis.set_minor_formatter(NullFormatter())
    if high / low >= 300:
        axis.set_major_locator(LogLocator(numticks=6))
        return
    axis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=8))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))


def tell(ax: Any, text: str) -> None:
    """Write a message where there is nothing to draw."""
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

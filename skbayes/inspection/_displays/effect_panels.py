"""Draw one panel of the effects: a curve, points, several lines or a map."""

from __future__ import annotations

from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._displays.matplotlib_axes import (
    Palette,
    annotate_empty,
    clear_spines,
    palette_of,
    put_column_on,
    score_label,
    widen,
)
from skbayes.inspection._model.effects import Effect

#: With at most this many categories, a pair is drawn as lines, not as a map.
_MOST_LINES = 4
_LINE_STYLES = ("-", "--", "-.", ":")


def draw_panel(
    ax: Any,
    shown: Effect,
    tried: FloatArray,
    best: FloatArray,
    *,
    metric: str,
    limits: tuple[float, float] | None,
    with_label: bool,
) -> None:
    """Draw one effect as its axes require.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes to draw in.
    shown : Effect
        Effect to draw.
    tried : array of shape (n_candidates, n_axes)
        Positions of the candidates on the axes.
    best : array of shape (n_axes,)
        Position of the best candidate, NaN for a parameter that it lacks.
    metric : str
        Name of the score.
    limits : tuple of float or None
        Range of the score's axis.
    with_label : bool
        Whether to name the score's axis.
    """
    colours = palette_of(ax)
    if len(shown.axes) == 2:
        lines = _lines_axis(shown)
        if lines is None:
            _draw_map(ax, shown, tried, best, metric, colours)
        else:
            _draw_lines(ax, shown, lines, metric, colours)
        return
    (places,), (axis,) = shown.places, shown.axes
    n_tried = len(np.unique(tried[np.isfinite(tried)]))
    if n_tried < 2:
        annotate_empty(ax, "never varied")
        ax.set_xlim(places[0] - 0.5, places[-1] + 0.5)
    elif axis.is_category:
        _draw_categories(ax, places, shown, best[0], colours)
    else:
        _draw_curve(ax, places, shown.median, shown.low, shown.high, colours.main)
        if np.isfinite(best[0]):
            ax.axvline(best[0], color=colours.accent, linestyle=":", linewidth=1.4)
    put_column_on(ax, axis, "x")
    _draw_rug(ax, tried[:, 0], axis, colours)
    if limits is not None:
        ax.set_ylim(limits)
    if not axis.is_category:
        widen(ax, "x", axis)
    if with_label:
        ax.set_ylabel(score_label(metric))
    else:
        ax.tick_params(labelleft=limits is None)
    clear_spines(ax)


def _draw_curve(
    ax: Any,
    places: FloatArray,
    mean: FloatArray,
    low: FloatArray,
    high: FloatArray,
    colour: str,
    **style: Any,
) -> None:
    """Draw a line with its band."""
    ax.fill_between(places, low, high, color=colour, alpha=0.22, linewidth=0)
    ax.plot(places, mean, color=colour, linewidth=2, **style)


def _draw_categories(
    ax: Any, places: FloatArray, shown: Effect, best: float, colours: Palette
) -> None:
    """Draw a point with its interval for each category, the best in another colour."""
    for i, place in enumerate(places):
        if not np.isfinite(shown.median[i]):
            continue
        is_best = place == best
        ax.errorbar(
            place,
            shown.median[i],
            yerr=[
                [shown.median[i] - shown.low[i]],
                [shown.high[i] - shown.median[i]],
            ],
            fmt="D" if is_best else "o",
            color=colours.accent if is_best else colours.main,
            capsize=4,
            markersize=7 if is_best else 6,
        )
    ax.set_xlim(places[0] - 0.5, places[-1] + 0.5)


def _draw_rug(ax: Any, tried: FloatArray, axis: Any, colours: Palette) -> None:
    """Mark the tried values at the bottom."""
    values = tried[np.isfinite(tried)]
    if axis.kind not in ("linear", "log"):
        return
    values = values[(values >= axis.places[0]) & (values <= axis.places[-1])]
    ax.plot(
        values,
        np.full(len(values), 0.0),
        "|",
        color=colours.muted,
        alpha=0.6,
        markersize=9,
        transform=ax.get_xaxis_transform(),
        clip_on=False,
    )


def _lines_axis(shown: Effect) -> int | None:
    """Choose the axis with few categories, None for a map."""
    for k in (0, 1):
        axis, other = shown.axes[k], shown.axes[1 - k]
        few = axis.is_category and len(axis.grid) <= _MOST_LINES
        if few and not other.is_category:
            return k
    return None


def _draw_lines(ax: Any, shown: Effect, k: int, metric: str, colours: Palette) -> None:
    """Draw a curve for each category."""
    axis, other = shown.axes[k], shown.axes[1 - k]
    tables = [np.moveaxis(t, k, 0) for t in (shown.median, shown.low, shown.high)]
    for i, name in enumerate(axis.tick_labels):
        mean, low, high = (table[i] for table in tables)
        if np.isnan(mean).all():
            continue
        _draw_curve(
            ax,
            shown.places[1 - k],
            mean,
            low,
            high,
            colours.series[i],
            label=name,
            linestyle=_LINE_STYLES[i],
        )
    put_column_on(ax, other, "x")
    widen(ax, "x", other)
    ax.set_ylabel(score_label(metric))
    ax.legend(title=axis.label, frameon=True, framealpha=0.85, fontsize="small")
    clear_spines(ax)


def _draw_map(
    ax: Any,
    shown: Effect,
    tried: FloatArray,
    best: FloatArray,
    metric: str,
    colours: Palette,
) -> None:
    """Draw a map of two parameters, with the candidates on it."""
    # pcolormesh takes edges of cells, one more than values.
    edges = [_edges(p, a.kind) for p, a in zip(shown.places, shown.axes, strict=True)]
    image = ax.pcolormesh(
        *edges,
        np.ma.masked_invalid(shown.median.T),
        cmap="viridis",
        shading="flat",
        rasterized=True,
    )
    for axis, which, ends in zip(shown.axes, "xy", edges, strict=True):
        put_column_on(ax, axis, which)
        getattr(ax, f"set_{which}lim")(ends[0], ends[-1])
    ax.figure.colorbar(image, ax=ax, label=score_label(metric))
    ax.scatter(*tried.T, s=12, facecolor="white", edgecolor="black", linewidth=0.5)
    if np.isfinite(best).all():
        ax.scatter(
            *best, s=110, marker="*", color="#F0A030", edgecolor="black", zorder=4
        )


def _edges(places: FloatArray, kind: str) -> FloatArray:
    """Edges of the cells around ascending positions, (n + 1,)."""
    on = np.log(places) if kind == "log" else places
    middles = (on[1:] + on[:-1]) / 2
    first, last = on[0] - (middles[0] - on[0]), on[-1] + (on[-1] - middles[-1])
    edges = np.concatenate([[first], middles, [last]])
    return np.exp(edges) if kind == "log" else edges

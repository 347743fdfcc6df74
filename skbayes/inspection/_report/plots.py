"""Draw the displays for the report, apart from the user's own figures."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from skbayes.inspection._displays.convergence import ConvergenceDisplay
from skbayes.inspection._displays.effects import EffectDisplay
from skbayes.inspection._displays.fold_scores import FoldScoresDisplay
from skbayes.inspection._displays.importances import ImportanceDisplay
from skbayes.inspection._displays.parallel_coordinates import ParallelCoordinatesDisplay
from skbayes.inspection._displays.timeline import TimelineDisplay
from skbayes.inspection._report.html_page import note, picture
from skbayes.inspection._search_record import SearchRecord

#: With more candidates the lines are embedded as an image: as curves they take
#: megabytes.
_MANY = 150


@dataclass(frozen=True)
class _Plot:
    """One picture of the report; `draw(search)` makes its figure."""

    heading: str
    caption: str
    draw: Callable[[Any], Any]


def plots(search: Any, record: SearchRecord, *, random_state: Any) -> Iterator[str]:
    """Draw all pictures of a search.

    Parameters
    ----------
    search : fitted search
        The search to draw.
    record : SearchRecord
        Results that `read_search` read.
    random_state : int, RandomState or None
        Seed of the pictures that draw from a model.

    Yields
    ------
    str
        HTML of a picture, or of a remark with the reason why it is missing.
    """
    try:
        from matplotlib import rc_context, style
    except ImportError:
        yield note("Install matplotlib for the plots: pip install skbayes[plot].")
        return
    for plot in _plots(record, random_state):
        # The default style, as the user's may be dark; the salt makes the SVG's ids,
        # and so the whole file, repeatable.
        with style.context("default"), rc_context({"svg.hashsalt": plot.heading}):
            try:
                with warnings.catch_warnings():
                    # A display warns in its own call; the report has a note instead.
                    warnings.simplefilter("ignore", UserWarning)
                    svg = _svg(plot.draw(search), is_heavy=record.n_candidates > _MANY)
            except Exception as error:
                # An error in one picture must not cost the whole report.
                yield note(f"{plot.heading}: {error}")
            else:
                yield picture(svg, f"{plot.heading}. {plot.caption}", plot.heading)


def _plots(record: SearchRecord, random_state: Any) -> Iterator[_Plot]:
    metric = {"metric": record.metric}
    seeded = {**metric, "random_state": random_state}
    n_names = len({name for params in record.params for name in params})
    yield _Plot(
        "Convergence",
        "Best score so far against the fits it took.",
        _drawn(ConvergenceDisplay, (9, 3.6), metric),
    )
    yield _Plot(
        "Importance",
        "Share of the score's variance that each parameter explains.",
        _drawn(ImportanceDisplay, (9, 1.6 + 0.35 * n_names), seeded),
    )
    yield _Plot(
        "Effects",
        "Expected score against each parameter, averaged over the others.",
        lambda search: _draw_effects(search, seeded),
    )
    yield _Plot(
        "Candidates",
        "Each line is a candidate; the best stand out.",
        _drawn(ParallelCoordinatesDisplay, (10, 4.2), metric),
    )
    yield _Plot(
        "Folds",
        "Scores of the best candidates, fold by fold.",
        _drawn(FoldScoresDisplay, (9, 4), metric),
    )
    if record.trials:
        yield _Plot(
            "Timeline",
            "What each worker did when.",
            _drawn(TimelineDisplay, (9, 3.2), {}),
        )


def _drawn(
    display: Any, size: tuple[float, float], settings: dict[str, Any]
) -> Callable[[Any], Any]:
    """Return a function that draws a display outside of pyplot.

    A figure of pyplot would appear in the user's notebook.
    """

    def draw(search: Any) -> Any:
        figure = _figure(size)
        display.from_search(search, ax=figure.subplots(), **settings)
        return figure

    return draw


def _draw_effects(search: Any, settings: dict[str, Any]) -> Any:
    """Draw the effects; the number of panels is known only after their computation."""
    display = EffectDisplay.from_search(
        search, ax=_figure((4, 3)).subplots(), **settings
    )
    n_panels = len(display.effects)
    n_cols = min(n_panels, 3)
    n_rows = -(-n_panels // n_cols)
    figure = _figure((3.2 * n_cols + 0.6, 2.7 * n_rows + 0.6))
    panels = figure.subplots(n_rows, n_cols, squeeze=False).ravel()
    for unused in panels[n_panels:]:
        unused.remove()
    display.plot(n_cols=n_cols, ax=panels[:n_panels])
    return figure


def _figure(size: tuple[float, float]) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained")


def _svg(figure: Any, *, is_heavy: bool) -> bytes:
    """Save a figure as SVG, with crowded elements as an image inside."""
    if is_heavy:
        for axes in figure.axes:
            for artist in (*axes.lines, *axes.collections, *axes.patches):
                artist.set_rasterized(True)
    buffer = io.BytesIO()
    figure.savefig(
        buffer, format="svg", dpi=110, metadata={"Date": None}, transparent=True
    )
    return buffer.getvalue()

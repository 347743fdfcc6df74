"""Can the pictures be read: nothing over anything else, inside the picture, visible?"""

from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from skbayes.inspection import (
    ConvergenceDisplay,
    EffectDisplay,
    FoldScoresDisplay,
    ImportanceDisplay,
    ParallelCoordinatesDisplay,
    TimelineDisplay,
)
from skbayes.inspection._report.plots import _plots
from skbayes.inspection._search_record import read_search
from tests.inspection._displays.test_matplotlib_axes import contrast
from tests.inspection.searches import LONG, RICH

#: What draws each picture; effects with pairs too.
PICTURES = {
    "convergence": ConvergenceDisplay.from_search,
    "seconds": lambda s: ConvergenceDisplay.from_search(s, against="seconds"),
    "parallel": ParallelCoordinatesDisplay.from_search,
    "folds": FoldScoresDisplay.from_search,
    "importance": lambda s: ImportanceDisplay.from_search(s, random_state=0),
    "near": lambda s: ImportanceDisplay.from_search(
        s, near_optimum=True, random_state=0
    ),
    "effects": lambda s: EffectDisplay.from_search(s, random_state=0),
    "timeline": TimelineDisplay.from_search,
}
#: Pixels by which boxes of letters may touch.
TOLERANCE = 1.5


@pytest.fixture(scope="module")
def search_of():
    """Each search, made once."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = RICH[name]()
        return made[name]

    return get


def visible_texts(figure):
    """Texts that are drawn, with the corners of what they cover, turned as they are."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    found = []
    for text in figure.findobj(Text):
        if not text.get_visible() or not text.get_text().strip():
            continue
        if text.axes is not None and not text.axes.get_visible():
            continue
        box = text.get_window_extent(renderer)
        if box.width > 0 and box.height > 0:
            found.append((text, corners_of(text, box, renderer)))
    return found


def corners_of(text, box, renderer):
    """Corners of the text's own rectangle, which is turned with it."""
    angle = text.get_rotation() % 180
    if angle == 0:
        x0, y0, x1, y1 = box.extents
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    rotation = text.get_rotation()
    text.set_rotation(0)
    flat = text.get_window_extent(renderer)
    text.set_rotation(rotation)
    centre = (box.p0 + box.p1) / 2
    half = np.array([flat.width, flat.height]) / 2
    turn = np.deg2rad(rotation)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return centre + (signs * half) @ matrix.T


def overlap(one, other):
    """How far two rectangles reach into each other, by the separating axes."""
    depths = []
    for corners in (one, other):
        for edge in (corners[1] - corners[0], corners[3] - corners[0]):
            axis = edge / np.linalg.norm(edge)
            a, b = one @ axis, other @ axis
            depths.append(min(a.max(), b.max()) - max(a.min(), b.min()))
    return min(depths)


def hidden_ticks(figure):
    """Tick labels beyond the ends of their axes: matplotlib keeps but hides them."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            scale = axis.get_transform().transform
            low, high = sorted(scale(axis.get_view_interval()))
            slack = 1e-9 * (high - low)
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                place = scale(np.array([tick.get_loc()]))[0]
                if not low - slack <= place <= high + slack:
                    hidden |= {id(tick.label1), id(tick.label2)}
    return hidden


def check_texts(figure):
    """No text over another, and none outside of the figure."""
    texts, hidden = visible_texts(figure), hidden_ticks(figure)
    texts = [(text, corners) for text, corners in texts if id(text) not in hidden]
    for (one, a), (other, b) in itertools.combinations(texts, 2):
        assert overlap(a, b) <= TOLERANCE, (one.get_text(), other.get_text())
    for text, corners in texts:
        low, high = corners.min(axis=0), corners.max(axis=0)
        assert (low >= -TOLERANCE).all(), text.get_text()
        assert (high <= figure.bbox.size + TOLERANCE).all(), text.get_text()


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("name", RICH)
def test_texts_do_not_overlap(picture, name, search_of):
    """Names, ticks, notes and legends have room."""
    if picture == "timeline" and name == "theirs":
        pytest.skip("scikit-learn's searches do not keep times")
    check_texts(PICTURES[picture](search_of(name)).figure_)


def test_texts_of_pairs_do_not_overlap(search_of):
    """Lines, maps and colour bars have room side by side."""
    pairs = [
        (LONG[0], LONG[9]),
        (LONG[4], LONG[0]),
        (LONG[5], LONG[1]),
        (LONG[6], LONG[8]),
    ]
    display = EffectDisplay.from_search(search_of("long_names"), pairs, random_state=0)
    check_texts(display.figure_)


@pytest.mark.parametrize("name", RICH)
def test_texts_of_the_report_do_not_overlap(name, search_of):
    """The report's pictures have sizes of their own, in which all has room."""
    search = search_of(name)
    record = read_search(search, caller="test")
    for plot in _plots(record, random_state=0):
        try:
            figure = plot.draw(search)
        except (TypeError, ValueError):
            continue  # what the search does not tell is a remark in the report
        FigureCanvasAgg(figure)
        check_texts(figure)


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_words_are_visible_in_light_and_dark_styles(picture, style, search_of):
    """Every text stands out from what is behind it."""
    with plt.style.context(style):
        display = PICTURES[picture](search_of("bayes_with_failures"))
        background = display.figure_.get_facecolor()
        for text, _ in visible_texts(display.figure_):
            assert contrast(text.get_color(), background) >= 4.5, text.get_text()

"""Are all pictures of a search drawn, or is it said why one is missing?"""

from __future__ import annotations

import base64
import re

import matplotlib.pyplot as plt

from skbayes.inspection._report.plots import plots
from skbayes.inspection._search_record import read_search
from tests.inspection.searches import one_trial, theirs


def drawn(search, **settings):
    """The pieces of HTML of a search."""
    record = read_search(search, caller="test")
    return list(plots(search, record, random_state=0, **settings))


def test_plots_of_a_poor_search_say_what_is_missing():
    """Each missing plot is named; what can be drawn is drawn."""
    pieces = drawn(one_trial())
    remarks = [p for p in pieces if "note-box" in p]
    pictures = [p for p in pieces if "<figcaption>" in p]
    assert len(remarks) + len(pictures) == len(pieces)
    assert [p for p in remarks if "Importance: " in p and "needs at least 4" in p]
    assert [p for p in pictures if "Convergence. " in p]


def test_plots_leave_pyplot_and_its_style_alone():
    """No figure appears in a notebook; a dark style of the user's is not taken."""
    search = theirs()
    plain = drawn(search)
    with plt.style.context("dark_background"):
        assert drawn(search) == plain
        assert plt.rcParams["axes.facecolor"] == "black"
    assert plt.get_fignums() == []


def test_plots_of_many_candidates_hold_images(monkeypatch):
    """The plots would be large as curves."""
    search = theirs()

    def n_images():
        texts = [
            base64.b64decode(t)
            for t in re.findall(r"xml;base64,([^\"]*)", "".join(drawn(search)))
        ]
        return sum(text.count(b"<image") for text in texts)

    before = n_images()
    monkeypatch.setattr("skbayes.inspection._report.plots._MANY", 1)
    assert n_images() > before

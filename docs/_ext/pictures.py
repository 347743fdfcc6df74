"""Which picture of the gallery stands on which page of the reference."""

from __future__ import annotations

_GALLERY = "/auto_examples/images/sphx_glr_"

#: Full name of an object -> (picture, what it shows).
PICTURES = {
    "skbayes.inspection.ConvergenceDisplay": (
        f"{_GALLERY}plot_displays_001.png",
        "Best mean score so far against the number of fits, with every candidate.",
    ),
    "skbayes.inspection.EffectDisplay": (
        f"{_GALLERY}plot_displays_002.png",
        "Expected score along each parameter, with a band of two standard errors.",
    ),
    "skbayes.inspection.ImportanceDisplay": (
        f"{_GALLERY}plot_displays_003.png",
        "Share of the scores' variance that each parameter explains.",
    ),
    "skbayes.inspection.ParallelCoordinatesDisplay": (
        f"{_GALLERY}plot_displays_004.png",
        "One line a candidate through the axes of the parameters, coloured by score.",
    ),
    "skbayes.inspection.FoldScoresDisplay": (
        f"{_GALLERY}plot_displays_005.png",
        "Scores of the best candidates on every fold.",
    ),
    "skbayes.inspection.TimelineDisplay": (
        f"{_GALLERY}plot_displays_006.png",
        "Which worker ran which fold when.",
    ),
    "skbayes.inspection.search_report": (
        "/_static/report.png",
        "The report in a browser.",
    ),
}

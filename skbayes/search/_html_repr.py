"""Add the outcome of a fitted search to its diagram in notebooks."""

from __future__ import annotations

import html
import math

import numpy as np

from skbayes._deciding_metric import metric_that_decided
from skbayes._duration import duration
from skbayes._fold_statistics import corrected_standard_error
from skbayes._selection_bias import why_unknown
from skbayes._short_text import one_line
from skbayes.search._optimism import corrected_score

#: Characters at most of a parameter's value.
_LONGEST = 80

_STYLE = """
<style>
.skbayes-outcome {font-family: sans-serif; font-size: 0.85em; margin: 0.5em 1em;}
.skbayes-outcome table {border-collapse: collapse;}
.skbayes-outcome th, .skbayes-outcome td {
  text-align: left; padding: 0.15em 0.8em 0.15em 0; vertical-align: top;
  background: transparent; border: none;}
.skbayes-outcome th {font-weight: normal; opacity: 0.7;}
.skbayes-outcome code {white-space: pre-wrap; background: transparent;}
</style>"""


def with_outcome(search, diagram):
    """The diagram with the outcome beside it, if the search is fitted.

    Parameters
    ----------
    search : SearchCV
        Fitted or not.
    diagram : str
        scikit-learn's HTML.

    Returns
    -------
    str
    """
    if not hasattr(search, "trials_"):
        return diagram
    rows = "".join(
        f"<tr><th>{html.escape(name)}</th><td>{value}</td></tr>"
        for name, value in _outcome(search)
    )
    return (
        '<div style="display: flex; flex-wrap: wrap; align-items: flex-start">'
        f'<div>{diagram}</div><div class="skbayes-outcome">{_STYLE}'
        f"<table>{rows}</table></div></div>"
    )


def _outcome(search):
    """Yield the rows of the outcome: a name and its HTML."""
    score = _best_score(search)
    if score is not None:
        yield "best score", score
    if metric_that_decided(search) is not None:
        corrected = corrected_score(search)
        reason = why_unknown(search, "It")
        if reason is not None:
            yield "corrected for optimism", html.escape(reason)
        elif not math.isnan(corrected):
            yield "corrected for optimism", f"{corrected:.4g}"
    if hasattr(search, "best_params_"):
        for name, value in search.best_params_.items():
            yield name, f"<code>{html.escape(_shown(value))}</code>"
    statuses = [str(trial.status) for trial in search.trials_]
    counts = [(s, statuses.count(s)) for s in ("complete", "stopped", "failed")]
    listed = ", ".join(f"{count} {status}" for status, count in counts if count)
    yield "candidates", listed
    seconds = sum(trial.seconds for trial in search.trials_)
    yield "fitting and scoring", duration(seconds)


def _best_score(search):
    """Mean and corrected standard error of the chosen candidate."""
    if not hasattr(search, "best_index_") or not hasattr(search, "best_score_"):
        return None
    scores = search.trials_[search.best_index_].scores(metric_that_decided(search))
    if len(scores) < 2 or np.isnan(scores).any():
        return f"{search.best_score_:.4g}"
    error = corrected_standard_error(scores, getattr(search, "_test_share", None))
    return f"{search.best_score_:.4g} &plusmn; {error:.2g} (standard error)"


def _shown(value):
    """The repr of a value, cut if it is long."""
    return f"{value:.6g}" if isinstance(value, float) else one_line(value, _LONGEST)

"""What a notebook shows of a fitted search beside the diagram: its outcome."""

from __future__ import annotations

import html
import math

import numpy as np

#: A longer value of a parameter is cut.
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
    """The diagram, and beside it the outcome where there is one.

    Parameters
    ----------
    search : SearchCV
        Fitted or not.
    diagram : str
        What scikit-learn shows.

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
    """Pairs of a name and HTML."""
    score = _best_score(search)
    if score is not None:
        yield "best score", score
    corrected = getattr(search, "optimism_corrected_score_", math.nan)
    if not math.isnan(corrected):
        yield "corrected for optimism", f"{corrected:.4g}"
    if hasattr(search, "best_params_"):
        for name, value in search.best_params_.items():
            yield name, f"<code>{html.escape(_short(value))}</code>"
    statuses = [str(trial.status) for trial in search.trials_]
    counts = [(s, statuses.count(s)) for s in ("complete", "stopped", "failed")]
    told = ", ".join(f"{count} {status}" for status, count in counts if count)
    yield "candidates", told
    seconds = sum(trial.seconds for trial in search.trials_)
    yield "fitting and scoring", f"{seconds:.3g} s"


def _best_score(search):
    """Mean and standard error over the folds of the chosen candidate."""
    if not hasattr(search, "best_index_") or not hasattr(search, "best_score_"):
        return None
    name = search.refit if search.multimetric_ else "score"
    scores = search.trials_[search.best_index_].scores(name)
    if len(scores) < 2 or np.isnan(scores).any():
        return f"{search.best_score_:.4g}"
    error = scores.std(ddof=1) / math.sqrt(len(scores))
    return f"{search.best_score_:.4g} &plusmn; {error:.2g} (standard error)"


def _short(value):
    """How a value is written, cut where it is long."""
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

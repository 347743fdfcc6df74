"""Write the report's table of candidates, which its script sorts and filters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from skbayes._short_text import cut
from skbayes._values import native
from skbayes.inspection._report.html_page import escape
from skbayes.inspection._search_record import SearchRecord

_MISSING = "–"
#: Most characters of a value; a longer one is cut, with its full text as a hint.
_LONGEST = 120


def trial_table(record: SearchRecord) -> str:
    """Write the table of all candidates, best first.

    Parameters
    ----------
    record : SearchRecord
        Results that `read_search` read.

    Returns
    -------
    str
        HTML with the attributes that the page's script sorts and filters by.
    """
    names = sorted({name for params in record.params for name in params})
    columns = ["rank", "score", "std", "status", "folds", "seconds", *names]
    # A first click sorts these columns descending: their largest values matter most.
    falling = {"score", "std", "seconds"}
    head = "".join(
        f'<th scope="col"{_first(name in falling)}>'
        f'<button type="button">{escape(name)}</button></th>'
        for name in columns
    )
    status = statuses(record)
    # Stopped candidates are sorted by the race's estimates; failed ones come last.
    without = np.flatnonzero(~record.is_complete)
    keys = (-np.nan_to_num(record.adjusted, nan=-np.inf), ~record.is_stopped)
    without = without[np.lexsort([key[without] for key in keys])]
    order = [*record.best_first(), *without]
    body = "".join(
        _row(record, int(row), rank, status[row], names)
        for rank, row in enumerate(order, start=1)
    )
    choices = "".join(
        f'<option value="{escape(s)}">{escape(s)}</option>' for s in sorted(set(status))
    )
    return (
        '<div class="controls"><input id="trials-filter" type="search" '
        'placeholder="Filter, e.g. rbf 0.1" aria-label="Filter candidates">'
        '<select id="trials-status" aria-label="Status">'
        f'<option value="">every status</option>{choices}</select>'
        f'<span id="trials-count" class="muted" role="status">{len(order)}</span></div>'
        f'<div class="scroll" id="trials-scroll"><table id="trials"><thead><tr>{head}'
        f"</tr></thead><tbody>{body}</tbody></table></div>"
    )


def statuses(record: SearchRecord) -> list[str]:
    """Name the status of each candidate."""
    if record.trials:
        return [str(trial.status) for trial in record.trials]
    words = np.where(record.is_failed, "failed", "complete")
    return [str(word) for word in np.where(record.is_stopped, "stopped", words)]


def _first(is_descending: bool) -> str:
    return ' data-first="descending"' if is_descending else ""


def _row(
    record: SearchRecord, row: int, rank: int, status: str, names: list[str]
) -> str:
    has_score = bool(record.is_complete[row])
    folds = record.fold_scores[row]
    is_best = has_score and row == record.best
    cells = [
        _number(rank if has_score else math.nan),
        _score(record, row),
        _number(folds.std() if has_score else math.nan),
        f'<td class="{escape(status)}">{escape(status)}</td>',
        _number(int(record.n_fits[row])),
        _number(record.seconds[row]),
        *(_value(record.params[row], name) for name in names),
    ]
    mark = ' class="best"' if is_best else ""
    return f'<tr data-status="{escape(status)}"{mark}>{"".join(cells)}</tr>'


def _score(record: SearchRecord, row: int) -> str:
    """Write the score, or a race's estimate with a mark."""
    estimate = record.adjusted[row]
    if not record.is_stopped[row] or not math.isfinite(estimate):
        return _number(record.scores[row])
    hint = "estimated from the folds that were run"
    return (
        f'<td class="number" data-value="{float(estimate)!r}" title="{hint}">'
        f"≈ {estimate:.4g}</td>"
    )


def _number(value: float) -> str:
    if not math.isfinite(value):
        return f'<td class="number">{_MISSING}</td>'
    return f'<td class="number" data-value="{float(value)!r}">{value:.4g}</td>'


def _value(params: Any, name: str) -> str:
    if name not in params:
        return f"<td>{_MISSING}</td>"
    value = native(params[name])
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        if math.isfinite(value):
            return f'<td class="number" data-value="{float(value)!r}">{shown}</td>'
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= _LONGEST:
        return f"<td>{escape(text)}</td>"
    return f'<td title="{escape(text)}">{escape(cut(text, _LONGEST))}</td>'

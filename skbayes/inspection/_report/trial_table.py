"""The report's table of all candidates, to be sorted and filtered."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from skbayes.inspection._page import escape
from skbayes.inspection._reading import SearchRecord
from skbayes.space import native

_MISSING = "–"
#: A longer value is cut; the page has it in full as a hint.
_LONGEST = 120


def trial_table(record: SearchRecord) -> str:
    """Write the table of all candidates, best first.

    Parameters
    ----------
    record : SearchRecord
        What the search tells.

    Returns
    -------
    str
        HTML, with what the page's script needs to sort and filter it.
    """
    names = sorted({name for params in record.params for name in params})
    columns = ["rank", "score", "std", "status", "folds", "seconds", *names]
    # What is wanted of these is mostly the largest.
    falling = {"score", "std", "seconds"}
    head = "".join(
        f'<th scope="col"{_first(name in falling)}>'
        f'<button type="button">{escape(name)}</button></th>'
        for name in columns
    )
    status = statuses(record)
    order = [*record.best_first(), *np.flatnonzero(~record.is_complete)]
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
    """How each candidate ended, in a word."""
    if record.trials:
        return [str(trial.status) for trial in record.trials]
    return ["failed" if failed else "complete" for failed in record.is_failed]


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
        _number(record.scores[row]),
        _number(folds.std() if has_score else math.nan),
        f'<td class="{escape(status)}">{escape(status)}</td>',
        _number(int(record.n_fits[row])),
        _number(record.seconds[row]),
        *(_value(record.params[row], name) for name in names),
    ]
    mark = ' class="best"' if is_best else ""
    return f'<tr data-status="{escape(status)}"{mark}>{"".join(cells)}</tr>'


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
    return f'<td title="{escape(text)}">{escape(text[: _LONGEST - 1])}…</td>'

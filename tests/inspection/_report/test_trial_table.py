"""Has the table every candidate in its place, and values as the script sorts them?"""

from __future__ import annotations

import html
import re

import numpy as np

from skbayes._protocol import Status, Trial
from skbayes.inspection._report.trial_table import statuses, trial_table
from skbayes.inspection._search_record import SearchRecord


def record_of(params, scores, *, failed=(), stopped=(), adjusted=None, trials=()):
    """A record of two folds with the same score each."""
    scores, n = np.array(scores, float), len(scores)
    return SearchRecord(
        owner="GridSearchCV",
        metric="score",
        params=tuple(params),
        fold_scores=np.column_stack([scores, scores]),
        scores=scores,
        is_failed=np.isin(np.arange(n), failed),
        is_stopped=np.isin(np.arange(n), stopped),
        seconds=np.full(n, 0.5),
        n_fits=np.full(n, 2),
        adjusted=scores if adjusted is None else np.array(adjusted, float),
        trials=trials,
        untuned=None,
        test_share=None,
    )


def rows_of(record):
    """The cells of each row as text."""
    body = trial_table(record).partition("<tbody>")[2]
    rows = re.findall(r"<tr.*?</tr>", body)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]
    return [[html.unescape(cell) for cell in row] for row in cells]


def test_trial_table_is_sorted_best_first():
    """Stopped candidates follow by their estimates, then failed ones, without rank."""
    nan = np.nan
    record = record_of(
        [{"C": c} for c in range(6)],
        [0.5, nan, 0.9, nan, nan, 0.5],
        failed=[1],
        stopped=[3, 4],
        adjusted=[0.5, nan, 0.9, 0.2, 0.4, 0.5],
    )
    rows = rows_of(record)
    assert [row[6] for row in rows] == ["2", "0", "5", "4", "3", "1"]
    assert [row[0] for row in rows] == ["1", "2", "3", *"\N{EN DASH}" * 3]
    assert [row[1] for row in rows[3:]] == ["≈ 0.4", "≈ 0.2", "\N{EN DASH}"]
    assert [row[3] for row in rows] == [
        *["complete"] * 3,
        *["stopped"] * 2,
        "failed",
    ]


def test_trial_table_marks_one_best():
    """The first of equals is marked."""
    text = trial_table(record_of([{"C": 1}, {"C": 2}], [0.5, 0.5]))
    assert text.count('class="best"') == 1
    assert text.index('class="best"') < text.index('data-value="2.0"')


def test_trial_table_has_values_of_every_kind():
    """Numbers can be sorted; what is none, or is missing, is text."""
    values = [
        (1e-7, "1e-07", 1e-7),
        (np.int64(3), "3", 3.0),
        (True, "True", None),
        (None, "None", None),
        (float("inf"), "inf", None),
        ("<b>", "<b>", None),
        ((1, 2), "(1, 2)", None),
    ]
    text = trial_table(record_of([{"v": v} for v, *_ in values], [0.5] * len(values)))
    assert "<b>" not in text
    cells = re.findall(r"<td(?: class=\"number\")?([^>]*)>([^<]*)</td></tr>", text)
    for (attributes, shown), (_, expected, number) in zip(cells, values, strict=True):
        assert html.unescape(shown) == expected
        found = re.search(r'data-value="(.*)"', attributes)
        assert (None if found is None else float(found[1])) == number


def test_trial_table_cuts_long_values_and_keeps_them_as_a_hint():
    """A parameter that a candidate lacks has a dash."""
    text = trial_table(record_of([{"<a>": "x" * 500}, {"b": 1}], [0.5, 0.4]))
    assert f'title="{"x" * 500}"' in text
    assert "x" * 200 + "<" not in text
    assert "&lt;a&gt;" in text
    assert [
        row[6:] for row in rows_of(record_of([{"a": 1}, {"b": 1}], [0.5, 0.4]))
    ] == [
        ["1", "\N{EN DASH}"],
        ["\N{EN DASH}", "1"],
    ]


def test_statuses_are_those_of_trials_where_there_are_any():
    """Without trials the statuses are known from the scores."""
    record = record_of([{}] * 3, [0.5, np.nan, np.nan], failed=[1], stopped=[2])
    assert statuses(record) == ["complete", "failed", "stopped"]
    trials = tuple(Trial(i, {}, 2, status=Status.RUNNING) for i in range(3))
    record = record_of([{}] * 3, [0.5, np.nan, np.nan], trials=trials)
    assert statuses(record) == ["running"] * 3


def test_trial_table_says_which_columns_fall_at_first():
    """Scores and times fall at first; ranks and parameters rise."""
    head = trial_table(record_of([{"C": 1}], [0.5])).partition("</thead>")[0]
    columns = re.findall(r"<th scope=\"col\"([^>]*)><button[^>]*>(.*?)<", head)
    falling = [name for attributes, name in columns if "descending" in attributes]
    assert falling == ["score", "std", "seconds"]
    names = [name for _, name in columns]
    assert names == ["rank", "score", "std", "status", "folds", "seconds", "C"]

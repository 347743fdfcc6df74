"""ProgressBar: what it shows of trials, time and budget, with tqdm and without."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from skbayes._search_progress import SearchProgress
from skbayes.callbacks import ProgressBar
from tests.progress import NAN, progress


def steps(n: int, **changes) -> list[SearchProgress]:
    """Make the progress of a search of `n` trials."""
    return [progress([0.5] * i, n_total=n, **changes) for i in range(1, n + 1)]


@pytest.fixture
def screen(capsys) -> Callable[[], str]:
    """Give what has been written to standard error since it was asked last."""
    return lambda: capsys.readouterr().err


@pytest.fixture
def without_tqdm(monkeypatch) -> None:
    """Make tqdm impossible to import."""
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)


def test_progress_bar_shows_trials_best_score_and_folds_saved(screen):
    """The bar shows the time left, too, from the mean of the trials so far."""
    pytest.importorskip("tqdm")
    bar = ProgressBar()
    for step in steps(20, best_score=0.87654, n_folds_saved=12)[:5]:
        assert bar(step) is None
    bar.on_search_end()
    last = screen().rstrip().rpartition("\r")[2]
    assert last.startswith("search:  25%")
    assert "5/20" in last
    assert "best 0.8765, 12 folds saved" in last


def test_progress_bar_counts_time_from_the_beginning_of_the_search(screen):
    """The first trial is over before there is a bar."""
    pytest.importorskip("tqdm")
    bar = ProgressBar()
    bar(progress([0.5], n_total=11, elapsed=30.0))
    assert "1/11 [00:30<05:00" in screen()
    bar.on_search_end()


def test_progress_bar_does_not_take_a_continued_search_for_fast(screen):
    """Trials from a journal cost no time and say nothing about the others."""
    pytest.importorskip("tqdm")
    bar = ProgressBar()
    bar(progress([0.5] * 51, n_total=61, elapsed=30.0))
    assert "51/61 [00:30<05:00" in screen()
    bar.on_search_end()


@pytest.mark.usefixtures("without_tqdm")
def test_progress_bar_shows_trials_of_a_journal_at_no_time(screen):
    """The time left is that of trials that are run; none is known before one is."""
    bar = ProgressBar()
    bar(progress([0.5], n_total=61, elapsed=0.1, n_found=1))
    assert screen() == "search: trial 1/61, best 0.5, 1 from the journal\n"
    bar(progress([0.5] * 51, n_total=61, elapsed=30.0, n_found=50))
    bar.on_search_end()
    printed = "search: trial 51/61, best 0.5, 50 from the journal, 300 s left\n"
    assert screen() == printed


def test_progress_bar_leaves_out_the_time_of_a_journal(screen):
    """The pace of the bar is that of trials that are run."""
    tqdm = pytest.importorskip("tqdm")
    bar = ProgressBar()
    for n_done, n_found in ((1, 1), (50, 50), (51, 50)):
        bar(progress([0.5] * n_done, n_total=61, elapsed=30.0, n_found=n_found))
    (shown,) = tqdm.tqdm._instances
    assert (shown.n, shown.initial) == (51, 50)
    bar.on_search_end()
    assert "50 from the journal" in screen()


def test_progress_bar_of_unknown_length_only_counts(screen):
    """Strategies need not know how many candidates there will be."""
    pytest.importorskip("tqdm")
    bar = ProgressBar("grid")
    for step in steps(3, n_folds_saved=0):
        bar(progress(step.scores, n_total=None, best_score=NAN))
    bar.on_search_end()
    text = screen()
    assert "grid: 3trial" in text
    assert "best nan" in text
    assert "saved" not in text


@pytest.mark.parametrize("tells_the_end", [True, False])
def test_progress_bar_serves_several_searches(screen, tells_the_end):
    """A new bar begins when the count does, also after a search that was cut off."""
    pytest.importorskip("tqdm")
    bar = ProgressBar()
    for n_done in (4, 2, 4):
        for step in steps(4)[:n_done]:
            bar(step)
        if tells_the_end:
            bar.on_search_end()
    bar.on_search_end()
    lines = screen().rstrip("\n").split("\n")
    assert [line.rpartition("\r")[2][:13] for line in lines] == [
        "search: 100%|",
        "search:  50%|",
        "search: 100%|",
    ]


def test_progress_bar_stays_for_a_trial_that_ends_twice(screen):
    """Racing catches up with losers; what is best then is shown at once."""
    pytest.importorskip("tqdm")
    bar = ProgressBar()
    for step in [*steps(4), steps(4)[-1], progress([0.5] * 4, n_total=4, best_score=2)]:
        bar(step)
    before_the_end = screen()
    bar.on_search_end()
    assert "4/4" in before_the_end
    assert "best 2]" in before_the_end
    assert (before_the_end + screen()).count("\n") == 1


@pytest.mark.parametrize(
    ("budget_left", "left"), [(80.0, "01:20"), (0.0, "00:00"), (500.0, "05:00")]
)
def test_progress_bar_has_at_most_the_time_of_the_budget(screen, budget_left, left):
    """Of the trials and the budget, what is used up first ends the search."""
    pytest.importorskip("tqdm")
    bar = ProgressBar()
    bar(progress([0.5], n_total=11, elapsed=30.0, budget_left=budget_left))
    bar.on_search_end()
    last = screen().rstrip().rpartition("\r")[2]
    assert re.search(rf"9%\|.+\| 1/11 \[00:30<{left}, .+trial, best 0.5\]", last)


def test_progress_bar_of_no_number_of_trials_has_the_budget(screen):
    """No other limit is known."""
    pytest.importorskip("tqdm")
    bar = ProgressBar()
    bar(progress([0.5], n_total=None, elapsed=30.0, budget_left=80.0))
    bar.on_search_end()
    assert "1/? [00:30<01:20" in screen()


DISABLED = """
from skbayes import GridSearchCV
from skbayes.callbacks import ProgressBar
from tests.search.estimators import FOLDS, Scripted, X, y
search = GridSearchCV(
    Scripted(), {"quality": [0.1, 0.2]}, cv=FOLDS, time_budget=60,
    callbacks=[ProgressBar()],
)
print(search.fit(X, y).best_params_)
"""


def test_progress_bar_that_tqdm_does_not_show_ends_no_search():
    """Bars are hidden where tests run by themselves."""
    pytest.importorskip("tqdm")
    root = str(Path(__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", DISABLED],
        env={**os.environ, "PYTHONPATH": root, "TQDM_DISABLE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("{'quality': 0.2}\n", "")


def test_progress_bar_on_search_end_needs_no_beginning(screen):
    """A search may fail before its first trial."""
    ProgressBar().on_search_end()
    assert screen() == ""


def test_progress_bar_copied_while_it_runs_has_its_own(screen):
    """Nested searches clone the outer one's parameters while it runs."""
    pytest.importorskip("tqdm")
    outer = ProgressBar()
    for step in steps(2):
        outer(step)
        inner = copy.deepcopy(outer)
        inner.description = "inner"
        for inner_step in steps(3):
            inner(inner_step)
        inner.on_search_end()
    outer.on_search_end()
    text = screen()
    assert text.count("inner: 100%") >= 2
    assert "search: 100%" in text


@pytest.mark.usefixtures("without_tqdm")
def test_progress_bar_prints_lines_without_tqdm(screen):
    """The first and the last line always come, and one a second in between."""
    bar = ProgressBar()
    for step in steps(10, best_score=0.9, n_folds_saved=3):
        bar(step)
    bar.on_search_end()
    assert screen().splitlines() == [
        "search: trial 1/10, best 0.9, 3 folds saved, 18 s left",
        "search: trial 10/10, best 0.9, 3 folds saved, 0 s left",
    ]


@pytest.mark.usefixtures("without_tqdm")
def test_progress_bar_lines_tell_the_time_left_of_the_budget(screen):
    """The budget is less than the time of the trials, or nothing else is known."""
    bar = ProgressBar()
    for n_total, budget_left in [(11, 80.0), (11, 500.0), (None, 80.0), (None, None)]:
        facts = {"n_total": n_total, "budget_left": budget_left}
        bar(progress([0.5], elapsed=30.0, **facts))
        bar.on_search_end()
    assert screen().splitlines() == [
        "search: trial 1/11, best 0.5, 80 s left",
        "search: trial 1/11, best 0.5, 300 s left",
        "search: trial 1, best 0.5, 80 s left",
        "search: trial 1, best 0.5",
    ]


@pytest.mark.usefixtures("without_tqdm")
def test_progress_bar_lines_come_once_a_second(screen, monkeypatch):
    """The clock of the lines does not jump."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    bar = ProgressBar()
    for step in steps(5):
        bar(progress(step.scores, n_total=None))
        now += 0.6
    bar.on_search_end()
    bar.on_search_end()
    assert screen().splitlines() == [f"search: trial {n}, best 0.5" for n in (1, 3, 5)]

"""The progress bar shows where a search stands; the rules end it when they should."""

from __future__ import annotations

import copy
import math
import os
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from skbayes._protocol import Trial
from skbayes._search_progress import SearchProgress
from skbayes.callbacks import (
    ExpectedImprovementBelowNoise,
    NoImprovement,
    ProgressBar,
    ScoreReached,
)

NAN = math.nan


def progress(scores=(0.5,), **changes) -> SearchProgress:
    """Make the progress of a search whose trials ended with these mean scores."""
    finite = [s for s in scores if not math.isnan(s)]
    facts = {
        "trial": Trial(len(scores) - 1, {"C": 1}, 5),
        "n_done": len(scores),
        "n_total": 20,
        "n_folds_done": 5 * len(scores),
        "n_folds_saved": 0,
        "best_score": max(finite, default=NAN),
        "best_params": {"C": 1} if finite else None,
        "elapsed": 2.0 * len(scores),
        "scores": tuple(scores),
    }
    return SearchProgress(**{**facts, **changes})


# ---------------------------------------------------------------- no improvement


@pytest.mark.parametrize(
    ("scores", "ends"),
    [
        ([], False),
        ([0.5], False),
        ([0.5, 0.4, 0.4], False),
        ([0.5, 0.4, 0.4, 0.4], True),
        ([0.5, 0.5, 0.5, 0.5], True),
        ([0.5, 0.4, 0.4, 0.6], False),
        ([0.5, 0.4, 0.6, 0.4, 0.4], False),
        ([0.5, 0.4, 0.6, 0.4, 0.4, 0.4], True),
        ([0.5, NAN, NAN, NAN], True),
        ([NAN, NAN, NAN, NAN], False),
        ([NAN, 0.5, NAN, 0.4, 0.3], True),
        ([-0.5, -0.6, -0.6, -0.6], True),
        ([-math.inf, 0.4, 0.4, 0.4], False),
    ],
)
def test_no_improvement_ends_when_the_best_has_stood(scores, ends):
    """The limit is three trials here; those without a score count, too."""
    assert NoImprovement(3)(progress(scores)) is ends


def test_no_improvement_can_ignore_small_ones():
    """The least improvement is measured from the best before."""
    scores = [0.5, 0.51, 0.52, 0.53]
    assert NoImprovement(3, min_delta=0.04)(progress(scores))
    assert not NoImprovement(3, min_delta=0.02)(progress(scores))
    assert NoImprovement(2, min_delta=0.25)(progress([0.5, 0.75, 0.75]))


def test_no_improvement_is_fast_for_long_searches():
    """The rule is called after each of thousands of trials."""
    long = progress([0.5] * 10_000)
    began = time.process_time()
    for _ in range(20):
        NoImprovement(20)(long)
    assert (time.process_time() - began) / 20 < 0.05


# ----------------------------------------------------------------- score reached


@pytest.mark.parametrize(
    ("best", "ends"), [(0.8, True), (0.9, True), (0.79, False), (NAN, False)]
)
def test_score_reached_looks_at_the_best_complete_trial(best, ends):
    """Greater is better; as long as there is no such trial, nothing is reached."""
    assert ScoreReached(0.8)(progress(best_score=best)) is ends


# ---------------------------------------------------- expected improvement, noise

FOLDS = np.array([0.7, 0.8, 0.9, 0.8, 0.8])
#: s sqrt(1/K + 1/(K - 1)) of these, by hand: s = sqrt(0.02 / 4), K = 5.
NOISE = math.sqrt(0.005) * math.sqrt(0.45)


@pytest.mark.parametrize(
    ("gain", "ends"),
    [(0.99 * NOISE, True), (1.01 * NOISE, False), (0.0, True), (None, False)],
)
def test_expected_improvement_below_noise_ends_the_search(gain, ends):
    """The noise is the standard error corrected for shared training data."""
    rule = ExpectedImprovementBelowNoise(fraction=1, min_trials=1)
    now = progress(fold_scores=FOLDS, expected_improvement=gain)
    assert rule(now) is ends


def test_expected_improvement_below_noise_has_a_fraction():
    """A smaller fraction makes for longer searches."""
    now = progress(fold_scores=FOLDS, expected_improvement=0.5 * NOISE)
    assert not ExpectedImprovementBelowNoise(0.4, min_trials=1)(now)
    assert ExpectedImprovementBelowNoise(0.6, min_trials=1)(now)


def test_expected_improvement_below_noise_ends_no_young_search():
    """The surrogate must have seen something first."""
    rule = ExpectedImprovementBelowNoise(min_trials=3)
    facts = {"fold_scores": FOLDS, "expected_improvement": 0.0}
    assert not rule(progress([0.5] * 2, **facts))
    assert rule(progress([0.5] * 3, **facts))


def test_expected_improvement_below_noise_asks_for_what_it_needs():
    """The surrogate computes the expected improvement for those who ask only."""
    assert ExpectedImprovementBelowNoise().needs_expected_improvement
    assert not hasattr(NoImprovement(3), "needs_expected_improvement")


@pytest.mark.parametrize("folds", [[], [0.5], [NAN, NAN], [0.5, 0.5]])
def test_expected_improvement_below_noise_needs_noise(folds):
    """The search has one fold, no complete trial, or folds that agree."""
    rule = ExpectedImprovementBelowNoise(min_trials=1)
    now = progress(fold_scores=np.array(folds), expected_improvement=0.0)
    assert not rule(now)


# ---------------------------------------------------------------- all of the rules


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: NoImprovement(0),
            "`n_trials` .* of NoImprovement .* an integer >= 1. Got 0",
        ),
        (
            lambda: NoImprovement(2.5),
            "`n_trials` .* of NoImprovement .* integer .* Got 2.5",
        ),
        (lambda: NoImprovement(True), "`n_trials` .* Got True instead"),
        (lambda: NoImprovement("3"), "`n_trials` .* Got '3' instead"),
        (
            lambda: NoImprovement(3, -0.1),
            "`min_delta` .* a finite number >= 0. Got -0.1",
        ),
        (lambda: NoImprovement(3, NAN), "`min_delta` .* Got nan"),
        (lambda: NoImprovement(3, None), "`min_delta` .* Got None"),
        (
            lambda: ScoreReached(NAN),
            "`score` .* of ScoreReached .* a finite number. Got nan",
        ),
        (lambda: ScoreReached("0.9"), "`score` .* Got '0.9'"),
        (
            lambda: ExpectedImprovementBelowNoise(0),
            "`fraction` .* finite number > 0. Got 0",
        ),
        (lambda: ExpectedImprovementBelowNoise(math.inf), "`fraction` .* Got inf"),
        (lambda: ExpectedImprovementBelowNoise(1, 0), "`min_trials` .* >= 1. Got 0"),
    ],
)
def test_callbacks_refuse_bad_parameters_before_any_trial(make, message):
    """Each rule names the parameter and shows what was given when it is made."""
    with pytest.raises(ValueError, match=f"The {message}"):
        make()


@pytest.mark.parametrize("n_trials", [3, np.int64(3), np.int8(3)])
def test_callbacks_take_numpy_numbers(n_trials):
    """Numbers may come out of arrays."""
    assert NoImprovement(n_trials, np.float32(0.0))(progress([0.5] * 4))
    assert ScoreReached(np.float32(0.5))(progress([0.5]))


ALL = [
    NoImprovement(20, 0.01),
    ScoreReached(0.9),
    ExpectedImprovementBelowNoise(),
    ProgressBar("inner"),
]


@pytest.mark.parametrize("callback", ALL)
def test_callbacks_can_be_written_down_copied_and_sent(callback):
    """The repr makes a callback again, and copies of every kind keep its parameters."""
    assert repr(eval(repr(callback))) == repr(callback)
    for copied in (
        copy.deepcopy(callback),
        pickle.loads(pickle.dumps(callback)),
        clone([callback], safe=False)[0],
        clone(GridSearchCV(SVC(), {"C": [callback]})).param_grid["C"][0],
    ):
        assert repr(copied) == repr(callback)
        assert copied is not callback


@pytest.mark.parametrize("rule", ALL[:3])
def test_callbacks_keep_nothing(rule):
    """What a rule said of one search does not change what it says of the next."""
    before = dict(vars(rule))
    facts = {"fold_scores": FOLDS, "expected_improvement": 0.0}
    ended = progress([0.5] + [0.4] * 30, best_score=0.95, **facts)
    begun = progress([0.5], **facts)
    assert rule(ended) is True
    assert rule(begun) is False
    assert rule(ended) is True
    assert vars(rule) == before


# ------------------------------------------------------------------ progress bar


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

"""Are the lines of `verbose` those that scikit-learn prints, as far as it has any?"""

from __future__ import annotations

import math

import pytest

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.loop.verbose import Printer
from skbayes._protocol import FoldResult, Status, Trial
from skbayes._search_progress import SearchProgress

LADDER = Ladder(2, ((100, 300),) * 2, (900, 900))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((None,), "Fitting 5 folds for each candidate"),
        ((4,), "Fitting 5 folds for each of 4 candidates, totalling 20 fits"),
        (
            (4, 7),
            "Fitting 5 folds for each of 4 candidates, totalling 20 fits, of which 7"
            " are in the journal and 13 are left",
        ),
        (
            (1, 7, "Found a journal."),
            "Found a journal.\nFitting 5 folds for each of 1 candidates, totalling 5"
            " fits, of which 7 are in the journal and 0 are left",
        ),
        (
            (None, 7),
            "Fitting 5 folds for each candidate, of which 7 are in the journal",
        ),
    ],
)
def test_announce_says_how_many_fits_there_are(arguments, text, capsys):
    """The text says, too, how many of them an earlier run has done."""
    Printer(1, 5).announce(*arguments)
    assert capsys.readouterr().out == text + "\n"


def test_on_fold_prints_one_line_of_a_value_with_several(capsys):
    """The repr of a nested estimator has line breaks, a text may be long."""
    Printer(3, 2).on_fold(3, {"a": "b\n   c", "d": "e" * 999}, FOLD)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("[CV 2/2; 4] a=b c, d=eee")
    assert len(line) < 300


FOLD = FoldResult(1, {"score": 0.5}, fit_time=1.0, score_time=0.25)
BOTH = FoldResult(1, {"score": 0.5}, {"score": 0.75}, fit_time=1.0)
SEVERAL = {"is_multimetric": True, "fit_time": 1.0}


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (FOLD, "[CV 2/2; 4] C=1, a=None; score=0.500 total time=1.2s"),
        (
            BOTH,
            "[CV 2/2; 4] C=1, a=None; score=(train=0.750, test=0.500) total time=1s",
        ),
        (
            FoldResult(0, {"b": 0.5, "a": 0.25}, {"a": 1.0, "b": 0.0}, **SEVERAL),
            "[CV 1/2; 4] C=1, a=None; a: (train=1.000, test=0.250)"
            " b: (train=0.000, test=0.500) total time=1s",
        ),
        (
            FoldResult(0, {"score": math.nan}, {"a": 1.0}),
            "[CV 1/2; 4] C=1, a=None; score=(train=nan, test=nan) total time=0s",
        ),
        (
            FoldResult(0, {"a": 0.25}, {"score": math.nan}, **SEVERAL),
            "[CV 1/2; 4] C=1, a=None; a: (train=nan, test=0.250) total time=1s",
        ),
        (
            FoldResult(0, {"a": 0.25}, **SEVERAL),
            "[CV 1/2; 4] C=1, a=None; a: (test=0.250) total time=1s",
        ),
    ],
)
def test_on_fold_prints_a_line_from_three_on(result, text, capsys):
    """The line has sorted parameters."""
    for verbose in (1, 2, 3):
        Printer(verbose, 2).on_fold(3, {"a": None, "C": 1}, result)
    assert capsys.readouterr().out == text + "\n"


@pytest.mark.parametrize(
    ("number", "ladder", "place"),
    [
        (1, None, "CV 2/2"),
        (5, None, "repeat 2, CV 2/2"),
        (1, LADDER, "CV 2/2"),
        (2, LADDER, "100 samples, CV 1/2"),
        (5, LADDER, "300 samples, CV 2/2"),
        (6, LADDER, "repeat 3, CV 1/2"),
    ],
)
def test_on_fold_names_repeats_and_rungs(number, ladder, place, capsys):
    """The numbers of repeats and rungs go on from those of the folds."""
    fold = FoldResult(number, {"score": 0.5})
    Printer(3, 2, ladder).on_fold(0, {}, fold)
    assert capsys.readouterr().out.startswith(f"[{place}; 1] ")


def progress_of(trial, n_total=None):
    """Progress after a trial."""
    return SearchProgress(
        trial, 3, n_total, 6, 0, 0.75, {}, 1.0, score=float(trial.scores().mean())
    )


@pytest.mark.parametrize(
    ("written", "n_total", "text"),
    [
        ((None, None), None, "[3] a=1; complete, mean 0.5, best 0.75, 2.5s"),
        ((1.0, None), 9, "[3/9] a=1; complete, mean 0.5, best 0.75, 2.5s"),
        (
            (1.0, 2.0),
            9,
            "[3/9] a=1; complete, mean 0.5, best 0.75, 2.5s, from the journal",
        ),
    ],
)
def test_on_trial_prints_a_line_from_two_on(written, n_total, text, capsys):
    """The line tells what the journal had; `on_trial` never ends the search."""
    folds = tuple(
        FoldResult(k, {"score": 0.25 + k / 2}, fit_time=1.25, written=when)
        for k, when in enumerate(written)
    )
    trial = Trial(2, {"a": 1}, 2, folds, Status.COMPLETE)
    for verbose in (1, 2):
        assert Printer(verbose, 2).on_trial(progress_of(trial, n_total)) is False
    assert capsys.readouterr().out == text + "\n"


def test_on_trial_without_folds_is_not_from_the_journal(capsys):
    """The deadline has stopped this trial."""
    trial = Trial(2, {}, 2, status=Status.STOPPED)
    Printer(2, 2).on_trial(progress_of(trial))
    assert capsys.readouterr().out == "[3] ; stopped, mean nan, best 0.75, 0s\n"

"""Are warnings and failures of many fits shown once, and counted?"""

from __future__ import annotations

import math
import threading
import warnings

import pytest
from sklearn.exceptions import FitFailedWarning

from skbayes._evaluation.fold.fit_problems import (
    FitWarnings,
    report_failures,
    run_fold_recording_warnings,
)
from skbayes._protocol import FoldResult, Trial
from skbayes._search_progress import SearchProgress
from tests._evaluation.execution.folds import evaluation_of
from tests.search.estimators import Scripted

KIND = (UserWarning, "told to warn")
TRACEBACK = 'Traceback:\n  File "f.py", line 1, in f\n    raise\nValueError: '


class Insisting(Scripted):
    """Warns twice of one thing, and once of another."""

    def fit(self, X, y):
        """Warn."""
        for text in ("told to warn", "told to warn", "more"):
            warnings.warn(text, UserWarning, stacklevel=2)
        return super().fit(X, y)


def arguments():
    """A fold that warns."""
    return (*evaluation_of(Insisting()).arguments({}, 0, None), None)


@pytest.mark.parametrize("n_new", [None, 0, 1, 2])
def test_run_fold_recording_warnings_notes_each_kind_once(n_new):
    """Warnings of a new kind are shown too; the filters act first."""
    asked = []

    def is_new(kind):
        asked.append(kind)
        return len(asked) <= n_new

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", "more")
        own = {} if n_new is None else {"is_new": is_new}
        result = run_fold_recording_warnings(*arguments(), **own)
    assert result.warnings == (KIND,)
    assert len(shown) == (n_new or 0)
    assert result.error is None


def test_run_fold_recording_warnings_leaves_warnings_of_threads():
    """Python gathers warnings per process."""
    results = []
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        thread = threading.Thread(
            target=lambda: results.append(run_fold_recording_warnings(*arguments()))
        )
        thread.start()
        thread.join()
    assert results[0].warnings == ()
    assert len(shown) == 3


def test_fit_warnings_shows_a_kind_when_it_comes_first():
    """Another text or category is another kind; no trial ends the search."""
    fit_warnings = FitWarnings()
    kinds = (KIND, (UserWarning, "more"), (RuntimeWarning, "told to warn"), KIND)
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        for _ in range(2):
            fold = FoldResult(0, {"score": 0.5}, warnings=kinds)
            fit_warnings.on_fold(0, {}, fold)
    assert [(w.category, str(w.message)) for w in shown] == list(kinds[:3])
    assert fit_warnings.is_new((UserWarning, "other"))
    assert not fit_warnings.is_new((UserWarning, "other"))
    assert not fit_warnings.is_new(KIND)
    progress = SearchProgress(Trial(0, {}, 1), 1, 1, 1, 0, 0.5, {}, 1.0)
    assert fit_warnings.on_trial(progress) is False


def trial_of(index, *folds):
    """A trial of these folds."""
    return Trial(index, {}, len(folds), tuple(folds))


def warned(*kinds):
    """A fold with warnings."""
    return FoldResult(0, {"score": 0.5}, warnings=kinds)


def test_fit_warnings_report_counts_fits_and_not_candidates():
    """A warning of one fit alone was shown before; candidates may share folds."""
    first = trial_of(0, warned(KIND), warned(KIND, (UserWarning, "once")))
    same = Trial(1, {}, 2, first.folds)
    other = trial_of(2, warned())
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        FitWarnings().report([first, other])
        FitWarnings().report([other])
    assert [str(w.message) for w in shown] == [
        "told to warn\n(warned of by 2 of 3 fits)"
    ]
    with pytest.warns(UserWarning, match=r"by \d of 3 fits"):
        FitWarnings().report([first, same, other])


def failed(cause):
    """A fold that failed."""
    return FoldResult(0, {"score": math.nan}, error=TRACEBACK + cause)


GOOD = FoldResult(0, {"score": 0.5})


def test_report_failures_without_any_is_silent():
    """Failures of metrics are told elsewhere."""
    metric = FoldResult(0, {"score": math.nan}, scoring_errors={"test_score": "no"})
    report_failures([trial_of(0, GOOD, metric)], math.nan)


def test_report_failures_warns_with_equal_causes_together():
    """The warning names the score that stands for the failed fits."""
    trials = [trial_of(0, failed("a"), GOOD), trial_of(1, failed("a"), failed("b"))]
    with pytest.warns(FitFailedWarning, match="3 fits failed out of a total of 4") as w:
        report_failures(trials, 0.25)
    text = str(w[0].message)
    assert "will be set to 0.25" in text
    assert "\n2 fits failed with the following error:\n" + TRACEBACK + "a" in text
    assert "\n1 fits failed with the following error:\n" + TRACEBACK + "b" in text


@pytest.mark.parametrize(
    ("causes", "head"),
    [
        (("could not convert string to float: 'x'",) * 2, "ValueError: could not"),
        (("one thing", "another thing"), "\nAll the 2 fits failed."),
    ],
)
def test_report_failures_of_all_begins_with_the_common_cause(causes, head):
    """The common cause comes with its remedy, if one is known."""
    trials = [trial_of(0, *map(failed, causes))]
    with pytest.raises(ValueError, match="All the 2 fits failed") as caught:
        report_failures(trials, math.nan)
    text = str(caught.value)
    assert text.startswith(head)
    assert ("OneHotEncoder" in text) is ("string" in causes[0])
    assert all(TRACEBACK + cause in text for cause in causes)

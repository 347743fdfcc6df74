"""Does a search find the trials and folds that will do, and no others?"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from skbayes._journal.fold_rows import FoldNeeds
from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import begin, identity_of


def result(fold: int = 0, score: float = 0.5) -> FoldResult:
    """Make a plain fold."""
    return FoldResult(fold, {"score": score})


def test_search_records_keep_the_order_of_writing(path, monkeypatch):
    """The clock and the numbers of trials and folds do not matter."""
    moments = iter(range(100, 0, -1))
    monkeypatch.setattr("time.time", lambda: float(next(moments)))
    with Journal.open(path) as journal:
        search = begin(journal)
        assert search.n_begun() == 0
        for trial, fold in [(4, 2), (0, 1), (4, 0), (0, 0), (4, 2)]:
            search.write(trial, {"C": trial}, result(fold))
        assert search.n_begun() == 5
        four, zero = (search.when_written({"C": trial}) for trial in (4, 0))
        assert zero[1] < four[0] < zero[0] < four[2]
        assert search.when_written({"C": 7}) == {}


def test_search_records_find_training_scores_where_wanted(path):
    """A fold without training scores is run again, one with them serves both."""
    trained = dataclasses.replace(result(), train_scores={"score": 1.0})
    wanted = FoldNeeds("score", train_scores=True)
    with Journal.open(path) as journal:
        begin(journal).write(0, {"C": 1}, result())
        assert begin(journal, needs=wanted).find({"C": 1}) == {}
        begin(journal, needs=wanted).write(0, {"C": 1}, trained)
        assert begin(journal, needs=wanted).find({"C": 1}) == {0: trained}
        assert begin(journal).find({"C": 1}) == {0: result()}


@pytest.mark.parametrize(
    "failed",
    [
        FoldResult(0, {"score": math.nan}, error="boom"),
        FoldResult(0, {"score": 0.0}, error="boom"),
        FoldResult(0, {"score": math.nan}),
        FoldResult(0, {"score": math.inf}),
        FoldResult(0, {}),
        FoldResult(0, {"score": math.nan, "other": 1.0}, is_multimetric=True),
        FoldResult(0, {"score": 1.0}, error="FitTimeout", is_fatal=True),
    ],
)
def test_search_records_find_no_failed_folds(path, failed):
    """Failed folds are tried again; what is known of them can still be read."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, failed)
        search.write(0, {"C": 1}, result(1))
        assert search.find({"C": 1}) == {1: result(1)}
        assert [fold.fold for fold in search.trials()[0].folds] == [0, 1]


def test_search_records_find_a_fold_whose_other_metrics_failed(path):
    """The metric that decides has a score, and the search knows which one that is."""
    half = FoldResult(0, {"bad": math.nan, "good": 1.0}, is_multimetric=True)
    with Journal.open(path) as journal:
        search = begin(journal, needs=FoldNeeds("good"))
        search.write(0, {"C": 1}, half)
        assert list(search.find({"C": 1})) == [0]
        assert begin(journal, needs=FoldNeeds("bad")).find({"C": 1}) == {}
        # The first metric decides where none is known yet.
        assert begin(journal, needs=FoldNeeds(None)).find({"C": 1}) == {}


def test_search_records_have_no_folds_of_unknown_parameters(path):
    """No fold is found, and the question begins no trial."""
    with Journal.open(path) as journal:
        search = begin(journal)
        assert search.find({"C": 1}) == {}
        assert search.trials() == []


def test_search_records_trials_are_in_the_order_begun(path):
    """The order in which their folds ended does not matter."""
    with Journal.open(path) as journal:
        search = begin(journal)
        for trial, fold in [(3, 0), (1, 2), (0, 1), (1, 0), (3, 2)]:
            search.write(trial, {"C": trial}, result(fold))
        search.finish(1, {"C": 1}, Status.STOPPED)
        search.finish(7, {"C": 7}, Status.FAILED)
        trials = search.trials()
    assert [t.params["C"] for t in trials] == [0, 1, 3, 7]
    assert [t.index for t in trials] == [0, 1, 2, 3]
    assert [[f.fold for f in t.folds] for t in trials] == [[1], [0, 2], [0, 2], []]
    assert [t.status for t in trials] == ["running", "stopped", "running", "failed"]
    assert {t.n_splits for t in trials} == {3}


def test_search_records_trials_leave_out_a_choice_that_is_gone(path):
    """The value itself is in no journal."""
    one, other = np.arange(2000), np.arange(2001)
    with Journal.open(path) as journal:
        search = begin(journal, a=[one, other])
        search.write(0, {"a": one}, result())
        search.write(1, {"a": other}, result())
        (trial,) = begin(journal, a=[other]).trials()
    assert trial.params["a"] is other
    assert trial.index == 0


def test_search_records_of_other_spaces_differ_in_nothing_else(path):
    """Each complete candidate of the same seed comes once, in the order begun."""
    with Journal.open(path) as journal:

        def search(**sequence):
            return journal.search(
                identity_of(**sequence), description={}, metrics=[], codec=ParamsCodec()
            )

        for sequence in ({"space": "s"}, {"space": "t"}, {"seed": "1"}):
            one = search(**sequence)
            for i, C in enumerate([3, 1]):
                for k in range(3):
                    one.write(i, {"C": C}, result(k, score=float(C)))
                one.finish(i, {"C": C}, Status.COMPLETE)
        search(space="t").write(7, {"C": 9}, result())
        new = search(space="u")
        trials = new.complete_trials_of_other_spaces()
        assert [trial.params["C"] for trial in trials] == [3, 1]
        assert [new.mean_score(trial) for trial in trials] == [3.0, 1.0]
        assert search(seed="2").complete_trials_of_other_spaces() == []

"""Does a search find in its journal what it has written, and nothing else?"""

from __future__ import annotations

import dataclasses
import math
import threading

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


FULL = FoldResult(
    fold=2,
    test_scores={"auc": 0.1 + 0.2, "acc": -math.inf},
    train_scores={"auc": 1.0, "acc": 5e-324},
    fit_time=1.25,
    score_time=0.1,
    n_test_samples=17,
    error="Traceback\n  é \N{SNOWMAN} \0 end",
    started=3.5,
    worker="123-MainThread",
    scoring_errors={"train_auc": "Traceback in the scorer"},
    is_multimetric=True,
    is_fatal=True,
    n_rounds=7,
)


def test_search_journal_gives_every_field_of_a_fold_back(path):
    """All that is kept of a fold comes back to the last bit."""
    names = {field.name for field in dataclasses.fields(FoldResult)}
    default = FoldResult(0, {})
    unset = {n for n in names if getattr(FULL, n) == getattr(default, n)}
    kept_where_wanted = {"predictions", "probabilities"}
    kept_where_wanted |= {"response_method", "response_classes"}
    assert unset - kept_where_wanted == {
        "stop",
        "warnings",
        "estimator",
        "written",
        "path",
        "other_code",
    }
    with Journal.open(path) as journal:
        begin(journal).write(0, {"C": 1}, FULL)
    with Journal.open(path) as journal:
        (trial,) = begin(journal).trials()
    assert trial.folds == (FULL,)
    assert trial.folds[0].written is not None
    good = dataclasses.replace(FULL, error=None, is_fatal=False)
    with Journal.open(path) as journal:
        search = begin(journal, needs=FoldNeeds("auc", train_scores=True))
        search.write(0, {"C": 1}, good)
        assert search.find({"C": 1}) == {2: good}


def test_search_journal_keeps_predictions_where_they_are_wanted(path):
    """Predictions belong to a metric; requests to stop are never kept."""
    output = {
        "predictions": np.arange(3),
        "probabilities": np.eye(3),
        "response_classes": np.array(["a", "b", "c"], dtype=object),
        "response_method": "predict",
    }
    whole = dataclasses.replace(result(2), stop=True, **output)
    wanted = FoldNeeds("score", predictions=True)
    with_more = dataclasses.replace(wanted, probabilities=True)
    with Journal.open(path) as journal:
        plain = begin(journal)
        plain.write(0, {"C": 1}, whole)
        assert plain.find({"C": 1}) == {2: result(2)}
        assert begin(journal, needs=wanted).find({"C": 1}) == {}
        begin(journal, needs=wanted).write(0, {"C": 1}, whole)
        (found,) = begin(journal, needs=wanted).find({"C": 1}).values()
        np.testing.assert_array_equal(found.predictions, output["predictions"])
        assert found.response_classes.tolist() == ["a", "b", "c"]
        assert found.response_method == "predict"
        assert found.probabilities is None
        assert not found.stop
        assert begin(journal, needs=with_more).find({"C": 1}) == {}
        begin(journal, needs=with_more).write(0, {"C": 1}, whole)
        for needs in (wanted, with_more):
            (found,) = begin(journal, needs=needs).find({"C": 1}).values()
            assert (found.probabilities is not None) == needs.probabilities
        other = FoldNeeds("other", predictions=True)
        assert begin(journal, needs=other).find({"C": 1}) == {}
        assert plain.find({"C": 1}) == {2: result(2)}


def test_search_journal_makes_numpy_numbers_pythons(path):
    """Scorers return numpy scalars, which SQLite would store as bytes."""
    given = FoldResult(
        np.int64(1),
        {"score": np.float32(0.5)},
        fit_time=np.float64(2.0),
        n_test_samples=np.int32(3),
    )
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(np.int64(0), {"C": 1}, given)
        found = search.find({"C": 1})[1]
    assert found == FoldResult(1, {"score": 0.5}, fit_time=2.0, n_test_samples=3)
    assert type(found.test_scores["score"]) is float
    assert type(found.n_test_samples) is int


def test_search_journal_keeps_scores_that_are_no_numbers(path):
    """NaN of a failed fold and a fold without any score come back."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, FoldResult(0, {"score": math.nan}, error="boom"))
        search.write(0, {"C": 1}, FoldResult(1, {}, error="boom"))
        found = search.trials()[0].folds
    assert math.isnan(found[0].test_scores["score"])
    assert found[1].test_scores == {}
    assert found[1].train_scores is None


def test_search_journal_keeps_error_text_that_is_no_unicode(path):
    """Names of files on disk may hold bytes that UTF-8 cannot write."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, FoldResult(0, {}, error="open('caf\udce9')"))
        assert search.trials()[0].folds[0].error == "open('caf\\udce9')"


@pytest.mark.parametrize("other", [{"C": 2}, {"C": True}, {"C": 1.0}, {"C": "1"}, {}])
def test_search_journal_tells_parameters_apart(path, other):
    """Parameters differ by value and by type."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, result())
        assert search.find(other) == {}
        assert len(search.find({"C": 1})) == 1


def test_search_journal_ignores_the_order_of_names(path):
    """What comes back keeps the order of its names."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"b": 1, "a": 2}, result())
        assert len(search.find({"a": 2, "b": 1})) == 1
        assert list(search.trials()[0].params) == ["b", "a"]


def test_search_journal_gives_the_very_choices_back(path):
    """Choices are objects of the space that is searched now, not copies."""
    first, second = object(), [1, 2]
    with Journal.open(path) as journal:
        search = begin(journal, clf=[first, second])
        search.write(0, {"clf": second}, result())
        search.write(1, {"clf": first}, result())
        trials = search.trials()
    assert trials[0].params["clf"] is second
    assert trials[1].params["clf"] is first


def test_search_journal_refuses_values_without_content(path):
    """The message names the journal and what has no content."""
    params = {"lock": threading.Lock()}
    with Journal.open(path) as journal:
        search = begin(journal)
        with pytest.raises(TypeError, match="`journal` parameter needs .*lock has no"):
            search.write(0, params, result())
        with pytest.raises(TypeError, match="`journal` parameter needs .*lock has no"):
            search.find(params)
        assert search.trials() == []


def test_search_journal_keeps_evaluations_of_one_file_apart(path):
    """The outer folds of a nested cross-validation share a file, not results."""
    with Journal.open(path) as journal:
        first, second = begin(journal, name="a"), begin(journal, name="b")
        first.write(0, {"C": 1}, result(score=0.1))
        second.write(0, {"C": 1}, result(score=0.2))
        assert first.find({"C": 1})[0].test_scores == {"score": 0.1}
        assert second.find({"C": 1})[0].test_scores == {"score": 0.2}


def test_search_journal_shares_folds_and_no_trials(path):
    """Each search on one evaluation has its own sequence of candidates."""
    with Journal.open(path) as journal:
        codec = ParamsCodec()
        one, other = (
            journal.search(
                identity_of(space=s), description={}, metrics=[], codec=codec
            )
            for s in "st"
        )
        assert (one.number, one.is_new, other.number, other.is_new) == (
            1,
            True,
            2,
            True,
        )
        one.write(0, {"C": 1}, result())
        assert other.trials() == []
        assert other.find({"C": 1}) == {0: result()}
        other.finish(5, {"C": 1}, Status.COMPLETE)
        assert [trial.folds for trial in other.trials()] == [(result(),)]
        assert other.n_begun() == 6
        assert one.trials()[0].status == Status.RUNNING


def test_search_journal_finds_folds_by_their_indices(path):
    """Folds are found in another number and order, some of them the same."""
    with Journal.open(path) as journal:
        codec = ParamsCodec()
        first = journal.search(identity_of(), description={}, metrics=[], codec=codec)
        for k in range(3):
            first.write(0, {"C": 1}, result(k, score=float(k)))
        identity = dataclasses.replace(
            identity_of(), splits=("split 2", "x", "split 0")
        )
        other = journal.search(identity, description={}, metrics=[], codec=codec)
        found = other.find({"C": 1})
        assert {k: fold.test_scores["score"] for k, fold in found.items()} == {
            0: 2,
            2: 0,
        }
        assert [fold.fold for fold in found.values()] == [0, 2]
        assert sorted(other.when_written({"C": 1})) == [0, 2]


def test_search_journal_shares_folds_of_the_estimators_own_values(path):
    """A parameter that is set already makes no other estimator."""
    with Journal.open(path) as journal:
        codec = ParamsCodec(own_values={"k": "a"})
        search = journal.search(identity_of(), description={}, metrics=[], codec=codec)
        search.write(0, {"C": 1}, result())
        assert search.find({"C": 1, "k": "a"}) == {0: result()}
        assert search.find({"C": 1, "k": "b"}) == {}
        search.finish(1, {"C": 1, "k": "a"}, Status.COMPLETE)
        assert [t.params for t in search.trials()] == [{"C": 1}, {"C": 1, "k": "a"}]


def test_search_journal_keeps_first_candidates_at_once(path):
    with Journal.open(path) as journal:
        search = begin(journal)
        search.begin([{"C": 2}, {"C": 1}])
        search.begin([{"C": 2}])
        assert [trial.params["C"] for trial in search.trials()] == [2, 1]
        assert {trial.status for trial in search.trials()} == {Status.RUNNING}


def test_search_journal_keeps_equal_splits_apart(path):
    """A splitter may repeat itself."""
    identity = dataclasses.replace(identity_of(), splits=("x", "x again"))
    with Journal.open(path) as journal:
        search = journal.search(
            identity, description={}, metrics=[], codec=ParamsCodec()
        )
        for k in range(2):
            search.write(0, {"C": 1}, result(k, score=float(k)))
        found = search.find({"C": 1})
        assert [fold.test_scores["score"] for fold in found.values()] == [0.0, 1.0]


def test_search_journal_continues_where_it_was(path):
    """A later run finds the folds of the earlier and adds its own."""
    for run in range(3):
        with Journal.open(path) as journal:
            search = begin(journal)
            assert len(search.trials()) == run
            search.write(run, {"C": run}, result())


def test_search_journal_replaces_a_fold_that_is_run_again(path):
    """There is one row a fold."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, {"C": 1}, result(score=0.1))
        search.write(0, {"C": 1}, result(score=0.2))
        assert search.find({"C": 1}) == {0: result(score=0.2)}

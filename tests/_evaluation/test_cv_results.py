"""The table of results, column by column."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from skbayes._evaluation.cv_results import (
    adjusted_scores,
    candidates_that_may_win,
    is_multimetric,
    metrics_of,
    rank,
    repeat_columns,
    resource_columns,
    tabulate,
    warn_of_scores_not_finite,
)
from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.packed_folds import packed
from skbayes._protocol import FoldResult, Status, Trial
from tests._evaluation.racing.candidates import partial, table_of, trial_of


class TestAdjustedScores:
    """Scores are means over all folds, also of trials that were not run on all."""

    def test_are_estimates_where_folds_are_missing(self):
        """Complete trials keep their mean; others lose what their folds add."""
        table = table_of([1.0, 0.5, 0.0, -0.5], noise=1e-3)
        trials = [trial_of(i, row, Status.COMPLETE) for i, row in enumerate(table)]
        trials.append(trial_of(4, partial(table[1] - 0.1, 1), Status.STOPPED))
        adjusted = adjusted_scores(trials, "score")
        np.testing.assert_array_equal(adjusted[:4], table.mean(axis=1))
        assert adjusted[4] == pytest.approx(0.4, abs=5e-3)

    def test_are_nan_for_what_failed_or_has_no_score(self):
        """Scores are NaN also where nothing at all is complete."""
        table = table_of([1.0, 0.5, 0.0])
        trials = [
            trial_of(0, table[0], Status.FAILED),
            trial_of(1, partial(table[1], 0), Status.STOPPED),
            trial_of(2, partial(table[2], 2), Status.STOPPED),
        ]
        adjusted = adjusted_scores(trials, "score")
        np.testing.assert_array_equal(np.isnan(adjusted), [True, True, False])
        assert np.isnan(adjusted_scores(trials[:2], "score")).all()


def fold(number, score, **facts):
    """A fold with one score."""
    return FoldResult(number, {"score": score}, **facts)


def trial(*folds, status=Status.COMPLETE, n_splits=2, **facts):
    """A trial of these folds."""
    return Trial(0, facts.pop("params", {}), n_splits, tuple(folds), status, **facts)


WHOLE = trial(
    fold(0, 0.25, fit_time=1.0, score_time=0.5),
    fold(1, 0.75, fit_time=2.0, score_time=0.5),
    params={"a": 1},
)
FAILED = trial(
    fold(0, math.nan, error="f.py\nValueError: no", fit_time=1.0),
    fold(1, 1.0, fit_time=3.0),
    status=Status.FAILED,
    params={"b": "x"},
)
STOPPED = trial(fold(1, 9.0, fit_time=5.0), status=Status.STOPPED, params={"a": 2})


class TestTabulate:
    """`tabulate` makes the whole table."""

    def test_has_a_row_for_each_trial(self):
        """A fold that was not run is NaN, a failed one has the score that stands."""
        table = tabulate(
            [WHOLE, FAILED, STOPPED], return_train_score=False, error_score=0.5
        )
        np.testing.assert_array_equal(table["split0_test_score"], [0.25, 0.5, math.nan])
        np.testing.assert_array_equal(table["split1_test_score"], [0.75, 1.0, 9.0])
        np.testing.assert_array_equal(table["mean_test_score"], [0.5, 0.75, math.nan])
        np.testing.assert_array_equal(table["std_test_score"], [0.25, 0.25, math.nan])
        assert table["rank_test_score"].tolist() == [2, 1, 3]
        np.testing.assert_array_equal(table["mean_fit_time"], [1.5, 2.0, 5.0])
        np.testing.assert_array_equal(table["std_fit_time"], [0.5, 1.0, 0.0])
        assert table["params"] == [{"a": 1}, {"b": "x"}, {"a": 2}]
        assert table["param_a"].mask.tolist() == [False, True, False]
        assert table["status"].tolist() == ["complete", "failed", "stopped"]
        assert table["n_splits_evaluated"].tolist() == [2, 2, 1]
        assert table["error"].tolist() == [None, "ValueError: no", None]

    def test_ranks_failed_trials_last_if_they_may_not_win(self):
        """Failed trials are last whatever score stands for them."""
        table = tabulate(
            [WHOLE, FAILED],
            return_train_score=False,
            error_score=0.5,
            failed_may_win=False,
        )
        assert table["rank_test_score"].tolist() == [1, 2]

    @pytest.mark.parametrize("with_status", [True, False])
    def test_has_the_status_if_it_tells_something(self, with_status):
        """The status is there, too, if asked for; equal rows have no errors."""
        table = tabulate(
            [WHOLE],
            return_train_score=False,
            error_score=0.0,
            with_status=with_status,
        )
        assert ("status" in table) is with_status
        assert "error" not in table

    def test_of_several_metrics_has_the_score_that_stands_for_a_failed_one(self):
        """The score stands on the part that failed; a fold gives the metrics' names."""
        several = {"is_multimetric": True}
        scores = {"f1": 0.25, "acc": 0.75}
        good = FoldResult(0, scores, scores, **several)
        errors = {"test_f1": "no", "train_acc": "no"}
        bad = FoldResult(1, scores, scores, scoring_errors=errors, **several)
        dead = trial(fold(0, math.nan, error="died"), fold(1, math.nan, error="died"))
        table = tabulate(
            [dead, trial(good, bad)], return_train_score=True, error_score=-1.0
        )
        assert is_multimetric([dead, trial(good, bad)])
        assert metrics_of([dead, trial(good, bad)]) == ("f1", "acc")
        expected = {
            "split0_test_f1": [-1.0, 0.25],
            "split1_test_f1": [-1.0, -1.0],
            "split1_test_acc": [-1.0, 0.75],
            "split1_train_f1": [-1.0, 0.25],
            "split1_train_acc": [-1.0, -1.0],
        }
        for name, column in expected.items():
            assert table[name].tolist() == column, name

    def test_has_rounds_where_fits_stopped_early(self):
        """The mean of rounds is NaN where one of the folds has none."""
        some = trial(fold(0, 0.5, n_rounds=3), fold(1, 0.5))
        every = trial(fold(0, 0.5, n_rounds=3), fold(1, 0.5, n_rounds=6))
        table = tabulate([some, every], return_train_score=False, error_score=0.0)
        np.testing.assert_array_equal(table["split1_n_rounds"], [math.nan, 6.0])
        np.testing.assert_array_equal(table["mean_n_rounds"], [math.nan, 4.5])
        plain = tabulate([WHOLE], return_train_score=False, error_score=0.0)
        assert "mean_n_rounds" not in plain

    def test_is_the_same_for_packed_folds(self):
        """A finished trial keeps its folds as numbers."""
        packed_trial = replace(WHOLE, folds=packed(tuple(WHOLE.folds)))
        tables = [
            tabulate([one], return_train_score=False, error_score=0.0)
            for one in (WHOLE, packed_trial)
        ]
        np.testing.assert_equal(*tables)


class TestRank:
    """`rank` puts the best first."""

    @pytest.mark.parametrize(
        ("means", "ranks"),
        [
            ([0.5, math.nan, 0.5, math.inf, 0.25], [1, 4, 1, 4, 3]),
            ([math.nan, -math.inf], [1, 1]),
            ([-1e300, math.nan], [1, 2]),
            ([0.5], [1]),
            ([-math.inf, 0.0], [2, 1]),
        ],
    )
    def test_has_ties_and_what_is_not_finite_last(self, means, ranks):
        """An infinite mean cannot win."""
        found = rank(np.array(means))
        assert found.tolist() == ranks
        assert found.dtype == np.int32


class TestCandidatesThatMayWin:
    """Candidates that may win can be fitted again."""

    def test_are_whole_and_did_not_kill_their_worker(self):
        """Failed candidates may win only if the user's score stands for them."""
        fatal = trial(
            fold(0, math.nan, error="died", is_fatal=True),
            fold(1, math.nan, error="died"),
            status=Status.FAILED,
        )
        lacking = trial(fold(0, math.nan, error="no"), status=Status.FAILED)
        trials = [WHOLE, FAILED, STOPPED, fatal, lacking]
        for failed_may_win in (True, False):
            found = candidates_that_may_win(trials, failed_may_win=failed_may_win)
            assert found.tolist() == [True, failed_may_win, False, False, False]


class TestMetricsOf:
    """`metrics_of` has the names of the metrics."""

    def test_are_those_of_a_number_without_folds_or_names(self):
        """A failed fold has a placeholder."""
        assert metrics_of([trial(status=Status.STOPPED)]) == ("score",)
        assert metrics_of([FAILED]) == ("score",)
        assert not is_multimetric([FAILED, WHOLE])


class TestRepeatColumns:
    """Columns have scores over all folds and those of repeats."""

    def test_are_nan_without_a_repeat(self):
        """A mean over fewer folds cannot be compared."""
        repeats = (fold(2, 0.5), fold(3, 1.0))
        finalist = replace(WHOLE, repeats=repeats)
        begun = replace(WHOLE, repeats=repeats[:1])
        columns = repeat_columns([finalist, WHOLE, begun])
        assert columns["n_repeats"].tolist() == [1, 0, 0]
        scores = [0.25, 0.75, 0.5, 1.0]
        np.testing.assert_array_equal(
            columns["mean_repeated_test_score"], [np.mean(scores), math.nan, math.nan]
        )
        np.testing.assert_array_equal(
            columns["std_repeated_test_score"], [np.std(scores), math.nan, math.nan]
        )


class TestResourceColumns:
    """Columns have the most samples that a trial was fitted on."""

    def test_are_those_of_the_last_rung_without_a_fold(self):
        """All samples come after the rungs."""
        ladder = Ladder(2, ((100, 300), (110, 310)), (900, 900))
        second_of_the_other = trial(rungs=(fold(4, 0.5), fold(5, 0.5)), n_splits=2)
        first = trial(rungs=(fold(2, 0.5),), n_splits=2)
        columns = resource_columns([WHOLE, second_of_the_other, first], ladder, 900)
        assert columns["iter"].tolist() == [2, 1, 0]
        assert columns["n_resources"].tolist() == [900, 310, 100]
        plain = resource_columns([WHOLE], None, 900)
        assert (plain["iter"].tolist(), plain["n_resources"].tolist()) == ([0], [900])


class TestWarnOfScoresNotFinite:
    """The warning is that of scikit-learn."""

    def test_does_not_look_at_folds_that_were_not_run(self):
        """The mean of such a trial is NaN without a fault."""
        table = {"mean_test_score": np.array([0.5, math.nan])}
        warn_of_scores_not_finite([WHOLE, STOPPED], table)
        with pytest.warns(UserWarning, match="the test scores are non-finite"):
            warn_of_scores_not_finite([WHOLE, FAILED], table)
        table = {"mean_train_score": np.array([math.inf])}
        with pytest.warns(UserWarning, match="the train scores are non-finite"):
            warn_of_scores_not_finite([WHOLE], table)

"""What earlier candidates say of the next one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from skbayes._evaluation.racing import earlier_scores as earlier_scores_module
from skbayes._evaluation.racing.earlier_scores import (
    EarlierScores,
    EarlierScoresHistory,
    rung_scores,
)
from skbayes._protocol import FoldResult, Status
from tests._evaluation.racing.candidates import (
    N_SPLITS,
    earlier_of,
    partial,
    table_of,
    trial_of,
)


class TestPopulation:
    """`Population` says what candidates score over all folds."""

    @pytest.mark.parametrize("n_run", [1, 2, 5])
    def test_has_the_variance_of_full_means_whatever_was_run(self, n_run):
        """Scores of few folds scatter more, and the estimate takes that out."""
        found, true = [], []
        for seed in range(60):
            rng = np.random.default_rng(seed)
            full = rng.normal(size=(80, 1)) + rng.normal(size=(80, N_SPLITS))
            seen = full[20:].copy()
            for k, row in enumerate(seen):
                row[np.roll(np.arange(N_SPLITS), k)[n_run:]] = np.nan
            earlier = EarlierScores(full[:20], seen)
            found.append(earlier.population.variance)
            true.append(full.mean(axis=1).var())
        assert np.mean(found) == pytest.approx(np.mean(true), rel=0.15)

    def test_is_not_that_of_a_tail_of_bad_candidates(self):
        """Bad candidates are not what the next one has to beat."""
        good = np.linspace(0.0, 1.0, 20)
        without = earlier_of(table_of(good)).population
        tail = np.linspace(-50.0, -1.0, 19)
        with_tail = earlier_of(table_of([*good, *tail])).population
        assert with_tail.variance < 4 * without.variance


class TestSpread:
    """`spread` is the scale of the margin."""

    def test_is_the_standard_deviation_of_the_means(self):
        """All candidates are complete here."""
        table = table_of(np.linspace(0, 1, 9))
        spread = earlier_of(table).spread
        assert spread == pytest.approx(table.mean(axis=1).std())

    def test_is_free_of_the_difficulty_of_folds(self):
        """A stopped candidate is not worse for having run the hard folds."""
        table = table_of([0.0, 1.0, 2.0, 3.0], noise=0.0)
        stopped = [partial(row, 1 + k % 4) for k, row in enumerate(table)]
        spread = earlier_of(table, stopped).spread
        assert spread == pytest.approx(np.std([0, 1, 2, 3]))

    def test_is_not_made_by_one_bad_candidate(self):
        """Beside such a spread all others would look the same."""
        means = [*np.linspace(0, 1, 9), -1e6]
        assert earlier_of(table_of(means)).spread < 3


class TestEarlierScores:
    """`EarlierScores` holds the scores of earlier trials."""

    def test_are_those_of_the_first_trials_less_the_failed(self):
        """Complete trials come first."""
        table = table_of([0.0, 1.0, 2.0, 3.0])
        table[1, 2:] = np.nan
        states = [Status.FAILED, Status.STOPPED, Status.COMPLETE, Status.COMPLETE]
        ended = {i: trial_of(i, table[i], states[i]) for i in range(4)}
        history = EarlierScoresHistory(N_SPLITS)
        np.testing.assert_array_equal(
            history.among_first(3, ended, "score").table, table[[2, 1]]
        )
        np.testing.assert_array_equal(
            history.among_first(4, ended, "score").table, table[[2, 3, 1]]
        )
        assert len(history.among_first(1, ended, "score").table) == 0
        assert len(history.among_first(-3, ended, "score").table) == 0

    def test_are_no_more_than_can_be_looked_at_and_hold_the_best(self, monkeypatch):
        """Late in a long search a decision costs no more than early."""
        monkeypatch.setattr(earlier_scores_module, "MAX_OF_EACH", 3)
        table = table_of([0.0, 9.0, 2.0, 3.0, 4.0, 5.0])
        ended = {i: trial_of(i, row, Status.COMPLETE) for i, row in enumerate(table)}
        history = EarlierScoresHistory(N_SPLITS)
        for n_trials, rows in [(4, [1, 2, 3]), (6, [1, 3, 4, 5]), (1, [0])]:
            np.testing.assert_array_equal(
                history.among_first(n_trials, ended, "score").complete, table[rows]
            )

    def test_among_leaves_out_failed_trials_and_puts_complete_ones_first(self):
        """Rungs are in the same order, NaN where they were not run."""
        table = table_of([0.0, 1.0, 2.0])
        states = [Status.STOPPED, Status.FAILED, Status.COMPLETE]
        table[0, 2:] = np.nan
        trials = [trial_of(i, table[i], states[i]) for i in range(3)]
        rungs = (FoldResult(6, {"score": 0.5}),)
        trials[0] = replace(trials[0], rungs=rungs)
        found = EarlierScores.among(trials, "score", range(5, 7))
        np.testing.assert_array_equal(found.complete, table[[2]])
        np.testing.assert_array_equal(found.stopped, table[[0]])
        np.testing.assert_array_equal(found.rungs, [[np.nan, np.nan], [np.nan, 0.5]])
        alone = EarlierScores.among(trials[2:], "score")
        assert alone.stopped.shape == (0, N_SPLITS)

    def test_have_the_best_complete_candidate_as_incumbent(self):
        """The first of equal candidates is it; stopped ones never are."""
        table = table_of([1.0, 2.0, 2.0], noise=0.0)
        earlier = earlier_of(table, [partial(table[0] + 9.0, 2)])
        np.testing.assert_array_equal(earlier.incumbent, table[1])

    def test_of_rungs_are_kept_beside_them_in_a_history(self):
        """The best one has its rungs, too, if it is older than those looked at."""
        table = table_of([0.0, 1.0])
        ended = {
            i: replace(
                trial_of(i, table[i], Status.COMPLETE),
                rungs=(FoldResult(5, {"score": float(i)}),),
            )
            for i in range(2)
        }
        rungs = (FoldResult(6, {"score": 9.0}),)
        stopped = trial_of(2, partial(table[0], 1), Status.STOPPED)
        ended[2] = replace(stopped, rungs=rungs)
        history = EarlierScoresHistory(N_SPLITS, range(5, 7))
        found = history.among_first(3, ended, "score")
        np.testing.assert_array_equal(
            found.rungs, [[0.0, np.nan], [1.0, np.nan], [np.nan, 9.0]]
        )
        assert history.among_first(3, ended, "score") is found

    def test_of_a_long_history_are_all_kept(self):
        """The tables of the history grow."""
        table = table_of(np.arange(40.0))
        ended = {i: trial_of(i, row, Status.COMPLETE) for i, row in enumerate(table)}
        history = EarlierScoresHistory(N_SPLITS)
        found = history.among_first(40, ended, "score")
        np.testing.assert_array_equal(found.complete, table)
        np.testing.assert_array_equal(
            history.among_first(17, ended, "score").complete, table[:17]
        )


def test_rung_scores_are_nan_where_not_run_or_without_a_score():
    """Folds with all samples are no rungs."""
    results = [
        FoldResult(0, {"score": 9.0}),
        FoldResult(2, {"score": 0.5}),
        FoldResult(3, {"score": 0.5}, error="failed"),
        FoldResult(4, {"score": np.inf}),
        FoldResult(5, {"other": 0.5}),
        FoldResult(7, {"score": 9.0}),
    ]
    found = rung_scores(results, "score", range(2, 7))
    np.testing.assert_array_equal(found, [0.5, *[np.nan] * 4])
    assert rung_scores(results, "score", range(0)).shape == (0,)

"""The race's rule, decision by decision."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._evaluation.cv_results import adjusted_scores
from skbayes._evaluation.racing import earlier_scores as earlier_scores_module
from skbayes._evaluation.racing.earlier_scores import (
    EarlierScores,
    EarlierScoresHistory,
)
from skbayes._evaluation.racing.paired_race import MARGIN, PairedRace, chances_to_win
from skbayes._protocol import FoldResult, Status, Trial

N_SPLITS = 5
EFFECTS = np.array([0.3, -0.2, 0.1, 0.0, -0.2])


def table_of(means, noise=0.01, seed=0):
    """Fold scores of candidates: their means, what folds add, and some noise."""
    interaction = np.random.default_rng(seed).normal(size=(len(means), N_SPLITS))
    interaction -= interaction.mean(axis=1, keepdims=True)
    return np.asarray(means)[:, None] + EFFECTS + noise * interaction


def partial(scores, n_run):
    """The first folds of a candidate."""
    out = np.full(N_SPLITS, np.nan)
    out[:n_run] = scores[:n_run]
    return out


def earlier_of(complete, stopped=()):
    """EarlierScores with these fold scores."""
    return EarlierScores(np.array(complete), np.reshape(stopped, (-1, N_SPLITS)))


def results_of(scores):
    """What was run of a candidate, as the loop hands it over."""
    return {
        k: FoldResult(k, {"score": score})
        for k, score in enumerate(scores)
        if not np.isnan(score)
    }


def trial_of(index, scores, status):
    """A trial with these fold scores."""
    folds = tuple(results_of(scores).values())
    return Trial(index, {"x": index}, N_SPLITS, folds, status)


def chance_to_win(scores, earlier, margin=0.0):
    """Of one candidate."""
    return chances_to_win(scores[None, :], earlier, margin)[0]


class TestChanceToWin:
    """Judged by the folds that both have."""

    def test_of_many_is_that_of_each(self):
        """Whatever folds they have."""
        rng = np.random.default_rng(0)
        earlier = earlier_of(table_of(rng.normal(size=30), noise=0.3))
        scores = np.array([partial(rng.normal(size=5), 1 + i % 5) for i in range(20)])
        each = [chance_to_win(row, earlier, 0.1) for row in scores]
        np.testing.assert_allclose(chances_to_win(scores, earlier, 0.1), each)

    @pytest.mark.parametrize("spread", [0.0, 0.3, 1.0, 3.0])
    @pytest.mark.parametrize("n_complete", [8, 30])
    def test_is_how_often_candidates_win(self, spread, n_complete):
        """Stated in bins against true, however much candidates differ.

        Folds vary by one; some of the others differ in nothing but their luck.
        """
        stated, true = [], []
        for seed in range(60):
            rng = np.random.default_rng(seed)

            def draw(n, rng=rng):
                candidates = spread * rng.normal(size=(n, 1))
                return candidates + rng.normal(size=(n, N_SPLITS))

            earlier, new = earlier_of(draw(n_complete)), draw(80)
            seen = [partial(row, 1 + k % 4) for k, row in enumerate(new)]
            stated.append(chances_to_win(np.array(seen), earlier))
            true.append(new.mean(axis=1) > earlier.incumbent.mean())
        stated, true = np.concatenate(stated), np.concatenate(true)
        # From few complete candidates their spread is hardly known: chances are then
        # stated too low by up to a fifth.
        in_bins, overall = (0.12, 0.05) if n_complete == 30 else (0.22, 0.1)
        for low, high in [(0, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1)]:
            chosen = (stated >= low) & (stated <= high)
            if chosen.sum() >= 100:
                assert stated[chosen].mean() == pytest.approx(
                    true[chosen].mean(), abs=in_bins
                )
        assert stated.mean() == pytest.approx(true.mean(), abs=overall)

    def test_is_less_than_even_for_what_scores_as_the_incumbent(self):
        """Few are as good as the best of many; more so the fewer folds say it."""
        table = table_of([0.0, -1.0, -1.1, -0.9, -1.2], noise=0.5)
        after_one, after_four = (
            chance_to_win(partial(table[0], n_run), earlier_of(table))
            for n_run in (1, 4)
        )
        assert 0.0 < after_one < 0.4
        assert after_one < after_four < 0.5

    @pytest.mark.parametrize(("gap", "chance"), [(0.2, 1.0), (-0.2, 0.0), (0.0, 0.5)])
    def test_is_certain_where_nothing_varies(self, gap, chance):
        """Candidates that differ by the same on every fold."""
        earlier = np.array([0.0, -1.0, -2.0, -3.0])[:, None] + np.zeros(N_SPLITS)
        scores = partial(earlier[0] + gap, 1)
        assert chance_to_win(scores, earlier_of(earlier)) == chance

    def test_stopped_candidates_show_how_differences_vary(self):
        """The complete ones differ wildly; those nearest by hardly at all."""
        complete = table_of([0.0, -1.0, -1.1, -0.9], noise=0.5)
        stopped = np.array(
            [partial(complete[0] - gap, 2) for gap in (0.01, 0.012, 0.011, 0.009)]
        )
        stopped[:, 0] += 0.001
        earlier = earlier_of(complete), earlier_of(complete, stopped)
        varies = [one.differences.variances_at(np.array([-0.01]))[0] for one in earlier]
        assert varies[1] < 0.01 * varies[0]

    def test_a_single_fold_says_nothing_of_variation(self):
        """Nor does a row equal to the incumbent's."""
        complete = table_of([0.0, -1.0, -1.1, -0.9])
        stopped = [partial(complete[0] - 0.1, 1), partial(complete[0], 3)]
        earlier = earlier_of(complete), earlier_of(complete, stopped)
        varies = [one.differences.variances_at(np.array([-0.1])) for one in earlier]
        np.testing.assert_array_equal(*varies)

    def test_of_a_better_candidate_is_not_nil_where_the_others_tie(self):
        """A parameter without effect so far does not hide the value that has one."""
        ties = np.tile(EFFECTS, (6, 1))
        better = ties[0] + [0.10, 0.11, 0.10, 0.11, 0.10]
        assert chance_to_win(partial(better, 2), earlier_of(ties)) > 0.5


class TestPopulation:
    """What candidates score over all folds."""

    @pytest.mark.parametrize("n_run", [1, 2, 5])
    def test_has_the_variance_of_full_means_whatever_was_run(self, n_run):
        """Scores of few folds scatter more, and that is taken out."""
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
        """They are not what the next one has to beat."""
        good = np.linspace(0.0, 1.0, 20)
        without = earlier_of(table_of(good)).population
        tail = np.linspace(-50.0, -1.0, 19)
        with_tail = earlier_of(table_of([*good, *tail])).population
        assert with_tail.variance < 4 * without.variance


class TestSpread:
    """The scale of the margin."""

    def test_is_the_standard_deviation_of_the_means(self):
        """Where all are complete."""
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
        """Beside which all others would look the same."""
        means = [*np.linspace(0, 1, 9), -1e6]
        assert earlier_of(table_of(means)).spread < 3


class TestPairedRace:
    """Whether to go on."""

    MEANS = (1.0, 0.5, 0.0, -0.5, -1.0)

    def is_lost(self, gap, n_run=1, noise=1e-3, **settings):
        """Whether a candidate that is worse than the incumbent by `gap` is stopped."""
        table = table_of(self.MEANS, noise=noise)
        scores = partial(table[0] - gap, n_run)
        return PairedRace(N_SPLITS, **settings).is_lost(
            results_of(scores), earlier_of(table), "score"
        )

    @pytest.mark.parametrize(
        ("gap", "is_lost"), [(0.5, True), (0.0, True), (-0.03, True), (-0.04, False)]
    )
    def test_what_is_hardly_better_is_not_worth_its_folds(self, gap, is_lost):
        """A twentieth of the standard deviation, here 0.035, is what counts."""
        assert np.std(self.MEANS) * MARGIN == pytest.approx(0.0354, abs=1e-4)
        assert self.is_lost(gap) == is_lost

    def test_what_may_be_better_goes_on(self):
        """The difference is smaller than what single folds vary by."""
        assert not self.is_lost(0.1, noise=0.3)

    def test_a_smaller_alpha_stops_less(self):
        """At every gap, and less at some."""
        gaps = np.linspace(0, 1, 60)
        often = [self.is_lost(gap, noise=0.2, alpha=0.2) for gap in gaps]
        seldom = [self.is_lost(gap, noise=0.2, alpha=0.01) for gap in gaps]
        assert all(o >= s for o, s in zip(often, seldom, strict=True))
        assert sum(often) > sum(seldom) > 0

    def test_four_complete_candidates_are_needed(self):
        """However bad the fifth; stopped ones do not make up the number."""
        complete = table_of([1.0, 0.5, 0.0])
        stopped = [partial(complete[2], 2)] * 3
        earlier = earlier_of(complete, stopped)
        scores = results_of(partial(complete[0] - 10, 1))
        assert not PairedRace(N_SPLITS).is_lost(scores, earlier, "score")

    @pytest.mark.parametrize("score", [np.nan, np.inf])
    def test_a_candidate_without_a_score_has_lost(self, score):
        """It has no mean any more."""
        results = {0: FoldResult(0, {"score": score})}
        earlier = earlier_of(np.empty((0, N_SPLITS)))
        assert PairedRace(N_SPLITS).is_lost(results, earlier, "score")

    def test_what_was_passed_over_is_caught_up_with(self):
        """With no margin; the best three of them."""
        complete = table_of([1.0, 0.5, 0.0, -0.5])
        gaps = [0.5, -0.01, -0.02, 0.4, -0.03, -0.04]
        trials = [trial_of(i, row, Status.COMPLETE) for i, row in enumerate(complete)]
        trials += [
            trial_of(4 + i, partial(complete[0] - gap, 1), Status.STOPPED)
            for i, gap in enumerate(gaps)
        ]
        assert PairedRace(N_SPLITS).catch_up(trials, "score") == [9, 8, 6]


class TestEarlierScores:
    """Earlier trials' scores."""

    def test_are_those_of_the_first_trials_less_the_failed(self):
        """Complete ones first."""
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


class TestAdjustedScores:
    """Means over all folds of trials that were not run on all."""

    def test_are_estimates_where_folds_are_missing(self):
        """Complete ones keep their mean; others lose what their folds add."""
        table = table_of([1.0, 0.5, 0.0, -0.5], noise=1e-3)
        trials = [trial_of(i, row, Status.COMPLETE) for i, row in enumerate(table)]
        trials.append(trial_of(4, partial(table[1] - 0.1, 1), Status.STOPPED))
        adjusted = adjusted_scores(trials, "score")
        np.testing.assert_array_equal(adjusted[:4], table.mean(axis=1))
        assert adjusted[4] == pytest.approx(0.4, abs=5e-3)

    def test_are_nan_for_what_failed_or_has_no_score(self):
        """Also where nothing at all is complete."""
        table = table_of([1.0, 0.5, 0.0])
        trials = [
            trial_of(0, table[0], Status.FAILED),
            trial_of(1, partial(table[1], 0), Status.STOPPED),
            trial_of(2, partial(table[2], 2), Status.STOPPED),
        ]
        adjusted = adjusted_scores(trials, "score")
        np.testing.assert_array_equal(np.isnan(adjusted), [True, True, False])
        assert np.isnan(adjusted_scores(trials[:2], "score")).all()

"""The race's rule, decision by decision."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._evaluation.racing.paired_race import MARGIN, PairedRace, chances_to_win
from skbayes._protocol import FoldResult, Status
from tests._evaluation.racing.candidates import (
    EFFECTS,
    N_SPLITS,
    earlier_of,
    partial,
    results_of,
    table_of,
    trial_of,
)


def chance_to_win(scores, earlier, margin=0.0):
    """Of one candidate."""
    return chances_to_win(scores[None, :], earlier, margin)[0]


class TestChancesToWin:
    """Chances are judged by the folds that both candidates have."""

    def test_of_many_is_that_of_each(self):
        """The chances are equal whatever folds the candidates have."""
        rng = np.random.default_rng(0)
        earlier = earlier_of(table_of(rng.normal(size=30), noise=0.3))
        scores = np.array([partial(rng.normal(size=5), 1 + i % 5) for i in range(20)])
        each = [chance_to_win(row, earlier, 0.1) for row in scores]
        np.testing.assert_allclose(chances_to_win(scores, earlier, 0.1), each)

    @pytest.mark.parametrize("spread", [0.0, 0.3, 1.0, 3.0])
    @pytest.mark.parametrize("n_complete", [8, 30])
    def test_is_how_often_candidates_win(self, spread, n_complete):
        """Stated chances are the true ones in bins, however much candidates differ.

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
        """Few candidates match the best of many; fewer folds leave more doubt."""
        table = table_of([0.0, -1.0, -1.1, -0.9, -1.2], noise=0.5)
        after_one, after_four = (
            chance_to_win(partial(table[0], n_run), earlier_of(table))
            for n_run in (1, 4)
        )
        assert 0.0 < after_one < 0.4
        assert after_one < after_four < 0.5

    @pytest.mark.parametrize(("gap", "chance"), [(0.2, 1.0), (-0.2, 0.0), (0.0, 0.5)])
    def test_is_certain_where_nothing_varies(self, gap, chance):
        """Candidates differ by the same on every fold."""
        earlier = np.array([0.0, -1.0, -2.0, -3.0])[:, None] + np.zeros(N_SPLITS)
        scores = partial(earlier[0] + gap, 1)
        assert chance_to_win(scores, earlier_of(earlier)) == chance

    def test_stopped_candidates_show_how_differences_vary(self):
        """Complete candidates differ wildly, and those nearest by hardly at all."""
        complete = table_of([0.0, -1.0, -1.1, -0.9], noise=0.5)
        stopped = np.array(
            [partial(complete[0] - gap, 2) for gap in (0.01, 0.012, 0.011, 0.009)]
        )
        stopped[:, 0] += 0.001
        earlier = earlier_of(complete), earlier_of(complete, stopped)
        varies = [one.differences.variances_at(np.array([-0.01]))[0] for one in earlier]
        assert varies[1] < 0.01 * varies[0]

    def test_a_single_fold_says_nothing_of_variation(self):
        """A row equal to the incumbent's says nothing either."""
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


class TestPairedRace:
    """`PairedRace` decides whether a candidate goes on."""

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
        """No gap is stopped more often, and some are stopped less."""
        gaps = np.linspace(0, 1, 60)
        often = [self.is_lost(gap, noise=0.2, alpha=0.2) for gap in gaps]
        seldom = [self.is_lost(gap, noise=0.2, alpha=0.01) for gap in gaps]
        assert all(o >= s for o, s in zip(often, seldom, strict=True))
        assert sum(often) > sum(seldom) > 0

    def test_four_complete_candidates_are_needed(self):
        """However bad the fifth is, stopped ones do not make up the number."""
        complete = table_of([1.0, 0.5, 0.0])
        stopped = [partial(complete[2], 2)] * 3
        earlier = earlier_of(complete, stopped)
        scores = results_of(partial(complete[0] - 10, 1))
        assert not PairedRace(N_SPLITS).is_lost(scores, earlier, "score")

    @pytest.mark.parametrize("score", [np.nan, np.inf])
    def test_a_candidate_without_a_score_has_lost(self, score):
        """Such a candidate has no mean any more."""
        results = {0: FoldResult(0, {"score": score})}
        earlier = earlier_of(np.empty((0, N_SPLITS)))
        assert PairedRace(N_SPLITS).is_lost(results, earlier, "score")

    def test_what_was_passed_over_is_caught_up_with(self):
        """The race brings back the best three of these, with no margin."""
        complete = table_of([1.0, 0.5, 0.0, -0.5])
        gaps = [0.5, -0.01, -0.02, 0.4, -0.03, -0.04]
        trials = [trial_of(i, row, Status.COMPLETE) for i, row in enumerate(complete)]
        trials += [
            trial_of(4 + i, partial(complete[0] - gap, 1), Status.STOPPED)
            for i, gap in enumerate(gaps)
        ]
        assert PairedRace(N_SPLITS).catch_up(trials, "score") == [9, 8, 6]

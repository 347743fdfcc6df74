"""Is what was told merged into one row a point?"""

import numpy as np
import pytest

from skbayes._strategies.engine.observation import Observation
from skbayes._strategies.engine.training_data import TrainingTable, training_data


def observation(key, score, folds=None, seconds=None):
    return Observation(
        params={"x": key},
        key=key,
        encoded=np.array([float(key)]),
        score=score,
        fold_scores=None if folds is None else np.array(folds),
        seconds_per_fold=seconds,
    )


def test_training_data_rows_come_in_the_order_they_were_told():
    """Each point has one row, at its first appearance."""
    data = training_data([observation(k, k / 10) for k in (3, 1, 2, 1)])
    np.testing.assert_array_equal(data.U[:, 0], [3, 1, 2])
    assert data.is_complete.all()
    assert not data.extra_noise.any()


def test_training_data_averages_repeated_measurements():
    """Scores and seconds of equal points are means."""
    data = training_data(
        [observation(1, 0.5, seconds=1.0), observation(1, 0.7, seconds=3.0)]
    )
    assert data.scores[0] == pytest.approx(0.6)
    assert data.seconds_per_fold[0] == 2.0


def test_training_data_replaces_a_failure_by_a_success():
    """A failure that did not happen again is forgotten, with its seconds."""
    failed = observation(1, np.nan, seconds=9.0)
    data = training_data([failed, observation(1, 0.5), failed])
    np.testing.assert_array_equal(data.scores, [0.5])
    assert not data.is_failed.any()
    assert np.isnan(data.seconds_per_fold[0])


def test_training_data_has_rows_without_a_score_for_failures():
    """Such rows are not complete, and do not disturb the others."""
    data = training_data([observation(1, 0.5), observation(2, np.nan)])
    np.testing.assert_array_equal(data.is_failed, [False, True])
    np.testing.assert_array_equal(data.is_complete, [True, False])


def test_training_data_estimates_a_partial_evaluation_with_noise():
    """The estimate uses the fold effects, not the raw mean, and states its variance."""
    rng = np.random.default_rng(0)
    effects = np.array([0.1, 0.0, -0.1])
    told = []
    for key in range(6):
        folds = 0.5 + 0.01 * key + effects + rng.normal(0, 1e-3, 3)
        told.append(observation(key, folds.mean(), folds))
    told.append(observation(9, 0.62, [0.62, np.nan, np.nan]))
    data = training_data(told)
    assert data.scores[-1] == pytest.approx(0.52, abs=5e-3)
    assert 0 < data.extra_noise[-1] < 1e-4
    assert not data.is_complete[-1]


def test_training_data_replaces_partial_by_complete():
    """Folds of two partial evaluations count together, complete ones alone."""
    table = [observation(k, 0.5, [0.5, 0.5]) for k in range(3)]
    left, right = (
        observation(9, 0.6, [0.6, np.nan]),
        observation(9, 0.8, [np.nan, 0.8]),
    )
    joined = training_data([*table, left, right])
    assert joined.scores[-1] == pytest.approx(0.7)
    assert joined.extra_noise[-1] == 0
    complete = training_data([*table, left, observation(9, 0.9, [0.9, 0.9])])
    assert complete.scores[-1] == pytest.approx(0.9)
    assert complete.is_complete[-1]


def test_training_data_takes_scores_without_folds_for_complete():
    """Prior results have no fold scores, and keep their score as it is."""
    data = training_data(
        [
            observation(0, 0.3),
            *(observation(k, 0.5, [0.4, 0.6]) for k in (1, 2, 3)),
            observation(4, 0.4, [0.4, np.nan]),
        ]
    )
    assert data.scores[0] == 0.3
    assert data.is_complete[0]
    assert data.scores[-1] == pytest.approx(0.5)


def drawn_history(rng, n):
    """Evaluations of few points: failed, partial and complete ones, with seconds."""
    out = []
    for _ in range(n):
        folds = rng.normal(size=3)
        folds[rng.permutation(3)[: rng.integers(0, 3)]] = np.nan
        score = np.nan if rng.random() < 0.2 else float(np.nanmean(folds))
        told = None if np.isnan(score) or rng.random() < 0.2 else folds
        seconds = rng.random() if rng.random() < 0.7 else None
        out.append(observation(int(rng.integers(0, 12)), score, told, seconds))
    return out


@pytest.mark.parametrize("seed", range(5))
def test_training_table_of_a_growing_history_is_that_of_a_new_one(seed):
    """The steps may be any, with folds under way, and another history may follow."""
    rng = np.random.default_rng(seed)
    table = TrainingTable()
    for history in (drawn_history(rng, 60), drawn_history(rng, 40)):
        for n in sorted(rng.choice(np.arange(5, len(history)), 8, replace=False)):
            begun = drawn_history(rng, int(rng.integers(0, 4)))
            for running in (begun, []):
                found = table.data(history[:n], running)
                plain = training_data([*history[:n], *running])
                for name in ("U", "scores", "extra_noise", "is_complete"):
                    np.testing.assert_array_equal(
                        getattr(found, name), getattr(plain, name), err_msg=name
                    )
                np.testing.assert_array_equal(
                    found.seconds_per_fold, plain.seconds_per_fold
                )

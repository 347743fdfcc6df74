"""The progress bar shows where a search stands; the rules end it when they should."""

from __future__ import annotations

import copy
import math
import pickle
import time

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from skbayes.callbacks import (
    ExpectedImprovementBelowNoise,
    NoImprovement,
    ProgressBar,
    ScoreReached,
)
from tests.progress import NAN, progress

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

"""Is the threshold tuned where labels are judged, to the best score?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, make_scorer

from skbayes.ensemble._threshold import best_threshold, judges_labels
from tests.ensemble.out_of_fold import both, made

RNG = np.random.default_rng(0)
Y = (RNG.random(60) < 0.2).astype(int)
P = np.clip(0.3 * Y + RNG.normal(0.25, 0.15, 60), 0.0, 1.0)
TESTS = np.arange(60).reshape(3, 20)
ALL = np.ones(60, dtype=bool)


def f1(y, predicted):
    """The same score by a function that is not known."""
    return f1_score(y, predicted)


@pytest.mark.parametrize(
    ("scoring", "method", "judges"),
    [
        ("f1", "predict", True),
        ("balanced_accuracy", "predict", True),
        (make_scorer(f1), "predict", True),
        ("accuracy", "predict", False),
        ("roc_auc", "predict_proba", False),
    ],
)
def test_judges_labels_knows_what_a_threshold_changes(scoring, method, judges):
    """The likelier label serves accuracy best; probabilities are not judged by it."""
    oof = made(scoring, Y, TESTS, [both(P)], method=method)
    assert judges_labels(oof) == judges


def test_judges_labels_of_two_classes_only():
    """There is no one threshold of more classes; numbers have none."""
    y = np.arange(60) % 3
    oof = made("f1_macro", y, TESTS, [np.eye(3)[y]])
    assert not judges_labels(oof)
    oof = made("f1", Y, TESTS, [both(P)])
    own = replace(oof, kept=replace(oof.kept, has_own_score=True))
    assert not judges_labels(own)
    numbers = made("r2", P, TESTS, [P[:, None]], is_classifier=False)
    assert not judges_labels(numbers)


@pytest.mark.parametrize("scoring", ["f1", make_scorer(f1)], ids=["sums", "calls"])
def test_best_threshold_is_the_best_of_those_tried(scoring):
    """Sums give the same as calls of the scorer."""
    oof = made(scoring, Y, TESTS, [both(P)])
    found = best_threshold(oof, both(P), ALL)
    tried = np.append(np.quantile(P, np.linspace(0.05, 0.95, 19)), 0.5)
    best = max(oof.score(both(P), t, ALL) for t in tried)
    assert np.isclose(found, tried).any()
    assert oof.score(both(P), found, ALL) == pytest.approx(best)
    assert best > oof.score(both(P), 0.5, ALL)


@pytest.mark.parametrize("known", [True, False])
def test_best_threshold_looks_at_what_counts_only(known):
    """The labels of the others may be anything."""
    scoring = (
        "balanced_accuracy"
        if known
        else make_scorer(lambda y, p: balanced_accuracy_score(y, p))
    )
    counted = np.arange(60) < 40
    one = made(scoring, Y, TESTS, [both(P)])
    other = made(scoring, np.where(counted, Y, 1 - Y), TESTS, [both(P)])
    found = best_threshold(one, both(P), counted)
    assert found == best_threshold(other, both(P), counted)
    assert found != best_threshold(one, both(P), ~counted)


def test_best_threshold_among_equals_is_nearest_to_one_half():
    """Everything between two probabilities separates the labels."""
    y = np.tile([0, 1], 30)
    p = np.where(y, 0.9, 0.3)
    oof = made("f1", y, TESTS, [both(p)])
    assert best_threshold(oof, both(p), ALL) == 0.5
    p = np.where(y, 0.4, 0.1)
    assert best_threshold(oof, both(p), ALL) == pytest.approx(0.4)

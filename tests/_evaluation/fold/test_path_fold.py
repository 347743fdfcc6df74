"""Has a fold at several values the scores of a fit at each of them?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import check_scoring

from skbayes._evaluation.fold.evaluation import Evaluation, FoldSettings
from skbayes._evaluation.fold.fit_and_score import run_fold
from skbayes._evaluation.fold.path_fold import run_segment
from skbayes._evaluation.sharing.plan import SharingPlan
from skbayes._evaluation.sharing.searched_path import PathSegment
from tests._evaluation.sharing.folds import SPLITS, X, y

NAME = "n_estimators"


class Counting(GradientBoostingClassifier):
    """Counts its fits."""

    sizes = []

    def fit(self, X, y):
        """Note the size."""
        self.sizes.append(self.n_estimators)
        return super().fit(X, y)


# The rule of the path holds for classes of scikit-learn by their names.
Counting.__module__ = GradientBoostingClassifier.__module__
Counting.__qualname__ = GradientBoostingClassifier.__qualname__


def score(estimator, X, y):
    """Fails for three members."""
    if estimator.n_estimators == 3:
        raise ValueError("told to fail")
    return estimator.score(X, y)


@pytest.fixture
def evaluation():
    """Two folds of a booster whose work is shared."""
    model = Counting(random_state=0, max_depth=2)
    settings = FoldSettings(
        model, check_scoring(model, "neg_log_loss"), {}, {}, return_train_score=True
    )
    plan = SharingPlan(model)
    Counting.sizes.clear()
    yield Evaluation(X, y, SPLITS, settings, plan)
    plan.release()


def test_run_segment_equals_a_fit_of_each_value(evaluation):
    """Scores are equal to the last bit, and fits are fewer."""
    sizes = (1, 2, 4, 7, 9)
    arguments = evaluation.arguments({NAME: 9, "max_depth": 1}, 1, None)
    result = run_segment(*arguments, PathSegment(NAME, sizes))
    assert len(Counting.sizes) < len(sizes)
    assert list(result.path) == list(sizes)
    for size, one in result.path.items():
        alone = run_fold(*arguments[:5], {NAME: size, "max_depth": 1}, 1)
        assert one.test_scores == alone.test_scores
        assert one.train_scores == alone.train_scores
        assert one.path is None
    assert result.test_scores == result.path[9].test_scores
    for name in ("fit_time", "score_time"):
        total = sum(getattr(one, name) for one in result.path.values())
        assert getattr(result, name) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("has_plan", [True, False])
def test_run_segment_is_run_fold_without_a_segment_or_shared_work(evaluation, has_plan):
    """The result then has no path."""
    segment = None if has_plan else PathSegment(NAME, (1, 2))
    *arguments, shared = evaluation.arguments({NAME: 2}, 0, None)
    result = run_segment(*arguments, shared if has_plan else None, segment)
    assert result.path is None
    assert result.fold == 0
    assert Counting.sizes == [2]


def test_run_segment_ends_with_a_fit_that_fails(evaluation):
    """The largest value comes first, and nothing can be cut out of its fit."""
    arguments = evaluation.arguments({NAME: 4, "max_depth": -1}, 0, None)
    result = run_segment(*arguments, PathSegment(NAME, (1, 2, 4)))
    assert list(result.path) == [4]
    assert "InvalidParameterError" in result.error
    assert np.isnan(result.test_scores["score"])

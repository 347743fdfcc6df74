"""Does an evaluation know all folds of a search by their numbers?"""

from __future__ import annotations

import pytest
from sklearn.metrics import check_scoring

from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._evaluation.fold.fit_and_score import run_fold
from tests._evaluation.execution.folds import evaluation_of
from tests.search.estimators import Scripted, score_of


def test_evaluation_numbers_repeats_and_rungs_on_from_the_folds():
    """A repeat is a fold with other samples; a rung has a part of a training part."""
    whole = evaluation_of()
    (train, test), *others = whole.splits
    rung = (train[:5], test)
    more = Evaluation(
        whole.X, whole.y, others, whole.settings, repeats=[(train, test)], rungs=[rung]
    )
    assert more.n_splits == 2
    assert [more.split(k) for k in range(4)] == [*others, (train, test), rung]
    assert len(more.further) == 2
    assert more.test_share == pytest.approx(1 / 3)
    found = run_fold(*more.arguments({"quality": 0.25}, 2, None))
    assert found.fold == 2
    assert found.test_scores == {"score": score_of(0.25, 0)}


def test_evaluation_knows_the_names_of_metrics_before_the_first_fold():
    """A scorer that gives a number has the usual name."""
    several = check_scoring(Scripted(), scoring=["accuracy", "recall"])
    assert evaluation_of().metric_names == ("score",)
    assert evaluation_of(scorer=several).metric_names == ("accuracy", "recall")
    assert evaluation_of().shared({}, 0) is None

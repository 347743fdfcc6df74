"""Is there a record of a fold that returned none?"""

from __future__ import annotations

import math

import pytest
from sklearn.metrics import check_scoring

from skbayes._evaluation.execution.failed_fold import failed_fold
from tests._evaluation.execution.folds import evaluation_of
from tests.search.estimators import Scripted

SEVERAL = check_scoring(Scripted(), scoring=["accuracy", "f1"])


@pytest.mark.parametrize(
    ("scorer", "names"), [(None, ["score"]), (SEVERAL, ["accuracy", "f1"])]
)
@pytest.mark.parametrize("has_train", [True, False])
def test_failed_fold_has_nan_for_every_metric(scorer, names, has_train):
    """The record has NaN on both parts, if both are scored, and is fatal."""
    evaluation = evaluation_of(scorer=scorer, return_train_score=has_train)
    fold = failed_fold(2, OSError("died"), evaluation, details="where\n")
    assert fold.fold == 2
    assert list(fold.test_scores) == names
    assert all(map(math.isnan, fold.test_scores.values()))
    assert (fold.train_scores is not None) is has_train
    assert list(fold.train_scores or names) == names
    assert fold.is_multimetric is (len(names) > 1)
    assert fold.is_fatal
    assert fold.error == "where\nOSError: died"


@pytest.mark.parametrize("details", ["", "the traceback there"])
def test_failed_fold_raises_where_errors_end_the_search(details):
    """`failed_fold` raises the error itself, with the details as a note."""
    error = OSError("died")
    with pytest.raises(OSError, match="died") as caught:
        failed_fold(0, error, evaluation_of(error_score="raise"), details=details)
    assert caught.value is error
    assert getattr(error, "__notes__", []) == ([details] if details else [])

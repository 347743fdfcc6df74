"""Does a holder give its estimator away, and keep nothing of it?"""

from __future__ import annotations

import gc
import weakref

from skbayes._evaluation.fold.fitted_estimator import FittedEstimator
from tests.search.estimators import Scripted


def test_fitted_estimator_is_taken_once():
    """Records of folds live on, and the estimator does not."""
    estimator = Scripted()
    alive = weakref.ref(estimator)
    holder = FittedEstimator(estimator)
    assert holder.take() is estimator
    assert holder.take() is None
    del estimator
    gc.collect()
    assert alive() is None

"""Do warnings name the line of the user?"""

from __future__ import annotations

import warnings

from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skbayes._user_warnings import warn_user
from skbayes.exceptions import SearchSpaceEdgeWarning
from skbayes.search import BayesSearchCV


def test_warn_user_names_the_line_that_called():
    """A call from outside names its own caller."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_user("first", SearchSpaceEdgeWarning)
    (seen,) = caught
    assert (seen.filename, seen.category) == (__file__, SearchSpaceEdgeWarning)
    assert (
        seen.lineno
        == test_warn_user_names_the_line_that_called.__code__.co_firstlineno + 4
    )


def test_warn_user_skips_what_stands_between():
    """A search, a pipeline and scikit-learn's cross-validation stand between."""
    X, y = [[i] for i in range(40)], [0, 1] * 20
    space = {"C": (1.0, 2.0, "uniform")}
    search = BayesSearchCV(SVC(), space, n_iter=2, cv=2, n_initial_points=2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cross_val_score(make_pipeline(search), X, y, cv=2)
    assert {w.filename for w in caught if "n_initial_points" in str(w.message)} == {
        __file__
    }

"""Are names, types and values of a space checked, in this order?"""

from __future__ import annotations

import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from skbayes.search import RandomSearchCV
from skbayes.search._params import check_params
from skbayes.space import Real


def checked(space, estimator=None):
    """Check one dict of a space."""
    search = RandomSearchCV(estimator or SVC(), space)
    check_params(search, [space], "param_distributions")


@pytest.mark.parametrize(
    ("estimator", "space", "message"),
    [
        (SVC(), {"c": [1, 2]}, "Did you mean 'C'"),
        (
            KNeighborsClassifier(),
            {"n_neighbors": Real(1.0, 9.0)},
            "`n_neighbors`|integer",
        ),
        (
            KNeighborsClassifier(),
            {"n_neighbors": Real(1.0, 9.0), "weighs": ["uniform"]},
            "Did you mean 'weights'",
        ),
    ],
)
def test_check_params_raises_for_names_first(estimator, space, message):
    """Names are checked first, then ranges of the wrong type of number."""
    with pytest.raises(ValueError, match=message):
        checked(space, estimator)


def test_check_params_warns_of_values_that_are_refused():
    """The other values can be tried; nothing is said of a good space."""
    with pytest.warns(UserWarning, match="kernel"):
        checked({"kernel": ["rbf", "rfb"]})
    checked({"kernel": ["rbf", "linear"], "C": [1, 2.0]})
    checked({})

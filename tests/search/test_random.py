"""Has RandomSearchCV the candidates that scikit-learn draws with the same seed?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import loguniform, uniform
from sklearn.datasets import load_iris
from sklearn.model_selection import ParameterSampler
from sklearn.svm import SVC

from skbayes.search import RandomSearchCV
from skbayes.space import Integer, Real

X, y = load_iris(return_X_y=True)


@pytest.mark.filterwarnings("ignore:The best value")
@pytest.mark.parametrize(
    "space",
    [
        {"C": loguniform(0.1, 10), "kernel": ["rbf", "linear"]},
        [{"C": uniform(1, 2)}, {"C": [1, 2, 3], "kernel": ["linear"]}],
        {"C": [1, 2, 3, 4], "gamma": [0.1, 1.0]},
        pytest.param(
            {"C": [1, 2, 3, 4]},
            marks=pytest.mark.filterwarnings("ignore:The total space"),
        ),
    ],
)
def test_random_search_cv_draws_what_parameter_sampler_draws(space):
    """The draws are by seed; lists only are drawn without replacement."""
    search = RandomSearchCV(SVC(), space, n_iter=6, cv=2, random_state=3)
    found = search.fit(X, y).cv_results_["params"]
    assert found == list(ParameterSampler(space, 6, random_state=3))


def test_random_search_cv_of_a_finite_space_ends_with_it():
    """A warning says so, as scikit-learn's does."""
    search = RandomSearchCV(SVC(), {"C": [1, 2]}, n_iter=5, cv=2, random_state=0)
    with pytest.warns(UserWarning, match="smaller than n_iter=5") as caught:
        search.fit(X, y)
    assert [warning.filename for warning in caught] == [__file__]
    assert len(search.trials_) == 2


@pytest.mark.filterwarnings("ignore:The best value")
def test_random_search_cv_takes_ranges_of_this_package():
    """Values are drawn within their ends, on their axis."""
    space = {"C": Real(0.1, 10.0, "log-uniform"), "degree": Integer(2, 4)}
    search = RandomSearchCV(SVC(), space, n_iter=30, cv=2, random_state=0)
    params = search.fit(X, y).cv_results_["params"]
    c, degrees = np.array([p["C"] for p in params]), {p["degree"] for p in params}
    assert ((c >= 0.1) & (c <= 10.0)).all()
    assert 8 <= (c < 1.0).sum() <= 22
    assert degrees == {2, 3, 4}
    assert {type(p["degree"]) for p in params} == {int}

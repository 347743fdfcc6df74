"""Are values that the estimator's validation refuses told before the first fit?"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
import sklearn
from scipy.stats import randint, uniform
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.search._refused_values import warn_of_refused_values
from skbayes.space import Categorical, Integer, Real
from tests.space.labels import label

TREE = DecisionTreeClassifier()


class Foreign(ClassifierMixin, BaseEstimator):
    """An estimator that does not say which values it takes."""

    def __init__(self, C=1.0):
        self.C = C


def told(estimator, space, kind=BayesSearchCV):
    """What is warned of a space, by lines."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_refused_values(kind(estimator, space), [space], [estimator], "space")
    assert len(caught) <= 1
    return str(caught[0].message).split("\n") if caught else []


@pytest.mark.parametrize(
    ("estimator", "space", "line"),
    [
        (SVC(), {"kernel": ["rbf", "linaer"]}, "Got 'linaer' .* mean 'linear'?"),
        (SVC(), {"kernel": Categorical(["rbf", "RBF"])}, "Got 'RBF' .* mean 'rbf'?"),
        (SVC(), {"C": np.array(["1.5"])}, "float in the range.* Did you mean 1.5?"),
        (SVC(), {"shrinking": ["true"]}, "Got 'true' instead. Did you mean True?"),
        (SVC(), {"class_weight": ["None"]}, "Got 'None' instead. Did you mean None?"),
        (SVC(), {"C": [[0.1, 1.0]]}, "items without the inner brackets for choices."),
        (LogisticRegression(), {"fit_intercept": [0]}, "Got 0 .* Did you mean False?"),
        (TREE, {"max_depth": [3.0]}, "Got 3.0 instead. Did you mean 3?"),
        (TREE, {"criterion": ["mse"]}, "Got 'mse' instead."),
        (SVC(), {"C": Real(-1.0, 1.0)}, "float in the range .* ends at -1.0."),
        (TREE, {"max_depth": Integer(0, 9)}, "an int in the range .* ends at 0."),
        (
            GradientBoostingClassifier(),
            {"subsample": Real(0.1, 1.5)},
            "float in the range .* ends at 1.5.",
        ),
    ],
    ids=label,
)
def test_warn_of_refused_values_tells_what_may_be_meant(estimator, space, line):
    """The warning is the same for an estimator by itself and in a pipeline."""
    (name,) = space
    head, *lines = told(estimator, space)
    assert head.startswith("The `space` parameter of BayesSearchCV has values that")
    assert len(lines) == 1
    pattern = f"'{name}': The '{name}' parameter of .*" + line.replace("?", r"\?")
    assert re.fullmatch(pattern, lines[0])
    nested = Pipeline([("m", estimator)])
    assert told(nested, {f"m__{name}": space[name]})[1] == lines[0].replace(
        f"'{name}'", f"'m__{name}'", 1
    )


@pytest.mark.parametrize(
    ("estimator", "space"),
    [
        (SVC(), {"C": Real(0.0, 1.0), "gamma": ["scale", 0.1], "kernel": [print]}),
        (SVC(), {"C": uniform(-1, 2), "degree": randint(-1, 9)}),
        (TREE, {"max_depth": [None, 1], "min_samples_split": Integer(2, 9)}),
        (TREE, {"max_features": Real(0.0, 1.0), "min_samples_leaf": [1, 0.1]}),
        (Foreign(), {"C": ["a", None], "nothing": [1]}),
        (Pipeline([("m", SVC())]), {"m": [SVC(), TREE], "m__C": [-1.0]}),
        (Pipeline([("m", SVC())]), {"m": [SVC(), "passthrough"]}),
    ],
    ids=label,
)
def test_warn_of_refused_values_is_silent_of_what_is_taken_or_not_known(
    estimator, space
):
    """Nothing is said of open ends, distributions, other classes, steps that vary."""
    assert told(estimator, space) == []


def test_warn_of_refused_values_is_silent_where_validation_is_off():
    """These values may even be fitted then."""
    with sklearn.config_context(skip_parameter_validation=True):
        assert told(SVC(), {"kernel": ["linaer"]}) == []


def test_warn_of_refused_values_tells_a_long_list_in_part():
    """The lines have an end."""
    lines = told(SVC(), {"kernel": [f"kernel {i}" for i in range(9)]})
    assert len(lines) == 7
    assert lines[-1] == "and 4 more."


@pytest.mark.parametrize("kind", [GridSearchCV, RandomSearchCV, BayesSearchCV])
def test_warn_of_refused_values_comes_before_the_first_fit(kind):
    """The warning names the line that calls `fit`; good candidates are fitted."""
    X, y = np.arange(24.0).reshape(-1, 1), np.arange(24) % 2
    search = kind(SVC(), {"kernel": ["rbf", "linaer"]}, cv=2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, y)
    texts = [str(w.message) for w in caught]
    (first,) = [i for i, text in enumerate(texts) if "estimator refuses" in text]
    assert all("fits failed" not in text for text in texts[:first])
    assert caught[first].filename == __file__
    assert search.best_params_ == {"kernel": "rbf"}

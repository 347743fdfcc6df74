"""Setting parameters: as `set_params`, with words on what to write instead."""

from __future__ import annotations

import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from skbayes import GridSearchCV
from skbayes._evaluation.fold.set_parameters import set_parameters, what_to_write


def steps():
    """A pipeline with a step that may be left out."""
    return Pipeline([("reduce", PCA()), ("model", SVC())])


def test_set_parameters_clones_values():
    """An estimator among the values is not the one that is set."""
    pca = PCA(2)
    pipeline = set_parameters(steps(), {"reduce": pca, "reduce__n_components": 3})
    assert pipeline["reduce"].n_components == 3
    assert pca.n_components == 2


@pytest.mark.parametrize(
    ("estimator", "params", "kind", "note"),
    [
        (
            steps(),
            {"reduce__n_components": 2, "reduce": "passthrough"},
            AttributeError,
            "sets 'reduce__n_components', and 'reduce' is 'passthrough' in it",
        ),
        (
            Pipeline([("reduce", "passthrough"), ("model", SVC())]),
            {"reduce__n_components": 2},
            AttributeError,
            "'reduce' is 'passthrough' in it, which has no parameter 'n_components'",
        ),
        (
            steps(),
            {"model": LogisticRegression(), "model__gamma": 1.0},
            ValueError,
            "'model' is LogisticRegression() in it, which has no parameter 'gamma'",
        ),
        (
            TransformedTargetRegressor(Ridge()),
            {"regressor": None, "regressor__alpha": 1.0},
            AttributeError,
            "'regressor' is None in it, which has no parameter 'alpha'",
        ),
    ],
)
def test_what_to_write_names_the_step_that_lacks_the_parameter(
    estimator, params, kind, note
):
    """The error is `set_params`' own, which names no step."""
    with pytest.raises(kind, match="has no attribute|Invalid parameter"):
        set_parameters(estimator, params)
    text = what_to_write(estimator, params)
    assert note in text
    assert "Write a conditional space, a list of dicts" in text


def test_what_to_write_is_nothing_where_no_step_is_to_blame():
    """A name that is wrong everywhere is told as `set_params` tells it."""
    with pytest.raises(ValueError, match="Invalid parameter 'nothing'"):
        set_parameters(steps(), {"nothing": 1})
    assert what_to_write(steps(), {"nothing": 1}) is None


class Forgetful(LogisticRegression):
    """Its `set_params` returns nothing."""

    def set_params(self, **params):
        super().set_params(**params)


def test_set_parameters_returns_an_estimator_that_does_not_return_itself():
    """All fits work, so the refit does as well."""
    estimator = Forgetful()
    assert set_parameters(estimator, {"C": 3.0}) is estimator
    assert estimator.C == 3.0
    X, y = make_classification(40, random_state=0)
    search = GridSearchCV(Forgetful(), {"C": [0.1, 1.0]}, cv=2).fit(X, y)
    assert search.best_params_["C"] == search.best_estimator_.C

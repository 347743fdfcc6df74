"""Do the rules for `refit` take the candidate they promise?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.search import GridSearchCV
from skbayes.selection import BestIfBetter, BestPosteriorMean, Fastest, Simplest
from tests.selection.tables import DEPTHS, NEAR, table

RULES = [
    Simplest("C", prefer=[1, 10], metric="score"),
    Fastest(time="fit", n_standard_errors=2.0),
    BestIfBetter(SVC(C=3.0), alpha=0.01),
    BestPosteriorMean(metric="accuracy"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
def test_rules_are_pickled_cloned_and_shown(rule):
    """A rule is a parameter as any other."""
    assert repr(pickle.loads(pickle.dumps(rule))) == repr(rule)
    search = GridSearchCV(SVC(), {"C": [1, 10]}, refit=rule)
    assert repr(clone(search).refit) == repr(rule)
    assert type(rule).__name__ in repr(search)


def test_rules_serve_scikit_learns_searches():
    """A rule needs nothing but the table."""
    X, y = load_iris(return_X_y=True)
    grid = {"max_depth": [1, 2, 3, 4, 5]}
    tree = DecisionTreeClassifier(random_state=0)
    for rule in (Simplest("max_depth"), Fastest(), BestPosteriorMean()):
        theirs = TheirGridSearchCV(tree, grid, refit=rule).fit(X, y)
        assert theirs.best_params_["max_depth"] in grid["max_depth"]


def test_metric_of_several_is_named():
    """A rule says which of several scores it means."""
    X, y = load_iris(return_X_y=True)
    settings = {"scoring": ["accuracy", "f1_macro"]}
    grid = {"C": [0.01, 1, 10]}
    rule = Simplest("C", metric="f1_macro", n_standard_errors=4)
    search = GridSearchCV(SVC(), grid, refit=rule, **settings).fit(X, y)
    assert search.best_params_ == {"C": 1}
    assert search.optimism_corrected_score_ > 0.9
    unnamed = GridSearchCV(SVC(), grid, refit=Simplest("C"), **settings)
    with pytest.raises(ValueError, match="The `metric` parameter of Simplest"):
        unnamed.fit(X, y)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Simplest("width"), "The `parameter` parameter of Simplest"),
        (Simplest("depth", prefer="simple"), "The `prefer` parameter of Simplest"),
        (Simplest("depth", prefer=[1, 2]), "list every value"),
        (Simplest("depth", metric="f1"), "The `metric` parameter of Simplest"),
        (Fastest(time="all"), "The `time` parameter of Fastest"),
        (BestIfBetter({"depth": 77}), "not among the complete candidates"),
        (BestIfBetter({"depth": 1}, alpha=2), "The `alpha` parameter"),
        (BestIfBetter({"depth": 1}, test_share=0.0), "The `test_share` parameter"),
    ],
)
def test_bad_rules_are_refused(rule, message):
    """The error names the rule and its parameter."""
    with pytest.raises(ValueError, match=message):
        rule(table(NEAR, DEPTHS))


@pytest.mark.parametrize("rule", [Simplest("C"), Fastest(), BestPosteriorMean()])
def test_nothing_to_choose_from_is_said(rule):
    """If no candidate is complete, no rule has a choice."""
    results = table([[np.nan, 1.0], [1.0, np.nan]], [{"C": 1}, {"C": 2}])
    with pytest.raises(ValueError, match="nothing to choose from"):
        rule(results)

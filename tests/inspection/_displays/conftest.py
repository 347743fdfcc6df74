"""Searches that several displays draw."""

from __future__ import annotations

import pytest

from skbayes.search import GridSearchCV
from tests.inspection.conftest import Formula, additive, fitted
from tests.inspection.searches import bayes_with_failures


@pytest.fixture(scope="package")
def bayes():
    """A Bayesian search in which some candidates fail."""
    return bayes_with_failures()


@pytest.fixture(scope="package")
def grid():
    """A grid search over two parameters, the untuned values among the candidates."""
    choices = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}
    return fitted(GridSearchCV(Formula(formula=additive), choices, cv=4))

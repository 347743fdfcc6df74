"""Bad input is refused before the first fit, with the parameter named and a remedy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes.exceptions import JournalError
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.space import Real

X, y = load_iris(return_X_y=True)
SEARCHES = {"grid": GridSearchCV, "random": RandomSearchCV, "bayes": BayesSearchCV}
SPACE = {"C": [1, 2]}


class NeverFitted(SVC):
    """An SVC that must not come to be fitted."""

    def fit(self, X, y, sample_weight=None):
        """Never."""
        raise AssertionError("a candidate was fitted before the input was checked")


def refused(kind, space, message, error=(ValueError, TypeError), **settings):
    """`fit` raises `error` with `message`, and no candidate is fitted."""
    search = SEARCHES[kind](NeverFitted(), space, error_score="raise", **settings)
    with pytest.raises(error, match=message):
        search.fit(X, y)


every_kind = pytest.mark.parametrize("kind", SEARCHES)


@every_kind
@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"CC": [1, 2]}, "Got 'CC' instead"),
        ([SPACE, {"kernel": ["rbf"], "gama": [1]}], "Got 'gama' instead"),
        ([], r"Got \[\] instead"),
        ({"C": []}, "'C'.*(at least one|non-empty)"),
        ({"kernel": "rbf"}, r"'kernel'.*Write \['rbf'\] for a single choice"),
        ({"C": 1}, r"'C'.*Write \[1\] for a single choice"),
        (3, "must be an instance of 'dict'.* an instance of 'list'.* Got 3"),
        ("C", "must be an instance of 'dict'.* an instance of 'list'.* Got 'C'"),
        (["C"], "dict"),
        ({"C": np.ones((2, 2))}, "'C'.*one-dimensional"),
    ],
    ids=str,
)
def test_spaces_that_are_none(kind, space, message):
    """Search spaces have wrong names, types and forms."""
    refused(kind, space, message)


@pytest.mark.parametrize("kind", ["random", "bayes"])
@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({}, r"at least one parameter. Got \{\}"),
        ({"C": (2, 1, "uniform")}, "`low`.*must be below `high`"),
        ({"C": (1.0, 1.0, "uniform")}, r"Write \[1.0\] for a constant"),
        ({"C": (0, 1.0, "log-uniform")}, "must be > 0 with prior='log-uniform'"),
        ({"C": (1, np.inf, "uniform")}, "must be finite. Got inf"),
    ],
    ids=str,
)
def test_ranges_that_are_none(kind, space, message):
    """Ranges are empty, reversed, infinite, or logarithms of zero."""
    refused(kind, space, message)


def test_a_bare_pair_is_ambiguous_to_bayes_only():
    """The error shows how to write either meaning."""
    message = r"Got \(1, 10\).*Write \[1, 10\] for two choices, \(1, 10, 'uniform'\)"
    refused("bayes", {"C": (1, 10)}, message)
    search = RandomSearchCV(SVC(), {"C": (1, 10)}, n_iter=2).fit(X, y)
    assert {p["C"] for p in search.cv_results_["params"]} == {1, 10}


@pytest.mark.parametrize(
    "value", [loguniform(1, 10), Real(1, 10)], ids=["scipy", "Real"]
)
def test_a_grid_takes_no_distributions(value):
    """The error says which search does."""
    refused("grid", {"C": value}, "'C'.*(RandomSearchCV|BayesSearchCV)")


def test_a_surrogate_needs_more_than_draws():
    """An object with rvs alone can be drawn from, not modelled."""

    class Draws:
        def rvs(self, random_state=None):
            return 1.0

    refused("bayes", {"C": Draws()}, "methods cdf, ppf and support")


@every_kind
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scoring": "nope"}, "[`']scoring[`'].*Got 'nope'"),
        ({"scoring": ["accuracy", "f1_macro"]}, "refit must be set to a scorer key"),
        ({"time_budget": 0}, "'time_budget'.*Got 0"),
        ({"fit_timeout": -1}, "'fit_timeout'.*Got -1"),
        ({"callbacks": [3]}, "`callbacks`.*Got 3"),
        (
            {"callbacks": print},
            r"`callbacks`.*list.*Got print.*=\[print\]",
        ),
        ({"callbacks": [SVC]}, "`callbacks`.*Got <class"),
        ({"racing": "yes"}, "'racing'.*Got 'yes'"),
        ({"journal": 5}, "'journal'.*Got 5"),
        ({"journal": "/no/such/folder/x.sqlite"}, "`journal`.*is not a folder"),
        ({"journal": "sqlite:///a.db"}, "`journal`.*Got the address 'sqlite:///a.db'"),
        ({"journal": "a\0b"}, "`journal`.*cannot be one: embedded null"),
        ({"journal": "x" * 300}, "`journal`.*cannot be one: File name too long"),
        ({"journal": __file__}, "no journal of skbayes.*left as it is"),
        ({"store_predictions": 3}, "'store_predictions'.*Got 3"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
@pytest.mark.filterwarnings("ignore:The total space of parameters")
def test_settings_that_are_none(kind, settings, message):
    """Wrong values of our own parameters and of scikit-learn's are refused."""
    refused(kind, SPACE, message, (ValueError, TypeError, JournalError), **settings)


@pytest.mark.parametrize("kind", ["random", "bayes"])
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_iter": 0}, r"'n_iter'.*\[1, inf\). Got 0"),
        ({"n_iter": 1.5}, "'n_iter'.*Got 1.5"),
        ({"random_state": "a"}, "'random_state'.*Got 'a'"),
    ],
)
def test_numbers_that_are_none(kind, settings, message):
    """Wrong numbers of candidates and wrong seeds are refused."""
    refused(kind, SPACE, message, **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"initial_params": [{"C": 20.0}]}, "`initial_params`.*BayesSearchCV.*20"),
        ({"initial_params": [{"D": 2.0}]}, "'C' is missing; 'D' is no parameter"),
        ({"initial_params": {"C": 2.0}}, r"write initial_params=\[\{'C': 2.0\}\]"),
        ({"n_initial_points": 0}, "'n_initial_points'.*Got 0"),
        ({"prior_results": 3}, "`prior_results` parameter of BayesSearchCV.*Got int"),
        ({"cost_aware": True}, "`cost_aware`.*time_budget=None"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_settings_of_bayes_that_are_none(settings, message):
    """Wrong values of the parameters that only `BayesSearchCV` has are refused."""
    refused("bayes", {"C": (1.0, 10.0, "uniform")}, message, **settings)


@every_kind
def test_an_estimator_class_is_not_an_estimator(kind):
    """The error shows the missing parentheses."""
    with pytest.raises(TypeError, match=r"Got the class SVC instead; write SVC\(\)"):
        SEARCHES[kind](SVC, SPACE).fit(X, y)


@every_kind
def test_x_and_y_of_different_lengths(kind):
    """The message names both lengths."""
    with pytest.raises(ValueError, match=r"inconsistent.*\[150, 149\]"):
        SEARCHES[kind](SVC(), SPACE).fit(X, y[:-1])


@every_kind
def test_a_splitter_that_contradicts_itself(kind):
    """A mean over fewer folds than announced is never given."""

    class Liar:
        def get_n_splits(self, X=None, y=None, groups=None):
            return 3

        def split(self, X, y=None, groups=None):
            yield np.arange(100), np.arange(100, 150)

    with pytest.raises(ValueError, match="inconsistent results. Expected 3 splits"):
        SEARCHES[kind](SVC(), SPACE, cv=Liar()).fit(X, y)


@every_kind
def test_all_candidates_failing_is_an_error_that_quotes_the_causes(kind):
    """Nothing is chosen, nothing is refitted."""
    search = SEARCHES[kind](SVC(C=-1.0), {"C": [-1.0, -2.0]})
    if kind == "random":
        search.set_params(n_iter=2)
    with pytest.raises(ValueError, match="(?s)All the 10 fits failed.*Got -1.0"):
        search.fit(X, y)
    assert not hasattr(search, "best_estimator_")


def test_bayes_chooses_nothing_where_nothing_was_learnt():
    """Where all scores are NaN grid search warns, as scikit-learn; Bayes refuses."""

    def broken(estimator, X, y):
        return np.nan

    search = BayesSearchCV(SVC(), {"C": loguniform(0.1, 10)}, n_iter=3, scoring=broken)
    with (
        pytest.warns(UserWarning, match="non-finite"),
        pytest.raises(ValueError, match="No candidate has a finite mean test score"),
    ):
        search.fit(X, y)

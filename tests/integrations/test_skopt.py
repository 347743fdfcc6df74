"""Are searches of scikit-optimize translated as what they are?"""

from __future__ import annotations

import warnings

import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from skbayes.integrations.skopt import from_skopt
from skbayes.search import BayesSearchCV
from skbayes.space import Integer, Real

skopt = pytest.importorskip("skopt")
from skopt import space as theirs  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:Dimension .* was inferred to")
X, Y = load_iris(return_X_y=True)
LOG = "log-uniform"
SPACE = {
    "C": theirs.Real(1e-2, 1e3, prior=LOG),
    "gamma": (1e-4, 1e1, LOG),
    "degree": (1, 4),
    "coef0": [0.0, 1.0],  # a range to scikit-optimize
    "shrinking": [True, False],
    "kernel": theirs.Categorical(["rbf", "poly"]),
    "tol": (1e-4, 1e-2, LOG, 10),
}


def test_from_skopt_reads_spaces_as_skopt_does():
    """Pairs are ranges, words are choices, dimensions are what they are."""
    new = from_skopt(skopt.BayesSearchCV(SVC(), SPACE, n_iter=7, n_points=2))
    assert new.param_distributions == {
        "C": Real(1e-2, 1e3, LOG),
        "gamma": Real(1e-4, 1e1, LOG),
        "degree": Integer(1, 4),
        "coef0": Real(0.0, 1.0),
        "shrinking": [True, False],
        "kernel": ["rbf", "poly"],
        "tol": Real(1e-4, 1e-2, LOG),
    }
    assert new.n_iter == 7


def test_from_skopt_keeps_settings():
    """Settings of the same name are taken over, and so are the initial points."""
    settings = {
        "scoring": "accuracy",
        "cv": 3,
        "refit": False,
        "verbose": 1,
        "n_jobs": 2,
        "random_state": 4,
        "return_train_score": True,
    }
    kwargs = {"n_initial_points": 6}
    old = skopt.BayesSearchCV(SVC(), SPACE, optimizer_kwargs=kwargs, **settings)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="from_skopt")
        new = from_skopt(old)
    assert isinstance(new, BayesSearchCV)
    assert {name: getattr(new, name) for name in settings} == settings
    assert new.n_initial_points == 6
    assert new.error_score == "raise"
    assert clone(new).get_params(deep=False).keys() == new.get_params(False).keys()


def test_from_skopt_adds_up_the_candidates_of_several_dicts():
    """Each dict has its own number there, or that of the search."""
    spaces = [({"C": (0.1, 10.0)}, 4), {"C": (10.0, 20.0), "kernel": ["poly"]}]
    new = from_skopt(skopt.BayesSearchCV(SVC(), spaces, n_iter=3))
    assert new.n_iter == 7
    assert [set(space) for space in new.param_distributions] == [{"C"}, {"C", "kernel"}]
    (only,) = [from_skopt(skopt.BayesSearchCV(SVC(), spaces[:1]))]
    assert only.param_distributions == {"C": Real(0.1, 10.0)}


def test_from_skopt_warns_of_what_is_lost():
    """Settings of the engine have no counterpart, and are named."""
    kwargs = {"base_estimator": "RF", "acq_func": "EI"}
    old = skopt.BayesSearchCV(SVC(), SPACE, optimizer_kwargs=kwargs)
    old.fit_params = {"sample_weight": None}
    with pytest.warns(
        UserWarning, match=r"'acq_func'\], .*'base_estimator'\], fit_params: there is"
    ):
        from_skopt(old)


def test_from_skopt_hands_over_results():
    """A fitted search is known to the new one, whose winner is never below its best."""
    space = {"C": (1e-3, 1e1, LOG), "fit_intercept": [True, False]}
    old = skopt.BayesSearchCV(
        LogisticRegression(max_iter=500), space, n_iter=6, cv=3, random_state=0
    ).fit(X, Y)
    new = from_skopt(old).set_params(n_iter=3).fit(X, Y)
    assert new.best_score_ >= old.best_score_
    assert len(new.trials_) == 3
    assert new.prior_results["params"] == old.cv_results_["params"]
    assert new.trials_[1].params["C"] == pytest.approx(old.best_params_["C"])


def test_from_skopt_refuses_others():
    """The error names the other search."""
    with pytest.raises(TypeError, match="must be a BayesSearchCV of scikit-optimize"):
        from_skopt(BayesSearchCV(SVC(), {"C": [1]}))

"""Does a search use registered knowledge, and does `register` refuse bad knowledge?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.base import BaseEstimator, ClassifierMixin

from skbayes import BayesSearchCV, RandomSearchCV
from skbayes.presets import register, suggest_space

X = np.zeros((6, 1))
Y = np.array([0, 1] * 3)


class Booster(ClassifierMixin, BaseEstimator):
    """A classifier whose score is a function of its parameters."""

    def __init__(self, booster="tree", depth=6, rate_drop=0.1, share=None):
        self.booster = booster
        self.depth = depth
        self.rate_drop = rate_drop
        self.share = share

    def fit(self, X, y):
        """Refuse what it cannot do."""
        if self.booster == "linear" and self.share is not None:
            raise ValueError("a linear booster has no share")
        if self.booster == "dart" and self.depth == 2:
            raise ValueError("dart wants depth")
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Predict one class."""
        return np.zeros(len(X), dtype=int)

    def score(self, X, y=None):
        """Score by what is active."""
        if self.booster == "linear":
            return 0.3
        is_dart = self.booster == "dart"
        bonus = 0.3 - abs(self.rate_drop - 0.25) if is_dart else 0.0
        return 0.5 - 0.05 * abs(self.depth - 5) + bonus


SPACE = {
    "booster": ["tree", "linear", "dart"],
    "depth": [2, 3, 4, 5, 6],
    "rate_drop": uniform(0.0, 0.5),
    "share": uniform(0.1, 0.8),
}


@pytest.fixture
def registered():
    """A fresh registered class."""
    cls = type("Registered", (Booster,), {"__module__": __name__})
    cls.__init__ = Booster.__init__
    register(
        cls,
        idle={
            "depth": {"booster": ["linear"]},
            "rate_drop": [{"booster": ["linear"]}, {"booster": ["tree"]}],
        },
        left_out={"share": {"booster": ["linear"]}},
        refused=[{"booster": ["dart"], "depth": [2]}],
        space=SPACE,
        first_points=[{"booster": "dart", "depth": 5, "rate_drop": 0.4}],
    )
    return cls


def search(estimator, space=SPACE, **options):
    """A fitted search of 16 candidates."""
    usual = {"n_iter": 16, "random_state": 0, "cv": 2, "refit": False}
    usual["include_current"] = False
    return BayesSearchCV(estimator, space, **usual | options).fit(X, Y)


def test_register_makes_a_flat_dict_conditional(registered):
    """Nothing fails, no effect is tried twice, what must not be set is left out."""
    fitted = search(registered())
    assert all(trial.status.value == "complete" for trial in fitted.trials_)
    params = fitted.cv_results_["params"]
    linear = [p for p in params if p["booster"] == "linear"]
    assert len(linear) <= 1
    assert all("share" not in p for p in linear)
    assert all({"depth", "rate_drop"} <= set(p) for p in params)
    frame = fitted.to_frame()
    assert frame.loc[frame["param_booster"] == "linear", "param_share"].isna().all()


def test_register_adds_first_points_that_can_be_left_out(registered):
    """The known point is tried before the design, unless it is not wanted."""
    known = {"booster": "dart", "depth": 5, "rate_drop": 0.4}
    first = search(registered()).cv_results_["params"][0]
    assert {name: first[name] for name in known} == known
    without = search(registered(), first_points=False).cv_results_["params"][0]
    assert {name: without[name] for name in known} != known


@pytest.mark.filterwarnings("ignore::skbayes.exceptions.SearchSpaceEdgeWarning")
def test_register_takes_a_point_beyond_a_range_to_its_end(registered):
    """As far as a known point lies in the space it is tried."""
    space = SPACE | {"rate_drop": uniform(0.0, 0.2)}
    first = search(registered(), space).cv_results_["params"][0]
    assert first["rate_drop"] == pytest.approx(0.2, abs=1e-3)


def test_registered_rules_try_initial_params_of_equal_effect_once(registered):
    """Points that differ in what does nothing are one candidate."""
    equal_points = [
        {"booster": "linear", "depth": depth, "rate_drop": 0.1} for depth in (2, 3)
    ]
    fitted = search(registered(), initial_params=equal_points)
    boosters = [p["booster"] for p in fitted.cv_results_["params"]]
    assert boosters.count("linear") == 1


def test_registered_rules_know_prior_results_of_equal_effect(registered):
    """A prior result of one of two equal points is a result of both."""
    rows = [
        ({"booster": "linear", "depth": 2, "rate_drop": 0.3}, 0.3),
        ({"booster": "linear", "depth": 5, "rate_drop": 0.1}, 0.3),
        ({"booster": "tree", "depth": 5, "rate_drop": 0.1, "share": 0.3}, 0.5),
    ]
    fitted = search(registered(), prior_results=rows)
    assert len(fitted.optimizer_._history) == 3 + 16


def test_registered_spaces_are_searched_by_auto(registered):
    """Both adaptive and random search take what was registered."""
    assert suggest_space(registered()) == SPACE
    fitted = search(registered(), "auto")
    assert fitted.suggested_space_ == SPACE
    drawn = RandomSearchCV(registered(), "auto", n_iter=4, cv=2, refit=False)
    drawn.set_params(error_score=0.0, random_state=1)
    with pytest.warns(match="failed") if _fails(drawn) else _quiet():
        drawn.fit(X, Y)
    assert drawn.suggested_space_ == SPACE


def _fails(random_search):
    """Whether one of the draws cannot be fitted: a random search knows no rules."""
    from sklearn.model_selection import ParameterSampler

    return any(
        p["booster"] == "linear" or (p["booster"] == "dart" and p["depth"] == 2)
        for p in ParameterSampler(SPACE, 4, random_state=random_search.random_state)
    )


def _quiet():
    from contextlib import nullcontext

    return nullcontext()


def test_registered_rules_refuse_a_space_in_which_nothing_can_be_fitted(registered):
    """The error comes before the first fit, with the rule that refuses it."""
    space = {"booster": ["dart"], "depth": [2], "rate_drop": uniform(0.0, 0.5)}
    with pytest.raises(
        ValueError, match="Got none: Registered refuses this combination"
    ):
        search(registered(), space)


def test_registered_rules_refuse_initial_params_that_cannot_be_fitted(registered):
    """A point that is refused is named before the first fit."""
    point = {"booster": "dart", "depth": 2, "rate_drop": 0.1, "share": 0.2}
    with pytest.raises(ValueError, match="refuses this combination of"):
        search(registered(), initial_params=[point])


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        (
            {"idle": {"nothing": {"booster": ["a"]}}},
            ValueError,
            "Got 'nothing'; it",
        ),
        ({"refused": [{"deep": [1]}]}, ValueError, "must name parameters of Booster"),
        ({"space": {"width": [1, 2]}}, ValueError, "Got 'width'"),
        ({"idle": {"depth": {"booster": "linear"}}}, TypeError, "lists of values"),
        ({"idle": {"depth": "linear"}}, TypeError, "in the `idle` parameter"),
        ({"requires": "numpy"}, None, ""),
        ({"requires": "numpy<1"}, ValueError, "for numpy<1, but numpy .* is installed"),
        ({"requires": "notthere>=1"}, ValueError, "notthere is not installed"),
        ({"requires": "numpy==2"}, ValueError, "must be such as 'package>=1.2,<2'"),
    ],
)
def test_register_refuses_bad_input(arguments, error, match):
    """Unknown parameters, odd conditions and other versions are clear errors."""
    cls = type("Again", (Booster,), {"__module__": __name__})
    if error is None:
        register(cls, **arguments)
        return
    cls = Booster if "Booster" in match else cls
    with pytest.raises(error, match=match):
        register(cls, **arguments)


def test_register_refuses_what_has_no_parameters():
    """Only classes with `get_params` are registered."""
    with pytest.raises(TypeError, match="must be a class with `get_params`"):
        register(Booster())
    with pytest.raises(TypeError, match="must be a class with `get_params`"):
        register(dict)

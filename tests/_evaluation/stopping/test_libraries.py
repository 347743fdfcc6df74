"""Is each library told what to stop by, in its own words?"""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)

from skbayes._evaluation.sharing.path_rules import HELD_OUT_ARGUMENTS
from skbayes._evaluation.stopping.libraries import (
    PATIENCE,
    HeldOutSamples,
    library_of,
    takes_samples,
)
from tests._evaluation.stopping.boosters import Booster, booster

X, Y, WEIGHTS = np.zeros((3, 2)), np.arange(3), np.ones(3)
PLAIN, WEIGHTED = HeldOutSamples(X, Y), HeldOutSamples(X, Y, WEIGHTS)


@pytest.mark.parametrize(
    ("library", "prefix"),
    [("xgboost", "XGB"), ("lightgbm", "LGBM"), ("catboost", "CatBoost")],
)
def test_library_of_goes_by_package_and_name(library, prefix):
    """A subclass fits as its base does, and has the same library."""
    found = library_of(booster(library, f"{prefix}Classifier"))
    assert found is library_of(booster(library, f"{prefix}Regressor")) is not None
    mine = type("Mine", (type(booster(library, f"{prefix}Classifier")),), {})
    assert library_of(mine()) is found
    assert library_of(booster("mine", f"{prefix}Classifier")) is None


def test_library_of_a_forest_is_none():
    """A forest has no rounds to stop after, though it derives from a booster."""
    base = type(booster("xgboost", "XGBClassifier"))
    forest = type("XGBRFClassifier", (base,), {"__module__": "xgboost.sklearn"})
    assert library_of(forest()) is None
    assert library_of(RandomForestClassifier()) is None


@pytest.mark.parametrize("takes", [True, False])
def test_library_of_hist_is_known_where_it_takes_samples(monkeypatch, takes):
    """Older versions hold out samples of their own."""

    def fit(self, X, y, **more):
        raise AssertionError

    def newer(self, X, y, X_val=None, **more):
        raise AssertionError

    for kind in (HistGradientBoostingClassifier, HistGradientBoostingRegressor):
        monkeypatch.setattr(kind, "fit", newer if takes else fit)
        assert takes_samples(kind()) is takes
        library = library_of(kind())
        assert (library is not None) is takes
        if library is not None:
            assert library.settings(kind()) == {"early_stopping": True}
            assert library.n_rounds(SimpleNamespace(n_iter_=np.int64(5))) == 5
            found = library.arguments(kind(), WEIGHTED, {})
            assert found == {"X_val": X, "y_val": Y, "sample_weight_val": WEIGHTS}
            assert "sample_weight_val" not in library.arguments(kind(), PLAIN, {})


def arguments_of(estimator, samples=PLAIN, **given):
    """What is added to the arguments of the user."""
    return library_of(estimator).arguments(estimator, samples, given)


def test_library_of_xgboost_is_told_by_its_parameter():
    """The parameter is set unless the user has set a patience, by either way."""
    model = booster("xgboost", "XGBClassifier")
    assert arguments_of(model) == {"eval_set": [(X, Y)], "verbose": False}
    found = arguments_of(model, WEIGHTED, verbose=True)
    assert found == {"eval_set": [(X, Y)], "sample_weight_eval_set": [WEIGHTS]}
    library = library_of(model)
    assert library.settings(model) == {"early_stopping_rounds": PATIENCE}
    other = booster("xgboost", "XGBClassifier", callbacks=[object()])
    assert library.settings(other) == {"early_stopping_rounds": PATIENCE}
    stop = type("EarlyStopping", (), {})()
    for own in ({"early_stopping_rounds": 3}, {"callbacks": [object(), stop]}):
        assert library.settings(booster("xgboost", "XGBClassifier", **own)) == {}
    # Counted from 0.
    assert library.n_rounds(SimpleNamespace(best_iteration=6)) == 7


def test_library_of_lightgbm_is_told_by_a_callback(monkeypatch):
    """The callback follows the user's; newer versions name the samples otherwise."""
    made = []
    stub = SimpleNamespace(early_stopping=lambda *a, **k: made.append((a, k)) or "stop")
    monkeypatch.setitem(sys.modules, "lightgbm", stub)
    model = booster("lightgbm", "LGBMRegressor")
    found = arguments_of(model, WEIGHTED, callbacks=["own"])
    assert found == {
        "eval_set": [(X, Y)],
        "eval_sample_weight": [WEIGHTS],
        "callbacks": ["own", "stop"],
    }
    assert made == [((PATIENCE,), {"verbose": False})]
    assert arguments_of(model)["callbacks"] == ["stop"]
    own = booster("lightgbm", "LGBMRegressor", early_stopping_rounds=3)
    assert arguments_of(own)["callbacks"] == []
    stop = type("_EarlyStoppingCallback", (), {})()
    assert arguments_of(model, callbacks=[stop])["callbacks"] == [stop]

    def fit(self, X, y, eval_X=None, eval_y=None):
        raise AssertionError

    monkeypatch.setattr(type(model), "fit", fit)
    found = arguments_of(model)
    assert (found["eval_X"], found["eval_y"]) == ((X,), (Y,))
    assert "eval_set" not in found


def test_library_of_lightgbm_has_the_best_round_or_all():
    """The best round is 0 if the fit did not stop early."""
    n_rounds = library_of(booster("lightgbm", "LGBMRegressor")).n_rounds
    assert n_rounds(SimpleNamespace(best_iteration_=6, n_estimators_=9)) == 6
    assert n_rounds(SimpleNamespace(best_iteration_=0, n_estimators_=9)) == 9


def test_library_of_catboost_is_told_by_an_argument(monkeypatch):
    """Weighted samples are a pool, with the kinds of columns of the user."""
    model = booster("catboost", "CatBoostClassifier")
    found = arguments_of(model)
    assert found == {"eval_set": (X, Y), "early_stopping_rounds": PATIENCE}
    assert "early_stopping_rounds" not in arguments_of(model, od_wait=3)
    own = booster("catboost", "CatBoostClassifier", early_stopping_rounds=3)
    assert arguments_of(own) == {"eval_set": (X, Y)}
    pool = SimpleNamespace(Pool=lambda *a, **k: ("pool", a, k))
    monkeypatch.setitem(sys.modules, "catboost", pool)
    _, samples, named = arguments_of(model, WEIGHTED, cat_features=[1])["eval_set"]
    assert samples == (X, Y)
    assert named["weight"] is WEIGHTS
    assert named["cat_features"] == [1]
    assert library_of(model).n_rounds(SimpleNamespace(tree_count_=7)) == 7


def test_held_out_arguments_have_those_of_every_library():
    """These tell a fit that has a stopping set of the user's."""
    assert {"eval_set", "eval_X", "X_val"} <= HELD_OUT_ARGUMENTS
    assert issubclass(type(booster("xgboost", "XGBClassifier")), Booster)

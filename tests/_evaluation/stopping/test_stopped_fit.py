"""Is an estimator fitted on a part, stopped by the rest, and left as it was?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes._evaluation.stopping.libraries import PATIENCE
from skbayes._evaluation.stopping.stopped_fit import StoppedFit, pipelines_and_final
from skbayes._evaluation.stopping.stopping_set import StoppingSet
from tests._evaluation.stopping.boosters import booster

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = np.arange(40) % 2
ROWS = np.arange(100, 140)
RULE = StoppingSet(0.25)
FIT, STOP = RULE.split(X, Y, ROWS)
WEIGHTS = RNG.random(40)


def stopped(estimator, **params):
    """An estimator that was fitted once with early stopping."""
    stopped_fit = StoppedFit(estimator, RULE, ROWS)
    assert stopped_fit.n_rounds is None
    assert estimator.fit(X, Y, **params) is estimator
    return stopped_fit


def test_stopped_fit_holds_out_the_stopping_set():
    """The weights of both parts go along."""
    model = booster("xgboost", "XGBClassifier")
    found = stopped(model, sample_weight=WEIGHTS)
    X_fit, y_fit, weights, arguments = model.fitted_
    np.testing.assert_array_equal(X_fit, X[FIT])
    np.testing.assert_array_equal(y_fit, Y[FIT])
    np.testing.assert_array_equal(weights, WEIGHTS[FIT])
    ((X_stop, y_stop),) = arguments["eval_set"]
    np.testing.assert_array_equal(X_stop, X[STOP])
    np.testing.assert_array_equal(y_stop, Y[STOP])
    (stop_weights,) = arguments["sample_weight_eval_set"]
    np.testing.assert_array_equal(stop_weights, WEIGHTS[STOP])
    assert found.n_rounds == 7


def test_stopped_fit_restores_settings_and_fit():
    """The patience is set during the fit only; a second fit is a plain one."""
    model = booster("xgboost", "XGBClassifier")
    stopped(model)
    assert model.patience_ == PATIENCE
    assert model.early_stopping_rounds is None
    assert "fit" not in vars(model)
    model.fit(X, Y)
    assert model.fitted_[3] == {}
    assert model.patience_ is None


def test_stopped_fit_restores_settings_after_an_error():
    """The user's estimator may be fitted again."""

    def fit(*arguments, **named):
        raise RuntimeError("no")

    model = booster("xgboost", "XGBClassifier")
    type(model).fit = fit
    StoppedFit(model, RULE, ROWS)
    with pytest.raises(RuntimeError, match="no"):
        model.fit(X, Y)
    assert model.early_stopping_rounds is None
    assert "fit" not in vars(model)


def test_stopped_fit_of_a_pipeline_transforms_the_stopping_set():
    """The steps were fitted on the other part, in nested pipelines too."""
    model = booster("xgboost", "XGBClassifier")
    inner = Pipeline([("off", "passthrough"), ("best", SelectKBest(k=2)), ("m", model)])
    outer = Pipeline([("scale", StandardScaler()), ("inner", inner)])
    stopped(outer, inner__m__sample_weight=WEIGHTS)
    scaler = StandardScaler().fit(X[FIT])
    best = SelectKBest(k=2).fit(scaler.transform(X[FIT]), Y[FIT])
    X_fit, _, weights, arguments = model.fitted_
    ((X_stop, _),) = arguments["eval_set"]
    for found, part in ((X_fit, FIT), (X_stop, STOP)):
        expected = best.transform(scaler.transform(X[part]))
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(weights, WEIGHTS[FIT])
    (stop_weights,) = arguments["sample_weight_eval_set"]
    np.testing.assert_array_equal(stop_weights, WEIGHTS[STOP])
    assert not any("fit" in vars(part) for part in (model, inner, outer))


def test_stopped_fit_of_what_cannot_stop_is_a_plain_one():
    """The fit has the whole training part."""
    model = LogisticRegression()
    found = stopped(model, sample_weight=WEIGHTS)
    plain = LogisticRegression().fit(X, Y, sample_weight=WEIGHTS)
    np.testing.assert_array_equal(model.coef_, plain.coef_)
    assert found.n_rounds is None


def test_stopped_fit_looks_at_the_estimator_when_it_is_fitted():
    """Parameters are set later than `StoppedFit`: a step may be another one then."""
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    stopped_fit = StoppedFit(pipeline, RULE, ROWS)
    model = booster("catboost", "CatBoostClassifier")
    pipeline.set_params(logisticregression=model)
    pipeline.fit(X, Y)
    assert stopped_fit.n_rounds == 7
    assert len(model.fitted_[0]) == len(FIT)


def test_stopped_fit_calls_another_hook():
    """Shared work has put this hook in front of the fit of the class."""
    model = booster("xgboost", "XGBClassifier")
    seen = []

    def hooked(X, y, **arguments):
        seen.append(len(X))
        del model.__dict__["fit"]
        return model.fit(X, y, **arguments)

    model.__dict__["fit"] = hooked
    stopped(model)
    assert seen == [len(FIT)]


class Session:
    """Notes the tags of inputs."""

    training_tag = "train"

    def __init__(self):
        self.tags = []

    def tag(self, value, tag):
        """Note it."""
        self.tags.append((len(value), tag))


def test_stopped_fit_tells_the_session_that_it_fits_on_a_part():
    """Work on the part is not work on the whole."""
    session = Session()
    model = booster("xgboost", "XGBClassifier")
    StoppedFit(model, RULE, ROWS, session)
    model.fit(X, Y)
    assert session.training_tag != "train"
    assert session.tags == [(len(STOP), "stopping set")]


def test_pipelines_and_final_go_inward():
    """An estimator that is no pipeline is its own last step."""
    model = LogisticRegression()
    inner = make_pipeline(model)
    outer = make_pipeline(StandardScaler(), inner)
    assert pipelines_and_final(outer) == ([outer, inner], model)
    assert pipelines_and_final(model) == ([], model)

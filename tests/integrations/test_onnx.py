"""Does skl2onnx convert a search to the graph of its best estimator?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes.integrations.onnx import register_onnx
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV


@pytest.mark.parametrize("search", [BayesSearchCV, GridSearchCV, RandomSearchCV])
@pytest.mark.parametrize("place", ["alone", "around", "inside"])
def test_register_onnx_converts_searches(search, place):
    """The graph predicts as the search: alone, around a pipeline or inside of one."""
    skl2onnx = pytest.importorskip("skl2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    register_onnx()
    X, y = load_iris(return_X_y=True)
    X = X.astype(np.float32)
    model = LogisticRegression(max_iter=500)
    name = "logisticregression__C" if place == "around" else "C"
    if place == "around":
        model = make_pipeline(StandardScaler(), model)
    settings = {} if search is GridSearchCV else {"n_iter": 2}
    made = search(model, {name: [0.1, 10.0]}, **settings)
    if place == "inside":
        made = make_pipeline(StandardScaler(), made)
    made.fit(X, y)
    graph = skl2onnx.to_onnx(made, X[:1], options={"zipmap": False}, target_opset=17)
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    label, probability = session.run(None, {"X": X})
    np.testing.assert_array_equal(label, made.predict(X))
    np.testing.assert_allclose(probability, made.predict_proba(X), atol=1e-5)


def test_register_onnx_converts_regressors_and_refuses_what_is_not_refitted():
    """Without a best estimator there is nothing to convert."""
    skl2onnx = pytest.importorskip("skl2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    register_onnx()
    X, y = load_diabetes(return_X_y=True)
    search = GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}).fit(X, y)
    graph = skl2onnx.to_onnx(search, X[:1], target_opset=17).SerializeToString()
    (predicted,) = onnxruntime.InferenceSession(graph).run(None, {"X": X})
    np.testing.assert_allclose(predicted[:, 0], search.predict(X), rtol=1e-5)
    search = GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, refit=False).fit(X, y)
    with pytest.raises(ValueError, match="no `best_estimator_` to convert"):
        skl2onnx.to_onnx(search, X[:1], target_opset=17)


def test_register_onnx_needs_skl2onnx(monkeypatch):
    """The error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "skl2onnx", None)
    with pytest.raises(ImportError, match="Install skl2onnx"):
        register_onnx()

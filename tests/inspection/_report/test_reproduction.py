"""Does the code that is written make the model again?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.inspection._report.reproduction import reproduction


@pytest.mark.parametrize(
    ("estimator", "params"),
    [
        (SVC(C=3.0), {"C": 0.1, "kernel": "linear"}),
        (
            Pipeline([("fill", SimpleImputer()), ("clf", "passthrough")]),
            {"clf": LogisticRegression(C=2.0), "fill__missing_values": np.nan},
        ),
        (DecisionTreeClassifier(), {"max_depth": None, "class_weight": {0: 1, 1: 2}}),
    ],
)
def test_code_makes_the_model_again(estimator, params):
    """The code runs, and makes a model with the same parameters."""
    code = reproduction(estimator, params)
    scope = {"X": np.arange(8.0).reshape(-1, 1), "y": np.arange(8) % 2}
    exec(code, scope)
    wanted = estimator.set_params(**params).get_params()
    assert repr(scope["model"].get_params()) == repr(wanted)


def test_code_says_what_has_no_source():
    """A function cannot be written; a comment says so."""
    code = reproduction(FunctionTransformer(func=lambda x: x), {"validate": True})
    assert "has no source" in code
    assert "has no source" not in reproduction(SVC(kernel="<b>"), {})

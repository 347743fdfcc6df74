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
def test_reproduction_makes_the_model_again(estimator, params):
    """The code runs, and makes a model with the same parameters."""
    code = reproduction(estimator, params)
    scope = {"X": np.arange(8.0).reshape(-1, 1), "y": np.arange(8) % 2}
    exec(code, scope)
    wanted = estimator.set_params(**params).get_params()
    assert repr(scope["model"].get_params()) == repr(wanted)


def test_reproduction_says_what_has_no_source():
    """A function cannot be written; a comment says so."""
    code = reproduction(FunctionTransformer(func=lambda x: x), {"validate": True})
    assert "has no source" in code
    assert "has no source" not in reproduction(SVC(kernel="<b>"), {})


def test_reproduction_imports_from_public_modules():
    """What stands in private modules is imported from the package around them."""
    code = reproduction(Pipeline([("clf", SVC())]), {"clf": LogisticRegression()})
    lines = code.partition("\n\n")[0].splitlines()
    assert lines == [
        "from sklearn.linear_model import LogisticRegression",
        "from sklearn.pipeline import Pipeline",
        "from sklearn.svm import SVC",
    ]


def test_reproduction_takes_names_of_numpy_for_values_only():
    """A text may have such a word in it."""
    assert "from numpy" not in reproduction(SVC(kernel="nan or 'inf'"), {})
    code = reproduction(SVC(), {"C": np.inf, "gamma": np.float64(0.5)})
    assert "from numpy import inf" in code
    assert "'gamma': 0.5" in code


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, ["model.fit(X, y)"]),
        ({"seed": None}, ["# Found with random_state=None of the search."]),
        (
            {"fit_params": ["sample_weight"], "split_params": ["groups"]},
            [
                "# The search split by groups, which the model is not given.",
                "# As passed to the search's fit: sample_weight.",
                "model.fit(X, y, sample_weight=sample_weight)",
            ],
        ),
    ],
)
def test_reproduction_says_what_fit_is_given(settings, lines):
    """The code says what the search had besides, too."""
    written = reproduction(SVC(random_state=1), {}, **settings).splitlines()
    assert [line for line in written if line in lines] == lines
    assert ("Found with" in "".join(written)) == ("seed" in settings)
    assert "Not seeded" not in "".join(written)


def test_reproduction_names_what_is_not_seeded():
    """The seed may be missing because a parameter takes it away."""
    pipe = Pipeline([("clf", SVC(random_state=1))])
    code = reproduction(pipe, {"clf__random_state": None})
    assert "# Not seeded, so each fit differs a little: clf__random_state." in code

"""A fold is known by what decides its score, part by part, and by nothing else."""

from __future__ import annotations

import dataclasses
import json
import types

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
import threadpoolctl
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, get_scorer, make_scorer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from skbayes._journal.content.content_digest import ContentHasher
from skbayes._journal.identity import Evaluated, identify

X = np.random.RandomState(0).rand(30, 3)
y = (X[:, 0] > 0.5).astype(int)
SPLITS = [(np.arange(20), np.arange(20, 30)), (np.arange(10, 30), np.arange(10))]
BASE = Evaluated(
    estimator=SVC(),
    scoring="accuracy",
    X=X,
    y=y,
    splits=SPLITS,
    fit_params={"sample_weight": np.ones(30)},
    score_params={},
)
SEQUENCE = {"search": "GridSearchCV", "space": {"C": [1, 2]}, "seed": 0}


def identity_of(**changes):
    """What the search is known by with another value of a part."""
    sequence = SEQUENCE | changes.pop("sequence", {})
    evaluated = dataclasses.replace(BASE, **changes)
    return identify(evaluated, sequence, ContentHasher())


def differing(one, other):
    """Names of the parts that differ."""
    parts = {n for n in one.parts if one.parts[n] != other.parts[n]}
    return parts | ({"folds"} if one.splits != other.splits else set())


def scaled(factor):
    """Make a step that is the user's own."""
    return FunctionTransformer(lambda X: X * factor)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("estimator", {"estimator": SVC(gamma=0.1)}),
        ("estimator", {"estimator": LogisticRegression()}),
        ("estimator", {"estimator": SVC(C=1)}),
        ("scoring", {"scoring": None}),
        ("scoring", {"scoring": ["accuracy"]}),
        ("scoring", {"scoring": {"score": "f1"}}),
        ("scoring", {"scoring": make_scorer(accuracy_score, greater_is_better=False)}),
        ("data", {"X": X + 1e-16}),
        ("data", {"X": X[:, ::-1]}),
        ("data", {"X": X[::-1]}),
        ("data", {"X": X.astype(np.float32)}),
        ("data", {"X": pd.DataFrame(X)}),
        ("data", {"X": X.tolist()}),
        ("data", {"y": 1 - y}),
        ("data", {"y": y.astype(float)}),
        ("data", {"y": None}),
        ("fit parameters", {"fit_params": {}}),
        ("fit parameters", {"fit_params": {"sample_weight": np.full(30, 2.0)}}),
        ("fit parameters", {"score_params": {"sample_weight": np.ones(30)}}),
        ("folds", {"splits": SPLITS[:1]}),
        ("folds", {"splits": SPLITS[::-1]}),
        ("folds", {"splits": [SPLITS[0], SPLITS[0]]}),
        ("folds", {"splits": [SPLITS[0], (np.arange(10), np.arange(10, 30))]}),
    ],
)
def test_identify_tells_each_part_from_the_others(part, changes):
    before, after = identity_of(), identity_of(**changes)
    assert differing(before, after) == {part}
    assert (before.evaluation_key == after.evaluation_key) == (part == "folds")
    assert before.search_key != after.search_key


@pytest.mark.parametrize(
    "changes",
    [
        {"estimator": SVC(verbose=True)},
        {"estimator": SVC().fit(X, y)},
        {"scoring": get_scorer("accuracy")},
        {"scoring": make_scorer(accuracy_score)},
        {"scoring": {"score": "accuracy"}},
        {"X": np.asfortranarray(X)},
        {"splits": [(list(train), list(test)) for train, test in SPLITS]},
        {"splits": [(train.astype("int32"), test - 30) for train, test in SPLITS]},
        {"splits": [tuple(np.isin(np.arange(30), p) for p in s) for s in SPLITS]},
    ],
)
def test_identify_ignores_what_decides_nothing(changes):
    """Earlier fits, layouts, and how scorers and indices are written do not count."""
    before, after = identity_of(), identity_of(**changes)
    assert differing(before, after) == set()
    assert before.search_key == after.search_key


@pytest.mark.parametrize(
    "sequence",
    [
        {"space": {"C": [1, 2, 3]}},
        {"space": [{"C": [1, 2]}]},
        {"seed": 1},
        {"seed": None},
        {"search": "RandomSearchCV"},
    ],
)
def test_identify_shares_folds_between_sequences(sequence):
    """Another space, seed or kind of search shares the folds but is another search."""
    before, after = identity_of(), identity_of(sequence=sequence)
    assert before.evaluation_key == after.evaluation_key
    assert before.search_key != after.search_key


def test_identify_has_a_part_for_code():
    """The code of steps and scorers is one part, and what was edited is named."""

    def score(estimator, X, y):
        return 1.0

    before = identity_of(estimator=make_pipeline(scaled(1), SVC()), scoring=score)
    other = types.FunctionType(
        (lambda estimator, X, y: 2.0).__code__, globals(), "score"
    )
    after = identity_of(estimator=make_pipeline(scaled(1), SVC()), scoring=other)
    assert differing(before, after) == {"code"}
    after = identity_of(estimator=make_pipeline(scaled(2), SVC()), scoring=score)
    assert differing(before, after) == {"code"}
    details = before.parts["code"].items() ^ after.parts["code"].items()
    assert {name for name, _ in details} == {
        "",
        "the variable factor of scaled.<locals>.<lambda>",
    }


def test_identify_has_a_part_for_versions(monkeypatch):
    """A score belongs to the version of the package that made it."""
    before = identity_of()
    monkeypatch.setattr(sklearn, "__version__", "0.1")
    after = identity_of()
    assert differing(before, after) == {"versions"}
    assert after.parts["versions"] == {"sklearn": "0.1"}


class Derived(BaseEstimator, threadpoolctl.ThreadpoolController):
    """A class of the user's that is made of an installed one."""

    def __init__(self):
        """Nothing of the other's."""


class Calling(BaseEstimator):
    """Calls other packages, imported above and on the way."""

    def fit(self, X, y=None):
        """Import one, and call two that carry values."""
        import pytest

        return pytest, joblib.hash(X), np.log(X), threadpoolctl.threadpool_info()


@pytest.mark.parametrize(
    ("estimator", "packages"),
    [
        (Derived(), {"sklearn", "threadpoolctl"}),
        (Calling(), {"sklearn", "threadpoolctl", "pytest"}),
    ],
)
def test_identify_counts_packages_that_own_code_is_built_on(estimator, packages):
    """Versions of such packages decide what own code does."""
    assert identity_of(estimator=estimator).parts["versions"].keys() == packages


def test_identify_has_a_part_for_the_configuration():
    """The configuration decides what steps hand on."""
    before = identity_of()
    with sklearn.config_context(transform_output="pandas"):
        assert differing(before, identity_of()) == {"configuration"}


def test_identify_counts_metadata_requests_under_routing():
    """Metadata requests decide whether the fits see the weights."""
    with sklearn.config_context(enable_metadata_routing=True):
        found = {
            identity_of(estimator=make_pipeline(estimator)).evaluation_key
            for estimator in (
                SVC(),
                SVC().set_fit_request(sample_weight=True),
                SVC().set_fit_request(sample_weight=False),
            )
        }
        asks = SVC().set_fit_request(sample_weight=True)
    assert len(found) == 3
    assert identity_of(estimator=asks).search_key == identity_of().search_key


def test_identify_returns_plain_text():
    """Identities are written into the file as JSON and read again."""
    identity = identity_of(estimator=make_pipeline(scaled(1), SVC()))
    again = dataclasses.replace(identity, parts=json.loads(json.dumps(identity.parts)))
    assert again == identity
    assert again.search_key == identity.search_key
    assert len(identity.search_key) == len(identity.evaluation_key) == 64

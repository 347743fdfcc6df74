"""Is work shared of estimators only that declare nothing against it?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    QuantileTransformer,
    StandardScaler,
)

from skbayes._evaluation.sharing.repeatable import is_reader, is_repeatable
from tests.ids import printed


class Mine(TransformerMixin, BaseEstimator):
    """A user's transformer."""

    def __init__(self, inner=None, random_state=0):
        self.inner = inner
        self.random_state = random_state


class MyPCA(PCA):
    """May use its seed in any way."""


@pytest.mark.parametrize(
    "part",
    [
        StandardScaler(),
        PCA(),
        PCA(svd_solver="full"),
        PCA(svd_solver="randomized", random_state=0),
        KBinsDiscretizer(subsample=None),
        QuantileTransformer(subsample=None),
        SelectFromModel(RandomForestClassifier(random_state=3)),
        Mine(),
        Mine(StandardScaler),
    ],
    ids=repr,
)
def test_is_repeatable_with_a_seed_or_without_a_need_for_one(part):
    """A part that the user wrote is repeatable too: every reuse is verified."""
    assert is_repeatable(part) is True


@pytest.mark.parametrize(
    "part",
    [
        object(),
        PCA(svd_solver="randomized"),
        PCA(svd_solver="arpack"),
        MyPCA(),
        TruncatedSVD(),
        KBinsDiscretizer(),
        TruncatedSVD(random_state=np.random.RandomState(0)),
        TruncatedSVD(random_state=True),
        Mine(random_state=None),
        Mine(TruncatedSVD()),
        SelectFromModel(RandomForestClassifier()),
        SelectFromModel(LogisticRegression(warm_start=True, random_state=0)),
        make_pipeline(StandardScaler(), memory="folder"),
    ],
    ids=printed,
)
def test_is_repeatable_refuses_chance_and_state(part):
    """The chance may be in the part or in one inside it."""
    assert is_repeatable(part) is False


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (StandardScaler(), True),
        (StandardScaler(copy=False), False),
        (LinearRegression(copy_X=False), False),
        (SelectFromModel(LinearRegression()), True),
        (SelectFromModel(LinearRegression(copy_X=False)), False),
        (SelectFromModel(Mine()), False),
        (Mine(), False),
        (None, False),
        (FunctionTransformer(validate=False), True),
    ],
    ids=repr,
)
def test_is_reader_is_true_of_what_leaves_its_input_alone(part, expected):
    """Parts of scikit-learn say so by a parameter; of others nothing is known."""
    assert is_reader(part) is expected

"""Heads of pipelines are fitted once, and nothing else changes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from tests._evaluation.sharing.folds import X, check_equal, run

C = [0.1, 1.0, 10.0, 100.0]
FITS = []


class CountingScaler(StandardScaler):
    """Counts how often it is fitted in this process."""

    def fit(self, X, y=None, sample_weight=None):
        FITS.append(type(self).__name__)
        return super().fit(X, y)


class Liar(StandardScaler):
    """Draws random numbers and has no seed to say so."""

    def fit(self, X, y=None, sample_weight=None):
        super().fit(X, y)
        self.mean_ = self.mean_ + np.random.default_rng().normal(size=X.shape[1])
        return self


class Writer(LogisticRegression):
    """Writes into what it is fitted on and what it predicts for."""

    def fit(self, X, y, sample_weight=None):
        X *= 2
        return super().fit(X, y)

    def predict(self, X):
        X += 1
        return super().predict(X)


class InPlace(TransformerMixin, BaseEstimator):
    """A transformer of one's own that writes into its input."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        X -= 0.5
        return X


@pytest.fixture(autouse=True)
def _no_fits_yet():
    FITS.clear()


def test_heads_are_fitted_once_a_fold_and_once_more_for_proof():
    """One of four candidates fits the head for all; a second fit is the proof."""
    pipeline = make_pipeline(CountingScaler(), LogisticRegression())
    run(pipeline, {"logisticregression__C": C}, shares=True)
    assert len(FITS) == 2 + 1
    FITS.clear()
    run(pipeline, {"logisticregression__C": C}, shares=False)
    assert len(FITS) == 8


PIPELINES = {
    "chain": (
        make_pipeline(StandardScaler(), PCA(4), SelectKBest(k=3), LogisticRegression()),
        {"logisticregression__C": C, "selectkbest__k": [2, 3]},
    ),
    "nested": (
        make_pipeline(make_pipeline(StandardScaler(), PCA(4)), LogisticRegression()),
        {"logisticregression__C": C, "pipeline__pca__n_components": [2, 4]},
    ),
    "union": (
        make_pipeline(
            FeatureUnion([("a", PCA(2)), ("b", SelectKBest(k=3))]), LogisticRegression()
        ),
        {"logisticregression__C": C[:2], "featureunion__b__k": [2, 3, 4]},
    ),
    "swapped": (
        Pipeline([("scale", StandardScaler()), ("clf", LogisticRegression())]),
        {
            "scale": [StandardScaler(), MinMaxScaler(), "passthrough"],
            "clf__C": C[:2],
        },
    ),
    "final swapped": (
        Pipeline([("scale", StandardScaler()), ("clf", LogisticRegression())]),
        {"clf": [LogisticRegression(), RidgeClassifier(), Writer()]},
    ),
    "writes": (
        Pipeline([("scale", StandardScaler()), ("clf", Writer())]),
        {"clf__C": C},
    ),
    "writes in between": (
        make_pipeline(StandardScaler(), InPlace(), PCA(3), LogisticRegression()),
        {"logisticregression__C": C},
    ),
    "no copy": (
        make_pipeline(StandardScaler(), MinMaxScaler(copy=False), LogisticRegression()),
        {"logisticregression__C": C},
    ),
    "pandas": (
        make_pipeline(StandardScaler(), PCA(3), LogisticRegression()).set_output(
            transform="pandas"
        ),
        {"logisticregression__C": C},
    ),
    "seeded": (
        make_pipeline(TruncatedSVD(3, random_state=0), LogisticRegression()),
        {"logisticregression__C": C},
    ),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_hook_heads_changes_no_bit(name):
    """Scores, training scores and predictions are those of plain fits."""
    pipeline, grid = PIPELINES[name]
    check_equal(pipeline, grid, scoring="roc_auc")


COLUMNS = ColumnTransformer(
    [
        ("num", make_pipeline(CountingScaler(), PCA(2)), [0, 1, 2, 3]),
        ("rest", MinMaxScaler(), [4, 5]),
        ("kept", "passthrough", [6]),
    ]
)


@pytest.mark.parametrize("as_frame", [False, True])
def test_parts_of_a_column_transformer_are_shared(as_frame):
    """A part with the same parameters is fitted once, whatever the others do."""
    pipeline = Pipeline([("ct", COLUMNS), ("clf", LogisticRegression())])
    grid = {"ct__rest": [MinMaxScaler(), StandardScaler()], "clf__C": C[:2]}
    data = pd.DataFrame(X) if as_frame else X
    check_equal(pipeline, grid, X=data)
    n_plain_and_shared = len(FITS)
    FITS.clear()
    run(pipeline, grid, shares=True, X=data)
    assert len(FITS) <= 2 + 1 + 1 < n_plain_and_shared


def test_hook_heads_vectorises_text_once():
    """Sparse output is shared too."""
    words = np.array(["red", "green", "blue", "black", "white"])
    texts = [" ".join(words[row > 0]) + " word" for row in X[:, :5]]
    pipeline = make_pipeline(TfidfVectorizer(), LogisticRegression())
    store = check_equal(pipeline, {"logisticregression__C": C}, X=np.array(texts))
    assert store.is_verified((("tfidfvectorizer",), "plain_fit_transform"))


def test_head_that_lies_about_being_repeatable_is_found_out():
    """A second fit is compared with the first, and its work is never reused."""
    pipeline = make_pipeline(Liar(), LogisticRegression())
    shared = run(pipeline, {"logisticregression__C": C}, shares=True)
    outputs = [predictions for *_, predictions in shared.scores]
    assert not shared.store.is_worthwhile((("liar",), "plain_fit_transform"))
    assert len(set(map(tuple, outputs))) > 2


def test_head_that_is_random_leaves_later_steps_unshared():
    """The input names a later step's work, and a random head's output has no name."""
    head = TruncatedSVD(3, algorithm="randomized", random_state=None)
    pipeline = make_pipeline(head, CountingScaler(), LogisticRegression())
    run(pipeline, {"logisticregression__C": C}, shares=True)
    assert len(FITS) == 8


def test_hook_heads_leaves_memory_of_the_user_alone(tmp_path):
    """A pipeline that caches by itself is not interfered with."""
    pipeline = make_pipeline(
        CountingScaler(), LogisticRegression(), memory=str(tmp_path)
    )
    check_equal(pipeline, {"logisticregression__C": C})

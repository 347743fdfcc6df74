"""Is a space suggested for the estimator, by its training parts only?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes import BayesSearchCV, RandomSearchCV

X, Y = make_classification(60, 5, random_state=0)

PIPE = make_pipeline(StandardScaler(), SVC())


@pytest.mark.filterwarnings("ignore:The best value")
@pytest.mark.parametrize("kind", [BayesSearchCV, RandomSearchCV])
def test_settle_space_suggests_a_space_for_auto(kind):
    """The space is kept, a clone has none, and a fit with another one forgets it."""
    search = kind(PIPE, "auto", n_iter=5, cv=2, random_state=0).fit(X, Y)
    # A dict for each kernel, which are searched in one model.
    assert all("svc__C" in one for one in search.suggested_space_)
    assert set(search.best_params_) in map(set, search.suggested_space_)
    assert not hasattr(clone(search), "suggested_space_")
    again = pickle.loads(pickle.dumps(search))
    assert repr(again.suggested_space_) == repr(search.suggested_space_)
    search.set_params(param_distributions={"svc__C": [1.0, 2.0]}, n_iter=2).fit(X, Y)
    assert not hasattr(search, "suggested_space_")


def test_training_facts_are_the_same_for_folds_as_masks():
    """The samples of a mask count, not its length."""
    half = np.arange(len(X)) % 2 == 0
    masks = [(half, ~half), (~half, half)]
    indices = [tuple(map(np.flatnonzero, fold)) for fold in masks]
    options = {"n_iter": 1, "random_state": 0}
    by_masks, by_indices = (
        RandomSearchCV(LogisticRegression(), "auto", cv=cv, **options).fit(X, Y)
        for cv in (masks, indices)
    )
    assert repr(by_masks.suggested_space_) == repr(by_indices.suggested_space_)


@pytest.mark.filterwarnings("ignore:The best value")
def test_settle_space_for_auto_tries_the_untuned_estimator_first():
    """Where a default is a word, the number that it amounts to needs no fit."""
    search = BayesSearchCV(PIPE, "auto", n_iter=6, cv=2, random_state=0).fit(X, Y)
    untuned, *others = search.cv_results_["params"]
    assert untuned["svc__gamma"] == "scale"
    for params in others:
        is_default = (params["svc__C"], params["svc__kernel"]) == (1.0, "rbf")
        # "scale" is 1 over the number of features behind a scaler.
        assert not (
            is_default and params["svc__gamma"] == pytest.approx(1 / 5, rel=0.02)
        )
    untuned = BayesSearchCV(PIPE, {"svc__C": [1.0]}, n_iter=1, cv=2).fit(X, Y)
    assert search.best_score_ >= untuned.best_score_


@pytest.mark.filterwarnings("ignore:The best value")
def test_training_facts_are_of_training_parts_only():
    """Rows that are only scored do not change the ranges."""
    cv = [(np.arange(40), np.arange(40, 60))]
    other = X.copy()
    other[40:] *= 1000.0
    spaces = [
        RandomSearchCV(SVC(), "auto", n_iter=1, cv=cv, random_state=0, refit=False)
        .fit(data, Y)
        .suggested_space_
        for data in (X, other)
    ]
    assert repr(spaces[0]) == repr(spaces[1])


def test_settle_space_without_anything_to_tune_is_an_error():
    """The error comes before the first fit."""
    with pytest.raises(ValueError, match="LinearRegression has nothing to tune"):
        BayesSearchCV(LinearRegression(), "auto").fit(X, Y)


@pytest.mark.filterwarnings("ignore:The best value")
def test_settle_space_for_auto_goes_on_from_a_journal(tmp_path):
    """The same search finds its folds again."""
    options = {"n_iter": 5, "cv": 2, "random_state": 0, "journal": tmp_path / "j.db"}
    one = BayesSearchCV(PIPE, "auto", **options).fit(X, Y)
    two = BayesSearchCV(PIPE, "auto", **options).fit(X, Y)
    assert one.cv_results_["params"] == two.cv_results_["params"]
    np.testing.assert_array_equal(
        one.cv_results_["mean_fit_time"], two.cv_results_["mean_fit_time"]
    )

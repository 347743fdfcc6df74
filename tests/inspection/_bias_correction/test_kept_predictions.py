"""Are predictions kept that give each candidate's scores again?"""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import make_classification, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.inspection import bias_corrected_score
from skbayes.inspection._bias_correction.kept_predictions import read_predictions
from skbayes.inspection._bias_correction.resampled_scores import make_scores
from skbayes.inspection._bias_correction.resampling import Units
from skbayes.inspection._bias_correction.summed_scores import SummedScores
from skbayes.search import BayesSearchCV, GridSearchCV

X, Y = make_multilabel_classification(60, n_classes=3, random_state=0)


def scored_anew(kept):
    """Scores of all candidates, shape (n_candidates, n_splits), from what was kept."""
    return [
        [kept.score(j, k, np.arange(len(test))) for k, test in enumerate(kept.tests)]
        for j in range(len(kept.candidates))
    ]


def by_units(kept):
    """How bootstrap scores are computed where each sample is drawn alone."""
    n = kept.y.shape[0]
    units = Units(np.arange(n), np.zeros(n, dtype=np.intp))
    return make_scores(kept, units, caller="test")


@pytest.mark.parametrize("untuned", [LogisticRegression(), RandomForestClassifier()])
@pytest.mark.parametrize(("n_classes", "scoring"), [(2, "roc_auc"), (2, "f1")])
def test_read_predictions_of_each_candidates_own_method(untuned, n_classes, scoring):
    """Candidates that have other methods than the untuned estimator are kept too."""
    data = make_classification(90, 6, random_state=0, n_classes=n_classes)
    space = [
        {"clf": [LogisticRegression()], "clf__C": (1e-3, 1e3, "log-uniform")},
        {"clf": [RandomForestClassifier(5, random_state=0)], "clf__max_depth": [2, 3]},
        {"clf": [LinearSVC()], "clf__C": [0.1, 1.0]},
        {"clf": [GaussianNB()]},
    ]
    search = BayesSearchCV(
        Pipeline([("clf", untuned)]),
        space,
        n_iter=10,
        cv=3,
        scoring=scoring,
        store_predictions=True,
        random_state=0,
    ).fit(*data)
    kept = read_predictions(search, caller="test")
    np.testing.assert_allclose(scored_anew(kept), kept.fold_scores, rtol=1e-12)
    methods = {method for row in kept.methods for method, _ in row}
    expected = {"decision_function", "predict_proba"} if scoring == "roc_auc" else None
    assert methods == (expected or {"predict"})
    assert isinstance(by_units(kept), SummedScores)
    result = bias_corrected_score(search, 50, random_state=0)
    assert result.best_score == search.best_score_
    assert result.n_candidates == 10


@pytest.mark.parametrize(
    "form", [np.asarray, sp.csr_matrix, sp.csr_array, sp.csc_array]
)
@pytest.mark.parametrize("scoring", [None, "f1_micro", "f1_weighted", "f1_macro"])
def test_read_predictions_of_targets_of_many_labels(form, scoring):
    """Dense or sparse, targets of many labels give the scores again."""
    search = GridSearchCV(
        OneVsRestClassifier(DecisionTreeClassifier(random_state=0)),
        {"estimator__max_depth": [1, 3]},
        cv=3,
        scoring=scoring,
        store_predictions=True,
    ).fit(X, form(Y))
    kept = read_predictions(search, caller="test")
    np.testing.assert_allclose(scored_anew(kept), kept.fold_scores, rtol=1e-12)
    assert isinstance(by_units(kept), SummedScores) == (scoring != "f1_macro")
    result = bias_corrected_score(search, 20, random_state=0)
    assert result.interval[0] <= result.estimate <= result.interval[1] <= 1
    assert result.best_score == search.best_score_


@pytest.mark.parametrize("scoring", [None, "f1_micro", "f1_weighted"])
def test_read_predictions_of_many_labels_have_sums_equal_to_calls(scoring):
    """On drawn samples the sums over many labels give what the scorer gives."""
    search = GridSearchCV(
        KNeighborsClassifier(),
        {"n_neighbors": [1, 5]},
        cv=3,
        scoring=scoring,
        store_predictions=True,
    ).fit(X, Y)
    kept = read_predictions(search, caller="test")
    weights = np.random.default_rng(0).integers(0, 2, (8, len(Y))).astype(float)
    expected = [
        [
            np.mean(
                [
                    kept.score(j, k, np.flatnonzero(weight[test]))
                    for k, test in enumerate(kept.tests)
                ]
            )
            for j in range(2)
        ]
        for weight in weights
    ]
    np.testing.assert_allclose(by_units(kept).in_bag(weights), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("estimator", "grid", "y", "scoring"),
    [
        (
            RandomForestClassifier(3, random_state=0),
            {"max_depth": [1, 3]},
            Y,
            "roc_auc",
        ),
        (RandomForestClassifier(3, random_state=0), {"max_depth": [1, 3]}, Y, None),
        (
            MultiOutputClassifier(DecisionTreeClassifier(random_state=0)),
            {"estimator__max_depth": [1, 3]},
            Y + 2 * Y[:, ::-1],
            None,
        ),
        (KNeighborsRegressor(), {"n_neighbors": [1, 5]}, Y.astype(float), None),
    ],
    ids=["a list of arrays", "forest", "several classes an output", "regression"],
)
def test_read_predictions_of_several_outputs(estimator, grid, y, scoring):
    """Whatever form several outputs have, they give the scores again."""
    search = GridSearchCV(
        estimator, grid, cv=3, scoring=scoring, store_predictions=True
    )
    search.fit(X, y)
    kept = read_predictions(search, caller="test")
    np.testing.assert_allclose(scored_anew(kept), kept.fold_scores, rtol=1e-12)
    assert bias_corrected_score(search, 20).best_score == search.best_score_


def test_read_predictions_of_a_callable_with_several_scores():
    """One of the scores that a function gives in a dict decides, and is taken."""

    def scores(estimator, X, y):
        return {"a": np.mean(estimator.predict(X) == y), "b": 7.0}

    search = GridSearchCV(
        KNeighborsClassifier(),
        {"n_neighbors": [1, 5]},
        scoring=scores,
        refit="a",
        store_predictions=True,
    ).fit(X, Y[:, 0])
    kept = read_predictions(search, caller="test")
    np.testing.assert_allclose(scored_anew(kept), kept.fold_scores, rtol=1e-12)


def test_read_predictions_names_the_candidate_that_gave_none():
    """Where a scorer looks at some models only, the error names the first of them."""

    def score(estimator, X, y):
        if hasattr(estimator, "decision_function"):
            return 1.0
        return np.mean(estimator.predict(X) == y)

    search = GridSearchCV(
        Pipeline([("clf", KNeighborsClassifier())]),
        {"clf": [KNeighborsClassifier(), LinearSVC()]},
        scoring=score,
        store_predictions=True,
    ).fit(X, Y[:, 0])
    with pytest.raises(ValueError, match=r"1 of the 2 .* The first is .*LinearSVC"):
        bias_corrected_score(search)


@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
def test_kept_predictions_come_back_from_a_journal(form, tmp_path):
    """A search that was continued is corrected as one that was not."""
    search = GridSearchCV(
        OneVsRestClassifier(DecisionTreeClassifier(random_state=0)),
        {"estimator__max_depth": [1, 3]},
        cv=3,
        store_predictions=True,
        journal=tmp_path / "journal.sqlite",
    )
    expected = bias_corrected_score(search.fit(X, form(Y)), 20, random_state=0)
    again = search.fit(X, form(Y))
    assert all(fold.written for trial in again.trials_ for fold in trial.folds)
    assert bias_corrected_score(again, 20, random_state=0) == expected

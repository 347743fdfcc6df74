"""Are rankings under weights what the scorer gives on samples drawn so often?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import average_precision_score, get_scorer, roc_auc_score

from skbayes.inspection import bias_corrected_score
from skbayes.inspection._bias_correction import summed_scores
from skbayes.inspection._bias_correction.known_scorers import FORMS
from skbayes.inspection._bias_correction.ranking_scores import AREA, AVERAGE_PRECISION
from skbayes.inspection._bias_correction.score_sums import FoldTruth
from skbayes.search import GridSearchCV
from tests.inspection.known_truth import NoisyClassifier, labelled, search_of

OF_SEVERAL = ("roc_auc_ovr", "roc_auc_ovo")
RANKINGS = (
    "roc_auc",
    "average_precision",
    *OF_SEVERAL,
    *(f"{name}_weighted" for name in OF_SEVERAL),
)


class Recorded(ClassifierMixin, BaseEstimator):
    """Answers with what it is given to predict from."""

    def __init__(self, n_labels=2):
        self.classes_ = np.arange(n_labels)

    def __sklearn_is_fitted__(self):
        return True

    def predict_proba(self, X):
        """The columns themselves."""
        return X


def drawn_scores(scoring, y, response, weights):
    """By the scorer, on rows repeated as often as drawn; NaN where it refuses."""
    scorer, model = get_scorer(scoring), Recorded(response.shape[1])
    scores = []
    for times in weights.T.astype(int):
        rows = np.repeat(np.arange(len(y)), times)
        try:
            scores.append(scorer(model, response[rows], y[rows]))
        except ValueError:
            scores.append(np.nan)
    return np.array(scores)


def fold(n_labels, *, n_rows=60, n_values=7, seed=0):
    """Labels, probabilities of which many are equal, and counts of each row."""
    rng = np.random.default_rng(seed)
    y = np.append(np.arange(n_labels), rng.integers(n_labels, size=n_rows - n_labels))
    response = rng.integers(1, n_values, size=(n_rows, n_labels)).astype(float)
    response /= response.sum(axis=1, keepdims=True)
    weights = rng.multinomial(n_rows, np.ones(n_rows) / n_rows, size=12).T
    return y, response, weights.astype(float)


@pytest.mark.parametrize("scoring", RANKINGS)
@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_ranking_form_under_weights_equals_the_scorer(scoring, n_labels):
    """Labels are two or more, with ties, and rows are drawn any number of times."""
    if scoring == "roc_auc" and n_labels > 2:
        pytest.skip("the scorer wants to be told how to compare several labels")
    y, response, weights = fold(n_labels)
    truth = FoldTruth(y, np.unique(y), np.unique(y))
    ours = FORMS[scoring].exact(truth, response, weights)
    theirs = drawn_scores(scoring, y, response, weights)
    assert np.isfinite(theirs).all()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)


@pytest.mark.parametrize("scoring", RANKINGS[1:])
def test_ranking_form_without_a_label_is_undefined(scoring):
    """A sample without one of three labels has no score, by us or by the scorer."""
    y, response, weights = fold(3)
    weights[y == 1, :5] = 0.0
    truth = FoldTruth(y, np.unique(y), np.unique(y))
    ours = FORMS[scoring].exact(truth, response, weights)
    theirs = drawn_scores(scoring, y, response, weights)
    assert np.isnan(theirs[:5]).all()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)


@pytest.mark.parametrize("ranking", [AREA, AVERAGE_PRECISION])
def test_ranking_form_of_a_single_label_is_undefined(ranking):
    """Without positives neither measure is known; the precision is not zero."""
    values, is_positive = np.arange(4.0), np.array([True, False, True, False])
    weights = np.ones((4, 1)) * ~is_positive[:, np.newaxis]
    with np.errstate(invalid="ignore"):
        assert np.isnan(ranking.weighted(values, is_positive, weights)).all()


@pytest.mark.parametrize("n_values", [4, 1000])
@pytest.mark.parametrize("scoring", RANKINGS)
def test_ranking_form_has_the_derivative_as_first_order(scoring, n_values):
    """The mean's slope in each row's weight is that of the scorer itself."""
    n_labels = 2 if scoring in RANKINGS[:2] else 3
    y, response, _ = fold(n_labels, n_values=n_values)
    truth = FoldTruth(y, np.unique(y), np.unique(y))
    form, step = FORMS[scoring], 1e-5
    terms = form.terms(truth, response)[:, 0]
    up, down = (1.0 + sign * step * np.eye(len(y)) for sign in (1, -1))
    slope = form.exact(truth, response, up) - form.exact(truth, response, down)
    np.testing.assert_allclose(
        (terms - terms.mean()) / len(y), slope / (2 * step), atol=1e-9
    )
    scorer = get_scorer(scoring)
    whole = scorer(Recorded(n_labels), response, y)
    assert terms.mean() == pytest.approx(whole, abs=1e-14)


@pytest.mark.parametrize(
    ("ranking", "score"),
    [(AREA, roc_auc_score), (AVERAGE_PRECISION, average_precision_score)],
)
def test_ranking_form_takes_weights_that_are_no_counts(ranking, score):
    """Any weights, as groups' or samples' own, are those of scikit-learn."""
    y, response, _ = fold(2)
    weights = np.random.default_rng(1).uniform(0.1, 3.0, size=(len(y), 5))
    ours = ranking.weighted(response[:, 1], y == 1, weights)
    theirs = [score(y, response[:, 1], sample_weight=w) for w in weights.T]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)


@pytest.mark.parametrize("scoring", ["roc_auc", "average_precision"])
def test_ranking_form_by_first_order_serves_where_there_is_much_to_rank(
    scoring, monkeypatch
):
    """With no candidate ranked exactly in the bag the estimate hardly moves."""
    search = search_of(NoisyClassifier(), 12, labelled(600), scoring=scoring)
    exact = bias_corrected_score(search, 100, random_state=0)
    monkeypatch.setattr(summed_scores, "_MOST_EXACT", 0)
    first_order = bias_corrected_score(search, 100, random_state=0)
    assert first_order != exact
    width = np.diff(exact.interval)[0]
    assert abs(first_order.estimate - exact.estimate) < 0.05 * width


class NoisyOfThree(ClassifierMixin, BaseEstimator):
    """Sees three labels through noise of each candidate's own."""

    def __init__(self, candidate=0):
        self.candidate = candidate

    def fit(self, X, y):
        """Remember the labels."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        """Softmax of the label and noise."""
        noise = np.random.default_rng(self.candidate).standard_normal((1000, 3))
        logits = 1.5 * (np.arange(3) == X[:, [1]]) + noise[X[:, 0].astype(int)]
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    def predict(self, X):
        """The likeliest label."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.mark.parametrize("scoring", RANKINGS[1:])
def test_ranking_form_of_several_labels_corrects_the_choice(scoring):
    """Groups are drawn whole, labels are words: the estimate is below the best."""
    numbers = np.random.default_rng(0).integers(3, size=240)
    y = np.array(["low", "middle", "top"])[numbers]
    if scoring == "average_precision":  # scikit-learn 1.6 has it for numbers only
        y = numbers
    search = GridSearchCV(
        NoisyOfThree(),
        {"candidate": list(range(20))},
        scoring=scoring,
        store_predictions=True,
    ).fit(np.column_stack([np.arange(240), numbers]), y)
    groups = np.arange(240) // 2
    result = bias_corrected_score(search, 100, random_state=0, groups=groups)
    assert result.interval[0] < result.estimate < result.best_score

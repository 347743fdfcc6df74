"""Does the greedy ensemble choose well, and say truly what that is worth?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_breast_cancer, load_diabetes, make_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.ensemble import EnsembleClassifier, EnsembleRegressor, GreedyEnsemble
from skbayes.search import BayesSearchCV, GridSearchCV
from tests.ensemble.test_single import Shifted, shifted_search
from tests.inspection.known_truth import NoisyClassifier, labelled

SPACE = [
    {"m": [KNeighborsClassifier()], "m__n_neighbors": [1, 5, 15]},
    {"m": [DecisionTreeClassifier(random_state=0)], "m__max_depth": [1, 3]},
    {"m": [LinearSVC(dual=False)], "m__C": [0.1]},
]
PIPELINE = Pipeline([("m", KNeighborsClassifier())])


def searched(data, **settings):
    """A search over models of which some have no probabilities."""
    settings = {"refit": GreedyEnsemble(n_bootstrap=30), **settings}
    search = GridSearchCV(PIPELINE, SPACE, cv=3, store_predictions=True, **settings)
    return search.fit(*data)


@pytest.fixture(scope="module")
def cancer():
    """A search by F1, whose threshold is tuned."""
    return searched(load_breast_cancer(return_X_y=True), scoring="f1")


def test_greedy_ensemble_as_refit(cancer):
    """The best estimator is the ensemble described, fitted on all data."""
    chosen, model = cancer.ensemble_, cancer.best_estimator_
    assert isinstance(model, EnsembleClassifier)
    assert sum(chosen.weights) == pytest.approx(1)
    assert list(chosen.weights) == sorted(chosen.weights, reverse=True)
    params = cancer.cv_results_["params"]
    for member, row in zip(model.estimators, chosen.candidates, strict=True):
        wanted = params[row]
        assert type(member.named_steps["m"]) is type(wanted["m"])
        assert not isinstance(wanted["m"], LinearSVC)
    X, y = load_breast_cancer(return_X_y=True)
    by_hand = EnsembleClassifier(
        model.estimators, weights=chosen.weights, threshold=chosen.threshold
    ).fit(X, y)
    np.testing.assert_array_equal(cancer.predict(X), by_hand.predict(X))
    np.testing.assert_array_equal(cancer.classes_, [0, 1])
    assert chosen.best_single_score == cancer.cv_results_["mean_test_score"].max()
    assert cancer.best_index_ == cancer.cv_results_["mean_test_score"].argmax()


def test_greedy_ensemble_out_of_fold_score_is_that_of_the_mean(cancer):
    """The score is the mean over folds of F1 of the thresholded mean that was kept."""
    chosen, held_out = cancer.ensemble_, cancer.held_out_
    scores = []
    for k, test in enumerate(held_out.tests):
        mean = sum(
            weight * cancer.trials_[row].folds[k].probabilities
            for row, weight in zip(chosen.candidates, chosen.weights, strict=True)
        )
        scores.append(f1_score(held_out.y[test], mean[:, 1] >= chosen.threshold))
    assert chosen.out_of_fold_score == pytest.approx(np.mean(scores))


def test_greedy_ensemble_tunes_the_threshold_where_labels_are_judged():
    """For a rare class F1 asks for a lower threshold; AUC and accuracy for none."""
    data = make_classification(400, weights=[0.9], flip_y=0.1, random_state=0)
    by_f1 = searched(data, scoring="f1").ensemble_
    assert by_f1.threshold < 0.5
    fixed = GreedyEnsemble(n_bootstrap=30, tune_threshold=False)
    assert by_f1.out_of_fold_score > (
        searched(data, scoring="f1", refit=fixed).ensemble_.out_of_fold_score
    )
    for scoring in ("roc_auc", "accuracy", None):
        assert searched(data, scoring=scoring).ensemble_.threshold is None


def test_greedy_ensemble_of_regressors():
    """Numbers are averaged; the ensemble is at least as good on its own predictions."""
    X, y = load_diabetes(return_X_y=True)
    space = [
        {"m": [KNeighborsRegressor()], "m__n_neighbors": [3, 9, 27]},
        {"m": [Ridge()], "m__alpha": [0.01, 0.1, 1.0]},
    ]
    search = BayesSearchCV(
        Pipeline([("m", Ridge())]),
        space,
        n_iter=6,
        cv=3,
        random_state=0,
        store_predictions=True,
        refit=GreedyEnsemble(n_bootstrap=50),
    ).fit(X, y)
    assert isinstance(search.best_estimator_, EnsembleRegressor)
    chosen = search.ensemble_
    assert chosen.out_of_fold_score > chosen.best_single_score
    low, high = chosen.interval
    assert low < chosen.estimate < high
    assert chosen.metric == "score"


def test_greedy_ensemble_estimate_is_honest_where_all_is_luck():
    """The estimate for equally good candidates with their own noise is not too good.

    The truth is known: the mean of m candidates' decisions, whose noise shares a half.
    """
    offs = []
    for seed in range(6):
        X, y = labelled(150, seed=seed)
        search = GridSearchCV(
            Constant(),
            {"candidate": list(range(30))},
            cv=5,
            scoring="roc_auc",
            store_predictions=True,
            refit=GreedyEnsemble(n_bootstrap=60),
        ).fit(X, y)
        chosen = search.ensemble_
        offs.append(chosen.estimate - 0.5)
        assert chosen.out_of_fold_score > chosen.estimate
    assert np.mean(offs) < 2 * np.std(offs) / np.sqrt(len(offs))


class Constant(NoisyClassifier):
    """Knows nothing of the label: noise alone."""

    def decision_function(self, X):
        """Noise of the candidate."""
        ids = X[:, 0].astype(int)
        return np.random.default_rng(self.candidate).normal(size=20_000)[ids]


def test_greedy_ensemble_select_after_the_search():
    """A search that kept probabilities gives an ensemble later, by any metric."""
    data = load_breast_cancer(return_X_y=True)
    search = GridSearchCV(
        PIPELINE,
        SPACE,
        cv=3,
        scoring=["roc_auc", "f1"],
        refit="roc_auc",
        store_predictions="probabilities",
    ).fit(*data)
    rule = GreedyEnsemble(n_bootstrap=20, metric="roc_auc")
    chosen = rule.select(search)
    assert chosen == rule.select(search)
    assert chosen.metric == "roc_auc"
    model = rule.make_estimator(search, chosen).fit(*data)
    assert len(model.estimators_) == len(chosen.candidates)


def test_greedy_ensemble_refits_with_fit_parameters():
    """Weights given to `fit` reach the members."""
    X, y = make_classification(150, random_state=0)
    search = GridSearchCV(
        LogisticRegression(),
        {"C": [0.1, 1.0]},
        store_predictions=True,
        refit=GreedyEnsemble(n_bootstrap=10),
    )
    plain = search.fit(X, y).predict_proba(X)[:, 1].mean()
    weights = np.where(y == 1, 50.0, 1.0)
    assert search.fit(X, y, sample_weight=weights).predict_proba(X)[:, 1].mean() > plain


class Counted(ClassifierMixin, BaseEstimator):
    """Counts its fits."""

    n_fits = 0

    def __init__(self, a=0):
        self.a = a

    def fit(self, X, y):
        """One more."""
        type(self).n_fits += 1
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """The first class."""
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize(
    ("estimator", "settings", "message"),
    [
        (Counted(), {"store_predictions": False}, "none are kept. Set store_pred"),
        (Counted(), {}, "Counted has no `predict_proba`"),
        (Ridge(), {"scoring": "roc_auc"}, "the score 'roc_auc' of this search ranks"),
        (Counted(), {"refit": GreedyEnsemble(n_bags=0)}, "`n_bags` .* Got 0 instead"),
        (
            Counted(),
            {"refit": GreedyEnsemble(bag_share=2)},
            "`bag_share` .* Got 2 instead",
        ),
        (
            Counted(),
            {"refit": GreedyEnsemble(tune_threshold="yes")},
            "`tune_threshold` .* Got 'yes' instead",
        ),
    ],
)
def test_greedy_ensemble_refuses_before_the_first_fit(estimator, settings, message):
    """The error says what is missing, and nothing has been fitted."""
    Counted.n_fits = 0
    name = "alpha" if isinstance(estimator, Ridge) else "a"
    settings = {"store_predictions": True, "refit": GreedyEnsemble(), **settings}
    search = GridSearchCV(estimator, {name: [1, 2]}, **settings)
    with pytest.raises(ValueError, match=message):
        search.fit(*make_classification(40, random_state=0))
    assert Counted.n_fits == 0


def test_greedy_ensemble_without_any_probabilities():
    """Where no candidate has probabilities, the error says what to do."""
    pipeline = Pipeline([("m", LinearSVC(dual=False))])
    search = GridSearchCV(
        pipeline,
        {"m__C": [0.1, 1.0]},
        store_predictions=True,
        refit=GreedyEnsemble(),
    )
    with pytest.raises(ValueError, match="no complete candidate .* has any"):
        search.fit(*make_classification(60, random_state=0))
    theirs = TheirGridSearchCV(LogisticRegression(), {"C": [1.0]})
    theirs.fit(*make_classification(60, random_state=0))
    with pytest.raises(ValueError, match="does not keep"):
        GreedyEnsemble().select(theirs)


def test_greedy_ensemble_of_a_search_that_was_continued(tmp_path):
    """Journal and kept predictions together give the same ensemble."""
    data = make_classification(80, random_state=0)
    path = tmp_path / "journal.sqlite"
    first = searched(data, journal=path).ensemble_
    search = searched(data, journal=path)
    assert all(fold.written for trial in search.trials_ for fold in trial.folds)
    assert search.ensemble_ == first
    # Predictions alone are not what an ensemble needs: these folds are run again.
    other = tmp_path / "other.sqlite"
    searched(data, journal=other, refit=True)
    search = searched(data, journal=other)
    assert search.ensemble_ == first


def test_greedy_ensemble_is_a_single_candidate_where_that_is_better(monkeypatch):
    """Averages of a good candidate with much worse ones are no gain."""
    X, y = load_diabetes(return_X_y=True)
    spoilt = np.array([0.6, 0.1, 0.1, 0.1, 0.1])
    rule = GreedyEnsemble(n_bootstrap=40)
    monkeypatch.setattr(
        GreedyEnsemble, "_choose", lambda self, oof, bags, is_in: (spoilt, None)
    )
    search = shifted_search(refit=rule).fit(X, y)
    chosen = search.ensemble_
    assert chosen.candidates == (search.best_index_,)
    assert chosen.weights == (1.0,)
    assert chosen.threshold is None
    assert chosen.out_of_fold_score == pytest.approx(chosen.best_single_score)
    low, high = chosen.interval
    assert low < chosen.best_single_score < high
    plain = clone(Shifted()).fit(X, y).predict(X)
    np.testing.assert_allclose(search.predict(X), plain)

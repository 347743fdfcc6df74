"""Are the ensembles estimators like any other, and means of their members?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skbayes.ensemble import EnsembleClassifier, EnsembleRegressor

sio = pytest.importorskip("skops.io")

X, Y = load_iris(return_X_y=True)
WORDS = np.array(["setosa", "versicolor", "virginica"])[Y]


def classifier(**settings):
    """Two classifiers, one with twice the weight."""
    members = [GaussianNB(), DecisionTreeClassifier(max_depth=2, random_state=0)]
    return EnsembleClassifier(members, weights=[2, 1], **settings)


def trees():
    """Two trees, which take whatever the checks give."""
    members = [DecisionTreeClassifier(random_state=seed) for seed in (0, 1)]
    return EnsembleClassifier(members)


def regressor():
    """Two regressors."""
    members = [Ridge(), DecisionTreeRegressor(max_depth=3, random_state=0)]
    return EnsembleRegressor(members, weights=[1, 3])


@parametrize_with_checks([trees(), regressor()])
def test_ensemble_classifier_and_regressor_pass_the_checks_of_estimators(
    estimator, check
):
    """The checks are scikit-learn's own."""
    check(estimator)


def test_ensemble_classifier_is_the_soft_vote():
    """Probabilities and labels are those of scikit-learn's voting with weights."""
    made = classifier().fit(X, WORDS)
    named = [(str(i), member) for i, member in enumerate(made.estimators)]
    theirs = VotingClassifier(named, voting="soft", weights=[2, 1]).fit(X, WORDS)
    np.testing.assert_allclose(made.predict_proba(X), theirs.predict_proba(X))
    np.testing.assert_array_equal(made.predict(X), theirs.predict(X))
    np.testing.assert_allclose(made.weights_, [2 / 3, 1 / 3])


def test_ensemble_regressor_is_the_weighted_vote():
    """Predictions are those of scikit-learn's voting with weights."""
    X, y = load_diabetes(return_X_y=True)
    made = regressor().fit(X, y)
    named = [(str(i), member) for i, member in enumerate(made.estimators)]
    theirs = VotingRegressor(named, weights=[1, 3]).fit(X, y)
    np.testing.assert_allclose(made.predict(X), theirs.predict(X))


def test_ensemble_classifier_threshold():
    """The second class is predicted from the threshold on."""
    X, y = load_iris(return_X_y=True)
    X, words = X[Y > 0], WORDS[Y > 0]
    made = classifier(threshold=0.9).fit(X, words)
    is_second = made.predict_proba(X)[:, 1] >= 0.9
    np.testing.assert_array_equal(made.predict(X) == "virginica", is_second)
    assert 0 < is_second.sum() < (made.predict_proba(X)[:, 1] >= 0.5).sum()


@pytest.mark.parametrize("make", [classifier, regressor])
def test_ensemble_classifier_and_regressor_persist(make):
    """Clone, pickle and skops give the same predictions."""
    made = make().fit(X, Y)
    expected = made.predict(X)
    np.testing.assert_array_equal(clone(made).fit(X, Y).predict(X), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(made)).predict(X), expected)
    data = sio.dumps(made)
    unknown = sio.get_untrusted_types(data=data)
    own = [name for name in unknown if not name.startswith("sklearn.")]
    assert own == [f"skbayes.ensemble._estimators.{type(made).__name__}"]
    np.testing.assert_array_equal(sio.loads(data, trusted=unknown).predict(X), expected)


def test_ensemble_classifier_passes_fit_parameters_to_every_member():
    members = [LogisticRegression(C=0.01), DecisionTreeClassifier(max_depth=1)]
    weights = np.where(Y == 2, 100.0, 1.0)
    plain = EnsembleClassifier(members).fit(X, Y).predict_proba(X)
    weighted = EnsembleClassifier(members).fit(X, Y, sample_weight=weights)
    assert weighted.predict_proba(X)[:, 2].mean() > plain[:, 2].mean() + 0.1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"estimators": []}, "`estimators` .* a member or more"),
        ({"weights": [1.0]}, r"`weights` .* 2 numbers >= 0.* Got \[1\.0\] instead"),
        ({"weights": [1.0, -1.0]}, "`weights` .* 2 numbers >= 0"),
        ({"weights": [0.0, 0.0]}, "not all 0"),
        ({"threshold": 0.3}, "is for two classes, but y has 3"),
    ],
)
def test_ensemble_classifier_refuses_bad_parameters(settings, message):
    """The error names the parameter."""
    with pytest.raises(ValueError, match=message):
        classifier().set_params(**settings).fit(X, Y)

"""Is the input of `fit` checked in order, and prepared for all folds alike?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import GroupKFold, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes._evaluation.sharing.plan import SharingPlan
from skbayes.search import GridSearchCV, RandomSearchCV
from skbayes.search._preparation import (
    check_is_instance,
    checked_scorers,
    known_metric,
    prepare,
    scorer_to_keep,
    sharing_plan,
)

X, Y = np.random.default_rng(0).normal(size=(10, 2)), np.tile([0, 1], 5)
GRID = {"C": [1, 2]}


def search_of(estimator=None, **settings):
    """A grid search that is not fitted."""
    settings = {"cv": KFold(3), **settings}
    return GridSearchCV(estimator or SVC(), GRID, **settings)


def prepared(params=None, **settings):
    """What `fit` of a search begins with."""
    return prepare(search_of(**settings), X, Y, params or {})


class NeverSplit(KFold):
    """A splitter that must not come to be asked."""

    def split(self, X, y=None, groups=None):
        """Never."""
        raise AssertionError("the splitter was asked before the checks were done")


def test_prepare_holds_what_every_fold_needs():
    """A preparation has the folds, the metric, and a copy of the estimator."""
    found = prepared()
    assert found.evaluation.n_splits == 3
    assert (found.metric, found.n_train) == ("score", 7)
    assert found.evaluation.settings.estimator is not None
    assert found.ladder is found.keeper is found.held_out is None
    assert found.metadata is None
    estimator = SVC()
    found = prepare(search_of(estimator), X, Y, {})
    assert found.evaluation.settings.estimator is not estimator


def test_prepare_hands_on_metadata_by_consumer():
    """Weights go to fit, groups to the splitter; names of all of it are kept."""
    weight, groups = np.ones(10), np.repeat([0, 1, 2, 3, 4], 2)
    params = {"sample_weight": weight.tolist(), "groups": groups}
    found = prepared(params, cv=GroupKFold(3))
    assert list(found.fit_params) == ["sample_weight"]
    np.testing.assert_array_equal(found.fit_params["sample_weight"], weight)
    assert found.metadata_names["fit"] == ("sample_weight",)
    assert found.metadata_names["split"] == ("groups",)
    np.testing.assert_array_equal(found.metadata["sample_weight"], weight)


def test_prepare_keeps_predictions_of_the_metric_that_decides():
    """The targets are kept as they were."""
    scoring = ["accuracy", "roc_auc"]
    settings = {"scoring": scoring, "refit": "roc_auc", "store_predictions": True}
    found = prepared(**settings)
    assert found.metric == "roc_auc"
    np.testing.assert_array_equal(found.held_out.y, Y)
    kept = found.evaluation.settings.kept_scorer
    model = SVC().fit(X, Y)
    assert kept(model, X, Y) == roc_auc_score(Y, model.decision_function(X))
    assert kept(model, X, Y) != model.score(X, Y)
    assert not found.evaluation.settings.keep_probabilities
    settings["store_predictions"] = "probabilities"
    assert prepared(**settings).evaluation.settings.keep_probabilities
    assert scorer_to_keep(search_of(), found.scorers, "roc_auc") is None


@pytest.mark.parametrize(
    ("settings", "params", "error", "message"),
    [
        ({"estimator": SVC}, {}, TypeError, "the class SVC instead; write SVC"),
        ({"scoring": "acuracy"}, {}, ValueError, "acuracy"),
        ({"scoring": ["accuracy"], "refit": "acuracy"}, {}, ValueError, "Did you mean"),
        ({"resource": "C"}, {}, ValueError, "`resource` parameter"),
        ({}, {"sample_wieght": np.ones(10)}, (TypeError, ValueError), "sample_wieght"),
    ],
)
def test_prepare_checks_before_the_splitter_is_asked(settings, params, error, message):
    """What is cheap to check comes before what may take long."""
    with pytest.raises(error, match=message):
        prepared(params, cv=NeverSplit(3), **settings)


def test_check_is_instance_lets_instances_pass():
    """Instances of classes with a metaclass of their own pass, too."""
    check_is_instance(search_of())
    with pytest.raises(
        TypeError, match=r"parameter of RandomSearchCV .* write SVC\(\)"
    ):
        check_is_instance(RandomSearchCV(SVC, {}))


def test_checked_scorers_leaves_other_errors_as_they_are():
    """Where `refit` is like no metric, scikit-learn's message stands alone."""
    search = search_of(scoring=["accuracy", "roc_auc"], refit="xyz")
    with pytest.raises(ValueError, match="refit") as info:
        checked_scorers(search)
    assert "Did you mean" not in str(info.value)


@pytest.mark.parametrize(
    ("scoring", "refit", "metric"),
    [
        (None, True, "score"),
        ("roc_auc", True, "score"),
        (["accuracy", "roc_auc"], "roc_auc", "roc_auc"),
        (["accuracy", "roc_auc"], False, "accuracy"),
        (lambda estimator, X, y: {"a": 1.0}, "a", "a"),
        (lambda estimator, X, y: 1.0, True, None),
    ],
)
def test_known_metric_is_the_one_that_is_maximised(scoring, refit, metric):
    """A callable tells its names when it is called."""
    search = search_of(scoring=scoring, refit=refit)
    assert known_metric(search, checked_scorers(search)) == metric


def test_sharing_plan_is_for_estimators_that_can_share():
    """A pipeline shares fitted steps unless sharing is switched off."""
    pipe = make_pipeline(StandardScaler(), SVC())
    assert isinstance(sharing_plan(search_of(pipe)), SharingPlan)
    assert sharing_plan(search_of(pipe, share_fits=False)) is None
    assert sharing_plan(search_of(SVC())) is None
    found = prepare(
        GridSearchCV(pipe, {"svc__C": [1, 2]}, keep_fold_estimators="best"), X, Y, {}
    )
    assert found.evaluation.sharing is None
    assert found.keeper is not None


def test_prepare_makes_scorers_as_scikit_learn_does():
    """A scorer of the user's own is called as it is."""
    calls = []

    def hits(y, predicted):
        calls.append(len(y))
        return float(np.mean(y == predicted))

    found = prepared(scoring=make_scorer(hits))
    assert found.scorers(SVC().fit(X, Y), X[:4], Y[:4]) <= 1.0
    assert calls == [4]

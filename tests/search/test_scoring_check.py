"""Is a metric, a class or a misspelt name told from a scorer before the first fit?"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    hamming_loss,
    make_scorer,
    mean_squared_error,
    silhouette_score,
    zero_one_loss,
)
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.space.labels import label

X, y = load_iris(return_X_y=True)
SEARCHES = {"grid": GridSearchCV, "random": RandomSearchCV, "bayes": BayesSearchCV}
every_kind = pytest.mark.parametrize("kind", SEARCHES)


class NeverFitted(SVC):
    """An SVC that must not come to be fitted."""

    def fit(self, X, y, sample_weight=None):
        """Never."""
        raise AssertionError("a candidate was fitted before the scorer was checked")


def search_for(kind, estimator, scoring, **settings):
    """A search of two candidates."""
    if kind != "grid":
        settings["n_iter"] = 2
    return SEARCHES[kind](estimator, {"C": [1, 2]}, scoring=scoring, cv=2, **settings)


@every_kind
@pytest.mark.parametrize(
    ("scoring", "meant"),
    [
        ("acuracy", "'accuracy'"),
        ("accuracy_score", "'accuracy'"),
        ("Accuracy", "'accuracy'"),
        ("f1-macro", "'f1_macro'"),
        (
            "mean_squared_error",
            "'neg_mean_squared_error'? Scores are greater-is-better",
        ),
        (
            "mean squared error",
            "'neg_mean_squared_error'? Scores are greater-is-better",
        ),
        ("rmse", "'neg_root_mean_squared_error'"),
        ("log_loss", "'neg_log_loss'"),
        ("auc", "'roc_auc'"),
        ("neg_rmse", "'neg_root_mean_squared_error'"),
        ("pr_auc", "'average_precision'"),
        ("cross entropy", "'neg_log_loss'"),
        (["accuracy", "f1_marco"], "'f1_macro'"),
        ({"a": "accuracy", "b": "roc_auk"}, "'roc_auc'"),
    ],
    ids=label,
)
def test_check_scoring_of_says_which_scorer_was_meant(kind, scoring, meant):
    """The meant scorer comes first, all names in order after it."""
    search = search_for(kind, NeverFitted(), scoring, refit=False)
    with pytest.raises(
        ValueError, match="`scoring` parameter of .*Did you mean"
    ) as told:
        search.fit(X, y)
    text = str(told.value)
    assert f"Did you mean {meant}" in text
    names = text.partition("Names are: ")[2].rstrip(".").split(", ")
    assert names == sorted(names)


@every_kind
@pytest.mark.parametrize(
    ("scoring", "advice"),
    [
        (accuracy_score, r"Write scoring='accuracy', or make_scorer\(accuracy_score\)"),
        (mean_squared_error, "scoring='neg_mean_squared_error', or .*is_better=False"),
        (f1_score, "Write scoring='f1', or"),
        (
            partial(f1_score, average="macro"),
            r"make_scorer\(f1_score, average='macro'\)",
        ),
        (lambda y, p: 1.0, r"called as scorer\(estimator, X, y\).* takes \(y, p\)"),
        ({"a": accuracy_score}, "Write scoring='accuracy'"),
        ([make_scorer], "must not be a class|takes"),
        (type("Mine", (), {"__call__": lambda self, e, X, y: 1.0}), r"write Mine\(\)"),
    ],
    ids=label,
)
def test_check_scoring_of_refuses_what_cannot_be_called(kind, scoring, advice):
    """A metric compares two arrays; a scorer is given an estimator."""
    if isinstance(scoring, list):
        scoring = {"a": scoring[0]}
    search = search_for(kind, NeverFitted(), scoring, refit=False)
    with pytest.raises(TypeError, match=f"`scoring` parameter of .*{advice}"):
        search.fit(X, y)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("hamming_loss", "Write make_scorer(hamming_loss, greater_is_better=False)."),
        ("cohen_kappa_score", "Write make_scorer(cohen_kappa_score)."),
        ("kappa", "Write make_scorer(cohen_kappa_score)."),
        ("f2", "Write make_scorer(fbeta_score, beta=2)."),
        ("brier_score_loss", "Write scoring='neg_brier_score', or make_scorer("),
        ("silhouette_score", "Write lambda estimator, X, y=None: silhouette_score("),
    ],
)
def test_check_scoring_of_makes_a_scorer_of_the_name_of_a_metric(name, advice):
    """Another scorer with a similar name measures something else."""
    search = search_for("bayes", NeverFitted(), name)
    with pytest.raises(ValueError, match="instead, a metric") as told:
        search.fit(X, y)
    assert advice in str(told.value)
    assert "Did you mean" not in str(told.value)


@pytest.mark.parametrize("loss", [hamming_loss, partial(zero_one_loss)])
def test_check_scoring_of_maximises_no_loss(loss):
    """A loss without a scorer of its own is one by its name."""
    search = search_for("bayes", NeverFitted(), loss)
    with pytest.raises(TypeError, match=r"_loss, greater_is_better=False\)"):
        search.fit(X, y)


def metric(y_true, y_pred):
    """Somebody's own metric."""
    return 1.0


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_check_scoring_of_leaves_own_metrics_to_all_but_bayes():
    """scikit-learn goes on with NaN for a score, and grid and random search with it."""
    with pytest.raises(TypeError, match=r"Got metric, .* Write make_scorer\(metric\)"):
        search_for("bayes", NeverFitted(), metric).fit(X, y)
    for kind in ("grid", "random"):
        with pytest.warns(UserWarning, match=r"Got metric, .* make_scorer\(metric\)"):
            search_for(kind, SVC(), metric).fit(X, y)


@every_kind
@pytest.mark.parametrize(
    "scoring",
    [
        lambda estimator, X, y: estimator.score(X, y),
        lambda estimator, *data: estimator.score(*data),
        lambda estimator, X, y=None: estimator.score(X, y),
        partial(lambda estimator, X, y, scale: scale, scale=1.0),
        make_scorer(metric),
        "accuracy",
        None,
    ],
    ids=["three", "star", "default", "partial", "made", "name", "none"],
)
def test_check_scoring_of_lets_scorers_pass(kind, scoring):
    """A scorer is whatever can be called with an estimator and data."""
    assert np.isfinite(search_for(kind, SVC(), scoring).fit(X, y).best_score_)


def test_check_scoring_of_unsupervised_searches_takes_two_arguments():
    """Without y a scorer is called as scorer(estimator, X); a metric is not."""
    space = {"n_clusters": [2, 3]}
    search = GridSearchCV(
        KMeans(n_init=1, random_state=0), space, scoring=lambda estimator, X: 1.0
    )
    assert search.fit(X).best_score_ == 1.0
    with pytest.raises(TypeError, match=r"called as scorer\(estimator, X\)\. Got <lam"):
        search.set_params(scoring=lambda X: 1.0).fit(X)
    message = r"Write lambda estimator, X, y=None: silhouette_score\(X, estimator.pred"
    with pytest.raises(TypeError, match=message):
        search.set_params(scoring=silhouette_score).fit(X)


@every_kind
def test_check_scoring_of_says_which_metric_refit_means(kind):
    """A misspelt `refit` is told with the name that was meant."""
    search = search_for(kind, NeverFitted(), ["accuracy", "f1_macro"], refit="acuracy")
    with pytest.raises(ValueError, match=r"refit must be .*Did you mean 'accuracy'\?"):
        search.fit(X, y)


@pytest.mark.parametrize("kind", SEARCHES)
@pytest.mark.parametrize(
    ("refit", "told"),
    [
        ("mean_test_f1_macro", r"Did you mean 'f1_macro'\? The scores are \['acc"),
        ("nothing_alike", r"was passed. The scores are \['accuracy', 'f1_macro'\]."),
        (True, r"The scores are \['accuracy', 'f1_macro'\]."),
    ],
)
def test_check_scoring_of_lists_the_metrics_that_refit_may_name(kind, refit, told):
    """A column of the table means its metric; all names are told."""
    search = search_for(kind, NeverFitted(), ["accuracy", "f1_macro"], refit=refit)
    with pytest.raises(ValueError, match=f"refit must be .*{told}"):
        search.fit(X, y)

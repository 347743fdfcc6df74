"""Does the bias-corrected score tell the truth, for every scorer?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.metrics import make_scorer, median_absolute_error
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.model_selection import GroupKFold, RepeatedKFold, ShuffleSplit
from sklearn.neighbors import KNeighborsClassifier

from skbayes.inspection import bias_corrected_score
from skbayes.search import GridSearchCV
from tests.inspection._bias_correction.test_summed_scores import scores_of
from tests.inspection.known_truth import (
    NoisyClassifier,
    NoisyRegressor,
    labelled,
    measured,
    search_of,
)

#: Chance of the right label: noise of unit variance is less than one.
TRUE_ACCURACY = norm.cdf(1.0)


@pytest.mark.parametrize("n_samples", [200, 600])
def test_bias_corrected_score_is_unbiased_where_the_truth_is_known(n_samples):
    """Over many data sets the mean error is noise; that of the best score is not."""
    errors, naive = [], []
    for seed in range(25):
        data = labelled(n_samples, seed=seed)
        search = search_of(NoisyClassifier(), 40, data)
        corrected = bias_corrected_score(search, 200, random_state=seed)
        errors.append(corrected.estimate - TRUE_ACCURACY)
        naive.append(corrected.best_score - TRUE_ACCURACY)
    standard_error = np.std(errors, ddof=1) / np.sqrt(len(errors))
    assert abs(np.mean(errors)) < 2 * standard_error
    assert np.mean(naive) > 3 * standard_error


def test_bias_corrected_score_has_an_interval_that_covers_the_truth():
    """The interval holds the truth at least as often as it says."""
    hits = 0
    for seed in range(20):
        search = search_of(NoisyClassifier(), 20, labelled(300, seed=seed))
        result = bias_corrected_score(
            search, 200, random_state=seed, confidence_level=0.9
        )
        hits += result.interval[0] <= TRUE_ACCURACY <= result.interval[1]
    assert hits >= 17


def test_bias_corrected_score_of_a_lone_candidate_has_no_optimism():
    """Nothing is chosen, so nothing is corrected."""
    search = search_of(NoisyClassifier(), 1, labelled(400))
    result = bias_corrected_score(search, 400, random_state=0)
    assert abs(result.optimism) < 0.005
    assert result.n_candidates == 1


def test_bias_corrected_score_draws_groups_whole():
    """Copies of a sample tell nothing new: the interval is as wide as without them."""
    X, y = labelled(150)
    groups = np.repeat(np.arange(150), 5)
    grid = {"candidate": list(range(10))}
    cv = GroupKFold(5)
    search = GridSearchCV(NoisyClassifier(), grid, cv=cv, store_predictions=True)
    search.fit(np.repeat(X, 5, axis=0), np.repeat(y, 5), groups=groups)
    whole = bias_corrected_score(search, random_state=0)
    apart = bias_corrected_score(search, random_state=0, groups=np.arange(750))
    single = bias_corrected_score(
        search_of(NoisyClassifier(), 10, (X, y)), random_state=0
    )
    assert np.diff(whole.interval) > 1.7 * np.diff(apart.interval)
    assert np.diff(whole.interval) == pytest.approx(np.diff(single.interval), rel=0.3)


def test_bias_corrected_score_takes_any_scorer_of_predictions():
    """A scorer that is no function of sums is called on every bootstrap sample."""
    scoring = make_scorer(median_absolute_error)
    search = search_of(NoisyRegressor(), 8, measured(200), scoring=scoring)
    assert type(scores_of(search)[2]).__name__ == "CalledScores"
    result = bias_corrected_score(search, 40, random_state=0)
    assert result.interval[0] < result.estimate < result.interval[1]


def test_bias_corrected_score_takes_a_callable_of_the_users():
    """A function of the user's own is asked which predictions it needs."""

    def confidence(estimator, X, y):
        return np.mean(estimator.predict_proba(X)[np.arange(len(y)), y])

    search = search_of(NoisyClassifier(), 4, labelled(100), scoring=confidence)
    methods = {f.response_method for t in search.trials_ for f in t.folds}
    assert methods == {"predict_proba"}
    result = bias_corrected_score(search, 50, random_state=0)
    assert 0.5 < result.estimate < 1


@pytest.mark.parametrize(
    "cv", [RepeatedKFold(n_splits=3, n_repeats=2), ShuffleSplit(4)]
)
def test_bias_corrected_score_takes_samples_held_out_often_or_never(cv):
    """A sample is drawn once for all folds that hold it out."""
    search = search_of(NoisyClassifier(), 5, labelled(120), cv=cv)
    result = bias_corrected_score(search, 100, random_state=0)
    assert result.interval[0] < result.estimate < result.interval[1]


def test_bias_corrected_score_lumps_many_samples():
    """Beyond 5,000 samples lumps are drawn: the interval stays about as wide."""
    search = search_of(NoisyClassifier(), 10, labelled(8000))
    result = bias_corrected_score(search, random_state=0)
    deviation = np.sqrt(TRUE_ACCURACY * (1 - TRUE_ACCURACY) / 8000)
    assert result.estimate == pytest.approx(TRUE_ACCURACY, abs=4 * deviation)
    assert np.diff(result.interval)[0] == pytest.approx(5.1 * deviation, rel=0.2)


def test_bias_corrected_score_is_the_same_for_the_same_seed():
    """The result is a function of the seed."""
    search = search_of(NoisyClassifier(), 5, labelled(100))
    first, second = (bias_corrected_score(search, 50, random_state=3) for _ in "ab")
    assert first == second
    assert first != bias_corrected_score(search, 50, random_state=4)


def test_bias_corrected_score_takes_labels_of_any_kind():
    """Labels that are words give the scores that numbers give."""
    X, y = labelled(100)
    words = np.where(y == 1, "yes", "no")
    of_numbers, of_words = (
        search_of(NoisyClassifier(), 5, (X, labels), scoring="neg_log_loss")
        for labels in (y, words)
    )
    expected = bias_corrected_score(of_numbers, 50, random_state=0)
    assert bias_corrected_score(of_words, 50, random_state=0) == expected


def test_bias_corrected_score_leaves_out_failed_and_worse_candidates():
    """Candidates without a score cannot be chosen."""
    search = GridSearchCV(
        KNeighborsClassifier(),
        {"n_neighbors": [1, 3, 10_000]},
        store_predictions=True,
        error_score=np.nan,
    )
    X, y = make_classification(90, random_state=0)
    with pytest.warns(UserWarning, match="non-finite|fits failed|failed"):
        search.fit(X, y)
    assert bias_corrected_score(search, 30, random_state=0).n_candidates == 2


@pytest.mark.parametrize(
    ("settings", "arguments", "message"),
    [
        ({"store_predictions": False}, {}, "did not keep"),
        ({"refit": lambda results: 0}, {}, "callable"),
        (
            {"scoring": ["accuracy", "f1"], "refit": False},
            {},
            "none of which `refit` names. Name it in `refit`",
        ),
        ({}, {"n_bootstrap": 0}, "`n_bootstrap` parameter"),
        ({}, {"confidence_level": 1.0}, "`confidence_level` parameter"),
        ({}, {"groups": [1, 2]}, "`groups` parameter"),
    ],
)
def test_bias_corrected_score_refuses_what_cannot_be_corrected(
    settings, arguments, message
):
    """The error names what is missing or wrong."""
    X, y = labelled(60)
    settings = {"store_predictions": True, **settings}
    search = GridSearchCV(NoisyClassifier(), {"candidate": [0, 1]}, **settings)
    search.fit(X, y)
    with pytest.raises(ValueError, match=message):
        bias_corrected_score(search, **arguments)


def test_bias_corrected_score_refuses_searches_that_keep_no_predictions():
    """The error does not ask for a parameter that the search does not have."""
    grid = {"candidate": [0, 1]}
    search = TheirGridSearchCV(NoisyClassifier(), grid).fit(*labelled(60))
    with pytest.raises(ValueError, match="GridSearchCV of sklearn does not keep"):
        bias_corrected_score(search)


def test_bias_corrected_score_refuses_scores_that_need_the_model():
    """A scorer that looks at the model, not at predictions, cannot be repeated."""
    X, y = labelled(60)
    grid = {"candidate": [0, 1]}
    search = GridSearchCV(
        NoisyClassifier(),
        grid,
        scoring=lambda e, X, y: np.mean(e.predict(X) == y) + e.candidate,
        store_predictions=True,
    ).fit(X, y)
    with pytest.raises(ValueError, match="could not compute"):
        bias_corrected_score(search)
    search = GridSearchCV(KMeans(), {"n_clusters": [1, 2]}, store_predictions=True)
    with pytest.raises(ValueError, match="compares no predictions"):
        bias_corrected_score(search.fit(X))


def test_bias_corrected_score_of_several_scores_is_of_the_one_that_decides():
    """The score that `refit` names is corrected."""
    search = search_of(
        NoisyClassifier(), 5, labelled(100), scoring=["f1", "roc_auc"], refit="roc_auc"
    )
    result = bias_corrected_score(search, 50, random_state=0)
    assert result.metric == "roc_auc"
    assert result.best_score == search.best_score_


@pytest.mark.parametrize("racing", [True, "conservative"])
def test_bias_corrected_score_is_nan_where_racing_stopped_candidates(racing):
    """The candidates completed were chosen by the samples that are not drawn, too."""
    search = search_of(NoisyClassifier(), 40, labelled(200), cv=5, racing=racing)
    assert "stopped" in search.cv_results_["status"]
    with pytest.warns(UserWarning, match=r"racing stopped \d+ of 40 candidates"):
        result = bias_corrected_score(search, random_state=0)
    assert np.isnan([result.estimate, *result.interval, result.optimism]).all()
    assert result.best_score == search.best_score_

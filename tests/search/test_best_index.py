"""Who may win, and what `score` says."""

from __future__ import annotations

import functools
import pickle
import time
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import cross_val_score

from skbayes._protocol import Status
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.selection import BestPosteriorMean, Fastest, Simplest
from tests.search.estimators import FOLDS, Scripted, failing_score
from tests.search.estimators import X as X_SCRIPT
from tests.search.estimators import y as Y_SCRIPT

X, Y = make_classification(100, flip_y=0.2, random_state=0)
CS = np.logspace(-4, 3, 20)
SCORES = {"acc": "accuracy", "loss": "neg_log_loss"}


class Slow(LogisticRegression):
    """A model that takes its time."""

    def fit(self, X, y, sample_weight=None):
        """Wait and fit."""
        time.sleep(0.05)
        return super().fit(X, y, sample_weight)


def highest(results):
    """A rule that NaN would win."""
    return int(np.argmax(results["mean_test_score"]))


def last_sorted(results):
    """NaN is sorted to the end, too."""
    return np.argsort(results["mean_test_score"])[-1]


def lowest_C_near_best(results):
    """Within a standard deviation, as scikit-learn's documentation writes it."""
    best = np.argmax(results["mean_test_score"])
    least = results["mean_test_score"][best] - results["std_test_score"][best]
    near = np.flatnonzero(results["mean_test_score"] >= least)
    return int(near[results["param_C"][near].astype(float).argmin()])


def by_frame(results):
    """By a data frame, with the ranks."""
    pd = pytest.importorskip("pandas")
    return int(pd.DataFrame(results)["rank_test_score"].to_numpy().argmin())


def grid_with_a_failure(**settings):
    """Three candidates: the second fails in scoring, and the third is the best."""
    return GridSearchCV(
        Scripted(),
        {"quality": [0.1, 0.9, 0.3]},
        cv=FOLDS,
        scoring=failing_score,
        refit=highest,
        **settings,
    )


def searches():
    """Searches that stop candidates, by racing or because the time is up."""
    plain = {"cv": 5, "racing": True}
    return {
        "grid": GridSearchCV(LogisticRegression(), {"C": CS}, **plain),
        "random": RandomSearchCV(
            LogisticRegression(), {"C": CS}, n_iter=20, random_state=0, **plain
        ),
        "bayes": BayesSearchCV(
            LogisticRegression(), {"C": CS}, n_iter=20, random_state=0, **plain
        ),
        "budget": GridSearchCV(Slow(), {"C": CS}, cv=5, time_budget=0.6),
    }


@pytest.mark.parametrize("kind", searches())
@pytest.mark.parametrize("rule", [highest, last_sorted, lowest_C_near_best, by_frame])
def test_rows_of_has_complete_candidates_only(kind, rule):
    """What a rule takes of the rows is the winner, by its number among all."""
    shown = []

    @functools.wraps(rule)
    def watched(results):
        shown.append(results)
        return rule(results)

    search = searches()[kind].set_params(refit=watched).fit(X, Y)
    table = shown[0]
    is_complete = [t.status is Status.COMPLETE for t in search.trials_]
    # How many a budget cuts off depends on the machine.
    assert kind == "budget" or not all(is_complete)
    assert len(table["params"]) == sum(is_complete)
    assert all(len(column) == sum(is_complete) for column in table.values())
    assert np.isfinite(table["mean_test_score"]).all()
    assert table["rank_test_score"].min() == 1
    assert search.trials_[search.best_index_].status is Status.COMPLETE
    assert search.best_params_ == table["params"][rule(table)]
    assert search.best_params_ == search.trials_[search.best_index_].params
    assert search.best_params_["C"] == search.best_estimator_.C


def test_rows_of_has_no_candidate_that_failed():
    """A rule sees no candidate whose score is NaN: `argmax` would take it."""
    search = grid_with_a_failure()
    with pytest.warns(UserWarning, match=r"Scoring failed|non-finite"):
        search.fit(X_SCRIPT, Y_SCRIPT)
    assert search.best_index_ == 2


def test_failed_may_win_where_scikit_learn_lets_error_score_compete():
    """A rule sees `error_score` in grid and random search without a race."""
    search = grid_with_a_failure(error_score=0.5)
    with pytest.warns(UserWarning, match="Scoring failed"):
        search.fit(X_SCRIPT, Y_SCRIPT)
    assert search.best_index_ == 1


@pytest.mark.parametrize(
    ("choice", "error", "match"),
    [
        (0.5, TypeError, "(?s)is not an integer.*It is 0.5.*highest_of_all"),
        (True, TypeError, "(?s)is not an integer.*It is True.*highest_of_all"),
        (np.array([2]), TypeError, r"(?s)not an integer.*array\(\[2\]\).*highest_of"),
        (20, IndexError, "(?s)out of range.*highest_of_all"),
        (-1, IndexError, "(?s)out of range.*highest_of_all"),
    ],
)
def test_row_by_rule_refuses_what_is_no_row_with_the_name_of_the_rule(
    choice, error, match
):
    """The error has scikit-learn's words, and says how many rows there were."""

    def highest_of_all(results):
        return choice

    search = searches()["grid"].set_params(refit=highest_of_all)
    with pytest.raises(error, match=match):
        search.fit(X, Y)
    assert not hasattr(search, "best_index_")


def test_row_by_rule_names_the_rule_that_raises():
    """A bare KeyError would say neither whose it is nor what there is instead."""

    def best_auc(results):
        return results["mean_test_auc"].argmax()

    search = searches()["grid"].set_params(refit=best_auc)
    with pytest.raises(KeyError, match="mean_test_auc") as caught:
        search.fit(X, Y)
    (note,) = caught.value.__notes__
    assert "best_auc" in note
    assert "`refit` parameter" in note
    assert "['mean_test_score']" in note


def test_row_by_rule_looks_at_a_table_that_the_rule_has_not_emptied():
    """A rule may take columns out of its copy."""

    def first(results):
        results.clear()
        return 0

    search = searches()["grid"].set_params(refit=first).fit(X, Y)
    assert search.best_index_ == 0


@pytest.mark.parametrize("kind", ["grid", "bayes"])
def test_row_by_rule_shows_the_rule_a_copy_of_the_table(kind):
    """The rule cannot change columns, candidates and parameters of the results."""

    def harsh(results):
        results["mean_test_score"].fill(0)
        results["params"][0].clear()
        results["params"].pop()
        return 1

    plain, search = searches()[kind], searches()[kind].set_params(refit=harsh)
    plain.set_params(racing=False).fit(X, Y)
    search.set_params(racing=False).fit(X, Y)
    assert search.cv_results_["params"] == plain.cv_results_["params"]
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], plain.cv_results_["mean_test_score"]
    )
    assert search.best_params_ == plain.cv_results_["params"][1]


def by_accuracy(results):
    """A rule that names its metric, wrongly."""
    return int(np.argmax(results["mean_test_acc"]))


by_accuracy.metric = "ac"


def test_check_refit_refuses_a_rule_that_names_no_metric_of_the_search():
    """The error comes before the first fit: `score` would know none, after the last."""
    fits = []

    class Counted(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            fits.append(1)
            return super().fit(X, y, sample_weight)

    search = GridSearchCV(Counted(), {"C": CS}, scoring=SCORES, refit=by_accuracy)
    with pytest.raises(ValueError, match=r"`metric` attribute of by_acc.*mean 'acc'"):
        search.fit(X, Y)
    assert fits == []
    search.set_params(scoring="accuracy", refit=highest).fit(X[:20], Y[:20])


def half_of_them(estimator, X, y):
    """A metric that the weaker models do not have."""
    if estimator.C < 1:
        raise ValueError("too weak")
    return estimator.score(X, y)


def test_choose_winner_refuses_a_choice_without_a_score():
    """A rule may look at another metric than the one that says who is complete."""

    def argmax_of_half(results):
        return int(np.argmax(results["mean_test_half"]))

    search = GridSearchCV(
        LogisticRegression(),
        {"C": CS},
        scoring={"acc": "accuracy", "half": half_of_them},
        refit=argmax_of_half,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pattern = "argmax_of_half.*whose mean test half is nan"
        with pytest.raises(ValueError, match=pattern):
            search.fit(X, Y)
        argmax_of_half.metric = "half"
        search.fit(X, Y)
    assert search.best_params_["C"] >= 1


def test_choose_winner_without_any_candidate_names_the_rule():
    """The rule is not asked to choose from nothing."""

    def nothing(estimator, X, y):
        return np.nan

    search = GridSearchCV(
        LogisticRegression(), {"C": [0.1, 1.0]}, scoring=nothing, refit=highest
    )
    with (
        pytest.warns(UserWarning, match="non-finite"),
        pytest.raises(ValueError, match="none to choose by <function highest"),
    ):
        search.fit(X, Y)


# ------------------------------------------------------------------------------ score


def lowest_loss(results):
    """A rule that goes by the second metric."""
    return int(np.argmax(results["mean_test_loss"]))


def both(results):
    """A rule that goes by both metrics."""
    return int(np.argmax(results["mean_test_loss"] + results["mean_test_acc"]))


def named(results):
    """A rule that goes by both, and says which one is meant."""
    return both(results)


named.metric = "loss"


@pytest.mark.parametrize(
    "rule",
    [
        "loss",
        Simplest("C", metric="loss"),
        Fastest(metric="loss"),
        BestPosteriorMean(metric="loss"),
        lowest_loss,
        named,
    ],
)
@pytest.mark.parametrize("kind", [GridSearchCV, BayesSearchCV])
def test_choose_winner_tells_the_metric_that_score_is_by(kind, rule):
    """`refit` names the metric, a rule has it as an attribute, or has read it."""
    search = kind(LogisticRegression(), {"C": [0.01, 0.1, 1.0]}, scoring=SCORES)
    search.set_params(refit=rule, cv=3).fit(X, Y)
    assert search.refit_metric_ == "loss"
    want = get_scorer("neg_log_loss")(search.best_estimator_, X, Y)
    assert search.score(X, Y) == want
    again = pickle.loads(pickle.dumps(search))
    assert again.score(X, Y) == want
    assert search.get_params()["refit"] is rule


def test_choose_winner_tells_the_metric_to_nested_cross_validation():
    """Outer scores equal those of a search that names the metric."""
    by_rule, by_name = (
        GridSearchCV(
            LogisticRegression(), {"C": [0.01, 1.0]}, scoring=SCORES, refit=refit, cv=3
        )
        for refit in (lowest_loss, "loss")
    )
    np.testing.assert_array_equal(
        cross_val_score(by_rule, X, Y, cv=3, error_score="raise"),
        cross_val_score(by_name, X, Y, cv=3, error_score="raise"),
    )


def test_choose_winner_tells_no_metric_where_nothing_says_which_decides():
    """`score` refuses then: a number of either metric would mislead."""
    search = GridSearchCV(
        LogisticRegression(), {"C": [0.01, 1.0]}, scoring=SCORES, refit=both, cv=3
    ).fit(X, Y)
    assert not hasattr(search, "refit_metric_")
    with pytest.raises(ValueError, match="does not say which .* attribute `metric`"):
        search.score(X, Y)
    with pytest.raises(AttributeError, match="none that decides"):
        _ = search.optimism_corrected_score_


def test_choose_winner_leaves_score_of_one_metric_to_scikit_learn():
    """The score is scikit-learn's, whatever `refit` is."""
    for refit in (True, "anything", highest):
        search = GridSearchCV(
            LogisticRegression(), {"C": [0.01, 1.0]}, scoring="neg_log_loss",
            refit=refit, cv=3,
        ).fit(X, Y)  # fmt: skip
        assert search.refit_metric_ == "score"
        want = get_scorer("neg_log_loss")(search.best_estimator_, X, Y)
        assert search.score(X, Y) == want


def test_choose_winner_keeps_no_metric_of_an_earlier_fit():
    """A clone has no metric of an earlier fit either."""
    search = GridSearchCV(
        LogisticRegression(), {"C": [0.01, 1.0]}, scoring=SCORES, refit="loss", cv=3
    ).fit(X, Y)
    search.set_params(refit=False).fit(X, Y)
    assert not hasattr(search, "refit_metric_")
    assert not hasattr(clone(search), "refit_metric_")


def test_rows_of_has_complete_candidates_only_in_corrected_scores():
    """A rule chooses among complete candidates on the other folds, as on all."""
    search = grid_with_a_failure()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X_SCRIPT, Y_SCRIPT)
    assert np.isnan(search.cv_results_["mean_test_score"][1])
    # The failed candidate would win by this rule; of the others the last is the best.
    assert search.optimism_corrected_score_ == pytest.approx(0.3)

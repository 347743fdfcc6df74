"""Do the rules for `refit` take the candidate they promise?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.search import BayesSearchCV, GridSearchCV
from skbayes.selection import BestIfBetter, BestPosteriorMean, Fastest, Simplest
from skbayes.selection._better import corrected_t_test
from skbayes.selection._posterior_mean import variance_of_means

RULES = [
    Simplest("C", prefer=[1, 10], metric="score"),
    Fastest(time="fit", n_standard_errors=2.0),
    BestIfBetter(SVC(C=3.0), alpha=0.01),
    BestPosteriorMean(metric="accuracy"),
]


def table(scores, params, **columns):
    """A `cv_results_` of these fold scores."""
    scores = np.array(scores, dtype=float)
    results = {f"split{k}_test_score": column for k, column in enumerate(scores.T)}
    return results | {
        "mean_test_score": scores.mean(axis=1),
        "params": params,
        **columns,
    }


#: Candidate 3 is best, by less than its standard error of 0.02 ahead of 1 and 2.
NEAR = [[0.5, 0.5, 0.5], [0.79, 0.79, 0.79], [0.79, 0.79, 0.80], [0.76, 0.80, 0.84]]
DEPTHS = [{"depth": depth} for depth in (1, 2, 5, None)]


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [("smallest", 1), ("largest", 3), ([5, None, 2, 1], 2)],
)
def test_simplest_within_one_standard_error(prefer, expected):
    """The simplest of the near-best is taken, never one that is clearly worse."""
    assert Simplest("depth", prefer=prefer)(table(NEAR, DEPTHS)) == expected


def test_simplest_takes_the_best_of_equally_simple():
    """Of equally simple candidates the better one is taken."""
    params = [{"depth": 1}, {"depth": 2}, {"depth": 2}, {"depth": 9}]
    assert Simplest("depth")(table(NEAR, params)) == 2


def test_without_a_margin_the_best_is_taken():
    """With no standard error to spare, only the best is near."""
    assert Simplest("depth", n_standard_errors=0)(table(NEAR, DEPTHS)) == 3


def test_candidates_without_the_parameter_are_passed_over():
    """In a conditional space only candidates that have the parameter compete."""
    params = [{"depth": 1}, {"C": 1.0}, {"depth": 2}, {"depth": 9}]
    assert Simplest("depth")(table(NEAR, params)) == 2


def test_incomplete_candidates_are_never_taken():
    """A candidate with a fold missing has no mean."""
    scores = [[np.nan, 0.99, 0.99], *NEAR[1:]]
    assert Simplest("depth")(table(scores, DEPTHS)) == 1


@pytest.mark.parametrize(("time", "expected"), [("fit", 2), ("score", 1), ("both", 2)])
def test_fastest_within_one_standard_error(time, expected):
    """The least seconds among the near-best win, also if a bad one is faster yet."""
    results = table(
        NEAR,
        DEPTHS,
        mean_fit_time=np.array([0.1, 5.0, 1.0, 9.0]),
        mean_score_time=np.array([0.1, 0.2, 0.3, 0.4]),
    )
    assert Fastest(time=time)(results) == expected


def test_corrected_test_has_the_stated_size():
    """With folds that overlap, no difference is rejected as often as promised."""
    rng = np.random.default_rng(0)
    # The common part of training sets makes the folds' differences correlated by 1/K.
    n_splits, n_sets = 5, 4000
    common = np.sqrt(0.2) * rng.standard_normal((n_sets, 1))
    own = np.sqrt(0.8) * rng.standard_normal((n_sets, n_splits))
    rejected = [corrected_t_test(d, 0.2) < 0.05 for d in common + own]
    naive = [corrected_t_test(d, 1e-12) < 0.05 for d in common + own]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.012)
    assert np.mean(naive) > 0.09


def test_only_a_significant_gain_is_taken():
    """A gain that all folds show is taken, one that some show is not."""
    params = [{"C": 1.0}, {"C": 2.0}]
    unsure = table([[0.8, 0.8, 0.8, 0.8], [0.7, 0.9, 0.7, 0.95]], params)
    sure = table([[0.8, 0.8, 0.8, 0.8], [0.88, 0.9, 0.89, 0.9]], params)
    assert BestIfBetter(SVC())(unsure) == 0
    assert BestIfBetter(SVC())(sure) == 1
    assert BestIfBetter({"C": 2.0})(sure) == 1


def test_untuned_estimator_is_found_in_a_bayesian_search():
    """A Bayesian search tries it first, so that it can always be compared with."""
    X, y = load_iris(return_X_y=True)
    rule = BestIfBetter(SVC(), alpha=1e-6)
    search = BayesSearchCV(
        SVC(), {"C": (0.1, 10.0, "log-uniform")}, n_iter=6, random_state=0, refit=rule
    ).fit(X, y)
    assert search.best_params_ == {"C": 1.0}


def test_untuned_steps_are_found_among_copies():
    """Candidates hold copies of estimators; they are known by what they are."""
    steps = [{"clf": SVC()}, {"clf": LogisticRegression()}]
    own = Pipeline([("clf", LogisticRegression())])
    scores = [[0.8, 0.8, 0.9], [0.8, 0.8, 0.8]]
    assert BestIfBetter(own)(table(scores, steps)) == 1


def test_lucky_outlier_is_not_the_best_posterior_mean():
    """One high score among worse neighbours is luck; the top of a hill is not."""
    rng = np.random.default_rng(0)
    C = np.logspace(-3, 3, 25)
    truth = 0.9 - 0.05 * np.log10(C / 10) ** 2
    scores = truth[:, None] + 0.01 * rng.standard_normal((25, 5))
    scores[4] = 0.6 + np.array([0.8, 0.0, 0.0, 0.9, 0.0])
    params = [{"C": float(c)} for c in C]
    results = table(scores, params)
    assert np.argmax(scores.mean(axis=1)) == 4
    chosen = C[BestPosteriorMean()(results)]
    assert 2 < chosen < 50


def test_folds_that_differ_make_a_mean_uncertain():
    """By its own folds and by what is usual; effects of folds do not count."""
    rng = np.random.default_rng(0)
    scores = 0.9 + np.arange(5) / 10 + 0.01 * rng.standard_normal((40, 5))
    scores[7] += [0.2, -0.2, 0.2, -0.2, 0.0]
    variance = variance_of_means(scores)
    assert np.argmax(variance) == 7
    usual = np.delete(variance, 7)
    factor = 1 / 5 + 1 / 4  # Nadeau and Bengio (2003): 1/J + n_test/n_train
    assert usual.mean() == pytest.approx(0.01**2 * factor, rel=0.3)
    assert variance[7] == pytest.approx(0.04 * 4 / 8 * factor, rel=0.2)
    assert (variance_of_means(scores[:, :1]) == 0.0).all()


def test_posterior_mean_over_branches_and_categories():
    """Tables of several dicts, of categories and of constants are modelled too."""
    X, y = load_iris(return_X_y=True)
    grid = [
        {"kernel": ["linear"], "C": [0.1, 1, 10]},
        {"kernel": ["rbf"], "C": [0.1, 1, 10], "gamma": ["scale", 0.001, 1.0]},
    ]
    search = GridSearchCV(SVC(), grid, refit=BestPosteriorMean()).fit(X, y)
    assert search.cv_results_["mean_test_score"][search.best_index_] > 0.95


@pytest.mark.parametrize("scores", [[[0.5, 0.5]] * 4, [[0.5, 0.6]] * 2])
def test_posterior_mean_without_a_model(scores):
    """Equal scores and too few of them leave the first of the best."""
    params = [{"C": float(c)} for c in range(len(scores))]
    assert BestPosteriorMean()(table(scores, params)) == 0


@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
def test_rules_are_pickled_cloned_and_shown(rule):
    """A rule is a parameter as any other."""
    assert repr(pickle.loads(pickle.dumps(rule))) == repr(rule)
    search = GridSearchCV(SVC(), {"C": [1, 10]}, refit=rule)
    assert repr(clone(search).refit) == repr(rule)
    assert type(rule).__name__ in repr(search)


def test_rules_serve_scikit_learns_searches():
    """A rule needs nothing but the table."""
    X, y = load_iris(return_X_y=True)
    grid = {"max_depth": [1, 2, 3, 4, 5]}
    tree = DecisionTreeClassifier(random_state=0)
    for rule in (Simplest("max_depth"), Fastest(), BestPosteriorMean()):
        theirs = TheirGridSearchCV(tree, grid, refit=rule).fit(X, y)
        assert theirs.best_params_["max_depth"] in grid["max_depth"]


def test_metric_of_several_is_named():
    """With several scores the rule says which one it means."""
    X, y = load_iris(return_X_y=True)
    settings = {"scoring": ["accuracy", "f1_macro"]}
    grid = {"C": [0.01, 1, 10]}
    rule = Simplest("C", metric="f1_macro", n_standard_errors=4)
    search = GridSearchCV(SVC(), grid, refit=rule, **settings).fit(X, y)
    assert search.best_params_ == {"C": 1}
    assert search.optimism_corrected_score_ > 0.9
    unnamed = GridSearchCV(SVC(), grid, refit=Simplest("C"), **settings)
    with pytest.raises(ValueError, match="The `metric` parameter of Simplest"):
        unnamed.fit(X, y)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Simplest("width"), "The `parameter` parameter of Simplest"),
        (Simplest("depth", prefer="simple"), "The `prefer` parameter of Simplest"),
        (Simplest("depth", prefer=[1, 2]), "list every value"),
        (Simplest("depth", metric="f1"), "The `metric` parameter of Simplest"),
        (Fastest(time="all"), "The `time` parameter of Fastest"),
        (BestIfBetter({"depth": 77}), "not among the complete candidates"),
        (BestIfBetter({"depth": 1}, alpha=2), "The `alpha` parameter"),
        (BestIfBetter({"depth": 1}, test_share=0.0), "The `test_share` parameter"),
    ],
)
def test_bad_rules_are_refused(rule, message):
    """The error names the rule and its parameter."""
    with pytest.raises(ValueError, match=message):
        rule(table(NEAR, DEPTHS))


def test_words_have_no_order_of_their_own():
    """Categories must be listed."""
    params = [{"depth": name} for name in "abcd"]
    with pytest.raises(ValueError, match="List the values, the simplest first"):
        Simplest("depth")(table(NEAR, params))


@pytest.mark.parametrize("rule", [Simplest("C"), Fastest(), BestPosteriorMean()])
def test_nothing_to_choose_from_is_said(rule):
    """If no candidate is complete, no rule has a choice."""
    results = table([[np.nan, 1.0], [1.0, np.nan]], [{"C": 1}, {"C": 2}])
    with pytest.raises(ValueError, match="nothing to choose from"):
        rule(results)


def test_simplest_leaves_out_what_has_no_order_among_numbers():
    """As the "auto" of an untuned estimator; of words alone the order must be given."""
    params = [{"depth": 1}, {"depth": "auto"}, {"depth": 5}, {"depth": 9}]
    assert Simplest("depth")(table(NEAR, params)) == 2
    words = [{"depth": word} for word in ("low", "auto", "high", "highest")]
    with pytest.raises(ValueError, match="is no number. List the values"):
        Simplest("depth")(table(NEAR, words))
    with pytest.raises(ValueError, match="It has no 'auto'"):
        Simplest("depth", prefer=[1, 5, 9])(table(NEAR, params))


def test_best_posterior_mean_models_numbers_beside_an_odd_value():
    """None among numbers does not make categories of them: a lucky one is seen."""
    rng = np.random.default_rng(0)
    values = [float(v) for v in np.linspace(0.0, 1.0, 30)]
    scores = np.array([-4 * (v - 0.5) ** 2 for v in values])[:, None]
    scores = scores + 0.02 * rng.normal(size=(30, 3))
    scores[2] += [3.9, 0.0, 0.0]  # by luck: two folds and neighbours say so
    params = [{"x": v} for v in values]
    chosen = BestPosteriorMean()(table(scores, params))
    assert 0.3 < values[chosen] < 0.7
    beside = table(np.vstack([scores, [[-3.0] * 3]]), [*params, {"x": None}])
    assert BestPosteriorMean()(beside) == chosen
    best = table(np.vstack([scores, [[3.0] * 3]]), [*params, {"x": None}])
    assert BestPosteriorMean()(best) == 30

"""Where the first candidates fail alike, that is said then, cause first."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, LeaveOneOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.selection import Simplest

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = (X[:, 0] + 0.3 * RNG.normal(size=60) > 0).astype(int)
HOLES = np.where(X > 2, np.nan, X)
RANGE = {"C": (0.01, 10.0, "log-uniform")}
MANY = 40


class Counted(LogisticRegression):
    """A model that counts its fits, and fails where it is told to."""

    n_fits = 0

    def __init__(self, C=1.0, fails_above=np.inf):
        super().__init__(C=C)
        self.fails_above = fails_above

    def fit(self, X, y, sample_weight=None):
        """Count, fail or fit."""
        Counted.n_fits += 1
        if self.fails_above < self.C:
            raise RuntimeError("did not converge")
        return super().fit(X, y, sample_weight)


@pytest.fixture(autouse=True)
def _no_fits_yet():
    Counted.n_fits = 0


def bayes(model=None, space=None, **settings):
    """A long Bayesian search."""
    return BayesSearchCV(
        model or Counted(),
        space or RANGE,
        n_iter=MANY,
        cv=3,
        random_state=0,
        **settings,
    )


def test_early_failures_end_a_search_whose_untuned_estimator_fails_too():
    """The search ends after the first candidates; the error begins with the cause."""
    words = np.where(Y, "yes", "no")
    search = bayes(scoring="f1")
    pattern = r"(?s)\AScoring with|\AValueError: pos_label=1 .*make_scorer.*untuned"
    with (
        pytest.warns(UserWarning, match="Scoring failed"),
        pytest.raises(ValueError, match=pattern),
    ):
        search.fit(X, words)
    assert Counted.n_fits == 3 * 4
    assert len(search.trials_) == 4
    assert not hasattr(search, "best_index_")


@pytest.mark.parametrize(
    ("model", "data", "scoring", "said"),
    [
        (SVC(), HOLES, None, r"\AValueError: Input X contains NaN.*SimpleImputer"),
        (SVC(), X.astype(str), None, "untuned"),
        (SVC(), np.full((60, 2), "a"), None, r"string to float.*OneHotEncoder"),
        (SVC(), X, "f1", r"average='binary'.*f1_macro"),
        (SVC(probability=True), X, "roc_auc", r"multi_class.*roc_auc_ovr"),
    ],
)
def test_shared_failure_says_what_helps(model, data, scoring, said):
    """The first sentences of the error help with the usual slips."""
    search = bayes(model, scoring=scoring)
    y = np.arange(60) % 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if said == "untuned":  # numbers as text are numbers
            search.set_params(n_iter=3).fit(data, y)
            return
        with pytest.raises(ValueError, match=f"(?s){said}.*ends here"):
            search.fit(data, y)
    assert len(search.trials_) < MANY


@pytest.mark.parametrize("kind", ["grid", "random", "bayes"])
def test_early_failures_warn_once_of_first_candidates_that_fail_alike(kind):
    """The warning comes when they have ended; others are tried, and may be good."""
    model = Counted(fails_above=0.5)
    grid = {"C": [8.0, 4.0, 2.0, 0.1, 0.2]}
    search = {
        "grid": GridSearchCV(model, grid, cv=3),
        "random": RandomSearchCV(model, grid, n_iter=5, cv=3, random_state=3),
        "bayes": bayes(model, {"C": [8.0, 4.0, 2.0, 0.1, 0.2, 7.0, 6.0]}).set_params(
            n_iter=7, n_initial_points=3, include_current=False
        ),
    }[kind]
    n_told_before = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")

        def told():
            texts = [str(warning.message) for warning in caught]
            return [text for text in texts if "goes on with the next" in text]

        count = [lambda progress: n_told_before.append(len(told()))]
        search.set_params(callbacks=count).fit(X, Y)
    assert all(trial.params["C"] > 0.5 for trial in search.trials_[:3])
    assert n_told_before[:2] == [0, 0]
    assert set(n_told_before[3:]) == {1}
    assert told()[0].startswith("RuntimeError: did not converge\nAll of the first 3")
    assert search.best_params_["C"] < 0.5


def test_early_failures_in_a_region_end_no_search():
    """Where the untuned estimator has a score the others are worth a try."""
    model = Counted(C=0.05, fails_above=0.06)
    search = bayes(model, {"C": (0.1, 10.0, "log-uniform")}).set_params(n_iter=12)
    with (
        pytest.warns(FitFailedWarning, match="candidates other than the untuned"),
        pytest.warns(FitFailedWarning, match="33 fits failed out of a total of 36"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search.fit(X, Y)
    assert len(search.trials_) == 12
    assert search.best_params_ == {"C": 0.05}


def test_early_failures_of_several_causes_end_no_search():
    """The cause is then not the data, the metric or the arguments of `fit`."""

    class Moody(Counted):
        def fit(self, X, y):
            raise RuntimeError("abc"[int(self.C * 100) % 3])

    with pytest.raises(ValueError, match="All the 120 fits failed"):
        bayes(Moody()).fit(X, Y)


def test_early_failures_are_silent_after_one_good_candidate():
    """Failures of the other candidates are their own."""
    grid = {"C": [8.0, 4.0, 0.1, 7.0, 6.0]}
    search = GridSearchCV(Counted(fails_above=0.5), grid, cv=3)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, Y)
    assert not any("goes on with the next" in str(w.message) for w in caught)


# ------------------------------------------------- metrics that some folds cannot have


def test_shared_failure_of_a_metric_undefined_on_all_folds_has_the_reason():
    """The reason lies in the folds, and so does the remedy."""
    search = bayes(scoring="roc_auc").set_params(cv=KFold(4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="ends here") as caught:
            search.fit(X, np.repeat([0, 1, 0, 1], 15))
    text = str(caught.value)
    assert "The test part has one class only there: 0, 1." in text
    assert text.count("StratifiedKFold keeps all classes in every fold") == 1
    assert "concerns fold" not in text


@pytest.mark.parametrize(
    ("model", "scoring", "metric"),
    [
        (Ridge(), None, "neg_mean_absolute_error"),
        (LogisticRegression(), "roc_auc", "accuracy"),
    ],
)
def test_shared_failure_of_test_parts_of_one_sample_has_the_reason(
    model, scoring, metric
):
    """The values of a target of numbers are no classes."""
    space = {"alpha" if metric.startswith("neg") else "C": (0.1, 10.0, "uniform")}
    search = BayesSearchCV(
        model, space, n_iter=9, cv=LeaveOneOut(), scoring=scoring, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="ends here") as caught:
            search.fit(X[:12], np.r_[np.arange(6) % 2, np.arange(6) % 2])
    text = str(caught.value)
    assert "The test part has one sample only there: take fewer folds" in text
    assert f"as in scoring='{metric}'" in text
    assert "StratifiedKFold" not in text or scoring


def test_shared_failure_takes_no_whole_numbers_of_a_regression_for_classes():
    """The targets of a part may all be equal."""

    def undefined(estimator, X, y):
        return np.nan

    search = bayes(Ridge(), {"alpha": (0.1, 10.0, "uniform")}, scoring=undefined)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="ends here") as caught:
            search.set_params(cv=KFold(3)).fit(X, np.repeat([1, 2, 3], 20))
    assert "class" not in str(caught.value)


def undefined_below_zero(estimator, X, y):
    """A metric that does not speak of samples or classes."""
    if np.min(y) < 0:
        raise ValueError("can only be used on non-negative values")
    return 1.0


@pytest.mark.parametrize("n_below", [4, 12])
def test_shared_failure_of_single_samples_has_no_reason_beside_the_cause(n_below):
    """Test parts of one sample are no reason where others like them have scores."""
    y = np.r_[-np.ones(n_below), np.ones(12 - n_below)]
    space = {"alpha": (0.1, 10.0, "uniform")}
    search = bayes(Ridge(), space, scoring=undefined_below_zero)
    search.set_params(cv=LeaveOneOut())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="non-negative values") as caught:
            search.fit(X[:12], y)
    assert "one sample only" not in str(caught.value)


def test_shared_failure_does_not_send_a_target_of_one_class_to_another_splitter():
    """StratifiedKFold cannot keep classes that `y` has not."""
    with pytest.raises(ValueError, match=r"class: (?s:.)*ends here") as caught:
        bayes().fit(X, np.zeros(60, int))
    text = str(caught.value)
    assert "All of y has one class: 0.\n" in text
    assert "where y has several, StratifiedKFold" in text


@pytest.mark.filterwarnings("ignore:Only one class")
def test_shared_failure_names_the_one_fold_with_an_undefined_metric():
    """The error names the only such fold by its number in ``cv_results_``."""
    y = np.r_[np.tile([0, 1], 20), np.zeros(20, int)]
    search = GridSearchCV(
        LogisticRegression(), {"C": [0.1, 1, 10, 100]}, cv=KFold(3), scoring="roc_auc"
    )
    with (
        pytest.warns(UserWarning, match="Only one class is present"),
        pytest.warns(UserWarning, match="concerns fold 2 of 3, counted from 0"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search.fit(X, y)
    assert np.isnan(search.cv_results_["split2_test_score"]).all()
    assert np.isfinite(search.cv_results_["split1_test_score"]).all()


@pytest.mark.parametrize("racing", [False, True])
def test_early_failures_on_one_fold_end_a_bayesian_search(racing):
    """A race ends as well, though it runs no further fold of a failed candidate."""
    y = np.r_[np.tile([0, 1], 20), np.zeros(20, int)]
    search = bayes(scoring="roc_auc", racing=racing).set_params(cv=KFold(3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="(?s)concerns fold 2 of 3.*ends here"):
            search.fit(X, y)
    assert len(search.trials_) == 4


def test_early_failures_end_a_race_in_which_all_fails():
    """Each candidate is run on one fold only, and each on another."""
    search = bayes(Counted(fails_above=0.0), racing=True)
    with pytest.raises(ValueError, match=r"(?s)\ARuntimeError: did not.*ends here"):
        search.fit(X, Y)
    assert Counted.n_fits == 4


def test_shared_failure_names_a_training_part_of_one_class():
    """The fit fails on a fold of which the training part has one class."""
    y = np.r_[np.zeros(40, int), np.ones(20, int)]
    search = BayesSearchCV(
        LogisticRegression(), RANGE, n_iter=4, cv=KFold(3), random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pattern = "fold 2 of 3, .* The training part has one class only there: 0"
        with pytest.raises(ValueError, match=f"(?s){pattern}.*No candidate has"):
            search.fit(X, y)


# ---------------------------------------------------------- what the first fold shows


def two_scores(estimator, X, y):
    """Scores whose names only a call tells."""
    return {"acc": estimator.score(X, y), "size": float(abs(estimator.coef_).sum())}


@pytest.mark.parametrize(
    ("refit", "said"),
    [
        ("sizes", "refit.*Did you mean 'size'"),
        (True, "refit"),
        (Simplest("C", metric="f1"), "must be one of .'acc', 'size'."),
    ],
)
@pytest.mark.parametrize("kind", ["grid", "bayes"])
def test_refit_check_tells_a_wrong_refit_at_the_first_fold(kind, refit, said):
    """The error comes when the first fold names the metrics, not after the last."""
    search = {
        "grid": GridSearchCV(Counted(), {"C": np.logspace(-2, 1, 20)}, cv=3),
        "bayes": bayes(),
    }[kind].set_params(scoring=two_scores, refit=refit)
    with pytest.raises(ValueError, match=said):
        search.fit(X, Y)
    assert Counted.n_fits <= 3


@pytest.mark.parametrize("rule", [Simplest("C", metric="f1"), Simplest("C")])
def test_check_refit_refuses_a_rule_of_another_metric_before_the_first_fit(rule):
    """The rule is refused where the names of the metrics are known."""
    search = bayes(scoring=["accuracy", "roc_auc"], refit=rule)
    with pytest.raises(ValueError, match="`metric` parameter of Simplest must be one"):
        search.fit(X, Y)
    assert Counted.n_fits == 0


@pytest.mark.parametrize(
    ("model", "arguments", "said"),
    [
        (Counted(), {"callback": print}, r"BayesSearchCV\(..., callbacks=\[...\]\)"),
        (Counted(), {"n_iter": 3}, r"Write BayesSearchCV\(..., n_iter=...\) instead"),
        (Counted(), {"weights": 1}, "Counted.fit, which takes no such argument"),
        (
            make_pipeline(StandardScaler(), SVC()),
            {"sample_weight": np.ones(60)},
            "Write svc__sample_weight= for the last step",
        ),
        (
            make_pipeline(StandardScaler(), SVC()),
            {"svm__sample_weight": np.ones(60)},
            "Did you mean 'svc__sample_weight'",
        ),
    ],
)
def test_check_fit_params_refuses_arguments_that_no_fit_takes(model, arguments, said):
    """The error names the place where the arguments belong."""
    space = RANGE if isinstance(model, Counted) else {"svc__C": RANGE["C"]}
    with pytest.raises(TypeError, match=said):
        bayes(model, space).fit(X, Y, **arguments)
    assert Counted.n_fits == 0


def test_check_fit_params_passes_on_arguments_that_a_fit_takes():
    """The arguments are those of a step, by its name, and of an estimator."""
    weights = np.ones(60)
    bayes().set_params(n_iter=2).fit(X, Y, sample_weight=weights)
    pipeline = make_pipeline(StandardScaler(), SVC())
    search = bayes(pipeline, {"svc__C": RANGE["C"]}).set_params(n_iter=2)
    search.fit(X, Y, svc__sample_weight=weights)


@pytest.mark.filterwarnings("ignore:Scoring failed", "ignore:One or more of the test")
@pytest.mark.parametrize("n_iter", [2, 9])
def test_early_failures_end_a_search_whose_scorer_gives_no_number(n_iter):
    """A forgotten `return` ends a random search, as it does in scikit-learn."""
    search = RandomSearchCV(
        Counted(),
        {"C": list(np.linspace(0.1, 1.0, 20))},
        n_iter=n_iter,
        cv=2,
        scoring=lambda estimator, X, y: None,
        random_state=0,
    )
    with pytest.raises(ValueError, match="must give a real number. Got None of type"):
        search.fit(X, Y)
    assert Counted.n_fits <= 2 * 3


def one_invalid(estimator, X, y):
    """Two scores, of which one is no number."""
    return {"acc": estimator.score(X, y), "size": None}


@pytest.mark.filterwarnings("ignore:Scoring failed")
def test_refit_check_needs_the_names_only_not_valid_scores():
    """A score that is no number has its name, too."""
    search = bayes(scoring=one_invalid, refit="accc")
    with pytest.raises(ValueError, match="Did you mean 'acc'"):
        search.fit(X, Y)
    assert Counted.n_fits <= 3

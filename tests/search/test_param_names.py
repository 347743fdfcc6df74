"""Are names of parameters asked of the estimator, branch by branch, before any fit?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.search._param_names import check_param_names, first_value
from skbayes.space import Categorical, Integer, Real
from tests.space.labels import label

X, y = load_iris(return_X_y=True)
SEARCHES = {"grid": GridSearchCV, "random": RandomSearchCV, "bayes": BayesSearchCV}
every_kind = pytest.mark.parametrize("kind", SEARCHES)


class Boosting(ClassifierMixin, BaseEstimator):
    """Takes more than it lists, and refuses one name, as boosting libraries may."""

    def __init__(self, rounds=5, **other):
        self.rounds = rounds
        self._other = dict(other)

    @classmethod
    def _get_param_names(cls):
        return ["rounds"]

    def get_params(self, deep=True):
        """The listed one, and what was set."""
        return {"rounds": self.rounds, **self._other}

    def set_params(self, **params):
        """Take all but one."""
        if "bogus" in params:
            raise ValueError("bogus is unknown; routed parameters begin with fit__")
        self.rounds = params.pop("rounds", self.rounds)
        self._other |= params
        return self

    def fit(self, X, y):
        """Learn the labels."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Guess by one column."""
        return self.classes_[(X[:, 0] > self._other.get("row_share", 5.0)).astype(int)]


class NeverFitted(SVC):
    """An SVC that must not come to be fitted."""

    def fit(self, X, y, sample_weight=None):
        """Never."""
        raise AssertionError("a candidate was fitted before the names were checked")


def fitted(kind, estimator, space):
    """A short search that raises what a fit raises."""
    n_iter = {} if kind == "grid" else {"n_iter": 2}
    search = SEARCHES[kind](estimator, space, cv=2, error_score="raise", **n_iter)
    return search.fit(X, y)


@every_kind
@pytest.mark.parametrize(
    ("estimator", "prefix"),
    [
        (Boosting(), ""),
        (Pipeline([("m", Boosting())]), "m__"),
        (Pipeline([("p", Pipeline([("m", Boosting())]))]), "p__m__"),
        (StackingClassifier([("b", Boosting())], LogisticRegression()), "b__"),
    ],
    ids=["alone", "pipeline", "nested", "stack"],
)
def test_check_param_names_takes_names_that_get_params_does_not_list(
    kind, estimator, prefix
):
    """What `set_params` takes can be searched, wherever the estimator stands."""
    search = fitted(kind, estimator, {f"{prefix}row_share": [4.0, 6.0]})
    # The untuned estimator, which comes first, does not tell its own value.
    values = {p.get(f"{prefix}row_share") for p in search.cv_results_["params"]}
    assert values - {None}
    assert values <= {4.0, 6.0, None}


@every_kind
def test_check_param_names_keeps_the_words_of_set_params(kind):
    """The estimator's own words are kept, and so is the error itself."""
    with pytest.raises(ValueError, match="Got 'm__bogus' .* begin with fit__") as told:
        fitted(kind, Pipeline([("m", Boosting())]), {"m__bogus": [1, 2]})
    assert isinstance(told.value.__cause__, ValueError)


@every_kind
@pytest.mark.parametrize("prefix", ["", "m__"])
def test_check_param_names_warns_of_a_slip_that_the_estimator_accepts(kind, prefix):
    """It may be a name of the library, but would be searched in vain if it is not."""
    estimator = Pipeline([("m", Boosting())]) if prefix else Boosting()
    expected = rf"{prefix}roundss.*Did you mean '{prefix}rounds'\?"
    with pytest.warns(UserWarning, match=expected) as caught:
        fitted(kind, estimator, {f"{prefix}roundss": [4.0, 6.0]})
    assert {warning.filename for warning in caught} == {__file__}


class Together(Boosting):
    """Takes a certain name only beside another one."""

    def set_params(self, **params):
        """Refuse one name alone."""
        if "row_share" in params and "row_shares" not in params:
            raise ValueError("row_share needs row_shares")
        return super().set_params(**params)


def test_check_param_names_takes_names_that_are_set_together_only():
    """What the estimator refuses without a name is no reason to end the search."""
    space = {"row_share": [0.5, 0.7], "row_shares": [1]}
    assert len(check_param_names(GridSearchCV(Together(), {}), [space], "p")) == 1


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_check_param_names_takes_native_names_of_boosting_libraries(library):
    """The constructors take native names as ``**kwargs``."""
    module = pytest.importorskip(library)
    if library == "lightgbm":
        model = module.LGBMClassifier(n_estimators=2, verbose=-1, n_jobs=1)
        space = {"bagging_fraction": (0.5, 0.9, "uniform"), "bagging_freq": [1]}
    else:
        model = module.XGBClassifier(n_estimators=2, n_jobs=1)
        space = {"eta": (0.05, 0.5, "log-uniform"), "lambda": (0.1, 1.0, "uniform")}
    pipeline = make_pipeline(StandardScaler(), model)
    step = pipeline.steps[-1][0]
    space = {f"{step}__{name}": value for name, value in space.items()}
    search = fitted("bayes", pipeline, space)
    assert len(search.trials_) == 2


@every_kind
def test_check_param_names_refuses_a_name_without_letters(kind):
    """It belongs to no step, and the message names none."""
    with pytest.raises(ValueError, match="Got '' instead. Invalid parameter ''"):
        SEARCHES[kind](SVC(), {"": [1, 2]}).fit(X, y)


@every_kind
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("svm__C", "svc__C"),
        ("C", "svc__C"),
        ("svc__gama", "svc__gamma"),
        ("svc__c", "svc__C"),
        ("scaler__with_mean", "scale__with_mean"),
        ("scaler__with_means", "scale__with_mean"),
        ("svcs", "svc"),
    ],
)
def test_check_param_names_tells_the_name_that_was_meant_first(kind, name, meant):
    pipeline = Pipeline([("scale", StandardScaler()), ("svc", NeverFitted())])
    message = f"Got '{name}' instead. Did you mean '{meant}'.*Valid parameters are"
    with pytest.raises(ValueError, match=message) as caught:
        fitted(kind, pipeline, {name: [1, 2], "svc__kernel": ["rbf"]})
    assert "Pipeline(steps" not in str(caught.value)


@pytest.mark.parametrize(
    ("estimator", "name", "told"),
    [
        (
            BaggingClassifier(),
            "estimator__C",
            "estimator is None: give it an estimator",
        ),
        (SVC(), "C__x", "C is 1.0, which has no parameters"),
        (make_pipeline(None, SVC()), "nonetype__k", "nonetype is None: give it"),
    ],
)
def test_check_param_names_tells_what_has_no_parameters(estimator, name, told):
    """What a name leads to may be None, or a value."""
    search = BayesSearchCV(estimator, {name: [1, 2]})
    with pytest.raises(ValueError, match=f"Got '{name}' instead. {told}"):
        search.fit(X, y)


def test_check_param_names_guesses_no_meaning_where_nothing_is_alike():
    """Far-fetched proposals would mislead."""
    with pytest.raises(ValueError, match=r"Got 'zzz' instead\. Invalid parameter"):
        fitted("grid", NeverFitted(), {"zzz": [1]})


@every_kind
def test_check_param_names_checks_each_branch_on_its_own_estimator(kind):
    """The dict is named, with the choice that does not have the name."""
    pipeline = Pipeline([("svc", NeverFitted())])
    space = [
        {"svc__C": [1.0, 2.0]},
        {"svc": [LogisticRegression()], "svc__gamma": [0.1, 0.2]},
    ]
    message = (
        r"The second dict in the `.*` parameter of .* Got 'svc__gamma' instead, and "
        r"svc=LogisticRegression\(\) has none of this name"
    )
    with pytest.raises(ValueError, match=message):
        fitted(kind, pipeline, space)


@every_kind
def test_check_param_names_takes_names_of_a_branch_only(kind):
    """The choice of the step decides, not what stands in the pipeline."""
    pipeline = Pipeline([("m", LogisticRegression(max_iter=2000))])
    space = [{"m": [SVC()], "m__gamma": [0.1, 0.2]}, {"m__tol": [1e-3, 1e-4]}]
    assert len(fitted(kind, pipeline, space).trials_) >= 2


@pytest.mark.parametrize(
    "choices",
    [["passthrough", PCA()], [PCA(), "passthrough"], [MinMaxScaler(), PCA()]],
    ids=label,
)
def test_check_param_names_leaves_combinations_to_their_candidates(choices):
    """One choice that has the name suffices; what it forbids beside others fails."""
    pipeline = Pipeline([("pca", PCA()), ("svc", SVC())])
    search = GridSearchCV(pipeline, {})
    dicts = [{"pca": choices, "pca__n_components": [1, 2]}]
    check_param_names(search, dicts, "param_grid")
    with pytest.raises(ValueError, match="Did you mean 'pca__n_components'"):
        check_param_names(
            search, [{"pca": choices, "pca__n_component": [1]}], "param_grid"
        )


def test_check_param_names_leaves_values_to_their_candidates():
    """A value that cannot be set is no wrong name."""

    class Strict(SVC):
        def set_params(self, **params):
            if params.get("C", 1) < 0:
                raise ValueError("C must be positive")
            return super().set_params(**params)

    search = GridSearchCV(Strict(), {})
    check_param_names(search, [{"C": [-1, 1]}], "param_grid")


def test_check_param_names_changes_nothing_of_the_users():
    """Choices and estimator are cloned before anything is set inside of them."""
    svc, pipeline = SVC(C=1.0), Pipeline([("m", SVC(C=5.0))])
    search = GridSearchCV(pipeline, {})
    (configured,) = check_param_names(
        search, [{"m": [svc], "m__C": [7.0]}], "param_grid"
    )
    assert (svc.C, pipeline["m"].C, configured["m"].C) == (1.0, 5.0, 7.0)


def test_check_param_names_takes_the_steps_of_a_branch():
    """A whole list of steps may be searched, and names inside of it."""
    pipeline = Pipeline([("m", LogisticRegression())])
    dicts = [{"steps": [[("svc", SVC())]], "svc__gamma": [0.1]}]
    check_param_names(GridSearchCV(pipeline, {}), dicts, "param_grid")


def test_first_value_draws_from_no_generator():
    """It takes a dimension, a list, a distribution, and leaves each as it was."""

    class Counter:
        n = 0

        def rvs(self, random_state=None):
            self.n += 1
            return self.n

    counter = Counter()
    assert first_value(counter) == first_value(counter) == 1
    assert counter.n == 0
    assert first_value(np.array(["a", "b"])) == "a"
    assert first_value(Categorical(["x", "z"])) == "x"
    assert 0 <= first_value(Real(0, 1)) <= 1
    assert first_value(Integer(3, 4)) in (3, 4)
    frozen = uniform(0, 1)
    frozen.random_state = np.random.RandomState(0)
    assert first_value(frozen) == first_value(frozen)


@pytest.mark.parametrize("name", ["svc.C", "svc_C", "svc/C", "SVC__c"])
def test_check_param_names_understands_another_sign_between_step_and_name(name):
    """The hint is the whole name, not the step's."""
    search = RandomSearchCV(make_pipeline(StandardScaler(), SVC()), {name: [1, 2]})
    with pytest.raises(ValueError, match=f"Got '{name}' .* Did you mean 'svc__C'"):
        search.fit([[0], [1], [2], [3]] * 3, [0, 1] * 6)

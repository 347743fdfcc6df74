"""Are suggested spaces complete, printable, and is left alone what the user set?"""

from __future__ import annotations

import importlib.util
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.utils import all_estimators

import skbayes.presets
from skbayes import BayesSearchCV
from skbayes.presets import register, suggest_space
from skbayes.presets._tables import class_space
from skbayes.space import Integer, Real
from skbayes.space._parsing import parse_space
from tests.presets.corners import corners_of, with_params
from tests.presets.worth_tuning import EQUIVALENT, WORTH_TUNING

EFFORTS = ("quick", "normal", "wide")
NAMESPACE = vars(skbayes.presets) | {"Real": Real, "Integer": Integer}


def names_in(space):
    """All parameters of a suggested space."""
    dicts = [space] if isinstance(space, dict) else space
    return {name for one in dicts for name in one}


def known_classes():
    """Every class of scikit-learn that something is known of."""
    return [
        cls
        for name, cls in all_estimators()
        if class_space("sklearn", name) is not None
    ]


def instance(cls):
    """An estimator of a class, small where it holds others or trees."""
    meta = {
        "CalibratedClassifierCV": {"estimator": LogisticRegression()},
        "SelfTrainingClassifier": {"estimator": LogisticRegression()},
    }
    return cls(**meta.get(cls.__name__, {}))


def test_suggest_space_knows_seventy_classes_and_more():
    """The classes are classifiers, regressors, clusterers and transformers."""
    assert len(known_classes()) >= 70


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("cls", known_classes(), ids=lambda cls: cls.__name__)
def test_suggest_space_gives_spaces_that_print_as_code(cls, effort):
    """What is printed makes an equal space, of parameters that the class has."""
    if not class_space("sklearn", cls.__name__).dicts(effort)[0]:
        with pytest.raises(ValueError, match="nothing to tune"):
            suggest_space(instance(cls), effort=effort)
        return
    space = suggest_space(instance(cls), effort=effort)
    parse_space(space)
    assert names_in(space) <= set(instance(cls).get_params())
    try:
        again = eval(repr(space), dict(NAMESPACE))
    except NameError:  # a choice that is an estimator or a kernel
        return
    assert again == space


@pytest.mark.parametrize("name", sorted(WORTH_TUNING))
def test_suggest_space_has_all_parameters_worth_tuning(name):
    """All that others hold to be worth tuning is there with normal effort."""
    cls = dict(all_estimators())[name]
    found = names_in(suggest_space(instance(cls), effort="normal"))
    known = set(instance(cls).get_params())
    for parameter in WORTH_TUNING[name] & known:
        group = next((g for g in EQUIVALENT if parameter in g), {parameter})
        assert found & set(group), f"{parameter} is missing"


def test_suggest_space_is_wider_with_more_effort():
    quick, normal, wide = (
        names_in(suggest_space(SVC(), effort=effort)) for effort in EFFORTS
    )
    assert quick == {"C", "gamma"}
    assert quick < normal < wide


def test_suggest_space_goes_through_what_an_estimator_is_made_of():
    """Names are nested in pipelines, column transformers and ensembles."""
    columns = ColumnTransformer([("num", make_pipeline(SimpleImputer(), PCA()), [0])])
    vote = VotingClassifier([("svc", SVC()), ("lr", LogisticRegression())])
    names = names_in(suggest_space(make_pipeline(columns, vote), effort="quick"))
    assert {
        "columntransformer__num__simpleimputer__strategy",
        "columntransformer__num__pca__n_components",
        "votingclassifier__svc__C",
        "votingclassifier__lr__C",
    } <= names


def test_suggest_space_leaves_values_set_on_purpose_alone():
    """A parameter that is not at its default is not searched, and a note says so."""
    space = suggest_space(SVC(C=3.0))
    assert "C" not in names_in(space)
    assert "left as you set them: C" in repr(space)
    linear = names_in(suggest_space(SVC(kernel="linear")))
    assert linear == {"C"}  # nothing else does anything beside that kernel


def test_suggest_space_leaves_out_alternatives_at_odds_with_what_is_set():
    """With bootstrap set, only its alternative is suggested."""
    space = suggest_space(RandomForestClassifier(bootstrap=True, criterion="entropy"))
    assert "max_samples" in names_in(space) or isinstance(space, dict)
    forest = RandomForestClassifier(max_samples=0.5)
    assert "max_samples" not in names_in(suggest_space(forest))


def test_suggest_space_has_ranges_that_depend_on_the_data():
    """C of a logistic regression goes with 1/n, kernels with the number of features."""
    rng = np.random.default_rng(0)
    small, large = rng.normal(size=(50, 4)), rng.normal(size=(5000, 4))
    quartiles = [
        suggest_space(LogisticRegression(), X, X[:, 0] > 0, effort="quick")["C"]
        for X in (small, large)
    ]
    assert quartiles[0].quartiles[1] == pytest.approx(
        100 * quartiles[1].quartiles[1], rel=0.02
    )
    few, many = (
        suggest_space(SVC(), rng.normal(size=(50, p)), effort="quick")["gamma"]
        for p in (2, 200)
    )
    assert few.high > 20 * many.high


def test_suggest_space_sees_a_scaler_before_a_kernel():
    """Behind a scaler the variance of the raw features does not count."""
    X = np.random.default_rng(0).normal(size=(50, 4)) * 1000
    raw = suggest_space(SVC(), X, effort="quick")["gamma"]
    scaled = suggest_space(make_pipeline(StandardScaler(), SVC()), X, effort="quick")
    assert scaled["svc__gamma"].high > 1e5 * raw.high


def test_suggest_space_has_quartiles_within_a_range_of_small_data():
    """No three quarters of the candidates lie at the end of the range."""
    rng = np.random.default_rng(0)
    small, large = rng.normal(size=(150, 4)), rng.normal(size=(5000, 4))
    few, many = (
        suggest_space(HistGradientBoostingClassifier(), X, X[:, 0] > 0)
        for X in (small, large)
    )
    assert many["min_samples_leaf"].quartiles == (15, 24, 60)
    leaves = few["min_samples_leaf"]
    # A quarter of the winners lies below 15 on a log axis, none below 1.
    expected = 10 ** np.array([0.25, 0.5, 0.75])
    np.testing.assert_allclose(leaves.quartiles, expected, rtol=1e-2)
    assert leaves.high == 10


def test_suggest_space_for_networks_of_few_samples_holds_nothing_out():
    """An epoch is a step or few, and a tenth of the samples says nothing."""
    rng = np.random.default_rng(0)
    spaces = [
        suggest_space(MLPClassifier(), X, X[:, 0] > 0)
        for X in (rng.normal(size=(150, 4)), rng.normal(size=(2500, 4)))
    ]
    assert [space["early_stopping"] for space in spaces] == [[False], [True]]
    few, many = (space["learning_rate_init"].quartiles for space in spaces)
    np.testing.assert_allclose(few, np.multiply(many, 10))
    tiny = suggest_space(MLPClassifier(), X := rng.normal(size=(40, 4)), X[:, 0] > 0)
    assert tiny["batch_size"] == ["auto", 32]


def test_suggest_space_for_kernels_of_products_has_ranges_that_end():
    """A polynomial of large numbers would take hours; with C large, minutes."""
    X = np.random.default_rng(0).normal(size=(200, 4))
    by_kernel = {one["kernel"][0]: one for one in suggest_space(SVR(), X, X[:, 0])}
    assert set(by_kernel) == {"rbf", "poly", "linear"}
    assert by_kernel["poly"]["gamma"].high <= 1.1 / 4
    assert by_kernel["linear"]["C"].high < by_kernel["rbf"]["C"].high / 50
    unscaled = suggest_space(SVR(), 1000 * X, X[:, 0])
    assert unscaled["kernel"] == ["rbf"]


def test_suggest_space_for_a_kernel_without_an_alternative():
    """None of the dicts is for it."""
    assert names_in(suggest_space(SVC(kernel="sigmoid"))) == {"C", "gamma"}


def test_suggest_space_has_first_points_in_the_unit_of_the_target():
    """A penalty of .0044 is one of standardised targets."""
    X = np.random.default_rng(0).normal(size=(60, 4))
    y = 1000 * X[:, 0]
    search = BayesSearchCV(ElasticNet(), "auto", n_iter=3, cv=2, random_state=0)
    search.fit(X, y)
    alphas = [params["alpha"] for params in search.cv_results_["params"]]
    assert min(abs(alpha / (0.0044 * y.std()) - 1) for alpha in alphas) < 0.1


class Unknown(ClassifierMixin, BaseEstimator):
    """A classifier that nothing is known of."""

    def __init__(self, a=1):
        self.a = a


def test_suggest_space_says_how_to_register_an_unknown_estimator():
    """A pipeline's last step is told, too; unknown transformers are left alone."""
    with pytest.raises(ValueError, match=r"presets.register\(Unknown, space="):
        suggest_space(make_pipeline(StandardScaler(), Unknown()))
    pipe = make_pipeline(FunctionTransformer(), Ridge())
    assert "ridge__alpha" in names_in(suggest_space(pipe))


def test_suggest_space_with_nothing_to_tune_is_an_error():
    """The estimator has no hyperparameters, or all of them are set."""
    with pytest.raises(ValueError, match="LinearRegression has nothing to tune"):
        suggest_space(LinearRegression())


@pytest.mark.parametrize(
    ("estimator", "effort", "error", "match"),
    [
        (SVC(), "much", ValueError, "'quick', 'normal' or 'wide'. Got 'much'"),
        (SVC, "normal", TypeError, "must be an estimator instance"),
        (3, "normal", TypeError, "must be an estimator instance"),
    ],
)
def test_suggest_space_refuses_bad_input(estimator, effort, error, match):
    """What is no estimator or no effort is refused."""
    with pytest.raises(error, match=match):
        suggest_space(estimator, effort=effort)


@pytest.mark.skipif(not importlib.util.find_spec("lightgbm"), reason="no lightgbm")
def test_suggest_space_refuses_another_version_of_a_package(monkeypatch):
    """A table for one version is not used for another."""
    import lightgbm

    monkeypatch.setattr(lightgbm, "__version__", "2.3.1")
    with pytest.raises(ValueError, match=r"lightgbm>=4,<5, but 2.3.1 is installed"):
        suggest_space(lightgbm.LGBMClassifier())


class Registered(ClassifierMixin, BaseEstimator):
    """A classifier that only the tests register."""

    def __init__(self, kind="a", depth=1):
        self.kind = kind
        self.depth = depth


def test_suggest_space_gives_registered_spaces():
    register(Registered, space={"kind": ["a", "b"], "depth": (1, 9, "uniform")})
    assert suggest_space(Registered()) == {
        "kind": ["a", "b"],
        "depth": (1, 9, "uniform"),
    }
    assert suggest_space(Registered(kind="b")) == {"depth": (1, 9, "uniform")}


def small_problem(name):
    """Few rows of what a class takes."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 6))
    y = X @ np.array([2.0, -1.0, 0.5, 0, 0, 0]) + 0.3 * rng.normal(size=90)
    return X, y, (y > 0).astype(int)


QUICK = {"n_estimators": 4, "max_iter": 5}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "ExtraTreesRegressor",
        "GradientBoostingClassifier",
        "HistGradientBoostingClassifier",
        "KNeighborsClassifier",
        "LogisticRegression",
        "RandomForestClassifier",
        "Ridge",
        "SVC",
        "SVR",
        "DecisionTreeClassifier",
        "ElasticNet",
        "LinearDiscriminantAnalysis",
        "LinearSVC",
        "MLPClassifier",
        "PCA",
        "SGDClassifier",
    ],
)
def test_suggest_space_gives_spaces_that_are_fitted_at_their_corners(name):
    """No corner fails or warns on a small problem."""
    cls = dict(all_estimators())[name]
    X, y, labels = small_problem(name)
    estimator = instance(cls)
    is_regressor = getattr(estimator, "_estimator_type", "") == "regressor" or (
        name.endswith(("Regressor", "SVR", "Ridge", "Net"))
    )
    target = y if is_regressor else labels
    if name.startswith(("Random", "Extra", "Gradient")):
        estimator.set_params(n_estimators=4)
    space = suggest_space(estimator, X, target, effort="wide")
    for params in corners_of(estimator, space):
        if name.startswith("Hist"):
            params = params | {"max_iter": 5}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with_params(estimator, params).fit(X, target)

"""Smaller models of XGBoost, LightGBM and CatBoost, cut out of larger ones."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes import BayesSearchCV, GridSearchCV
from skbayes._evaluation.sharing.content import n_bytes
from skbayes._evaluation.sharing.path_rules import PATH_PARAMETERS, RULES, rule_of
from tests._evaluation.sharing.folds import X, check_equal, y

SIZES = [2, 5, 9]
PACKAGES = {"XGB": "xgboost", "LGBM": "lightgbm", "CatBoost": "catboost"}
QUIET = {
    "XGB": {"n_jobs": 1, "max_depth": 3},
    "LGBM": {"n_jobs": 1, "verbose": -1, "min_child_samples": 5},
    "CatBoost": {
        "thread_count": 1,
        "verbose": 0,
        "allow_writing_files": False,
        "depth": 3,
    },
}
CASES = [
    ("XGB", {}),
    ("XGB", {"subsample": 0.7, "colsample_bytree": 0.5, "num_parallel_tree": 2}),
    ("XGB", {"tree_method": "exact", "random_state": 3}),
    ("LGBM", {}),
    ("LGBM", {"subsample": 0.7, "subsample_freq": 1, "colsample_bytree": 0.5}),
    ("LGBM", {"boosting_type": "goss", "random_state": 1}),
    ("LGBM", {"boosting_type": "rf", "subsample": 0.7, "subsample_freq": 1}),
    ("CatBoost", {"learning_rate": 0.2}),
    ("CatBoost", {"learning_rate": 0.1, "boosting_type": "Ordered", "rsm": 0.5}),
]
REFUSED = [
    ("XGB", {"booster": "dart"}),
    ("XGB", {"booster": "gblinear"}),
    ("XGB", {"early_stopping_rounds": 5}),
    ("XGB", {"random_state": np.random.RandomState(0)}),
    ("LGBM", {"boosting_type": "dart"}),
    ("LGBM", {"boosting": "dart"}),
    ("LGBM", {"early_stopping_round": 5}),
    ("CatBoost", {}),
    ("CatBoost", {"learning_rate": 0.1, "model_shrink_rate": 0.1}),
    ("CatBoost", {"learning_rate": 0.1, "langevin": True}),
]


def booster(prefix, kind="Classifier", **params):
    """A model of one of the libraries, if it is installed."""
    module = pytest.importorskip(PACKAGES[prefix])
    return getattr(module, prefix + kind)(**QUIET[prefix], **params)


def state_of(model):
    """What a fit has set."""
    own = model.get_params(deep=False)
    return {k: v for k, v in vars(model).items() if k not in own}


@pytest.mark.parametrize("kind", ["Classifier", "Regressor"])
@pytest.mark.parametrize(("prefix", "params"), CASES)
def test_a_cut_model_is_a_fitted_one(prefix, params, kind):
    """Responses and what the model tells of itself are equal; the larger one stays."""
    model = booster(prefix, kind, **params)
    rule = rule_of(model)
    is_classifier = kind == "Classifier"
    Xs, ys = (
        make_classification(150, 8, n_informative=5, n_classes=3, random_state=0)
        if is_classifier
        else make_regression(150, 8, noise=20.0, random_state=0)
    )
    assert rule.is_exact(model, len(Xs))
    large = clone(model).set_params(n_estimators=max(SIZES)).fit(Xs, ys)
    before = large.predict(Xs)
    for size in SIZES:
        small = clone(model).set_params(n_estimators=size)
        cut = clone(small)
        cut.__dict__.update(rule.cut(state_of(large), size))
        small.fit(Xs, ys)
        for one in (cut, pickle.loads(pickle.dumps(cut))):
            assert np.array_equal(one.predict(Xs), small.predict(Xs))
            if is_classifier:
                assert np.array_equal(one.predict_proba(Xs), small.predict_proba(Xs))
                assert np.array_equal(one.classes_, small.classes_)
        np.testing.assert_allclose(
            cut.feature_importances_, small.feature_importances_, rtol=1e-12
        )
        assert repr(cut.get_params()) == repr(small.get_params())  # NaN among them
    assert np.array_equal(large.predict(Xs), before)
    assert n_bytes(state_of(large)) > 2_000


@pytest.mark.parametrize(("prefix", "params"), REFUSED)
def test_what_changes_old_trees_is_fitted_as_ever(prefix, params):
    """So is what depends on the number of trees, or stops by something else."""
    model = booster(prefix, **params)
    assert not rule_of(model).is_exact(model, 100)


@pytest.mark.parametrize("prefix", PACKAGES)
def test_a_path_changes_no_bit_of_a_search(prefix):
    """Scores and predictions are those of plain fits, also behind a scaler."""
    model = booster(prefix, learning_rate=0.2)
    store = check_equal(model, {"n_estimators": SIZES})
    assert store.is_verified(((), "path"))
    step = type(model).__name__.lower()
    pipeline = make_pipeline(StandardScaler(), model)
    check_equal(pipeline, {f"{step}__n_estimators": SIZES})


def test_all_names_of_a_parameter_are_known():
    """CatBoost has four names for the number of trees."""
    assert {"iterations", "num_trees", "num_boost_round"} <= PATH_PARAMETERS
    model = booster("CatBoost", learning_rate=0.2)
    assert check_equal(model, {"iterations": SIZES}).is_verified(((), "path"))
    assert rule_of(model).as_searched(lambda name: False) is None


def test_the_libraries_have_rules():
    """Each library has a classifier and a regressor, and no more than that."""
    found = [name for name in RULES if not name.startswith("sklearn.")]
    kinds = ("Classifier", "Regressor")
    expected = {prefix + kind for prefix in PACKAGES for kind in kinds}
    assert {name.rpartition(".")[2] for name in found} == expected


@pytest.mark.parametrize("prefix", PACKAGES)
def test_bayes_search_finds_the_number_of_trees(prefix):
    """The number is not modelled, and the candidate's score is that of its number."""
    space = {
        "n_estimators": (2, 40, "log-uniform"),
        "learning_rate": (0.05, 0.9, "log-uniform"),
    }
    model = booster(prefix)
    settings = {"n_iter": 4, "cv": 2, "random_state": 0, "refit": False}
    search = BayesSearchCV(model, space, **settings).fit(X, y)
    assert [c.name for c in search.optimizer_.space.columns] == ["learning_rate"]
    trial = max(search.trials_, key=lambda trial: trial.scores().mean())
    grid = {name: [value] for name, value in trial.params.items()}
    plain = GridSearchCV(model, grid, cv=2, share_fits=False, refit=False).fit(X, y)
    assert np.array_equal(trial.scores(), plain.trials_[0].scores())


@pytest.mark.parametrize(
    ("prefix", "name", "values"),
    [
        ("XGB", "booster", ["gbtree", "dart"]),
        ("LGBM", "boosting_type", ["gbdt", "dart"]),
        ("LGBM", "boosting", ["gbdt", "dart"]),
        ("CatBoost", "learning_rate", [None, 0.1, 0.2]),
    ],
)
def test_the_number_is_modelled_where_it_decides_old_trees(prefix, name, values):
    """With the other parameter a larger fit may not hold the smaller."""
    space = {"n_estimators": (2, 9, "uniform"), name: values}
    settings = {"n_iter": 2, "cv": 2, "random_state": 0, "refit": False}
    search = BayesSearchCV(booster(prefix), space, **settings).fit(X, y)
    assert {c.name for c in search.optimizer_.space.columns} == {"n_estimators", name}

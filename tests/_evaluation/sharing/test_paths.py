"""One fit at the largest size holds all smaller models, to the last bit."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import AdaBoostClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbayes._evaluation.sharing.hooks import SharedFold
from skbayes._evaluation.sharing.path_rules import rule_of
from skbayes._evaluation.sharing.session import Session
from skbayes._evaluation.sharing.store import Store
from tests._evaluation.sharing.folds import check_equal, n_fits, run
from tests._evaluation.sharing.test_path_rules import CASES, SIZES, data_for

GROWING = [name for name, one in CASES.items() if rule_of(one).continues is not None]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", GROWING)
def test_path_fit_that_goes_on_is_the_longer_fit(name, n_classes):
    """Sizes that grow cost what the last one costs, and no response differs."""
    estimator = CASES[name]
    rule = rule_of(estimator)
    X, y = data_for(estimator, n_classes)
    parameter = rule.parameter
    store = Store(2**20)
    models = {}
    for fold in (0, 1, 2):
        for size in SIZES:
            model = clone(estimator).set_params(**{parameter: size})
            work = SharedFold("search", fold, {parameter: ("int", size)}, 2**20, 0)
            session = Session(work, store)
            session.begin(model)
            models[fold, size] = model.fit(X, y)
            session.end()
    assert store.is_verified(((), "longer path")) is rule.continues(estimator, len(X))
    for (_, size), model in models.items():
        plain = clone(estimator).set_params(**{parameter: size}).fit(X, y)
        assert model.get_params() == plain.get_params()
        for method in ("predict", "predict_proba", "decision_function"):
            if hasattr(plain, method):
                a, b = (getattr(one, method)(X) for one in (plain, model))
                np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "name",
    ["forest", "boosting", "adaboost", "hist", "isolation forest", "neighbours"],
)
def test_path_fit_changes_no_bit_of_a_search(name):
    """Scores and predictions are those of plain fits, also behind a scaler."""
    estimator = CASES[name]
    parameter = rule_of(estimator).parameter
    store = check_equal(estimator, {parameter: SIZES})
    assert store.is_verified(((), "path"))
    step = type(estimator).__name__.lower()
    pipeline = make_pipeline(StandardScaler(), estimator)
    check_equal(pipeline, {f"{step}__{parameter}": SIZES})


@pytest.mark.parametrize("size", [0, -1])
@pytest.mark.parametrize("name", ["forest", "boosting", "adaboost", "hist", "bagging"])
def test_path_fit_cuts_out_no_size_that_a_fit_does_not_accept(name, size):
    """The fit fails as a plain one, though larger models are there and proved."""
    estimator = CASES[name]
    parameter = rule_of(estimator).parameter
    with pytest.raises(ValueError, match=f"'{parameter}' parameter .* Got {size}"):
        run(estimator, {parameter: [*SIZES, size]}, shares=True)


def test_path_fit_of_neighbours_shares_no_other_index():
    """Two sizes that would build different indices do not share a fit."""
    check_equal(KNeighborsClassifier(), {"n_neighbors": [3, 29, 31, 50]})


def test_path_fit_fits_members_for_the_largest_size_only():
    """Three sizes cost one fit a fold, and one to prove that cutting is exact."""
    member, fits = n_fits(DecisionTreeClassifier(max_depth=1))
    ensemble = AdaBoostClassifier(member, random_state=0, learning_rate=0.1)
    run(ensemble, {"n_estimators": SIZES}, shares=True)
    shared = len(fits)
    fits.clear()
    run(ensemble, {"n_estimators": SIZES}, shares=False)
    assert shared <= 2 * max(SIZES) + max(SIZES) < len(fits) == 2 * sum(SIZES)

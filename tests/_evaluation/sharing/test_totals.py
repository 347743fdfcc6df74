"""Predictions along a path add to those of smaller models, to the last bit."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier

from skbayes._evaluation.sharing import totals
from skbayes._evaluation.sharing.hooks import Hooks, SharedFold
from skbayes._evaluation.sharing.store import Store
from skbayes._evaluation.sharing.totals import HIST_TOTAL, Total, go_on_from_smaller

X, y = make_classification(
    150, 8, n_informative=5, n_classes=3, flip_y=0.2, random_state=0
)
MODEL = HistGradientBoostingClassifier(random_state=0)
SIZES = [2, 5, 9]
PART = ((), "total")


def fitted(size):
    """A model of some size."""
    return clone(MODEL).set_params(max_iter=size).fit(X, y)


def session_of(store):
    """A session in which X has a tag."""
    session = Hooks(SharedFold("search", 0, {}, 2**20, 0), store)
    session.tag(X, "scored test")
    return session


@pytest.fixture
def went_on(monkeypatch):
    """The sizes from which predictions went on."""
    found = []

    def noted(known, model, total):
        found.append(known.size)
        return plain(known, model, total)

    plain = totals._from
    monkeypatch.setattr(totals, "_from", noted)
    return found


def predict_each(sizes, store, total=HIST_TOTAL):
    """Probabilities of models of some sizes, one after the other."""
    found = []
    for size in sizes:
        session, model = session_of(store), fitted(size)
        go_on_from_smaller(session, model, total, PART, ("key",), size)
        found.append(model.predict_proba(X))
        session.end()
        assert total.method not in vars(model)
    return found


def test_total_goes_on_from_the_one_before(went_on):
    """The members of the smaller models are not asked again, and no bit differs."""
    store = Store(2**20)
    for size, found in zip(SIZES, predict_each(SIZES, store), strict=True):
        np.testing.assert_array_equal(found, fitted(size).predict_proba(X))
    assert went_on == [2, 5]
    assert store.is_verified(PART)


def test_total_of_a_smaller_model_begins_anew(went_on):
    """A total does not tell what its members have added."""
    found = predict_each([9, 5, 2], Store(2**20))
    assert went_on == []
    np.testing.assert_array_equal(found[2], fitted(2).predict_proba(X))


def test_total_is_not_changed_by_what_is_written_into_a_prediction():
    """A scorer may change the predictions that it gets."""
    store = Store(2**20)
    session, model = session_of(store), fitted(2)
    go_on_from_smaller(session, model, HIST_TOTAL, PART, ("key",), 2)
    getattr(model, HIST_TOTAL.method)(X)[:] = 1e6
    (found,) = predict_each([5], store)
    np.testing.assert_array_equal(found, fitted(5).predict_proba(X))


def test_total_that_goes_on_otherwise_is_found_out(went_on):
    """Every model then adds up all its members."""

    def wrong(state, size, total):
        return HIST_TOTAL.after(state, size, total + 1e-6)

    store = Store(2**20)
    total = Total(HIST_TOTAL.method, wrong)
    for size, found in zip(SIZES, predict_each(SIZES, store, total), strict=True):
        np.testing.assert_array_equal(found, fitted(size).predict_proba(X))
    assert went_on == [2]
    assert not store.is_worthwhile(PART)


def test_total_is_not_used_for_other_samples(went_on):
    """What has no tag may be anything, such as some rows that a scorer has chosen."""
    store = Store(2**20)
    for size in SIZES:
        session, model = session_of(store), fitted(size)
        go_on_from_smaller(session, model, HIST_TOTAL, PART, ("key",), size)
        np.testing.assert_array_equal(
            model.predict_proba(X[:9]), fitted(size).predict_proba(X[:9])
        )
    assert went_on == []

"""Is the work of a fold hooked for the block, and the estimator as before after it?"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes._evaluation.sharing.hooks import SharedFold
from skbayes._evaluation.sharing.session import shared_fits
from skbayes._evaluation.sharing.store import STORES
from tests._evaluation.sharing.folds import X, y


@pytest.fixture
def work():
    """The work of a fold of a candidate with five members."""
    tokens = {"n_estimators": ("int", 5)}
    yield SharedFold("session test", 0, tokens, 2**20, os.getpid())
    STORES.release("session test")


def test_shared_fits_of_nothing_has_no_session():
    """The search shares no work."""
    with shared_fits(None) as session:
        assert session is None


def is_hooked(estimator):
    """Whether one of its methods is not that of the class."""
    parts = [estimator, *(step for _, step in getattr(estimator, "steps", ()))]
    return any({"fit", "transform", "fit_transform"} & vars(p).keys() for p in parts)


def test_begin_hooks_until_the_end_of_the_block(work):
    """The fit of the whole is hooked once, and fits as ever."""
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    with shared_fits(work) as session:
        session.begin(pipeline)
        assert "fit" in vars(pipeline)
        pipeline.fit(X, y)
        assert "fit" not in vars(pipeline)
    assert not is_hooked(pipeline)
    plain = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    found, expected = (one.decision_function(X) for one in (pipeline, plain))
    np.testing.assert_array_equal(found, expected)


def test_shared_fits_removes_hooks_after_an_error(work):
    """Hooks are removed, too, if the estimator was never fitted."""
    forest = RandomForestClassifier(random_state=0)
    with pytest.raises(ValueError, match="in the block"):
        fail_within(work, forest)
    assert not is_hooked(forest)


def fail_within(work, estimator):
    """Begin a session, and raise before the fit."""
    with shared_fits(work) as session:
        session.begin(estimator)
        raise ValueError("in the block")


def test_begin_tags_the_training_part_and_its_targets(work):
    """The tag is the one that the session has when the estimator is fitted."""
    for tag in ("train", "a part of it"):
        with shared_fits(work) as session:
            forest = RandomForestClassifier(3, random_state=0)
            session.begin(forest)
            session.training_tag = tag
            forest.fit(X, y)
            assert session.tag_of(X) == tag
            assert session.tag_of(y) == (tag, "targets")


@pytest.mark.parametrize("is_step", [True, False])
def test_begin_shares_a_fit_of_the_same_size(work, is_step):
    """The third candidate has the trees that were fitted for another one."""
    name = "randomforestclassifier__n_estimators" if is_step else "n_estimators"
    own = replace(work, tokens={name: ("int", 5)})
    forests = []
    for _ in range(3):
        forest = RandomForestClassifier(5, random_state=0)
        whole = make_pipeline(StandardScaler(), forest) if is_step else forest
        with shared_fits(own) as session:
            session.begin(whole)
            whole.fit(X, y)
        assert not is_hooked(whole)
        forests.append(forest)
    trees = [id(forest.estimators_[0]) for forest in forests]
    assert trees[2] in trees[:2]
    np.testing.assert_array_equal(
        forests[0].feature_importances_, forests[2].feature_importances_
    )


def test_begin_leaves_another_hook_on_the_last_step(work):
    """Early stopping replaces the fit of a booster: there is no path then."""
    forest = RandomForestClassifier(5, random_state=0)
    pipeline = make_pipeline(StandardScaler(), forest)
    seen = []

    def fit(X, y):
        seen.append(type(X))
        return RandomForestClassifier.fit(forest, X, y)

    forest.__dict__["fit"] = fit
    tokens = {"randomforestclassifier__n_estimators": ("int", 5)}
    own = SharedFold(work.search, 0, tokens, 2**20, os.getpid())
    with shared_fits(own) as session:
        session.begin(pipeline)
        pipeline.fit(X, y)
    assert len(seen) == 1
    assert forest.__dict__["fit"] is fit


def test_begin_takes_an_estimator_without_targets(work):
    """Unsupervised learning has no targets."""
    scaler = StandardScaler()
    with shared_fits(work) as session:
        session.begin(scaler)
        scaler.fit(X)
    np.testing.assert_array_equal(scaler.mean_, X.mean(axis=0))

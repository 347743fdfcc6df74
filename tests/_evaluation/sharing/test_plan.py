"""What identifies the work of a fold, and which order shares most of it."""

from __future__ import annotations

import os

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes._evaluation.sharing.plan import SharingPlan, may_share
from skbayes._evaluation.sharing.store import STORES
from tests._evaluation.sharing.test_path_rules import CASES, SIZES


@pytest.mark.parametrize("kind", [int, np.int64])
def test_group_puts_the_largest_size_first(kind):
    """Sizes of an array are numbers of members like those of a list."""
    plan = SharingPlan(CASES["forest"])
    candidates = [{"n_estimators": kind(size)} for size in SIZES]
    groups = [plan.group(params) for params in candidates]
    assert sorted(groups) == groups[::-1]
    assert all(plan.is_on_path(params) for params in candidates)


PIPELINE = make_pipeline(StandardScaler(), PCA(), RandomForestClassifier())
STEP = "randomforestclassifier"


def test_tokens_tell_types_apart_and_know_objects_by_identity():
    """Equal plain values have equal tokens; an object has one number."""
    plan = SharingPlan(PIPELINE)
    plain = [1, 1.0, True, "1", b"1", None]
    tokens = plan.tokens(dict(enumerate(plain)))
    assert len(set(tokens.values())) == len(plain)
    one, other = StandardScaler(), StandardScaler()
    found = plan.tokens({"a": one, "b": other, "c": one})
    assert found["a"] == found["c"] != found["b"]
    assert plan.tokens({"a": one}) == {"a": found["a"]}


def test_group_of_a_pipeline_has_head_path_and_size():
    """The group has parameters of the steps before the last, then of the last."""
    plan = SharingPlan(PIPELINE)
    size, depth = f"{STEP}__n_estimators", f"{STEP}__max_depth"
    head, path, minus_size = plan.group(
        {size: 7, depth: 2, "standardscaler__with_mean": False}
    )
    assert head == (("standardscaler__with_mean", ("bool", False)),)
    assert path == (head, ((depth, ("int", 2)),))
    assert minus_size == -7.0
    # A size that no fit accepts is a parameter like others.
    assert plan.group({size: 0})[1:] == (((), ((size, ("int", 0)),)), -0.0)
    # The last step itself belongs to it; without a pipeline there is no head.
    assert plan.group({STEP: None})[0] == ()
    assert SharingPlan(CASES["forest"]).group({"max_depth": 2})[0] == ()


def test_is_on_path_of_the_last_step_only():
    """The size has to be one that a fit accepts."""
    plan = SharingPlan(PIPELINE)
    assert plan.is_on_path({f"{STEP}__n_estimators": 7})
    for params in ({"n_estimators": 7}, {f"{STEP}__n_estimators": 0.5}, {}):
        assert not plan.is_on_path(params)


def test_fold_is_of_one_search():
    """Two plans at once share nothing."""
    one, other = (SharingPlan(PIPELINE, limit=99) for _ in range(2))
    work = one.fold({"a": 1}, 3)
    assert (work.fold, work.limit, work.driver) == (3, 99, os.getpid())
    assert work.tokens == {"a": ("int", 1)}
    assert work.search != other.fold({"a": 1}, 3).search


def test_release_drops_the_work_of_its_search():
    """The work of other searches is left."""
    one, other = (SharingPlan(PIPELINE) for _ in range(2))
    for plan in (one, other):
        with STORES.use(plan.fold({}, 0).search, 99, os.getpid()):
            pass
    one.release()
    assert one.fold({}, 0).search not in STORES.searches()
    assert other.fold({}, 0).search in STORES.searches()
    other.release()


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (PIPELINE, True),
        (make_pipeline(StandardScaler(), memory="folder"), False),
        (RandomForestClassifier(), True),
        (StandardScaler(), False),
    ],
    ids=repr,
)
def test_may_share_is_judged_by_classes(estimator, expected):
    """A pipeline with a memory of its own shares its work itself."""
    assert may_share(estimator) is expected

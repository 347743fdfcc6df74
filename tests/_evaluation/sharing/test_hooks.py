"""Are inputs known by their tags, and hooks removed from the estimator?"""

from __future__ import annotations

import weakref

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from skbayes._evaluation.sharing.hooks import Hooks, SharedFold
from skbayes._evaluation.sharing.store import Store


@pytest.fixture
def hooks():
    """The hooks of one fold."""
    return Hooks(SharedFold("search", 0, {}, 1000, 0), Store(1000))


def test_tag_of_is_that_of_the_object_itself(hooks):
    """An equal object has no tag; None always has one."""
    X = np.arange(3)
    hooks.tag(X, "train")
    hooks.tag(None, "never")
    assert hooks.tag_of(X) == "train"
    assert hooks.tag_of(X.copy()) is None
    assert hooks.tag_of(None) == "none"
    hooks.tag(X, "other")
    assert hooks.tag_of(X) == "other"


def test_tag_keeps_objects_alive(hooks):
    """No other object can get the id of one that has a tag."""
    for _ in range(100):
        hooks.tag(np.empty(10), "gone")
        assert hooks.tag_of(np.empty(10)) is None


def test_end_lets_go_of_what_has_a_tag(hooks):
    """The data of a fold are not kept longer than the fold."""
    X = np.empty(10)
    alive = weakref.ref(X)
    hooks.tag(X, "train")
    del X
    assert alive() is not None
    hooks.end()
    assert alive() is None


def test_hook_stands_before_the_method_of_one_instance(hooks):
    """The hook stays until the end; the class and other instances are not touched."""
    part, other = StandardScaler(), StandardScaler()
    own = StandardScaler.fit
    hooks.hook(part, "fit", lambda X: "hooked")
    hooks.hook(part, "transform", lambda X: "hooked too")
    assert part.fit(None) == "hooked"
    assert StandardScaler.fit is own
    assert "fit" not in vars(other)
    del part.__dict__["transform"]  # a hook may remove itself
    X = np.arange(3)
    hooks.tag(X, "train")
    hooks.end()
    assert part.fit.__func__ is own
    assert hooks.tag_of(X) is None


def test_note_scored_tags_the_held_out_part_first(hooks):
    """The training part comes next, also if both are scored often."""
    parts = [np.arange(k) for k in range(3)]
    for part in parts:
        hooks.note_scored(part)
    assert [hooks.tag_of(part) for part in parts] == [
        "scored test",
        "scored train",
        "scored train",
    ]

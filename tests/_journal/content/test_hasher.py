"""Is every value read down to numbers and text, once, or refused with a reason?"""

from __future__ import annotations

import copy
import functools
import threading

import numpy as np
import pytest

from skbayes._journal.content.content_digest import content_digest


class Plain:
    """An object without any protocol."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    @functools.cached_property
    def cached(self):
        """Something computed on the way."""
        return 1


def the_same_twice(make):
    """Digests of two objects made alike."""
    return content_digest(make()), content_digest(make())


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (np.float64(0.5), 0.5),
        (np.int32(3), 3),
        (np.str_("a"), "a"),
        (np.bool_(True), True),
    ],
)
def test_hasher_takes_scalars_of_numpy_for_those_of_python(given, plain):
    """The parameters of a candidate are compared so, too."""
    assert content_digest(Plain(a=given)) == content_digest(Plain(a=plain))
    assert content_digest([given, ()]) == content_digest([plain, ()])


def test_hasher_leaves_out_caches():
    """A value that an object has computed on the way is no part of it."""
    thing = Plain(a=1)
    before = content_digest(thing)
    assert thing.cached == 1
    assert "cached" in vars(thing)
    assert content_digest(thing) == before


def test_hasher_comes_to_an_end_in_circles():
    """Objects contain themselves, and differ in what else they contain."""

    def circle(value):
        items = [value]
        items.append({"me": items})
        return items

    first, second = the_same_twice(lambda: circle(1))
    assert first == second != content_digest(circle(2))


@pytest.mark.parametrize("value", [threading.Lock(), (i for i in "ab")])
def test_hasher_refuses_what_has_no_content(value):
    """The message names the journal and the type."""
    with pytest.raises(TypeError, match="`journal` parameter needs .*(lock|generator)"):
        content_digest({"x": [value]})


def test_hasher_refuses_what_is_nested_too_deeply():
    """Pickle refuses it, too."""
    nested = []
    for _ in range(10_000):
        nested = [nested]
    with pytest.raises(TypeError, match="`journal` parameter.* nested too deeply"):
        content_digest(nested)


def test_hasher_reads_shared_parts_once():
    """A chain of pairs of the same object has more ways than could be gone."""
    chain = Plain(a=1)
    for _ in range(40):
        chain = Plain(left=chain, right=chain)
    assert content_digest(chain) == content_digest(copy.deepcopy(chain))

"""Is every value read down to numbers and text, once, or refused with a reason?"""

from __future__ import annotations

import copy
import functools
import threading

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.svm import SVC

from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.written_code import digest


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


STEPS = """
    import numpy as np
    def g(x): return x + 1
    def h(x): return x * 2
    STEPS = {"a": g, "b": h}
    COLUMNS = {"a": (np.log, 1), "b": (np.exp, 2)}
    def f(x):
        for step in STEPS.values():
            x = step(x)
        return [function(x) for function, _ in COLUMNS.values()]
"""


@pytest.mark.parametrize(
    "swap",
    [
        ('{"a": g, "b": h}', '{"b": h, "a": g}'),
        (
            '{"a": (np.log, 1), "b": (np.exp, 2)}',
            '{"b": (np.exp, 2), "a": (np.log, 1)}',
        ),
    ],
)
def test_hasher_counts_the_order_of_steps(swap):
    """Code may take the functions of a dict one after the other."""
    assert STEPS.replace(*swap) != STEPS
    assert digest(STEPS) == digest(STEPS) != digest(STEPS.replace(*swap))


def test_hasher_counts_the_order_of_estimators_and_of_no_arguments():
    """A dict of numbers or of arguments is the same in any order."""
    steps = {"a": SVC(), "b": Ridge()}
    turned = dict(reversed(steps.items()))
    assert content_digest([steps]) != content_digest([turned])
    for one in ({"a": 1, "b": 2}, {"a": [SVC()], "b": [len]}):
        other = dict(reversed(one.items()))
        assert content_digest([one]) == content_digest([other])
    given = [functools.partial(len, a=len, b=abs), functools.partial(len, b=abs, a=len)]
    assert content_digest(given[0]) == content_digest(given[1])


@pytest.mark.parametrize("kind", [list, tuple])
def test_hasher_takes_scalars_of_numpy_in_lists_for_those_of_python(kind):
    """As it does where they stand alone."""
    given = kind([np.int64(3), 4.0, np.str_("a")])
    assert content_digest(given) == content_digest(kind([3, 4.0, "a"]))

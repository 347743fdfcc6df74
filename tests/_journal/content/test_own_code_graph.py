"""Functions that refer to each other have one digest, wherever reading begins."""

from __future__ import annotations

import pytest

from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.written_code import CLASS, FUNCTION, NESTED, digest, made

LOGGED = """
    import logging
    LOG = logging.getLogger(__name__)
    def f(x):
        LOG.info(x)
"""


def test_code_of_a_function_is_the_same_wherever_it_stands():
    """The function may be in a script, a notebook or a module of any name."""
    for source in (FUNCTION, CLASS, NESTED, LOGGED):
        one = made(source, __name__="__main__").f
        other = made("\n\n" + source, __name__="anywhere", __file__="x.py").f
        assert content_digest(one) == content_digest(other)


@pytest.mark.parametrize("n", [2, 30])
def test_code_of_functions_that_all_call_each_other_takes_little_time(n):
    """The ways through them are too many to follow each."""
    names = [f"g{i}" for i in range(n)]
    calls = " + ".join(f"{name}(x)" for name in names)
    source = "\n".join(
        f"def {name}(x):\n    return {calls} + {i}" for i, name in enumerate(names)
    )
    source += f"\nf = {names[0]}"
    before = digest(source)
    for i in (0, n - 1):
        assert digest(source.replace(f" + {i}\n", f" + {i + 100}\n", 1)) != before
    assert digest(source) == before


def test_code_of_finds_an_edit_far_down():
    """The way from what is called first may have any length."""
    source = "\n".join(f"def g{i}(x):\n    return g{i + 1}(x)" for i in range(60))
    source += "\ndef g60(x):\n    return {}\nf = g0"
    assert digest(source.format(1)) != digest(source.format(2))


def test_code_of_tells_functions_of_one_name_apart():
    """Two lambdas change places, and so do two closures that differ far inside."""
    source = """
        def factory(g):
            return lambda x: g(x)
        def one(x):
            return 1
        def two(x):
            return 2
        PAIR = factory({}), factory({})
        def f(x):
            return PAIR
    """
    assert digest(source.format("one", "two")) != digest(source.format("two", "one"))
    swapped = "f = [lambda x: x + {}, lambda x: x + {}]"
    assert digest(swapped.format(1, 2)) != digest(swapped.format(2, 1))


def test_code_of_sets_of_functions_has_no_order():
    """A set is the same however its hash table lies."""
    source = "def a(x): return {}\ndef b(x): return {}\nf = {{a, b}}"
    assert digest(source.format(1, 2)) == digest(source.format(1, 2))
    assert digest(source.format(1, 2)) != digest(source.format(1, 3))

"""What a code object looks up, imports and writes to."""

from __future__ import annotations

import types

import pytest

from skbayes._journal.content.bytecode import facts_of


def code_of(body, header="def f(self, x):"):
    """The code of a function with this body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    module = compile(f"{header}\n{lines}", "made", "exec", dont_inherit=True)
    return next(c for c in module.co_consts if isinstance(c, types.CodeType))


@pytest.mark.parametrize(
    ("body", "lookups"),
    [
        ("return x", set()),
        ("return f(x)", {("f",)}),
        ("return np.log(x) + m.sub.g(x)", {("np", "log"), ("m", "sub", "g")}),
        ("return [a.b for _ in c]", {("a", "b"), ("c",)}),
        ("return lambda: (lambda: deep)()", {("deep",)}),
        ("class K:\n    y = z\n    def g(self): return w", {("z",), ("w",)}),
        ("local = m.f\nreturn local.g()", {("m", "f")}),
    ],
)
def test_lookups_are_global_names_with_their_attributes(body, lookups):
    """Lookups of nested functions, classes and comprehensions are among them."""
    assert facts_of(code_of(body)).lookups == lookups


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        ("import a.b", {("a.b", 0, ())}),
        ("from a import b, c as d", {("a", 0, ("b", "c"))}),
        ("from . import b", {("", 1, ("b",))}),
        ("from ..a import b", {("a", 2, ("b",))}),
        ("def g():\n    import a", {("a", 0, ())}),
    ],
)
def test_imports_inside_functions_are_found(body, imports):
    """Imports come with their level and names."""
    assert facts_of(code_of(body)).imports == imports


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('return "a"', '"a"\nreturn "b"'),
        ('"a"\nreturn "a"', '"a"\nreturn "b"'),
        (
            "try:\n    f()\n    g()\nexcept E:\n    h()",
            "f()\ntry:\n    g()\nexcept E:\n    h()",
        ),
        ("return x", "yield x"),
        ("return 1", "return True"),
        ("return 1", "return 1.0"),
        ("return x < 1", "return x <= 1"),
        ("return x.a", "return x.b"),
        ("return x.a()", "return x.a"),
        ("while x: f()", "while not x: f()"),
        ("return f(a=1)", "return f(b=1)"),
        ("return f(x, a=1, b=2)", "return f(x, b=1, a=2)"),
        ("return [f(y, a=1) for y in x]", "return [f(y, b=1) for y in x]"),
    ],
)
def test_facts_of_code_that_does_something_else_differ(one, other):
    """Caught exceptions and the types of constants make a difference, too."""
    assert repr(facts_of(code_of(one)).content) != repr(
        facts_of(code_of(other)).content
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(a, b):", "def f(b, a):"),
        ("def f(a, b):", "def f(a, *b):"),
        ("def f(a, b):", "def f(a, *, b):"),
        ("def f(a, b):", "def f(a, /, b):"),
        ("def f(a):", "async def f(a):"),
    ],
)
def test_facts_of_count_how_a_function_is_called(one, other):
    """Names, order and kinds of arguments make a difference."""
    contents = [facts_of(code_of("return 1", header=h)).content for h in (one, other)]
    assert contents[0] != contents[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("return 1", '"Say what."\nreturn 1'),
        ("return 1", "\n\n# Why.\nreturn 1"),
        ('"a"\nreturn x', '"b"\nreturn x'),
        ("y = 300\nreturn y", '"Say."\ny = 300\nreturn y'),
        (
            "class K:\n    a = 1\nreturn K",
            '\n\nclass K:\n    "Say."\n    a = 1\nreturn K',
        ),
        (
            "try:\n    f()\nexcept E:\n    g()",
            "try:\n    # Why.\n    f()\n\nexcept E:\n    g()",
        ),
    ],
)
def test_facts_of_ignore_what_is_written_around_code(one, other):
    """Docstrings, comments, lines and the numbers of constants make no difference."""
    assert facts_of(code_of(one)).content == facts_of(code_of(other)).content

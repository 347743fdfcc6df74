"""Code counts by what it does: with what it calls and reads, not where it stands."""

from __future__ import annotations

import sys
import textwrap
import types

import pytest

from skbayes._journal.content.content_digest import ContentHasher
from tests._journal.content.written_code import CLASS, FUNCTION, NESTED, digest, made

ROUNDABOUT = """
    def f(x):
        return g(x)
    def g(x):
        return h(x) if x else 0
    def h(x):
        return f(x - 1)
"""

CLOSURE = """
    def factory(n):
        def inner(x):
            return x + n
        return inner
    f = factory(1)
"""

DECORATED = """
    import functools
    def scaled(by):
        def decorate(function):
            @functools.wraps(function)
            def wrapper(x):
                return by * function(x)
            return wrapper
        return decorate
    @scaled(2)
    def f(x):
        return x + 1
"""

OWN_DECORATOR = """
    import functools
    class Times:
        def __init__(self, function, by):
            functools.update_wrapper(self, function)
            self.by = by
        def __call__(self, x):
            return self.by * self.__wrapped__(x)
    def g(x):
        return x + 1
    f = Times(g, 2)
"""

CACHED = """
    import functools
    @functools.lru_cache(maxsize=None)
    def f(x):
        return g(x)
    def g(x):
        return x + 1
"""

DISPATCHED = """
    import functools
    @functools.singledispatch
    def f(x):
        return 1
    @f.register
    def _(x: int):
        return 2
"""

TABLE = """
    def one(x):
        return x + 1
    def two(x):
        return x + 2
    TABLE = {"a": one, "b": two, "c": [lambda x: x + 3, (4, lambda x: x + 5)]}
    def f(x):
        return TABLE[x](x)
"""

DESCRIPTORS = """
    import functools
    from sklearn.utils.metaestimators import available_if
    class f:
        @functools.cached_property
        def kept(self):
            return 1
        @available_if(lambda self: 2)
        def there(self):
            return 3
        def part(self, n):
            return n
        of_part = functools.partialmethod(part, 4)
        @functools.singledispatchmethod
        def kind(self, x):
            return 5
        @kind.register
        def _(self, x: int):
            return 6
"""

ENUM = """
    import enum
    class Mode(enum.Enum):
        FAST = 1
        SLOW = 2
    def f(x):
        return x is Mode.FAST
"""

DATACLASS = """
    import dataclasses
    @dataclasses.dataclass
    class f:
        a: int = 1
        b: list = dataclasses.field(default_factory=lambda: [1])
        def g(self):
            return self.a
"""

METACLASS = """
    class Meta(type):
        def __call__(cls, *args):
            return super().__call__(*args)
    class f(metaclass=Meta):
        pass
"""

KEYWORDS = """
    def f(x, n=1, *, m=2, **more):
        return x + n + m
"""

GENERATOR = """
    def f(x):
        with open(x) as file:
            try:
                yield from file
            except ValueError:
                yield 0
"""

CALL = """
    import functools
    class Bound:
        def __init__(self, function):
            self.function = function
        def __get__(self, instance, owner=None):
            return functools.partial(self.function, instance)
    class Cached:
        @functools.lru_cache(maxsize=None)
        def __call__(self, x):
            return x + 1
    class Partial:
        def part(self, x, n):
            return n
        __call__ = functools.partialmethod(part, n=2)
    class Own:
        @Bound
        def __call__(self, x):
            return x + 3
    def f(x):
        return Cached()(x) + Partial()(x) + Own()(x)
"""

EDITS = [
    (CALL, "x + 1", "x + 9"),
    (CALL, "n=2", "n=9"),
    (CALL, "x + 3", "x + 9"),
    (FUNCTION, "x * 2", "x * 3"),
    (FUNCTION, "helper(x) + LIMIT", "helper(x) - LIMIT"),
    (FUNCTION, "LIMIT = 3", "LIMIT = 4"),
    (FUNCTION, "LIMIT = 3", "LIMIT = 3.0"),
    (FUNCTION, "LIMIT = 3", ""),
    (CLASS, "factor = 2", "factor = 3"),
    (CLASS, 'kind = "a"', 'kind = "b"'),
    (
        CLASS,
        "self):\n            return 1\n    class",
        "self):\n            return 2\n    class",
    ),
    (CLASS, "other(X)", "other(X) + 1"),
    (CLASS, "return X", "return X + 1"),
    (CLASS, "p(self):\n            return 1", "p(self):\n            return 2"),
    (CLASS, "s():\n            return 1", "s():\n            return 2"),
    (CLASS, "c(cls):\n            return 1", "c(cls):\n            return 2"),
    (
        CLASS,
        "__len__(self):\n            return 1",
        "__len__(self):\n            return 2",
    ),
    (CLASS, "f(Base)", "f"),
    (CLASS, "@staticmethod", "@classmethod"),
    (ROUNDABOUT, "if x else 0", "if x else 1"),
    (ROUNDABOUT, "f(x - 1)", "f(x - 2)"),
    (CLOSURE, "factory(1)", "factory(2)"),
    (CLOSURE, "x + n", "x - n"),
    (DECORATED, "scaled(2)", "scaled(3)"),
    (DECORATED, "x + 1", "x + 2"),
    (DECORATED, "by * function", "by + function"),
    (OWN_DECORATOR, "Times(g, 2)", "Times(g, 3)"),
    (OWN_DECORATOR, "x + 1", "x + 2"),
    (OWN_DECORATOR, "self.by *", "self.by +"),
    (CACHED, "x + 1", "x + 2"),
    (DISPATCHED, "return 1", "return 3"),
    (DISPATCHED, "return 2", "return 3"),
    (TABLE, "x + 1", "x + 9"),
    (TABLE, "x + 3", "x + 9"),
    (TABLE, "x + 5", "x + 9"),
    (TABLE, '"a": one, "b": two', '"a": two, "b": one'),
    (TABLE, "(4,", "(5,"),
    (NESTED, "y + 1", "y + 2"),
    (NESTED, '{"a", "b"}', '{"a", "c"}'),
    (ENUM, "SLOW = 2", "SLOW = 3"),
    (DESCRIPTORS, "return 1", "return 9"),
    (DESCRIPTORS, "self: 2", "self: 9"),
    (DESCRIPTORS, "return 3", "return 9"),
    (DESCRIPTORS, "part, 4", "part, 9"),
    (DESCRIPTORS, "return 5", "return 9"),
    (DESCRIPTORS, "return 6", "return 9"),
    (DATACLASS, "a: int = 1", "a: int = 2"),
    (DATACLASS, "[1]", "[2]"),
    (METACLASS, "(*args)\n    class", "()\n    class"),
    (KEYWORDS, "n=1", "n=2"),
    (KEYWORDS, "m=2", "m=3"),
    (KEYWORDS, "*, m", "m"),
    (KEYWORDS, "x, n=1", "n, x=1"),
    (GENERATOR, "ValueError", "KeyError"),
    (GENERATOR, "yield 0", "yield 1"),
]


@pytest.mark.parametrize(("source", "before", "after"), EDITS)
def test_code_of_an_edit_is_another(source, before, after):
    """An edit may be of the thing itself, or of what it calls, inherits or reads."""
    edited = source.replace(before, after, 1)
    assert edited != source
    assert digest(source) == digest(source)
    assert digest(edited) != digest(source)


ALIKE = [
    (FUNCTION, "return x * 2", "# twice\n\n        return x * 2"),
    (FUNCTION, "def helper(x):", 'def helper(x):\n        "Say what it does."'),
    (FUNCTION, "def f(x):", "\n\n\n\n\n    def f(x):"),
    (FUNCTION, "LIMIT = 3", "LIMIT = 3\n    OTHER = 4\n    def unused(): return 1"),
    (CLASS, "class Base:", 'class Base:\n        "Say what it is."'),
    (NESTED, "class Inner:", '\n\n        class Inner:\n            "Say what."\n'),
    (CLASS, "def fit(self, X):", "def fit(self, X) -> int:"),
]


@pytest.mark.parametrize(("source", "before", "after"), ALIKE)
def test_code_of_ignores_what_has_no_effect(source, before, after):
    """Comments, docstrings, annotations, lines, and what is not used do not count."""
    edited = source.replace(before, after, 1)
    assert edited != source
    assert digest(edited) == digest(source)


# ---------------------------------------------------------------------------- its names


def test_code_names_the_pieces_that_differ():
    """An edit or a changed value is named, not all that leads to it."""
    hasher = ContentHasher()

    def names(source):
        return hasher.read(made(source).f).code.names

    before = names(FUNCTION)
    for edit, expected in [
        (("x * 2", "x * 3"), {"helper"}),
        (("LIMIT = 3", "LIMIT = 4"), {"the global LIMIT of f"}),
        (("+ LIMIT", "- LIMIT"), {"f"}),
    ]:
        after = names(FUNCTION.replace(*edit))
        assert {n for n in before if before[n] != after.get(n)} == expected
    edited = names(CLASS.replace("self.shared() +", "self.shared() -"))
    before = names(CLASS)
    assert {n for n in before if before[n] != edited[n]} == {"f.fit"}


# ------------------------------------------------------------- what a worker imports


def in_a_module(monkeypatch, name):
    """Function and class of a source, as if of a module of this name."""
    module = types.ModuleType(name)
    exec(compile(textwrap.dedent(FUNCTION), "made", "exec"), vars(module))
    monkeypatch.setitem(sys.modules, name, module)
    return ContentHasher().read(module.f).code


def test_code_imported_is_that_of_modules(monkeypatch):
    """Workers are sent the code of the script, and import that of modules."""
    script, module = (in_a_module(monkeypatch, n) for n in ("__main__", "imported_one"))
    assert (script.imported, script.names_imported) == (b"", {})
    assert module.imported
    assert module.names_imported == module.names
    assert set(module.names) == {"f", "helper", "the global LIMIT of f"}

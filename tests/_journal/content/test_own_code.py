"""Code counts by what it does: with what it calls and reads, not where it stands."""

from __future__ import annotations

import textwrap
import types

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skbayes._journal.content.content_digest import ContentHasher, content_digest


def made(source: str, **names):
    """Run a module's source; nothing else knows of the module."""
    module = types.ModuleType("made_for_a_test")
    vars(module).update(names)
    code = compile(textwrap.dedent(source), "made", "exec", dont_inherit=True)
    exec(code, vars(module))
    return module


def digest(source: str, name: str = "f", **names) -> bytes:
    """Digest of one of a module's names."""
    return content_digest(getattr(made(source, **names), name))


FUNCTION = """
    def f(x):
        return helper(x) + LIMIT
    def helper(x):
        return x * 2
    LIMIT = 3
"""
CLASS = """
    class Base:
        factor = 2
        def shared(self):
            return 1
    class f(Base):
        kind = "a"
        def fit(self, X):
            return self.shared() + other(X)
        @property
        def p(self):
            return 1
        @staticmethod
        def s():
            return 1
        @classmethod
        def c(cls):
            return 1
        def __len__(self):
            return 1
    def other(X):
        return X
"""
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
NESTED = """
    def f(x):
        class Inner:
            def g(self):
                return [y + 1 for y in x if y in {"a", "b"}]
        return (lambda: Inner().g())()
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
LOGGED = """
    import logging
    LOG = logging.getLogger(__name__)
    def f(x):
        LOG.info(x)
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


# ---------------------------------------------------------------------- global values


def test_code_of_counts_globals_by_content():
    """Numbers, arrays and fitted models count, these with what they have learned."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), np.tile([0, 1], 10)
    fits = [LogisticRegression().fit(X, target) for target in (y, y, 1 - y)]
    source = "def f(x):\n    return MODEL, WEIGHTS"
    found = [
        digest(source, MODEL=model, WEIGHTS=weights)
        for model in fits
        for weights in (X, X.copy(), X + 1)
    ]
    assert found[0] == found[1] == found[3] == found[4]
    assert len(set(found)) == 4


def test_code_of_counts_only_what_is_read_of_a_module():
    """Attributes of own modules are also read through other modules."""
    inner = made("def g(x): return 1\ndef unused(x): return 1\nN = 1")
    outer = types.ModuleType("made_outside")
    outer.inner = inner
    source = "def f(x):\n    return outer.inner.g(x) + outer.inner.N"
    before = digest(source, outer=outer)
    inner.unused = None
    assert digest(source, outer=outer) == before
    inner.N = 2
    assert digest(source, outer=outer) != before
    inner.N, inner.g = 1, lambda x: 2
    assert digest(source, outer=outer) != before


STATES = """
    import collections, itertools, threading, logging
    N_CALLS = 0
    CALLS = []
    COUNTS = collections.Counter()
    CACHE = {}
    HISTORY = {"x": [], "n": {"calls": 0}}
    BY_NAME = collections.defaultdict(list)
    NUMBERS = itertools.count()
    LOCK = threading.Lock()
    LOG = logging.getLogger("x")
    def count():
        global N_CALLS
        N_CALLS += 1
    def factory():
        seen, n = [], 0
        def inner(x):
            nonlocal n
            n += 1
            seen.append(x)
        return inner
    remember = factory()
    class Only:
        one = None
        def __new__(cls):
            if cls.one is None:
                cls.one = super().__new__(cls)
            return cls.one
    class f:
        n = 0
        log = []
        by_class = []
        last = None
        def __call__(self, x, memo=[], *, kept={}):
            with LOCK:
                LOG.info("called")
                count()
                CALLS.append(x)
                COUNTS[x] += 1
                if x not in CACHE:
                    CACHE[x] = x
                HISTORY["x"].append(x)
                HISTORY["n"]["calls"] += 1
                BY_NAME[str(x)].append(x)
                Only()
                next(NUMBERS)
                f.n += 1
                self.log.append(x)
                type(self).last = x
                self.note(x)
                memo.append(x)
                kept[x] = x
                remember(x)
                count.times = x
            return N_CALLS
        @classmethod
        def note(cls, x):
            cls.by_class.append(x)
            cls.m = x
"""


def test_code_of_leaves_out_what_code_writes_to_itself():
    """Counters, logs and caches do not change what the code is."""
    module = made(STATES)
    before = content_digest(module.f)
    for i in range(3):
        module.f()(i)
        assert content_digest(module.f) == before
    assert module.N_CALLS == module.f.n == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("n = 0", "n = 0\n        k = 0"),
        ("return N_CALLS", "return N_CALLS + 1"),
        ("n += 1\n            seen", "n += 2\n            seen"),
    ],
)
def test_code_with_a_state_is_known_by_the_rest_of_it(before, after):
    """The rest tells it from other code that writes to the same names."""
    assert STATES.replace(before, after) != STATES
    assert digest(STATES.replace(before, after)) != digest(STATES)


READ_ONLY = """
    TABLE = {"a": 1}
    ITEMS = [1, 2]
    class Settings:
        factor = 1
    def f(x):
        copy = TABLE.copy()
        copy["b"] = 2
        copy.update(x)
        x[ITEMS[0]] = TABLE["a"]
        own = list(ITEMS)
        own.append(3)
        x.factor = Settings.factor
        return x
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [('{"a": 1}', '{"a": 2}'), ("[1, 2]", "[1, 3]"), ("factor = 1", "factor = 2")],
)
def test_code_of_counts_what_is_only_read_beside_what_is_written(before, after):
    """Values go into other objects that the code writes to."""
    assert digest(READ_ONLY.replace(before, after)) != digest(READ_ONLY)


def test_code_of_counts_generators_by_their_seed():
    """The state of a generator that code draws from does not count."""
    source = "def f(x):\n    return RNG.normal(size=x)"

    def read(seed, n_drawn):
        generator = np.random.default_rng(seed)
        generator.normal(size=n_drawn)
        return digest(source, RNG=generator), content_digest(generator)

    assert read(0, 0)[0] == read(0, 5)[0] != read(1, 0)[0]
    assert read(0, 0)[1] != read(0, 5)[1]


def test_code_of_counts_what_is_assigned_from_outside():
    """Only the code that is read may have states, not the script around it."""
    source = """
        FACTOR = 1
        def f(x):
            return x * FACTOR
        def driver():
            global FACTOR
            FACTOR = 2
    """
    module = made(source)
    before = content_digest(module.f)
    module.driver()
    assert content_digest(module.f) != before


def test_code_of_counts_changed_defaults_and_attributes():
    """Whoever changes a function's defaults changes the function."""
    source = """
        def f(x, a=1, *, b=2):
            return f.c
        f.c = 3
    """
    found = {digest(source)}
    module = made(source)
    module.f.__defaults__ = (2,)
    found.add(content_digest(module.f))
    module.f.__kwdefaults__["b"] = 3
    found.add(content_digest(module.f))
    module.f.c = 4
    found.add(content_digest(module.f))
    assert len(found) == 4


def test_code_of_goes_on_past_what_has_no_content():
    """Open files, generators and what refuses to be copied count by their type."""
    source = "def f(x):\n    return FILE, ITEMS, STUBBORN"

    class Stubborn:
        def __reduce_ex__(self, protocol):
            raise RuntimeError("not me")

    with open(__file__) as file:
        names = {"FILE": file, "STUBBORN": Stubborn()}
        before = digest(source, ITEMS=(i for i in "ab"), **names)
        assert digest(source, ITEMS=(i for i in "cd"), **names) == before


# -------------------------------------------------------------------- installed things


def test_code_of_counts_a_replaced_method():
    """The script assigns another method to the class."""
    module = made(CLASS)
    before = content_digest(module.f)
    module.f.fit = lambda self, X: 3
    assert content_digest(module.f) != before


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

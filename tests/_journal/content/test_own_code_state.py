"""Global values and attributes count by what code reads of them."""

from __future__ import annotations

import types

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.written_code import CLASS, digest, made


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


def test_code_of_counts_a_replaced_method():
    """The script assigns another method to the class."""
    module = made(CLASS)
    before = content_digest(module.f)
    module.f.fit = lambda self, X: 3
    assert content_digest(module.f) != before


def test_code_of_flags_outlasts_their_combinations():
    """An enumeration of flags keeps the combinations that were made of them."""
    source = """
        import enum
        class Mode(enum.Flag):
            A = 1
            B = 2
            C = 4
        def f(x):
            return Mode.A | Mode.C
    """
    module = made(source)
    before = content_digest(module.f)
    module.f(1)
    assert content_digest(module.f) == before
    assert digest(source.replace("C = 4", "C = 8")) != before


def test_code_of_a_package_leaves_out_what_it_writes_to_its_closure():
    """Such as the results that a decorator of a package keeps."""
    pytest.importorskip("toolz")
    source = """
        import toolz
        @toolz.memoize
        def g(x):
            return x + 1
        def f(x):
            return g(x)
    """
    module = made(source)
    before = content_digest(module.f)
    module.f(1)
    assert content_digest(module.f) == before
    assert digest(source.replace("x + 1", "x + 2")) != before


CONFIGURED = """
    import threading, types
    def helper(x):
        return x + 1
    class Settings:
        def __init__(self, n):
            self.n = n
            self.lock = threading.Lock()
    CONFIG = {"n": 11, "how": helper, "calls": 0}
    NAMES = types.SimpleNamespace(n=12, calls=0, log=[])
    SETTINGS = Settings(13)
    class Table:
        values = {"n": 14, "calls": 0}
    def f(x, options={"n": 15}):
        CONFIG["calls"] += 1
        CONFIG.setdefault("first", x)
        NAMES.calls += 1
        NAMES.log.append(x)
        with SETTINGS.lock:
            SETTINGS.last = x
        Table.values["calls"] += 1
        options["x"] = x
        numbers = CONFIG["n"], NAMES.n, SETTINGS.n, Table.values["n"], options["n"]
        return CONFIG["how"](sum(numbers))
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [(str(n), "99") for n in range(11, 16)] + [("x + 1", "x + 2")],
)
def test_code_of_counts_settings_beside_a_counter(before, after):
    """The rest of a dict or an object that code writes to is read."""
    assert CONFIGURED.replace(before, after) != CONFIGURED
    assert digest(CONFIGURED.replace(before, after)) != digest(CONFIGURED)


def test_code_of_leaves_out_a_counter_among_settings():
    """The key or the attribute that code writes to is state of the program."""
    module = made(CONFIGURED)
    before = content_digest(module.f)
    for i in range(2):
        module.f(i)
        assert content_digest(module.f) == before
    assert module.CONFIG["calls"] == 2


@pytest.mark.parametrize("is_saved_otherwise", [False, True])
def test_code_of_counts_no_object_without_attributes_of_its_own(is_saved_otherwise):
    """Where pickle saves an object in another way, all of it is state."""
    reduce = "def __reduce__(self): return Settings, (self.n, self.last)"
    source = f"""
        class Settings:
            def __init__(self, n, last=None):
                self.n, self.last = n, last
            {reduce if is_saved_otherwise else ""}
        SETTINGS = Settings(11)
        def f(x):
            SETTINGS.last = x
            return SETTINGS.n
    """
    module = made(source)
    before = content_digest(module.f)
    module.f(1)
    assert content_digest(module.f) == before
    assert (digest(source.replace("11", "12")) == before) is is_saved_otherwise

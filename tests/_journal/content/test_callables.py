"""Do functions and classes count by their code if they are the user's, else by name?"""

from __future__ import annotations

import functools
import gc
import sys
import textwrap
import types
from importlib.machinery import EXTENSION_SUFFIXES

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbayes._journal.content.callables import (
    compiled_file,
    full_name,
    hidden_functions,
    is_function,
    is_own,
)
from skbayes._journal.content.content_digest import ContentHasher, content_digest
from skbayes._journal.content.hasher import Hasher
from tests._journal.content.written_code import made


def test_full_name_stands_for_installed_code():
    """Functions and classes of packages are not looked into."""
    assert content_digest(np.log) != content_digest(np.exp)
    assert content_digest(StandardScaler) != content_digest(LogisticRegression)
    hasher = ContentHasher()
    assert hasher.read([StandardScaler, np.clip, textwrap.dedent]).code.names == {}
    assert "sklearn" in hasher.packages


def test_callables_differ_where_an_installed_class_was_patched(monkeypatch):
    """A function of the user's may stand in place of a method, here or in a base."""
    before = content_digest(StandardScaler())
    patch = made("def transform(self, X): return X").transform
    monkeypatch.setattr(StandardScaler, "transform", patch)
    patched = content_digest(StandardScaler())
    monkeypatch.setattr(
        StandardScaler, "transform", made("def g(self, X): return -X").g
    )
    assert len({before, patched, content_digest(StandardScaler())}) == 3


@pytest.mark.parametrize(
    "kind", [property, classmethod, functools.partialmethod, functools.cached_property]
)
def test_callables_differ_by_descriptors_put_into_an_installed_class(kind, monkeypatch):
    """The user's function may be inside a property or a class method."""
    found = []
    for constant in (1, 1, 2):
        patch = kind(made(f"def g(self): return {constant}").g)
        with monkeypatch.context() as patched:
            patched.setattr(StandardScaler, "of_the_user", patch, raising=False)
            found.append(content_digest(StandardScaler()))
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda g: g,
        lambda g: functools.partial(g, 1),
        functools.cache,
        np.vectorize,
        FunctionTransformer,
        lambda g: FunctionTransformer(kw_args={"g": g}),
        lambda g: types.MethodType(g, 3),
        lambda g: {"a": [(g,)]},
        lambda g: types.SimpleNamespace(py_func=g),
        lambda g: np.array([g, None], dtype=object),
        staticmethod,
        property,
        lambda g: type("T", (), {"g": g})(),
        lambda g: np.frompyfunc(g, 1, 1),
    ],
)
def test_wrapper_counts_by_what_it_wraps(wrap):
    """The code of a function is read, whatever wraps it."""
    one, same, other = (made(f"def g(*x, **y): return {n}").g for n in (1, 1, 2))
    assert content_digest(wrap(one)) == content_digest(wrap(same))
    assert content_digest(wrap(one)) != content_digest(wrap(other))


def test_wrapper_of_a_compiler_counts_with_its_options():
    """``fastmath=True`` changes results; what was compiled so far does not."""

    def compiled(**options):
        return types.SimpleNamespace(py_func=function, targetoptions=options)

    function = made("def g(x): return x").g
    called = compiled(fastmath=False)
    called.overloads = {("f8",): 1}
    assert content_digest(called) == content_digest(compiled(fastmath=False))
    assert content_digest(called) != content_digest(compiled(fastmath=True))


def test_callables_refuse_a_ufunc_of_a_hidden_function(monkeypatch):
    """Where the garbage collector does not find what `numpy.frompyfunc` was given."""
    monkeypatch.setattr(gc, "get_referents", lambda *objects: [])
    with pytest.raises(TypeError, match="`journal` parameter.*frompyfunc"):
        content_digest(np.frompyfunc(lambda x: x, 1, 1))


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (lambda: 1, True),
        (len, True),
        (str.lower, True),
        ([].append, True),
        (np.log, True),
        (np.random.Generator.normal, True),
        (functools.partial(len), False),
        (StandardScaler, False),
        (StandardScaler().fit, False),
        ("len", False),
        (None, False),
    ],
)
def test_is_function_knows_functions_with_names(value, is_one):
    """Functions of Python, C and Cython are known; what is made of one is none."""
    assert is_function(value) == is_one


def test_full_name_is_that_to_import():
    assert full_name(StandardScaler).endswith(".StandardScaler")
    assert full_name(StandardScaler.fit).endswith("_data.StandardScaler.fit")
    assert full_name(textwrap.dedent) == "textwrap.dedent"


def test_is_own_looks_at_the_code_and_at_the_name():
    """A wrapper that a library made is named after the user's function inside."""
    hasher = Hasher()
    own = made("def g(x): return x").g
    assert is_own(hasher, own)
    assert is_own(hasher, functools.singledispatch(own))
    assert not is_own(hasher, textwrap.dedent)
    assert not is_own(hasher, np.linalg.norm)


def test_compiled_file_is_none_of_installed_modules_and_of_python():
    """Only an extension of the user's own counts by its file."""
    hasher = Hasher()
    assert compiled_file(hasher, None) is None
    assert compiled_file(hasher, "math") is None
    assert compiled_file(hasher, __name__) is None


def test_compiled_file_of_an_extension_changes_with_its_bytes(tmp_path, monkeypatch):
    """The extension is not imported for that."""
    file = tmp_path / f"own_extension{EXTENSION_SUFFIXES[0]}"
    monkeypatch.syspath_prepend(tmp_path)
    found = []
    for content in (b"1", b"2", b"1"):
        file.write_bytes(content)
        found.append(compiled_file(Hasher(), "own_extension"))
    assert found[0] == found[2] != found[1] is not None


def test_callables_tell_singledispatch_by_its_functions():
    """The types that were looked up since do not count."""
    source = """
        import functools
        @functools.singledispatch
        def g(x): return 1
        @g.register
        def _(x: int): return 2
    """
    one, same, other = (
        made(source.replace("return 2", f"return {n}")).g for n in (2, 2, 3)
    )
    one(True)
    one("a")
    assert content_digest(one) == content_digest(same) != content_digest(other)


COMPOSED = """
    import functools, toolz
    def g(x, n=1): return x + n
    def h(x): return x * 2
    @toolz.curry
    def k(x, n): return x - n
    f = {expression}
"""


@pytest.mark.parametrize(
    ("expression", "edits"),
    [
        ("toolz.compose(g, h)", [("x + n", "x - n"), ("x * 2", "x * 3")]),
        ("toolz.compose(functools.partial(g), toolz.compose(abs, h))", [("2", "3")]),
        ("toolz.curry(g)(n=4)", [("x + n", "x * n"), ("n=4", "n=5")]),
        ("k(n=4)", [("x - n", "x * n"), ("n=4", "n=5")]),
    ],
)
def test_wrapper_of_a_package_counts_by_all_functions_in_it(
    expression, edits, monkeypatch
):
    """It may wrap several functions, and pickle them by their names alone."""
    pytest.importorskip("toolz")

    def digest(before="", after=""):
        source = COMPOSED.format(expression=expression)
        assert before in source
        module = made(source.replace(before, after) if before else source)
        # Pickling looks the functions up.
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return content_digest(module.f)

    assert digest() == digest()
    for edit in edits:
        assert digest(*edit) != digest()


COUNTING = """
    import functools
    class Counting:
        def __init__(self, function, by=1):
            functools.update_wrapper(self, function)
            self.function = function
            self.by = by
            self.n_calls = 0
            self.cache = {}
        def __call__(self, x):
            self.n_calls += 1
            self.cache[x] = self.by * self.function(x)
            return self.cache[x]
    @Counting
    def g(x): return x + 1
    def f(x): return g(x)
"""


def test_wrapper_of_the_user_counts_without_its_counters():
    """A decorator may count calls or keep their results."""
    module = made(COUNTING)
    before = content_digest(module.f)
    module.f(1)
    assert module.g.n_calls == 1
    assert content_digest(module.f) == before
    for edit in (("x + 1", "x + 2"), ("by=1", "by=2"), ("by *", "by +")):
        assert content_digest(made(COUNTING.replace(*edit)).f) != before


def test_hidden_functions_count_in_what_has_no_content():
    """The key that `functools.cmp_to_key` makes of a function hides it."""
    source = """
        import functools
        def g(a, b): return a - b
        KEY = functools.cmp_to_key(g)
        def f(x): return sorted(x, key=KEY)
    """
    before = content_digest(made(source).f)
    assert content_digest(made(source).f) == before
    assert content_digest(made(source.replace("a - b", "b - a")).f) != before
    assert hidden_functions(len) == []
    assert hidden_functions(generator := (x for x in [1])) == [generator.gi_code]

"""Do functions and classes count by their code if they are the user's, else by name?"""

from __future__ import annotations

import functools
import textwrap
import types

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbayes._journal.content.content_digest import ContentReader, content_digest
from tests._journal.content.test_own_code import made


def test_installed_code_counts_by_name():
    """Functions and classes of packages are not looked into."""
    assert content_digest(np.log) != content_digest(np.exp)
    assert content_digest(StandardScaler) != content_digest(LogisticRegression)
    reader = ContentReader()
    assert reader.read([StandardScaler, np.clip, textwrap.dedent]).code.names == {}
    assert "sklearn" in reader.packages


def test_an_installed_class_that_was_patched_is_another(monkeypatch):
    """With a function of the user's in place of a method, here or in a base."""
    before = content_digest(StandardScaler())
    patch = made("def transform(self, X): return X").transform
    monkeypatch.setattr(StandardScaler, "transform", patch)
    patched = content_digest(StandardScaler())
    monkeypatch.setattr(
        StandardScaler, "transform", made("def g(self, X): return -X").g
    )
    assert len({before, patched, content_digest(StandardScaler())}) == 3


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
    ],
)
def test_wrappers_count_by_what_they_wrap(wrap):
    """Whatever a function is in, its code is read."""
    one, same, other = (made(f"def g(*x, **y): return {n}").g for n in (1, 1, 2))
    assert content_digest(wrap(one)) == content_digest(wrap(same))
    assert content_digest(wrap(one)) != content_digest(wrap(other))


def test_a_ufunc_of_a_hidden_function_is_refused():
    """`numpy.frompyfunc` does not tell what it was made of."""
    with pytest.raises(TypeError, match="`journal` parameter.*frompyfunc"):
        content_digest(np.frompyfunc(lambda x: x, 1, 1))

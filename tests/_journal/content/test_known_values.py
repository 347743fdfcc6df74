"""Values that code reads count by their content, also those that pickle refuses."""

from __future__ import annotations

import contextvars
import io
import struct
import threading
import types
import weakref

import pandas as pd
import pytest

from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.written_code import digest as digest_of_code
from tests._journal.content.written_code import made


class Held:
    """An object to refer to weakly."""

    def __init__(self, number):
        self.number = number


HELD = {number: Held(number) for number in (1, 2)}


def local(number):
    """A namespace of this thread."""
    made = threading.local()
    made.number = number
    return made


def context(number):
    """A context variable that is set."""
    made = contextvars.ContextVar("made")
    made.set(number)
    return made


def digest(value):
    """Digest of a function that reads a global value."""
    module = types.ModuleType("made_of_values")
    module.VALUE = value
    exec("def f(X): return X if VALUE else 0", vars(module))
    return content_digest(module.f)


@pytest.mark.parametrize(
    "make",
    [
        local,
        context,
        lambda n: contextvars.ContextVar("made", default=n),
        lambda n: memoryview(bytes([n])),
        lambda n: struct.Struct(f"{n}d"),
        lambda n: io.BytesIO(bytes([n])),
        lambda n: io.StringIO(str(n)),
        lambda n: weakref.ref(HELD[n]),
        lambda n: compile(f"{n} + x", "made", "eval"),
    ],
    ids=[
        *("local", "context", "default", "memoryview", "struct"),
        *("bytes", "text", "weak", "code"),
    ],
)
def test_known_values_count_by_their_content(make):
    """Equal content has an equal digest, other content another one."""
    assert digest(make(1)) == digest(make(1))
    assert digest(make(1)) != digest(make(2))


def test_known_values_without_a_value_count_by_their_name():
    """A variable without a value is no error."""
    made = [contextvars.ContextVar(name) for name in ("a", "a", "b")]
    first, same, other = map(digest, made)
    assert first == same != other


def test_known_values_in_memory_are_read_without_a_change():
    """The place up to which a file is read is state of the program."""
    file = io.StringIO("content")
    before = digest(file)
    file.read()
    assert digest(file) == before


# ----------------------------------------------------------------------------- tables

OWN_FRAME = """
    import pandas as pd
    class Frame(pd.DataFrame):
        _metadata = ["unit"]
        @property
        def _constructor(self): return Frame
        def in_metres(self): return self * 1000
    f = Frame({"a": [1, 2]})
    f.unit = "km"
"""


def test_tables_of_the_users_own_type_count_with_its_code():
    """Its methods, and the attributes that pandas copies from frame to frame."""
    before = digest_of_code(OWN_FRAME)
    assert digest_of_code(OWN_FRAME) == before
    for edit in (("1000", "1"), ('"km"', '"m"'), ("[1, 2]", "[1, 3]")):
        assert digest_of_code(OWN_FRAME.replace(*edit)) != before


class Accessor:
    """Stands for the descriptor by which pandas and polars make an accessor."""

    def __init__(self, kind):
        self._accessor = kind

    def __get__(self, table, owner=None):
        return self._accessor(table)


@pytest.mark.parametrize("kind", [pd.DataFrame, pd.Series])
def test_tables_count_with_accessors_of_the_user(kind, monkeypatch):
    """Code calls them of its data, where no name leads to them."""
    table = pd.DataFrame({"a": [1, 2]})
    found = [content_digest(table)]
    for constant in (1, 1, 2):
        source = f"class Own:\n    n = {constant}\n    def __init__(self, table): 0"
        with monkeypatch.context() as patched:
            patched.setattr(kind, "own", Accessor(made(source).Own), raising=False)
            found.append(content_digest(table))
    assert found[0] != found[1] == found[2] != found[3]


def test_tables_count_with_accessors_that_pandas_has_registered():
    """The descriptor is pandas' own."""
    table = pd.DataFrame({"a": [1, 2]})
    before = content_digest(table)
    register = pd.api.extensions.register_dataframe_accessor("made_for_a_test")
    register(made("class Own:\n    def __init__(self, table): 0").Own)
    try:
        assert content_digest(table) != before
    finally:
        del pd.DataFrame.made_for_a_test
        pd.DataFrame._accessors.discard("made_for_a_test")

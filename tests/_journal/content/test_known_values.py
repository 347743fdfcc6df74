"""Values that code reads count by their content, also those that pickle refuses."""

from __future__ import annotations

import contextvars
import io
import struct
import threading
import types
import weakref

import pytest

from skbayes._journal.content.content_digest import content_digest


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

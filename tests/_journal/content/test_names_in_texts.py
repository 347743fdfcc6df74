"""Code that finds a function by a text counts with that function."""

from __future__ import annotations

import sys
import types

import pytest

from skbayes._journal.content.bytecode import facts_of
from skbayes._journal.content.content_digest import content_digest
from skbayes._journal.content.names_in_texts import globals_in_texts, imports_in_texts

BY_TEXT = [
    "globals()['step_a']()",
    "globals().get('step_a')()",
    "globals()[f'step_{x}']()",
    "getattr(sys.modules[__name__], 'step_a')()",
    "eval('step_a() + 1')",
    "globals()[NAME]()",
    "f.__globals__['step_a']()",
    "sys._getframe().f_globals['step_a']()",
]


def made(source):
    """Run a module's source."""
    module = types.ModuleType("made_of_texts")
    exec(compile(source, "made", "exec", dont_inherit=True), vars(module))
    return module


def digest(body, helper="step_a", constant=1):
    """Digest of a function of one line beside a helper."""
    return content_digest(
        made(
            f"import sys\nNAME = 'step_a'\ndef {helper}(): return {constant}\n"
            f"def other(): return 0\ndef f(x): return {body}\n"
        ).f
    )


@pytest.mark.parametrize("body", BY_TEXT)
def test_globals_in_texts_find_a_function_by_its_text(body):
    """An edit of the function is an edit of the code that finds it."""
    assert digest(body, constant=1) == digest(body, constant=1)
    assert digest(body, constant=1) != digest(body, constant=2)


@pytest.mark.parametrize("body", BY_TEXT)
def test_globals_in_texts_leave_out_functions_no_text_names(body):
    """Where the text names some, edits of the others cost nothing."""
    steps = "import sys\nNAME = 'step_a'\ndef step_a(): 0\ndef b(): 0\n"
    names = vars(made(f"{steps}def f(x): {body}\n"))
    assert set(globals_in_texts(facts_of(names["f"].__code__), names)) == {"step_a"}


@pytest.mark.parametrize(
    "body",
    [
        "x.query('a > @step_a')",
        "x.query(f'a > @step_a and a < {x}')",
        "pl.sql('select * from step_a')",
        "dmatrix('step_a(x) + x', x)",
    ],
)
def test_globals_in_texts_are_found_in_queries(body):
    """A query of a data frame or a formula may name a global, beside columns."""
    assert digest(body, constant=1) != digest(body, constant=2)
    source = f"def a(): 0\ndef step_a(): 0\ndef other(): 0\ndef f(x): {body}\n"
    names = vars(made(source))
    found = set(globals_in_texts(facts_of(names["f"].__code__), names))
    assert "step_a" in found
    assert "other" not in found


def test_globals_in_texts_are_none_where_a_query_names_none():
    """A query that names columns alone is the commonest."""
    names = vars(made("def a(): 0\ndef f(x): return x.query('b > 1')\n"))
    assert list(globals_in_texts(facts_of(names["f"].__code__), names)) == []


def test_globals_in_texts_are_all_for_an_argument():
    """A text that is an argument may name all functions and classes of the module."""
    names = vars(made("def a(): 0\nclass B: 0\ndef f(x): return globals()[x]()\n"))
    found = globals_in_texts(facts_of(names["f"].__code__), names)
    assert set(found) == {"a", "B", "f"}


def test_globals_in_texts_ignore_texts_of_other_code():
    """A text may stand beside a function that finds nothing by its text."""
    names = vars(made("def a(): 0\ndef f(x): return x['a']\n"))
    assert list(globals_in_texts(facts_of(names["f"].__code__), names)) == []


@pytest.mark.parametrize(
    "body",
    [
        "importlib.import_module('by_its_text').g()",
        "__import__('by_its_text').g()",
        "importlib.import_module(NAME).g()",
    ],
)
def test_imports_in_texts_find_a_module_by_its_text(body, tmp_path, monkeypatch):
    """The module is read as a file."""
    monkeypatch.syspath_prepend(tmp_path)
    source = f"import importlib\nNAME = 'by_its_text'\ndef f(x): return {body}\n"
    names = vars(made(source))
    found = imports_in_texts(facts_of(names["f"].__code__), names)
    assert list(found) == [("by_its_text", 0, ())]
    digests = set()
    for constant in (1, 1, 2):
        (tmp_path / "by_its_text.py").write_text(f"def g(): return {constant}\n")
        digests.add(content_digest(made(source).f))
    assert len(digests) == 2
    assert "by_its_text" not in sys.modules

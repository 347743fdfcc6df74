"""Names that code looks up by their text, as in ``globals()["name"]``."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from typing import Any

from skbayes._journal.content.bytecode import CodeFacts

#: Functions and dicts in which code finds a global by its text.
_BY_TEXT = frozenset(
    {"eval", "exec", "globals", "locals", "modules", "vars"}
    | {"f_globals", "__globals__"}
)
#: Methods of data frames and functions of other libraries whose texts may name globals,
#: beside columns: queries of pandas, SQL of polars and duckdb, formulas of patsy.
_QUERIES = frozenset({"query", "sql", "dmatrix", "dmatrices", "model_matrix"})
#: Functions that import a module by its text.
_IMPORTERS = frozenset({"__import__", "import_module", "run_module"})
_NAME = re.compile(r"[^\W\d]\w*")
#: Texts that are longer are data.
_LONGEST = 10_000


def globals_in_texts(facts: CodeFacts, names: Mapping[str, Any]) -> Iterator[str]:
    """Find the globals that code may look up by their text.

    Parameters
    ----------
    facts : CodeFacts
        Facts of the code.
    names : mapping of str to object
        The globals of its module.

    Yields
    ------
    str
        The globals that its texts name, whole or by a part such as ``"step_"``. If they
        name none, the text is an argument: all functions and classes of the module.
    """
    used = _used(facts)
    if not used & (_BY_TEXT | _QUERIES):
        return
    words = {word for text in _texts(facts, names) for word in _NAME.findall(text)}
    if not used & _BY_TEXT:
        yield from sorted(words & names.keys())
        return
    found = {name for name in names if any(_may_be(word, name) for word in words)}
    if not found:
        found = {
            name
            for name, value in names.items()
            if isinstance(value, types.FunctionType | type)
            and value.__module__ == names.get("__name__")
        }
    yield from sorted(found)


def imports_in_texts(
    facts: CodeFacts, names: Mapping[str, Any]
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Find the modules that code may import by their text, as import statements.

    Parameters
    ----------
    facts : CodeFacts
        Facts of the code.
    names : mapping of str to object
        The globals of its module, which may hold the texts; empty if it has not run.

    Yields
    ------
    tuple
        Name, level and no names, see `CodeFacts.imports`.
    """
    if _used(facts) & _IMPORTERS:
        for text in sorted(_texts(facts, names)):
            name = text.lstrip(".")
            if name and all(map(str.isidentifier, name.split("."))):
                yield name, len(text) - len(name), ()


def _used(facts: CodeFacts) -> frozenset[str]:
    """All names that code reads."""
    return facts.reads.union(*facts.lookups)


def _texts(facts: CodeFacts, names: Mapping[str, Any]) -> set[str]:
    """Texts of the code, and those of the globals it looks up."""
    values = (names.get(path[0]) for path in facts.lookups)
    texts = facts.texts.union(value for value in values if isinstance(value, str))
    return {text for text in texts if len(text) <= _LONGEST}


def _may_be(word: str, name: str) -> bool:
    """Whether a word is a name, or a part of it to which code adds the rest."""
    if word == name:
        return True
    is_begin = len(word) > 1 and word.endswith("_") and name.startswith(word)
    return is_begin or (len(word) > 1 and word[0] == "_" and name.endswith(word))

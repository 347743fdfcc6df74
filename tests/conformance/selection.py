"""Which tests of a scikit-learn test module have to do with the searches?

Either the test's id names one (``test_estimators[GridSearchCV(...)-check_...]``), or
its source does: the function's own, or that of a module-level name it uses.
"""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from types import ModuleType

#: A search of ours or one whose place we take; the halving ones stay scikit-learn's.
SEARCH = re.compile(r"(?<!Halving)\b(Grid|Randomized|Random|Bayes)SearchCV\b")
RANDOMIZED = re.compile(r"(?<!Halving)\bRandomizedSearchCV\b")


def names_a_search(nodeid: str, search: re.Pattern[str] = SEARCH) -> bool:
    """Whether a test's id, its file's path aside, names a search."""
    return search.search(nodeid.partition("::")[2]) is not None


def uses_a_search(
    module: ModuleType, function: str, search: re.Pattern[str] = SEARCH
) -> bool:
    """Whether a top-level function of `module`, or what it uses, mentions a search."""
    return function in names_reaching_a_search(inspect.getsource(module), search)


@cache
def names_reaching_a_search(source: str, search: re.Pattern[str]) -> frozenset[str]:
    """Top-level names of a module whose source leads to a search, directly or not."""
    uses: dict[str, set[str]] = {}
    reaching: set[str] = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        defined = _defined_names(statement)
        if search.search(_source_with_decorators(source, statement)):
            reaching |= defined
        used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        for name in defined:
            uses.setdefault(name, set()).update(used)
    while grown := {n for n, used in uses.items() if used & reaching} - reaching:
        reaching |= grown
    return frozenset(reaching)


def _defined_names(statement: ast.stmt) -> set[str]:
    """Names a top-level statement binds."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _source_with_decorators(source: str, statement: ast.stmt) -> str:
    """Source of a statement, from its first decorator on."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(d.lineno for d in decorators)])
    return "\n".join(source.splitlines()[first - 1 : statement.end_lineno])

"""Are files and functions short, and tests where a reader looks for them?"""

from __future__ import annotations

import ast
import re
import statistics
import tokenize
from pathlib import Path

import pytest

from tests.source_files import FILES, PACKAGE, ROOT, module_of, tree_of

TEST_FILES = sorted((ROOT / "tests").rglob("*.py"))

#: Folders of tests that are about the whole package, or about benchmarks.
NO_MIRRORS = {"tests", "benchmarks", "conformance"}

#: Data, held by tests/presets/test_tables.py.
TABLES = PACKAGE / "presets" / "_tables"
#: Declarations without code: fields of a dataclass, columns of tables.
WITHOUT_CODE = {
    PACKAGE / "_evaluation" / "loop" / "settings.py",
    PACKAGE / "_journal" / "recorded_search.py",
    PACKAGE / "_journal" / "schema.py",
}

#: The public searches.
SEARCHES = {PACKAGE / "search" / f"_{kind}.py" for kind in ("grid", "random", "bayes")}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py"}

#: Words that say nothing about a test.
FILL_WORDS = {
    *("a", "an", "the", "all", "each", "it", "its", "that", "this", "there", "which"),
    *("of", "on", "in", "at", "to", "by", "as", "for", "with", "from", "than"),
    *("is", "are", "has", "have", "and", "or", "not", "no", "so", "then"),
}


@pytest.mark.parametrize("path", FILES + TEST_FILES, ids=lambda p: p.name)
def test_files_are_short(path):
    """A file answers one question, in at most 400 lines."""
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= MAX_FILE_LINES, f"{path.name} has {n_lines} lines"
    assert path.name not in FORBIDDEN_NAMES


Function = ast.FunctionDef | ast.AsyncFunctionDef


def n_code_lines(source: str, first: int, last: int | None) -> int:
    """Lines in a part of a file without comments and blank lines."""
    lines = source.splitlines()[first - 1 : last]
    return sum(
        bool(line.strip()) and not line.strip().startswith("#") for line in lines
    )


def body_lines(function: Function, source: str) -> int:
    """Lines of a function's body without its docstring, comments and blank lines."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return n_code_lines(source, body[0].lineno, function.end_lineno) if body else 0


def signature_lines(function: Function, source: str) -> int:
    """Lines of a function above its body."""
    last = max(function.lineno, function.body[0].lineno - 1)
    return n_code_lines(source, function.lineno, last)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_functions_are_short(path):
    """No function has more than 40 lines of code, its signature included.

    The constructors of the searches have a line for each parameter, twice.
    """
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(tree_of(path)):
        if isinstance(node, Function):
            n_lines = body_lines(node, source)
            if path not in SEARCHES or node.name != "__init__":
                n_lines += signature_lines(node, source)
            assert n_lines <= MAX_FUNCTION_LINES, f"{node.name}: {n_lines} lines"


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda p: p.name)
def test_expected_errors_are_matched(path):
    """Every `pytest.raises` and `pytest.warns` looks at the message."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in {"raises", "warns"}:
                continue
            keywords = {keyword.arg for keyword in node.keywords}
            assert keywords & {"match", "check"}, f"{path.name}:{node.lineno}"


def stem_of(word: str) -> str:
    """A word without the endings of plurals and verbs."""
    return re.sub(r"(?<=\w{3})(ing|ies|es|ed|s|d|e|y)$", "", word)


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda p: p.name)
def test_docstrings_of_tests_say_more_than_the_name(path):
    """A test whose name says it all has none: words of the name alone say nothing."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            docstring = ast.get_docstring(node)
            words = set(re.findall(r"[a-z]+", (docstring or "").lower())) - FILL_WORDS
            news = set(map(stem_of, words)) - set(map(stem_of, node.name.split("_")))
            assert news or docstring is None, f"{path.name}: {node.name}"


def mirrored(folder: Path) -> Path:
    """The folder of the package whose modules a folder of tests is about."""
    return PACKAGE / folder.relative_to(ROOT / "tests")


@pytest.mark.parametrize(
    "folder",
    sorted({path.parent for path in TEST_FILES if path.name.startswith("test_")}),
    ids=lambda folder: folder.name,
)
def test_tests_mirror_the_tree(folder):
    """Each folder of tests has the name and the place of a folder that it tests."""
    if folder.name in NO_MIRRORS:
        return
    assert mirrored(folder).is_dir(), f"{folder} mirrors no folder of the package"


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem != "__init__"], ids=module_of
)
def test_every_module_has_a_test_file_of_its_name(path):
    """What tests a module is found by the module's name.

    A long one has further tests in files named ``test_<module>_<subject>.py``.
    """
    if path.parent == TABLES or path in WITHOUT_CODE:
        return
    folder = ROOT / "tests" / path.parent.relative_to(PACKAGE)
    assert (folder / f"test_{path.stem.lstrip('_')}.py").is_file()


def test_functions_are_short_on_the_whole():
    """Half of all functions have at most 6 lines of code."""
    lengths = [
        body_lines(node, path.read_text(encoding="utf-8"))
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, Function)
    ]
    assert statistics.median(lengths) <= 6


def test_comments_are_three_percent_of_the_lines():
    """Code needs its reasons: at least 3 of 100 lines have a comment."""
    n_lines = n_comments = 0
    for path in FILES:
        with tokenize.open(path) as file:
            tokens = list(tokenize.generate_tokens(file.readline))
        n_comments += sum(token.type == tokenize.COMMENT for token in tokens)
        n_lines += tokens[-1].end[0]
    assert n_comments >= 0.03 * n_lines

"""Is the house built as drawn: which way do imports run?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.source_files import FILES, PACKAGE, ROOT, module_of, tree_of

#: The one file with private names of joblib, attributes included.
JOBLIB_NAMES = PACKAGE / "_joblib" / "private.py"
OTHER_FILES = [p for p in FILES if p not in {PACKAGE / "_compat.py", JOBLIB_NAMES}]

#: What each part imports from the package, besides itself and EVERYWHERE.
EVERYWHERE = {"_protocol", "_search_progress"}

MAY_IMPORT: dict[str, set[str]] = {
    "_protocol": set(),
    "_search_progress": set(),
    "exceptions": set(),
    "_deciding_metric": set(),
    "_did_you_mean": set(),
    "_duration": set(),
    "_interrupts": set(),
    "_seeding": set(),
    "_selection_bias": set(),
    "_short_text": set(),
    "_split_columns": set(),
    "_split_parts": set(),
    "_user_warnings": set(),
    "_values": set(),
    "_fold_statistics": {"_split_parts"},
    "_partial_scores": {"_fold_statistics"},
    "_stand_in": set(),
    "_compat": set(),
    "_best_possible_score": {"_compat"},
    "_joblib": set(),
    "_gp": set(),
    "space": {"_did_you_mean", "_seeding", "_short_text", "_values"},
    "_acquisition": {"_gp", "space"},
    "_strategies": {
        "_acquisition",
        "_deciding_metric",
        "_fold_statistics",
        "_gp",
        "_partial_scores",
        "_seeding",
        "_user_warnings",
        "_values",
        "exceptions",
        "space",
    },
    "_evaluation": {
        "_compat",
        "_deciding_metric",
        "_fold_statistics",
        "_interrupts",
        "_joblib",
        "_partial_scores",
        "_short_text",
        "_split_columns",
        "_split_parts",
        "_stand_in",
        "_user_warnings",
        "_values",
        "exceptions",
    },
    "_journal": {
        "_compat",
        "_deciding_metric",
        "_duration",
        "_interrupts",
        "_short_text",
        "_split_parts",
        "_user_warnings",
        "_values",
        "exceptions",
    },
    "inspection": {
        "_best_possible_score",
        "_compat",
        "_deciding_metric",
        "_did_you_mean",
        "_duration",
        "_fold_statistics",
        "_gp",
        "_partial_scores",
        "_seeding",
        "_selection_bias",
        "_short_text",
        "_split_columns",
        "_stand_in",
        "_user_warnings",
        "_values",
        "space",
    },
    "selection": {
        "_deciding_metric",
        "_did_you_mean",
        "_fold_statistics",
        "_split_columns",
        "_strategies",
        "_values",
        "space",
    },
    "presets": {
        "_seeding",
        "_values",
        "space",
    },
    "ensemble": {
        "_compat",
        "_deciding_metric",
        "_fold_statistics",
        "_seeding",
        "_stand_in",
        "inspection",
    },
    "integrations": {
        "_evaluation",
        "_gp",
        "_journal",
        "_short_text",
        "_split_columns",
        "_strategies",
        "_user_warnings",
        "_values",
        "inspection",
        "space",
    },
    "callbacks": {"_duration", "_fold_statistics", "integrations"},
    "journal": {"_evaluation", "_journal"},
    "search": {
        "_best_possible_score",
        "_compat",
        "_deciding_metric",
        "_did_you_mean",
        "_duration",
        "_evaluation",
        "_fold_statistics",
        "_gp",
        "_interrupts",
        "_journal",
        "_selection_bias",
        "_short_text",
        "_split_columns",
        "_split_parts",
        "_strategies",
        "_user_warnings",
        "_values",
        "exceptions",
        "inspection",
        "presets",
        "space",
    },
    "__init__": {"_strategies", "search"},
}

#: What each folder inside a part imports from the part's other folders.
FOLDERS = {
    "_evaluation/execution": {"fold", "sharing"},
    "_evaluation/fidelity": {"racing"},
    "_evaluation/fold": {"sharing", "stopping"},
    "_evaluation/loop": {"execution", "fidelity", "fold", "racing", "sharing"},
    "_evaluation/racing": set(),
    "_evaluation/sharing": set(),
    "_evaluation/stopping": {"sharing"},
    "_journal/content": set(),
    "_strategies/engine": set(),
    "inspection/_bias_correction": set(),
    "inspection/_displays": {"_model"},
    "inspection/_model": set(),
    "inspection/_report": {"_bias_correction", "_displays"},
    "presets/_tables": set(),
}

#: Third-party packages a part must not know of.
UNKNOWN_TO = {
    "_protocol": {"sklearn", "joblib", "scipy"},
    "_gp": {"sklearn", "joblib"},
    "_acquisition": {"sklearn", "joblib"},
    "_strategies": {"sklearn", "joblib"},
}


def part_of(path: Path) -> str:
    """First folder or file name below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[str, str | None]]:
    """(module, name or None) of every import in a file, those in functions too."""
    module = module_of(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            yield from ((base, alias.name) for alias in node.names)


@cache
def imported_modules(path: Path) -> set[str]:
    """Modules of the package a file imports, resolved to existing files."""
    known = {module_of(p) for p in FILES}
    found = set()
    for module, name in imports_of(path):
        if name is not None and f"{module}.{name}" in known:
            found.add(f"{module}.{name}")
        elif module in known:
            found.add(module)
    return found - {module_of(path)}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_run_downward(path):
    """A part imports only what stands below it."""
    part = part_of(path)
    allowed = MAY_IMPORT[part] | EVERYWHERE | {part}
    used = {m.split(".")[1] for m in imported_modules(path) if m.count(".") > 0}
    assert used <= allowed, f"{module_of(path)} must not import {used - allowed}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_parts_know_only_the_packages_they_may(path):
    """The engine and the strategies know nothing of scikit-learn or joblib."""
    roots = {module.partition(".")[0] for module, _ in imports_of(path)}
    assert not roots & UNKNOWN_TO.get(part_of(path), set())


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_parts_import_all_that_they_may(part):
    """The table has no arrow that the code does not have."""
    used = {
        module.split(".")[1]
        for path in FILES
        if part_of(path) == part
        for module in imported_modules(path)
        if module.count(".") > 0
    }
    assert used - EVERYWHERE - {part} == MAY_IMPORT[part]


def test_the_page_for_contributors_shows_these_arrows():
    """Apart from single files, which stand in a list of their own there."""
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    lines = re.findall(r"^ (\w+) -> ((?:\w+, )*\w+)(?:  |$)", page, re.MULTILINE)
    drawn = {part: set(used.split(", ")) for part, used in lines}
    parts = {"space", "_stand_in", "_compat"} | {p for p in MAY_IMPORT if is_folder(p)}
    imported = {part: used & parts for part, used in MAY_IMPORT.items()}
    assert drawn == {
        part: used for part, used in imported.items() if used and part != "__init__"
    }


def is_folder(part: str) -> bool:
    """Whether a part has files of its own."""
    return (PACKAGE / part).is_dir()


def folders_used(folder: str) -> set[str]:
    """The other folders of its part that the files of a folder import from."""
    part, _, own = folder.partition("/")
    names = {
        module.removeprefix(f"skbayes.{part}.").partition(".")[0]
        for path in (PACKAGE / folder).glob("*.py")
        for module in imported_modules(path)
        if module.startswith(f"skbayes.{part}.")
    }
    return {name for name in names if (PACKAGE / part / name).is_dir()} - {own}


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_of_a_part_import_what_the_table_says(folder):
    """The table has all arrows between folders, and none that leads back."""
    part, _, own = folder.partition("/")
    assert folders_used(folder) == FOLDERS[folder]
    below = set(FOLDERS[folder])
    while new := {n for name in below for n in FOLDERS[f"{part}/{name}"]} - below:
        below |= new
    assert own not in below


def test_folders_are_all_in_the_table():
    """A new folder of a part gets its line."""
    found = {path.parent.relative_to(PACKAGE).as_posix() for path in FILES}
    assert {name for name in found if "/" in name} == set(FOLDERS)


def test_no_import_cycles():
    """No file leads back to itself, in-function imports counted."""
    graph = {module_of(p): imported_modules(p) for p in FILES}
    while leaves := {m for m, used in graph.items() if not used & graph.keys()}:
        graph = {m: used for m, used in graph.items() if m not in leaves}
    assert not graph, f"these import each other in a circle: {sorted(graph)}"


def is_private(name: str) -> bool:
    """Whether a name is marked private."""
    return name.startswith("_") and not name.startswith("__")


@pytest.mark.parametrize("path", OTHER_FILES, ids=module_of)
def test_private_names_of_others_are_kept_in_two_files(path):
    """Of scikit-learn in `_compat.py`, of joblib in `_joblib/private.py`."""
    for module, name in imports_of(path):
        root, *rest = module.split(".")
        if root in {"sklearn", "joblib"}:
            private = [part for part in (*rest, name or "") if is_private(part)]
            assert not private, f"{module_of(path)}: {module} {name}"


#: Private names of others than scikit-learn and joblib.
OF_OTHERS = {"_getframe", "_serialize_model"}


@cache
def known_names() -> set[str]:
    """Names of all functions, classes and attributes that the package defines."""
    names = set(OF_OTHERS)
    for node in (node for path in FILES for node in ast.walk(tree_of(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


@pytest.mark.parametrize("path", OTHER_FILES, ids=module_of)
def test_private_attributes_of_others_are_kept_in_two_files(path):
    """A private attribute that the package does not define is another's."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            assert node.attr in known_names(), (
                f"{module_of(path)}:{node.lineno}: {node.attr}"
            )


@pytest.mark.parametrize("path", OTHER_FILES, ids=module_of)
def test_private_modules_of_others_are_not_written(path):
    """Not as text either: a class is recognised by its package and its name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_private_module = re.match(r"(sklearn|joblib)\.([\w.]+\.)?_", node.value)
            assert not is_private_module, f"{module_of(path)}: {node.value}"


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if part_of(p) == "_joblib" and p != JOBLIB_NAMES],
    ids=module_of,
)
def test_private_attributes_of_joblib_are_kept_in_one_file(path):
    """What is not an object's own is asked for by a function of `private.py`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            owner = node.value
            is_own = isinstance(owner, ast.Name) and owner.id in {"self", "cls"}
            assert is_own, f"{module_of(path)}:{node.lineno}: {node.attr}"


def test_the_rules_see_the_package():
    """The table of parts names exactly the parts there are."""
    assert {part_of(p) for p in FILES} == set(MAY_IMPORT)

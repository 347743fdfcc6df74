"""Are files of modules read without importing them, the user's own only?"""

from __future__ import annotations

import sys

import pytest

from skbayes._journal.content.module_files import ModuleFiles
from skbayes._journal.content.ownership import Ownership


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Modules of the user's that raise if they are imported."""
    sources = {
        "own_pack/__init__.py": "import own_lone",
        "own_pack/part.py": "from . import other",
        "own_pack/other.py": "",
        "own_lone.py": "raise RuntimeError('imported')",
        "own_broken.py": "def f(:",
        "own_null.py": "a = 1\0",
        "own_text.py": "# coding: latin-1\nx = '\N{LATIN SMALL LETTER E WITH ACUTE}'",
    }
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(source.encode("latin-1"))
    monkeypatch.syspath_prepend(tmp_path)
    yield ModuleFiles(Ownership())
    assert not [name for name in sys.modules if name.startswith("own_")]


def names(found):
    """Names of module files."""
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("module", "package", "n_imports"),
    [
        ("own_pack", "own_pack", 1),
        ("own_pack.part", "own_pack", 1),
        ("own_lone", "", 0),
    ],
)
def test_module_file_knows_its_package_and_imports(files, module, package, n_imports):
    """Relative imports start from a package itself, and from that of a module."""
    one = files.file(module)
    assert one.package == package
    assert len(one.facts.imports) == n_imports
    assert files.file(module) is one


@pytest.mark.parametrize("module", ["own_broken", "own_null"])
def test_module_files_have_only_bytes_of_what_is_no_python(files, module):
    """Such a file changes with every byte, and imports nothing."""
    one = files.file(module)
    assert one.facts is None
    assert one.content


def test_module_file_in_another_encoding_is_read(files):
    """The first line of the file says its encoding."""
    assert files.file("own_text").facts is not None


def test_module_files_of_no_module_are_empty(files):
    """A module without a file has none, either."""
    for module in ("own_missing", "sys"):
        one = files.file(module)
        assert (one.content, one.facts) == (b"", None)


@pytest.mark.parametrize(
    ("statement", "package", "found"),
    [
        (("own_pack", 0, ("part", "value")), "", ["own_pack", "own_pack.part"]),
        (("", 1, ("other",)), "own_pack", ["own_pack", "own_pack.other"]),
        (("other", 1, ("x",)), "own_pack", ["own_pack.other"]),
        (("", 2, ("other",)), "own_pack", []),  # beyond the top
        (("", 1, ("other",)), "", []),  # a relative import without a package
        (("sklearn.svm", 0, ("SVC",)), "", []),
        (("os", 0, ()), "", []),
        (("own_missing", 0, ()), "", []),
    ],
)
def test_imported_modules_of_the_user(files, statement, package, found):
    """Packages come with the modules taken from them; installed ones do not count."""
    assert names(files.imported([statement], package)) == found


def test_imported_modules_are_sorted_and_read_once(files):
    """The order of the statements does not matter."""
    statements = [("own_pack", 0, ()), ("own_lone", 0, ()), ("own_pack", 0, ())]
    assert names(files.imported(statements, "")) == ["own_lone", "own_pack"]
    assert names(files.imported(statements[::-1], "")) == ["own_lone", "own_pack"]

"""The user's own is what is not installed, wherever it lies."""

from __future__ import annotations

import json
import sys
import sysconfig
import types
from pathlib import Path

import numpy as np
import pytest
import sklearn
from sklearn.metrics import accuracy_score
from sklearn.svm import SVC

from skbayes._journal.content.ownership import (
    Ownership,
    defining_module,
    file_of,
    is_compiled,
    is_importable,
    is_of_script,
    version_of,
)


@pytest.mark.parametrize(
    "module",
    [
        "sklearn",
        "sklearn.svm",
        "numpy._core",
        "json",
        "json.decoder",
        "sys",
        "builtins",
        "_abc",
        "skbayes",
        "skbayes.callbacks",
    ],
)
def test_ownership_leaves_out_packages_and_the_standard_library(module):
    """The package itself is installed, too, wherever it runs from."""
    assert not Ownership().is_own(module)


@pytest.mark.parametrize(
    "module",
    ["__main__", "__mp_main__", "tests.search.estimators", "never_heard_of_it"],
)
def test_ownership_takes_scripts_and_modules_beside_them(module):
    """Modules that nobody has loaded count: a notebook's, or those a program made."""
    assert Ownership().is_own(module)


def test_ownership_follows_the_folder_of_a_module(tmp_path, monkeypatch):
    """Modules below a folder for packages are installed; editable ones need not be."""
    installed = tmp_path / "site-packages" / "some_package"
    editable = tmp_path / "project" / "some_project"
    for folder in (installed, editable):
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "inner.py").touch()
        monkeypatch.syspath_prepend(folder.parent)
    owner = Ownership()
    assert not owner.is_own("some_package")
    assert not owner.is_own("some_package.inner")
    assert owner.is_own("some_project")
    assert owner.is_own("some_project.inner")
    assert file_of("some_project.inner") == editable / "inner.py"
    assert "some_project" not in sys.modules


def test_file_of_imports_nothing():
    """Files are found of modules that are loaded, that are not, and that are none."""
    assert file_of("json") == Path(json.__file__)
    assert file_of("no_such_module") is None
    assert file_of("json.no_such_module") is None
    assert file_of("sys") is None


def test_is_compiled_tells_extensions_by_their_names():
    """Extensions have no byte code."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    assert is_compiled(Path(f"a{suffix}"))
    assert not is_compiled(Path("a.py"))


def test_defining_module_is_where_a_function_looks_up_names():
    """A wrapper is its maker's, whatever it is named after."""
    assert defining_module(SVC) == "sklearn.svm._classes"
    assert defining_module(accuracy_score) == "sklearn.utils._param_validation"
    # Compiled functions tell their package from one version of numpy to the next.
    assert defining_module(np.log) in ("", "numpy")


def test_is_importable_takes_what_its_name_leads_to():
    """Functions that were made on the way have no such name."""
    assert is_importable(SVC)
    assert is_importable(accuracy_score)
    assert is_importable(SVC.fit)
    assert not is_importable(lambda: None)
    other = types.FunctionType(is_importable.__code__, {}, "is_importable")
    assert not is_importable(other)


def test_is_of_script_knows_the_script_in_a_worker_too():
    """multiprocessing gives the script another name there."""
    names = ["__main__", "__mp_main__", "sklearn", "main", ""]
    assert [is_of_script(name) for name in names] == [True, True, False, False, False]


def test_version_of_a_package_is_its_own():
    """The package says its version, or what was installed does."""
    assert version_of("sklearn") == sklearn.__version__
    assert version_of("threadpoolctl") != ""
    assert version_of("no_such_package") == ""

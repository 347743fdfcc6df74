"""Whether a module is the user's own or part of an installed distribution.

Modules in the standard library or in a folder for installed packages are installed. All
others are the user's own: scripts, notebooks, modules beside them, and projects
installed in editable mode, because their files are edited.
"""

from __future__ import annotations

import importlib.metadata
import site
import sys
import sysconfig
import types
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import Any

#: Names of folders for installed packages (Debian has its own).
_PACKAGE_FOLDERS = {"site-packages", "dist-packages"}
#: This package counts as installed, also when it runs from a checkout.
_THIS_PACKAGE = __name__.partition(".")[0]
_SCRIPTS = ("__main__", "__mp_main__")


class Ownership:
    """Decides whether modules are the user's own, and caches the answers."""

    def __init__(self) -> None:
        self._folders = tuple({Path(p).resolve() for p in _installed_folders()})
        self._answers: dict[str, bool] = {}

    def is_own(self, module: str) -> bool:
        if module not in self._answers:
            self._answers[module] = self._looks_own(module)
        return self._answers[module]

    def _looks_own(self, module: str) -> bool:
        if is_of_script(module):
            return True
        root = module.partition(".")[0]
        if root in sys.stdlib_module_names or root == _THIS_PACKAGE:
            return False
        if root in sys.builtin_module_names:
            return False
        # A module without any file was typed in: the user's own.
        file = file_of(module) or file_of(root)
        return file is None or not self._is_installed(file)

    def _is_installed(self, file: Path) -> bool:
        file = file.resolve()
        if _PACKAGE_FOLDERS.intersection(file.parts):
            return True
        return any(file.is_relative_to(folder) for folder in self._folders)


def _installed_folders() -> list[str]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = [path for name in names if (path := sysconfig.get_path(name))]
    return [*folders, *site.getsitepackages(), site.getusersitepackages()]


def defining_module(value: Any) -> str:
    """Name of the module in which a class or function was written.

    A function belongs to the module of its globals: a wrapper that a library made, and
    named after the function inside, is the library's.
    """
    if isinstance(value, types.FunctionType):
        return str(value.__globals__.get("__name__") or "")
    return naming_module(value)


def naming_module(value: Any) -> str:
    """Name of the module in the attribute `__module__`."""
    return str(getattr(value, "__module__", None) or "")


def is_of_script(module: str) -> bool:
    """Whether a module is the script that is run, or a notebook."""
    return module in _SCRIPTS


def is_importable(value: Any) -> bool:
    """Whether importing a class or function by its name gives this object."""
    found: Any = sys.modules.get(naming_module(value))
    for name in getattr(value, "__qualname__", "<unnamed>").split("."):
        found = getattr(found, name, None)
    return found is value


def file_of(module: str) -> Path | None:
    """Find the file of a module, imported or not, without importing it."""
    loaded = sys.modules.get(module)
    if loaded is not None:
        file = getattr(loaded, "__file__", None)
        if file is None:
            file = next(iter(getattr(loaded, "__path__", ())), None)
        return None if file is None else Path(file)
    return _file_on_path(module)


def _file_on_path(module: str) -> Path | None:
    """Find the file of a module that is not imported, along ``sys.path``."""
    path: Sequence[str] | None = None
    spec = None
    parts = module.split(".")
    for i in range(len(parts)):
        try:
            spec = PathFinder.find_spec(".".join(parts[: i + 1]), path)
        except (ImportError, ValueError, OSError):
            return None
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or ())
    if spec is None or not spec.has_location or spec.origin is None:
        return None
    return Path(spec.origin)


def is_compiled(file: Path) -> bool:
    """Whether a module's file is an extension, which has no byte code."""
    return file.name.endswith(tuple(EXTENSION_SUFFIXES))


def version_of(package: str) -> str:
    """Version of an installed package by its import name; "" without one."""
    version = getattr(sys.modules.get(package), "__version__", None)
    if isinstance(version, str):
        return version
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""

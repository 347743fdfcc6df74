"""Tables of each package's rules and spaces, imported on demand."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from skbayes.presets._records import Table
from skbayes.presets._suggestions import ClassSpace

#: Module and name of the rules of each package.
_RULES = {
    "sklearn": ("rules_sklearn", "TABLE"),
    "xgboost": ("rules_boosting", "XGBOOST"),
    "lightgbm": ("rules_boosting", "LIGHTGBM"),
    "catboost": ("rules_boosting", "CATBOOST"),
}


def rules_table(package: str) -> Table | None:
    """Return the rules of a package, None for an unknown package."""
    if package not in _RULES:
        return None
    module, name = _RULES[package]
    table: Table = getattr(import_module(f"{__name__}.{module}"), name)
    return table


#: Modules and names of the spaces of each package.
_SPACES = {
    "sklearn": (
        ("spaces_sklearn_trees", "SPACES"),
        ("spaces_sklearn_linear", "SPACES"),
        ("spaces_sklearn_kernels", "SPACES"),
        ("spaces_sklearn_rest", "SPACES"),
    ),
    "xgboost": (("spaces_boosting", "XGBOOST"),),
    "lightgbm": (("spaces_boosting", "LIGHTGBM"),),
    "catboost": (("spaces_boosting", "CATBOOST"),),
}


def class_space(package: str, name: str) -> ClassSpace | None:
    """Return the space of a class of a package, None for an unknown class."""
    for module, attribute in _SPACES.get(package, ()):
        for space in getattr(import_module(f"{__name__}.{module}"), attribute):
            if name in space.classes:
                return cast(ClassSpace, space)
    return None

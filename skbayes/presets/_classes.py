"""Find the rules of an estimator by the name of its class.

No package is imported for this: the caller has imported the class of the estimator. An
import of XGBoost would take seconds.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import Any

from skbayes.presets._records import Rule
from skbayes.presets._registry import registered
from skbayes.presets._tables import rules_table

#: Methods that a subclass may override without a change of fit or predictions.
_HARMLESS = frozenset({"get_params", "set_params", "score", "get_metadata_routing"})


def rules_of(cls: type) -> tuple[Rule, ...]:
    """Find the rules for instances of a class.

    Parameters
    ----------
    cls : type
        The class of an estimator.

    Returns
    -------
    tuple of Rule
        Rules of the class, or of the nearest base class whose fit and predictions it
        inherits. Empty for an unknown class and for another version of its package.
    """
    for base in cls.__mro__:
        registration = registered(base)
        rules = _tabulated_rules(base) if registration is None else registration.rules
        if rules:
            return rules if behaves_as(cls, base) else ()
    return ()


def behaves_as(cls: type, base: type) -> bool:
    """Whether a subclass overrides no method that fits or predicts."""
    for between in cls.__mro__[: cls.__mro__.index(base)]:
        for name in vars(between):
            is_special = name.startswith("__") and name.endswith("__")
            # scikit-learn writes these attributes into every class: constraints,
            # abstract methods, and the request methods of metadata routing.
            is_mark = name.startswith(("_parameter_", "_abc_"))
            is_routing = name.startswith("set_") and name.endswith("_request")
            if is_special or is_mark or is_routing or name in _HARMLESS:
                continue
            if hasattr(base, name):
                return False
    return True


def package_of(cls: type) -> str:
    """Name of the package that defines a class."""
    return cls.__module__.partition(".")[0]


def version_of(package: str) -> tuple[int, ...]:
    """Version of an imported package, as numbers."""
    version: Any = getattr(sys.modules.get(package), "__version__", "")
    return tuple(int(part) for part in re.findall(r"\d+", str(version))[:3])


@lru_cache(maxsize=512)
def _tabulated_rules(cls: type) -> tuple[Rule, ...]:
    """Look up a class in the table of its package."""
    package = package_of(cls)
    table = rules_table(package)
    if table is None:
        return ()
    version = version_of(package)
    return table.rules_of(cls.__name__, version) if table.versions.hold(version) else ()


def meaning_of_nothing(cls: type, name: str) -> Any:
    """Look up the value that None stands for; None where it is unknown."""
    for base in cls.__mro__:
        table = rules_table(package_of(base))
        if table is not None:
            return table.defaults.get(name)
    return None

"""Bayesian, random and grid search over hyperparameters, for scikit-learn."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# From here: from a deeper stack CPython 3.11 takes a tenth longer for its modules.
import sklearn as _sklearn  # noqa: F401

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

if TYPE_CHECKING:
    from skbayes._strategies.engine.proposal import TimeLeft
    from skbayes._strategies.optimizer import Optimizer
    from skbayes._strategies.optimizer_input import Pending

__version__ = "0.2.0"

__all__ = [
    "BayesSearchCV",
    "GridSearchCV",
    "Optimizer",
    "Pending",
    "RandomSearchCV",
    "TimeLeft",
    "__version__",
]

#: Names that import the engine, half of the package: loaded at their first use.
_OF_THE_ENGINE = {
    "Optimizer": "skbayes._strategies.optimizer",
    "Pending": "skbayes._strategies.optimizer_input",
    "TimeLeft": "skbayes._strategies.engine.proposal",
}


def __getattr__(name: str) -> Any:
    """Load the names of the engine at their first use (PEP 562)."""
    if name not in _OF_THE_ENGINE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_OF_THE_ENGINE[name]), name)
    return value


def __dir__() -> list[str]:
    """List all names, also those not loaded yet."""
    return sorted({*globals(), *_OF_THE_ENGINE})

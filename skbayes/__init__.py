"""Bayesian, random and grid search over hyperparameters, for scikit-learn."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

if TYPE_CHECKING:
    from skbayes._strategies.history import Pending
    from skbayes._strategies.optimizer import Optimizer
    from skbayes._strategies.proposal import TimeLeft

__version__ = "0.1.0"

__all__ = [
    "BayesSearchCV",
    "GridSearchCV",
    "Optimizer",
    "Pending",
    "RandomSearchCV",
    "TimeLeft",
    "__version__",
]

#: Names that bring the engine with them, which is loaded by those who use it.
_OF_THE_ENGINE = {
    "Optimizer": "skbayes._strategies.optimizer",
    "Pending": "skbayes._strategies.history",
    "TimeLeft": "skbayes._strategies.proposal",
}


def __getattr__(name: str) -> Any:
    """Load what brings the engine when it is asked for (PEP 562)."""
    if name not in _OF_THE_ENGINE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_OF_THE_ENGINE[name]), name)
    return value


def __dir__() -> list[str]:
    """List the names that are loaded later, too."""
    return sorted({*globals(), *_OF_THE_ENGINE})

"""Registry of users' knowledge about classes."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from skbayes._values import one_or_several
from skbayes.presets._predicates import is_given
from skbayes.presets._records import Idle, Refused, Rule, Versions

#: Conditions in the user's form: one dict, or several dicts as alternatives.
Conditions = Mapping[str, Any] | Sequence[Mapping[str, Any]]

Key = str | tuple[str, ...]

#: A package and its bounds, such as "lightgbm>=4,<5"; other operators are refused.
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*(.*)")
_BOUND = re.compile(r"\s*(>=|<)\s*([0-9.]+)\s*")


@dataclass(frozen=True)
class Registration:
    """Registered knowledge about one class.

    Parameters
    ----------
    rules : tuple of Rule
        Parameters without effect, and invalid combinations.
    space : mapping
        Values to search, by parameter.
    first_points : tuple of dict
        Points to try first.
    """

    rules: tuple[Rule, ...] = ()
    space: Mapping[str, Any] = field(default_factory=dict)
    first_points: tuple[Mapping[str, Any], ...] = ()


#: Registrations by exact class; `behaves_as` decides whether a subclass inherits one.
_REGISTERED: dict[type, Registration] = {}


def registered(cls: type) -> Registration | None:
    """Look up the registration of the class itself, None without one."""
    return _REGISTERED.get(cls)


def register(
    estimator_class: type,
    *,
    idle: Mapping[str, Conditions] | None = None,
    left_out: Mapping[str, Conditions] | None = None,
    refused: Sequence[Mapping[str, Any]] | None = None,
    space: Mapping[str, Any] | None = None,
    first_points: Sequence[Mapping[str, Any]] | None = None,
    requires: str | None = None,
) -> None:
    """Register knowledge about the parameters of an estimator class.

    A Bayesian search then leaves parameters without effect out of its model and never
    proposes invalid combinations; `suggest_space` and ``"auto"`` return the registered
    space. The knowledge applies to the class and to subclasses that inherit its fit and
    predictions. It replaces all earlier knowledge about the class.

    Parameters
    ----------
    estimator_class : type
        A class with scikit-learn's ``get_params`` and ``set_params``.
    idle : dict of str to dict or list of dict, default=None
        For each parameter, the conditions under which it has no effect. A condition is
        a dict from other parameters to lists of values, which hold together; a list of
        dicts holds alternatives. A function of the value may replace a list; it must be
        defined in a module. An empty dict means that the parameter never has an effect.
    left_out : dict of str to dict or list of dict, default=None
        For each parameter, the conditions under which it must not be set. The search
        leaves it at the estimator's own value there.
    refused : list of dict, default=None
        Invalid combinations of values.
    space : dict, default=None
        Space that `suggest_space` returns: for each parameter a list or a distribution,
        as a search takes it.
    first_points : list of dict, default=None
        Points to try first, if they lie in the searched space. A parameter missing in a
        dict keeps the estimator's value.
    requires : str, default=None
        Versions of the package for which this holds, such as ``"mypackage>=1.2,<2"``.

    Raises
    ------
    TypeError
        If `estimator_class` is no class with ``get_params``, or a condition is no
        dict of lists or functions.
    ValueError
        If a name is no parameter of the class, or the installed package has another
        version.

    See Also
    --------
    suggest_space : Suggest a space for an estimator.

    Examples
    --------
    >>> from sklearn.base import BaseEstimator, ClassifierMixin
    >>> from skbayes.presets import register
    >>> class Booster(ClassifierMixin, BaseEstimator):
    ...     def __init__(self, booster="tree", depth=6, rate_drop=0.1):
    ...         self.booster = booster
    ...         self.depth = depth
    ...         self.rate_drop = rate_drop
    >>> register(
    ...     Booster,
    ...     idle={
    ...         "depth": {"booster": ["linear"]},
    ...         "rate_drop": {"booster": ["linear", "tree"]},
    ...     },
    ...     space={"booster": ["tree", "linear", "dart"], "depth": [2, 4, 8]},
    ... )
    """
    if not (
        inspect.isclass(estimator_class) and hasattr(estimator_class, "get_params")
    ):
        raise TypeError(
            "The `estimator_class` parameter of register must be a class with "
            f"`get_params`. Got {estimator_class!r} instead."
        )
    if requires is not None:
        check_requirement(requires, f"The registration of {estimator_class.__name__}")
    rules: list[Rule] = []
    for name, when in _one_by_one(idle, "idle"):
        rules.append(Idle((name,), _checked(when, "idle")))
    for name, when in _one_by_one(left_out, "left_out"):
        conditions: dict[Key, Any] = {**_checked(when, "left_out"), name: is_given}
        rules.append(Refused(conditions, leave=name))
    rules += [Refused(_checked(when, "refused")) for when in refused or ()]
    points = tuple(dict(point) for point in first_points or ())
    named = [name for rule in rules for name in _names_in(rule)]
    named += [*(space or {}), *(name for point in points for name in point)]
    # All checks come before the assignment: an invalid call keeps the old registration.
    _check_names(estimator_class, named)
    _REGISTERED[estimator_class] = Registration(tuple(rules), dict(space or {}), points)


def check_requirement(requirement: str, what: str) -> None:
    """Raise ValueError unless the installed version fulfils a requirement."""
    found = _REQUIREMENT.fullmatch(requirement)
    package, bounds = found.groups() if found else ("", "")
    parts = [_BOUND.fullmatch(part) for part in bounds.split(",")] if bounds else []
    if not package or not all(parts):
        raise ValueError(
            "The `requires` parameter of register must be such as 'package>=1.2,<2'. "
            f"Got {requirement!r} instead."
        )
    limits = {p.group(1): _numbers(p.group(2)) for p in parts if p is not None}
    wanted = Versions(limits.get(">=", ()), limits.get("<", ()))
    module = sys.modules.get(package)
    version = getattr(module, "__version__", None) or _installed_version(package)
    if version is None or not wanted.hold(_numbers(version)):
        raise ValueError(
            f"{what} is for {requirement}, but "
            + (f"{package} {version} is" if version else f"{package} is not")
            + " installed: install that version, or register the rules of this one."
        )


def _installed_version(package: str) -> str | None:
    """Version of a distribution, None if it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    """Parse the first three numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _one_by_one(
    conditions: Mapping[str, Conditions] | None, parameter: str
) -> list[tuple[str, Mapping[str, Any]]]:
    """Pair each parameter with each of its alternative conditions."""
    pairs: list[tuple[str, Mapping[str, Any]]] = []
    for name, when in (conditions or {}).items():
        if not isinstance(when, Mapping | list | tuple):
            raise TypeError(_refusal(parameter, when))
        pairs += [(name, alternative) for alternative in one_or_several(when)]
    return pairs


def _checked(when: Any, parameter: str) -> dict[Key, Any]:
    """Return a condition; raise TypeError unless it has lists or functions."""
    if not isinstance(when, Mapping) or not all(
        callable(wanted) or isinstance(wanted, list | tuple) for wanted in when.values()
    ):
        raise TypeError(_refusal(parameter, when))
    return dict(when)


def _refusal(parameter: str, got: Any) -> str:
    """Message for a condition of another type."""
    return (
        f"A condition in the `{parameter}` parameter of register must be a dict of "
        f"parameters to lists of values or functions. Got {got!r} instead; write "
        "{'booster': ['linear']}."
    )


def _names_in(rule: Rule) -> list[str]:
    """Names of all parameters in a rule."""
    names = [n for key in rule.when for n in ((key,) if isinstance(key, str) else key)]
    return [*names, *rule.names] if isinstance(rule, Idle) else names


def _check_names(cls: type, names: Sequence[str]) -> None:
    """Raise ValueError for a name that is no parameter of the constructor."""
    parameters = inspect.signature(cls).parameters
    # The constructor takes any name, as LightGBM's does: nothing to check.
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    unknown = sorted({n for n in names if n.partition("__")[0] not in parameters})
    if unknown:
        raise ValueError(
            f"The rules given to register must name parameters of {cls.__name__}. Got "
            f"{', '.join(map(repr, unknown))}; it has {sorted(parameters)}."
        )

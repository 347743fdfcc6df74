"""Parts of a model, and the parameters that the user has set."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from skbayes._values import is_estimator
from skbayes.presets._classes import behaves_as, package_of, version_of
from skbayes.presets._facts import Facts
from skbayes.presets._registry import Registration, registered
from skbayes.presets._suggestions import ClassSpace
from skbayes.presets._tables import class_space, rules_table

#: Steps after which features have about unit scale.
_SCALERS = frozenset(
    {
        "ColumnTransformer",
        "MaxAbsScaler",
        "MinMaxScaler",
        "Normalizer",
        "PowerTransformer",
        "QuantileTransformer",
        "RobustScaler",
        "StandardScaler",
    }
)


@dataclass(frozen=True)
class Part:
    """One estimator of a model, with the known space of its class.

    Parameters
    ----------
    prefix : str
        Prefix of its parameters' names; empty for the model itself.
    estimator : estimator
        Estimator with its current values.
    known : ClassSpace, Registration or None
        Known space; None for an unknown class.
    is_scaled : bool, default=False
        Whether an earlier step scales the features.
    """

    prefix: str
    estimator: Any
    known: ClassSpace | Registration | None
    is_scaled: bool = False

    @property
    def start(self) -> str:
        """Prefix of its parameters' names with the separator."""
        return f"{self.prefix}__" if self.prefix else ""

    @property
    def class_name(self) -> str:
        """Name of the estimator's class."""
        return type(self.estimator).__name__

    def facts(self, facts: Facts) -> Facts:
        """Facts of the data that reach this part, without a fit of earlier steps."""
        return replace(facts, variance=1.0) if self.is_scaled else facts

    def is_known(self) -> bool:
        """Whether the class is known, even if it has nothing to tune."""
        return self.known is not None or package_of(type(self.estimator)) == "sklearn"

    def own(self) -> dict[str, Any]:
        """Parameters of the estimator without nested ones."""
        own: dict[str, Any] = self.estimator.get_params(deep=False)
        return own

    def takes(self, name: str) -> bool:
        """Whether the estimator has a parameter that is not deprecated."""
        own = self.own()
        if name in own:
            return not (isinstance(own[name], str) and own[name] == "deprecated")
        # LightGBM and XGBoost take parameters as **kwargs that get_params lists only
        # once they are set.
        kinds = (p.kind for p in _parameters(type(self.estimator)).values())
        is_theirs = package_of(type(self.estimator)) == "sklearn"
        return (
            not is_theirs
            and inspect.Parameter.VAR_KEYWORD in kinds
            or (name in _parameters(type(self.estimator)) and not is_theirs)
        )

    def is_set(self, name: str) -> bool:
        """Whether the user has changed a parameter from its default."""
        own = self.own()
        if name not in own:
            return False
        parameter = _parameters(type(self.estimator)).get(name)
        default = None if parameter is None else parameter.default
        if default is inspect.Parameter.empty:
            return True
        value = own[name]
        # Identity first: a default may be nan, or an array whose == is no bool.
        if value is default:
            return False
        try:
            return not bool(value == default)
        except (TypeError, ValueError):
            return True


def parts_of(estimator: Any) -> Iterator[Part]:
    """Yield the estimator and its nested estimators, each with its known space."""
    yield Part("", estimator, _known_of(type(estimator)))
    if not hasattr(estimator, "get_params"):
        return
    own = estimator.get_params(deep=True)
    scaled = _scaled_prefixes(estimator, own)
    for name, value in sorted(own.items()):
        if is_estimator(value):
            is_scaled = any(f"{name}__".startswith(start) for start in scaled)
            yield Part(name, value, _known_of(type(value)), is_scaled)


def _scaled_prefixes(estimator: Any, own: Mapping[str, Any]) -> set[str]:
    """Prefixes of the pipeline steps behind a scaling step."""
    found = set()
    for prefix, value in [("", estimator), *((f"{n}__", v) for n, v in own.items())]:
        is_scaled = False
        steps = getattr(value, "steps", None)
        # Only a list counts: a plan of skrub has an attribute of every name.
        for step in steps if isinstance(steps, list | tuple) else ():
            if is_scaled:
                found.add(f"{prefix}{step[0]}__")
            is_scaled |= type(step[1]).__name__ in _SCALERS
    return found


def main_part(estimator: Any) -> Part:
    """Find the predicting part: the last step of a pipeline, else the model."""
    part, prefix = estimator, ""
    while hasattr(part, "steps"):
        name, part = part.steps[-1]
        prefix = f"{prefix}__{name}" if prefix else name
    return Part(prefix, part, _known_of(type(part)))


def _known_of(cls: type) -> ClassSpace | Registration | None:
    """Look up the known space of a class, or of a base class that it behaves as."""
    for base in cls.__mro__:
        registration = registered(base)
        if registration is not None and (
            registration.space or registration.first_points
        ):
            return registration if behaves_as(cls, base) else None
        package = package_of(base)
        found = class_space(package, base.__name__)
        if found is not None:
            _check_version(base, package)
            return found if behaves_as(cls, base) else None
    return None


def number_of_nothing(cls: type, name: str) -> Any:
    """Look up the number that a default of None stands for, if it is known."""
    spaces = (class_space(package_of(base), base.__name__) for base in cls.__mro__)
    known = next((space for space in spaces if space is not None), None)
    return None if known is None else known.untuned.get(name)


def _check_version(cls: type, package: str) -> None:
    """Raise ValueError if the table was made for other versions of the package."""
    table = rules_table(package)
    version = version_of(package)
    if table is not None and version and not table.versions.hold(version):
        raise ValueError(
            f"The space of {cls.__name__} is for {package}{table.versions}, but "
            f"{'.'.join(map(str, version))} is installed: install one of those "
            "versions, write the space by hand, or register one with "
            "skbayes.presets.register."
        )


def _parameters(cls: type) -> dict[str, inspect.Parameter]:
    """Parameters of the constructor; empty for one without signature."""
    try:
        return dict(inspect.signature(cls).parameters)
    except (TypeError, ValueError):
        return {}

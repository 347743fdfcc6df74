"""Records of the rules between a class's parameters, and functions to write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skbayes.presets._predicates import is_one_of

#: Condition on a value: membership in a list, or a test.
Wanted = Sequence[Any] | Callable[..., bool]
#: Conditions by parameter, or by tuple of parameters for a test that compares them.
When = Mapping[str | tuple[str, ...], Wanted]


@dataclass(frozen=True)
class Idle:
    """Parameters without effect under conditions on other parameters.

    Parameters
    ----------
    names : tuple of str
        The parameters. Predictions are equal for all their values.
    when : mapping
        Conditions on other parameters that hold together; empty for always.
    only_predictions : bool
        Whether only predictions are equal. Fitted attributes may then differ, which
        matters under a meta-estimator that reads them.
    """

    names: tuple[str, ...]
    when: When
    only_predictions: bool = False


@dataclass(frozen=True)
class Refused:
    """An invalid combination of values, which raises an error in `fit`.

    Parameters
    ----------
    when : mapping
        Conditions that hold together.
    leave : str
        The parameter whose own default makes the combination valid. A search leaves it
        at the estimator's value there. Empty if there is none.
    """

    when: When
    leave: str = ""


@dataclass(frozen=True)
class Versions:
    """Range of versions of a package.

    Parameters
    ----------
    since, before : tuple of int
        First version inside, and first version after the range; empty for no bound.
    """

    since: tuple[int, ...] = ()
    before: tuple[int, ...] = ()

    def hold(self, version: tuple[int, ...]) -> bool:
        """Whether a version lies in the range."""
        return version >= self.since and (not self.before or version < self.before)

    def __str__(self) -> str:
        """Write the range as a requirement."""
        since = ".".join(map(str, self.since))
        before = ".".join(map(str, self.before))
        bounds = [f">={since}" if since else "", f"<{before}" if before else ""]
        return ",".join(filter(None, bounds)) or "any version"


@dataclass(frozen=True)
class Row:
    """One rule for some classes of a package.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    rule : Idle or Refused
        Rule of each class.
    versions : Versions
        Versions of the package with this rule.
    """

    classes: tuple[str, ...]
    rule: Idle | Refused
    versions: Versions = Versions()


@dataclass(frozen=True)
class Table:
    """All rules of one package.

    Parameters
    ----------
    package : str
        Name of the imported package.
    versions : Versions
        Versions for which the rows were tested. For other versions no rule applies: a
        wrong rule would hide good candidates, a missing one only costs time.
    tested : tuple of str
        Versions of the last test.
    rows : tuple of Row
        Rules, in any order.
    defaults : mapping
        Values that None stands for, for the parameters in conditions.
    """

    package: str
    versions: Versions
    tested: tuple[str, ...]
    rows: tuple[Row, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def rules_of(self, name: str, version: tuple[int, ...]) -> tuple[Rule, ...]:
        """Find the rules of a class by its name, for a version of the package."""
        return tuple(
            row.rule
            for row in self.rows
            if name in row.classes and row.versions.hold(version)
        )


Rule = Idle | Refused


def idle(
    classes: str,
    names: str,
    when: When | None = None,
    *,
    only_predictions: bool = False,
    since: tuple[int, ...] = (),
    before: tuple[int, ...] = (),
) -> Row:
    """Write a row of parameters without effect; blanks separate names."""
    rule = Idle(tuple(names.split()), dict(when or {}), only_predictions)
    return Row(tuple(classes.split()), rule, Versions(since, before))


def refused(
    classes: str,
    when: When,
    *,
    leave: str = "",
    since: tuple[int, ...] = (),
    before: tuple[int, ...] = (),
) -> Row:
    """Write a row of an invalid combination."""
    rule = Refused(dict(when), leave)
    return Row(tuple(classes.split()), rule, Versions(since, before))


def passes(wanted: Wanted, value: Any) -> bool:
    """Whether a value fulfils a condition."""
    if callable(wanted):
        return bool(wanted(value))
    return is_one_of(value, tuple(wanted))

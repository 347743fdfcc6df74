"""Translate rules of classes into rules of a search space.

The engine works with parameters and values only. The translation replaces classes by
the space's names, and parameters that are not searched by their own values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sklearn.base import BaseEstimator

from skbayes.presets._classes import meaning_of_nothing, package_of, rules_of
from skbayes.presets._nested_estimators import NestedEstimator, nested_estimators
from skbayes.presets._predicates import is_one_of
from skbayes.presets._records import Idle, Refused, Wanted, When, passes
from skbayes.space._dimension import Dimension
from skbayes.space._rules import Among, Effect, Rule, Satisfies
from skbayes.space._space import Space

#: Most values of a dimension that are tested one by one. More become one test of the
#: value, so that a wide integer range makes no long list.
_MAX_LISTED = 4096

Literals = tuple[Among | Satisfies, ...]


def rules_for(estimator: Any, space: Space) -> list[Rule]:
    """Find the rules between a search space's parameters.

    Parameters
    ----------
    estimator : estimator
        Estimator of the search.
    space : Space
        The parsed space, before rules.

    Returns
    -------
    list of Rule
        Rules of all parts; empty for unknown classes.
    """
    if not hasattr(estimator, "get_params"):
        return []
    rules: list[Rule] = []
    for b, branch in enumerate(space.branches):
        prefixes = dict.fromkeys(name.rpartition("__")[0] for name in branch)
        for prefix in prefixes:
            for nested in nested_estimators(prefix, estimator, branch):
                rules += _Translator(prefix, nested, branch, b).rules()
    return rules


class _Translator:
    """Rules of one estimator in one branch of a space.

    Parameters
    ----------
    prefix : str
        Prefix of the estimator's parameters.
    nested : NestedEstimator
        The estimator and the conditions under which it is in place.
    branch : mapping of str to Dimension
        Parameters of the branch.
    number : int
        Number of the branch.
    """

    def __init__(
        self,
        prefix: str,
        nested: NestedEstimator,
        branch: Mapping[str, Dimension],
        number: int,
    ) -> None:
        self._start = f"{prefix}__" if prefix else ""
        self._nested = nested
        self._branch = branch
        self._number = number
        self._own = nested.own()
        self._class = type(nested.value)

    def rules(self) -> Iterator[Rule]:
        """Yield rules for missing parameters and the rules of the class."""
        if self._nested.guards:
            yield from self._missing()
        if not self._nested.is_estimator:
            return
        for rule in rules_of(self._class):
            if isinstance(rule, Refused):
                yield from self._refused(rule)
            elif not (rule.only_predictions and self._nested.is_read):
                yield from self._idle(rule)

    def _missing(self) -> Iterator[Rule]:
        """Yield rules that leave a parameter unset which a step's choice lacks."""
        takes_any = self._nested.is_estimator and not _lists_all(self._nested.value)
        for name in self._branch:
            if not name.startswith(self._start) or takes_any:
                continue
            leaf = name.removeprefix(self._start)
            if leaf.partition("__")[0] not in self._own:
                yield self._rule(Effect.ABSENT, self._nested.guards, name)

    def _idle(self, known: Idle) -> Iterator[Rule]:
        """Yield a rule for each searched parameter without effect."""
        searched = [leaf for leaf in known.names if self._start + leaf in self._branch]
        if not searched:
            return
        when = self._literals(known.when)
        if when is None:
            return
        for leaf in searched:
            own = self._value_of(leaf)
            yield self._rule(Effect.INACTIVE, when, self._start + leaf, own)

    def _refused(self, known: Refused) -> Iterator[Rule]:
        """Yield a rule that excludes a combination, or leaves one parameter unset."""
        searched = {
            name for key in known.when for name in _names(key) if self._is_there(name)
        }
        if not searched:
            return
        name = self._start + known.leave
        if known.leave and name in self._branch and self._is_to_be_left(known):
            # Leaving a parameter unset keeps the other values of the candidate; an
            # excluded combination would lose them.
            others = {k: w for k, w in known.when.items() if k != known.leave}
            when = self._literals(others)
            if when is not None:
                own = self._own.get(known.leave)
                yield self._rule(Effect.ABSENT, when, name, own)
            return
        when = self._literals(known.when)
        if when is not None:
            yield self._rule(Effect.INVALID, when, reason=self._words(known.when))

    def _is_to_be_left(self, known: Refused) -> bool:
        """Whether all searched values are invalid and the estimator's own is valid."""
        wanted = known.when[known.leave]
        if passes(wanted, self._own.get(known.leave)):
            return False
        dimension = self._branch[self._start + known.leave]
        if dimension.n_values > _MAX_LISTED:
            return True
        return all(passes(wanted, value) for value in dimension.values())

    def _literals(self, when: When) -> Literals | None:
        """Translate conditions to searched parameters; None if they cannot hold."""
        literals: Literals = self._nested.guards
        for key, wanted in when.items():
            found = (
                self._literal(key, wanted)
                if isinstance(key, str)
                else self._comparison(key, wanted)
            )
            if found is None:
                return None
            literals = (*literals, *found)
        return literals

    def _literal(self, leaf: str, wanted: Wanted) -> Literals | None:
        """Translate one condition: empty if it always holds, None if never."""
        name = self._start + leaf
        dimension = self._branch.get(name)
        if dimension is None:
            return () if passes(wanted, self._value_of(leaf)) else None
        if dimension.n_values > _MAX_LISTED:
            if callable(wanted):
                return (Satisfies((name,), (None,), wanted),)
            # Too many values to list: a test of the value, by functions that can be
            # pickled.
            return (Satisfies((name, None), (None, tuple(wanted)), is_one_of),)
        values = [self._meant(leaf, value) for value in dimension.values()]
        places = frozenset(i for i, v in enumerate(values) if passes(wanted, v))
        if not places:
            return None
        return () if len(places) == len(values) else (Among(name, places),)

    def _comparison(self, leaves: tuple[str, ...], test: Wanted) -> Literals | None:
        """Translate a test that compares several parameters."""
        assert callable(test)
        names = [self._start + leaf for leaf in leaves]
        varied = [n in self._branch and self._branch[n].n_values > 1 for n in names]
        constants = tuple(
            None
            if is_varied
            else self._branch[name].values()[0]
            if name in self._branch
            else self._value_of(leaf)
            for leaf, name, is_varied in zip(leaves, names, varied, strict=True)
        )
        if not any(varied):
            return () if test(*constants) else None
        arguments = tuple(n if v else None for n, v in zip(names, varied, strict=True))
        return (Satisfies(arguments, constants, test),)

    def _is_there(self, leaf: str) -> bool:
        return self._start + leaf in self._branch

    def _value_of(self, leaf: str) -> Any:
        """Look up the estimator's own value of a parameter."""
        return self._meant(leaf, self._own.get(leaf))

    def _meant(self, leaf: str, value: Any) -> Any:
        """Replace None by the value that it stands for, if known."""
        return meaning_of_nothing(self._class, leaf) if value is None else value

    def _words(self, when: When) -> str:
        """Describe the invalid combination for an error message."""
        names = [name for key in when for name in _names(key)]
        where = f" under {self._start[:-2]!r}" if self._start else ""
        return (
            f"{self._class.__name__} refuses this combination of "
            f"{', '.join(map(repr, names))}{where}"
        )

    def _rule(
        self,
        effect: Effect,
        when: Literals,
        name: str = "",
        value: Any = None,
        reason: str = "",
    ) -> Rule:
        return Rule(effect, when, name, value, self._number, reason)


def _names(key: str | tuple[str, ...]) -> tuple[str, ...]:
    """Names of the parameters in a condition's key."""
    return (key,) if isinstance(key, str) else key


def _lists_all(estimator: Any) -> bool:
    """Whether an estimator takes only the parameters that get_params lists."""
    return package_of(type(estimator)) == "sklearn" or (
        isinstance(estimator, BaseEstimator)
        and type(estimator).set_params is BaseEstimator.set_params
        and type(estimator).get_params is BaseEstimator.get_params
    )

"""Paths: one fit at the largest value of a parameter contains all smaller models.

The smaller model is cut out of the larger one: fitted attributes that are lists of
members are cut to their first `size`. The result is an ordinary fitted estimator, so
every scorer works on it unchanged.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes._evaluation.sharing.hooks import Hooks
from skbayes._evaluation.sharing.names import Scope
from skbayes._evaluation.sharing.path_rules import (
    HELD_OUT_ARGUMENTS,
    PathRule,
    is_size,
    len_of,
    rule_of,
)
from skbayes._evaluation.sharing.store import Entry
from skbayes._evaluation.sharing.totals import go_on_from_smaller

#: Samples on which a cut model is compared with a fitted one.
_N_COMPARED = 500
#: Methods whose output must be equal.
_RESPONSES = ("predict", "predict_proba", "decision_function", "score_samples")


@dataclass(frozen=True)
class PathFit:
    """The fit of the estimator at the end of a pipeline, cut out of a larger one.

    Parameters
    ----------
    session : Hooks
        The session, which has the store and the tags.
    final : estimator
        Unfitted estimator at the end of the pipeline, with its parameters set.
    scope : Scope
        Scope of `final`, without the parameter of the path.
    rule : PathRule
        Rule that cuts the smaller model out of the larger one.
    """

    session: Hooks
    final: Any
    scope: Scope
    rule: PathRule

    @classmethod
    def of(cls, session: Hooks, final: Any, scope: Scope) -> PathFit | None:
        """The path of an estimator; None if its parameter is not searched."""
        rule = rule_of(final)
        rule = None if rule is None else rule.as_searched(scope.has)
        if rule is None:
            return None
        return cls(session, final, scope.without(rule.parameter), rule)

    def fit(self, X: Any, y: Any = None, **params: Any) -> Any:
        """Fit, or cut the model out of a larger one that was fitted before."""
        # This hook acts once; `_plain_fit` below must call the method of the class.
        self.final.__dict__.pop("fit", None)
        store, where = self.session.store, (self.scope.path, "path")
        tags = self.session.tag_of(X), self.session.tag_of(y)
        size = _value(self.final, self.rule.parameter)
        is_exact = (
            is_size(size)
            and self.rule.is_exact(self.final, len_of(X))
            and not HELD_OUT_ARGUMENTS & params.keys()
        )
        if not is_exact or None in tags or not store.is_worthwhile(where):
            return self._plain_fit(self.final, X, y, params)
        key = self.scope.key(self.session.work.fold, *tags, *sorted(params))
        known = store.get(where, key)
        if known is None or not self.rule.holds(known.size, size, X):
            if known is None or not self._go_on(known, X, y, params):
                self._plain_fit(self.final, X, y, params)
            state = _fitted_state(self.final)
            store.put(key, Entry(state, size=self.rule.end_of(state, size)))
        elif store.is_verified(where):
            self.final.__dict__.update(self.rule.cut(known.state, size))
            if self.rule.total is not None:
                part = self.scope.path, "total"
                go_on_from_smaller(
                    self.session, self.final, self.rule.total, part, key, size
                )
        else:
            self._plain_fit(self.final, X, y, params)
            cut = _copy_unfitted(self.final)
            cut.__dict__.update(self.rule.cut(known.state, size))
            self._compare(where, cut, X)
        return self.final

    def _go_on(self, known: Entry, X: Any, y: Any, params: Mapping[str, Any]) -> bool:
        """Continue a smaller fit to the needed size, if that is exact.

        The first time the estimator is also fitted as a whole, and both are compared.
        """
        store, where = self.session.store, (self.scope.path, "longer path")
        may_continue = self.rule.continues is not None and self.rule.continues(
            self.final, len_of(X)
        )
        if not may_continue or not store.is_worthwhile(where):
            return False
        is_verified = store.is_verified(where)
        longer = self.final if is_verified else _copy_unfitted(self.final)
        # The fit adds members, which must not change the kept state.
        state = self.rule.cut(known.state, int(known.size))
        longer.__dict__.update(_with_own_generators(state))
        longer.warm_start = True
        try:
            self._plain_fit(longer, X, y, params)
        finally:
            longer.warm_start = False
        if not is_verified:
            self._plain_fit(self.final, X, y, params)
            self._compare(where, longer, X)
        return True

    def _plain_fit(self, final: Any, X: Any, y: Any, params: Mapping[str, Any]) -> Any:
        if y is None:
            return final.fit(X, **params)
        return final.fit(X, y, **params)

    def _compare(self, where: Hashable, derived: Any, X: Any) -> None:
        """Compare the fitted model with a derived one."""
        few = X[:_N_COMPARED] if not hasattr(X, "iloc") else X.iloc[:_N_COMPARED]
        self.session.store.compare(
            where, _responses(self.final, few), _responses(derived, few)
        )


def _value(estimator: Any, parameter: str) -> Any:
    """A parameter, of CatBoost too, which has no attributes for them."""
    if hasattr(estimator, parameter):
        return getattr(estimator, parameter)
    return estimator.get_params(deep=False)[parameter]


def _with_own_generators(state: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the random generators, which a fit advances."""
    kinds = np.random.RandomState, np.random.Generator
    return {
        k: copy.deepcopy(v) if isinstance(v, kinds) else v for k, v in state.items()
    }


def _fitted_state(estimator: Any) -> dict[str, Any]:
    """The attributes of an estimator that are not parameters."""
    own = set(estimator.get_params(deep=False))
    return {k: v for k, v in vars(estimator).items() if k not in own}


def _copy_unfitted(estimator: Any) -> Any:
    return type(estimator)(**estimator.get_params(deep=False))


def _responses(estimator: Any, X: Any) -> tuple[Any, ...]:
    """The output of every response method of a fitted estimator on some samples."""
    methods: list[Callable[..., Any]] = [
        getattr(estimator, name) for name in _RESPONSES if hasattr(estimator, name)
    ]
    return tuple(np.asarray(method(X)) for method in methods)

"""`suggest_space`: suggest a space for an estimator and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

from skbayes.presets._facts import Facts, facts_of
from skbayes.presets._parts import Part, main_part, parts_of
from skbayes.presets._suggested_space import SuggestedDict, SuggestedList
from skbayes.presets._suggestions import Choices, ClassSpace, Suggestion
from skbayes.presets._translation import rules_for
from skbayes.space._parsing import parse_space
from skbayes.space._rules import Effect

EFFORTS = ("quick", "normal", "wide")
#: Most dicts in a suggested space: each is a branch, and every branch needs candidates
#: of its own.
_MAX_DICTS = 16

Values = dict[str, tuple[Any, str]]


def suggest_space(
    estimator: Any, X: Any = None, y: Any = None, *, effort: str = "normal"
) -> SuggestedDict | SuggestedList:
    """Suggest a space for an estimator.

    The tables cover scikit-learn's estimators that have something worth tuning,
    XGBoost, LightGBM and CatBoost; `register` adds others. Parts of pipelines, column
    transformers, unions, ensembles and meta-estimators are included. Values that the
    user has set are not searched.

    Parameters
    ----------
    estimator : estimator
        Estimator with its own values; it is neither fitted nor changed.
    X : array-like of shape (n_samples, n_features), default=None
        Training data, for ranges that depend on its size. None suggests ranges for
        1,000 samples of 20 features.
    y : array-like of shape (n_samples,), default=None
        The target, for ranges that depend on its scale.
    effort : {"quick", "normal", "wide"}, default="normal"
        Number of parameters: "quick" has the parameters that carry a quarter or more of
        the gain of tuning, "wide" also has the parameters that seldom matter.

    Returns
    -------
    dict or list of dict
        Space for ``param_distributions`` of `BayesSearchCV` and `RandomSearchCV`. Its
        repr is code to paste and edit.

    Raises
    ------
    TypeError
        If `estimator` is a class or has no parameters.
    ValueError
        If the estimator is unknown, has nothing to tune, or its package has another
        version than its table.

    See Also
    --------
    register : Register knowledge about a class.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skbayes.presets import suggest_space
    >>> suggest_space(Ridge(), effort="quick")
    {
        # for 1000 samples of 20 features: give X and y for ranges that fit yours
        'alpha': Real(low=0.0001, high=10000.0, prior='log-uniform'),  # usual range
    }
    """
    facts = Facts() if X is None else facts_of(X, y)
    notes = (
        f"for {facts.n_samples} samples of {facts.n_features} features: give X and y "
        "for ranges that fit yours",
    )
    return space_for(estimator, facts, effort, notes if X is None else ())


def space_for(
    estimator: Any, facts: Facts, effort: str, notes: tuple[str, ...] = ()
) -> SuggestedDict | SuggestedList:
    """Suggest a space for given facts of the training data."""
    _check_arguments(estimator, effort)
    _check_main(main_part(estimator))
    alternatives: list[list[Values]] = []
    left: list[str] = []
    for part in parts_of(estimator):
        if part.known is not None:
            alternatives.append(_dicts_of(part, facts, effort, left))
    while prod(map(len, alternatives)) > _MAX_DICTS:
        # Every combination of the parts' alternatives is a dict: drop the alternatives
        # of the part with the most, and keep its first.
        longest = max(range(len(alternatives)), key=lambda i: len(alternatives[i]))
        alternatives[longest] = alternatives[longest][:1]
    merged = [
        {name: found for one in parts for name, found in one.items()}
        for parts in product(*alternatives)
    ]
    merged = [_without_idle(estimator, one) for one in merged]
    if not any(merged) or not any(
        _varies(v) for one in merged for v, _ in one.values()
    ):
        raise ValueError(
            f"{type(estimator).__name__} has nothing to tune beside the parameters "
            "that you have set: write the space by hand, or register one with "
            "skbayes.presets.register."
        )
    if left:
        notes = (*notes, f"left as you set them: {', '.join(dict.fromkeys(left))}")
    dicts = [
        SuggestedDict(
            {name: value for name, (value, _) in one.items()},
            {name: source for name, (_, source) in one.items()},
            notes,
        )
        for one in merged
    ]
    return dicts[0] if len(dicts) == 1 else SuggestedList(dicts)


def _check_arguments(estimator: Any, effort: str) -> None:
    if effort not in EFFORTS:
        raise ValueError(
            "The `effort` parameter of suggest_space must be 'quick', 'normal' or "
            f"'wide'. Got {effort!r} instead."
        )
    if isinstance(estimator, type) or not hasattr(estimator, "get_params"):
        raise TypeError(
            "The `estimator` parameter of suggest_space must be an estimator instance "
            f"with `get_params`. Got {estimator!r} instead."
        )


def _check_main(part: Part) -> None:
    """Raise ValueError if the predicting part is unknown."""
    if not part.is_known():
        raise ValueError(
            f"No space is known for {part.class_name}: type one, or register one "
            f"with skbayes.presets.register({part.class_name}, space={{...}})."
        )


def _dicts_of(part: Part, facts: Facts, effort: str, left: list[str]) -> list[Values]:
    """Suggest the alternatives of one part, and add the set parameters to `left`."""
    known = part.known
    facts = part.facts(facts)
    if not isinstance(known, ClassSpace):
        space: Mapping[str, Any] = {} if known is None else known.space
        left += [part.start + n for n in space if part.is_set(n)]
        return [
            {
                part.start + n: (v, "registered")
                for n, v in space.items()
                if not part.is_set(n)
            }
        ]
    result: list[Values] = []
    fitting = [one for one in known.dicts(effort) if _fits(part, one)]
    for one in fitting or [known.common(effort)]:
        values: Values = {}
        for name, suggestion in one.items():
            if not part.takes(name):
                continue
            if part.is_set(name):
                left.append(part.start + name)
                continue
            values[part.start + name] = (suggestion.values(facts), suggestion.source)
        if any(value == [] for value, _ in values.values()):
            continue  # not for these data
        for name, value in known.fixed.items():
            if values and part.takes(name) and not part.is_set(name):
                value = value(facts) if callable(value) else value
                values[part.start + name] = ([value], "")
        if values not in result:
            result.append(values)
    return result or [{}]


def _fits(part: Part, one: Mapping[str, Suggestion]) -> bool:
    """Whether an alternative's choices agree with the values that the user has set."""
    own = part.own()
    return all(
        not (isinstance(suggestion, Choices) and part.is_set(name))
        or not isinstance(own[name], str | bool)
        or own[name] in tuple(suggestion.values(Facts()))
        for name, suggestion in one.items()
    )


def _without_idle(estimator: Any, one: Values) -> Values:
    """Drop parameters that never have an effect with the values not searched."""
    if not one:
        return one
    space = parse_space({name: value for name, (value, _) in one.items()})
    never = {
        rule.name
        for rule in rules_for(estimator, space)
        if not rule.when and rule.effect is not Effect.INVALID
    }
    return {name: found for name, found in one.items() if name not in never}


def _varies(value: Any) -> bool:
    """Whether there is more than one value."""
    return not isinstance(value, list) or len(value) > 1

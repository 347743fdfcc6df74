"""Check for ranges of integers where real numbers are meant, and the reverse.

``(0, 1, "uniform")`` means the integers 0 and 1, a likely mistake for a parameter that
accepts any number; a range of real numbers for ``max_depth`` fails in every fit.
The accepted numbers are known where scikit-learn validates parameters. For other
estimators a default of type float is evidence, or what a default of None stands for, or
an annotation. Without any, only the range from 0 to 1 is refused.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from skbayes._compat import NumberInterval, numbers_taken
from skbayes._values import dicts_of, native
from skbayes.space import Integer, Real
from skbayes.space._dimension import Dimension
from skbayes.space._distributions import Continuous
from skbayes.space._parsing import is_choices
from skbayes.space._place import Place, raise_together


def check_number_types(
    search: Any,
    dicts: Sequence[Mapping[str, Any]],
    estimators: Sequence[Any],
    parameter: str,
) -> None:
    """Raise for ranges of the wrong type of number.

    Parameters
    ----------
    search : SearchCV
        The search.
    dicts : sequence of dict
        The dicts of its space, with values parsed to lists, dimensions and
        distributions.
    estimators : sequence of estimator
        For each dict an estimator with its values, see `check_param_names`.
    parameter : str
        Name of the search's parameter, for messages.

    Raises
    ------
    ValueError
        With the correct form; one message for all errors.
    """
    errors: list[ValueError | TypeError] = []
    written = dicts_of(search._search_space())
    for number, name, value, owner, local in values_with_owners(dicts, estimators):
        if is_choices(value):
            continue
        place = Place(type(search).__name__, parameter, name)
        default = _default_of(*_as_given(search.estimator, name, owner, local))
        message = _message(
            value, written[number].get(name), owner, local, default, place
        )
        if message is not None:
            errors.append(ValueError(message))
    raise_together(errors)


def values_with_owners(
    dicts: Sequence[Mapping[str, Any]], estimators: Sequence[Any]
) -> Iterator[tuple[int, str, Any, Any, str]]:
    """Yield each value of a space, and the estimator that has the parameter.

    Parameters of a step with several choices are left out, because its class is
    unknown.

    Yields
    ------
    number, name : int, str
        Of the dict, and of the parameter in it.
    value : object
        List, dimension or distribution.
    owner, local : estimator, str
        The part, and the parameter's name there.
    """
    for number, (values, estimator) in enumerate(zip(dicts, estimators, strict=False)):
        for name, value in values.items():
            found = None if _may_vary(name, values) else owner_of(estimator, name)
            if found is not None:
                yield number, name, value, *found


def owner_of(estimator: Any, name: str) -> tuple[Any, str] | None:
    """The part of an estimator that has a parameter, and its name there; or None."""
    path, _, local = name.rpartition("__")
    owner = estimator.get_params(deep=True).get(path) if path else estimator
    return (owner, local) if hasattr(owner, "get_params") else None


def _as_given(estimator: Any, name: str, owner: Any, local: str) -> tuple[Any, str]:
    """The owner in the user's own estimator, unless a branch has another one."""
    own = owner_of(estimator, name)
    return own if own is not None and type(own[0]) is type(owner) else (owner, local)


def _may_vary(name: str, values: Mapping[str, Any]) -> bool:
    """Whether the space has several choices for a step that a name belongs to."""
    parts = name.split("__")
    prefixes = ("__".join(parts[:i]) for i in range(1, len(parts)))
    return any(p in values and _n_choices(values[p]) != 1 for p in prefixes)


def _n_choices(value: Any) -> int:
    return len(value.listed() if isinstance(value, Dimension) else value)


def _message(
    value: Any, written: Any, owner: Any, local: str, default: Any, place: Place
) -> str | None:
    """The error message about a range; None if there is no known error."""
    taken = numbers_taken(type(owner), local)
    if hasattr(value, "ppf") and not hasattr(value, "pmf"):
        value = Continuous(value)  # a random search draws from the distribution itself
    is_real = isinstance(value, Real | Continuous)
    if is_real and taken and not _takes_any_real(value, taken):
        return place.refusal(
            f"be a range of integers: {type(owner).__name__} takes no other numbers"
            + (" there" if any(interval.takes_reals for interval in taken) else ""),
            value if isinstance(value, Continuous) else written,
            _as_integers(value, written),
        )
    if isinstance(written, tuple) and isinstance(value, Integer):
        if _may_be_integers(value, taken, default):
            return None
        least = _least_count(value, taken or ())
        if least is not None:
            return place.refusal(
                f"begin where {type(owner).__name__} takes integers",
                written,
                f"Write ({least!r}, {value.high!r}, {value.prior!r}).",
            )
        low, high, prior = float(value.low), float(value.high), value.prior
        return place.refusal(
            f"say which numbers are meant: {type(owner).__name__} takes real ones, and"
            " a range whose ends are ints has integers only",
            written,
            f"Write ({low!r}, {high!r}, {prior!r}) for real numbers,"
            f" Integer({value.low!r}, {value.high!r}, {prior!r}) for integers.",
        )
    return None


def _takes_any_real(value: Any, taken: Sequence[NumberInterval]) -> bool:
    """Whether real numbers are accepted anywhere in a range.

    Also true where neither they nor integers are: other checks tell of that.
    """
    of_reals = [interval for interval in taken if interval.takes_reals]
    if not of_reals or isinstance(value, Continuous):
        return bool(of_reals)
    low, high = value.low, value.high
    if any(i.low < high and low < i.high for i in of_reals):
        return True
    integers = [i for i in taken if i.takes_integers and not i.takes_reals]
    return not any(i.contains(low) and i.contains(high) for i in integers)


def _may_be_integers(
    value: Integer, taken: tuple[NumberInterval, ...] | None, default: Any
) -> bool:
    """Whether a range with ints as ends may mean integers."""
    # Without scikit-learn's declaration the default decides: 1.0 is a real parameter.
    if taken is None:
        is_share = default is None and (value.low, value.high) == (0, 1)
        return not isinstance(default, float) and not is_share
    counts = [i for i in taken if i.takes_integers and not i.takes_reals]
    has_reals = any(i.takes_reals for i in taken)
    # max_features may be a count or a share: a range from 0 can mean shares only.
    return not has_reals or any(i.contains(value.low) for i in counts)


def _least_count(value: Integer, taken: Sequence[NumberInterval]) -> int | None:
    """Return the least accepted integer, if only the lower end is wrong.

    None if the range may be one of real numbers.
    """
    for interval in taken:
        within = interval.low <= value.low and value.high <= interval.high
        if interval.takes_reals and within:
            return None
    for interval in taken:
        if interval.takes_integers and not interval.takes_reals:
            least = math.ceil(interval.low) + (not interval.has_low)
            if value.low < least < value.high and interval.contains(value.high):
                return least
    return None


def _default_of(owner: Any, local: str) -> Any:
    """The default of a parameter, or a number that shows the type of others.

    That is its present value if the default is None, else what None stands for, else a
    float where the annotation names no other number.
    """
    declared = _declared(type(owner), local)
    default = None if declared is None else declared.default
    if default is None or default is inspect.Parameter.empty:
        default = owner.get_params(deep=False).get(local)
    if default is None:
        from skbayes.presets._parts import number_of_nothing  # loads tables

        default = number_of_nothing(type(owner), local)
    if default is None and declared is not None:
        written = inspect.formatannotation(declared.annotation)
        words = set(re.findall(r"\w+", written))
        default = math.nan if "float" in words and "int" not in words else None
    return native(default)


def _declared(cls: type, name: str) -> inspect.Parameter | None:
    """The parameter in the first constructor of the class's bases that names it."""
    # The constructors of XGBoost's classes pass parameters on by **kwargs.
    for base in cls.__mro__:
        try:
            parameters = inspect.signature(base.__init__).parameters  # type: ignore[misc]
        except (TypeError, ValueError):
            continue
        if name in parameters:
            return parameters[name]
    return None


def _as_integers(value: Real | Continuous, written: Any) -> str:
    """The correct form of a range of integers."""
    if isinstance(value, Continuous):
        low, high = value.decode(np.array([value.axis.lower, value.axis.upper]))
        return f"Write randint({math.ceil(low)}, {math.floor(high) + 1})."
    ends = f"{round(value.low)!r}, {round(value.high)!r}"
    if isinstance(written, tuple):
        return f"Write ({ends}, {value.prior!r})."
    return f"Write Integer({ends}, prior={value.prior!r})."

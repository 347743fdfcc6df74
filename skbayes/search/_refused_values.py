"""Warn before the first fit about values that scikit-learn's validation refuses.

Such a candidate fails in every fold, as it does in scikit-learn's searches. This is
only a warning, because a subclass may have a ``fit`` that accepts more.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sklearn import get_config

from skbayes._compat import refusal_of
from skbayes._did_you_mean import closest_name
from skbayes._user_warnings import warn_user
from skbayes.search._number_types import values_with_owners
from skbayes.space import Integer, Real
from skbayes.space._dimension import Dimension
from skbayes.space._parsing import is_choices

#: Number of choices that are checked in a list.
_MOST_CHOICES = 1000
#: Lines of a warning, at most.
_MOST_LINES = 5
#: So far inside of a range of real numbers its end is looked at: it may be open.
_INSIDE = 1e-6
#: Texts of other file formats for values that are no texts in Python.
_LITERALS = {"true": True, "false": False, "none": None, "null": None}
_WORDS = re.compile(r"'([^']*)'")


def warn_of_refused_values(
    search: Any,
    dicts: Sequence[Mapping[str, Any]],
    estimators: Sequence[Any],
    parameter: str,
) -> None:
    """Warn of choices and ranges that the estimator's own validation refuses.

    Parameters
    ----------
    search : SearchCV
        The search whose space is checked.
    dicts : sequence of dict
        Its dicts, each value read as lists, dimensions and distributions.
    estimators : sequence of estimator
        For each dict one that has its values.
    parameter : str
        Parameter of the search that holds the space.
    """
    if get_config().get("skip_parameter_validation", False):
        return
    lines: dict[str, None] = {}
    for _, name, value, owner, local in values_with_owners(dicts, estimators):
        refused = _refused(value, type(owner), local)
        lines |= dict.fromkeys(f"{name!r}: {text}" for text in refused)
    if lines:
        shown = list(lines)[:_MOST_LINES]
        if len(lines) > len(shown):
            shown.append(f"and {len(lines) - len(shown)} more.")
        warn_user(
            f"The `{parameter}` parameter of {type(search).__name__} has values that "
            "the estimator refuses; their candidates will fail.\n" + "\n".join(shown)
        )


def _refused(value: Any, kind: type, name: str) -> Iterator[str]:
    """Yield the message about each refused value, with its probable meaning."""
    if isinstance(value, Real | Integer):
        yield from itertools.islice(_refused_ends(value, kind, name), 1)
        return
    if not is_choices(value) and not isinstance(value, Dimension):
        return  # a distribution
    if getattr(value, "ndim", 1) != 1:
        return  # refused elsewhere
    listed = value.listed() if isinstance(value, Dimension) else value
    for choice in itertools.islice(listed, _MOST_CHOICES):
        refusal = refusal_of(kind, name, choice)
        if refusal is not None:
            yield refusal + _hint(choice, refusal, kind, name)


def _refused_ends(value: Real | Integer, kind: type, name: str) -> Iterator[str]:
    low, high = value.low, value.high
    if isinstance(value, Real):
        inside = _INSIDE * (high - low)
        low, high = low + inside, high - inside
    for end, shown in ((low, value.low), (high, value.high)):
        refusal = refusal_of(kind, name, end)
        if refusal is not None:
            rule, _, _ = refusal.rpartition(" Got ")
            yield f"{rule} The range ends at {shown!r}."


def _hint(choice: Any, refusal: str, kind: type, name: str) -> str:
    """Suggest the probable meaning of a refused choice."""
    for meant in _readings(choice, refusal):
        if refusal_of(kind, name, meant) is None:
            return f" Did you mean {meant!r}?"
    items = choice if isinstance(choice, list | tuple) else []
    if items and all(refusal_of(kind, name, item) is None for item in items):
        return " Write its items without the inner brackets for choices."
    return ""


def _readings(choice: Any, refusal: str) -> Iterator[Any]:
    """Yield probable meanings of a choice: from a file, or misspelt."""
    if isinstance(choice, int) and choice in (0, 1):
        yield bool(choice)
    if isinstance(choice, float) and choice.is_integer():
        yield int(choice)
    if not isinstance(choice, str):
        return
    if choice.lower() in _LITERALS:
        yield _LITERALS[choice.lower()]
    for number in (int, float):
        try:
            yield number(choice)
        except ValueError:
            continue
    # Validation lists the words that it takes, and whose it is.
    found = closest_name(choice, _WORDS.findall(refusal.rpartition(" Got ")[0]))
    if found is not None:
        yield found

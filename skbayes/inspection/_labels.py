"""Short labels of parameters and their values for pictures and messages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from skbayes._protocol import Params
from skbayes._short_text import shorten
from skbayes._values import is_estimator, native

#: Most characters of a name and of a value; a longer one loses its middle.
_LONGEST_NAME, _LONGEST_VALUE = 26, 20
#: A limit that shortens nothing.
_NO_END = 2**31


def short_names(names: Sequence[str], longest: int = _LONGEST_NAME) -> list[str]:
    """Shorten parameter names to their distinguishing last parts.

    Parameters
    ----------
    names : sequence of str
        Distinct names such as ``"model__svc__C"``.
    longest : int, default=26
        Most characters; a longer name loses its middle.

    Returns
    -------
    list of str
        The fewest last parts between double underscores that make a name unique.
    """
    short = []
    for name in names:
        parts = name.split("__")
        tail = name
        for start in range(len(parts) - 1, -1, -1):
            tail = "__".join(parts[start:])
            ends_alike = [n for n in names if n == tail or n.endswith("__" + tail)]
            if tail and len(ends_alike) == 1:
                break
        short.append(shorten(tail, longest))
    # Cutting the middles can make two names equal; a long label is then the lesser
    # evil.
    return short if len(set(short)) == len(set(names)) else list(names)


def shorten_apart(texts: Sequence[str], longest: int) -> list[str]:
    """Shorten texts and keep them distinct.

    Parameters
    ----------
    texts : sequence of str
        Such as the categories of a parameter.
    longest : int
        Most characters of each, apart from the distinguishing middle and the number.

    Returns
    -------
    list of str
        Texts without their middles. If two of these are equal, the common beginning and
        end are cut instead; if two are still equal, they are numbered.
    """
    short = [shorten(text, longest) for text in texts]
    if len(set(short)) < len(set(texts)):
        head = os.path.commonprefix(list(texts))
        tail = os.path.commonprefix([text[len(head) :][::-1] for text in texts])
        cores = [text[len(head) : len(text) - len(tail)] for text in texts]
        room = longest - max(map(len, cores)) - 2
        head = head if len(head) <= room + 1 else head[: max(room, 0)] + "…"
        end = "…" if tail else ""
        short = [head + shorten(core, longest) + end for core in cores]
    return [
        f"{label} ({short[:i].count(label) + 1})" if short.count(label) > 1 else label
        for i, label in enumerate(short)
    ]


def value_label(value: Any, longest: int = _LONGEST_VALUE) -> str:
    """Label a value in a few characters.

    Parameters
    ----------
    value : object
        Value of a parameter: number, string, None, estimator or function.
    longest : int, default=20
        Most characters; a longer label loses its middle.

    Returns
    -------
    str
        A number with three digits; an estimator or function by its name.
    """
    value = native(value)
    if isinstance(value, float):
        return number_label(value)
    if isinstance(value, str):
        return shorten(" ".join(value.split()), longest) or "''"
    if is_estimator(value):
        return shorten(type(value).__name__, longest)
    name = getattr(value, "__name__", None)
    text = name if isinstance(name, str) else str(value)
    return shorten(" ".join(text.split()), longest)


def number_label(value: float) -> str:
    """Label a number with three digits; ``1e-05`` becomes ``1e-5``."""
    if 1e3 <= abs(value) < 1e5:
        return f"{value:.0f}"
    text = f"{value:.3g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


def value_labels(values: Iterable[Any]) -> list[str]:
    """Labels of several values, distinct where the values are."""
    return shorten_apart([value_label(v, _NO_END) for v in values], _LONGEST_VALUE)


def params_label(params: Params, names: Sequence[str], longest: int = 60) -> str:
    """Label a candidate by some of its parameters, in one line.

    Parameters
    ----------
    params : dict
        Parameters of the candidate.
    names : sequence of str
        Parameters to show; a name that the candidate lacks is skipped.
    longest : int, default=60
        Most characters; the last parameters are dropped first.

    Returns
    -------
    str
        Short text, such as ``"C=1.2, gamma=0.03"``.
    """
    labels = dict(zip(names, short_names(names, 14), strict=True))
    parts = [f"{labels[n]}={value_label(params[n])}" for n in names if n in params]
    text = ", ".join(parts)
    while len(text) > longest and len(parts) > 1:
        parts.pop()
        text = ", ".join(parts) + ", …"
    return shorten(text, longest)

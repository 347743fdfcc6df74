"""What parameters and their values are called where there is little room."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from skbayes._protocol import Params
from skbayes.space import native

#: Characters of a name, and of a value, before its middle is left out.
_LONGEST_NAME, _LONGEST_VALUE = 26, 20
#: More characters than any text has.
_NO_END = 2**31


def short_names(names: Sequence[str], longest: int = _LONGEST_NAME) -> list[str]:
    """Shorten names of parameters to what tells them apart.

    Parameters
    ----------
    names : sequence of str
        Such as ``"model__svc__C"``; distinct.
    longest : int, default=26
        Characters before the middle of a name is left out.

    Returns
    -------
    list of str
        As many of the last parts between double underscores as it takes.
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
    return short if len(set(short)) == len(set(names)) else list(names)


def shorten(text: str, longest: int) -> str:
    """Leave out the middle of a text that is too long."""
    if len(text) <= longest:
        return text
    head = (longest - 1) // 2
    return f"{text[:head]}…{text[head - longest + 1 :]}"


def shorten_apart(texts: Sequence[str], longest: int) -> list[str]:
    """Shorten texts so that they can still be told apart.

    Parameters
    ----------
    texts : sequence of str
        Such as the categories of a parameter.
    longest : int
        Characters of each, but for numbers and what alone tells texts apart.

    Returns
    -------
    list of str
        Without their middles; if that makes some equal, without what all begin and
        end with; if these are equal too, numbered.
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
    """Put a value in a few characters.

    Parameters
    ----------
    value : object
        A parameter's value: number, string, None, estimator, function.
    longest : int, default=20
        Characters before the middle is left out.

    Returns
    -------
    str
        Numbers to three digits, estimators and functions by their names.
    """
    value = native(value)
    if isinstance(value, float):
        return number_label(value)
    if isinstance(value, str):
        return shorten(" ".join(value.split()), longest) or "''"
    if hasattr(value, "get_params") and not isinstance(value, type):
        return shorten(type(value).__name__, longest)
    name = getattr(value, "__name__", None)
    text = name if isinstance(name, str) else str(value)
    return shorten(" ".join(text.split()), longest)


def number_label(value: float) -> str:
    """Put a number in three digits, ``1e-05`` written ``1e-5``."""
    if 1e3 <= abs(value) < 1e5:
        return f"{value:.0f}"
    text = f"{value:.3g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


def value_labels(values: Iterable[Any]) -> list[str]:
    """Labels of several values that can be told apart."""
    return shorten_apart([value_label(v, _NO_END) for v in values], _LONGEST_VALUE)


def params_label(params: Params, names: Sequence[str], longest: int = 60) -> str:
    """Put some parameters of a candidate in one line.

    Parameters
    ----------
    params : dict
        A candidate.
    names : sequence of str
        Which parameters; those the candidate lacks are left out.
    longest : int, default=60
        Characters; what does not fit is left out at the end.

    Returns
    -------
    str
        Such as ``"C=1.2, gamma=0.03"``.
    """
    labels = dict(zip(names, short_names(names, 14), strict=True))
    parts = [f"{labels[n]}={value_label(params[n])}" for n in names if n in params]
    text = ", ".join(parts)
    while len(text) > longest and len(parts) > 1:
        parts.pop()
        text = ", ".join(parts) + ", …"
    return shorten(text, longest)

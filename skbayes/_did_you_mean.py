"""Find the name that was meant by a misspelt one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Any

#: Least similarity of two names, as the share of matching letters.
_ALIKE = 0.6
#: The same for a letter too few or too many. LightGBM's "num_leaf" is below: it is a
#: name of its own beside "num_leaves".
_ALMOST_EQUAL = 0.9


def closest_name(word: Any, names: Iterable[Any]) -> str | None:
    """Find the name most similar to a word; None without one, or for a non-string.

    Names that are no strings, such as the keys of a dict, are similar to none.
    """
    if not isinstance(word, str):
        return None
    texts = [name for name in names if isinstance(name, str)]
    by_small = {name.lower(): name for name in sorted(texts, reverse=True)}
    found = get_close_matches(word.lower(), by_small, n=1, cutoff=_ALIKE)
    return by_small[found[0]] if found else None


def closest_param(name: str, names: Iterable[str]) -> str | None:
    """Find the parameter that was meant.

    Parameters
    ----------
    name : str
        Such as ``"svm__C"`` or, without its step, ``"C"``.
    names : iterable of str
        All parameters, such as ``"svc__C"``.

    Returns
    -------
    str or None
        A name with the same last part if there is any, else one of the same part of the
        estimator, else the most similar one.
    """
    names = list(names)
    rewritten = {n.replace("__", "_").lower(): n for n in names if "__" in n}
    found = rewritten.get(re.sub(r"[_.:/-]+", "_", name).lower())
    if found is not None:
        return found  # another sign between a step and its parameter
    owner, _, last = name.rpartition("__")
    same = [n for n in names if n.rpartition("__")[2] == last]
    if same:
        return max(same, key=lambda n: SequenceMatcher(None, n, name).ratio())
    if owner not in {n.rpartition("__")[0] for n in names}:
        return closest_name(name, names)
    beside = [n for n in names if n.rpartition("__")[0] == owner]
    found = closest_name(last, (n.rpartition("__")[2] for n in beside))
    if found is not None:
        return f"{owner}__{found}" if owner else found
    below = closest_name(last, (n.rpartition("__")[2] for n in names))
    return next((n for n in names if n.rpartition("__")[2] == below), None)


def is_typing_error(name: str, meant: str) -> bool:
    """Whether a name is another one but for a letter too few, too many or misplaced.

    Names that differ in numbers, such as ``"w1"`` and ``"w2"``, are names of a series.
    """
    (owner, _, name), (other, _, meant) = name.rpartition("__"), meant.rpartition("__")
    if owner != other or re.sub(r"\d", "", name) == re.sub(r"\d", "", meant):
        return False
    likeness = SequenceMatcher(None, name, meant).ratio()
    is_misplaced = sorted(name) == sorted(meant) and likeness >= _ALIKE
    return is_misplaced or likeness >= _ALMOST_EQUAL


def hint(found: str | None) -> str:
    """The question whether a name was meant; empty if none was found."""
    return "" if found is None else f" Did you mean {found!r}?"

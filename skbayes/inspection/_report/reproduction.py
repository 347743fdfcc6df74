"""The code that makes the best model again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sklearn import config_context
from sklearn.base import BaseEstimator

from skbayes._protocol import Params
from skbayes.space import native

#: Words a repr may have that are names of numpy.
_NUMPY_NAMES = ("array", "inf", "nan")
#: What a repr shows of an object that cannot be written.
_UNWRITABLE = re.compile(r"<[^<>\n]+>")


def reproduction(estimator: Any, params: Params) -> str:
    """Write code that makes an estimator with the best parameters.

    Parameters
    ----------
    estimator : estimator
        As it was given to the search.
    params : dict
        The best parameters.

    Returns
    -------
    str
        Lines of Python. Where a value has no source, a comment says so.
    """
    made = _written(estimator)
    settings = ",\n".join(
        f"    {name!r}: {_written(native(value))}" for name, value in params.items()
    )
    lines = [f"model = {made}"]
    if params:
        lines.append(f"model.set_params(**{{\n{settings},\n}})")
    lines.append("model.fit(X, y)")
    code = "\n".join(lines)
    imports = _imports([estimator, *params.values()])
    names = [n for n in _NUMPY_NAMES if re.search(rf"\b{n}\b", _without_text(code))]
    if names:
        imports.append(f"from numpy import {', '.join(names)}")
    if _UNWRITABLE.search(_without_text(code)):
        code = (
            "# What stands in <...> has no source: put your own object there.\n" + code
        )
    return "\n".join([*sorted(imports), "", code])


def _written(value: Any) -> str:
    """The repr of a value, in full."""
    with config_context(print_changed_only=True):
        if isinstance(value, BaseEstimator):
            return str(value.__repr__(N_CHAR_MAX=10**9))
        return repr(value)


def _without_text(code: str) -> str:
    """The code without its strings, which may say anything."""
    return re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", "''", code)


def _imports(values: list[Any]) -> list[str]:
    """Lines that import the classes of all estimators in `values`."""
    classes = {type(part) for value in values for part in _parts(value)}
    return sorted(
        {f"from {_public_module(cls)} import {cls.__qualname__}" for cls in classes}
    )


def _parts(value: Any) -> Iterator[Any]:
    """The value's estimators, those inside others too."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)
    elif hasattr(value, "get_params") and not isinstance(value, type):
        yield value
        for inner in value.get_params(deep=False).values():
            yield from _parts(inner)


def _public_module(cls: type) -> str:
    """The module to import a class from: the one before the first private part."""
    parts = cls.__module__.split(".")
    public = [
        p for i, p in enumerate(parts) if not any(q[0] == "_" for q in parts[: i + 1])
    ]
    return ".".join(public) or cls.__module__

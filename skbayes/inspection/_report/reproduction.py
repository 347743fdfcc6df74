"""Write the code that builds the best model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sklearn import config_context
from sklearn.base import BaseEstimator

from skbayes._protocol import Params
from skbayes._values import is_estimator, native

#: Names of numpy that a repr may contain.
_NUMPY_NAMES = ("array", "inf", "nan")
#: Pattern of the repr of an object without source, such as <function f at ...>.
_UNWRITABLE = re.compile(r"<[^<>\n]+>")


#: Marks a search without a `random_state` parameter; None is a parameter not set.
NO_SEED = object()


def reproduction(
    estimator: Any,
    params: Params,
    *,
    fit_params: Sequence[str] = (),
    split_params: Sequence[str] = (),
    seed: Any = NO_SEED,
) -> str:
    """Write code that builds an estimator with the best parameters.

    Parameters
    ----------
    estimator : estimator
        Estimator of the search.
    params : dict
        The best parameters.
    fit_params, split_params : sequence of str
        Names of the metadata that ``fit`` of the search passed to the estimator
        (weights) and to the splitter (groups).
    seed : object
        The search's ``random_state``; NO_SEED if it has none.

    Returns
    -------
    str
        Lines of Python. A comment marks values without source.
    """
    made = _written(estimator)
    settings = ",\n".join(
        f"    {name!r}: {_written(native(value))}" for name, value in params.items()
    )
    lines = [f"model = {made}"]
    if params:
        lines.append(f"model.set_params(**{{\n{settings},\n}})")
    lines += _remarks(estimator, params, split_params, seed)
    passed = "".join(f", {name}={name}" for name in fit_params)
    if fit_params:
        lines.append(f"# As passed to the search's fit: {', '.join(fit_params)}.")
    lines.append(f"model.fit(X, y{passed})")
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


def _remarks(
    estimator: Any, params: Params, split_params: Sequence[str], seed: Any
) -> Iterator[str]:
    """Write comments on seeds and groups."""
    if seed is not NO_SEED:
        yield f"# Found with random_state={_written(seed)} of the search."
    values = estimator.get_params(deep=True) if hasattr(estimator, "get_params") else {}
    unseeded = [
        name
        for name, value in {**values, **params}.items()
        if name.rpartition("__")[2] == "random_state" and value is None
    ]
    if unseeded:
        yield f"# Not seeded, so each fit differs a little: {', '.join(unseeded)}."
    if split_params:
        names = ", ".join(split_params)
        yield f"# The search split by {names}, which the model is not given."


def _written(value: Any) -> str:
    """Write a value as its full repr."""
    with config_context(print_changed_only=True):
        if isinstance(value, BaseEstimator):
            return str(value.__repr__(N_CHAR_MAX=10**9))
        return repr(value)


def _without_text(code: str) -> str:
    """Blank the string literals of the code, which may contain any word."""
    return re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", "''", code)


def _imports(values: list[Any]) -> list[str]:
    """Write the imports of all estimators' classes in `values`."""
    classes = {type(part) for value in values for part in _parts(value)}
    return sorted(
        {f"from {_public_module(cls)} import {cls.__qualname__}" for cls in classes}
    )


def _parts(value: Any) -> Iterator[Any]:
    """Yield the estimators in a value, with nested ones."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)
    elif is_estimator(value):
        yield value
        for inner in value.get_params(deep=False).values():
            yield from _parts(inner)


def _public_module(cls: type) -> str:
    """Find the module to import a class from: all before the first private name."""
    parts = cls.__module__.split(".")
    public = [
        p for i, p in enumerate(parts) if not any(q[0] == "_" for q in parts[: i + 1])
    ]
    return ".".join(public) or cls.__module__

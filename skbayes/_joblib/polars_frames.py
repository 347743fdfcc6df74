"""Pickle the numbers of polars frames as buffers that can stay outside of the pickle.

Polars writes a whole frame into its pickle, so each worker would hold a copy. The
buffers of Arrow's arrays are kept beside it, where joblib maps them into memory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

_Reduced = tuple[Callable[..., Any], tuple[Any, ...]]


def reduce_frame(value: Any) -> _Reduced | None:
    """How to pickle a polars frame or series; None where polars does it as well.

    Parameters
    ----------
    value : object
        Any object; polars is not imported for it.

    Returns
    -------
    tuple of (callable, tuple) or None
        What ``__reduce__`` returns.
    """
    polars = sys.modules.get("polars")
    # The type first: a pickle asks for each of its objects, and to look for a package
    # that is not loaded reads folders.
    if polars is None or type(value) not in (polars.Series, polars.DataFrame):
        return None
    if find_spec("pyarrow") is None:
        return None
    if type(value) is polars.DataFrame:
        columns = value.get_columns()
        # Columns are pickled one by one, each by this module or by polars.
        return (_frame, (columns,)) if any(map(_is_lossless, columns)) else None
    return (_series, (value.name, value.to_arrow())) if _is_lossless(value) else None


def _is_lossless(series: Any) -> bool:
    """Whether Arrow's array of a column has the same type and buffers."""
    dtype = series.dtype
    return bool(dtype.is_integer() or dtype.is_float()) or str(dtype) == "Boolean"


def _series(name: str, array: Any) -> Any:
    import polars

    series: Any = polars.from_arrow(array)
    return series.alias(name)


def _frame(columns: list[Any]) -> Any:
    import polars

    return polars.DataFrame(columns)

"""What is in a data frame, a series or an index of pandas or polars.

Neither library is imported: whoever has such an object has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np


def is_table(value: Any) -> bool:
    """Whether `columns_of` knows this type."""
    return _is_pandas(value) or _is_polars(value)


def columns_of(value: Any) -> Iterator[Any]:
    """Labels and columns, as text, plain lists, numpy arrays and further tables."""
    if _is_polars(value):
        yield from _polars_columns(value)
    else:
        yield from _pandas_columns(value)


def _is_pandas(value: Any) -> bool:
    pd = sys.modules.get("pandas")
    return pd is not None and isinstance(
        value, (pd.DataFrame, pd.Series, pd.Index, pd.api.extensions.ExtensionArray)
    )


def _is_polars(value: Any) -> bool:
    pl = sys.modules.get("polars")
    return pl is not None and isinstance(value, (pl.DataFrame, pl.Series))


def _pandas_columns(value: Any) -> Iterator[Any]:
    if hasattr(value, "columns"):
        yield value.index
        yield value.columns
        for position in range(len(value.columns)):
            yield _pandas_values(value.iloc[:, position])
    elif hasattr(value, "index"):
        yield value.name
        yield value.index
        yield _pandas_values(value)
    elif hasattr(value, "nlevels"):
        yield list(value.names)
        if value.nlevels == 1:
            yield _pandas_values(value)
        else:
            yield [value.get_level_values(i) for i in range(value.nlevels)]
    else:
        yield _pandas_values(value)


def _pandas_values(column: Any) -> tuple[Any, ...]:
    """Type and values of a series, an index of one level or an extension array."""
    dtype, array = column.dtype, getattr(column, "array", column)
    if hasattr(array, "categories"):
        return "category", bool(array.ordered), array.categories, np.array(array.codes)
    if isinstance(dtype, np.dtype):
        return str(dtype), np.asarray(column)
    if dtype.kind == "M":
        return str(dtype), np.asarray(column, dtype=f"datetime64[{dtype.unit}]")
    values = np.array(column, dtype=object)
    # One missing value in place of pandas.NA, which is slow to read.
    values[np.asarray(array.isna())] = None
    return str(dtype), values


def _polars_columns(value: Any) -> Iterator[Any]:
    if hasattr(value, "columns"):
        yield list(value.columns)
        for series in value.get_columns():
            yield _polars_values(series)
    else:
        yield value.name
        yield _polars_values(value)


def _polars_values(series: Any) -> tuple[Any, ...]:
    dtype = series.dtype
    if dtype.is_temporal():
        series = series.to_physical()
    if series.dtype.is_numeric() and not series.null_count():
        return str(dtype), series.to_numpy()
    return str(dtype), series.to_list()

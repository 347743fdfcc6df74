"""The content of data frames, series and indices of pandas, polars and pyarrow.

None of these libraries is imported here: a program with such an object has imported it.
Columns are read by the type that the library gives them, as arrays of numbers if
possible; an unknown type is read as a list of its objects.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

#: Errors that a library raises if a column cannot be converted.
_UNREADABLE = (AttributeError, TypeError, ValueError, NotImplementedError)


def is_table(value: Any) -> bool:
    """Whether `columns_of` accepts this type."""
    return _is_pandas(value) or _is_polars(value) or _is_arrow(value)


def columns_of(value: Any) -> Iterator[Any]:
    """Labels and columns, as text, plain lists, numpy arrays and further tables.

    Parameters
    ----------
    value : data frame, series, index, extension array, Arrow table or Arrow array

    Yields
    ------
    object
        Equal for equal tables, whatever is in memory in place of missing values.
    """
    if _is_polars(value):
        yield from _polars_columns(value)
    elif _is_arrow(value):
        yield from _arrow_columns(value)
    else:
        yield from _pandas_columns(value)


def type_name(value: Any) -> str:
    """Name of a table's type, the same for equal labels of a range in any form."""
    pd = sys.modules.get("pandas")
    if pd is None or type(value) is not pd.Index or value.dtype != np.int64:
        return type(value).__name__
    # `concat` and a reader of files may store as numbers what was a range before.
    steps = np.diff(value.to_numpy())
    is_range = steps.size == 0 or (steps[0] != 0 and bool(np.all(steps == steps[0])))
    return "RangeIndex" if is_range else "Index"


def _is_pandas(value: Any) -> bool:
    pd = sys.modules.get("pandas")
    return pd is not None and isinstance(
        value, (pd.DataFrame, pd.Series, pd.Index, pd.api.extensions.ExtensionArray)
    )


def _is_polars(value: Any) -> bool:
    pl = sys.modules.get("polars")
    return pl is not None and isinstance(value, (pl.DataFrame, pl.Series))


def _is_arrow(value: Any) -> bool:
    pa = sys.modules.get("pyarrow")
    return pa is not None and isinstance(value, (pa.Table, pa.Array, pa.ChunkedArray))


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
    # A numpy column first: it is the commonest, and needs no hasher.
    dtype, array = column.dtype, getattr(column, "array", column)
    if isinstance(dtype, np.dtype):
        return str(dtype), column.to_numpy()
    for is_of_kind, read in _PANDAS_READERS:
        if is_of_kind(dtype):
            # If another version has changed the type, its objects are read below.
            with suppress(*_UNREADABLE):
                return (_type_name(dtype), *read(array))
    return (_type_name(dtype), *_objects(array))


def _type_name(dtype: Any) -> str:
    """Text of a type, with its missing value, which string types differ in."""
    return f"{dtype} {getattr(dtype, 'na_value', None)!r}"


def _is_a(*names: str) -> Callable[[Any], bool]:
    """Make a test for these types of pandas and types derived from them."""

    def is_of_kind(dtype: Any) -> bool:
        pd = sys.modules["pandas"]
        return isinstance(dtype, tuple(getattr(pd, name) for name in names))

    return is_of_kind


def _categories(array: Any) -> tuple[Any, ...]:
    return bool(array.ordered), array.categories, np.array(array.codes)


def _integers_of_time(array: Any) -> tuple[Any, ...]:
    # Times and periods are stored as integers.
    return (np.asarray(array.view("i8")),)


def _interval_ends(array: Any) -> tuple[Any, ...]:
    return array.closed, array.left, array.right


def _dense(array: Any) -> tuple[Any, ...]:
    # By its values: which of them a sparse column leaves out does not matter.
    return (np.asarray(array),)


def _numbers_and_mask(array: Any) -> tuple[Any, ...]:
    is_missing = np.asarray(array.isna())
    # A fixed value in place of missing numbers: memory there may contain anything.
    numbers = array.to_numpy(dtype=array.dtype.numpy_dtype, na_value=0)
    return numbers, is_missing


def _arrow_backed(array: Any) -> tuple[Any, ...]:
    return _arrow_values(array.__arrow_array__())


def _objects(array: Any) -> tuple[Any, ...]:
    """Read another column as objects, with None for every missing value."""
    values = np.empty(0)
    with suppress(*_UNREADABLE):
        values = np.array(array, dtype=object)
    if values.shape != (len(array),):
        values = np.empty(len(array), dtype=object)
        for place, item in enumerate(array):
            values[place] = item
    # None instead of pandas.NA, which is slow to read.
    values[np.asarray(array.isna(), dtype=bool)] = None
    return (values,)


def _is_masked(dtype: Any) -> bool:
    # Int64, Float32, boolean and so on.
    numpy_dtype = getattr(dtype, "numpy_dtype", None)
    return isinstance(numpy_dtype, np.dtype) and numpy_dtype.kind in "biuf"


_PANDAS_READERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (_is_a("CategoricalDtype"), _categories),
    (_is_a("ArrowDtype"), _arrow_backed),
    (_is_a("DatetimeTZDtype", "PeriodDtype"), _integers_of_time),
    (_is_a("IntervalDtype"), _interval_ends),
    (_is_a("SparseDtype"), _dense),
    (_is_masked, _numbers_and_mask),
)


def _arrow_columns(value: Any) -> Iterator[Any]:
    if hasattr(value, "column_names"):
        yield list(value.column_names)
        for column in value.columns:
            yield _arrow_values(column)
    else:
        yield _arrow_values(value)


def _arrow_values(array: Any) -> tuple[Any, ...]:
    """Type and values of an Arrow array, without its chunks and offsets."""
    pa: Any = sys.modules["pyarrow"]
    kind = array.type
    if _is_stored_as_numbers(kind):
        is_missing = array.is_null().to_numpy(zero_copy_only=False)
        numbers = array.cast(_stored_as(kind)) if not _is_number(kind) else array
        filled = numbers.fill_null(pa.scalar(0, numbers.type))
        if isinstance(filled, pa.ChunkedArray):
            return str(kind), filled.to_numpy(), is_missing
        return str(kind), filled.to_numpy(zero_copy_only=False), is_missing
    # Decimals, text, lists, structs, maps, dictionaries and other types.
    return str(kind), array.to_pylist()


def _is_number(kind: Any) -> bool:
    types: Any = sys.modules["pyarrow"].types
    return bool(types.is_integer(kind) or types.is_floating(kind))


def _is_stored_as_numbers(kind: Any) -> bool:
    types: Any = sys.modules["pyarrow"].types
    is_moment = types.is_timestamp(kind) or types.is_duration(kind)
    is_of_calendar = types.is_date(kind) or types.is_time(kind)
    return _is_number(kind) or bool(is_moment or is_of_calendar)


def _stored_as(kind: Any) -> Any:
    pa: Any = sys.modules["pyarrow"]
    return pa.int32() if kind.bit_width == 32 else pa.int64()


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
    if dtype.is_nested():
        return str(dtype), series.is_null().to_numpy(), *_polars_parts(series)
    if dtype.is_temporal():
        series = series.to_physical()
    if _is_number_of_numpy(series.dtype):
        is_missing = series.is_null().to_numpy()
        return str(dtype), series.fill_null(0).to_numpy(), is_missing
    return str(dtype), series.to_list()


def _polars_parts(series: Any) -> Iterator[Any]:
    """Columns inside a column; their objects in Python would lose nanoseconds."""
    pl: Any = sys.modules["polars"]
    if isinstance(series.dtype, pl.Struct):
        for field in series.dtype.fields:
            yield _polars_values(series.struct.field(field.name))
    else:
        lists = series.arr.to_list() if isinstance(series.dtype, pl.Array) else series
        yield lists.list.len().fill_null(0).to_numpy()
        yield _polars_values(lists.explode())


def _is_number_of_numpy(dtype: Any) -> bool:
    # numpy has no integers of 128 bits.
    has_128_bits = str(dtype) in ("Int128", "UInt128")
    return bool(dtype.is_integer() or dtype.is_float()) and not has_128_bits

"""A column of any type has a content: equal ones agree, one changed value does not."""

from __future__ import annotations

import datetime
import decimal
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import skbayes
from skbayes._journal.content.content_digest import content_digest
from skbayes._journal.content.data_frames import columns_of, is_table

pa = pytest.importorskip("pyarrow")

DAYS = [datetime.date(2024, 3, day) for day in range(1, 5)]
MOMENTS = pd.date_range("2024-03-01 23:00", periods=4, freq="h")
TIMES = [datetime.time(1, 2, second) for second in range(4)]


def arrow(values, kind):
    """A column in one of Arrow's types."""
    return pd.Series(pd.array(list(values), dtype=pd.ArrowDtype(kind)))


def series(values, dtype):
    """A column in one of pandas' types."""
    return pd.Series(pd.array(list(values), dtype=dtype))


#: For each type a function that makes four values, of which the third is given.
COLUMNS = {
    "int64": lambda v: pd.Series([1, 2, v(3, 4), 5]),
    "int8": lambda v: pd.Series([1, 2, v(3, 4), 5], dtype="int8"),
    "float32": lambda v: pd.Series([1, None, v(3, 4), 5], dtype="float32"),
    "bool": lambda v: pd.Series([True, False, v(True, False), True]),
    "complex": lambda v: pd.Series([1j, 2, v(3, 4), 5]),
    "objects": lambda v: pd.Series([1, "a", v(None, "b"), DAYS[0]], dtype=object),
    "objects of arrays": lambda v: pd.Series(
        [np.arange(n) for n in (1, 2, v(3, 4), 5)]
    ),
    "objects of dicts": lambda v: pd.Series([{"a": n} for n in (1, 2, v(3, 4), 5)]),
    "objects of frames": lambda v: pd.Series([pd.Series([v(3, 4)]), 1, 2, 3]),
    "datetime64": lambda v: pd.Series(MOMENTS).where(
        [True, True, v(True, False), True]
    ),
    "timedelta64": lambda v: pd.Series(
        pd.to_timedelta([1, None, v(3, 4), 5], unit="s")
    ),
    "zone": lambda v: pd.Series(MOMENTS.tz_localize(v("Europe/Berlin", "UTC"))),
    "category": lambda v: pd.Series(pd.Categorical(["a", None, v("b", "a"), "b"])),
    "ordered category": lambda v: pd.Series(
        pd.Categorical(list("abca"), list(v("abc", "bac")), ordered=True)
    ),
    "category of intervals": lambda v: pd.cut(pd.Series([1, 2, v(3, 4), 5]), 3),
    "period": lambda v: pd.Series(
        pd.PeriodIndex(["2020", None, v("2021", "2022"), "2023"], freq="Y")
    ),
    "interval": lambda v: pd.Series(
        pd.arrays.IntervalArray.from_tuples([(0, 1), None, (2, v(3, 4)), (5, 6)])
    ),
    "sparse": lambda v: pd.Series(pd.arrays.SparseArray([0, 0, v(3, 4), 0])),
    "sparse of floats": lambda v: pd.Series(
        pd.arrays.SparseArray([np.nan, 1.0, v(3, 4), 0])
    ),
    "string": lambda v: series(["a", None, v("b", "c"), "d"], "string"),
    "string of Python": lambda v: series(
        ["a", None, v("b", "c"), "d"], pd.StringDtype("python")
    ),
    "string of Arrow": lambda v: series(
        ["a", None, v("b", "c"), "d"], pd.StringDtype("pyarrow")
    ),
    "str": lambda v: pd.Series(["a", "b", v("c", "d"), "e"]),
    "boolean": lambda v: series([True, None, v(True, False), True], "boolean"),
    "Int64": lambda v: series([1, None, v(3, 4), 5], "Int64"),
    "UInt8": lambda v: series([1, None, v(3, None), 0], "UInt8"),
    "Float64": lambda v: series([1, None, v(3, 4), 5], "Float64"),
    "Arrow int64": lambda v: arrow([1, None, v(3, 4), 5], pa.int64()),
    "Arrow missing": lambda v: arrow([1, None, v(0, None), 5], pa.int64()),
    "Arrow uint8": lambda v: arrow([1, None, v(3, 4), 5], pa.uint8()),
    "Arrow double": lambda v: arrow([1, None, v(3.0, 4.0), 5], pa.float64()),
    "Arrow half": lambda v: arrow(
        np.array([1, 2, v(3, 4), 5], dtype="f2"), pa.float16()
    ),
    "Arrow bool": lambda v: arrow([True, None, v(True, False), True], pa.bool_()),
    "Arrow timestamp": lambda v: arrow(MOMENTS[[0, 1, v(2, 3), 3]], pa.timestamp("ns")),
    "Arrow timestamp in seconds": lambda v: arrow(
        MOMENTS[[0, 1, v(2, 3), 3]], pa.timestamp("s")
    ),
    "Arrow zone": lambda v: arrow(
        MOMENTS[[0, 1, v(2, 3), 3]].tz_localize("UTC"), pa.timestamp("us", tz="UTC")
    ),
    "Arrow date32": lambda v: arrow(
        [DAYS[0], None, DAYS[v(2, 3)], DAYS[3]], pa.date32()
    ),
    "Arrow date64": lambda v: arrow(
        [DAYS[0], None, DAYS[v(2, 3)], DAYS[3]], pa.date64()
    ),
    "Arrow time32": lambda v: arrow(
        [TIMES[0], None, TIMES[v(2, 3)], TIMES[3]], pa.time32("s")
    ),
    "Arrow time64": lambda v: arrow(
        [TIMES[0], None, TIMES[v(2, 3)], TIMES[3]], pa.time64("us")
    ),
    "Arrow duration": lambda v: arrow(
        pd.to_timedelta([1, None, v(3, 4), 5], unit="s"), pa.duration("ns")
    ),
    "Arrow decimal": lambda v: arrow(
        [decimal.Decimal(n) for n in ("1.5", "2", v("3", "3.5"), "4")],
        pa.decimal128(10, 2),
    ),
    "Arrow text": lambda v: arrow(["a", None, v("b", "c"), "d"], pa.string()),
    "Arrow large text": lambda v: arrow(
        ["a", None, v("b", "c"), "d"], pa.large_string()
    ),
    "Arrow bytes": lambda v: arrow([b"a", None, v(b"b", b"c"), b"d"], pa.binary()),
    "Arrow list": lambda v: arrow([[1], None, [2, v(3, 4)], []], pa.list_(pa.int64())),
    "Arrow struct": lambda v: arrow(
        [{"x": 1}, None, {"x": v(3, 4)}, {"x": 5}], pa.struct([("x", pa.int64())])
    ),
    "Arrow map": lambda v: arrow(
        [[("a", 1)], None, [("b", v(3, 4))], []], pa.map_(pa.string(), pa.int64())
    ),
    "Arrow dictionary": lambda v: arrow(
        ["a", None, v("b", "a"), "b"], pa.dictionary(pa.int32(), pa.string())
    ),
    "Arrow month": lambda v: arrow(
        [pa.scalar((1, 2, v(3, 4)), pa.month_day_nano_interval()).as_py()] * 4,
        pa.month_day_nano_interval(),
    ),
}


def first(one, other):
    """Choose the value that stands for no change."""
    return one


def second(one, other):
    """Choose the changed value."""
    return other


every_kind = pytest.mark.parametrize("kind", COLUMNS)


@every_kind
def test_columns_of_every_type_have_a_content(kind):
    """A column has a content in a series, a frame, an index and an extension array."""
    make = COLUMNS[kind]
    for wrap in (
        lambda column: column,
        lambda column: pd.DataFrame({"n": [1, 2, 3, 4], "a": column}),
        lambda column: pd.DataFrame({"n": [1, 2, 3, 4]}, index=pd.Index(column)),
        lambda column: pd.MultiIndex.from_arrays([[1, 2, 3, 4], _hashable(column)]),
        lambda column: column.array,
    ):
        try:
            one, same, other = (wrap(make(v)) for v in (first, first, second))
        except (AttributeError, NotImplementedError):
            # An old pandas cannot make such a thing.
            assert "Arrow" in kind
            continue
        before = content_digest(one)
        assert before == content_digest(same)
        assert before != content_digest(other)
        assert before == content_digest(pickle.loads(pickle.dumps(one)))
        if hasattr(one, "copy"):
            assert before == content_digest(one.copy())


def _hashable(column):
    """Text in place of values of which pandas cannot make the levels of an index."""
    try:
        pd.MultiIndex.from_arrays([column])
    except (TypeError, ValueError, NotImplementedError):
        return column.map(repr)
    return column


@every_kind
def test_columns_of_a_part_count_what_is_in_it(kind):
    """Rows that were selected are the same as rows that were made so."""
    column = COLUMNS[kind](first)
    selected = column[[True, False, True, True]].reset_index(drop=True)
    joined = pd.concat([column.iloc[:1], column.iloc[2:]], ignore_index=True)
    assert content_digest(selected) == content_digest(joined)
    assert content_digest(selected) != content_digest(column)


def test_columns_of_tell_types_apart():
    """Types count also where their values look alike."""
    digests = {kind: content_digest(make(first)) for kind, make in COLUMNS.items()}
    # How text is stored does not matter to what it is.
    same = {digests.pop("string"), digests.pop("string of Python")}
    assert same == {digests["string of Arrow"]}
    assert len(set(digests.values())) == len(digests)


def test_columns_of_count_labels_and_their_order():
    """Names of columns, the index and its name, and the order of both count."""
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    others = [
        frame.rename(columns={"a": "c"}),
        frame[["b", "a"]],
        frame.iloc[::-1],
        frame.iloc[::-1].reset_index(drop=True),
        frame.set_axis([1, 2]),
        frame.rename_axis("i"),
        frame.rename_axis("i", axis=1),
        frame.astype({"a": "int32"}),
        frame.to_numpy(),
    ]
    assert len({content_digest(value) for value in [frame, *others]}) == 10


@pytest.mark.parametrize("labels", [range(3), range(9, 3, -2), range(0), [0, 0, 0]])
def test_columns_of_a_range_of_labels_do_not_depend_on_its_form(labels):
    """Rows of a longer table may have their numbers as an array."""
    frame = pd.DataFrame({"a": np.zeros(len(labels))})
    written = frame.set_axis(pd.Index(np.array(labels, dtype=np.int64)))
    digests = {content_digest(written), content_digest(frame.set_axis(labels))}
    assert len(digests) == 1


class Unknown(pd.api.extensions.ExtensionDtype):
    """A type that nobody knows."""

    name = "unknown"
    type = str
    kind = "M"
    na_value = None

    @classmethod
    def construct_array_type(cls):
        """Name its arrays."""
        return UnknownArray


class UnknownArray(pd.api.extensions.ExtensionArray):
    """As little as an extension array may have."""

    dtype = Unknown()

    def __init__(self, values):
        self._values = list(values)

    @classmethod
    def _from_sequence(cls, scalars, *, dtype=None, copy=False):
        return cls(scalars)

    def __len__(self):
        return len(self._values)

    def __getitem__(self, item):
        if isinstance(item, int | np.integer):
            return self._values[item]
        return UnknownArray(np.array(self._values, dtype=object)[item])

    def isna(self):
        """Tell what is missing."""
        return np.array([value is None for value in self._values])

    def copy(self):
        """Give another one."""
        return UnknownArray(self._values)

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError("no array")


def test_columns_of_an_unknown_type_are_read_as_objects():
    """The type may say anything of itself and lack any ability."""
    one, same, other = (UnknownArray(["a", None, v]) for v in "bbc")
    assert content_digest(one) == content_digest(same) != content_digest(other)
    frame = pd.DataFrame({"a": one})
    assert content_digest(frame) == content_digest(pd.DataFrame({"a": same}))


# ------------------------------------------------------------------- pyarrow and polars


def test_columns_of_arrow_tables_count_by_values():
    """Neither chunks count nor what lies where values are missing."""
    table = pa.table({"a": [1, None, 3, 4], "b": ["x", None, "z", "z"]})
    cut = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert cut.column("a").num_chunks == 2
    assert content_digest(cut) == content_digest(table)
    assert content_digest(table.slice(1)) != content_digest(table)
    renamed = table.rename_columns(["a", "c"])
    assert content_digest(renamed) != content_digest(table)
    dirty = pa.Array.from_buffers(
        pa.int64(), 4, [pa.py_buffer(b"\x0d"), pa.py_buffer(np.array([1, 9, 3, 4]))]
    )
    clean = pa.array([1, None, 3, 4])
    assert dirty.equals(clean)
    assert content_digest(dirty) == content_digest(clean)


def has_missing_structs(pl):
    """Whether a missing struct is another than one of missing values."""
    return pl.Series([{"x": 1}, None])[1] is None


POLARS = {
    "int": lambda v, pl: pl.Series([1, None, v(3, 4)]),
    "float": lambda v, pl: pl.Series([1.5, None, v(3.0, 4.0)]),
    "bool": lambda v, pl: pl.Series([True, None, v(True, False)]),
    "text": lambda v, pl: pl.Series(["a", None, v("b", "c")]),
    "category": lambda v, pl: pl.Series(["a", None, v("b", "a")], dtype=pl.Categorical),
    "enum": lambda v, pl: pl.Series(
        ["a", None, "b"], dtype=pl.Enum(v(["a", "b"], ["b", "a"]))
    ),
    "date": lambda v, pl: pl.Series([DAYS[0], None, DAYS[v(1, 2)]]),
    "moment": lambda v, pl: pl.Series(
        MOMENTS[[0, 1, v(2, 3)]].to_pydatetime().tolist()
    ),
    "duration": lambda v, pl: pl.Series([datetime.timedelta(v(1, 2))]),
    "time": lambda v, pl: pl.Series([TIMES[v(1, 2)]]),
    "decimal": lambda v, pl: pl.Series([decimal.Decimal(v("1.5", "2.5"))]),
    "list": lambda v, pl: pl.Series([[1], None, [2, v(3, 4)]]),
    "struct": lambda v, pl: pl.Series([{"x": 1}, None, {"x": v(3, 4)}]),
    # Before polars 1.18 there are none of 128 bits.
    "wide int": lambda v, pl: pl.Series(
        [1, None, v(3, 4)], dtype=getattr(pl, "Int128", pl.Int64)
    ),
    "array": lambda v, pl: pl.Series(
        [[[1], [2]], None, [[v(3, 4)], [None]]], dtype=pl.Array(pl.Int64, (2, 1))
    ),
    "missing list": lambda v, pl: pl.Series([[], v(None, [])], dtype=pl.List(pl.Int8)),
    "list of one": lambda v, pl: pl.Series(v([[1, 2], [3]], [[1], [2, 3]])),
    "nanoseconds in lists": lambda v, pl: pl.Series([[1], [v(2, 3)]]).cast(
        pl.List(pl.Datetime("ns"))
    ),
    "nanoseconds in structs": lambda v, pl: pl.Series([{"x": 1}, {"x": v(2, 3)}]).cast(
        pl.Struct({"x": pl.Duration("ns")})
    ),
    "missing struct": lambda v, pl: pl.Series(
        [{"x": 1}, v(None, {"x": None if has_missing_structs(pl) else 2})]
    ),
    "bytes": lambda v, pl: pl.Series([b"a", None, v(b"b", b"c")]),
    "objects": lambda v, pl: pl.Series([1, v("a", "b")], dtype=pl.Object),
}


@pytest.mark.parametrize("kind", POLARS)
def test_columns_of_polars_have_a_content(kind):
    """A column is read as a series and in a frame."""
    pl = pytest.importorskip("polars")
    one, same, other = (POLARS[kind](v, pl) for v in (first, first, second))
    assert content_digest(one) == content_digest(same) != content_digest(other)
    frames = [pl.DataFrame({"a": column}) for column in (one, same, other)]
    digests = list(map(content_digest, frames))
    assert digests[0] == digests[1] != digests[2]
    assert content_digest(frames[0].rename({"a": "b"})) != digests[0]


def test_is_table_takes_nothing_else_for_a_table():
    """Others read arrays and lists."""
    assert not is_table(np.zeros(3))
    assert not is_table([1, 2])
    assert is_table(pd.Index([1]))
    assert list(columns_of(pa.array([1.0])))[0][0] == "double"


# ---------------------------------------------------------------------- other processes

SCRIPT = """
from tests._journal.content.test_data_frames import *
print(content_digest({kind: make(first) for kind, make in COLUMNS.items()}).hex())
"""


def test_columns_of_are_the_same_in_two_processes():
    """All types agree at once, whatever the hash seed is."""
    found = {content_digest({k: make(first) for k, make in COLUMNS.items()}).hex()}
    for seed in ("1", "4294967295"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(Path(skbayes.__file__).parents[1]),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout.strip())
    assert len(found) == 1

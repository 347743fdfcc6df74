"""Different values have different digests, equal ones the same."""

from __future__ import annotations

import copy
import functools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats
from sklearn.svm import SVC

from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.test_hasher import Plain, the_same_twice


def halved(x, factor=2):
    """Stand for a function of the user's."""
    return x / factor


def closure(n):
    """Make functions that differ in what they close over only."""
    return lambda x: x + n


def test_content_digest_counts_the_state_of_generators():
    """Equal seeds are the same, and a generator that was drawn from is another."""
    for make in (np.random.RandomState, np.random.default_rng, np.random.Philox):
        first, second = the_same_twice(lambda make=make: make(3))
        assert first == second
        assert first != content_digest(make(4))
    used = np.random.RandomState(3)
    used.rand()
    assert content_digest(used) != content_digest(np.random.RandomState(3))


def test_content_digest_leaves_out_the_global_generator():
    """The state of the global generator differs in every run anyway."""
    generator = np.random.mtrand._rand
    before = content_digest(generator)
    generator.rand()
    assert content_digest(generator) == before


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (lambda x: x + 1, lambda x: x + 2),
        (lambda x: x + 1, lambda x: x - 1),
        (lambda x, n=1: x, lambda x, n=2: x),
        (lambda x, *, n=1: x, lambda x, *, n=2: x),
        (closure(1), closure(2)),
        (functools.partial(halved, factor=2), functools.partial(halved, factor=3)),
        (functools.partial(halved), halved),
        (np.log, np.exp),
        (len, sum),
        ("a".startswith, "b".startswith),
        (Plain(a=1).__eq__, Plain(a=2).__eq__),
        (SVC(C=1).fit, SVC(C=2).fit),
    ],
)
def test_content_digest_tells_functions_apart(a, b):
    """Code, constants, defaults, closure and the object they are bound to count."""
    assert content_digest(a) != content_digest(b)


def test_content_digest_of_functions_alike_is_the_same():
    """Where a function stands in a file does not count."""
    functions = [
        lambda x: x + 1,
        lambda x: x + 1,
    ]
    assert content_digest(functions[0]) == content_digest(functions[1])
    assert content_digest(closure(1)) == content_digest(closure(1))


DISTINCT = [
    None,
    False,
    0,
    0.0,
    -0.0,
    0j,
    "",
    "0",
    b"",
    (),
    [],
    {},
    set(),
    frozenset(),
    [()],
    [[]],
    ((),),
    [1, 2],
    [1, [2]],
    ["1", 2],
    ["1, 2"],
    ["1", "2"],
    ["1,", "2"],
    {"a": 1},
    {"a": "1"},
    {1: "a"},
    {"a", "b"},
    np.zeros(0),
    np.zeros(1),
    np.zeros((1, 1)),
    np.zeros(1, dtype=int),
    np.zeros(8, dtype=np.uint8),
    np.array(0.0),
    np.array(["a"]),
    np.array(["a"], dtype=object),
    np.array([1, "1"], dtype=object),
    np.array(["2020"], dtype="M8[Y]"),
    np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    np.array([(1, 2.0)], dtype=[("a", int), ("c", float)]),
    np.ma.array([1.0, 2.0], mask=[False, True]),
    np.ma.array([1.0, 2.0], mask=[True, False]),
    np.ma.array([1.0, 3.0], mask=[False, True]),
    np.ma.array([1.0, 2.0], mask=[False, True], fill_value=0.0),
    sparse.csr_array((2, 2)),
    sparse.csr_array(np.eye(2)),
    sparse.csr_array(np.eye(2)[::-1]),
    sparse.csc_array(np.eye(2)),
    sparse.dia_array(np.eye(2)),
    pd.Series([1, 2]),
    pd.Series([1, 2], name="a"),
    pd.Series([1, 2], index=[1, 0]),
    pd.Series([1, 2], dtype="Int64"),
    pd.Series(["1", "2"], dtype="string"),
    pd.Series(["1", "2"], dtype=object),
    pd.Series([1, None], dtype="Int64"),
    pd.Series(pd.Categorical(["1", "2"])),
    pd.Series(pd.Categorical(["1", "2"], ordered=True)),
    pd.Series(pd.Categorical(["2", "1"])),
    pd.Series(pd.Categorical(["1", "2"], categories=["2", "1"])),
    pd.Series(pd.to_datetime(["2020-01-01"])),
    pd.Series(pd.to_datetime(["2020-01-01"], utc=True)),
    pd.Series(pd.to_timedelta(["1s"])),
    pd.Series(pd.period_range("2020", periods=1, freq="D")),
    pd.Series(pd.IntervalIndex.from_breaks([0, 1])),
    pd.Index([1, 2]),
    pd.Index([1, 2], name="a"),
    pd.MultiIndex.from_tuples([(1, 2)]),
    pd.DataFrame({"a": [1, 2]}),
    pd.DataFrame({"b": [1, 2]}),
    pd.DataFrame({"a": [1, 2], "b": [1, 2]}),
    pd.DataFrame([[1, 2], [1, 2]], columns=["a", "a"]),
    pd.Series([1, 2], dtype="Int64").array,
    SVC,
    SVC(),
    np,
    np.dtype(float),
    range(3),
    range(4),
    slice(3),
    Path("a"),
    Plain(),
    Plain(a=1),
    Plain(b=1),
    stats.uniform,
    stats.uniform(),
    stats.uniform(0, 1),
    stats.uniform(loc=1),
    stats.norm(),
    stats.rv_discrete(values=([1, 2], [0.5, 0.5]))(),
    stats.rv_discrete(values=([1, 3], [0.5, 0.5]))(),
]


def test_content_digest_tells_values_apart():
    """Many values differ by type and content, alone and inside others."""
    for wrap in (lambda v: v, lambda v: [v], lambda v: {"k": (v, 1)}):
        digests = [content_digest(wrap(value)) for value in DISTINCT]
        assert len(set(digests)) == len(DISTINCT)


def test_content_digest_of_equal_values_is_the_same():
    """Copies of each value have the same digest."""
    for value in DISTINCT:
        if value is not np:
            assert content_digest(copy.deepcopy(value)) == content_digest(value)


def test_content_digest_reads_polars_frames():
    """Names, types and values count, missing ones and dates among them."""
    pl = pytest.importorskip("polars")
    columns = {
        "a": [1.0, None, 3.0],
        "b": ["x", None, "z"],
        "c": [1, 2, 3],
        "d": pd.date_range("2020", periods=3).to_pydatetime().tolist(),
        "e": [[1], [2, 3], []],
    }
    first, second = the_same_twice(lambda: pl.DataFrame(columns))
    assert first == second
    for name, values in columns.items():
        changed = columns | {name: values[::-1]}
        assert content_digest(pl.DataFrame(changed)) != first
    assert content_digest(pl.DataFrame(columns).rename({"a": "z"})) != first
    assert content_digest(pl.Series("a", [1, 2])) != content_digest(pl.Series([1, 2]))

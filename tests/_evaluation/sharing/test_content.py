"""Outputs are measured, compared to the last bit, copied and frozen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from skbayes._evaluation.sharing.content import (
    freeze,
    is_bitwise_equal,
    is_known,
    n_bytes,
    private_copy,
)

OUTPUTS = {
    "array": np.arange(6.0).reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "words": np.array(["a", "b"], dtype=object),
    "csr": sparse.csr_matrix(np.eye(3)),
    "csc array": sparse.csc_array(np.eye(3)),
    "tuple": (np.arange(3), np.arange(2)),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_private_copy_is_same_and_shares_no_memory(name):
    """A copy that is lent has the layout of what it is a copy of."""
    output = OUTPUTS[name]
    copy = private_copy(output)
    assert is_bitwise_equal(copy, output)
    first, second = (
        part[0] if isinstance(part, tuple) else part for part in (copy, output)
    )
    first, second = (getattr(part, "data", part) for part in (first, second))
    assert not np.shares_memory(np.asarray(first), np.asarray(second))


@pytest.mark.parametrize("name", ["array", "csr", "tuple"])
def test_freeze_stops_who_writes_into_shared_output(name):
    """Shared arrays are read-only, also inside sparse matrices and tuples."""
    frozen = freeze(private_copy(OUTPUTS[name]))
    first = frozen[0] if isinstance(frozen, tuple) else frozen
    array = first.data if sparse.issparse(first) else first
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 7


def test_is_bitwise_equal_sees_dtype_layout_and_the_last_bit():
    """Outputs that print alike may still make another fit."""
    a = np.arange(6.0).reshape(2, 3)
    assert is_bitwise_equal(np.array([np.nan]), np.array([np.nan]))
    assert not is_bitwise_equal(a, a.astype(np.float32))
    assert not is_bitwise_equal(a, np.asfortranarray(a))
    assert not is_bitwise_equal(a, np.nextafter(a, np.inf))
    assert not is_bitwise_equal(sparse.csr_matrix(a), sparse.csc_matrix(a))
    assert not is_bitwise_equal(object(), object())


def test_n_bytes_counts_arrays_inside_of_estimators():
    """An estimator that holds a megabyte is not taken for a small one."""

    class Holder:
        def __init__(self):
            self.parts_ = {"a": [np.zeros(2**17)]}

    assert 2**20 <= n_bytes(Holder()) <= 2**20 + 10_000
    words = np.array(["w" * 1000] * 500, dtype=object)
    assert n_bytes(words) >= 500_000


def frames():
    """The same table of pandas and of polars, as far as they are installed."""
    data = {"a": [0.5, float("nan")], "b": ["x", "y"]}
    return [pytest.importorskip(name).DataFrame(data) for name in ("pandas", "polars")]


def test_is_bitwise_equal_of_frames_looks_at_values_types_and_names():
    """Missing values are the same where they are NaN in both frames."""
    for frame in frames():
        kind = type(frame)
        assert is_bitwise_equal(frame, private_copy_of(frame))
        nan = float("nan")
        for other in (
            {"a": [0.5, 0.25], "b": ["x", "y"]},
            {"b": ["x", "y"], "a": [0.5, nan]},
            {"c": [0.5, nan], "b": ["x", "y"]},
        ):
            assert not is_bitwise_equal(frame, kind(other))


def private_copy_of(frame):
    """A copy of either library's."""
    return frame.copy() if hasattr(frame, "copy") else frame.clone()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        ("a", "a", True),
        (None, None, True),
        ([1, (2, "b")], [1, (2, "b")], True),
        ((1, 2), (1, 2, 3), False),
        ({"a": 1}, {"a": 1}, False),
        (np.arange(4), np.arange(8)[::2], False),
        (np.array([0.0]), np.array([-0.0]), True),
    ],
    ids=repr,
)
def test_is_bitwise_equal_of_plain_values_and_of_unknown_ones(a, b, expected):
    """What cannot be compared is not the same; strides count."""
    assert is_bitwise_equal(a, b) is expected


def test_n_bytes_of_frames_is_that_of_their_contents():
    """Texts count too."""
    for frame in frames():
        big = type(frame)({"a": np.zeros(10_000), "b": ["w" * 100] * 10_000})
        assert 1_000_000 < n_bytes(big) < 3_000_000


def test_n_bytes_counts_all_parts_of_matrices_and_containers():
    """All parts count; of many members some are measured."""
    matrix = sparse.random(1000, 10, density=0.5, format="csr", random_state=0)
    parts = (matrix.data, matrix.indices, matrix.indptr)
    assert n_bytes(matrix) == sum(part.nbytes for part in parts)
    arrays = [np.zeros(1000) for _ in range(1000)]
    assert n_bytes(arrays) == pytest.approx(8_000_000, rel=0.01)
    assert n_bytes({"a": np.zeros(1000)}) > 8000
    loop = []
    loop.append(loop)
    assert n_bytes(loop) < 2000


def test_n_bytes_of_a_compiled_model_is_that_of_its_pickle():
    """Python sees the model from outside; without a pickle its size is unknown."""

    class Model:
        def __reduce__(self):
            return bytes, (b"x" * 5000,)

    class Locked:
        def __reduce__(self):
            raise TypeError("no pickle")

    for kind in (Model, Locked):
        kind.__module__ = "lightgbm.basic"
    assert 5000 < n_bytes(Model()) < 5200
    assert n_bytes(Locked()) == 256


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (np.zeros(2), True),
        (sparse.eye(2), True),
        ((np.zeros(2), sparse.eye(2)), True),
        ((np.zeros(2), "text"), False),
        ([np.zeros(2)], False),
        (None, False),
    ],
    ids=repr,
)
def test_is_known_is_true_of_arrays_and_frames(output, expected):
    """Tuples of arrays are known too."""
    assert is_known(output) is expected
    assert is_known(frames()[0])

"""Outputs are measured, compared to the last bit, copied and frozen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from skbayes._evaluation.sharing.content import (
    freeze,
    is_same,
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
    assert is_same(copy, output)
    first, second = (
        part[0] if isinstance(part, tuple) else part for part in (copy, output)
    )
    first, second = (getattr(part, "data", part) for part in (first, second))
    assert not np.shares_memory(np.asarray(first), np.asarray(second))


@pytest.mark.parametrize("name", ["array", "csr", "tuple"])
def test_freeze_stops_who_writes_into_shared_output(name):
    """Shared arrays are read-only, those inside sparse matrices and tuples too."""
    frozen = freeze(private_copy(OUTPUTS[name]))
    first = frozen[0] if isinstance(frozen, tuple) else frozen
    array = first.data if sparse.issparse(first) else first
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 7


def test_is_same_sees_dtype_layout_and_the_last_bit():
    """Outputs that print alike may still make another fit."""
    a = np.arange(6.0).reshape(2, 3)
    assert is_same(np.array([np.nan]), np.array([np.nan]))
    assert not is_same(a, a.astype(np.float32))
    assert not is_same(a, np.asfortranarray(a))
    assert not is_same(a, np.nextafter(a, np.inf))
    assert not is_same(sparse.csr_matrix(a), sparse.csc_matrix(a))
    assert not is_same(object(), object())


def test_n_bytes_counts_arrays_inside_of_estimators():
    """An estimator that holds a megabyte is not taken for a small one."""

    class Holder:
        def __init__(self):
            self.parts_ = {"a": [np.zeros(2**17)]}

    assert 2**20 <= n_bytes(Holder()) <= 2**20 + 10_000
    words = np.array(["w" * 1000] * 500, dtype=object)
    assert n_bytes(words) >= 500_000

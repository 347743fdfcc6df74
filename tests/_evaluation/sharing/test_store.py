"""Work is kept within a limit, compared before it is reused, and forgotten."""

import os

import numpy as np
import pytest
from scipy import sparse

from skbayes._evaluation.sharing.content import (
    freeze,
    is_same,
    n_bytes,
    private_copy,
)
from skbayes._evaluation.sharing.store import STORES, Entry, Store


def entry(n_kilobytes):
    """Work whose output takes so many kilobytes."""
    return Entry({}, np.zeros(128 * n_kilobytes))


def test_store_drops_the_least_recently_used_beyond_its_limit():
    """What was used last is kept, and the bytes in use stay below the limit."""
    store = Store(limit=10_000)
    for name in "abc":
        store.put((name,), entry(3))
        store.get("part", ("a",))
    store.put(("d",), entry(3))
    kept = [name for name in "abcd" if store.get("part", (name,)) is not None]
    assert kept == ["a", "c", "d"]
    assert store.used <= 10_000


def test_store_refuses_what_is_larger_than_its_limit():
    """One large output does not push out everything else for nothing."""
    store = Store(limit=5_000)
    store.put(("small",), entry(1))
    store.put(("large",), entry(8))
    assert store.get("part", ("small",)) is not None
    assert store.get("part", ("large",)) is None


def test_store_compare_condemns_a_part_for_good():
    """Work that has differed once is not shared, whatever later comparisons say."""
    store = Store(limit=1_000)
    assert store.compare("part", np.ones(3), np.ones(3))
    assert store.is_verified("part")
    assert not store.compare("part", np.ones(3), np.full(3, 1 + 1e-16 * 4))
    assert not store.compare("part", np.ones(3), np.ones(3))
    assert not store.is_worthwhile("part")


def test_store_gives_up_on_a_part_that_never_meets_its_like():
    """A head whose parameters differ in every candidate is not kept for ever."""
    store = Store(limit=1_000_000)
    for i in range(100):
        store.get("part", (i,))
    assert not store.is_worthwhile("part")
    assert store.is_worthwhile("another part")


def test_stores_release_forgets_a_search():
    """After the end of a search nothing of it is held."""
    with STORES.use("a search", 1_000, os.getpid()) as store:
        store.put(("key",), entry(0))
    STORES.release("a search")
    with STORES.use("a search", 1_000, os.getpid()) as store:
        assert store.get("part", ("key",)) is None
    STORES.release("a search")


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

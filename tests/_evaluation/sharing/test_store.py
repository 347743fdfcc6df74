"""Work is kept within a limit, compared before it is reused, and forgotten."""

import os

import numpy as np

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
    """After the end of a search the stores hold nothing of it."""
    with STORES.use("a search", 1_000, os.getpid()) as store:
        store.put(("key",), entry(0))
    STORES.release("a search")
    with STORES.use("a search", 1_000, os.getpid()) as store:
        assert store.get("part", ("key",)) is None
    STORES.release("a search")

"""The results of fits that this process keeps, within a limit of bytes."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from skbayes._evaluation.sharing.content import is_bitwise_equal, n_bytes

#: Bytes that each process may keep by default.
DEFAULT_LIMIT = 2**30
#: Misses without a hit after which the work of a part is no longer kept.
_MAX_MISSES = 40
#: Seconds without a fold after which a worker process drops a search. The driver
#: cannot reach every worker at the end of a search, so workers clean up on their own.
_IDLE_SECONDS = 30.0

Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of one piece of work.

    Parameters
    ----------
    state : dict
        Attributes of the fitted estimator.
    output : object
        Result of the fit, if any.
    size : float
        Value of the path's parameter, inf if the fit has ended by itself; 0 for a head.
    """

    state: dict[str, Any]
    output: Any = None
    size: float = 0


class Store:
    """Entries of one search; the least recently used ones make room for new ones.

    Parameters
    ----------
    limit : int
        Bytes that the store may keep.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._entries: OrderedDict[Key, tuple[Entry, int]] = OrderedDict()
        self._used = 0
        self._lock = threading.Lock()
        self._misses: Counter[Hashable] = Counter()
        self._hits: Counter[Hashable] = Counter()
        self._is_exact: dict[Hashable, bool] = {}
        #: By thread its last entry that is larger than the limit, while it is in use.
        self._too_large: dict[int, dict[Key, Entry]] = {}

    @property
    def used(self) -> int:
        """Bytes in use."""
        return self._used

    def get(self, part: Hashable, key: Key) -> Entry | None:
        """Look up the work `key` of a part of the estimator."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                found: Entry | None = self._entries[key][0]
            else:
                found = self._too_large.get(threading.get_ident(), {}).get(key)
            counts = self._misses if found is None else self._hits
            counts[part] += 1
            return found

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry, unless it exceeds the limit alone."""
        size = n_bytes(entry.state) + n_bytes(entry.output)
        with self._lock:
            self._drop(key)
            if size > self.limit:
                if threading.get_ident() in self._too_large:
                    self._too_large[threading.get_ident()] = {key: entry}
                return
            self._entries[key] = (entry, size)
            self._used += size
            while self._used > self.limit:
                self._drop(next(iter(self._entries)))

    @contextmanager
    def keeping_last(self) -> Iterator[None]:
        """Keep the last entry of this thread for a while, also one over the limit."""
        with self._lock:
            self._too_large[threading.get_ident()] = {}
        try:
            yield
        finally:
            with self._lock:
                del self._too_large[threading.get_ident()]

    def is_worthwhile(self, part: Hashable) -> bool:
        """Whether work of a part may still be shared.

        It may not if two fits have differed, nor if many lookups have found nothing.
        """
        if self._is_exact.get(part) is False:
            return False
        return bool(self._hits[part]) or self._misses[part] < _MAX_MISSES

    def is_verified(self, part: Hashable) -> bool:
        """Whether work of a part has been done twice with equal results."""
        return self._is_exact.get(part, False)

    def compare(self, part: Hashable, kept: Any, new: Any) -> bool:
        """Compare work done twice to the last bit, and remember the answer.

        After one difference, work of that part is never shared again.
        """
        with self._lock:
            is_exact = is_bitwise_equal(kept, new) and self._is_exact.get(part, True)
            self._is_exact[part] = is_exact
        return is_exact

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._used -= entry[1]


class _Stores:
    """The stores of this process, one per search."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stores: dict[str, Store] = {}
        self._n_using: Counter[str] = Counter()
        self._last_used: dict[str, float] = {}
        self._cleanup: threading.Timer | None = None

    @contextmanager
    def use(self, search: str, limit: int, driver: int) -> Iterator[Store]:
        """Yield the store of a search during one fold.

        In a process other than the `driver` a store is dropped when it has been idle.
        """
        with self._lock:
            store = self._stores.setdefault(search, Store(limit))
            self._n_using[search] += 1
        try:
            yield store
        finally:
            with self._lock:
                self._n_using[search] -= 1
                self._last_used[search] = time.monotonic()
                if os.getpid() != driver and self._cleanup is None:
                    self._schedule_cleanup()

    def searches(self) -> list[str]:
        """Names of the searches whose work is kept."""
        with self._lock:
            return list(self._stores)

    def release(self, search: str) -> None:
        """Drop the work of a search."""
        with self._lock:
            self._forget(search)

    def _forget(self, search: str) -> None:
        for table in (self._stores, self._n_using, self._last_used):
            table.pop(search, None)

    def _schedule_cleanup(self) -> None:
        self._cleanup = threading.Timer(_IDLE_SECONDS, self._clean)
        # A daemon, so that it does not keep a worker alive that is to end.
        self._cleanup.daemon = True
        self._cleanup.start()

    def _clean(self) -> None:
        horizon = time.monotonic() - _IDLE_SECONDS
        with self._lock:
            self._cleanup = None
            for search, last in list(self._last_used.items()):
                if last <= horizon and not self._n_using[search]:
                    self._forget(search)
            if self._stores:
                self._schedule_cleanup()


STORES = _Stores()

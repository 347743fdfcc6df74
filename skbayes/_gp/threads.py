"""One BLAS thread for the engine's small matrices."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any

from threadpoolctl import (  # type: ignore[import-untyped]
    OpenBLASController,
    ThreadpoolController,
)


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    """Controller of the libraries loaded now; finding them takes 2 ms, so once."""
    return ThreadpoolController()


class _SharedLimit:
    """The limit of this process: the first thread in sets it, the last out lifts it.

    BLAS has one thread count for all Python threads. If each thread restored the value
    it had found, one would restore the limit that another had set.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: The thread of each block; a thread inside several is there several times.
        self._users: list[int] = []
        self._limiter: Any = None

    def enter(self) -> None:
        with self._lock:
            if not self._users:
                self._limiter = _controller().limit(limits=1, user_api="blas")
            self._users.append(threading.get_ident())

    def leave(self) -> None:
        with self._lock:
            self._users.remove(threading.get_ident())
            if not self._users:
                self._lift()

    def keep_own_after_fork(self) -> None:
        """Forget the threads that a forked process does not have."""
        self._lock = threading.Lock()
        own = threading.get_ident()
        self._users = [user for user in self._users if user == own]
        if self._limiter is not None and not self._users:
            self._lift()

    def _lift(self) -> None:
        limiter, self._limiter = self._limiter, None
        # Twice: the thread that leaves last need not have set the limit, and the next
        # one to enter must not find this thread as its owner.
        _let_any_thread_set()
        limiter.restore_original_limits()
        _let_any_thread_set()


def _let_any_thread_set() -> None:
    """Let this thread lift the limit that another one has set.

    threadpoolctl >= 3.7 lets the thread that has set a limit lift it, and no other.
    """
    release = getattr(OpenBLASController, "clear_controlling_thread", None)
    if release is not None:
        release(force=True)


_LIMIT = _SharedLimit()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_LIMIT.keep_own_after_fork)


def limit_threads() -> AbstractContextManager[None]:
    """Run BLAS on one thread inside a ``with`` block.

    Threads make products of matrices this small slower, and L-BFGS-B ten times slower
    where its own BLAS calls compete with others [1]_. Setting environment variables
    instead would come too late and reach further than the engine.

    Returns
    -------
    context manager
        Restores the former limits at its end; of blocks in several threads the last
        one does.

    References
    ----------
    .. [1] https://github.com/scipy/scipy/issues/22438
    """
    return _limited()


@contextmanager
def _limited() -> Iterator[None]:
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()

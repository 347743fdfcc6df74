"""One BLAS thread for the engine's small matrices."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    """Controller of the libraries loaded now; finding them takes 2 ms, so once."""
    return ThreadpoolController()


def limit_threads() -> AbstractContextManager[Any]:
    """Run BLAS on one thread inside a ``with`` block.

    Threads make products of matrices this small slower, and L-BFGS-B ten times slower
    where its own BLAS calls compete with others [1]_. Setting environment variables
    instead would come too late and reach further than the engine.

    Returns
    -------
    context manager
        Restores the former limits at its end.

    References
    ----------
    .. [1] https://github.com/scipy/scipy/issues/22438
    """
    limiter: AbstractContextManager[Any] = _controller().limit(
        limits=1, user_api="blas"
    )
    return limiter

"""Is BLAS held to one thread, and let go again?"""

from __future__ import annotations

from threadpoolctl import threadpool_info

from skbayes._gp import limit_threads


def _threads():
    """Threads of each BLAS library."""
    return [
        lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"
    ]


def test_one_thread_inside_and_the_former_number_after():
    """Inside the block every BLAS has one thread, after it as many as before."""
    before = _threads()
    with limit_threads():
        assert set(_threads()) == {1}
    assert _threads() == before

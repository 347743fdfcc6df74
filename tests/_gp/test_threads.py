"""Is BLAS held to one thread, and let go again?"""

from __future__ import annotations

import os
import threading

import pytest
import scipy.linalg
from threadpoolctl import OpenBLASController, threadpool_info, threadpool_limits

from skbayes._gp import limit_threads

#: What a user has set: not 1, so that it is seen whether it comes back.
FORMER = 2


def blas_threads():
    """Threads of each BLAS library."""
    assert scipy.linalg  # loads its BLAS
    return [
        lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"
    ]


@pytest.fixture(autouse=True)
def one_thread():
    """BLAS has two threads before each test, and any thread may change that."""
    limits = threadpool_limits(FORMER, user_api="blas")
    # threadpoolctl >= 3.7 lets only the thread that has set a limit change it.
    release = getattr(OpenBLASController, "clear_controlling_thread", lambda **_: None)
    release(force=True)
    yield
    limits.restore_original_limits()
    release(force=True)


def test_limit_threads_has_one_thread_inside_and_the_former_number_after():
    """Inside the block every BLAS has one thread, after it as many as before."""
    with limit_threads():
        assert set(blas_threads()) == {1}
    assert set(blas_threads()) == {FORMER}


def test_limit_threads_inside_itself_ends_with_the_outer_block():
    with limit_threads():
        with limit_threads():
            pass
        assert set(blas_threads()) == {1}
    assert set(blas_threads()) == {FORMER}


def test_limit_threads_is_lifted_by_an_error():
    """An error in the block leaves no limit behind."""
    with pytest.raises(RuntimeError, match="told to fail"), limit_threads():
        raise RuntimeError("told to fail")
    assert set(blas_threads()) == {FORMER}


@pytest.mark.parametrize("first_out", ["first in", "second in"])
def test_limit_threads_of_two_threads_ends_with_the_last(first_out):
    """Blocks of threads overlap, whichever ends first: the limit holds, then ends."""
    inside = [threading.Event(), threading.Event()]
    leave = [threading.Event(), threading.Event()]

    def work(number):
        with limit_threads():
            inside[number].set()
            leave[number].wait(60)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
    for number, thread in enumerate(threads):
        thread.start()
        assert inside[number].wait(60)
    order = [0, 1] if first_out == "first in" else [1, 0]
    leave[order[0]].set()
    threads[order[0]].join(60)
    assert set(blas_threads()) == {1}
    leave[order[1]].set()
    threads[order[1]].join(60)
    assert set(blas_threads()) == {FORMER}


def test_limit_threads_of_many_threads_leaves_the_former_number():
    """Many threads come and go in any order."""

    def work():
        for _ in range(50):
            with limit_threads():
                pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(blas_threads()) == {FORMER}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_limit_threads_of_another_thread_does_not_reach_a_forked_process():
    """The fork has no thread that would lift it; its own block holds and ends."""
    inside, leave = threading.Event(), threading.Event()

    def work():
        with limit_threads():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(60)
    assert _in_a_fork(lambda: (blas_threads(), _inside_and_after())) == repr(
        ([FORMER] * len(blas_threads()), ({1}, {FORMER}))
    )
    leave.set()
    thread.join(60)
    assert set(blas_threads()) == {FORMER}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_limit_threads_around_a_fork_ends_in_both_processes():
    """Whoever forks inside of the block leaves it twice."""
    reading, writing = os.pipe()
    with limit_threads():
        child = os.fork()
    if child == 0:
        os.write(writing, repr(set(blas_threads())).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 1000).decode() == repr({FORMER})
    assert set(blas_threads()) == {FORMER}


def _inside_and_after():
    with limit_threads():
        inside = set(blas_threads())
    return inside, set(blas_threads())


def _in_a_fork(function):
    """The text of what a function gives in a forked process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, repr(function()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return os.read(reading, 1000).decode()

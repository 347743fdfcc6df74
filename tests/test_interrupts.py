"""Does Ctrl-C wait until a record is made, and come then?"""

from __future__ import annotations

import signal
import threading

import pytest

from skbayes._interrupts import interrupts_held


@pytest.fixture
def pressed():
    """Notes the presses that reach the user's handler."""
    times = []
    previous = signal.signal(signal.SIGINT, lambda *_: times.append("pressed"))
    yield times
    signal.signal(signal.SIGINT, previous)


def test_interrupts_held_come_at_the_end_of_the_block_once(pressed):
    """Several presses make one interrupt; the user's handler is back by then."""
    handler = signal.getsignal(signal.SIGINT)
    with interrupts_held():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert pressed == []
    assert pressed == ["pressed"]
    assert signal.getsignal(signal.SIGINT) is handler
    with interrupts_held():
        pass
    assert pressed == ["pressed"]


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="not on Windows")
def test_interrupts_held_are_those_that_end_a_job_too():
    """A cluster announces the end of a job by a signal, whose handler may raise."""
    numbers = signal.SIGTERM, signal.SIGUSR1, signal.SIGINT
    came = []

    def end(number, frame):
        came.append(number)
        raise SystemExit(f"signal {int(number)}")

    def hold():
        with interrupts_held():
            for number in numbers:
                signal.raise_signal(number)
            assert came == []

    previous = {number: signal.signal(number, end) for number in numbers}
    try:
        with pytest.raises(SystemExit, match=f"signal {int(signal.SIGINT)}"):
            hold()
        assert came == list(numbers)
        assert {signal.getsignal(number) for number in numbers} == {end}
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def test_interrupts_held_within_each_other_come_at_the_end_of_the_outer(pressed):
    """A part of a record may be made by a function that holds interrupts too."""
    with interrupts_held():
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
        assert pressed == []
    assert pressed == ["pressed"]


def fail_while_pressed():
    """Press the key in a block, and raise an error there."""
    with interrupts_held():
        signal.raise_signal(signal.SIGINT)
        raise ValueError("in the block")


def test_interrupts_held_come_after_an_error_of_the_block():
    """The error is the context of the interrupt."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt, match="^$") as caught:
            fail_while_pressed()
    finally:
        signal.signal(signal.SIGINT, previous)
    assert isinstance(caught.value.__context__, ValueError)


def test_interrupts_held_leave_a_handler_that_is_none_of_python(pressed):
    """An ignored key stays ignored."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts_held():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_interrupts_held_do_nothing_in_another_thread(pressed):
    """Python interrupts the main thread only, and lets no other set handlers."""
    ran = []

    def block():
        with interrupts_held():
            ran.append(True)

    thread = threading.Thread(target=block)
    thread.start()
    thread.join()
    assert ran == [True]

"""Inbox: a queue whose wait may be interrupted at any time."""

import pytest

from skbayes._evaluation.execution.inbox import Inbox


def test_inbox_wait_takes_a_second_ctrl_c_for_an_interrupt(monkeypatch):
    """The event then fails to release a lock that it has not taken back."""

    def wait(seconds):
        raise RuntimeError("release unlocked lock")

    inbox = Inbox()
    monkeypatch.setattr(inbox._has_arrived, "wait", wait)
    with pytest.raises(KeyboardInterrupt, match="^$"):
        inbox.wait(1.0)
    inbox.put(3, "outcome")
    assert inbox.wait(1.0)
    assert inbox.take() == (3, "outcome")

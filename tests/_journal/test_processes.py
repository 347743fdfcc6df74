"""Is a recorded process known to have ended, only if it has?"""

from __future__ import annotations

from pathlib import Path

import pytest

from skbayes._journal import processes


def test_this_process_has_not_ended():
    """Nor does anything count as ended that cannot be looked at."""
    here = processes.this_process()
    assert not processes.has_ended(here)
    elsewhere = processes.Process("elsewhere", 2**22 + 1, "")
    assert not processes.has_ended(elsewhere)
    assert not processes.is_here(elsewhere)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_number_that_is_used_again_is_another_process():
    """When it was started tells them apart."""
    here = processes.this_process()
    again = processes.Process(here.machine, here.number, "1")
    assert processes.has_ended(again)
    assert processes.has_ended(processes.Process(here.machine, 2**22 + 1, "1"))

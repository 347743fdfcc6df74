"""Is a recorded process known to have ended, only if it has?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skbayes._journal import processes


def test_this_process_has_not_ended():
    """Nothing counts as ended that cannot be looked at."""
    here = processes.this_process()
    assert not processes.has_ended(here)
    elsewhere = processes.Process("elsewhere", 2**22 + 1, "")
    assert not processes.has_ended(elsewhere)
    assert not processes.is_here(elsewhere)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_process_of_a_number_used_again_is_another():
    """The start of a process tells it from a later one of the same number."""
    here = processes.this_process()
    again = processes.Process(here.machine, here.number, "1")
    assert processes.has_ended(again)
    assert processes.has_ended(processes.Process(here.machine, 2**22 + 1, "1"))


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """What the system shows of this process, with another state and start."""

    def show(state, started, name="python"):
        text = f"1 ({name}) {state} " + " ".join(["0"] * 18) + f" {started} 0 0"
        place = tmp_path / str(os.getpid())
        place.mkdir(exist_ok=True)
        (place / "stat").write_bytes(text.encode("utf-8", "surrogateescape"))

    here = processes.this_process()  # before, so that the machine is known
    monkeypatch.setattr(processes, "_PROC", tmp_path)
    return here.machine, show


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as POSIX has them")
@pytest.mark.parametrize("name", ["python", "a) Z (b", "\udcff", "x y"])
def test_has_ended_reads_any_name(shown, name):
    """The name may hold what stands behind it."""
    machine, show = shown
    show("S", 77, name)
    assert processes.this_process() == processes.Process(machine, os.getpid(), "77")
    assert not processes.has_ended(processes.this_process())
    for state in "ZX":
        show(state, 77, name)
        assert processes.has_ended(processes.Process(machine, os.getpid(), "77"))


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as POSIX has them")
def test_has_ended_of_a_process_of_which_nothing_is_shown(shown):
    """The process lives, for all that is known; its start is not known either."""
    machine, _ = shown
    here = processes.this_process()
    assert here == processes.Process(machine, os.getpid(), "")
    assert not processes.has_ended(here)


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as POSIX has them")
def test_has_ended_of_a_process_that_has():
    """The parent of the process has waited for it."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    here = processes.this_process()
    assert processes.has_ended(processes.Process(here.machine, done.pid, "1"))

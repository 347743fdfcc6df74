"""Find out whether a recorded process is still alive.

This is known only of processes of the same machine and container.
"""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """Identifies a process among those of all machines.

    Parameters
    ----------
    machine : str
        Scope of its number: a machine since its start, or a container there.
    number : int
        Process id.
    started : str
        When it was started, if known: ids are used again.
    """

    machine: str
    number: int
    started: str


def this_process() -> Process:
    """Identify the calling process."""
    number = os.getpid()
    _, started = _state_of(number) or ("", "")
    return Process(_this_machine(), number, started)


def is_here(process: Process) -> bool:
    """Whether a process belongs to this machine and container."""
    return os.name == "posix" and process.machine == _this_machine()


def has_ended(process: Process) -> bool:
    """Whether a process has ended for certain."""
    if not is_here(process):
        return False
    try:
        os.kill(process.number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # somebody else's
    found = _state_of(process.number)
    if found is None:
        return False
    state, started = found
    # A zombie waits for its parent only.
    return state in "ZX" or started != process.started


@cache
def _this_machine() -> str:
    parts = [platform.node()]
    with suppress(OSError):
        parts.append((_PROC / "sys/kernel/random/boot_id").read_text().strip())
    with suppress(OSError):
        parts.append(os.readlink(_PROC / "self/ns/pid"))
    return " ".join(parts)


def _state_of(number: int) -> tuple[str, str] | None:
    """State and start of a process; None if the system does not show them."""
    try:
        text = (_PROC / str(number) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name, in parentheses, may contain spaces and parentheses.
    fields = text.rpartition(")")[2].split()
    return (fields[0], fields[19]) if len(fields) > 19 else None

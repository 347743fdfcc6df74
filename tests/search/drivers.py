"""Searches in a process of their own, which may be interrupted or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]

# A test run in the background of a shell ignores SIGINT, and so would its drivers.
_PREAMBLE = """
import os, signal, sys, warnings
signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["DRIVER"] = str(os.getpid())
from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.search.estimators import *
"""


def start(code, *, python_options=()):
    """Start `code` in a new process, after the imports that all drivers need."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": ""}
    return subprocess.Popen(
        [sys.executable, *python_options, "-c", _PREAMBLE + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )


def run(code, *, returncode=0, timeout=300, python_options=()):
    """What `code` prints in a new process; fails if it does not end as expected."""
    process = start(code, python_options=python_options)
    with process:
        out, err = texts(process, timeout)
    assert process.returncode == returncode, f"{process.returncode}\n{out}\n{err}"
    return out, err


def texts(process, timeout):
    """What a process prints until it ends, or `timeout` seconds have passed."""
    deadline = threading.Timer(timeout, kill, [process])
    deadline.start()
    with ThreadPoolExecutor(2) as readers:
        texts = [readers.submit(pipe.read) for pipe in (process.stdout, process.stderr)]
        process.wait()
        deadline.cancel()
        # Workers of a driver that was killed outlive it, and hold its pipes open.
        kill(process)
        return [text.result() for text in texts]


def kill(process):
    """Kill a process and all that it has started."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:  # Windows has no groups of processes
            process.kill()


def hold(process):
    """Stop a process and all that it has started, as a machine that sleeps does."""
    os.killpg(process.pid, signal.SIGSTOP)

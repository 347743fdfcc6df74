"""A dask cluster whose scheduler and workers are processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager

from tests.search.drivers import ROOT

_MODULES = "distributed.cli."


def _start(module, *options, path=ROOT):
    """Start one process of a cluster; its messages are of no interest."""
    return subprocess.Popen(
        [sys.executable, "-m", _MODULES + module, "--no-dashboard", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Python looks in the current folder before all others.
        cwd=path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (path, ROOT)))},
        start_new_session=True,
    )


@contextmanager
def cluster(folder, n_workers=2, path=ROOT):
    """A scheduler and workers; yields the file that leads to it, and its processes.

    Parameters
    ----------
    folder : Path
        Where its files are.
    n_workers : int
        Processes of one thread each.
    path : Path
        Where the workers look for modules first.
    """
    file = folder / "scheduler.json"
    to_it = ["--scheduler-file", str(file)]
    folders = ["--local-directory", str(folder)]
    one_thread = ["--nthreads", "1", "--no-nanny", "--death-timeout", "60"]
    started = [
        _start("dask_scheduler", *to_it, "--host", "127.0.0.1", "--port", "0"),
        *(
            _start("dask_worker", *to_it, *folders, *one_thread, path=path)
            for _ in range(n_workers)
        ),
    ]
    try:
        yield file, started
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()

"""What does a suggestion cost after thousands of trials?

Random points of six parameters are told to an `Optimizer`, then it is asked and told in
turns. Measured are the milliseconds of a suggestion, which include what is refitted
only now and then, and the peak of the memory of the process, imports included. There is
no baseline: the exact Gaussian processes of other libraries do not get so far. Expected
with 5,000 and with 10,000 trials: a median below 100 ms, a peak below 300 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import numpy as np  # noqa: E402 - threads are pinned before it is loaded
from _report import spread, write  # noqa: E402

from skbayes import Optimizer  # noqa: E402

MAX_MILLISECONDS, MAX_MEGABYTES = 100.0, 300.0
# Twice the longest time between two renewals, so that the mean is that of a search.
N_COLUMNS, N_ASKED = 6, 160


def score(x, rng):
    """Best at .3 in every column, with noise."""
    return float(-((x - 0.3) ** 2).sum() + 0.02 * rng.standard_normal())


def peak_megabytes():
    """Largest resident memory of this process so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(k.split()[1]) / 1024 for k in lines if k.startswith("VmHWM"))


def child(n_trials):
    """Print the milliseconds of each suggestion and the peak of the memory."""
    rng = np.random.default_rng(0)
    names = [f"x{j}" for j in range(N_COLUMNS)]
    optimizer = Optimizer(dict.fromkeys(names, (0.0, 1.0, "uniform")))
    for x in rng.random((n_trials, N_COLUMNS)):
        optimizer.tell(dict(zip(names, x.tolist(), strict=True)), score(x, rng))
    # The first suggestion computes what all trials before it have left to do.
    optimizer.ask()
    milliseconds = []
    for _ in range(N_ASKED):
        began = perf_counter()
        params = optimizer.ask()
        milliseconds.append(1e3 * (perf_counter() - began))
        optimizer.tell(params, score(np.array(list(params.values())), rng))
    print(json.dumps([milliseconds, peak_megabytes()]))


def main():
    """Measure, print, and say by the exit status whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, nargs="*", default=[1000, 5000, 10_000])
    parser.add_argument("--child", type=int)
    parser.add_argument("--json", metavar="PATH")
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child)
        return 0
    results, is_good = {}, True
    for n_trials in arguments.trials:
        command = [sys.executable, __file__, "--child", str(n_trials)]
        out = subprocess.run(command, capture_output=True, text=True, check=True)
        milliseconds, megabytes = json.loads(out.stdout.strip().splitlines()[-1])
        middle = float(np.median(milliseconds))
        slowest, mean = max(milliseconds), float(np.mean(milliseconds))
        is_good &= middle < MAX_MILLISECONDS and megabytes < MAX_MEGABYTES
        results[f"{n_trials} trials"] = {
            "milliseconds": spread(milliseconds),
            "mean": mean,
            "slowest": slowest,
            "megabytes": megabytes,
        }
        print(
            f"{n_trials} trials: {middle:.0f} ms (mean {mean:.0f}, slowest "
            f"{slowest:.0f}), {megabytes:.0f} MB",
            flush=True,
        )
        write(arguments.json, __doc__.splitlines()[0], results)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

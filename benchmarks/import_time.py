"""What does `import skbayes` add to `import sklearn.model_selection`?

Both are imported in fresh interpreters, alternately, so that a drift of the machine
falls on both. Baseline: scikit-learn alone. Expected: at most 50 ms more.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

from _report import spread, write

BAR = 0.050
CODE = "from time import perf_counter as t; a = t(); import {}; print(t() - a)"


def seconds(module: str) -> float:
    """Time a fresh interpreter takes to import `module`."""
    # An installed package has its byte code; an editable one may be told not to.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return float(done.stdout)


def main() -> int:
    """Measure, print, and compare with the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--json")
    options = parser.parse_args()
    modules = ("sklearn.model_selection", "skbayes")
    for module in modules:  # compiles the byte code and warms the disk's cache
        seconds(module)
    times: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(options.repeats):
        for module in modules:
            times[module].append(seconds(module))
    added = [b - a for a, b in zip(*times.values(), strict=True)]
    for module, values in times.items():
        print(f"import {module:<25} {statistics.median(values) * 1e3:7.0f} ms")
    middle, low, high = spread(added).values()
    print(
        f"added {middle * 1e3:+.0f} ms (quartiles {low * 1e3:+.0f}, {high * 1e3:+.0f})"
    )
    results = {name: spread(values) for name, values in times.items()}
    write(options.json, "import time, s", {**results, "added": spread(added)})
    return int(middle > BAR)


if __name__ == "__main__":
    sys.exit(main())

"""Write a benchmark's numbers to a file, with the machine and the versions."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any


def environment() -> dict[str, Any]:
    """Machine and versions a measurement belongs to."""
    packages = ("scikit-learn", "numpy", "scipy", "joblib", "threadpoolctl")
    return {
        "python": sys.version.split()[0],
        "machine": platform.machine(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "n_cpus": os.cpu_count(),
        "load_average": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "versions": {name: version(name) for name in packages},
    }


def _processor() -> str:
    """Model name of the processor, where the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (ln.split(":", 1)[1].strip() for ln in lines if ln.startswith("model name"))
    return next(names, platform.processor())


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and quartiles."""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "quartile_1": low, "quartile_3": high}


def write(path: str | None, question: str, results: Any) -> None:
    """Write results as JSON, if a path is given."""
    if path is not None:
        record = {
            "question": question,
            "environment": environment(),
            "results": results,
        }
        Path(path).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        print(f"written to {path}")

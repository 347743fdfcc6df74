"""Machine and versions with which a result was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "scikit-learn",
    "numpy",
    "scipy",
    "joblib",
    "skbayes",
    "scikit-optimize",
    "optuna",
    "torch",
    "smac",
    "hebo",
    "ax-platform",
    "flaml",
    "hyperopt",
    "syne-tune",
    "deephyper",
    "lightgbm",
    "xgboost",
    "xgboost-cpu",
)


def describe(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Versions of the libraries and the make of the machine, JSON-able."""
    out = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
    }
    for package in packages:
        try:
            out[package] = version(package)
        except PackageNotFoundError:
            continue
    return out


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            names = [x.split(":", 1)[1].strip() for x in lines if "model name" in x]
    except OSError:
        names = []
    return names[0] if names else platform.processor()

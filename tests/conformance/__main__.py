"""Run scikit-learn's suites on our classes: ``python -m tests.conformance``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conformance import suites

ROOT = Path(__file__).parents[2]


def run(cast: str, modules: list[str], pytest_args: list[str]) -> int:
    """Run test modules of scikit-learn with `cast` in place; pytest's exit code."""
    with tempfile.TemporaryDirectory() as directory:
        # Neither this project's pytest settings nor anybody else's.
        settings = Path(directory, "pytest.ini")
        settings.write_text("[pytest]\n")
        command = [sys.executable, "-m", "pytest", "--pyargs", *modules]
        command += ["-c", str(settings), "--rootdir", _sklearn_root()]
        command += ["-p", "tests.conformance.substitute", "--cast", cast]
        command += ["-p", "no:cacheprovider", "-q", *pytest_args]
        return subprocess.run(
            command, cwd=directory, env=_environment(), check=False
        ).returncode


def _environment() -> dict[str, str]:
    """Array API dispatch on, this repository importable, one thread a process."""
    return {
        **os.environ,
        "SCIPY_ARRAY_API": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *_inherited_path()]),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _inherited_path() -> list[str]:
    """What PYTHONPATH holds already."""
    inherited = os.environ.get("PYTHONPATH")
    return [inherited] if inherited else []


def _sklearn_root() -> str:
    """Folder that holds the installed scikit-learn."""
    import sklearn

    return str(Path(sklearn.__file__).parents[1])


def main() -> int:
    """Run the suites cast by cast; 0 if everything passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("--cast", action="append", help="default: ours, then bayes")
    parser.add_argument("-s", "--suite", action="append", help="part of a module name")
    options, pytest_args = parser.parse_known_args()
    modules = [
        f"sklearn.{suite.module}"
        for suite in suites.available()
        if not options.suite or any(part in suite.module for part in options.suite)
    ]
    failed = []
    for cast in options.cast or ["ours", "bayes"]:
        print(f"== scikit-learn's suites, cast: {cast}", flush=True)
        started = time.perf_counter()
        if run(cast, modules, pytest_args) != 0:
            failed.append(cast)
        print(f"== cast {cast}: {time.perf_counter() - started:.0f} s", flush=True)
    if failed:
        print(f"== failed: {', '.join(failed)}", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())

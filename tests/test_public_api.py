"""Is what can be imported what is promised, and does importing it stay light?"""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import skbayes

PACKAGE = Path(skbayes.__file__).parent

#: The public names of each public module, which is the only place to import them from.
PUBLIC = {
    "skbayes": {
        "BayesSearchCV",
        "GridSearchCV",
        "Optimizer",
        "Pending",
        "RandomSearchCV",
        "TimeLeft",
        "__version__",
    },
    "skbayes.callbacks": None,
    "skbayes.ensemble": None,
    "skbayes.exceptions": None,
    "skbayes.inspection": None,
    "skbayes.integrations": set(),
    "skbayes.journal": None,
    "skbayes.search": {
        "BayesSearchCV",
        "FoldResult",
        "GridSearchCV",
        "HeldOut",
        "RandomSearchCV",
        "Status",
        "Trial",
    },
    "skbayes.presets": None,
    "skbayes.selection": None,
    "skbayes.space": {"Categorical", "Integer", "Real"},
}

#: Packages that only extras bring, or that are slow to import.
HEAVY = (
    *("matplotlib", "pandas", "dask", "distributed", "tqdm", "torch", "sqlite3"),
    *("sklearn.compose", "sklearn.decomposition", "sklearn.linear_model"),
    # What a fit loads.
    *("skbayes._evaluation.loop", "skbayes._journal", "skbayes._gp", "skbayes.presets"),
    "skbayes._evaluation.fold.fit_and_score",
)


def public_modules() -> set[str]:
    """Modules and packages of skbayes whose names are public."""
    paths = {path for path in PACKAGE.iterdir() if not path.name.startswith("_")}
    names = {p.name.removesuffix(".py") for p in paths if p.suffix in {"", ".py"}}
    return {"skbayes"} | {f"skbayes.{name}" for name in names}


def test_no_module_is_public_by_accident():
    """Every public module stands in the table above."""
    assert public_modules() == set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_all_says_what_there_is(name):
    """`__all__` is sorted, complete and leads to existing objects."""
    module = importlib.import_module(name)
    assert sorted(module.__all__) == sorted(set(module.__all__))
    for exported in module.__all__:
        assert hasattr(module, exported), f"{name}.{exported}"
    if PUBLIC[name] is not None:
        assert set(module.__all__) == PUBLIC[name]
    defined = {
        attribute
        for attribute, value in vars(module).items()
        if not attribute.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__.startswith("skbayes")
        and (value.__module__ == name or hasattr(module, "__path__"))
    }
    assert defined <= set(module.__all__)


def test_each_name_has_one_import_path():
    """No public object can be imported from two public modules, the top level aside."""
    paths: dict[int, list[str]] = {}
    for name in sorted(set(PUBLIC) - {"skbayes"}):
        module = importlib.import_module(name)
        for exported in module.__all__:
            paths.setdefault(id(getattr(module, exported)), []).append(
                f"{name}.{exported}"
            )
    assert [names for names in paths.values() if len(names) > 1] == []


def test_import_stays_light():
    """`import skbayes` brings in nothing heavy that scikit-learn does not."""
    code = (
        "import sys, sklearn.model_selection; before = set(sys.modules)\n"
        f"import skbayes; print([m for m in {HEAVY} if m in set(sys.modules) - before])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_import_changes_nothing_global():
    """`import skbayes` leaves warning filters, random state and thread counts alone."""
    code = """
import random, warnings, threading
import numpy as np, sklearn.model_selection, threadpoolctl
def state():
    pools = [(p["filepath"], p["num_threads"]) for p in threadpoolctl.threadpool_info()]
    generator = np.random.get_state()
    return list(warnings.filters), random.getstate(), generator[1].tolist(), pools
before = state()
import skbayes
assert state() == before
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True)

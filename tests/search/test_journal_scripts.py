"""A script that is run again, edited or not, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from tests.search import drivers

FILES = {
    "helper.py": """
        LIMIT = 1
        def bounds(X):
            return -LIMIT, 1
        def factor(X):
            return 2
        def unused(X):
            return 3
    """,
    "steps.py": """
        from sklearn.base import BaseEstimator, TransformerMixin
        from helper import bounds
        import helper
        class Clip(TransformerMixin, BaseEstimator):
            "Clips."
            def fit(self, X, y=None):
                return self
            def transform(self, X):
                # To the bounds.
                return X.clip(*bounds(X))
        def by_module(X):
            return X.clip(*helper.bounds(X))
        def by_import(X):
            from helper import factor
            return X * factor(X)
        def by_package(X):
            from pkg import inner
            return inner.f(X)
        def plain(X):
            return X + 1
    """,
    "pkg/__init__.py": "",
    "pkg/inner.py": """
        from . import deep
        def f(X):
            return deep.g(X)
    """,
    "pkg/deep.py": """
        def g(X):
            return X
    """,
    "tune.py": """
        import json, sys, warnings
        import numpy as np
        from sklearn.base import BaseEstimator, ClassifierMixin
        from sklearn.model_selection import cross_val_score
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer
        from skbayes import GridSearchCV
        import steps

        N_FITS = []

        class Model(ClassifierMixin, BaseEstimator):
            def __init__(self, C=1):
                self.C = C
            def fit(self, X, y):
                N_FITS.append(1)
                self.classes_ = np.unique(y)
                return self
            def predict(self, X):
                return np.full(len(X), self.classes_[self.C % 2])

        def in_script(X):
            return X if {"a", "b", "c"} else X

        CASES = {
            "class": steps.Clip(),
            "by module": FunctionTransformer(steps.by_module),
            "by import": FunctionTransformer(steps.by_import),
            "by package": FunctionTransformer(steps.by_package),
            "plain": FunctionTransformer(steps.plain),
            "in script": FunctionTransformer(in_script),
            "lambda": FunctionTransformer(lambda X: X * 2),
        }
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(30, 2)), rng.integers(0, 2, 30)

        def search(name):
            model = make_pipeline(CASES[name], Model())
            return GridSearchCV(
                model, {"model__C": [1, 2]}, cv=2, refit=False, journal=f"{name}.sqlite"
            )

        def main():
            found = {}
            for name in CASES:
                N_FITS.clear()
                with warnings.catch_warnings(record=True) as told:
                    warnings.simplefilter("always")
                    search(name).fit(X, y)
                texts = [str(w.message) for w in told if "journal" in str(w.message)]
                found[name] = [len(N_FITS), " ".join(texts)]
            print(json.dumps(found))

        def nested(n_jobs):
            from sklearn.base import clone
            outer = clone(search("class")).set_params(journal="nested", refit=True)
            cross_val_score(outer, X, y, cv=3, n_jobs=n_jobs, error_score="raise")
            import skbayes.journal
            print(json.dumps(skbayes.journal.read("nested")["search"].nunique()))

        if __name__ == "__main__":
            main()
    """,
}


@pytest.fixture
def folder(tmp_path):
    """A project of some modules and a script."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    return tmp_path


def run(folder, *arguments, hash_seed="0"):
    """What Python prints, read as JSON."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(drivers.ROOT), str(folder)]),
        "PYTHONHASHSEED": hash_seed,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def edit(folder, name, before, after):
    """Change a file."""
    text = (folder / name).read_text()
    assert before in text
    (folder / name).write_text(text.replace(before, after))


@pytest.mark.slow
def test_a_script_finds_what_its_edits_left_as_it_was(folder):
    """The script is run again, imported, and edited in comments and other code."""
    first = run(folder, "tune.py")
    assert {n for n, _ in first.values()} == {4}
    every = set(first)

    def fitted_anew(*arguments, **settings):
        found = run(folder, *arguments, **settings)
        return {name: text for name, (n, text) in found.items() if n}

    assert fitted_anew("tune.py", hash_seed="1234") == {}
    assert fitted_anew("-c", "import tune; tune.main()") == {}
    assert fitted_anew("-c", "exec(open('tune.py').read())") == {}

    edit(folder, "steps.py", '"Clips."', '"Clips values to bounds."\n    # And so on.')
    edit(folder, "helper.py", "return 3", "return 4")
    edit(folder, "tune.py", "N_FITS = []", "N_FITS = []\n\n\nOTHER = 1\n")
    # A module that is imported on the way counts as a whole.
    assert fitted_anew("tune.py").keys() == {"by import"}

    edit(folder, "helper.py", "LIMIT = 1", "LIMIT = 2")
    told = fitted_anew("tune.py")
    assert told.keys() == {"class", "by module", "by import"}
    assert "in the code only (the global LIMIT of bounds)" in told["class"]

    edit(folder, "pkg/deep.py", "return X", "return X + 0")
    told = fitted_anew("tune.py")
    assert told.keys() == {"by package"}
    assert "in the code only (pkg.deep)" in told["by package"]

    edit(folder, "tune.py", "self.C % 2", "(self.C + 1) % 2")
    told = fitted_anew("tune.py")
    assert told.keys() == every
    assert "in the code only (Model.predict)" in told["plain"]


@pytest.mark.slow
def test_workers_of_an_outer_cross_validation_agree_with_their_parent(folder):
    """The workers get the script's classes by value, made anew."""
    assert run(folder, "-c", "import tune; tune.nested(1)") == 3
    edit(folder, "tune.py", "    main()\n", "    nested(2)\n")
    assert run(folder, "tune.py", hash_seed="77") == 3

"""Whether a value is code, or a state of the program that the code itself writes."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import pytest

import skbayes
from skbayes._journal.content.content_digest import content_digest


def made(source: str):
    """Run a module's source; nothing else knows of the module."""
    module = types.ModuleType("made_for_a_test")
    code = compile(textwrap.dedent(source), "made", "exec", dont_inherit=True)
    exec(code, vars(module))
    return module


def digest(source: str) -> bytes:
    """Digest of a module's function f."""
    return content_digest(made(source).f)


@pytest.mark.parametrize("decorator", ["frozen", "define(order=True)"])
def test_code_nodes_of_attrs_are_the_same_in_every_process(tmp_path, decorator):
    """Hashes that attrs writes, also for its own classes, have a constant of theirs."""
    pytest.importorskip("attrs")
    source = """
        import attrs
        @attrs.{decorator}
        class Settings:
            rate: float = {rate}
        def f(x):
            return Settings().rate * x
    """
    program = f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from skbayes._journal.content.content_digest import content_digest
        from settings_of_attrs import f
        print(content_digest(f).hex())
    """

    def read(rate, seed):
        text = textwrap.dedent(source).format(rate=rate, decorator=decorator)
        (tmp_path / "settings_of_attrs.py").write_text(text)
        flags = ["-B", "-c", textwrap.dedent(program)]
        return subprocess.run(
            [sys.executable, *flags],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(skbayes.__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert read(0.5, "1") == read(0.5, "2") != read(0.6, "1")


REGISTRIES = """
    class Registry:
        items = {}
        @classmethod
        def register(cls, function):
            cls.items[function.__name__] = function
            return function
        @staticmethod
        def set(name, value):
            Registry.items[name] = value
        def __init_subclass__(cls):
            Registry.items[cls.__name__] = cls
    @Registry.register
    def double(x):
        return x * 2
    class Half(Registry):
        rate = 0.5
    Registry.set("limit", 3)
    class Settings:
        values = {}
        def __init__(self, **values):
            self.given = values
        def set(self, name, value):
            self.values[name] = value
    settings = Settings()
    settings.set("factor", 7)
    class Kinds(type):
        known = {}
        def __init__(cls, *args):
            super().__init__(*args)
            Kinds.known[cls.__name__] = cls
    class Quarter(metaclass=Kinds):
        share = 0.25
    def f(x):
        limit = Registry.items["limit"] + settings.values["factor"]
        return Registry.items["double"](x) + limit + len(Kinds.known)
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x * 2", "x * 3"),
        ("rate = 0.5", "rate = 0.6"),
        ("3)", "4)"),
        ("7)", "8)"),
        ("share = 0.25", "share = 0.2"),
    ],
)
def test_code_nodes_count_what_a_script_has_registered(before, after):
    """A method that the code itself does not call leaves no state of the program."""
    assert REGISTRIES.replace(before, after) != REGISTRIES
    assert digest(REGISTRIES.replace(before, after)) != digest(REGISTRIES)


def test_code_nodes_take_what_code_registers_itself_for_state():
    """The code may also call the method through another one."""
    source = (
        REGISTRIES
        + """
    class Names:
        @classmethod
        def note(cls, x):
            Registry.set("seen", x)
    def g(x):
        Names.note(x)
        return f(x)
    """
    )
    module = made(source)
    before = content_digest(module.g), content_digest(module.f)
    module.g(1)
    assert content_digest(module.g) == before[0]
    assert content_digest(module.f) != before[1]


def test_code_nodes_take_methods_called_from_outside_for_state():
    """The method is a scorer, or one of an object that libraries call by name."""
    module = made("""
        class Scorer:
            log = []
            def score(self, x):
                self.log.append(x)
        class Model:
            log = []
            def fit(self, x):
                self.log.append(x)
        score = Scorer().score
        model = Model()
    """)
    before = content_digest(module.score), content_digest(module.model)
    module.score(1)
    module.model.fit(1)
    assert (content_digest(module.score), content_digest(module.model)) == before


@pytest.mark.parametrize(
    "find", ["Step.__subclasses__()", "Step.every()", "[s for s in Step.every()]"]
)
def test_code_nodes_count_the_subclasses_that_code_looks_for(find, tmp_path):
    """Plugins are found by their base class, and named nowhere."""

    def read(constant, rest=""):
        source = f"""
            class Step:
                @classmethod
                def every(cls):
                    return cls.__subclasses__()
            class Double(Step):
                def run(self, x):
                    return {constant} * x
            def f(x):
                return [step().run(x) for step in {find}]
            {rest}
        """
        return digest_of_module(tmp_path, source)

    assert read(2) == read(2)
    assert read(2) != read(3)
    assert read(2) == read(2, "class Other: pass")


def test_code_nodes_count_the_users_function_in_a_module_of_a_package(monkeypatch):
    """Code asks for it by the name of the module that it was put into."""
    digests = set()
    for constant in (1, 1, 2):
        module = made(f"import textwrap\ndef g(): return {constant}")
        monkeypatch.setattr(textwrap, "of_the_users", module.g, raising=False)
        exec("def f(x): return textwrap.of_the_users()", vars(module))
        digests.add(content_digest(module.f))
    assert len(digests) == 2


def digest_of_module(folder, source):
    """Digest of the function `f` of a module that is imported anew."""
    (folder / "steps_by_base.py").write_text(textwrap.dedent(source))
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        sys.modules.pop("steps_by_base", None)
        importlib.invalidate_caches()
        return content_digest(importlib.import_module("steps_by_base").f)
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = before


@pytest.mark.parametrize(
    "kind",
    [
        "BaseEstimator",
        "DecisionTreeClassifier",
        "LogisticRegression",
        "TransformerMixin, BaseEstimator",
    ],
)
def test_code_nodes_of_an_estimator_are_the_same_in_a_worker(kind):
    """Classes of a script are pickled by value, for a nested search in a worker."""
    cloudpickle = pytest.importorskip("cloudpickle")
    module = made(
        f"""
        from sklearn.base import BaseEstimator, TransformerMixin
        from sklearn.linear_model import LogisticRegression
        from sklearn.tree import DecisionTreeClassifier
        class Weighted({kind}):
            def fit(self, X, y=None, sample_weight=None, *, groups=None):
                return self
            def transform(self, X, copy=None):
                return X
            def score(self, X, y, sample_weight=None):
                return 0.5
        """
    )
    program = """
        import pickle, sys
        from skbayes._journal.content.content_digest import content_digest
        print(content_digest(pickle.loads(sys.stdin.buffer.read())).hex())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=Path(skbayes.__file__).parents[1],
        input=cloudpickle.dumps(module.Weighted),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == content_digest(module.Weighted).hex()

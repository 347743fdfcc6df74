"""Does what is written agree with what is there?"""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc
from numpydoc.validate import validate

import skbayes

ROOT = Path(__file__).parents[1]
PUBLIC_MODULES = (
    "skbayes",
    "skbayes.callbacks",
    "skbayes.exceptions",
    "skbayes.inspection",
    "skbayes.journal",
    "skbayes.space",
)
PAGES = ("README.md", "docs/guide.md", "docs/contributing.md", "docs/changes.md")

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
            if inspect.isclass(value) or inspect.isfunction(value):
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
        assert written == repr(parameter.default), parameter.name


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
    """(line, source) of the Python blocks of a Markdown page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in re.finditer(r"^```python\n(.*?)^```", text, re.M | re.S):
        yield text[: found.start()].count("\n") + 2, found.group(1)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.filterwarnings("default")
def test_code_on_pages_runs(page, tmp_path, monkeypatch):
    """Every Python block of a page runs, after those above it, as it is printed."""
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__"}
    runner = doctest.DocTestRunner(
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    for line, source in code_blocks(page):
        if ">>>" not in source:
            padded = "\n" * (line - 1) + source
            exec(compile(padded, page, "exec"), namespace)
            continue
        parsed = doctest.DocTestParser().get_doctest(source, {}, page, page, line - 1)
        parsed.globs = namespace  # a copy would hide later blocks' names
        assert runner.run(parsed, clear_globs=False).failed == 0, f"{page}:{line}"


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page):
    """Relative links on a page point to files that exist."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"

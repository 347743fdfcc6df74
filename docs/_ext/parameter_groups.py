"""``{parameter-groups}``: the parameters of the searches, grouped by their purpose.

Names, types and texts are read from the docstrings of the three classes, so that the
page cannot differ from them. A parameter that is in no group is an error.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from docutils import nodes
from docutils.statemachine import StringList
from numpydoc.docscrape import ClassDoc
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import skbayes

SEARCHES = (skbayes.GridSearchCV, skbayes.RandomSearchCV, skbayes.BayesSearchCV)

GROUPS = {
    "What is searched": (
        "estimator",
        "param_grid",
        "param_distributions",
        "include_current",
        "initial_params",
        "first_points",
        "prior_results",
        "n_initial_points",
        "random_state",
    ),
    "How a candidate is scored": (
        "scoring",
        "cv",
        "error_score",
        "refit",
        "n_repeats_finalists",
    ),
    "How long it takes": (
        "n_iter",
        "time_budget",
        "racing",
        "resource",
        "min_resources",
        "factor",
        "share_fits",
        "early_stopping_set",
        "cost_aware",
        "n_jobs",
        "pre_dispatch",
        "callbacks",
    ),
    "Safety: what happens when something breaks": ("journal", "fit_timeout"),
    "What is kept and printed": (
        "return_train_score",
        "store_predictions",
        "keep_fold_estimators",
        "verbose",
    ),
}


def _documented() -> dict[str, dict[str, tuple[str, list[str]]]]:
    """Parameter -> class -> (type, lines of the description)."""
    found: dict[str, dict[str, tuple[str, list[str]]]] = {}
    for cls in SEARCHES:
        for entry in ClassDoc(cls)["Parameters"]:
            found.setdefault(entry.name, {})[cls.__name__] = (entry.type, entry.desc)
    return found


def ungrouped() -> set[str]:
    """Names of constructor parameters in no group, and of the reverse."""
    known = {n for cls in SEARCHES for n in inspect.signature(cls).parameters}
    grouped = {name for names in GROUPS.values() for name in names}
    return known ^ grouped


def _lines() -> Iterator[str]:
    documented = _documented()
    for title, names in GROUPS.items():
        yield from (title, "-" * len(title), "")
        for name in names:
            by_class = documented[name]
            # The Bayesian search's text says most where the texts differ.
            kind, text = list(by_class.values())[-1]
            only = "" if len(by_class) == len(SEARCHES) else _only(by_class)
            yield f"**{name}** : {kind}{only}"
            yield from (f"    {line}" for line in text)
            yield ""


def _only(by_class: dict[str, tuple[str, list[str]]]) -> str:
    links = " and ".join(f":class:`~skbayes.{name}`" for name in by_class)
    return f" — {links} only"


class ParameterGroups(SphinxDirective):
    """The directive; it has neither options nor content."""

    def run(self) -> list[nodes.Node]:
        """Parse the grouped parameters as reStructuredText."""
        if missing := ungrouped():
            raise ExtensionError(f"parameter_groups.GROUPS: {sorted(missing)}")
        container = nodes.section()
        self.state.nested_parse(
            StringList(list(_lines()), source=__file__),
            0,
            container,
            match_titles=True,
        )
        return container.children


def setup(app):
    """Register the directive."""
    app.add_directive("parameter-groups", ParameterGroups)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Clone a search and keep two arguments that scikit-learn's `clone` would lose.

`clone` makes fitted estimators unfitted and copies everything else, which fails for a
generator. A search may have both: an earlier search in `prior_results`, and a generator
of splits. Nested cross-validation, pipelines and voting ensembles clone searches.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from skbayes.search._splits import reusable_cv


def clone_search(search: Any, clone_as_sklearn: Callable[[Any], Any]) -> Any:
    """Clone a search with its prior results and the splits of a generator.

    Parameters
    ----------
    search : SearchCV
        Fitted or not; unchanged.
    clone_as_sklearn : callable
        ``__sklearn_clone__`` of scikit-learn's base class.

    Returns
    -------
    SearchCV
        Unfitted.
    """
    kept = {}
    # A generator can be read once: original and clone share the list of its splits.
    if isinstance(search.cv, Iterator):
        kept["cv"] = reusable_cv(search)
    prior = getattr(search, "prior_results", None)
    # A fitted search is an estimator: clone would replace it by an unfitted one.
    if hasattr(prior, "cv_results_"):
        kept["prior_results"] = prior
    # A shallow copy without the two arguments is cloned; they are put back afterwards.
    shell = copy.copy(search)
    for name in kept:
        setattr(shell, name, None)
    cloned = clone_as_sklearn(shell)
    for name, value in kept.items():
        setattr(cloned, name, value)
    return cloned

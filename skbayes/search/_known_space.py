"""The space of a search: the user's, or one suggested for the estimator."""

from __future__ import annotations

from skbayes._compat import as_numpy, safe_split
from skbayes._split_parts import n_samples_in


def settle_space(search, preparation):
    """Return the user's space, or suggest one for "auto" and set `suggested_space_`.

    Parameters
    ----------
    search : BayesSearchCV or RandomSearchCV
        The search with its parameters.
    preparation : Preparation
        The data and folds; ranges depend on the training parts.

    Returns
    -------
    dict or list of dict
        The space to search.
    """
    # A space suggested by an earlier `fit` must not pass for this one's.
    vars(search).pop("suggested_space_", None)
    if not is_auto(search):
        return search.param_distributions
    from skbayes.presets._suggest_space import space_for

    search.suggested_space_ = space_for(
        search.estimator, training_facts(search, preparation), "normal"
    )
    return search.suggested_space_


def is_auto(search):
    """Whether the space is "auto"."""
    space = search.param_distributions
    return isinstance(space, str) and space == "auto"


def training_facts(search, preparation):
    """Sizes and scales of the first training part, without its test part.

    The number of samples is that of the smallest training part, so that every range is
    valid for all of them.
    """
    from skbayes.presets._facts import facts_of

    evaluation = preparation.evaluation
    train = evaluation.splits[0][0]
    data = as_numpy(evaluation.X), as_numpy(evaluation.y)
    X, y = safe_split(search.estimator, *data, train)
    n_samples = min(n_samples_in(train) for train, _ in evaluation.splits)
    return facts_of(X, y, n_samples=n_samples)

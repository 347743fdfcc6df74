"""Search the choices of a plan of skrub."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.space import Categorical

__all__ = ["search_choices"]


def search_choices(plan: Any, search: Any) -> Any:
    """Make a search over the choices of a skrub plan.

    Parameters
    ----------
    plan : DataOp
        Plan of skrub with choices, ``skrub.choose_float`` and others; not changed.
    search : BayesSearchCV, RandomSearchCV or GridSearchCV
        The search with its settings, for example
        ``BayesSearchCV(None, None, n_iter=30)``: estimator and space are those of the
        plan.

    Returns
    -------
    ParamSearch
        As ``plan.skb.make_randomized_search()`` returns it: it is fitted to a dict of
        data, and has ``best_learner_``, ``results_`` and ``plot_results``.

    Raises
    ------
    ImportError
        If skrub is not installed.
    TypeError
        If `plan` is no DataOp, or `search` none of the three searches.
    ValueError
        If `search` has an estimator or a space of its own, or the plan no choices.

    Notes
    -----
    Choices inside the outcomes of other choices are a conditional space. A Bayesian
    search tries the defaults of all choices first, and takes outcomes as categories:
    neighbours in a list of outcomes need not be alike. In callbacks and journals
    choices have skrub's numbers, such as ``data_op__3``, and outcomes their index.

    Examples
    --------
    ::

        alpha = skrub.choose_float(0.01, 100, log=True, name="alpha")
        plan = skrub.X(X).skb.apply(Ridge(alpha=alpha), y=skrub.y(y))
        search = search_choices(plan, BayesSearchCV(None, None, n_iter=20))
        search.fit(plan.skb.get_data())
    """
    try:
        from skrub import ParamSearch
    except ImportError as error:
        raise ImportError(
            "search_choices searches plans of skrub, which is not installed. Install "
            "skrub."
        ) from error
    _check(plan, search)
    if isinstance(search, BayesSearchCV):
        search = _BayesSearchOfPlan(**search.get_params(deep=False))
    return ParamSearch(plan.skb.clone(), search)


class _BayesSearchOfPlan(BayesSearchCV):
    """What skrub's ``ParamSearch`` clones, and gives plan and choices before `fit`."""

    estimator: Any
    param_distributions: Any

    def fit(self, X, y=None, **params):  # type: ignore[no-untyped-def]
        """Fit with outcomes as categories, and with the plan's defaults as untuned."""
        pipeline, dicts = self.estimator, self.param_distributions
        self.estimator = _with_defaults(pipeline, dicts)
        self.param_distributions = [
            {n: Categorical(v) if isinstance(v, list) else v for n, v in one.items()}
            for one in dicts
        ]
        try:
            return super().fit(X, y, **params)
        finally:
            self.estimator, self.param_distributions = pipeline, dicts


def _with_defaults(pipeline: Any, dicts: list[dict[str, Any]]) -> Any:
    """Copy the plan's pipeline with every choice set: one that is not reads as None."""
    outcomes: dict[str, Any] = {}
    for name, values in (pair for one in dicts for pair in one.items()):
        if not isinstance(values, list):
            outcomes[name] = values.default()
        else:
            # Several outcomes, in one dict or one a dict: the first is the default.
            outcomes[name] = min(values[0], outcomes.get(name, values[0]))
    own = pipeline.get_params(deep=True)
    unset = {name: value for name, value in outcomes.items() if own[name] is None}
    return clone(pipeline).set_params(**unset)


def _check(plan: Any, search: Any) -> None:
    """Raise for what is no plan with choices, or no search without a space."""
    if not hasattr(type(plan), "skb"):
        raise TypeError(
            "The `plan` parameter of search_choices must be a DataOp of skrub, such as "
            f"skrub.X().skb.apply(...). Got {type(plan).__name__} instead."
        )
    if not isinstance(search, BayesSearchCV | RandomSearchCV | GridSearchCV):
        raise TypeError(
            "The `search` parameter of search_choices must be a search such as "
            f"BayesSearchCV(None, None, n_iter=30). Got {type(search).__name__} "
            "instead."
        )
    space = "param_grid" if isinstance(search, GridSearchCV) else "param_distributions"
    for name in ("estimator", space):
        if getattr(search, name) is not None:
            raise ValueError(
                "The `search` parameter of search_choices takes estimator and space "
                f"from the plan. Got {name}={getattr(search, name)!r}; write None."
            )
    if not any(plan.skb.make_learner().get_param_grid()):
        raise ValueError(
            "The `plan` parameter of search_choices has no choices to search. Write "
            "some, such as Ridge(alpha=skrub.choose_float(0.01, 100, log=True))."
        )

"""Sobol indices of a search's parameters, with their uncertainty."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from skbayes._gp import limit_threads
from skbayes._protocol import FloatArray
from skbayes._seeding import generator
from skbayes.inspection._model.posterior_draws import PosteriorDraws
from skbayes.inspection._model.score_model import ScoreModel, score_model
from skbayes.inspection._model.sobol_indices import SobolIndices, sobol_indices
from skbayes.inspection._search_record import read_search
from skbayes.inspection._searched_space import Parameter, parameters_of

#: Random points of the space from which the best share is taken.
_N_CANDIDATES = 4096
#: Share of the space near the optimum for ``near_optimum=True``.
_TOP_SHARE = 0.1


@dataclass(frozen=True, eq=False, repr=False)
class ParamImportances:
    """Sobol indices of the parameters of a search, most important first.

    Rows are parameters and columns are draws from the model's posterior. The spread of
    the draws is the uncertainty that the search left. A parameter that never varied has
    NaN everywhere and comes last.

    Parameters
    ----------
    names : tuple of str
        The parameters. A list of dicts adds one parameter for the choice of the dict:
        the parameter with one value in each dict, else "branch".
    total : array of shape (n_params, n_draws)
        Share of the score's variance due to the parameter, alone and in interactions,
        from 0 to 1.
    first_order : array of shape (n_params, n_draws)
        Share of the score's variance due to the parameter alone.
    total_when_active : array of shape (n_params, n_draws)
        `total` over the part of the space where the parameter exists.
    active_fraction : array of shape (n_params,)
        Share of the space where the parameter exists, from 0 to 1.
    explained : float
        Share of the trials' variance that the model predicts in leave-one-out
        validation. At 0 or less the importances carry no information.
    near_optimum : float or None
        Share of the space that the indices are about; None for all of it.
    metric : str
        Name of the score.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import param_importances
    >>> X, y = load_iris(return_X_y=True)
    >>> grid = {"gamma": [1e-4, 1e-2, 1.0], "C": [1, 10, 100]}
    >>> importances = param_importances(GridSearchCV(SVC(), grid).fit(X, y))
    >>> importances.total.shape[0], sorted(importances.names)
    (2, ['C', 'gamma'])
    """

    names: tuple[str, ...]
    total: FloatArray
    first_order: FloatArray
    total_when_active: FloatArray
    active_fraction: FloatArray
    explained: float
    near_optimum: float | None
    metric: str

    @property
    def total_mean(self) -> FloatArray:
        """Mean of `total` over the draws, shape (n_params,)."""
        return self.total.mean(axis=1)

    @property
    def total_std(self) -> FloatArray:
        """Standard deviation of `total` over the draws, shape (n_params,)."""
        return self.total.std(axis=1)

    @property
    def first_order_mean(self) -> FloatArray:
        """Mean of `first_order` over the draws, shape (n_params,)."""
        return self.first_order.mean(axis=1)

    @property
    def first_order_std(self) -> FloatArray:
        """Standard deviation of `first_order` over the draws, shape (n_params,)."""
        return self.first_order.std(axis=1)

    def __repr__(self) -> str:
        """Show importances and their spread, one parameter in each line."""
        where = "" if self.near_optimum is None else f", best {self.near_optimum:.0%}"
        width = max(map(len, self.names), default=0)
        lines = [
            f"  {name:<{width}}  {mean:.2f} ± {std:.2f}"
            for name, mean, std in zip(
                self.names, self.total_mean, self.total_std, strict=True
            )
        ]
        head = (
            f"ParamImportances of {self.metric}{where} "
            f"({self.explained:.0%} of the variance explained):"
        )
        return "\n".join([head, *lines])

    def to_frame(self) -> Any:
        """Make a table with one row for each parameter.

        Returns
        -------
        pandas.DataFrame
            Indexed by the parameters' names.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        from pandas import DataFrame

        return DataFrame(
            {
                "total": self.total_mean,
                "total_std": self.total_std,
                "first_order": self.first_order_mean,
                "first_order_std": self.first_order_std,
                "total_when_active": self.total_when_active.mean(axis=1),
                "active_fraction": self.active_fraction,
            },
            index=list(self.names),
        )


def param_importances(
    search: Any,
    *,
    n_draws: int = 16,
    near_optimum: bool | float = False,
    metric: str | None = None,
    n_samples: int = 256,
    random_state: Any = None,
) -> ParamImportances:
    """Measure how much each parameter matters for the score.

    Sobol indices [1]_ of a Gaussian process fitted to the scores. Values are drawn as
    the search space draws them, so an index is about the searched range.

    Parameters
    ----------
    search : fitted search
        A search of this package or of scikit-learn, with at least 4 scored candidates.
    n_draws : int, default=16
        Functions drawn from the posterior, from which uncertainty is estimated.
    near_optimum : bool or float, default=False
        Look only at the best share of the space, as the model sees it; True is 0.1.
        Every parameter then keeps to the values it has there.
    metric : str, default=None
        Name of the score, if there are several and `refit` names none.
    n_samples : int, default=256
        Points of each of the two samples the indices are estimated from; rounded up to
        a power of 2.
    random_state : int, RandomState or None, default=None
        Makes the result repeatable.

    Returns
    -------
    ParamImportances
        Most important first.

    Raises
    ------
    NotFittedError
        If the search is not fitted.
    TypeError
        If `search` is no search.
    ValueError
        If its results carry no information: fewer than 4 scores, all scores
        equal, no parameter that varied; or if a parameter of this function is not
        valid.

    See Also
    --------
    ImportanceDisplay : Draws it.
    EffectDisplay : Shows in which direction a parameter matters.

    Notes
    -----
    Differences among scores that are very far below the others count by their
    logarithm only. Costs about ``n_samples * (2 n_params + 2)``
    evaluations of the model; below a second for 200 candidates and 10 parameters.

    References
    ----------
    .. [1] I. M. Sobol', "Global sensitivity indices for nonlinear mathematical models
       and their Monte Carlo estimates", Mathematics and Computers in Simulation 55,
       2001.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import param_importances
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(
    ...     DecisionTreeClassifier(random_state=0),
    ...     {"max_depth": [1, 2, 3, 4], "splitter": ["best", "random"]},
    ... ).fit(X, y)
    >>> param_importances(search, random_state=0).names
    ('max_depth', 'splitter')
    """
    caller = "param_importances"
    _check_counts(n_draws, n_samples)
    share = _check_share(near_optimum)
    record = read_search(search, caller=caller, metric=metric)
    model = score_model(search, record, caller=caller)
    rng = generator(random_state, owner=caller)
    with limit_threads():
        draws = PosteriorDraws(model.gp, n_draws, rng)
        from_unit = (
            model.space.from_unit if share is None else near_best(model, share, rng)
        )
        parameters = [p for p in parameters_of(model.space) if _varied(model, p)]
        indices = sobol_indices(
            draws,
            from_unit,
            model.space.active,
            [parameter.columns for parameter in parameters],
            n_columns=model.space.n_columns,
            n_samples=2 ** math.ceil(math.log2(n_samples)),
            rng=rng,
        )
    # Parameters with one value have no column, but users look for their names.
    never = [p.name for p in parameters_of(model.space) if not _varied(model, p)]
    names = [p.name for p in parameters]
    never += [n for n in model.space.names if n not in names and n not in never]
    return _sorted(names, never, indices, model.explained(), share, record.metric)


def near_best(
    model: ScoreModel, share: float, rng: np.random.Generator
) -> Callable[[FloatArray], FloatArray]:
    """Make a map from uniform numbers to the best part of a space.

    Parameters
    ----------
    model : ScoreModel
        Model whose posterior mean ranks the points.
    share : float
        Share of the space that counts as best.
    rng : numpy Generator
        Generator of the compared points.

    Returns
    -------
    callable
        Function that draws each column independently from its values among the best
        points. Sobol indices need independent columns.
    """
    Q = rng.random((_N_CANDIDATES, model.space.n_columns))
    U = model.space.from_unit(Q)
    mean, _ = model.gp.predict(U)
    best = np.argsort(-mean)[: max(int(share * _N_CANDIDATES), 16)]
    active = model.space.active(U[best])
    seen = [np.sort(Q[best[active[:, j]], j]) for j in range(model.space.n_columns)]

    def from_unit(Q: FloatArray) -> FloatArray:
        columns = [
            values[(q * len(values)).astype(np.intp)] if len(values) else q
            for q, values in zip(Q.T, seen, strict=True)
        ]
        return model.space.from_unit(np.column_stack(columns))

    return from_unit


def _check_counts(n_draws: Any, n_samples: Any) -> None:
    """Check that the numbers of draws and samples are integers of at least 1 and 2."""
    for name, value, least in (("n_draws", n_draws, 1), ("n_samples", n_samples, 2)):
        is_count = isinstance(value, Integral) and not isinstance(value, bool)
        if not is_count or value < least:
            raise ValueError(
                f"The `{name}` parameter of param_importances must be an integer >= "
                f"{least}. Got {value!r} instead."
            )


def _check_share(near_optimum: Any) -> float | None:
    """Return the share of the space near the optimum, None for all of it."""
    if isinstance(near_optimum, bool | np.bool_):
        return _TOP_SHARE if near_optimum else None
    if not isinstance(near_optimum, Real) or not 0.0 < float(near_optimum) <= 1.0:
        raise ValueError(
            "The `near_optimum` parameter of param_importances must be True, False or "
            "the share of the space that counts, above 0 and at most 1. Got "
            f"{near_optimum!r} instead."
        )
    return float(near_optimum)


def _varied(model: ScoreModel, parameter: Parameter) -> bool:
    """Whether the candidates differ in a parameter."""
    return bool(model.has_varied[list(parameter.columns)].any())


def _sorted(
    names: list[str],
    never: list[str],
    indices: SobolIndices,
    explained: float,
    share: float | None,
    metric: str,
) -> ParamImportances:
    """Sort by total index, parameters that never varied last."""
    # A constant function has NaN indices: its parameters count as least important.
    strength = np.nan_to_num(indices.total.mean(axis=1), nan=-1.0)
    order = np.argsort(-strength, kind="stable")

    def arrange(values: FloatArray) -> FloatArray:
        blank = np.full((len(never), *values.shape[1:]), np.nan)
        return np.concatenate([values[order], blank])

    return ParamImportances(
        names=(*(names[i] for i in order), *never),
        total=arrange(indices.total),
        first_order=arrange(indices.first_order),
        total_when_active=arrange(indices.total_when_active),
        active_fraction=arrange(indices.active_fraction),
        explained=explained,
        near_optimum=share,
        metric=metric,
    )

"""Ask and tell: the Bayesian engine as an object for loops of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, overload

import numpy as np

from skbayes._gp import limit_threads
from skbayes._protocol import FloatArray, Params
from skbayes._strategies.engine import Engine, best_of
from skbayes._strategies.history import (
    Observation,
    Pending,
    check_fold_scores,
    check_outcome,
    check_seconds,
    n_folds_told,
)
from skbayes._strategies.initial_design import check_n_initial
from skbayes._strategies.initial_params import check_initial_params
from skbayes._strategies.prior_results import read_prior_results
from skbayes._strategies.proposal import TimeLeft, check_time_left
from skbayes._strategies.seeding import root_entropy
from skbayes._strategies.surrogate import Surrogate
from skbayes.exceptions import SpaceExhausted
from skbayes.space import Space, parse_space

#: How many of the best prior results are tried again, under the conditions of today.
N_PRIOR_RETRIED = 1


class Optimizer:
    """Find the parameters with the best score, one suggestion after another.

    `ask` for parameters, evaluate them, `tell` the score; greater is better.

    Parameters
    ----------
    space : dict, list of dicts or Space
        What can be tried: for each parameter a list of choices, a scipy.stats
        distribution, a dimension of `skbayes.space` or a tuple
        ``(low, high, "uniform" | "log-uniform")``. A list of dicts is a conditional
        space, modelled as one.
    n_initial_points : int or "auto", default="auto"
        Points tried before the first model is fitted, `initial_params` and
        `prior_results` included. "auto": one more than there are parameters, between
        5 and 12, and at most a quarter of `n_iter` but 4.
    initial_params : list of dict, default=None
        Points tried first, each with a value for every parameter.
    prior_results : fitted search, dict, DataFrame or list of tuple, default=None
        Results of an earlier search of the same problem: the search itself, its
        `cv_results_` or a DataFrame of it, or tuples of parameters and score. The
        model learns from them; the best of them is tried again early, and the others
        may be. Rows with parameters that are missing or outside the space are skipped
        with a warning.
    n_iter : int or None, default=None
        How many evaluations there will be, where that is known: an improvement has to
        be the larger the more of them are left.
    random_state : int, RandomState, Generator or None, default=None
        The same seed and the same scores give the same suggestions.

    Attributes
    ----------
    space : Space
        The parsed search space.
    n_told : int
        How many evaluations were told, prior results not counted.

    Notes
    -----
    `ask` is a function of what was told, of what is pending and of the seed: it
    changes nothing, so that asking twice gives the same answer twice, and a pickled
    and restored optimizer goes on as the original does.

    Examples
    --------
    >>> from skbayes import Optimizer
    >>> optimizer = Optimizer({"x": (-2.0, 2.0, "uniform")}, random_state=0)
    >>> for _ in range(15):
    ...     params = optimizer.ask()
    ...     optimizer.tell(params, -((params["x"] - 1) ** 2))
    >>> round(optimizer.recommend()["x"], 1)
    1.0
    """

    def __init__(
        self,
        space: Any,
        *,
        n_initial_points: int | str = "auto",
        initial_params: Sequence[Mapping[str, Any]] | None = None,
        prior_results: Any = None,
        n_iter: int | None = None,
        random_state: int | np.random.RandomState | np.random.Generator | None = None,
    ) -> None:
        self.space = (
            space
            if isinstance(space, Space)
            else parse_space(space, owner="Optimizer", parameter="space")
        )
        _check_count(n_iter, "n_iter", at_least=1)
        self._n_initial = check_n_initial(
            n_initial_points, self.space, n_iter, owner="Optimizer"
        )
        first = check_initial_params(initial_params, self.space, owner="Optimizer")
        self._history = self._read_prior(prior_results)
        self._n_prior = len(self._history)
        self._engine = Engine(
            self.space,
            seed=root_entropy(random_state, owner="Optimizer"),
            n_initial=self._n_initial,
            n_iter=n_iter,
            first=[*first, *best_of(self._history, N_PRIOR_RETRIED)],
        )

    def __repr__(self) -> str:
        names = ", ".join(self.space.names)
        return f"<Optimizer of {names}: {self.n_told} told>"

    @property
    def n_told(self) -> int:
        """How many evaluations were told, prior results not counted."""
        return len(self._history) - self._n_prior

    @overload
    def ask(
        self,
        n: None = None,
        pending: Sequence[Params | Pending] = (),
        *,
        time_left: TimeLeft | None = None,
    ) -> Params: ...

    @overload
    def ask(
        self,
        n: int,
        pending: Sequence[Params | Pending] = (),
        *,
        time_left: TimeLeft | None = None,
    ) -> list[Params]: ...

    def ask(
        self,
        n: int | None = None,
        pending: Sequence[Params | Pending] = (),
        *,
        time_left: TimeLeft | None = None,
    ) -> Params | list[Params]:
        """Suggest what to evaluate next.

        Parameters
        ----------
        n : int or None, default=None
            How many points, for evaluation at the same time.
        pending : sequence of dict or Pending, default=()
            Points asked for earlier whose scores are not known yet, or with those of
            the folds that have ended.
        time_left : TimeLeft or None, default=None
            Given under a time budget: points are weighed by what they cost.

        Returns
        -------
        dict or list of dict
            One point if `n` is None, else a list of `n` distinct ones, fewer when a
            finite space is used up. Points told or pending are not among them.

        Raises
        ------
        SpaceExhausted
            If `n` is None and every point was told or is pending.
        TypeError
            If `pending` is no list of points, or `time_left` no `TimeLeft`.
        ValueError
            If `n` is no whole number, or a pending point is not in the space.
        """
        _check_count(n, "n", method=".ask")
        check_time_left(time_left)
        running = self._observe_running(pending)
        suggestions: list[Params] = []
        with limit_threads():
            for _ in range(1 if n is None else n):
                params = self._engine.suggest(self._history, running, time_left)
                if params is None:
                    break
                suggestions.append(params)
                running.append(self._observe(params, np.nan))
        if n is not None:
            return suggestions
        if not suggestions:
            n_points = self.space.cardinality or "different"
            raise SpaceExhausted(
                f"All {n_points} points of the search space were told or are pending."
            )
        return suggestions[0]

    def tell(
        self,
        params: Mapping[str, Any],
        score: float,
        *,
        fold_scores: Any = None,
        seconds: float | None = None,
    ) -> None:
        """Record the outcome of an evaluation, asked for or not.

        Parameters
        ----------
        params : dict
            The point that was evaluated.
        score : float
            Greater is better. NaN or -inf: the evaluation failed; the engine learns
            to stay away from where that happens. The same point told again is a
            repeated measurement: scores are averaged, a score replaces a failure,
            an evaluation of all folds replaces one of some.
        fold_scores : array-like of shape (n_folds,), default=None
            Score of each fold, NaN where it was not run. With NaN in it, the mean
            over all folds is estimated from these, and `score` is not used.
        seconds : float, default=None
            How long the folds that were run took together.

        Raises
        ------
        TypeError
            If the score is not a number.
        ValueError
            If a parameter is unknown, missing or outside the space, the score is
            +inf, or the fold scores contradict it or have another length than before.
            They do if all were run and it is not their mean.
        """
        checked = self._check_params(params, "Optimizer.tell")
        value, folds = check_outcome(score, fold_scores, n_folds_told(self._history))
        duration = check_seconds(seconds)
        n_run = 1 if folds is None else int((~np.isnan(folds)).sum())
        self._history.append(
            self._observe(
                checked,
                value,
                fold_scores=folds,
                seconds_per_fold=None if duration is None else duration / n_run,
            )
        )

    def recommend(self) -> Params:
        """Return the told point with the best mean score according to the model.

        Returns
        -------
        dict
            Of those evaluated completely; the best score where there is no model.

        Raises
        ------
        ValueError
            If no score was told yet.
        """
        scored = [o for o in self._history if not (o.is_failed or o.is_partial)]
        if not scored:
            raise ValueError(
                "Optimizer.recommend needs at least one complete evaluation. Got "
                f"{self.n_told} evaluations, none of which has a score."
            )
        surrogate = self.surrogate()
        if surrogate is None:
            return dict(max(scored, key=lambda o: o.score).params)
        means = surrogate.predict_encoded(np.array([o.encoded for o in scored]))[0]
        return dict(scored[int(np.argmax(means))].params)

    def surrogate(self) -> Surrogate | None:
        """Return the model of the scores as it is now.

        Returns
        -------
        Surrogate or None
            None as long as there is nothing to learn: no scores, or all the same.
        """
        with limit_threads():
            return self._engine.surrogate(self._history, [], 0)

    def expected_improvement(self) -> float | None:
        """How much the next suggestion is expected to gain over the best point.

        Returns
        -------
        float or None
            The largest expected improvement, in the scorer's unit; 0 if a finite
            space is used up, None as long as there is no model.
        """
        tried = {o.key for o in self._history if not o.is_prior}
        if len(tried) == self.space.cardinality:
            return 0.0
        with limit_threads():
            surrogate = self._engine.surrogate(self._history, [], 0)
            if surrogate is None or len(self._history) < self._n_initial:
                return None
            candidates = self._engine.candidates(surrogate, self._history, [])
            if len(candidates.U) == 0:
                return 0.0
            best = surrogate.data.targets.max()
            scale = surrogate.data.transform.derivative(
                surrogate.data.transform.inverse(np.array([best]))
            )[0]
        return float(np.exp(candidates.values[0]) / scale)

    def _read_prior(self, prior_results: Any) -> list[Observation]:
        """Read prior results as the beginning of the history."""
        if prior_results is None:
            return []
        rows = read_prior_results(
            prior_results, self.space, owner="Optimizer", stacklevel=4
        )
        return [self._observe(params, score, is_prior=True) for params, score in rows]

    def _observe_running(self, pending: Any) -> list[Observation]:
        """Observe running points, with the scores of their finished folds if any."""
        if isinstance(pending, Mapping | str) or not isinstance(pending, Sequence):
            raise TypeError(
                "The `pending` parameter of Optimizer.ask must be a list of points. "
                f"Got {pending!r} instead; put a single point in a list."
            )
        running: list[Observation] = []
        n_folds = n_folds_told(self._history)
        for item in pending:
            one = item if isinstance(item, Pending) else Pending(item)
            params = self._check_params(one.params, "Optimizer.ask")
            folds = check_fold_scores(
                one.fold_scores,
                n_folds or n_folds_told(running),
                owner="Pending",
            )
            score = np.nan if folds is None else float(np.nanmean(folds))
            running.append(self._observe(params, score, fold_scores=folds))
        return running

    def _check_params(self, params: Mapping[str, Any], owner: str) -> Params:
        """The space's own twin of the parameters, which must be a point of it."""
        if not isinstance(params, Mapping):
            raise TypeError(
                f"The parameters given to {owner} must be a dict, as `ask` returns it. "
                f"Got {params!r} instead."
            )
        try:
            return self.space.canonical(dict(params))
        except ValueError:
            self.space.check(dict(params), owner=owner)
            raise

    def _observe(
        self,
        params: Params,
        score: float,
        *,
        fold_scores: FloatArray | None = None,
        seconds_per_fold: float | None = None,
        is_prior: bool = False,
    ) -> Observation:
        """Make an observation of a point that is known to be in the space."""
        return Observation(
            params=params,
            key=self.space.key(params),
            encoded=self.space.encode([params])[0],
            score=score,
            fold_scores=fold_scores,
            seconds_per_fold=seconds_per_fold,
            is_prior=is_prior,
        )


def _check_count(
    n: Any, parameter: str, *, at_least: int = 0, method: str = ""
) -> None:
    """Refuse what is neither a whole number of points nor None."""
    is_integer = isinstance(n, Integral) and not isinstance(n, bool)
    if n is not None and (not is_integer or n < at_least):
        raise ValueError(
            f"The `{parameter}` parameter of Optimizer{method} must be an integer >= "
            f"{at_least} or None. Got {n!r} instead."
        )

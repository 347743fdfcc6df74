"""The Bayesian engine as an object with `ask` and `tell`, for users' own loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, overload

import numpy as np

from skbayes._gp import limit_threads
from skbayes._protocol import Params
from skbayes._seeding import root_entropy
from skbayes._strategies.engine.engine import Engine, best_of
from skbayes._strategies.engine.initial_design import check_n_initial
from skbayes._strategies.engine.located_point import located
from skbayes._strategies.engine.observation import Observation, n_folds_told
from skbayes._strategies.engine.proposal import TimeLeft, check_time_left
from skbayes._strategies.engine.surrogate import Surrogate
from skbayes._strategies.optimizer_input import (
    Pending,
    check_fold_scores,
    check_initial_params,
    check_outcome,
    check_seconds,
)
from skbayes._strategies.other_optimizers import explain_other_optimizers
from skbayes._strategies.prior_results import read_prior_results
from skbayes.exceptions import SpaceExhausted
from skbayes.space._parsing import parse_space
from skbayes.space._space import Space

#: Number of best prior results that are evaluated again in this search.
N_PRIOR_RETRIED = 1


@explain_other_optimizers
class Optimizer:
    """Find the parameters with the best score, one suggestion after another.

    `ask` for parameters, evaluate them, `tell` the score; greater is better.

    Parameters
    ----------
    space : dict, list of dicts or Space
        The search space: for each parameter a list of choices, a scipy.stats
        distribution, a dimension of `skbayes.space` or a tuple
        ``(low, high, "uniform" | "log-uniform")``. A list of dicts is a conditional
        space, modelled as one.
    n_initial_points : int or "auto", default="auto"
        Points tried before the first model is fitted, `initial_params` and
        `prior_results` included. "auto": one more than there are dicts in a list,
        between 4 and 12, and at most a quarter of `n_iter` but 4.
    initial_params : list of dict, default=None
        Points tried first, each with a value for every parameter.
    prior_results : fitted search, dict, DataFrame or list of tuple, default=None
        Results of an earlier search of the same problem: the search itself, its
        `cv_results_` or a DataFrame of it, or tuples of parameters and score. The
        model learns from them; the best of them is tried again early, and the others
        may be. Rows with parameters that are missing or outside the space are skipped
        with a warning.
    n_iter : int or None, default=None
        Number of evaluations, if known: the more of them are left, the larger an
        improvement has to be.
    random_state : int, RandomState, Generator or None, default=None
        The same seed and the same scores give the same suggestions.

    Attributes
    ----------
    space : Space
        The parsed search space.
    n_told : int
        Number of evaluations told, without prior results.

    Notes
    -----
    `ask` is a function of the evaluations told, of the pending points and of the seed.
    It changes nothing, so that asking twice gives the same answer twice, and a pickled
    and restored optimizer continues like the original.

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
        """Number of evaluations told, without prior results."""
        return len(self._history) - self._n_prior

    @overload
    def ask(
        self,
        n: None = None,
        pending: Sequence[Params | Pending | Observation] = (),
        *,
        time_left: TimeLeft | None = None,
    ) -> Params: ...

    @overload
    def ask(
        self,
        n: int,
        pending: Sequence[Params | Pending | Observation] = (),
        *,
        time_left: TimeLeft | None = None,
    ) -> list[Params]: ...

    def ask(
        self,
        n: int | None = None,
        pending: Sequence[Params | Pending | Observation] = (),
        *,
        time_left: TimeLeft | None = None,
    ) -> Params | list[Params]:
        """Suggest what to evaluate next.

        Parameters
        ----------
        n : int or None, default=None
            Number of points, for evaluation at the same time.
        pending : sequence of dict or Pending, default=()
            Points asked for earlier whose scores are not known yet, perhaps with the
            scores of their finished folds.
        time_left : TimeLeft or None, default=None
            Rest of a time budget: points are then weighed by their cost.

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
            If `pending` is not a list of points, or `time_left` not a `TimeLeft`.
        ValueError
            If `n` is not a whole number, or a pending point is not in the space.
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
                # Suggestions of one call are pending for each other, so they spread
                # out.
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
            Greater is better. NaN or -inf mean that the evaluation failed; the engine
            learns to avoid such points. Telling a point again is a repeated
            measurement: scores are averaged, a score replaces a failure, and an
            evaluation of all folds replaces one of some.
        fold_scores : array-like of shape (n_folds,), default=None
            Score of each fold, NaN where it was not run. With any NaN, the mean over
            all folds is estimated from the others, and `score` is not used.
        seconds : float, default=None
            Total duration of the folds that were run.

        Raises
        ------
        TypeError
            If the score is not a number.
        ValueError
            If a parameter is unknown, missing or outside the space; if the score is
            +inf; or if the fold scores have another length than before, or disagree
            with the score, which must be their mean if all were run.
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
            Among the complete evaluations; the one with the best score if there is no
            model.

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
        # The posterior mean, not the best score: under noise the best score is partly
        # luck.
        medians = surrogate.predict_encoded(np.array([o.encoded for o in scored]))[0]
        return dict(scored[int(np.argmax(medians))].params)

    def surrogate(self) -> Surrogate | None:
        """Return the present model of the scores.

        Returns
        -------
        Surrogate or None
            None without scores, or if all scores are equal.
        """
        with limit_threads():
            return self._engine.surrogate(self._history, [], 0)

    def expected_improvement(self) -> float | None:
        """Expected gain of the next suggestion over the best point.

        Returns
        -------
        float or None
            The largest expected improvement, in the scorer's unit; 0 if a finite
            space is used up; None without a model.
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
            # To first order: the improvement in targets over the transform's slope
            # there.
            best = surrogate.data.targets.max()
            scale = surrogate.data.transform.derivative(
                surrogate.data.transform.inverse(np.array([best]))
            )[0]
        return float(np.exp(candidates.values[0]) / scale)

    def _read_prior(self, prior_results: Any) -> list[Observation]:
        """Read prior results, which become the beginning of the history."""
        if prior_results is None:
            return []
        rows = read_prior_results(prior_results, self.space, owner="Optimizer")
        return [self._observe(params, score, is_prior=True) for params, score in rows]

    def _observe_running(self, pending: Any) -> list[Observation]:
        """Make observations of running points, with their finished folds."""
        if isinstance(pending, Mapping | str) or not isinstance(pending, Sequence):
            raise TypeError(
                "The `pending` parameter of Optimizer.ask must be a list of points. "
                f"Got {pending!r} instead; put a single point in a list."
            )
        running: list[Observation] = []
        n_folds = n_folds_told(self._history)
        for item in pending:
            if isinstance(item, Observation):
                running.append(item)
                continue
            one = item if isinstance(item, Pending) else Pending(item)
            folds = check_fold_scores(
                one.fold_scores, n_folds or n_folds_told(running), owner="Pending"
            )
            score = np.nan if folds is None else float(np.nanmean(folds))
            params = self._check_params(one.params, "Optimizer.ask")
            running.append(self._observe(params, score, fold_scores=folds))
        return running

    def _check_params(self, params: Mapping[str, Any], owner: str) -> Params:
        """The canonical value of the parameters, which must be a point of the space."""
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

    def _observe(self, params: Params, score: float, **facts: Any) -> Observation:
        """Make an observation of a point of the space."""
        (point,) = located(self.space, [params])
        return Observation(point.params, point.key, point.encoded, score, **facts)


def _check_count(
    n: Any, parameter: str, *, at_least: int = 0, method: str = ""
) -> None:
    """Raise unless a parameter is None or a whole number that is large enough."""
    is_integer = isinstance(n, Integral) and not isinstance(n, bool)
    if n is not None and (not is_integer or n < at_least):
        raise ValueError(
            f"The `{parameter}` parameter of Optimizer{method} must be an integer >= "
            f"{at_least} or None. Got {n!r} instead."
        )

"""The rule that refits a greedy ensemble of a search's candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier, is_regressor

from skbayes._deciding_metric import (
    deciding_metric,
    metric_that_decided,
    metrics_in,
)
from skbayes._protocol import FloatArray
from skbayes._seeding import generator
from skbayes.ensemble._estimators import EnsembleClassifier, EnsembleRegressor
from skbayes.ensemble._out_of_fold import OutOfFold, read_out_of_fold
from skbayes.ensemble._rankings import ranking_of
from skbayes.ensemble._selection import bagged_weights, draw_bags, products, with_best
from skbayes.ensemble._single import is_single_better, single_scores, usable
from skbayes.ensemble._threshold import best_threshold, judges_labels
from skbayes.inspection._bias_correction.resampling import make_units

_CALLER = "GreedyEnsemble"


@dataclass(frozen=True)
class EnsembleSelection:
    """The candidates of an ensemble, and its estimated score.

    Parameters
    ----------
    candidates : tuple of int
        Rows of ``cv_results_``, the largest weight first.
    weights : tuple of float
        Weights of the candidates, which add up to 1.
    threshold : float or None
        Probability of the second class from which on it is predicted, if tuned.
    estimate : float
        Expected score on new data, of models trained on as much data as in a fold.
    interval : tuple of float
        Confidence interval of that score, 95 %.
    out_of_fold_score : float
        Score of the ensemble on the predictions it was chosen by: optimistic.
    best_single_score : float
        Score of the best candidate alone, also optimistic.
    metric : str
        Name of the score.
    bootstrap_scores : array of shape (n_bootstrap,)
        Score of each bootstrap choice on the samples that were not drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbayes import GridSearchCV
    >>> from skbayes.ensemble import GreedyEnsemble
    >>> X, y = load_iris(return_X_y=True)
    >>> settings = {"refit": GreedyEnsemble(), "store_predictions": True}
    >>> grid = {"max_depth": [1, 3]}
    >>> search = GridSearchCV(DecisionTreeClassifier(), grid, **settings)
    >>> round(sum(search.fit(X, y).ensemble_.weights), 6)
    1.0
    """

    candidates: tuple[int, ...]
    weights: tuple[float, ...]
    threshold: float | None
    estimate: float
    interval: tuple[float, float]
    out_of_fold_score: float
    best_single_score: float
    metric: str
    bootstrap_scores: FloatArray = field(repr=False, compare=False)


class GreedyEnsemble(BaseEstimator):  # type: ignore[misc]
    """A weighted ensemble of candidates, chosen by their out-of-fold predictions.

    Candidates are added one after the other, with replacement: each time the one whose
    mean with those before predicts best [1]_. The selection is repeated among random
    halves of the candidates, each with the best one, and averaged, against overfitting
    [2]_. If the best single candidate is better by more than a standard error, it is
    the only member; for this comparison both are chosen without a fold and scored on
    it. No
    model is fitted until the chosen ones are refitted on all data.

    Pass it as `refit` to any of the three searches: ``best_estimator_`` is then the
    ensemble, and ``ensemble_`` has its candidates, weights and estimated score.

    Parameters
    ----------
    n_steps : int, default=25
        Places in an ensemble; one candidate may have several.
    n_bags : int, default=20
        Number of random subsets of the candidates to select from.
    bag_share : float, default=0.5
        Share of the candidates in each subset, beside the best one.
    max_models : int, default=10
        Candidates in the ensemble at most: each is a fit on all data.
    tune_threshold : "auto" or bool, default="auto"
        Whether the decision threshold of two classes is tuned by the same
        predictions. "auto": if the scorer uses labels, except for accuracy.
    n_bootstrap : int, default=200
        Number of repetitions of the choice to estimate its score.
    metric : str, default=None
        Score by which single candidates are compared, and of the estimate, if there are
        several. None: the only one.
    random_state : int, RandomState, Generator or None, default=0
        Seed of the bags and of the bootstrap.

    Notes
    -----
    Predictions are compared by their squared error, for probabilities the Brier score,
    whatever the metric: it is proper, rewards models whose errors differ, and is
    computed from products of predictions, so that a selection takes milliseconds. The
    metric decides on the threshold, and ``ensemble_.estimate`` is in its unit: the
    whole choice, weights and threshold or the best single candidate, is repeated on
    bootstrap samples and scored on the samples that were not drawn, as in
    `skbayes.inspection.bias_corrected_score`.

    With `racing` only candidates that were not stopped can be chosen, and the same
    predictions decided that: the estimate is then slightly optimistic.

    References
    ----------
    .. [1] R. Caruana, A. Niculescu-Mizil, G. Crew and A. Ksikes (2004). Ensemble
       selection from libraries of models. ICML. doi:10.1145/1015330.1015432
    .. [2] R. Caruana, A. Munson and A. Niculescu-Mizil (2006). Getting the most out of
       ensemble selection. ICDM. doi:10.1109/ICDM.2006.76

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skbayes import GridSearchCV
    >>> from skbayes.ensemble import GreedyEnsemble
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(
    ...     KNeighborsClassifier(),
    ...     {"n_neighbors": [1, 3, 9, 27], "p": [1, 2]},
    ...     store_predictions=True,
    ...     refit=GreedyEnsemble(),
    ... ).fit(X, y)
    >>> search.best_estimator_.predict(X[:2])
    array([0, 0])
    >>> search.ensemble_.estimate > 0.9
    True
    """

    #: Makes the search keep probabilities.
    needs_probabilities = True

    def __init__(
        self,
        *,
        n_steps: int = 25,
        n_bags: int = 20,
        bag_share: float = 0.5,
        max_models: int = 10,
        tune_threshold: Any = "auto",
        n_bootstrap: int = 200,
        metric: str | None = None,
        random_state: Any = 0,
    ) -> None:
        self.n_steps = n_steps
        self.n_bags = n_bags
        self.bag_share = bag_share
        self.max_models = max_models
        self.tune_threshold = tune_threshold
        self.n_bootstrap = n_bootstrap
        self.metric = metric
        self.random_state = random_state

    def __call__(self, results: Mapping[str, Any]) -> int:
        """Choose the best single candidate, for ``best_index_``.

        Parameters
        ----------
        results : mapping
            ``cv_results_`` of a search.

        Returns
        -------
        int
            The row of the best mean score, the first of equals.
        """
        known = metrics_in(results)
        metric = deciding_metric(None, known) if self.metric is None else self.metric
        if metric not in known:
            raise ValueError(
                f"The `metric` parameter of {_CALLER} must be one of {known}, the "
                f"scores of the search. Got {self.metric!r} instead."
            )
        return int(np.nanargmax(np.asarray(results[f"mean_test_{metric}"], float)))

    def check_search(self, search: Any) -> None:
        """Raise, before the first fit, if a search cannot make an ensemble.

        Parameters
        ----------
        search : search
            The search with this rule as `refit`.

        Raises
        ------
        ValueError
            If it keeps no predictions, its estimator's predictions cannot be averaged,
            or a parameter of the rule is out of range.
        """
        self._check_parameters()
        owner = type(search).__name__
        if not search.store_predictions:
            raise ValueError(
                f"The `refit` parameter of this {owner} is a {_CALLER}, which is made "
                "of out-of-fold predictions, but none are kept. Set "
                "store_predictions=True."
            )
        estimator = search.estimator
        if is_classifier(estimator):
            if not hasattr(type(estimator), "predict_proba"):
                raise ValueError(
                    f"A {_CALLER} averages probabilities, and "
                    f"{type(estimator).__name__} has no `predict_proba`. Wrap it in "
                    "CalibratedClassifierCV, or choose another `refit`."
                )
        elif not is_regressor(estimator):
            raise ValueError(
                f"A {_CALLER} is of classifiers or regressors, and "
                f"{type(estimator).__name__} is neither."
            )
        elif (name := ranking_of(search, self.metric)) is not None:
            raise ValueError(
                f"A {_CALLER} of regressors averages numbers, and the score {name!r} "
                "of this search ranks. Choose a score of errors, such as 'r2', or "
                "search over classifiers."
            )

    def select(self, search: Any) -> EnsembleSelection:
        """Choose candidates and weights from a fitted search.

        Parameters
        ----------
        search : fitted search
            A search with ``store_predictions="probabilities"`` for classifiers, or with
            this rule as `refit`.

        Returns
        -------
        EnsembleSelection
            Candidates, weights, threshold and estimated score.

        Raises
        ------
        ValueError
            If the search kept no predictions that can be averaged.
        """
        self._check_parameters()
        oof = read_out_of_fold(search, caller=_CALLER, metric=self.metric)
        # The generator serves bags, then units, then draws: the order fixes the result.
        rng = generator(self.random_state, owner=_CALLER)
        bags = draw_bags(len(oof.candidates), self.n_bags, self.bag_share, rng)
        everything = np.ones(len(oof.sample), dtype=bool)
        weights, threshold = self._choose(oof, bags, everything)
        is_single = self._compares(search) and is_single_better(
            oof, lambda is_in: self._choose(oof, bags, is_in)
        )
        if is_single:
            best = np.argmax(usable(oof).fold_scores.mean(axis=1))
            weights, threshold = np.eye(len(weights))[best], None
        scores = self._bootstrap_scores(oof, None if is_single else bags, rng)
        low, high = np.percentile(scores, [2.5, 97.5])
        # Stable, so that equal weights keep the order of the candidates.
        chosen = np.argsort(-weights, kind="stable")[: np.count_nonzero(weights)]
        return EnsembleSelection(
            candidates=tuple(int(row) for row in oof.candidates[chosen]),
            weights=tuple(float(weight) for weight in weights[chosen]),
            threshold=threshold,
            estimate=float(scores.mean()),
            interval=(float(low), float(high)),
            out_of_fold_score=oof.score(oof.mean_of(weights), threshold, everything),
            best_single_score=float(oof.kept.fold_scores.mean(axis=1).max()),
            metric=oof.kept.metric,
            bootstrap_scores=scores,
        )

    def make_estimator(self, search: Any, selection: EnsembleSelection) -> Any:
        """Make the unfitted ensemble of a selection.

        Parameters
        ----------
        search : fitted search
            The search with the candidates.
        selection : EnsembleSelection
            The result of `select`.

        Returns
        -------
        EnsembleClassifier or EnsembleRegressor
            Unfitted ensemble of clones of the search's estimator, each with the
            parameters of one candidate.
        """
        # Cloned parameters: an estimator among the values would be fitted in place, and
        # two members would share it.
        members = [clone(search.estimator) for _ in selection.candidates]
        for member, row in zip(members, selection.candidates, strict=True):
            params = search.cv_results_["params"][row]
            member.set_params(**clone(params, safe=False))
        weights = list(selection.weights)
        if is_classifier(search.estimator):
            return EnsembleClassifier(
                members,
                weights=weights,
                threshold=selection.threshold,
                n_jobs=search.n_jobs,
            )
        return EnsembleRegressor(members, weights=weights, n_jobs=search.n_jobs)

    def _choose(
        self, oof: OutOfFold, bags: Any, is_counted: Any
    ) -> tuple[FloatArray, float | None]:
        """Weights of all candidates, and the threshold, from some of the entries."""
        G, b = products(oof.values, oof.target, oof.entry_weights * is_counted)
        weights = bagged_weights(
            G,
            b,
            with_best(bags, G, b),
            n_steps=self.n_steps,
            max_models=self.max_models,
        )
        # A threshold optimises the metric on the same predictions; for accuracy 0.5 is
        # the proper choice of probabilities.
        tunes = self.tune_threshold
        if tunes == "auto":
            tunes = judges_labels(oof)
        elif tunes and (oof.classes is None or len(oof.classes) != 2):
            tunes = False
        if not tunes:
            return weights, None
        return weights, best_threshold(oof, oof.mean_of(weights), is_counted)

    def _compares(self, search: Any) -> bool:
        """Whether kept predictions can score candidates on part of the samples."""
        return self.metric in {None, metric_that_decided(search)}

    def _bootstrap_scores(
        self, oof: OutOfFold, bags: Any, rng: np.random.Generator
    ) -> FloatArray:
        """Scores of bootstrap choices on the samples that were not drawn.

        Without bags of the best single candidates.
        """
        kept = oof.kept
        units = make_units(
            kept.y, kept.groups, kept.tests, has_classes=kept.is_classifier, rng=rng
        )
        draws = units.draw(self.n_bootstrap, rng)
        if bags is None:
            scores = single_scores(usable(oof), units, draws, caller=_CALLER).tolist()
        else:
            scores = []
            for drawn in draws:
                # The same bags each time, so that only the samples vary.
                is_in = drawn[units.of_sample[oof.sample]] > 0
                weights, threshold = self._choose(oof, bags, is_in)
                scores.append(oof.score(oof.mean_of(weights), threshold, ~is_in))
        known = np.array([score for score in scores if np.isfinite(score)])
        if not len(known):
            raise ValueError(
                f"{_CALLER} found no bootstrap sample that can be scored: there are "
                f"too few samples, or groups, for {kept.n_splits} folds."
            )
        return known

    def _check_parameters(self) -> None:
        for name in ("n_steps", "n_bags", "max_models", "n_bootstrap"):
            value = getattr(self, name)
            is_whole = isinstance(value, Integral) and not isinstance(value, bool)
            if not is_whole or value < 1:
                raise ValueError(
                    f"The `{name}` parameter of {_CALLER} must be an integer >= 1. Got "
                    f"{value!r} instead."
                )
        share: Any = self.bag_share
        if not isinstance(share, Real) or not 0 < float(share) <= 1:
            raise ValueError(
                f"The `bag_share` parameter of {_CALLER} must be a number > 0 and "
                f"<= 1. Got {self.bag_share!r} instead."
            )
        if self.tune_threshold not in ("auto", True, False):
            raise ValueError(
                f"The `tune_threshold` parameter of {_CALLER} must be 'auto', True or "
                f"False. Got {self.tune_threshold!r} instead."
            )

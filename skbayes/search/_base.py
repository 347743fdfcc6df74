"""The estimator the three searches share: `fit` in six steps."""

from __future__ import annotations

import time
from abc import ABCMeta, abstractmethod
from collections import Counter
from contextlib import suppress
from os import PathLike

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import TimeSeriesSplit
from sklearn.utils.validation import check_is_fitted

from skbayes._compat import (
    BaseSearchCV,
    StrOptions,
    fit_context,
    named_scorers,
)
from skbayes._evaluation.failures import report_failures
from skbayes._evaluation.fit_warnings import report_warnings
from skbayes._evaluation.loop import SearchLoop
from skbayes._evaluation.loop_settings import LoopSettings
from skbayes._evaluation.partners import Observer
from skbayes._evaluation.pool_executor import open_executor
from skbayes._evaluation.printer import Printer
from skbayes._evaluation.racing import ALPHA, CAREFUL_ALPHA, PairedRace
from skbayes._evaluation.results import (
    adjusted_scores,
    candidates_that_may_win,
    metrics_of,
    tabulate,
)
from skbayes._evaluation.trial_rows import column_order, trial_row
from skbayes._protocol import Status
from skbayes.search._callback_tree import CallbackTree
from skbayes.search._corrected import corrected_score
from skbayes.search._edge import warn_at_edges
from skbayes.search._journal import open_journal
from skbayes.search._notebook import with_outcome
from skbayes.search._observers import CallbackObserver, check_callbacks
from skbayes.search._parallelism import batches_in_flight, candidates_under_way
from skbayes.search._preparation import prepare
from skbayes.search._seconds import Seconds

#: What a fit sets if it comes so far; what an earlier one has set must not pass for it.
_RESULTS = (
    "trials_",
    "n_splits_",
    "multimetric_",
    "scorer_",
    "cv_results_",
    "best_index_",
    "best_score_",
    "best_params_",
    "best_estimator_",
    "refit_time_",
    "feature_names_in_",
    "held_out_",
)


class SearchCV(BaseSearchCV, metaclass=ABCMeta):
    """Searches hyperparameters by cross-validation; base of the three searches.

    It is scikit-learn's `BaseSearchCV`, for what others expect of one, but for `fit`:
    ours hands out single folds and can therefore adapt, stop and resume.
    Think twice before adding anything here that one of the three does not need.
    """

    _parameter_constraints: dict = {
        **BaseSearchCV._parameter_constraints,
        "racing": ["boolean", StrOptions({"conservative"})],
        "time_budget": [Seconds(), None],
        "fit_timeout": [Seconds(), None],
        "journal": [str, PathLike, None],
        "callbacks": [list, tuple, None],
        "store_predictions": ["boolean"],
    }

    #: Whether what is proposed depends on what has been scored.
    _is_adaptive = False

    @abstractmethod
    def _search_space(self):
        """The search space as the user gave it."""

    @abstractmethod
    def _make_strategy(self, preparation):
        """The strategy that proposes this search's candidates."""

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, **params):
        """Search, and refit the estimator with the best parameters found.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, n_samples)
            Training data; for a precomputed kernel or distance matrix of shape
            (n_samples, n_samples).

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Target; None for unsupervised learning.

        **params : dict of str -> object
            Passed to the ``fit`` of the estimator, the scorer and the splitter.
            Array-likes of length `n_samples`, such as ``sample_weight``, are split
            along with `X`; ``groups`` goes to the splitter.

        Returns
        -------
        SearchCV
            The search itself, fitted.
        """
        preparation = prepare(self, X, y, params)
        strategy = self._make_strategy(preparation)
        for name in _RESULTS:
            self.__dict__.pop(name, None)
        tree = CallbackTree(self, preparation)
        with tree.fit():
            trials, interruption = self._search(preparation, strategy, tree)
            self._tabulate(preparation, trials, interruption)
            self._select(preparation, interruption)
            if interruption is not None:
                raise interruption
            self._refit_best(preparation, tree)
        warn_at_edges(self)
        return self

    @property
    def optimism_corrected_score_(self):
        """Mean over the folds of what is chosen on the others."""
        check_is_fitted(self, "cv_results_")
        return corrected_score(self)

    def to_frame(self):
        """All trials as a pandas DataFrame, one row each.

        Returns
        -------
        pandas.DataFrame of shape (n_trials, n_columns)
            ``trial`` (the row in ``cv_results_``), ``status`` (``"complete"``,
            ``"stopped"`` or ``"failed"``), ``param_<name>``,
            ``split<k>_test_<metric>``, ``mean_test_<metric>`` (NaN unless all folds
            have a score), the same for ``train`` where there are training scores,
            ``n_splits_evaluated``, ``mean_fit_time`` and ``mean_score_time`` in
            seconds, and ``error`` (the traceback of the first fold whose fit or
            scoring failed, or None).

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        check_is_fitted(self, "trials_")
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError(
                f"{type(self).__name__}.to_frame gives a data frame and needs pandas: "
                "install it, or read the attribute trials_, which does without."
            ) from error
        rows = [trial_row(trial) for trial in self.trials_]
        return pd.DataFrame(rows, columns=column_order(rows))

    @property
    def _repr_html_(self):
        diagram = super()._repr_html_  # not there where text is to be shown
        return lambda: with_outcome(self, diagram())

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if "text/html" in bundle:
            bundle["text/html"] = with_outcome(self, bundle["text/html"])
        return bundle

    def _search(self, preparation, strategy, tree):
        """Evaluate candidates to the end: the trials, and what cut the search off."""
        evaluation = preparation.evaluation
        observers, callbacks = self._make_observers(evaluation.n_splits)
        if self.verbose > 0:
            Printer(self.verbose, evaluation.n_splits).announce(strategy.n_candidates)
        with (
            tree.search(strategy.n_candidates),
            open_journal(self, preparation, strategy.n_candidates) as journal,
            # A journal is to have each fold as soon as it has ended.
            open_executor(
                evaluation, self.n_jobs, may_batch=journal is None
            ) as executor,
        ):
            replay, n_recorded = self._recorded(journal)
            loop = SearchLoop(
                strategy,
                executor,
                self._loop_settings(preparation, executor.n_workers, tree),
                observers=observers,
                context=tree.fold if tree.is_active else None,
                store=journal,
                replay=replay,
                n_recorded=n_recorded,
                race=self._make_race(evaluation.n_splits),
            )
            try:
                trials = loop.run()
            finally:
                error = callbacks.close()
            return trials, loop.interruption or error

    def _make_observers(self, n_splits):
        """Who is told of folds and trials: the user's callbacks, and `verbose`."""
        owner = type(self).__name__
        callbacks = CallbackObserver(check_callbacks(self.callbacks, owner), owner)
        observers: list[Observer] = [callbacks] if self.callbacks else []
        if self.verbose > 1:
            observers.append(Printer(self.verbose, n_splits))
        return observers, callbacks

    def _recorded(self, journal):
        """What an earlier run has begun: the candidates, or how many.

        A grid or a seeded sample has the same candidates anew, in the same order.
        """
        if journal is None:
            return (), 0
        if not self._is_adaptive and getattr(self, "random_state", 0) is not None:
            return (), journal.n_begun()
        return [trial.params for trial in journal.trials()], 0

    def _make_race(self, n_splits):
        """The rule that stops losing candidates, if they are to be stopped."""
        if not self.racing:
            return None
        # The early folds of a time series train on less data and tell less.
        is_series = isinstance(self.cv, TimeSeriesSplit)
        is_careful = is_series or self.racing == "conservative"
        return PairedRace(
            n_splits,
            alpha=CAREFUL_ALPHA if is_careful else ALPHA,
            runs_backwards=is_series,
        )

    def _loop_settings(self, preparation, n_workers, tree):
        n_splits = preparation.evaluation.n_splits
        # Without a seed there is nothing to repeat, and news can be told at once.
        is_seeded = getattr(self, "random_state", None) is not None
        in_order = bool(self.racing) or is_seeded
        lag = None
        if self._is_adaptive or self.racing:
            # In a race only one fold of a candidate is run at a time.
            n_together = 1 if self.racing else n_splits
            lag = candidates_under_way(n_workers, n_together, in_order=in_order)
        return LoopSettings(
            n_splits=n_splits,
            metric=preparation.metric,
            lag=lag,
            in_order=in_order,
            max_batches=batches_in_flight(
                self.pre_dispatch, n_workers, lag is not None
            ),
            time_budget=self.time_budget,
            # Callbacks of scikit-learn are promised every candidate's every fold.
            reuse_duplicates=not tree.is_active,
            estimates_improvement=any(
                getattr(callback, "needs_expected_improvement", False)
                for callback in self.callbacks or ()
            ),
        )

    def _tabulate(self, preparation, trials, interruption):
        """Set `cv_results_` and what belongs to it."""
        if not trials:
            if interruption is not None:
                raise interruption
            raise ValueError(
                "No fits were performed. "
                "Was the CV iterator empty? "
                "Were there no candidates?"
            )
        if interruption is None:
            report_warnings(trials)
            report_failures(trials, self.error_score)
        self.trials_ = trials
        if preparation.held_out is not None:
            self.held_out_ = preparation.held_out
        self.n_splits_ = preparation.evaluation.n_splits
        self.multimetric_ = any(f.is_multimetric for t in trials for f in t.folds)
        self.scorer_ = named_scorers(preparation.scorers)
        self.cv_results_ = tabulate(
            trials,
            return_train_score=self.return_train_score,
            error_score=np.nan if self.error_score == "raise" else self.error_score,
            with_status=bool(self.racing)
            or self.time_budget is not None
            or self.fit_timeout is not None,
            failed_may_win=self._failed_may_win,
        )
        if self.racing:
            for metric in metrics_of(trials):
                self.cv_results_[f"adjusted_test_{metric}"] = adjusted_scores(
                    trials, metric
                )

    def _select(self, preparation, interruption):
        """Set `best_index_` and what belongs to it, as far as the search has come."""
        if interruption is None:
            self._choose(preparation)
        elif any(trial.status is Status.COMPLETE for trial in self.trials_):
            # What cut the search short says more than that too little is left.
            with suppress(Exception):
                self._choose(preparation)

    def _choose(self, preparation):
        """Set `best_index_` and what belongs to it."""
        metric = preparation.refit_metric
        if callable(self.scoring) and self.multimetric_:
            # Only now are the names known that a callable gives its scores.
            self._check_refit_for_multimetric(
                {key.removeprefix("mean_test_") for key in self.cv_results_}
            )
            metric = self.refit
        if self.multimetric_ and not self.refit:
            return
        if not callable(self.refit) and not self._has_winner(metric):
            self._complain_of_no_winner(metric)
        self.best_index_ = self._select_best_index(self.refit, metric, self.cv_results_)
        if not callable(self.refit):
            means = self.cv_results_[f"mean_test_{metric}"]
            self.best_score_ = means[self.best_index_]
        self.best_params_ = self.cv_results_["params"][self.best_index_]

    def _complain_of_no_winner(self, metric):
        """Raise where nothing was learnt; grid and random search only warn.

        They have: of scores that are not finite, as scikit-learn does, whose results
        theirs are.
        """
        if not self._is_adaptive:
            return
        causes = Counter(str(trial.error).strip() for trial in self.trials_)
        summary = "\n".join(f"{n} candidates: {text}" for text, n in causes.items())
        raise ValueError(
            f"No candidate has a finite mean test {metric}, so that there is none to "
            f"choose. The first error of each candidate:\n{summary}"
        )

    def _has_winner(self, metric):
        """Whether a candidate that may win has a score on all of its folds."""
        may_win = candidates_that_may_win(
            self.trials_, failed_may_win=self._failed_may_win
        )
        means = self.cv_results_[f"mean_test_{metric}"]
        return bool(np.isfinite(means[may_win]).any())

    @property
    def _failed_may_win(self):
        """Whether `error_score` competes with scores, as it does in scikit-learn."""
        return not (self._is_adaptive or self.racing)

    def _refit_best(self, preparation, tree):
        """Fit the best parameters on all of the data."""
        if not self.refit:
            return
        # The parameters are cloned too: they may be estimators.
        estimator = clone(preparation.evaluation.settings.estimator).set_params(
            **clone(self.best_params_, safe=False)
        )
        self.best_estimator_ = estimator
        X, y = preparation.evaluation.X, preparation.evaluation.y
        targets = () if y is None else (y,)
        with tree.refit(estimator):
            start = time.monotonic()
            estimator.fit(X, *targets, **preparation.fit_params)
            self.refit_time_ = time.monotonic() - start
        if hasattr(estimator, "feature_names_in_"):
            self.feature_names_in_ = estimator.feature_names_in_

"""The base class of the three searches, with `fit` in six steps."""

from __future__ import annotations

import copy
import time
from abc import ABCMeta, abstractmethod
from contextlib import nullcontext, suppress
from numbers import Integral, Real
from os import PathLike

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skbayes._compat import (
    SEARCH_CONSTRAINTS,
    BaseSearchCV,
    Interval,
    StrOptions,
    fit_context,
    named_scorers,
)
from skbayes._deciding_metric import metric_that_decided
from skbayes._evaluation.cv_results import (
    adjusted_scores,
    is_multimetric,
    metrics_of,
    repeat_columns,
    resource_columns,
    tabulate,
    warn_of_scores_not_finite,
)
from skbayes._evaluation.fold.set_parameters import set_parameters
from skbayes._evaluation.trials_frame import column_order, trial_row, trials_frame
from skbayes._interrupts import interrupts_held
from skbayes._protocol import Status
from skbayes._selection_bias import why_unknown
from skbayes._user_warnings import warn_user
from skbayes.search._best_index import choose_winner, failed_may_win, may_stop
from skbayes.search._cloning import clone_search
from skbayes.search._equal_scores import warn_of_equal_scores
from skbayes.search._html_repr import with_outcome
from skbayes.search._missing_results import ExplainsMissingResults
from skbayes.search._optimism import NAME, corrected_score
from skbayes.search._settings_check import checked_first
from skbayes.search._sklearn_callbacks import CallbackTree
from skbayes.search._splits import state_with_splits

#: Fitted attributes, removed before each `fit` so that a failed fit leaves no stale
#: ones.
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
    "refit_metric_",
    "refit_time_",
    "feature_names_in_",
    "held_out_",
    "ensemble_",
    "fold_estimators_",
)


class Seconds(Interval):
    """A positive number of seconds; bools are rejected."""

    def __init__(self):
        super().__init__(Real, 0, None, closed="neither")

    def is_satisfied_by(self, val):
        """Whether a value is a positive number and not a bool."""
        # numbers.Real includes bool, and `time_budget=True` is a mistake, not a second.
        return not isinstance(val, bool) and super().is_satisfied_by(val)


class SearchCV(ExplainsMissingResults, BaseSearchCV, metaclass=ABCMeta):
    """Searches hyperparameters by cross-validation; base of the three searches.

    It inherits from scikit-learn's `BaseSearchCV`, because other code checks for it,
    and replaces `fit`: ours hands out single folds and can therefore adapt, stop and
    resume.
    Think twice before adding anything here that one of the three does not need.
    """

    _parameter_constraints: dict = {
        **SEARCH_CONSTRAINTS,
        "racing": ["boolean", StrOptions({"conservative", "safe"})],
        "time_budget": [Seconds(), None],
        "fit_timeout": [Seconds(), None],
        "journal": [str, PathLike, None],
        "callbacks": [list, tuple, None],
        "store_predictions": ["boolean", StrOptions({"probabilities"})],
        "keep_fold_estimators": [str, tuple, None],
        "share_fits": ["boolean", Interval(Integral, 1, None, closed="left")],
        "early_stopping_set": "no_validation",  # see stopping_set
        "n_repeats_finalists": [Interval(Integral, 0, None, closed="left")],
        "resource": [str, None],
        "min_resources": [
            StrOptions({"exhaust"}),
            Interval(Integral, 1, None, closed="left"),
        ],
        "factor": [Interval(Real, 1, None, closed="neither")],
    }

    #: Whether proposals depend on earlier scores.
    _is_adaptive = False
    #: Whether parameters that cannot be set end the search, as in scikit-learn.
    _raises_if_not_set = False

    @abstractmethod
    def _search_space(self):
        """The search space in the user's form."""

    @abstractmethod
    def _make_strategy(self, preparation):
        """The strategy that proposes this search's candidates."""

    @checked_first
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
        # Loaded by the first fit: they are two thirds of what a search imports.
        from skbayes.search._edge_warning import warn_at_edges
        from skbayes.search._preparation import prepare
        from skbayes.search._run import run_search

        if hasattr(self.refit, "check_search"):
            self.refit.check_search(self)
        preparation = prepare(self, X, y, params)
        strategy = self._make_strategy(preparation)
        # After the checks: a `fit` with wrong arguments leaves the earlier results.
        for name in _RESULTS:
            self.__dict__.pop(name, None)
        tree = CallbackTree(self, preparation)
        with tree.fit():
            trials, interruption = run_search(self, preparation, strategy, tree)
            # An interrupted search sets its results first and raises afterwards, so
            # that Ctrl-C does not lose them.
            interruption = self._set_results(preparation, trials, interruption)
            if interruption is not None:
                interruption.add_note(self._what_is_kept(strategy.n_candidates))
                raise interruption
            if preparation.keeper is not None:
                self.fold_estimators_ = preparation.keeper.finish(
                    self.trials_,
                    getattr(self, "best_index_", None),
                    preparation.evaluation,
                )
            self._refit_best(preparation, tree)
        warn_of_equal_scores(self)
        warn_at_edges(self)
        return self

    def __sklearn_clone__(self):
        return clone_search(self, BaseSearchCV.__sklearn_clone__)

    def __getstate__(self):
        return state_with_splits(self, super().__getstate__())

    def score(self, X, y=None, **params):
        """Score the best estimator by the metric that decided.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data to score on.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Target; None for unsupervised learning.

        **params : dict of str -> object
            Passed to the scorer, where metadata routing is enabled.

        Returns
        -------
        float
            By `scoring`, or by the estimator's own ``score`` without one. With several
            metrics by the one that `refit` names, also by the attribute ``metric`` of a
            rule, else by the only one that the rule has read.

        Raises
        ------
        ValueError
            If there are several metrics and none of them decides.
        """
        if not callable(self.refit) or not getattr(self, "multimetric_", False):
            return super().score(X, y, **params)
        metric = metric_that_decided(self)
        if metric is None:
            raise ValueError(
                f"This {type(self).__name__} has several scores, and the `refit` "
                f"parameter, {self.refit!r}, does not say which of them decides. Give "
                "it an attribute `metric`, the name of one of them."
            )
        # scikit-learn reads the metric's name from `refit`; a copy leaves ours
        # unchanged.
        named = copy.copy(self)
        named.refit = metric
        return super(SearchCV, named).score(X, y, **params)

    @property
    def optimism_corrected_score_(self):
        """Mean score on each fold of the candidate chosen on all other folds."""
        check_is_fitted(self, "cv_results_")
        reason = why_unknown(self, NAME)
        if reason is not None:
            warn_user(reason)
        return corrected_score(self)

    def to_frame(self):
        """All trials as a pandas DataFrame, one row each.

        Returns
        -------
        pandas.DataFrame of shape (n_trials, n_columns)
            ``trial`` (the row in ``cv_results_``), ``status`` (``"complete"``,
            ``"stopped"`` or ``"failed"``), ``param_<name>`` (NaN where the trial does
            not have the parameter, None where None is its value),
            ``split<k>_test_<metric>`` (NaN where a fold was not run or failed),
            ``mean_test_<metric>`` (NaN unless all folds have a score), the same for
            ``train`` where there are training scores,
            ``n_splits_evaluated``, ``mean_fit_time`` and ``mean_score_time`` in
            seconds, and ``error`` (why the trial failed: the traceback of its first
            fold without a score that decides; None if it did not).

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        check_is_fitted(self, "trials_")
        rows = [trial_row(trial) for trial in self.trials_]
        try:
            return trials_frame(rows, column_order(rows))
        except ImportError as error:
            raise ImportError(
                f"{type(self).__name__}.to_frame gives a data frame and needs pandas: "
                "install it, or read the attribute trials_, which does without."
            ) from error

    @property
    def _repr_html_(self):
        # Raises an AttributeError if scikit-learn is configured to show text.
        diagram = super()._repr_html_
        return lambda: with_outcome(self, diagram())

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if "text/html" in bundle:
            bundle["text/html"] = with_outcome(self, bundle["text/html"])
        return bundle

    def _set_results(self, preparation, trials, interruption):
        """Set all results; return the error that ended the search early, if any."""
        try:
            with interrupts_held():
                self._tabulate(preparation, trials, interruption)
            self._select(preparation, interruption)
        except (KeyboardInterrupt, SystemExit) as error:
            if interruption is not None or not hasattr(self, "cv_results_"):
                raise
            return error
        return interruption

    def _tabulate(self, preparation, trials, interruption):
        """Set `cv_results_` and the attributes derived with it."""
        if not trials:
            if interruption is not None:
                raise interruption
            raise ValueError(
                "No fits were performed. "
                "Was the CV iterator empty? "
                "Were there no candidates?"
            )
        self.trials_ = trials
        if preparation.held_out is not None:
            self.held_out_ = preparation.held_out
        self.n_splits_ = preparation.evaluation.n_splits
        self._test_share = preparation.evaluation.test_share
        # Names only, for reports; the data are not kept.
        self._metadata_names = preparation.metadata_names
        self.multimetric_ = is_multimetric(trials)
        self.scorer_ = named_scorers(preparation.scorers)
        self.cv_results_ = tabulate(
            trials,
            return_train_score=self.return_train_score,
            error_score=np.nan if self.error_score == "raise" else self.error_score,
            with_status=may_stop(self)
            or self.time_budget is not None
            or self.fit_timeout is not None,
            failed_may_win=failed_may_win(self),
        )
        if self.racing:
            for metric in metrics_of(trials):
                self.cv_results_[f"adjusted_test_{metric}"] = adjusted_scores(
                    trials, metric
                )
        if self.n_repeats_finalists:
            self.cv_results_ |= repeat_columns(trials)
        if self.resource is not None:
            self.cv_results_ |= resource_columns(
                trials, preparation.ladder, preparation.n_train
            )
        if interruption is None:
            self._warn_of_scores_missing(trials)

    def _warn_of_scores_missing(self, trials):
        """Warn of fits that failed, and of scores that are not finite."""
        from skbayes._evaluation.fold.fit_problems import report_failures

        report_failures(trials, self.error_score)
        warn_of_scores_not_finite(trials, self.cv_results_)

    def _select(self, preparation, interruption):
        """Set `best_index_` and the attributes derived with it, if there is a best."""
        # The interruption is the more informative error of the two.
        with suppress(Exception) if interruption is not None else nullcontext():
            choose_winner(
                self,
                preparation.evaluation,
                must_have_score=self._is_adaptive or interruption is not None,
            )

    def _what_is_kept(self, n_candidates):
        """A note about the results of an interrupted search, and how to continue it."""
        total = "" if n_candidates is None else f" of {n_candidates}"
        done = sum(trial.status is not Status.RUNNING for trial in self.trials_)
        text = f"{done}{total} trials are kept in `trials_` and `cv_results_`."
        if self.journal is not None:
            text += f" `fit` again continues them from the journal {self.journal!r}."
        if hasattr(self, "best_params_"):
            text += (
                " To stop here, fit `clone(search.estimator).set_params("
                "**search.best_params_)` on all data, with the same fit parameters."
            )
        return text

    def _estimator_to_refit(self, preparation):
        """The estimator with the best parameters, or the ensemble of `refit`."""
        if hasattr(self.refit, "make_estimator"):
            self.ensemble_ = self.refit.select(self)
            return self.refit.make_estimator(self, self.ensemble_)
        estimator = clone(preparation.evaluation.settings.estimator)
        return set_parameters(estimator, self.best_params_)

    def _refit_best(self, preparation, tree):
        """Fit the best parameters on all data."""
        if not self.refit:
            return
        estimator = self._estimator_to_refit(preparation)
        X, y = preparation.evaluation.X, preparation.evaluation.y
        targets = () if y is None else (y,)
        stopping = preparation.evaluation.settings.stopping
        if stopping is not None:
            from skbayes._evaluation.stopping.stopped_fit import StoppedFit

            n_samples = X.shape[0] if hasattr(X, "shape") else len(X)
            StoppedFit(estimator, stopping, np.arange(n_samples))
        with tree.refit(estimator):
            start = time.monotonic()
            estimator.fit(X, *targets, **preparation.fit_params)
            self.refit_time_ = time.monotonic() - start
        # Only now: a fit that is interrupted leaves no estimator that is not fitted.
        self.best_estimator_ = estimator
        if hasattr(estimator, "feature_names_in_"):
            self.feature_names_in_ = estimator.feature_names_in_

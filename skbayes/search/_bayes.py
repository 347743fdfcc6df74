"""Bayesian search: a Gaussian process decides what to try next."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skbayes._compat import Interval, StrOptions
from skbayes.search._base import SearchCV


class BayesSearchCV(SearchCV):
    """Learn from the scores so far where to look next, and keep the best.

    A Gaussian process models the score as a function of the parameters; each new
    candidate is where it expects the largest improvement. Methods such as
    ``predict`` are those of the best estimator.

    Parameters
    ----------
    estimator : estimator
        Cloned for every fold, never changed. It needs a ``score`` method, or
        `scoring` must be given.

    param_distributions : dict or list of dicts
        Names of parameters with what they may be: a list of choices, a scipy.stats
        distribution (its density is a prior), a dimension of :mod:`skbayes.space`,
        or a range ``(low, high, "uniform" | "log-uniform")``, of integers if both
        bounds are ``int``. Several dicts are one conditional space, modelled as one.

    n_iter : int, default=50
        How many candidates are tried, over all dicts together. A finite space that
        has no more is tried as a whole, in grid order. The more are left, the more a
        candidate has to promise: the search looks around first and refines at its end.

    scoring : str, callable, list, tuple or dict, default=None
        How a fitted model is scored on the held-out part of a fold; greater is
        better. A string or a callable for one score; a list or tuple of strings, a
        dict or a callable that gives a dict for several. None: the estimator's own
        ``score``.

    n_jobs : int or None, default=None
        Folds run at the same time, on joblib's active backend. None means 1 unless
        in a :func:`joblib.parallel_config` context, -1 all processors.

    refit : bool, str or callable, default=True
        Whether to fit the best parameters on all data. With several scores the name
        of the one that decides. A callable is given ``cv_results_`` and returns the
        index of the candidate to choose.

    cv : int, cross-validation splitter or iterable, default=None
        The folds, split once: every candidate sees the same ones. None: 5 folds. An
        integer: that many folds, stratified for classifiers. An iterable: pairs of
        train and test indices.

    verbose : int, default=0
        1 prints a summary, 2 also a line a candidate, 3 also a line a fold; always
        from the parent process.

    pre_dispatch : int or str, default="2*n_jobs"
        Batches of folds handed to the workers ahead of time; fewer save memory. An
        adaptive search keeps to one more than there are workers.

    random_state : int, RandomState instance or None, default=None
        Seed of the search. An int gives the same candidates and the same result on
        every run with the same `n_jobs`.

    error_score : "raise" or numeric, default=np.nan
        Score of a fold whose fit fails; failures are warned about once, grouped by
        cause. With ``"raise"`` the first failure ends the search.

    return_train_score : bool, default=False
        Whether ``cv_results_`` holds scores on the training parts too.

    initial_params : list of dict, default=None
        Candidates to try first. The estimator's own values come before them where
        they lie in the space, so that a search never ends worse than it began.

    n_initial_points : int or "auto", default="auto"
        Candidates tried before the first model is fitted. ``"auto"``: one more than
        there are parameters, between 5 and 12.

    prior_results : fitted search, dict or DataFrame, default=None
        Results of an earlier search: the search, its ``cv_results_``, or a DataFrame
        of them. The surrogate learns from them; they do not count in `n_iter` and
        are never chosen.

    cost_aware : bool or "auto", default="auto"
        Whether to weigh the expected gain of a candidate by its predicted fit time,
        less and less as the `time_budget` runs out. ``"auto"``: whenever there is a
        budget. What is proposed then depends on the clock.

    racing : bool or "conservative", default=False
        Whether to stop a candidate between folds once it is unlikely to win: to beat
        the best so far by a twentieth of the spread of the scores, with a chance of
        less than 20 % (``"conservative"``: 5 %) by what both scored on the same folds.
        The likeliest three that were stopped are run to the end when the search ends.
        The winner always has all folds.

    time_budget : float, default=None
        Seconds after which no new fit starts. What is running ends, and the best
        candidate with all its folds is chosen; the first one is always finished.

    fit_timeout : float, default=None
        Seconds one fit-and-score may take; past it the candidate fails as
        `error_score` says, and is not tried on other folds. Needs worker processes to
        stop a fit that does not react, and starts one if `n_jobs` is 1; on other
        backends such a fit is waited for.

    journal : str or path, default=None
        SQLite file to which every finished fold is written at once. The same search
        run again continues from it, also with a larger number of candidates; other
        data, folds, seeds or spaces never meet its results. Several searches and
        processes may share a file. A leading ``~`` is the home folder.

    callbacks : list of callable, default=None
        Each is given a :class:`~skbayes.callbacks.SearchProgress` after every
        candidate; one that returns True ends the search.

    store_predictions : bool, default=False
        Whether ``trials_`` keep the out-of-fold predictions of every candidate, for
        :func:`skbayes.inspection.bias_corrected_score`. They take the memory of
        `n_candidates` times the predictions for all data.

    Attributes
    ----------
    cv_results_ : dict of str to array of shape (n_candidates,)
        As scikit-learn's: parameters, scores of every fold, means, ranks and times
        in seconds. With `racing`, `time_budget` or `fit_timeout`, and where a candidate
        ended its worker, also ``status`` (complete, stopped or failed),
        ``n_splits_evaluated`` and, if there was any, ``error``; a candidate that was
        stopped has NaN in the folds it did not run and in every mean, and ranks
        behind every complete one. With `racing` also ``adjusted_test_score``: the mean
        with the difficulty of the folds that were run taken out.

    trials_ : list of Trial
        Every candidate as a record: parameters, folds with scores, times and errors,
        and status; in the order of ``cv_results_``. ``to_frame()`` gives them as a
        pandas DataFrame.

    held_out_ : HeldOut
        What the kept predictions are compared with: a copy of the targets, and the
        samples held out in each fold. Only available with `store_predictions`.

    best_estimator_ : estimator
        Fitted on all data with the best parameters. Not available if
        ``refit=False``.

    best_score_ : float
        Mean score of the best candidate over all folds. Not available if `refit` is
        a callable, nor with several scores and ``refit=False``.

    optimism_corrected_score_ : float
        What the choice is worth: the mean over the folds of the score, on each, of
        what is chosen on all the others. ``best_score_`` is too good by the luck it
        was chosen for; this is not. NaN with a single fold or no complete candidate;
        only available if one score decides.

    best_params_ : dict
        The parameters that gave it.

    best_index_ : int
        The row of it in ``cv_results_``.

    scorer_ : callable or dict
        The scorer, or a dict of scorers.

    n_splits_ : int
        Folds of a complete candidate.

    refit_time_ : float
        Seconds of the refit. Not available if ``refit=False``.

    multimetric_ : bool
        Whether there are several scores.

    classes_ : ndarray of shape (n_classes,)
        Class labels; only available if the refitted estimator is a classifier.

    n_features_in_ : int
        Number of features; only available if the refitted estimator tells.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features; only available if `X` has names that are all strings
        and the refitted estimator tells.

    optimizer_ : Optimizer
        The engine with all it was told: its surrogate, and what it would try next.

    See Also
    --------
    GridSearchCV : Tries every combination.
    RandomSearchCV : Draws candidates at random.
    skbayes.Optimizer : The engine, for loops of one's own.

    Notes
    -----
    The score that is maximised is the one `refit` names. If it names none of several,
    it is the first.

    Examples
    --------
    >>> from scipy.stats import loguniform
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import BayesSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> search = BayesSearchCV(
    ...     SVC(),
    ...     {"C": loguniform(1e-2, 1e3), "gamma": loguniform(1e-4, 1e1)},
    ...     n_iter=12,
    ...     random_state=0,
    ... )
    >>> bool(search.fit(X, y).best_score_ > 0.95)
    True
    """

    _parameter_constraints: dict = {
        **SearchCV._parameter_constraints,
        "param_distributions": [dict, list],
        "n_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "initial_params": [list, tuple, None],
        "n_initial_points": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "prior_results": "no_validation",
        "cost_aware": ["boolean", StrOptions({"auto"})],
    }

    _is_adaptive = True

    def __init__(
        self,
        estimator,
        param_distributions,
        *,
        n_iter=50,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        pre_dispatch="2*n_jobs",
        random_state=None,
        error_score=np.nan,
        return_train_score=False,
        initial_params=None,
        n_initial_points="auto",
        prior_results=None,
        cost_aware="auto",
        racing=False,
        time_budget=None,
        fit_timeout=None,
        journal=None,
        callbacks=None,
        store_predictions=False,
    ):
        super().__init__(
            estimator=estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.random_state = random_state
        self.initial_params = initial_params
        self.n_initial_points = n_initial_points
        self.prior_results = prior_results
        self.cost_aware = cost_aware
        self.racing = racing
        self.time_budget = time_budget
        self.fit_timeout = fit_timeout
        self.journal = journal
        self.callbacks = callbacks
        self.store_predictions = store_predictions

    def _search_space(self):
        return self.param_distributions

    def _make_strategy(self, preparation):
        """The engine over the parsed space, which becomes `optimizer_`."""
        # Loaded by those who search with it: half of the package is the engine.
        from skbayes.search._bayes_engine import make_strategy

        strategy = make_strategy(self, preparation)
        self.optimizer_ = strategy.optimizer
        return strategy

"""Grid search: every combination of the given choices."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import ParameterGrid

from skbayes._strategies.fixed import FixedCandidates
from skbayes.search._base import SearchCV
from skbayes.search._other_libraries import explain_unknown_keywords
from skbayes.search._params import check_params
from skbayes.space._grids import check_param_grid


class GridSearchCV(SearchCV):
    """Try every combination of the given choices, and keep the best.

    Takes the parameters of scikit-learn's ``GridSearchCV`` and gives exactly its
    results. The search can also have a budget, be watched and be stopped. Methods such
    as ``predict`` are those of the best estimator.

    Parameters
    ----------
    estimator : estimator
        Cloned for every fold, never changed. It needs a ``score`` method, or
        `scoring` must be given.

    param_grid : dict or list of dicts
        Names of parameters with lists of choices; of several dicts each spans a grid
        of its own.

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
        of the deciding one. A callable takes ``cv_results_`` of the complete
        candidates and returns the index of the one to choose; its attribute
        ``metric`` names the deciding score.

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

    error_score : "raise" or numeric, default=np.nan
        Score of a fold whose fit fails; failures are warned about once, grouped by
        cause. With ``"raise"`` the first failure ends the search.

    return_train_score : bool, default=False
        Whether ``cv_results_`` holds scores on the training parts too.

    racing : bool or {"conservative", "safe"}, default=False
        Whether to stop a candidate between folds once it is unlikely to win: its chance
        to beat the best one by a twentieth of the spread of the scores is below 5 %
        (``"conservative"``: 2 %), given the scores of both on the same folds and of all
        candidates. At the end the likeliest three stopped candidates run all their
        folds; the winner always has all folds. ``"safe"`` stops a
        candidate only when it could not win with perfect scores on its missing folds;
        it needs a metric whose best value is known.

    time_budget : float, default=None
        Seconds after which no new fit starts. Running fits are finished, and the best
        candidate with all its folds is chosen; the first one is always finished.

    fit_timeout : float, default=None
        Seconds one fit-and-score may take; past it the candidate fails as
        `error_score` says, and is not tried on other folds. A worker process stops a
        fit that does not react; other backends wait for it.

    journal : str or path, default=None
        SQLite file to which every finished fold is written at once. The same search
        run again continues from it, also with a larger number of candidates or
        another space; folds that failed are tried again. Other data, folds, parameters
        or code never meet its results. Several searches and processes may share a file.

    callbacks : list of callable, default=None
        Each is called with a :class:`~skbayes.callbacks.SearchProgress` after every
        candidate; one that returns True ends the search.

    store_predictions : bool or "probabilities", default=False
        Whether ``trials_`` keep the out-of-fold predictions of every candidate, for
        :func:`skbayes.inspection.bias_corrected_score`. Needs memory for
        `n_candidates` sets of predictions on all samples. ``"probabilities"`` keeps
        those of classifiers too, for :class:`skbayes.ensemble.GreedyEnsemble`.

    keep_fold_estimators : {"best", "all"}, tuple or None, default=None
        Which fitted estimators of the folds to keep, those of the best candidate or of
        all, as ``return_estimator`` of :func:`sklearn.model_selection.cross_validate`.
        A tuple of one of these and a folder, as in
        ``("all", "models")``, keeps them there, in files of joblib.

    share_fits : bool or int, default=True
        Whether candidates share equal work: transformers at the head of a
        pipeline with equal parameters are fitted once a fold and process, and grid and
        random search cut the models of smaller ensembles out of the largest. A Bayesian
        search does not model the number of trees of boosting: it looks at all of them
        along one fit a fold, and takes the best by the mean over the folds. Scores are
        equal to the last bit; times are those really spent, mostly by the candidate
        that came first. An int: bytes that each process may keep for it; True
        is a gibibyte. Work that draws random numbers without a seed is not shared.

    early_stopping_set : float, splitter or None, default=None
        Share of each fold's training part, as in 0.1, or a splitter for it, by which
        boosting (hist gradient, XGBoost, LightGBM, CatBoost) stops, in a pipeline and
        the refit too. Classes keep their shares, groups stay whole, and where test
        parts come later it is the last part. Patience: the estimator's own, or 20.

    n_repeats_finalists : int, default=0
        How often the cross-validation is repeated, in other folds of the same kind, for
        up to five candidates that may still be the best at the end: the best mean over
        all folds wins. A fifth of a `time_budget` is kept for it.

    resource : {"n_samples"} or None, default=None
        ``"n_samples"``: a candidate begins on a part of the training samples of one
        fold, scored on all test samples, and is given all if its learning curve can
        still reach the best. Parts are nested, the same for all, and have every class,
        whole groups, or the latest of a series. Off below 1,000 samples.

    min_resources : int or "exhaust", default="exhaust"
        Training samples of the smallest part; ``"exhaust"``: up to three steps of
        `factor` below all.

    factor : int or float, default=3
        How many times as many samples the next part has.

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
        With `n_repeats_finalists` also ``n_repeats``, ``mean_repeated_test_score`` and
        ``std_repeated_test_score``: over all folds of the finalists, NaN for others.
        With `resource` also ``n_resources``, the most training samples it was tried
        on, and ``iter``, which step that is.
        With `early_stopping_set` also ``split<k>_n_rounds`` and ``mean_n_rounds``.

    trials_ : list of Trial
        Every candidate as a record: parameters, folds with scores, times and errors,
        and status; in the order of ``cv_results_``. ``to_frame()`` gives them as a
        pandas DataFrame.

    held_out_ : HeldOut
        The targets of the kept predictions: a copy of ``y``, and the samples held
        out in each fold. Only available with `store_predictions`.

    fold_estimators_ : dict of int to list of estimators
        The estimators that the folds have fitted, by row of ``cv_results_``, one a
        fold; None for a fold of another candidate than the best that was not fitted
        here: not run, failed, or found in the journal. A mapping that reads files
        where they are in a folder. Only available with `keep_fold_estimators`.

    ensemble_ : EnsembleSelection
        Candidates and weights of the ensemble, and its expected score. Only available
        if `refit` is a :class:`~skbayes.ensemble.GreedyEnsemble`.

    best_estimator_ : estimator
        Fitted on all data with the best parameters. Not available if
        ``refit=False``.

    best_score_ : float
        Mean score of the best candidate over all folds, those of its repeats too. Not
        available if `refit` is a callable, nor with several scores and
        ``refit=False``.

    optimism_corrected_score_ : float
        The score of the choice without optimism: the mean over the folds of the score,
        on each fold, of the candidate chosen on all others. ``best_score_`` includes
        the luck it was chosen for; this score does not. NaN with a single fold, with no
        complete candidate, or where racing has stopped some: those it completed did
        well on the folds held out, too, and a warning says so. Only available if one
        score decides.

    best_params_ : dict
        Parameters of the best candidate.

    best_index_ : int
        Row of the best candidate in ``cv_results_``.

    scorer_ : callable or dict
        The scorer, or a dict of scorers.

    n_splits_ : int
        Folds of a complete candidate.

    refit_metric_ : str
        Name of the deciding score, ``"score"`` if there is only one. Not available if
        there are several scores and none of them decides.

    refit_time_ : float
        Seconds of the refit. Not available if ``refit=False``.

    multimetric_ : bool
        Whether there are several scores.

    classes_ : ndarray of shape (n_classes,)
        Class labels; only available if the refitted estimator is a classifier.

    n_features_in_ : int
        Number of features; only available if the refitted estimator exposes it.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features; only available if `X` has names that are all strings
        and the refitted estimator exposes them.

    See Also
    --------
    RandomSearchCV : Draws candidates at random.
    BayesSearchCV : Learns from the scores where to look.

    Notes
    -----
    A candidate that stands twice in the grid is fitted once, and its results are
    shown in both rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [1, 10], "kernel": ["linear", "rbf"]})
    >>> search.fit(X, y).best_params_
    {'C': 1, 'kernel': 'linear'}
    """

    _parameter_constraints: dict = {
        **SearchCV._parameter_constraints,
        "param_grid": [dict, list],
    }

    _raises_if_not_set = True

    @explain_unknown_keywords
    def __init__(
        self,
        estimator,
        param_grid,
        *,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        pre_dispatch="2*n_jobs",
        error_score=np.nan,
        return_train_score=False,
        racing=False,
        time_budget=None,
        fit_timeout=None,
        journal=None,
        callbacks=None,
        store_predictions=False,
        keep_fold_estimators=None,
        share_fits=True,
        early_stopping_set=None,
        n_repeats_finalists=0,
        resource=None,
        min_resources="exhaust",
        factor=3,
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
        self.param_grid = param_grid
        self.racing = racing
        self.time_budget = time_budget
        self.fit_timeout = fit_timeout
        self.journal = journal
        self.callbacks = callbacks
        self.store_predictions = store_predictions
        self.keep_fold_estimators = keep_fold_estimators
        self.share_fits = share_fits
        self.early_stopping_set = early_stopping_set
        self.n_repeats_finalists = n_repeats_finalists
        self.resource = resource
        self.min_resources = min_resources
        self.factor = factor

    def _search_space(self):
        return self.param_grid

    def _make_strategy(self, preparation):
        # ParameterGrid itself, so that the order of candidates is scikit-learn's.
        spec = check_param_grid(self.param_grid, owner=type(self).__name__)
        grid = ParameterGrid(spec)
        check_params(self, grid.param_grid, "param_grid")
        return FixedCandidates(grid, len(grid))

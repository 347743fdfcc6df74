"""Run a search: wire executor, journal, observers and race to the loop."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext, suppress

from sklearn.model_selection import TimeSeriesSplit

from skbayes._best_possible_score import best_possible_score
from skbayes._compat import named_scorers
from skbayes._evaluation.cv_results import is_multimetric
from skbayes._evaluation.execution.open_executor import open_executor
from skbayes._evaluation.fidelity.ladder_race import LadderRace
from skbayes._evaluation.fold.fit_problems import FitWarnings
from skbayes._evaluation.loop.claiming_executor import claiming
from skbayes._evaluation.loop.concurrency import Concurrency
from skbayes._evaluation.loop.final_rounds import FinalRounds, FinalSettings
from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.loop.sharing_order import in_sharing_order
from skbayes._evaluation.loop.verbose import Printer
from skbayes._evaluation.racing.paired_race import ALPHA, CAREFUL_ALPHA, PairedRace
from skbayes._evaluation.racing.safe_race import SafeRace
from skbayes.search._best_index import RefitCheck
from skbayes.search._continuation import open_journal
from skbayes.search._early_failures import EarlyFailures, n_first_candidates
from skbayes.search._repeats import candidates_budget
from skbayes.search._searched_paths import searched_paths
from skbayes.search._user_callbacks import CallbackObserver, check_callbacks


def run_search(search, preparation, strategy, tree):
    """Evaluate all candidates of a search.

    Parameters
    ----------
    search : SearchCV
        The search being fitted.
    preparation : Preparation
        The checked input of its `fit`.
    strategy : Strategy
        Proposes candidates.
    tree : CallbackTree
        Callbacks of scikit-learn.

    Returns
    -------
    trials : list of Trial
        In the order they were proposed.
    interruption : BaseException or None
        The error that ended the search early.
    """
    evaluation = preparation.evaluation
    race = make_race(search, preparation)
    warnings_of_fits = FitWarnings()
    callbacks, observers = _observers(search, preparation, strategy)
    ended = _Ended()
    with (
        ended.before_its_surroundings(),
        tree.search(strategy.n_candidates),
        open_journal(search, preparation, strategy) as earlier,
        # With a journal folds are not batched: each is written as soon as it ends.
        open_executor(
            earlier.told_to_workers(evaluation),
            search.n_jobs,
            may_batch=earlier.store is None,
            is_new=warnings_of_fits.is_new,
        ) as executor,
    ):
        _announce(search, evaluation, strategy, earlier)
        observers = [warnings_of_fits, *observers]
        loop, finals = _loops(
            search, preparation, strategy, race, tree, executor, earlier, observers
        )
        try:
            _run_to_the_end(search, loop, finals, ended)
        finally:
            ended.note(callbacks.close())
            _release_shared_work(evaluation)
    _report(warnings_of_fits, ended.trials, ended.interruption)
    return ended.trials, ended.interruption


class _Ended:
    """What a search has come to, whatever happens between its end and its results."""

    def __init__(self):
        self.trials = []
        self.interruption = None

    def note(self, error):
        """Note an error, unless there is an earlier one."""
        self.interruption = self.interruption or error

    @contextmanager
    def before_its_surroundings(self):
        """Keep the trials if Ctrl-C or an error comes while workers and files close."""
        try:
            yield
        except BaseException as error:
            if not self.trials:
                raise
            self.note(error)


def _loops(search, preparation, strategy, race, tree, executor, earlier, observers):
    """The loop over the candidates, and the one over the finalists' repeats."""
    evaluation = preparation.evaluation
    settings = loop_settings(search, preparation, executor, tree)
    sharing = claiming(executor, earlier.store)
    ordered, settings = in_sharing_order(sharing, settings, evaluation)
    context = tree.fold if tree.is_active else None
    common = {"observers": observers, "context": context, "store": earlier.store}
    loop = SearchLoop(
        strategy,
        ordered,
        settings,
        replay=earlier.replay,
        n_recorded=earlier.n_recorded,
        race=race,
        sequence=earlier.sequence,
        path_of=searched_paths(strategy)[0],
        **common,
    )
    final_settings = _final_settings(search, evaluation, strategy)
    return loop, FinalRounds(sharing, final_settings, **common)


def _release_shared_work(evaluation):
    # Also after an error: the store holds fitted models of this search in memory.
    if evaluation.sharing is not None:
        evaluation.sharing.release()


def _final_settings(search, evaluation, strategy):
    """Settings of the finalists' repeats."""
    return FinalSettings(
        search.n_repeats_finalists,
        strategy.n_candidates,
        began=time.monotonic(),
        time_budget=search.time_budget,
        test_share=evaluation.test_share,
    )


def _run_to_the_end(search, loop, finals, ended):
    """Run the candidates, then the finalists' repeats unless a run is interrupted."""
    try:
        loop.run()
    finally:
        # Here, because Ctrl-C may come when the loop has ended and not returned yet.
        ended.trials = loop.trials
        ended.note(loop.interruption)
    if ended.interruption is None and _has_finalists(search, ended.trials):
        ended.trials = finals.run(ended.trials)
        ended.note(finals.interruption)


def _has_finalists(search, trials):
    """Whether the search repeats finalists and a mean decides the winner."""
    is_several = is_multimetric(trials)
    return search.n_repeats_finalists > 0 and (search.refit or not is_several)


def _report(warnings_of_fits, trials, interruption):
    """Report the warnings of fits, also after an interruption."""
    # If warnings are errors, they must not replace the interruption.
    with suppress(Warning) if interruption is not None else nullcontext():
        warnings_of_fits.report(trials)


def _announce(search, evaluation, strategy, earlier):
    """Print the number of fits, and how many of them are in the journal."""
    if search.verbose > 0:
        Printer(search.verbose, evaluation.n_splits).announce(
            strategy.n_candidates, earlier.n_folds_found, earlier.summary
        )


def _observers(search, preparation, strategy):
    """The user's callbacks, and all observers in the order they are notified.

    Checks come first: an error they raise must not be preceded by the user's output.
    """
    evaluation = preparation.evaluation
    owner = type(search).__name__
    callbacks = CallbackObserver(check_callbacks(search.callbacks, owner), owner)
    observers = list(_checks(search, evaluation, strategy))
    if search.callbacks:
        observers.append(callbacks)
    if search.verbose > 1:
        observers.append(
            Printer(search.verbose, evaluation.n_splits, preparation.ladder)
        )
    if preparation.keeper is not None:
        observers.append(preparation.keeper)
    return callbacks, observers


def _checks(search, evaluation, strategy):
    """Observers that raise or warn if the search cannot succeed."""
    if callable(search.scoring):
        yield RefitCheck(search)
    n_first = n_first_candidates(
        getattr(strategy, "n_initial", 0), strategy.n_candidates
    )
    if n_first:
        yield EarlyFailures(
            type(search).__name__,
            evaluation,
            n_first,
            getattr(strategy, "is_untuned", lambda params: False),
        )


def make_race(search, preparation):
    """The rule that stops losing candidates; None if nothing stops them."""
    race = _fold_race(search, preparation)
    ladder = preparation.ladder
    return race if ladder is None else LadderRace(ladder, race)


def _fold_race(search, preparation):
    """The rule that stops candidates between folds; None without racing."""
    if not search.racing:
        return None
    n_splits = preparation.evaluation.n_splits
    if search.racing == "safe":
        return SafeRace(n_splits, _best_possible(search, preparation))
    # The early folds of a time series train on less data and predict the rest worse.
    is_series = isinstance(search.cv, TimeSeriesSplit)
    is_careful = is_series or search.racing == "conservative"
    return PairedRace(
        n_splits,
        alpha=CAREFUL_ALPHA if is_careful else ALPHA,
        runs_backwards=is_series,
    )


def _best_possible(search, preparation):
    """The score of a perfect model by the deciding metric."""
    scorers = named_scorers(preparation.scorers)
    scorer = scorers.get(preparation.metric) if isinstance(scorers, dict) else scorers
    best = best_possible_score(scorer, search.estimator)
    if best is None:
        raise ValueError(
            f"The `racing` parameter of {type(search).__name__} can be 'safe' only "
            "where it is known how good a perfect model scores, as with the metrics of "
            f"scikit-learn that have a best value. It is not known of {scorer!r}. "
            "Write racing=True or racing='conservative'."
        )
    return best


def loop_settings(search, preparation, executor, tree):
    """The settings of the loop: how much runs at once, and whether order matters."""
    n_splits = preparation.evaluation.n_splits
    # Without a seed nothing is repeatable, so the strategy gets results as they arrive.
    is_seeded = getattr(search, "random_state", None) is not None
    ladder = preparation.ladder
    is_raced = bool(search.racing) or ladder is not None
    is_adaptive = search._is_adaptive or is_raced
    concurrency = Concurrency(
        search.pre_dispatch,
        # A race runs one fold of a candidate at a time.
        n_splits=1 if is_raced else n_splits,
        is_adaptive=is_adaptive,
        in_order=is_raced or is_seeded,
        is_far=executor.is_far,
    )
    n_workers = executor.n_workers
    return LoopSettings(
        n_splits=n_splits,
        metric=preparation.metric,
        test_share=preparation.evaluation.test_share,
        lag=concurrency.candidates(n_workers) if is_adaptive else None,
        in_order=concurrency.in_order,
        max_batches=concurrency.batches(n_workers),
        concurrency=concurrency,
        time_budget=candidates_budget(search),
        # scikit-learn's callbacks are guaranteed every fold of every candidate.
        reuse_duplicates=not tree.is_active,
        rungs=range(0) if ladder is None else ladder.numbers,
        estimates_improvement=any(
            getattr(callback, "needs_expected_improvement", False)
            for callback in search.callbacks or ()
        ),
    )

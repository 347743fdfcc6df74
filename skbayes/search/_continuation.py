"""Find the earlier run in a journal that a search continues."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from numbers import Integral
from typing import Any

from skbayes._evaluation.loop.path_store import PathStore
from skbayes._protocol import Params
from skbayes._short_text import as_text
from skbayes._user_warnings import warn_user
from skbayes._values import dicts_of
from skbayes.exceptions import JournalNotContinuedWarning
from skbayes.search._early_stopping import identity_of
from skbayes.search._searched_paths import searched_paths

#: Least share of new candidates if the space has changed.
_NEW_SHARE = 0.25
#: Candidates, at most, that are looked up only to print how many have results.
_MAX_COUNTED = 20_000


@dataclass(frozen=True)
class Continuation:
    """The results of earlier runs that a search continues.

    Parameters
    ----------
    store : SearchJournal or None
        Writes its folds, and finds those of earlier runs.
    replay : sequence of dict
        Candidates of earlier runs that come first.
    n_recorded : int
        Number of candidates that an earlier run has begun, if they are proposed anew.
    sequence : object or None
        The candidates by their numbers, where other drivers of the search would begin
        others than this one.
    n_folds_found : int
        Number of folds with recorded results.
    summary : str
        A line for people.
    known_code : KnownCode or None
        The user's code by which the journal knows the folds.
    """

    store: Any = None
    replay: Sequence[Params] = ()
    n_recorded: int = 0
    sequence: Any = None
    n_folds_found: int = 0
    summary: str = ""
    known_code: Any = None

    def told_to_workers(self, evaluation):
        """The evaluation with the code that workers compare with their own."""
        settings = replace(evaluation.settings, known_code=self.known_code)
        return replace(evaluation, settings=settings)


@contextmanager
def open_journal(search, preparation, strategy):
    """Open the journal of a search and find the run that it continues.

    Parameters
    ----------
    search : SearchCV
        The search with its parameters.
    preparation : Preparation
        The checked arguments of `fit`.
    strategy : Strategy
        Proposes the search's candidates.

    Yields
    ------
    Continuation
        Empty if the search has no journal.

    Raises
    ------
    JournalError
        If the file is no journal, damaged, or cannot be written.
    TypeError
        If a part of the search has no comparable content.
    """
    if search.journal is None:
        yield Continuation()
        return
    # Imported here, so that searches without a journal do not load SQLite.
    from skbayes._journal.content.content_digest import ContentHasher
    from skbayes._journal.journal_file import Journal
    from skbayes._journal.params_codec import ParamsCodec

    with Journal.open(search.journal) as journal:
        # One reader for identity and codec: it remembers digests of data and classes.
        reader = ContentHasher()
        path_of, paths = searched_paths(strategy)
        identity = _identity(search, preparation, paths, reader)
        store = journal.search(
            identity,
            description={
                "search": type(search).__name__,
                "estimator": as_text(search.estimator),
                "scoring": str(search.scoring),
            },
            metrics=[] if preparation.metric is None else [preparation.metric],
            codec=ParamsCodec(_choices(search, strategy), _own_values(search), reader),
            n_candidates=strategy.n_candidates,
            needs=_needs(search, preparation),
        )
        differences = _differences(journal, store, identity)
        _warn_of_the_only_difference(journal.file, differences, preparation)
        replay, n_recorded = _recorded(search, strategy, store)
        summary = _summary(journal.file, store, differences, replay, strategy)
        n_found = 0
        folds = PathStore(store, path_of)
        if search.verbose > 0:
            n_splits = preparation.evaluation.n_splits
            n_found = _n_folds_found(folds, n_splits, strategy, replay)
        sequence = None
        if _shares_candidates(search, strategy):
            sequence = _Sequence(store, getattr(strategy, "proposed", dict))
        code = _known_code(search, strategy, preparation, reader)
        yield Continuation(folds, replay, n_recorded, sequence, n_found, summary, code)


def _known_code(search, strategy, preparation, reader):
    """The user's code as this process has it."""
    from skbayes._journal.content.known_code import KnownCode

    settings = preparation.evaluation.settings
    choices = chain.from_iterable(_choices(search, strategy).values())
    return KnownCode.of(settings.estimator, settings.scorer, choices, reader)


def _differences(journal, store, identity):
    """How a new search differs from each other one in the journal."""
    from skbayes._journal.known_searches import difference

    # A search found again needs no comparison with others, which reads all of them.
    if not store.is_new:
        return []
    others = (s for s in journal.known_searches() if s.number != store.number)
    return [difference(identity, one) for one in others]


def _identity(search, preparation, paths, reader):
    """The identity of the search and its folds."""
    from skbayes._journal.identity import Evaluated, identify

    # Everything that decides a fold's score, and the search's own sequence apart from
    # it: two searches with the same first part share folds.
    evaluation = preparation.evaluation
    seed = getattr(search, "random_state", None)
    return identify(
        Evaluated(
            estimator=search.estimator,
            scoring=search.scoring,
            X=evaluation.X,
            y=evaluation.y,
            splits=evaluation.splits,
            fit_params={
                **evaluation.settings.fit_params,
                **identity_of(evaluation.settings.stopping),
            },
            score_params=evaluation.settings.score_params,
            further_splits=evaluation.further,
        ),
        {
            "search": type(search).__name__,
            "space": search._search_space(),
            "seed": int(seed) if isinstance(seed, Integral) else seed,
            "initial parameters": getattr(search, "initial_params", None),
            "untuned estimator": getattr(search, "include_current", None),
            # Without any, a search is known as before there were paths.
            **({"paths": paths} if paths else {}),
        },
        reader,
    )


def _needs(search, preparation):
    """The parts of a recorded fold that the search needs."""
    from skbayes._journal.fold_rows import FoldNeeds

    settings = preparation.evaluation.settings
    return FoldNeeds(
        metric=preparation.metric,
        train_scores=search.return_train_score,
        predictions=settings.kept_scorer is not None,
        probabilities=settings.keep_probabilities,
    )


def _recorded(search, strategy, store) -> tuple[Sequence[Params], int]:
    """The candidates that an earlier run has begun, or their number.

    A number suffices for a grid or a seeded sample, which propose the same candidates
    again in the same order. Others are replayed.
    """
    if not _shares_candidates(search, strategy):
        return (), store.n_begun()
    trials = store.trials()
    is_adaptive = getattr(strategy, "is_adaptive", False)
    if is_adaptive and not trials:
        taken = _taken_over(search, strategy, store)
        if taken:
            store.begin(taken)
        return taken, 0
    if not is_adaptive:
        return [trial.params for trial in trials], 0
    return store.proposals(strategy.proposed), 0


def _shares_candidates(search, strategy) -> bool:
    """Whether candidates depend on facts outside the identity of the search.

    They depend on numbers drawn without a seed, and on scores: these arrive in an order
    that depends on the number of workers, and their last bits depend on the machine.
    """
    is_drawn = getattr(search, "random_state", 0) is None and not search._is_adaptive
    return is_drawn or getattr(strategy, "is_adaptive", False)


class _Sequence:
    """The candidates of a search by number, equal for all of its drivers."""

    def __init__(self, store, as_proposed):
        self._store = store
        self._as_proposed = as_proposed

    def begun(self, trial: int) -> Params | None:
        """The candidate that another driver has begun under a number, if any."""
        return self._store.begun(trial, self._as_proposed)

    def agree(self, trial: int, params: Params) -> Params:
        """Begin a candidate; return it, or the one that a faster driver has begun."""
        return self._store.agree(trial, params, self._as_proposed)


def _taken_over(search, strategy, store) -> list[Params]:
    """Candidates of searches on other spaces, with which a search begins.

    They count in `n_iter`, so that a search on a wider space with a larger `n_iter`
    costs only the new candidates. If they leave too little room for new ones, the best
    stay.
    """
    found: dict[int, Params] = {}
    own = _own_values(search)
    # Stopped trials stay out: their scores cannot be compared over spaces.
    trials = store.complete_trials_of_other_spaces()
    # A parameter that one of the spaces does not have is at the estimator's own value.
    for trial in trials:
        for params in _in_space(search, own | trial.params):
            if store.is_the_same(params, trial.params) and strategy.accepts(params):
                found.setdefault(trial.index, params)
    n_iter = strategy.n_candidates
    n_new = max(n_iter - len(found), math.ceil(_NEW_SHARE * n_iter))
    candidates = [trial for trial in trials if trial.index in found]
    best = sorted(candidates, key=store.mean_score, reverse=True)
    kept = sorted(trial.index for trial in best[: max(0, n_iter - n_new)])
    return [found[index] for index in kept]


def _in_space(search, values: Params) -> Iterator[Params]:
    """The values of each dict's names, for the dicts whose names all have values."""
    for names in dicts_of(search._search_space()):
        if all(name in values for name in names):
            yield {name: values[name] for name in names}


def _choices(search, strategy) -> dict[str, list[Any]]:
    """Objects among the values of candidates: choices, and the untuned estimator's."""
    from skbayes._journal.params_codec import choices_of

    # The untuned estimator may have a value that is no choice of the space.
    choices = choices_of(search._search_space())
    for name, value in (getattr(strategy, "untuned", None) or {}).items():
        choices.setdefault(name, []).append(value)
    return choices


def _own_values(search) -> dict[str, Any]:
    """The estimator's own parameters by name."""
    if not hasattr(search.estimator, "get_params"):
        return {}
    return search.estimator.get_params(deep=True)


def _n_folds_found(store, n_splits, strategy, replay) -> int:
    """Number of folds in the journal, of the candidates known so far."""
    candidates = list(replay)[: strategy.n_candidates]
    is_adaptive = getattr(strategy, "is_adaptive", False)
    n_candidates = strategy.n_candidates
    if not is_adaptive and not candidates and n_candidates is not None:
        # A grid proposes without changing its state, so asking here skips nothing.
        candidates = strategy.ask(min(n_candidates, _MAX_COUNTED))
    return sum(k < n_splits for p in candidates for k in store.find(p))


def _summary(file, store, differences, replay, strategy) -> str:
    """A line about the search in the journal."""
    from skbayes._journal.known_searches import nearest

    total = strategy.n_candidates
    of_all = "" if total is None else f" of {total}"
    if not store.is_new:
        n_begun = min(store.n_begun(), math.inf if total is None else total)
        return (
            f"Journal {file}: continues search {store.number}, which has begun "
            f"{n_begun}{of_all} candidates"
        )
    like = nearest(differences)
    if like is None:
        return f"Journal {file}: begins search {store.number}"
    text = (
        f"Journal {file}: begins search {store.number}, which differs from search "
        f"{like.number} in: {', '.join(like.parts)}"
    )
    return f"{text}; takes over {len(replay)}{of_all} candidates" if replay else text


def _warn_of_the_only_difference(file, differences, preparation):
    """Warn if the file has a search that differs in a single part."""
    from skbayes._journal.known_searches import explanation, only_difference

    one = only_difference(differences, is_nested=_is_nested())
    if one is not None:
        warn_user(
            explanation(str(file), one, preparation.evaluation.n_splits),
            JournalNotContinuedWarning,
        )


def _is_nested() -> bool:
    """Whether scikit-learn fits the search, each time on other data.

    So it is in the folds of an outer cross-validation. The call stack is inspected,
    because a search gets no argument that names its caller.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None:
        module = str(frame.f_globals.get("__name__", ""))
        # `fit` itself is wrapped by a function of sklearn.base.
        if module.partition(".")[0] == "sklearn" and module != "sklearn.base":
            return True
        frame = frame.f_back
    return False

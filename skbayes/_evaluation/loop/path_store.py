"""Store folds on paths as folds of ordinary candidates, one for each value."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Protocol

from skbayes._evaluation.loop.protocols import FoldStore, PathOf
from skbayes._evaluation.sharing.searched_path import PathSegment
from skbayes._protocol import FoldResult, Params, Status
from skbayes._user_warnings import warn_user
from skbayes._values import params_key

#: Most names of code in a message.
_MOST_NAMES = 3


class SeveralAtOnce(FoldStore, Protocol):
    """A store that writes the values of a path together."""

    def claim(
        self, trial: int, proposed: Params, wanted: Sequence[Params], fold: int
    ) -> bool:
        """Claim a fold for these parameters; True if this driver is to run it."""

    def results(self, wanted: Sequence[Params], fold: int) -> list[FoldResult] | None:
        """Results of a fold for these parameters; None if one is missing."""

    def write_all(
        self, trial: int, proposed: Params, results: Sequence[tuple[Params, FoldResult]]
    ) -> None:
        """Write folds of several parameters in one transaction."""


class PathStore:
    """Stores the result at each value of a path as the fold of that value's candidate.

    So a search without paths finds the results of one with paths, and conversely.

    Parameters
    ----------
    store : SeveralAtOnce
        Keeps folds.
    path_of : callable
        Returns the path of a candidate, if it has one.
    """

    def __init__(self, store: SeveralAtOnce, path_of: PathOf) -> None:
        self._store = store
        self._path_of = path_of
        #: Proposed parameters, by the key of the parameters found on their path.
        self._proposed: dict[Hashable, Params] = {}
        self._has_warned = False

    def find(self, params: Params) -> dict[int, FoldResult]:
        """Folds that an earlier run finished, each with all its values."""
        path = self._path_of(params)
        if path is None:
            return self._store.find(params)
        curves: dict[int, dict[int, FoldResult]] = {}
        # One look-up for each value: other searches may have run some of them.
        for size in path.sizes:
            found = self._store.find({**params, path.parameter: size})
            for fold, result in found.items():
                curves.setdefault(fold, {})[size] = result
        return {
            fold: replace(curve[max(curve)], path=curve)
            for fold, curve in sorted(curves.items())
        }

    def when_written(self, params: Params) -> dict[int, int]:
        """When the last value of each fold was written, as increasing numbers."""
        path = self._path_of(params)
        if path is None:
            return self._store.when_written(params)
        latest: dict[int, int] = {}
        for size in path.sizes:
            written = self._store.when_written({**params, path.parameter: size})
            for fold, when in written.items():
                latest[fold] = max(when, latest.get(fold, when))
        return latest

    def write(self, trial: int, params: Params, result: FoldResult) -> None:
        """Write one fold with all its values.

        A fold of a repeat has no path; it belongs to the trial that found its value.
        Folds that ran other code than the store knows them by are left out.
        """
        if result.other_code is not None:
            self._warn_of_other_code(result.other_code)
            return
        path = self._path_of(params)
        if path is None and not self._proposed:
            self._store.write(trial, params, result)
            return
        if path is None or result.path is None:
            proposed = self._proposed_of(params)
            self._store.write_all(trial, proposed, [(params, result)])
            return
        # In one transaction: a later run would take half a curve for a whole one.
        results = [
            ({**params, path.parameter: size}, one) for size, one in result.path.items()
        ]
        self._store.write_all(trial, params, results)

    def _warn_of_other_code(self, names: Sequence[str]) -> None:
        """Warn, once a search, that folds are left out."""
        if self._has_warned:
            return
        self._has_warned = True
        warn_user(
            "The workers have other code than this process, and the journal gets no"
            f" fold that they run. {_differing(names)}: a module was edited, or a"
            " global of it set, after this process had imported it. Import it anew, or"
            " begin a new process; n_jobs=1 runs the code of this one."
        )

    def claim(
        self, trial: int, params: Params, fold: int, segment: PathSegment | None
    ) -> bool:
        """Claim a fold; True if this driver, and no other, is to run it."""
        if segment is not None and self.result(params, fold, segment) is not None:
            return False
        proposed = self._proposed_of(params)
        return self._store.claim(trial, proposed, _wanted(params, segment), fold)

    def result(
        self, params: Params, fold: int, segment: PathSegment | None
    ) -> FoldResult | None:
        """Result of a fold that was not claimed; None while another driver runs it."""
        found = self._store.results(_wanted(params, segment), fold)
        if segment is None:
            return None if found is None else found[0]
        if found is not None:
            curve = dict(zip(segment.sizes, found, strict=True))
            return replace(found[-1], path=curve)
        # A fold whose worker died has no values along its path.
        lost = self._store.results([params], fold)
        if lost is not None and lost[0].error is not None:
            return lost[0]
        return self._failed_on_the_way(params, fold, segment)

    def _failed_on_the_way(
        self, params: Params, fold: int, segment: PathSegment
    ) -> FoldResult | None:
        """Result of a fold that ended at a failed value; None if no value failed."""
        curve: dict[int, FoldResult] = {}
        for size in segment.in_working_order:
            found = self._store.results([{**params, segment.parameter: size}], fold)
            if found is None:
                return None
            curve[size] = found[0]
            if found[0].error is not None:
                break
        return replace(curve[segment.sizes[-1]], path=dict(sorted(curve.items())))

    def _proposed_of(self, params: Params) -> Params:
        """The proposed parameters, on whose path these were found."""
        if not self._proposed:
            return params
        return self._proposed.get(params_key(params), params)

    def finish(self, trial: int, params: Params, status: Status) -> None:
        """Write the status of a trial that has ended."""
        self._store.finish(trial, params, status)

    def settle(self, proposed: Params, params: Params) -> None:
        """Write the parameters found on the path of the proposed ones."""
        self._proposed[params_key(params)] = proposed
        self._store.settle(proposed, params)


def _differing(names: Sequence[str]) -> str:
    """A part of a sentence with the names of code, of which there may be many."""
    listed = ", ".join(names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"What differs is {listed}{more}"


def _wanted(params: Params, segment: PathSegment | None) -> list[Params]:
    """The parameters that a segment of a path scores."""
    if segment is None:
        return [params]
    return [{**params, segment.parameter: size} for size in segment.sizes]

"""The record of one search in a journal: its candidates and their folds."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from skbayes._journal.claims import FoldClaims
from skbayes._journal.drivers import Driver, OpenFile
from skbayes._journal.fold_rows import KEPT_COLUMNS, FoldNeeds, kept_row
from skbayes._journal.params_codec import ParamsCodec
from skbayes._journal.search_records import SearchRecords
from skbayes._journal.trial_rows import (
    begin_candidate,
    begin_trial,
    settle_trial,
    trial_begun_after,
)
from skbayes._protocol import FoldResult, Params, Status

_MARKS = ", ".join("?" * (3 + len(KEPT_COLUMNS.split(","))))


class SearchJournal(SearchRecords):
    """The record of one search in a journal, made by `Journal.search`.

    Trials are identified by their parameters, so several processes, its drivers, may
    run the same search: each finds the folds that another has finished, and runs none
    that another has claimed. The same holds for other searches with some of the same
    folds.

    Attributes
    ----------
    number : int
        Number of the search in the file.
    is_new : bool
        Whether the search was begun by this call.
    """

    def __init__(
        self,
        file: OpenFile,
        number: int,
        evaluation_id: int,
        splits: Sequence[int],
        codec: ParamsCodec,
        needs: FoldNeeds,
        driver: Driver,
        *,
        is_new: bool,
        last_fold: int = 0,
        further_splits: Sequence[int] = (),
    ) -> None:
        super().__init__(
            file,
            number,
            evaluation_id,
            splits,
            codec,
            needs,
            last_fold=last_fold,
            further_splits=further_splits,
        )
        self.is_new = is_new
        self._claims = FoldClaims(driver)
        #: Keys of the trials that this process has begun and not finished.
        self._begun_here: set[str] = set()

    def begin(self, candidates: Sequence[Params]) -> None:
        """Write the candidates that the search begins with, all at once.

        Raises
        ------
        JournalError
            If the file cannot be written.
        """
        with self._file.transaction("written") as connection:
            for trial, params in enumerate(candidates):
                self._begun(connection, trial, params)

    def begun(
        self, trial: int, as_proposed: Callable[[Params], Params] = dict
    ) -> Params | None:
        """Find the candidate that another driver has begun meanwhile under a number.

        Parameters
        ----------
        trial : int
            A number that no candidate of `trials` has.
        as_proposed : callable
            The same as in `proposals`.

        Returns
        -------
        dict or None
            Parameters of the candidate; None if there is none that this search could
            try.

        Raises
        ------
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        with self._file.reading() as connection:
            return self._begun_meanwhile(connection, trial, as_proposed)

    def agree(
        self,
        trial: int,
        params: Params,
        as_proposed: Callable[[Params], Params] = dict,
    ) -> Params:
        """Begin the candidate of a number, unless another driver was faster.

        Returns
        -------
        dict
            Parameters of the candidate that all drivers have under this number.

        Raises
        ------
        TypeError
            If the parameters cannot be written in a journal.
        JournalError
            If the file cannot be written.
        """
        with self._file.transaction("written") as connection:
            begun = self._begun_meanwhile(connection, trial, as_proposed)
            if begun is None:
                self._begun(connection, trial, params)
        return params if begun is None else begun

    def _begun_meanwhile(
        self,
        connection: sqlite3.Connection,
        trial: int,
        as_proposed: Callable[[Params], Params],
    ) -> Params | None:
        last = self._last_trial
        text, key = trial_begun_after(connection, self.number, trial, last)
        with suppress(LookupError):
            if text is not None:
                params = self._codec.decode(text)
                return params if self._codec.key(params) == key else as_proposed(params)
        return None

    def claim(
        self, trial: int, proposed: Params, wanted: Sequence[Params], fold: int
    ) -> bool:
        """Whether this driver is to run a fold, which no other one runs then.

        It is not if its results are there, see `results`, or one that failed, with
        which a path ends, or another driver has claimed it and lives, as far as is
        known.

        Parameters
        ----------
        trial, proposed : int, dict
            As of `write_all`.
        wanted : sequence of dict
            The parameters whose fold is wanted, one or those along a path.
        fold : int
            Its number.

        Raises
        ------
        TypeError
            If the parameters cannot be written in a journal.
        JournalError
            If the file cannot be written.
        """
        key, split = self._codec.key(proposed), self._all_splits[fold]
        # A driver that only waits must not block the others with a write lock.
        with self._file.reading() as connection:
            if self._claims.is_held_by_another(connection, key, split):
                return False
        with self._file.transaction("written") as connection:
            self._begin_once(connection, trial, proposed)
            ids = [self._candidate(connection, params) for params in wanted]
            found = [self._result(connection, one, fold) for one in ids]
            has_failed = any(one is not None and one.error for one in found)
            is_mine = None in found and not has_failed
            if is_mine:
                is_mine = self._claims.take(connection, key, ids[-1], split)
        self._begun_here.add(key)
        return is_mine

    def write(self, trial: int, params: Params, result: FoldResult) -> None:
        """Write one finished fold; after that no kill can lose it.

        Parameters
        ----------
        trial : int
            Number of the trial, which orders `trials`.
        params : dict
            Its parameters, which identify it.
        result : FoldResult
            Result of the fold. `stop` and `warnings` are not written.

        Raises
        ------
        TypeError
            If the parameters cannot be written in a journal.
        JournalError
            If the disk is full, or the file is locked by another process for too long,
            gone or read-only. Then nothing of this fold is written; earlier folds are.
        """
        self.write_all(trial, params, [(params, result)])

    def write_all(
        self, trial: int, proposed: Params, results: Sequence[tuple[Params, FoldResult]]
    ) -> None:
        """Write finished folds of one trial in one transaction, like `write` one fold.

        Parameters
        ----------
        trial : int
            Number of the trial.
        proposed : dict
            Proposed parameters of the trial.
        results : sequence of (dict, FoldResult)
            Folds, each with the parameters that identify it.
        """
        # Encoded outside of the transaction, so that other processes wait less.
        rows = [kept_row(result, self._needs) for _, result in results]
        with self._file.transaction("written") as connection:
            self._begin_once(connection, trial, proposed)
            for (params, result), row in zip(results, rows, strict=True):
                candidate_id = self._candidate(connection, params)
                split = self._all_splits[int(result.fold)]
                connection.execute(
                    "INSERT OR REPLACE INTO folds (candidate_id, split_id, written, "
                    f"{KEPT_COLUMNS}) VALUES ({_MARKS})",
                    (candidate_id, split, time.time(), *row),
                )
                self._claims.end(connection, self._codec.key(proposed), split)
        self._begun_here.add(self._codec.key(proposed))

    def finish(self, trial: int, params: Params, status: Status) -> None:
        """Write the status of a trial that has ended, also of one without folds.

        Raises
        ------
        TypeError
            If the parameters cannot be written in a journal.
        JournalError
            If the file cannot be written.
        """
        key = self._codec.key(params)
        with self._file.transaction("written") as connection:
            self._begun(connection, trial, params)
            connection.execute(
                "UPDATE trials SET status = ? WHERE search_id = ? AND params_key = ?",
                (str(status), self.number, key),
            )
        self._begun_here.discard(key)

    def settle(self, proposed: Params, params: Params) -> None:
        """Write the parameters found on the path of the proposed ones.

        A reader gets the found parameters; the proposed ones identify the trial.

        Raises
        ------
        JournalError
            If the file cannot be written.
        """
        with self._file.transaction("written") as connection:
            found = self._codec.encode(params), self._candidate(connection, params)
            settle_trial(connection, self.number, self._codec.key(proposed), *found)

    def _begin_once(
        self, connection: sqlite3.Connection, trial: int, params: Params
    ) -> None:
        if self._codec.key(params) not in self._begun_here:
            self._begun(connection, trial, params)

    def _begun(
        self, connection: sqlite3.Connection, trial: int, params: Params
    ) -> None:
        """Begin a trial where it is new."""
        texts = self._codec.key(params), self._codec.encode(params)
        candidate_id = self._candidate(connection, params)
        begin_trial(connection, self.number, trial, *texts, candidate_id)

    def _candidate(self, connection: sqlite3.Connection, params: Params) -> int:
        """Row id of a candidate; inserts it if it is new."""
        key = self._codec.score_key(params)
        return begin_candidate(connection, self._evaluation_id, key)

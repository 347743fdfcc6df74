"""Read one search of a journal: its trials and their folds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from skbayes._deciding_metric import metric_or_first
from skbayes._journal.drivers import OpenFile
from skbayes._journal.fold_rows import KEPT_COLUMNS, FoldNeeds, usable_fold
from skbayes._journal.params_codec import ParamsCodec
from skbayes._journal.trial_rows import candidate_of, n_begun
from skbayes._journal.trials import RecordedTrial, recorded_trials
from skbayes._protocol import FoldResult, Params, Status, Trial


class SearchRecords:
    """The part of a `SearchJournal` that reads.

    Parameters
    ----------
    file : OpenFile
        The journal.
    number : int
        Id of the search in the file.
    evaluation_id : int
        Id of the row that identifies its folds, apart from their splits.
    splits, further_splits : sequence of int
        Rows of its folds, and of those that only some candidates have.
    codec : ParamsCodec
        Reads parameters.
    needs : FoldNeeds
        What the search needs from a recorded fold.
    last_fold : int
        Number of the newest fold when the search was opened.
    """

    def __init__(
        self,
        file: OpenFile,
        number: int,
        evaluation_id: int,
        splits: Sequence[int],
        codec: ParamsCodec,
        needs: FoldNeeds,
        *,
        last_fold: int = 0,
        further_splits: Sequence[int] = (),
    ) -> None:
        self.number = number
        self._file = file
        self._evaluation_id = evaluation_id
        self._splits = list(splits)
        self._own_folds = {split: fold for fold, split in enumerate(splits)}
        #: Folds that only some candidates have continue the numbers.
        self._all_splits = [*splits, *further_splits]
        self._folds = {split: fold for fold, split in enumerate(self._all_splits)}
        self._codec = codec
        self._needs = needs
        self._last_fold = last_fold
        #: Row of the newest trial when `trials` was read.
        self._last_trial = 0

    @property
    def n_splits(self) -> int:
        """Folds of a complete candidate."""
        return len(self._splits)

    def trials(self) -> list[Trial]:
        """Every trial with its finished folds, numbered from 0 in the order begun.

        Left out are candidates with a value that is no choice of the space any more.

        Raises
        ------
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        with self._file.reading() as connection:
            (last,) = connection.execute("SELECT max(id) FROM trials").fetchone()
            self._last_trial = last or 0
            found = recorded_trials(connection, self.number, self._own_folds)
            return self._decoded(found)

    def proposals(self, as_proposed: Callable[[Params], Params]) -> list[Params]:
        """The proposed parameters of each of the `trials`.

        Parameters
        ----------
        as_proposed : callable
            Returns the proposed parameters for parameters that were found on their
            path.

        Raises
        ------
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        found: list[Params] = []
        with self._file.reading() as connection:
            for one in recorded_trials(connection, self.number, self._own_folds):
                with suppress(LookupError):
                    params = self._codec.decode(one.params)
                    is_proposed = self._codec.key(params) == one.params_key
                    found.append(params if is_proposed else as_proposed(params))
        return found

    def complete_trials_of_other_spaces(self) -> list[Trial]:
        """Complete trials of searches that differ from this one in the space only.

        Each candidate once, in the order they were begun; as `trials` else.

        Raises
        ------
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        recorded: dict[str, RecordedTrial] = {}
        with self._file.reading() as connection:
            for number in self._searches_of_other_spaces(connection):
                for trial in recorded_trials(connection, number, self._own_folds):
                    if trial.status is Status.COMPLETE:
                        recorded.setdefault(trial.params_key, trial)
            return self._decoded(recorded.values())

    def _searches_of_other_spaces(self, connection: sqlite3.Connection) -> list[int]:
        rows = connection.execute(
            "SELECT id, sequence FROM searches WHERE evaluation_id = ? AND splits = ? "
            "ORDER BY id",
            (self._evaluation_id, json.dumps(self._splits)),
        ).fetchall()
        sequences = {number: json.loads(text) for number, text in rows}
        mine = sequences.pop(self.number)
        return [
            number
            for number, other in sequences.items()
            if all(other[name] == mine[name] for name in ("search", "seed"))
        ]

    def _decoded(self, recorded: Iterable[RecordedTrial]) -> list[Trial]:
        found: list[Trial] = []
        for one in recorded:
            try:
                params = self._codec.decode(one.params)
            except LookupError:
                continue
            number = len(found)
            found.append(Trial(number, params, self.n_splits, one.folds, one.status))
        return found

    def is_the_same(self, one: Params, other: Params) -> bool:
        """Whether two candidates make the same of the estimator."""
        return self._codec.score_key(one) == self._codec.score_key(other)

    def mean_score(self, trial: Trial) -> float:
        """Mean of a complete trial's scores by the metric that decides."""
        metric = metric_or_first(self._needs.metric, trial.folds[0].test_scores)
        return float(trial.scores(metric).mean())

    def find(self, params: Params) -> dict[int, FoldResult]:
        """Find the finished folds of a candidate, by their number.

        Folds that failed are not among them, so that they are tried again, nor are
        those that lack what the search needs.

        Raises
        ------
        TypeError
            If the parameters cannot be written in a journal.
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        key = self._codec.score_key(params)
        found: dict[int, FoldResult] = {}
        with self._file.reading() as connection:
            rows = connection.execute(
                f"SELECT split_id, written, {KEPT_COLUMNS} FROM folds JOIN candidates "
                "ON candidate_id = candidates.id "
                "WHERE evaluation_id = ? AND key = ?",
                (self._evaluation_id, key),
            )
            for split, written, *row in rows:
                fold = self._folds.get(split)
                if fold is not None:
                    result = usable_fold(fold, row, written, self._needs)
                    if result is not None:
                        found[fold] = result
        return {fold: found[fold] for fold in sorted(found)}

    def when_written(self, params: Params) -> dict[int, int]:
        """Find the order in which the folds of a candidate were written.

        Times are not compared, because the clock may have been set back meanwhile.

        Raises
        ------
        JournalError
            If the file cannot be read.
        """
        key = self._codec.score_key(params)
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT split_id, folds.rowid FROM folds JOIN candidates "
                "ON candidate_id = candidates.id "
                "WHERE evaluation_id = ? AND key = ?",
                (self._evaluation_id, key),
            ).fetchall()
        return {self._folds[s]: number for s, number in rows if s in self._folds}

    def n_begun(self) -> int:
        """Count the candidates begun, by the highest number that one was given.

        Raises
        ------
        JournalError
            If the file cannot be read.
        """
        with self._file.reading() as connection:
            return n_begun(connection, self.number)

    def results(self, wanted: Sequence[Params], fold: int) -> list[FoldResult] | None:
        """Find the results of a fold for some parameters; None if one is missing.

        One that failed after the search was opened counts: it failed in this run.

        Raises
        ------
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        found: list[FoldResult] = []
        with self._file.reading() as connection:
            for params in wanted:
                key = self._codec.score_key(params)
                candidate_id = candidate_of(connection, self._evaluation_id, key)
                result = self._result(connection, candidate_id, fold)
                if result is None:
                    return None
                found.append(result)
        return found

    def _result(
        self, connection: sqlite3.Connection, candidate_id: int | None, fold: int
    ) -> FoldResult | None:
        row = connection.execute(
            f"SELECT rowid, written, {KEPT_COLUMNS} FROM folds "
            "WHERE candidate_id = ? AND split_id = ?",
            (candidate_id, self._all_splits[fold]),
        ).fetchone()
        if row is None:
            return None
        number, written, *facts = row
        is_new = number > self._last_fold
        return usable_fold(fold, facts, written, self._needs, with_failed=is_new)

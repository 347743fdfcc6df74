"""Claims to folds: which of several drivers runs a fold.

A driver claims a fold before it runs it. The claim ends when the result is written, or
when the driver ends.
"""

from __future__ import annotations

import sqlite3

from skbayes._journal.drivers import Driver, remove_driver

#: Ids of the rows of a candidate and a split.
_Place = tuple[int, int]


class FoldClaims:
    """The claims of one search, and those of others that it ran into.

    Parameters
    ----------
    driver : Driver
        Driver of this process.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        #: By key of the trial and id of the split.
        self._own: dict[tuple[str, int], _Place] = {}
        self._in_the_way: dict[tuple[str, int], _Place] = {}

    def is_held_by_another(
        self, connection: sqlite3.Connection, key: str, split_id: int
    ) -> bool:
        """Whether another driver still holds a fold that was not free before."""
        place = self._in_the_way.get((key, split_id))
        return place is not None and self._holder(connection, place) is not None

    def take(
        self,
        connection: sqlite3.Connection,
        key: str,
        candidate_id: int,
        split_id: int,
    ) -> bool:
        """Claim a fold within a transaction; False if another driver holds it.

        A claim of a dead driver does not count.
        """
        place = candidate_id, split_id
        if self._holder(connection, place) is not None:
            self._in_the_way[key, split_id] = place
            # A driver that only waits must notice, too, if the other one dies.
            self._driver.watch()
            return False
        self._in_the_way.pop((key, split_id), None)
        self._own[key, split_id] = place
        _remove_lost(connection, place, self._driver)
        self._driver.enter(connection)
        connection.execute(
            "INSERT OR IGNORE INTO claims (candidate_id, split_id, driver) "
            "VALUES (?, ?, ?)",
            (*place, self._driver.key),
        )
        return True

    def end(self, connection: sqlite3.Connection, key: str, split_id: int) -> None:
        """End the claim to a fold whose result was written."""
        place = self._own.pop((key, split_id), None)
        if place is not None:
            connection.execute(
                "DELETE FROM claims WHERE candidate_id = ? AND split_id = ?", place
            )

    def _holder(self, connection: sqlite3.Connection, place: _Place) -> str | None:
        """The other living driver that holds a claim to a fold, if any."""
        row: tuple[str, str | None] | None = connection.execute(
            "SELECT driver, process FROM claims LEFT JOIN drivers ON key = driver "
            "WHERE candidate_id = ? AND split_id = ?",
            place,
        ).fetchone()
        if row is None or row[0] == self._driver.key or self._driver.is_lost(*row):
            return None
        return row[0]


def _remove_lost(connection: sqlite3.Connection, place: _Place, driver: Driver) -> None:
    """Delete the dead driver that has claimed a fold, if there is one."""
    row: tuple[str] | None = connection.execute(
        "SELECT driver FROM claims WHERE candidate_id = ? AND split_id = ?", place
    ).fetchone()
    if row is not None and row[0] != driver.key:
        remove_driver(connection, row[0])

"""Write the rows of the candidates and trials that a search begins."""

from __future__ import annotations

import sqlite3

from skbayes._protocol import Status


def begin_candidate(
    connection: sqlite3.Connection, evaluation_id: int, key: str
) -> int:
    """Row of a candidate, which is begun where it is new."""
    connection.execute(
        "INSERT INTO candidates (evaluation_id, key) VALUES (?, ?) "
        "ON CONFLICT (evaluation_id, key) DO NOTHING",
        (evaluation_id, key),
    )
    row = candidate_of(connection, evaluation_id, key)
    assert row is not None
    return row


def candidate_of(
    connection: sqlite3.Connection, evaluation_id: int, key: str
) -> int | None:
    """Id of the row of a candidate; None if there is none."""
    row: tuple[int] | None = connection.execute(
        "SELECT id FROM candidates WHERE evaluation_id = ? AND key = ?",
        (evaluation_id, key),
    ).fetchone()
    return None if row is None else row[0]


def begin_trial(
    connection: sqlite3.Connection,
    search_id: int,
    trial: int,
    key: str,
    params: str,
    candidate_id: int,
) -> None:
    """Begin a trial where it is new."""
    connection.execute(
        "INSERT INTO trials (search_id, trial, params_key, params, candidate_id, "
        "status) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (search_id, params_key) DO NOTHING",
        (search_id, int(trial), key, params, candidate_id, str(Status.RUNNING)),
    )


def settle_trial(
    connection: sqlite3.Connection,
    search_id: int,
    key: str,
    params: str,
    candidate_id: int,
) -> None:
    """Give a trial the parameters that were found on its path."""
    connection.execute(
        "UPDATE trials SET params = ?, candidate_id = ? "
        "WHERE search_id = ? AND params_key = ?",
        (params, candidate_id, search_id, key),
    )


def trial_begun_after(
    connection: sqlite3.Connection, search_id: int, trial: int, last_id: int
) -> tuple[str | None, str | None]:
    """Parameters and key of the trial of a number, if it was begun after a row."""
    row: tuple[str, str] | None = connection.execute(
        "SELECT params, params_key FROM trials "
        "WHERE search_id = ? AND trial = ? AND id > ? ORDER BY id",
        (search_id, int(trial), last_id),
    ).fetchone()
    return (None, None) if row is None else row


def n_begun(connection: sqlite3.Connection, search_id: int) -> int:
    """Count the trials begun, by the highest number that one was given."""
    (highest,) = connection.execute(
        "SELECT max(trial) FROM trials WHERE search_id = ?", (search_id,)
    ).fetchone()
    return 0 if highest is None else int(highest) + 1

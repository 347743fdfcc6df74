"""What made-up searches are known by."""

from __future__ import annotations

from skbayes._journal.identity import SearchIdentity


def identity_of(name="a", n_splits=3, **sequence):
    """Another evaluation for each name, another sequence for each space or seed."""
    return SearchIdentity(
        parts={"data": {"X": name}},
        splits=tuple(f"split {k}" for k in range(n_splits)),
        sequence={"search": "GridSearchCV", "space": "s", "seed": "0"} | sequence,
    )

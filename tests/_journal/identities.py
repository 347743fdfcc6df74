"""Made-up searches, and what they are known by."""

from __future__ import annotations

from skbayes._journal.identity import SearchIdentity
from skbayes._journal.params_codec import ParamsCodec


def identity_of(name="a", n_splits=3, **sequence):
    """Another evaluation for each name, another sequence for each space or seed."""
    return SearchIdentity(
        parts={"data": {"X": name}},
        splits=tuple(f"split {k}" for k in range(n_splits)),
        sequence={"search": "GridSearchCV", "space": "s", "seed": "0"} | sequence,
    )


def begin(journal, needs=None, name="a", **choices):
    """Begin a search of three folds."""
    return journal.search(
        identity_of(name),
        description={"estimator": "SVC()"},
        metrics=["score"],
        codec=ParamsCodec(choices),
        needs=needs,
    )

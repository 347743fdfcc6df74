"""Compare the identity of a search with those in a journal."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skbayes._journal.identity import Details, SearchIdentity

#: Names of details, at most, that a message lists for a part that differs.
_MAX_NAMES = 5

#: What to do if two searches differ in a part.
_REMEDIES = {
    "folds": "A splitter that shuffles without a seed gives other folds in every run: "
    "give it an int random_state.",
    "code": "The old scores are those of the old code: undo the change to have them "
    "again. Comments and docstrings do not count.",
    "data": "If they are meant to be the same, load and prepare them alike in every "
    "run: order of rows, types, seeds of what is drawn. Outer folds of a "
    "cross-validation by hand differ rightly.",
    "estimator": "Give it the same parameters to continue; a random_state that is no "
    "int counts by its state.",
    "scoring": "Give the same scorers to continue.",
    "fit parameters": "Pass the same ones to `fit` to continue.",
    "versions": "Another version may score otherwise: install the earlier one to "
    "continue.",
    "configuration": "Set scikit-learn's configuration as it was to continue.",
}


@dataclass(frozen=True)
class KnownSearch:
    """A search in a journal, with its identity.

    Parameters
    ----------
    number : int
        Its number in the file.
    identity : SearchIdentity
        Its identity.
    """

    number: int
    identity: SearchIdentity


@dataclass(frozen=True)
class Difference:
    """The parts in which a search differs from one in a journal.

    Parameters
    ----------
    number : int
        Number of the search in the journal.
    parts : dict of str to list of str
        Names of the parts that differ, each with the names of its details.
    n_equal_splits : int
        Folds that both have.
    """

    number: int
    parts: dict[str, list[str]]
    n_equal_splits: int

    @property
    def decisive(self) -> list[str]:
        """The parts that decide scores."""
        return [part for part in self.parts if part in _REMEDIES]


def known_searches(connection: sqlite3.Connection) -> list[KnownSearch]:
    """Read the identities of all searches, in the order they were begun."""
    keys = dict(connection.execute("SELECT id, key FROM splits").fetchall())
    rows = connection.execute(
        "SELECT searches.id, parts, splits, sequence FROM searches "
        "JOIN evaluations ON evaluation_id = evaluations.id ORDER BY searches.id"
    ).fetchall()
    return [
        KnownSearch(
            number,
            SearchIdentity(
                json.loads(parts),
                tuple(keys[split] for split in json.loads(splits)),
                json.loads(sequence),
            ),
        )
        for number, parts, splits, sequence in rows
    ]


def difference(identity: SearchIdentity, known: KnownSearch) -> Difference:
    """Find the parts in which a search differs from one in a journal."""
    theirs = known.identity
    parts = {
        name: list(_differing(name, details, theirs.parts.get(name, {})))
        for name, details in identity.parts.items()
        if details != theirs.parts.get(name)
    }
    if identity.splits != theirs.splits:
        parts["folds"] = []
    for name in identity.sequence:
        if identity.sequence[name] != theirs.sequence.get(name):
            parts[name] = []
    n_equal = len(set(identity.splits).intersection(theirs.splits))
    return Difference(known.number, parts, n_equal)


def nearest(differences: Sequence[Difference]) -> Difference | None:
    """The search that differs in the fewest parts; the latest of several."""
    return min(differences, key=lambda d: (len(d.parts), -d.number), default=None)


def only_difference(
    differences: Sequence[Difference], *, is_nested: bool
) -> Difference | None:
    """The search that differs in exactly one part that decides scores.

    Parameters
    ----------
    differences : sequence of Difference
        One for each search in a journal.
    is_nested : bool
        Whether the search is one of several, each on other data.

    Returns
    -------
    Difference or None
        None if there is none, or if folds of another search can be reused.
    """
    if any(not one.decisive for one in differences):
        return None
    single = [one for one in differences if len(one.decisive) == 1]
    # The folds of an outer cross-validation differ in their data. Naming the first of
    # them each time makes the warnings equal, so that Python shows one.
    on_other_data = [one for one in single if one.decisive == ["data"]]
    others = [one for one in single if one.decisive != ["data"]]
    if others:
        return others[-1]
    return on_other_data[0] if on_other_data and not is_nested else None


def explanation(file: str, one: Difference, n_splits: int) -> str:
    """Explain in which part a search differs from one in a journal, and what to do.

    Parameters
    ----------
    file : str
        The journal.
    one : Difference
        A difference in exactly one part that decides scores.
    n_splits : int
        Folds of the search.
    """
    (part,) = one.decisive
    names = one.parts[part]
    if len(names) > _MAX_NAMES:
        names = [*names[:_MAX_NAMES], f"{len(names) - _MAX_NAMES} more"]
    details = f" ({', '.join(names)})" if names else ""
    found = "none of what it holds is used again"
    if part == "folds" and one.n_equal_splits:
        found = f"only {one.n_equal_splits} of {n_splits} folds may be used again"
    return (
        f"The journal {file} holds search {one.number}, which differs from this one in "
        f"the {part} only{details}: {found}. {_REMEDIES[part]}"
    )


def _differing(part: str, mine: Details, theirs: Mapping[str, str]) -> Iterator[str]:
    """Names of the details that differ; versions with both of them."""
    for name in sorted({*mine, *theirs} - {""}):
        if mine.get(name) != theirs.get(name):
            if part == "versions":
                before = theirs.get(name, "none")
                yield f"{name} {before} then, {mine.get(name, 'none')} now"
            else:
                yield name

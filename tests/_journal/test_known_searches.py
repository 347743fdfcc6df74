"""Which search of a journal another one is like, and in what they differ."""

from __future__ import annotations

import dataclasses
import re

import pytest

from skbayes._journal.known_searches import (
    KnownSearch,
    difference,
    explanation,
    nearest,
    only_difference,
)
from tests._journal.identities import identity_of

PARTS = {
    "data": {"X": "1", "y": "1"},
    "code": {"": "1", "clip": "1", "bounds": "1"},
    "versions": {"sklearn": "1.8.0", "xgboost": "3.0"},
}
MINE = dataclasses.replace(identity_of(), parts=PARTS)


def known(number=1, *, splits=MINE.splits, sequence=(), **details):
    """A search in the file with other details of some parts."""
    parts = {name: PARTS[name] | details.get(name, {}) for name in PARTS}
    identity = dataclasses.replace(
        MINE, parts=parts, splits=splits, sequence=MINE.sequence | dict(sequence)
    )
    return KnownSearch(number, identity)


def differences(*searches):
    """In what `MINE` differs from each."""
    return [difference(MINE, search) for search in searches]


def test_difference_names_parts_and_details():
    """Details that are gone or new are named; folds differ by their number only."""
    other = known(code={"": "2", "clip": "2", "gone": "1"}, splits=("split 1", "x"))
    found = difference(MINE, other)
    assert found.parts == {"code": ["clip", "gone"], "folds": []}
    assert found.n_equal_splits == 1
    assert difference(MINE, known()).parts == {}
    found = difference(MINE, known(versions={"sklearn": "1.7.2"}))
    assert found.parts == {"versions": ["sklearn 1.7.2 then, 1.8.0 now"]}


def test_only_difference_is_that_of_the_latest_search():
    """Among searches that differ in one part only, the latest is told."""
    found = differences(
        known(1, code={"clip": "2"}),
        known(2, splits=("x",)),
        known(3, code={"clip": "2"}, data={"X": "2"}),
    )
    assert only_difference(found, is_nested=False).number == 2


def test_only_difference_is_none_for_other_candidates():
    """Folds are found again, so what else the file holds is of no interest."""
    found = differences(known(1, code={"clip": "2"}), known(2, sequence={"space": "x"}))
    assert only_difference(found, is_nested=False) is None


def test_only_difference_is_none_for_two_parts():
    """Nobody takes a search that differs in two parts for this one."""
    found = differences(known(1, code={"clip": "2"}, data={"X": "2"}))
    assert only_difference(found, is_nested=False) is None
    assert only_difference([], is_nested=False) is None


def test_only_difference_is_none_for_the_data_of_outer_folds():
    """Loops by hand are told of the first fold; equal warnings are shown once."""
    found = differences(known(1, data={"X": "2"}), known(2, data={"X": "3"}))
    assert only_difference(found, is_nested=True) is None
    assert only_difference(found, is_nested=False).number == 1
    found += differences(known(3, data={"X": "4"}), known(4, code={"clip": "2"}))
    assert only_difference(found, is_nested=True).number == 4


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (known(splits=("x",)), r"in the folds only: none .* an int random_state"),
        (known(splits=("split 0", "x")), r"folds only: only 1 of 3 folds may be used"),
        (known(code={"clip": "2"}), r"in the code only \(clip\): none .*undo"),
        (known(data={"X": "2", "y": "2"}), r"in the data only \(X, y\): .* alike in"),
        (
            known(versions={"sklearn": "1"}),
            r"versions only \(sklearn 1 then, 1\.8\.0 now\): .* install the earlier",
        ),
    ],
)
def test_explanation_names_the_part_and_the_remedy(other, text):
    """The text names the file and the search, too."""
    message = explanation("j.sqlite", difference(MINE, other), 3)
    assert message.startswith("The journal j.sqlite holds search 1, which differs")
    assert re.search(text, message)


def test_explanation_cuts_long_lists_of_details():
    """The text names five details at most."""
    other = known(code={f"f{i}": "2" for i in range(9)})
    message = explanation("j", difference(MINE, other), 3)
    assert "(f0, f1, f2, f3, f4, 4 more)" in message


def test_nearest_differs_in_the_fewest_parts():
    """Sequences count here, and of equal searches the latest is the nearest."""
    found = differences(
        known(1, code={"clip": "2"}),
        known(2, sequence={"space": "x"}),
        known(3, data={"X": "2"}, sequence={"space": "x"}),
    )
    assert nearest(found).number == 2
    assert list(nearest(found).parts) == ["space"]
    assert nearest([]) is None

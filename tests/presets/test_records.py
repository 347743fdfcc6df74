"""Are rules found by class and version, and written as they read?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.presets._predicates import is_given
from skbayes.presets._records import (
    Idle,
    Refused,
    Table,
    Versions,
    idle,
    passes,
    refused,
)


@pytest.mark.parametrize(
    ("versions", "inside", "outside", "text"),
    [
        (Versions(), [(), (0,), (99, 1)], [], "any version"),
        (Versions(since=(1, 6)), [(1, 6), (1, 6, 0), (2,)], [(1, 5, 9), ()], ">=1.6"),
        (Versions(before=(2,)), [(), (1, 99)], [(2,), (2, 0), (2, 0, 1)], "<2"),
        (Versions((1, 6), (1, 8)), [(1, 7, 2)], [(1, 8), (1, 5)], ">=1.6,<1.8"),
    ],
)
def test_versions_hold_from_the_first_to_before_the_last(
    versions, inside, outside, text
):
    """The versions are written as a requirement."""
    assert all(versions.hold(version) for version in inside)
    assert not any(versions.hold(version) for version in outside)
    assert str(versions) == text


def test_idle_and_refused_write_rows_of_several_classes():
    """Names are separated by blanks; the given dict is copied."""
    when = {"a": ["x"]}
    row = idle("One Two", "b c", when, only_predictions=True, since=(1,), before=(2,))
    assert row.classes == ("One", "Two")
    assert row.rule == Idle(("b", "c"), {"a": ["x"]}, True)
    assert row.versions == Versions((1,), (2,))
    when["z"] = []
    assert "z" not in row.rule.when
    assert idle("One", "b").rule == Idle(("b",), {})
    row = refused("One", {("a", "b"): max}, leave="a")
    assert row.rule == Refused({("a", "b"): max}, "a")


def test_table_finds_rules_of_a_name_and_a_version():
    """The rules come in the order of its rows; the name is looked up as a whole."""
    old = idle("One Two", "a", before=(2,))
    new = idle("One", "b", since=(2,))
    always = refused("One", {"a": ["x"]})
    table = Table("package", Versions(), (), (old, new, always))
    assert table.rules_of("One", (1, 9)) == (old.rule, always.rule)
    assert table.rules_of("One", (2, 0)) == (new.rule, always.rule)
    assert table.rules_of("Two", (2, 0)) == ()
    assert table.rules_of("On", (1,)) == ()


@pytest.mark.parametrize(
    ("wanted", "value", "is_fulfilled"),
    [
        (["a", None], None, True),
        (("a",), np.str_("a"), True),
        ([1], True, False),
        ([], 1, False),
        (is_given, None, False),
        (lambda value: value, np.float64(2), True),
    ],
)
def test_passes_by_a_list_or_by_a_test(wanted, value, is_fulfilled):
    """A test's answer is made a bool."""
    assert passes(wanted, value) is is_fulfilled

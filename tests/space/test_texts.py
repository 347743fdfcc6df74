"""Are the values found that a table in a file has as text?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.decomposition import PCA

from skbayes.space import Categorical, Integer, Real
from skbayes.space._texts import value_of_nothing, value_of_text
from tests.ids import printed


class Plain:
    """An object that prints its address."""


PLAIN, ONE_PCA = Plain(), PCA(n_components=2)


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (["None", "a"], "None"),
        (["NA", "a"], "NA"),
        (["", "a"], ""),
        (["NA", "nan"], None),
        (["None", None], None),
        (["a", "b"], None),
    ],
)
def test_value_of_nothing_is_the_only_word_for_it(choices, expected):
    """Several words, or none, are not guessed at."""
    assert value_of_nothing(Categorical(choices)) == expected


def test_value_of_nothing_may_be_nan():
    """A range has no such value."""
    assert math.isnan(value_of_nothing(Categorical([math.nan, 1.0])))
    assert value_of_nothing(Real(0.0, 1.0)) is None


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("1", Categorical(["1", 1]), "1"),
        ("PCA(n_components=2)", Categorical([ONE_PCA, None]), ONE_PCA),
        ("PCA(n_components=2)\n", Categorical([ONE_PCA, None]), ONE_PCA),
        (repr(PLAIN).partition(" at ")[0] + " at 0x7>", Categorical([PLAIN, 1]), PLAIN),
        ("(1, 2)", Categorical([(1, 2), (1,)]), (1, 2)),
        ("[1, 2]", Categorical([(1, 2), (1,)]), [1, 2]),
        (" 1e-3 ", Real(0.0, 1.0), 0.001),
        ("5.0", Integer(1, 9), 5.0),
        ("TRUE", Categorical([True, False]), True),
        ("null", Categorical([None, "a"]), None),
        (np.str_("0.5"), Real(0.0, 1.0), 0.5),
    ],
    ids=printed,
)
def test_value_of_text_finds_what_was_printed(text, dimension, expected):
    """Texts that are values come first, then printed choices, then numbers."""
    found = value_of_text(text, dimension)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("5.5", Integer(1, 9)),
        ("nan", Real(0.0, 1.0)),
        ("2", Real(0.0, 1.0)),
        ("PCA()", Categorical([PCA(), PCA()])),
        ("__import__('os')", Real(0.0, 1.0)),
        ("1 +", Real(0.0, 1.0)),
        ("[" * 10_000, Real(0.0, 1.0)),
        ("9" * 10_000, Real(0.0, 1.0)),
        ("\0", Real(0.0, 1.0)),
        ("{[1]: 2}", Real(0.0, 1.0)),
        ("{{}}", Real(0.0, 1.0)),
        ("", Real(0.0, 1.0)),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_value_of_text_leaves_other_texts(text, dimension):
    """What represents no value, or several, is returned as it is."""
    assert value_of_text(text, dimension) is text


@pytest.mark.parametrize("value", [None, 3, (1, 2), ONE_PCA])
def test_value_of_text_leaves_other_objects(value):
    """A table in memory has the values themselves."""
    assert value_of_text(value, Integer(1, 9)) is value

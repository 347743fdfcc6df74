"""Do lists become the right scale or categories, with exactly their values?"""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.svm import SVC

from skbayes.space import Categorical
from skbayes.space._axes import Axes, Cells, Codes, Levels
from skbayes.space._lists import Ordinal, dimension_of_choices
from tests.space.labels import label


def positions_of(numbers):
    """Positions of the numbers of a list, ascending."""
    dimension = dimension_of_choices(numbers)
    assert isinstance(dimension, Ordinal)
    return dimension.encode(sorted(numbers))


@pytest.mark.parametrize(
    "numbers",
    [
        [1, 2, 3, 4],
        [0.1, 0.2, 0.3, 0.4],
        [1, 10, 100, 1000],
        np.logspace(-4, 2, 4).tolist(),
        [0, 1, 10, 100],
        [-5, 0, 5, 10],
    ],
)
def test_ordinal_of_an_even_list_has_even_cells(numbers):
    """Numbers evenly spaced on a linear or log axis get equal cells."""
    assert dimension_of_choices(numbers).axis == Cells(4)
    assert positions_of(numbers).tolist() == [0.125, 0.375, 0.625, 0.875]


def test_ordinal_of_an_uneven_list_keeps_its_distances():
    """On the log axis, 3 lies between 1 and 10 where its logarithm does."""
    positions = positions_of([1, 3, 10])
    share = (positions[1] - positions[0]) / (positions[2] - positions[0])
    assert share == pytest.approx(np.log10(3))
    assert positions[0] == pytest.approx(1 - positions[2])


def test_ordinal_axis_runs_half_a_mean_gap_beyond_the_ends():
    """The margins of [1, 3, 10] are a sixth of the axis, as those of [1, 2, 3]."""
    assert positions_of([1, 3, 10])[[0, 2]] == pytest.approx([1 / 6, 5 / 6])
    assert positions_of([1, 2, 3])[[0, 2]] == pytest.approx([1 / 6, 5 / 6])


def test_dimension_of_choices_rounds_to_the_nearest_number():
    """Any position on the axis is rounded to the closest of the list's."""
    dimension = dimension_of_choices([1, 2, 5, 40, 60])
    positions = dimension.encode([1, 2, 5, 40, 60])
    u = np.linspace(0, 1, 501)
    nearest = positions[np.abs(u[:, None] - positions).argmin(axis=1)]
    np.testing.assert_array_equal(
        Axes([dimension.axis]).snap(u[:, None])[:, 0], nearest
    )


def test_dimension_of_choices_takes_the_more_even_scale():
    """[1, 2, 4, 5] is spaced linearly, [1, 3, 10, 30] by logarithms."""
    linear = np.diff(positions_of([1, 2, 4, 5]))
    assert linear[0] == pytest.approx(linear[2])
    assert linear[1] == pytest.approx(2 * linear[0])
    logs = np.diff(positions_of([1, 3, 10, 30]))
    assert logs[0] == pytest.approx(logs[2])


def test_dimension_of_choices_ranks_levels_that_no_scale_separates():
    """Three neighbours and one far away are set apart by rank."""
    assert dimension_of_choices([100, 101, 102, 10_000]).axis == Cells(4)


def test_dimension_of_choices_ranks_neighbouring_floats():
    """Numbers whose logarithms coincide have distinct positions all the same."""
    first = 1e10
    numbers = [first, first * (1 + 1e-11), first * (1 - 1e-11)]
    assert len(set(positions_of(numbers))) == 3


def test_dimension_of_choices_decodes_to_the_very_numbers():
    """Ints stay ints and floats stay floats, to the last bit."""
    given = [0.1, 3, 7.000000000000001, 20]
    dimension = dimension_of_choices(given)
    values = dimension.decode(dimension.encode(given))
    assert values == given
    assert [type(v) for v in values] == [float, int, float, int]


def test_dimension_of_choices_keeps_the_order_of_the_list():
    """A grid takes the numbers as they were written, repeated ones once."""
    assert dimension_of_choices([3, 1, 2, 1]).values() == (3, 1, 2)


def test_dimension_of_choices_has_equal_shares_of_a_unit_draw():
    """A uniform draw hits each number equally often, however they are spaced."""
    values = dimension_of_choices([1, 2, 50, 60]).rvs(4000, random_state=0)
    counts = np.unique(values, return_counts=True)[1]
    assert np.all(np.abs(counts - 1000) < 100)


def test_dimension_of_choices_finds_numbers_in_spite_of_rounding():
    """0.1 + 0.2 is the 0.3 of a list, 0.31 is not."""
    dimension = dimension_of_choices([0.1, 0.3, 0.7])
    assert dimension.find(0.1 + 0.2) == 0.3
    assert not dimension.contains(0.31)
    assert not dimension.contains("0.3")
    with pytest.raises(ValueError, match="must be one of 0.1, 0.3, 0.7"):
        dimension.find(True)


@pytest.mark.parametrize(
    "choices",
    [
        [1, 10],
        [1, 2, None],
        [True, False],
        [1, 2, True],
        [1, 1.0, 2],
        [1, 2, float("nan")],
        [1, 2, float("inf")],
        [-1.7e308, 0, 1.7e308],
        [1, 2, 10**400],
        [1, 2, 3j],
        ["a", "b", "c"],
        [(1, 1), (1, 2), (2, 2)],
        [5],
    ],
    ids=label,
)
def test_dimension_of_choices_is_categorical_without_a_scale(choices):
    """Fewer than three numbers, or anything but finite numbers, are categories."""
    dimension = dimension_of_choices(choices)
    assert isinstance(dimension, Categorical)
    assert dimension.axis == Codes(len(choices))


def test_categorical_gives_the_very_objects_back():
    """Estimators, arrays, tuples and functions are handed on, not copied."""
    given = [SVC(), np.arange(3), (1, [2]), len, "passthrough", PCA]
    dimension = Categorical(given)
    for code, choice in enumerate(dimension.decode(np.arange(6.0))):
        assert choice is given[code]
    assert dimension.encode(given).tolist() == [0, 1, 2, 3, 4, 5]


def test_categorical_finds_choices_by_identity_then_by_parameters():
    """An estimator written anew is the choice that it names, if it names one."""
    pca, other = PCA(2), PCA(3)
    dimension = Categorical([pca, other, "passthrough"])
    assert dimension.find(pca) is pca
    assert dimension.find(PCA(3)) is other
    assert not dimension.contains(PCA(4))
    assert not Categorical([PCA(2), PCA(2)]).contains(PCA(2))


@pytest.mark.parametrize("given", [np.array(["a", "b"]), range(2), (x for x in "ab")])
def test_categorical_takes_any_iterable(given):
    """Arrays, ranges and generators are lists of choices to `Categorical`."""
    assert len(Categorical(given).choices) == 2


def test_categorical_is_equal_in_any_order():
    """Two lists of the same choices offer the same."""
    assert Categorical(["a", "b"]) == Categorical(["b", "a"])
    assert hash(Categorical(["a", "b"])) == hash(Categorical(["b", "a"]))
    assert Categorical([1, "b"]) != Categorical([True, "b"])
    assert Ordinal([1, 2, 3]) == Ordinal([3, 2, 1])
    assert Ordinal([1, 2, 3]) != Categorical([1, 2, 3])


def test_categorical_never_asks_arrays_for_their_truth():
    """Choices that are arrays compare by content."""
    assert Categorical([np.arange(3), None]) == Categorical([np.arange(3), None])
    assert Categorical([np.arange(3), None]) != Categorical([np.arange(4), None])


@pytest.mark.parametrize(
    "copied", [lambda d: pickle.loads(pickle.dumps(d)), copy.deepcopy]
)
def test_categorical_copies_know_their_own_choices(copied):
    """After copying, the copies of choices are found, not the originals."""
    dimension = Categorical([len, SVC(), "a"])
    dimension.find("a")  # fills the cache
    restored = copied(dimension)
    assert restored.find(restored.choices[0]) is restored.choices[0]
    assert restored.find(restored.choices[1]) is restored.choices[1]
    assert restored.find(dimension.choices[1]) is restored.choices[1]
    levels = dimension_of_choices([1, 3, 10])
    levels.rvs(random_state=0)
    assert copied(levels) == levels
    assert isinstance(copied(levels).axis, Levels)


def test_categorical_messages_cut_long_lists_short():
    """A message quotes at most ten choices."""
    with pytest.raises(ValueError, match="8, 9 and 5 more$"):
        Categorical(range(15)).find("x")


@pytest.mark.parametrize(
    ("choices", "error", "message"),
    [
        ([], ValueError, r"must not be empty. Got \[\] instead"),
        ("rbf", TypeError, r"must be a list. Got 'rbf' .* Write \['rbf'\]"),
        (3, TypeError, r"must be a list. Got 3 instead. Write \[3\]"),
        (None, TypeError, r"must be a list. Got None instead"),
    ],
)
def test_categorical_refuses_bad_choices(choices, error, message):
    """A single value or nothing at all is no list of choices."""
    with pytest.raises(error, match=message):
        Categorical(choices)

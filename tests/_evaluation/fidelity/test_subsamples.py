"""Parts of training samples: nested, with every class, whole groups, the latest."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skbayes._evaluation.fidelity.subsamples import nested_parts

TRAIN = np.arange(20, 320)
CLASSES = np.random.default_rng(0).choice(4, size=400, p=[0.6, 0.3, 0.09, 0.01])
GROUPS = np.arange(400) // 8


def rng():
    """The same each time."""
    return np.random.default_rng(1)


@given(
    st.booleans(),
    st.sampled_from(["samples", "groups", "series"]),
    st.lists(st.integers(1, 300), min_size=2, max_size=5, unique=True).map(sorted),
)
def test_nested_parts_are_nested(is_classified, kind, sizes):
    """Each part is within the next, in order, and no larger than was asked for."""
    parts = nested_parts(
        TRAIN,
        rng(),
        classes=CLASSES if is_classified else None,
        groups=GROUPS if kind == "groups" else None,
        is_series=kind == "series",
    )
    chosen = [parts.part(size) for size in sizes]
    for size, part in zip(sizes, chosen, strict=True):
        assert len(part) <= size
        assert (np.diff(part) > 0).all()
        assert set(part) <= set(TRAIN)
    for small, large in zip(chosen, chosen[1:], strict=False):
        assert set(small) <= set(large)
    np.testing.assert_array_equal(parts.part(len(TRAIN)), TRAIN)


def test_nested_parts_have_the_shares_of_the_classes():
    """Parts keep shares to within a sample or two, and have every class at once."""
    parts = nested_parts(TRAIN, rng(), classes=CLASSES)
    shares = np.bincount(CLASSES[TRAIN], minlength=4) / len(TRAIN)
    for size in range(parts.least, len(TRAIN), 7):
        counts = np.bincount(CLASSES[parts.part(size)], minlength=4)
        assert (counts >= np.minimum(2, np.bincount(CLASSES[TRAIN]))).all()
        assert np.abs(counts - size * shares).max() <= 2 + 8


def test_nested_parts_have_every_class_in_the_least_part():
    """A smaller part may lose some classes."""
    for groups in (None, GROUPS):
        parts = nested_parts(TRAIN, rng(), classes=CLASSES, groups=groups)
        assert set(CLASSES[parts.part(parts.least)]) == set(CLASSES[TRAIN])


def test_nested_parts_keep_groups_whole():
    parts = nested_parts(TRAIN, rng(), groups=GROUPS)
    part = parts.part(50)
    assert 0 < len(part) <= 50
    rest = np.setdiff1d(TRAIN, part)
    assert not set(GROUPS[part]) & set(GROUPS[rest])


def test_nested_parts_of_a_series_are_the_latest():
    """What was last is nearest to what is to be foretold."""
    parts = nested_parts(TRAIN, rng(), is_series=True)
    np.testing.assert_array_equal(parts.part(10), TRAIN[-10:])
    covering = nested_parts(TRAIN, rng(), classes=CLASSES, is_series=True)
    assert set(CLASSES[covering.part(covering.least)]) == set(CLASSES[TRAIN])


def test_nested_parts_are_drawn():
    """A part is not the first samples: data are often sorted."""
    part = nested_parts(TRAIN, rng()).part(30)
    assert part.max() > TRAIN[200]

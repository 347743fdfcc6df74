"""A parameter whose best value is found for each candidate is no part of the model."""

import pickle

import pytest

from skbayes.space import Integer, Real
from skbayes.space._profiled import Profiled
from skbayes.space._space import Space

TREES = Profiled(Integer(10, 500), (10, 70, 500))


def test_profiled_has_no_column():
    """Points are proposed with the largest value of the parameter."""
    space = Space([{"trees": TREES, "rate": Real(0.0, 1.0)}])
    assert [column.name for column in space.columns] == ["rate"]
    point = space.decode(space.encode([{"trees": 33, "rate": 0.5}]))[0]
    assert point == {"rate": 0.5, "trees": 500}


def test_profiled_values_are_one_point():
    """Whatever value a candidate came to, it is the candidate that was proposed."""
    space = Space([{"trees": TREES, "rate": Real(0.0, 1.0)}])
    keys = {space.key({"trees": n, "rate": 0.5}) for n in (10, 33, 500)}
    assert len(keys) == 1
    assert not space.contains({"trees": 501, "rate": 0.5})
    with pytest.raises(ValueError, match="an integer from 10 to 500"):
        TREES.find(9)


def test_profiled_alone_makes_a_space_of_one_point():
    """One fit a fold tells all there is to know."""
    space = Space([{"trees": TREES}])
    assert space.cardinality == 1
    assert list(space.grid()) == [{"trees": 500}]


def test_profiled_equals_its_pickled_copy():
    """Journals and worker processes see the same space."""
    assert pickle.loads(pickle.dumps(TREES)) == TREES
    assert Profiled(Integer(10, 500), (10, 500)) != TREES

"""Do the same seeds give the same numbers, in every form of `random_state`?"""

import numpy as np
import pytest

from skbayes._seeding import generator, root_entropy, uniform_source


@pytest.mark.parametrize("make", [np.random.RandomState, np.random.default_rng, int])
def test_generator_of_the_same_seed_draws_the_same_numbers(make):
    """An int, a RandomState and a Generator are all repeatable."""
    one, other = (generator(make(3), owner="it") for _ in range(2))
    assert one.random() == other.random()


def test_generator_of_none_differs():
    """Without a seed two generators draw different numbers."""
    one, other = (generator(None, owner="it") for _ in range(2))
    assert one.random() != other.random()


def test_root_entropy_advances_a_random_state_by_one_draw():
    """The caller's RandomState continues behind a single number."""
    state, untouched = np.random.RandomState(0), np.random.RandomState(0)
    assert root_entropy(state, owner="it") == untouched.randint(2**31 - 1)
    assert state.randint(100) == untouched.randint(100)


@pytest.mark.parametrize("value", [-1, True, 0.5, "0", np.random])
def test_root_entropy_names_its_owner(value):
    """What is no seed is refused."""
    with pytest.raises(ValueError, match=r"`random_state` parameter of EffectDisplay"):
        root_entropy(value, owner="EffectDisplay")


def test_uniform_source_is_the_generator_itself():
    """The source goes on where the caller's generator is."""
    for source in (np.random.RandomState(0), np.random.default_rng(0)):
        assert uniform_source(source) is source
    assert uniform_source(3).random() == np.random.default_rng(3).random()

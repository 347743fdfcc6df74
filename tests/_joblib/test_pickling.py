"""Are pickled values opened as they were packed?"""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest

from skbayes._joblib.pickling import PickledOnce, pack

pd = pytest.importorskip("pandas")

N_LARGE = 200_000


@pytest.mark.parametrize("n_rows", [3, N_LARGE])
def test_pack_keeps_a_frame(n_rows):
    """Numbers, words and dates are kept in the pickle or beside it."""
    frame = pd.DataFrame(
        {
            "a": np.arange(float(n_rows)),
            "b": pd.Categorical(["x", "y", "z"][k % 3] for k in range(n_rows)),
        }
    )
    pd.testing.assert_frame_equal(pack(frame).open(), frame)


def test_pack_lays_large_parts_beside_the_pickle_without_a_copy():
    """The parts have the memory of the object, and workers may map it."""
    table = np.zeros(N_LARGE)
    pickled = pack({"table": table, "small": np.zeros(3)})
    assert len(pickled.parts) == 1
    assert np.shares_memory(pickled.parts[0], table)
    assert pickled.pickled.nbytes < 10_000


def test_pack_takes_functions_of_the_main_script_by_value():
    """Workers of joblib do the same."""
    offset = 2
    assert pack(lambda x: x + offset).open()(1) == 3


def test_pack_tells_what_could_not_be_pickled():
    """Every error on the way is one of pickling, with the cause."""
    with pytest.raises(pickle.PicklingError, match="told not to be pickled") as raised:
        pack(Stubborn())
    assert isinstance(raised.value.__cause__, TypeError)


class Stubborn:
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("told not to be pickled")


def test_packed_once_leaves_plain_arrays_and_packs_others_once():
    """joblib maps arrays itself; of objects it would read a pickle each time."""
    packed = PickledOnce()
    table, words, frame = np.zeros(3), np.array([None]), pd.DataFrame({"a": [1]})
    assert packed.share(table) is table
    assert packed.share(None) is None
    assert packed.share(frame) is packed.share(frame)
    assert packed.share(words).open().tolist() == [None]


def test_pickled_has_the_size_of_what_it_carries():
    """Ray sends an argument that seems small with every task, and keeps a large one."""
    pickled = pack({"a": np.zeros(N_LARGE), "b": "text"})
    assert len(pickled.parts) == 1
    assert sys.getsizeof(pickled) >= 8 * N_LARGE + len(pickled.pickled)
    assert sys.getsizeof(pack(3)) < 200

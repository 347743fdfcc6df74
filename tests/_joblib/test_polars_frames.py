"""Are frames of polars pickled unchanged, and their numbers beside the pickle?"""

from __future__ import annotations

import datetime
import pickle

import numpy as np
import pytest

from skbayes._joblib.pickling import pack
from skbayes._joblib.polars_frames import reduce_frame

pl = pytest.importorskip("polars")
pytest.importorskip("pyarrow")
testing = pytest.importorskip("polars.testing")

N_LARGE = 200_000


def frame_of(n_rows):
    """Columns of all kinds; those of numbers with gaps, too."""
    k = np.arange(n_rows)
    return pl.DataFrame(
        {
            "float": k / 7,
            "single": (k / 7).astype(np.float32),
            "whole": k,
            "small": (k % 100).astype(np.uint8),
            "bool": k % 3 == 0,
            "gaps": [None if i % 5 == 0 else i for i in range(n_rows)],
            "nan": np.where(k % 4 == 0, np.nan, k),
            "word": [str(i % 3) for i in range(n_rows)],
            "category": pl.Series([str(i % 3) for i in range(n_rows)]).cast(
                pl.Categorical
            ),
            "enum": pl.Series(["a", "b"] * (n_rows // 2), dtype=pl.Enum(["b", "a"])),
            "day": [datetime.date(2026, 1, 1 + i % 28) for i in range(n_rows)],
        }
    )


@pytest.mark.parametrize("n_rows", [0, 2, N_LARGE])
def test_reduce_frame_keeps_types_names_and_values(n_rows):
    """Chunked frames, too, as `concat` makes them."""
    frame = frame_of(n_rows)
    for given in (frame, pl.concat([frame, frame], rechunk=False)):
        testing.assert_frame_equal(pack(given).open(), given)


def test_reduce_frame_keeps_a_series():
    """A target has a name, which messages of estimators show."""
    series = pl.Series("target", np.arange(5))
    testing.assert_series_equal(pack(series).open(), series)


def test_reduce_frame_puts_numbers_beside_the_pickle_and_reads_them_there():
    """No worker copies them: the opened column has the memory of the part."""
    frame = frame_of(N_LARGE)
    packed = pack(frame.select("float", "whole", "gaps"))
    assert len(packed.parts) == 3
    assert packed.pickled.nbytes < 100_000
    opened = packed.open()["float"].to_numpy()
    assert np.shares_memory(opened, packed.parts[0])


@pytest.mark.parametrize(
    "value", [3, "x", pl.Series(["a"]), pl.DataFrame({"a": ["b"]}), pl.DataFrame()]
)
def test_reduce_frame_leaves_what_has_no_numbers(value):
    assert reduce_frame(value) is None


def test_reduce_frame_leaves_subclasses_to_polars():
    """Their attributes would be lost."""
    frame = Noted({"a": [1]})
    assert reduce_frame(frame) is None
    assert pickle.loads(pickle.dumps(frame)).shape == (1, 1)


class Noted(pl.DataFrame):
    """A user's subclass."""

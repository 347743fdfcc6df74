"""Pickle objects once for all the tasks that need them.

A worker unpickles the parts of a task itself, so it can report what could not be loaded
and why; a pool that fails to load a task takes the worker for broken, or loses the
task. Large buffers of an object are kept beside its pickle, as arrays that joblib maps
into memory: all workers of a machine then read the same copy.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skbayes._joblib.polars_frames import reduce_frame
from skbayes._joblib.private import cloudpickle

#: Bytes from which a buffer is kept beside the pickle: joblib's limit for memory maps.
_LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Pickled:
    """A pickled object.

    Parameters
    ----------
    pickled : array of shape (n_bytes,)
        The pickle of the object without its large buffers.
    parts : tuple of arrays
        The large buffers, in the order of the pickle.
    """

    pickled: NDArray[np.uint8]
    parts: tuple[NDArray[np.uint8], ...] = ()

    def __sizeof__(self) -> int:
        """Bytes of the pickle; ray keeps large arguments at its workers by this."""
        return self.pickled.nbytes + sum(part.nbytes for part in self.parts)

    def open(self) -> Any:
        """Unpickle the object; its large buffers are read-only."""
        return pickle.loads(self.pickled.data, buffers=self.parts)


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles frames of polars in the same form as other large data."""

    def reducer_override(self, value: Any) -> Any:
        reduced = reduce_frame(value)
        return super().reducer_override(value) if reduced is None else reduced


def pack(value: Any) -> Pickled:
    """Pickle an object; classes and functions of the main script by value.

    Raises
    ------
    PicklingError
        If it cannot be pickled, whatever error pickling raised.
    """
    parts: list[pickle.PickleBuffer] = []

    def keep_in_pickle(part: pickle.PickleBuffer) -> bool:
        is_small = part.raw().nbytes < _LARGE
        if not is_small:
            parts.append(part)
        return is_small

    text = io.BytesIO()
    try:
        _Pickler(text, protocol=5, buffer_callback=keep_in_pickle).dump(value)
    except Exception as error:
        raise pickle.PicklingError(
            f"Could not pickle the task to send to the workers: "
            f"{type(error).__name__}: {error}"
        ) from error
    return Pickled(
        np.frombuffer(text.getbuffer(), np.uint8),
        tuple(np.frombuffer(part.raw(), np.uint8) for part in parts),
    )


def pack_result(value: Any) -> bytes:
    """Pickle a worker's result, in one piece."""
    pickled: bytes = cloudpickle.dumps(value, protocol=5)
    return pickled


class PickledOnce:
    """Pickles each value at its first use, and keeps the pickle."""

    def __init__(self) -> None:
        # The value is kept alive too, so that no other object gets its id.
        self._packed: dict[int, tuple[Any, Pickled]] = {}

    def share(self, value: Any) -> Any:
        """A plain array or a pickled value as it is; other values pickled."""
        if value is None or isinstance(value, Pickled) or _is_plain_array(value):
            return value
        if id(value) not in self._packed:
            self._packed[id(value)] = value, pack(value)
        return self._packed[id(value)][1]


def _is_plain_array(value: Any) -> bool:
    is_array = type(value) is np.ndarray or type(value) is np.memmap
    return is_array and not value.dtype.hasobject

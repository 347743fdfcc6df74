"""Predictions become bytes and the same predictions again."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from skbayes._journal.predictions_codec import (
    predictions_from_bytes,
    predictions_to_bytes,
)


def back_and_forth(predictions):
    """Write and read."""
    return predictions_from_bytes(predictions_to_bytes(predictions))


# On a busy machine arrays take long to draw.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    hnp.arrays(
        hnp.boolean_dtypes()
        | hnp.integer_dtypes()
        | hnp.floating_dtypes()
        | hnp.complex_number_dtypes()
        | hnp.unicode_string_dtypes(),
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=0),
    )
)
def test_predictions_from_bytes_gives_arrays_back(array):
    """Numbers and labels of any shape come back to the last bit."""
    back = back_and_forth(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


@given(st.lists(st.text() | st.integers() | st.none() | st.booleans(), max_size=5))
def test_predictions_from_bytes_gives_object_labels_back(labels):
    """Text, numbers and None come back with their types."""
    array = np.array([*labels, None], dtype=object)
    back = back_and_forth(array)
    assert back.dtype == object
    assert back.tolist() == array.tolist()
    assert list(map(type, back)) == list(map(type, array))


@pytest.mark.parametrize("kind", [list, tuple])
def test_predictions_from_bytes_gives_several_outputs_back(kind):
    """`predict_proba` of several outputs gives an array for each."""
    parts = kind([np.arange(6.0).reshape(3, 2), np.array(["a", None], dtype=object)])
    back = back_and_forth(parts)
    assert type(back) is kind
    np.testing.assert_array_equal(back[0], parts[0])
    assert back[1].tolist() == ["a", None]


@pytest.mark.parametrize(
    "kind", [sparse.csr_array, sparse.csr_matrix, sparse.coo_array]
)
def test_predictions_from_bytes_gives_sparse_matrices_back(kind):
    """Predictions of many labels are sparse."""
    matrix = kind(np.eye(3))
    back = back_and_forth(matrix)
    assert isinstance(back, sparse.sparray) == isinstance(matrix, sparse.sparray)
    np.testing.assert_array_equal(back.toarray(), np.eye(3))


def test_predictions_to_bytes_makes_frames_arrays():
    """Whoever looks at predictions takes them for arrays."""
    np.testing.assert_array_equal(back_and_forth(pd.Series([1.0, 2.0])), [1.0, 2.0])


def test_predictions_to_bytes_takes_no_predictions():
    """An estimator may have none to give, or no probabilities beside them."""
    assert back_and_forth(None) is None
    one, none = back_and_forth((np.arange(3), None))
    assert one.tolist() == [0, 1, 2]
    assert none is None


@pytest.mark.parametrize(
    "predictions", [np.array([{1}, 2], dtype=object), [object()], {"a": 1}]
)
def test_predictions_to_bytes_leaves_out_what_is_not_plain(predictions):
    """The fold is run again where its predictions are wanted."""
    assert predictions_to_bytes(predictions) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}\n",
        b'"array"\n',
        b'"array"\nnot numpy',
        b'{"list": 3}\n',
        b'{"os.system": []}\n',
        pickle.dumps([1]),
        predictions_to_bytes(np.arange(9))[:-3],
    ],
)
def test_predictions_from_bytes_raises_value_errors_only(content):
    """Whatever a damaged journal holds, nothing else is raised."""
    with pytest.raises(ValueError, match="These are no predictions"):
        predictions_from_bytes(content)


def test_predictions_from_bytes_refuses_pickled_arrays():
    """Arrays of objects are never written as pickles, nor read."""
    import io

    file = io.BytesIO()
    np.save(file, np.array([print], dtype=object))
    with pytest.raises(ValueError, match="These are no predictions"):
        predictions_from_bytes(b'"array"\n' + file.getvalue())

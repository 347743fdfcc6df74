"""Do arrays and texts of equal content have one hash, and others another?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from skbayes._journal.content import leaves
from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.test_hasher import the_same_twice


def test_array_leaf_ignores_the_layout():
    """An array mapped from a file, a read-only one and a view count by content."""
    array = np.arange(24.0).reshape(4, 6)
    fixed = array.copy()
    fixed.flags.writeable = False
    views = [np.asfortranarray(array), fixed, np.repeat(array, 2, axis=0)[::2]]
    assert {content_digest(v) for v in [array, *views]} == {content_digest(array)}


def test_array_leaf_reads_large_arrays_in_pieces(monkeypatch):
    """The pieces make no difference to arrays that fit into one."""
    array = np.random.default_rng(0).random((1000, 7))
    before = content_digest(array)

    monkeypatch.setattr(leaves, "_CHUNK_BYTES", 1000)
    assert content_digest(array) == before
    changed = array.copy()
    changed[-1, -1] += 1
    assert content_digest(changed) != before


def test_canonical_sparse_ignores_sorting():
    """Fits sort the indices of the matrix they are given, in place."""
    data, indices, indptr = [1.0, 2.0, 3.0], [1, 0, 1], [0, 2, 3]
    matrix = sparse.csr_array((data, indices, indptr), shape=(2, 2))
    before = content_digest(matrix)
    assert matrix.indices.tolist() == indices
    matrix.sort_indices()
    assert content_digest(matrix) == before
    wide = sparse.csr_array(matrix)
    wide.indices, wide.indptr = wide.indices.astype("i8"), wide.indptr.astype("i8")
    assert content_digest(wide) == before


@pytest.mark.parametrize("kind", ["lil", "dok", "dia", "bsr", "coo", "csc", "csr"])
def test_canonical_sparse_reads_every_format(kind):
    """Equal matrices are alike, others are not."""
    dense = np.eye(4)
    first, second = the_same_twice(lambda: sparse.eye_array(4, format=kind))
    dense[0, 3] = 5
    assert first == second != content_digest(sparse.csr_array(dense).asformat(kind))


def test_array_leaf_ignores_bytes_between_values():
    """Records are padded, and so are long doubles."""
    kind = np.dtype([("a", np.int8), ("b", np.float64)], align=True)
    fills = (b"\0", b"\7")
    records = [np.frombuffer(fill * 48, np.uint8).copy().view(kind) for fill in fills]
    for record in records:
        record["a"], record["b"] = 1, [1.0, 2.0, 3.0]
    assert records[0].tobytes() != records[1].tobytes()
    assert content_digest(records[0]) == content_digest(records[1])
    longs = [np.frombuffer(fill * 16, np.longdouble).copy() for fill in fills]
    for long in longs:
        long[:] = np.longdouble(1) / 3
    assert content_digest(longs[0]) == content_digest(longs[1])
    assert content_digest(longs[0]) != content_digest(np.nextafter(longs[0], 1))


def test_leaf_ends_its_tag():
    """No content can pass for a part of the tag, however the content is cut."""
    assert leaves.leaf("a", [b"b"]) != leaves.leaf("ab", [])
    assert leaves.leaf("a", [b"bc", b"", b"d"]) == leaves.leaf("a", [b"bcd"])


def test_text_tells_several_texts_from_one():
    """Lone surrogates are told apart, too, though no encoding of text takes them."""
    digests = [
        leaves.text("a", *texts)
        for texts in [("b", "c"), ("bc",), ("b, c",), ("b', 'c",), ("\udcff",), ()]
    ]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.zeros(0), np.zeros((0, 3))),
        (np.zeros(0), np.zeros(0, dtype="f4")),
        (np.array(1.0), np.array([1.0])),
        (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2)),
        (np.array([1], dtype=">i4"), np.array([1], dtype="<i4")),
        (np.array([0.0]), np.array([-0.0])),
        (np.array(["2020"], dtype="M8[D]"), np.array(["2020"], dtype="M8[s]")),
        (np.array(["a"]), np.array([b"a"])),
    ],
)
def test_array_leaf_counts_type_and_shape(one, other):
    """Empty arrays differ, too, and a copy has the same hash."""
    assert leaves.array_leaf(one) != leaves.array_leaf(other)
    assert leaves.array_leaf(one) == leaves.array_leaf(one.copy())


def test_canonical_sparse_joins_entries_of_one_place():
    """The matrix itself stays as it is, and an explicit zero is an entry."""
    places = ([0, 0, 1], [1, 1, 0])
    matrix = sparse.coo_array(([1.0, 2.0, 4.0], places), shape=(2, 2))
    kind, name, shape, data, *found = leaves.canonical_sparse(matrix)
    assert (kind, name, shape, matrix.nnz) == ("array", "coo", (2, 2), 3)
    entries = dict(zip(zip(*map(list, found), strict=True), data, strict=True))
    assert entries == {(0, 1): 3.0, (1, 0): 4.0}
    old = leaves.canonical_sparse(sparse.coo_matrix(matrix))
    assert old[0] == "matrix"
    zero = sparse.csr_array(([0.0], ([0], [0])), shape=(2, 2))
    assert leaves.canonical_sparse(zero)[3].tolist() == [0.0]

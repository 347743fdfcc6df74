"""Parameters become text and the very same parameters again."""

from __future__ import annotations

import copy
import enum
import json
import math
import struct
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats
from sklearn.svm import SVC

from skbayes._journal.params_codec import (
    ParamsCodec,
    choices_of,
    readable_params,
    scores_from_json,
    scores_to_json,
)


class Kind(enum.IntEnum):
    """An integer that is more than its value."""

    ONE = 1


def square(x):
    """Stand for a function among the choices."""
    return x * x


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text()
)
plain = st.recursive(
    scalars,
    lambda s: st.lists(s, max_size=3) | st.lists(s, max_size=3).map(tuple),
    max_leaves=4,
)
names = st.text(min_size=1, max_size=5)


def same(a, b) -> bool:
    """Equality by type and to the last bit."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (a != a and b != b)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@given(st.dictionaries(names, plain, max_size=4))
def test_params_codec_gives_plain_values_back(params):
    """Numbers come back to the last bit, and so do text, None, tuples and lists."""
    codec = ParamsCodec()
    back = codec.decode(codec.encode(params))
    assert list(back) == list(params)
    assert all(same(back[name], params[name]) for name in params)


@given(st.dictionaries(names, plain, max_size=4), st.randoms())
def test_params_codec_key_does_not_depend_on_the_order(params, random):
    items = list(params.items())
    random.shuffle(items)
    assert ParamsCodec().key(params) == ParamsCodec().key(dict(items))


@given(plain, plain)
def test_params_codec_key_tells_values_apart(a, b):
    """Different values, or values of different types, have different keys."""
    codec = ParamsCodec()
    assert (codec.key({"x": a}) == codec.key({"x": b})) == same(a, b)


@given(st.dictionaries(names, plain, max_size=4))
def test_params_codec_encode_gives_standard_json(params):
    """Other programs can read the text: it has no NaN, no Infinity and only ASCII."""
    text = ParamsCodec().encode(params)
    json.loads(text, parse_constant=pytest.fail)
    assert text.isascii()


@given(st.dictionaries(names, st.floats(), min_size=1))
def test_scores_to_json_keeps_the_last_bit(scores):
    """NaN and infinities come back, too."""
    back = scores_from_json(scores_to_json(scores))
    assert list(back) == list(scores)
    assert all(same(back[name], scores[name]) for name in scores)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        ((np.int64(3), np.float64(math.inf)), (3, math.inf)),
    ],
)
def test_params_codec_makes_numpy_scalars_pythons(given, expected):
    """A numpy scalar has the key of the Python value, too."""
    codec = ParamsCodec()
    assert same(codec.decode(codec.encode({"x": given}))["x"], expected)
    assert codec.key({"x": given}) == codec.key({"x": expected})


CHOICES = [
    SVC(),
    SVC(),
    square,
    np.arange(3),
    np.arange(3.0),
    np.array([1, math.nan]),
    sparse.eye_array(2),
    (1, 2),
    [1, 2],
    (1.0, 2),
    {"a": 1},
    Kind.ONE,
    b"x",
    2j,
    (np.arange(2000), "a"),
    stats.norm(),
]
#: These are alike, so that the first stands for the second.
FIRST_OF = {1: 0}


@pytest.mark.parametrize("position", range(len(CHOICES)))
def test_params_codec_gives_the_very_choices_back(position):
    """Choices that refuse to be compared come back, too; equal ones are one choice."""
    codec = ParamsCodec({"x": CHOICES})
    text = codec.encode({"x": CHOICES[position]})
    expected = CHOICES[FIRST_OF.get(position, position)]
    assert codec.decode(text)["x"] is expected
    # Another process has other objects, in another order.
    others = copy.deepcopy(CHOICES[::-1])
    found = ParamsCodec({"x": others}).decode(text)["x"]
    assert found is others[len(CHOICES) - 1 - FIRST_OF.get(position, position)] or (
        position in (0, 1) and isinstance(found, SVC)
    )


def test_params_codec_key_tells_choices_apart():
    """All choices but equal ones have keys of their own."""
    codec = ParamsCodec()
    assert len({codec.key({"x": choice}) for choice in CHOICES}) == len(CHOICES) - 1


def test_params_codec_takes_an_edited_choice_for_another():
    """A function counts by its code, an estimator by its parameters, not by its fit."""
    keys = {
        ParamsCodec().key({"x": value})
        for value in (lambda x: x, lambda x: x + 1, SVC(), SVC(C=2))
    }
    assert len(keys) == 4
    fitted = SVC().fit([[0], [1]], [0, 1])
    assert ParamsCodec().key({"x": fitted}) == ParamsCodec().key({"x": SVC()})


def test_params_codec_decode_refuses_what_is_no_choice_any_more():
    """The digest alone does not give the value."""
    text = ParamsCodec().encode({"x": SVC(C=3)})
    with pytest.raises(LookupError, match=r"'x' has no choice SVC\(C=3\)"):
        ParamsCodec({"x": [SVC()], "y": [SVC(C=3)]}).decode(text)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(3),
        np.array([0.1, math.nan, -math.inf]),
        np.zeros((2, 2), dtype="float32"),
        np.array([True, False]),
        np.zeros(0),
        np.array(1.5),
    ],
)
def test_params_codec_gives_short_arrays_back(array):
    """Arrays need not be choices, because distributions may draw them."""
    back = ParamsCodec().decode(ParamsCodec().encode({"x": array}))["x"]
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(back, array)


def test_params_codec_refuses_what_has_no_content():
    """The error comes when the choices are read, before anything is tried."""
    with pytest.raises(TypeError, match="`journal` parameter needs .*lock"):
        ParamsCodec({"x": [threading.Lock()]})


@pytest.mark.parametrize(
    ("params", "same"),
    [
        ({"C": 1}, {"C": 1, "kernel": "rbf"}),
        ({}, {"kernel": "rbf"}),
        ({"C": 1}, {"C": 1, "step": SVC()}),
        ({"step": SVC(C=2)}, {"step": SVC(C=2), "kernel": "rbf"}),
    ],
)
def test_params_codec_score_key_leaves_out_what_is_set_already(params, same):
    """Values that are set already count by content; the key of a trial keeps them."""
    codec = ParamsCodec(own_values={"kernel": "rbf", "step": SVC(), "step__C": 1.0})
    assert codec.score_key(params) == codec.score_key(same)
    assert codec.key(params) != codec.key(same)


#: A list that replaces the parts of a pipeline.
STEPS = [("step", SVC(C=2))]


@pytest.mark.parametrize(
    ("params", "other"),
    [
        ({"C": 1}, {"C": 1, "kernel": "poly"}),
        ({"C": 1}, {"C": 1, "step__C": 1}),
        ({"C": 1}, {"C": 1, "unknown": None}),
        # The step is replaced, and with it the value that is set.
        ({"step": SVC(C=2)}, {"step": SVC(C=2), "step__C": 1.0}),
        ({"steps": STEPS}, {"steps": STEPS, "step__C": 1.0}),
        ({"steps": STEPS}, {"steps": STEPS, "step": SVC()}),
        ({"in__steps": STEPS}, {"in__steps": STEPS, "in__step__C": 1.0}),
    ],
)
def test_params_codec_score_key_keeps_what_makes_a_difference(params, other):
    """Other values, other types and parameters of what is replaced stay in the key."""
    own_values = {"kernel": "rbf", "step": SVC(), "step__C": 1.0, "in__step__C": 1.0}
    codec = ParamsCodec(own_values=own_values)
    assert codec.score_key(params) != codec.score_key(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        '{"x": {}}',
        '{"x": {"choice": 1}}',
        '{"x": {"object": 1}}',
        '{"x": {"object": {"digest": "0"}}}',
        '{"x": {"object": {"digest": 0, "text": "a"}}}',
        '{"x": {"array": [1, 2]}}',
        '{"x": {"array": ["O", [1], [1]]}}',
        '{"x": {"array": ["<f8", [2], [1]]}}',
        '{"x": {"float": "many"}}',
        '{"x": {"tuple": 3}}',
        '{"x": {"tuple": [{"choice": 0}]}}',
        '{"x": {"object": "os.system"}}',
        '{"x": {"float": "1", "tuple": []}}',
    ],
)
def test_params_codec_decode_raises_value_errors_only(text):
    """Whatever a damaged journal holds, nothing else is raised."""
    with pytest.raises(ValueError, match=r"."):
        ParamsCodec({"x": ["a"]}).decode(text)


def test_readable_params_show_objects_as_text():
    """Each object becomes one line, not too long."""
    params = {"x": SVC(C=2), "C": 0.5, "long": np.zeros((900, 2))}
    shown = readable_params(ParamsCodec().encode(params))
    assert shown["x"] == "SVC(C=2)"
    assert shown["C"] == 0.5
    assert "\n" not in shown["long"]
    assert len(shown["long"]) <= 200


class Listed:
    """Has choices, and could draw from them."""

    choices = ((1, 2), "a")

    def rvs(self):
        """Draw nothing."""


def test_choices_of_a_dict_are_what_is_not_plain():
    """Choices come in their written order; ranges and distributions have none."""
    clf = SVC()
    space = {
        "plain": [1, 2.0, "a", None, True],
        "numbers": np.logspace(0, 1, 3),
        "range": range(10**12),
        "pair": (1e-3, 1e3, "log-uniform"),
        "distribution": stats.uniform(),
        "clf": [clf, "passthrough", square],
        "shape": ((1, 2), (3,)),
        "array": np.array(["a", (1,), None], dtype=object),
        "rows": np.arange(4).reshape(2, 2),
        "own": Listed(),
    }
    found = choices_of(space)
    assert list(found) == ["clf", "shape", "array", "rows", "own"]
    assert found["clf"][0] is clf
    assert found["clf"][1:] == [square]
    assert found["shape"] == [(1, 2), (3,)]
    assert found["array"] == [(1,)]
    np.testing.assert_array_equal(found["rows"], [[0, 1], [2, 3]])
    assert found["own"] == [(1, 2)]


def test_choices_of_a_list_of_dicts_are_joined():
    """Choices are in the order of the dicts: positions do not depend on the branch."""
    first, second = SVC(), SVC()
    found = choices_of([{"clf": [first], "C": [1]}, {"clf": [second, first]}])
    assert found == {"clf": [first, second, first]}


@pytest.mark.parametrize("space", ["auto", None, 3, [], {}])
def test_choices_of_other_spaces_is_empty(space):
    """Others check what such a space is."""
    assert choices_of(space) == {}

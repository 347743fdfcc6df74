"""Does a suggested space print as code that makes it, and stay one when copied?"""

from __future__ import annotations

import copy
import pickle

import pytest

from skbayes.presets import Quartiles
from skbayes.presets._suggested_space import SuggestedDict, SuggestedList
from skbayes.space import Real

ONE = SuggestedDict(
    {"C": Real(0.1, 2.0, "uniform"), "it's": ["a'b", None]},
    {"C": "a study", "other": "unused"},
    ("for 3 samples",),
)
TWO = SuggestedDict({"C": Quartiles(1, 9, (2, 3, 4), log=True)})


def evaluated(text):
    """What the code makes."""
    return eval(text, {"Real": Real, "Quartiles": Quartiles})


def test_suggested_dict_prints_as_commented_code():
    """Notes stand at its head, a source behind each value that has one."""
    assert repr(ONE).splitlines() == [
        "{",
        "    # for 3 samples",
        f"    'C': {Real(0.1, 2.0, 'uniform')!r},  # a study",
        '    "it\'s": ["a\'b", None],',
        "}",
    ]
    assert evaluated(repr(ONE)) == ONE
    assert evaluated(repr(SuggestedDict({}))) == SuggestedDict() == {}


def test_suggested_list_prints_as_code():
    """Each dict is on lines of its own."""
    found = SuggestedList([ONE, TWO])
    assert evaluated(repr(found)) == [ONE, TWO]
    assert repr(found).splitlines()[2] == "        # for 3 samples"
    assert evaluated(repr(SuggestedList())) == []


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
)
def test_suggested_dict_is_copied_with_its_comments(again):
    """The comments are also copied within a list, and not into the same dict."""
    found = again(ONE)
    assert type(found) is SuggestedDict
    assert repr(found) == repr(ONE)
    found["new"] = 1
    assert "new" not in ONE
    assert repr(again(SuggestedList([ONE, TWO]))) == repr(SuggestedList([ONE, TWO]))

"""Does a call in the words of another library's optimizer say what to write here?"""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from skbayes import Optimizer
from skbayes._strategies.other_optimizers import _ADVICE, _RENAMED

SPACE = {"x": (-2.0, 2.0, "uniform")}


@pytest.mark.parametrize(
    ("keywords", "advice"),
    [
        ({"dimensions": [(-2.0, 2.0)]}, r"`dimensions`: write space=\{'x': \("),
        ({"pbounds": {"x": (-2, 2)}}, r"`pbounds`: write space=\{'x': \("),
        ({"space": SPACE, "base_estimator": "GP"}, "`base_estimator`: leave it out: "),
        ({"space": SPACE, "n_random_starts": 5}, "write n_initial_points=5."),
        ({"space": SPACE, "n_calls": 30}, "write n_iter=30."),
        ({"space": SPACE, "direction": "minimize"}, "tell the negative of a loss"),
        ({"space": SPACE, "f": len}, "evaluate what `ask` returns"),
        ({"space": SPACE, "n_jobs": 4}, r"`ask\(4\)` gives four points"),
        ({"space": SPACE, "nothing": 1}, "random_state. Got nothing as well.$"),
    ],
)
def test_explain_other_optimizers_says_what_to_write(keywords, advice):
    """The error names the keyword and what it is called here."""
    with pytest.raises(TypeError, match=advice):
        Optimizer(**keywords)


def test_explain_other_optimizers_names_all():
    """Each keyword of a call copied from scikit-optimize has a line."""
    with pytest.raises(TypeError, match=r"Optimizer takes space, n_initial") as found:
        Optimizer(dimensions=[(-2.0, 2.0)], acq_func="EI", random_state=0)
    assert [line.split(":")[0] for line in str(found.value).splitlines()[1:]] == [
        "`dimensions`",
        "`acq_func`",
    ]


def test_explain_other_optimizers_keeps_the_class():
    """Signature, pickle and copy are as without it, and no advice is on our own."""
    own = list(inspect.signature(Optimizer).parameters)
    assert own[0] == "space"
    assert not set(own) & (set(_ADVICE) | set(_RENAMED))
    assert set(_RENAMED.values()) <= set(own)
    optimizer = Optimizer(SPACE, random_state=0)
    for copied in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        assert copied.ask() == optimizer.ask()

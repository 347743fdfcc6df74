"""Is it said what the keywords of other libraries' dimensions are called here?"""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from skbayes.space import Categorical, Integer, Real


@pytest.mark.parametrize(
    ("make", "args", "keywords", "advice"),
    [
        (Real, (0.1, 1.0), {"name": "C"}, r"`name`: .* the key .*\{'C': Real\("),
        (Real, (0.1, 1.0), {"log": True}, "`log`: write prior='log-uniform'"),
        (Real, (0.1, 1.0), {"log": False}, "`log`: leave it out"),
        (Real, (0.1, 1.0), {"transform": "normalize"}, "`transform`: leave it out"),
        (Integer, (1, 9), {"base": 2}, "`base`: leave it out"),
        (Integer, (1, 9), {"step": 2}, "`step`: write a list"),
        (Integer, (), {"lower": 1, "upper": 9}, "(?s)write low=.*write high="),
        (Categorical, (), {"categories": ["a"]}, r"write choices=\[...\]"),
        (Categorical, (["a"],), {"prior": [1.0]}, "`prior`: leave it out"),
        (Categorical, (["a"],), {"nothing": 1}, "takes choices. Got nothing as well"),
    ],
)
def test_explain_other_keywords_says_what_to_write(make, args, keywords, advice):
    """The error names the keyword and what it is called here."""
    with pytest.raises(TypeError, match=advice):
        make(*args, **keywords)


@pytest.mark.parametrize("made", [Real(0.1, 1.0), Integer(1, 9), Categorical(["a"])])
def test_explain_other_keywords_keeps_the_class(made):
    """Signature, pickle and copy are as without it."""
    names = list(inspect.signature(type(made)).parameters)
    assert names[0] in {"low", "choices"}
    assert "kwargs" not in names
    assert pickle.loads(pickle.dumps(made)) == made == copy.deepcopy(made)

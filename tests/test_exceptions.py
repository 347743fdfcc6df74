"""Are the exceptions those that their module describes?"""

from __future__ import annotations

import pickle
import re

import pytest

from skbayes import exceptions

TREE = re.findall(r"^( *(?:[│├└─ ]*))(\w+)", exceptions.__doc__, flags=re.MULTILINE)


def test_exceptions_form_the_tree_that_is_drawn():
    """Each exception is derived from the one under which it stands."""
    above: list[tuple[int, str]] = []
    drawn = {}
    for lead, name in TREE:
        if "Exception" not in [n for _, n in above] and name != "Exception":
            continue
        above = [(depth, n) for depth, n in above if depth < len(lead)]
        drawn[name] = above[-1][1] if above else None
        above.append((len(lead), name))
    assert set(exceptions.__all__) <= drawn.keys()
    for name in exceptions.__all__:
        (base,) = getattr(exceptions, name).__bases__
        assert base.__name__ == drawn[name]


@pytest.mark.parametrize("name", exceptions.__all__)
def test_exceptions_come_back_from_a_worker(name):
    """Exceptions keep their message, which is all that they have."""
    error = getattr(exceptions, name)("what happened")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == "what happened"

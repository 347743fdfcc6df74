"""Are the places found that code writes to?"""

from __future__ import annotations

import types

import pytest

from skbayes._journal.content.bytecode import facts_of
from tests._journal.content.test_bytecode import code_of


@pytest.mark.parametrize(
    ("body", "writes"),
    [
        ("global N\nN += 1", {"global N"}),
        ("K.n += 1", {"global K.n"}),
        ("K.n = x", {"global K.n"}),
        ("a.b.c = x", {"global a.b.c"}),
        ("D[x] = 1", {"global D!"}),
        ("D[x + 1][2] = 1", {"global D!"}),
        ("D[f(x, 1)].a[2] += 1", {"global D!"}),
        ("D['a'].append(x)", {"global D!?"}),
        ("D.a['b'][x].update(x)", {"global D.a!?"}),
        ("D[x].n += 1", set()),
        ("D[x].n = L[0]", set()),
        ("type(self).log[x].append(1)", {"local self.__class__.log!?"}),
        ("x[0].append(D[0])", {"local x!?"}),
        ("f(x)[0].append(D[0])", set()),
        ("D[x] += 1", {"global D!"}),
        ("D[f(x, 1), 2] += 1", {"global D!"}),
        ("D[1:x] = x", {"global D!"}),
        ("del D[x]", {"global D!"}),
        ("D.a[x] = 1", {"global D.a!"}),
        ("L.append(x)", {"global L!?"}),
        ("L.a.update(x)", {"global L.a!?"}),
        ("self.n = x", {"local self.n"}),
        ("self.n += 1", {"local self.n"}),
        ("self.log.append(x)", {"local self.log!?"}),
        ("type(self).n += 1", {"local self.__class__.n"}),
        ("self.__class__.n = 1", {"local self.__class__.n"}),
        ("x[0] = 1", {"local x!"}),
        ("y = D[x]", set()),
        ("x[D[0]] = D[1]", {"local x!"}),
        ("x[0] = L.copy()", {"local x!"}),
        ("return L.index(x) + K.n", set()),
    ],
)
def test_writes_are_told_from_reads(body, writes):
    """The name that they go to tells them apart: ! is in place, ? by a method."""
    found = {
        f"{w.kind} {'.'.join(w.path)}{'!' * w.is_in_place}{'?' * w.by_method}"
        for w in facts_of(code_of(body)).writes
    }
    assert found == writes


def test_writes_of_free_variables_are_found():
    """Free variables belong to the function around, not to the inner one."""
    body = "def g():\n    nonlocal n\n    n += 1\n    own.append(n)"
    code = code_of(f"n, own = 0, []\n{body}\nreturn g")
    inner = next(c for c in code.co_consts if isinstance(c, types.CodeType))
    found = {(w.kind, w.path, w.is_in_place) for w in facts_of(inner).writes}
    assert found == {("free", ("n",), False), ("free", ("own",), True)}

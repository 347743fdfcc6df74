"""The places that code writes to, found in the objects that its names lead to."""

from __future__ import annotations

import pytest

from skbayes._journal.content.bytecode import facts_of
from skbayes._journal.content.own_code import Part
from skbayes._journal.content.written_places import (
    asked_for,
    cell_content,
    cells_of,
    class_writes,
    defaults_of,
    function_writes,
)
from tests._journal.content.written_code import made

NAMES = """
    import array, types
    A = array.array("d")
    D = {"a": 1}
    L = []
    S = types.SimpleNamespace(n=0, log=[], text="")
    class K:
        table = {}
        log = []
        def note(self, x):
            self.table["a"] = x
            self.log.append(x)
            self.own = x
    def factory():
        c = {}
        def f(x, d={}, *, k=2):
            global G
            BODY
        return f
    G = 0
    f = factory()
"""


def written(body):
    """The module of a function with this body, and the places that it writes to."""
    module = made(NAMES.replace("BODY", f"c; {body}"))
    return module, set(function_writes(module.f, facts_of(module.f.__code__)))


@pytest.mark.parametrize(
    ("body", "name", "part"),
    [
        ("G = 1", "G", None),
        ("D[x] = 1", "D", None),
        ("D['a'] = 1", "D", "a"),
        ("D['a'] += 1", "D", "a"),
        ("del D['a']", "D", "a"),
        ("D.setdefault('b', 2)", "D", "b"),
        ("D.pop('b', None)", "D", "b"),
        ("D.pop('b')", "D", "b"),
        ("D.pop(x)", "D", None),
        ("D.pop('b'.upper())", "D", None),
        ("D.setdefault('b' + x, 2)", "D", None),
        ("D.setdefault('b{}'.format(x), 2)", "D", None),
        ("D.setdefault('b', len(x))", "D", None),
        ("D.update(a=1)", "D", None),
        ("D['a']['b'] = 1", "D", None),
        ("L.append(x)", "L", None),
        ("A.append(x)", "A", None),
        ("S.n += 1", "S", "n"),
        ("S.log.append(x)", "S", "log"),
        ("S.log[0] = x", "S", "log"),
    ],
)
def test_function_writes_to_a_global_or_a_part_of_it(body, name, part):
    """A constant key of a dict and an attribute of an object are parts."""
    module, places = written(body)
    place = ("global", id(vars(module)), name)
    assert places == {place if part is None else Part(place, part)}


@pytest.mark.parametrize("body", ["x = D['a']", "S.text.strip()", "x[D['a']] = 1"])
def test_function_writes_nothing_where_it_only_reads(body):
    """Nor does a method that changes nothing."""
    assert written(body)[1] == set()


def test_function_writes_to_variables_defaults_and_classes():
    """Each is a place of its own."""
    module, places = written("c['a'] = d['b'] = x; c.clear(); K.table[x] = 1")
    (cell,) = [cell for name, cell in cells_of(module.f) if name == "c"]
    assert places == {
        ("cell", id(cell)),
        Part(("cell", id(cell)), "a"),
        Part(("default", id(module.f), "d"), "b"),
        ("attribute", id(module.K), "table"),
    }
    assert cell_content(cell) == {}
    assert dict(defaults_of(module.f)) == {"d": {}, "k": 2}


def test_class_writes_are_those_that_instances_share():
    """After the method's name, where code has to ask for it."""
    kind = made(NAMES.replace("BODY", "c")).K
    table, log = (("attribute", id(kind), name) for name in ("table", "log"))
    assert set(class_writes(kind, False)) == {("", Part(table, "a")), ("", log)}
    assert set(class_writes(kind, True)) == {("note", Part(table, "a")), ("note", log)}
    assert asked_for(kind, "__call__", kind.note, True) == ""

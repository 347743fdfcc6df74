"""The names that a code object assigns or changes in place.

A counter, a log or a cache that the code itself writes is state of the program. It is
not part of the code's identity, because every fit may change it.
"""

from __future__ import annotations

import dis
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Methods that change lists, dicts, sets and deques in place.
MUTATORS = frozenset(
    [
        "append",
        "appendleft",
        "extend",
        "extendleft",
        "insert",
        "pop",
        "popleft",
        "popitem",
        "remove",
        "discard",
        "clear",
        "update",
        "setdefault",
        "add",
        "subtract",
        "sort",
        "reverse",
        "rotate",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
        "__setitem__",
    ]
)

#: Those of a dict that change one key, which is their first argument.
_OF_A_KEY = ("setdefault", "pop")

#: Loads of local variables; some load two, with the second on top of the stack.
_FAST = (
    "LOAD_FAST",
    "LOAD_FAST_BORROW",
    "LOAD_FAST_CHECK",
    "LOAD_FAST_LOAD_FAST",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
    "STORE_FAST_LOAD_FAST",
)
_ATTRIBUTE = ("LOAD_ATTR", "LOAD_METHOD")
_ITEM_STORES = ("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE")


@dataclass(frozen=True)
class Write:
    """A place that code writes to.

    Parameters
    ----------
    kind : "global", "free" or "local"
        Where the first name is looked up.
    path : tuple of str
        The name, and the attributes read from it.
    is_in_place : bool
        Whether the object there is changed, not replaced by another.
    by_method : bool
        Whether one of `MUTATORS` changes it; its effect depends on the type.
    item : str or None
        The only key of a dict there that it changes, if the code says which.
    """

    kind: str
    path: tuple[str, ...]
    is_in_place: bool = False
    by_method: bool = False
    item: str | None = None


def writes_of(
    code: types.CodeType, instructions: Sequence[dis.Instruction]
) -> Iterator[Write]:
    """Find the writes of a code object, without those of nested ones.

    Parameters
    ----------
    code : code object
        Tells which variables belong to the enclosing function.
    instructions : sequence of dis.Instruction
        Its instructions that have an effect.
    """
    steps = instructions
    for i, one in enumerate(steps):
        name = one.opname
        if name in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            yield Write("global", (str(one.argval),))
        elif name in ("STORE_DEREF", "DELETE_DEREF"):
            if one.argval in code.co_freevars:
                yield Write("free", (str(one.argval),))
        elif name in ("STORE_ATTR", "DELETE_ATTR"):
            if (owner := _place(steps, _end_of_owner(steps, i))) is not None:
                kind, path, is_item = owner
                # An item with attributes is a model or settings: they count.
                if not is_item:
                    yield Write(kind, (*path, str(one.argval)))
        elif name in _ITEM_STORES:
            end = _end_of_container(steps, i)
            if (place := _place(steps, end)) is not None:
                item = None if place[2] else _constant_key(steps, end)
                yield Write(*place[:2], is_in_place=True, item=item)
        elif (
            name in _ATTRIBUTE
            and one.argval in MUTATORS
            and (place := _place(steps, i - 1)) is not None
        ):
            is_of_key = one.argval in _OF_A_KEY and not place[2]
            item = _first_argument(steps[i + 1 : i + 4]) if is_of_key else None
            yield Write(*place[:2], is_in_place=True, by_method=True, item=item)


def _place(
    steps: Sequence[dis.Instruction], end: int | None
) -> tuple[str, tuple[str, ...], bool] | None:
    """Place of the value of the expression that ends at a step; None if unknown.

    Returns kind and path of the place, and whether the value is an item of the object
    there: the path ends at the outermost container.
    """
    attributes: list[str] = []
    is_item = False
    while end is not None and end >= 0:
        one = steps[end]
        if one.opname in _ATTRIBUTE:
            attributes.append(str(one.argval))
            end -= 1
            continue
        if _is_item_load(one):
            attributes, is_item = [], True
            end = _before_expression(steps, end - 1)
            continue
        path = (_name_on_top(one), *reversed(attributes))
        if one.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            return "global", path, is_item
        if one.opname == "LOAD_DEREF":
            return "free", path, is_item
        if one.opname in _FAST:
            return "local", path, is_item
        if (argument := _argument_of_type(steps, end)) is not None:
            return "local", (argument, "__class__", *reversed(attributes)), is_item
        return None
    return None


def _is_item_load(one: dis.Instruction) -> bool:
    # Python 3.14 made it a binary operation.
    return one.opname == "BINARY_SUBSCR" or (
        one.opname == "BINARY_OP" and one.argrepr == "[]"
    )


def _argument_of_type(steps: Sequence[dis.Instruction], end: int) -> str | None:
    """The name x if the step ends the expression ``type(x)``; else None."""
    if steps[end].opname != "CALL" or steps[end].arg != 1:
        return None
    before = [one for one in steps[max(0, end - 5) : end] if one.opname != "PRECALL"]
    last = [one for one in before if one.opname != "PUSH_NULL"][-2:]
    if len(last) == 2 and last[0].argval == "type" and last[1].opname in _FAST:
        return _name_on_top(last[1])
    return None


def _name_on_top(one: dis.Instruction) -> str:
    return str(one.argval[-1] if isinstance(one.argval, tuple) else one.argval)


def _end_of_owner(steps: Sequence[dis.Instruction], store: int) -> int | None:
    """The last step of the expression whose attribute is stored."""
    if steps[store - 1].opname != "SWAP":
        return store - 1
    # ``owner.name += 1``: the owner is copied before its attribute is loaded.
    for i in range(store - 1, 0, -1):
        is_load = steps[i].opname == "LOAD_ATTR"
        if is_load and steps[i].argval == steps[store].argval and _copies(steps[i - 1]):
            return i - 2
    return None


def _end_of_container(steps: Sequence[dis.Instruction], store: int) -> int | None:
    """The last step of the expression whose item is stored."""
    end: int | None = store - 1
    if steps[store - 1].opname == "SWAP":
        # ``container[key] += 1``: container and key are copied before the load.
        copies = (i for i in range(store - 1, 0, -1) if _copies(steps[i]))
        end = next((i - 2 for i in copies if _copies(steps[i - 1])), None)
    n_keys = 2 if steps[store].opname == "STORE_SLICE" else 1
    for _ in range(n_keys):
        end = None if end is None else _before_expression(steps, end)
    return end


def _constant_key(steps: Sequence[dis.Instruction], end: int | None) -> str | None:
    """The key after the end of a container's expression, if it is a constant text."""
    if end is None or steps[end + 2].opname not in ("COPY", *_ITEM_STORES):
        return None
    return _constant(steps[end + 1])


def _first_argument(following: Sequence[dis.Instruction]) -> str | None:
    """The first of at most two arguments of a call, if each is a single step."""
    first, *others = following
    while others and not others[0].opname.startswith(("PRECALL", "CALL")):
        # Another step may change the text: ``"a".upper()``, ``"a" + x``.
        if others[0].opname in _ATTRIBUTE or len(others) == 1:
            return None
        others = others[1:]
    return _constant(first)


def _constant(one: dis.Instruction) -> str | None:
    is_text = one.opname == "LOAD_CONST" and isinstance(one.argval, str)
    return str(one.argval) if is_text else None


def _before_expression(steps: Sequence[dis.Instruction], end: int) -> int | None:
    """The last step before the expression that ends at a step.

    Found by the stack effects: going back, the expression begins where they add up to
    the one value that it leaves.
    """
    missing = 1
    for i in range(end, -1, -1):
        try:
            missing -= dis.stack_effect(steps[i].opcode, steps[i].arg, jump=False)
        except ValueError:
            return None
        if missing <= 0:
            return i - 1
    return None


def _copies(one: dis.Instruction) -> bool:
    return one.opname == "COPY"

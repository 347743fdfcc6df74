"""The effect of a code object, and the names it looks up.

Byte code is read instruction by instruction. Parts without effect on a result are left
out: file and line numbers, docstrings, and the position of a constant in the table.
Source text would change with every comment, and is not always there.
"""

from __future__ import annotations

import dis
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from skbayes._journal.content.written_names import Write, writes_of

#: A global name and the attributes that are taken from it: ``("np", "log")``.
Lookup = tuple[str, ...]

_NO_EFFECT = {"NOP", "CACHE", "EXTENDED_ARG", "RESUME"}
#: Attributes that the compiler adds to a class body.
_CLASS_FACTS = {
    "__doc__",
    "__firstlineno__",
    "__module__",
    "__qualname__",
    "__static_attributes__",
}
_JUMPS = frozenset((*dis.hasjrel, *dis.hasjabs))
_CONSTANTS = frozenset(dis.hasconst)
_NAMES = frozenset((*dis.hasname, *dis.haslocal, *dis.hasfree))
_GLOBAL_LOADS = {"LOAD_GLOBAL", "LOAD_NAME"}
_ATTRIBUTE_LOADS = {"LOAD_ATTR", "LOAD_METHOD"}
_READS = _ATTRIBUTE_LOADS | {"LOAD_SUPER_ATTR"}
#: Pairs that the compiler joins to one instruction if both stand on one line.
_PAIRS = {
    "LOAD_FAST_LOAD_FAST": ("LOAD_FAST", "LOAD_FAST"),
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": ("LOAD_FAST_BORROW", "LOAD_FAST_BORROW"),
    "STORE_FAST_LOAD_FAST": ("STORE_FAST", "LOAD_FAST"),
    "STORE_FAST_STORE_FAST": ("STORE_FAST", "STORE_FAST"),
}
#: Bits of an argument that encode the use of the name, in some versions of Python.
_FLAGS = {"LOAD_GLOBAL": 1, "LOAD_ATTR": 1, "LOAD_SUPER_ATTR": 3}
#: Flags of *args, **kwargs and generators; the others depend on where code stands.
_KIND_FLAGS = 0x04 | 0x08 | 0x20 | 0x80 | 0x100 | 0x200


@dataclass(frozen=True)
class CodeFacts:
    """Facts of a code object, including all code nested in it.

    Parameters
    ----------
    content : tuple
        The instructions, as plain values, constants and the contents of nested code.
    lookups : frozenset of tuple of str
        Global names, with the attributes that are read from them at once.
    imports : frozenset of (name, level, names)
        Import statements inside the code.
    writes : frozenset of Write
        Names it assigns or changes in place.
    reads : frozenset of str
        Names of attributes that it reads.
    texts : frozenset of str
        Texts that it holds, which may be names that it looks up as it runs.
    """

    content: tuple[object, ...]
    lookups: frozenset[Lookup]
    imports: frozenset[tuple[str, int, tuple[str, ...]]]
    writes: frozenset[Write]
    reads: frozenset[str]
    texts: frozenset[str]


def facts_of(code: types.CodeType) -> CodeFacts:
    """Read a code object and those nested in it."""
    listing = dis.Bytecode(code)
    instructions = list(_with_effect(list(listing)))
    nested: dict[int, CodeFacts] = {
        id(constant): facts_of(constant)
        for constant in code.co_consts
        if isinstance(constant, types.CodeType)
    }
    content = (
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags & _KIND_FLAGS,
        code.co_varnames[: _n_arguments(code)],
        tuple(_executed(instructions, listing, nested)),
    )
    lookups = frozenset(_lookups(instructions))
    imports = frozenset(_imports(instructions))
    writes = frozenset(writes_of(code, instructions))
    reads = frozenset(str(i.argval) for i in instructions if i.opname in _READS)
    texts = frozenset(_texts(i.argval for i in instructions if i.opcode in _CONSTANTS))
    return CodeFacts(
        content,
        lookups.union(*(facts.lookups for facts in nested.values())),
        imports.union(*(facts.imports for facts in nested.values())),
        writes.union(*(facts.writes for facts in nested.values())),
        reads.union(*(facts.reads for facts in nested.values())),
        texts.union(*(facts.texts for facts in nested.values())),
    )


def in_order(content: Any) -> Any:
    """Code content with sets sorted: their own order depends on the hash seed."""
    if isinstance(content, tuple):
        return tuple(map(in_order, content))
    if isinstance(content, frozenset):
        return ("frozenset", sorted(repr(in_order(item)) for item in content))
    return content


def _n_arguments(code: types.CodeType) -> int:
    has_varargs, has_keywords = bool(code.co_flags & 0x04), bool(code.co_flags & 0x08)
    return (
        code.co_argcount + code.co_kwonlyargcount + int(has_varargs) + int(has_keywords)
    )


def _executed(
    instructions: list[dis.Instruction],
    listing: dis.Bytecode,
    nested: dict[int, CodeFacts],
) -> Iterator[object]:
    """Instructions with their arguments, and the table of exception handlers."""
    numbers = _numbers(instructions, list(listing))
    for one in instructions:
        if one.opname in _PAIRS:
            yield from zip(_PAIRS[one.opname], one.argval, strict=True)
        elif one.opname == "KW_NAMES" and one.arg is not None:
            # Python 3.11 does not resolve the names of a call's arguments.
            yield one.opname, listing.codeobj.co_consts[one.arg]
        else:
            yield one.opname, _works_on(one, numbers, nested)
    for entry in getattr(listing, "exception_entries", ()):
        places = (numbers.get(at, -1) for at in (entry.start, entry.end, entry.target))
        yield (*places, entry.depth, entry.lasti)


def _works_on(
    one: dis.Instruction, numbers: dict[int, int], nested: dict[int, CodeFacts]
) -> object:
    """The argument of an instruction, resolved to a value that does not move."""
    if one.opcode in _CONSTANTS:
        is_code = isinstance(one.argval, types.CodeType)
        return nested[id(one.argval)].content if is_code else one.argval
    if one.opcode in _JUMPS:
        return numbers.get(one.argval, -1)
    if one.opcode in _NAMES:
        flags = _FLAGS.get(one.opname, 0) & (one.arg or 0)
        return (one.argval, flags) if flags else one.argval
    return one.arg


def _numbers(
    kept: list[dis.Instruction], instructions: list[dis.Instruction]
) -> dict[int, int]:
    """Number of the next instruction with an effect, by the offset of any instruction.

    Offsets themselves depend on the number of constants and lines.
    """
    numbers: dict[int, int] = {}
    following = 0
    for one in kept:
        numbers[one.offset] = following
        following += 2 if one.opname in _PAIRS else 1
    for one in reversed(instructions):
        following = numbers.setdefault(one.offset, following)
    return numbers


def _with_effect(instructions: list[dis.Instruction]) -> Iterator[dis.Instruction]:
    kept = [one for one in instructions if one.opname not in _NO_EFFECT]
    for one, following in zip(kept, [*kept[1:], None], strict=True):
        # The store, and the load of the constant before it.
        if _is_class_fact(following) or _is_class_fact(one):
            continue
        yield one


def _is_class_fact(one: dis.Instruction | None) -> bool:
    return one is not None and one.opname == "STORE_NAME" and one.argval in _CLASS_FACTS


def _lookups(instructions: list[dis.Instruction]) -> Iterator[Lookup]:
    for i, one in enumerate(instructions):
        if one.opname not in _GLOBAL_LOADS:
            continue
        path = [str(one.argval)]
        for following in instructions[i + 1 :]:
            if following.opname not in _ATTRIBUTE_LOADS:
                break
            path.append(str(following.argval))
        yield tuple(path)


def _texts(constants: Iterable[object]) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from _texts(constant)


def _imports(
    instructions: list[dis.Instruction],
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    for i, one in enumerate(instructions):
        if one.opname == "IMPORT_NAME":
            # The two loads before an import are its level and its names.
            level, names = (before.argval for before in instructions[i - 2 : i])
            yield str(one.argval), int(level), tuple(names or ())

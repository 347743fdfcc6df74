"""The user's own code: functions, classes and modules with all that they refer to.

Each is a node: its own content, and references to other nodes. References may form
circles, so a digest cannot be computed from the bottom up. Instead all digests are
refined in rounds: a node's new digest is made of its own content and of the digests of
the nodes it refers to. When a round splits no group of equal digests any more, nodes
with equal digests are equivalent (partition refinement, as for finite automata [1]_).

References
----------
.. [1] J. Hopcroft, "An n log n algorithm for minimizing states in a finite
   automaton", Theory of Machines and Computations (1971).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from skbayes._journal.content.hasher_protocol import Ends, pieces_of
from skbayes._journal.content.leaves import leaf

#: Place of a value: kind of place, id of the owner, name.
Place = Hashable
#: Digest and open ends of a value.
Read = tuple[bytes, tuple[Any, ...]]


@dataclass(frozen=True)
class Part:
    """A key of a dict, or an attribute of an object, that is kept at a place.

    Parameters
    ----------
    place : Place
        Place of the dict or the object.
    name : str
        The key or the attribute.
    """

    place: Place
    name: str


@dataclass(frozen=True)
class Entry:
    """One part of a piece of code, or a value it refers to.

    Parameters
    ----------
    label : str
        Its role in the code: instructions, a default, a global name.
    digest : bytes
        Hash of it, in which other code counts by name.
    ends : tuple of object
        Open ends: the code that counts there by name.
    place : Place or None
        Place of the value. A value that the code itself writes does not count.
    is_plain : bool
        Whether it has a content of its own, whose change a message can name.
    method : str
        The name by which code asks for a method of a class, if nothing else runs it.
    without : callable or None
        Reads the value again, without parts of these names; None if it has no parts.
    """

    label: str
    digest: bytes
    ends: tuple[Any, ...] = ()
    place: Place | None = None
    is_plain: bool = True
    method: str = ""
    without: Callable[[frozenset[str]], Read] | None = None


@dataclass(frozen=True)
class Node:
    """A function, class or module.

    Parameters
    ----------
    name : str
        Its name, for people; empty if it is a library's.
    entries : tuple of Entry
        The facts that decide its behaviour, in a fixed order.
    writes : frozenset of (str, Place)
        Places it writes to. Those of a class follow the name of the writing method, if
        only explicit calls run that method.
    reads : frozenset of str
        Names of the attributes that it reads: the methods it may call.
    is_imported : bool
        Whether a worker imports it; else it is sent with all it refers to.
    """

    name: str
    entries: tuple[Entry, ...]
    writes: frozenset[tuple[str, Place]] = frozenset()
    reads: frozenset[str] = frozenset()
    is_imported: bool = False


@dataclass(frozen=True)
class Code:
    """Hashes of pieces of code.

    Parameters
    ----------
    digest : bytes
        Hash of all of it, including the code it calls.
    names : dict of str to str
        Digest of each piece alone, by its name for people.
    n_pieces : int
        Number of pieces.
    imported : bytes
        Hash of the pieces that a worker imports, each alone; empty without any.
    names_imported : dict of str to str
        Digest of each of these, by its name for people.
    """

    digest: bytes
    names: dict[str, str]
    n_pieces: int
    imported: bytes = b""
    names_imported: dict[str, str] = field(default_factory=dict)


def code_of(ends: Sequence[Any], nodes: dict[int, Node]) -> Code:
    """Hash pieces of code with all code that they refer to.

    Parameters
    ----------
    ends : sequence of object
        Open ends of a value, in order.
    nodes : dict of int to Node
        The node of each piece there, and of all they refer to, by id.
    """
    nodes = _without_state(nodes, _written(ends, nodes))
    reachable = _reachable(ends, nodes)
    local = {key: _local_digest(nodes[key]) for key in reachable}
    labels, n_labels = local, len(set(local.values()))
    while True:
        shared: dict[int, bytes] = {}
        labels = {
            key: leaf("code", [local[key], *_digests(inner, labels, shared)])
            for key, inner in reachable.items()
        }
        # Refinement only ever splits groups: an equal number means that none was split.
        if len(set(labels.values())) == n_labels:
            break
        n_labels = len(set(labels.values()))
    # The labels of the ends are in order, those of all others are sorted.
    parts = [*_digests(ends, labels, {}), b"", *sorted(set(labels.values()))]
    imported = [key for key in reachable if nodes[key].is_imported]
    return Code(
        leaf("code", parts),
        _names(reachable, nodes),
        len(reachable),
        leaf("imported", sorted({local[key] for key in imported})) if imported else b"",
        _names(imported, nodes),
    )


def _digests(
    ends: Iterable[Any], labels: dict[int, bytes], shared: dict[int, bytes]
) -> Iterator[bytes]:
    """Labels of the code at open ends; `shared` caches the labels of whole objects."""
    for end in ends:
        if not isinstance(end, Ends):
            yield labels[id(end)]
            continue
        if id(end) not in shared:
            shared[id(end)] = leaf("ends", _digests(end.items, labels, shared))
        yield shared[id(end)]


def _written(ends: Sequence[Any], nodes: dict[int, Node]) -> frozenset[Place]:
    """Places that the code writes to while it runs: their values are state, not code.

    A method that only the user's script calls, such as one that adds functions to a
    registry of the class, writes before the search: its values count as code.
    """
    # Any holder of a value can call the method that is bound to it.
    names = {"", *(getattr(piece, "__name__", "") for piece in pieces_of(ends))}
    known = -1
    while known != len(names):
        known = len(names)
        running = _running(ends, nodes, names)
        names.update(*(node.reads for node in running))
    return frozenset(
        place for node in running for method, place in node.writes if method in names
    )


def _running(
    ends: Sequence[Any], nodes: dict[int, Node], names: set[str]
) -> list[Node]:
    """Nodes that are reachable without the methods of other names."""
    found: dict[int, Node] = {}
    waiting = [id(piece) for piece in pieces_of(ends)]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found[key] = nodes[key]
            called = (e for e in nodes[key].entries if e.method in names)
            waiting.extend(
                id(piece) for piece in pieces_of(end for e in called for end in e.ends)
            )
    return list(found.values())


def _without_state(
    nodes: dict[int, Node], written: frozenset[Place]
) -> dict[int, Node]:
    """The nodes without the values, and parts of values, that the code writes to."""
    parts: dict[Place, set[str]] = {}
    for place in written:
        if isinstance(place, Part):
            parts.setdefault(place.place, set()).add(place.name)

    def is_state(entry: Entry) -> bool:
        return entry.place in written or entry.place in parts

    def kept(entry: Entry) -> Iterator[Entry]:
        names = frozenset(parts.get(entry.place, ()))
        if entry.place in written or (names and entry.without is None):
            return
        if names and entry.without is not None:
            digest, ends = entry.without(names)
            if all(id(piece) in nodes for piece in pieces_of(ends)):
                entry = replace(entry, digest=digest, ends=ends)
        yield entry

    return {
        key: replace(node, entries=tuple(one for e in node.entries for one in kept(e)))
        if any(map(is_state, node.entries))
        else node
        for key, node in nodes.items()
    }


def _reachable(ends: Sequence[Any], nodes: dict[int, Node]) -> dict[int, list[Any]]:
    """Open ends of each node that is reachable from some ends."""
    found: dict[int, list[Any]] = {}
    waiting = [id(piece) for piece in pieces_of(ends)]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found[key] = [end for entry in nodes[key].entries for end in entry.ends]
            waiting.extend(id(piece) for piece in pieces_of(found[key]))
    return found


def _local_digest(node: Node) -> bytes:
    parts = ((entry.label.encode(), entry.digest) for entry in node.entries)
    return leaf("node", chain.from_iterable(parts))


def _names(keys: Iterable[int], nodes: dict[int, Node]) -> dict[str, str]:
    """Digests by name of the parts that may change alone."""
    found: dict[str, list[bytes]] = {}
    for key in keys:
        node = nodes[key]
        for entry in node.entries if node.name else ():
            if entry.is_plain and not entry.ends:
                name = f"{entry.label} of {node.name}" if entry.label else node.name
                found.setdefault(name, []).append(entry.digest)
    return {name: leaf("name", sorted(d)).hex()[:16] for name, d in found.items()}

"""The protocol by which functions for single types call back the `Hasher`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from skbayes._journal.content.ownership import Ownership


class HasherProtocol(Protocol):
    """Reads a value and its parts; see `Hasher`."""

    ownership: Ownership
    is_tolerant: bool
    #: Code that the user has put into installed classes, see `patches_of`.
    patches: dict[type, dict[str, Any]]

    def digest(self, value: Any) -> bytes:
        """Hash of any value."""

    def node(self, tag: str, *parts: Any) -> bytes:
        """Hash of several values under a tag."""

    def open_end(self, tag: str, value: Any) -> bytes:
        """Hash of a name; notes the object as an open end, whose code is read later."""

    def unreadable(self, value: Any, reason: str) -> bytes:
        """Hash of the type of a value without content, or an error with the reason."""

    def note_called(self, value: Any, method: str) -> None:
        """Take note of a method that is called of an object, which is read next."""

    def note_package(self, value: Any) -> None:
        """Note the package of a class or function."""


@dataclass(frozen=True, eq=False)
class Ends:
    """Open ends of one object, in the order they were read.

    An object in several places has one `Ends` in all of them. Copies in a flat tuple
    could grow exponentially with the depth of nesting.

    Parameters
    ----------
    items : tuple of object
        The user's functions, classes and modules, and open ends of other objects.
    """

    items: tuple[Any, ...]


def pieces_of(ends: Iterable[Any]) -> Iterator[Any]:
    """Yield each function, class and module at some open ends once."""
    seen: set[int] = set()
    waiting = list(ends)[::-1]
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, Ends):
            waiting.extend(reversed(item.items))
        else:
            yield item

"""A suggested space: dicts for a search whose repr is commented code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SuggestedDict(dict[str, Any]):
    """One dict of a suggested space.

    Parameters
    ----------
    values : mapping of str to object or None
        Values of each parameter, as a search takes them.
    sources : mapping of str to str
        Source of each parameter's range, if there is one.
    notes : tuple of str
        Comments at the head of the code.
    """

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        sources: Mapping[str, str] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        # Without values too: skops makes an empty one first, and fills it.
        super().__init__(values or {})
        self.sources = dict(sources or {})
        self.notes = notes

    def __repr__(self) -> str:
        """Show commented code that makes an equal dict."""
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Write the lines of the code."""
        lines = ["{", *(f"    # {note}" for note in self.notes)]
        for name, value in self.items():
            source = self.sources.get(name, "")
            lines.append(f"    {name!r}: {value!r},{f'  # {source}' if source else ''}")
        return [*lines, "}"]

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle with sources and notes, which dict's method would lose."""
        return SuggestedDict, (dict(self), self.sources, self.notes)


class SuggestedList(list[SuggestedDict]):
    """Several alternative dicts of a suggested space."""

    def __repr__(self) -> str:
        """Show commented code that makes an equal list."""
        lines = ["["]
        for one in self:
            inner = [f"    {line}" for line in one.lines()]
            lines += [*inner[:-1], f"{inner[-1]},"]
        return "\n".join([*lines, "]"])

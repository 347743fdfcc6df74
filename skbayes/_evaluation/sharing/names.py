"""The searched parameters that decide the work of one part of an estimator."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scope:
    """A part of an estimator and the parameters that reach it.

    Parameters
    ----------
    tokens : mapping of str to hashable
        Parameters that may decide the part's work, by their whole names.
    path : tuple of str
        Names of its ancestors and of the part, outermost first; empty for the root.
    """

    tokens: Mapping[str, Hashable]
    path: tuple[str, ...] = ()

    def child(self, name: str, siblings: Iterable[str]) -> Scope:
        """The scope of the child `name`.

        Parameters of its siblings do not reach it. Parameters of this part itself do,
        because they may replace or rewire its children.
        """
        others = set(siblings) - {name}
        depth = len(self.path)
        reaching = {
            parameter: token
            for parameter, token in self.tokens.items()
            if _part_at(parameter, depth) not in others
        }
        return Scope(reaching, (*self.path, name))

    def has(self, parameter: str) -> bool:
        """Whether one of the part's own parameters is searched."""
        return "__".join((*self.path, parameter)) in self.tokens

    def without(self, parameter: str) -> Scope:
        """The same scope without one of the part's own parameters."""
        whole = "__".join((*self.path, parameter))
        tokens = {k: v for k, v in self.tokens.items() if k != whole}
        return Scope(tokens, self.path)

    def key(self, *inputs: Hashable) -> tuple[Hashable, ...]:
        """The key of the part's work on some inputs."""
        return (self.path, tuple(sorted(self.tokens.items(), key=_name)), *inputs)


def _part_at(parameter: str, depth: int) -> str | None:
    names = parameter.split("__")
    return names[depth] if depth < len(names) else None


def _name(item: tuple[str, Any]) -> str:
    return item[0]

"""Hooks in front of an estimator's methods, and tags that identify its inputs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from skbayes._evaluation.sharing.store import Store

Tag = Hashable


@dataclass(frozen=True, slots=True)
class SharedFold:
    """Identifies the work of one fold that other candidates may share.

    Parameters
    ----------
    search : str
        Unique to each ``fit`` of a search, across processes.
    fold : int
        Number of the split of the cross-validation, from 0.
    tokens : mapping of str to hashable
        A token of each searched parameter's value; equal values have equal tokens.
    limit : int
        Bytes each process may keep.
    driver : int
        Process that runs the search; it drops the work at the end of the search.
    """

    search: str
    fold: int
    tokens: Mapping[str, Hashable]
    limit: int
    driver: int


class Hooks:
    """The hooks and tags of one fold of one candidate.

    Parameters
    ----------
    work : SharedFold
        Identifies the work.
    store : Store
        Store of the shared work.
    """

    def __init__(self, work: SharedFold, store: Store) -> None:
        self.work = work
        self.store = store
        self._tags: dict[int, Tag] = {}
        # An object that has a tag lives as long as the session, so that no other
        # object can have its id.
        self._tagged: list[Any] = []
        self._hooked: list[tuple[Any, str]] = []
        self._n_scored = 0
        #: Tag of the training part.
        self.training_tag: Tag = "train"

    def tag(self, value: Any, tag: Tag) -> None:
        """Give an object a tag."""
        if value is not None:
            self._tags[id(value)] = tag
            self._tagged.append(value)

    def tag_of(self, value: Any) -> Tag | None:
        """The tag of an object; None if it has none."""
        return "none" if value is None else self._tags.get(id(value))

    def hook(self, part: Any, method: str, replacement: Callable[..., Any]) -> None:
        """Put `replacement` in front of a method of one instance."""
        # An attribute of the instance wins over the method of the class. The class is
        # not touched: other threads and other searches use it at the same time.
        part.__dict__[method] = replacement
        self._hooked.append((part, method))

    def note_scored(self, X: Any) -> None:
        """Tag the input of a scorer: the held-out part first, then the training one."""
        self.tag(X, "scored test" if self._n_scored == 0 else "scored train")
        self._n_scored += 1

    def end(self) -> None:
        """Remove all hooks from the estimator."""
        for part, method in self._hooked:
            part.__dict__.pop(method, None)
        self._tags.clear()
        self._tagged.clear()

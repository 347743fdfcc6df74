"""Digests that are equal for equal objects, in every process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skbayes._journal.content.code_nodes import CodeNodes
from skbayes._journal.content.hasher import Hasher
from skbayes._journal.content.leaves import leaf
from skbayes._journal.content.own_code import Code


@dataclass(frozen=True)
class Content:
    """The content of a value, as hashes.

    Parameters
    ----------
    values : bytes
        Hash of its values; the user's own code counts by name.
    code : Code
        Hashes of that code.
    """

    values: bytes
    code: Code

    @property
    def digest(self) -> bytes:
        """Hash of both."""
        return leaf("content", [self.values, self.code.digest])


class ContentHasher:
    """Computes contents; code that several values refer to is read once."""

    def __init__(self) -> None:
        self._hasher = Hasher()
        self._nodes = CodeNodes(self._hasher)

    def read(self, value: Any, *, is_cloned: bool = False) -> Content:
        """Compute the content of a value and all its parts.

        Parameters
        ----------
        value : object
            Anything.
        is_cloned : bool, default=False
            Whether the value is cloned before use, so that fitted attributes of its
            estimators do not count.

        Returns
        -------
        Content
            Equal in every process for equal values. Arrays, sparse matrices and data
            frames count by their content; cloned estimators by class and parameters;
            functions and classes of the user's own by their code, others by name;
            random generators by their state; other objects by the state that pickle
            would save.

        Raises
        ------
        TypeError
            If a value has no readable content: locks, open files, generators.
        """
        values, ends = self._hasher.read(value, is_cloned=is_cloned)
        return Content(values, self._nodes.code(ends))

    @property
    def packages(self) -> set[str]:
        """Installed packages of the values read so far, and of the code they use."""
        return self._hasher.packages | self._nodes.packages


def content_digest(value: Any, *, is_cloned: bool = False) -> bytes:
    """Hash of a value's content, 32 bytes; see `ContentHasher.read`."""
    return ContentHasher().read(value, is_cloned=is_cloned).digest

"""The code by which this process knows a search, to compare with that of a worker.

A worker imports modules anew. It has other code where a module was edited, or a global
of it set, after this process had imported it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skbayes._journal.content.content_digest import ContentHasher
from skbayes._journal.content.leaves import leaf
from skbayes._journal.content.own_code import Code

#: Name of the digest of the whole code; no part has it.
WHOLE = ""


def digests_of_code(codes: Sequence[Code]) -> dict[str, str]:
    """Digests of the user's own code, of each name and of the whole."""
    own = [code for code in codes if code.n_pieces]
    digests = {WHOLE: leaf("code", [code.digest for code in own]).hex()}
    for code in own:
        digests |= code.names
    return digests


@dataclass(frozen=True)
class KnownCode:
    """The user's own code of an estimator and a scorer, as one process has it.

    Parameters
    ----------
    digests : tuple of (str, str)
        Name and digest of each part and of the whole.
    """

    digests: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, estimator: Any, scorer: Any, reader: ContentHasher) -> KnownCode | None:
        """The code of an estimator and a scorer; None if none of it is the user's."""
        codes = _codes(estimator, scorer, reader)
        if not any(code.n_pieces for code in codes):
            return None
        return cls(tuple(digests_of_code(codes).items()))

    def differences(self, estimator: Any, scorer: Any) -> Sequence[str]:
        """Names of the parts that this process has otherwise.

        Looked up once in a process for all folds of a search.

        Parameters
        ----------
        estimator, scorer : object
            The same as in the other process.

        Returns
        -------
        sequence of str
            Empty if the whole is equal; ``["code"]`` if no part can be named.
        """
        if self not in _LATEST:
            _LATEST.clear()
            _LATEST[self] = self._compared(estimator, scorer)
        return _LATEST[self]

    def _compared(self, estimator: Any, scorer: Any) -> Sequence[str]:
        there = dict(self.digests)
        here = digests_of_code(_codes(estimator, scorer, ContentHasher()))
        if here[WHOLE] == there[WHOLE]:
            return []
        names = sorted(here.keys() | there.keys())
        differing = [n for n in names if n != WHOLE and here.get(n) != there.get(n)]
        return differing or ["code"]


#: What the latest search of this process has otherwise.
_LATEST: dict[KnownCode, Sequence[str]] = {}


def _codes(estimator: Any, scorer: Any, reader: ContentHasher) -> list[Code]:
    contents = [reader.read(estimator, is_cloned=True), reader.read(scorer)]
    return [content.code for content in contents]

"""The code by which this process knows a search, to compare with that of a worker.

A worker imports modules anew. It has other code where a module was edited, or a global
of it set, after this process had imported it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from skbayes._journal.content.content_digest import ContentHasher
from skbayes._journal.content.leaves import leaf


@dataclass(frozen=True)
class KnownCode:
    """The user's own code of a search's objects, as one process has imported it.

    Parameters
    ----------
    digest : bytes
        Hash of all of it.
    names : tuple of (str, str)
        Name and digest of each part.
    choices : tuple of object
        Choices of the space with such code, one for each code: a worker is sent them
        with this, and reads them with every fold.
    """

    digest: bytes
    names: tuple[tuple[str, str], ...]
    choices: tuple[Any, ...] = field(default=(), compare=False)

    @classmethod
    def of(
        cls,
        estimator: Any,
        scorer: Any,
        choices: Iterable[Any],
        reader: ContentHasher,
    ) -> KnownCode | None:
        """The code of estimator, scorer and choices; None if none of it is imported.

        Code of the script itself does not count: workers are sent it as it is here.
        """
        codes = [reader.read(estimator, is_cloned=True).code, reader.read(scorer).code]
        kept: dict[bytes, Any] = {}
        for choice in choices:
            code = reader.read(choice, is_cloned=True).code
            if code.imported and code.imported not in kept:
                kept[code.imported] = choice
                codes.append(code)
        codes = [code for code in codes if code.imported]
        names = {name: d for code in codes for name, d in code.names_imported.items()}
        digest = leaf("imported", [code.imported for code in codes])
        if not codes:
            return None
        return cls(digest, tuple(sorted(names.items())), tuple(kept.values()))

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
        here = KnownCode.of(estimator, scorer, self.choices, ContentHasher())
        if here == self:
            return []
        there, found = dict(self.names), {} if here is None else dict(here.names)
        names = sorted(there.keys() | found.keys())
        return [n for n in names if there.get(n) != found.get(n)] or ["code"]


#: What the latest search of this process has otherwise.
_LATEST: dict[KnownCode, Sequence[str]] = {}

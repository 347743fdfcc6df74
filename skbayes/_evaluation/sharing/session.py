"""Share the work of one fold of one candidate with other candidates.

The estimator is cloned, set and scored as without sharing. While it is fitted and
scored, some of its parts carry *hooks*: attributes of the instance in front of the
methods of the class. A hook looks up whether the work was done before; if not, it calls
the method of the class. So an estimator's code runs unchanged, and a part without a
hook, or with an input without a tag, is fitted as usual.

A *tag* identifies an input: the training part of the fold has one, and the output of a
hooked part on a tagged input gets the key of the work that made it. Comparing the data
themselves would cost more than many transformers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from skbayes._evaluation.sharing.heads import hook_heads
from skbayes._evaluation.sharing.hooks import Hooks, SharedFold
from skbayes._evaluation.sharing.names import Scope
from skbayes._evaluation.sharing.paths import PathFit
from skbayes._evaluation.sharing.store import STORES


class Session(Hooks):
    """The hooks of one fold of one candidate, set when its estimator is fitted."""

    def begin(self, estimator: Any) -> None:
        """Hook the fit of a cloned estimator, before its parameters are set.

        Its parts are hooked in that fit: setting parameters may still replace them.
        """

        def fit(X: Any, y: Any = None, **params: Any) -> Any:
            del estimator.__dict__["fit"]
            self.tag(X, self.training_tag)
            self.tag(y, (self.training_tag, "targets"))
            own_fit = self._hook_parts(estimator)
            return own_fit(X, y, **params) if y is not None else own_fit(X, **params)

        self.hook(estimator, "fit", fit)

    def _hook_parts(self, estimator: Any) -> Callable[..., Any]:
        """Hook the parts of an estimator whose parameters are set; return its fit."""
        scope = Scope(self.work.tokens)
        final, scope = hook_heads(self, estimator, scope)
        # Another hook on the last step's fit, such as early stopping, runs first.
        is_free = "fit" not in getattr(final, "__dict__", {})
        path = PathFit.of(self, final, scope) if is_free else None
        if path is None:
            return estimator.fit  # type: ignore[no-any-return]
        if final is estimator:
            return path.fit
        self.hook(final, "fit", path.fit)
        return estimator.fit  # type: ignore[no-any-return]


def shared_fits(work: SharedFold | None) -> AbstractContextManager[Session | None]:
    """Yield the session of one fold; None if nothing is shared."""
    return nullcontext() if work is None else _session_of(work)


@contextmanager
def _session_of(work: SharedFold) -> Iterator[Session]:
    with STORES.use(work.search, work.limit, work.driver) as store:
        session = Session(work, store)
        try:
            yield session
        finally:
            session.end()

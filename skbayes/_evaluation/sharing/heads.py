"""Fit the transformers at the head of a pipeline once, and reuse their output."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from sklearn.pipeline import FeatureUnion, Pipeline

from skbayes._compat import draws_random_numbers
from skbayes._evaluation.sharing.content import freeze, is_known, private_copy
from skbayes._evaluation.sharing.hooks import Hooks
from skbayes._evaluation.sharing.names import Scope
from skbayes._evaluation.sharing.repeatable import is_reader, is_repeatable
from skbayes._evaluation.sharing.store import Entry, Key


def hook_heads(session: Hooks, root: Any, scope: Scope) -> tuple[Any, Scope]:
    """Hook the transformers before the last step of a pipeline.

    Parameters
    ----------
    session : Hooks
        The session, which keeps hooks and tags.
    root : estimator
        Unfitted estimator of the candidate, with its parameters set.
    scope : Scope
        Scope of `root`.

    Returns
    -------
    final : estimator
        The last step, or the root if it is no pipeline.
    scope : Scope
        Scope of `final`.
    """
    if not _is_open_pipeline(root):
        return root, scope
    names = [name for name, _ in root.steps]
    steps = [part for _, part in root.steps]
    # None for the last one: the final step may write into its input.
    for name, part, then in zip(names, steps[:-1], [*steps[1:-1], None], strict=False):
        hook_part(session, part, scope.child(name, names), then)
    return steps[-1], scope.child(names[-1], names)


def hook_part(session: Hooks, part: Any, scope: Scope, then: Any) -> None:
    """Hook a transformer, or the steps of a pipeline of transformers.

    `then` is the part that gets its output; None if that may write into it.
    """
    if part is None or isinstance(part, str) or not hasattr(part, "__dict__"):
        return
    if _is_open_pipeline(part):
        names = [name for name, _ in part.steps]
        steps = [step for _, step in part.steps]
        for name, step, after in zip(names, steps, [*steps[1:], then], strict=True):
            hook_part(session, step, scope.child(name, names), after)
        return
    is_kept = is_repeatable(part)
    parts = Parts(session, part, scope) if _has_parts(part) else None
    if is_kept or parts is not None:
        Head(session, part, scope, parts, lends_shared=is_reader(then), is_kept=is_kept)


def _is_open_pipeline(part: Any) -> bool:
    """Whether a part is a pipeline whose steps can be hooked one by one.

    With ``memory`` joblib clones and caches them, out of reach of the hooks.
    """
    return isinstance(part, Pipeline) and part.memory is None and bool(part.steps)


def _has_parts(part: Any) -> bool:
    # Whoever has one has loaded its module, which loads all linear models.
    from sklearn.compose import ColumnTransformer

    return type(part) in {ColumnTransformer, FeatureUnion} and part.n_jobs in {None, 1}


class Parts:
    """The transformers inside a column transformer or a union.

    A union passes its input on unchanged. A column transformer passes columns on, whose
    tag is made of the tag of the whole and the name of the part.

    Parameters
    ----------
    session : Hooks
        The session, which keeps hooks and tags.
    owner : ColumnTransformer or FeatureUnion
        Unfitted transformer with inner transformers.
    scope : Scope
        Scope of `owner`.
    """

    def __init__(self, session: Hooks, owner: Any, scope: Scope) -> None:
        self._session = session
        self._owner = owner
        self._scope = scope
        self.input_tag: Hashable = None

    @property
    def is_searched(self) -> bool:
        """Whether a parameter of a part is searched; if not, the whole is shared."""
        prefix = "__".join((*self._scope.path, ""))
        return any(name.startswith(prefix) for name in self._scope.tokens)

    def hook(self) -> None:
        """Hook each part; a column transformer fits clones of its parts."""
        if type(self._owner) is FeatureUnion:
            names = [name for name, _ in self._owner.transformer_list]
            for name, part in self._owner.transformer_list:
                hook_part(self._session, part, self._scope.child(name, names), None)
            return
        names = [name for name, *_ in self._owner.transformers]
        for name, part, *_ in self._owner.transformers:
            # Hooks are attributes, which clone() drops: so cloning itself is hooked.
            if hasattr(type(part), "__sklearn_clone__"):
                scope = self._scope.child(name, names)
                self._session.hook(part, "__sklearn_clone__", self._cloner(part, scope))

    def _cloner(self, part: Any, scope: Scope) -> Callable[[], Any]:
        def clone_with_hooks() -> Any:
            copy = type(part).__sklearn_clone__(part)
            hook_part(self._session, copy, scope, None)
            self._tag_columns(copy, scope.path[-1])
            return copy

        return clone_with_hooks

    def _tag_columns(self, part: Any, name: str) -> None:
        """Tag the input of a part before its own methods or hooks get it."""
        own_fit = part.__dict__.get("fit_transform")

        def fit_transform(X: Any, y: Any = None, **params: Any) -> Any:
            # This hook acts once; the next call must find the class's own method.
            part.__dict__.pop("fit_transform", None)
            self._session.tag(X, self._columns(name))
            if own_fit is not None:
                result = own_fit(X, y, **params)
            else:
                result = plain_fit_transform(part, X, y, **params)
            own_transform = part.__dict__.get("transform")

            def transform(X: Any, **params: Any) -> Any:
                self._session.tag(X, self._columns(name))
                if own_transform is not None:
                    return own_transform(X, **params)
                return type(part).transform(part, X, **params)

            self._session.hook(part, "transform", transform)
            return result

        self._session.hook(part, "fit_transform", fit_transform)

    def _columns(self, name: str) -> Hashable:
        if self.input_tag is None:
            return None
        return ("columns", name, self.input_tag)


class Head:
    """A transformer whose fit and output are looked up before they are computed.

    Parameters
    ----------
    session : Hooks
        The session, which keeps hooks and tags.
    part : transformer
        Unfitted transformer; its fits are hooked from now on.
    scope : Scope
        Scope of `part`.
    parts : Parts or None
        Inner transformers of `part`.
    lends_shared : bool
        Whether the stored output is passed on as it is, read-only, because the next
        part only reads it. If not, the next part gets a copy.
    is_kept : bool
        Whether its own work may be shared, not only the work of its parts.
    """

    def __init__(
        self,
        session: Hooks,
        part: Any,
        scope: Scope,
        parts: Parts | None,
        *,
        lends_shared: bool,
        is_kept: bool,
    ) -> None:
        self._session = session
        self._part = part
        self._scope = scope
        self._parts = parts
        self._lends_shared = lends_shared
        self._is_kept = is_kept
        if hasattr(type(part), "fit_resample"):
            session.hook(part, "fit_resample", self._fit_resample)
        if hasattr(type(part), "transform"):
            session.hook(part, "fit_transform", self._fit_transform)

    def _fit_transform(self, X: Any, y: Any = None, **params: Any) -> Any:
        return self._fit(plain_fit_transform, X, y, params)

    def _fit_resample(self, X: Any, y: Any = None, **params: Any) -> Any:
        return self._fit(type(self._part).fit_resample, X, y, params)

    def _fit(
        self, method: Callable[..., Any], X: Any, y: Any, params: dict[str, Any]
    ) -> Any:
        """Fit, or take over the state of an equal fit."""
        # The class's own methods call each other and must not meet the hooks.
        for name in ("fit_transform", "fit_resample"):
            self._part.__dict__.pop(name, None)
        tags = self._session.tag_of(X), self._session.tag_of(y)
        # Metadata such as sample_weight is not part of a key: then nothing is shared.
        is_known_work = not params and None not in tags

        def compute() -> Any:
            if self._parts is not None and is_known_work and self._parts.is_searched:
                self._parts.input_tag = tags[0]
                self._parts.hook()
            return method(self._part, X, y, **params)

        if not is_known_work:
            return compute()
        key = self._scope.key(self._session.work.fold, *tags, method.__name__)
        output, is_shared = self._looked_up(
            method.__name__, key, compute, keeps_state=True
        )
        if is_shared:
            self._hook_transform(key)
        return output

    def _hook_transform(self, fit_key: Key) -> None:
        kind = type(self._part)
        if not hasattr(kind, "transform"):
            return

        def transform(X: Any, **params: Any) -> Any:
            tag = self._session.tag_of(X)
            if params or tag is None:
                return kind.transform(self._part, X, **params)

            def compute() -> Any:
                if self._parts is not None:
                    self._parts.input_tag = tag
                return kind.transform(self._part, X)

            key = (fit_key, "transform", tag)
            output, _ = self._looked_up("transform", key, compute, keeps_state=False)
            return output

        self._session.hook(self._part, "transform", transform)

    def _looked_up(
        self, work: str, key: Key, compute: Callable[[], Any], *, keeps_state: bool
    ) -> tuple[Any, bool]:
        """Return the stored output of an equal call, or compute and store it.

        Returns the output, and whether it may be shared. Only then it gets a tag,
        because work that follows from unrepeatable work must not be shared either.
        """
        store = self._session.store
        where = (self._scope.path, work)
        if not self._is_kept or not store.is_worthwhile(where):
            return compute(), False
        entry = store.get(where, key)
        if entry is not None and store.is_verified(where):
            if keeps_state:
                self._part.__dict__.update(entry.state)
            output = entry.output
            if not self._lends_shared:
                output = private_copy(output)
        else:
            # Not stored yet, or stored and not verified: in both cases the work is
            # done.
            output = compute()
            if not is_known(output) or draws_random_numbers(self._part):
                return output, False
            if entry is not None and not store.compare(where, entry.output, output):
                return output, False
            state = dict(vars(self._part)) if keeps_state else {}
            store.put(key, Entry(state, freeze(private_copy(output))))
        self._tag(output, key)
        return output, True

    def _tag(self, output: Any, key: Key) -> None:
        if isinstance(output, tuple):  # of a sampler: samples and targets
            for i, value in enumerate(output):
                self._session.tag(value, (key, i))
        else:
            self._session.tag(output, key)


def plain_fit_transform(part: Any, X: Any, y: Any = None, **params: Any) -> Any:
    """Fit and transform as a pipeline does."""
    if hasattr(type(part), "fit_transform"):
        return type(part).fit_transform(part, X, y, **params)
    return part.fit(X, y, **params).transform(X)

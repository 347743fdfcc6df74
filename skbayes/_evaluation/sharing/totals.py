"""Extend the predictions of a smaller model to those of a larger one.

Predictions of an ensemble are totals over its members, and all models of a path are
scored on the same samples. If each model added up its members anew, a path would cost
several times the largest model.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from skbayes._compat import HIST_MEMBERS, HIST_START, HIST_SUM
from skbayes._evaluation.sharing.hooks import Hooks
from skbayes._evaluation.sharing.store import Entry, Key


@dataclass(frozen=True)
class Total:
    """How a model adds up its members.

    Parameters
    ----------
    method : str
        Method that predicts the total for X.
    after : callable
        Makes the fitted attributes with which `method` goes on from the total of the
        first members, from its own attributes, their number and that total.
    """

    method: str
    after: Callable[[Mapping[str, Any], int, Any], dict[str, Any]]


def _hist_after(state: Mapping[str, Any], size: int, total: Any) -> dict[str, Any]:
    # The trees are added one by one, in the same order wherever it starts.
    return dict(state) | {HIST_MEMBERS: state[HIST_MEMBERS][size:], HIST_START: total}


HIST_TOTAL = Total(HIST_SUM, _hist_after)


def go_on_from_smaller(
    session: Hooks,
    model: Any,
    total: Total,
    part: Hashable,
    key: Key,
    size: int,
) -> None:
    """Let a fitted model predict by adding to the prediction of a smaller model.

    Parameters
    ----------
    session : Hooks
        The session, with the store and the tags of the samples.
    model : estimator
        The fitted model.
    total : Total
        Rule that adds the predictions of two models.
    part : hashable
        The estimator's part of the store's key.
    key : tuple
        The path's part of the store's key.
    size : int
        Number of members of the fitted model.
    """
    store, plain = session.store, getattr(model, total.method)

    def predict(X: Any, *args: Any, **kwargs: Any) -> Any:
        tag = session.tag_of(X)
        if tag is None or not store.is_worthwhile(part):
            return plain(X, *args, **kwargs)
        own_key = (*key, part, tag)
        known = store.get(part, own_key)
        if known is None or known.size > size:
            found = plain(X, *args, **kwargs)
        else:
            found = _from(known, model, total)(X, *args, **kwargs)
            if not store.is_verified(part):
                whole = plain(X, *args, **kwargs)
                store.compare(part, whole, found)
                found = whole
        # A copy: the caller may write into the result.
        store.put(own_key, Entry({}, found.copy(order="K"), size))
        return found

    session.hook(model, total.method, predict)


def _from(known: Entry, model: Any, total: Total) -> Callable[..., Any]:
    """The method of a model that goes on from a known total."""
    rest = copy.copy(model)
    # The copy has the hook too, which would ask for the total that it is to find.
    state = {k: v for k, v in vars(model).items() if k != total.method}
    rest.__dict__ = total.after(state, int(known.size), known.output)
    return getattr(rest, total.method)  # type: ignore[no-any-return]

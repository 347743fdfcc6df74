"""Run one fold of a candidate at several values of a parameter, with one fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from skbayes._evaluation.fold.evaluation import FoldSettings
from skbayes._evaluation.fold.fit_and_score import run_fold
from skbayes._evaluation.sharing.hooks import SharedFold
from skbayes._evaluation.sharing.searched_path import PathSegment
from skbayes._evaluation.sharing.store import STORES
from skbayes._protocol import FoldResult, Params


def run_segment(
    X: Any,
    y: Any,
    train: Any,
    test: Any,
    settings: FoldSettings,
    params: Params,
    fold: int,
    context: Any = None,
    shared: SharedFold | None = None,
    segment: PathSegment | None = None,
) -> FoldResult:
    """Fit and score one candidate on one fold, at all values of a segment.

    The largest value is fitted. The models of the other values are cut out of it where
    that is exact, as between candidates that share work.

    Returns
    -------
    FoldResult
        Result of the largest value, with the times of all; `path` holds every result.
    """
    if segment is None or shared is None:
        return run_fold(
            X, y, train, test, settings, params, fold, context=context, shared=shared
        )
    results: dict[int, FoldResult] = {}
    with _kept_meanwhile(shared):
        for size in segment.in_working_order:
            value = {segment.parameter: size}
            token = {segment.parameter: (int.__name__, size)}
            work = replace(shared, tokens={**shared.tokens, **token})
            results[size] = run_fold(
                X, y, train, test, settings, params | value, fold, shared=work
            )
            if results[size].error is not None:
                break
    return replace(
        results[segment.sizes[-1]],
        fit_time=sum(one.fit_time for one in results.values()),
        score_time=sum(one.score_time for one in results.values()),
        path={size: results[size] for size in sorted(results)},
    )


@contextmanager
def _kept_meanwhile(shared: SharedFold) -> Iterator[None]:
    """Keep the last model in the store meanwhile, whatever its size."""
    stores = STORES.use(shared.search, shared.limit, shared.driver)
    with stores as store, store.keeping_last():
        yield

"""A search's part of its journal."""

from __future__ import annotations

from contextlib import contextmanager


@contextmanager
def open_journal(search, preparation, n_candidates):
    """Open the journal of a search, None if it has none.

    Raises
    ------
    JournalError
        If the file is no journal, damaged, or cannot be written.
    ValueError
        If predictions are to be stored, which a journal does not keep.
    """
    if search.journal is None:
        yield None
        return
    if search.store_predictions:
        raise ValueError(
            "The `journal` parameter cannot be combined with store_predictions=True: "
            "a journal does not keep predictions. Leave one of them out."
        )
    # SQLite is loaded by those who keep a journal only.
    from skbayes._evaluation.journal import Journal
    from skbayes._evaluation.params_codec import ParamsCodec, choices_of

    space = search._search_space()
    with Journal.open(search.journal) as journal:
        yield journal.search(
            _fingerprint(search, preparation, space),
            description={
                "search": type(search).__name__,
                "estimator": repr(search.estimator),
                "scoring": str(search.scoring),
            },
            n_splits=preparation.evaluation.n_splits,
            metrics=[] if preparation.metric is None else [preparation.metric],
            codec=ParamsCodec(choices_of(space)),
            n_candidates=n_candidates,
        )


def _fingerprint(search, preparation, space):
    """What the search is known by."""
    from skbayes._evaluation.fingerprint import fingerprint

    evaluation = preparation.evaluation
    settings = evaluation.settings
    return fingerprint(
        estimator=search.estimator,
        space=space,
        splits=evaluation.splits,
        scoring=search.scoring,
        X=evaluation.X,
        y=evaluation.y,
        fit_params={**settings.fit_params, **settings.score_params},
        random_state=getattr(search, "random_state", None),
        options={
            "search": type(search).__name__,
            "return_train_score": search.return_train_score,
            "error_score": search.error_score,
        },
    )

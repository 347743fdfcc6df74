"""Export a search as a study of Optuna, for its dashboard and its plots."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skbayes._journal.database import read_snapshot
from skbayes._journal.reader import recorded_searches
from skbayes._protocol import Status, Trial
from skbayes._values import native
from skbayes.inspection._search_record import choose_metric
from skbayes.inspection._searched_space import observed_dimension
from skbayes.space import Integer, Real

__all__ = ["export_to_optuna"]


def export_to_optuna(
    source: Any, storage: Any, *, study_name: str = "skbayes", metric: str | None = None
) -> list[str]:
    """Write the trials of a search, or of a journal, to a storage of Optuna.

    Parameters
    ----------
    source : fitted search, str or path-like
        A search of this package, or the path of a journal: each of its searches
        becomes a study.
    storage : str or optuna storage
        Such as ``"sqlite:///search.db"``, or an ``optuna.storages`` object.
    study_name : str, default="skbayes"
        Name of the study; several are numbered. It must be new.
    metric : str, default=None
        Name of the score, if there are several. None: the deciding one.

    Returns
    -------
    list of str
        Names of the studies made.

    Raises
    ------
    ImportError
        If Optuna is not installed.
    TypeError
        If `source` is neither a fitted search of this package nor a path.

    Notes
    -----
    Stopped candidates are pruned trials; the scores of single folds are intermediate
    values. Distributions are made from the values that were tried; choices that are not
    plain values are written as text.

    Examples
    --------
    ::

        export_to_optuna(search, "sqlite:///search.db")
        # then: optuna-dashboard sqlite:///search.db
    """
    try:
        import optuna
    except ImportError as error:
        raise ImportError(
            "export_to_optuna writes to a storage of Optuna, which is not installed. "
            "Install optuna."
        ) from error
    searches = list(_searches_of(source, metric))
    names = []
    for number, (trials, name) in enumerate(searches, start=1):
        label = study_name if len(searches) == 1 else f"{study_name} {number}"
        # Always "maximize": a scorer of scikit-learn is greater for a better model.
        study = optuna.create_study(
            study_name=label, storage=storage, direction="maximize"
        )
        study.set_user_attr("score", f"mean_test_{name}")
        study.add_trials(_frozen_trials(trials, name))
        names.append(label)
    return names


def _searches_of(
    source: Any, metric: str | None
) -> Iterator[tuple[Sequence[Trial], str]]:
    """Trials and metric of each search."""
    if isinstance(source, str | os.PathLike):
        # A snapshot takes no lock: the search may still be running.
        for search in read_snapshot(source, recorded_searches):
            yield search.trials, metric or search.metric or "score"
        return
    trials = getattr(source, "trials_", None)
    if trials is None:
        raise TypeError(
            "The `source` parameter of export_to_optuna must be a fitted search of "
            f"skbayes, or the path of a journal. Got {type(source).__name__} instead."
        )
    caller = "export_to_optuna"
    yield (
        trials,
        choose_metric(source, source.cv_results_, caller=caller, metric=metric),
    )


def _frozen_trials(trials: Sequence[Trial], metric: str) -> Iterator[Any]:
    """A trial of Optuna for each trial that has ended."""
    from optuna.trial import TrialState, create_trial

    states = {
        Status.COMPLETE: TrialState.COMPLETE,
        Status.STOPPED: TrialState.PRUNED,
        Status.FAILED: TrialState.FAIL,
    }
    distributions = _distributions(trials)
    for trial in trials:
        # A running trial would stay RUNNING in the study for ever: nobody finishes it.
        state = states.get(trial.status)
        if state is None:
            continue
        scores = trial.scores(metric)
        ended = _ended(trial)
        frozen = create_trial(
            state=state,
            value=float(scores.mean()) if state == TrialState.COMPLETE else None,
            params={name: _plain(value) for name, value in trial.params.items()},
            distributions={name: distributions[name] for name in trial.params},
            intermediate_values={
                k: float(score) for k, score in enumerate(scores) if np.isfinite(score)
            },
            user_attrs={} if trial.error is None else {"error": trial.error},
        )
        # create_trial sets both times to now, and the dashboard's timeline would be
        # empty.
        frozen.datetime_complete = ended
        frozen.datetime_start = ended - dt.timedelta(seconds=trial.seconds)
        yield frozen


def _ended(trial: Trial) -> dt.datetime:
    written = [fold.written for fold in trial.folds if fold.written is not None]
    return dt.datetime.fromtimestamp(max(written)) if written else dt.datetime.now()


def _distributions(trials: Sequence[Trial]) -> dict[str, Any]:
    """The distribution of each parameter, guessed from its values."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    values: dict[str, list[Any]] = {}
    for trial in trials:
        for name, value in trial.params.items():
            values.setdefault(name, []).append(native(value))
    found: dict[str, Any] = {}
    for name, seen in values.items():
        dimension = observed_dimension(seen)
        if isinstance(dimension, Real | Integer):
            kind = FloatDistribution if isinstance(dimension, Real) else IntDistribution
            log = dimension.prior == "log-uniform"
            found[name] = kind(dimension.low, dimension.high, log=log)
        else:
            # 1, 1.0 and True are equal keys but distinct choices: the type makes keys
            # distinct.
            choices = dict.fromkeys((type(_plain(v)), _plain(v)) for v in seen)
            found[name] = CategoricalDistribution([value for _, value in choices])
    return found


def _plain(value: Any) -> Any:
    """A value if Optuna can store it, else its repr."""
    value = native(value)
    is_plain = value is None or isinstance(value, bool | int | float | str)
    return value if is_plain else repr(value)

"""A page that tells of a search: one file, to be kept or handed on."""

from __future__ import annotations

import math
import os
import platform
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import scipy
import sklearn

from skbayes._protocol import Params
from skbayes.inspection._bias_correction import bias_corrected_score
from skbayes.inspection._page import (
    card,
    code,
    escape,
    note,
    page,
    section,
    table,
)
from skbayes.inspection._reading import SearchRecord, read_search
from skbayes.inspection._report_plots import plots
from skbayes.inspection._reproduction import reproduction
from skbayes.inspection._trial_table import statuses, trial_table
from skbayes.space import native, parse_space

_CALLER = "search_report"

#: Causes of failures that are shown.
_MOST_CAUSES = 20


def search_report(
    search: Any,
    path: str | os.PathLike[str],
    *,
    metric: str | None = None,
    random_state: Any = 0,
) -> Path:
    """Write a page that tells of a search.

    One HTML file with all it needs inside: what was searched, the result against the
    untuned estimator, what it is worth on new data, plots, a table of all candidates,
    failures, the code that makes the best model again, and versions. It opens from
    disk, without a network, in light and dark.

    Parameters
    ----------
    search : fitted search
        One of this package's or of scikit-learn's.
    path : str or path-like
        Where to write; a file that is there is replaced.
    metric : str, default=None
        Which score, if there are several and `refit` names none.
    random_state : int, RandomState or None, default=0
        Seed of the bootstrap and of what is drawn from the model.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    NotFittedError, TypeError
        If it is not a fitted search.
    ValueError
        If there are several scores and none is named.
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes.inspection import search_report
    >>> from skbayes.search import GridSearchCV
    >>> search = GridSearchCV(SVC(), {"C": [0.1, 1, 10]})
    >>> search = search.fit(*load_iris(return_X_y=True))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     search_report(search, folder + "/report.html").name
    'report.html'
    """
    record = read_search(search, caller=_CALLER, metric=metric, needs_score=False)
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"The `path` parameter of {_CALLER} must be in a folder that exists. There "
            f"is no folder {str(path.parent)!r}."
        )
    estimator = getattr(search, "estimator", None)
    title = f"{record.owner} of {type(estimator).__name__}"
    chosen = _chosen_row(search, record)
    sections = [
        _head(search, title, record),
        _result(search, record, chosen, random_state),
        _searched(search, record, chosen),
        _pictures(search, record, random_state),
        section("Candidates", trial_table(record)),
        _failures(record),
        _reproduced(estimator, record, chosen),
        _versions(),
    ]
    text = page(title, [part for part in sections if part])
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


def _chosen_row(search: Any, record: SearchRecord) -> int | None:
    """The candidate that was chosen; else the best, None where all failed."""
    index = getattr(search, "best_index_", None)
    names_metric = not isinstance(getattr(search, "refit", None), str) or (
        search.refit == record.metric or record.metric == "score"
    )
    if index is not None and names_metric and record.is_complete[index]:
        return int(index)
    return record.best if record.is_complete.any() else None


def _head(search: Any, title: str, record: SearchRecord) -> str:
    counts = Counter(statuses(record))
    told = ", ".join(f"{n} {status}" for status, n in counts.items())
    seconds = np.nansum(record.seconds)
    scoring = getattr(search, "scoring", None)
    name = scoring if isinstance(scoring, str) else record.metric
    return (
        f'<header><h1>{escape(title)}</h1><p class="muted">{record.n_candidates} '
        f"candidates ({escape(told)}), {int(record.n_fits.sum())} fits of "
        f"{record.n_splits} folds, {_duration(seconds)} of fitting and scoring; score: "
        f"{escape(name)}, greater is better</p></header>"
    )


def _result(
    search: Any, record: SearchRecord, chosen: int | None, random_state: Any
) -> str:
    """What came out, against what there was, and what it is worth."""
    if chosen is None:
        return section("Result", note("No candidate has a score: see the failures."))
    cards = [
        card(
            "score of the chosen candidate",
            f"{record.scores[chosen]:.4g}",
            _spread(record, chosen),
        ),
        *_untuned(record, chosen),
        *_honest(search, record, random_state),
    ]
    remark = (
        "The score of the chosen candidate is a little too good: it was chosen for it. "
        "The corrected scores repeat the choice on other data than they score on."
    )
    return section(
        "Result",
        f'<div class="cards">{"".join(cards)}</div>',
        f'<p class="muted">{escape(remark)}</p>',
    )


def _spread(record: SearchRecord, row: int) -> str:
    folds = record.fold_scores[row]
    if len(folds) < 2:
        return "one fold"
    error = folds.std(ddof=1) / math.sqrt(len(folds))
    return f"standard error {error:.2g} over {len(folds)} folds"


def _untuned(record: SearchRecord, chosen: int) -> Iterator[str]:
    """The estimator as it was given, where it was among the candidates."""
    untuned = record.untuned
    if untuned is None or not record.is_complete[untuned]:
        yield card("untuned estimator", "–", "not among the candidates")
        return
    differences = record.fold_scores[chosen] - record.fold_scores[untuned]
    n_better = int((differences > 0).sum())
    yield card(
        "untuned estimator",
        f"{record.scores[untuned]:.4g}",
        "it is the chosen one"
        if untuned == chosen
        else f"the chosen one gains {differences.mean():.2g}, and is better in "
        f"{n_better} of {len(differences)} folds",
    )


def _honest(search: Any, record: SearchRecord, random_state: Any) -> Iterator[str]:
    """What the choice is worth on new data, as far as the search can tell."""
    try:
        corrected = getattr(search, "optimism_corrected_score_", math.nan)
    except ValueError:  # a callable `refit` that cannot choose on fewer folds
        corrected = math.nan
    if not math.isnan(corrected):
        yield card(
            "corrected for optimism",
            f"{corrected:.4g}",
            "chosen on all folds but one, scored on that one",
        )
    if hasattr(search, "held_out_"):
        try:
            honest = bias_corrected_score(search, random_state=random_state)
        except ValueError as error:
            yield card("bias-corrected", "–", str(error))
            return
        if honest.metric != record.metric:
            return
        low, high = honest.interval
        yield card(
            "bias-corrected",
            f"{honest.estimate:.4g}",
            f"{honest.confidence_level:.0%} confidence: {low:.4g} to {high:.4g}",
        )


def _searched(search: Any, record: SearchRecord, chosen: int | None) -> str:
    """The space as it was written, and the settings."""
    given = getattr(search, "param_distributions", getattr(search, "param_grid", None))
    best: Params = {} if chosen is None else record.params[chosen]
    dicts = given if isinstance(given, list | tuple) else [given]
    rows = [
        (
            name if len(dicts) == 1 else f"{name} ({branch})",
            _one_line(value),
            _one_line(best[name]) if name in best else "–",
        )
        for branch, values in enumerate(dicts, start=1)
        if isinstance(values, dict)
        for name, value in values.items()
    ]
    space = table(("parameter", "what was searched", "chosen value"), rows)
    shown = (
        "n_iter",
        "cv",
        "scoring",
        "refit",
        "racing",
        "time_budget",
        "random_state",
    )
    settings = [
        (name, _one_line(getattr(search, name)))
        for name in shown
        if getattr(search, name, None) not in (None, False)
    ]
    return section(
        "What was searched",
        space if rows else note(_one_line(given)),
        "<h3>Settings</h3>",
        table(("setting", "value"), settings),
    )


def _one_line(value: Any, longest: int = 400) -> str:
    """How a value is written; a frozen distribution as its call."""
    if hasattr(value, "ppf") and hasattr(value, "dist"):
        columns = parse_space({"": value}).columns
        value = columns[0].dimension if columns else value
    text = " ".join(repr(native(value)).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _pictures(search: Any, record: SearchRecord, random_state: Any) -> str:
    if not record.is_complete.any():
        return ""
    return section("Plots", *plots(search, record, random_state=random_state))


def _failures(record: SearchRecord) -> str:
    """Causes of failures, the most frequent first, with one traceback each."""
    folds = [fold for trial in record.trials for fold in trial.folds]
    errors = [text for f in folds if (text := f.error or f.scoring_error) is not None]
    if not errors:
        n_failed = int(record.is_failed.sum())
        if not n_failed:
            return section("Failures", '<p class="muted">None.</p>')
        text = f"{n_failed} candidates have no score; no traceback was kept."
        return section("Failures", note(text))
    causes: dict[str, list[str]] = {}
    for error in errors:
        causes.setdefault(error.strip().splitlines()[-1], []).append(error)
    most = sorted(causes.items(), key=lambda item: -len(item[1]))
    parts = [
        f"<details><summary><b>{len(found)} fits</b>: {escape(cause)}</summary>"
        f"{code(found[0])}</details>"
        for cause, found in most[:_MOST_CAUSES]
    ]
    if len(most) > _MOST_CAUSES:
        parts.append(note(f"{len(most) - _MOST_CAUSES} more causes."))
    return section("Failures", *parts)


def _reproduced(estimator: Any, record: SearchRecord, chosen: int | None) -> str:
    if chosen is None or estimator is None:
        return ""
    return section(
        "The chosen model again", code(reproduction(estimator, record.params[chosen]))
    )


def _versions() -> str:
    # Here: while the package is imported it has no version yet.
    from skbayes import __version__

    rows = [
        ("skbayes", __version__),
        ("scikit-learn", sklearn.__version__),
        ("numpy", np.__version__),
        ("scipy", scipy.__version__),
        ("joblib", joblib.__version__),
        ("Python", platform.python_version()),
        ("platform", platform.platform()),
    ]
    return section("Versions", table(("of", "version"), rows))


def _duration(seconds: float) -> str:
    """Seconds in the unit they are counted in."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"

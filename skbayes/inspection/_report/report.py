"""Write a report of a search as one HTML file."""

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

from skbayes._duration import duration
from skbayes._fold_statistics import corrected_standard_error
from skbayes._protocol import Params
from skbayes._selection_bias import why_unknown
from skbayes._short_text import one_line
from skbayes._values import dicts_of, native
from skbayes.inspection._bias_correction.bias_corrected_score import (
    bias_corrected_score,
)
from skbayes.inspection._report.html_page import (
    card,
    code,
    escape,
    note,
    page,
    section,
    table,
)
from skbayes.inspection._report.plots import plots
from skbayes.inspection._report.reproduction import NO_SEED, reproduction
from skbayes.inspection._report.trial_table import statuses, trial_table
from skbayes.inspection._search_record import SearchRecord, read_search
from skbayes.space._parsing import parse_space

_CALLER = "search_report"

#: Parameters of a search that the report lists if they are set ...
_SETTINGS = (
    "n_iter",
    "cv",
    "scoring",
    "refit",
    "racing",
    "time_budget",
    "fit_timeout",
    "n_initial_points",
    "initial_params",
    "n_jobs",
    "journal",
    "store_predictions",
    "error_score",
    "random_state",
)
#: ... and also if they are not set: without a seed the search is not repeatable.
_ALWAYS_SHOWN = ("random_state",)

#: Meaning and limits of the corrected scores.
_REMARK = (
    "The score of the chosen candidate is a little too good: it was chosen for it. The "
    "corrected scores repeat the choice on other data than they score on. They cannot "
    "see that candidates were proposed after looking at the same data, nor how new "
    "data differ from these (other people, later times): only data that the search "
    "never saw, or nested cross-validation, show that."
)

#: Most characters of a parameter of the search.
_LONGEST_LINE = 400
#: Most causes of failures in the report.
_MOST_CAUSES = 20


def search_report(
    search: Any,
    path: str | os.PathLike[str],
    *,
    metric: str | None = None,
    random_state: Any = 0,
) -> Path:
    """Write a report of a search.

    The report is one HTML file without external parts. It contains the searched space,
    the result against the untuned estimator, the corrected scores, plots, a table of
    all candidates, failures, code that builds the best model, and versions. It opens
    from disk without a network, in light and dark.

    Parameters
    ----------
    search : fitted search
        A search of this package or of scikit-learn.
    path : str or path-like
        File to write; an existing file is replaced.
    metric : str, default=None
        Name of the score, if there are several and `refit` names none.
    random_state : int, RandomState or None, default=0
        Seed of the bootstrap and of draws from the model.

    Returns
    -------
    pathlib.Path
        Path of the file.

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
        _reproduced(search, record, chosen),
        _versions(),
    ]
    text = page(title, [part for part in sections if part])
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


def _chosen_row(search: Any, record: SearchRecord) -> int | None:
    """Row of the chosen candidate, else of the best one; None if all failed."""
    index = getattr(search, "best_index_", None)
    # `best_index_` is the choice by another metric if `refit` names another one.
    names_metric = not isinstance(getattr(search, "refit", None), str) or (
        search.refit == record.metric or record.metric == "score"
    )
    if index is not None and names_metric and record.is_complete[index]:
        return int(index)
    return record.best if record.is_complete.any() else None


def _head(search: Any, title: str, record: SearchRecord) -> str:
    counts = Counter(statuses(record))
    shares = ", ".join(f"{n} {status}" for status, n in counts.items())
    seconds = np.nansum(record.seconds)
    scoring = getattr(search, "scoring", None)
    name = scoring if isinstance(scoring, str) else record.metric
    return (
        f'<header><h1>{escape(title)}</h1><p class="muted">{record.n_candidates} '
        f"candidates ({escape(shares)}), {int(record.n_fits.sum())} fits of "
        f"{record.n_splits} folds, {duration(seconds)} of fitting and scoring; score: "
        f"{escape(name)}, greater is better</p></header>"
    )


def _result(
    search: Any, record: SearchRecord, chosen: int | None, random_state: Any
) -> str:
    """Show the chosen score, the untuned estimator and the corrected scores."""
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
    return section(
        "Result",
        f'<div class="cards">{"".join(cards)}</div>',
        f'<p class="muted">{escape(_REMARK)}</p>',
        *_advice(record, chosen),
    )


def _advice(record: SearchRecord, chosen: int) -> Iterator[str]:
    """Advise if the gain over the untuned estimator is below its standard error."""
    untuned = record.untuned
    if untuned is None or untuned == chosen or not record.is_complete[untuned]:
        return
    # Paired by fold: the variation between folds, common to both, cancels.
    differences = record.fold_scores[chosen] - record.fold_scores[untuned]
    error = corrected_standard_error(differences, record.test_share)
    gain = float(differences.mean())
    if math.isfinite(error) and gain <= error:
        yield note(
            f"The gain over the untuned estimator, {gain:.2g}, is not above its "
            f"standard error, {error:.2g}: chance alone explains it. A simpler model "
            "is as good (see Simplest and BestIfBetter in skbayes.selection), and more "
            "trials are not likely to help."
        )


def _spread(record: SearchRecord, row: int) -> str:
    folds = record.fold_scores[row]
    if len(folds) < 2:
        return "one fold"
    error = corrected_standard_error(folds, record.test_share)
    return f"standard error {error:.2g} over {len(folds)} folds"


def _untuned(record: SearchRecord, chosen: int) -> Iterator[str]:
    """Show the untuned estimator's score, if it was among the candidates."""
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
    """Show the estimates of the choice's score on new data."""
    reason = None
    if hasattr(search, "trials_"):
        reason = why_unknown(search, "It")
    if reason is not None:
        yield card("corrected for optimism", "–", reason)
        return
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
    """Show the space in the user's form, and the settings."""
    names = ("suggested_space_", "param_distributions", "param_grid")
    given = next((getattr(search, n) for n in names if hasattr(search, n)), None)
    best: Params = {} if chosen is None else record.params[chosen]
    dicts = dicts_of(given)
    rows = [
        (
            name if len(dicts) == 1 else f"{name} ({branch})",
            _one_line(value),
            _one_line(best[name]) if name in best else "–",
        )
        for branch, values in enumerate(dicts, start=1)
        for name, value in values.items()
    ]
    space = table(("parameter", "what was searched", "chosen value"), rows)
    settings = [
        (name, _one_line(getattr(search, name)))
        for name in _SETTINGS
        if name in _ALWAYS_SHOWN or getattr(search, name, None) not in (None, False)
        if hasattr(search, name)
    ]
    settings += [
        (f"passed to fit, for {part}", ", ".join(names))
        for part, names in _passed_to(search).items()
        if names
    ]
    return section(
        "What was searched",
        space if rows else note(_one_line(given)),
        "<h3>Settings</h3>",
        table(("setting", "value"), settings),
    )


def _passed_to(search: Any) -> dict[str, tuple[str, ...]]:
    """Names of the metadata passed to `fit`, by receiver."""
    names = getattr(search, "_metadata_names", {})
    parts = {"fit": "the estimator", "score": "the scorer", "split": "the splitter"}
    return {parts[part]: names.get(part, ()) for part in parts}


def _one_line(value: Any) -> str:
    """Write a value in one line; a frozen distribution as its call."""
    if hasattr(value, "ppf") and hasattr(value, "dist"):
        columns = parse_space({"": value}).columns
        value = columns[0].dimension if columns else value
    return one_line(native(value), _LONGEST_LINE)


def _pictures(search: Any, record: SearchRecord, random_state: Any) -> str:
    if not record.is_complete.any():
        return ""
    return section("Plots", *plots(search, record, random_state=random_state))


def _failures(record: SearchRecord) -> str:
    """List the causes of failures, most frequent first, with one traceback each."""
    folds = [fold for trial in record.trials for fold in trial.folds]
    errors = [text for fold in folds for text in fold.errors]
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


def _reproduced(search: Any, record: SearchRecord, chosen: int | None) -> str:
    estimator = getattr(search, "estimator", None)
    if chosen is None or estimator is None:
        return ""
    passed = getattr(search, "_metadata_names", {})
    text = reproduction(
        estimator,
        record.params[chosen],
        fit_params=passed.get("fit", ()),
        split_params=passed.get("split", ()),
        seed=getattr(search, "random_state", NO_SEED),
    )
    return section("The chosen model again", code(text))


def _versions() -> str:
    # Imported here: while the package is being imported it has no version yet.
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

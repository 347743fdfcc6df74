"""A search with a journal continues where it was, and meets no other's results."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
import warnings
from collections import Counter

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score

import skbayes.journal
from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._journal.journal_file import SearchJournal
from skbayes._protocol import Status
from skbayes.exceptions import JournalError, JournalNotContinuedWarning
from tests.search import drivers
from tests.search.estimators import (
    FOLDS,
    N_FOLDS,
    Mortal,
    Scripted,
    X,
    fits,
    mean_of,
    y,
)
from tests.search.expected import failed_fits_are_warned_about

QUALITIES = [0.1, 0.5, 0.3, 0.7, 0.2]
SPACE = {"quality": (0.0, 1.0, "uniform")}
every_kind = pytest.mark.parametrize("kind", ["grid", "random", "bayes"])


def make_search(kind, tmp_path, *, n_iter=6, log="log", **settings):
    """A search with a journal and a log of its fits."""
    estimator = Scripted(log=str(tmp_path / log))
    settings = {
        "cv": FOLDS,
        "journal": tmp_path / "j.sqlite",
        "random_state": 0,
    } | settings
    if kind == "grid":
        del settings["random_state"]
        return GridSearchCV(estimator, {"quality": QUALITIES}, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(estimator, SPACE, n_iter=n_iter, **settings)


def check_equal(first, second):
    """Two searches came to the same."""
    assert first.cv_results_["params"] == second.cv_results_["params"]
    for name, column in first.cv_results_.items():
        if "score" in name and "time" not in name:
            np.testing.assert_array_equal(column, second.cv_results_[name])
    assert first.best_params_ == second.best_params_
    assert first.best_score_ == second.best_score_


def n_fits(tmp_path):
    """Fits of folds, refits left out."""
    return sum(fits(tmp_path / "log").values())


# ------------------------------------------------------------------------- resuming


@every_kind
def test_open_journal_runs_no_finished_search_again(kind, tmp_path):
    """All folds are in the journal the second time, and the result is the same."""
    first = make_search(kind, tmp_path).fit(X, y)
    n_first = n_fits(tmp_path)
    second = make_search(kind, tmp_path).fit(X, y)
    assert n_fits(tmp_path) == n_first
    check_equal(first, second)
    assert second.best_estimator_.fold_ == -1


@every_kind
@pytest.mark.parametrize("racing", [False, True])
def test_open_journal_brings_a_search_that_was_cut_off_to_the_same_end(
    kind, racing, tmp_path
):
    """The end is that of a search not cut off; nothing is fitted twice."""

    def stop(progress):
        return progress.n_done == 3

    settings = {"racing": racing, "n_iter": 12}
    make_search(kind, tmp_path, callbacks=[stop], **settings).fit(X, y)
    second = make_search(kind, tmp_path, **settings).fit(X, y)
    assert set(fits(tmp_path / "log").values()) == {1}
    whole = make_search(kind, tmp_path, log="other", journal=None, **settings)
    check_equal(second, whole.fit(X, y))


@pytest.mark.parametrize("kind", ["random", "bayes"])
@pytest.mark.parametrize("random_state", [0, None])
def test_continuation_with_more_candidates_fits_only_the_new_ones(
    kind, random_state, tmp_path
):
    """The first candidates are those that were."""
    settings = {"random_state": random_state}
    first = make_search(kind, tmp_path, n_iter=6, **settings).fit(X, y)
    second = make_search(kind, tmp_path, n_iter=9, **settings).fit(X, y)
    assert len(second.trials_) == 9
    assert second.cv_results_["params"][:6] == first.cv_results_["params"]
    assert n_fits(tmp_path) == 9 * N_FOLDS
    assert set(fits(tmp_path / "log").values()) == {1}


def test_continuation_tries_failures_and_deaths_again_once(tmp_path):
    """Each fold that failed is run each time the search is continued; no other is."""
    grid = {"quality": [0.5, 0.9], "act": ["fit", "raise", "exit"]}
    estimator = Scripted(log=str(tmp_path / "log"))
    for n_runs in (1, 2, 3):
        search = GridSearchCV(estimator, grid, cv=FOLDS, journal=tmp_path / "j")
        with failed_fits_are_warned_about():
            search.fit(X, y)
        frame = search.to_frame()
        assert frame.groupby("param_act")["status"].unique().map(list).to_dict() == {
            "exit": ["failed"],
            "fit": ["complete"],
            "raise": ["failed"],
        }
        counts = Counter()
        for fit, n in fits(tmp_path / "log").items():
            counts[fit.split()[0]] += n
        # A fit that asked to exit is not tried on other folds.
        assert counts == {"fit": 6, "raise": 6 * n_runs, "exit": 2 * n_runs}


@pytest.mark.slow
def test_continuation_tries_folds_that_took_too_long_again(tmp_path):
    """With more time the folds succeed; what was finished is not run again."""
    log, once = str(tmp_path / "log"), str(tmp_path / "once")
    estimator = Scripted(act="sleep", log=log, once=once, only_fold=1)
    settings = {"cv": FOLDS, "journal": tmp_path / "j", "refit": False}
    first = GridSearchCV(estimator, {"quality": [0.5]}, fit_timeout=1, **settings)
    with (
        failed_fits_are_warned_about(),
        pytest.raises(ValueError, match="none to choose"),
    ):
        first.fit(X, y)
    assert first.trials_[0].status is Status.FAILED
    second = GridSearchCV(estimator, {"quality": [0.5]}, fit_timeout=60, **settings)
    assert second.fit(X, y).trials_[0].status is Status.COMPLETE
    assert sorted(fits(tmp_path / "log").values()) == [1, 1, 2]


@pytest.mark.slow
def test_continuation_tries_folds_whose_worker_died_again(tmp_path):
    """A worker may have been killed for a reason that has passed."""
    cure = tmp_path / "cure"
    estimator = Mortal(act="kill", only_fold=0, once=str(cure))
    settings = {"cv": FOLDS, "journal": tmp_path / "j", "refit": False, "n_jobs": 2}
    search = GridSearchCV(estimator, {"quality": [0.2, 0.5]}, **settings)
    with warnings.catch_warnings():
        # Whether other folds have ended before is a matter of chance.
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="worker died"):
            search.fit(X, y)
    assert {trial.status for trial in search.trials_} == {Status.FAILED}
    cure.touch()
    search.fit(X, y)
    assert {trial.status for trial in search.trials_} == {Status.COMPLETE}


# ---------------------------------------------------------------------- other results


OTHER = {
    "data": lambda search: search.fit(np.column_stack([X, X]), y),
    "target": lambda search: search.fit(X, 1 - y),
    "folds": lambda search: search.set_params(cv=SMALLER_FOLDS).fit(X, y),
    "estimator": lambda search: search.set_params(estimator__act="warn").fit(X, y),
    "scoring": lambda search: search.set_params(scoring="accuracy").fit(X, y),
}
SMALLER_FOLDS = [(train, test[1:]) for train, test in FOLDS.split(X)]


@every_kind
@pytest.mark.parametrize("other", OTHER)
@pytest.mark.filterwarnings("ignore:told to warn")
@pytest.mark.filterwarnings("ignore:All .* candidates of this:UserWarning")
def test_open_journal_never_finds_results_of_another_search(kind, other, tmp_path):
    """With other data, folds, estimator or scoring all is fitted anew; it says so."""
    make_search(kind, tmp_path).fit(X, y)
    n_first = n_fits(tmp_path)
    part = "data" if other == "target" else other
    with pytest.warns(JournalNotContinuedWarning, match=f"in the {part} only"):
        search = OTHER[other](make_search(kind, tmp_path))
    assert n_fits(tmp_path) == n_first + len(search.trials_) * N_FOLDS
    frame = skbayes.journal.read(tmp_path / "j.sqlite")
    assert frame["search"].nunique() == 2


# ------------------------------------------------------------------- several at once


@pytest.mark.slow
def test_open_journal_in_two_processes_shares_the_work_of_one_search(tmp_path):
    """Both searches come to the same end, and lose nothing that the other wrote."""
    code = """
search = GridSearchCV(
    Scripted(log={log!r}, seconds=0.05), {{"quality": {order}}}, cv=FOLDS,
    journal={journal!r},
).fit(X, y)
print(search.best_params_["quality"], len(search.trials_))
"""
    qualities = [round(q, 3) for q in np.linspace(0, 1, 12).tolist()]
    code = code.format(
        log=str(tmp_path / "log"), journal=str(tmp_path / "j.sqlite"), order=qualities
    )
    processes = [drivers.start(code) for _ in range(2)]
    outs = [process.communicate(timeout=300) for process in processes]
    assert [p.returncode for p in processes] == [0, 0], outs
    assert [out.split() for out, _ in outs] == [["1.0", "12"]] * 2
    frame = skbayes.journal.read(tmp_path / "j.sqlite")
    assert len(frame) == 12
    assert set(frame["status"]) == {"complete"}
    # A third finds everything there.
    n_before = n_fits(tmp_path)
    drivers.run(code)
    assert n_fits(tmp_path) == n_before


@pytest.mark.slow
def test_open_journal_is_shared_by_nested_cross_validation_with_workers(tmp_path):
    """Every outer fold is a search of its own in the file, and resumes on its own."""
    search = make_search("random", tmp_path)
    scores = cross_val_score(search, X, y, cv=3, n_jobs=2, error_score="raise")
    frame = skbayes.journal.read(tmp_path / "j.sqlite")
    assert frame["search"].nunique() == 3
    assert len(frame) == 3 * 6
    n_before = n_fits(tmp_path)
    again = cross_val_score(search, X, y, cv=3, n_jobs=2, error_score="raise")
    np.testing.assert_array_equal(scores, again)
    # Without a fold of the outer ones, a refit looks like the fit of a fold.
    assert n_fits(tmp_path) == n_before + 3


@pytest.mark.slow
def test_open_journal_is_written_by_the_parent_only(tmp_path):
    """With `n_jobs` workers do not write; the result is that of one worker."""
    first = make_search("grid", tmp_path, n_jobs=2).fit(X, y)
    second = make_search("grid", tmp_path).fit(X, y)
    check_equal(first, second)
    assert n_fits(tmp_path) == len(QUALITIES) * N_FOLDS


@pytest.mark.slow
def test_open_journal_can_be_read_while_a_search_writes(tmp_path):
    """Another process reads the journal at any time."""
    method = multiprocessing.get_context("spawn")
    path = tmp_path / "j.sqlite"
    process = method.Process(target=_write_slowly, args=(str(path),))
    process.start()
    seen = []
    try:
        while process.is_alive():
            if path.exists():
                seen.append(len(skbayes.journal.read(path)))
            time.sleep(0.05)
    finally:
        process.join(120)
    assert process.exitcode == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 2


def _write_slowly(path):
    GridSearchCV(
        Scripted(seconds=0.1), {"quality": QUALITIES}, cv=FOLDS, journal=path
    ).fit(X, y)


# ----------------------------------------------------------------------- bad journals


def test_open_journal_on_a_disk_that_fills_up_leaves_results(tmp_path, monkeypatch):
    """What is finished is kept in the object and in the file; the error is shown."""
    write = SearchJournal.write
    n_written = 0

    def full_in_the_end(self, *args):
        nonlocal n_written
        n_written += 1
        if n_written > 7:
            connection = self._file._connection
            (n_pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {n_pages}")
            args[2].test_scores["score"]  # a fold it is
            args = (*args[:2], _long(args[2]))
        return write(self, *args)

    monkeypatch.setattr(SearchJournal, "write", full_in_the_end)
    search = make_search("grid", tmp_path)
    with pytest.raises(JournalError, match="j.sqlite could not be written.*full"):
        search.fit(X, y)
    assert [t.status for t in search.trials_][:2] == [Status.COMPLETE] * 2
    assert search.best_params_ == {"quality": 0.5}
    assert search.best_score_ == pytest.approx(mean_of(0.5))
    assert not hasattr(search, "best_estimator_")
    monkeypatch.undo()
    # With room again it goes on from there.
    n_before = n_fits(tmp_path)
    second = make_search("grid", tmp_path).fit(X, y)
    assert second.best_params_ == {"quality": 0.7}
    assert n_fits(tmp_path) == n_before + len(QUALITIES) * N_FOLDS - 7


def _long(result):
    """A fold whose row does not fit in the page that is left."""
    from dataclasses import replace

    return replace(result, error="x" * 100_000)


def test_open_journal_refuses_a_truncated_journal_and_leaves_it_alone(tmp_path):
    """The file is named, no fit is made, and not a byte is changed."""
    make_search("grid", tmp_path).fit(X, y)
    path = tmp_path / "j.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    n_before = n_fits(tmp_path)
    with pytest.raises(JournalError, match="j.sqlite is a damaged journal"):
        make_search("grid", tmp_path).fit(X, y)
    assert path.read_bytes() == whole[: len(whole) // 2]
    assert n_fits(tmp_path) == n_before


def test_open_journal_refuses_a_file_that_is_no_journal_and_leaves_it_alone(tmp_path):
    """Neither text nor another program's database is written to."""
    text = tmp_path / "notes.txt"
    text.write_text("my only copy")
    with pytest.raises(JournalError, match="notes.txt is no journal"):
        make_search("grid", tmp_path, journal=text).fit(X, y)
    assert text.read_text() == "my only copy"
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE trials (id)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(JournalError, match="other.sqlite is no journal"):
        make_search("grid", tmp_path, journal=other).fit(X, y)
    assert other.read_bytes() == before


def test_open_journal_names_a_folder_that_does_not_exist(tmp_path):
    """The error comes before the first fit."""
    with pytest.raises(JournalError, match="`journal` parameter.*is not a folder"):
        make_search("grid", tmp_path, journal=tmp_path / "no" / "j.sqlite").fit(X, y)
    assert n_fits(tmp_path) == 0


def test_continuation_has_the_predictions_of_the_folds_it_finds(tmp_path):
    """A search keeps the predictions of its folds in the journal."""
    first = make_search("grid", tmp_path, store_predictions=True).fit(X, y)
    n_first = n_fits(tmp_path)
    again = make_search("grid", tmp_path, store_predictions=True).fit(X, y)
    assert n_fits(tmp_path) == n_first
    for one, other in zip(first.trials_, again.trials_, strict=True):
        for a, b in zip(one.folds, other.folds, strict=True):
            np.testing.assert_array_equal(a.predictions, b.predictions)

"""Folds are found again by their samples; what differs is named."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import (
    KFold,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_score,
)

from skbayes.exceptions import JournalNotContinuedWarning
from tests.search.journaled import SEEN, Seen, X, grid, n_fits, y


@pytest.fixture(autouse=True)
def nothing_seen():
    """Forget the fits of other tests."""
    SEEN.clear()


@pytest.fixture
def journal(tmp_path):
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"


def test_folds_that_another_splitter_gives_too_are_found(journal):
    """The splitter has more repeats with a seed, or the indices in another order."""
    n_fits(
        grid(
            journal,
            {"C": [1, 2]},
            cv=RepeatedKFold(n_splits=3, n_repeats=2, random_state=0),
        )
    )
    longer = RepeatedKFold(n_splits=3, n_repeats=3, random_state=0)
    message = r"in the folds only: only 6 of 9 folds may be used again"
    assert n_fits(grid(journal, {"C": [1, 2]}, cv=longer), message=message) == 2 * 3
    listed = list(longer.split(X))[::-1][:5]
    assert n_fits(grid(journal, {"C": [1, 2]}, cv=listed), message="folds only") == 0


@pytest.mark.parametrize(
    "cv",
    [
        KFold(3, shuffle=True),
        StratifiedKFold(3, shuffle=True, random_state=np.random.RandomState(0)),
        ShuffleSplit(3),
        RepeatedKFold(n_splits=3, n_repeats=1),
    ],
)
def test_folds_without_a_seed_are_told(journal, cv):
    """The second run cannot use the first, and says why."""
    assert n_fits(grid(journal, {"C": [1]}, cv=cv)) == 3
    message = (
        r"j\.sqlite holds search 1, .* in the folds only: none .* int random_state"
    )
    assert n_fits(grid(journal, {"C": [1]}, cv=cv), message=message) == 3


def test_what_gives_the_same_indices_is_the_same_splitter(journal):
    """The splitter is an int, an object, a list of index arrays or of masks."""
    n_fits(grid(journal, {"C": [1]}, cv=StratifiedKFold(3)))
    splits = list(StratifiedKFold(3).split(X, y))
    masks = [tuple(np.isin(np.arange(60), part) for part in split) for split in splits]
    for cv in (3, splits, masks):
        assert n_fits(grid(journal, {"C": [1]}, cv=cv)) == 0


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("data", lambda j: (grid(j, {"C": [1]}), (X + 1e-9, y))),
        ("data", lambda j: (grid(j, {"C": [1]}), (X[:, ::-1], y))),
        ("data", lambda j: (grid(j, {"C": [1]}), (X, y.astype(float)))),
        ("data", lambda j: (grid(j, {"C": [1]}), (X.astype("f4"), y))),
        ("data", lambda j: (grid(j, {"C": [1]}), (pd.DataFrame(X), y))),
        ("estimator", lambda j: (grid(j, {"C": [1]}, Seen(kind="b")), (X, y))),
        ("scoring", lambda j: (grid(j, {"C": [1]}, scoring="accuracy"), (X, y))),
        ("folds", lambda j: (grid(j, {"C": [1]}, cv=4), (X, y))),
    ],
)
def test_a_single_part_that_differs_is_named(journal, part, other):
    """The file and the remedy are told; nothing of the other search is used."""
    n_fits(grid(journal, {"C": [1]}))
    search, data = other(journal)
    message = (
        rf"j\.sqlite holds search 1, which differs from this one in the {part} only"
    )
    assert n_fits(search, data, message=message) >= 3
    # The same again is found.
    assert n_fits(search, data) == 0


def test_weights_are_a_part(journal):
    """Weights are a part of the search, for they reach the fits."""
    n_fits(grid(journal, {"C": [1]}))
    message = r"in the fit parameters only \(sample_weight of fit"
    weights = np.ones(60)
    search = grid(journal, {"C": [1]})
    assert n_fits(search, message=message, sample_weight=weights) == 3
    assert n_fits(search, sample_weight=weights.copy()) == 0


def test_the_warning_names_the_users_line(journal):
    """The line is the user's, whichever way leads from there to the journal."""
    n_fits(grid(journal, {"C": [1]}))
    with pytest.warns(JournalNotContinuedWarning, match="data only") as caught:
        grid(journal, {"C": [1]}).fit(X + 1, y)
    assert caught[0].filename == __file__


def test_nothing_is_told_where_all_is_well(journal):
    """Wider spaces, more workers, other rules and louder searches tell nothing."""
    n_fits(grid(journal, {"C": [1]}))
    assert n_fits(grid(journal, {"C": [1]}, verbose=1, n_jobs=1, error_score=0)) == 0
    assert n_fits(grid(journal, {"C": [1, 2]}, racing=True)) == 3
    assert n_fits(grid(journal, {"C": [1]}, Seen(kind="b"), scoring="accuracy")) == 3


def test_nested_cross_validation_resumes_each_outer_fold(journal):
    """No warning comes: their data differ rightly."""
    search = grid(journal, {"C": [1, 2]})
    with warnings.catch_warnings():
        warnings.simplefilter("error", JournalNotContinuedWarning)
        search.set_params(refit=True)
        first = cross_val_score(search, X, y, cv=4, error_score="raise")
        assert len(SEEN) == 4 * (2 * 3 + 1)
        SEEN.clear()
        again = cross_val_score(search, X, y, cv=5, error_score="raise")
        assert len(SEEN) == 5 * (2 * 3 + 1)
        SEEN.clear()
        np.testing.assert_array_equal(
            first, cross_val_score(search, X, y, cv=4, error_score="raise")
        )
        assert len(SEEN) == 4
        assert len(again) == 5


def test_nested_cross_validation_tells_of_unseeded_inner_folds(journal):
    """What differs besides the data is no matter of nesting."""
    search = grid(journal, {"C": [1]}, cv=KFold(3, shuffle=True), refit=True)
    cross_val_score(search, X, y, cv=2, error_score="raise")
    with pytest.warns(JournalNotContinuedWarning, match="in the folds only"):
        cross_val_score(search, X, y, cv=2, error_score="raise")

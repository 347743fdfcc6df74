"""Are folds looked at before the first fit, and generators of them kept?"""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    PredefinedSplit,
    ShuffleSplit,
)
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.space.labels import label

X, y = load_iris(return_X_y=True)
SEARCHES = [GridSearchCV, RandomSearchCV, BayesSearchCV]
every_kind = pytest.mark.parametrize("kind", SEARCHES)
ROWS = np.arange(150)
SHUFFLED = KFold(3, shuffle=True, random_state=0)


def search_of(kind, **settings):
    """A search of two candidates."""
    if kind is not GridSearchCV:
        settings |= {"n_iter": 2, "random_state": 0}
    return kind(SVC(), {"C": [1, 2]}, **settings)


@every_kind
@pytest.mark.parametrize(
    ("empty", "name"), [(1, "test"), (0, "training")], ids=["test", "training"]
)
@pytest.mark.parametrize("mask", [False, True])
def test_materialise_splits_refuses_empty_parts(kind, empty, name, mask):
    """The fold and its empty part are named."""
    whole = [ROWS[:100], ROWS[100:]]
    parts = list(whole)
    parts[empty] = ROWS[:0]
    if mask:
        whole, parts = ([np.isin(ROWS, p) for p in s] for s in (whole, parts))
    search = kind(SVC(), {"C": [1, 2]}, cv=[tuple(whole), tuple(parts)])
    with pytest.raises(ValueError, match=f"Fold 1 of cv has no {name} samples"):
        search.fit(X, y)


@every_kind
@pytest.mark.parametrize(
    ("cv", "message"),
    [
        ((ROWS[:100], ROWS[100:]), r"write cv=\[\(train, test\)\]"),
        ([1, 2], r"`cv` parameter of .* Got 1 in it instead; write cv=list\(splitter"),
        ([(ROWS, ROWS, ROWS)], r"`cv` parameter of .* pairs .*; write cv=list\("),
        (b"ab", r"`cv` parameter of .* Got 97 in it instead; write cv=list"),
        ([(0, 1)], r"Got \(0, 1\) in it instead"),
        ([(ROWS[:100], ROWS[100:] + 1)], "Fold 0 of cv .* Got 150 in its test part"),
        ([(ROWS[:100] - 151, ROWS[100:])], "Got -151 in its training part"),
        ([(ROWS[:100] / 1, ROWS[100:])], "Got values of type float64 in its training"),
        ([(ROWS[:9] < 5, ROWS[100:])], "mask of 150 bools. Got a mask of 9 in its"),
    ],
    ids=label,
)
def test_materialise_splits_refuses_what_names_no_samples(kind, cv, message):
    """The error comes before the first fit; the fold and what it has are named."""
    search = kind(SVC(), {"C": [1, 2]}, cv=cv, error_score="raise")
    with pytest.raises(ValueError, match=message):
        search.fit(X, y)


@every_kind
@pytest.mark.parametrize("form", [range, lambda *ends: list(range(*ends)), slice])
def test_materialise_splits_takes_ranges_lists_and_slices(kind, form):
    folds = [(form(100), form(100, 150)), (form(50, 150), form(50))]
    expected = [(ROWS[:100], ROWS[100:]), (ROWS[50:], ROWS[:50])]
    scores = [
        search_of(kind, cv=cv).fit(X, y).cv_results_["mean_test_score"].tolist()
        for cv in (folds, expected)
    ]
    assert scores[0] == scores[1]


def test_materialise_splits_refuses_predefined_folds_of_other_data():
    """Samples without a fold would be left out of all."""
    search = search_of(BayesSearchCV, cv=PredefinedSplit([0, 1] * 20))
    with pytest.raises(ValueError, match="fold for each sample.* 40 for 150 samples"):
        search.fit(X, y)


def test_materialise_splits_takes_indices_from_the_end():
    """Negative indices count from the end as in scikit-learn."""
    search = search_of(GridSearchCV, cv=[(ROWS[:100], ROWS[100:] - 150)])
    expected = search_of(GridSearchCV, cv=[(ROWS[:100], ROWS[100:])])
    scores = [s.fit(X, y).cv_results_["mean_test_score"] for s in (search, expected)]
    assert scores[0].tolist() == scores[1].tolist()


@pytest.mark.parametrize("mask", [False, True])
def test_materialise_splits_warns_of_folds_that_overlap(mask):
    """A model that is tested on what it has learned looks too good."""
    folds = [(ROWS[:100], ROWS[100:]), (ROWS[50:], ROWS[:60])]
    if mask:
        folds = [tuple(np.isin(ROWS, part) for part in fold) for fold in folds]
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=folds)
    message = "1 of 2 folds of `cv` test on .*, fold 1 on 10: such scores"
    with pytest.warns(UserWarning, match=message) as seen:
        search.fit(X, y)
    assert [w.filename for w in seen] == [__file__]


@pytest.mark.parametrize(
    "cv",
    [3, SHUFFLED, list(SHUFFLED.split(X)), ShuffleSplit(2, random_state=0)],
    ids=label,
)
def test_materialise_splits_is_silent_of_folds_that_part_the_data(cv):
    """No warning comes, which would be an error here."""
    GridSearchCV(SVC(), {"C": [1, 2]}, cv=cv).fit(X, y)


@every_kind
def test_materialise_splits_warns_of_a_race_over_one_fold(kind):
    """A race between folds has nothing to stop."""
    one = ShuffleSplit(1, random_state=0)
    with pytest.warns(UserWarning, match="`racing` .* a single one: nothing can be"):
        search_of(kind, cv=one, racing=True).fit(X, y)


@every_kind
def test_reusable_cv_keeps_the_splits_of_a_generator(kind):
    """Fitted again, and cloned before or after, a search has the same folds."""
    expected = search_of(kind, cv=SHUFFLED).fit(X, y)
    search = search_of(kind, cv=SHUFFLED.split(X))
    before = clone(search)
    searches = [before.fit(X, y), search.fit(X, y), clone(search).fit(X, y)]
    searches.append(clone(clone(search)).fit(X, y))
    searches.append(search.fit(X, y))
    for fitted in searches:
        np.testing.assert_array_equal(
            fitted.cv_results_["split2_test_score"],
            expected.cv_results_["split2_test_score"],
        )
    search.set_params(cv=KFold(4).split(X)).fit(X, y)
    assert search.n_splits_ == 4


@every_kind
def test_materialise_splits_tells_of_a_generator_that_was_used_up(kind):
    """The error has scikit-learn's words, and says what to write."""
    splits = SHUFFLED.split(X)
    list(splits)
    with pytest.raises(ValueError, match=r"CV iterator empty.*cv=list\(splitter.split"):
        kind(SVC(), {"C": [1, 2]}, cv=splits).fit(X, y)


@every_kind
@pytest.mark.parametrize("is_fitted", [False, True], ids=["unfitted", "fitted"])
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda search: pickle.loads(pickle.dumps(search))]
)
def test_state_with_splits_pickles_a_generator_as_its_splits(kind, is_fitted, copied):
    """The generator itself has no pickle; the search that is pickled keeps it."""
    generator = SHUFFLED.split(X)
    search = search_of(kind, cv=generator)
    if is_fitted:
        search.fit(X, y)
    other = copied(search)
    assert search.cv is generator
    expected = search_of(kind, cv=SHUFFLED).fit(X, y)
    for one in (search, other):
        scores = one.fit(X, y).cv_results_["split2_test_score"]
        assert scores.tolist() == expected.cv_results_["split2_test_score"].tolist()


@every_kind
@pytest.mark.parametrize("cv", [GroupKFold(2), LeaveOneGroupOut()], ids=label)
def test_materialise_splits_says_how_to_pass_groups(kind, cv):
    """scikit-learn's words remain, with what to write as a note."""
    with pytest.raises(ValueError, match="(?s)'groups' .*fit.X, y, groups=") as told:
        search_of(kind, cv=cv).fit(X, y)
    assert told.value.__notes__ == [
        f"{type(cv).__name__} needs the group of each sample: search.fit(X, y,"
        " groups=...)."
    ]

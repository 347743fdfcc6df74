"""Are the estimators of folds kept, those of whom, and where?"""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import cross_validate
from sklearn.tree import DecisionTreeClassifier

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV

X, Y = load_iris(return_X_y=True)
DEPTHS = [1, 2, 3]


def make(kind=GridSearchCV, **settings):
    """A small search over the depth of a tree."""
    more = {} if kind is GridSearchCV else {"n_iter": 3, "random_state": 0}
    tree = DecisionTreeClassifier(random_state=0)
    return kind(tree, {"max_depth": DEPTHS}, cv=3, **more, **settings)


def expected(depth):
    """Predictions of the estimators that cross_validate returns."""
    tree = DecisionTreeClassifier(max_depth=depth, random_state=0)
    folds = cross_validate(tree, X, Y, cv=3, return_estimator=True)["estimator"]
    return [estimator.predict(X) for estimator in folds]


def check(search, rows):
    """The estimators of some rows are those of cross_validate, and no others."""
    assert sorted(search.fold_estimators_) == rows
    for row in rows:
        depth = search.cv_results_["params"][row]["max_depth"]
        found = [estimator.predict(X) for estimator in search.fold_estimators_[row]]
        np.testing.assert_array_equal(found, expected(depth))


def the_second(results):
    """A rule that chooses the second candidate."""
    return 1


@pytest.mark.parametrize("kind", [GridSearchCV, RandomSearchCV, BayesSearchCV])
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("in_folder", [False, True])
def test_fold_estimator_keeper_of_all(kind, n_jobs, in_folder, tmp_path):
    """All are kept, in memory or in files, as `return_estimator=True` gives them."""
    kept = ("all", tmp_path / "models") if in_folder else "all"
    search = make(kind, keep_fold_estimators=kept, n_jobs=n_jobs).fit(X, Y)
    check(search, [0, 1, 2])
    assert len(list(tmp_path.glob("models/*.joblib"))) == (9 if in_folder else 0)


@pytest.mark.parametrize("in_folder", [False, True])
@pytest.mark.parametrize("refit", [True, the_second])
def test_fold_estimator_keeper_of_the_best(in_folder, refit, tmp_path):
    """The chosen candidate's are kept, also where a callable chooses; no other file."""
    kept = ("best", str(tmp_path)) if in_folder else "best"
    search = make(keep_fold_estimators=kept, refit=refit).fit(X, Y)
    check(search, [search.best_index_])
    assert len(list(tmp_path.glob("*.joblib"))) == (3 if in_folder else 0)
    again = pickle.loads(pickle.dumps(search))
    check(again, [search.best_index_])


def test_fold_estimator_keeper_of_the_best_with_equal_candidates(tmp_path):
    """Candidates that share results do not take each other's estimators away."""
    tree = DecisionTreeClassifier(random_state=0)
    grid = [{"max_depth": [1, 3]}, {"max_depth": [3, 2]}]
    kept = ("best", tmp_path)
    search = GridSearchCV(tree, grid, cv=3, keep_fold_estimators=kept).fit(X, Y)
    check(search, [search.best_index_])


def test_fold_estimator_keeper_after_a_journal(tmp_path):
    """Folds of the journal have None; those of the best candidate are fitted again."""
    path = tmp_path / "journal.sqlite"
    make(journal=path).fit(X, Y)
    search = make(journal=path, keep_fold_estimators="best").fit(X, Y)
    check(search, [search.best_index_])
    search = make(journal=path, keep_fold_estimators="all").fit(X, Y)
    rest = [row for row in range(3) if row != search.best_index_]
    assert all(search.fold_estimators_[row] == [None] * 3 for row in rest)


def test_fold_estimator_keeper_of_a_race():
    """A stopped candidate has the estimators of the folds that were run."""
    tree = DecisionTreeClassifier(random_state=0)
    grid = {"max_depth": DEPTHS, "max_features": [1, 2, None], "splitter": ["random"]}
    search = GridSearchCV(tree, grid, cv=5, racing=True, keep_fold_estimators="all")
    search.fit(X, Y)
    for trial in search.trials_:
        run = [fold.fold for fold in trial.folds]
        found = search.fold_estimators_[trial.index]
        assert [k for k, one in enumerate(found) if one is not None] == run


def test_which_and_folder_keep_nothing_by_default():
    """Estimators take memory."""
    assert not hasattr(make().fit(X, Y), "fold_estimators_")


@pytest.mark.parametrize("value", ["some", ("all", 3), ("all",), (None, "models")])
def test_which_and_folder_refuse_what_they_do_not_know(value):
    """The error shows the forms there are."""
    with pytest.raises(
        ValueError, match=r"`keep_fold_estimators` .*\('all', 'models'\)"
    ):
        make(keep_fold_estimators=value).fit(X, Y)


def test_which_and_folder_refuse_a_folder_before_the_first_fit(tmp_path):
    """A folder that cannot be written, or has another search's files, is named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cannot be written"):
        make(keep_fold_estimators=("all", tmp_path / "file")).fit(X, Y)
    make(keep_fold_estimators=("all", tmp_path)).fit(X, Y)
    with pytest.raises(ValueError, match="holds estimators of another search"):
        make(keep_fold_estimators=("all", tmp_path)).fit(X, Y)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_which_and_folder_refuse_a_folder_without_permission(tmp_path):
    """A folder that this user may not write to is named."""
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="cannot be written"):
        make(keep_fold_estimators=("all", tmp_path)).fit(X, Y)

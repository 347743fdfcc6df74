"""What a search finds again in its journal: what would score the same, nothing else."""

from __future__ import annotations

import functools
import os
import types
import warnings
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import (
    KFold,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.exceptions import JournalNotContinuedWarning

rng = np.random.default_rng(0)
X, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
SEEN = []


class Seen(ClassifierMixin, BaseEstimator):
    """Notes what it is fitted with."""

    def __init__(self, C=1.0, kind="a", step=None):
        self.C = C
        self.kind = kind
        self.step = step

    def fit(self, X, y, sample_weight=None):
        """Note parameters and samples."""
        SEEN.append((self.C, self.kind, len(X)))
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """The first class, always."""
        return np.full(len(X), self.classes_[0])

    def score(self, X, y, sample_weight=None):
        """A hill, with its top where no search here has looked first."""
        return -abs(np.log10(self.C) - 1.5) + 0.1 * (self.kind == "b")


@pytest.fixture(autouse=True)
def nothing_seen():
    """Forget the fits of other tests."""
    SEEN.clear()


def grid(journal, space, estimator=None, **settings):
    """A grid search of three folds."""
    settings = {"cv": 3, "refit": False} | settings
    return GridSearchCV(estimator or Seen(), space, journal=journal, **settings)


def bayes(journal, space, n_iter=8, estimator=None, **settings):
    """A Bayesian search of three folds."""
    settings = {"cv": 3, "refit": False, "random_state": 0} | settings
    return BayesSearchCV(
        estimator or Seen(), space, n_iter=n_iter, journal=journal, **settings
    )


def n_fits(search, data=(X, y), message=None, **fit_params):
    """Fits of a search; its warning about the journal must match `message`."""
    SEEN.clear()
    expected = (
        nullcontext()
        if message is None
        else pytest.warns(JournalNotContinuedWarning, match=message)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if message is None:
            warnings.simplefilter("error", JournalNotContinuedWarning)
        with expected:
            search.fit(*data, **fit_params)
    return len(SEEN)


@pytest.fixture
def journal(tmp_path):
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"


# ----------------------------------------------------------------- other search spaces


@pytest.mark.parametrize(
    ("before", "after", "n_new"),
    [
        ({"C": [1, 2]}, {"C": [1, 2, 4]}, 1),
        ({"C": [1, 2]}, {"C": [2, 1]}, 0),
        ({"C": [1, 2]}, {"C": np.array([1, 2])}, 0),
        ({"C": [1, 2]}, {"C": [1.0, 2.0]}, 2),
        ({"C": [1, 2]}, [{"C": [1]}, {"C": [2]}], 0),
        ({"C": [1, 2]}, [{"C": [1, 2]}, {"C": [1], "kind": ["b"]}], 1),
        ({"C": [1, 2]}, {"C": [1, 2], "kind": ["a"]}, 0),
        ({"C": [1, 2]}, {"C": [1, 2], "kind": ["a", "b"]}, 2),
        ({"C": [1.0, 2.0], "kind": ["b"]}, {"kind": ["b"]}, 0),
        ({"step": [StandardScaler()]}, {"step": [Seen(), StandardScaler()]}, 1),
        ({"step": [StandardScaler()]}, {"step": [StandardScaler(with_mean=False)]}, 1),
        ({"step": [(1, 2), [3]]}, {"step": [[3], (1, 2), (2, 1)]}, 1),
    ],
)
def test_a_grid_fits_only_what_is_new(journal, before, after, n_new):
    """Values, choices and dicts may be added, and parameters at their own value."""
    n_fits(grid(journal, before))
    search = grid(journal, after)
    assert n_fits(search) == 3 * n_new
    alone = grid(None, after)
    n_fits(alone)
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )
    assert n_fits(grid(journal, after)) == 0


def test_folds_are_shared_by_all_kinds_of_searches(journal):
    """A grid finds what others have tried, and they find what it has."""
    space = {"C": [0.1, 1.0, 10.0, 100.0], "kind": ["a", "b"]}
    settings = {"n_iter": 3, "cv": 3, "refit": False, "journal": journal}
    n_random = n_fits(RandomSearchCV(Seen(), space, random_state=0, **settings))
    n_bayes = n_fits(BayesSearchCV(Seen(), space, random_state=1, **settings))
    n_grid = n_fits(grid(journal, space))
    assert (n_random, n_bayes + n_grid) == (9, 15)
    assert n_grid < 15
    for seed in range(2, 5):
        assert n_fits(RandomSearchCV(Seen(), space, random_state=seed, **settings)) == 0
        assert n_fits(BayesSearchCV(Seen(), space, random_state=seed, **settings)) == 0


def test_each_fold_is_fitted_once_by_however_many_searches(journal):
    """The searches together fit the grid, and not a fold more."""
    space = {"C": [0.1, 1.0, 10.0, 100.0]}
    total = 0
    for seed in range(4):
        search = RandomSearchCV(
            Seen(), space, n_iter=2, cv=3, random_state=seed, journal=journal
        )
        total += n_fits(search.set_params(refit=False))
    total += n_fits(grid(journal, space))
    assert total == 4 * 3


@pytest.mark.parametrize(
    "wider",
    [
        {"C": (0.01, 100.0, "log-uniform")},
        {"C": (0.01, 100.0, "log-uniform"), "kind": ["a", "b"]},
        [
            {"C": (0.01, 10.0, "log-uniform")},
            {"C": (0.1, 100.0, "log-uniform"), "kind": ["b"]},
        ],
    ],
)
def test_a_wider_search_begins_with_what_is_known(journal, wider):
    """A larger `n_iter` costs what it adds; the best stays the best."""
    first = bayes(journal, {"C": (0.01, 1.0, "log-uniform")}, n_iter=8)
    n_fits(first)
    search = bayes(journal, wider, n_iter=12)
    assert n_fits(search) <= 4 * 3
    assert len(search.trials_) == 12
    assert search.best_score_ >= first.best_score_
    known = {trial.params["C"] for trial in first.trials_}
    assert {trial.params["C"] for trial in search.trials_[:8]} == known
    # It is a search of its own now, and continues as such.
    assert n_fits(bayes(journal, wider, n_iter=12)) == 0
    assert n_fits(bayes(journal, wider, n_iter=14)) <= 2 * 3


def test_a_wider_search_of_the_same_length_looks_at_what_is_new(journal):
    """A quarter of its candidates at least is new; those it takes over are the best."""
    first = bayes(journal, {"C": (0.01, 1.0, "log-uniform")}, n_iter=8)
    n_fits(first)
    search = bayes(journal, {"C": (0.01, 100.0, "log-uniform")}, n_iter=8)
    assert 0 < n_fits(search) <= 2 * 3
    assert search.best_score_ > first.best_score_
    assert search.best_params_["C"] > 1
    taken = [trial.scores().mean() for trial in search.trials_[:6]]
    left_out = sorted(trial.scores().mean() for trial in first.trials_)[:2]
    assert min(taken) >= max(left_out)


def test_another_seed_is_another_sample(journal):
    """The search neither ends at once as a copy of the first, nor learns from it."""
    space = {"C": (0.01, 1.0, "log-uniform")}
    n_fits(bayes(journal, space, include_current=False))
    other = bayes(journal, space, random_state=1, include_current=False)
    # Both may come to the end of the range.
    assert n_fits(other) >= 7 * 3
    alone = bayes(None, space, random_state=1, include_current=False)
    n_fits(alone)
    assert [t.params for t in other.trials_] == [t.params for t in alone.trials_]


def test_all_points_of_a_finite_space_are_tried_after_some_were(journal):
    """The points are tried also where the first search had chosen the order."""
    space = {"C": [0.1, 1.0, 10.0, 100.0, 1000.0]}
    n_fits(bayes(journal, space, n_iter=3))
    search = bayes(journal, space, n_iter=9)
    assert n_fits(search) == 2 * 3
    assert sorted(t.params["C"] for t in search.trials_) == space["C"]


def test_new_initial_params_are_tried_by_a_search_that_goes_on(journal):
    """The points come before what is proposed."""
    space = {"C": (0.01, 1.0, "log-uniform")}
    n_fits(bayes(journal, space))
    search = bayes(journal, space, n_iter=10, initial_params=[{"C": 0.123}])
    n_fits(search)
    assert 0.123 in [trial.params["C"] for trial in search.trials_]
    assert len(search.trials_) == 10


# -------------------------------------------------------------------------- other folds


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


# ------------------------------------------------------------------------ one part only


def scored(estimator, X, y):
    """Twice as good."""
    return 2 * estimator.score(X, y)


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


# -------------------------------------------------------------------------------- code


def module_of(source, **names):
    """Run the source of a module."""
    module = types.ModuleType("made_for_a_test")
    vars(module).update(names)
    exec(compile(source, "made", "exec", dont_inherit=True), vars(module))
    return module


CLIP = """
from sklearn.base import BaseEstimator, TransformerMixin
LOW = -1
def bounds(X):
    return LOW, 1
class Clip(TransformerMixin, BaseEstimator):
    n_calls = 0
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        Clip.n_calls += 1
        return X.clip(*bounds(X))
"""


def clipped(journal, source, **settings):
    """A search over a pipeline with a step of the user's own."""
    step = module_of(source).Clip()
    estimator = Pipeline([("clip", step), ("seen", Seen())])
    return grid(journal, {"seen__C": [1, 2]}, estimator, **settings)


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("X.clip(*", "X.clip(max=0).clip(*", r"Clip\.transform"),
        ("return LOW, 1", "return LOW, 2", "bounds"),
        ("LOW = -1", "LOW = -2", "the global LOW of bounds"),
    ],
)
def test_code_that_was_edited_is_told(journal, before, after, name):
    """The code is that of a step's class, what it calls and what that reads."""
    n_fits(clipped(journal, CLIP))
    assert n_fits(clipped(journal, CLIP)) == 0
    edited = CLIP.replace(before, after)
    message = rf"in the code only \({name}\): .*undo the change"
    assert n_fits(clipped(journal, edited), message=message) == 6
    assert n_fits(clipped(journal, CLIP + "\n# the same\n")) == 0


OWN = {
    "lambda of a step": lambda n: FunctionTransformer(lambda X: X * n),
    "partial of a step": lambda n: FunctionTransformer(functools.partial(_times, n=n)),
    "bound method": lambda n: FunctionTransformer(_Times(n).times),
    "object with a call": lambda n: FunctionTransformer(_Times(n)),
    "closed over model": lambda n: FunctionTransformer(_with_model(n)),
    "kept model": lambda n: FunctionTransformer(
        _times, kw_args={"model": _Judge(_fitted(n))}
    ),
    "frozen model": lambda n: FrozenEstimator(StandardScaler().fit(X * n)),
    "class attribute": lambda n: type("T", (_Times,), {"power": n})(1),
}
SCORERS = {
    "lambda": lambda n: lambda e, X, y: e.score(X, y) * n,
    "metric": lambda n: make_scorer(lambda t, p: n),
    "arguments of a metric": lambda n: make_scorer(_metric, n=n),
    "bound method": lambda n: _Times(n).score,
    "object": lambda n: _Judge(_fitted(n)),
    "several": lambda n: {"score": lambda e, X, y: n},
}


def _times(X, n=1, model=None):
    return X * n


class _Times(TransformerMixin, BaseEstimator):
    power = 1

    def __init__(self, n):
        self.n = n

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X * self.n

    times = transform
    __call__ = transform

    def score(self, estimator, X, y):
        return self.n


class _Judge:
    def __init__(self, model):
        self.model = model

    def __call__(self, estimator, X, y):
        return self.model.intercept_[0]


def _metric(y_true, y_pred, n=1):
    return n


def _fitted(n):
    return LogisticRegression().fit(X, (X[:, n] > 0).astype(int))


def _with_model(n):
    model = _fitted(n)
    return lambda X: model.decision_function(X)[:, None]


@pytest.mark.parametrize("kind", OWN)
def test_what_a_step_is_made_of_counts(journal, kind):
    """A step is found again if it is made alike, and fitted anew if not."""

    def search(n):
        return grid(
            journal,
            {"seen__C": [1]},
            Pipeline([("own", OWN[kind](n)), ("seen", Seen())]),
        )

    assert n_fits(search(1)) == 3
    assert n_fits(search(1)) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        SEEN.clear()
        search(2).fit(X, y)
    assert len(SEEN) == 3


@pytest.mark.parametrize("kind", SCORERS)
def test_what_a_scorer_is_made_of_counts(journal, kind):
    """A scorer has code, arguments, state, and models that it holds."""

    def search(n):
        return grid(journal, {"C": [1]}, scoring=SCORERS[kind](n))

    assert n_fits(search(1)) == 3
    assert n_fits(search(1)) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        SEEN.clear()
        search(2).fit(X, y)
    assert len(SEEN) == 3


def test_only_the_choice_that_was_edited_is_fitted_anew(journal):
    """Choices are known by what they do, wherever they stand."""

    def choices(n):
        return {"step": [lambda X: X, lambda X: X * n, StandardScaler()]}

    n_fits(grid(journal, choices(1)))
    assert n_fits(grid(journal, choices(2))) == 3
    assert n_fits(grid(journal, {"step": choices(1)["step"][::-1]})) == 0


def test_a_cache_and_more_workers_change_nothing(journal, tmp_path):
    """These parameters are known to have no effect."""

    def search(**settings):
        step = make_pipeline(StandardScaler(), **settings)
        return grid(
            journal, {"seen__C": [1]}, Pipeline([("s", step), ("seen", Seen())])
        )

    n_fits(search())
    assert n_fits(search(memory=str(tmp_path / "cache"))) == 0
    assert n_fits(search(verbose=True)) == 0


# --------------------------------------------------------------------- failures, output


class Fickle(Seen):
    """Fails as long as its server is down."""

    def fit(self, X, y):
        """Fit what needs no server."""
        super().fit(X, y)
        if self.C > 1 and "SERVER" not in os.environ:
            raise OSError("no answer from the server")
        return self


@pytest.mark.parametrize("make", [grid, functools.partial(bayes, n_iter=3)])
def test_failed_folds_are_tried_again_once(journal, make, monkeypatch):
    """Failed folds are tried each time the search is continued, until they succeed."""
    space = {"C": [1, 2, 3]}
    assert n_fits(make(journal, space, estimator=Fickle(C=1))) == 9
    assert n_fits(make(journal, space, estimator=Fickle(C=1))) == 6
    monkeypatch.setenv("SERVER", "up")
    search = make(journal, space, estimator=Fickle(C=1))
    assert n_fits(search) == 6
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert n_fits(make(journal, space, estimator=Fickle(C=1))) == 0


@pytest.mark.parametrize("kept", [True, "probabilities"])
def test_predictions_are_kept_in_the_journal(journal, kept):
    """Predictions come back as they were, and are made where they are missing."""
    space = {"C": [0.1, 1.0]}
    labels = np.where(y == 1, "yes", "no")

    def search(**settings):
        return grid(journal, space, LogisticRegression(), **settings)

    search().fit(X, labels)
    first = search(store_predictions=kept).fit(X, labels)
    second = search(store_predictions=kept).fit(X, labels)
    assert all(f.written is None for t in first.trials_ for f in t.folds)
    for one, other in zip(first.trials_, second.trials_, strict=True):
        for fold, found in zip(one.folds, other.folds, strict=True):
            assert found.written is not None
            np.testing.assert_array_equal(fold.predictions, found.predictions)
            np.testing.assert_array_equal(fold.response_classes, found.response_classes)
            assert fold.response_method == found.response_method
            if kept == "probabilities":
                np.testing.assert_array_equal(fold.probabilities, found.probabilities)
    # Who needs less takes what there is.
    third = search(store_predictions=True).fit(X, labels)
    assert all(f.written is not None for t in third.trials_ for f in t.folds)


def test_training_scores_are_made_where_they_are_missing(journal):
    """The scores are there for those who want them next."""
    space = {"C": [1, 2]}
    n_fits(grid(journal, space))
    assert n_fits(grid(journal, space, return_train_score=True)) == 6
    assert n_fits(grid(journal, space, return_train_score=True)) == 0
    search = grid(journal, space)
    assert n_fits(search) == 0
    assert not any("train" in name for name in search.cv_results_)


# ------------------------------------------------------------------------ telling of it


def test_verbose_tells_what_is_continued_and_what_is_left(journal, capsys):
    """What is in the journal is not counted as work to be done."""
    n_fits(grid(journal, {"C": [1, 2]}, verbose=1))
    out = capsys.readouterr().out
    assert f"Journal {journal}: begins search 1\n" in out
    assert "each of 2 candidates, totalling 6 fits\n" in out
    n_fits(grid(journal, {"C": [1, 2]}, verbose=1))
    out = capsys.readouterr().out
    assert "continues search 1, which has begun 2 of 2 candidates\n" in out
    assert "totalling 6 fits, of which 6 are in the journal and 0 are left\n" in out
    n_fits(grid(journal, {"C": [1, 2, 3]}, verbose=2))
    out = capsys.readouterr().out
    assert "begins search 2, which differs from search 1 in: space\n" in out
    assert "of which 6 are in the journal and 3 are left\n" in out
    assert out.count("from the journal\n") == 2
    space = {"C": (0.1, 1.0, "log-uniform")}
    n_fits(bayes(journal, space, n_iter=4, verbose=1))
    n_fits(bayes(journal, {"C": (0.1, 9.0, "log-uniform")}, n_iter=6, verbose=1))
    out = capsys.readouterr().out
    assert "differs from search 3 in: space; takes over 4 of 6 candidates\n" in out
    assert "totalling 18 fits, of which 12 are in the journal and 6 are left\n" in out


def test_callbacks_are_told_how_many_were_found(journal):
    """A bar can tell these folds from those that were run."""
    n_fits(grid(journal, {"C": [1, 2]}))
    seen = []
    search = grid(
        journal,
        {"C": [1, 2, 3]},
        callbacks=[lambda p: seen.append((p.n_done, p.n_found))],
    )
    n_fits(search)
    assert seen == [(1, 1), (2, 2), (3, 2)]

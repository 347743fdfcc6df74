"""Code of the user's counts: what was edited is fitted anew, and named."""

from __future__ import annotations

import functools
import importlib
import sqlite3
import sys
import types
import warnings
from contextlib import closing

import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.search.journaled import SEEN, Seen, X, grid, n_fits, y


@pytest.fixture(autouse=True)
def nothing_seen():
    """Forget the fits of other tests."""
    SEEN.clear()


@pytest.fixture
def journal(tmp_path):
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"


def scored(estimator, X, y):
    """Twice as good."""
    return 2 * estimator.score(X, y)


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


EDITED = """
from sklearn.linear_model import LogisticRegression
LIMIT = {limit}
class Own(LogisticRegression):
    def predict(self, X):
        return super().predict(X) if LIMIT < 9 else super().predict(X)[::-1]
"""


@pytest.mark.parametrize("what", ["nothing", "the file", "the module"])
def test_folds_of_workers_with_other_code_are_not_written(
    what, journal, tmp_path, monkeypatch
):
    """Workers import a module anew: it may have been edited, or changed here, since."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    name = f"edited_{what.replace(' ', '_')}"
    file = tmp_path / f"{name}.py"
    file.write_text(EDITED.format(limit=1))
    importlib.invalidate_caches()
    module = importlib.import_module(name)
    if what == "the file":
        file.write_text(EDITED.format(limit=10))
    elif what == "the module":
        module.LIMIT = 10
    search = grid(journal, {"C": [0.1, 1.0]}, module.Own(), n_jobs=2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, y)
    texts = [str(one.message) for one in caught]
    if what == "nothing":
        assert texts == []
        assert n_folds(journal) == 2 * search.n_splits_
    else:
        (text,) = texts
        assert "What differs is the global LIMIT of Own.predict" in text
        assert n_folds(journal) == 0
    del sys.modules[name]


def n_folds(journal):
    """Number of folds in a journal."""
    with closing(sqlite3.connect(journal)) as connection:
        return connection.execute("SELECT count(*) FROM folds").fetchone()[0]

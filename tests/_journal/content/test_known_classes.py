"""Are attributes left out that change no score, of known classes only?"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from joblib import Memory
from scipy.stats import norm
from sklearn.base import BaseEstimator
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skbayes import BayesSearchCV
from skbayes._journal.content.content_digest import content_digest
from skbayes._journal.content.known_classes import has_no_effect, lasting_state
from tests._journal.content.test_hasher import Plain

X = np.random.RandomState(0).rand(30, 3)

y = (X[:, 0] > 0.5).astype(int)


def test_has_no_effect_leaves_out_parameters_without_effect():
    """A bigger machine, more output, or names in another order continue a search."""
    forest = RandomForestClassifier(random_state=0)
    louder = RandomForestClassifier(random_state=0, n_jobs=8, verbose=2)
    assert content_digest(forest) == content_digest(louder)
    frozen = [FrozenEstimator(f.fit(X, y)) for f in (forest, louder)]
    assert content_digest(frozen[0]) == content_digest(frozen[1])
    space = {"b": [1, 2], "a": [3]}
    assert content_digest(space) == content_digest({"a": [3], "b": [1, 2]})


@pytest.mark.parametrize("kind", [str, Path, Memory])
def test_has_no_effect_is_true_of_a_cache(kind, tmp_path):
    """The way in which a pipeline gets its cache folder does not matter."""
    plain = content_digest(make_pipeline(SVC()))
    assert content_digest(make_pipeline(SVC(), memory=kind(tmp_path))) == plain


def test_has_no_effect_is_true_of_a_cache_anywhere(tmp_path):
    """The user's own estimator may take the cache: its class is known."""
    caches = [Memory(None), Memory(tmp_path), Memory(tmp_path, verbose=3)]
    assert len({content_digest(Plain(cache=cache)) for cache in caches}) == 1
    assert content_digest(Plain(cache=caches[0])) != content_digest(Plain(cache=None))


class Lagged(BaseEstimator):
    """An estimator whose parameters are named as some of scikit-learn's."""

    def __init__(self, memory=1, verbose=0, n_jobs=1, pre_dispatch=1, journal=1):
        self.memory = memory
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.pre_dispatch = pre_dispatch
        self.journal = journal


class OwnForest(RandomForestClassifier):
    """Derived from a class that is known; what it does with `n_jobs` is not."""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Lagged, "memory"),
        (Lagged, "verbose"),
        (Lagged, "n_jobs"),
        (Lagged, "pre_dispatch"),
        (Lagged, "journal"),
        (OwnForest, "n_jobs"),
        (LatentDirichletAllocation, "n_jobs"),
        (BayesSearchCV, "n_jobs"),
    ],
)
def test_has_no_effect_is_not_told_by_a_name_alone(kind, name):
    """`memory` may be the number of lags, and random numbers depend on jobs."""
    make = partial(BayesSearchCV, SVC(), {}) if kind is BayesSearchCV else kind
    one, other = make(**{name: 2}), make(**{name: 4})
    assert content_digest(one, is_cloned=True) != content_digest(other, is_cloned=True)
    frozen = [content_digest(value) for value in (one, other)]
    assert frozen[0] != frozen[1]


@pytest.mark.parametrize(
    ("kind", "name", "value", "is_without"),
    [
        (SVC, "verbose", True, True),
        (SVC, "C", 1.0, False),
        (type(make_pipeline(SVC())), "memory", None, True),
        (type(make_pipeline(SVC())), "memory", 3, False),
        (LatentDirichletAllocation, "verbose", 1, True),
        (BayesSearchCV, "journal", "file", True),
        (BayesSearchCV, "random_state", 1, False),
        (Lagged, "verbose", 1, False),
    ],
)
def test_has_no_effect_knows_names_of_known_classes(kind, name, value, is_without):
    """A memory that is no cache is something else."""
    assert has_no_effect(kind, name, value) == is_without


def test_lasting_state_leaves_out_what_was_computed_on_the_way():
    """Cached properties, results of searches and scipy's generators are left out."""
    assert lasting_state(Plain, {"cached": 1, "other": 2}) == {"other": 2}
    state = {"cv_results_": {}, "trials_": [], "C": 1, "verbose": 3}
    assert lasting_state(BayesSearchCV, state) == {"C": 1}
    assert lasting_state(Lagged, state) == state
    generator = np.random.default_rng(0)
    drawing = {"_random_state": generator, "args": (1,)}
    assert lasting_state(type(norm(0, 1)), drawing) == {"args": (1,)}
    assert lasting_state(Plain, drawing) == drawing
    assert lasting_state(SVC, {1: 2}) == {1: 2}


def test_has_no_effect_is_true_of_the_numbers_of_plan_nodes():
    """The same plan built twice, and run in between, is the same; another is not."""
    skrub = pytest.importorskip("skrub")

    def plan(factor):
        return skrub.X(X) * factor

    first = plan(2)
    digest = content_digest(first)
    first.skb.eval()
    assert content_digest(first) == content_digest(plan(2)) == digest
    assert content_digest(plan(3)) != digest

"""A digest is the same in every process and changes with what it stands for."""

from __future__ import annotations

import copy
import functools
import os
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, make_scorer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

import skbayes
from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.test_hasher import Plain

X = np.random.RandomState(0).rand(30, 3)

y = (X[:, 0] > 0.5).astype(int)


def halved(x, factor=2):
    """Stand for a function of the user's."""
    return x / factor


def everything():
    """A search with one of each of the things that tend to be unstable."""
    frame = pd.DataFrame(X, columns=list("abc")).assign(
        text=["x", "yy"] * 15,
        kind=pd.Categorical(["u", "v", "u"] * 10),
        day=pd.date_range("2020-01-01", periods=30, tz="Europe/Berlin"),
        whole=pd.array([1, None, 3] * 10, dtype="Int64"),
        mixed=[None, 1, "a"] * 10,
    )
    pipe = make_pipeline(
        make_column_transformer(
            (FunctionTransformer(np.log1p), make_column_selector(dtype_include=float)),
            (FunctionTransformer(lambda v: v in {"a", "b", "c"}), ["text"]),
        ),
        RandomForestClassifier(random_state=np.random.RandomState(3)),
    )
    space = [
        {
            "clf": [SVC(), FrozenEstimator(LogisticRegression().fit(X, y))],
            "C": stats.loguniform(1e-3, 1e3),
            "how": [{"b", "a", "d", "c"}, frozenset({"x", "y", (1, "z")})],
        },
        {
            "weights": stats.dirichlet([1, 2, 3]),
            "own": stats.rv_histogram(np.histogram(X, bins=4)),
            "function": [halved, functools.partial(halved, factor=3), str.lower],
        },
    ]
    return {
        "estimator": pipe,
        "space": space,
        "splits": [(np.arange(20), np.arange(20, 30))],
        "scoring": {"f1": make_scorer(f1_score, pos_label=1), "plain": "accuracy"},
        "X": frame,
        "y": y,
        "fit_params": {"sample_weight": np.ones(30), "groups": list("abc") * 10},
        "random_state": np.random.default_rng(0),
    }


SCRIPT = """
import tests._journal.content.test_content_digest as t
print(t.content_digest(t.everything()).hex())
"""


def test_content_digest_is_the_same_in_every_process():
    """The hash seed and draws from global generators do not matter."""
    found = {content_digest(everything()).hex()}
    for seed in ("0", "1", "4294967295"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(Path(skbayes.__file__).parents[1]),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == 64


@pytest.mark.parametrize("name", list(everything()))
def test_content_digest_of_copies_is_the_same(name):
    """Nested cross-validation clones a search and may send it to other processes."""
    value = everything()[name]
    before = content_digest(value)
    np.random.RandomState().rand()
    assert content_digest(copy.deepcopy(value)) == before
    assert content_digest(clone(value, safe=False)) == before
    if name not in ("estimator", "scoring"):  # hold lambdas, which pickle refuses
        assert content_digest(pickle.loads(pickle.dumps(value))) == before


def test_content_digest_of_a_search_outlasts_its_use():
    """Neither draws from its distributions nor fits of its estimator change it."""
    space = {"C": stats.loguniform(1, 9), "w": stats.dirichlet([1, 2])}
    forest, before = RandomForestClassifier(3), content_digest(space)
    unfitted = content_digest(forest, is_cloned=True)
    for distribution in space.values():
        distribution.rvs(random_state=0)
        distribution.rvs()
    assert content_digest(space) == before
    assert content_digest(forest.fit(X, y), is_cloned=True) == unfitted


def test_content_digest_counts_set_output():
    """What a step hands on changes what the next one sees."""
    assert content_digest(StandardScaler()) != content_digest(
        StandardScaler().set_output(transform="pandas")
    )


def test_content_digest_counts_what_frozen_estimators_learned():
    """The parameters of the estimators are the same, their predictions are not."""
    fits = [LogisticRegression().fit(X, target) for target in (y, 1 - y, y)]
    digests = [content_digest(FrozenEstimator(fit)) for fit in fits]
    assert digests[0] != digests[1]
    assert digests[0] == digests[2]
    assert content_digest(fits[0]) != content_digest(fits[1])
    cloned = [content_digest(fit, is_cloned=True) for fit in fits]
    assert cloned[0] == cloned[1]


@pytest.mark.parametrize(
    "place",
    [
        lambda fit: FrozenEstimator(fit),
        lambda fit: FunctionTransformer(lambda X: fit.predict(X)),
        lambda fit: FunctionTransformer(partial(halved, factor=fit)),
        lambda fit: FunctionTransformer(fit.predict),
        lambda fit: FunctionTransformer(kw_args={"a": Plain(fit=fit)}),
        lambda fit: SVC(kernel=fit.predict),
        lambda fit: np.array([fit, None], dtype=object),
    ],
)
def test_content_digest_counts_what_is_not_cloned_on_the_way(place):
    """A closure, an argument, a bound method or an object's state may hold a model."""
    fits = [LogisticRegression().fit(X, target) for target in (y, 1 - y, y)]
    digests = [content_digest(place(fit), is_cloned=True) for fit in fits]
    assert digests[0] != digests[1]
    assert digests[0] == digests[2]


@pytest.mark.parametrize(
    "place",
    [
        lambda fit: make_pipeline(fit),
        lambda fit: [fit],
        lambda fit: (fit, {"a": [fit]}),
        lambda fit: BaggingClassifier(fit),
    ],
)
def test_content_digest_counts_parameters_of_what_is_cloned(place):
    """`clone` goes into estimators and some containers."""
    fits = [LogisticRegression().fit(X, target) for target in (y, 1 - y)]
    digests = [content_digest(place(fit), is_cloned=True) for fit in fits]
    assert digests[0] == digests[1]
    other = place(LogisticRegression(C=2).fit(X, y))
    assert content_digest(other, is_cloned=True) != digests[0]


# ------------------------------------------------------------------- fitted estimators

#: Estimators that hold numbers drawn from the global generator unless they are seeded,
#: or need what takes long, are seeded or left out.
FITTED = """
import sys, warnings
import numpy as np
from sklearn.datasets import make_classification
from sklearn.utils.discovery import all_estimators
from skbayes._journal.content.content_digest import content_digest
warnings.simplefilter("ignore")
X, y = make_classification(40, n_features=6, n_informative=4, random_state=0)
X = np.abs(X)
texts = ["a b c", "b c d", "c d e", "a a e"] * 10
for name, kind in all_estimators():
    try:
        estimator = kind()
        if "random_state" in estimator.get_params():
            estimator.set_params(random_state=0)
        if "DictVectorizer" == name:
            continue
        data = texts if "Vectorizer" in name else X
        estimator.fit(data, y)
    except Exception:
        continue
    digest = content_digest(estimator)
    same = content_digest(estimator) == digest
    print(name, same, digest.hex())
"""


@pytest.mark.slow
def test_content_digest_of_fitted_estimators_is_the_same_everywhere():
    """All of scikit-learn's that can be fitted without more ado are fitted twice."""
    found = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", FITTED],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append([line.split() for line in done.stdout.splitlines()])
    first, second = ({name: rest for name, *rest in lines} for lines in found)
    assert len(first) > 100
    assert {name for name, (same, _) in first.items() if same != "True"} == set()
    assert {name for name in first if first[name] != second[name]} == set()

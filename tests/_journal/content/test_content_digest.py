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
from scipy import sparse, stats
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
from tests._journal.content.test_hasher import Plain, the_same_twice

X = np.random.RandomState(0).rand(30, 3)
y = (X[:, 0] > 0.5).astype(int)


def halved(x, factor=2):
    """Stand for a function of the user's."""
    return x / factor


def closure(n):
    """Make functions that differ in what they close over only."""
    return lambda x: x + n


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


def test_content_digest_counts_the_state_of_generators():
    """Equal seeds are the same, and a generator that was drawn from is another."""
    for make in (np.random.RandomState, np.random.default_rng, np.random.Philox):
        first, second = the_same_twice(lambda make=make: make(3))
        assert first == second
        assert first != content_digest(make(4))
    used = np.random.RandomState(3)
    used.rand()
    assert content_digest(used) != content_digest(np.random.RandomState(3))


def test_content_digest_leaves_out_the_global_generator():
    """The state of the global generator differs in every run anyway."""
    generator = np.random.mtrand._rand
    before = content_digest(generator)
    generator.rand()
    assert content_digest(generator) == before


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (lambda x: x + 1, lambda x: x + 2),
        (lambda x: x + 1, lambda x: x - 1),
        (lambda x, n=1: x, lambda x, n=2: x),
        (lambda x, *, n=1: x, lambda x, *, n=2: x),
        (closure(1), closure(2)),
        (functools.partial(halved, factor=2), functools.partial(halved, factor=3)),
        (functools.partial(halved), halved),
        (np.log, np.exp),
        (len, sum),
        ("a".startswith, "b".startswith),
        (Plain(a=1).__eq__, Plain(a=2).__eq__),
        (SVC(C=1).fit, SVC(C=2).fit),
    ],
)
def test_content_digest_tells_functions_apart(a, b):
    """Code, constants, defaults, closure and the object they are bound to count."""
    assert content_digest(a) != content_digest(b)


def test_content_digest_of_functions_alike_is_the_same():
    """Where a function stands in a file does not count."""
    functions = [
        lambda x: x + 1,
        lambda x: x + 1,
    ]
    assert content_digest(functions[0]) == content_digest(functions[1])
    assert content_digest(closure(1)) == content_digest(closure(1))


DISTINCT = [
    None,
    False,
    0,
    0.0,
    -0.0,
    0j,
    "",
    "0",
    b"",
    (),
    [],
    {},
    set(),
    frozenset(),
    [()],
    [[]],
    ((),),
    [1, 2],
    [1, [2]],
    ["1", 2],
    ["1, 2"],
    ["1", "2"],
    ["1,", "2"],
    {"a": 1},
    {"a": "1"},
    {1: "a"},
    {"a", "b"},
    np.zeros(0),
    np.zeros(1),
    np.zeros((1, 1)),
    np.zeros(1, dtype=int),
    np.zeros(8, dtype=np.uint8),
    np.array(0.0),
    np.array(["a"]),
    np.array(["a"], dtype=object),
    np.array([1, "1"], dtype=object),
    np.array(["2020"], dtype="M8[Y]"),
    np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    np.array([(1, 2.0)], dtype=[("a", int), ("c", float)]),
    np.ma.array([1.0, 2.0], mask=[False, True]),
    np.ma.array([1.0, 2.0], mask=[True, False]),
    sparse.csr_array((2, 2)),
    sparse.csr_array(np.eye(2)),
    sparse.csr_array(np.eye(2)[::-1]),
    sparse.csc_array(np.eye(2)),
    sparse.dia_array(np.eye(2)),
    pd.Series([1, 2]),
    pd.Series([1, 2], name="a"),
    pd.Series([1, 2], index=[1, 0]),
    pd.Series([1, 2], dtype="Int64"),
    pd.Series(["1", "2"], dtype="string"),
    pd.Series(["1", "2"], dtype=object),
    pd.Series([1, None], dtype="Int64"),
    pd.Series(pd.Categorical(["1", "2"])),
    pd.Series(pd.Categorical(["1", "2"], ordered=True)),
    pd.Series(pd.Categorical(["2", "1"])),
    pd.Series(pd.Categorical(["1", "2"], categories=["2", "1"])),
    pd.Series(pd.to_datetime(["2020-01-01"])),
    pd.Series(pd.to_datetime(["2020-01-01"], utc=True)),
    pd.Series(pd.to_timedelta(["1s"])),
    pd.Series(pd.period_range("2020", periods=1, freq="D")),
    pd.Series(pd.IntervalIndex.from_breaks([0, 1])),
    pd.Index([1, 2]),
    pd.Index([1, 2], name="a"),
    pd.MultiIndex.from_tuples([(1, 2)]),
    pd.DataFrame({"a": [1, 2]}),
    pd.DataFrame({"b": [1, 2]}),
    pd.DataFrame({"a": [1, 2], "b": [1, 2]}),
    pd.DataFrame([[1, 2], [1, 2]], columns=["a", "a"]),
    pd.Series([1, 2], dtype="Int64").array,
    SVC,
    SVC(),
    np,
    np.dtype(float),
    range(3),
    range(4),
    slice(3),
    Path("a"),
    Plain(),
    Plain(a=1),
    Plain(b=1),
    stats.uniform,
    stats.uniform(),
    stats.uniform(0, 1),
    stats.uniform(loc=1),
    stats.norm(),
    stats.rv_discrete(values=([1, 2], [0.5, 0.5]))(),
    stats.rv_discrete(values=([1, 3], [0.5, 0.5]))(),
]


def test_content_digest_tells_values_apart():
    """Many values differ by type and content, alone and inside others."""
    for wrap in (lambda v: v, lambda v: [v], lambda v: {"k": (v, 1)}):
        digests = [content_digest(wrap(value)) for value in DISTINCT]
        assert len(set(digests)) == len(DISTINCT)


def test_content_digest_of_equal_values_is_the_same():
    """Copies of each value have the same digest."""
    for value in DISTINCT:
        if value is not np:
            assert content_digest(copy.deepcopy(value)) == content_digest(value)


def test_content_digest_reads_polars_frames():
    """Names, types and values count, missing ones and dates among them."""
    pl = pytest.importorskip("polars")
    columns = {
        "a": [1.0, None, 3.0],
        "b": ["x", None, "z"],
        "c": [1, 2, 3],
        "d": pd.date_range("2020", periods=3).to_pydatetime().tolist(),
        "e": [[1], [2, 3], []],
    }
    first, second = the_same_twice(lambda: pl.DataFrame(columns))
    assert first == second
    for name, values in columns.items():
        changed = columns | {name: values[::-1]}
        assert content_digest(pl.DataFrame(changed)) != first
    assert content_digest(pl.DataFrame(columns).rename({"a": "z"})) != first
    assert content_digest(pl.Series("a", [1, 2])) != content_digest(pl.Series([1, 2]))


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

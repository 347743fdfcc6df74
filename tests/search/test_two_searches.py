"""Two searches in threads of one process: what harms one, the other does not feel."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest

from skbayes import BayesSearchCV, GridSearchCV
from tests.search.estimators import FOLDS, Scripted, X, y
from tests.search.fault_searches import GOOD, grid_of

pytestmark = pytest.mark.slow

HEALTHY = {"quality": [0.1, 0.5, 0.3, 0.2, 0.4, 0.6]}


def healthy(seconds=0.0):
    """A search in which nothing goes wrong."""
    estimator = Scripted(seconds=seconds)
    return GridSearchCV(estimator, HEALTHY, cv=FOLDS, n_jobs=2, refit=False)


TROUBLES = {
    "dies": (grid_of("_exit"), {}),
    "is killed": (grid_of("kill"), {}),
    "hangs": (grid_of("stubborn"), {"fit_timeout": 1.0}),
    "raises": (grid_of("raise"), {"error_score": "raise"}),
    "is interrupted": (grid_of("interrupt"), {}),
}


def run_beside_healthy(search):
    """Both searches, each in a thread; what came of the second."""
    outcome = []
    begun = threading.Event()

    def trouble():
        begun.wait(60)
        try:
            outcome.append(search.fit(X, y))
        except BaseException as error:
            outcome.append(error)

    beside = healthy(seconds=0.5)
    threads = [
        threading.Thread(target=lambda: (begun.set(), beside.fit(X, y))),
        threading.Thread(target=trouble),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(500)
    return beside, outcome[0]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_search_in_trouble_leaves_another_one_alone(trouble):
    """The other's results are those it has alone, and the first finds its culprit."""
    grid, settings = TROUBLES[trouble]
    search = GridSearchCV(Scripted(), grid, cv=FOLDS, n_jobs=2, **settings)
    beside, outcome = run_beside_healthy(search)
    alone = healthy().fit(X, y)
    for column in ("mean_test_score", "std_test_score", "rank_test_score"):
        np.testing.assert_array_equal(
            beside.cv_results_[column], alone.cv_results_[column]
        )
    assert {str(t.status) for t in beside.trials_} == {"complete"}
    if trouble == "raises":
        assert isinstance(outcome, RuntimeError)
        assert "told to fail" in str(outcome)
    elif trouble == "is interrupted":
        assert isinstance(outcome, KeyboardInterrupt)
    else:
        expected = ["complete", "failed", *["complete"] * (len(GOOD) - 1)]
        assert [str(t.status) for t in outcome.trials_] == expected


def test_bayesian_searches_in_threads_are_what_they_are_alone():
    """Four seeded searches run at once: candidates and scores do not mix."""

    def search(seed):
        return BayesSearchCV(
            Scripted(), {"quality": (0.0, 1.0, "uniform")}, n_iter=8, cv=FOLDS,
            n_jobs=2, random_state=seed, refit=False,
        )  # fmt: skip

    together = [search(seed) for seed in range(4)]
    threads = [threading.Thread(target=s.fit, args=(X, y)) for s in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(500)
    for seed, found in enumerate(together):
        alone = search(seed).fit(X, y)
        assert found.cv_results_["params"] == alone.cv_results_["params"]
        np.testing.assert_array_equal(
            found.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
        )

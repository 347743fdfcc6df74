"""What becomes of backends that cannot report single calls, as that of Spark?"""

from __future__ import annotations

import traceback

import joblib
import numpy as np
import pytest
from joblib.parallel import ParallelBackendBase, register_parallel_backend

from skbayes import GridSearchCV
from skbayes._joblib.active_backend import open_pool
from skbayes._joblib.pool import WorkersGone
from tests.search.estimators import Scripted

N_WORKERS = 2
X, y = np.arange(24.0).reshape(12, 2), np.arange(12) % 2


class Wave(ParallelBackendBase):
    """Runs calls at once, until the cluster is lost."""

    supports_retrieve_callback = False
    supports_timeout = False
    calls_until_lost = np.inf

    def effective_n_jobs(self, n_jobs):
        """Always as many."""
        return N_WORKERS

    def apply_async(self, func, callback=None):
        """Run a call, and keep its result until joblib asks for it."""
        self.calls_until_lost -= 1
        held = _Held(func if self.calls_until_lost >= 0 else _lose)
        callback(held)
        return held

    submit = apply_async

    def abort_everything(self, ensure_ready=True):
        """Fail, as joblibspark 0.6 does with joblib 1.6."""
        raise AttributeError("no attribute '_backend_args'")


class _Held:
    def __init__(self, call):
        try:
            self._result, self._error = call(), None
        except Exception as error:
            self._result, self._error = None, error

    def get(self):
        if self._error is not None:
            raise self._error
        return self._result


def _lose():
    raise OSError("lost the cluster")


class LostWave(Wave):
    """Loses its cluster after the second wave."""

    calls_until_lost = 2 * N_WORKERS


register_parallel_backend("wave", Wave)
register_parallel_backend("lost wave", LostWave)


def test_joblib_pool_tells_errors_of_calls_from_those_of_the_backend():
    """A call's error is that task's, and the others of its wave have their results."""
    done = []
    with joblib.parallel_config("wave"), open_pool(None) as pool:
        for text in ("1", "one", "3"):
            pool.submit([(int, (text,), {})], done.append)
        pool.run_held()
        assert pool.result(done[0]) == [1]
        assert pool.result(done[2]) == [3]
        with pytest.raises(ValueError, match="invalid literal"):
            pool.result(done[1])


def test_joblib_pool_names_a_backend_that_fails():
    """The traceback shows its own failure."""
    with joblib.parallel_config("lost wave"), open_pool(None) as pool:
        for _ in range(5):
            pool.submit([(int, ("1",), {})], lambda outcome: None)
        with pytest.raises(WorkersGone, match="LostWave") as raised:
            pool.run_held()
    shown = "".join(traceback.format_exception(raised.value))
    assert "OSError: lost the cluster" in shown


def test_joblib_pool_runs_a_search_in_waves():
    """The results are those of any other backend."""
    space = {"quality": [0.1, 0.5, 0.9]}
    expected = GridSearchCV(Scripted(), space, cv=3).fit(X, y)
    with joblib.parallel_config("wave"):
        search = GridSearchCV(Scripted(), space, cv=3).fit(X, y)
    assert search.best_params_ == expected.best_params_
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], expected.cv_results_["mean_test_score"]
    )


def test_joblib_pool_keeps_what_is_finished_when_a_cluster_is_lost(tmp_path):
    """The error says what to do, though the backend cannot end its tasks either."""
    search = GridSearchCV(
        Scripted(), {"quality": [0.1, 0.5, 0.9]}, cv=3, journal=tmp_path / "j.sqlite"
    )
    with (
        joblib.parallel_config("lost wave"),
        pytest.raises(ConnectionError, match=r"What was finished is kept.*`journal`"),
    ):
        search.fit(X, y)
    search.fit(X, y)
    assert (
        sum(fold.written is not None for t in search.trials_ for fold in t.folds) == 4
    )

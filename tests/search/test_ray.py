"""Searches on a ray that is really started, through joblib's backend of ray."""

from __future__ import annotations

import joblib
import pytest

from tests.search import drivers
from tests.search.estimators import Scripted, fits

# The oldest supported versions are tested without ray: the file that pins them says
# why. Everywhere else it must be there.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(joblib.__version__ == "1.4.2", reason="tests/oldest.txt"),
]

START = """
os.environ["RAY_AUTH_MODE"] = "disabled"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
import joblib, ray
from ray.util.joblib import register_ray
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False,
         logging_level="error", object_store_memory=100_000_000)
register_ray()
"""


def run_on_ray(code):
    """The last line that `code` prints; what ray prints of its own is left out."""
    out, _ = drivers.run(START + code + "\nray.shutdown()\n", timeout=500)
    return [line for line in out.splitlines() if "(raylet)" not in line][-1]


def test_workers_of_ray_give_what_threads_give():
    """All three searches give the same, with racing, a budget and a limit too."""
    assert (
        run_on_ray("""
from tests.search.test_asynchronous import make_search, check_equal
def both(kind, **settings):
    searches = []
    for backend in ("ray", "threading"):
        with joblib.parallel_config(backend, n_jobs=2):
            searches.append(make_search(kind, **settings).fit(X, y))
    check_equal(*searches)
    return searches[0]
both("grid")
both("random")
both("bayes", time_budget=1000, fit_timeout=100, cost_aware=False)
search = both("bayes", racing=True)
workers = {f.worker.split("-")[0] for t in search.trials_ for f in t.folds}
assert workers and str(os.getpid()) not in workers, workers
print("equal")
""")
        == "equal"
    )


def test_failures_on_ray_are_told(tmp_path):
    """A fit that raises is a failure; what cannot be loaded or imported is named."""
    (tmp_path / "only_here.py").write_text(
        "from tests.search.estimators import Scripted\nclass Local(Scripted): pass\n"
    )
    assert (
        run_on_ray(f"""
from tests.search.fault_searches import check_rest_went_on, fit_with, grid_of
from tests.search.test_not_loaded import NotLoaded
sys.path.insert(0, {str(tmp_path)!r})
from only_here import Local
def error_of(estimator):
    try:
        GridSearchCV(estimator, {{"quality": [0.1]}}, cv=FOLDS).fit(X, y)
    except RuntimeError as error:
        return str(error)
with joblib.parallel_config("ray", n_jobs=2):
    check_rest_went_on(fit_with(grid_of("raise")), "told to fail")
    assert "could not load the estimator" in error_of(NotLoaded())
    told = error_of(Local())
assert "could not load the estimator" in told, told
assert "No module named 'only_here'" in told, told
assert "on the path, where the workers run" in told, told
print("told")
""")
        == "told"
    )


class DiesOnce(Scripted):
    """Acts once, after ten fits of its log."""

    def _is_first_time(self):
        return sum(fits(self.log).values()) > 10 and super()._is_first_time()


def test_a_worker_of_ray_that_dies_ends_the_search_and_keeps_what_is_finished(tmp_path):
    """ray does not replace it; the same search, run again, repeats no finished fold."""
    assert (
        run_on_ray(f"""
from tests.search.test_ray import DiesOnce
folder = {str(tmp_path)!r}
estimator = DiesOnce("_exit", log=folder + "/log", once=folder + "/once", seconds=0.05)
grid = {{"quality": list(range(8))}}
search = GridSearchCV(
    estimator, grid, cv=FOLDS, journal=folder + "/j.sqlite", refit=False
)
with joblib.parallel_config("ray", n_jobs=2):
    try:
        search.fit(X, y)
    except ConnectionError as error:
        assert "ray" in str(error) and "journal" in str(error), error
    assert [str(t.status) for t in search.trials_][0] == "complete"
    n_finished = sum(len(trial.folds) for trial in search.trials_)
    n_before = sum(fits(estimator.log).values())
    search.fit(X, y)
assert n_before > 10 and n_finished >= 6, (n_before, n_finished)
assert [str(t.status) for t in search.trials_] == ["complete"] * 8
assert sum(fits(estimator.log).values()) == n_before + 8 * N_FOLDS - n_finished
print("continued")
""")
        == "continued"
    )


def test_multiprocessing_still_works_where_ray_has_been_used():
    """ray changes joblib's own class of pools, for all that use it later."""
    assert (
        run_on_ray("""
from tests.search.fault_searches import GOOD, fit_with
with joblib.parallel_config("ray", n_jobs=2):
    fit_with({"quality": GOOD})
with joblib.parallel_config("multiprocessing", n_jobs=2):
    search = fit_with({"quality": GOOD})
print(*{str(t.status) for t in search.trials_})
""")
        == "complete"
    )

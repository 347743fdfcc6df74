"""scikit-learn's callbacks see our searches as they see its own."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import sklearn
from sklearn import model_selection
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.fixes import parse_version

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._protocol import Status
from tests.search.expected import failed_fits_are_warned_about

HAS_CALLBACKS = parse_version(sklearn.__version__) >= parse_version("1.9")
pytestmark = pytest.mark.skipif(
    not HAS_CALLBACKS, reason="scikit-learn has no callbacks before 1.9"
)
if HAS_CALLBACKS:
    from sklearn.callback import (
        CallbackSupportMixin,
        ProgressBar,
        ScoringMonitor,
        with_callbacks,
    )
else:  # the classes below must exist for their tests to be skipped

    class CallbackSupportMixin:
        """Nothing to support."""

    def with_callbacks(fit):
        """Nothing to do."""
        return fit


X = np.linspace(0, 1, 30).reshape(-1, 1)
y = 2 * X[:, 0]
N_FOLDS = 3
N_STEPS = [1, 2, 3, 4]
GRID = {"n_steps": N_STEPS}
EVALUATION = "candidate-split-evaluation"
with_workers = pytest.mark.parametrize(
    "n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)]
)
every_kind = pytest.mark.parametrize("kind", ["grid", "random", "bayes"])


class Stepwise(CallbackSupportMixin, RegressorMixin, BaseEstimator):
    """Comes closer to the slope with each step, and tells callbacks of each."""

    def __init__(self, n_steps=1):
        self.n_steps = n_steps

    @with_callbacks
    def fit(self, X, y):
        """One task a step."""
        context = self._init_callback_context(max_subtasks=self.n_steps)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        self.coef_ = 0.0
        for _ in range(self.n_steps):
            task = context.subcontext(task_name="step")
            task.call_on_fit_task_begin(estimator=self, X=X, y=y)
            self.coef_ += 0.3 * (2 - self.coef_)
            state = {"coef_": self.coef_}
            task.call_on_fit_task_end(
                estimator=self, X=X, y=y, reconstruction_attributes=lambda s=state: s
            )
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes=dict
        )
        return self

    def predict(self, X):
        """On the line."""
        return self.coef_ * X[:, 0]


class Recorder:
    """Writes a line a hook to a file, from whatever process."""

    def __init__(self, log, stop_at=None):
        self.log = str(log)
        self.stop_at = stop_at

    def setup(self, estimator, context):
        """The search begins."""
        self._write("setup", context)

    def on_fit_task_begin(self, estimator, context):
        """A task begins."""
        self._write("begin", context)

    def on_fit_task_end(self, estimator, context):
        """Ask to stop when the given task has ended."""
        self._write("end", context)
        return (context.task_name, context.task_id) == self.stop_at

    def teardown(self, estimator, context):
        """The search has ended."""
        self._write("teardown", context)

    def _write(self, hook, context):
        with Path(self.log).open("a") as file:
            file.write(f"{hook} {context.task_name} {context.task_id}\n")


def hooks(log):
    """How often each hook was called, by task name."""
    lines = Path(log).read_text().splitlines()
    return Counter(tuple(line.split()[:2]) for line in lines)


def tasks(log, hook, name=EVALUATION):
    """Ids of the tasks of a name that a hook was called for."""
    lines = [line.split() for line in Path(log).read_text().splitlines()]
    return [int(line[2]) for line in lines if line[:2] == [hook, name]]


def make_search(kind, n_iter=4, **settings):
    """A search of each kind over the number of steps."""
    settings = {"cv": N_FOLDS} | settings
    if kind == "grid":
        return GridSearchCV(Stepwise(), GRID, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(Stepwise(), GRID, n_iter=n_iter, random_state=0, **settings)


@with_workers
@every_kind
@pytest.mark.parametrize("refit", [True, False])
def test_callback_tree_has_a_task_for_every_candidate_and_fold(
    kind, refit, n_jobs, tmp_path
):
    """The tasks are root, search, refit, and one for each fold of each candidate."""
    log = tmp_path / "log"
    search = make_search(kind, refit=refit, n_jobs=n_jobs)
    search.set_callbacks(Recorder(log)).fit(X, y)
    seen = hooks(log)
    expected = {("setup", "fit"): 1, ("teardown", "fit"): 1}
    for hook in ["begin", "end"]:
        expected |= {(hook, "fit"): 1, (hook, "search"): 1}
        expected[hook, EVALUATION] = len(search.trials_) * N_FOLDS
        if refit:
            expected[hook, "refit-with-best-params"] = 1
    assert seen == expected
    n_tasks = len(search.trials_) * N_FOLDS
    assert sorted(tasks(log, "begin")) == list(range(n_tasks))
    assert sorted(tasks(log, "end")) == list(range(n_tasks))


@with_workers
@pytest.mark.parametrize("refit", [True, False])
def test_callback_tree_calls_the_hooks_of_sklearns_grid_search(refit, n_jobs, tmp_path):
    """The hooks are called in the same number, for the same tasks."""
    logs = []
    for make in [GridSearchCV, model_selection.GridSearchCV]:
        log = tmp_path / make.__module__
        search = make(Stepwise(), GRID, cv=N_FOLDS, refit=refit, n_jobs=n_jobs)
        search.set_callbacks(Recorder(log)).fit(X, y)
        logs.append(sorted(log.read_text().splitlines()))
    assert logs[0] == logs[1]


@with_workers
def test_callback_tree_lets_the_scoring_monitor_log_as_for_sklearn(n_jobs):
    """The log has the same scores for the same tasks, down to steps of every fit."""
    logs = []
    for make in [GridSearchCV, model_selection.GridSearchCV]:
        monitor = ScoringMonitor(scoring="r2")
        estimator = Stepwise().set_callbacks(monitor)
        make(estimator, GRID, cv=N_FOLDS, n_jobs=n_jobs).fit(X, y)
        runs = monitor.get_logs(select="all")
        rows = [row for run in runs for row in run.data]
        logs.append(
            sorted(
                (str(row["task_id_path"]), row["task_name"], row["r2"]) for row in rows
            )
        )
    assert logs[0] == logs[1]
    n_steps = sum(N_STEPS) * N_FOLDS + max(N_STEPS)
    assert sum(name == "step" for _, name, _ in logs[0]) == n_steps


@pytest.mark.slow
@with_workers
@every_kind
def test_callback_tree_shows_progress_bars(kind, n_jobs, capfd):
    """Every bar is there and comes to its end."""
    pytest.importorskip("rich")
    make_search(kind, n_jobs=n_jobs).set_callbacks(ProgressBar()).fit(X, y)
    bars = bars_of(capfd.readouterr().out)
    assert any("search" in bar for bar in bars)
    assert any("refit" in bar for bar in bars)
    assert all("100%" in bar for bar in bars), bars


@pytest.mark.slow
def test_callback_tree_has_the_progress_bar_of_sklearns_search(capfd):
    """The same bars come in the same order."""
    pytest.importorskip("rich")
    shown = []
    for make in [GridSearchCV, model_selection.GridSearchCV]:
        search = make(Stepwise(), GRID, cv=N_FOLDS).set_callbacks(ProgressBar())
        search.fit(X, y)
        names = [re.split(r"\s*━|\s{2,}", bar.strip())[0] for bar in bars_of(
            capfd.readouterr().out
        )]  # fmt: skip
        shown.append(names)
    assert shown[0] == shown[1]
    assert shown[0]


def bars_of(output):
    """The lines of the last picture that was drawn."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output)
    lines = [line for line in text.splitlines() if line.strip()]
    starts = [i for i, line in enumerate(lines) if "SearchCV - fit" in line]
    return lines[starts[-1] :] if starts else []


@with_workers
@every_kind
def test_callback_tree_ends_the_search_where_a_hook_returns_true(
    kind, n_jobs, tmp_path
):
    """The search is fully fitted: the best of what is complete is refitted."""
    log = tmp_path / "log"
    # The last fold of the second candidate.
    recorder = Recorder(log, stop_at=(EVALUATION, 2 * N_FOLDS - 1))
    search = make_search(kind, n_jobs=n_jobs).set_callbacks(recorder)
    search.fit(X, y)
    n_complete = sum(t.status is Status.COMPLETE for t in search.trials_)
    assert 2 <= n_complete <= (2 if n_jobs == 1 else 4)
    means = search.cv_results_["mean_test_score"]
    assert search.best_index_ == int(np.nanargmax(means))
    assert search.predict(X).shape == (30,)
    seen = hooks(log)
    assert seen["end", "search"] == seen["end", "fit"] == seen["teardown", "fit"] == 1
    assert seen["end", "refit-with-best-params"] == 1


def test_callback_tree_is_not_built_without_callbacks():
    """No contexts are made or sent: results have no trace of them."""
    search = make_search("grid").fit(X, y)
    assert not hasattr(search, "_callback_fit_ctx")


def test_callback_tree_has_candidates_that_are_proposed_twice_twice(tmp_path):
    """A count of folds that was announced is kept."""
    log = tmp_path / "log"
    search = GridSearchCV(Stepwise(), {"n_steps": [1, 1, 2]}, cv=N_FOLDS)
    search.set_callbacks(Recorder(log)).fit(X, y)
    assert sorted(tasks(log, "end")) == list(range(9))


@every_kind
def test_callback_tree_has_tasks_for_failed_fits(kind, tmp_path):
    log = tmp_path / "log"
    search = make_search(kind).set_params(estimator=FailsAtTwo())
    search.set_callbacks(Recorder(log))
    with failed_fits_are_warned_about():
        search.fit(X, y)
    assert sorted(tasks(log, "end")) == list(range(len(search.trials_) * N_FOLDS))


class FailsAtTwo(Stepwise):
    """Fails for two steps."""

    def fit(self, X, y):
        """Fit, or fail."""
        if self.n_steps == 2:
            raise RuntimeError("told to fail")
        return super().fit(X, y)


def test_callback_tree_lets_an_error_in_a_hook_out(tmp_path):
    """The hooks of the end are called all the same."""

    class Failing(Recorder):
        def on_fit_task_begin(self, estimator, context):
            if context.task_id == 4:
                raise ZeroDivisionError("in a hook")

    search = make_search("grid", error_score="raise")
    search.set_callbacks(Failing(tmp_path / "log"))
    with pytest.raises(ZeroDivisionError, match="in a hook"):
        search.fit(X, y)
    assert hooks(tmp_path / "log")["teardown", "fit"] == 1

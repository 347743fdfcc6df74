"""Does MLflow see a search as one run with children, and no fold as a run?"""

from __future__ import annotations

import logging
import threading

import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skbayes._evaluation.fold.autologging import without_autologging
from skbayes.callbacks import MLflowRuns
from skbayes.search import GridSearchCV, RandomSearchCV

X, Y = load_iris(return_X_y=True)
GRID = {"C": [0.001, 0.1, 10.0]}


@pytest.fixture
def mlflow(tmp_path):
    """MLflow with a store of its own, autologging off again afterwards."""
    mlflow = pytest.importorskip("mlflow")
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/runs.db")
    mlflow.create_experiment("test", artifact_location=str(tmp_path / "artifacts"))
    mlflow.set_experiment("test")
    yield mlflow
    mlflow.sklearn.autolog(disable=True)


def runs_of(mlflow):
    """Roots and children of the experiment."""
    runs = mlflow.search_runs(experiment_names=["test"], output_format="list")
    is_child = ["mlflow.parentRunId" in run.data.tags for run in runs]
    roots = [run for run, child in zip(runs, is_child, strict=True) if not child]
    return roots, [run for run, child in zip(runs, is_child, strict=True) if child]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_without_autologging_folds_are_no_runs(mlflow, n_jobs):
    """Autologging makes one run, of the refit, with the winner's parameters."""
    mlflow.sklearn.autolog(log_models=False, log_datasets=False, silent=True)
    search = GridSearchCV(LogisticRegression(max_iter=500), GRID, cv=2, n_jobs=n_jobs)
    with mlflow.start_run():
        search.fit(X, Y)
    roots, children = runs_of(mlflow)
    assert len(roots) == 1
    assert not children
    assert float(roots[0].data.params["C"]) == search.best_params_["C"]


def test_mlflow_runs_logs_parent_children_and_table(mlflow):
    """The runs have the best score and parameters and every candidate."""
    search = RandomSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 2, 3, 4, None], "criterion": ["gini", "entropy"]},
        n_iter=8,
        racing=True,
        random_state=0,
        callbacks=[MLflowRuns("my search")],
    ).fit(X, Y)
    (root,), children = runs_of(mlflow)
    assert mlflow.active_run() is None
    assert root.info.run_name == "my search"
    assert root.info.status == "FINISHED"
    assert root.data.metrics["best_cv_score"] == search.best_score_
    assert root.data.params == {
        f"best_{name}": str(value) for name, value in search.best_params_.items()
    }
    by_name = {child.info.run_name: child for child in children}
    assert len(by_name) == len(search.trials_) == 8
    for trial in search.trials_:
        data = by_name[f"candidate {trial.index}"].data
        assert data.params == {n: str(v) for n, v in trial.params.items()}
        assert data.tags["skbayes.status"] == trial.status
        assert data.metrics["split0_test_score"] == trial.folds[0].test_scores["score"]
        assert ("mean_test_score" in data.metrics) == (trial.status == "complete")
    path = mlflow.artifacts.download_artifacts(
        run_id=root.info.run_id, artifact_path="cv_results.csv"
    )
    table = pd.read_csv(path)
    assert table["split0_test_score"].tolist() == [
        t.folds[0].test_scores["score"] for t in search.trials_
    ]


def test_mlflow_runs_uses_the_run_that_is_open(mlflow):
    """The open run is the parent, and stays open."""
    with mlflow.start_run() as run:
        GridSearchCV(
            LogisticRegression(max_iter=500), GRID, callbacks=[MLflowRuns()]
        ).fit(X, Y)
        assert mlflow.active_run().info.run_id == run.info.run_id
    roots, children = runs_of(mlflow)
    assert [root.info.run_id for root in roots] == [run.info.run_id]
    assert len(children) == 3


def test_mlflow_runs_needs_mlflow(monkeypatch):
    """The error says what to install, before the search."""
    monkeypatch.setitem(__import__("sys").modules, "mlflow", None)
    with pytest.raises(ImportError, match="Install mlflow"):
        MLflowRuns()


class Switch:
    """Stands for MLflow's module, whose switch is one for the process."""

    _AUTOLOGGING_GLOBALLY_DISABLED = False

    def disable_autologging(self):
        """As MLflow has it: whoever leaves turns it on, whoever else is inside."""
        from contextlib import contextmanager

        @contextmanager
        def off():
            self._AUTOLOGGING_GLOBALLY_DISABLED = True
            yield
            self._AUTOLOGGING_GLOBALLY_DISABLED = False

        return off()


def test_without_autologging_in_threads(monkeypatch):
    """The switch stays off until the last of the threads has left."""
    switch = Switch()
    monkeypatch.setitem(
        __import__("sys").modules, "mlflow.utils.autologging_utils", switch
    )
    inside, leave = threading.Event(), threading.Event()

    def fold():
        with without_autologging():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=fold)
    thread.start()
    assert inside.wait(60)
    with without_autologging():
        pass
    assert switch._AUTOLOGGING_GLOBALLY_DISABLED
    leave.set()
    thread.join()
    assert not switch._AUTOLOGGING_GLOBALLY_DISABLED


def test_without_autologging_leaves_a_switch_of_others(monkeypatch):
    """What the user has switched off is not switched on."""
    switch = Switch()
    switch._AUTOLOGGING_GLOBALLY_DISABLED = True
    monkeypatch.setitem(
        __import__("sys").modules, "mlflow.utils.autologging_utils", switch
    )
    with without_autologging():
        pass
    assert switch._AUTOLOGGING_GLOBALLY_DISABLED

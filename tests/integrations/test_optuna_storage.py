"""Does Optuna read a search as a study?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skbayes.integrations.optuna_storage import export_to_optuna
from skbayes.search import BayesSearchCV, RandomSearchCV

X, Y = load_iris(return_X_y=True)
STATES = {"complete": "COMPLETE", "stopped": "PRUNED", "failed": "FAIL"}


def searched(**settings):
    """A race over a conditional space of numbers, None, words and estimators."""
    space = [
        {
            "scale": [StandardScaler(), MinMaxScaler()],
            "svc__C": (1e-3, 1e3, "log-uniform"),
        },
        {"scale": ["passthrough"], "svc__degree": (1, 5, "uniform")},
    ]
    model = Pipeline([("scale", None), ("svc", SVC())])
    return BayesSearchCV(
        model, space, n_iter=12, cv=4, racing=True, random_state=0, **settings
    ).fit(X, Y)


def test_export_to_optuna_of_a_fitted_search(tmp_path):
    """Values, states, parameters and fold scores are those of the trials."""
    optuna = pytest.importorskip("optuna")
    search = searched()
    storage = f"sqlite:///{tmp_path}/study.db"
    assert export_to_optuna(search, storage, study_name="iris") == ["iris"]
    study = optuna.load_study(study_name="iris", storage=storage)
    assert study.best_value == pytest.approx(search.best_score_)
    assert len(study.trials) == len(search.trials_)
    for theirs, ours in zip(study.trials, search.trials_, strict=True):
        assert theirs.state.name == STATES[ours.status]
        assert set(theirs.params) == set(ours.params)
        if "svc__C" in ours.params:
            assert theirs.params["svc__C"] == ours.params["svc__C"]
            scale = ours.params["scale"]
            assert theirs.params["scale"] in (scale, repr(scale))
        known = ours.scores()[~np.isnan(ours.scores())]
        np.testing.assert_allclose(list(theirs.intermediate_values.values()), known)
    assert study.trials[-1].distributions.keys() == search.trials_[-1].params.keys()


def test_export_to_optuna_of_a_journal(tmp_path):
    """Each search of a journal is a study."""
    optuna = pytest.importorskip("optuna")
    path = tmp_path / "journal.sqlite"
    for values in ([0.1, 1.0, None], [2.0, 3.0]):
        space = {"C": [0.5, 1.0], "class_weight": ["balanced", None], "tol": [1e-3]}
        space = space if None in values else {"C": values}
        RandomSearchCV(SVC(), space, n_iter=2, random_state=0, journal=path).fit(X, Y)
    storage = optuna.storages.InMemoryStorage()
    names = export_to_optuna(path, storage)
    studies = [optuna.load_study(study_name=n, storage=storage) for n in names]
    assert all(study.best_value > 0.9 for study in studies)
    assert sum(len(study.trials) for study in studies) == 4


def test_export_to_optuna_refuses_what_is_no_search():
    """The error says what can be exported."""
    pytest.importorskip("optuna")
    with pytest.raises(TypeError, match="fitted search of skbayes, or the path of a"):
        export_to_optuna(SVC(), "sqlite://")


def test_export_to_optuna_needs_optuna(monkeypatch):
    """The error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(ImportError, match="Install optuna"):
        export_to_optuna(None, "sqlite://")

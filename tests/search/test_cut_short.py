"""What is left of a search that is cut short: all that is complete, nothing older."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from skbayes.search import BayesSearchCV, GridSearchCV
from tests.search.estimators import FOLDS, Scripted, X, failing_score, y


@pytest.mark.parametrize(
    "refit", [True, "quality", lambda results: np.nanargmax(np.full(3, np.nan))]
)
def test_ctrl_c_comes_out_whatever_chooses(refit):
    """No rule or search that finds nothing to choose from hides the interrupt."""
    if refit == "quality":
        refit, scoring = "missing", {"one": "accuracy"}
        scoring |= {"missing": failing_score}
    else:
        scoring = None
    grid = {"quality": [0.1], "act": ["fit", "interrupt"]}
    search = GridSearchCV(Scripted(), grid, cv=FOLDS, refit=refit, scoring=scoring)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(KeyboardInterrupt, match="trials are kept in `trials_`"):
            search.fit(X, y)
    assert len(search.trials_) == 1


def test_ctrl_c_in_the_first_trial_leaves_no_results_of_an_earlier_fit():
    """Old results would pass for those of the fit that was cut off."""
    search = GridSearchCV(Scripted(), {"quality": [0.1, 0.2]}, cv=FOLDS).fit(X, y)
    search.set_params(param_grid={"act": ["interrupt"]})
    with pytest.raises(KeyboardInterrupt, match="^$"):
        search.fit(X, y)
    assert not any(name.endswith("_") for name in vars(search))


@pytest.mark.parametrize("error", [SystemExit, MemoryError, np.linalg.LinAlgError])
def test_whatever_ends_a_search_leaves_what_is_complete(error):
    """An error that is nobody's candidate comes out, and costs no finished trial."""

    def stop(progress):
        if progress.n_done == 2:
            raise error("told to fail")

    search = GridSearchCV(
        Scripted(), {"quality": [0.1, 0.3, 0.2]}, cv=FOLDS, callbacks=[stop]
    )
    with pytest.raises(error, match="told to fail"):
        search.fit(X, y)
    assert search.best_params_ == {"quality": 0.3}
    assert not hasattr(search, "best_estimator_")


def test_an_error_in_the_engine_leaves_what_is_complete(monkeypatch):
    """An error found after hours must not cost the hours."""
    search = BayesSearchCV(
        Scripted(), {"quality": (0.0, 1.0, "uniform")}, n_iter=12, cv=FOLDS
    )

    def fail(*args, **kwargs):
        raise np.linalg.LinAlgError("told to fail")

    monkeypatch.setattr("skbayes._strategies.engine.engine.propose", fail)
    with pytest.raises(np.linalg.LinAlgError, match="told to fail"):
        search.fit(X, y)
    assert len(search.trials_) >= 3
    assert search.best_score_ == max(search.cv_results_["mean_test_score"])


def test_a_change_of_the_results_leaves_the_records_alone():
    """Trials are frozen; what is chosen of them is a copy."""
    search = GridSearchCV(Scripted(), {"quality": [0.1, 0.3]}, cv=FOLDS).fit(X, y)
    search.best_params_["quality"] = 7
    assert search.trials_[1].params == {"quality": 0.3}

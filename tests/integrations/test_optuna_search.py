"""Are Optuna's searches translated as what they are?"""

from __future__ import annotations

import warnings

import pytest
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes.integrations.optuna_search import from_optuna
from skbayes.search import BayesSearchCV
from skbayes.space import Integer, Real

optuna = pytest.importorskip("optuna")
OptunaSearchCV = pytest.importorskip("optuna_integration").OptunaSearchCV
from optuna.distributions import (  # noqa: E402
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore:OptunaSearchCV is experimental"),
    pytest.mark.filterwarnings("ignore:`optuna.terminator` module:FutureWarning"),
]
X, Y = load_iris(return_X_y=True)
SPACE = {
    "C": FloatDistribution(1e-2, 1e3, log=True),
    "coef0": FloatDistribution(0.0, 1.0, step=0.5),
    "degree": IntDistribution(1, 4),
    "kernel": CategoricalDistribution(["rbf", "poly"]),
}


@pytest.fixture(autouse=True)
def silent():
    """Optuna writes a line a trial."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield
    optuna.logging.set_verbosity(level)


def test_from_optuna_translates_distributions_and_settings():
    """Each distribution has its counterpart, each setting of a meaning its own."""
    settings = {"scoring": "accuracy", "cv": 3, "refit": False, "random_state": 4}
    old = OptunaSearchCV(SVC(), SPACE, n_trials=12, timeout=60, n_jobs=2, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        new = from_optuna(old)
    assert isinstance(new, BayesSearchCV)
    assert new.param_distributions == {
        "C": Real(1e-2, 1e3, "log-uniform"),
        "coef0": [0.0, 0.5, 1.0],
        "degree": Integer(1, 4),
        "kernel": ["rbf", "poly"],
    }
    assert {name: getattr(new, name) for name in settings} == settings
    assert (new.n_iter, new.time_budget, new.n_jobs, new.racing) == (12, 60, 2, False)


def test_from_optuna_warns_of_what_is_lost():
    """Pruning becomes racing; epochs, subsamples and callbacks are named."""
    old = OptunaSearchCV(
        SVC(), SPACE, enable_pruning=True, subsample=0.5, callbacks=[print]
    )
    with pytest.warns(UserWarning, match=r"leaves out max_iter .*subsample.*callbacks"):
        new = from_optuna(old)
    assert new.racing is True
    assert new.callbacks is None


def test_from_optuna_wants_a_limit():
    """Time alone will do; without any the search would not end."""
    timed = OptunaSearchCV(SVC(), SPACE, n_trials=None, timeout=0.5)
    new = from_optuna(timed).set_params(cv=3, refit=False).fit(X, Y)
    assert 1 <= len(new.trials_) < new.n_iter
    with pytest.raises(ValueError, match="neither `n_trials` nor `timeout`"):
        from_optuna(OptunaSearchCV(SVC(), SPACE, n_trials=None))


def test_from_optuna_hands_over_trials():
    """The trials are those of a fitted search and those of a study it was given."""
    space = {"C": SPACE["C"], "kernel": SPACE["kernel"]}
    old = OptunaSearchCV(SVC(), space, n_trials=6, cv=3, random_state=0).fit(X, Y)
    again = OptunaSearchCV(SVC(), space, n_trials=3, cv=3, study=old.study_)
    for search in (old, again):
        new = from_optuna(search).set_params(n_iter=3).fit(X, Y)
        assert new.best_score_ >= old.best_score_
        assert len(new.prior_results) >= 6
        assert new.trials_[1].params["kernel"] == old.best_params_["kernel"]


def test_from_optuna_refuses_studies_that_minimise():
    """Scores are greater for better models."""
    study = optuna.create_study(direction="minimize")
    with pytest.raises(ValueError, match="must maximise one score"):
        from_optuna(OptunaSearchCV(SVC(), SPACE, study=study))


def test_from_optuna_refuses_others():
    """The error names the other search."""
    with pytest.raises(TypeError, match="must be an OptunaSearchCV. Got SVC"):
        from_optuna(SVC())

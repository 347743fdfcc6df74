"""Searches on paths resume, repeat finalists, and share folds with other searches."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.model_selection import StratifiedKFold

import skbayes.journal
from skbayes import GridSearchCV
from tests.search.path_searches import HIST, X, check_equal, make, y


@pytest.mark.parametrize("settings", [{}, {"racing": True}, {"n_jobs": 2}])
@pytest.mark.parametrize("n_before", [2, 5])
def test_searched_paths_resume_from_a_journal_to_the_same(tmp_path, settings, n_before):
    """A search that was cut short, and one that had ended, come to the same again."""
    path = tmp_path / "j.sqlite"

    def stop(progress):
        return progress.n_done >= n_before

    make(journal=path, callbacks=[stop], **settings).fit(X, y)
    seen = []

    def note(progress):
        seen.append(progress.n_folds_done)

    resumed = make(journal=path, callbacks=[note], **settings).fit(X, y)
    check_equal(resumed, make(**settings).fit(X, y))
    if n_before == 5:
        assert seen[-1] == 0
    frame = skbayes.journal.read(path)
    shown = frame["param_max_iter"].tolist()
    assert shown == [trial.params["max_iter"] for trial in resumed.trials_]
    np.testing.assert_array_equal(
        frame["mean_test_score"], resumed.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize(("seed", "racing"), [(1, True), (1, "safe"), (3, True)])
def test_searched_paths_in_a_race_follow_recorded_curves_fold_by_fold(
    tmp_path, seed, racing
):
    """A curve is followed until it has turned; only then the next fold counts."""
    data = make_classification(150, 8, n_informative=4, flip_y=0.2, random_state=seed)
    settings = {"racing": racing, "cv": 4, "n_iter": 7, "random_state": seed}
    settings |= {"scoring": "accuracy", "journal": tmp_path / "j.sqlite"}
    search = make(**settings).fit(*data)
    check_equal(make(**settings).fit(*data), search)


SCORED = []


class StoppedOnce:
    """A scorer that a Ctrl-C meets after some calls."""

    def __init__(self, n_calls):
        self.n_calls = n_calls

    def __call__(self, estimator, X, y):
        """Score, and count."""
        SCORED.append(estimator.max_iter)
        if len(SCORED) == self.n_calls:
            raise KeyboardInterrupt
        return float(estimator.score(X, y))


@pytest.mark.parametrize("n_calls", [36, 48, 60])
def test_searched_paths_resume_an_interrupted_path_with_what_it_had(tmp_path, n_calls):
    """Folds that were written are not run again, whatever segment they had reached."""
    settings = {"scoring": StoppedOnce(n_calls), "n_iter": 3}
    journal = {"journal": tmp_path / "j.sqlite"}
    SCORED.clear()
    with pytest.raises(KeyboardInterrupt, match="trials are kept"):
        make(**settings, **journal).fit(X, y)
    resumed = make(**settings, **journal).fit(X, y)
    n_both = len(SCORED)
    plain = make(**settings).fit(X, y)
    check_equal(resumed, plain)
    # Only the segment that was being scored is scored again.
    assert n_both - (len(SCORED) - n_both) < 20


def test_searched_paths_repeat_finalists_at_the_chosen_value(tmp_path):
    """Repeats belong to the same trial of a journal, which resumes to the same."""
    settings = {
        "cv": StratifiedKFold(3, shuffle=True, random_state=0),
        "n_repeats_finalists": 1,
    }
    journal = tmp_path / "j.sqlite"
    search = make(journal=journal, **settings).fit(X, y)
    repeated = [trial for trial in search.trials_ if trial.repeats]
    assert any(trial.proposed for trial in repeated)
    resumed = make(journal=journal, **settings).fit(X, y)
    check_equal(resumed, search)
    assert [t.repeats for t in resumed.trials_] == [t.repeats for t in search.trials_]
    assert len(skbayes.journal.read(journal)) == len(search.trials_)


def test_searched_paths_have_folds_that_serve_other_searches(tmp_path):
    """A fold at a value of a path is the fold of an ordinary candidate."""
    path = tmp_path / "j.sqlite"
    make(journal=path, n_iter=3).fit(X, y)
    params = skbayes.journal.read(path).iloc[1]
    grid = {
        "max_iter": [int(params["param_max_iter"])],
        "learning_rate": [float(params["param_learning_rate"])],
    }
    seen = []
    search = GridSearchCV(
        HIST,
        grid,
        cv=3,
        scoring="roc_auc",
        journal=path,
        callbacks=[lambda progress: seen.append(progress.n_folds_done)],
    )
    search.fit(X, y)
    assert seen == [0]
    assert search.best_score_ == params["mean_test_score"]


def test_searched_paths_are_taken_over_as_prior_results():
    """A candidate that came to any value is the same point of the next search."""
    first = make().fit(X, y)
    second = make(prior_results=first, random_state=1, include_current=False).fit(X, y)
    key = second.optimizer_.space.key
    assert key(first.best_params_) in {key(trial.params) for trial in second.trials_}

"""Are race and limits of the loop those that the search's parameters ask for?"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import TimeSeriesSplit
from sklearn.svm import SVC

from skbayes._evaluation.fidelity.ladder_race import LadderRace
from skbayes._evaluation.racing.paired_race import ALPHA, CAREFUL_ALPHA, PairedRace
from skbayes._evaluation.racing.safe_race import SafeRace
from skbayes._strategies.fixed import FixedCandidates
from skbayes.callbacks import ExpectedImprovementBelowNoise, NoImprovement
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.search._preparation import prepare
from skbayes.search._run import loop_settings, make_race, run_search
from skbayes.search._sklearn_callbacks import CallbackTree

X = np.random.default_rng(0).normal(size=(60, 2))
Y = np.tile([0, 1], 30)
NO_TREE = SimpleNamespace(is_active=False)


def made(kind=GridSearchCV, estimator=None, X=X, Y=Y, **settings):
    """A search and its preparation."""
    search = kind(estimator or SVC(), {"C": [1, 2, 3]}, **{"cv": 4, **settings})
    return search, prepare(search, X, Y, {})


def limits(*arguments, n_workers=1, is_far=False, tree=NO_TREE, **settings):
    """The settings of a search's loop."""
    executor = SimpleNamespace(n_workers=n_workers, is_far=is_far)
    return loop_settings(*made(*arguments, **settings), executor, tree)


def test_make_race_makes_none_without_racing():
    """Without racing the samples have no parts either."""
    assert make_race(*made()) is None


@pytest.mark.parametrize(
    ("racing", "cv", "alpha", "runs_backwards"),
    [
        (True, 4, ALPHA, False),
        ("conservative", 4, CAREFUL_ALPHA, False),
        (True, TimeSeriesSplit(4), CAREFUL_ALPHA, True),
    ],
)
def test_make_race_is_careful_where_it_is_told_or_must(
    racing, cv, alpha, runs_backwards
):
    """The early folds of a series predict the rest worse."""
    race = make_race(*made(racing=racing, cv=cv))
    assert race == PairedRace(4, alpha=alpha, runs_backwards=runs_backwards)


@pytest.mark.parametrize(
    ("settings", "best"),
    [
        ({}, 1.0),
        ({"scoring": "neg_log_loss", "estimator": SVC()}, 0.0),
        ({"scoring": ["roc_auc", "neg_brier_score"], "refit": "neg_brier_score"}, 0.0),
    ],
)
def test_make_race_knows_what_a_perfect_model_scores(settings, best):
    """The metric that decides has this score, where a race is to be safe."""
    assert make_race(*made(racing="safe", **settings)) == SafeRace(4, best)


def test_make_race_refuses_to_be_safe_with_a_metric_without_a_bound():
    """The error says what to write."""
    scorer = make_scorer(lambda y, p: 0.0)
    with pytest.raises(ValueError, match="`racing` parameter of GridSearchCV .*'safe'"):
        make_race(*made(racing="safe", scoring=scorer))


@pytest.mark.parametrize(("racing", "kind"), [(False, type(None)), (True, PairedRace)])
def test_make_race_of_parts_of_the_samples(racing, kind):
    """The race between folds goes on above."""
    many = np.random.default_rng(0).normal(size=(1200, 2))
    settings = {"resource": "n_samples", "racing": racing, "estimator": SVC()}
    race = make_race(*made(X=many, Y=np.tile([0, 1], 600), **settings))
    assert isinstance(race, LadderRace)
    assert isinstance(race.race, kind)


@pytest.mark.parametrize(
    ("kind", "settings", "in_order"),
    [
        (GridSearchCV, {}, False),
        (GridSearchCV, {"racing": True}, True),
        (RandomSearchCV, {}, False),
        (RandomSearchCV, {"random_state": 0}, True),
        (BayesSearchCV, {}, False),
        (BayesSearchCV, {"random_state": np.random.RandomState(0)}, True),
    ],
)
def test_loop_settings_keep_an_order_that_is_repeatable(kind, settings, in_order):
    """Order is kept with a seed, or where a race depends on who was first."""
    assert limits(kind, **settings).in_order == in_order


def test_loop_settings_limit_what_is_open_where_proposals_depend_on_scores():
    """A grid may run ahead; a race runs one fold of a candidate at a time."""
    assert limits().lag is None
    assert limits(BayesSearchCV).lag == 1
    assert limits(racing=True).lag == 1
    bayes = limits(BayesSearchCV, n_workers=8)
    raced = limits(BayesSearchCV, n_workers=8, racing=True)
    assert 1 < bayes.lag < raced.lag
    assert limits(n_workers=2, pre_dispatch=7).max_batches == 7
    assert limits(BayesSearchCV, n_workers=2, pre_dispatch=7).max_batches == 3


def test_loop_settings_leave_time_for_finalists():
    """A fifth of the budget is left."""
    assert limits(time_budget=10.0).time_budget == 10.0
    found = limits(RandomSearchCV, time_budget=10.0, n_repeats_finalists=2, cv=4)
    assert found.time_budget == pytest.approx(8.0)
    assert limits().time_budget is None


def test_loop_settings_run_duplicates_where_somebody_watches():
    """scikit-learn's callbacks hear of every fold."""
    assert limits().reuse_duplicates
    assert not limits(tree=SimpleNamespace(is_active=True)).reuse_duplicates


def test_loop_settings_estimate_improvement_where_a_callback_needs_it():
    """The estimate costs a proposal."""
    rules = [NoImprovement(3)]
    assert not limits(callbacks=rules).estimates_improvement
    rules.append(ExpectedImprovementBelowNoise())
    assert limits(callbacks=rules).estimates_improvement


def test_loop_settings_know_the_folds():
    """The settings have the number of folds, their share and the deciding metric."""
    found = limits(scoring=["r2", "accuracy"], refit="accuracy")
    assert (found.n_splits, found.metric) == (4, "accuracy")
    assert found.test_share == pytest.approx(0.25)
    assert list(found.rungs) == []
    assert limits(GridSearchCV, Ridge(), cv=2, Y=X[:, 0]).n_splits == 2


def ran(**settings):
    """Trials and interruption of a grid of three candidates."""
    search, preparation = made(**settings)
    strategy = FixedCandidates([{"C": 2}, {"C": 1}, {"C": 3}], 3)
    tree = CallbackTree(search, preparation)
    with tree.fit():
        return run_search(search, preparation, strategy, tree)


def test_run_search_returns_trials_in_the_order_proposed():
    """All trials come without an interruption; repeats come only where asked for."""
    trials, interruption = ran()
    assert [trial.params["C"] for trial in trials] == [2, 1, 3]
    assert {trial.status for trial in trials} == {"complete"}
    assert interruption is None
    assert not any(trial.repeats for trial in trials)
    trials, _ = ran(n_repeats_finalists=1, refit=False)
    assert {len(trial.repeats) for trial in trials} <= {0, 4}
    assert any(trial.repeats for trial in trials)


def test_run_search_returns_what_an_interruption_has_left():
    """There are no repeats then; the callbacks are closed all the same."""

    class Stop:
        ended = 0

        def __call__(self, progress):
            raise KeyboardInterrupt

        def on_search_end(self):
            self.ended += 1

    stop = Stop()
    trials, interruption = ran(callbacks=[stop], n_repeats_finalists=1)
    assert isinstance(interruption, KeyboardInterrupt)
    assert stop.ended == 1
    assert len(trials) >= 1
    assert not any(trial.repeats for trial in trials)


@pytest.mark.parametrize(("verbose", "n_lines"), [(0, 0), (1, 1), (2, 4)])
def test_run_search_prints_as_much_as_it_is_told(verbose, n_lines, capsys):
    """The search prints the number of fits, then a line for each trial."""
    ran(verbose=verbose)
    printed = capsys.readouterr().out.splitlines()
    assert len([line for line in printed if line.strip()]) == n_lines

"""Are suggestions a function of what was told, until a space is used up?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from skbayes._strategies.engine.engine import Engine, best_of
from skbayes._strategies.engine.proposal import TimeLeft
from skbayes.space._parsing import parse_space
from tests._strategies.engine.points import told, told_all

SPACE = parse_space({"x": (0.0, 1.0, "uniform"), "k": ["a", "b"]})
FINITE = parse_space({"n": [1, 2, 3], "k": ["a", "b"]})


def score(params):
    """Best at 0.3."""
    return -((params["x"] - 0.3) ** 2) + 0.01 * (params["k"] == "b")


def engine_of(space=SPACE, **settings):
    """An engine that models from the fourth evaluation on."""
    usual = {"seed": 0, "n_initial": 4, "n_iter": 20, "first": ()}
    return Engine(space, **{**usual, **settings})


def test_engine_suggest_takes_the_first_points_first():
    """Points that were told or are running are passed over, prior results are not."""
    first = [{"x": x, "k": "a"} for x in (0.1, 0.2, 0.3)]
    engine = engine_of(first=first)
    history = [told(SPACE, first[0], 0.5)]
    running = [told(SPACE, first[1], np.nan)]
    assert engine.suggest([], []) == first[0]
    assert engine.suggest(history, running) == first[2]
    prior = [told(SPACE, p, 0.5, is_prior=True) for p in first]
    assert engine.suggest(prior, []) == first[0]


def test_engine_suggest_does_not_depend_on_earlier_questions():
    """Pickling does not matter, either; another number of evaluations does."""
    history = told_all(SPACE, 9, score)
    asked, new = engine_of(), engine_of()
    for n in (3, 8, 5):
        asked.suggest(history[:n], [])
    expected = new.suggest(history, [])
    assert asked.suggest(history, []) == expected
    assert asked.suggest(history, []) == expected
    assert pickle.loads(pickle.dumps(asked)).suggest(history, []) == expected
    assert asked.suggest(history[:8], []) != expected
    assert engine_of(seed=1).suggest(history, []) != expected


def test_engine_suggest_has_a_model_from_n_initial_points_on(monkeypatch):
    """Running points count; the transforms take turns with their number."""
    asked = []

    def surrogate(self, history, running, transform_idx):
        asked.append((len(history), len(running), transform_idx))

    monkeypatch.setattr(Engine, "surrogate", surrogate)
    trials = told_all(SPACE, 7, score)
    for n_told, n_running in ((3, 0), (4, 0), (3, 1), (2, 1), (3, 2), (2, 5)):
        running = trials[n_told : n_told + n_running]
        assert engine_of().suggest(trials[:n_told], running) is not None
    assert asked == [(4, 0, 0), (3, 1, 0), (3, 2, 1), (2, 5, 1)]


def test_engine_suggest_comes_near_the_best_point():
    """The engine makes ten suggestions after the design, as in a search."""
    engine, history = engine_of(), []
    for _ in range(14):
        params = engine.suggest(history, [])
        history.append(told(SPACE, params, score(params)))
    (best,) = best_of(history, 1)
    assert abs(best["x"] - 0.3) < 0.05
    assert best["k"] == "b"


@pytest.mark.parametrize("value", [0.5, np.nan])
def test_engine_suggest_ends_when_a_finite_space_is_used_up(value):
    """Each point comes once, also if all scores are equal or all fits failed."""
    engine, history = engine_of(FINITE), []
    while (params := engine.suggest(history, [])) is not None:
        history.append(told(FINITE, params, value))
    assert len({o.key for o in history}) == len(history) == 6
    assert engine.suggest(history[:5], history[5:]) is None


def test_engine_surrogate_is_kept_until_the_history_grows():
    """A surrogate with folds of running points holds for the moment only."""
    engine, history = engine_of(), told_all(SPACE, 8, score)
    kept = engine.surrogate(history, [], 0)
    assert engine.surrogate(history, [], 0) is kept
    assert engine.surrogate(history, [], 1) is not kept
    folds = np.array([0.25, np.nan])
    begun = told(SPACE, {"x": 0.9, "k": "a"}, 0.25, fold_scores=folds)
    assert len(engine.surrogate(history, [begun], 0).gp.U) == 9
    assert engine.surrogate(history, [], 0) is kept
    more = [*history, told(SPACE, {"x": 0.8, "k": "a"}, 0.0)]
    assert len(engine.surrogate(more, [], 0).gp.U) == 9


def test_engine_surrogate_is_none_with_nothing_to_learn():
    """The history is empty, or has only failures or equal scores."""
    engine = engine_of()
    assert engine.surrogate([], [], 0) is None
    for value in (np.nan, 0.5):
        trials = told_all(SPACE, 5, lambda params, value=value: value)
        assert engine_of().surrogate(trials, [], 0) is None


def test_engine_candidates_leave_out_what_was_told_or_is_running():
    """Prior results may be tried again."""
    grid = list(FINITE.grid())
    history = [told(FINITE, p, float(p["n"])) for p in grid[:4]]
    running = [told(FINITE, grid[4], np.nan)]
    engine = engine_of(FINITE)
    surrogate = engine.surrogate(history, running, 0)
    found = engine.candidates(surrogate, history, running)
    assert FINITE.decode(found.U) == [grid[5]]
    prior = [told(FINITE, p, float(p["n"]), is_prior=True) for p in grid[:4]]
    again = engine.candidates(surrogate, prior, running)
    assert len(again.U) == 5


def test_engine_counts_time_left_once_a_duration_is_known():
    """The suggestion without a duration is that of no budget."""
    tenths = [x for x in range(11) if x not in (1, 7)]
    drawn, timed = [], []
    for x in tenths:
        params = {"x": x / 10, "k": "a"}
        value = -min((x - 1) ** 2, (x - 7) ** 2 - 0.5)
        drawn.append(told(SPACE, params, value))
        seconds = 10.0 ** (0.4 * x - 2)
        timed.append(told(SPACE, params, value, seconds_per_fold=seconds))
    engine = engine_of(n_iter=None)
    ample = TimeLeft(seconds=1.0, fraction=1.0)
    assert engine.suggest(drawn, [], ample) == engine.suggest(drawn, [])
    short = TimeLeft(seconds=1.0, fraction=0.0)
    free, bound = (engine_of().suggest(o, [], short)["x"] for o in (drawn, timed))
    assert free == pytest.approx(0.7, abs=0.1)
    assert bound == pytest.approx(0.1, abs=0.1)


def test_best_of_is_in_order_and_leaves_out_failures():
    """The earlier of equal scores comes first, and as many come as there are."""
    scores = [0.5, np.nan, 0.75, 0.5, 0.75]
    trials = [told(SPACE, {"x": k / 10, "k": "a"}, s) for k, s in enumerate(scores)]
    found = [round(10 * params["x"]) for params in best_of(trials, 9)]
    assert found == [2, 4, 0, 3]
    assert len(best_of(trials, 2)) == 2
    assert best_of([], 3) == []

"""Does the model of the scores say what they are, in their own unit?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from skbayes._gp import GaussianProcess
from skbayes.inspection._model.score_model import mild_transform, score_model
from skbayes.inspection._search_record import read_search
from skbayes.search import GridSearchCV, RandomSearchCV
from tests.inspection.conftest import Formula, fitted


@pytest.mark.parametrize("share_of_disasters", [0.0, 0.05])
def test_mild_transform_compresses_only_disasters(share_of_disasters):
    """Scores are taken linearly, but for a few that are far below all others."""
    scores = np.linspace(0.0, 1.0, 100)
    n_bad = int(100 * share_of_disasters)
    scores[:n_bad] = -1e6
    transform = mild_transform(scores)
    targets = transform.forward(scores)
    np.testing.assert_allclose(targets.mean(), 0.0, atol=1e-9)
    np.testing.assert_allclose(targets.std(), 1.0, atol=1e-9)
    steps = np.diff(targets[n_bad:])
    np.testing.assert_allclose(steps, steps[0])
    np.testing.assert_allclose(transform.inverse(targets), scores, rtol=1e-6, atol=1e-9)
    assert np.ptp(targets) < 20.0


def model_of(search):
    """The model of a search's scores."""
    return score_model(search, read_search(search, caller="f"), caller="f")


@pytest.fixture(scope="module")
def search():
    """Random candidates of which some fail."""

    def formula(a, b, c, kind):
        return math.nan if a > 0.9 else -((a - 0.4) ** 2) + 0.1 * math.log10(b)

    space = {"a": (0.0, 1.0, "uniform"), "b": (1e-2, 1e2, "log-uniform"), "c": [1.0]}
    estimator = Formula(formula=formula)
    return fitted(RandomSearchCV(estimator, space, n_iter=25, cv=2, random_state=0))


def test_score_model_explained_is_the_share_that_leave_one_out_predicts(search):
    """The oracle fits without each trial, at the same hyperparameters."""
    model = model_of(search)
    gp = model.gp
    U, y = gp.conditioning.U, gp.y
    errors, spread = [], []
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        other = GaussianProcess(
            gp.layout, gp.hyperparameters, U[rest], y[rest], gp.extra_noise[rest]
        )
        mean, _ = other.joint(U[i : i + 1])
        errors.append(y[i] - mean[0])
        spread.append(y[i] - y[rest].mean())
    expected = 1 - np.square(errors).sum() / np.square(spread).sum()
    assert model.explained() == pytest.approx(expected, abs=1e-6)


def test_score_model_knows_what_has_varied(search):
    """A parameter with one value has no column; failed candidates are in the model."""
    model = model_of(search)
    names = [column.name for column in model.space.columns]
    assert dict(zip(names, model.has_varied, strict=True)) == {"a": True, "b": True}
    n_failed = sum(trial.status == "failed" for trial in search.trials_)
    assert n_failed > 0
    assert model.gp.n_trials == 25
    assert (model.gp.extra_noise > 0).sum() == n_failed


def test_score_model_predicts_in_the_units_of_the_score(search):
    """Predictions are transformed back, and lie near the scores of the trials."""
    model = model_of(search)
    done = [t for t in search.trials_ if t.status == "complete"]
    mean, _ = model.gp.joint(model.space.encode([t.params for t in done]))
    found = model.transform.inverse(mean)
    expected = [t.scores("score").mean() for t in done]
    np.testing.assert_allclose(found, expected, atol=0.02)


@pytest.mark.parametrize(
    ("formula", "grid", "message"),
    [
        (lambda a, b, c, kind: a, {"a": [0.0, 0.5, 1.0]}, "at least 4 candidates"),
        (lambda a, b, c, kind: 2.0, {"a": [0.0, 0.3, 0.6, 1.0]}, "scores that differ"),
    ],
)
def test_score_model_refuses_what_says_nothing(formula, grid, message):
    """The error names the caller, and says what to do."""
    poor = fitted(GridSearchCV(Formula(formula=formula), grid, cv=2))
    with pytest.raises(ValueError, match=f"^f needs {message}"):
        model_of(poor)


def test_score_model_refuses_candidates_that_are_all_the_same():
    """The scores may differ, as of an estimator without a seed."""
    scores = iter(range(100))
    estimator = Formula(formula=lambda a, b, c, kind: float(next(scores)))
    poor = fitted(GridSearchCV(estimator, {"a": [0.5] * 5}, cv=2))
    with pytest.raises(ValueError, match="^f needs (a parameter that varied|scores)"):
        model_of(poor)


def test_mild_transform_of_scores_that_are_mostly_equal():
    """The best nine tenths have no range; the whole range is taken then."""
    scores = np.array([1.0] * 19 + [0.0])
    transform = mild_transform(scores)
    targets = transform.forward(scores)
    assert np.isfinite(targets).all()
    np.testing.assert_allclose(transform.inverse(targets), scores, atol=1e-9)

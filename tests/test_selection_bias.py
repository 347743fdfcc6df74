"""Is it said why the score of a choice is not known, and only where it is not?"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from skbayes._protocol import Status, Trial
from skbayes._selection_bias import why_path_biases, why_unknown


def searched(*statuses, racing=False, resource=None):
    """A search whose trials have some statuses."""
    trials = [Trial(i, {}, 2, status=status) for i, status in enumerate(statuses)]
    return SimpleNamespace(trials_=trials, racing=racing, resource=resource)


@pytest.mark.parametrize(
    ("settings", "cause", "remedy"),
    [
        ({"racing": True}, "racing stopped 1 of 3", "Fit with racing=False,"),
        (
            {"resource": "n_samples"},
            "`resource` stopped 1 of 3",
            "Fit with resource=None and racing=False,",
        ),
        (
            {"racing": "safe", "resource": "n_samples"},
            "racing stopped 1 of 3",
            "Fit with resource=None and racing=False,",
        ),
    ],
)
def test_why_unknown_names_what_stopped_candidates(settings, cause, remedy):
    """The text says how many there were, and what to write."""
    search = searched(Status.COMPLETE, Status.STOPPED, Status.FAILED, **settings)
    text = why_unknown(search, "The score")
    assert text.startswith(f"The score is NaN: {cause} candidates")
    assert remedy in text


def test_why_unknown_is_none_where_nothing_was_stopped():
    """A time limit that stopped candidates looked at no score."""
    assert (
        why_unknown(searched(Status.COMPLETE, Status.FAILED, racing=True), "") is None
    )
    assert why_unknown(searched(Status.COMPLETE, Status.STOPPED), "") is None
    other = SimpleNamespace(trials_=[Trial(0, {}, 2, status=Status.STOPPED)])
    other.racing = False  # a search without any `resource`
    assert why_unknown(other, "") is None


def on_path(proposed, params, n_values=2):
    """A trial of which the best value of a path was found."""
    scores = dict.fromkeys(range(n_values), (0.5, 0.5))
    return Trial(0, params, 2, proposed=proposed, path_scores=scores)


def test_why_path_biases_names_what_was_found_on_a_path():
    """Each parameter comes once, sorted, without those that are as proposed."""
    alpha = object()
    trials = [
        on_path({"n": 9, "alpha": alpha}, {"n": 4, "alpha": alpha}),
        on_path({"m": 9, "n": 9}, {"m": 3, "n": 4}),
    ]
    text = why_path_biases(SimpleNamespace(trials_=trials), "The score")
    assert text.startswith("The score is NaN: the best value of 'm' and 'n' was found")
    assert "share_fits=False" in text


def test_why_path_biases_where_the_proposed_value_was_the_best():
    """The value has no name then, and was chosen all the same."""
    nan = np.nan
    search = SimpleNamespace(trials_=[on_path({"n": nan}, {"n": nan})])
    assert "the best value of a parameter was" in why_path_biases(search, "It")


def test_why_path_biases_is_none_without_a_choice():
    """Candidates have no path, or a path of one value."""
    trials = [Trial(0, {"n": 1}, 2), on_path({"n": 2}, {"n": 1}, n_values=1)]
    assert why_path_biases(SimpleNamespace(trials_=trials), "It") is None
    assert why_path_biases(SimpleNamespace(trials_=[]), "It") is None

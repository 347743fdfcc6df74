"""Is the space of a search found, and what do its parameters get called?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from skbayes.inspection._searched_space import (
    branch_labels,
    lies_on_log_axis,
    observed_dimension,
    observed_space,
    parameters_of,
    searched_space,
)
from skbayes.space import Categorical, Integer, Real
from skbayes.space._parsing import parse_space


class Search:
    """What is read of a search."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def test_searched_space_is_the_written_one_where_it_can_be_read():
    """Distributions keep their priors."""
    spec = {"C": loguniform(1e-3, 1e3), "kernel": ["rbf", "poly"]}
    space = searched_space(
        Search(param_distributions=spec), [{"C": 1.0, "kernel": "rbf"}]
    )
    assert space == parse_space(spec)


def test_searched_space_of_a_bare_pair_in_a_grid_is_two_choices():
    """scikit-learn takes tuples for choices, and so does the reading of a grid."""
    points = [{"C": 1, "gamma": g} for g in (1, 10)]
    space = searched_space(Search(param_grid={"C": [1], "gamma": (1, 10)}), points)
    assert [c.dimension for c in space.columns] == [Categorical([1, 10])]


@pytest.mark.parametrize(
    "spec", [{"C": object()}, "nonsense", {"C": [5.0, 6.0]}, None, {"C": []}]
)
def test_searched_space_holds_every_candidate_of_what_cannot_be_read(spec):
    """Every candidate lies in the space, whatever was written."""
    points = [{"C": c} for c in (0.5, 1.0, 3.0)]
    space = searched_space(Search(param_distributions=spec), points)
    assert all(space.contains(p) for p in points)
    assert space.columns[0].dimension == Real(0.5, 3.0)


@pytest.mark.parametrize(
    ("values", "dimension"),
    [
        (list(np.logspace(-3, 3, 9)), Real(1e-3, 1e3, "log-uniform")),
        (list(np.linspace(-1, 1, 9)), Real(-1.0, 1.0)),
        ([1, 2, 5, 9, 7], Integer(1, 9)),
        ([1, 10, 100, 1000], Integer(1, 1000, "log-uniform")),
        ([1, None, 3, 4], Categorical([1, None, 3, 4])),
        ([True, False, True], Categorical([True, False])),
        ([0.5, 0.7, 0.5], Categorical([0.5, 0.7])),
        ([1.0, np.inf, 2.0, 3.0], Categorical([1.0, np.inf, 2.0, 3.0])),
    ],
)
def test_observed_dimension_is_a_range_or_choices(values, dimension):
    """Numbers make ranges on the axis they lie evenly on, others make choices."""
    assert observed_dimension(values) == dimension


def test_lies_on_log_axis_sees_draws_of_a_log_uniform_prior():
    """Twenty draws tell the two priors apart."""
    for seed in range(20):
        draws = np.random.default_rng(seed).random(20)
        assert lies_on_log_axis(10 ** (6 * draws - 3))
        assert not lies_on_log_axis(0.01 + draws)


def test_observed_space_has_branches_for_candidates_with_different_names():
    """Parameters a candidate lacks are inactive there."""
    points = [{"k": "rbf", "g": g} for g in (0.1, 0.2, 0.3)] + [{"k": "lin"}]
    space = observed_space(points)
    assert space.n_branches == 2
    assert branch_labels(space) == ("k", ["rbf", "lin"])


def test_parameters_of_a_conditional_space():
    """One name is one parameter, and what tells branches apart has a name."""
    space = parse_space(
        [
            {"clf": [SVC()], "C": (0.1, 1.0, "uniform"), "g": (0.1, 1.0, "uniform")},
            {"clf": [LogisticRegression()], "C": (1.0, 9.0, "uniform")},
        ]
    )
    found = {p.name: p.columns for p in parameters_of(space)}
    assert list(found) == ["clf", "C", "g"]
    assert len(found["C"]) == 2


def test_branch_labels_number_or_name_branches_without_a_constant():
    """A branch is named by constants of its own, else by its place."""
    space = parse_space([{"a": [1, 2], "s__b": [1]}, {"a": [1, 2, 3], "s__b": [1]}])
    assert branch_labels(space) == ("branch", ["dict 1", "dict 2"])
    space = parse_space([{"a": [1, 2], "s__b": [1]}, {"a": [1, 2], "s__b": [2, 3]}])
    assert branch_labels(space) == ("branch", ["b=1", "dict 2"])

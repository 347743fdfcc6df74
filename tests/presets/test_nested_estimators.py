"""Are the estimators found that stand behind a prefix, one for each choice?"""

from __future__ import annotations

import pytest
from sklearn.decomposition import PCA
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes.presets._nested_estimators import NestedEstimator, nested_estimators
from skbayes.space._parsing import parse_space
from skbayes.space._rules import Among

PIPE = Pipeline([("scale", StandardScaler()), ("model", SVC(C=3.0))])
NESTED = Pipeline([("pre", PIPE), ("rest", OneVsRestClassifier(SVC()))])


def nested_in(prefix, estimator, space=None):
    """Those in the first dict of a space."""
    branch = parse_space(space).branches[0] if space else {}
    return list(nested_estimators(prefix, estimator, branch))


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", NESTED),
        ("pre", PIPE),
        ("pre__model", PIPE.named_steps["model"]),
        ("rest__estimator", NESTED.named_steps["rest"].estimator),
    ],
)
def test_nested_estimators_of_a_fixed_estimator_are_that_one(prefix, expected):
    """The estimator has no condition."""
    (found,) = nested_in(prefix, NESTED)
    assert found.value is expected
    assert found.guards == ()


@pytest.mark.parametrize("prefix", ["none", "pre__none", "pre__model__C"])
def test_nested_estimators_of_what_is_no_estimator_hold_none(prefix):
    """The prefix is unknown, or that of a number."""
    assert not any(one.is_estimator for one in nested_in(prefix, NESTED))


def test_nested_estimators_of_a_searched_step_are_its_choices():
    """Each has the condition that it is chosen; a lone choice needs none."""
    models = [SVC(), "passthrough", Ridge()]
    found = nested_in(
        "model", PIPE, {"model": models, "model__C": (1.0, 2.0, "uniform")}
    )
    assert [one.value for one in found] == models
    assert [one.guards for one in found] == [
        (Among("model", frozenset({i})),) for i in range(3)
    ]
    assert [one.is_estimator for one in found] == [True, False, True]
    assert found[1].own() == {}
    (lone,) = nested_in("model", PIPE, {"model": [PCA()]})
    assert lone.guards == ()


def test_nested_estimators_below_choices_have_the_conditions_of_all():
    """A choice that is no estimator holds nothing below."""
    inner = [SVC(), LogisticRegression()]
    space = {
        "rest": [
            OneVsRestClassifier(SVC()),
            "passthrough",
            OneVsRestClassifier(Ridge()),
        ],
        "rest__estimator": inner,
    }
    found = nested_in("rest__estimator", NESTED, space)
    outer = [Among("rest", frozenset({i})) for i in range(3)]
    own = [Among("rest__estimator", frozenset({i})) for i in range(2)]
    assert [(one.value, one.guards) for one in found] == [
        (inner[0], (outer[0], own[0])),
        (inner[1], (outer[0], own[1])),
        (None, (outer[1],)),
        (inner[0], (outer[2], own[0])),
        (inner[1], (outer[2], own[1])),
    ]


def test_nested_estimators_are_not_known_where_there_are_many_or_the_list_is_searched():
    """There are more than 64 choices, or a candidate sets the steps as a whole."""
    many = {"model": [SVC(C=float(i)) for i in range(1, 66)]}
    assert nested_in("model", PIPE, many) == []
    assert len(nested_in("model", PIPE, {"model": many["model"][:64]})) == 64
    steps = {"steps": [[("model", Ridge())], [("model", SVC())]]}
    assert nested_in("model", PIPE, steps) == []
    inner = {"pre__steps": [[("model", Ridge())], [("model", SVC())]]}
    assert nested_in("pre__model", NESTED, inner) == []
    assert len(nested_in("rest", NESTED, inner)) == 1


@pytest.mark.parametrize(
    ("estimator", "prefix", "is_read"),
    [
        (SelectFromModel(Ridge()), "estimator", True),
        (RFE(Ridge()), "estimator", True),
        (OneVsRestClassifier(SVC()), "estimator", False),
        (Pipeline([("s", SelectFromModel(PIPE))]), "s__estimator__model", True),
    ],
)
def test_nested_estimators_know_who_reads_what_they_have_learned(
    estimator, prefix, is_read
):
    """The readers also read through what is between."""
    (found,) = nested_in(prefix, estimator)
    assert found.is_read == is_read


def test_nested_estimators_in_classes_of_others_may_be_read():
    """What they do with their parts is not known."""

    class Meta(OneVsRestClassifier):
        """A meta-estimator of the user's."""

    (found,) = nested_in("estimator", Meta(SVC()))
    assert found.is_read


def test_nested_estimator_of_a_class_is_no_estimator():
    """The class has `get_params`, but no parameters yet."""
    assert not NestedEstimator(SVC).is_estimator
    assert NestedEstimator(PIPE).own()["model__C"] == 3.0

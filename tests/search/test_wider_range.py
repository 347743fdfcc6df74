"""Is a range widened to what the estimator takes, and not beyond?"""

from __future__ import annotations

import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC, NuSVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.search._wider_range import widen
from skbayes.space import Integer, Real
from tests.space.labels import label


class Foreign(BaseEstimator):
    """An estimator that does not say what it takes."""

    def __init__(self, p=0.5):
        self.p = p


HGB = HistGradientBoostingClassifier()

GBC = GradientBoostingClassifier()


@pytest.mark.parametrize(
    ("estimator", "name", "dimension", "end", "wider"),
    [
        # what the estimator's own validation forbids is not proposed
        (HGB, "max_leaf_nodes", Integer(2, 63), "low", None),
        (HGB, "max_leaf_nodes", Integer(5, 63), "low", Integer(2, 63)),
        (HGB, "max_leaf_nodes", Integer(2, 63), "high", Integer(2, 94)),
        (HGB, "max_bins", Integer(32, 245), "high", Integer(32, 255)),
        (HGB, "max_bins", Integer(32, 255), "high", None),
        (GBC, "subsample", Real(0.3, 0.85), "high", Real(0.3, 1.0)),
        (GBC, "subsample", Real(0.3, 1.0), "high", None),
        (SGDClassifier(), "l1_ratio", Real(0.1, 0.9), "high", Real(0.1, 1.0)),
        (GBC, "min_samples_split", Integer(2, 40), "low", None),
        (GBC, "min_samples_split", Real(0.1, 0.8), "high", Real(0.1, 1.0)),
        # what it does not forbid is, also at one
        (SVC(), "C", Real(0.1, 1.0), "high", Real(0.1, 1.45)),
        (SVC(), "tol", Real(0, 0.4), "low", None),
        (HGB, "l2_regularization", Real(0.0, 1.0), "high", Real(0.0, 1.5)),
        (SVC(), "C", Real(1e-3, 1e2, "log-uniform"), "high", "log 0.001 10000.0"),
        (SVC(), "C", Real(1e-3, 1e2, "log-uniform"), "low", "log 1e-05 100.0"),
        (SVC(), "coef0", Real(-1.0, 1.0), "low", Real(-2.0, 1.0)),
        # an end that is not itself taken is approached
        (SGDClassifier(), "power_t", Real(-1.0, 1.0), "low", Real(-2.0, 1.0)),
        (NuSVC(), "nu", Real(0.2, 0.9), "low", "log 0.02 0.9"),
        (
            DecisionTreeClassifier(),
            "min_weight_fraction_leaf",
            Real(0.1, 0.4),
            "high",
            Real(0.1, 0.5),
        ),
        # nothing is known: shares, counts and rates keep their usual limits
        (Foreign(), "p", Real(0.3, 0.8), "high", Real(0.3, 1.0)),
        (Foreign(), "p", Real(0.3, 1.0), "high", None),
        (Foreign(), "p", Real(0.0, 0.8), "low", None),
        (Foreign(), "p", Integer(1, 40), "low", None),
        (Foreign(), "p", Integer(1, 40), "high", Integer(1, 60)),
        (Foreign(), "p", Real(-1.0, 3.0), "low", Real(-3.0, 3.0)),
        (Pipeline([("m", GBC)]), "m__subsample", Real(0.3, 1.0), "high", None),
        (Pipeline([("m", GBC)]), "m__nothing", Real(0.3, 1.0), "high", None),
    ],
    ids=label,
)
def test_widen_keeps_to_what_is_taken(estimator, name, dimension, end, wider):
    """A range grows by a half or powers of ten, but never beyond validation's ends."""
    if isinstance(wider, str):
        _, low, high = wider.split()
        wider = Real(float(low), float(high), "log-uniform")
    assert widen(dimension, end, estimator, name) == wider


@pytest.mark.parametrize(
    ("dimension", "end", "wider"),
    [
        (Real(0.0, 0.5), "high", Real(0.0, 0.75)),  # shares end at 1
        (Real(0.2, 0.8), "high", Real(0.2, 1.0)),
        (Real(0.2, 1.0), "high", None),
        (Real(0.0, 4.0), "low", None),
        (Real(-4.0, 4.0), "low", Real(-8.0, 4.0)),
        (Real(2.0, 4.0), "high", Real(2.0, 5.0)),
        (Real(0.5, 4.0), "low", Real(0.05, 4.0, "log-uniform")),  # never to zero
        (Real(1e-3, 1e3, "log-uniform"), "high", Real(1e-3, 1e5, "log-uniform")),
        (Integer(2, 6), "high", Integer(2, 8)),
        (Integer(3, 9), "low", Integer(1, 9)),
        (Integer(1, 9), "low", None),
        (Integer(2, 200, "log-uniform"), "high", Integer(2, 2000, "log-uniform")),
    ],
)
def test_widen_by_a_half_or_by_powers_of_ten(dimension, end, wider):
    """Usual limits hold where an estimator states none."""
    assert widen(dimension, end, Foreign(), "p") == wider

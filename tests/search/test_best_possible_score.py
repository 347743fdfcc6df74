"""Is the score of a perfect model known where it is?"""

import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import Ridge
from sklearn.metrics import check_scoring
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbayes._compat import scorer_parts
from skbayes.search._best_possible_score import best_possible_score

X, y = load_iris(return_X_y=True)

TREE = DecisionTreeClassifier(random_state=0)


class Own(Ridge):
    """Scores by something that is not R2."""

    def score(self, X, y, sample_weight=None):
        """More than one."""
        return 5.0


@pytest.mark.parametrize(
    ("estimator", "scoring", "best"),
    [
        (Ridge(), None, 1.0),
        (make_pipeline(StandardScaler(), Ridge()), None, 1.0),
        (Ridge(), "neg_mean_squared_error", 0.0),
        (TREE, "roc_auc", 1.0),
        (Own(), None, None),
    ],
    ids=["own", "pipeline", "loss", "ranking", "unknown"],
)
def test_best_possible_score_of(estimator, scoring, best):
    """That of a perfect model; None where a score is not known to have one."""
    scorer = check_scoring(estimator, scoring)
    assert best_possible_score(scorer, estimator) == best
    assert scorer_parts(scorer) is None or scoring is not None

"""Is the outcome of a search shown beside its diagram in notebooks?"""

from __future__ import annotations

import pytest
from sklearn import config_context
from sklearn.datasets import load_iris
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.search import GridSearchCV

X, Y = load_iris(return_X_y=True)


def test_with_outcome_shows_the_outcome_beside_the_diagram():
    """The notebook shows scores, parameters, counts and scikit-learn's own diagram."""
    search = GridSearchCV(SVC(), {"C": [0.1, 1], "kernel": ["rbf"]})
    with config_context(display="diagram"):
        assert "skbayes-outcome" not in search._repr_html_()
        search.fit(X, Y)
        html = search._repr_html_()
        bundle = search._repr_mimebundle_()
    for text in (
        "best score",
        "corrected for optimism",
        "&#x27;rbf&#x27;",
        "2 complete",
    ):
        assert text in html
        assert text in bundle["text/html"]
    assert "sk-top-container" in html
    with config_context(display="text"):
        assert not hasattr(search, "_repr_html_")
        assert "text/html" not in search._repr_mimebundle_()


def test_with_outcome_escapes_values():
    """A value that is HTML is shown as text."""
    evil = "<script>alert(1)</script>"
    tree = DecisionTreeClassifier()
    search = GridSearchCV(tree, {"criterion": ["gini", evil]}, refit=False)
    with pytest.warns((UserWarning, RuntimeWarning), match="failed|non-finite"):
        search.fit(X, Y)
    search.best_params_ = {"criterion": evil}
    with config_context(display="diagram"):
        html = search._repr_html_()
    assert evil not in html.split("skbayes-outcome")[1]
    assert "1 complete, 1 failed" in html


@pytest.mark.parametrize("refit", [False, "accuracy"])
def test_with_outcome_copes_with_several_scores(refit):
    """A score that is not there is not shown."""
    scoring = ["accuracy", "f1_macro"]
    search = GridSearchCV(SVC(), {"C": [0.1, 1]}, scoring=scoring, refit=refit)
    with config_context(display="diagram"):
        html = search.fit(X, Y)._repr_html_()
    assert "2 complete" in html
    assert ("best score" in html) == bool(refit)

"""Are long texts cut to their limit, and short ones left alone?"""

import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._short_text import as_text, cut, one_line, shorten


def test_shorten_removes_the_middle():
    """The beginning and the end remain."""
    assert shorten("abcdefghij", 5) == "ab…ij"
    assert len(shorten("x" * 99, 20)) == 20
    assert shorten("abcde", 5) == "abcde"


def test_cut_removes_the_end():
    """The ellipsis counts as a part of the text."""
    assert cut("abcdefghij", 5) == "abcd…"
    assert cut("abcde", 5) == "abcde"


def test_one_line_joins_the_lines_of_a_repr():
    """Several blanks become one, too."""

    class Tall:
        def __repr__(self):
            return "Tall(\n    height=3)"

    assert one_line(Tall(), 30) == "Tall( height=3)"
    assert one_line(Tall(), 6) == "Tall(…"


class Bare(LogisticRegression):
    """An estimator that shows what it has learned."""

    def __repr__(self, N_CHAR_MAX=700):
        return f"Bare({self.coef_})"


def test_as_text_names_the_class_where_the_repr_fails():
    """An unfitted estimator may have none."""
    assert as_text(3) == "3"
    assert as_text(Bare()) == "<Bare without a repr>"
    assert one_line(Bare(), 6) == "<Bare…"


@pytest.mark.parametrize("search", [GridSearchCV, RandomSearchCV, BayesSearchCV])
def test_as_text_serves_searches_over_what_has_no_repr(search, tmp_path):
    """Messages and journals show values of which no search depends."""
    X, y = make_classification(40, random_state=0)
    how = {} if search is GridSearchCV else {"n_iter": 3, "random_state": 0}
    steps = {"model": [Bare(), Bare(C=0.1), GaussianNB()]}
    found = search(
        Pipeline([("model", Bare())]),
        steps,
        cv=2,
        verbose=3,
        journal=tmp_path / "j",
        **how,
    )
    assert len(found.fit(X, y).trials_) == 3

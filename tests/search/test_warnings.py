"""What a search warns of: at once, whatever ends it, and at the user's line."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes.exceptions import SearchSpaceEdgeWarning
from skbayes.search import BayesSearchCV, GridSearchCV
from tests.search.estimators import FOLDS, Scripted, not_finite_score
from tests.search.estimators import X as X_SCRIPT
from tests.search.estimators import y as Y_SCRIPT

X, Y = make_classification(60, 5, random_state=0)


class Diverging(LogisticRegression):
    """Warns in every fit, and ends the search where it is told to."""

    def __init__(self, C=1.0, ends=None):
        super().__init__(C=C)
        self.ends = ends

    def fit(self, X, y):
        """Warn, then fit or end."""
        warnings.warn("it diverges", ConvergenceWarning, stacklevel=1)
        if self.ends is not None and self.C > 1:
            raise self.ends("told to end")
        return super().fit(X, y)


def caught_of(function):
    """All warnings of a call, whatever it raises."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            function()
        except BaseException as error:
            if "told to end" not in str(error):
                raise
    return caught


# ------------------------------------------------------------- whatever ends the search


@pytest.mark.parametrize("ends", [KeyboardInterrupt, RuntimeError, None])
def test_warnings_of_fits_are_shown_whatever_ends_the_search(ends):
    """The first and a count are shown after Ctrl-C, an error or the last candidate."""
    search = GridSearchCV(
        Diverging(ends=ends),
        {"C": [0.1, 0.2, 5.0]},
        cv=2,
        error_score="raise",
        refit=False,
    )
    messages = [str(w.message) for w in caught_of(lambda: search.fit(X, Y))]
    n_fits = 6 if ends is None else 4  # the one that ended it left no record
    assert messages == [
        "it diverges",
        f"it diverges\n(warned of by {n_fits} of {n_fits} fits)",
    ]


def test_warnings_of_fits_are_shown_where_a_callback_ends_the_search():
    """The callback ends the search by raising, after the first candidate."""

    def stop(progress):
        raise RuntimeError("told to end")

    search = GridSearchCV(Diverging(), {"C": [0.1, 0.2]}, cv=2, callbacks=[stop])
    messages = [str(w.message) for w in caught_of(lambda: search.fit(X, Y))]
    assert messages == ["it diverges", "it diverges\n(warned of by 2 of 2 fits)"]


def test_first_warning_of_a_kind_is_shown_before_the_fit_has_ended():
    """The warning is shown in this process, at the line that warns."""
    seen = []

    class Looking(Diverging):
        def fit(self, X, y):
            super().fit(X, y)
            seen.append([str(w.message) for w in caught])
            return self

    search = GridSearchCV(Looking(), {"C": [0.1, 0.2]}, cv=2, refit=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, Y)
    assert seen == [["it diverges"]] * 4
    assert caught[0].filename == __file__


def test_kinds_of_warnings_are_shown_one_by_one():
    """Another text or category is another kind; one of each needs no count."""

    class Moody(Diverging):
        def fit(self, X, y):
            category = UserWarning if self.C > 1 else ConvergenceWarning
            warnings.warn(f"at {self.C}", category, stacklevel=1)
            return LogisticRegression.fit(self, X, y)

    search = GridSearchCV(Moody(), {"C": [0.1, 5.0]}, cv=FOLDS, refit=False)
    messages = [
        (w.category, str(w.message)) for w in caught_of(lambda: search.fit(X, Y))
    ]
    assert messages[:2] == [(ConvergenceWarning, "at 0.1"), (UserWarning, "at 5.0")]
    assert [text for _, text in messages[2:]] == [
        f"at {C}\n(warned of by 3 of 6 fits)" for C in (0.1, 5.0)
    ]


def test_filters_and_the_way_warnings_are_shown_are_left_alone():
    """The search changes neither; a warning that is an error fails its fit only."""
    shown, filters = warnings.showwarning, [*warnings.filters]
    search = GridSearchCV(Diverging(), {"C": [0.1]}, cv=2, refit=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        with pytest.raises(ValueError, match="All the 2 fits failed"):
            search.fit(X, Y)
    assert warnings.showwarning is shown
    assert warnings.filters == filters


# ------------------------------------------------------------------- the user's line


def skipped_prior_results():
    """Some rows of another space."""
    BayesSearchCV(
        LogisticRegression(), {"C": (0.1, 1.0, "uniform")}, n_iter=2, cv=2,
        prior_results=[({"C": 5.0}, 0.5), ({"C": 0.5}, 0.5)], random_state=0,
    ).fit(X, Y)  # fmt: skip


def best_at_an_edge():
    """A range that ends before the best value."""

    def size(estimator, X, y):
        return np.log(estimator.C)

    BayesSearchCV(
        LogisticRegression(C=0.02), {"C": (0.01, 0.1, "log-uniform")}, n_iter=14,
        cv=2, scoring=size, random_state=0,
    ).fit(X, Y)  # fmt: skip


def fits_that_fail():
    """One of two candidates."""
    GridSearchCV(Scripted(), {"act": ["fit", "raise"]}, cv=FOLDS).fit(
        X_SCRIPT, Y_SCRIPT
    )


def scores_that_are_not_finite():
    """One of two candidates."""
    GridSearchCV(
        Scripted(), {"quality": [0.1, "inf"]}, cv=FOLDS, scoring=not_finite_score
    ).fit(X_SCRIPT, Y_SCRIPT)


def first_candidates_that_fail():
    """For one cause."""
    grid = [{"act": ["raise"], "quality": [1, 2, 3, 4]}, {"act": ["fit"]}]
    GridSearchCV(Scripted(), grid, cv=FOLDS).fit(X_SCRIPT, Y_SCRIPT)


def warnings_of_workers():
    """Gathered in other processes."""
    GridSearchCV(Diverging(), {"C": [0.1, 0.2]}, cv=2, n_jobs=2, refit=False).fit(X, Y)


def counted_warnings():
    """Of fits in this process."""
    GridSearchCV(Diverging(), {"C": [0.1, 0.2]}, cv=2, refit=False).fit(X, Y)


SITUATIONS = [
    (skipped_prior_results, UserWarning, "Skipped 1 of 2 rows"),
    (best_at_an_edge, SearchSpaceEdgeWarning, "lie at an end"),
    (fits_that_fail, FitFailedWarning, "3 fits failed out of a total of 6"),
    (scores_that_are_not_finite, UserWarning, "non-finite"),
    (first_candidates_that_fail, FitFailedWarning, "goes on with the next"),
    (counted_warnings, ConvergenceWarning, "of 4 fits"),
    pytest.param(
        warnings_of_workers, ConvergenceWarning, "it diverges", marks=pytest.mark.slow
    ),
]


@pytest.mark.parametrize(("function", "category", "text"), SITUATIONS)
def test_warnings_name_the_line_that_calls_fit(function, category, text):
    """The line is not one of the library or of scikit-learn."""
    caught = [w for w in caught_of(function) if text in str(w.message)]
    assert {w.category for w in caught} == {category}
    code = function.__code__
    last = max(line for *_, line in code.co_lines() if line is not None)
    for warning in caught:
        assert warning.filename == __file__
        assert code.co_firstlineno < warning.lineno <= last


@pytest.mark.parametrize("how", ["pipeline", "cross_val_score"])
def test_warnings_of_a_search_inside_others_name_the_user_s_line(how):
    """The line is the user's, though scikit-learn stands between."""
    search = GridSearchCV(Scripted(), {"act": ["fit", "raise"]}, cv=FOLDS)

    def fit():
        if how == "pipeline":
            make_pipeline(StandardScaler(with_mean=False, with_std=False), search).fit(
                X_SCRIPT, Y_SCRIPT
            )
        else:
            cross_val_score(search, X_SCRIPT, Y_SCRIPT, cv=2)

    caught = [w for w in caught_of(fit) if w.category is FitFailedWarning]
    assert caught
    assert {w.filename for w in caught} == {__file__}

"""Are callbacks called as they should be, and their errors told as theirs?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.callbacks import NoImprovement
from tests.search.estimators import X, y
from tests.search.test_budgets import make_search


def test_callback_observer_ends_a_search_at_true_only():
    """A callback that returns something else, as `print` or `append`, does not."""
    search = make_search("grid", n_iter=5, callbacks=[lambda progress: 1, print])
    assert len(search.fit(X, y).trials_) == 5


def test_callback_observer_ends_a_search_at_a_true_of_numpy():
    """Comparing numbers of numpy gives such a value."""
    rule = [lambda progress: np.float64(progress.n_done) >= 3]
    assert len(make_search("grid", n_iter=5, callbacks=rule).fit(X, y).trials_) == 3


def test_callback_observer_tells_whose_an_error_is():
    """The parameter is named beside the error, and the callback shown."""
    pattern = r"(?s)no attribute 'wrong'.*`callbacks` parameter of GridSearchCV"
    with pytest.raises(AttributeError, match=pattern):
        make_search("grid", callbacks=[lambda progress: progress.wrong]).fit(X, y)


@pytest.mark.parametrize(
    ("callback", "takes"),
    [
        (lambda: None, r"\(\): too many positional"),
        (lambda study, trial: None, r"\(study, trial\): missing a required"),
        (lambda *, progress: None, r"\(\*, progress\): "),
    ],
    ids=["nothing", "two", "keyword"],
)
def test_check_callbacks_refuses_other_arguments_before_the_first_fit(callback, takes):
    """Callbacks of other libraries take a study and a trial."""
    search = make_search("grid", callbacks=[print, callback])
    with pytest.raises(TypeError, match=f"`callbacks` .* which takes {takes}"):
        search.fit(X, y)
    assert not hasattr(search, "trials_")


def test_callback_observer_loses_no_results_to_a_callback_that_raises_last():
    """What is complete is chosen from and nothing refitted, as with earlier errors."""

    class Watch:
        def __call__(self, progress):
            pass

        def on_search_end(self):
            raise RuntimeError("told to fail at the end")

    search = make_search("grid", n_iter=4, callbacks=[Watch()])
    with pytest.raises(RuntimeError, match="(?s)at the end.*`callbacks` parameter"):
        search.fit(X, y)
    assert len(search.trials_) == 4
    assert search.best_params_ == {"quality": 1.0}
    assert not hasattr(search, "best_estimator_")


def test_callback_observer_tells_callbacks_of_the_end_however_it_comes():
    """A bar can be closed then."""

    class Watch:
        n_ends = 0

        def __call__(self, progress):
            if progress.n_done == 2:
                raise RuntimeError("enough")

        def on_search_end(self):
            self.n_ends += 1

    watch = Watch()
    with pytest.raises(RuntimeError, match="enough"):
        make_search("grid", callbacks=[watch]).fit(X, y)
    assert watch.n_ends == 1
    make_search("grid", n_iter=1, callbacks=[watch]).fit(X, y)
    assert watch.n_ends == 2


@pytest.mark.parametrize("callback", ["ProgressBar", None, NoImprovement])
def test_check_callbacks_refuses_what_is_no_callable(callback):
    """A class given in place of an object is a likely slip."""
    with pytest.raises(TypeError, match="`callbacks` parameter of GridSearchCV must"):
        make_search("grid", callbacks=[callback]).fit(X, y)


@pytest.mark.parametrize("hook", [3, None])
def test_check_callbacks_refuses_an_end_hook_that_is_no_callable(hook):
    """At the end of the search the error would cost the refit."""

    class Watch:
        on_search_end = hook

        def __call__(self, progress):
            raise AssertionError("the search has begun")

    pattern = f"`callbacks` parameter of GridSearchCV .*`on_search_end` .* Got {hook}"
    with pytest.raises(TypeError, match=pattern):
        make_search("grid", callbacks=[Watch()]).fit(X, y)

"""What an object notes for itself while it is called does not make it another."""

from __future__ import annotations

import functools

import pytest
from sklearn.base import BaseEstimator

from skbayes._journal.content.content_digest import content_digest
from tests._journal.content.written_code import digest, made


class Scorer:
    """Counts, keeps and logs what it is called with."""

    def __init__(self, power=1, start=0):
        self.power = power
        self.start = start
        self.n_calls = 0
        self.log = []
        self.cache = {}
        self.kept_before = 1

    def __call__(self, estimator, X, y):
        """Score by nothing."""
        self.n_calls += 1
        self._note(X)
        self.start += 1
        return self.power

    def by_name(self, estimator, X, y):
        """Score by nothing, too."""
        self.last = X
        return self.power

    def _note(self, X):
        self.log.append(X)
        self.cache[len(self.log)] = X

    def set_kept(self, value):
        """Change what is never changed by a call."""
        self.kept_before = value


class Learner(BaseEstimator):
    """An estimator that is called, too."""

    def __call__(self, X):
        """Learn."""
        self.learned_ = X


def test_state_without_own_writes_outlasts_calls():
    """Calls write to counters, lists and dicts, also through other methods."""
    scorer = Scorer()
    before = content_digest(scorer)
    scorer.n_calls, scorer.log, scorer.cache = 7, [1], {1: 1}
    assert content_digest(scorer) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda scorer: setattr(scorer, "power", 2),
        lambda scorer: setattr(scorer, "start", 2),
        lambda scorer: scorer.set_kept(2),
        lambda scorer: setattr(scorer, "last", 2),
    ],
)
def test_state_without_own_writes_keeps_what_no_call_writes(change):
    """Values that the constructor takes count, though a call may change them."""
    scorer = Scorer()
    before = content_digest(scorer)
    change(scorer)
    assert content_digest(scorer) != before


def test_state_without_own_writes_takes_a_bound_method_for_a_call():
    """What it writes does not count where the method is what is called."""
    scorer = Scorer()
    before = content_digest(scorer.by_name)
    scorer.by_name(None, 3, None)
    assert content_digest(scorer.by_name) == before
    scorer.power = 2
    assert content_digest(scorer.by_name) != before


def test_state_without_own_writes_keeps_what_an_estimator_learned():
    """Whatever taught the estimator does not matter."""
    learner = Learner()
    before = content_digest([learner])
    learner(1)
    assert content_digest([learner]) != before


class Lazy:
    """Computes a number once; it has no other attributes."""

    @functools.cached_property
    def number(self):
        """A number."""
        return 1

    def __call__(self, X):
        """Add it."""
        return X + self.number


def test_state_without_own_writes_leaves_out_computed_properties():
    """Without other attributes no state is left, as of a state without entries."""
    lazy = Lazy()
    before = content_digest(lazy)
    lazy(1)
    assert vars(lazy) == {"number": 1}
    assert content_digest(lazy) == before


@functools.singledispatch
def dispatched(value):
    """Leave it."""
    return value


@dispatched.register
def _(value: int):
    return value + 1


def test_state_without_own_writes_of_a_function_of_many_types():
    """`functools.singledispatch` notes the types of its calls; its code counts."""
    before = content_digest(dispatched)
    assert dispatched(3) == 4
    assert content_digest(dispatched) == before
    dispatched.register(str, str.upper)
    assert content_digest(dispatched) != before


class Scaled:
    """Keeps its argument under another name."""

    def __init__(self, factor):
        self._factor = factor

    def __call__(self, estimator, X, y):
        """Make a number of it."""
        self._factor = float(self._factor)
        return self._factor


def test_state_without_own_writes_keeps_arguments_behind_underscores():
    """A call may tidy up an argument."""
    assert content_digest(Scaled(2)) != content_digest(Scaled(3))


HELPER = """
    class Helper:
        def __init__(self, n):
            self.n = n
            self.cache = {}
            self.n_calls = 0
            self.limit = 1
            self._table = None
        def run(self, x):
            self.n_calls += 1
            self.cache[x] = self.n
            return self.limit
        def set_limit(self, limit):
            self.limit = limit
        @property
        def table(self):
            if self._table is None:
                self._table = {1: 2}
            return self._table
    helper = Helper(1)
    helper.set_limit(5)
    def f(x):
        return helper.run(x) + helper.table.get(x, 0)
"""


def test_state_without_own_writes_outlasts_methods_that_code_calls():
    """An object in a global name may count, keep results, or make a table late."""
    module = made(HELPER)
    before = content_digest(module.f)
    module.f(1)
    assert module.helper.n_calls == 1
    assert module.helper._table
    assert content_digest(module.f) == before
    for edit in (("Helper(1)", "Helper(2)"), ("set_limit(5)", "set_limit(6)")):
        assert digest(HELPER.replace(*edit)) != before


OPTIONS = """
    class Scorer:
        def __init__(self):
            self.options = {"weight": 1, "calls": 0}
        def __call__(self, estimator, X, y):
            self.options["calls"] += 1
            self.options.setdefault("first", X)
            return self.options["weight"]
    f = Scorer()
    f.options["weight"] = 5
"""


def test_state_without_own_writes_keeps_other_keys_of_a_dict():
    """A call may count under a key of the dict that holds its options."""
    module = made(OPTIONS)
    before = content_digest(module.f)
    module.f(None, 1, 2)
    assert content_digest(module.f) == before
    assert digest(OPTIONS.replace("= 5", "= 6")) != before


ITERATOR = """
    class Numbers:
        def __init__(self, start):
            self.start = start
            self.at = 0
        def __iter__(self):
            return self
        def __next__(self):
            self.at += 1
            return self.start + self.at
    def generate():
        while True:
            yield 7
    numbers, generator = Numbers(3), generate()
    def f(x):
        return next(numbers) + next(generator)
"""


@pytest.mark.parametrize(
    "edit",
    [("Numbers(3)", "Numbers(4)"), ("start +", "start -"), ("yield 7", "yield 8")],
)
def test_state_without_own_writes_is_read_of_iterators(edit):
    """The place of an iterator is state; its code and where it began are not."""
    module = made(ITERATOR)
    before = content_digest(module.f)
    module.f(1)
    assert content_digest(module.f) == before
    assert digest(ITERATOR.replace(*edit)) != before

"""Evaluations of an estimator that does what it is told, and pools without workers."""

from __future__ import annotations

from sklearn.metrics import check_scoring

from skbayes._evaluation.fold.evaluation import Evaluation, FoldSettings
from tests.search.estimators import FOLDS, Scripted, X, y


def evaluation_of(estimator=None, **settings):
    """Three folds without parameters of fit."""
    estimator = estimator or Scripted(quality=0.5)
    scorer = settings.pop("scorer", None) or check_scoring(Scripted())
    given = FoldSettings(estimator, scorer, {}, {}, **settings)
    return Evaluation(X, y, list(FOLDS.split(X, y)), given)


class HeldPool:
    """Runs calls when it is asked to look, in this process.

    Parameters
    ----------
    shares_memory, is_on_this_machine : bool
        As of a pool of threads, and of one of other machines.
    """

    n_workers = 1
    is_far = False
    can_lose_workers = False
    loses_single_tasks = False

    def __init__(self, *, shares_memory=False, is_on_this_machine=True):
        self.shares_memory = shares_memory
        self.is_on_this_machine = is_on_this_machine
        self.held = []
        self.shared = []
        self.is_aborted = False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def share(self, value):
        """Note what is sent once."""
        self.shared.append(value)
        return value

    def submit(self, calls, done):
        """Hold calls."""
        self.held.append((list(calls), done))

    def run_held(self):
        """Run what is held."""
        held, self.held = self.held, []
        for calls, done in held:
            done([function(*args, **named) for function, args, named in calls])

    def result(self, outcome):
        """All is well."""
        return outcome

    def look(self):
        """Nothing is lost."""
        return False

    def restart(self):
        """Nothing was lost."""

    def abort(self):
        """Drop what is held."""
        self.held = []
        self.is_aborted = True

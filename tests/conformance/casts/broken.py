"""Searches that look right and choose the worst candidate: the suites must notice."""

from skbayes.search import GridSearchCV as OurGridSearchCV
from skbayes.search import RandomSearchCV as OurRandomSearchCV

__all__ = ["GridSearchCV", "RandomizedSearchCV"]


class _ChoosesTheWorst:
    def fit(self, X, y=None, **params):
        super().fit(X, y, **params)
        if hasattr(self, "best_index_"):
            ranks = next(v for k, v in self.cv_results_.items() if "rank_test" in k)
            self.best_index_ = int(ranks.argmax())
            self.best_params_ = self.cv_results_["params"][self.best_index_]
        return self


class GridSearchCV(_ChoosesTheWorst, OurGridSearchCV):
    __doc__ = OurGridSearchCV.__doc__


class RandomizedSearchCV(_ChoosesTheWorst, OurRandomSearchCV):
    __doc__ = OurRandomSearchCV.__doc__

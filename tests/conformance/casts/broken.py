"""Searches with a fault that the suites must notice."""

from skbayes.search import GridSearchCV as OurGridSearchCV
from skbayes.search import RandomSearchCV as OurRandomSearchCV

__all__ = ["GridSearchCV", "RandomizedSearchCV"]


class GridSearchCV(OurGridSearchCV):
    # Chooses the worst candidate.
    __doc__ = OurGridSearchCV.__doc__

    def fit(self, X, y=None, **params):
        super().fit(X, y, **params)
        if hasattr(self, "best_index_"):
            ranks = next(v for k, v in self.cv_results_.items() if "rank_test" in k)
            self.best_index_ = int(ranks.argmax())
            self.best_params_ = self.cv_results_["params"][self.best_index_]
        return self


class RandomizedSearchCV(OurRandomSearchCV):
    # Forgets its last candidate.
    __doc__ = OurRandomSearchCV.__doc__

    def fit(self, X, y=None, **params):
        super().fit(X, y, **params)
        self.cv_results_ = {k: v[:-1] for k, v in self.cv_results_.items()}
        return self

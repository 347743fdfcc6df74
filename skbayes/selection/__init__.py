"""Which candidate to take: rules for the `refit` parameter of any search.

Each is a callable that is given ``cv_results_`` and returns a row of it, here and in
scikit-learn's own searches.
"""

from skbayes.selection._better import BestIfBetter
from skbayes.selection._one_standard_error import Fastest, Simplest
from skbayes.selection._posterior_mean import BestPosteriorMean

__all__ = ["BestIfBetter", "BestPosteriorMean", "Fastest", "Simplest"]

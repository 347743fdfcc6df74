"""Rules for the `refit` parameter of any search: which candidate to choose.

Each is a callable that takes ``cv_results_`` and returns a row of it. They work in
scikit-learn's own searches too.
"""

from skbayes.selection._better import BestIfBetter
from skbayes.selection._one_standard_error import Fastest, Simplest
from skbayes.selection._posterior_mean import BestPosteriorMean

__all__ = ["BestIfBetter", "BestPosteriorMean", "Fastest", "Simplest"]

"""Weighted ensembles of a search's candidates.

`GreedyEnsemble` chooses candidates and weights by their out-of-fold predictions,
without fitting any model, and estimates the score on new data. It is a rule for the
`refit` parameter of the three searches.
"""

from skbayes.ensemble._estimators import EnsembleClassifier, EnsembleRegressor
from skbayes.ensemble._greedy_ensemble import EnsembleSelection, GreedyEnsemble

__all__ = [
    "EnsembleClassifier",
    "EnsembleRegressor",
    "EnsembleSelection",
    "GreedyEnsemble",
]

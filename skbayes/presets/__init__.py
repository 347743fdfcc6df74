"""Knowledge of the parameters of common estimators, and a registry for more.

Rules name the parameters without effect and the invalid combinations. Spaces hold
ranges with the densities of good values, and first points. `BayesSearchCV` uses both.
"""

from skbayes.presets._densities import IntegerQuartiles, Quartiles
from skbayes.presets._registry import register
from skbayes.presets._suggest_space import suggest_space

__all__ = ["IntegerQuartiles", "Quartiles", "register", "suggest_space"]

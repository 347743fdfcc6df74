"""Seeing what a search did: displays, and which parameters matter."""

from skbayes.inspection._bias_correction import (
    BiasCorrectedScore,
    bias_corrected_score,
)
from skbayes.inspection._convergence import ConvergenceDisplay
from skbayes.inspection._effect_display import EffectDisplay
from skbayes.inspection._fold_scores import FoldScoresDisplay
from skbayes.inspection._importance_display import ImportanceDisplay
from skbayes.inspection._importances import ParamImportances, param_importances
from skbayes.inspection._parallel_coordinates import ParallelCoordinatesDisplay
from skbayes.inspection._report import search_report
from skbayes.inspection._timeline import TimelineDisplay

__all__ = [
    "BiasCorrectedScore",
    "ConvergenceDisplay",
    "EffectDisplay",
    "FoldScoresDisplay",
    "ImportanceDisplay",
    "ParallelCoordinatesDisplay",
    "ParamImportances",
    "TimelineDisplay",
    "bias_corrected_score",
    "param_importances",
    "search_report",
]

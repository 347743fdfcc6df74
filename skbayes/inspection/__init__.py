"""Displays, parameter importances and reports of fitted searches."""

from skbayes.inspection._bias_correction.bias_corrected_score import (
    BiasCorrectedScore,
    bias_corrected_score,
)
from skbayes.inspection._displays.convergence import ConvergenceDisplay
from skbayes.inspection._displays.effects import EffectDisplay
from skbayes.inspection._displays.fold_scores import FoldScoresDisplay
from skbayes.inspection._displays.importances import ImportanceDisplay
from skbayes.inspection._displays.parallel_coordinates import ParallelCoordinatesDisplay
from skbayes.inspection._displays.timeline import TimelineDisplay
from skbayes.inspection._model.importances import ParamImportances, param_importances
from skbayes.inspection._report.report import search_report

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

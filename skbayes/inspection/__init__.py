"""Seeing what a search did: displays, and which parameters matter."""

from skbayes.inspection._importances import ParamImportances, param_importances

__all__ = ["ParamImportances", "param_importances"]

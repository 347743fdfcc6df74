"""Derivatives from values alone, to compare analytic ones with."""

import numpy as np


def derivative(f, at, step):
    """Derivative of f at a point or points along `step`, per length of the step.

    From five points: exact but for the fifth power of the step.
    """
    inner, outer = f(at + step) - f(at - step), f(at + 2 * step) - f(at - 2 * step)
    return (8.0 * inner - outer) / (12.0 * np.linalg.norm(step))

"""Minimise a smooth function in a box: projected BFGS that can be warm-started.

The inverse Hessian goes in and comes out, so a minimisation of nearly the same function
starts with the curvature that the last one learned. That halves its evaluations.
SciPy's L-BFGS-B has bounds but takes no curvature; its BFGS takes one but has no
bounds.

Steps are those of [1]_: entries at a bound that the gradient pushes outwards are held,
the others take a Newton step with the inverse of *their* block of the Hessian, and the
end of the step is moved into the box.

References
----------
.. [1] D. P. Bertsekas (1982). Projected Newton methods for optimization problems with
   simple constraints. SIAM Journal on Control and Optimization 20(2), 221-246.
   doi:10.1137/0320018
.. [2] J. Nocedal, S. J. Wright (2006). Numerical optimization, 2nd edition. Springer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from skbayes._protocol import BoolArray, FloatArray

#: Longest step of an entry in prior standard deviations. Far from a minimum the first
#: curvature is a guess, and a step into a corner of the box may end in a worse valley.
_LONGEST_STEP = 2.0
#: Armijo's fraction of the descent that the slope promises ([2]_, Eq. 3.4).
_SUFFICIENT = 1e-4
#: A line search that has shortened its step this much has failed.
_SHORTEST = 1e-4
#: Curvature along a step, as a cosine, that is too little to learn from.
_FLAT_CURVATURE = 1e-10

ValueAndGradient = Callable[[FloatArray], tuple[float, FloatArray]]


@dataclass(frozen=True, eq=False, slots=True)
class Minimum:
    """Result of a minimisation.

    Parameters
    ----------
    x : array of shape (n,)
        The best point, in the box.
    value : float
        The function there, never more than at the start.
    inverse_hessian : array of shape (n, n)
        The learned approximation; positive definite.
    """

    x: FloatArray
    value: float
    inverse_hessian: FloatArray


def minimize_in_box(
    function: ValueAndGradient,
    x: FloatArray,
    bounds: FloatArray,
    *,
    inverse_hessian: FloatArray,
    prior: FloatArray,
    flat: float,
    max_iterations: int,
) -> Minimum:
    """Minimise a function of n variables, each between two bounds.

    Parameters
    ----------
    function : callable
        Value and gradient at a point of the box; inf where there is no value.
    x : array of shape (n,)
        Starting point in the box.
    bounds : array of shape (n, 2)
        Lower and upper bound of each entry.
    inverse_hessian : array of shape (n, n)
        First guess, symmetric and positive definite.
    prior : array of shape (n, n)
        Diagonal matrix, used where the guess gives no descent. The roots of its
        diagonal are the scale on which steps are limited.
    flat : float
        Stop when no derivative of an entry that is not held exceeds this.
    max_iterations : int
        Largest number of steps.

    Returns
    -------
    Minimum
    """
    descent = _Descent(function, x, bounds, inverse_hessian, prior)
    for _ in range(max_iterations):
        if np.abs(descent.free_gradient).max(initial=0.0) <= flat:
            break
        if not descent.step():
            break
    H = definite(descent.H, otherwise=prior)
    return Minimum(descent.x, descent.value, H)


def definite(matrix: FloatArray, *, otherwise: FloatArray) -> FloatArray:
    """The symmetric matrix, or `otherwise` where rounding made it indefinite."""
    _, failed = lapack.dpotrf(matrix)
    return matrix if not failed and np.isfinite(matrix).all() else otherwise


class _Descent:
    """State of one minimisation: point, value, gradient, inverse Hessian."""

    def __init__(
        self,
        function: ValueAndGradient,
        x: FloatArray,
        bounds: FloatArray,
        H: FloatArray,
        prior: FloatArray,
    ) -> None:
        self._function = function
        self._low, self._high = bounds.T
        self._prior = prior
        self._scale = np.sqrt(np.diag(prior))
        self.H = H
        self.x = x
        self.value, self.gradient = function(x)
        self._hold()

    def _hold(self) -> None:
        """Hold the entries that a step downhill would push out of the box."""
        g = self.gradient
        held = (self.x <= self._low) & (g > 0.0) | (self.x >= self._high) & (g < 0.0)
        self.held: BoolArray = held
        self.free_gradient = np.where(held, 0.0, g)

    def step(self) -> bool:
        """Step downhill; False if neither learned curvature nor prior descends."""
        if self._search(self._newton()):
            return True
        learned, self.H = self.H, self._prior
        if learned is not self._prior and self._search(self._newton()):
            return True
        # At a minimum rounding decides, which is no reason to forget the curvature.
        self.H = learned
        return False

    def _newton(self) -> FloatArray:
        """Newton direction of the entries that are not held, shortened.

        With f free and h held, the inverse of the free block of the Hessian is
        ``H_ff - H_fh H_hh^-1 H_hf``.
        """
        direction = -(self.H @ self.free_gradient)
        held = np.flatnonzero(self.held)
        if held.size:
            block = self.H[np.ix_(held, held)]
            _, multipliers, _ = lapack.dposv(block, direction[held])
            direction -= self.H[:, held] @ multipliers
            direction[held] = 0.0
        longest = np.abs(direction / self._scale).max()
        if longest > _LONGEST_STEP:
            direction *= _LONGEST_STEP / longest
        return direction

    def _search(self, direction: FloatArray) -> bool:
        """Backtrack along a direction clipped to the box until Armijo's rule holds."""
        length = 1.0
        while length >= _SHORTEST:
            x = np.clip(self.x + length * direction, self._low, self._high)
            promised = float(self.gradient @ (x - self.x))
            # Written so that a NaN slope ends the search too.
            if not promised < 0.0:
                return False
            value, gradient = self._function(x)
            if value - self.value <= _SUFFICIENT * promised:
                self._accept(x, value, gradient)
                return True
            # A value of inf makes the bottom 0 and is caught by the lower clip.
            # To the bottom of the parabola through what is known ([2]_, Eq. 3.58).
            bottom = 0.5 * promised / (promised - (value - self.value))
            length *= min(max(bottom, 0.1), 0.5)
        return False

    def _accept(self, x: FloatArray, value: float, gradient: FloatArray) -> None:
        """Move, and learn the curvature on the way ([2]_, Eq. 6.17)."""
        s, y = x - self.x, gradient - self.gradient
        self.x, self.value, self.gradient = x, value, gradient
        self._hold()
        sy = float(s @ y)
        # Without positive curvature along s the update would lose definiteness.
        if sy <= _FLAT_CURVATURE * np.sqrt(float(s @ s) * float(y @ y)):
            return
        Hy = self.H @ y
        cross = np.outer(Hy, s)
        stretch = (1.0 + float(y @ Hy) / sy) / sy
        self.H = self.H + stretch * np.outer(s, s) - (cross + cross.T) / sy

"""Distributions with given quartiles, mixed with a uniform distribution.

The density is constant between the ends and quartiles, on a linear or a logarithmic
axis. A share of the probability is spread over the whole range, so that a search also
tries values that were rarely the best in earlier studies.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._seeding import uniform_source


class Quartiles:
    """Distribution of numbers with the quartiles of known good values.

    Parameters
    ----------
    low, high : float
        The ends of the range, both included.
    quartiles : tuple of three float
        Quartiles of the good values.
    log : bool, default=False
        Whether equal ratios instead of equal differences have equal probability.
    uniform : float, default=0.25
        Share of the probability that is spread evenly over the range.

    Raises
    ------
    ValueError
        If the numbers do not ascend, `low` is not positive where `log` is set, or the
        share is not in [0, 1].

    Examples
    --------
    >>> from skbayes.presets import Quartiles
    >>> learning_rate = Quartiles(0.001, 1.0, (0.01, 0.03, 0.1), log=True)
    >>> float(learning_rate.ppf(0.5)) < 0.1
    True
    """

    def __init__(
        self,
        low: float,
        high: float,
        quartiles: tuple[float, float, float],
        log: bool = False,
        uniform: float = 0.25,
    ) -> None:
        knots = (low, *quartiles, high)
        if list(knots) != sorted(knots):
            raise ValueError(
                f"{type(self).__name__} needs three quartiles that ascend between "
                f"`low` and `high`. Got low={low!r}, quartiles={quartiles!r} and "
                f"high={high!r}."
            )
        if not low < high or (log and low <= 0) or not 0.0 <= uniform <= 1.0:
            raise ValueError(
                f"{type(self).__name__} needs `low` < `high`, `low` > 0 where `log` is "
                f"set, and `uniform` in [0, 1]. Got low={low!r}, high={high!r}, "
                f"log={log!r} and uniform={uniform!r}."
            )
        self.low = low
        self.high = high
        self.quartiles = tuple(quartiles)
        self.log = log
        self.uniform = uniform
        axis = self._forward(np.array(self._ends_and_quartiles(), dtype=float))
        even = (axis - axis[0]) / (axis[-1] - axis[0])
        known = np.linspace(0.0, 1.0, 5)
        # Equal quartiles put a point mass on one value. np.unique keeps the first
        # index, so the reversed arrays keep the share of the last of equal knots.
        self._axis, first = np.unique(axis[::-1], return_index=True)
        shares = (uniform * even + (1.0 - uniform) * known)[::-1]
        self._shares = shares[first]
        self._shares[0] = 0.0

    def _ends_and_quartiles(self) -> tuple[float, ...]:
        return (self.low, *self.quartiles, self.high)

    def cdf(self, value: Any) -> Any:
        """Probability of at most a value.

        Parameters
        ----------
        value : float or array of shape (n,)
            Numbers inside or outside the range.

        Returns
        -------
        float or array of shape (n,)
            Probabilities in [0, 1].
        """
        inside = np.clip(np.asarray(value, dtype=float), self._first, self._last)
        result = np.interp(self._forward(inside), self._axis, self._shares)
        return np.where(np.asarray(value) < self._first, 0.0, result)[()]

    def ppf(self, probability: Any) -> Any:
        """Quantile function, the inverse of `cdf`.

        Parameters
        ----------
        probability : float or array of shape (n,)
            Cumulative probabilities in [0, 1].

        Returns
        -------
        float or array of shape (n,)
            Values in the range.
        """
        axis = np.interp(np.asarray(probability, float), self._shares, self._axis)
        return np.clip(self._backward(axis), self._first, self._last)[()]

    def support(self) -> tuple[float, float]:
        """Return the ends of the range.

        Returns
        -------
        tuple of float
            The lowest and the highest value.
        """
        return self.low, self.high

    def rvs(self, size: Any = None, random_state: Any = None) -> Any:
        """Draw values.

        Parameters
        ----------
        size : int, default=None
            Number of values; None draws one.
        random_state : int, RandomState, Generator or None, default=None
            Seed or generator of the values.

        Returns
        -------
        float or array of shape (size,)
            The values.
        """
        return self.ppf(uniform_source(random_state).uniform(size=size))

    @property
    def _first(self) -> float:
        return float(self.low)

    @property
    def _last(self) -> float:
        return float(self.high)

    def _forward(self, value: FloatArray) -> FloatArray:
        """Map values to the axis."""
        return np.log(value) if self.log else value

    def _backward(self, axis: FloatArray) -> FloatArray:
        """Map the axis to values."""
        return np.exp(axis) if self.log else axis

    def __repr__(self) -> str:
        """Show the call that makes an equal object."""
        arguments = [f"{self.low!r}, {self.high!r}, {self.quartiles!r}"]
        arguments += ["log=True"] if self.log else []
        arguments += [f"uniform={self.uniform!r}"] if self.uniform != 0.25 else []
        return f"{type(self).__name__}({', '.join(arguments)})"

    def __eq__(self, other: object) -> bool:
        """Whether both are the same distribution."""
        return type(self) is type(other) and repr(self) == repr(other)

    def __hash__(self) -> int:
        """Hash the call that makes an equal object."""
        return hash(repr(self))


class IntegerQuartiles(Quartiles):
    """Distribution of integers with the quartiles of known good values.

    Parameters
    ----------
    low, high : int
        The ends of the range, both included.
    quartiles : tuple of three float
        Quartiles of the good values.
    log : bool, default=False
        Whether equal ratios instead of equal differences have equal probability.
    uniform : float, default=0.25
        Share of the probability that is spread evenly over the range.

    Raises
    ------
    ValueError
        If a number is not valid, for the same reasons as in `Quartiles`.

    Examples
    --------
    >>> from skbayes.presets import IntegerQuartiles
    >>> min_samples_leaf = IntegerQuartiles(1, 50, (1, 2, 8), log=True)
    >>> int(min_samples_leaf.ppf(0.1))
    1
    """

    @property
    def _first(self) -> float:
        return self.low - 0.5

    @property
    def _last(self) -> float:
        return self.high + 0.5

    def _ends_and_quartiles(self) -> tuple[float, ...]:
        # An integer stands for the numbers that round to it: half a unit beyond each
        # end.
        return (self._first, *self.quartiles, self._last)

    def cdf(self, value: Any) -> Any:
        """Probability of at most a value.

        Parameters
        ----------
        value : float or array of shape (n,)
            Numbers inside or outside the range.

        Returns
        -------
        float or array of shape (n,)
            Probabilities in [0, 1].
        """
        return super().cdf(np.floor(np.asarray(value, dtype=float)) + 0.5)

    def pmf(self, value: Any) -> Any:
        """Probability of a whole number.

        Parameters
        ----------
        value : float or array of shape (n,)
            Numbers; those that are not whole have probability 0.

        Returns
        -------
        float or array of shape (n,)
            Probabilities in [0, 1].
        """
        number = np.asarray(value, dtype=float)
        whole = number == np.rint(number)
        return np.where(whole, self.cdf(number) - self.cdf(number - 1), 0.0)[()]

    def ppf(self, probability: Any) -> Any:
        """Quantile function, the inverse of `cdf`.

        Parameters
        ----------
        probability : float or array of shape (n,)
            Cumulative probabilities in [0, 1].

        Returns
        -------
        int or array of shape (n,)
            Whole numbers in the range.
        """
        number = np.rint(super().ppf(probability))
        return np.clip(number, self.low, self.high).astype(int)[()]

    def rvs(self, size: Any = None, random_state: Any = None) -> Any:
        """Draw whole numbers.

        Parameters
        ----------
        size : int, default=None
            Number of values; None draws one.
        random_state : int, RandomState, Generator or None, default=None
            Seed or generator of the values.

        Returns
        -------
        int or array of shape (size,)
            The whole numbers.
        """
        values = super().rvs(size, random_state)
        return int(values) if size is None else values


def rounded(number: float) -> float:
    """Round a number to three significant digits, for short code."""
    if number == 0 or not math.isfinite(number):
        return number
    return float(f"{number:.3g}")

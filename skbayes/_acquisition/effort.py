"""How much work goes into maximising an acquisition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Amounts of work; more trials make each evaluation dearer, so fewer are made.

    Parameters
    ----------
    n_sobol : int
        Points that fill the space, a power of two.
    n_local : int
        Points around the best trials.
    n_starts : int
        Points from which the search climbs.
    n_rounds : int
        How often climbing in the continuous columns and exchanging single values of
        the others take turns at most.
    n_iterations : int
        Evaluations of each climb.
    """

    n_sobol: int = 2048
    n_local: int = 512
    n_starts: int = 10
    n_rounds: int = 3
    n_iterations: int = 30

    @classmethod
    def for_trials(cls, n_trials: int) -> Effort:
        """Effort that keeps a suggestion fast with `n_trials` trials."""
        if n_trials <= 300:
            return cls()
        if n_trials <= 800:
            return cls(n_sobol=1024, n_local=256, n_starts=6)
        return cls(n_sobol=512, n_local=256, n_starts=4, n_iterations=15)

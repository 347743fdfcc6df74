"""The margin of the expected improvement, which falls as the budget ends.

Expected improvement alone spends half of the evaluations on the last digits of the
first good region. With a margin (often called xi) on the incumbent it explores other
regions while there is budget to follow up, and refines at the end, when the margin is
gone. The idea of a shrinking margin is Kushner's [1]_.

Ties need a margin too. Parameters without effect, and scorers with few steps, give
plateaus, and the uncertainty at another point of the same plateau would look like
improvement forever.

References
----------
.. [1] H. J. Kushner, "A new method of locating the maximum point of an arbitrary
   multipeak curve in the presence of noise", J. Basic Engineering 86, 1964.
"""

from __future__ import annotations

import numpy as np

from skbayes._protocol import FloatArray

#: Margin with the whole budget left, in standard deviations of the targets.
MARGIN_AT_START = 0.2
#: Margin for each trial that ties with the best, and the bound of their sum.
MARGIN_PER_TIE, MAX_TIE_MARGIN = 0.05, 0.5
#: Targets this close tie, in standard deviations.
_TIE = 1e-7
#: Evaluations in which the margin of a search without a known budget stays whole.
_WHOLE_UNTIL = 8


def improvement_margin(targets: FloatArray, share_left: float) -> float:
    """The margin by which to exceed the incumbent, in the unit of the targets.

    Parameters
    ----------
    targets : array of shape (n,)
        Transformed scores of the trials that may be the incumbent.
    share_left : float
        Share of the budget that is left, in [0, 1].

    Returns
    -------
    float
        0 at the end of the budget unless trials tie with the best.
    """
    scale = float(targets.std())
    n_ties = np.count_nonzero(targets >= targets.max() - _TIE * scale) - 1
    for_ties = min(MARGIN_PER_TIE * n_ties, MAX_TIE_MARGIN)
    return scale * max(MARGIN_AT_START * share_left, for_ties)


def share_of_budget_left(n_begun: int, n_iter: int | None, n_initial: int) -> float:
    """Share of a search's budget that is left.

    Parameters
    ----------
    n_begun : int
        Evaluations that have ended or are running.
    n_iter : int or None
        Number of evaluations; None if it is not known.
    n_initial : int
        Evaluations before the first model. If `n_iter` is not known, the share falls
        from there, or from the eighth evaluation, as one over `n_begun`.

    Returns
    -------
    float
        Share of the budget that is left, in [0, 1].
    """
    if n_iter is None:
        n_whole = max(n_initial, _WHOLE_UNTIL)
        return n_whole / max(n_begun, n_whole)
    return max(0.0, 1.0 - n_begun / n_iter)

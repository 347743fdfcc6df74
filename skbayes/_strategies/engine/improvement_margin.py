"""How much better than the best a point must promise to be: less as the budget ends.

Expected improvement alone spends half of the evaluations on the last decimals of the
first good region. With a margin on the incumbent it looks at other regions while there
is time to follow what it finds, and refines at the end, when the margin is gone. The
idea of a margin that shrinks is Kushner's [1]_.

Scores that tie ask for one too: parameters that do nothing, and scorers with few steps,
give plateaus, and what is uncertain about another point of the same plateau looks like
improvement for ever.

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
#: Margin for each trial that ties with the best, and all of them together at most.
MARGIN_PER_TIE, MAX_TIE_MARGIN = 0.05, 0.5
#: Targets this close tie, in standard deviations.
_TIE = 1e-7


def improvement_margin(targets: FloatArray, share_left: float) -> float:
    """By how much to exceed the incumbent, in the unit of the targets.

    Parameters
    ----------
    targets : array of shape (n,)
        Transformed scores of the trials that may be the incumbent.
    share_left : float
        Of the budget, in [0, 1].

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
    """How much of a search is still to come.

    Parameters
    ----------
    n_begun : int
        Evaluations that have ended or are running.
    n_iter : int or None
        How many there will be; None is not known.
    n_initial : int
        Evaluations before the first model, from which on the share falls as one over
        `n_begun` where nobody knows the end.

    Returns
    -------
    float
        In [0, 1].
    """
    if n_iter is None:
        return n_initial / max(n_begun, n_initial)
    return max(0.0, 1.0 - n_begun / n_iter)

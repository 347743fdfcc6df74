r"""Greedy ensemble selection with replacement, from products of predictions.

With weights w the squared error of the weighted mean of the predictions is

.. math:: \sum_e \left(\sum_i w_i p_{ie} - y_e\right)^2
   = w^T G w - 2 b^T w + \text{const}, \qquad
   G_{ij} = \sum_e p_{ie} p_{je}, \quad b_i = \sum_e p_{ie} y_e.

For probabilities this is the Brier score. With c the counts of an ensemble of n - 1
places, adding candidate i gives :math:`w = (c + e_i) / n`, hence

.. math:: \left(c^T G c + 2 (G c)_i + G_{ii}\right) / n^2
   - 2 \left(b^T c + b_i\right) / n.

:math:`c^T G c`, :math:`G c` and :math:`b^T c` are updated with each addition, so one
step tries all N candidates in N operations. Whole selections can then be repeated on
hundreds of bootstrap samples.

References
----------
.. [1] R. Caruana, A. Niculescu-Mizil, G. Crew and A. Ksikes (2004). Ensemble selection
   from libraries of models. ICML. doi:10.1145/1015330.1015432
.. [2] R. Caruana, A. Munson and A. Niculescu-Mizil (2006). Getting the most out of
   ensemble selection. ICDM. doi:10.1109/ICDM.2006.76
"""

from __future__ import annotations

import numpy as np

from skbayes._protocol import BoolArray, FloatArray


def products(
    values: FloatArray, target: FloatArray, entry_weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Compute G, shape (n_candidates, n_candidates), and b, shape (n_candidates,)."""
    n, n_entries, n_outputs = values.shape
    flat = values.reshape(n, n_entries * n_outputs)
    weighted = flat * np.repeat(entry_weights, n_outputs)
    return weighted @ flat.T, weighted @ target.ravel()


def greedy_counts(
    G: FloatArray, b: FloatArray, bags: BoolArray, n_steps: int
) -> FloatArray:
    """Count how often each candidate is selected, in each bag, up to its best step.

    Starting from none, each step adds the candidate whose mean with those before has
    the least squared error; a candidate may be added again ([1], selection with
    replacement, Sec. 2.1). All bags take a step at once.

    Parameters
    ----------
    G, b : arrays
        The result of `products`.
    bags : bool array of shape (n_bags, n_candidates)
        The candidates available to each bag.
    n_steps : int
        Number of places in an ensemble.

    Returns
    -------
    array of shape (n_bags, n_candidates)
    """
    each = np.arange(len(bags))
    counts, best = np.zeros(bags.shape), np.zeros(bags.shape)
    least = np.full(len(bags), np.inf)
    # G c, c' G c and b' c of each bag, with c its counts so far.
    with_all = np.zeros(bags.shape)
    with_self, with_truth = np.zeros(len(bags)), np.zeros(len(bags))
    diagonal, forbidden = np.diag(G), np.where(bags, 0.0, np.inf)
    for size in range(1, n_steps + 1):
        # The formula of the module's docstring, for every candidate of every bag.
        square = with_self[:, None] + 2 * with_all + diagonal
        errors = square / size**2 - 2 * (with_truth[:, None] + b) / size + forbidden
        taken = np.argmin(errors, axis=1)
        error = errors[each, taken]
        with_self += 2 * with_all[each, taken] + diagonal[taken]
        with_truth += b[taken]
        with_all += G[taken]
        counts[each, taken] += 1
        # Later steps may overfit: the best size on the way is kept ([1], Sec. 2, step
        # 4).
        is_better = error < least
        least[is_better] = error[is_better]
        best[is_better] = counts[is_better]
    return best


def bagged_weights(
    G: FloatArray, b: FloatArray, bags: BoolArray, *, n_steps: int, max_models: int
) -> FloatArray:
    """Mean weights of selections among random subsets of the candidates.

    Bagged ensemble selection ([1], Sec. 2.3; [2]).

    Parameters
    ----------
    G, b, bags, n_steps
        Parameters of `greedy_counts`.
    max_models : int
        Candidates, at most, that keep a weight: each needs a fit.

    Returns
    -------
    array of shape (n_candidates,)
        Weights >= 0 that add up to 1.
    """
    counts = greedy_counts(G, b, bags, n_steps)
    weights: FloatArray = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)
    weights[np.argsort(-weights, kind="stable")[max_models:]] = 0.0
    weights /= weights.sum()
    return weights


def draw_bags(
    n_candidates: int, n_bags: int, share: float, rng: np.random.Generator
) -> BoolArray:
    """Draw the candidates of each bag, shape (n_bags, n_candidates)."""
    size = max(1, round(share * n_candidates))
    one = np.arange(n_candidates) < (n_candidates if n_bags == 1 else size)
    return rng.permuted(np.tile(one, (n_bags, 1)), axis=1)


def with_best(bags: BoolArray, G: FloatArray, b: FloatArray) -> BoolArray:
    """Add the candidate with the least squared error to each bag.

    Without it a bag of much worse ones would take part in the mean.
    """
    is_best = np.arange(len(b)) == np.argmin(np.diag(G) - 2 * b)
    together: BoolArray = bags | is_best
    return together

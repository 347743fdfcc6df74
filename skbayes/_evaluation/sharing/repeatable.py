"""Whether the work of a transformer may be shared, judged by what it declares.

The declaration only saves the attempt: every reuse is verified (`Store.compare`).
"""

from __future__ import annotations

from typing import Any

from skbayes._values import is_estimator

#: Parameters that, if false, make an estimator write into its input.
_IN_PLACE = frozenset({"copy", "copy_X", "copy_x"})


def is_repeatable(part: Any) -> bool:
    """Whether a second fit would equal the first, without state carried over.

    An estimator that draws random numbers needs an int as its seed. One that draws
    them without a parameter is found out when its work is done a second time.
    """
    if not hasattr(part, "get_params"):
        return False
    owners = [part, *(v for v in part.get_params().values() if is_estimator(v))]
    return all(map(_repeats, owners))


def is_reader(part: Any) -> bool:
    """Whether a part is known not to write into its input."""
    if part is None or not type(part).__module__.startswith("sklearn."):
        return False
    params = part.get_params()
    return not any(
        value is False and name.rpartition("__")[2] in _IN_PLACE
        for name, value in params.items()
    ) and all(
        type(value).__module__.startswith("sklearn.")
        for value in params.values()
        if is_estimator(value)
    )


def _repeats(owner: Any) -> bool:
    params = owner.get_params(deep=False)
    if params.get("warm_start") or params.get("memory") is not None:
        return False
    if "random_state" not in params:
        return True
    seed = params["random_state"]
    return (isinstance(seed, int) and not isinstance(seed, bool)) or (
        seed is None and _leaves_seed_unused(owner)
    )


def _leaves_seed_unused(owner: Any) -> bool:
    """Whether an estimator of scikit-learn does not use its seed as it is set.

    ``PCA(svd_solver="auto")`` may use it on large data; that is then found out like
    every difference between two fits.
    """
    # Loaded here: few searches need these modules, and every worker loads this one.
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import KBinsDiscretizer, QuantileTransformer

    if type(owner) is PCA:
        return owner.svd_solver in {"auto", "full", "covariance_eigh"}
    if type(owner) in {KBinsDiscretizer, QuantileTransformer}:
        return owner.subsample is None
    return False

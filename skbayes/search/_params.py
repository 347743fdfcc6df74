"""Check the names and ranges of a space before the first fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skbayes.search._number_types import check_number_types
from skbayes.search._param_names import check_param_names
from skbayes.search._refused_values import warn_of_refused_values


def check_params(
    search: Any, dicts: Sequence[Mapping[str, Any]], parameter: str
) -> None:
    """Raise for names and ranges that the estimator does not accept.

    Single values that it refuses are warned of.

    Parameters
    ----------
    search : SearchCV
        The search.
    dicts : sequence of dict
        The dicts of its space: lists, dimensions and distributions by name.
    parameter : str
        Name of the search's parameter, for messages.

    Raises
    ------
    ValueError
        With the correct form.
    """
    estimators = check_param_names(search, dicts, parameter)
    check_number_types(search, dicts, estimators, parameter)
    warn_of_refused_values(search, dicts, estimators, parameter)

"""Explain why a search lacks one of the attributes that `fit` sets."""

from __future__ import annotations

from sklearn.exceptions import NotFittedError

from skbayes.search._other_libraries import advice_on_attribute

#: Attributes that `fit` sets, always or depending on parameters.
_RESULTS = frozenset(
    {
        "trials_",
        "cv_results_",
        "n_splits_",
        "multimetric_",
        "scorer_",
        "best_index_",
        "best_score_",
        "best_params_",
        "best_estimator_",
        "refit_time_",
    }
)


class ExplainsMissingResults:
    """Gives the reason in the error about a missing fitted attribute."""

    def __getattr__(self, name):
        """Raise an error with the reason; called for missing attributes only."""
        if name in _RESULTS:
            raise _error(self, name)
        advice = advice_on_attribute(name, type(self).__name__)
        if advice is not None:
            raise AttributeError(advice)
        # Runs a conditional property again, whose own error names the condition.
        return object.__getattribute__(self, name)


def _error(search, name):
    """The error with the reason why a result is missing."""
    owner = type(search).__name__
    if "cv_results_" not in vars(search):
        return NotFittedError(
            f"This {owner} instance is not fitted yet, so that it has no `{name}`. "
            "Call its `fit` first."
        )
    lacks = f"This {owner} has no `{name}`"
    if (
        name == "best_score_"
        and callable(search.refit)
        and "best_index_" in vars(search)
    ):
        return AttributeError(
            f"{lacks}, because its `refit` chooses by a rule and not by a score, as in "
            "scikit-learn. The scores of its choice are in cv_results_, at best_index_."
        )
    if search.refit is not False:
        return AttributeError(f"{lacks}: its `fit` was cut short before it was set.")
    if name in ("best_estimator_", "refit_time_"):
        return AttributeError(
            f"{lacks}, because refit=False. Search with refit=True, or fit "
            "clone(search.estimator).set_params(**search.best_params_) yourself."
        )
    return AttributeError(
        f"{lacks}, because it has several scores and refit=False: none of them decides."
    )

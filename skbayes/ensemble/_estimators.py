"""Estimators that predict the weighted mean of several models' predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    RegressorMixin,
    clone,
)
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted


class _Ensemble(MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """Fits every member on the same data."""

    def __init__(
        self, estimators: Any, *, weights: Any = None, n_jobs: int | None = None
    ) -> None:
        self.estimators = estimators
        self.weights = weights
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, **fit_params: Any) -> Any:
        """Fit the members.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,)
            Target.
        **fit_params : dict of str -> object
            Passed to the ``fit`` of every member.

        Returns
        -------
        estimator
            The ensemble itself, fitted.

        Raises
        ------
        ValueError
            If there is no member, or the weights are not one number >= 0 for each.
        """
        self.weights_ = self._checked_weights()
        y = self._checked_target(y)
        self.estimators_ = Parallel(n_jobs=self.n_jobs)(
            delayed(_fitted)(estimator, X, y, fit_params)
            for estimator in self.estimators
        )
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimators_[0], name):
                setattr(self, name, getattr(self.estimators_[0], name))
        return self

    def _checked_target(self, y: Any) -> Any:
        shape: Any = getattr(y, "shape", ())
        # A column of targets counts as one target, as in scikit-learn.
        if len(shape) == 2 and shape[1] == 1:
            return column_or_1d(y, warn=True)
        return y

    def _checked_weights(self) -> Any:
        owner = type(self).__name__
        if not len(self.estimators):
            raise ValueError(
                f"The `estimators` parameter of {owner} must have a member or more."
            )
        n = len(self.estimators)
        weights = np.ones(n) if self.weights is None else np.array(self.weights, float)
        if weights.shape != (n,) or not (weights >= 0).all() or not weights.sum() > 0:
            raise ValueError(
                f"The `weights` parameter of {owner} must be {n} numbers >= 0, one for "
                f"each of its members, not all 0. Got {self.weights!r} instead."
            )
        return weights / weights.sum()

    def _mean_of(self, method: str, X: Any) -> Any:
        """Weighted mean of a method's outputs; members of weight 0 do not predict."""
        check_is_fitted(self)
        return sum(
            weight * self._aligned(estimator, getattr(estimator, method)(X))
            for weight, estimator in zip(self.weights_, self.estimators_, strict=True)
            if weight > 0
        )

    def _aligned(self, estimator: Any, output: Any) -> Any:
        return np.asarray(output)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if len(self.estimators):
            # The ensemble accepts what every member accepts.
            each = [e.__sklearn_tags__().input_tags for e in self.estimators]
            tags.input_tags.sparse = all(one.sparse for one in each)
            tags.input_tags.allow_nan = all(one.allow_nan for one in each)
        return tags


def _fitted(estimator: Any, X: Any, y: Any, fit_params: dict[str, Any]) -> Any:
    return clone(estimator).fit(X, y, **fit_params)


class EnsembleClassifier(ClassifierMixin, _Ensemble):  # type: ignore[misc]
    """Classify by the weighted mean of several classifiers' probabilities.

    Parameters
    ----------
    estimators : list of classifiers
        Classifiers with ``predict_proba``. They are cloned, never changed.
    weights : array-like of shape (n_estimators,), default=None
        Weight of each in the mean; None: equal weights.
    threshold : float, default=None
        With two classes, the probability of the second from which on it is predicted.
        None: the class of the largest probability.
    n_jobs : int or None, default=None
        Members fitted at the same time.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted members.
    weights_ : ndarray of shape (n_estimators,)
        The weights, which add up to 1.
    classes_ : ndarray of shape (n_classes,)
        The class labels.

    See Also
    --------
    GreedyEnsemble : Chooses members and weights from a search.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbayes.ensemble import EnsembleClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> members = [GaussianNB(), DecisionTreeClassifier(max_depth=2)]
    >>> EnsembleClassifier(members, weights=[2, 1]).fit(X, y).predict(X[:2])
    array([0, 0])
    """

    def __init__(
        self,
        estimators: Any,
        *,
        weights: Any = None,
        threshold: float | None = None,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(estimators, weights=weights, n_jobs=n_jobs)
        self.threshold = threshold

    def _checked_target(self, y: Any) -> Any:
        y = super()._checked_target(y)
        assert_all_finite(np.asarray(y), input_name="y")
        check_classification_targets(y)
        self.classes_ = unique_labels(y)
        if self.threshold is not None and len(self.classes_) != 2:
            raise ValueError(
                "The `threshold` parameter of EnsembleClassifier is for two classes, "
                f"but y has {len(self.classes_)}."
            )
        return y

    def _aligned(self, estimator: Any, output: Any) -> Any:
        return aligned(output, estimator.classes_, self.classes_)

    def predict_proba(self, X: Any) -> Any:
        """Mean probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities of the classes, in the order of ``classes_``.
        """
        return self._mean_of("predict_proba", X)

    def predict(self, X: Any) -> Any:
        """Labels.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,)
            The class of the largest probability, or the one by `threshold`.
        """
        return labels_of(self.predict_proba(X), self.classes_, self.threshold)


class EnsembleRegressor(RegressorMixin, _Ensemble):  # type: ignore[misc]
    """Predict the weighted mean of several regressors' predictions.

    Parameters
    ----------
    estimators : list of regressors
        Regressors to average. They are cloned, never changed.
    weights : array-like of shape (n_estimators,), default=None
        Weight of each in the mean; None: equal weights.
    n_jobs : int or None, default=None
        Members fitted at the same time.

    Attributes
    ----------
    estimators_ : list of regressors
        The fitted members.
    weights_ : ndarray of shape (n_estimators,)
        The weights, which add up to 1.

    See Also
    --------
    GreedyEnsemble : Chooses members and weights from a search.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> from skbayes.ensemble import EnsembleRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> EnsembleRegressor([Ridge(), KNeighborsRegressor()]).fit(X, y).predict(X).shape
    (442,)
    """

    def predict(self, X: Any) -> Any:
        """Mean predictions.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predictions in the unit of the target.
        """
        return self._mean_of("predict", X)


def aligned(probabilities: Any, own: Any, classes: Any) -> Any:
    """Probabilities in the order of `classes`; 0 for classes a model never saw."""
    probabilities = np.asarray(probabilities)
    if np.array_equal(own, classes):
        return probabilities
    out = np.zeros((len(probabilities), len(classes)))
    out[:, np.searchsorted(classes, own)] = probabilities
    return out


def labels_of(probabilities: Any, classes: Any, threshold: float | None) -> Any:
    """The predicted label of each row of probabilities."""
    if threshold is None:
        return classes[np.argmax(probabilities, axis=1)]
    return classes[(probabilities[:, 1] >= threshold).astype(np.intp)]

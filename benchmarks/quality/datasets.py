"""The data: what ships with scikit-learn, and what its generators make.

All have at most 600 samples, so that a cross-validation takes a fraction of a second.
"""

from __future__ import annotations

import numpy as np
from sklearn import datasets
from sklearn.model_selection import train_test_split

Data = tuple[np.ndarray, np.ndarray]


def breast_cancer() -> Data:
    """569 x 30, two classes."""
    return datasets.load_breast_cancer(return_X_y=True)


def wine_noisy() -> Data:
    """178 x 13 and 12 columns of noise, three classes, a tenth of the labels wrong."""
    X, y = datasets.load_wine(return_X_y=True)
    rng = np.random.default_rng(0)
    wrong = rng.random(len(y)) < 0.1
    y = np.where(wrong, rng.integers(3, size=len(y)), y)
    noise = rng.standard_normal((len(y), 12)) * X.std(axis=0)[:12]
    return np.hstack([X, noise]), y


def digits_small() -> Data:
    """400 of the 1797 x 64 digits, ten classes."""
    X, y = datasets.load_digits(return_X_y=True)
    X, _, y, _ = train_test_split(X, y, train_size=400, stratify=y, random_state=0)
    return X, y


def diabetes() -> Data:
    """442 x 10, regression."""
    return datasets.load_diabetes(return_X_y=True)


def clusters() -> Data:
    """400 x 12, two classes of three clusters each, some labels wrong."""
    return datasets.make_classification(
        n_samples=400,
        n_features=12,
        n_informative=6,
        n_redundant=2,
        n_clusters_per_class=3,
        flip_y=0.05,
        class_sep=0.8,
        random_state=1,
    )


def rare_class() -> Data:
    """500 x 20, two classes of which one is an eighth of the samples."""
    return datasets.make_classification(
        n_samples=500,
        n_features=20,
        n_informative=5,
        n_redundant=3,
        n_clusters_per_class=2,
        weights=[0.875],
        flip_y=0.03,
        class_sep=0.9,
        random_state=2,
    )


def wide_classes() -> Data:
    """300 x 120, two classes, eight columns that matter, scales differ."""
    X, y = datasets.make_classification(
        n_samples=300,
        n_features=120,
        n_informative=8,
        n_redundant=4,
        n_clusters_per_class=2,
        flip_y=0.05,
        class_sep=0.8,
        random_state=3,
    )
    scales = np.exp(np.random.default_rng(3).standard_normal(X.shape[1]))
    return X * scales, y


def moons() -> Data:
    """400 x 2 noisy half moons and four columns of noise."""
    X, y = datasets.make_moons(400, noise=0.3, random_state=4)
    noise = np.random.default_rng(4).standard_normal((len(y), 4))
    return np.hstack([X, noise]), y


def quantile_shells() -> Data:
    """450 x 5, three classes that are shells of a Gaussian."""
    return datasets.make_gaussian_quantiles(
        n_samples=450, n_features=5, n_classes=3, random_state=5
    )


def hastie() -> Data:
    """500 x 10, two classes, an additive rule."""
    return datasets.make_hastie_10_2(n_samples=500, random_state=6)


def friedman1() -> Data:
    """300 x 10, regression, half of the columns noise."""
    return datasets.make_friedman1(300, noise=1.0, random_state=7)


def friedman3() -> Data:
    """400 x 4, regression, an arctangent with a steep edge."""
    return datasets.make_friedman3(400, noise=0.1, random_state=8)


def swiss_roll() -> Data:
    """400 x 3, the position along a rolled sheet is the target."""
    return datasets.make_swiss_roll(400, noise=0.5, random_state=9)


def sparse_linear() -> Data:
    """200 x 100, regression, ten columns matter, outliers among the targets."""
    X, y = datasets.make_regression(
        n_samples=200, n_features=100, n_informative=10, noise=20.0, random_state=10
    )
    rng = np.random.default_rng(10)
    outlier = rng.random(len(y)) < 0.05
    return X, y + outlier * rng.standard_normal(len(y)) * 3 * y.std()


def missing_values() -> Data:
    """The rare-class data with a tenth of the entries missing."""
    X, y = rare_class()
    hole = np.random.default_rng(11).random(X.shape) < 0.1
    return np.where(hole, np.nan, X), y

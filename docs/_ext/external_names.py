"""Links to other projects' pages, without asking their sites for inventories.

Each project has a rule from a name to its page, and a list of the names this
documentation uses. From them small inventories are written that intersphinx reads.
A name that is used and not listed is an error of the build (``nitpicky``).
"""

from __future__ import annotations

import zlib
from pathlib import Path

SKLEARN = "https://scikit-learn.org/stable/"
#: Project -> (address, {(domain:role, names): page with ``{}`` for the name}).
PROJECTS: dict[str, tuple[str, dict[tuple[str, str], str]]] = {
    "sklearn": (
        SKLEARN,
        {
            (
                "py:class",
                """sklearn.base.BaseEstimator
                sklearn.compose.ColumnTransformer
                sklearn.ensemble.HistGradientBoostingClassifier
                sklearn.ensemble.HistGradientBoostingRegressor
                sklearn.ensemble.RandomForestClassifier
                sklearn.model_selection.GridSearchCV
                sklearn.model_selection.GroupKFold
                sklearn.model_selection.HalvingGridSearchCV
                sklearn.model_selection.HalvingRandomSearchCV
                sklearn.model_selection.KFold
                sklearn.model_selection.RandomizedSearchCV
                sklearn.model_selection.RepeatedStratifiedKFold
                sklearn.model_selection.StratifiedGroupKFold
                sklearn.model_selection.StratifiedKFold
                sklearn.model_selection.TimeSeriesSplit
                sklearn.model_selection.TunedThresholdClassifierCV
                sklearn.multioutput.MultiOutputRegressor
                sklearn.pipeline.Pipeline
                sklearn.svm.SVC""",
            ): "modules/generated/{}.html",
            (
                "py:function",
                """sklearn.base.clone
                sklearn.metrics.r2_score
                sklearn.metrics.make_scorer
                sklearn.model_selection.cross_val_score
                sklearn.model_selection.cross_validate
                sklearn.set_config""",
            ): "modules/generated/{}.html",
            (
                "py:exception",
                "sklearn.exceptions.FitFailedWarning sklearn.exceptions.NotFittedError",
            ): "modules/generated/{}.html",
            (
                "std:term",
                """classifier estimator estimators metaestimator multioutput
                random_state scorer predict predict_proba decision_function
                predict_log_proba transform fit score scoring n_jobs classes_""",
            ): "glossary.html#term-{}",
            ("std:label", "metadata_routing"): "metadata_routing.html",
            ("std:label", "accuracy_score r2_score"): (
                "modules/model_evaluation.html#{}"
            ),
        },
    ),
    "scipy": (
        "https://docs.scipy.org/doc/scipy/",
        {
            ("py:module", "scipy.stats"): "reference/stats.html",
            (
                "py:data",
                "scipy.stats.loguniform scipy.stats.randint scipy.stats.norm",
            ): "reference/generated/{}.html",
        },
    ),
    "numpy": (
        "https://numpy.org/doc/stable/",
        {
            ("py:class", "numpy.ndarray"): "reference/generated/{}.html",
            (
                "py:class",
                "numpy.random.Generator numpy.random.RandomState",
            ): "reference/random/index.html",
            ("py:data", "numpy.nan"): "reference/constants.html#{}",
            ("std:term", "array_like"): "glossary.html#term-array_like",
        },
    ),
    "pandas": (
        "https://pandas.pydata.org/docs/",
        {("py:class", "pandas.DataFrame"): "reference/api/{}.html"},
    ),
    "matplotlib": (
        "https://matplotlib.org/stable/",
        {
            (
                "py:class",
                "matplotlib.axes.Axes matplotlib.figure.Figure",
            ): "api/index.html",
        },
    ),
    "joblib": (
        "https://joblib.readthedocs.io/en/stable/",
        {
            ("py:function", "joblib.parallel_config"): "generated/{}.html",
            ("py:class", "joblib.Parallel"): "generated/{}.html",
        },
    ),
    "python": (
        "https://docs.python.org/3/",
        {
            (
                "py:class",
                "bool bytes dict float frozenset int list object set str tuple",
            ): "library/stdtypes.html#{}",
            ("py:data", "None NotImplemented True False"): "library/constants.html#{}",
            (
                "py:exception",
                """AttributeError Exception ImportError KeyError OSError
                NotImplementedError RuntimeError StopIteration TimeoutError TypeError
                UserWarning ValueError Warning""",
            ): "library/exceptions.html#{}",
            ("py:class", "os.PathLike"): "library/os.html#{}",
            ("py:class", "pathlib.Path"): "library/pathlib.html#{}",
            ("std:label", "bltin-boolean-values"): "library/stdtypes.html#{}",
            ("py:class", "collections.abc.Mapping collections.abc.Sequence"): (
                "library/collections.abc.html#{}"
            ),
            ("py:class", "datetime.timedelta"): "library/datetime.html#{}",
            ("std:term", "callable iterable iterator mapping sequence path-like"): (
                "glossary.html#term-{}"
            ),
        },
    ),
}

#: Words in types of docstrings -> what they link to.
ALIASES = {
    "DataFrame": "pandas.DataFrame",
    "Generator": "numpy.random.Generator",
    "RandomState": "numpy.random.RandomState",
    "Axes": "matplotlib.axes.Axes",
    "callable": ":term:`python:callable`",
    "estimator": ":term:`sklearn:estimator`",
    "estimators": ":term:`sklearn:estimator`",
    "iterable": ":term:`python:iterable`",
    "array-like": ":term:`numpy:array_like`",
    "array_like": ":term:`numpy:array_like`",
    "ndarray": "numpy.ndarray",
    "path": "os.PathLike",
    "timedelta": "datetime.timedelta",
    "BayesSearchCV": "skbayes.BayesSearchCV",
    "GridSearchCV": "skbayes.GridSearchCV",
    "RandomSearchCV": "skbayes.RandomSearchCV",
    "Optimizer": "skbayes.Optimizer",
    "Pending": "skbayes.Pending",
    "TimeLeft": "skbayes.TimeLeft",
    "Trial": "skbayes.search.Trial",
    "FoldResult": "skbayes.search.FoldResult",
    "Status": "skbayes.search.Status",
    "SearchProgress": "skbayes.callbacks.SearchProgress",
    "HeldOut": "skbayes.search.HeldOut",
    "NotFittedError": "sklearn.exceptions.NotFittedError",
    "FitTimeout": "skbayes.exceptions.FitTimeout",
    "JournalError": "skbayes.exceptions.JournalError",
    "SpaceExhausted": "skbayes.exceptions.SpaceExhausted",
    "GreedyEnsemble": "skbayes.ensemble.GreedyEnsemble",
    "EnsembleSelection": "skbayes.ensemble.EnsembleSelection",
    "Figure": "matplotlib.figure.Figure",
    "ParamImportances": "skbayes.inspection.ParamImportances",
    "BiasCorrectedScore": "skbayes.inspection.BiasCorrectedScore",
}

#: Words in types of docstrings that link to nothing.
_WORDS = """
    or of and default shape instance optional numeric number n_samples n_features
    n_outputs n_classes n_candidates n_trials n_columns n_folds n_splits n_points
    scalar array strings string fitted search sparse matrix matrices generator
    splitter cross-validation type two pair pairs instances mapping from to length
    items item the one a an each matplotlib dicts them n_params n n_axes n_shown
    value category text any function warning warnings class any-type bools object-
    like n_parameters n_effects n_draws
"""
PLAIN_WORDS = set(_WORDS.split())


def _entries(pages: dict[tuple[str, str], str]):
    for (role, names), page in pages.items():
        for name in names.split():
            yield f"{name} {role} 1 {page.format(name)} -"


def intersphinx_mapping(folder: Path) -> dict[str, tuple[str, str]]:
    """Write an inventory a project, and give Sphinx's setting that reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for project, (address, pages) in PROJECTS.items():
        head = (
            f"# Sphinx inventory version 2\n# Project: {project}\n# Version: \n"
            "# The remainder of this file is compressed using zlib.\n"
        )
        path = folder / f"{project}.inv"
        body = "\n".join(_entries(pages)) + "\n"
        path.write_bytes(head.encode() + zlib.compress(body.encode()))
        mapping[project] = (address, str(path))
    return mapping


def setup(app):
    """Nothing to register: `conf.py` calls what is above."""
    return {"parallel_read_safe": True, "parallel_write_safe": True}

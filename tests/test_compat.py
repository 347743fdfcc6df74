"""Does scikit-learn, in this version, have each private name that `_compat` takes?

Run on the oldest and on the newest version: a name that has gone is a line here.
"""

from __future__ import annotations

from numbers import Integral

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import check_scoring, make_scorer, mean_squared_error
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbayes import _compat

X = np.random.default_rng(0).normal(size=(30, 3))
y = (X[:, 0] > 0).astype(int)


@pytest.mark.parametrize("name", _compat.__all__)
def test_compat_has_what_it_says(name):
    """Each name of the list is there."""
    assert hasattr(_compat, name)


def test_search_constraints_are_those_of_all_searches():
    """`BaseSearchCV._parameter_constraints` has the constraints of all searches."""
    assert {"estimator", "scoring", "n_jobs", "cv"} <= set(_compat.SEARCH_CONSTRAINTS)


def test_indices_for_makes_an_array_that_x_can_be_indexed_with():
    """`get_namespace` and `device` exist."""
    assert isinstance(_compat.indices_for(X, [3, 4]), np.ndarray)


def test_score_estimator_takes_what_it_is_passed():
    """`_score` takes arguments of the scorer and `error_score`."""
    tree = DecisionTreeClassifier().fit(X, y)
    arguments = tree, X, y, check_scoring(tree), {}
    assert _compat.score_estimator(*arguments, error_score=np.nan) == 1.0


@pytest.mark.skipif(not _compat.HAS_CALLBACK_TREE, reason="scikit-learn < 1.9")
@pytest.mark.parametrize(
    ("fit_params", "metadata"),
    [
        ({}, None),
        ({"sample_weight": None}, None),
        ({"sample_weight": 1.0, "eval_set": 2}, {"sample_weight": 1.0}),
    ],
)
def test_fit_task_tells_callbacks_of_beginning_and_end(fit_params, metadata):
    """A context takes `estimator`, `X`, `y` and `metadata`."""
    told = []

    class Callback:
        """Notes its calls."""

        def setup(self, *args, **arguments):
            """Do nothing."""

        teardown = setup

        def on_fit_task_begin(self, estimator, context, *, metadata):
            """Note the call."""
            told.append(metadata)

        on_fit_task_end = on_fit_task_begin

    estimator = DecisionTreeClassifier()
    search = GridSearchCV(estimator, {"max_depth": [1]}).set_callbacks(Callback())
    context = _compat.root_context(search, max_subtasks=1)
    with _compat.fit_task(context, search, estimator, X, y, fit_params):
        assert len(told) == 1
    _compat.end_fit_task(context, search, X, y, fit_params)
    assert told == 2 * [metadata]


def test_safe_split_takes_both_parts():
    """`_safe_split` takes the training part of the test part."""
    part, targets = _compat.safe_split(DecisionTreeClassifier(), X, y, [3, 4], [0])
    np.testing.assert_array_equal(part, X[[3, 4]])
    np.testing.assert_array_equal(targets, y[[3, 4]])


def test_check_method_params_cuts_weights():
    """`_check_method_params` takes `indices`."""
    found = _compat.check_method_params(X, {"w": np.arange(30)}, indices=[2, 5])
    assert found["w"].tolist() == [2, 5]


def test_routed_params_has_the_three_consumers():
    """`BaseSearchCV._get_routed_params_for_fit` exists."""
    search = GridSearchCV(LogisticRegression(), {"C": [1]})
    routed = _compat.routed_params(search, {})
    assert dict(routed.estimator.fit) == {}
    assert set(routed.splitter.split) <= {"groups"}
    assert dict(routed.scorer.score) == {}


def test_scorers_of_is_one_scorer_or_several():
    """`BaseSearchCV._get_scorers` and `_MultimetricScorer._scorers` exist."""
    search = GridSearchCV(LogisticRegression(), {"C": [1]}, scoring="accuracy")
    assert not _compat.is_multimetric(_compat.scorers_of(search))
    search.set_params(scoring=["accuracy", "roc_auc"], refit="roc_auc")
    scorer = _compat.scorers_of(search)
    assert _compat.is_multimetric(scorer)
    assert _compat.metric_names(scorer) == ("accuracy", "roc_auc")
    assert set(_compat.named_scorers(scorer)) == {"accuracy", "roc_auc"}


def test_check_refit_of_several_raises():
    """`BaseSearchCV._check_refit_for_multimetric` exists."""
    search = GridSearchCV(LogisticRegression(), {"C": [1]}, refit="missing")
    with pytest.raises(ValueError, match="refit must be set to a scorer key"):
        _compat.check_refit_of_several(search, ["accuracy", "roc_auc"])


def test_select_best_index_checks_a_rule():
    """`BaseSearchCV._select_best_index` exists."""
    results = {"params": [{}, {}]}
    assert _compat.select_best_index(lambda table: 1, results) == 1
    with pytest.raises(IndexError, match="best_index_ index out of range"):
        _compat.select_best_index(lambda table: 2, results)


def test_root_context_exists_with_the_callback_tree():
    """The callback tree has `_init_callback_context` and `_skl_callbacks`."""
    search = GridSearchCV(LogisticRegression(), {"C": [1]})
    assert not _compat.has_callbacks(search)
    assert hasattr(search, "_init_callback_context") == _compat.HAS_CALLBACK_TREE
    search._skl_callbacks = []
    assert _compat.has_callbacks(search) == _compat.HAS_CALLBACK_TREE


def test_with_configuration_wraps_a_function():
    """`delayed` of `sklearn.utils.parallel` has its `with_config`."""
    assert _compat.with_configuration(len)([1, 2]) == 2


def test_refusal_of_a_value_comes_from_constraints():
    """`_fit_context` and `_parameter_constraints` exist."""

    class Checked(BaseEstimator):
        _parameter_constraints = {
            "a": [
                _compat.StrOptions({"b"}),
                _compat.Interval(Integral, 0, 3, closed="both"),
            ]
        }

        def __init__(self, a="b"):
            self.a = a

        @_compat.fit_context(prefer_skip_nested_validation=True)
        def fit(self, X, y=None):
            return self

    Checked().fit(X)
    with pytest.raises(ValueError, match="The 'a' parameter of Checked must be"):
        Checked("c").fit(X)
    assert "must be" in _compat.refusal_of(Checked, "a", "c")
    assert _compat.refusal_of(Checked, "a", 2) is None


def test_refusal_of_a_value_that_validation_fails_at_is_none():
    """The error is that of the candidate then, as at a Fraction for a number."""

    class Checked(BaseEstimator):
        _parameter_constraints = {"a": [_compat.StrOptions({"b"})]}

    class Word(str):
        __hash__ = None

    assert _compat.refusal_of(Checked, "a", Word("b")) is None


def test_numbers_taken_reads_intervals():
    """`Interval` has its ends, `closed` and `type`."""
    (interval,) = _compat.numbers_taken(LogisticRegression, "C")
    assert interval.contains(1.0)
    assert not interval.contains(-1.0)
    assert interval.takes_reals


def test_scorer_parts_has_function_sign_and_arguments():
    """`_BaseScorer` has `_score_func`, `_sign` and `_kwargs`."""
    scorer = make_scorer(
        mean_squared_error, greater_is_better=False, multioutput="raw_values"
    )
    function, sign, arguments = _compat.scorer_parts(scorer)
    assert function is mean_squared_error
    assert sign == -1
    assert arguments == {"multioutput": "raw_values"}
    assert _compat.scorer_parts(len) is None


def test_is_passthrough_scorer_knows_scoring_none():
    """`_PassthroughScorer` exists."""
    estimator = LogisticRegression()
    assert _compat.is_passthrough_scorer(check_scoring(estimator))
    assert not _compat.is_passthrough_scorer(check_scoring(estimator, "accuracy"))


def test_output_config_is_what_set_output_has_set():
    """`_sklearn_output_config` is an attribute of estimators."""
    assert _compat.output_config(StandardScaler()) == {}
    scaler = StandardScaler().set_output(transform="pandas")
    assert _compat.output_config(scaler) == {"transform": "pandas"}


def test_masked_array_for_each_param_has_every_name():
    """`_yield_masked_array_for_each_param` exists."""
    columns = dict(_compat.masked_array_for_each_param([{"a": 1}, {"b": 2}]))
    assert set(columns) == {"param_a", "param_b"}


def test_as_numpy_leaves_an_array():
    """`get_namespace` and `_convert_to_numpy` exist."""
    assert _compat.as_numpy(X) is X


def test_draws_random_numbers_reads_the_solver():
    """`PCA._fit_svd_solver` exists."""
    assert not _compat.draws_random_numbers(PCA().fit(X))
    assert _compat.draws_random_numbers(PCA(2, svd_solver="randomized").fit(X))


def test_hist_members_start_and_sum_exist():
    """The models have `_predictors`, `_baseline_prediction` and `_raw_predict`."""
    fitted = HistGradientBoostingRegressor(max_iter=2).fit(X, y)
    assert len(getattr(fitted, _compat.HIST_MEMBERS)) == 2
    assert hasattr(fitted, _compat.HIST_START)
    assert hasattr(fitted, _compat.HIST_SUM)


def test_bagging_seeds_exist():
    """A fitted model has `_seeds`."""
    fitted = BaggingClassifier(n_estimators=2, random_state=0).fit(X, y)
    assert len(getattr(fitted, _compat.BAGGING_SEEDS)) == 2


def test_isolation_members_exist():
    """Forests have `_average_path_length_per_tree` and `_decision_path_lengths`."""
    fitted = IsolationForest(n_estimators=2, random_state=0).fit(X)
    for name in _compat.ISOLATION_MEMBERS:
        assert len(getattr(fitted, name)) == 2


def test_run_state_is_left_by_fits():
    """Vectorizers of older versions leave `_stop_words_id`."""
    fitted = CountVectorizer(stop_words=["all"]).fit(["all one", "one two"])
    private = {name for name in vars(fitted) if name.startswith("_")}
    assert private - {"_metadata_request"} <= _compat.RUN_STATE


def test_request_method_is_what_classes_get_for_arguments_of_fit():
    """`RequestMethod` is the type of ``set_fit_request``."""

    class Weighted(BaseEstimator):
        def fit(self, X, y, sample_weight=None):
            return self

    assert isinstance(vars(Weighted)["set_fit_request"], _compat.RequestMethod)

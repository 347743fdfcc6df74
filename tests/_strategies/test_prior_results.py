"""Are results of an earlier search read from all their forms?"""

import json
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes._strategies.prior_results import read_prior_results
from skbayes.space._parsing import parse_space

SPACE = parse_space({"C": (0.1, 10.0, "log-uniform"), "kernel": ["rbf", "linear"]})


def cv_results():
    return {
        "mean_fit_time": np.ones(3),
        "param_C": np.ma.masked_array([1.0, 2.0, 5.0], mask=False, dtype=object),
        "param_kernel": np.ma.masked_array(["rbf", "linear", "rbf"], dtype=object),
        "params": [
            {"C": 1.0, "kernel": "rbf"},
            {"C": np.float64(2.0), "kernel": "linear"},
            {"C": 5.0, "kernel": "rbf"},
        ],
        "mean_test_score": np.array([0.5, np.nan, 0.7]),
    }


EXPECTED = [{"C": 1.0, "kernel": "rbf"}, {"C": 2.0, "kernel": "linear"}]


def read(source, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_prior_results(source, SPACE, owner="Optimizer", **kwargs)


def assert_read(rows):
    assert [p for p, _ in rows][:2] == EXPECTED
    assert type(rows[1][0]["C"]) is float
    np.testing.assert_array_equal([s for _, s in rows], [0.5, np.nan, 0.7])


def test_read_prior_results_reads_cv_results():
    """Rows come in their order, failed ones with a NaN score."""
    assert_read(read(cv_results()))


def test_read_prior_results_reads_a_fitted_search():
    assert_read(read(SimpleNamespace(cv_results_=cv_results())))


def test_read_prior_results_takes_scores_on_all_samples_only():
    """Halving scores candidates on fewer samples too, and fails some there."""
    results = cv_results() | {"n_resources": np.array([20, 20, 60])}
    rows = read(results)
    assert [p["C"] for p, _ in rows] == [2.0, 5.0]
    np.testing.assert_array_equal([s for _, s in rows], [np.nan, 0.7])


def test_read_prior_results_takes_the_refit_metric_of_several():
    """The score that decided counts among several."""
    results = cv_results()
    results["mean_test_auc"] = results.pop("mean_test_score")
    results["mean_test_acc"] = np.zeros(3)
    search = SimpleNamespace(cv_results_=results, multimetric_=True, refit="auc")
    assert_read(read(search))


def test_read_prior_results_takes_the_metric_asked_for():
    """A search for accuracy learns accuracies, also from a search for another score."""
    results = cv_results()
    results["mean_test_acc"] = results.pop("mean_test_score")
    results["mean_test_auc"] = np.zeros(3)
    search = SimpleNamespace(cv_results_=results, multimetric_=True, refit="auc")
    assert_read(read(search, metric="acc"))


def test_read_prior_results_reads_the_only_score_column():
    """A single metric with a name needs no hint; two do."""
    results = cv_results()
    results["mean_test_auc"] = results.pop("mean_test_score")
    assert_read(read(results))
    results["mean_test_acc"] = np.zeros(3)
    assert_read(read(results, metric="auc"))
    with pytest.raises(ValueError, match="must have a column 'mean_test_score'"):
        read(results)


@pytest.mark.parametrize("with_params", [True, False])
def test_read_prior_results_reads_a_data_frame(with_params):
    """The params column is read or, as after a round trip through text, the others."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(cv_results())
    if not with_params:
        frame["params"] = frame["params"].astype(str)
    assert_read(read(frame))


def test_read_prior_results_reads_a_frame_of_polars():
    """Polars gives the columns where pandas gives their names."""
    polars = pytest.importorskip("polars")
    results = cv_results()
    frame = polars.DataFrame(
        {
            "param_C": list(results["param_C"]),
            "param_kernel": list(results["param_kernel"]),
            "mean_test_score": results["mean_test_score"],
        }
    )
    assert_read(read(frame))


@pytest.mark.parametrize("from_file", [False, True])
def test_read_prior_results_does_not_warn_of_the_untuned_row(from_file):
    """A search tries the estimator's own values, which may lie in no range."""
    results = cv_results()
    results["params"][0] = {"C": 50.0, "kernel": None}
    if from_file:
        del results["params"]
        results["param_C"][0], results["param_kernel"][0] = 50.0, None
    untuned = {"C": 50.0, "kernel": None}
    assert len(read(results, untuned=untuned)) == 2
    for other in (None, {"C": 50.0, "kernel": "poly"}, {"C": 49.0, "kernel": None}):
        with pytest.warns(UserWarning, match="Skipped 1 of 3 rows"):
            read_prior_results(results, SPACE, owner="Optimizer", untuned=other)


def test_read_prior_results_reads_pairs():
    """A pair is a tuple of parameters and score."""
    assert read([({"C": 1.0, "kernel": "rbf"}, 0.5)]) == [(EXPECTED[0], 0.5)]


def test_read_prior_results_leaves_out_candidates_stopped_early():
    """A loser of a race has no mean score but is no failure."""
    results = cv_results()
    results["status"] = np.array(["complete", "stopped", "failed"])
    results["mean_test_score"][2] = np.nan
    rows = read(results)
    assert [p["C"] for p, _ in rows] == [1.0, 5.0]


def test_read_prior_results_skips_rows_outside_with_one_warning():
    """The warning counts the rows and names the parameters."""
    source = [
        ({"C": 1.0, "kernel": "rbf"}, 0.5),
        ({"C": 100.0, "kernel": "rbf"}, 0.6),
        ({"kernel": "rbf"}, 0.6),
        ({"C": 1.0, "kernel": "rbf", "gamma": 1}, 0.6),
    ]
    with pytest.warns(UserWarning, match="Skipped 3 of 4 rows") as caught:
        rows = read_prior_results(source, SPACE, owner="Optimizer")
    assert rows == [(EXPECTED[0], 0.5)]
    assert len(caught) == 1
    for name in ("C", "gamma"):
        assert name in str(caught[0].message)


def test_read_prior_results_takes_masked_for_inactive():
    """A row of one dict of a list has the parameters of that dict only."""
    space = parse_space([{"a": [1, 2], "x": [1, 2]}, {"a": [3, 4], "y": [1, 2]}])
    table = {
        "param_a": np.array([1, 3]),
        "param_x": np.ma.masked_array([2, 0], mask=[False, True], dtype=object),
        "param_y": np.array([np.nan, 1], dtype=object),
        "mean_test_score": [0.1, 0.2],
    }
    rows = read_prior_results(table, space, owner="Optimizer")
    assert rows == [({"a": 1, "x": 2}, 0.1), ({"a": 3, "y": 1}, 0.2)]


@pytest.mark.parametrize("source", [3, "results.csv", [1, 2], object()])
def test_read_prior_results_refuses_anything_else(source):
    """The message says what can be given."""
    with pytest.raises(TypeError, match="must be a fitted search, its `cv_results_`"):
        read(source)


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("results.csv", "read the file first"),
        ([{"C": 1.0}], r"each row as a tuple \(params, score\)"),
        ([SimpleNamespace(folds=())], "give the search whose `trials_`"),
        (SVC(), "Got SVC instead; an unfitted search has no"),
        (SimpleNamespace(), "Got SimpleNamespace instead.$"),
        (True, "Got bool instead.$"),
        (iter([({"C": 1.0}, 0.5)]), r"write list\(...\)"),
        ([SimpleNamespace(cv_results_={})] * 2, "give one search, or the"),
    ],
)
def test_read_prior_results_tells_holders_of_results_what_to_give(source, match):
    """The message names the results as the caller has them at hand."""
    with pytest.raises(TypeError, match=match):
        read(source)


def test_read_prior_results_refuses_a_table_without_scores():
    """Nothing can be learned from such a table."""
    with pytest.raises(ValueError, match="no column of test scores"):
        read({"params": []})


def test_read_prior_results_gives_values_of_the_space():
    """A table has floats where there is a None among ints, and numpy's scalars."""
    pandas = pytest.importorskip("pandas")
    space = parse_space({"depth": [None, 3, 5], "leaf": (1, 9, "uniform")})
    table = pandas.DataFrame(
        {"param_depth": [None, 3, 5], "param_leaf": [2, 4, 6]}
    ).assign(mean_test_score=[0.1, 0.2, 0.3])
    rows = read_prior_results(table, space, owner="Optimizer")
    assert rows == [
        ({"depth": None, "leaf": 2}, 0.1),
        ({"depth": 3, "leaf": 4}, 0.2),
        ({"depth": 5, "leaf": 6}, 0.3),
    ]
    assert {type(params["leaf"]) for params, _ in rows} == {int}
    assert {type(params["depth"]) for params, _ in rows} == {int, type(None)}


def test_read_prior_results_counts_many_reasons():
    """A warning does not grow with the table."""
    source = [({"C": 100.0 + i, "kernel": "rbf"}, 0.6) for i in range(1000)]
    source.append(({"C": 1.0, "kernel": "rbf"}, 0.6))
    with pytest.warns(UserWarning, match="and 997 other reasons") as caught:
        read_prior_results(source, SPACE, owner="Optimizer")
    assert len(str(caught[0].message)) < 500
    assert caught[0].filename == __file__


def test_read_prior_results_refuses_a_table_without_a_fitting_row():
    """The error has the reasons, and comes before the search."""
    source = [({"C": 100.0, "kernel": "rbf"}, 0.6), ({"kernel": "rbf"}, 0.6)]
    with pytest.raises(ValueError, match=r"Got 2 rows, none .* 'C' must be a number f"):
        read_prior_results(source, SPACE, owner="Optimizer")
    assert read_prior_results([], SPACE, owner="Optimizer") == []


CHOICES = {
    "scale": [StandardScaler(), StandardScaler(with_mean=False), "passthrough", None],
    "sizes": [(1, 2), (3,), [4]],
    "power": [None, 2, 0.5],
    "flag": [True, False],
    "word": ["None", "1", "rbf"],
    "C": (0.1, 10.0, "log-uniform"),
    "function": [np.log, len],
}


@pytest.mark.parametrize("seed", range(3))
def test_read_prior_results_reads_a_table_from_a_file(seed, tmp_path):
    """Texts of choices, of numbers and of tuples are looked up in the space."""
    pandas = pytest.importorskip("pandas")
    space = parse_space(CHOICES)
    points = space.decode(space.sample(40, np.random.default_rng(seed)))
    frame = pandas.DataFrame([{f"param_{k}": v for k, v in p.items()} for p in points])
    frame["params"] = points
    frame["mean_test_score"] = np.arange(40.0)
    frame.to_csv(tmp_path / "results.csv")
    # In another process the choices are other objects, at other addresses.
    anew = parse_space(CHOICES | {"scale": clone(CHOICES["scale"], safe=False)})
    rows = read_prior_results(
        pandas.read_csv(tmp_path / "results.csv"), anew, owner="Optimizer"
    )
    assert len(rows) == 40
    for (params, score), point, i in zip(rows, points, range(40), strict=True):
        assert score == i
        # The parser of some versions of pandas is off by the last bit.
        assert params.pop("C") == pytest.approx(point.pop("C"), rel=1e-12)
        assert {n: repr(v) for n, v in params.items()} == {
            n: repr(v) for n, v in point.items()
        }
        choices = anew.branches[0]["scale"].choices
        assert any(params["scale"] is choice for choice in choices)


def test_read_prior_results_reads_a_table_from_json():
    """The params have lists for tuples, and texts for what JSON does not know."""
    space = parse_space(CHOICES)
    (point,) = space.decode(space.sample(1, np.random.default_rng(0)))
    told = json.loads(json.dumps(point, default=repr))
    rows = read_prior_results(
        {"params": [told], "mean_test_score": [0.5]}, space, owner="Optimizer"
    )
    assert rows == [(space.canonical(point), 0.5)]


@pytest.mark.parametrize("cell", [None, np.nan, np.ma.masked, "NA"])
def test_read_prior_results_takes_empty_cells_for_none_or_nan(cell):
    """An empty cell is whichever of the two the space has."""
    pandas = pytest.importorskip("pandas")
    cell = pandas.NA if isinstance(cell, str) else cell
    space = parse_space({"a": [None, "x"], "b": [np.nan, 1.0]})
    table = {"param_a": [cell], "param_b": [cell], "mean_test_score": [0.5]}
    ((params, _),) = read_prior_results(table, space, owner="Optimizer")
    assert params["a"] is None
    assert np.isnan(params["b"])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"param_C": [1.0]}, "columns of equal length. Got 1 rows of 'param_C'"),
        ({"params": [{}]}, "columns of equal length. Got 1 rows of 'params'"),
        ({"mean_test_score": 0.5}, "one number a row as the score"),
        ({"mean_test_score": ["a", "b", "c"]}, "one number a row as the score"),
    ],
)
def test_read_prior_results_refuses_tables_that_are_none(change, match):
    """The message names the column at fault."""
    with pytest.raises(ValueError, match=match):
        read(cv_results() | change)


@pytest.mark.parametrize("score", ["abc", None])
def test_read_prior_results_takes_numbers_for_scores_of_pairs(score):
    """Scores are those that an optimizer is told."""
    with pytest.raises(TypeError, match="`prior_results` parameter of Optimizer must"):
        read([({"C": 1.0, "kernel": "rbf"}, score)])

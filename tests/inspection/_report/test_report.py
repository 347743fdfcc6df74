"""Is the report complete, correct, harmless and usable in a browser?"""

from __future__ import annotations

import html
import re
import time
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, RandomizedSearchCV
from sklearn.svm import SVC

from skbayes.inspection import search_report
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.inspection._report.browser import MISSING, browser
from tests.inspection.known_truth import NoisyClassifier, labelled
from tests.inspection.searches import twelve

needs_browser = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))

EVIL = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


class Instant(ClassifierMixin, BaseEstimator):
    """Scores at once by its parameters, and fails where it is told to."""

    def __init__(self, a=1.0, b=1.0, kind="plain"):
        self.a = a
        self.b = b
        self.kind = kind

    def fit(self, X, y):
        """Fail, or not."""
        if self.kind == "fails":
            raise RuntimeError(f"cannot fit {EVIL}")
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """The first class."""
        return np.full(len(X), self.classes_[0])

    def score(self, X, y):
        """A smooth function, and a little of the fold."""
        return -((np.log10(self.a) - 1) ** 2) - 0.1 * self.b + 0.001 * X[0, 0]


def fitted(search):
    """The search, fitted without its warnings."""
    X, y = labelled(40)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return search.fit(X, y)


def sampled(n_iter, **settings):
    """A random search over numbers and words, some of which fail."""
    space = {
        "a": np.logspace(-2, 3, 400).tolist(),
        "b": np.linspace(0, 2, 300).tolist(),
        "kind": ["plain", "fails", EVIL],
    }
    settings = {"cv": 2, "random_state": 0, **settings}
    return fitted(RandomSearchCV(Instant(), space, n_iter=n_iter, **settings))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of a search with failures and values that are HTML."""
    folder = tmp_path_factory.mktemp("report")
    return search_report(sampled(60), folder / "report.html")


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    """One browser for all tests."""
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


def column(driver, number):
    """Shown texts of a column of the table."""
    script = (
        "return [...document.querySelectorAll('#trials tbody tr')]"
        ".filter(r => !r.hidden).map(r => r.cells[arguments[0]].textContent)"
    )
    return driver.execute_script(script, number)


def click(driver, name):
    """Click the heading of a column."""
    for button in driver.find_elements("css selector", "#trials th button"):
        if button.text.strip() == name:
            driver.execute_script("arguments[0].scrollIntoView(false)", button)
            button.click()
            return
    raise AssertionError(name)


@needs_browser
def test_search_report_opens_without_errors_or_network(report, driver):
    """Nothing is fetched, nothing fails, every picture is shown."""
    driver.get(report.as_uri())
    assert driver.get_log("browser") == []
    names = driver.execute_script(
        "return performance.getEntriesByType('resource').map(e => e.name)"
    )
    assert all(name.startswith("data:") for name in names)
    widths = driver.execute_script(
        "return [...document.querySelectorAll('img.plot')].map(i => i.naturalWidth)"
    )
    assert len(widths) == 6
    assert min(widths) > 100
    wide = "return document.documentElement.scrollWidth > window.innerWidth"
    assert not driver.execute_script(wide)


@needs_browser
def test_search_report_shows_values_as_text(report, driver):
    """A value that is HTML is shown, in the table, the space and the failures."""
    driver.get(report.as_uri())
    assert driver.execute_script("return window.hacked") is None
    text = driver.find_element("tag name", "body").get_attribute("textContent")
    assert text.count(EVIL) > 3
    n_scripts = "return document.querySelectorAll('script, img[src=x]').length"
    assert driver.execute_script(n_scripts) == 1


@needs_browser
def test_search_report_has_a_table_sorted_by_a_click(report, driver):
    """Numbers sort as numbers, one way and the other; what is missing is last."""
    driver.get(report.as_uri())
    click(driver, "a")
    values = [float(v) for v in column(driver, 6)]
    assert values == sorted(values)
    click(driver, "a")
    values = [float(v) for v in column(driver, 6)]
    assert values == sorted(values, reverse=True)
    click(driver, "score")
    scores = column(driver, 1)
    n_missing = scores.count("–")
    assert 0 < n_missing < len(scores)
    assert scores[-n_missing:] == ["–"] * n_missing
    numbers = [float(s) for s in scores[:-n_missing]]
    assert numbers == sorted(numbers, reverse=True)
    click(driver, "kind")
    assert column(driver, 8) == sorted(column(driver, 8))


@needs_browser
def test_search_report_has_a_table_with_filters(report, driver):
    """Filters are words, all of which must occur, and how a candidate ended."""
    driver.get(report.as_uri())
    count = driver.find_element("id", "trials-count")
    assert count.text == "60 of 60 shown"
    entry = driver.find_element("id", "trials-filter")
    entry.send_keys("plain complete")
    kinds = column(driver, 8)
    assert set(kinds) == {"plain"}
    assert count.text == f"{len(kinds)} of 60 shown"
    entry.clear()
    entry.send_keys(" ")
    choice = "#trials-status option[value=failed]"
    driver.find_element("css selector", choice).click()
    assert set(column(driver, 3)) == {"failed"}
    entry.send_keys("no such word")
    assert count.text == "0 of 60 shown"


@needs_browser
def test_search_report_of_two_thousand_candidates_is_usable(tmp_path, driver):
    """Sorting and filtering take a moment, not seconds."""
    path = search_report(sampled(2000), tmp_path / "large.html")
    assert path.stat().st_size < 5e6
    driver.get(path.as_uri())
    assert len(column(driver, 0)) == 2000
    timed = """
        const start = performance.now();
        document.querySelector('#trials th:nth-child(7) button').click();
        document.body.offsetHeight;
        const middle = performance.now();
        const entry = document.getElementById('trials-filter');
        entry.value = 'plain';
        entry.dispatchEvent(new Event('input'));
        document.body.offsetHeight;
        return [middle - start, performance.now() - middle];
    """
    assert max(driver.execute_script(timed)) < 10_000
    assert set(column(driver, 8)) == {"plain"}
    assert driver.get_log("browser") == []


def test_search_report_says_what_came_out(report):
    """Every part is there, with the numbers of the search."""
    text = report.read_text()
    search = sampled(60)
    for heading in (
        "Result",
        "What was searched",
        "Plots",
        "Candidates",
        "Failures",
        "The chosen model again",
        "Versions",
    ):
        assert f"<h2>{heading}</h2>" in text
    assert f"{search.best_score_:.4g}" in text
    assert f"{search.optimism_corrected_score_:.4g}" in text
    assert "RandomSearchCV of Instant" in text
    n_failed = sum(f.error is not None for t in search.trials_ for f in t.folds)
    assert f"{n_failed} fits" in text
    assert not re.search(r"(src|href)=.http", text)


def test_search_report_shows_scoring_that_failed_as_a_cause(tmp_path):
    """The report shows the error of a score like the error of a fit."""
    text = search_report(twelve(), tmp_path / "r.html").read_text()
    assert "too many leaves for so few samples" in text


def test_search_report_shows_the_untuned_estimator_and_the_honest_score(tmp_path):
    grid = {"candidate": list(range(6))}
    search = GridSearchCV(NoisyClassifier(), grid, store_predictions=True)
    text = search_report(search.fit(*labelled(80)), tmp_path / "r.html").read_text()
    assert "bias-corrected" in text
    assert "95% confidence" in text
    assert "untuned estimator" in text
    assert "not among the candidates" not in text


def test_search_report_of_five_hundred_candidates_takes_seconds(tmp_path):
    """The bars for time and size have room for a machine that is busy."""
    search = sampled(500)
    start = time.process_time()
    path = search_report(search, tmp_path / "r.html")
    assert time.process_time() - start < 8
    assert path.stat().st_size < 5e6


@pytest.mark.parametrize(
    "search",
    [
        GridSearchCV(Instant(), {"a": [1.0]}),
        GridSearchCV(Instant(), {"a": [1.0], "kind": ["plain", EVIL]}),
        GridSearchCV(Instant(), {"kind": ["plain", "fails"]}),
        GridSearchCV(Instant(), {"a": [1.0, 10.0]}, refit=False),
        GridSearchCV(Instant(), {"a": [1.0, 10.0]}, refit=lambda results: 0),
        GridSearchCV(Instant(), [{"a": [1.0]}, {"a": [2.0], "b": [0.1, 1.0]}]),
        GridSearchCV(SVC(), {"C": [1, 2]}, scoring=["f1", "accuracy"], refit="f1"),
        RandomizedSearchCV(Instant(), {"a": [1.0, 10.0, 20.0]}, n_iter=2),
        BayesSearchCV(Instant(), {"a": (0.1, 9.0, "uniform")}, n_iter=6),
    ],
    ids=[
        "one candidate",
        "all equal",
        "all failed but one",
        "no refit",
        "callable",
        "branches",
        "several scores",
        "scikit-learn's",
        "bayes",
    ],
)
def test_search_report_takes_unusual_searches(tmp_path, search):
    """What cannot be shown is said in its place."""
    fitted(search)
    text = search_report(search, tmp_path / "r.html").read_text()
    assert "<h2>Candidates</h2>" in text
    assert "Traceback" not in re.sub(r"<details>.*?</details>", "", text, flags=re.S)


def test_search_report_refuses_bad_input(tmp_path):
    """The error says what to give instead."""
    search = GridSearchCV(SVC(), {"C": [1, 2]}, scoring=["f1", "accuracy"], refit=False)
    path = tmp_path / "r.html"
    with pytest.raises(NotFittedError, match="before search_report"):
        search_report(search, path)
    fitted(search)
    with pytest.raises(ValueError, match="Pass metric="):
        search_report(search, path)
    assert "<h2>Result" in search_report(search, path, metric="f1").read_text()
    with pytest.raises(FileNotFoundError, match="The `path` parameter"):
        search_report(search, tmp_path / "nowhere" / "r.html", metric="f1")
    with pytest.raises(TypeError, match="must be a fitted search"):
        search_report(SVC(), path)


def test_search_report_keeps_weights_groups_and_names_the_seed(tmp_path):
    """The code passes what `fit` was given, the settings list it and the seed."""
    X, y = load_iris(return_X_y=True)
    search = RandomSearchCV(
        RandomForestClassifier(3),
        {"max_depth": [1, 2]},
        n_iter=2,
        cv=GroupKFold(3),
        n_jobs=1,
        random_state=7,
        journal=tmp_path / "my.sqlite",
    ).fit(X, y, groups=np.arange(150) // 5, sample_weight=np.ones(150))
    page = search_report(search, tmp_path / "report.html").read_text("utf-8")
    text = html.unescape(page)
    assert "model.fit(X, y, sample_weight=sample_weight)" in text
    assert "# Found with random_state=7 of the search." in text
    assert "# Not seeded, so each fit differs a little: random_state." in text
    assert "# The search split by groups, which the model is not given." in text
    for name, value in {
        "random_state": "7",
        "n_jobs": "1",
        "journal": "my.sqlite",
        "passed to fit, for the estimator": "sample_weight",
        "passed to fit, for the splitter": "groups",
    }.items():
        assert re.search(f"<td>{name}</td><td>[^<]*{value}[^<]*</td>", text), name


def test_search_report_speaks_of_no_groups_where_none_were_given(tmp_path):
    """scikit-learn routes ``groups=None`` to every splitter."""
    X, y = load_iris(return_X_y=True)
    search = GridSearchCV(SVC(), {"C": [1, 2]}).fit(X, y)
    page = search_report(search, tmp_path / "report.html").read_text("utf-8")
    assert "for the splitter" not in page
    assert "split by" not in page


def test_search_report_advises_a_simpler_model_where_the_gain_is_noise(tmp_path):
    """A gain within its standard error is called noise; a clear gain is not."""
    X, y = load_iris(return_X_y=True)
    near = GridSearchCV(SVC(), {"C": [1.0, 1.05]}).fit(X, y)
    far = GridSearchCV(SVC(C=1e-4), {"C": [1e-4, 1.5]}, cv=3).fit(X, y)
    near.best_index_ = 1
    pages = [
        html.unescape(search_report(s, tmp_path / "report.html").read_text("utf-8"))
        for s in (near, far)
    ]
    assert "not above its standard error" in pages[0]
    assert "Simplest and BestIfBetter in skbayes.selection" in pages[0]
    assert "not above its standard error" not in pages[1]
    assert all("only data that the search never saw" in page for page in pages)


def test_trial_table_places_stopped_candidates(tmp_path):
    """What a race stopped is marked as an estimate, before what failed."""
    X, y = load_iris(return_X_y=True)
    space = {"C": list(np.logspace(-4, 3, 30))}
    search = RandomSearchCV(SVC(), space, n_iter=20, racing=True, random_state=0)
    search.fit(X, y)
    page = search_report(search, tmp_path / "report.html").read_text("utf-8")
    n_stopped = sum(trial.status == "stopped" for trial in search.trials_)
    assert n_stopped > 0
    assert page.count("estimated from the folds that were run") == n_stopped


def test_search_report_without_matplotlib_has_the_rest(tmp_path, monkeypatch):
    """Plots are an extra; the page says what to install."""
    search = sampled(10)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    text = search_report(search, tmp_path / "r.html").read_text()
    assert "pip install skbayes[plot]" in text
    assert "<h2>Candidates</h2>" in text

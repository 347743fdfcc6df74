"""Does a call in the words of another library say what to write here?"""

from __future__ import annotations

import inspect
import pickle

import pytest
from sklearn.base import clone
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.search._other_libraries import _ADVICE, _RENAMED

SEARCHES = (BayesSearchCV, RandomSearchCV, GridSearchCV)
SPACE = {"C": [1, 10]}

TOLD = [
    (BayesSearchCV, {"search_spaces": SPACE}, "write param_distributions={...}."),
    (GridSearchCV, {"search_spaces": SPACE}, "write param_grid={...}."),
    (GridSearchCV, {"param_distributions": SPACE}, "write param_grid={...}."),
    (RandomSearchCV, {"param_grid": SPACE}, "write param_distributions={...}."),
    (BayesSearchCV, {"n_points": 4}, "write n_jobs=4."),
    (BayesSearchCV, {"optimizer_kwargs": {}}, "only n_initial_points has a"),
    (BayesSearchCV, {"fit_params": {}}, "search.fit(X, y, **fit_params)."),
    (BayesSearchCV, {"callback": len}, "write callbacks=[...];"),
    (BayesSearchCV, {"n_trials": 30}, "write n_iter=30."),
    (BayesSearchCV, {"timeout": 60.0}, "write time_budget=60.0."),
    (BayesSearchCV, {"enable_pruning": True}, "write racing=True, which"),
    (BayesSearchCV, {"study": object()}, "write prior_results=["),
    (BayesSearchCV, {"storage": "sqlite:///a.db"}, "write journal='search.sqlite'."),
    (BayesSearchCV, {"max_resources": 3}, "write racing=True: losing"),
    (GridSearchCV, {"n_iter": 3}, "GridSearchCV tries every combination."),
    (
        RandomSearchCV,
        {"n_initial_points": 3},
        "write BayesSearchCV(n_initial_points=...)",
    ),
    (BayesSearchCV, {"n_itr": 3}, "Did you mean 'n_iter'?"),
]


@pytest.mark.parametrize(("make", "keywords", "advice"), TOLD)
def test_explain_unknown_keywords_says_what_to_write(make, keywords, advice):
    """The error names the keyword and what it is called here."""
    (name,) = keywords
    with pytest.raises(TypeError, match="got an unexpected keyword argument") as found:
        make(SVC(), **keywords)
    assert f"`{name}`:" in str(found.value)
    assert advice in str(found.value)


def test_explain_unknown_keywords_names_all():
    """Each keyword has a line; a function is named that translates a whole search."""
    with pytest.raises(TypeError, match="unexpected keyword arguments") as found:
        BayesSearchCV(
            SVC(), search_spaces=SPACE, n_points=2, n_itr=3, nothing_like_it=1
        )
    first, *lines = str(found.value).splitlines()
    assert first.endswith("'search_spaces', 'n_points', 'n_itr', 'nothing_like_it'.")
    starts = [line.partition(":")[0] for line in lines]
    assert starts[:3] == ["`search_spaces`", "`n_points`", "`n_itr`"]
    assert "skbayes.integrations.skopt.from_skopt(search)" in lines[-1]


@pytest.mark.parametrize("cls", SEARCHES)
def test_explain_unknown_keywords_has_advice_for_no_parameter_of_ours(cls):
    """No keyword of the tables is one that the search takes, unless of its sibling."""
    own = set(inspect.signature(cls).parameters)
    assert not own & set(_ADVICE)
    assert own & set(_RENAMED) <= {"param_distributions", "param_grid"}
    bayes = set(inspect.signature(BayesSearchCV).parameters) | {"param_grid"}
    assert set(_RENAMED.values()) <= bayes


@pytest.mark.parametrize("cls", SEARCHES)
def test_explain_unknown_keywords_keeps_the_contract_of_constructors(cls):
    """Signature, parameters, clones and pickles are those without the words."""
    search = cls(SVC(), SPACE)
    names = set(inspect.signature(cls.__init__).parameters) - {"self"}
    assert names == set(inspect.signature(cls).parameters)
    assert names == set(search.get_params(deep=False))
    for copied in (clone(search), pickle.loads(pickle.dumps(search))):
        assert repr(copied) == repr(search)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        cls(SVC())


@pytest.mark.parametrize("make", SEARCHES)
def test_explain_unknown_keywords_explains_a_third_position(make):
    """scikit-learn's searches take two arguments by position, and so do ours."""
    message = f"{make.__name__} takes estimator and param_.* by position, and got 3"
    with pytest.raises(TypeError, match=message):
        make(SVC(), SPACE, 30)


class Quicker(BayesSearchCV):
    """A search with a constructor of its own."""

    def __init__(self, estimator, param_distributions, *, n_trials=5):
        super().__init__(estimator, param_distributions, n_iter=n_trials)
        self.n_trials = n_trials


def test_explain_unknown_keywords_lets_subclasses_take_them():
    """The words are those of the constructor that is called."""
    assert Quicker(SVC(), SPACE, n_trials=7).n_iter == 7


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("optimizer_results_", "`optimizer_`"),
        ("total_iterations", "`n_iter`"),
        ("study_", "export_to_optuna"),
        ("trials_dataframe", "`to_frame"),
        ("best_trial", r"`trials_\[best_index_\]`"),
        ("best_value", "`best_score_`"),
        ("best_params", "`best_params_`"),
        ("cv_results", "`cv_results_`"),
    ],
)
def test_advice_on_attribute_says_where_to_look(name, where):
    """The attributes are still missing, for `hasattr` as for `getattr`."""
    search = BayesSearchCV(SVC(), SPACE)
    assert not hasattr(search, name)
    with pytest.raises(AttributeError, match=where):
        getattr(search, name)

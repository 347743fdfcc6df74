"""Are the choices of a skrub plan searched, with their conditions and defaults?"""

from __future__ import annotations

import pickle

import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.integrations.skrub import search_choices

skrub = pytest.importorskip("skrub")

X, Y = load_iris(return_X_y=True, as_frame=True)


def plan():
    """A linear model with `C` or a tree with `depth`, behind one of three scalers."""
    C = skrub.choose_float(1e-3, 1e2, log=True, name="C")
    depth = skrub.choose_int(1, 5, name="depth")
    models = {
        "linear": LogisticRegression(C=C, max_iter=500),
        "tree": DecisionTreeClassifier(max_depth=depth, random_state=0),
    }
    scalers = [StandardScaler(), MinMaxScaler(), "passthrough"]
    return (
        skrub.X(X)
        .skb.apply(skrub.choose_from(scalers, name="scaler"))
        .skb.apply(skrub.choose_from(models, name="model"), y=skrub.y(Y))
    )


def fitted(search):
    """The plan's search, fitted."""
    choices = plan()
    return search_choices(choices, search).fit(choices.skb.get_data())


def bayes(**settings):
    """A short Bayesian search without estimator and space."""
    return BayesSearchCV(None, None, n_iter=8, cv=3, random_state=0, **settings)


@pytest.mark.parametrize(
    "search",
    [bayes(), RandomSearchCV(None, None, n_iter=8, cv=3, random_state=0)],
    ids=["bayes", "random"],
)
def test_search_choices_keeps_conditions(search):
    """Each candidate has the choices of its own model and no others."""
    table = fitted(search).results_
    linear = table["model"] == "linear"
    assert set(table["model"]) == {"linear", "tree"}
    assert (table["C"].notna() == linear).all()
    assert (table["depth"].notna() == ~linear).all()


def test_search_choices_tries_the_defaults_first():
    """The first candidate is the plan as it is without a search."""
    seen = []
    fitted(bayes(callbacks=[lambda progress: seen.append(progress.trial)]))
    learner = plan().skb.make_learner()
    defaults = learner.describe_params()
    assert learner.set_params(**seen[0].params).describe_params() == defaults


def test_search_choices_gives_the_best_learner():
    """The learner predicts, has the best row's choices, and survives a pickle."""
    search = fitted(bayes())
    best = search.results_.iloc[0].dropna().to_dict()
    assert best.pop("mean_test_score") == search.best_score_ > 0.9
    assert search.best_learner_.describe_params() == best
    assert search.predict({"X": X[:3]}).tolist() == [0, 0, 0]
    again = pickle.loads(pickle.dumps(search))
    assert again.predict({"X": X[:3]}).tolist() == [0, 0, 0]


def test_search_choices_leaves_plan_and_search_alone():
    """Neither is changed, so both may be used again."""
    choices, search = plan(), bayes()
    search_choices(choices, search).fit(choices.skb.get_data())
    values = choices.skb.make_learner().get_params().values()
    assert all(value is None for value in values if not hasattr(value, "skb"))
    assert search.estimator is None
    assert search.param_distributions is None


def test_search_choices_is_nested():
    """skrub's cross-validation of the search fits it in each outer fold."""
    choices = plan()
    search = search_choices(choices, bayes())
    scores = skrub.cross_validate(search, choices.skb.get_data(), cv=2)
    assert scores["test_score"].min() > 0.9


def test_search_choices_continues_a_journal(tmp_path):
    """A second run of the same plan finds all folds of the first one."""
    path = tmp_path / "search.sqlite"
    first = fitted(bayes(journal=path)).cv_results_
    again = fitted(bayes(journal=path)).cv_results_
    assert again["params"] == first["params"]
    assert again["mean_fit_time"].tolist() == first["mean_fit_time"].tolist()


def test_search_choices_tries_a_whole_grid():
    """A grid search tries each outcome of choices that have no range."""
    scaler = skrub.choose_from([StandardScaler(), MinMaxScaler()], name="scaler")
    model = LogisticRegression(max_iter=500)
    choices = skrub.X(X).skb.apply(scaler).skb.apply(model, y=skrub.y(Y))
    search = search_choices(choices, GridSearchCV(None, None, cv=3))
    search.fit(choices.skb.get_data())
    assert sorted(search.results_["scaler"]) == ["MinMaxScaler()", "StandardScaler()"]


def test_search_choices_refuses_what_is_no_plan():
    """An estimator is no plan, and the error shows one."""
    message = r"`plan` .* must be a DataOp of skrub, .* Got LogisticRegression instead"
    with pytest.raises(TypeError, match=message):
        search_choices(LogisticRegression(), bayes())


def test_search_choices_refuses_other_searches():
    """An estimator in place of the search is refused."""
    message = r"`search` .* BayesSearchCV\(None, None, n_iter=30\)\. Got Logistic"
    with pytest.raises(TypeError, match=message):
        search_choices(plan(), LogisticRegression())


@pytest.mark.parametrize(
    ("search", "name"),
    [
        (BayesSearchCV(LogisticRegression(), None), "estimator=LogisticRegression"),
        (BayesSearchCV(None, {"C": [1]}), "param_distributions={'C'"),
        (GridSearchCV(None, {"C": [1]}), "param_grid={'C'"),
    ],
)
def test_search_choices_refuses_a_space_of_the_search(search, name):
    """Estimator and space are the plan's; others would be lost without a word."""
    with pytest.raises(ValueError, match=f"from the plan. Got {name}"):
        search_choices(plan(), search)


def test_search_choices_refuses_a_plan_without_choices():
    """There is nothing to search."""
    model = skrub.X(X).skb.apply(DecisionTreeClassifier(), y=skrub.y(Y))
    with pytest.raises(ValueError, match="has no choices to search"):
        search_choices(model, bayes())

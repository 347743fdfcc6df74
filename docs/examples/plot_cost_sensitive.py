"""
A scorer of your own: what errors cost
======================================

A missed tumour is worse than a false alarm. The search minimises the cost of both
rather than counting errors, and tunes the class weights along with the model.
"""

# %%
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import confusion_matrix, make_scorer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes import BayesSearchCV
from skbayes.inspection import EffectDisplay

X, y = load_breast_cancer(return_X_y=True)
y = 1 - y  # 1 is a tumour


def cost(y_true, y_pred):
    """Cost of errors for a hundred patients: 10 for a miss, 1 for a false alarm."""
    (_, false_alarms), (misses, _) = confusion_matrix(y_true, y_pred)
    return 100 * (10 * misses + false_alarms) / len(y_true)


scorer = make_scorer(cost, greater_is_better=False)
pipeline = make_pipeline(StandardScaler(), SVC())
untuned = -cross_val_score(pipeline, X, y, cv=5, scoring=scorer).mean()
search = BayesSearchCV(
    pipeline,
    {
        "svc__C": (1e-3, 1e3, "log-uniform"),
        "svc__gamma": (1e-5, 1e1, "log-uniform"),
        "svc__class_weight": [None, "balanced", {0: 1, 1: 5}, {0: 1, 1: 10}],
    },
    scoring=scorer,
    n_iter=25,
    cv=5,
    random_state=0,
)
search.fit(X, y)
print(f"untuned: {untuned:.1f}   tuned: {-search.best_score_:.1f}")
print("class weights of the winner:", search.best_params_["svc__class_weight"])

# %%
# The scores are negated costs: higher is better.

_ = EffectDisplay.from_search(search, random_state=0)

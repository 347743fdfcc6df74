"""
Racing: losing candidates get fewer folds
=========================================

The same random search of 40 candidates, with and without ``racing=True``. Both find the
same winner; racing runs less than half of the fits. Other libraries call this pruning.
"""

# %%
from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes import RandomSearchCV
from skbayes.inspection import ConvergenceDisplay, TimelineDisplay

X, y = load_breast_cancer(return_X_y=True)
space = {
    "svc__C": (1e-3, 1e4, "log-uniform"),
    "svc__gamma": (1e-6, 1e1, "log-uniform"),
}
plain = RandomSearchCV(
    make_pipeline(StandardScaler(), SVC()), space, n_iter=40, cv=5, random_state=0
).fit(X, y)
raced = RandomSearchCV(
    make_pipeline(StandardScaler(), SVC()),
    space,
    n_iter=40,
    cv=5,
    random_state=0,
    racing=True,
).fit(X, y)

n_fits = raced.cv_results_["n_splits_evaluated"].sum()
print(f"without racing: 200 fits, best {plain.best_score_:.4f}")
print(f"with racing:    {n_fits} fits, best {raced.best_score_:.4f}")
print("same winner:   ", plain.best_params_ == raced.best_params_)

# %%
# A stopped candidate has NaN as its mean, and its number of folds beside it: a mean
# over fewer folds cannot be compared with one over all.

table = raced.to_frame()
print(table[["status", "n_splits_evaluated", "mean_test_score"]].head(8))

# %%
# The best score over the number of fits:

_ = ConvergenceDisplay.from_search(raced)

# %%
# Which fold ran when:

_ = TimelineDisplay.from_search(raced)

"""
A simpler model at no visible loss
==================================

The scores of the best candidates differ by less than their errors. Among those that
cannot be told from the best, a rule for ``refit`` takes the simplest.
"""

# %%
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from skbayes import GridSearchCV
from skbayes.inspection import FoldScoresDisplay
from skbayes.selection import Simplest

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = DecisionTreeClassifier(random_state=0)
space = {"max_leaf_nodes": [2, 3, 4, 6, 8, 12, 16, 24, 32]}

best = GridSearchCV(model, space, cv=10).fit(X_train, y_train)
simple = GridSearchCV(model, space, cv=10, refit=Simplest("max_leaf_nodes"))
simple.fit(X_train, y_train)

for name, search in (("best", best), ("simplest", simple)):
    mean = search.cv_results_["mean_test_score"][search.best_index_]
    leaves = search.best_params_["max_leaf_nodes"]
    held_out = search.score(X_test, y_test)
    print(f"{name:9} {leaves:3} leaves   CV {mean:.3f}   held out {held_out:.3f}")

# %%
# The scores of the folds show the reason: the rows overlap.

_ = FoldScoresDisplay.from_search(best, n_top=9)

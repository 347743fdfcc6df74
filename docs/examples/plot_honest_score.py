"""
How good is the tuned model really?
===================================

Thirty candidates are tried on sixty samples, and the best of them is reported. That
score is too good. Three estimates of what the choice is worth are compared with the
score on plenty of new data, over several samples drawn from the same source.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import loguniform
from sklearn.datasets import make_classification
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes import RandomSearchCV
from skbayes.inspection import bias_corrected_score

X, y = make_classification(
    6000, n_features=12, n_informative=4, flip_y=0.2, random_state=0
)
new_X, new_y = X[1200:], y[1200:]
rows = []
for sample in range(15):
    part = slice(60 * sample, 60 * (sample + 1))
    search = RandomSearchCV(
        make_pipeline(StandardScaler(), SVC()),
        {"svc__C": loguniform(1e-2, 1e3), "svc__gamma": loguniform(1e-4, 1e1)},
        n_iter=30,
        cv=5,
        random_state=sample,
        store_predictions=True,
    ).fit(X[part], y[part])
    corrected = bias_corrected_score(search, random_state=0).estimate
    estimates = [search.best_score_, search.optimism_corrected_score_, corrected]
    rows.append(np.array(estimates) - search.score(new_X, new_y))
errors = np.array(rows)
names = ["best_score_", "optimism_corrected_score_", "bias_corrected_score"]
for name, error in zip(names, errors.mean(axis=0), strict=True):
    print(f"{name:26} is off by {error:+.3f} on average")

# %%
# Each dot is one sample, the bar the mean. Right of zero: too good.

figure, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
for place in range(len(names)):
    ax.plot(errors[:, place], np.full(len(errors), place), "o", alpha=0.4)
    ax.plot(errors[:, place].mean(), place, "k|", markersize=22, markeredgewidth=3)
ax.axvline(0, color="0.5", linestyle="--")
ax.set_yticks(range(len(names)), names)
ax.set(xlabel="estimate minus accuracy on new data", ylim=(2.5, -0.5))

# %%
# The page about the honest score describes what each correction includes, and when
# nested cross-validation is necessary.

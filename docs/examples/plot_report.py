"""
A report to send to somebody
============================

:func:`~skbayes.inspection.search_report` writes one HTML page with the gain over the
untuned estimator, the score to expect on new data, all plots, a table of all
candidates, failures, and the code that makes the best model again. The page needs no
network. Below is the page itself.
"""

# %%
import html
from pathlib import Path

from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes import BayesSearchCV
from skbayes.inspection import search_report

X, y = load_breast_cancer(return_X_y=True)
search = BayesSearchCV(
    make_pipeline(StandardScaler(), SVC(C=1.0, gamma=0.03)),
    {
        "svc__C": (1e-3, 1e4, "log-uniform"),
        "svc__gamma": (1e-6, 1e1, "log-uniform"),
        "svc__class_weight": [None, "balanced"],
    },
    n_iter=20,
    cv=3,
    random_state=0,
    store_predictions=True,
).fit(X, y)
path = search_report(search, "report.html")
print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


# %%
class Embedded:
    """Shows a page inside this one, as ``IPython.display.HTML`` does."""

    def __init__(self, path):
        self.page = html.escape(Path(path).read_text(encoding="utf-8"))

    def _repr_html_(self):
        return f'<iframe class="report" title="report" srcdoc="{self.page}"></iframe>'


Embedded(path)

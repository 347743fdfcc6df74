"""A journal of two searches, for readers of journals."""

from __future__ import annotations

import math
from pathlib import Path

from sklearn.svm import SVC

from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import identity_of

CLASSIFIERS = [SVC(C=3), SVC(C=4)]


def write_two_searches(path: Path) -> None:
    """Make a journal of two searches, the first one unfinished."""
    with Journal.open(path) as journal:
        first = journal.search(
            identity_of("a", 2),
            description={"estimator": "Pipeline(\n  SVC())", "scoring": "accuracy"},
            metrics=["auc", "acc"],
            codec=ParamsCodec({"clf": CLASSIFIERS}),
            n_candidates=10,
        )
        rows = [
            (Status.COMPLETE, {"C": 0.5, "clf": CLASSIFIERS[0]}, [0.25, 0.75]),
            (Status.COMPLETE, {"C": math.inf, "clf": CLASSIFIERS[1]}, [0.5, 0.75]),
            (Status.STOPPED, {"C": 2, "clf": "passthrough"}, [0.9]),
            (Status.FAILED, {"C": -1}, [0.9, math.nan]),
            (Status.FAILED, {"C": -2}, []),
        ]
        for index, (status, params, scores) in enumerate(rows):
            for k, auc in enumerate(scores):
                first.write(index, params, fold(k, auc))
            first.finish(index, params, status)
        first.write(9, {"C": 9}, fold(1, 0.95))
        second = journal.search(
            identity_of("b"), description={}, metrics=[], codec=ParamsCodec()
        )
        for k in range(3):
            second.write(0, {"alpha": (1, 2)}, FoldResult(k, {"score": float(k)}))
        second.finish(0, {"alpha": (1, 2)}, Status.COMPLETE)


def fold(k: int, auc: float) -> FoldResult:
    """Make a fold that has failed if its score is NaN."""
    return FoldResult(
        k,
        {"auc": auc, "acc": auc / 2},
        train_scores={"auc": 1.0, "acc": 1.0},
        fit_time=k + 1.0,
        score_time=0.5,
        n_test_samples=10,
        error="ValueError: boom" if math.isnan(auc) else None,
    )

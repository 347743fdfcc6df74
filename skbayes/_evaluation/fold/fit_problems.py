"""Warnings and failures of fits: the parent shows equal ones once, with a count.

A worker process would print each warning itself, once per worker; a process without
workers once per fit, because filters such as scikit-learn's show every convergence
warning. In threads warnings go where the user's filters send them: Python gathers
warnings per process, which would mix those of several threads.
"""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sklearn.exceptions import FitFailedWarning

from skbayes._evaluation.fold.failure_causes import common_cause, with_remedy
from skbayes._evaluation.fold.path_fold import run_segment
from skbayes._evaluation.packed_folds import folds_not_packed
from skbayes._protocol import FoldResult, Params, Trial
from skbayes._search_progress import SearchProgress
from skbayes._user_warnings import warn_user

#: A kind of warning: its category and its text.
Kind = tuple[type[Warning], str]


def run_fold_recording_warnings(
    *arguments: Any, is_new: Callable[[Kind], bool] | None = None
) -> FoldResult:
    """Call `run_segment` and add its warnings to the result, unless in a thread.

    The filters act first, so ignored warnings are not noted.

    Parameters
    ----------
    *arguments
        Arguments of `run_segment`.
    is_new : callable, default=None
        Returns whether a kind of warning is shown at once, as without a search; None
        shows none.
    """
    if threading.current_thread() is not threading.main_thread():
        return run_segment(*arguments)
    with _noted_warnings(is_new) as noted:
        result = run_segment(*arguments)
    return replace(result, warnings=tuple(noted)) if noted else result


@contextmanager
def _noted_warnings(
    is_new: Callable[[Kind], bool] | None,
) -> Iterator[dict[Kind, None]]:
    """Note the kinds of warnings in a block, and show the new ones."""
    noted: dict[Kind, None] = {}
    with warnings.catch_warnings():
        show = warnings.showwarning

        def note(
            message: Warning | str, category: type[Warning], *where: Any, **more: Any
        ) -> None:
            kind = (category, str(message))
            noted[kind] = None
            if is_new is not None and is_new(kind):
                show(message, category, *where, **more)

        warnings.showwarning = note
        try:
            yield noted
        finally:
            # `catch_warnings` restores it too, but not in every mode of Python 3.14.
            warnings.showwarning = show


class FitWarnings:
    """Shows the first warning of each kind when it occurs, and counts at the end.

    It is an observer of the search: the warnings of a worker are shown when its fold is
    returned. A fit in this process shows them at once, through `is_new`.
    """

    def __init__(self) -> None:
        self._shown: set[Kind] = set()

    def is_new(self, kind: Kind) -> bool:
        """Whether a kind of warning has not been shown yet; marks it as shown."""
        is_new = kind not in self._shown
        self._shown.add(kind)
        return is_new

    def on_fold(self, trial: int, params: Params, result: FoldResult) -> None:
        """Show the new warnings of a fold."""
        for category, text in result.warnings:
            if self.is_new((category, text)):
                warn_user(text, category)

    def on_trial(self, progress: SearchProgress) -> bool:
        """Do nothing; never ends the search."""
        return False

    def report(self, trials: Sequence[Trial]) -> None:
        """Show the number of fits for each kind that several fits have warned of."""
        # By identity, because candidates proposed twice share their folds.
        n_folds = sum({id(t.folds): len(t.folds) for t in trials}.values())
        rare = folds_not_packed(trials)
        counts = Counter(kind for fold in rare for kind in fold.warnings)
        for (category, text), count in counts.items():
            if count > 1:
                warn_user(f"{text}\n(warned of by {count} of {n_folds} fits)", category)


def report_failures(trials: Sequence[Trial], error_score: Any) -> None:
    """Warn about failed fits with scikit-learn's message, equal causes together.

    Raises
    ------
    ValueError
        If every fit of every candidate failed; the message begins with the cause if
        there is only one, and quotes the tracebacks.
    """
    if not any(fold.error is not None for fold in folds_not_packed(trials)):
        return
    errors = [fold.error for trial in trials for fold in trial.folds]
    failed = [error for error in errors if error is not None]
    details = "".join(
        f"\n{'-' * 80}\n{count} fits failed with the following error:\n{error}"
        for error, count in Counter(failed).items()
    )
    if len(failed) == len(errors):
        cause = common_cause(failed)
        head = "" if cause is None else f"{with_remedy(cause)}\n"
        raise ValueError(
            f"{head}\nAll the {len(errors)} fits failed.\n"
            "It is very likely that your model is misconfigured.\n"
            "You can try to debug the error by setting error_score='raise'.\n\n"
            f"Below are more details about the failures:{details}"
        )
    warn_user(
        f"\n{len(failed)} fits failed out of a total of {len(errors)}.\n"
        "The score on these train-test partitions for these parameters will be set to "
        f"{error_score}.\n"
        "If these failures are not expected, you can try to debug them by setting "
        "error_score='raise'.\n\n"
        f"Below are more details about the failures:{details}",
        FitFailedWarning,
    )

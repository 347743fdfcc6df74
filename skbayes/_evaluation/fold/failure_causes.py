"""The cause of a failure in one line, from its traceback, and a common remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable

from skbayes._short_text import cut

#: The error of a scorer that gives anything but a number.
NO_NUMBER = "`scoring` parameter must give a real number"
#: Characters at most of a cause in a table or at the head of a message.
_LONGEST = 300

#: The lines between the tracebacks of a chain of exceptions.
_LINKS = (
    "The above exception was the direct cause of the following exception:\n"
    "|During handling of the above exception, another exception occurred:\n"
)

#: The line of a traceback that names a MemoryError, or another library's own.
_OUT_OF_MEMORY = re.compile(r"^[\w.]*MemoryError\b", re.MULTILINE)

#: Remedies of common causes; the patterns match messages of scikit-learn >= 1.6.
_REMEDIES = {
    r"Input y contains (NaN|infinity)": "Leave out the samples without a target.",
    r"sample_weight contains": "Leave out the samples without a weight.",
    r"contains infinity": "Replace infinite values of X first: no imputer or scaler of "
    "scikit-learn accepts them.",
    r"contains NaN|missing values|NAType": "Put a SimpleImputer before the "
    "estimator, in a Pipeline, or take an estimator that accepts missing values.",
    r"could not convert string to float": "Encode columns of text first, with a "
    "OneHotEncoder in a ColumnTransformer.",
    r"Expected 2D array, got 1D array": "X must have a row for each sample and a "
    "column for each feature: write X.reshape(-1, 1) for a single feature.",
    r"requires y to be passed|required positional argument: 'y(_true)?'": "Pass the "
    "target: fit(X, y).",
    r"average='binary'": "For more than two classes name an average, as in "
    "scoring='f1_macro'.",
    r"continuous is not supported|a mix of .* and continuous": "The metric compares "
    "classes: for a target of numbers take another, as in "
    "scoring='neg_mean_squared_error'.",
    r"none of the following attributes: predict_proba": "The metric needs "
    "probabilities: take an estimator that gives them, or put it in a "
    "CalibratedClassifierCV.",
    r"multi_class must be in": "For more than two classes write "
    "scoring='roc_auc_ovr' or 'roc_auc_ovo'.",
    r"pos_label(=.* is not a valid label| is not specified)": "Say which label is the "
    "positive one: encode y as 0 and 1, or give the scorer a pos_label, as "
    "make_scorer(f1_score, pos_label=...) for 'f1'.",
    r"at least 2 classes|number of classes has to be greater than one": "A training "
    "part has one class only: where y has several, StratifiedKFold keeps all classes "
    "in every fold.",
    r"one class": "A test part has one class only: where y has several, "
    "StratifiedKFold keeps all classes in every fold.",
}


def cause_of(text: str, *, longest: int | None = _LONGEST) -> str:
    """Give the cause of a failure, in one line.

    Parameters
    ----------
    text : str
        A traceback, or a message without one.
    longest : int or None, default=300
        Longer causes are cut; None cuts none.

    Returns
    -------
    str
        Kind and message of the exception, with its notes. For a message without a
        traceback, its last line.
    """
    lines = _last_of_chain(text).strip().splitlines() or [""]
    frames = [i for i, line in enumerate(lines) if line.startswith("  File ")]
    if frames:
        # Below the last frame stand multi-line messages and notes: not only the last
        # line.
        # The message begins where the source of the last frame ends.
        after = range(frames[-1] + 1, len(lines))
        start = next((i for i in after if not lines[i].startswith(" ")), len(lines) - 1)
    else:
        start = len(lines) - 1
    cause = " ".join(" ".join(lines[start:]).split())
    return cause if longest is None else cut(cause, longest)


def _last_of_chain(text: str) -> str:
    """The traceback of the last error of a chain, without those of its causes."""
    return re.split(_LINKS, text)[-1]


def common_cause(texts: Iterable[str]) -> str | None:
    """Return the one cause of all failures; None if there are several.

    Causes may quote data, which differ between folds: numbers, lists in brackets, text
    that is no number. These parts are not compared.
    """
    causes = [cause_of(text, longest=None) for text in texts]
    return causes[0] if len(set(map(_without_data, causes))) == 1 else None


def _without_data(cause: str) -> str:
    """A cause without its quotes of the samples of a fold."""
    cause = re.sub(r"(convert string to float: ).*", r"\1#", cause)
    cause = re.sub(r"\[[^][]*\]", "[#]", cause)
    return re.sub(r"0x[0-9a-f]+|-?\d+(\.\d*)?(e[-+]?\d+)?", "#", cause)


def with_remedy(cause: str) -> str:
    """Append the remedy to a cause, if one is known; a long cause is cut."""
    shown = cut(cause, _LONGEST)
    for pattern, remedy in _REMEDIES.items():
        if re.search(pattern, cause):
            return f"{as_sentence(shown)} {remedy}"
    return shown


def as_sentence(text: str) -> str:
    """End a text with a full stop, before another sentence, if it has no other end."""
    return text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def is_out_of_memory(fit_error: str | None) -> bool:
    """Whether a traceback ends in a MemoryError, or in a library's own of that name."""
    return fit_error is not None and _OUT_OF_MEMORY.search(fit_error) is not None


def ends_fit_only(error: BaseException) -> bool:
    """Whether an error that is no `Exception` is a failure of the fit that raised it.

    Others are meant for the program, such as Ctrl-C or a cancelled task: they end the
    search.
    """
    # The panic of a library written in Rust. Each has a class of its own, which cannot
    # be imported.
    is_panic = type(error).__name__ == "PanicException"
    return is_panic or isinstance(error, SystemExit)

"""The identity of a search: everything its scores and its candidates depend on.

A fold is identified by everything that decides its score, a search by its folds and by
everything that decides its candidates. The parts are kept apart, so that a message can
name the part in which two searches differ.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.metrics import get_scorer

from skbayes._journal.content.content_digest import Content, ContentHasher
from skbayes._journal.content.leaves import array_leaf, leaf
from skbayes._journal.content.ownership import version_of
from skbayes._split_parts import as_indices

#: Raise the number when objects are read in another way: old entries are then ignored.
_FORMAT = "skbayes identity 2"
#: Packages of data types. Their versions have no effect on estimators.
_CARRIERS = frozenset({"joblib", "numpy", "pandas", "polars", "pyarrow", "scipy"})

#: Digests or texts by the name of a detail.
Details = dict[str, str]


@dataclass(frozen=True)
class SearchIdentity:
    """The identity of a search and its folds.

    Parameters
    ----------
    parts : dict of str to dict of str to str
        Everything that decides a candidate's score on a fold, besides both: data,
        estimator, code, scoring, fit parameters, versions, configuration. Each part has
        details by name.
    splits : tuple of str
        One digest for each fold: its indices.
    sequence : dict of str to str
        Everything that decides the candidates: kind of search, space, seed, initial
        parameters. No score depends on it.
    further_splits : tuple of str, default=()
        Digests of folds that only some candidates have. They identify no search.
    """

    parts: dict[str, Details]
    splits: tuple[str, ...]
    sequence: Details
    further_splits: tuple[str, ...] = ()

    @property
    def evaluation_key(self) -> str:
        """64 hex digits, equal for all searches that may share folds."""
        return _key(self.parts)

    @property
    def search_key(self) -> str:
        """64 hex digits, equal for the same search in every process."""
        return _key([self.evaluation_key, self.splits, self.sequence])


@dataclass(frozen=True)
class Evaluated:
    """Estimator, data and scoring of a search.

    Parameters
    ----------
    estimator : estimator
        The estimator to search over. Its fitted attributes do not count, nor do
        parameters that are known to change no score.
    scoring : str, callable, list, dict or None
        As given.
    X, y : data
        Every value counts, as do feature names and the index of a data frame.
    splits : sequence of (train, test)
        Indices of every split, so that every shuffling counts.
    fit_params, score_params : mapping
        Other arguments of fits and scorers, such as ``sample_weight``.
    further_splits : sequence of (train, test)
        Indices of folds that only some candidates have.
    """

    estimator: Any
    scoring: Any
    X: Any
    y: Any
    splits: Sequence[tuple[Any, Any]]
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    further_splits: Sequence[tuple[Any, Any]] = ()


def identify(
    evaluated: Evaluated, sequence: Mapping[str, Any], reader: ContentHasher
) -> SearchIdentity:
    """Compute the identity of a search.

    Parameters
    ----------
    evaluated : Evaluated
        Everything that decides the scores.
    sequence : mapping of str to object
        Everything that decides the candidates.
    reader : ContentHasher
        Computes the digests.

    Raises
    ------
    TypeError
        If one of them contains an object that cannot be compared, such as a lock.

    Notes
    -----
    Cost: about one second per gigabyte of data.
    """
    codes: list[Content] = []

    def values(value: Any, *, is_cloned: bool = False) -> str:
        content = reader.read(value, is_cloned=is_cloned)
        codes.append(content)
        return content.values.hex()

    estimator = {"parameters": values(evaluated.estimator, is_cloned=True)}
    scoring = {
        name: values(scorer) for name, scorer in _scorers(evaluated.scoring).items()
    }
    versions = {package: version_of(package) for package in _packages(reader)}
    # Parts are read before `_packages`: the reader collects the packages on the way.
    parts = {
        "estimator": estimator | _requests(evaluated.estimator),
        "scoring": scoring,
        "fit parameters": {
            f"{name} of {where}": values(value)
            for where, given in (
                ("fit", evaluated.fit_params),
                ("score", evaluated.score_params),
            )
            for name, value in given.items()
        },
        "data": {"X": values(evaluated.X), "y": values(evaluated.y)},
        "versions": versions,
        "configuration": {"transform_output": str(get_config()["transform_output"])},
    }
    splits = (*evaluated.splits, *evaluated.further_splits)
    keys = _split_keys(splits, _n_samples(evaluated.X))
    n_splits = len(evaluated.splits)
    return SearchIdentity(
        parts=parts | {"code": _code(codes)},
        splits=keys[:n_splits],
        sequence={k: reader.read(v).digest.hex() for k, v in sequence.items()},
        further_splits=keys[n_splits:],
    )


def _key(content: Any) -> str:
    text = json.dumps([_FORMAT, content], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _code(contents: Sequence[Content]) -> Details:
    """Digests of the user's own code, of each name and of the whole."""
    codes = [content.code for content in contents if content.code.n_pieces]
    details = {"": leaf("code", [code.digest for code in codes]).hex()}
    for code in codes:
        details |= code.names
    return details


def _scorers(scoring: Any) -> Mapping[str, Any]:
    """Scorers by name; a name of scikit-learn's is replaced by its scorer."""
    if isinstance(scoring, list | tuple | set):
        scoring = {name: name for name in scoring}
    if not isinstance(scoring, Mapping):
        scoring = {"score": scoring}
    return {
        str(name): get_scorer(scorer) if isinstance(scorer, str) else scorer
        for name, scorer in scoring.items()
    }


def _requests(estimator: Any) -> Details:
    """The metadata requests of the estimator, if routing is enabled."""
    if not get_config()["enable_metadata_routing"]:
        return {}
    if not hasattr(estimator, "get_metadata_routing"):
        return {}
    return {"metadata requests": repr(estimator.get_metadata_routing())}


def _packages(reader: ContentHasher) -> list[str]:
    """Packages whose version decides the behaviour of estimator and scorers."""
    found = reader.packages - _CARRIERS - sys.stdlib_module_names
    return sorted(found | {"sklearn"})


def _n_samples(X: Any) -> int:
    shape = getattr(X, "shape", None)
    return int(shape[0]) if shape else len(X)


def _split_keys(splits: Sequence[tuple[Any, Any]], n_samples: int) -> tuple[str, ...]:
    """Digest of each split; equal splits are numbered, because each one is run."""
    seen: Counter[bytes] = Counter()
    keys: list[str] = []
    for train, test in splits:
        parts = [
            array_leaf(as_indices(part, n_samples).astype(np.int64))
            for part in (train, test)
        ]
        digest = leaf("split", parts)
        keys.append(leaf("split", [digest, str(seen[digest]).encode()]).hex())
        seen[digest] += 1
    return tuple(keys)

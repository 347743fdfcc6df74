"""Identifiers and tables of a journal's database."""

from __future__ import annotations

APPLICATION_ID = int.from_bytes(b"skby", "big")
#: Version of the tables. After an increase, older journals can only be read.
VERSION = 3
#: Older versions that become this one when they are written to: tables are added.
UPGRADED = frozenset({2})

TABLES = {
    "evaluations": """
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        parts TEXT NOT NULL         -- JSON: details by part, see SearchIdentity
    """,
    "splits": """
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE    -- digest of the indices
    """,
    "searches": """
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        evaluation_id INTEGER NOT NULL REFERENCES evaluations (id),
        splits TEXT NOT NULL,       -- JSON: ids of the folds' splits, in their order
        sequence TEXT NOT NULL,     -- JSON: details, see SearchIdentity
        description TEXT NOT NULL,  -- JSON: text by name
        n_candidates INTEGER,       -- as last asked for, where known
        metrics TEXT NOT NULL,      -- JSON: names, the one that decides first
        begun REAL NOT NULL         -- seconds since 1970, for people only
    """,
    "candidates": """
        id INTEGER PRIMARY KEY,
        evaluation_id INTEGER NOT NULL REFERENCES evaluations (id),
        key TEXT NOT NULL,          -- see ParamsCodec.score_key
        UNIQUE (evaluation_id, key)
    """,
    "trials": """
        id INTEGER PRIMARY KEY,
        search_id INTEGER NOT NULL REFERENCES searches (id),
        trial INTEGER NOT NULL,     -- number in the process that was first
        params_key TEXT NOT NULL,
        params TEXT NOT NULL,       -- JSON, see ParamsCodec
        candidate_id INTEGER NOT NULL REFERENCES candidates (id),
        status TEXT NOT NULL,
        UNIQUE (search_id, params_key)
    """,
    "folds": """
        candidate_id INTEGER NOT NULL REFERENCES candidates (id),
        split_id INTEGER NOT NULL REFERENCES splits (id),
        test_scores TEXT NOT NULL,  -- JSON: score by metric
        train_scores TEXT,
        fit_time REAL NOT NULL,
        score_time REAL NOT NULL,
        n_test_samples INTEGER NOT NULL,
        error TEXT,
        scoring_errors TEXT,        -- JSON: traceback by metric and part
        started REAL NOT NULL,      -- seconds since the search began
        worker TEXT NOT NULL,
        is_multimetric INTEGER NOT NULL,
        is_fatal INTEGER NOT NULL,
        predictions BLOB,           -- with probabilities, see predictions_codec
        response_method TEXT,       -- what made the predictions
        kept_for TEXT,              -- JSON: metric, whether with probabilities
        n_rounds INTEGER,           -- of boosting that stopped early
        written REAL NOT NULL,      -- seconds since 1970, for people only
        PRIMARY KEY (candidate_id, split_id)
    """,
    "drivers": """
        key TEXT PRIMARY KEY,       -- random; of one search that runs
        process TEXT NOT NULL,      -- JSON: see processes.Process
        beats INTEGER NOT NULL      -- grows as long as it lives
    """,
    "claims": """
        candidate_id INTEGER NOT NULL REFERENCES candidates (id),
        split_id INTEGER NOT NULL REFERENCES splits (id),
        driver TEXT NOT NULL,       -- key of the one that runs the fold
        PRIMARY KEY (candidate_id, split_id)
    """,
}
INDEXES = {"trials_by_number": "trials (search_id, trial)"}

#: Versions that can be read, with the tables they have.
TABLES_OF_VERSIONS = {
    1: {"searches", "trials", "folds"},
    2: TABLES.keys() - {"drivers", "claims"},
    VERSION: TABLES.keys(),
}

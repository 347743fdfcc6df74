"""Keep finished folds in an SQLite file, found again by what decides a score."""

"""Run a search: ask for candidates, hand out folds, tell the ended trials in order."""

"""Trying candidates: one fold, the workers, the loop, the table of results.

Nothing here knows what a search space or a surrogate is: the loop asks a
`Strategy` for candidates and tells it how they did.
"""

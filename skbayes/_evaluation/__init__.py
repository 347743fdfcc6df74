"""Evaluate candidates: one fold, the workers, the loop, the table of results.

Nothing here depends on search spaces or surrogates: the loop asks a `Strategy` for
candidates and passes the finished trials back to it.
"""

"""scikit-learn's own tests, run on this package's classes.

Nothing of scikit-learn's is copied: the suites are those its wheel ships, and a
pytest plugin puts our classes where its own would be, before anything is collected.
``python -m tests.conformance`` runs them all.
"""

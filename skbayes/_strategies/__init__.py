"""Strategies choose what to try next, through `ask` and `tell`.

`FixedCandidates` follows a sequence known beforehand (grid and random search),
`BayesStrategy` follows `Optimizer`, the Bayesian engine. Nothing here depends on
scikit-learn or joblib.
"""

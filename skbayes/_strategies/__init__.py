"""Ask and tell: what to try next, knowing what has been tried.

`FixedCandidates` follows a sequence known beforehand (grid and random search),
`BayesStrategy` follows `Optimizer`, the Bayesian engine. Nothing here knows of
scikit-learn or joblib.
"""

"""The Bayesian engine: from observations to the next point."""

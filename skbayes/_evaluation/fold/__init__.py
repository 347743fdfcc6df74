"""Fit and score one candidate on one fold."""

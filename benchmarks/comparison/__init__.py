"""Whole searches of seven libraries on twelve real pipelines, as a user runs them."""

"""Benchmarks: one question a script; see README.md."""

"""Digests of objects by their content, equal in every process."""

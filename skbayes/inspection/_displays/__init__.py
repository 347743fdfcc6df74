"""Plots of fitted searches."""

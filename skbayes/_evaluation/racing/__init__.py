"""Stop candidates that cannot win, and repeat those that may."""

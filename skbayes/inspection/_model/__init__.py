"""A model of a search's scores, for effects and importances."""

"""How good are the points a search finds? skbayes and its peers on the same tasks."""

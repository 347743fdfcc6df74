"""Who stands in scikit-learn's place: one module per cast of two classes.

Each defines `GridSearchCV` and `RandomizedSearchCV`. Where ours has another name it
is subclassed under scikit-learn's, because its tests look for the name in reprs,
in the ids of parametrised tests and in lists of names; nothing else is changed.
"""

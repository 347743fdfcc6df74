"""Search spaces: dimensions, and the space they span.

`Real`, `Integer` and `Categorical` describe the values of a parameter explicitly;
lists, tuples and scipy distributions describe them too. A space maps parameters to
points of the unit cube and back.
"""

from skbayes.space._lists import Categorical
from skbayes.space._ranges import Integer, Real

__all__ = ["Categorical", "Integer", "Real"]

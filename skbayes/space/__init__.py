"""What can be tried: dimensions, and the space they span.

`Real`, `Integer` and `Categorical` say explicitly what the values of a parameter
are; lists, tuples and scipy distributions say it as well. `parse_space` makes a
`Space` of any of them: parameters on one side, points of the unit cube on the other.
"""

from skbayes.space._branches import BRANCH, Column
from skbayes.space._choices import native
from skbayes.space._dimension import Dimension
from skbayes.space._grids import check_param_distributions, check_param_grid
from skbayes.space._lists import Categorical
from skbayes.space._parsing import parse_space
from skbayes.space._ranges import Integer, Real
from skbayes.space._space import Space

__all__ = [
    "BRANCH",
    "Categorical",
    "Column",
    "Dimension",
    "Integer",
    "Real",
    "Space",
    "check_param_distributions",
    "check_param_grid",
    "native",
    "parse_space",
]

"""What a search takes for a time."""

from __future__ import annotations

import numbers

from skbayes._compat import Interval


class Seconds(Interval):
    """A number > 0 that is no truth value: one second is not what ``True`` means."""

    def __init__(self):
        super().__init__(numbers.Real, 0, None, closed="neither")

    def is_satisfied_by(self, val):
        """Whether a value is a time."""
        return not isinstance(val, bool) and super().is_satisfied_by(val)

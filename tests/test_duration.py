"""Is a number of seconds told in the unit that people would use?"""

from __future__ import annotations

import pytest

from skbayes._duration import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.00123456, "0.00123 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (360000, "100 h"),
    ],
)
def test_duration_changes_its_unit_at_two_of_the_next(seconds, text):
    """A duration has three digits."""
    assert duration(seconds) == text

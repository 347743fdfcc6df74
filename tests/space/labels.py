"""Names of test cases that are the same in every process."""

from __future__ import annotations

import re


def label(value: object) -> str:
    """`repr` without addresses, which differ between the processes of a test run."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))

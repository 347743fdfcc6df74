"""Names of cases of parametrized tests: equal in every process that collects them."""

import re


def printed(value):
    """The repr of a value without the address of an object."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))

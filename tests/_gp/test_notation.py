"""Is the notation table true of the code?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import skbayes._gp

PACKAGE = Path(skbayes._gp.__file__).parent
SYMBOLS = re.findall(r"^``(\w+)``", skbayes._gp.__doc__, flags=re.MULTILINE)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_symbol_of_the_table_is_used(symbol):
    """Every symbol of the table is a name in some module of the package."""
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in PACKAGE.glob("[a-z]*.py")
    )
    assert re.search(rf"\b{symbol}\b", code)


def test_table_is_found():
    """The table has the symbols that everything else is made of."""
    assert {"U", "Linv", "alpha", "V"} <= set(SYMBOLS)

"""Where journals of tests are."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path) -> Path:
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"

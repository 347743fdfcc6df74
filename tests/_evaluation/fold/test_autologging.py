"""Is MLflow's autologging off in a block, and on again after it?

MLflow itself and several threads are in the tests of the integration.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress

import pytest

from skbayes._evaluation.fold.autologging import without_autologging


class Switch:
    """Stands for MLflow's module."""

    def __init__(self):
        self.log = []

    @contextmanager
    def disable_autologging(self):
        """Note when it is off."""
        self.log.append("off")
        try:
            yield
        finally:
            self.log.append("on")


@pytest.fixture
def switch(monkeypatch):
    """MLflow's module, as if it had been imported."""
    switch = Switch()
    monkeypatch.setitem(sys.modules, "mlflow.utils.autologging_utils", switch)
    return switch


def test_without_autologging_within_itself_switches_once(switch):
    """The switch may be nested: a fold of a search may be a search."""
    for _ in range(2):
        with without_autologging():
            with without_autologging():
                pass
            assert switch.log[-1] == "off"
    assert switch.log == ["off", "on"] * 2


def test_without_autologging_is_over_after_an_error(switch):
    """An interrupted search leaves MLflow as it was."""
    with suppress(KeyboardInterrupt), without_autologging():
        raise KeyboardInterrupt
    assert switch.log == ["off", "on"]


def test_without_autologging_does_not_import_mlflow(monkeypatch):
    """There is nothing to switch off where MLflow was not imported."""
    monkeypatch.delitem(sys.modules, "mlflow.utils.autologging_utils", raising=False)
    with without_autologging():
        assert "mlflow.utils.autologging_utils" not in sys.modules

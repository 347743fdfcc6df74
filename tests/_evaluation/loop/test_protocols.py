"""Are errors of callbacks and of the journal known as such?"""

from __future__ import annotations

import pytest

from skbayes._evaluation.loop.protocols import ObserverError, guarded, no_path


def test_guarded_returns_what_the_function_does():
    assert guarded(max, 2, 3) == 3
    assert guarded(no_path, {"x": 1}) is None


def test_guarded_wraps_errors():
    """The error itself is the cause."""
    with pytest.raises(ObserverError, match="invalid literal") as caught:
        guarded(int, "x")
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_guarded_lets_what_is_no_error_through(kind):
    """Ctrl-C is no error of an observer."""

    def interrupt():
        raise kind("now")

    with pytest.raises(kind, match="now"):
        guarded(interrupt)

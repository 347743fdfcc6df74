"""Does a message say where a value stands, and do several messages come at once?"""

from __future__ import annotations

import pytest

from skbayes.space._place import Place, raise_together

PLACE = Place("GridSearchCV", "param_grid", "C")


def test_place_refusal_names_the_value_and_its_place():
    """The refusal ends with advice, if there is any."""
    text = (
        "The value of 'C' in the `param_grid` parameter of GridSearchCV must be a list."
        " Got '1' instead."
    )
    assert PLACE.refusal("be a list", "1") == text
    assert PLACE.refusal("be a list", "1", "Write [1].") == f"{text} Write [1]."


def test_raise_together_raises_nothing_and_a_single_error_itself():
    """A single error keeps its type and traceback."""
    raise_together([])
    error = KeyError("k")
    with pytest.raises(KeyError, match="k") as caught:
        raise_together([error])
    assert caught.value is error


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        ([TypeError, TypeError], TypeError),
        ([TypeError, ValueError], ValueError),
        ([ValueError, TypeError], ValueError),
    ],
)
def test_raise_together_has_all_messages(kinds, kind):
    """The error is a TypeError only if all are; the first one is the cause."""
    errors = [of(f"message {i}") for i, of in enumerate(kinds)]
    with pytest.raises(kind, match=r"^message 0\nmessage 1$") as caught:
        raise_together(errors)
    assert type(caught.value) is kind
    assert caught.value.__cause__ is errors[0]

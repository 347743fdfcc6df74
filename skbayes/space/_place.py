"""The place of a value in the user's code, for messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """The place of a value in the user's code.

    Parameters
    ----------
    owner : str
        The class, such as "BayesSearchCV".
    parameter : str
        The class's parameter, such as "param_distributions".
    name : str
        The searched parameter, such as "C".
    """

    owner: str
    parameter: str
    name: str

    def refusal(self, must: str, value: Any, advice: str = "") -> str:
        """The error message: what the value must be, what it is, what to write."""
        text = (
            f"The value of {self.name!r} in the `{self.parameter}` parameter of"
            f" {self.owner} must {must}. Got {value!r} instead."
        )
        return f"{text} {advice}" if advice else text


def raise_together(errors: Sequence[ValueError | TypeError]) -> None:
    """Raise one error with all messages, so that the user can mend them at once."""
    if not errors:
        return
    if len(errors) == 1:
        raise errors[0]
    is_type = all(isinstance(error, TypeError) for error in errors)
    kind = TypeError if is_type else ValueError
    raise kind("\n".join(map(str, errors))) from errors[0]

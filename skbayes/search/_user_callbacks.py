"""The user's `callbacks`, as the loop's observers."""

from __future__ import annotations

import numpy as np


class CallbackObserver:
    """Calls the user's callables after each trial.

    Parameters
    ----------
    callbacks : sequence of callable
        Each is given a `SearchProgress`; one that returns True ends the search.
    owner : str
        Name of the search's class, for messages.
    """

    def __init__(self, callbacks, owner):
        self._callbacks = callbacks
        self._owner = owner

    def on_fold(self, trial, params, result):
        """Callbacks are about trials."""

    def on_trial(self, progress):
        """Whether any callback wants to end the search; all are called."""
        answers = [self._call(each, each, progress) for each in self._callbacks]
        # A comparison of numpy's numbers gives its own kind of True.
        return any(isinstance(a, bool | np.bool_) and bool(a) for a in answers)

    def close(self):
        """Tell those that want to know that the search has ended.

        All are told; the first error one of them raises is returned.
        """
        first = None
        for callback in self._callbacks:
            if hasattr(callback, "on_search_end"):
                try:
                    self._call(callback, callback.on_search_end)
                except Exception as error:
                    first = first or error
        return first

    def _call(self, callback, function, *arguments):
        """Call; an error tells whose it is."""
        try:
            return function(*arguments)
        except Exception as error:
            error.add_note(
                f"Raised by {callback!r}, given in the `callbacks` parameter of "
                f"{self._owner}."
            )
            raise


def check_callbacks(callbacks, owner):
    """The callbacks as a list.

    Raises
    ------
    TypeError
        If one of them, or its `on_search_end`, is not callable.
    """
    for callback in callbacks or ():
        if not callable(callback) or isinstance(callback, type):
            raise TypeError(
                f"The `callbacks` parameter of {owner} must be a list of callables "
                f"that take a SearchProgress. Got {callback!r} in it instead."
            )
        hook = getattr(callback, "on_search_end", _no_hook)
        if not callable(hook):
            raise TypeError(
                f"The `callbacks` parameter of {owner} has {callback!r} in it, whose "
                "`on_search_end` must be a method that takes no arguments. Got "
                f"{hook!r} instead; leave it out if there is nothing to do."
            )
    return list(callbacks or ())


def _no_hook():
    """Stand for a hook that is not there."""

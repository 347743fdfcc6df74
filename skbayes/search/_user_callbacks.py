"""The user's `callbacks` as an observer of the loop."""

from __future__ import annotations

import numpy as np

from skbayes.search._call_check import why_not_called_with_one


class CallbackObserver:
    """Calls the user's callables after each trial.

    Parameters
    ----------
    callbacks : sequence of callable
        Each is called with a `SearchProgress`; one that returns True ends the search.
    owner : str
        Name of the search's class, for messages.
    """

    def __init__(self, callbacks, owner):
        self._callbacks = callbacks
        self._owner = owner

    def on_fold(self, trial, params, result):
        """Do nothing: callbacks are called for trials."""

    def on_trial(self, progress):
        """Call all callbacks; return whether any of them ends the search."""
        answers = [self._call(each, each, progress) for each in self._callbacks]
        # Only True ends the search, numpy's too; other return values may be accidental.
        return any(isinstance(a, bool | np.bool_) and bool(a) for a in answers)

    def close(self):
        """Call the `on_search_end` of each callback that has one.

        All are called; the first error is returned.
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
        """Call a function, and add a note about the callback to its error."""
        try:
            return function(*arguments)
        except Exception as error:
            error.add_note(
                f"Raised by {callback!r}, given in the `callbacks` parameter of "
                f"{self._owner}."
            )
            raise


def check_callbacks(callbacks, owner):
    """Check the callbacks and return them as a list.

    Raises
    ------
    TypeError
        If one of them, or its `on_search_end`, is not callable, or takes other
        arguments than one.
    """
    for callback in callbacks or ():
        if not callable(callback) or isinstance(callback, type):
            raise TypeError(
                f"The `callbacks` parameter of {owner} must be a list of callables "
                f"that take a SearchProgress. Got {callback!r} in it instead."
            )
        problem = why_not_called_with_one(callback)
        if problem is not None:
            raise TypeError(
                f"The `callbacks` parameter of {owner} must be a list of callables "
                f"that take one argument, a SearchProgress. Got {callback!r} in it, "
                f"{problem}."
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
    """The default for a missing `on_search_end`."""

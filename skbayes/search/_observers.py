"""The user's `callbacks`, as the loop's observers."""

from __future__ import annotations


class CallbackObserver:
    """Calls the user's callables after each trial.

    Parameters
    ----------
    callbacks : sequence of callable
        Each is given a `SearchProgress`; one that returns True ends the search.
    """

    def __init__(self, callbacks):
        self._callbacks = callbacks

    def on_fold(self, trial, params, result):
        """Callbacks are about trials."""

    def on_trial(self, progress):
        """Whether any callback wants to end the search; all are called."""
        answers = [callback(progress) for callback in self._callbacks]
        return any(answer is True for answer in answers)

    def close(self):
        """Tell those that want to know that the search has ended."""
        for callback in self._callbacks:
            if hasattr(callback, "on_search_end"):
                callback.on_search_end()


def check_callbacks(callbacks, owner):
    """The callbacks as a list.

    Raises
    ------
    TypeError
        If one of them is not callable.
    """
    for callback in callbacks or ():
        if not callable(callback) or isinstance(callback, type):
            raise TypeError(
                f"The `callbacks` parameter of {owner} must be a list of callables "
                f"that take a SearchProgress. Got {callback!r} in it instead."
            )
    return list(callbacks or ())

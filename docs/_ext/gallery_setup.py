"""What every example of the gallery starts from."""

from __future__ import annotations

import warnings

from skbayes.exceptions import SearchSpaceEdgeWarning

_saved: list[warnings.catch_warnings] = []


def warnings_are_errors(gallery_conf, fname, when):
    """Make a warning in an example end the build; advice about ranges is shown."""
    if when == "before":
        _saved.append(warnings.catch_warnings())
        _saved[-1].__enter__()
        warnings.filterwarnings("error")
        warnings.filterwarnings("default", category=SearchSpaceEdgeWarning)
    elif _saved:
        _saved.pop().__exit__(None, None, None)

"""Switch off MLflow's autologging while folds are fitted.

``mlflow.autolog`` patches the classes of scikit-learn and of boosting libraries, and
logs every fit. In a search it would log one run for each fold, or write the
parameters of the first fold into the run that is open.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    contextmanager,
    nullcontext,
)
from threading import Lock
from typing import Any

_lock = Lock()
_n_inside = 0
_switched_off = ExitStack()


def without_autologging() -> AbstractContextManager[None]:
    """Switch MLflow's autologging off in a block, where MLflow has been imported."""
    module = sys.modules.get("mlflow.utils.autologging_utils")
    return nullcontext() if module is None else _switched_off_by(module)


@contextmanager
def _switched_off_by(module: Any) -> Iterator[None]:
    """Switch it off for all threads in such a block.

    MLflow has one switch per process, and the first thread to leave would turn it on
    again. Folds may run in threads, so the first in turns it off and the last out on.
    """
    global _n_inside
    with _lock:
        # Switched off by other code: that code switches it on again.
        is_off = getattr(module, "_AUTOLOGGING_GLOBALLY_DISABLED", False)
        if _n_inside == 0 and not is_off:
            _switched_off.enter_context(module.disable_autologging())
        _n_inside += 1
    try:
        yield
    finally:
        with _lock:
            _n_inside -= 1
            if _n_inside == 0:
                _switched_off.close()

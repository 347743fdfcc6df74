"""All tasks of the judge."""

from __future__ import annotations

from .tasks_conditional import CONDITIONAL
from .tasks_pipelines import PIPELINES
from .tasks_single import SINGLE
from .tasks_wide import WIDE

TASKS = SINGLE + PIPELINES + CONDITIONAL + WIDE

#: The tasks of each suite; the first is the one that runs unless another is named.
SUITES = {
    name: tuple(task for task in TASKS if task.suite == name)
    for name in ("standard", "wide")
}

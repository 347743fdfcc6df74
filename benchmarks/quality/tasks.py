"""All tasks of the judge."""

from __future__ import annotations

from .tasks_conditional import CONDITIONAL
from .tasks_pipelines import PIPELINES
from .tasks_single import SINGLE

TASKS = SINGLE + PIPELINES + CONDITIONAL

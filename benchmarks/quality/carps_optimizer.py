"""skbayes as an optimizer of CARP-S, which runs it on its tasks."""

from __future__ import annotations

from typing import Any

import numpy as np
from carps.optimizers.optimizer import Optimizer as CarpsOptimizer
from carps.utils.trials import StatusType, TrialInfo, TrialValue
from ConfigSpace import Configuration, ConfigurationSpace

from skbayes import Optimizer

from .carps_space import branches


class SkbayesOptimizer(CarpsOptimizer):
    """Suggestions of `skbayes.Optimizer` for tasks with one objective.

    Parameters
    ----------
    task : carps.utils.task.Task
    seed : int
        The same seed gives the same suggestions.
    loggers : list, default=None
        CARP-S's.
    expects_multiple_objectives, expects_fidelities : bool, default=False
        Must be False: neither is known.
    """

    def __init__(
        self,
        task: Any,
        seed: int,
        loggers: list[Any] | None = None,
        expects_multiple_objectives: bool = False,
        expects_fidelities: bool = False,
    ) -> None:
        if expects_multiple_objectives or task.output_space.n_objectives != 1:
            raise ValueError(
                f"The task has {task.output_space.n_objectives} objectives; "
                "SkbayesOptimizer finds the least of one. Use a task of the type "
                "blackbox."
            )
        if expects_fidelities or task.input_space.fidelity_space.is_multifidelity:
            raise ValueError(
                "The task has fidelities; SkbayesOptimizer evaluates in full. Use a "
                "task of the type blackbox."
            )
        super().__init__(task, loggers)
        self.seed = seed
        self.configspace: ConfigurationSpace = task.objective_function.configspace
        self.history: list[tuple[TrialInfo, TrialValue]] = []
        self._asked: dict[str, dict[str, Any]] = {}

    def _setup_optimizer(self) -> Optimizer:
        return Optimizer(
            self.convert_configspace(self.configspace),
            n_iter=self.task.optimization_resources.n_trials,
            random_state=self.seed,
        )

    def convert_configspace(self, configspace: ConfigurationSpace) -> Any:
        """The space, by its branches."""
        return branches(configspace)

    def convert_to_trial(self, params: dict[str, Any]) -> TrialInfo:
        """Parameters as a trial; they are kept, since ConfigSpace rounds them."""
        name = f"trial {len(self._asked)}"
        self._asked[name] = params
        config = Configuration(self.configspace, values=params)
        return TrialInfo(config=config, name=name)

    def ask(self) -> TrialInfo:
        """The next trial."""
        return self.convert_to_trial(self.solver.ask())

    def tell(self, trial_info: TrialInfo, trial_value: TrialValue) -> None:
        """Record the cost of a trial, NaN for one that did not succeed."""
        has_cost = trial_value.status == StatusType.SUCCESS
        score = -float(trial_value.cost) if has_cost else np.nan
        params = self._asked.get(trial_info.name, dict(trial_info.config))
        self.solver.tell(params, score)
        if has_cost:
            self.history.append((trial_info, trial_value))

    def get_current_incumbent(self) -> tuple[TrialInfo, TrialValue] | None:
        """The trial with the least cost so far, None without any."""
        return min(self.history, key=lambda pair: pair[1].cost, default=None)

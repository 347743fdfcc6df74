"""How does skbayes do on the black-box tasks of CARP-S, by its own rules?

    python -m benchmarks.quality.carps --data FOLDER --optimizers skbayes random tpe
    python -m benchmarks.quality.carps --report

FOLDER holds surrogates of YAHPO Gym, one folder a scenario (``model.onnx``,
``config_space.json``, ``encoding.json``); all tasks of the subsets "dev" and "test" are
run for which it has the data, with the trials that CARP-S gives them. Needs ``pip
install carps yahpo-gym onnxruntime``. Seeds differ between tasks. Expected: the lowest
regret after a quarter, half and all of the trials.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import types
import warnings
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402 - threads are pinned before it is loaded

from .machine import describe  # noqa: E402
from .run import own_seed  # noqa: E402

HERE = Path(__file__).parent
SHARES = (0.25, 0.5, 1.0)
#: Tasks are left out where less is between random search and the best cost.
LEAST_UNIT = 1e-4
#: Ours, and those of CARP-S: its files of settings.
OPTIMIZERS = {
    "skbayes": None,
    "random": "randomsearch/config",
    "tpe": "optuna/SO_TPE",
    "smac_bb": "smac20/blackbox",
    "smac_hpo": "smac20/hpo",
    "skopt": "scikit_optimize/BO",
    "cqr": "synetune/CQR",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of YAHPO's scenarios")
    parser.add_argument(
        "--optimizers", nargs="*", choices=list(OPTIMIZERS), default=["skbayes"]
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=HERE / "runs" / "carps.jsonl")
    parser.add_argument("--report", action="store_true", help="the table of the runs")
    parser.add_argument("--write", type=Path, help="write the runs to a JSON file")
    return parser.parse_args()


def task_files(data: Path) -> list[Path]:
    """The settings of CARP-S's black-box tasks whose scenario lies in the folder."""
    import carps

    folder = Path(carps.__file__).parent / "configs/task/subselection/blackbox"
    scenarios = [path.name for path in data.iterdir() if (path / "model.onnx").exists()]
    names = [f"*/subset_yahpo_{scenario}_*.yaml" for scenario in scenarios]
    return sorted(path for name in names for path in folder.glob(name))


def _settings(path: Path) -> Any:
    """A file of settings with those it begins with."""
    from omegaconf import OmegaConf

    own = OmegaConf.load(path)
    bases = [
        _settings(path.parent / f"{name}.yaml") for name in own.pop("defaults", [])
    ]
    return OmegaConf.merge(*bases, own)


def _encoded(self: Any, configuration: Mapping[str, Any]) -> tuple[Any, Any]:
    """What YAHPO's networks take; its own function needs a ConfigSpace before 1.0."""
    values = {k: v for k, v in dict(configuration).items() if v is not None}
    values |= self.constants
    categories = [n for n in self.config.cat_names if n not in self.config.drop_predict]
    codes = [self.encoding[name][values.get(name, "#na#")] for name in categories]
    numbers = [values.get(name, 0) for name in self.config.cont_names]
    return np.array([numbers], np.float32), np.array([codes], np.int32)


def _make(path: Path, data: Path, optimizer: str, seed: int) -> Any:
    import carps
    from hydra.utils import instantiate
    from omegaconf import OmegaConf

    settings = _settings(path)
    name = OPTIMIZERS[optimizer]
    if name is not None:
        folder = Path(carps.__file__).parent / "configs/optimizer"
        settings = OmegaConf.merge(settings, _settings(folder / f"{name}.yaml"))
    settings = OmegaConf.merge(settings, {"seed": seed, "outdir": "runs/carps"})
    settings.task.objective_function.yahpo_data_path = str(data)
    task = instantiate(settings.task)
    surrogate = task.objective_function._objective_function
    surrogate._config_to_xs = types.MethodType(_encoded, surrogate)
    if name is not None:
        return instantiate(settings.optimizer)(task=task)
    from .carps_optimizer import SkbayesOptimizer

    return SkbayesOptimizer(task, seed)


def _run(path: Path, data: Path, optimizer: str, seed: int) -> dict[str, Any]:
    """One run by CARP-S's own loop; costs are noted where they are computed."""
    made = _make(path, data, optimizer, seed)
    function = made.task.objective_function
    costs: list[float] = []
    evaluate = function._evaluate

    def noted(trial_info: Any) -> Any:
        value = evaluate(trial_info)
        costs.append(float(value.cost))
        return value

    function._evaluate = noted
    start = time.process_time()
    made.run()
    seconds = time.process_time() - start
    n_trials = made.task.optimization_resources.n_trials
    best = np.minimum.accumulate(costs)
    marks = [max(1, round(share * n_trials)) for share in SHARES]
    return {
        "best": [round(float(best[mark - 1]), 7) for mark in marks],
        "n": n_trials,
        "seconds": round(seconds / n_trials, 5),
    }


def run(arguments: argparse.Namespace) -> None:
    """All runs that the file does not hold yet."""
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    rows = read(arguments.out)
    done = {(r["optimizer"], r["task"], r["seed"]) for r in rows}
    for seed in range(arguments.seeds):
        for path in task_files(arguments.data):
            for optimizer in arguments.optimizers:
                task = f"{path.parent.name}/{path.stem.removeprefix('subset_yahpo_')}"
                key = {"optimizer": optimizer, "task": task, "seed": seed}
                if tuple(key.values()) in done:
                    continue
                row = key | _run(path, arguments.data, optimizer, own_seed(task, seed))
                with arguments.out.open("a") as lines:
                    lines.write(json.dumps(row) + "\n")
                print(*key.values(), row["best"], row["seconds"], flush=True)


def read(path: Path) -> list[dict[str, Any]]:
    """Runs of a file of lines."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def report(rows: list[dict[str, Any]]) -> str:
    """Regret of each optimizer, 1 for random search's median after a quarter.

    Only pairs of task and seed count that all optimizers have, and no tasks whose best
    score random search finds so soon.
    """
    by_pair: dict[tuple[str, int], dict[str, dict]] = defaultdict(dict)
    for row in rows:
        by_pair[row["task"], row["seed"]][row["optimizer"]] = row
    names = sorted({row["optimizer"] for row in rows})
    whole = [pair for pair in sorted(by_pair) if len(by_pair[pair]) == len(names)]
    pairs = []
    regrets = defaultdict(list)
    for task, seed in whole:
        runs = [row for row in rows if row["task"] == task]
        least = min(row["best"][-1] for row in runs)
        drawn = [row["best"][0] for row in runs if row["optimizer"] == "random"]
        unit = float(np.median(drawn)) - least if drawn else 0.0
        if unit <= LEAST_UNIT:
            continue
        pairs.append((task, seed))
        for name in names:
            best = np.array(by_pair[task, seed][name]["best"])
            regrets[name].append((best - least) / unit)
    if not pairs:
        return "No pairs of task and seed that all optimizers, and random, have."
    lines = [
        f"{len(pairs)} pairs of task and seed, {len({t for t, _ in pairs})} tasks; "
        f"{len(whole) - len(pairs)} pairs of tasks too easy are left out.",
        "",
        "| optimizer | regret at 1/4 | 1/2 | all | rank at the end | CPU s/trial |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    ends = np.array([[r[-1] for r in regrets[name]] for name in names])
    less = (ends[:, None] > ends[None] + 1e-9).sum(axis=1)
    equal = (np.abs(ends[:, None] - ends[None]) <= 1e-9).sum(axis=1)
    ranks = (1 + less + (equal - 1) / 2).mean(axis=1)
    for i in np.argsort(ranks):
        mean = " | ".join(f"{x:.3f}" for x in np.mean(regrets[names[i]], axis=0))
        seconds = [r["seconds"] for r in rows if r["optimizer"] == names[i]]
        lines.append(
            f"| {names[i]} | {mean} | {ranks[i]:.2f} | {np.median(seconds):.3f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run, print the table, or both."""
    warnings.simplefilter("ignore")
    arguments = _arguments()
    if arguments.data:
        run(arguments)
    if arguments.report:
        print(report(read(arguments.out)))
    if arguments.write:
        rows = read(arguments.out)
        lines = ",\n".join(json.dumps(row) for row in rows)
        head = json.dumps({"machine": describe(), "shares": SHARES}, indent=1)
        arguments.write.write_text(f'{head[:-2]},\n "runs": [\n{lines}\n]\n}}\n')


if __name__ == "__main__":
    main()

"""How many workers can one search use, and what do pending points cost it?

The real loop and the real engine run on a simulated cluster with a clock of its own:
fits take log-normal times of 30 s, one in a hundred takes ten times as long, one in a
thousand ends its worker, which comes back after a minute while the fold is run again.
The time the engine takes for its proposals passes on that clock too, as processor time,
so that nothing else on the machine counts. Compared are the asynchronous search, the
same engine in rounds that wait for all of their folds, and Optuna's TPE with its
constant liar where Optuna is installed. Printed are the busy share of the workers, the
proposals a second of processor time, the candidates pending at a proposal, and the
regret: how far the best candidate is from the optimum of a function of six parameters,
in standard deviations of a random candidate, for as many candidates. Expected: 90 %
busy with 1,000 workers; a regret with 32 pending points, which 88 workers have, within
1.3 of the sequential one. That ratio is one of means, with a bootstrap interval. The
function has a second optimum, in which a third of all searches end: which of the two
the median run found is a matter of luck, so that the interval of a ratio of medians is
wide. It is printed too, and that among the searches that found the first optimum.

Results are added to those that the file of `--json` has, so that kinds and numbers of
workers may be run one after another; `--table` prints the table of
`docs/howto/clusters.md` from a file.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import os
import sys
import time
from collections import deque
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np  # noqa: E402 - threads are pinned before it is loaded
from _report import write  # noqa: E402

from skbayes import Optimizer  # noqa: E402
from skbayes._evaluation.execution.executor import Outcome  # noqa: E402
from skbayes._evaluation.loop.concurrency import Concurrency  # noqa: E402
from skbayes._evaluation.loop.search_loop import SearchLoop  # noqa: E402
from skbayes._evaluation.loop.settings import LoopSettings  # noqa: E402
from skbayes._protocol import FoldResult  # noqa: E402
from skbayes._strategies.bayes import BayesStrategy  # noqa: E402

N_SPLITS = 5
SECONDS, SIGMA = 30.0, 0.5
P_STRAGGLER, P_DEATH, RESTART = 0.01, 0.001, 60.0
BAR, REGRET_BAR = 0.90, 1.3
#: Below it a search has found the first optimum; the second one is at .34.
FOUND = 0.1
SPACE = {f"x{i}": (0.0, 1.0, "uniform") for i in range(6)}

# Hartmann's function of six parameters, whose maximum is known.
_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)
OPTIMUM, SPREAD, NOISE = 3.32237, 0.38, 0.02


def value(params):
    """What a candidate is worth."""
    x = np.array([params[name] for name in SPACE])
    return float(_ALPHA @ np.exp(-(_A * (x - _P) ** 2).sum(axis=1)))


class Cluster:
    """Workers on a clock of their own, an executor to the loop.

    Parameters
    ----------
    n_workers : int
        Folds that run at once.
    seed : int
        Decides how long fits take, and which workers die.
    """

    n_elsewhere = 0
    batch_size = 1
    is_far = True

    def __init__(self, n_workers, seed):
        self.n_workers = n_workers
        self.now = 0.0
        self.finished = deque()
        self._spans = []
        self.n_deaths = 0
        self._rng = np.random.default_rng(seed)
        self._queue = deque()
        self._free = [0.0] * n_workers
        self._running = []
        self._n = 0
        self._wall = time.process_time()

    @property
    def n_waiting(self):
        """Folds handed over and not yet back."""
        return len(self._queue) + len(self._running)

    def _tick(self):
        """Let the time pass that the driver has been computing for."""
        wall = time.process_time()
        self.now += wall - self._wall
        self._wall = wall

    def submit(self, tasks):
        """Queue folds, each known from now on."""
        self._tick()
        self._queue.extend((self.now, task) for task in tasks)
        self._start()

    def _start(self):
        """Give what waits to the workers that are free first."""
        while self._queue and self._free:
            known, task = self._queue.popleft()
            began = max(known, heapq.heappop(self._free))
            seconds = self._rng.lognormal(math.log(SECONDS) - SIGMA**2 / 2, SIGMA)
            if self._rng.random() < P_STRAGGLER:
                seconds *= 10
            self._n += 1
            dies = self._rng.random() < P_DEATH
            if dies:
                seconds *= self._rng.random()
            end = began + seconds
            heapq.heappush(self._running, (end, self._n, began, dies, task))

    def wait(self):
        """Let time pass until a fold has ended."""
        self._tick()
        while self._running and not self.finished:
            self._end_first()
        while self._running and self._running[0][0] <= self.now:
            self._end_first()
        self._wall = time.process_time()

    def _end_first(self):
        end, _, began, dies, task = heapq.heappop(self._running)
        self.now = max(self.now, end)
        if dies:
            self.n_deaths += 1
            heapq.heappush(self._free, end + RESTART)
            self._queue.appendleft((end, task))
            self._start()
            return
        heapq.heappush(self._free, end)
        self._spans.append((began, end))
        self._start()
        score = value(task.params) + NOISE * self._rng.standard_normal()
        result = FoldResult(task.fold, {"score": score}, fit_time=end - began)
        self.finished.append(Outcome(task, result))

    def abort(self):
        """Forget what has not ended."""
        self._queue.clear()
        self._running.clear()

    def busy_share(self):
        """Time in fits over time of workers, until the last fit began."""
        begins, ends = np.array(self._spans).T
        until = begins.max()
        busy = np.minimum(ends, until) - begins
        return float(busy.sum() / (self.n_workers * until))


class TimedStrategy:
    """A strategy, and the processor time it takes for its proposals."""

    def __init__(self, strategy):
        self._strategy = strategy
        self.seconds = 0.0
        self.n_asked = 0
        self.n_pending = []

    def __getattr__(self, name):
        return getattr(self._strategy, name)

    def ask(self, n, pending=()):
        """Ask, and note how long it took and how many candidates were pending."""
        self.n_pending.append(len(pending))
        began = time.process_time()
        proposed = self._strategy.ask(n, pending)
        self.seconds += time.process_time() - began
        self.n_asked += len(proposed)
        return proposed


class OptunaStrategy:
    """Optuna's TPE; its constant liar accounts for pending trials."""

    def __init__(self, n_candidates, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(constant_liar=True, seed=seed)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self.n_candidates = n_candidates
        self._trials = []

    def ask(self, n, pending=()):
        """The next candidate; `pending` is what was asked for and not told."""
        if len(self._trials) >= self.n_candidates:
            return []
        trial = self._study.ask()
        self._trials.append(trial)
        return [{name: trial.suggest_float(name, 0.0, 1.0) for name in SPACE}]

    def tell(self, trial):
        """Tell of the mean score."""
        self._study.tell(self._trials[trial.index], float(trial.scores().mean()))


def run(kind, n_workers, n_candidates, seed):
    """One search: its busy share, proposals a second, and regret."""
    cluster = Cluster(n_workers, seed)
    if kind == "optuna":
        inner = OptunaStrategy(n_candidates, seed)
    else:
        optimizer = Optimizer(SPACE, random_state=seed, n_iter=n_candidates)
        inner = BayesStrategy(optimizer, n_candidates)
    strategy = TimedStrategy(inner)
    concurrency = Concurrency(
        0, N_SPLITS, is_adaptive=True, in_order=False, is_far=False
    )
    if kind == "rounds":
        trials = in_rounds(strategy, cluster, n_candidates)
    else:
        settings = LoopSettings(
            n_splits=N_SPLITS,
            lag=concurrency.candidates(n_workers),
            in_order=False,
            max_batches=concurrency.batches(n_workers),
        )
        loop = SearchLoop(strategy, cluster, settings)
        trials = loop.run()
        if loop.interruption is not None:
            raise loop.interruption
    return {
        "busy_share": cluster.busy_share(),
        "pending": float(np.median(strategy.n_pending)),
        "proposals_per_second": strategy.n_asked / max(strategy.seconds, 1e-9),
        "regret": (OPTIMUM - max(value(t.params) for t in trials)) / SPREAD,
        "hours": cluster.now / 3600,
        "deaths": cluster.n_deaths,
    }


def in_rounds(strategy, cluster, n_candidates):
    """As many candidates as there are workers for; then all of them are waited for."""
    size = max(1, cluster.n_workers // N_SPLITS)
    trials = []
    while len(trials) < n_candidates:
        n_now = min(size, n_candidates - len(trials))
        once = SearchLoop(
            _Round(strategy, n_now, len(trials)),
            cluster,
            LoopSettings(n_splits=N_SPLITS, max_batches=n_now * N_SPLITS),
        )
        trials += once.run()
    return trials


class _Round:
    """Part of a strategy's candidates, proposed before any of them is told."""

    def __init__(self, strategy, n_candidates, first):
        self.n_candidates = n_candidates
        self._strategy = strategy
        self._first = first
        self._asked = 0

    def ask(self, n, pending=()):
        """The next one, the others of the round pending."""
        from dataclasses import replace

        if self._asked == self.n_candidates:
            return []
        self._asked += 1
        moved = [replace(t, index=t.index + self._first) for t in pending]
        return self._strategy.ask(1, moved)

    def tell(self, trial):
        """Tell the strategy, by the number the trial has there."""
        from dataclasses import replace

        self._strategy.tell(replace(trial, index=trial.index + self._first))


KINDS = {
    "ours": "asynchronous",
    "rounds": "in rounds",
    "optuna": "Optuna, constant liar",
}


def medians_of(runs):
    """Median of each number that all runs have."""
    names = set.intersection(*(set(run) for run in runs))
    return {n: float(np.median([r[n] for r in runs])) for n in runs[0] if n in names}


def key_of(kind, n_workers, n_candidates):
    """Name of a measurement in the file."""
    return f"{kind}, {n_workers} workers, {n_candidates} candidates"


def regret_ratio(many, one, middle):
    """Ratio of two means or medians of regret, with its 95 % bootstrap interval."""
    rng = np.random.default_rng(0)
    drawn = [middle(rng.choice(x, (10_000, len(x))), axis=1) for x in (many, one)]
    low, high = np.quantile(drawn[0] / drawn[1], [0.025, 0.975])
    ratio = float(middle(many) / middle(one))
    return {"ratio": ratio, "interval_95": [float(low), float(high)]}


def regrets(runs):
    """The regrets of all runs, and of those that have found the first optimum."""
    found = np.array([run["regret"] for run in runs])
    return found, found[found < FOUND]


def ratios_in(results):
    """Ratios of 88 workers to one, by what they are of."""
    many, one = (results.get(key_of("ours", n, 200)) for n in (88, 1))
    if not many or not one:
        return {}
    (all_many, found_many), (all_one, found_one) = regrets(many), regrets(one)
    ratios = {
        "means": regret_ratio(all_many, all_one, np.mean),
        "medians": regret_ratio(all_many, all_one, np.median),
    }
    if len(found_many) and len(found_one):
        near = regret_ratio(found_many, found_one, np.median)
        ratios["medians near the optimum"] = near
    return ratios


def print_ratios(ratios):
    """Print how much more regret 32 pending points leave."""
    for of, ratio in ratios.items():
        low, high = ratio["interval_95"]
        print(
            f"regret with 88 workers over that with one, {of}: {ratio['ratio']:.2f} "
            f"(95 % interval {low:.2f} to {high:.2f})"
        )


def print_table(results):
    """The table of the page, one row a measurement of 200 candidates or more."""
    names = [
        "search",
        "workers",
        "candidates",
        "pending",
        "busy",
        "hours",
        "regret",
        "found",
    ]
    print(f"| {' | '.join(names)} |")
    print(f"|{' --- |' * len(names)}")
    rows = []
    for key, runs in results.items():
        kind, workers, candidates = (part.split(" ")[0] for part in key.split(", "))
        rows.append((list(KINDS).index(kind), int(workers), int(candidates), runs))
    for kind, workers, candidates, runs in sorted(rows, key=lambda row: row[:3]):
        told = medians_of(runs)
        pending = f"{told['pending']:.0f}" if "pending" in told else ""
        found = regrets(runs)[1]
        cells = [
            list(KINDS.values())[kind],
            f"{workers:,}",
            f"{candidates}",
            pending,
            f"{100 * told['busy_share']:.0f} %",
            f"{told['hours']:.2g}",
            f"{told['regret']:.4f}".lstrip("0"),
            f"{len(found)} of {len(runs)}",
        ]
        print(f"| {' | '.join(cells)} |")


def main():
    """Measure, print, and say by the exit status whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--workers", type=int, nargs="*", default=[1, 8, 32, 88, 160, 1000]
    )
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rounds-per-worker", type=float, default=4.0)
    parser.add_argument("--json", metavar="PATH", help="file that results are added to")
    parser.add_argument("--table", metavar="PATH", help="print a file, measure nothing")
    arguments = parser.parse_args()
    if arguments.table:
        results = json.loads(Path(arguments.table).read_text())["results"]
        print_table(results)
        print_ratios(ratios_in(results))
        return 0
    results, measured = {}, {}
    if arguments.json and Path(arguments.json).exists():
        results = json.loads(Path(arguments.json).read_text())["results"]
    for kind in arguments.kinds:
        for n_workers in arguments.workers:
            # With many workers, enough candidates that they are busy for a while.
            many = int(arguments.rounds_per_worker * n_workers / N_SPLITS)
            n_candidates = max(arguments.candidates, many)
            n_seeds = (
                arguments.seeds if n_candidates <= 400 else min(3, arguments.seeds)
            )
            try:
                runs = [run(kind, n_workers, n_candidates, s) for s in range(n_seeds)]
            except ImportError:
                print(f"{kind}: not installed")
                break
            key = key_of(kind, n_workers, n_candidates)
            results[key] = measured[key] = runs
            median = medians_of(runs)
            told = ", ".join(f"{name} {number:.3g}" for name, number in median.items())
            print(f"{kind}, {n_workers} workers, {n_candidates}: {told}", flush=True)
            write(arguments.json, __doc__.splitlines()[0], results)
    busy = [
        medians_of(runs)["busy_share"]
        for key, runs in measured.items()
        if key.startswith("ours, 1000 workers")
    ]
    ratios = ratios_in(measured)
    print_ratios(ratios)
    is_good = not ratios or ratios["means"]["ratio"] <= REGRET_BAR
    return 0 if is_good and all(share >= BAR for share in busy) else 1


if __name__ == "__main__":
    sys.exit(main())

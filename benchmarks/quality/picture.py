"""How far behind the best score known is each library after 20, 50 and 100 candidates?

Draws the table "Measured" of ``docs/comparison.md``, which `report` made, into the
picture of the first page: ``python -m benchmarks.quality.picture``. Expected: one line
below all others.
"""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[2]
MARKS = (20, 50, 100)
ROW = re.compile(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.M)


def read_regrets() -> dict[str, list[float]]:
    """Method -> mean regret at each of the marks."""
    text = (ROOT / "docs/comparison.md").read_text(encoding="utf-8")
    return {name: [float(x) for x in marks] for name, *marks in ROW.findall(text)}


def main() -> None:
    """Draw the picture."""
    figure, ax = plt.subplots(figsize=(5.6, 4), layout="constrained")
    ax.set_prop_cycle(color=["0.1", "#D55E00", "#E69F00", "#009E73", "0.6"])
    for name, regrets in read_regrets().items():
        is_ours = name.startswith("skbayes")
        style = {"linewidth": 3, "color": "#0072B2"} if is_ours else {"linewidth": 1.5}
        ax.plot(MARKS, regrets, marker="o", label=name, **style)
    ax.set(
        xlabel="candidates",
        ylabel="mean regret over 17 tasks (0: best known)",
        xticks=MARKS,
        ylim=(0, None),
    )
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(fontsize="small")
    figure.savefig(ROOT / "docs/_static/regret.png", dpi=110)


if __name__ == "__main__":
    main()

"""
The engine at work on one parameter
===================================

A Gaussian process is fitted to the scores so far. The next point is where the model
expects the largest improvement: where the mean is high, or little is known.
"""

# %%
# A function of one parameter stands for a cross-validated score. It is evaluated where
# :class:`~skbayes.Optimizer` proposes a point.

import matplotlib.pyplot as plt
import numpy as np

from skbayes import Optimizer


def score(x):
    """Two peaks; the right one is higher."""
    return float(np.exp(-((x - 2.2) ** 2)) + 0.7 * np.exp(-((x + 1.5) ** 2) / 1.5))


grid = np.linspace(-4, 4, 200)
optimizer = Optimizer({"x": (-4.0, 4.0, "uniform")}, random_state=0)
tried, asked = [], []

figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), sharey=True, layout="constrained")
for ax, n_evaluations in zip(axes, (5, 7, 10), strict=True):
    while len(tried) < n_evaluations:
        x = optimizer.ask()["x"]
        optimizer.tell({"x": x}, score(x))
        tried.append(x)
    model = optimizer.surrogate()
    median, half_width = model.predict([{"x": x} for x in grid])
    ax.plot(grid, [score(x) for x in grid], "k--", linewidth=1, label="score")
    low, high = median - 2 * half_width, median + 2 * half_width
    ax.plot(grid, median, label="model")
    ax.fill_between(grid, low, high, alpha=0.2, label="2 std")
    ax.plot(tried, [score(x) for x in tried], "ko", label="evaluated")
    ax.axvline(optimizer.ask()["x"], color="C1", label="next")
    ax.set(title=f"after {n_evaluations} evaluations", xlabel="x", ylim=(-0.6, 2.1))
axes[0].legend(fontsize="small", loc="upper left", ncols=3)

# %%
print(f"recommended: x = {optimizer.recommend()['x']:.2f} (the best is 2.20)")

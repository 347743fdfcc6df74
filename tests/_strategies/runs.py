"""A small mixed space, a score over it, and a loop of ask and tell."""

SPACE = {"x": (0.0, 1.0, "uniform"), "k": ["a", "b"], "n": (1, 9, "uniform")}


def score(params):
    bonus = 0.1 if params.get("k", "b") == "b" else 0.0
    return bonus - (params["x"] - 0.3) ** 2 - 0.01 * (params.get("n", 5) - 6) ** 2


def run(optimizer, n, f=score):
    asked = []
    for _ in range(n):
        asked.append(optimizer.ask())
        optimizer.tell(asked[-1], f(asked[-1]))
    return asked

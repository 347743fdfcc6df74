"""Names of the sources of ranges and first points, as printed spaces show them.

Quartiles are those of the best values over a study's data sets. A usual range has no
study behind it, and so no quartiles.
"""

from __future__ import annotations

PROBST = "Probst et al. 2019, best of 38 tasks"
WINNERS = "winners of auto-sklearn 0.15's searches"
BOTH = f"{PROBST}; {WINNERS}"
TABARENA = "TabArena 0.1"
PORTFOLIO = "AutoGluon's portfolio of 2025-12"
FLAML = "FLAML 2.7"
TPOT = "TPOT 1.1"
USUAL = "usual range"

"""Draw the Sobol indices of a search's parameters."""

from __future__ import annotations

import numpy as np

from skbayes.inspection._displays.matplotlib_axes import (
    clear_spines,
    open_axes,
    palette_of,
    put_legend_above,
)
from skbayes.inspection._labels import short_names
from skbayes.inspection._model.importances import param_importances

#: Half of an error bar, in standard deviations over the draws.
_N_STD = 2.0


class ImportanceDisplay:
    """Share of the score's variance due to each parameter.

    Make it with `from_search`, or from the result of `param_importances`.

    Parameters
    ----------
    importances : ParamImportances
        Importances to draw.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure drawn in.
    ax_ : matplotlib Axes
        The axes drawn in.
    total_bars_, first_order_bars_ : matplotlib BarContainer
        Total and first-order indices.

    See Also
    --------
    skbayes.inspection.param_importances : Compute the importances.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import ImportanceDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(
    ...     DecisionTreeClassifier(random_state=0),
    ...     {"max_depth": [1, 2, 3, 4], "splitter": ["best", "random"]},
    ... ).fit(X, y)
    >>> display = ImportanceDisplay.from_search(search, random_state=0)
    >>> display.importances.names
    ('max_depth', 'splitter')
    """

    def __init__(self, *, importances):
        self.importances = importances

    @classmethod
    def from_search(
        cls,
        search,
        *,
        n_draws=16,
        near_optimum=False,
        metric=None,
        random_state=None,
        ax=None,
    ):
        """Compute the importances of a fitted search and draw them.

        Parameters
        ----------
        search : fitted search
            A search of this package or of scikit-learn.
        n_draws : int, default=16
            Functions drawn from the posterior, from which uncertainty is estimated.
        near_optimum : bool or float, default=False
            Look only at the best share of the space; True is 0.1.
        metric : str, default=None
            Name of the score, if there are several and `refit` names none.
        random_state : int, RandomState or None, default=None
            Makes the result repeatable.
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        ImportanceDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the results carry no information, see `param_importances`.
        """
        importances = param_importances(
            search,
            n_draws=n_draws,
            near_optimum=near_optimum,
            metric=metric,
            random_state=random_state,
        )
        return cls(importances=importances).plot(ax=ax)

    def plot(self, *, ax=None):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw in; None makes a figure.

        Returns
        -------
        ImportanceDisplay
            The display itself.
        """
        names = self.importances.names
        height = 1.6 + 0.34 * len(names)
        self.figure_, self.ax_ = open_axes(ax, type(self).__name__, (7.0, height))
        places = np.arange(len(names))
        self._draw_bars(places, palette_of(self.ax_))
        self._draw_labels(places, palette_of(self.ax_))
        return self

    def _draw_bars(self, places, colours):
        """Draw the first-order index as a bar inside the total one, with error bars."""
        r = self.importances
        self.total_bars_ = self.ax_.barh(
            places,
            np.nan_to_num(r.total_mean),
            height=0.72,
            color=colours.main,
            alpha=0.35,
            label="with others",
        )
        self.first_order_bars_ = self.ax_.barh(
            places,
            np.nan_to_num(r.first_order_mean),
            height=0.4,
            color=colours.main,
            label="alone",
        )
        is_known = np.isfinite(r.total_mean)
        total, spread = r.total_mean[is_known], _N_STD * r.total_std[is_known]
        self.ax_.errorbar(
            total,
            places[is_known],
            xerr=[np.minimum(spread, total), np.minimum(spread, 1.0 - total)],
            fmt="none",
            ecolor=colours.text,
            elinewidth=1.2,
            capsize=3,
            label="uncertainty (2 std)",
        )

    def _draw_labels(self, places, colours):
        """Set the parameters' names, and notes beside conditional or fixed ones."""
        r = self.importances
        self.ax_.set_yticks(places, labels=short_names(r.names, 34))
        self.ax_.invert_yaxis()
        reach = np.nan_to_num(r.total_mean + _N_STD * r.total_std)
        right = max(float(reach.max()), 0.05)
        for place, end, fraction, mean in zip(
            places, reach, r.active_fraction, r.total_mean, strict=True
        ):
            note = ""
            if np.isnan(mean):
                note = "never varied" if np.isnan(fraction) else "constant score"
            elif fraction < 1.0:
                where = "the space" if r.near_optimum is None else "this part"
                note = f"exists in {fraction:.0%} of {where}"
            if note:
                # The text starts inside the axes even if the bar reaches its end.
                self.ax_.text(
                    min(end, 1.0) + 0.015 * right,
                    place,
                    note,
                    va="center",
                    color=colours.text,
                    fontsize="small",
                )
        self.ax_.set_xlim(0.0, 1.3 * right if (r.active_fraction < 1).any() else None)
        ticks = self.ax_.get_xticks()
        self.ax_.set_xticks(ticks[(ticks >= 0.0) & (ticks <= 1.0)])
        self.ax_.set_xlabel(f"share of the score's variance\n{self._scope()}")
        clear_spines(self.ax_)
        put_legend_above(self.ax_)

    def _scope(self):
        """Describe the part of the space and the share that the model explains."""
        r = self.importances
        where = (
            "whole space"
            if r.near_optimum is None
            else f"best {r.near_optimum:.0%} of the space"
        )
        return f"({where}; the model explains {max(r.explained, 0.0):.0%})"

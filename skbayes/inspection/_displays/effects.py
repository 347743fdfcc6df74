"""Draw the modelled score against each parameter or pair of parameters."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from skbayes._best_possible_score import best_possible_score
from skbayes._gp import limit_threads
from skbayes._seeding import root_entropy
from skbayes.inspection._column_axis import column_axes
from skbayes.inspection._displays.effect_panels import draw_panel
from skbayes.inspection._displays.matplotlib_axes import import_pyplot, palette_of
from skbayes.inspection._model.effects import effect, shared_branches
from skbayes.inspection._model.score_model import score_model
from skbayes.inspection._search_record import read_search
from skbayes.inspection._searched_space import parameters_of

#: Most panels if the user names no parameters.
_MOST_PANELS = 12
_OTHERS = ("average", "best")
#: Probability of the bands.
_CONFIDENCE = 0.95


class EffectDisplay:
    """Expected score of a model against one or two parameters.

    Make it with `from_search`.

    Parameters
    ----------
    effects : list of Effect
        One effect for each panel, with `axes`, `places`, `median`, `low` and `high`.
    tried : list of array of shape (n_candidates, n_axes)
        Positions of the candidates in each panel; NaN for a missing parameter.
    best : list of array of shape (n_axes,)
        Position of the best candidate in each panel.
    explained : float
        Share of the trials' variance that leave-one-out predictions explain.
    metric : str
        Name of the score.
    others : {"average", "best"}
        Treatment of the other parameters: averaged, or fixed at the best candidate's.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure drawn in.
    axes_ : array of matplotlib Axes of shape (n_panels,)
        The axes drawn in, one for each panel.

    See Also
    --------
    param_importances : How much each parameter matters.

    Notes
    -----
    The line is the posterior mean of a Gaussian process, averaged over the other
    parameters as the search space draws them, or with these held at the best
    candidate's values; the band is where the average lies with 95 % probability. The
    average is taken in the units of the model, in which scores very far below the
    others count by their logarithm. What lies above the score of a perfect model, such
    as an accuracy of 1, is cut.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import EffectDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(
    ...     DecisionTreeClassifier(random_state=0),
    ...     {"max_depth": [1, 2, 3, 4], "splitter": ["best", "random"]},
    ... ).fit(X, y)
    >>> display = EffectDisplay.from_search(search, ["max_depth"], random_state=0)
    >>> display.effects[0].median.shape
    (4,)
    """

    def __init__(self, *, effects, tried, best, explained, metric, others):
        self.effects = effects
        self.tried = tried
        self.best = best
        self.explained = explained
        self.metric = metric
        self.others = others

    @classmethod
    def from_search(
        cls,
        search,
        params=None,
        *,
        others="average",
        metric=None,
        n_cols=3,
        random_state=None,
        ax=None,
    ):
        """Compute the effects of parameters of a fitted search and draw them.

        Parameters
        ----------
        search : fitted search
            A search of this package or of scikit-learn.
        params : list of str or of (str, str), default=None
            One panel for each parameter, or for each pair; None: every parameter by
            itself, at most the 12 with the largest effects, these first.
        others : {"average", "best"}, default="average"
            Average over the other parameters, or hold them at the best candidate's.
        metric : str, default=None
            Name of the score, if there are several and `refit` names none.
        n_cols : int, default=3
            Panels side by side.
        random_state : int, RandomState or None, default=None
            Makes the result repeatable.
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one for each panel, or one that is divided; None makes a
            figure.

        Returns
        -------
        EffectDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the search is not fitted.
        TypeError
            If `search` is no search.
        ValueError
            If the results are too few or all equal, or a parameter is unknown.
        """
        caller = cls.__name__
        if others not in _OTHERS:
            raise ValueError(
                f"The `others` parameter of {caller} must be 'average' or 'best'. Got "
                f"{others!r} instead."
            )
        record = read_search(search, caller=caller, metric=metric)
        model = score_model(search, record, caller=caller)
        record = record.within(model.space)
        panels = _columns_of(model.space, params, caller, record.owner)
        U = model.space.encode(list(record.params))
        order = None if others == "average" else record.best_first()
        effects = _effects(model, panels, U, order, random_state)
        effects = _below_best_possible(effects, search, record.metric)
        if params is None:
            effects.sort(key=lambda e: -np.ptp(e.median))
            effects = effects[:_MOST_PANELS]
        tried = [_places(model.space, U, e) for e in effects]
        return cls(
            effects=effects,
            tried=tried,
            best=[places[record.best] for places in tried],
            explained=model.explained(),
            metric=record.metric,
            others=others,
        ).plot(n_cols=n_cols, ax=ax)

    def plot(self, *, n_cols=3, ax=None):
        """Draw the display.

        Parameters
        ----------
        n_cols : int, default=3
            Panels side by side.
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one for each panel, or one that is divided; None makes a
            figure.

        Returns
        -------
        EffectDisplay
            The display itself.
        """
        n_panels = len(self.effects)
        n_cols = min(n_cols, n_panels)
        self.figure_, self.axes_ = _open_panels(
            ax, n_panels, n_cols, any(len(e.axes) == 2 for e in self.effects)
        )
        limits = self._score_limits()
        for i, (panel, shown, tried, best) in enumerate(
            zip(self.axes_, self.effects, self.tried, self.best, strict=True)
        ):
            draw_panel(
                panel,
                shown,
                tried,
                best,
                metric=self.metric,
                limits=limits,
                with_label=i % n_cols == 0,
            )
        if ax is None:
            how = (
                "averaged over the others"
                if self.others == "average"
                else "others as in the best candidate"
            )
            self.figure_.suptitle(
                f"effect on {self.metric}, {how}\n"
                f"model explains {max(self.explained, 0.0):.0%} of the scores",
                fontsize="medium",
                color=palette_of(self.axes_[0]).text,
            )
        return self

    def _score_limits(self):
        """Range of scores for all one-dimensional panels."""
        single = [e for e in self.effects if len(e.axes) == 1]
        if not single:
            return None
        low = np.nanmin([np.nanmin(e.low) for e in single])
        high = np.nanmax([np.nanmax(e.high) for e in single])
        middle = np.nanmin([np.nanmin(e.median) for e in single])
        # One very wide band must not flatten the curves of all panels.
        low = max(low, middle - 1.5 * (high - middle))
        margin = 0.05 * (high - low) or 0.01
        return low - margin, high + margin


def _columns_of(space, params, caller, owner):
    """List the one or two columns of each panel."""
    by_name = {p.name: p.columns for p in parameters_of(space)}
    if params is None:
        return [(j,) for columns in by_name.values() for j in columns]
    if isinstance(params, str):
        params = [params]
    wanted = []
    for item in params:
        pair = (item,) if isinstance(item, str) else tuple(item)
        if len(pair) not in (1, 2) or not all(name in by_name for name in pair):
            raise ValueError(
                f"The `params` parameter of {caller} must be names, or pairs of names, "
                f"of parameters that this {owner} varied: {sorted(by_name)}. Got "
                f"{item!r} instead."
            )
        wanted += _panels_of(space, [by_name[name] for name in pair], pair, caller)
    return wanted


def _panels_of(space, columns, pair, caller):
    """List the combinations of columns that exist together, for one item."""
    if len(columns) == 1:
        return [(j,) for j in columns[0]]
    panels = [
        (i, j)
        for i in columns[0]
        for j in columns[1]
        if i != j and shared_branches(space, (i, j))
    ]
    if not panels:
        raise ValueError(
            f"The `params` parameter of {caller} must name parameters that exist "
            f"together, and {pair[0]!r} and {pair[1]!r} never do: name them one by one."
        )
    return panels


def _effects(model, panels, U, order, random_state):
    """Compute the effects; the best in `order` fixes the other parameters, if given."""
    seed = root_entropy(random_state, owner="EffectDisplay")
    axes = column_axes(model.space)
    with limit_threads():
        return [
            effect(
                model,
                axes,
                columns,
                around=None if order is None else _best(model, U, order, columns),
                confidence=_CONFIDENCE,
                # The same points in all panels: their curves can be compared.
                rng=np.random.default_rng(seed),
            )
            for columns in panels
        ]


def _below_best_possible(effects, search, metric):
    """Cut what lies above the score of a perfect model, which the model knows not."""
    scorer = getattr(search, "scorer_", None)
    if isinstance(scorer, dict):
        scorer = scorer.get(metric)
    most = best_possible_score(scorer, getattr(search, "estimator", None))
    if most is None:
        return effects
    return [
        replace(
            shown,
            median=np.minimum(shown.median, most),
            low=np.minimum(shown.low, most),
            high=np.minimum(shown.high, most),
        )
        for shown in effects
    ]


def _best(model, U, order, columns):
    """Encode the best candidate that has the columns, else the best of all."""
    active = model.space.active(U[order])[:, list(columns)].all(axis=1)
    return U[order[np.argmax(active)]]


def _places(space, U, shown):
    """Positions of encoded candidates in a panel, NaN for a missing column."""
    active = space.active(U)
    places = np.full((len(U), len(shown.columns)), np.nan)
    for k, (j, axis) in enumerate(zip(shown.columns, shown.axes, strict=True)):
        places[active[:, j], k] = axis.place(U[active[:, j], j])
    return places


def _open_panels(ax, n_panels, n_cols, has_maps):
    """Open the figure and one axes for each panel."""
    plt = import_pyplot("EffectDisplay")
    n_rows = math.ceil(n_panels / n_cols)
    if ax is None:
        size = ((4.2 if has_maps else 3.2) * n_cols + 0.6, 2.7 * n_rows + 0.6)
        figure = plt.figure(figsize=size, layout="constrained")
        grid = figure.add_gridspec(n_rows, n_cols)
    elif hasattr(ax, "get_subplotspec"):
        if n_panels == 1:
            return ax.figure, np.array([ax])
        figure = ax.figure
        ax.set_axis_off()
        spec = ax.get_subplotspec()
        grid = spec.subgridspec(n_rows, n_cols, wspace=0.45, hspace=0.6)
    else:
        panels = np.asarray(ax, dtype=object).ravel()
        if len(panels) != n_panels:
            raise ValueError(
                f"The `ax` parameter of EffectDisplay must be one Axes or {n_panels}, "
                f"one for each panel. Got {len(panels)} instead."
            )
        return panels[0].figure, panels
    cells = [divmod(i, n_cols) for i in range(n_panels)]
    return figure, np.array([figure.add_subplot(grid[cell]) for cell in cells])

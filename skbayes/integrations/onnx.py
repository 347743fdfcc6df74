"""Convert fitted searches with skl2onnx, as their best estimator."""

from __future__ import annotations

from typing import Any

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV

__all__ = ["register_onnx"]


def register_onnx() -> None:
    """Register the three searches with skl2onnx, also as steps of a pipeline.

    A search becomes the graph of its ``best_estimator_``, with the same options.

    Raises
    ------
    ImportError
        If skl2onnx is not installed.

    Examples
    --------
    ::

        register_onnx()
        onnx_model = skl2onnx.to_onnx(search, X[:1])
    """
    try:
        from skl2onnx import update_registered_converter
    except ImportError as error:
        raise ImportError(
            "register_onnx registers with skl2onnx, which is not installed. Install "
            "skl2onnx."
        ) from error
    for search in (BayesSearchCV, GridSearchCV, RandomSearchCV):
        update_registered_converter(
            search,
            f"Skbayes{search.__name__}",
            _no_shape,
            _no_conversion,
            parser=_parse_search,
            options="passthrough",
        )


def _parse_search(
    scope: Any, model: Any, inputs: Any, custom_parsers: Any = None
) -> Any:
    """Parse the best estimator in place of its search."""
    from skl2onnx._parse import parse_sklearn

    if not hasattr(model, "best_estimator_"):
        raise ValueError(
            f"This {type(model).__name__} has no `best_estimator_` to convert. Fit it, "
            "with refit=True."
        )
    options = scope.get_options(model)
    if options:
        scope.add_options(id(model.best_estimator_), options)
    return parse_sklearn(
        scope, model.best_estimator_, inputs, custom_parsers=custom_parsers
    )


def _no_shape(operator: Any) -> None:
    """Never called: skl2onnx requires a shape function for each class."""
    raise AssertionError("the parser has put the best estimator in its place")


def _no_conversion(scope: Any, operator: Any, container: Any) -> None:
    """Never called: skl2onnx requires a converter for each class."""
    raise AssertionError("the parser has put the best estimator in its place")

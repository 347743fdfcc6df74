"""Integrations with other tools: one module each, imported only by its users.

=====================================  ================================================
`skbayes.integrations.skopt`           a search of scikit-optimize, translated
`skbayes.integrations.optuna_search`   an ``OptunaSearchCV``, translated
`skbayes.integrations.skrub`           the choices of a plan of skrub, searched
`skbayes.callbacks.MLflowRuns`         a search as runs of MLflow
`skbayes.integrations.optuna_storage`  a search as a study of Optuna, for its dashboard
`skbayes.integrations.onnx`            searches for skl2onnx
`skbayes.integrations.skops`           types that ``skops.io.load`` must trust
=====================================  ================================================
"""

__all__: list[str] = []

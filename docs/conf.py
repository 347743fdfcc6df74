"""Sphinx settings: ``make docs``."""

import skbayes

project = "skbayes"
author = "The skbayes developers"
version = release = skbayes.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "examples/README.rst"]
html_theme = "alabaster"
html_theme_options = {"description": "Hyperparameter search that drops into sklearn"}
myst_heading_anchors = 3

autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_validation_checks: set[str] = set()

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"\.py$",
    "abort_on_example_error": True,
}

# Inherited methods refer to the glossary of scikit-learn.
suppress_warnings = ["ref.term"]

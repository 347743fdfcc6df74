"""Sphinx settings: ``make docs``."""

import sys
from pathlib import Path

import skbayes

sys.path.insert(0, str(Path(__file__).parent))

project = "skbayes"
author = "The skbayes developers"
version = release = skbayes.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
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

# Links to scikit-learn's pages need a network; the pages are complete without.
intersphinx_mapping = {"sklearn": ("https://scikit-learn.org/stable", None)}

"""Sphinx settings: ``make docs``. The build needs no network."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

# One BLAS thread, as the tests have; before numpy is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# The gallery's processes import the package that is documented, installed or not.
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import external_names  # noqa: E402
from pictures import PICTURES  # noqa: E402

import skbayes  # noqa: E402

project = "skbayes"
author = "the skbayes developers"
copyright = f"2026, {author} (BSD-3-Clause)"
version = release = skbayes.__version__

extensions = [
    "external_names",
    "mathml",
    "myst_parser",
    "numpydoc",
    "parameter_groups",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "examples"]
templates_path = ["_templates"]
nitpicky = True
# Words in types of docstrings that are no names; all names with a dot must resolve.
nitpick_ignore_regex = [
    ("py:obj", r"[^.]+"),
    ("py:class", r"sklearn\.utils\.metadata_routing\..*|skbayes\._.*"),
]

# Markdown
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4

# Docstrings
add_module_names = False
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"
autosummary_generate = True
autosummary_context = {"pictures": PICTURES}
maximum_signature_line_length = 72
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False
numpydoc_validation_checks: set[str] = set()
numpydoc_xref_param_type = True
numpydoc_xref_aliases = external_names.ALIASES
numpydoc_xref_ignore = external_names.PLAIN_WORDS

# Links out: small inventories of the names used here, written by `external_names`.
intersphinx_mapping = external_names.intersphinx_mapping(HERE / "_build/inventories")

# Code
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# Gallery. It runs in a copy below _build, so that files which examples write stay out
# of the sources.
shutil.copytree(HERE / "examples", HERE / "_build/examples", dirs_exist_ok=True)
sphinx_gallery_conf = {
    "examples_dirs": "_build/examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"plot_.*\.py$",
    "ignore_pattern": r"demo\.py$|__init__\.py$",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": False,
    "only_warn_on_example_error": False,
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("skbayes",),
    "image_scrapers": ("matplotlib",),
    "matplotlib_animations": False,
    "reference_url": {"skbayes": None},
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "reset_modules": ("matplotlib", "gallery_setup.warnings_are_errors"),
    "reset_modules_order": "both",
    "nested_sections": False,
}

# Pages
html_theme = "pydata_sphinx_theme"
html_title = f"skbayes {version}"
html_static_path = ["_static"]
html_css_files = ["skbayes.css"]
html_js_files = ["tables.js", "versions.js"]
html_show_sourcelink = False
html_search_scorer = str(HERE / "_ext/scorer.js")
html_sidebars = {"index": [], "changes": [], "faq": []}
html_theme_options = {
    "header_links_before_dropdown": 6,
    "logo": {"text": "skbayes"},
    "navbar_align": "left",
    "navbar_end": ["version", "theme-switcher"],
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "back_to_top_button": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}

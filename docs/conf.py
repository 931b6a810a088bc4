"""The documentation site: `make docs`. Its source is the whole repository, so that links between files work on the site."""

import sys
from pathlib import Path

import tinygrad_edu

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import source_pages

project = "tinygrad_edu"
author = "tinygrad_edu developers"
copyright = author
release = version = tinygrad_edu.__version__
root_doc = "docs/index"
language = "en"
smartquotes = False  # quotes in docstrings are Python's

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.linkcode",
    "sphinx_copybutton",
    "sphinx_design",
    "plain_docstrings",
    "reference_pages",
    "source_pages",
    "languages",
    "live_pages",
    "benchmark_tables",
]
include_patterns = ["docs/**", "examples/**", "CHANGELOG.md", ".github/*.md", "CONTRIBUTING.md"]
exclude_patterns = ["docs/_*", "docs/gallery/**", ".github/PULL_REQUEST_TEMPLATE.md", "**/.ipynb_checkpoints"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
nitpicky = False  # docstrings are prose, without roles; links between pages are checked by MyST and by tests/docs

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # formulas and console sessions are not Python

autodoc_typehints = "none"  # types are in the source and in editors; signatures here are for reading
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
add_module_names = False
toc_object_entries = False  # each object has its own heading
python_display_short_literal_types = True
linkcode_resolve = source_pages.resolve

html_theme = "pydata_sphinx_theme"
html_title = "tinygrad_edu"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_extra_path = ["_root"]
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_sidebars = {page: [] for page in ("docs/index*", "docs/start*", "docs/gallery", "docs/glossary*")}  # no section to list
html_theme_options = {
    "logo": {"text": "tinygrad_edu"},
    "navbar_center": ["navigation"],
    "navbar_end": ["language-switch", "theme-switcher"],
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "show_toc_level": 1,
    "show_nav_level": 1,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "friendly",
    "pygments_dark_style": "monokai",
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
linkcheck_ignore = [r"https://repository\.example/.*", r"\.\./\.\./\.\./source/.*"]

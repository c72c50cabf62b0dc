"""How Sphinx makes the pages: see notebooks/build_site.py."""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE.parent), str(HERE)]  # nst_keras, build_site, pages

import build_site  # noqa: E402

project = "nst_keras"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
html_title = f"nst_keras {release}"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "pages"]
nb_execution_mode = "off"  # the outputs are those of the committed notebooks
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "pages.slug"
html_math_renderer = "mathml"

highlight_language = "none"  # what is set in columns in a docstring is no program
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
napoleon_use_rtype = False
default_role = "literal"  # `name` in a docstring is code
# A link to what is public must lead there. What is not has no place here; other packages' pages would need the network.
PUBLIC = "|".join(f"{module}.{name}" for module, names in build_site.public_names().items() for name in names)
nitpick_ignore_regex = [("py:.*", rf"(?!nst_keras\.({PUBLIC})$).*")]

html_theme = "furo"
html_static_path = ["static"]
html_favicon = "static/favicon.png"
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_sourcelink_suffix = ""  # _sources/04_gram_matrix.ipynb
html_show_copyright = False
html_scaled_image_link = True  # a figure of a notebook opens at its full size
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
copybutton_exclude = ".linenos, .gp, .go"

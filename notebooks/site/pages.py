"""What Sphinx does not do by itself: the figures' descriptions, formulas without a script, links above each notebook."""

import re
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging
from website import launchers, repository

logger = logging.getLogger(__name__)


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline_formula, None), (visit_formula, None))
    app.connect("doctree-read", describe_figures)
    app.connect("doctree-read", place_pictures)
    app.connect("autodoc-process-docstring", keep_tables, priority=400)  # before napoleon
    app.connect("html-page-context", add_links)
    return {"parallel_read_safe": True}


def slug(title):
    """The anchor of a heading, as Jupyter makes it: notebooks link to each other by these."""
    return title.strip().replace(" ", "-")


# Pictures


def describe_figures(app, doctree):
    """Give each figure of a notebook the alt text that build.py has kept in its metadata."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]
    alts = [about["alt"] for output in outputs for about in output.get("metadata", {}).values() if "alt" in about]
    images = [image for output in doctree.findall(is_output) for image in output.findall(nodes.image)]
    for image, alt in zip(images, alts, strict=True):
        image["alt"] = alt


def is_output(node):
    return isinstance(node, nodes.container) and "cell_output" in node["classes"]


def place_pictures(app, doctree):
    """A browser knows the size of each picture from the start, and loads it when it comes near; the first at once."""
    for number, image in enumerate(doctree.findall(nodes.image)):
        image["scale"] = 100  # Sphinx looks up width and height
        if number:
            image["loading"] = "lazy"


# Formulas


def visit_inline_formula(translator, node):
    translator.body.append(mathml(node, as_block=False))
    raise nodes.SkipNode


def visit_formula(translator, node):
    translator.body.append(f'<div class="math">{mathml(node, as_block=True)}</div>')
    raise nodes.SkipNode


def mathml(node, as_block):
    """A formula as MathML, which browsers draw and read aloud without a script."""
    tex = re.sub(r"\\(?:[bB]ig|textstyle)\b", "", node.astext())  # brackets grow by themselves
    try:
        return tex2mathml(tex, as_block=as_block)
    except MathError as error:
        logger.warning("formula %r: %s", tex, error, location=node)
        return escape(tex)


# Docstrings


def keep_tables(app, what, name, obj, options, lines):
    """Indented blocks of docstrings are formulas and small tables: they keep their spaces."""
    text = "\n".join(lines)
    lines[:] = re.sub(r"(?m)^(\S.*[^:\n]):?\n\n(?= {4})", r"\1\n\n::\n\n", text).split("\n")


# Links above a notebook


def add_links(app, pagename, templatename, context, doctree):
    """Below the title of a notebook: its file, and where to run it."""
    source = context.get("sourcename", "")
    if source.endswith(".ipynb"):
        here = [("Download this notebook", context["pathto"](f"_sources/{source}", resource=True))]
        links = [f'<a href="{escape(url)}">{text}</a>' for text, url in here + launchers(repository(), source)]
        context["body"] = context["body"].replace("</h1>", f'</h1>\n<p class="launchers">{" ".join(links)}</p>', 1)

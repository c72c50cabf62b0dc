"""What Sphinx does not do by itself: figures with descriptions, films as files, formulas without a script."""

import base64
import hashlib
import re
from html import escape
from pathlib import Path
from textwrap import indent

import nbformat
from build_site import launchers, repository
from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging

logger = logging.getLogger(__name__)


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline_formula, None), (visit_formula, None))
    app.connect("doctree-read", describe_figures)
    app.connect("doctree-read", place_pictures)
    app.connect("doctree-read", pictures_as_files)
    app.connect("autodoc-process-docstring", keep_columns, priority=400)  # before napoleon
    app.connect("html-page-context", add_links)
    app.connect("html-page-context", describe_page)
    app.connect("html-page-context", give_captions_a_level, priority=600)  # after the theme
    return {"parallel_read_safe": True}


def slug(title):
    """The anchor of a heading, as Jupyter makes it: notebooks link to each other by these."""
    return title.strip().replace(" ", "-")


# Pictures


def describe_figures(app, doctree):
    """Give each figure of a notebook the alt text that build_notebooks.py has kept in its metadata."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]
    alts = [
        output.metadata.get(kind, {}).get("alt")
        for output in outputs
        for kind in output.get("data", {})
        if kind.startswith("image/")
    ]
    images = [image for output in doctree.findall(is_output) for image in output.findall(nodes.image)]
    for image, alt in zip(images, alts, strict=True):
        if not alt:
            logger.warning("a figure without a description", location=image)
        image["alt"] = alt or ""


def is_output(node):
    return isinstance(node, nodes.container) and "cell_output" in node["classes"]


def place_pictures(app, doctree):
    """A browser knows the size of each picture from the start, and loads it when it comes near; the first at once."""
    wiped = list(doctree.findall(lambda node: "wipe" in getattr(node, "attributes", {}).get("classes", ())))
    at_once = list(wiped[0].findall(nodes.image) if wiped else doctree.findall(nodes.image))[: 2 if wiped else 1]
    for image in doctree.findall(nodes.image):
        image["scale"] = 100  # Sphinx looks up width and height, and links to the picture's full size
        if wiped:
            image["classes"].append("no-scaled-link")
        if image not in at_once:
            image["loading"] = "lazy"


def pictures_as_files(app, doctree):
    """Pictures inside of HTML become files, so that the text is there at once; films wait until they are near."""
    up = "../" * app.env.docname.count("/")
    for raw in doctree.findall(nodes.raw):
        html = INSIDE.sub(lambda found: f'src="{up}_images/{as_file(app, *found.groups())}"', raw.astext())
        raw.children[:] = [nodes.Text(html.replace(" data-still=", ' loading="lazy" data-still='))]


INSIDE = re.compile(r'(?<=\s)src="data:image/(\w+);base64,([\w+/=]+)"')


def as_file(app, kind, text):
    """The name of the file, in _images, that holds what a picture's address held."""
    file = base64.b64decode(text)
    path = Path(app.outdir) / "_images" / f"{hashlib.sha256(file).hexdigest()[:16]}.{kind}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file)
    return path.name


# Formulas: as MathML, which browsers draw and read aloud without a script from somewhere else


def visit_inline_formula(translator, node):
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def visit_formula(translator, node):
    translator.body.append(f'<div class="math">{mathml(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def mathml(tex, **display):
    """A formula; the bars of a norm stay as high as a letter, because the one with an exponent would not grow."""
    return convert(tex, **display).replace("<mo>&#x02016;", '<mo stretchy="false">&#x02016;')


# Docstrings


def keep_columns(app, what, name, obj, options, lines):
    """Paragraphs of docstrings that are indented or set in columns, formulas and small tables, keep their spaces."""
    paragraphs = "\n".join(lines).split("\n\n")
    lines[:] = "\n\n".join(literal(text) if is_set(text) else text for text in paragraphs).split("\n")


def is_set(paragraph):
    return paragraph.startswith(" ") or re.search(r"\S {2,}\S", paragraph)


def literal(paragraph):
    return "::\n\n" + indent(paragraph, "    ")


# Around the text


def add_links(app, pagename, templatename, context, doctree):
    """Below the title of a notebook: the one before, its file, where to run it, and the one after."""
    source = context.get("sourcename", "")
    if source.endswith(".ipynb"):
        linked = {side: context[side]["link"] for _, side in AROUND if context.get(side)}
        around = [
            [(text, linked[side])] if "index" not in linked.get(side, "index") else []  # before 00 is the home page
            for text, side in AROUND
        ]
        here = [("Download this notebook", context["pathto"](f"_sources/{source}", resource=True))]
        links = around[0] + here + launchers(repository(), source) + around[1]
        links = [f'<a href="{escape(url)}">{text}</a>' for text, url in links]
        context["body"] = context["body"].replace("</h1>", f'</h1>\n<p class="launchers">{" ".join(links)}</p>', 1)


AROUND = [("Previous", "prev"), ("Next", "next")]


def describe_page(app, pagename, templatename, context, doctree):
    """What search engines and messengers show of a page: its title, its first sentence, a picture."""
    first = next((node.astext() for node in doctree.findall(nodes.paragraph)), "") if doctree else ""
    about = escape(re.sub(r"\s+", " ", first)[:200] or app.config.html_title)
    picture = context["pathto"]("_static/card.jpg", resource=True)
    properties = {"og:title": escape(context.get("title", "")), "og:description": about, "og:image": picture}
    tags = [f'<meta name="description" content="{about}">']
    tags += [f'<meta property="{name}" content="{content}">' for name, content in properties.items()]
    context["metatags"] = context.get("metatags", "") + "\n".join(tags)


def give_captions_a_level(app, pagename, templatename, context, doctree):
    """The captions of the list of pages are headings; Sphinx does not say of which level."""
    key = "furo_navigation_tree"
    context[key] = context[key].replace('role="heading"', 'role="heading" aria-level="2"')

"""The web pages: built once, without a warning; links, descriptions, weights; and what a browser makes of them."""

import base64
import html.parser
import inspect
import io
import os
import shutil
import sys
import warnings
import zipfile
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import build_notebooks
import build_site
import nbformat
import pytest

import nst_keras
from nst_keras import runs

pytestmark = pytest.mark.whole

ADDRESS = "https://github.com/someone/somewhere"
NOTEBOOKS = [build_notebooks.name_of(path) for path in build_notebooks.find_sources()]
MOST_BYTES = 3_000_000  # of a page, with its pictures
# One page of each kind. Axe judges these wholly; where a browser is required (.ci/run) the others, too, except their
# contrast, which is long to measure and comes from the same styles.
KINDS = ("index", "07_total_cost", "api/runs", "NOTES", "search")
REQUIRED = os.environ.get("NST_BROWSER") == "required"


# The pages


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    for name in ("sphinx", "myst_nb", "furo", "sphinx_copybutton", "latex2mathml"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[site]'")
    folder = tmp_path_factory.mktemp("pages")
    with warnings.catch_warnings(action="ignore"):  # Python's, inside Sphinx; its own make it fail
        assert build_site.build_site(folder) == 0, "Sphinx had something to say, see below"
    return folder / "site"


class Reader(html.parser.HTMLParser):
    """What the tests look at in a page: links and what they are on, pictures, headings, anchors."""

    def __init__(self, path):
        super().__init__()
        self.links, self.pictures, self.headings, self.anchors = [], [], [], {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id", ""))
        self.links += [value for key, value in attributes.items() if key in ("href", "src") and tag != "use"]
        if tag == "img":
            self.pictures.append(attributes)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def pages(site):
    return {str(path.relative_to(site).with_suffix("")): Reader(path) for path in site.rglob("*.html")}


def test_every_page_is_there(pages, site):
    names = {"index", "command", "large_and_many", "package", "measured", "NOTES", "search", "data/README", *NOTEBOOKS}
    public = {name for name in build_site.public_names() if "." not in name}
    assert {"objective", "pipeline", "runs"} <= public
    assert names | {f"api/{name}" for name in public} <= set(pages)
    for name in NOTEBOOKS:  # it can be downloaded as it is
        assert (site / f"_sources/{name}.ipynb").read_bytes() == (build_notebooks.FOLDER / f"{name}.ipynb").read_bytes()
        assert any(link.endswith(f"_sources/{name}.ipynb") for link in pages[name].links)


def test_what_is_public_is_documented_and_nothing_else(pages):
    """The names of the two stubs, each under the module in which it stands; methods stand under their class."""
    ids = {each for name in pages if name.startswith("api/") for each in pages[name].anchors}
    ids = {each for each in ids if each.startswith("nst_keras.")}
    documented = {each for each in ids if each.rpartition(".")[0] not in ids}
    values = [getattr(module, name) for module in (nst_keras, runs) for name in module.__all__]
    assert documented == {f"{value.__module__}.{value.__name__}" for value in values if not inspect.ismodule(value)}
    assert "nst_keras.objective.Objective.terms" in ids


def test_links_lead_somewhere(pages, site):
    inside = [
        (name, url)
        for name, page in pages.items()
        for url in map(urlsplit, page.links)
        if not (url.scheme or url.netloc)
    ]
    assert len(inside) > 1000
    broken = []
    for name, url in inside:
        target = (site / name).parent.joinpath(unquote(url.path)).resolve() if url.path else site / f"{name}.html"
        page = pages.get(str(target.relative_to(site).with_suffix("")))
        if not target.is_file() or (page and unquote(url.fragment) not in page.anchors):
            broken.append((name, url.geturl()))
    assert broken == []


def test_links_of_our_pages_stay_among_them(pages, site):
    """What is a page here is linked as one; a file that is none keeps its text alone."""
    text = (site.parent / "source/package.md").read_text(encoding="utf-8")
    assert "](api/costs.md)" in text
    for name in ("index", "command", "large_and_many", "package", "measured"):
        inside = [link for link in pages[name].links if not urlsplit(link).scheme]
        assert [link for link in inside if link.endswith((".py", ".ipynb", ".md"))] == [], name


def test_the_home_page_has_a_card_for_each_notebook_and_picture(pages):
    """With a small picture, made from the first one of the notebook; as in the README."""
    home = pages["index"]
    shown = {Path(picture["src"]).stem for picture in home.pictures}
    numbered = [name for name in NOTEBOOKS if "/" not in name]
    assert {"photograph", "painting", "palace_great_wave", *numbered} <= shown
    assert all(f"{name}.html" in home.links for name in numbered)
    assert [picture.get("loading") for picture in home.pictures] == [None, None] + ["lazy"] * (len(home.pictures) - 2)


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "text/html"])
def test_the_first_picture_of_a_notebook(kind):
    """Whatever it is kept as."""
    from nbformat.v4 import new_code_cell, new_notebook, new_output
    from PIL import Image

    def output(kind, color):
        file = io.BytesIO()
        Image.new("RGB", (8, 8), color).save(file, "PNG")
        text = base64.b64encode(file.getvalue()).decode()
        html = f'<p>first</p><img src="data:image/png;base64,{text}">'
        return new_output("display_data", {kind: html if kind == "text/html" else text})

    cells = [new_code_cell(outputs=[output(kind, "red")]), new_code_cell(outputs=[output("image/png", "blue")])]
    assert build_site.first_picture(new_notebook(cells=cells)).getpixel((0, 0)) == (255, 0, 0)
    with pytest.raises(ValueError, match="without a picture"):
        build_site.first_picture(new_notebook())


def test_all_notebooks_in_one_file(pages, site):
    (link,) = [link for link in pages["index"].links if link.endswith(".zip")]
    with zipfile.ZipFile(site / link) as together:
        for name in NOTEBOOKS:
            expected = (build_notebooks.FOLDER / f"{name}.ipynb").read_bytes()
            assert together.read(f"notebooks/{name}.ipynb") == expected


def test_what_others_show_of_a_page(site):
    """Its first sentence and a picture that is there, and an icon."""
    text = (site / "03_content_cost.html").read_text(encoding="utf-8")
    assert '<meta name="description" content="You write the content cost, ' in text
    assert '<meta property="og:image" content="_static/card.jpg">' in text
    assert 'rel="icon" href="_static/favicon.png"' in text or "favicon.png" in text.partition("</head>")[0]
    for name in ("card.jpg", "favicon.png"):
        assert (site / "_static" / name).is_file()


def test_pictures_in_html_become_files(site, monkeypatch, tmp_path):
    """Those of sliders and films; a film waits until it is near, and its still picture stays with it."""
    monkeypatch.syspath_prepend(build_notebooks.FOLDER / "site")
    from docutils import nodes, utils
    from pages import pictures_as_files

    still, film = (base64.b64encode(text).decode() for text in (b"still", b"film"))
    html = f'<img alt="x" src="data:image/webp;base64,{film}" data-still="data:image/webp;base64,{still}">'
    document = utils.new_document("labs/x")
    document += nodes.raw("", html, format="html")
    pictures_as_files(SimpleNamespace(env=SimpleNamespace(docname="labs/x"), outdir=tmp_path), document)
    (file,) = (tmp_path / "_images").iterdir()
    assert file.read_bytes() == b"film"
    expected = f'<img alt="x" src="../_images/{file.name}" loading="lazy" data-still="data:image/webp;base64,{still}">'
    assert document.astext() == expected


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_figures_keep_their_descriptions(pages, name):
    """Those of build_notebooks.py, in order; films and sliders bring their own."""
    cells = nbformat.read(build_notebooks.FOLDER / f"{name}.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    expected = [about["alt"] for output in outputs for about in output.get("metadata", {}).values()]
    files = [picture for picture in pages[name].pictures if len(Path(picture["src"]).stem) == 64]  # Sphinx's; ours: 16
    assert [picture["alt"] for picture in files] == expected
    assert all(picture["alt"] for picture in pages[name].pictures)
    assert [picture.get("loading") for picture in files] == [None] + ["lazy"] * (len(files) - 1)
    assert all("width" in picture and "height" in picture for picture in files)
    assert all(picture["src"] in pages[name].links[:-1] for picture in files)  # each opens at its full size


def test_pages_are_light(pages, site):
    for name, page in pages.items():
        path = site / f"{name}.html"
        files = {path, *(path.parent / picture["src"] for picture in page.pictures if "data:" not in picture["src"])}
        assert sum(file.stat().st_size for file in files) < MOST_BYTES, name


def test_headings_are_in_order(pages):
    for name, page in pages.items():
        if name != "search":
            steps = [0, *page.headings]
            assert page.headings.count(1) == 1, name
            assert all(after <= before + 1 for before, after in pairwise(steps)), name


def test_formulas_are_drawn(site):
    for name in NOTEBOOKS:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        cells = nbformat.read(build_notebooks.FOLDER / f"{name}.ipynb", as_version=4).cells
        formulas = any("$" in cell.source for cell in cells if cell.cell_type == "markdown")
        assert ("<math" in text) == formulas, name
        assert "\\(" not in text, name
        assert "$$" not in text, name


def test_without_sphinx(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sphinx.cmd.build", None)
    assert build_site.build_site() == 1
    assert "pip install -e '.[site]'" in capsys.readouterr().err


# Where the notebooks can be run


def test_without_an_address():
    assert build_site.launchers("", "04_gram_matrix.ipynb") == []
    assert build_site.launchers_for_readme("") == ""


def test_with_an_address():
    (_, colab), (_, binder) = build_site.launchers(ADDRESS, "04_gram_matrix.ipynb")
    assert colab.endswith("/github/someone/somewhere/blob/main/notebooks/04_gram_matrix.ipynb")
    assert binder.endswith("/gh/someone/somewhere/HEAD?labpath=notebooks/04_gram_matrix.ipynb")
    text = build_site.launchers_for_readme(ADDRESS)
    assert "00_start_here.ipynb) or [Open in Binder](https://mybinder.org" in text
    assert f"git clone --depth 1 {ADDRESS} " in text


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_links_above_a_notebook(address, monkeypatch):
    pytest.importorskip("latex2mathml")
    monkeypatch.syspath_prepend(build_notebooks.FOLDER / "site")
    import pages

    monkeypatch.setattr(pages, "repository", lambda: address)
    context = {
        "sourcename": "04_gram_matrix.ipynb",
        "body": "<h1>Title</h1><p>Text</p>",
        "pathto": lambda path, resource: f"up/{path}",
        "prev": {"link": "03.html"},
        "next": {"link": "05.html"},
    }
    pages.add_links(None, "04_gram_matrix", "page.html", context, None)
    here = '<a href="03.html">Previous</a> <a href="up/_sources/04_gram_matrix.ipynb">'
    assert f'<h1>Title</h1>\n<p class="launchers">{here}' in context["body"]
    assert '<a href="05.html">Next</a></p>' in context["body"]
    assert context["body"].count("<a ") == (5 if address else 3)
    context |= {"body": "<h1>Title</h1>", "prev": {"link": "index.html"}}
    pages.add_links(None, "00_start_here", "page.html", context, None)
    assert "Previous" not in context["body"]


def test_the_address_has_one_place(tmp_path, monkeypatch):
    """[project.urls] of pyproject.toml, which may be missing."""
    for text, address in (("", ""), (f'[project.urls]\nRepository = "{ADDRESS}.git"', ADDRESS)):
        (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "x"\n{text}')
        monkeypatch.setattr(build_site, "ROOT", tmp_path)
        assert build_site.repository() == address


def test_the_readme_is_in_step():
    (stored,) = build_site.LAUNCHERS.findall(build_site.README.read_text(encoding="utf-8"))
    expected = build_site.launchers_for_readme(build_site.repository())
    assert stored == expected, "run python notebooks/build_site.py --readme"


# In a browser


@pytest.fixture(scope="module")
def chromium():
    """A browser; without one, a skip that says why, which is a failure where NST_BROWSER=required."""
    try:
        import axe_playwright_python  # noqa: F401
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        return no_browser(f"{error.name} is not installed: pip install -e '.[browser]'")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        return no_browser("there is no chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def no_browser(reason):
    (pytest.fail if REQUIRED else pytest.skip)(reason)


@pytest.fixture
def tab(chromium):
    page = chromium.new_page()
    yield page
    page.close()


LOOKS = {"wide and light": (1400, "light"), "narrow and dark": (390, "dark")}


@pytest.mark.parametrize("look", LOOKS)
def test_accessible(site, pages, tab, look):
    """Axe finds nothing serious: contrast, names, roles, keyboard."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    width, colors = LOOKS[look]
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=colors)
    found = []
    for name in sorted(pages) if REQUIRED else KINDS:
        tab.goto((site / f"{name}.html").as_uri())
        rules = {"color-contrast": {"enabled": name in KINDS}}
        violations = axe.run(tab, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
        bad = [each for each in violations if each["impact"] in ("serious", "critical")]
        found += [(name, each["id"], each["nodes"][0]["target"]) for each in bad]
    assert found == []


def test_the_first_picture_comes_first(site, tab):
    """It is loaded with the page; the last one waits until it is near."""
    tab.goto((site / "04_gram_matrix.html").as_uri())
    loaded = "picture => picture.complete && picture.naturalWidth > 0"
    pictures = tab.locator("article img")
    assert pictures.first.evaluate(loaded)
    assert not pictures.last.evaluate(loaded)


def test_a_narrow_page_does_not_scroll_sideways(site, tab):
    tab.set_viewport_size({"width": 390, "height": 900})
    for name in KINDS:
        tab.goto((site / f"{name}.html").as_uri())
        widths = tab.locator("html, .content").evaluate_all("boxes => boxes.map(box => box.scrollWidth)")
        assert max(widths) <= 390, name


def test_the_wipe(site, tab):
    """By mouse and keyboard, in the first screen; the buttons below it, too."""
    tab.set_viewport_size({"width": 1200, "height": 900})
    tab.goto((site / "index.html").as_uri())
    slider = tab.get_by_role("slider", name="From the painting to the photograph")
    painting = tab.locator(".wipe img").last
    assert painting.evaluate("picture => getComputedStyle(picture).clipPath").endswith("50%)")
    slider.press("Home")
    assert painting.evaluate("picture => getComputedStyle(picture).clipPath").endswith("0%)")
    for name in ("Read", "Make a picture"):
        box = tab.get_by_role("link", name=name, exact=True).first.bounding_box()
        assert box["y"] + box["height"] < 900


def test_code_is_not_cut(site, tab):
    """Neither on a screen nor on a phone; nor is what it prints, on a screen."""
    tab.goto((site / "03_content_cost.html").as_uri())
    hidden = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.innerText)"
    for width, boxes in ((1100, ".highlight pre, .output pre"), (390, ".cell_input .highlight pre")):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.locator(boxes).evaluate_all(hidden) == []


def test_search(site, tab):
    tab.goto((site / "search.html").as_uri() + "?q=Gram+matrix")
    tab.locator("#search-results a").first.wait_for()
    assert "04 - The Gram matrix" in tab.locator("#search-results").inner_text()


# Sliders and films: nst_keras/lessons/stored.py


@pytest.fixture
def slider(tab, tmp_path):
    import tensorflow as tf

    from nst_keras.lessons import stored

    values = (0, 100, 200)
    frames = [stored.Frame(f"β = {n}", tf.fill([1, 8, 16, 3], float(n)), f"a <{n}> gray") for n in values]
    path = tmp_path / "slider.html"
    path.write_text(f'<meta charset="utf-8">{stored.show_slider("β & α", frames).data}', encoding="utf-8")
    return SimpleNamespace(path=Path(path), tab=tab)


def test_slider_by_keyboard(slider):
    slider.tab.goto(slider.path.as_uri())
    control = slider.tab.get_by_role("slider", name="β & α")
    shown = slider.tab.locator("img:visible")
    assert shown.get_attribute("alt") == "a <0> gray"
    slider.tab.keyboard.press("Tab")
    slider.tab.keyboard.press("ArrowRight")
    assert shown.get_attribute("alt") == "a <100> gray"
    assert control.get_attribute("aria-valuetext") == "β = 100"
    slider.tab.keyboard.press("End")
    assert slider.tab.locator("th:visible").inner_text() == "β = 200"
    assert shown.evaluate("picture => [picture.naturalWidth, picture.naturalHeight]") == [16, 8]


def test_slider_without_scripts(slider, chromium):
    """As on GitHub: all pictures side by side, each below its caption."""
    tab = chromium.new_page(java_script_enabled=False)
    tab.goto(slider.path.as_uri())
    assert tab.locator("img:visible").count() == tab.locator("th:visible").count() == 3
    assert tab.locator("input").count() == 0
    tab.close()


def test_a_wipe(tab, tmp_path):
    """By keyboard and by pointer; the pictures lie at one place and have their own size."""
    import tensorflow as tf

    from nst_keras.lessons import stored

    frames = [stored.Frame(name, tf.fill([1, 50, 200, 3], n), f"all {n}") for name, n in (("A", 9.0), ("B", 200.0))]
    page = f'<meta charset="utf-8">{stored.show_wipe("from A to B", frames).data}'
    (tmp_path / "wipe.html").write_text(page, encoding="utf-8")
    tab.goto((tmp_path / "wipe.html").as_uri())
    control = tab.get_by_role("slider", name="from A to B")
    boxes = [picture.bounding_box() for picture in tab.locator("img:visible").all()]
    assert len(boxes) == 2
    assert boxes[0] == boxes[1]
    assert boxes[0]["width"] == 200
    tab.keyboard.press("Tab")
    tab.keyboard.press("Home")
    assert control.get_attribute("aria-valuetext") == "0 % A, 100 % B"
    tab.get_by_alt_text("all 200.0").hover(position={"x": 50, "y": 20}, force=True)
    assert control.input_value() == "25"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    from nst_keras.lessons import stored

    path = tmp_path_factory.mktemp("film") / "film.html"
    path.write_text(stored.show_film("02_from_pool", "a film").data, encoding="utf-8")
    return path


def test_a_film_moves_only_when_wanted(film, tab):
    tab.goto(film.as_uri())
    picture = tab.get_by_role("img", name="a film")
    assert picture.get_attribute("src") == picture.get_attribute("data-still")
    tab.get_by_role("button", name="Play the film").press("Enter")
    assert picture.get_attribute("src") != picture.get_attribute("data-still")
    tab.get_by_role("button", name="Stop the film").press("Enter")
    assert picture.get_attribute("src") == picture.get_attribute("data-still")

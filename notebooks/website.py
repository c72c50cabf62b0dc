"""The series as web pages. `build.py --site` makes them; python notebooks/website.py renews the README's links.

The pages are laid out in _build/source and made by Sphinx in _build/site: README.md is the home page, the notebooks
come with their stored outputs, and the pages about the package are made from its docstrings.
"""

import re
import shutil
import sys
import tomllib
from urllib.parse import quote

from build import FOLDER, find_sources, notebook_path

ROOT = FOLDER.parent
README = ROOT / "README.md"
SOURCE, SITE = FOLDER / "_build/source", FOLDER / "_build/site"
GROUND_FLOOR = ("images", "vgg", "style", "costs", "objective", "optimize", "transfer", "settings", "display")
ANNEXES = ("controls", "runs", "files")
LAUNCHERS = re.compile(r"(?<=<!-- launchers -->\n).*?(?=<!-- end of launchers -->)", re.DOTALL)
# A link of a page to another file of the repository: [text](target), no picture
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!\w+:|#)([^)#]+)\)")


def main():
    """Fill in the README's links to places where the notebooks can be run."""
    text = LAUNCHERS.sub(lambda _: launchers_for_readme(repository()), README.read_text(encoding="utf-8"))
    README.write_text(text, encoding="utf-8", newline="\n")


def build_site():
    """Make all pages in _build/site; returns the exit status. Every warning is an error."""
    try:
        from sphinx.cmd.build import main as sphinx
    except ModuleNotFoundError:
        print("the pages are made by Sphinx, which is not installed: pip install -e '.[site]'", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER / "_build", ignore_errors=True)
    lay_out()
    warnings_are_errors = ["--fail-on-warning", "--nitpicky"]
    return sphinx(["-q", *warnings_are_errors, "-c", str(FOLDER / "site"), str(SOURCE), str(SITE)])


# Where the notebooks can be run


def repository():
    """The address in pyproject.toml, [project.urls] Repository; "" while there is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "").rstrip("/").removesuffix(".git")


def launchers(address, notebook):
    """[(text, URL)] of the services that run a notebook of a repository on GitHub; none without its address."""
    if not address:
        return []
    name, path = address.removeprefix("https://github.com/"), quote(f"notebooks/{notebook}")
    return [
        ("Open in Colab", f"https://colab.research.google.com/github/{name}/blob/main/{path}"),
        ("Open in Binder", f"https://mybinder.org/v2/gh/{name}/HEAD?labpath={path}"),
    ]


def launchers_for_readme(address):
    """The README's paragraph about them, as Markdown."""
    links = [f"[{text}]({url})" for text, url in launchers(address, "00_start_here.ipynb")]
    if not links:
        return ""
    clone = f"!git clone --depth 1 {address} nst && pip install -q -e nst && cp -r nst/notebooks/* nst/data ."
    return f"\nWithout installing anything: {' · '.join(links)}. Colab needs a cell of its own before the first one, " + (
        f"`{clone}`.\n\n"
    )


# The sources of the pages


def lay_out():
    """Write everything that Sphinx reads to _build/source."""
    SOURCE.mkdir(parents=True)
    notebooks = [notebook_path(source).name for source in find_sources()]
    for name in [*notebooks, "NOTES.md"]:
        shutil.copy(FOLDER / name, SOURCE)
    shutil.copytree(ROOT / "data/gallery", SOURCE / "data/gallery")
    (SOURCE / "data/weights").mkdir()
    for name in ("LICENSE", "data/README.md", "data/weights/README.md"):
        shutil.copy(ROOT / name, SOURCE / name)
    (SOURCE / "api").mkdir()
    for name in GROUND_FLOOR:
        write(f"api/{name}.md", f"# {name}\n{members(name)}")
    for name in ANNEXES:
        write(f"api/{name}.md", annex(name))
    package = [f"api/{name}" for name in (*GROUND_FLOOR, *ANNEXES)]
    write("index.md", home([*notebooks, "NOTES"], package, ["data/README", "data/weights/README"]))


def home(notebooks, package, data):
    """The README, with links that hold among the pages, and the table of contents."""
    text = LINK.sub(moved, README.read_text(encoding="utf-8"))
    parts = {"Notebooks": notebooks, "Package": package, "Data": data}
    return text + "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n" + "\n".join(pages) + "\n```\n"
        for title, pages in parts.items()
    )


def moved(link):
    """A link of the README, led to where the same thing is among the pages; what is not there keeps its text alone."""
    text, target = link.groups()
    there = re.sub(r"^nst_keras/(\w+)\.py$", r"api/\1.md", target).removeprefix("notebooks/")
    if (SOURCE / there).is_file():
        return f"[{text}]({there})"
    return f"[{text}]({repository()}/blob/main/{target})" if repository() else text


def annex(name):
    """The page of a folder of the package: each of its files is a section."""
    files = sorted(path.stem for path in (ROOT / "nst_keras" / name).glob("*.py") if path.stem != "__init__")
    sections = [f"## {file}\n{members(f'{name}.{file}')}" for file in files]
    return "\n".join([f"# {name}\n{directive(name)}", *sections])


def members(module):
    return directive(module, ":members:")


def directive(module, *options):
    """What asks Sphinx for the docstrings of a module."""
    lines = [f".. automodule:: nst_keras.{module}", *(f"   {option}" for option in options)]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


def write(name, text):
    (SOURCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

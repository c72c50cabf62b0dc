"""The series as web pages: python notebooks/build_site.py; --readme: only renew the README's links to launch it

Their sources are laid out in _build/source, and Sphinx makes _build/site from them: README.md is the home page, the
notebooks come with their stored outputs, and the pages about the package are made from its docstrings.
"""

import argparse
import re
import shutil
import sys
import tomllib
from urllib.parse import quote

from build_notebooks import FOLDER, find_sources, notebook_path

ROOT = FOLDER.parent
README = ROOT / "README.md"
BUILD = FOLDER / "_build"
GROUND_FLOOR = ("images", "vgg", "style", "costs", "objective", "optimize", "transfer", "settings", "display")
ANNEXES = ("controls", "runs", "files", "lessons")
# Of what stands beside the notebooks, only 11 needs something: a picture of the panel.
COLAB = """Colab has the notebook alone. Run this in a first cell, and restart the session when it asks:
`!git clone --depth 1 {} nst && cp nst/notebooks/studio.png . && pip install -q ./nst`"""
LAUNCHERS = re.compile(r"(?<=<!-- launchers -->\n).*?(?=<!-- end of launchers -->)", re.DOTALL)
# A link of a page to another file of the repository: [text](target), no picture
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!\w+:|#)([^)#]+)\)")


def main():
    """Make the pages, or renew the README; returns the exit status."""
    parser = argparse.ArgumentParser(description="Make web pages of the notebooks as they are, in _build/site.")
    parser.add_argument("--readme", action="store_true", help="only fill in the README's links to Colab and Binder")
    return renew_readme() if parser.parse_args().readme else build_site()


def renew_readme():
    """Fill in the README's links to places where the notebooks can be run."""
    text = LAUNCHERS.sub(lambda _: launchers_for_readme(repository()), README.read_text(encoding="utf-8"))
    README.write_text(text, encoding="utf-8", newline="\n")


def build_site(folder=BUILD):
    """Make all pages, in site/ of the folder; returns the exit status. A warning is an error."""
    try:
        from sphinx.cmd.build import main as sphinx
    except ModuleNotFoundError:
        print("the pages are made by Sphinx, which is not installed: pip install -e '.[site]'", file=sys.stderr)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    lay_out(folder / "source")
    options = ["--quiet", "--fail-on-warning", "--nitpicky", "--conf-dir", FOLDER / "site"]
    return sphinx([*map(str, [*options, "--doctree-dir", folder / "doctrees", folder / "source", folder / "site"])])


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
    links = " or ".join(f"[{text}]({url})" for text, url in launchers(address, "00_start_here.ipynb"))
    return f"\n{links}. {COLAB.format(address)}\n\n" if links else ""


# The sources of the pages


def lay_out(source):
    """Write everything that Sphinx reads into a folder."""
    notebooks = [notebook_path(text).name for text in find_sources()]
    shutil.copytree(ROOT / "data/gallery", source / "data/gallery")
    (source / "data/weights").mkdir()
    (source / "api").mkdir()
    for name in [*notebooks, "NOTES.md"]:
        shutil.copy(FOLDER / name, source)
    for name in ("LICENSE", "data/README.md", "data/weights/README.md"):
        shutil.copy(ROOT / name, source / name)
    pages = {f"api/{name}.md": f"# {name}\n{members(name)}" for name in GROUND_FLOOR}
    pages |= {f"api/{name}.md": annex(name) for name in ANNEXES}
    for name, text in pages.items():
        (source / name).write_text(text, encoding="utf-8")
    (source / "index.md").write_text(home(source, [*notebooks, "NOTES.md"], pages), encoding="utf-8")


def home(source, notebooks, package):
    """The README, with links that hold among the pages, and the list of all pages."""
    parts = {"Notebooks": notebooks, "Package": package, "Data": ["data/README.md", "data/weights/README.md"]}
    text = README.read_text(encoding="utf-8")
    return LINK.sub(lambda link: moved(source, *link.groups()), text) + "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n" + "\n".join(pages) + "\n```\n"
        for title, pages in parts.items()
    )


def moved(source, text, target):
    """A link of the README, led to where the same thing is among the pages; what is not there keeps its text alone."""
    there = re.sub(r"^nst_keras/(\w+)\.py$", r"api/\1.md", target).removeprefix("notebooks/")
    if (source / there).is_file():
        return f"[{text}]({there})"
    return f"[{text}]({repository()}/blob/main/{target})" if repository() else text


def annex(name):
    """The page of a folder of the package: each of its files is a section."""
    files = sorted(path.stem for path in (ROOT / "nst_keras" / name).glob("*.py") if path.stem != "__init__")
    sections = [f"## {file}\n{members(f'{name}.{file}')}" for file in files]
    return "\n".join([f"# {name}\n{directive(name)}", *sections])


def members(module):
    return directive(module, ":members:", ":ignore-module-all:")  # a list of names may hold those of other packages


def directive(module, *options):
    """What asks Sphinx for the docstrings of a module."""
    lines = [f".. automodule:: nst_keras.{module}", *(f"   {option}" for option in options)]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


if __name__ == "__main__":
    sys.exit(main())

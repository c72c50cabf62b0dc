"""The series as web pages: python notebooks/build_site.py; --readme: only renew the README's links to launch it

Their sources are laid out in _build/source, and Sphinx makes _build/site from them: the Markdown pages of site/, with
cards made from the tables of README.md; the notebooks with their stored outputs; and pages about the package, from the
docstrings of its public names.
"""

import argparse
import ast
import base64
import io
import re
import shutil
import sys
import tomllib
import zipfile
from urllib.parse import quote

import nbformat
from build_notebooks import FOLDER, find_sources, name_of
from PIL import Image, ImageOps

ROOT = FOLDER.parent
README = ROOT / "README.md"
BUILD = FOLDER / "_build"
PACKAGE = ROOT / "nst_keras"
PUBLIC = """# The package

Public is what `nst_keras/__init__.pyi` and `nst_keras/runs/__init__.pyi` name; the rest may change in any version.
"""
# Of what stands beside the notebooks, only 11 needs something: a picture of the panel.
COLAB = """Colab has the notebook alone. Run this in a first cell, and restart the session when it asks:
`!git clone --depth 1 {} nst && cp nst/notebooks/studio.png . && pip install -q ./nst`"""
LAUNCHERS = re.compile(r"(?<=<!-- launchers -->\n).*?(?=<!-- end of launchers -->)", re.DOTALL)
PAGES = FOLDER / "site"
# A link or a picture of a page of ours: [text](target#anchor)
LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:|#)([^)#]+)(#[^)]*)?\)")
WIPED = {"photograph": "content/palace.jpg", "painting": "gallery/palace_great_wave.jpg"}
# In README.md: `command`<br>![what is to be seen](picture), and | 00 | [title](notebook) | what you find out |
PAINTED = re.compile(r"`([^`]+)`<br>!\[([^\]]+)\]\(data/gallery/(\w+)\.jpg\)")
NUMBERED = re.compile(r"^\| (\d\d) \| \[([^\]]+)\]\(notebooks/(\w+)\.ipynb\) \| (.+) \|$", re.MULTILINE)


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
    notebooks = [f"{name_of(text)}.ipynb" for text in find_sources()]
    shutil.copytree(ROOT / "data/gallery", source / "data/gallery")
    for folder in ("data/weights", "api", "labs", "home"):
        (source / folder).mkdir()
    for name in [*notebooks, "NOTES.md", "studio.png"]:
        shutil.copy(FOLDER / name, source / name)
    for name in ("LICENSE", "data/README.md", "data/weights/README.md"):
        shutil.copy(ROOT / name, source / name)
    public = public_names()
    pages = {"api/index.md": PUBLIC + "".join(map(listed, public.items()))}
    pages |= {f"api/{name}.md": page(name, public) for name in public if "." not in name}
    for name, text in pages.items():
        (source / name).write_text(text, encoding="utf-8")
    for path in PAGES.glob("*.md"):
        text = LINK.sub(lambda link: moved(source, *link.groups()), path.read_text(encoding="utf-8"))
        (source / path.name).write_text(text, encoding="utf-8")
    text = (source / "home.md").read_text(encoding="utf-8") + contents(notebooks, pages)
    (source / "index.md").write_text(with_cards(text, source / "home"), encoding="utf-8")
    (source / "home.md").unlink()
    with zipfile.ZipFile(source / "notebooks.zip", "w", zipfile.ZIP_DEFLATED) as together:
        for name in [*notebooks, "studio.png"]:
            together.write(FOLDER / name, f"notebooks/{name}")


def contents(notebooks, package):
    """The list of all pages."""
    labs = [name for name in notebooks if name.startswith("labs/")]
    parts = {
        "Notebooks": [name for name in notebooks if name not in labs],
        "Make pictures": ["command.md", "large_and_many.md", "package.md"],
        "How we know": ["measured.md", "NOTES.md", *labs],
        "Reference": package,
        "Data": ["data/README.md", "data/weights/README.md"],
    }
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n" + "\n".join(pages) + "\n```\n"
        for title, pages in parts.items()
    )


def moved(source, text, target, anchor):
    """A link of a page of ours, led to the same thing among the pages; what is not there keeps its text alone."""
    target = re.sub(r"^(\.\./)+", "", target)
    there = re.sub(r"^nst_keras/(\w+)\.py$", r"api/\1.md", target)
    if (source / there).is_file() or (PAGES / there).is_file() or there.startswith("home/"):
        return f"[{text}]({there}{anchor or ''})"
    return f"[{text}]({repository()}/blob/main/{target})" if repository() else text


# The home page


def with_cards(text, folder):
    """The home page, with a card for each picture and notebook of the README; their small pictures go into a folder."""
    readme = README.read_text(encoding="utf-8")
    for name, path in WIPED.items():
        save_small(Image.open(ROOT / "data" / path), folder / f"{name}.webp", (768, 512), quality=65)
    painted, numbered = PAINTED.findall(readme), NUMBERED.findall(readme)
    for _, _, name in painted:
        save_small(Image.open(ROOT / f"data/gallery/{name}.jpg"), folder / f"{name}.webp", (480, 320))
    for *_, name, _ in numbered:
        save_small(
            first_picture(nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)), folder / f"{name}.webp", (360, 200)
        )
    pictures = [
        f"- [![{alt}](home/{name}.webp)](data/gallery/{name}.jpg)\n\n  `{command}`" for command, alt, name in painted
    ]
    notebooks = [
        f"- ![](home/{name}.webp)\n\n  {number} [{title}]({name}.ipynb)\n\n  {found}"
        for number, title, name, found in numbered
    ]
    address = f"[{repository()}]({repository()})" if repository() else "with `git clone --depth 1`"
    text = text.replace("GALLERY", "\n".join(pictures)).replace("NOTEBOOKS", "\n".join(notebooks))
    return text.replace("REPOSITORY", address)


def first_picture(notebook):
    """The first picture that a notebook shows, be it an output of its own or part of one in HTML."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        inside = re.search(r"data:image/\w+;base64,([\w+/=]+)", data.get("text/html", ""))
        found = [data[kind] for kind in data if kind.startswith("image/")] + ([inside[1]] if inside else [])
        if found:
            return Image.open(io.BytesIO(base64.b64decode(found[0])))
    raise ValueError("a notebook without a picture")


def save_small(picture, path, size, quality=80):
    """A picture cut to a shape, from its middle, as WebP."""
    ImageOps.fit(picture.convert("RGB"), size).save(path, quality=quality, method=6)


# The pages of the package


def public_names():
    """{module: what is public in it}, sorted, as the two stubs import it; a module of modules has no names itself."""
    names = {}
    for package in ("", "runs."):
        stub = PACKAGE / package.rstrip(".") / "__init__.pyi"
        for node in ast.parse(stub.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom):
                found = [alias.name for alias in node.names]
                if node.module:  # from .costs import content_cost, ...
                    names.setdefault(f"{package}{node.module}", []).extend(found)
                else:  # from . import costs, ...
                    names |= {name: names.get(name, []) for name in found}
    folders = {name.partition(".")[0]: [] for name in names if "." in name}
    return dict(sorted((folders | names).items()))


def listed(item):
    """A module on the page that lists all: its public names with links, or its name alone."""
    module, names = item
    links = ", ".join(f"{{py:obj}}`~nst_keras.{module}.{name}`" for name in names)
    return f"\n- `{module}`: {links}\n" if names else ""


def page(name, public):
    """The page of a module; the files of a folder are sections of its page."""
    sections = [f"## {file.partition('.')[2]}\n{members(file, public[file])}" for file in public if f"{name}." in file]
    return "\n".join([f"# {name}\n{members(name, public[name])}", *sections])


def members(module, names):
    """What asks Sphinx for the docstrings of a module and of some names in it."""
    lines = [f".. automodule:: nst_keras.{module}", *([f"   :members: {', '.join(names)}"] if names else [])]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


if __name__ == "__main__":
    sys.exit(main())

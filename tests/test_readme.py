"""What README and pages say works: the example, the command lines; and the README stays short."""

import re
import runpy
from pathlib import Path

import pytest
from PIL import Image

from nst_keras import Settings, initial_image, load_image, stylize

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = sorted((ROOT / "notebooks/site").glob("*.md"))
MOST_WORDS = 1000


def example():
    """The only block of Python."""
    text = (ROOT / "notebooks/site/package.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return code


def test_the_ten_lines(tmp_path, monkeypatch, capsys):
    code, steps = re.subn(r"\bsteps=\d+", "steps=3", example())
    code, sides = re.subn(r"\bmax_side=\d+", "max_side=64", code)  # as it stands it takes a minute
    assert (steps, sides) == (1, 2)
    assert len(example().strip().splitlines()) <= 10
    monkeypatch.chdir(tmp_path)
    (tmp_path / "example.py").write_text(code, encoding="utf-8")
    names = runpy.run_path("example.py")
    with Image.open("result.png") as picture:
        assert picture.size == (64, 43)
    J, history, C, S = names["J"], names["history"], names["C"], names["S"]
    assert history.final["J"] < history["J"][0]
    assert capsys.readouterr().out.split() == [str(history.final[term]) for term in ("J_content", "J_style")]
    # It has the package's defaults, and `stylize` at one size is the same.
    assert J.settings == Settings()
    run = stylize(C, S, scales=1, steps=3, max_side=None)
    assert run.history.costs == history.costs
    assert (run.image == names["G"]).numpy().all()
    assert (initial_image("content", C) == load_image("palace", 64)).numpy().all()


def test_the_readme_is_short():
    assert len(README.read_text(encoding="utf-8").split()) <= MOST_WORDS


def test_links_lead_somewhere():
    """Links and pictures of the README and of the pages, as on GitHub."""
    for path in (README, *PAGES):
        text = path.read_text(encoding="utf-8")
        targets = re.findall(r"\]\((?!\w+:|#)([^)#]+)", text) + re.findall(r'src="([^"]+)"', text)
        if path.name == "home.md":  # only a source of the site's home page
            continue
        assert targets
        assert [target for target in targets if not (path.parent / target).exists()] == [], path.name


@pytest.mark.parametrize("path", [README, *PAGES], ids=lambda path: path.name)
def test_the_command_lines_are_understood(path):
    """Each line that begins with nst-keras is parsed, with its pictures given as they stand there."""
    from nst_keras.arguments import many_parser, parser

    lines = re.findall(r"^nst-keras (.*)$|`nst-keras ([^`]*)`", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert lines or path.name in ("measured.md", "package.md")
    for line in map("".join, lines):
        arguments = line.partition("#")[0].split()
        if arguments == ["--help"]:
            with pytest.raises(SystemExit):
                parser().parse_intermixed_args(arguments)
        elif arguments[0] == "many":
            many_parser().parse_intermixed_args(arguments[1:])
        else:
            parser().parse_intermixed_args(arguments)

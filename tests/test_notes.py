"""notebooks/NOTES.md: no statement of the notes is missing, and each verdict has a cell that decides it."""

import functools
import json
import re
from pathlib import Path

import build_notebooks
import gather_notes
import nbformat
import pytest

EXPECTED = json.loads((Path(__file__).parent / "data/notes.json").read_text(encoding="utf-8"))
VERDICTS = ("true", "half true", "wrong", "only with")


@functools.cache
def table():
    return gather_notes.all_rows()


def test_the_rows_have_four_columns(tmp_path, monkeypatch):
    header, line, *rows = gather_notes.ROWS.read_text(encoding="utf-8").strip().split("\n")
    assert header == "| Statement | Place | Verdict | What decides it |"
    assert [row for row in rows if row.count("|") != 5] == []
    (tmp_path / "notes.md").write_text(f"{header}\n{line}\n| J is a sum. | true | 3 = 1 + 2 |\n", encoding="utf-8")
    monkeypatch.setattr(gather_notes, "ROWS", tmp_path / "notes.md")
    with pytest.raises(ValueError, match="not enough values"):
        gather_notes.all_rows()


def test_the_page_is_gathered_from_its_rows():
    assert gather_notes.PAGE.read_text(encoding="utf-8") == gather_notes.page(), "run python notebooks/gather_notes.py"


@pytest.mark.parametrize("place", [*EXPECTED["statements"], *EXPECTED["mistakes"].values()])
def test_every_statement_is_there(place):
    there = {line for row in table() for line in gather_notes.lines_of(row[0])}
    assert [line for line in gather_notes.lines_of(place) if line not in there] == []


def test_every_mistake_is_called_one():
    """At least one row that holds the line does not just say "true"."""
    for name, place in EXPECTED["mistakes"].items():
        verdicts = [row[2] for row in table() if set(gather_notes.lines_of(place)) & set(gather_notes.lines_of(row[0]))]
        assert any(not verdict.startswith("true") for verdict in verdicts), (name, verdicts)


def test_rows():
    for place, statement, verdict, evidence in table():
        assert gather_notes.lines_of(place), place
        assert statement, place
        assert verdict.startswith(VERDICTS), (place, verdict)
        assert "](" in evidence, (place, evidence)


def test_links_lead_to_headings():
    headings = {}
    for source in build_notebooks.find_sources():
        path = build_notebooks.notebook_path(source)
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        headings[f"{build_notebooks.name_of(source)}.ipynb"] = [
            title.strip().replace(" ", "-") for title in re.findall(r"^#+ (.*)$", text, re.M)
        ]
    links = re.findall(r"\]\(([^)#]*)#((?:[^()]|\([^()]*\))*)\)", gather_notes.PAGE.read_text(encoding="utf-8"))
    assert len(links) >= 50
    assert [(name, anchor) for name, anchor in links if anchor not in headings[name]] == []


def test_places():
    assert gather_notes.lines_of("S0:9-10, 20, S1:4") == [("S0", 9), ("S0", 10), ("S0", 20), ("S1", 4)]
    assert gather_notes.lines_of("S3:22, 25-26") == [("S3", 22), ("S3", 25), ("S3", 26)]
    assert gather_notes.lines_of("somewhere") == []

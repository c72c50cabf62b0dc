"""Gather NOTES.md: python notebooks/gather_notes.py

Its rows stand in src/notes.md.
"""

import re
import sys

from build_notebooks import FOLDER

PAGE = FOLDER / "NOTES.md"
ROWS = FOLDER / "src/notes.md"
PLACE = re.compile(r"(S[0-4]):(\d+)(?:-(\d+))?((?:, \d+(?:-\d+)?)*)")  # S0:9, S0:9-14, S0:9-14, 20
INTRODUCTION = """\
# The notes, line by line

These notebooks grew out of five sets of course notes on neural style transfer. Here is every statement and every
formula in them, what became of it, and the cell that decides. S3:16 is line 16 of the notes S3.

- **S0**, **S1**: what the cost J(G) is made of, after Andrew Ng's lecture
- **S2**: what the layers of a network keep of content and of style
- **S3**: the lecture's formulas: content cost, style matrix, style cost
- **S4**: a program in PyTorch, step by step

| Place | Statement | Verdict | What decides it |
| --- | --- | --- | --- |
"""


def main():
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


def page():
    """The whole text of NOTES.md."""
    rows = all_rows()
    return INTRODUCTION + "".join(f"| {' | '.join(row)} |\n" for row in sorted(rows, key=lambda row: lines_of(row[0])))


def all_rows():
    """[(place, statement, verdict, what decides it with links into the notebooks)]."""
    rows = []
    for line in ROWS.read_text(encoding="utf-8").strip().split("\n")[2:]:
        statement, place, verdict, evidence = (text.strip() for text in line.strip().strip("|").split("|"))
        rows.append((place, statement, verdict, evidence))
    return rows


def lines_of(place):
    """["S0", 9], ["S0", 10], ... for the place "S0:9-10, 20, S1:4"."""
    lines = []
    for note, first, last, more in PLACE.findall(place):
        for start, end in [(first, last), *re.findall(r"(\d+)(?:-(\d+))?", more)]:
            lines += [(note, number) for number in range(int(start), int(end or start) + 1)]
    return lines


if __name__ == "__main__":
    sys.exit(main())

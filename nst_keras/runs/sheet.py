"""What a sweep ends with: sheet.png and index.html, all pictures side by side, and records.csv."""

import csv
import importlib.util
import io
import textwrap
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image, ImageDraw, ImageFont

from nst_keras.files.pictures import write_whole

SHEET, PAGE, TABLE = RESULTS = "sheet.png", "index.html", "records.csv"
WIDTH, LINE, MARGIN = 240, 18, 8  # pixels: of a thumbnail, a line of text, a gap
MOST_COLUMNS = 8
MOST_HEIGHT, MOST_IN_A_COLUMN = 20_000, 12  # pixels of the sheet; pictures, if there is one column alone
MEASURES = ("J", "content_distance", "style_distance", "patch_distance", "seconds", "threads", "notes", "error")
STYLE = """body { font: 16px/1.5 sans-serif; margin: 2em; color: #222; background: #fff }
table { border-collapse: collapse } th, td { padding: .4em; text-align: left; vertical-align: top }
img { width: 240px; display: block } td { width: 240px; font-size: 14px } a { color: #0645ad }"""


def write_results(folder: Path, names: Sequence[str], records: Sequence[dict[str, Any]]) -> None:
    """Write the three files into the folder of the pictures.

    Args:
        names: what may vary, in order: "content", "style", settings. Each record has a value for each, as text.
        records: as `nst_keras.runs.sweep` returns them.
    """
    rows, columns, cells = lay_out(names, records)
    title = _title(names, records)
    sheet = draw_sheet(folder, title, rows, columns, cells)
    write_whole(folder / SHEET, lambda file: sheet.save(file, "PNG"), overwrite=True)
    page = write_page(names, title, rows, columns, cells)
    write_whole(folder / PAGE, lambda file: file.write(page.encode()), overwrite=True)
    table = io.StringIO()
    writer = csv.DictWriter(table, [*names, "picture", *MEASURES])
    writer.writeheader()
    writer.writerows(records)
    write_whole(folder / TABLE, lambda file: file.write(table.getvalue().encode()), overwrite=True)


def lay_out(names: Sequence[str], records: Sequence[dict]) -> tuple[list[str], list[str], dict]:
    """(names of rows, names of columns, {(row, column): record}).

    The columns are what has most values, if that is not more than MOST_COLUMNS; the rows are all else that varies.
    """
    counts = {name: len({record[name] for record in records}) for name in names}
    fitting = [name for name in names if 1 < counts[name] <= MOST_COLUMNS]
    across = max(reversed(fitting), key=lambda name: counts[name], default=None)
    down = [name for name in names if counts[name] > 1 and name != across]
    cells = {(_named(record, down), _named(record, [across] if across else [])): record for record in records}
    rows, columns = (list(dict.fromkeys(key[axis] for key in cells)) for axis in (0, 1))
    return rows, columns, cells


def _named(record, names):
    """What a record is called by some of its labels: "palace, beta 3"."""
    return ", ".join(record[name] if name in ("content", "style") else f"{name} {record[name]}" for name in names)


def _title(names, records):
    """The number of pictures, and the labels that they share."""
    same = [name for name in names if len({record[name] for record in records}) == 1]
    made = sum(not record["error"] for record in records)
    return ": ".join(filter(None, [f"{made} of {len(records)} pictures", _named(records[0], same)]))


def _measures(record):
    """What stands under a picture."""
    if record["style_distance"] is None:
        return "not measured"
    return "style {style_distance:.3f}  content {content_distance:.2f}  patches {patch_distance:.1f}".format(**record)


def draw_sheet(folder: Path, title: str, rows: list, columns: list, cells: dict) -> Image.Image:
    """All pictures, reduced, in a table; what would make it too high to be looked at is left to the page.

    One column alone is cut into several beside each other.

    By Pillow: Matplotlib is slow with hundreds of pictures, reads a $ in a file's name as the beginning of a formula,
    and ends at 65,536 pixels.
    """
    at_most = max(1, (MOST_HEIGHT - 3 * LINE - 2 * MARGIN) // (WIDTH * 2 // 3 + LINE + MARGIN))
    beside = min(MOST_COLUMNS, -(-len(rows) // MOST_IN_A_COLUMN)) if len(columns) == 1 else 1
    shown = rows[: at_most * beside]
    each = max(1, -(-len(shown) // beside))
    parts = [_table(folder, shown[n : n + each], columns, cells) for n in range(0, len(shown), each)]
    if len(shown) < len(rows):
        title += f" (here the first {len(shown)} of {len(rows)} rows; all are in {PAGE})"
    top = 2 * MARGIN + LINE
    height = min(MOST_HEIGHT, top + max(part.height for part in parts))
    sheet = Image.new("RGB", (max(sum(part.width for part in parts), 420), height), "white")
    ImageDraw.Draw(sheet).text((MARGIN, MARGIN), title, "black", _fonts()[0])
    x = 0
    for part in parts:
        sheet.paste(part, (x, top))
        x += part.width
    return sheet


def _fonts():
    # Has more than Latin letters. Matplotlib itself is not imported: it refuses to be where a notebook's MPLBACKEND is
    # one that it does not know.
    spec: Any = importlib.util.find_spec("matplotlib")
    path = Path(spec.origin).with_name("mpl-data") / "fonts/ttf/DejaVuSans.ttf"
    return [ImageFont.truetype(path, size) for size in (13, 11)]


def _table(folder, rows, columns, cells):
    """Some rows of the sheet."""
    font, small = _fonts()
    here = {key: record for key, record in cells.items() if key[0] in set(rows)}
    thumbnails = {key: _thumbnail(folder, record) for key, record in here.items()}
    heights = [max(picture.height for key, picture in thumbnails.items() if key[0] == row) for row in rows]
    left, top = MARGIN + 150 * any(rows), LINE * any(columns)
    width = left + len(columns) * (WIDTH + MARGIN)
    table = Image.new("RGB", (width, top + sum(heights) + len(rows) * (LINE + MARGIN)), "white")
    draw = ImageDraw.Draw(table)
    for number, column in enumerate(columns):
        draw.text((left + number * (WIDTH + MARGIN), 0), _lines(column, 32, 1), "black", font)
    y = top
    for row, height in zip(rows, heights, strict=True):
        draw.multiline_text((MARGIN, y), _lines(row, 20, 6), "black", font)
        for number, column in enumerate(columns):
            if (row, column) in thumbnails:
                x, record = left + number * (WIDTH + MARGIN), here[row, column]
                table.paste(thumbnails[row, column], (x, y))
                if record["error"]:
                    draw.multiline_text((x + MARGIN, y + MARGIN), _lines(record["error"], 34, 9), "black", small)
                else:
                    draw.text((x, y + height + 2), _measures(record), "black", small)
        y += height + LINE + MARGIN
    return table


def _thumbnail(folder, record):
    """A picture at the width of its column; gray in place of one that is not there."""
    if record["error"]:
        return Image.new("RGB", (WIDTH, WIDTH * 2 // 3), "lightgray")
    with Image.open(folder / record["picture"]) as picture:
        return picture.convert("RGB").resize((WIDTH, max(1, round(WIDTH * picture.height / picture.width))))


def _lines(text, width, most):
    return "\n".join(textwrap.wrap(text, width, max_lines=most, placeholder=" ..."))


def write_page(names: Sequence[str], title: str, rows: list, columns: list, cells: dict) -> str:
    """The same as HTML, with links to pictures and sidecars."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = []
    for row in rows:
        shown = "".join(
            _cell(names, cells[row, column]) if (row, column) in cells else "<td></td>" for column in columns
        )
        body.append(f'<tr><th scope="row">{escape(row)}</th>{shown}</tr>')
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>
<h1>{escape(title)}</h1>
<p><a href="{SHEET}">As one picture</a>, <a href="{TABLE}">as a table of numbers</a>. Under each picture: its distance
from the style and from the content in a network that it was not optimized with, and from the color patches of the
style, in gray levels. Lower is nearer.</p>
<table><thead><tr><td></td>{head}</tr></thead><tbody>
{chr(10).join(body)}
</tbody></table></main></body></html>
"""


def _cell(names, record):
    if record is None or record["error"]:
        return f"<td>{escape(record['error']) if record else ''}</td>"
    picture, what = quote(record["picture"]), _named(record, names[2:])
    alt = f"{record['content']} in the style of {record['style']}{', ' * bool(what)}{what}"
    settings = quote(str(Path(record["picture"]).with_suffix(".json")))
    return (
        f'<td><a href="{picture}"><img src="{picture}" alt="{escape(alt)}" loading="lazy"></a>'
        f'{_measures(record)}<br><a href="{settings}">settings</a> {escape(record["notes"])}</td>'
    )

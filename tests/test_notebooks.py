"""The committed notebooks keep the rules, and each rule sees a notebook that breaks it."""

import base64
import copy
import io
from pathlib import Path

import build_notebooks
import nbformat
import notebook_rules as rules
import numpy as np
import pytest
from build_notebooks import FOLDER as NOTEBOOKS
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

# The committed notebooks


def load(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def test_rules(any_notebook):
    assert rules.faults_of(load(any_notebook), any_notebook) == []


def test_in_step_with_source(any_notebook):
    source = build_notebooks.read_source(build_notebooks.source_path(any_notebook))
    assert rules.in_step_with_source(load(any_notebook), source) == []


def test_size_and_format(any_notebook):
    assert rules.not_too_big((NOTEBOOKS / f"{any_notebook}.ipynb").stat().st_size) == []
    nbformat.validate(load(any_notebook))


def committed():
    return [path for folder in (NOTEBOOKS, NOTEBOOKS / "labs") for path in folder.glob("*.ipynb")]


def test_size_together():
    assert sum(path.stat().st_size for path in committed()) <= rules.MOST_BYTES_TOGETHER


def test_every_notebook_has_a_source():
    assert set(committed()) == {build_notebooks.notebook_path(path) for path in build_notebooks.find_sources()}


def test_few_labs():
    assert len(list(NOTEBOOKS.glob("labs/*.ipynb"))) <= rules.MOST_LABS


# A notebook that keeps every rule; each test below spoils one thing and expects one fault

SOLUTION = "<details><summary>Solution</summary>\n\n```python\nanswer = 1\n```\n\n</details>"
PICTURE = {"image/png": "AAAA", "text/plain": "<Figure size 640x480 with 1 Axes>"}
ALT = {"image/png": {"alt": "A gray square beside a black one."}}
ALL_RULES = [*rules.NOTEBOOK_RULES, rules.few_and_short_cells]


def code(source, text=None, tags=(), data=None, error=False):
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    outputs += [new_output("display_data", data=data, metadata=ALT)] if data else []
    outputs += [new_output("error", ename="E", evalue="e", traceback=["E: e"])] if error else []
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)} if tags else {})


@pytest.fixture
def good():
    notebook = new_notebook(cells=[new_markdown_cell("# Title [link](https://example.org/tmp/a) 1/2")])
    notebook.cells += [code("import math", tags=["setup"]), code("steps = 1", tags=["parameters"])]
    checked = [code(f"print({n})", f"{n}\n") for n in range(rules.FEWEST_CHECKED)]
    for cell in checked:
        cell.metadata["tags"] = [rules.CHECKED]
    notebook.cells += [*checked, code("plt.show()", data=PICTURE)]
    notebook.cells += [code("1 / 0  # on purpose", tags=["raises-exception"], error=True)]
    for n in range(1, rules.FEWEST_EXERCISES + 1):
        stub = f"# Exercise {n}: your answer replaces None\nanswer = None\ncheck({n}, answer)"
        notebook.cells += [code(stub, f"Exercise {n}: not answered yet.\n", tags=["exercise"])]
        notebook.cells += [new_markdown_cell(SOLUTION)]
    notebook.cells += [new_markdown_cell("The end.")]
    for count, cell in enumerate(rules.code_cells(notebook), start=1):
        cell.execution_count = count
    return notebook


def named(notebook, fault):
    """Exactly one rule complains, and its complaint holds this text."""
    faults = [found for rule in ALL_RULES for found in rule(notebook)]
    assert len(faults) == 1, faults
    assert fault in faults[0]


def test_good(good):
    assert [fault for rule in ALL_RULES for fault in rule(good)] == []
    assert rules.in_step_with_source(good, good) == []


@pytest.mark.parametrize("spoil", [lambda c: c.pop(), lambda c: c.append(code("x")), lambda c: c[1].update(source="x")])
def test_out_of_step(good, spoil):
    edited = copy.deepcopy(good)
    spoil(edited.cells)
    assert "out of step" in rules.in_step_with_source(edited, good)[0]


def test_out_of_step_tags(good):
    edited = copy.deepcopy(good)
    edited.cells[1].metadata = nbformat.from_dict({"tags": ["parameters"]})
    assert "cell 1 is out of step" in rules.in_step_with_source(edited, good)[0]


@pytest.mark.parametrize("count", [None, 1, 7])
def test_order(good, count):
    good.cells[2].execution_count = count
    named(good, "not executed in order")


def test_stderr(good):
    good.cells[1].outputs = [new_output("stream", name="stderr", text="warning")]
    named(good, "cell 1 holds stderr")


def test_errors(good):
    failing = next(cell for cell in good.cells if rules.has_tag(cell, "raises-exception"))
    outputs, failing.outputs = failing.outputs, []
    named(good, "did not fail")
    failing.outputs, failing.metadata.tags = outputs, []
    named(good, "failed")


def test_size():
    assert rules.not_too_big(2_500_000) == []
    assert "2.60 MB" in rules.not_too_big(2_600_000)[0]


@pytest.mark.parametrize("source", ['open("/etc/x")', "p = '~/x'", 'p = "C:\\\\x"', 'p = "../data/x.jpg"'])
def test_paths_in_code(good, source):
    good.cells[1].source = source
    named(good, "not portable")


@pytest.mark.parametrize("text", ["see [x](/data/x.png)", "![x](../data/x.png)", "it is in /home/me/x"])
def test_paths_in_text(good, text):
    good.cells[0].source = text
    named(good, "not portable")


def test_paths_in_outputs(good):
    good.cells[3].outputs[0].text = "loaded /usr/lib/x\n"
    named(good, "not portable")


def test_memory_address(good):
    good.cells[3].outputs[0].text = "<function f at 0x7f00aa11bb22>\n"
    named(good, "memory address")


def test_widgets(good):
    good.metadata.widgets = {}
    named(good, "metadata.widgets")


def test_widget_output(good):
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "0%"}
    good.cells[3].outputs.append(new_output("display_data", data=data))
    named(good, "cell 3 shows a widget")


@pytest.mark.parametrize(
    "line",
    ["# NBVAL_CHECK_OUTPUT", "#nbval_check_output", "x = 1  # NBVAL-IGNORE-OUTPUT", "x = 1\n# NBVAL_SKIP"],
)
def test_comments_for_tests(good, line):
    good.cells[1].source = f"{line}\nimport math"
    named(good, "marker of nbval as a comment")


def test_tags(good):
    good.cells[3].metadata["tags"] += ["paramters"]
    named(good, "unknown tag 'paramters'")


@pytest.mark.parametrize("tag", ["parameters", "setup"])
@pytest.mark.parametrize("tags", [0, 2])
def test_single_cells(good, tag, tags):
    for cell in rules.tagged(good, tag)[tags:]:
        cell.metadata["tags"] = []
    if tags:
        good.cells[3].metadata["tags"] += [tag]
    named(good, f"{tags} cells tagged {tag}")


def test_checked_cells(good):
    good.cells[3].metadata["tags"] = []
    named(good, "4 checked cells")


def test_checked_cell_without_text(good):
    good.cells[3].outputs = []
    named(good, "prints nothing")


def test_cells(good):
    good.cells += [new_markdown_cell("more") for _ in range(rules.MOST_CELLS)]
    named(good, "cells, at most 45")


def test_lines(good):
    good.cells[1].source = "\n".join(["x = 1"] * (rules.MOST_LINES + 1))
    named(good, "cell 1 has 26 lines")


def test_picture(good):
    for cell in rules.code_cells(good):
        cell.outputs = [output for output in cell.outputs if output.output_type != "display_data"]
    named(good, "no picture")


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
@pytest.mark.parametrize("alt", [{}, {"alt": ""}, {"alt": "a figure"}])
def test_figure_without_description(good, kind, alt):
    output = next(output for cell in good.cells for output in cell.get("outputs", []) if output.get("data"))
    output.data, output.metadata = {kind: "AAAA"}, {kind: alt}
    named(good, "shows a figure without a description")


@pytest.mark.parametrize("attribute", ["", ' alt=""', ' alt="a film"'])
def test_film_without_description(good, attribute):
    good.cells[3].outputs.append(new_output("display_data", data={"text/html": f'<img{attribute} src="data:">'}))
    named(good, "shows a film without a description")


def test_film_with_description(good):
    film = '<img alt="White noise turns into a painted palace." src="data:">'
    good.cells[3].outputs.append(new_output("display_data", data={"text/html": film}))
    assert rules.figures_say_what_they_show(good) == []


def test_description_out_of_step(good):
    edited = copy.deepcopy(good)
    edited.cells[1].metadata["alt"] = "something else"
    assert "cell 1 is out of step" in rules.in_step_with_source(edited, good)[0]


def test_line_references(good):
    good.cells[0].source += " as S3:61 says"
    named(good, "cell 0 refers to S3:61")
    good.cells[0].source = "# Title"
    good.cells[3].outputs[0].text = "S1:26 gives 0.5\n"
    named(good, "cell 3 refers to S1:26")


@pytest.mark.parametrize("text", ["below 0.95: True", "same False  "])
def test_booleans(good, text):
    good.cells[3].outputs[0].text = f"1\n{text}\n"
    named(good, f"cell 3 prints {text.strip()!r}")


def test_formatter_comments(good):
    good.cells[1].source += "  # fmt: skip"
    named(good, "cell 1 holds '# fmt'")


# The rules of the twelve


@pytest.fixture
def third(good):
    """A notebook 03 that keeps them."""
    steps = rules.steps_of("03_content_cost")
    new = "def J_content(a_C, a_G):\n    return tf.reduce_sum((a_C - a_G) ** 2) / tf.reduce_sum(a_C**2)"
    good.cells[-1].source = "**Predict**: what?\n\n<details><summary>Answer</summary>\n\nThat.\n\n</details>"
    good.cells += [code(rules.with_its_name(steps[0]), tags=["program", "hide-input"])]
    good.cells += [code("def J_content(a_C, a_G):\n    ...\n\nyour_turn(J_content)", tags=["turn"])]
    good.cells += [new_markdown_cell(f"<details><summary>Solution</summary>\n\n```python\n{new}\n```\n\n</details>")]
    for count, cell in enumerate(rules.code_cells(good), start=1):
        cell.execution_count = count
    return good


def budget(notebook, fault, name="03_content_cost"):
    faults = [found for rule in rules.BUDGETS for found in rule(notebook, name)]
    assert len(faults) == 1, faults
    assert fault in faults[0]


def test_labs_have_no_budgets(third):
    assert rules.faults_of(third, "03_content_cost") == []
    third.cells[0].source += " word" * 1800
    assert [fault.split(":")[0] for fault in rules.faults_of(third, "03_content_cost")] == ["few_words"]
    assert rules.faults_of(third, "labs/03_distances") == []


def test_visible_words(third):
    third.cells[0].source = (
        "# A title\n\n$$a + b$$ and $x y$, a [link to](04_x.ipynb#a-(b)) - one\n"
        "<details><summary>More</summary>\n\nfolded words (these)\n\n</details>\n\n| a | 2 |\n| --- | --- |"
    )
    third.cells = third.cells[:1]
    assert " ".join(rules.visible_text(third).split()) == "A title J and J , a link to - one a 2 --- ---"
    third.cells[0].source += " word" * 1189
    assert rules.few_words(third, "00_start_here") == []
    third.cells[0].source += " word" * 10
    assert rules.few_words(third, "00_start_here") == ["1210 visible words, at most 1200"]
    assert rules.few_words(third, "03_content_cost") == []


def test_parentheses(third):
    third.cells[0].source += " (so)" * 25 + " f(x) [a](b)"
    assert rules.few_parentheses(third, "03_content_cost") == []
    third.cells[0].source += "\n(so)"
    budget(third, "26 parentheses")


def test_predicts(third):
    third.cells[0].source += "\n\n**Predict**: and now?"
    budget(third, "2 Predicts, but 1 folded answers")
    third.cells[0].source += "**Predict** <summary>Answer</summary>" * 4
    assert rules.few_predicts(third, "03_content_cost") == ["6 Predicts, at most 4", "6 Predicts, but 5 folded answers"]


def test_little_code(third):
    third.cells[1].source = "x = 1\n\n" * 12
    assert rules.little_code(third, "03_content_cost") == []
    third.cells[1].source += "x = 1"
    budget(third, "cell 1 has 13 lines")
    third.cells[1].source = "x" * 101
    budget(third, "cell 1 has a line of 101 characters")
    third.cells[1].source = "x = 1"
    third.cells[-1:-1] = [code("x = 1\n" * 12) for _ in range(8)]
    budget(third, "lines of code, at most 110")


def test_narrow_output(third):
    third.cells[3].outputs[0].text = "=" * 80 + "\n" + "=" * 81
    budget(third, "cell 3 prints a line of 81")
    figure = new_output("display_data", data=PICTURE)  # its name is not a part of what is printed next to it
    third.cells[3].outputs = [figure, new_output("stream", name="stdout", text="=" * 80)]
    assert rules.narrow_output(third, "03_content_cost") == []
    third.cells[3].outputs = [new_output("execute_result", data={"text/plain": "=" * 82})]
    budget(third, "cell 3 prints a line of 82")


def test_no_table_of_the_notes(third):
    third.cells[0].source += "\n\n<details><summary>In the notes</summary>\n\nJ is a sum.\n\n</details>"
    budget(third, "move its rows to notebooks/src/notes.md")


def test_the_program_is_that_of_the_step_before(third):
    cell = rules.tagged(third, "program")[0]
    cell.source += "\n# more"
    budget(third, "the cell tagged program is not 00_start_here")
    third.cells.remove(cell)
    budget(third, "the cell tagged program is not 00_start_here")


def test_the_difference_is_shown(third):
    third.cells[-1].source = "later"
    budget(third, "J_content() of program/03_content_cost.py is not shown")
    third.cells[-2].metadata["tags"] = []
    assert "0 cells tagged turn, expected 1" in rules.teaches_its_step(third, "03_content_cost")
    assert rules.teaches_its_step(third, "02_what_convnets_learn") == []


def test_links_of_a_lab(good):
    good.cells[0].source = "[03](../03_content_cost.ipynb#Blur), [01](../labs/01_x.ipynb)"
    assert rules.portable_paths(good) == []


# build_notebooks.py


def test_the_program_is_filled_in(tmp_path):
    """Without the command line, folded in JupyterLab and on the pages; and it runs."""
    (tmp_path / "src/labs").mkdir(parents=True)
    source = tmp_path / "src/03_x.py"
    source.write_text('# %% tags=["program"]\n# 00_start_here\n', encoding="utf-8")
    (cell,) = build_notebooks.read_source(source).cells
    assert cell.source.startswith("# Your program so far: notebooks/program/00_start_here.py\nimport keras\n")
    assert cell.source.endswith("        step()\n    return G")
    assert cell.metadata == {
        "tags": ["program", "hide-input"],
        "jupyter": {"source_hidden": True},
        "mystnb": {"code_prompt_show": "Your program so far", "code_prompt_hide": "Fold your program"},
    }
    source.write_text('# %% tags=["program"]\n# 01_start\n', encoding="utf-8")
    with pytest.raises(ValueError, match="holds the name of a step"):
        build_notebooks.read_source(source)


def test_labs_are_notebooks_too(tmp_path, monkeypatch):
    monkeypatch.setattr(build_notebooks, "FOLDER", tmp_path)
    for name in ("03_content", "labs/03_distances"):
        path = build_notebooks.source_path(name)
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("# %%\nfrom pathlib import Path\n\nprint(Path().resolve().name)\n", encoding="utf-8")
    found = build_notebooks.find_sources()
    assert [build_notebooks.name_of(path) for path in found] == ["03_content", "labs/03_distances"]
    assert build_notebooks.find_sources(["labs/03"]) == found[1:]
    assert build_notebooks.build(found[1]) == 0
    (cell,) = nbformat.read(tmp_path / "labs/03_distances.ipynb", as_version=4).cells
    assert cell.outputs[0].text == "labs\n"


def figure(color):
    picture = io.BytesIO()
    color.save(picture, format="PNG")
    return picture.getvalue()


def test_figures_keep_their_colors():
    """A drawing stays a PNG, to the bit; a picture becomes a JPEG without halved color, and the smaller file wins."""
    drawing = Image.new("RGB", (200, 100), (92, 53, 93))
    kind, packed = build_notebooks.compact(figure(drawing))
    assert kind == "image/png"
    np.testing.assert_array_equal(Image.open(io.BytesIO(packed)), drawing)
    noise = np.random.default_rng(0).integers(0, 256, (10, 20, 3)).astype(np.uint8)
    photo = Image.fromarray(noise).resize((200, 100), Image.Resampling.BICUBIC)
    kind, packed = build_notebooks.compact(figure(photo))
    assert kind == "image/jpeg"
    assert len(packed) < len(figure(photo))
    assert np.abs(np.asarray(Image.open(io.BytesIO(packed)), float) - np.asarray(photo)).mean() < 2


def test_a_figure_of_pure_noise():
    """It cannot be made smaller; Pillow's JPEG encoder once ran out of space on it."""
    noise = np.random.default_rng(0).integers(0, 256, (500, 700, 3)).astype(np.uint8)
    kind, packed = build_notebooks.compact(figure(Image.fromarray(noise)))
    assert Image.open(io.BytesIO(packed)).size == (700, 500)
    assert kind == "image/jpeg"


def test_descriptions_go_to_the_figures():
    png = base64.b64encode(figure(Image.new("RGB", (4, 4)))).decode()
    cell = new_code_cell(outputs=[new_output("display_data", data={"image/png": png}) for _ in range(2)])
    cell.metadata["alt"], notebook = ["the first one", "the second one"], new_notebook(cells=[cell])
    build_notebooks.clean(notebook)
    assert [output.metadata["image/png"]["alt"] for output in cell.outputs] == ["the first one", "the second one"]
    cell.metadata["alt"] = ["one", "two", "three"]
    with pytest.raises(ValueError, match="more alt texts than figures, 'three'"):
        build_notebooks.clean(notebook)


@pytest.mark.parametrize("line", ["%matplotlib inline", "%%time", "!ls", "x = !ls", "x = %pwd", "    %time f()"])
def test_magics(good, line):
    good.cells[1].source = f"import math\n{line}"
    named(good, "magic")


@pytest.mark.parametrize("line", ["x = 7 % 3", "print('100 %')", "x != 3", "y = x % n", "f'{x:%}'"])
def test_no_false_magics(good, line):
    good.cells[1].source = line
    assert rules.no_magics(good) == []


def test_too_few_exercises(good):
    del good.cells[-3:-1]
    named(good, "2 exercises")


def test_exercise_without_solution(good):
    good.cells[-2].source = "later"
    named(good, "exercise 3 has no solution")


def test_exercise_numbers(good):
    good.cells[-3].source = good.cells[-3].source.replace("3", "4")
    good.cells[-3].outputs[0].text = "Exercise 4: not answered yet.\n"
    named(good, "numbered [1, 2, 4]")


def test_exercise_answered(good):
    good.cells[-3].outputs[0].text = "Exercise 3: right.\n"
    named(good, "not a stub")


def test_notebook_00_shows_the_default_pair():
    """Its pictures are those of `python -m nst_keras`."""
    from nst_keras.__main__ import DEFAULT_PAIR

    cell = rules.tagged(load("00_start_here"), "parameters")[0]
    namespace = {}
    exec(cell.source, namespace)
    assert (Path(namespace["content_name"]).stem, Path(namespace["style_name"]).stem) == DEFAULT_PAIR

"""What must hold for every notebook that is committed: one function for each rule, giving a list of faults."""

import ast
import re

from build_notebooks import PROGRAM, program, with_its_name

CHECKED = "nbval-check-output"
TAGS = ("parameters", "setup", "exercise", "raises-exception", "program", "hide-input", "turn", CHECKED)
MOST_BYTES = 2_500_000
MOST_BYTES_TOGETHER = 26_800_000  # stored outputs are nearly all of it, and each version of them stays in the history
MOST_CELLS = 45
MOST_LABS = 6
MOST_LINES = 25
FEWEST_CHECKED = 5
FEWEST_EXERCISES = 3
SHORTEST_ALT = 30  # characters
MOST_WORDS, MOST_WORDS_ELSE = {"00_start_here": 1_200}, 1_800  # that are not folded
MOST_PARENTHESES = 25  # in the text
MOST_PREDICTS = 4
MOST_CODE_LINES = 110  # of a notebook
MOST_CELL_LINES = 12
LONGEST_CODE_LINE = 100  # characters
LONGEST_PRINTED_LINE = 80  # wider tables are cut off on the page


# Small readers of cells


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def has_tag(cell, tag):
    return tag in cell.metadata.get("tags", [])


def tagged(notebook, tag):
    return [cell for cell in code_cells(notebook) if has_tag(cell, tag)]


def output_text(cell):
    """All text that a cell printed or returned."""
    return "".join(map(text_of, cell.outputs))


def text_of(output):
    return output.get("text", "") or output.get("data", {}).get("text/plain", "")


def number_of(cell):
    """The number of an exercise cell, from its line "# Exercise 2: ..."."""
    found = re.search(r"^# Exercise (\d+)", cell.source, re.MULTILINE)
    return int(found[1]) if found else None


def solutions(notebook):
    """{number of the exercise: code of its folded solution}, each from the cell right below the exercise."""
    found = {}
    for cell, below in zip(notebook.cells, notebook.cells[1:], strict=False):
        if has_tag(cell, "exercise") and below.cell_type == "markdown":
            block = re.search(r"<details>\s*<summary>Solution</summary>.*?```python\n(.*?)```", below.source, re.DOTALL)
            if block:
                found[number_of(cell)] = block[1]
    return found


# Rules on the notebook as executed


def in_step_with_source(notebook, source):
    """The .ipynb holds the cells of its text file."""

    def key(cell):
        return cell.cell_type, cell.source, list(cell.metadata.get("tags", [])), cell.metadata.get("alt")

    ours, theirs = [key(cell) for cell in notebook.cells], [key(cell) for cell in source.cells]
    if ours == theirs:
        return []
    pairs = enumerate(zip(ours, theirs, strict=False))
    first = next((index for index, (a, b) in pairs if a != b), min(len(ours), len(theirs)))
    return [f"cell {first} is out of step with the text file: run notebooks/build_notebooks.py"]


def executed_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"cells were not executed in order: {counts}"]


def no_stderr(notebook):
    return [
        f"cell {index} holds stderr"
        for index, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]


def errors_as_tagged(notebook):
    """A cell holds an error exactly when it is tagged raises-exception."""
    faults = []
    for index, cell in enumerate(notebook.cells):
        failed = any(output.output_type == "error" for output in cell.get("outputs", []))
        if failed and not has_tag(cell, "raises-exception"):
            faults.append(f"cell {index} failed")
        if has_tag(cell, "raises-exception") and not failed:
            faults.append(f"cell {index} is tagged raises-exception but did not fail")
    return faults


def not_too_big(size):
    return [] if size <= MOST_BYTES else [f"file of {size / 1e6:.2f} MB, at most {MOST_BYTES / 1e6} MB"]


def portable_paths(notebook):
    """No absolute paths and no ../ in code, text or outputs."""
    home = r"(?<![\w:/.])/(?:home|root|tmp|usr|var|opt|mnt|work|Users|content)/"
    literal = r"""["'](?:/\w|~/|[A-Za-z]:[\\/])"""
    link = r"\]\((?:/|~|file:)"
    faults = []
    other_notebook = r"\]\(\.\./(?:labs/)?\d\d_\w+\.ipynb"  # as a lab says it
    for index, cell in enumerate(notebook.cells):
        texts = [
            re.sub(other_notebook, "](", cell.source),
            *(text for output in cell.get("outputs", []) for text in _texts(output)),
        ]
        for text in texts:
            found = re.search(rf"{home}|{link}|(?<!\.)\.\.[/\\]", text)
            found = found or (cell.cell_type == "code" and re.search(literal, text))
            if found:
                faults.append(f"cell {index} holds a path that is not portable: {found[0]!r}")
    return faults


def no_memory_addresses(notebook):
    """Text such as <function f at 0x7f...> differs from run to run."""
    return [
        f"cell {index} shows a memory address"
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and re.search(r"\b0x[0-9a-f]{6,}", output_text(cell))
    ]


def _texts(output):
    """The texts of one output; pictures are left out."""
    data = [text for kind, text in output.get("data", {}).items() if not kind.startswith("image/")]
    return [str(text) for text in [output.get("text", ""), *output.get("traceback", []), *data]]


def no_widget_state(notebook):
    faults = ["metadata.widgets: the notebook would not show on web pages"] if "widgets" in notebook.metadata else []
    for index, cell in enumerate(notebook.cells):
        kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
        if any("widget" in kind for kind in kinds):
            faults.append(f"cell {index} shows a widget (a progress bar?), which is empty without its kernel")
    return faults


# Rules on the source


def no_test_comments(notebook):
    """What is compared is said by a tag, which the reader does not see."""
    return [
        f"code cell {index} holds a marker of nbval as a comment; tag the cell {CHECKED!r}"
        for index, cell in enumerate(code_cells(notebook))
        if re.search(r"#.*nbval", cell.source, re.IGNORECASE)
    ]


def no_formatter_comments(notebook):
    return [f"cell {n} holds '# fmt'" for n, cell in enumerate(notebook.cells) if re.search(r"#\s*fmt:", cell.source)]


def no_line_references(notebook):
    """The course notes are not in the reader's hands: only NOTES.md says where things stand."""
    faults = []
    for index, cell in enumerate(notebook.cells):
        text = cell.source + (output_text(cell) if cell.cell_type == "code" else "")
        faults += [f"cell {index} refers to {place}" for place in re.findall(r"\bS[0-4]:\d+", text)]
    return faults


def numbers_instead_of_booleans(notebook):
    """ "0.86 -> 0.03" teaches; "fell more than 4x: True" does not."""
    return [
        f"cell {index} prints {line.strip()!r}"
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        for line in output_text(cell).split("\n")
        if re.search(r"\b(True|False)\s*$", line)
    ]


def known_tags(notebook):
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    return [f"unknown tag {tag!r}" for tag in sorted(tags - set(TAGS))]


def one_parameters_cell(notebook):
    count = len(tagged(notebook, "parameters"))
    return [] if count == 1 else [f"{count} cells tagged parameters, expected 1"]


def one_setup_cell(notebook):
    count = len(tagged(notebook, "setup"))
    return [] if count == 1 else [f"{count} cells tagged setup, expected 1"]


def enough_checked_cells(notebook):
    """Cells whose text nbval compares; one without text compares nothing."""
    marked = tagged(notebook, CHECKED)
    faults = [f"a checked cell prints nothing: {cell.source!r}" for cell in marked if not output_text(cell).strip()]
    if len(marked) < FEWEST_CHECKED:
        faults.append(f"{len(marked)} checked cells, at least {FEWEST_CHECKED}")
    return faults


def few_and_short_cells(notebook):
    faults = [] if len(notebook.cells) <= MOST_CELLS else [f"{len(notebook.cells)} cells, at most {MOST_CELLS}"]
    for index, cell in enumerate(notebook.cells):
        lines = cell.source.count("\n") + 1
        if cell.cell_type == "code" and lines > MOST_LINES and not has_tag(cell, "program"):
            faults.append(f"cell {index} has {lines} lines, at most {MOST_LINES}")
    return faults


def shows_a_picture(notebook):
    kinds = {kind for cell in code_cells(notebook) for output in cell.outputs for kind in output.get("data", {})}
    return [] if kinds & {"image/png", "image/jpeg"} else ["shows no picture"]


def figures_say_what_they_show(notebook):
    """Every figure has an alternative text, for those who cannot see it."""
    faults = []
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            for kind in [kind for kind in output.get("data", {}) if kind.startswith("image/")]:
                if len(output.metadata.get(kind, {}).get("alt", "")) < SHORTEST_ALT:
                    faults.append(f'cell {index} shows a figure without a description: # %% alt="..."')
            html = str(output.get("data", {}).get("text/html", ""))
            if any(len(alt) < SHORTEST_ALT for alt in re.findall(r'<img(?:[^>]* alt="([^"]*)")?', html)):
                faults.append(f"cell {index} shows a film without a description")
    return faults


def no_magics(notebook):
    magic = r"\s*(?:%{1,2}[a-zA-Z]|!|\?\w)|[^#'\"]*=\s*[%!]\s*\w|get_ipython"
    return [
        f"cell {index} uses a magic or a shell command: {line.strip()!r}"
        for index, cell in enumerate(notebook.cells)
        for line in cell.source.split("\n")
        if cell.cell_type == "code" and re.match(magic, line)
    ]


def exercises_with_solutions(notebook):
    """Exercises 1, 2, 3, ..., unanswered as committed, each with its solution folded below."""
    cells = tagged(notebook, "exercise")
    numbers, solved = [number_of(cell) for cell in cells], solutions(notebook)
    faults = [] if len(cells) >= FEWEST_EXERCISES else [f"{len(cells)} exercises, at least {FEWEST_EXERCISES}"]
    if numbers != list(range(1, len(cells) + 1)):
        faults.append(f"exercises are numbered {numbers}, expected 1, 2, 3, ...")
    for cell, number in zip(cells, numbers, strict=True):
        if number not in solved:
            faults.append(f"exercise {number} has no solution below")
        if f"Exercise {number}: not answered yet" not in output_text(cell):
            faults.append(f"exercise {number} is not a stub that says 'not answered yet'")
    return faults


# Rules of the third edition: half the words, the reader's own code


def visible_text(notebook):
    """What is read of its Markdown: without what is folded, targets of links, and marks; a formula is one word."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " J ", text, flags=re.DOTALL)
    text = re.sub(r"\]\((?:[^()]|\([^()]*\))*\)", "]", text)
    return re.sub(r"<[^>]+>|[|#*_`\[\]]", " ", text)


def few_words(notebook, name):
    words, most = len(re.findall(r"\S*\w\S*", visible_text(notebook))), MOST_WORDS.get(name, MOST_WORDS_ELSE)
    return [] if words <= most else [f"{words} visible words, at most {most}"]


def few_parentheses(notebook, name):
    count = len(re.findall(r"(?:^|(?<=\s))\(", visible_text(notebook), re.MULTILINE))
    return [] if count <= MOST_PARENTHESES else [f"{count} parentheses, at most {MOST_PARENTHESES}"]


def few_predicts(notebook, name):
    """**Predict**: each with its answer folded, <summary>Answer</summary>."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    count, folded = text.count("**Predict"), len(re.findall(r"<summary>\s*Answer", text))
    faults = [] if count <= MOST_PREDICTS else [f"{count} Predicts, at most {MOST_PREDICTS}"]
    return faults if count <= folded else [*faults, f"{count} Predicts, but {folded} folded answers"]


def little_code(notebook, name):
    """Blank lines and the program of the step before are not counted."""
    cells = {n: cell for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    lines = {n: cell.source.split("\n") for n, cell in cells.items() if not has_tag(cell, "program")}
    lines = {n: [line for line in each if line.strip()] for n, each in lines.items()}
    total = sum(map(len, lines.values()))
    faults = [] if total <= MOST_CODE_LINES else [f"{total} lines of code, at most {MOST_CODE_LINES}"]
    for n, each in lines.items():
        if len(each) > MOST_CELL_LINES:
            faults.append(f"cell {n} has {len(each)} lines of code, at most {MOST_CELL_LINES}")
        long = [line for line in each if len(line) > LONGEST_CODE_LINE]
        faults += [f"cell {n} has a line of {len(line)} characters: {line!r}" for line in long]
    return faults


def narrow_output(notebook, name):
    return [
        f"cell {index} prints a line of {len(line)} characters, at most {LONGEST_PRINTED_LINE}: {line!r}"
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        for output in cell.outputs
        for line in text_of(output).split("\n")
        if len(line) > LONGEST_PRINTED_LINE
    ]


def no_table_of_the_notes(notebook, name):
    folded = any("<summary>In the notes</summary>" in cell.source for cell in notebook.cells)
    return ["holds a table 'In the notes'; move its rows to notebooks/src/notes.md"] if folded else []


def steps_of(name):
    """Files of the program: (the step before, the step that this notebook teaches); None where there is none."""
    steps = sorted(PROGRAM.glob("[0-9][0-9]_*.py"))
    here = [number for number, step in enumerate(steps) if step.stem[:2] == name[:2]]
    return (steps[here[0] - 1] if here[0] else None, steps[here[0]]) if here else (None, None)


def definitions(code):
    """{name: its function, in a form without layout, comments and docstring}."""
    found = {}
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef):
            node.body = node.body[ast.get_docstring(node) is not None :]
            found[node.name] = ast.dump(node)
    return found


def teaches_its_step(notebook, name):
    """It holds the program of the step before, and shows all functions that its own step has anew.

    They may stand in cells, in folded solutions, or in a second folded program. Constants are not compared."""
    before, step = steps_of(name)
    if step is None:
        return []
    turns, faults = tagged(notebook, "turn"), []
    old = [cell.source for cell in tagged(notebook, "program") if cell.source != with_its_name(step)]
    if old != ([with_its_name(before)] if before else []):
        faults.append(f"the cell tagged program is not {before.stem if before else 'missing'}")
    if before and len(turns) != 1:
        faults.append(f"{len(turns)} cells tagged turn, expected 1")
    codes = [cell.source for cell in code_cells(notebook) if cell.source not in old]
    for cell in notebook.cells:
        codes += re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL) if cell.cell_type == "markdown" else []
    shown = [pair for code in codes for pair in definitions(code).items()]
    known = definitions(program(before)).items() if before else []
    new = [pair for pair in definitions(program(step)).items() if pair not in known and pair not in shown]
    return faults + [f"{function}() of program/{step.name} is not shown" for function, _ in new]


GENERAL_RULES = [
    executed_in_order, no_stderr, errors_as_tagged, portable_paths, no_memory_addresses, no_widget_state,
    no_test_comments, no_formatter_comments, known_tags, one_setup_cell, one_parameters_cell, enough_checked_cells,
    shows_a_picture,
    figures_say_what_they_show, no_line_references, numbers_instead_of_booleans, no_magics,
]  # fmt: skip
NOTEBOOK_RULES = [*GENERAL_RULES, exercises_with_solutions]
LAB_RULES = [*GENERAL_RULES, few_and_short_cells]
BUDGETS = [
    few_words, few_parentheses, few_predicts, little_code, narrow_output, no_table_of_the_notes, teaches_its_step,
]  # fmt: skip


def faults_of(notebook, name):
    """All faults of a notebook, or of a lab, by its rules; labs have no budgets."""
    lab = "/" in name
    faults = [
        f"{rule.__name__}: {fault}" for rule in (LAB_RULES if lab else NOTEBOOK_RULES) for fault in rule(notebook)
    ]
    return faults + [f"{rule.__name__}: {fault}" for rule in BUDGETS if not lab for fault in rule(notebook, name)]

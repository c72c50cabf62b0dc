"""The checks of the exercises themselves: right answers pass, wrong ones get a hint, nothing raises."""

import importlib

import numpy as np
import pytest
import tensorflow as tf

from nst_keras.lessons.exercises import Exercise, Turn, checker, turns

GRAM = [[6.0, 2.0, 3.0], [2.0, 2.0, 1.0], [3.0, 1.0, 6.0]]


@pytest.mark.parametrize(
    ("expected", "right", "wrong"),
    [
        (6.0, [6, 6.0, np.float32(6.001), tf.constant(6.0), np.array(6)], [6.1, "6", [6.0], (6.0, 6.0)]),
        (24, [24, 24.0, np.int64(24)], [25, 24.01]),
        (20_024_384, [20_024_384], [20_024_385, 20_000_000]),
        (0.0, [0.0, 1e-9], [1e-3]),
        (True, [True, np.True_], [False]),
        ("pixels", ["pixels", " Pixels "], ["weights", 3, ["pixels"]]),
        ((1, 80, 120, 3), [(1, 80, 120, 3), [1, 80, 120, 3], tf.zeros((1, 80, 120, 3)).shape], [(1, 120, 80, 3), 4]),
        ({"a", "b"}, [{"a", "b"}, ["B", "a"], ("a", "b")], [{"a"}, "ab", 3]),
        (("wave", "palace"), [("wave", "palace"), ["Wave", "palace"]], [("palace", "wave"), ("wave",), "wave", 5]),
        ({"x": 1.0, "y": "z"}, [{"y": "z", "x": 1.0}], [{"x": 1.0}, {"x": 2.0, "y": "z"}, 1]),
        (np.array(GRAM), [GRAM, np.array(GRAM), tf.constant(GRAM)], [np.transpose(GRAM) + 1, GRAM[:2], "G"]),
        (tf.constant(GRAM), [GRAM, tf.constant(GRAM)], [tf.constant(GRAM) / 3]),
    ],
)
def test_values(expected, right, wrong, capsys):
    check = checker({1: Exercise(expected)})
    for answer in right:
        assert check(1, answer) is True, answer
    for answer in wrong:
        assert check(1, answer) is False, answer
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(right) + len(wrong)
    assert all(line.startswith("Exercise 1: ") for line in lines)


@pytest.mark.parametrize("answer", [None, ..., "", " ", (None, None), [1, None], {"x": None}, [], {}, set()])
def test_not_answered_yet(answer, capsys):
    assert checker({2: Exercise(1.0)})(2, answer) is None
    assert "Exercise 2: not answered yet" in capsys.readouterr().out


def test_hints(capsys):
    exercise = Exercise(6.0, hints=[(12.0, "factor 1/2"), (lambda answer: answer < 0, "never negative")])
    check = checker({1: exercise})
    for answer, hint in [(12, "factor 1/2"), (-1.0, "never negative"), (7.0, "too large"), (5.0, "too small")]:
        assert check(1, answer) is False
        assert hint in capsys.readouterr().out
    assert check(1, 6.0) is True


def test_a_function_decides(capsys):
    check = checker({1: Exercise(lambda answer: None if answer(3) == 9 else "3 gives 9", praise="A square.")})
    assert check(1, lambda x: x * x) is True
    assert "A square." in capsys.readouterr().out
    assert check(1, lambda x: x) is False
    assert "3 gives 9" in capsys.readouterr().out


def test_never_raises(capsys):
    check = checker({1: Exercise(lambda answer: 1 / 0), 2: Exercise(1.0), 3: Exercise(("a", 1))})
    assert check(1, "x") is False
    assert "ZeroDivisionError" in capsys.readouterr().out
    for answer in (object(), [[1, 2], [3]], lambda: None, float("nan"), b"x", 1j):
        assert check(2, answer) is False
        assert check(3, answer) is False
    assert check(9, 1.0) is None
    assert "no exercise 9" in capsys.readouterr().out


def test_hints_of_the_notebooks(notebook_name, capsys):
    """Every typical wrong answer is rejected with its own hint (and so is not the right answer by accident)."""
    check = importlib.import_module(f"nst_keras.lessons.exercises.nb{notebook_name[:2]}").check
    for number, exercise in check.exercises.items():
        for wrong, hint in exercise.hints:
            if not callable(wrong):
                assert check(number, wrong) is False, (number, wrong)
                assert hint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"A": "beta"}, "edges in A"),
        ({"B": "gamma", "A": "layer_weights"}, "B has strokes"),
        ({"C": "content_layer"}, "in pieces"),
        ({"D": "beta"}, "D has whole things"),
    ],
)
def test_hints_on_broken_pictures(changed, hint, capsys):
    """Notebook 11: what is typically taken for something else."""
    check = importlib.import_module("nst_keras.lessons.exercises.nb11").check
    assert check(1, check.exercises[1].expected | changed) is False
    assert hint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda G, S: (np.diff(S, axis=1) ** 2).mean() / (np.diff(G, axis=1) ** 2).mean(), "S over G"),
        (lambda G, S: (np.diff(G, axis=0) ** 2).mean() / (np.diff(S, axis=0) ** 2).mean(), "neighbors below"),
        (lambda G, S: np.abs(np.diff(G, axis=1)).mean() / np.abs(np.diff(S, axis=1)).mean(), "take squares"),
        (lambda G, S: 1.0, "it gives 1.000"),
        (0.25, "without parentheses"),
    ],
)
def test_hints_on_detail(answer, hint, capsys):
    check = importlib.import_module("nst_keras.lessons.exercises.nb11").check
    assert check(2, answer) is False
    assert hint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda image: image[..., ::-1], "from 0 to 1"),
        (lambda image: 255 * image, "still blue"),
        (lambda image: 255 * image[:, :, ::-1], "mirrors"),
        (lambda image: 0 * image, "largest value"),
        (lambda image: image[0], "of the shape"),
        (255, "without parentheses"),
    ],
)
def test_hints_on_a_strange_photograph(answer, hint, capsys):
    check = importlib.import_module("nst_keras.lessons.exercises.nb11").check
    assert check(3, answer) is False
    assert hint in capsys.readouterr().out


# Your turn


def double(x):
    return 2 * x


@pytest.fixture
def your_turn():
    return turns({"double": Turn(double, [(1.0,), (3.0,)], [(lambda x: x * x, "That is the square.")], "Twice.")})


def named(function):
    function.__name__ = "double"
    return function


def test_a_right_function_is_used(your_turn, capsys):
    for function in (named(lambda x: x + x), named(lambda x: tf.constant(2.0) * x)):
        assert your_turn(function) is function
        assert capsys.readouterr().out == "double: right, yours is used. Twice.\n"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: None, "not written yet"),
        (lambda x: ..., "not written yet"),
        (lambda x: x * x, "That is the square."),
        (lambda x: 3 * x, "too large"),
        (lambda x: x, "too small"),
        (lambda x: [2 * x], "not return what is asked"),
        (lambda x: 1 / 0, "ZeroDivisionError"),
        (lambda: 1, "TypeError"),
        (lambda x: "2", "not yet"),
        (lambda x: {}, "not yet"),
    ],
)
def test_else_the_given_one_is_used(function, said, your_turn, capsys):
    assert your_turn(named(function)) is double
    line = capsys.readouterr().out
    assert said in line
    assert line.endswith("The given one is used.\n")
    assert line.count("\n") == 1


def test_turns_of_the_notebooks(notebook_name, capsys):
    """Each typical mistake is told from the others, and the given function is right."""
    module = importlib.import_module(f"nst_keras.lessons.exercises.nb{notebook_name[:2]}")
    for name, turn in module.your_turn.turns.items() if hasattr(module, "your_turn") else ():
        given = lambda *arguments, given=turn.given: given(*arguments)
        given.__name__ = name
        assert module.your_turn(given) is given
        for wrong, hint in turn.hints:
            wrong.__name__ = name
            capsys.readouterr()
            assert module.your_turn(wrong) is turn.given, (name, hint)
            assert hint in capsys.readouterr().out

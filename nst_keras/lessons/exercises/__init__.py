"""Checks for the exercises of the notebooks.

A notebook's module holds what is right and what is typically wrong:

    check = checker({1: Exercise(6.0, hints=[(12.0, "That is the sum; the cost has a factor 1/2.")])})

and the notebook calls `check(1, answer)`. For "Your turn", where the reader writes a function of the program, it has

    your_turn = turns({"gram": Turn(gram_matrix, ARGUMENTS, hints=[(wrong_gram, "Its rows mix channels.")])})

and the cell ends with `gram = your_turn(gram)`.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes:
        expected: the right answer (number, text, tuple, list, set, dict, array, tensor); or a function that
            takes the answer and returns None when it is right, otherwise a message.
        hints: pairs (wrong answer, hint); in place of a wrong answer may stand a function answer -> bool.
        tolerance: relative; whole numbers must agree exactly.
        praise: a sentence for the right answer, such as what it shows.
    """

    expected: object
    hints: tuple | list = ()
    tolerance: float = 1e-3
    praise: str = ""


def checker(exercises):
    """Make the function `check(number, answer)` of one notebook.

    `check` prints one line and returns True (right), False (wrong) or None (not answered yet). It never raises.
    """

    def check(number, answer=None):
        if number not in exercises:
            print(f"There is no exercise {number} here; there are {', '.join(map(str, exercises))}.")
            return None
        if not is_answered(answer):
            print(f"Exercise {number}: not answered yet. Replace None in the cell and run it again.")
            return None
        message = fault(exercises[number], answer)
        if message is None:
            print(f"Exercise {number}: right. {exercises[number].praise}".rstrip())
            return True
        print(f"Exercise {number}: not yet. {message}")
        return False

    check.exercises = exercises  # type: ignore[attr-defined]  # the type of a function knows of no attributes
    return check


@dataclass(frozen=True)
class Turn:
    """A function that the reader writes.

    Attributes:
        given: the right one; it is used as long as the reader's is missing or wrong.
        arguments: tuples of arguments, on which both are compared.
        hints: pairs (a function as it is typically written, hint).
        praise, tolerance: as in Exercise.
    """

    given: Callable
    arguments: Sequence[tuple]
    hints: Sequence[tuple] = ()
    praise: str = ""
    tolerance: float = 1e-4


def turns(by_name):
    """Make the function `your_turn(function)` of one notebook, for functions of these names.

    `your_turn` prints one line and returns the function to go on with: the reader's if it is right, else the given
    one. It never raises.
    """

    def your_turn(function):
        name = function.__name__
        turn = by_name[name]
        try:
            results = [values(function(*arguments)) for arguments in turn.arguments]
        except Exception as error:  # whatever the reader has written
            print(f"{name}: not yet, {type(error).__name__}: {error}. The given one is used.")
            return turn.given
        if not any(is_answered(result) for result in results):
            print(f"{name}: not written yet. The given one is used.")
            return turn.given
        expected = [values(turn.given(*arguments)) for arguments in turn.arguments]
        if same_results(results, expected, turn.tolerance):
            print(f"{name}: right, yours is used. {turn.praise}".rstrip())
            return function
        print(f"{name}: not yet. {turn_fault(turn, results, expected)} The given one is used.")
        return turn.given

    your_turn.turns = by_name  # type: ignore[attr-defined]
    return your_turn


def activations(seed, rows=3, columns=4, channels=5):
    """Numbers like those of a layer, (1, nH, nW, nC): 0 or more, many of them 0."""
    return np.maximum(np.random.default_rng(seed).normal(size=(1, rows, columns, channels)), 0).astype(np.float32)


def flat(a):
    """The activations of an array as a table, with a row for each position."""
    return a.reshape(-1, a.shape[-1])


def values(result):
    """What a function has returned, as an array; a tuple or a list of such; None and a text as they are."""
    if isinstance(result, (tuple, list)):
        return [values(part) for part in result]
    return result if result is None or result is ... or isinstance(result, str) else np.asarray(result)


def same_results(results, expected, tolerance):
    """Whether the results agree, each in shape and values; inside tuples too."""
    if isinstance(expected, list):
        if not isinstance(results, list) or len(results) != len(expected):
            return False
        return all(same_results(*pair, tolerance) for pair in zip(results, expected, strict=True))
    return not isinstance(results, list) and same(results, expected, tolerance)


def turn_fault(turn, results, expected):
    """The hint of the typical mistake that gives these results, else what can be said about the first wrong one."""
    for wrong, hint in turn.hints:
        try:
            if same_results(results, [values(wrong(*arguments)) for arguments in turn.arguments], turn.tolerance):
                return hint
        except Exception:  # a mistake that cannot be made with these arguments
            continue
    pairs = zip(results, expected, strict=True)
    seen, wanted = next(pair for pair in pairs if not same_results(*pair, turn.tolerance))
    if isinstance(seen, list) or isinstance(wanted, list) or seen is None:
        return "It does not return what is asked for."
    return difference(seen, wanted)


def is_answered(answer):
    """Whether something other than None, ... or an empty text was filled in, in every place of a collection."""
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    if isinstance(answer, (list, tuple, Set)):
        return len(answer) > 0 and all(is_answered(part) for part in answer)
    return answer is not None and answer is not ... and not (isinstance(answer, str) and not answer.strip())


def fault(exercise, answer):
    """None when the answer is right, otherwise the hint to print."""
    try:
        if callable(exercise.expected):
            message = exercise.expected(answer)
        elif same(answer, exercise.expected, exercise.tolerance):
            message = None
        else:
            message = difference(answer, exercise.expected)
    except Exception as error:  # an answer of an unforeseen kind must not stop the notebook
        message = f"The answer could not be read ({type(error).__name__}: {error})."
    if message is None:
        return None
    for wrong, hint in exercise.hints:
        if recognizes(wrong, answer, exercise.tolerance):
            return hint
    return message


def recognizes(wrong, answer, tolerance):
    """Whether an answer is this typical wrong one."""
    try:
        return bool(wrong(answer)) if callable(wrong) else same(answer, wrong, tolerance)
    except Exception:  # a hint that does not fit the kind of the answer
        return False


def same(answer, expected, tolerance):
    """Whether two values agree: texts whatever their case, numbers and arrays within the tolerance."""
    if isinstance(expected, str):
        return isinstance(answer, str) and answer.strip().casefold() == expected.strip().casefold()
    if isinstance(expected, Set):
        return not isinstance(answer, str) and folded(answer) == folded(expected)
    if isinstance(expected, Mapping):
        return (
            isinstance(answer, Mapping)
            and set(answer) == set(expected)
            and all(same(answer[key], expected[key], tolerance) for key in expected)
        )
    if isinstance(expected, (list, tuple)) and any(isinstance(part, (str, Mapping, Set)) for part in expected):
        if isinstance(answer, str) or len(answer) != len(expected):
            return False
        return all(same(part, wanted, tolerance) for part, wanted in zip(answer, expected, strict=True))
    answer, expected = np.asarray(answer), np.asarray(expected)
    if answer.shape != expected.shape or answer.dtype.kind not in "biufc":
        return False
    if answer.dtype.kind in "biu" and expected.dtype.kind in "biu":
        return bool(np.array_equal(answer, expected))
    relative = 1e-6 if expected.dtype.kind in "biu" else tolerance
    largest = float(np.max(np.abs(expected), initial=0.0))
    return bool(np.allclose(answer, expected, rtol=relative, atol=1e-6 * largest or 1e-6))


def folded(values):
    """A set whose texts do not depend on case."""
    return {value.strip().casefold() if isinstance(value, str) else value for value in values}


def difference(answer, expected):
    """What can be said about a wrong answer without giving the right one away."""
    if isinstance(expected, (str, Set, Mapping)) or isinstance(answer, str):
        return "Read the section above once more."
    seen, wanted = np.asarray(answer), np.asarray(expected)
    if seen.shape != wanted.shape:
        return f"The answer has shape {seen.shape}, expected is {wanted.shape}."
    if wanted.ndim == 0 and wanted.dtype.kind in "iuf" and seen.dtype.kind in "iuf":
        return "That is too large." if seen > wanted else "That is too small."
    return "The shape is right, the values are not."

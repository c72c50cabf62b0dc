"""Exercises of notebook 09."""

import numpy as np
import tensorflow as tf

from nst_keras.lessons.exercises import Exercise, Turn, checker, turns
from nst_keras.transfer import ladder


def resize(image, size):
    return tf.clip_by_value(tf.image.resize(image, size, "bicubic", antialias=True), 0, 255)


def enlarged(G, C):
    return tf.clip_by_value(C + resize(G, C.shape[1:3]) - resize(resize(C, G.shape[1:3]), C.shape[1:3]), 0, 255)


def pictures(seed, low=20, high=200, rows=17, columns=24):
    """A G and a C that is √2 times as large, RGB 0..255."""
    numbers = np.random.default_rng(seed)
    sizes = ((rows * 12 // 17, columns * 17 // 24), (rows, columns))
    return tuple(tf.constant(numbers.uniform(low, high, (1, *size, 3)), tf.float32) for size in sizes)


DETAIL = "What is too fine for the small picture is missing. It is C minus C made small and large again."
your_turn = turns(
    {
        "enlarged": Turn(
            enlarged,
            [pictures(0, 90, 160), pictures(1, 0, 255)],
            hints=[
                (lambda G, C: resize(G, C.shape[1:3]), f"That is G made large, and blurred. {DETAIL}"),
                (lambda G, C: C, "That is C: what has been painted so far is lost."),
                (
                    lambda G, C: tf.clip_by_value(resize(G, C.shape[1:3]) + C, 0, 255),
                    "That adds all of C; only its finest details are missing from G.",
                ),
                (
                    lambda G, C: (resize(G, C.shape[1:3]) + C) / 2,
                    "That is half of each. Add to G what is finest in C, in full.",
                ),
                (
                    lambda G, C: C + (resize(G, C.shape[1:3]) - resize(resize(C, G.shape[1:3]), C.shape[1:3])),
                    "Right, but for the last thing: clip it to 0..255.",
                ),
                (
                    lambda G, C: tf.clip_by_value(
                        resize(G, C.shape[1:3]) - (C - resize(resize(C, G.shape[1:3]), C.shape[1:3])), 0, 255
                    ),
                    "The details of C are taken away; add them.",
                ),
            ],
            praise="What is too fine for one size comes from C.",
        )
    }
)


def framed(width=1):
    """A picture of random strokes with a darker line all around it, and the same without."""
    plain = np.random.default_rng(2).uniform(90, 160, (1, 40, 60, 3)).astype(np.float32)
    inner, dark = plain[:, width:-width, width:-width], plain - 50
    return np.pad(inner, ((0, 0), (width, width), (width, width), (0, 0))) + dark * (
        np.pad(inner[..., :1], ((0, 0), (width, width), (width, width), (0, 0))) == 0
    ), plain


def frame_fault(frame):
    """None when `frame` gives more for pictures with a line around them, otherwise a message."""
    if not callable(frame):
        return "The answer is the function itself, without parentheses: answer = frame."
    for width in (1, 3):
        with_line, plain = map(tf.constant, framed(width))
        numbers = float(frame(with_line)), float(frame(plain))
        if not np.isfinite(numbers).all():
            return f"It gives {numbers[0]} and {numbers[1]}."
        if numbers[0] < 1.5 * abs(numbers[1]):
            pixels = f"{width} pixel{'s' * (width > 1)}"
            return f"A dark line of {pixels} around a picture: {numbers[0]:.2f} with it, {numbers[1]:.2f} without."
    return None


def work_fault(work):
    """None when `work` counts the steps of the ladder in steps of the largest size, otherwise a message."""
    if not callable(work):
        return "The answer is the function itself, without parentheses: answer = work."
    for side, steps in ((128, 18), (256, 18), (512, 18), (1024, 10)):
        sizes, each = ladder(np.zeros((1, side, side, 3)), steps)
        right = sum(n * (size[0] / side) ** 2 for n, size in zip(each, sizes, strict=True))
        found = float(work(side, steps))
        if abs(found / right - 1) > 0.03:
            more = ""
            if abs(found / sum(each) - 1) < 0.03:
                more = " That is the number of steps; at half the side one costs a quarter."
            if abs(found / (steps * len(each)) - 1) < 0.03:
                more = " That counts every size in full."
            return f"For {side} pixels and {steps} steps it gives {found:.1f}, and {right:.1f} is right.{more}"
    return None


check = checker(
    {
        1: Exercise(
            ("09", "05", "08"),
            hints=[
                (lambda answer: answer[0] != "09", "One sky is calm, up to its border."),
                (lambda answer: answer[1] != "05", "Gram matrices and Adam: the roughest sky of the three."),
            ],
            praise="A title box, spots, a calm sky: you see them from now on.",
        ),
        2: Exercise(frame_fault, praise="A referee for one blemish, made in a minute."),
        3: Exercise(work_fault, praise="Four times the pixels cost a little more than four times the time."),
    }
)

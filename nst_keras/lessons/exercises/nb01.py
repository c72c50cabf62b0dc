"""Checks for the exercises of notebook 01."""

import numpy as np

from nst_keras.images import preprocess
from nst_keras.lessons.exercises import Exercise, Turn, checker, turns

MEAN = np.array([103.939, 116.779, 123.68], np.float32)  # blue, green, red
PICTURE = np.arange(24, dtype=np.float32).reshape(1, 2, 4, 3) * 10
PICTURE.setflags(write=False)  # who writes into it, as Keras's function does, is told

your_turn = turns(
    {
        "to_vgg": Turn(
            preprocess,
            [(PICTURE,)],
            hints=[
                (lambda picture: (picture - MEAN)[..., ::-1], "That subtracts the mean of blue from red: turn first."),
                (lambda picture: picture - MEAN[::-1], "Each mean meets its own channel, but red is still first."),
                (lambda picture: picture - MEAN, "The channels still have to be turned around: picture[..., ::-1]."),
                (lambda picture: picture[..., ::-1], "The channels are turned around; now subtract the mean."),
                (lambda picture: picture[..., ::-1] / 255 - MEAN, "VGG's numbers run over 255: do not divide."),
                (lambda picture: picture[..., ::-1] / 255, "VGG's numbers run over 255, and lack their mean."),
                (lambda picture: picture[..., ::-1] + MEAN, "Subtract the mean; you add it."),
            ],
            praise="From here on the network sees through your eyes.",
        )
    }
)


def fault_of_undo(to_picture):
    """Try the way back."""
    image = np.arange(24, dtype=np.float64).reshape(1, 2, 4, 3) * 10
    wrong, back = fault_of_call(to_picture, image[..., ::-1] - MEAN)
    if wrong:
        return wrong
    if np.allclose(back, image[..., ::-1], atol=1e-3):
        return "The mean is back, but the result is still blue first."
    if np.allclose(back, image - MEAN[::-1] + MEAN, atol=1e-3):
        return "Add the mean first, while blue is first; then turn the channels around."
    return None if np.allclose(back, image, atol=1e-3) else "Do both steps of to_vgg the other way, the last one first."


def fault_of_gray(to_vgg):
    """Try the color-blind function."""
    image = np.arange(24, dtype=np.float64).reshape(1, 2, 4, 3) ** 1.5
    wrong, x = fault_of_call(to_vgg, image)
    if wrong:
        return wrong
    gray = image.mean(axis=-1, keepdims=True)
    if np.allclose(x, np.repeat(gray, 3, axis=-1), atol=1e-3):
        return "That is the gray picture. VGG wants the mean subtracted from it: pass it on to preprocess."
    if np.allclose(x, image[..., ::-1] - MEAN, atol=1e-3):
        return "That is still in color."
    return (
        None
        if np.allclose(x, gray - MEAN, atol=1e-3)
        else "Take the mean of the three channels three times, then preprocess."
    )


def fault_of_call(function, image):
    """(what is wrong with the result's form, or None; the result)."""
    if not callable(function):
        return "Give the function itself: answer = my_function, without calling it.", None
    before = image.copy()
    result = np.asarray(function(image))
    if not np.array_equal(image, before):
        return "The function changes the array that it is given, as Keras's does; work on a copy.", None
    if result.shape != image.shape:
        return f"The result should have the picture's shape {image.shape}, not {result.shape}.", None
    return None, result


check = checker(
    {
        1: Exercise(fault_of_undo, praise="There and back again."),
        2: Exercise(fault_of_gray, praise="Colors are gone, and every edge is still there."),
        3: Exercise(
            "block5_conv1",
            hints=[
                ("block4_conv4", "Nearly. Look for the top of her hair."),
                (lambda answer: answer.startswith("block5"), "There is a layer before it that sees it all."),
                (lambda answer: answer.startswith("block"), "That square is too small for a head."),
            ],
            praise="A face is a matter for block 4, a head for block 5.",
        ),
    }
)

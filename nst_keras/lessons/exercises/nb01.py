"""Checks for the exercises of notebook 01."""

import numpy as np

from nst_keras.lessons.exercises import Exercise, checker

MEAN = np.array([103.939, 116.779, 123.68])  # blue, green, red


def fault_of_function(to_vgg):
    """Try the repaired function on an image with three different channels."""
    if not callable(to_vgg):
        return "Give the function itself: answer = to_vgg, without calling it."
    image = np.arange(24, dtype=np.float64).reshape(1, 2, 4, 3) * 10
    before = image.copy()
    x = np.asarray(to_vgg(image))
    if not np.array_equal(image, before):
        return "The function changes the array that it is given; work on a copy."
    if x.shape != image.shape:
        return f"The result should have the image's shape {image.shape}, not {x.shape}."
    if np.allclose(x, (image - MEAN)[..., ::-1]):
        return "That still subtracts the mean of blue from red. What is in x[..., 0] when 103.939 is subtracted?"
    if np.allclose(x, image - MEAN[::-1]):
        return "Each mean meets its own channel now, but the result is RGB. VGG wants BGR."
    if not np.allclose(x, image[..., ::-1] - MEAN):
        return "The result is not BGR minus the mean. Compare with x_tiny in section 1."
    return None


EDGES = np.array([[0, 1, 0], [3, 0, 0], [0, 0, 0]])
ONLY_VGG19 = {"block3_conv4", "block4_conv4", "block5_conv4"}

check = checker(
    {
        1: Exercise(
            EDGES,
            hints=[
                ([[0, 1, 0], [3, 0, -3], [0, -3, 0]], "These are the sums z. The ReLU makes negative ones 0."),
                ([[0, 0, 0], [0, 0, 3], [0, 3, 0]], "That is left minus right: the kernel is not turned around."),
                (EDGES.T, "Those are the differences of the rows above and below; the kernel lies across."),
                ([[0]], "That is the middle alone. With zero padding the result is as large as the picture."),
            ],
            praise="The kernel finds each place that is brighter on its right than on its left.",
        ),
        2: Exercise(
            (ONLY_VGG19, 5309696),
            hints=[
                (lambda answer: set(answer) == ONLY_VGG19, "Right layers; give their parameters too: (set, number)."),
                (lambda answer: {"block3_conv3"} & set(answer[0]), "VGG16 has block3_conv3: its last blocks have 3."),
                ((ONLY_VGG19, 5308416), "These are the weights; each output channel has a bias too."),
                ((ONLY_VGG19, 2949888), "There are two layers of 512 channels: block4_conv4 and block5_conv4."),
            ],
            praise="The number is 20,024,384 - 14,714,688.",
        ),
        3: Exercise(
            (24, 156, 132),
            hints=[
                ((24, 132, 156), "VGG19 and VGG16 are exchanged: more layers see more pixels."),
                ((22, 148, 124), "The pools make the field larger too: f = 2."),
                ((11, 27, 21), "Every layer adds (f - 1) times the stride so far, not only f - 1."),
                (lambda answer: len(answer) == 3 and answer[0] == 20, "The first one lacks its last step."),
            ],
        ),
        4: Exercise(fault_of_function, praise="Turn the channels around first, then subtract BGR means."),
    }
)

"""Checks for the exercises of notebook 01."""

import numpy as np

from exercises import Exercise, checker

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


check = checker(
    {
        1: Exercise(
            1 - MEAN,
            hints=[
                (1 - MEAN[::-1], "The numbers are right, but in the order RGB. VGG wants BGR."),
                (255 - MEAN, "That is white in 0..255. Here white is (1, 1, 1)."),
                (1 + MEAN, "The mean is subtracted, not added."),
            ],
            praise="Black gives nearly the same numbers: that network sees a picture without contrast.",
        ),
        2: Exercise(
            {"block3_conv4", "block4_conv4", "block5_conv4"},
            hints=[
                ({"block3_conv3", "block4_conv3", "block5_conv3"}, "VGG16 has these three: its last blocks have 3."),
            ],
            praise="None of them is used by default in this series.",
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
        4: Exercise(
            (590080, 5309696),
            hints=[
                ((589824, 5308416), "These are the weights; each output channel has a bias too."),
                ((590080, 2949888), "There are two layers of 512 channels: block4_conv4 and block5_conv4."),
            ],
            praise="The second number is 20,024,384 - 14,714,688.",
        ),
        5: Exercise(fault_of_function, praise="Turn the channels around first, then subtract BGR means."),
    }
)

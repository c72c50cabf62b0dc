"""Exercises of notebook 00."""

from nst_keras.lessons.exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            ("a", "b", "b"),
            hints=[
                (("b", "a", "a"), "These are the style pictures. Content is what can be named: objects and places."),
                (("a", "b", "a"), "Look at pair 3 again: a painting may give the content, and a photo the style."),
                (("a", "a", "b"), "Look at pair 2 again: which of the two shows the thing that is to be recognized?"),
            ],
            praise="Content and style are roles; any picture can play either.",
        ),
        2: Exercise(
            "pixels",
            hints=[
                ("weights", "The network is frozen: it was trained long before, and only measures here."),
                ("activations", "They change, but only because something in front of the network does."),
            ],
            praise="No network is trained: the picture itself is what gradient descent changes.",
        ),
        3: Exercise(
            (1, 80, 120, 3),
            hints=[
                ((1, 120, 80, 3), "Height comes before width, and this photo is wider than high."),
                ((80, 120, 3), "The network takes batches: the first axis counts images."),
                ((120, 80, 3), "Height comes before width, and the first axis counts images."),
                ((1, 120, 180, 3), "max_side is the length of the longer side."),
                ((1, 120, 120, 3), "The proportions are kept: only the longer side becomes max_side."),
            ],
        ),
        4: Exercise(
            30_000,
            hints=[
                (10_000, "Each pixel holds three numbers."),
                (20_024_384, "That is the number of weights of VGG19, and they stay as they are."),
            ],
            praise="30,000 numbers are adjusted at once, with one gradient of 30,000 entries per round.",
        ),
        5: Exercise(
            ("P", "Q"),
            hints=[
                (("Q", "P"), "Lower is better: J is how far a picture is off."),
                (("P", "P"), "With β = 2: 0.9 + 2 · 0.01 against 0.3 + 2 · 0.05."),
                (("Q", "Q"), "With β = 25: 0.9 + 25 · 0.01 against 0.3 + 25 · 0.05."),
            ],
            praise="The same two pictures change places: what counts as best depends on β.",
        ),
    }
)

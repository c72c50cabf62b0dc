"""Right and typically wrong answers of notebook 10."""

from nst_keras.lessons.exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            (80.0, 100.0),
            hints=[
                ((100.0, 80.0), "The other way round: first the right map, then the program's."),
                ((65.0, 62.5), "The ratio is that of C over S: 40 / 20, and not 20 / 40."),
                ((20.0, 40.0), "Add the mean of C at the end."),
                ((120.0, 140.0), "The mean of S is subtracted, and that of C is added: 60, not 100."),
                ((80.0, 80.0), "The program squares: variances are 1600 and 400."),
            ],
            praise="Twice as far from the mean as it should be: too much contrast, and more that is clipped.",
        ),
        2: Exercise(
            (30, 55),
            hints=[
                ((55, 30), "The other way round: first darker, then brighter."),
                ((200, 225), "The first channel to reach its end decides, not the last one."),
                ((120, 135), "The first channel to reach its end decides: red at 0, green at 255."),
                ((30, 225), "Brighter: green, at 200, is the first to reach 255."),
                ((0, 0), "No channel is at its end yet."),
            ],
            praise="Red ends at 0 after 30 steps down, green at 255 after 55 steps up.",
        ),
        3: Exercise(
            (6, 14),
            hints=[
                ((14, 6), "The other way round: first those that see nothing else."),
                (
                    (10, 10),
                    "That is the shrunk map: it asks where a unit stands, and not what it sees.",
                ),
                ((5, 14), "Pixel 39 is included: i = 15 sees 30 to 39."),
                ((6, 15), "i = 5 sees 10 to 19, which is just outside."),
                ((6, 13), "Count both ends: 6 to 19 are 14 units."),
            ],
            praise="A shrunk map would say 10: four of its units see something else.",
        ),
        4: Exercise(
            (80.0, 80.0),
            hints=[
                ((80.0, 120.0), "The odds are divided by 1.5, those of strength 60."),
                ((25.0, 80.0), "4 = strength / (100 - strength), not 100 / strength."),
                ((20.0, 80.0), "The other way round: strength 20 has the odds 1/4."),
                ((75.0, 80.0), "Odds of 4 are 4 to 1, four fifths, and not three quarters."),
                ((80.0, 40.0), "β = 30 · 4 / 1.5."),
            ],
            praise="Here the two numbers happen to agree; with p = 1.75 and β₆₀ = 75, β would be 417.",
        ),
    }
)

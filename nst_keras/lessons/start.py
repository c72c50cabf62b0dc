"""What a newcomer plays with, and where the first picture comes from: notebook 00."""

from nst_keras import show_images
from nst_keras.lessons.cases import beside_its_own
from nst_keras.lessons.stored import Frame, load_picture, load_record, show_slider

SEEN = {  # β, and what is to be seen
    2: "the photograph in the light of the print; the roofs are still red and green",
    8: "blue and cream begin to take the roofs and the trees",
    25: "a tinted drawing; the trees at the right curl",
    75: "drawn in ink blue, and the bushes break like waves",
    250: "the upper floors bend, and foam climbs the trees",
    1000: "a wave rises through the pagoda",
    5000: "the wave has taken the pagoda; its roof and its outline are left",
}

BEGUN = {  # a picture of data/records: what it was made of, and by what
    "00_from_C": "from C",
    "00_from_noise": "from noise",
    "00_from_C_no_content": "from C, no content cost",
    "00_from_noise_no_content": "from noise, no content cost",
}


def show_betas():
    """A slider over β: C above S on the left, and what comes of them on the right."""
    frames = [
        Frame(f"β = {beta}: {seen}", beside_its_own(f"00_beta_{beta}"), f"The pagoda, {seen}.")
        for beta, seen in SEEN.items()
    ]
    return show_slider("β, from photograph to painting", frames)


def show_begun():
    """Four pictures by the program of this notebook: from C and from noise, with and without content cost."""
    show_images([load_picture(name) for name in BEGUN], list(BEGUN.values()), columns=2, tile=3.7)


def print_begun():
    """The costs of these pictures, and of the two that they began as."""
    record = load_record("00_begun")
    print(f"{'':30} content cost   β · style cost")
    for name, title in {"C": "C", "noise": "noise", **BEGUN}.items():
        content, style = record[name]
        print(f"{title:30} {content:12}   {style:14}")

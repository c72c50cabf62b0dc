"""The knob that a newcomer plays with: notebook 00."""

from nst_keras.lessons.cases import beside_its_own
from nst_keras.lessons.stored import Frame, show_slider

SEEN = {  # β, and what is to be seen
    2: "the photograph in the light of the print; the roofs are still red and green",
    8: "blue and cream begin to take the roofs and the trees",
    25: "a tinted drawing; the trees at the right curl",
    75: "drawn in ink blue, and the bushes break like waves",
    250: "the upper floors bend, and foam climbs the trees",
    1000: "a wave rises through the pagoda",
    5000: "the wave has taken the pagoda; its roof and its outline are left",
}


def show_betas():
    """A slider over β: C above S on the left, and what comes of them on the right."""
    frames = [
        Frame(f"β = {beta}: {seen}", beside_its_own(f"00_beta_{beta}"), f"The pagoda, {seen}.")
        for beta, seen in SEEN.items()
    ]
    return show_slider("β, from photograph to painting", frames)

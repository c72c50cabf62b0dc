# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 - Studio, troubleshooting, limits
#
# You make pictures of your own with a panel of buttons, recognize what went wrong in a picture, and mend it with one line.
#
# **What you will learn**
#
# - how to choose, run, stop, save and replay without writing code, and the same by plain calls;
# - eight symptoms, the cause of each, and its cure;
# - what this method cannot do, and which methods can.
#
# **Time**: about half a minute on 2 CPU cores, and as long as you like in the studio.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

from pathlib import Path

import tensorflow as tf
from exercises.nb11 import check
from IPython.display import display

from nst_keras import CostNotFiniteError, load_image, prepare, show_images, stylize
from nst_keras.runs import Studio, check_memory, judge
from nst_keras.runs.panel import panel
from nst_keras.runs.quality import noise
from nst_keras.settings import weights_of_strength

# %% [markdown]
# ## Tweak me
#
# Comments describe the stored outputs.

# %% tags=["parameters"]
content_name = "palace"  # C, of the studio and of the pictures below
style_name = "great_wave"  # S
side = 176  # longer side of the pictures below, in pixels
steps = 7  # gradient evaluations at this size; the smaller sizes before it get more
strength = 60  # of a picture as it should be
colors = "style"  # of a picture as it should be: "style", "content" or "luminance"
folder = "studio"  # where the studio keeps uploads and saves results

# %% [markdown]
# ## The studio
#
# Choose a photograph and a painting, or upload your own. The forecast says how long the run will take and how much memory it
# needs. **Run** begins it, **Stop** ends it and keeps the best picture so far, **Save** writes the picture and its sidecar, the JSON
# file with all settings. **Replay** reads such a file. While a run is going on you can read on, or run cells.
#
# (JupyterLab takes uploads up to 10 MB; for a larger picture, give its path. The same panel as a page of its own, for
# people without notebooks: `nst-keras studio`.)

# %% alt="The panel: thumbnails of photographs and paintings with an upload button each, sliders for the settings, a forecast, the buttons Run, Stop and Save, a cat painted in the style of the Great Wave, and the falling curve of its cost."
studio = Studio(content_name, style_name, folder)
still = Path("studio.png").read_bytes()  # where there is no kernel, you see this picture of the panel
display(panel(studio)._repr_mimebundle_() | {"image/png": still}, raw=True)

# %% [markdown]
# *Figure: the panel. In JupyterLab it answers; on a web page it is a picture.* Each button is one call of the class `Studio`, which
# you can make yourself. What takes time is handed back at once, as a *Future*; `.result()` waits for it.

# %% tags=["nbval-check-output"]
by_hand = Studio(content_name, style_name, folder)
by_hand.change(preset="painterly")
print("painterly:", by_hand.settings.strength)
by_hand.change(strength=strength, colors=colors, max_side=side, steps=steps, layer_weights="fine")
try:
    by_hand.change(strength=120)
except ValueError as error:
    print(error)
print("still:", by_hand.settings.strength)

# %% tags=["nbval-check-output"] alt="The photograph, the painting, and the photograph in the colors and strokes of the painting."
painting = by_hand.start()  # Run: returns at once
try:
    by_hand.start()
except RuntimeError as error:
    print(error)
good = painting.result()
C, S = good.C, good.S[0]
show_images([C, S, good.image], ["C", "S", "G, by plain calls"], tile=3.6)

# %% [markdown]
# *Figure: C, S, and the G that all broken pictures below are compared with.* `by_hand.save(by_hand.free_name())` would write it and its
# sidecar into the folder.
#
# ## What goes wrong
#
# Each case breaks one thing, and shows what you would see beside the mended picture. **Look at the left picture first, and
# predict the cause.**

# %%
def referee(image):
    """What the referee of notebook 09 says."""
    found = judge(C, [S], image)
    style = found["styles"][0]["wasserstein"]
    return f"content {found['content']:.2f}, style {style:.3f}, noise {noise(image):.1f}"

of_good = referee(good.image)

def case(symptom, broken, cure):
    """The broken picture and the good one."""
    titles = [f"{symptom}\n{referee(broken)}", f"{cure}\n{of_good}"]
    show_images([broken, good.image], titles, tile=4.2)

def paint(**changed):
    return stylize(content_name, style_name, good.settings, **changed).image

# %% [markdown]
# ### It looks like C, or like S
#
# Symptom: hardly anything has happened; or the photograph is gone. Cause: the ratio of β to α. Cure: `strength`, which chooses
# both: α = 1 and
#
# $$\beta = 25\cdot\left(\frac{\text{strength}}{100-\text{strength}} \Big/ 1.5\right)^{1.14}$$

# %% tags=["nbval-check-output"]
for value in (5, 60, 98):
    alpha, beta = weights_of_strength(value)
    print(f"strength {value:2}: α {alpha:g}, β {beta:.3g}")

# %% alt=["On the left the photograph nearly unchanged, on the right the painted one.", "On the left waves spread over the trees and the edges of the building, on the right the building stands out more."]
case("strength=5", paint(strength=5), f"strength={strength}")
case("strength=98", paint(strength=98), f"strength={strength}")

# %% [markdown]
# *Figures: too little style, and too much.* With strength 5 next to nothing has happened. With 98 more of the building is given up (content
# 1.01, with 60 it is 0.73) for hardly more style (0.200 and 0.216). If the studio's result looks like C, move the slider, not the number of steps: J has
# two terms, and more steps do not change what they weigh.
#
# ### Confetti
#
# Symptom: grain and specks of wrong colors. Cause: noise as the first image, one size only, the Gram cost and few steps: what the classic
# recipe does. Cure: begin with C, and from coarse to fine.

# %% alt="On the left colored specks and short swirls all over, without any building; on the right the painted building."
classic = {"init": "noise", "scales": 1, "style_cost": "gram", "strength": 60}
case("init=\"noise\", scales=1, style_cost=\"gram\"", paint(**classic), "the defaults")

# %% [markdown]
# *Figure: the classic recipe after a few steps, and the defaults after the same number at full size.* Noise is 61.8 gray
# levels, and nothing of C can be seen yet. A longer run gets further; notebooks 06 to 08 show how far.
#
# ### Blurred
#
# Symptom: no edges, no brushwork. Cause: the weight γ of the total variation, a thousand times too large. Cure: `gamma=5e-5`.

# %% alt="On the left the painted building without edges, as if seen through frosted glass; on the right with sharp edges."
case("gamma=0.05", paint(gamma=0.05), "gamma=5e-5")

# %% [markdown]
# ### Black, and swapped colors
#
# Two mistakes are made before any network runs. Here is what the numbers of an image tell you.
# Images in this project are RGB from 0 to 255. Some libraries give values from 0 to 1, others blue first.

# %% tags=["nbval-check-output"]
photo = load_image("rocket", 64)
for name, image in {"right": photo, "0 to 1": photo / 255, "BGR": photo[..., ::-1]}.items():
    means = tf.reduce_mean(image, axis=(0, 1, 2)).numpy()
    print(f"{name:7} largest value {float(tf.reduce_max(image)):5.1f}  means of R, G, B", *(f"{mean:6.2f}" for mean in means))

# %% alt=["On the left a nearly black picture, on the right the painted building.", "On the left the painted building in colors of which red and blue have changed places, on the right in the right ones."]
settings = good.settings.replace(max_side=None)
case("values from 0 to 1", stylize(C / 255, S / 255, settings).image, "C * 255, S * 255")
case("BGR", stylize(C[..., ::-1], S[..., ::-1], settings).image, "C[..., ::-1], S[..., ::-1]")

# %% [markdown]
# *Figures: images from 0 to 1 make a black picture (no error: 0 to 1 lies within 0 to 255); images with blue first make one with red and
# blue exchanged.* Print the largest value and the means of an image before you blame the network.
#
# ### Not a number, and too large
#
# Two mistakes are refused in words. A cost that is no number any more ends the run, and the best image so far is kept. A size that
# does not fit into memory is refused before the run, with the largest one that fits.

# %% tags=["nbval-check-output"]
try:
    stylize(C, S, settings, init="noise", gamma=3e38)
except CostNotFiniteError as error:
    print(error)
    print("kept: the first image of the smallest size,", tuple(error.image.shape))

# %%
huge = prepare(content_name, style_name, good.settings)
huge.sizes[-1] = (40_000, 60_000)  # as if you had asked for a wall
try:
    check_memory(huge)
except ValueError as error:
    print(error)

# %% [markdown]
# ## Limits
#
# The method compares statistics of activations. It does not know *what* it paints.

# %% alt="On the left the portrait of an astronaut; on the right the same in the style of the Night Café: the face is yellow-green, eyes and mouth are smeared, and the letters on the suit cannot be read."
portrait = stylize("astronaut", "night_cafe", good.settings, strength=75)
show_images([portrait.C, portrait.image], ["C", "strength 75"], tile=4.2)
found = judge(portrait.C, portrait.S, portrait.image)
print(f"content {found['content']:.2f}, style {found['styles'][0]['wasserstein']:.3f}")

# %% [markdown]
# *Figure: a portrait.* To the cost a face is an area like any other: eyes and mouth get the same strokes as the wall, and
# letters are no longer letters. Masks and regions (`--mask`, `--regions`) say what a stroke may cover; a smaller strength keeps the
# face. What it cannot do at all: to paint a *night* sky because it is a sky, or to know that a wave of S belongs below a
# boat.
#
# ## Where next
#
# - **Feed-forward networks** (Johnson, Alahi, Fei-Fei: [Perceptual Losses](https://arxiv.org/abs/1603.08155), 2016) train a network on this very J, once for each style. Then a picture takes one pass,
#   some milliseconds, and one style is all it can do.
# - **AdaIN** (Huang, Belongie: [Arbitrary Style Transfer in Real-time](https://arxiv.org/abs/1703.06868), 2017) gives the activations of C the mean and deviation of those of S, and a decoder paints them: any style, in one pass, less exactly.
# - **Neural neighbors** (Kolkin and others: [Neural Neighbor Style Transfer](https://arxiv.org/abs/2203.13215), 2022) replaces each activation of C by the nearest one of S. Strokes stay whole, since they are copied, not averaged.
# - **Diffusion models** (Rombach and others: [Latent Diffusion](https://arxiv.org/abs/2112.10752), 2022) know what things are, from captions of many pictures. They paint a night sky where there is a sky, and
#   do not keep your photograph as exactly.
#
# ## Summary
#
# - The panel is a view of a small class; whatever it does you can call.
# - Too much, too little: `strength`. Specks: begin with C, from coarse to fine. Blur: γ. Black or blue: look at the numbers of the image.
# - NaN and too large a size are refused in words; the picture so far is kept.
# - The method has no idea of what it paints.
#
# ## Exercises
#
# **Exercise 1.** Four broken pictures. A: sharp, and like C. B: black. C: the sand-colored sky of the print is light blue, and its blue is brown. D: like C and S, without an edge. Which one
# is mended by which of `"strength"`, `"gamma"`, `"range"` (0 to 255), `"channels"` (RGB)? Answer with a dict.

# %% tags=["exercise"]
# Exercise 1: your answers replace None
answer = {"A": None, "B": None, "C": None, "D": None}
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = {"A": "strength", "B": "range", "C": "channels", "D": "gamma"}
# ```
# </details>
#
# **Exercise 2.** Which β has strength 80? Use the formula above.

# %% tags=["exercise"]
# Exercise 2: your answer replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = 25 * (80 / 20 / 1.5) ** 1.14
# ```
# </details>
#
# **Exercise 3, the capstone.** A client wants the palace in the manner of the Great Wave: recognizable at a glance, and no photograph any
# more. Make it, at 64 pixels or more. The referee (VGG16) accepts a content of at most 1.0 and a style of at most 0.35. Answer
# with `run.image`.

# %% tags=["exercise"]
# Exercise 3: your answer, an image, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = stylize("palace", "great_wave", max_side=128, steps=12).image
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. J falls quickly, jumps up, and falls again. What happened?</summary>
# The run went on to the next larger size, where J is another one.
# </details>
#
# <details><summary>2. J does not fall at all, and the picture is C. What is wrong?</summary>
# The strength is near 0, or the learning rate of a plain optimizer is far too small. L-BFGS finds its own.
# </details>
#
# <details><summary>3. The content term rises while J falls. Is that a mistake?</summary>
# No: from C as the first image, content begins at 0 and can only rise. Style falls by more.
# </details>
#
# <details><summary>4. A result has a thin frame along its border. Which setting?</summary>
# `padding="zero"`; with "symmetric" there is none (notebook 09).
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | α and β set the balance: more β, more style; more α, more content. | S0:29-31 | true | strength 5 leaves C as it is (content 0.05), 60 gives 0.73, 98 gives 1.01: [It looks like C, or like S](#It-looks-like-C,-or-like-S) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
# - the four papers under [Where next](#Where-next)
#
# **The way on**: your own pictures.

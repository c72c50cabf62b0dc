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
# - thirteen symptoms, the cause of each, and its cure;
# - what this method cannot do, and which methods can.
#
# **Time**: less than a minute on 2 CPU cores, and as long as you like in the studio.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import display
from nst_keras.runs.panel import panel
from PIL import Image, ImageDraw, ImageFont

from nst_keras import Objective, lbfgs, load_image, minimize, prepare, show_images, stylize, transfer
from nst_keras.controls.memory import fitting_tile
from nst_keras.controls.regions import mask_at_size, read_mask
from nst_keras.images import luminance, resize_image
from nst_keras.lessons.exercises.nb11 import check
from nst_keras.lessons.stored import load_stored
from nst_keras.optimize import CostNotFiniteError
from nst_keras.runs import Studio, check_memory, referee
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
# *Figure: the panel. In JupyterLab it answers; on a web page it is this picture of a cat that was painted and stopped (J jumps where the picture grows).* Each button is one call of the class `Studio`, which
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
# *Figure: C, S, and the G that most broken pictures below are compared with.* `by_hand.save(by_hand.free_name())` would write it and its
# sidecar into the folder.
#
# ## What goes wrong
#
# Most cases break one thing, some a few, as programs do; you see the broken picture beside the mended one. **Cover the text, look at the left picture first, and
# predict the cause.** The titles have what the referee of notebook 09 says, a network that did not paint (VGG16): *content* is how far G is from C, *style* how far from S, 0 for the same and 1 for a picture in which
# the network sees nothing; *noise* is how far a pixel is from the mean of its neighbors, in gray levels.

# %%
judge = referee(C, [S])

def verdict(image):
    """What the referee of notebook 09 says."""
    found = judge(image)
    style = found["styles"][0]["wasserstein"]
    return f"content {found['content']:.2f}, style {style:.3f}, noise {noise(image):.1f}"

of_good = verdict(good.image)

def case(symptom, broken, cure):
    """The broken picture and the good one."""
    titles = [f"{symptom}\n{verdict(broken)}", f"{cure}\n{of_good}"]
    show_images([broken, good.image], titles, tile=3.4)

def paint(**changed):
    return stylize(content_name, style_name, good.settings, **changed).image

# %% [markdown]
# ### It looks like C, or like S
#
# Symptom: hardly anything has happened; or the photograph is gone. Cause: the ratio of β to α. Cure: `strength`, which chooses
# both (notebook 10 says where 75 and 1.75 come from; 60 gives β = 75, since 60/40 = 1.5; 0 gives β = 0, and 100 stands for style alone, α = 0). Below 100, α = 1 and
#
# $$\beta = 75\cdot\left(\frac{\text{strength}}{100-\text{strength}} \Big/ 1.5\right)^{1.75}$$

# %% tags=["nbval-check-output"] alt=["On the left the photograph nearly unchanged, on the right the painted one.", "On the left waves in place of the bushes, and pale bands around the building; on the right bushes, and a lake behind the building."]
for value in (5, 60, 98):
    alpha, beta = weights_of_strength(value)
    print(f"strength {value:2}: α {alpha:g}, β {beta:.3g}")
case("strength=5", paint(strength=5), f"strength={strength}")
case("strength=98", paint(strength=98), f"strength={strength}")

# %% [markdown]
# *Figures: too little style, and too much.* With strength 5 next to nothing has happened. With 98 more of C is given up (content
# 0.94, with 60 it is 0.49) for little more style (0.097 and 0.118). If the studio's result looks like C and J is still falling, let the run go on. If J is flat, move the slider: more steps do not change
# what the terms of J weigh.
#
# ### Confetti
#
# Symptom: grain and specks of wrong colors. Cause: noise as the first image, one size only, the Gram cost and few steps: what the classic
# recipe does. Cure: begin with C, and from coarse to fine.
#
# ### Blurred
#
# Symptom: no edges, no brushwork. Cause: the weight γ of the total variation, a thousand times too large. Cure: `gamma=5e-5`.

# %% alt=["On the left colored specks and short swirls all over, without any building; on the right the painted building.", "On the left the building in dull colors, as if seen through frosted glass; on the right painted, with sharp edges."]
classic = {"init": "noise", "scales": 1, "style_cost": "gram", "strength": 60}
case("init=\"noise\", scales=1, style_cost=\"gram\"", paint(**classic), "the defaults")
case("gamma=0.05", paint(gamma=0.05), "gamma=5e-5")

# %% [markdown]
# *Figures: the classic recipe after a few steps, and the defaults after the same number at full size (and more at a smaller one before it); a large γ, and a small one.* The noise of the first picture is 42.4 gray
# levels, and nothing of C can be seen yet. A longer run gets further; notebooks 06 to 08 show how far. The blurred one has a noise of 2.3, the mended one 10.0; nor has it the colors of S.
#
# ### Washed out, or the colors of C
#
# Symptom: the colors are not those of S: they are pale, or those of C. Cause: all of λ is on one deep layer, which sees shapes
# and next to nothing of their color. Cure: `layer_weights="fine"`, four layers, most of λ on the first one.

# %% alt="On the left the building in brown and green, under a sky of white and pale blue with faint strokes; on the right in the dark blue and sand of the print."
def gray(image):
    """The share of pixels whose largest and smallest channel differ by less than 32."""
    return np.mean(np.ptp(image, axis=-1) < 32)

washed_out = paint(layer_weights={"block4_conv1": 1})
case("block4_conv1 alone", washed_out, "layer_weights=\"fine\"")
print(f"nearly gray: C {gray(C):.0%}, left {gray(washed_out):.0%}, right {gray(good.image):.0%}, S {gray(S):.0%}")

# %% [markdown]
# *Figure: one deep style layer, and four.* There are faint strokes in a sky that is nearly white, and building
# and trees have kept the colors of C. 70 % of the pixels are nearly gray, even more than in C (66 %). With four layers it is 35 %; S has 31 %.
#
# ### A mesh
#
# Symptom: a regular grid. Cause: max pooling, one size only, and flat areas in C. There the four activations of a pooling window are equal, and the
# gradient of a maximum goes to one of them, the same one in each window. Cure: from coarse to fine, the default, since a larger size begins with C, changed as a smaller one has changed it, which is not flat any more.
#
# Few areas of a photograph are quite flat; an overexposed sky is, and so is the ground of a drawing. So here C is a plain wall, drawn by Pillow.

# %% alt="Above, the wall painted at one size by max pooling, covered with a fine regular grid; at one size by average pooling, gray in a blue and black frame with yellow bars; and with the defaults, with irregular strokes. Below, the middle of each enlarged: squares in rows and columns like a woven cloth in the first one, a plain gray in the second, spots without an order in the third."
def wall(text="", size=0.25):
    """A plain wall with red letters, of a size given as a share of its width."""
    picture, font = Image.new("RGB", (side, side * 2 // 3), "wheat"), ImageFont.load_default(size * side)
    ImageDraw.Draw(picture).text((side / 2, side / 3), text, "firebrick", font, "mm", align="center")
    return tf.constant(np.asarray(picture)[np.newaxis], tf.float32)

def grid(G, period=4):
    """How far the mean of all tiles of period x period pixels is from flat, in gray levels."""
    rows, columns = (n // period for n in G.shape[1:3])
    tiles = np.asarray(G)[0, : rows * period, : columns * period].reshape(rows, period, columns, period, 3)
    return tiles.mean(axis=(0, 2)).std(axis=(0, 1)).mean()

def magnified(part):
    """Each pixel as a square of 6 x 6."""
    return np.asarray(part).repeat(6, axis=1).repeat(6, axis=2)

changes = {"scales=1": {"scales": 1}, 'scales=1, pooling="avg"': {"scales": 1, "pooling": "avg"}, "the defaults": {}}
walls = [stylize(wall(), style_name, good.settings, **changed).image for changed in changes.values()]
titles = [f"{name}\ngrid {grid(G):.1f}" for name, G in zip(changes, walls, strict=True)]
show_images([*walls, *(magnified(tf.image.central_crop(G, 0.3)) for G in walls)], titles + ["its middle"] * 3, 3, tile=2.5)
print("one size, tiles of", ", ".join(f"{n} pixels: {grid(walls[0], n):.1f}" for n in (3, 4, 5)))

# %% [markdown]
# *Figure: the wall, and its middle with each pixel as a square.* It repeats itself after 4 pixels, two poolings of 2 x 2: the mean of all tiles of 4 x 4 pixels is 9.8 gray levels
# from flat, that of 3 x 3 or 5 x 5, into which no such grid fits, 1.2 and 2.1. From coarse to fine it is 1.4, and the middle shows no grid. Average pooling at one size is no cure: its gradient goes to all four, but the middle stays flat, and what is painted stands along the border. (On a wall as flat as this all three have a band along the border, with symmetric padding, too: nothing else in C tells one place from another.) In a photograph the winners differ from window to
# window, and what is left of this is a little grain (notebook 09).
#
# ### A frame
#
# Symptom: a line of another color along the border. Cause: `padding="zero"`, by which the network sees the border (notebook 09). Cure: `padding="symmetric"`, the default. Here the wall
# has a word on it. **Look at the border first.**

# %% alt="Above, the word OPEN painted on the wall, with zero padding, where blue lines run along the border, and with symmetric padding, without them. Below, the lower right corner of each enlarged: a blue line along both edges; none, but a pale dashed one near the lower edge."
def frame(G):
    """By how much the mean colors of the outermost row and of the fourth differ, over the four sides, in gray levels."""
    upright = np.asarray(G)[0]
    turned = upright.swapaxes(0, 1)
    return np.mean([abs((x[0] - x[3]).mean(axis=0)) for x in (upright, upright[::-1], turned, turned[::-1])])

padded = [stylize(wall("OPEN"), style_name, good.settings, padding=p, strength=80).image for p in ("zero", "symmetric")]
titles = [f'padding="{p}"\nframe {frame(G):.1f}' for p, G in zip(("zero", "symmetric"), padded, strict=True)]
show_images([*padded, *(magnified(G[:, -36:, -54:]) for G in padded)], titles + ["its lower right corner"] * 2, 2, tile=3)

# %% [markdown]
# *Figure: the wall painted with both kinds of padding, and the lower right corner of each.* With zeros blue lines run along the lower and the right border: the
# mean colors of the outermost pixels and of the fourth ones differ by 52.8 gray levels, with symmetric padding by 28.0: less, and not nothing.
#
# ### A ghost of S
#
# Symptom: things that only S has, such as Mount Fuji, stand in G where they stand in S. Cause: the run began with S. Its style cost is next to nothing from the beginning, so
# nothing drives those things away but the content cost. Cure: `init="content"`. (`stylize` does not offer S as the first image, but a loop of your own does, and so do other programs.)

# %% alt="From S with strength 60: the Great Wave with a roof of the building in it, Mount Fuji where it was. From S with strength 30: much the same, with more of the building. From C: the painted building, without wave and mountain."
resized = resize_image(S, tuple(C.shape[1:3]))
ghosts = {}
for value in (60, 30):
    J = Objective(C, S, good.settings.replace(strength=value))
    ghosts[f"from S, strength={value}"], _ = minimize(J, resized, lbfgs(), 12)
ghosts[f"from C, strength={strength}"] = good.image
titles, judges = [], [referee(image, []) for image in (C, resized)]
for name, G in ghosts.items():
    of_C, of_S = (content_judge(G)["content"] for content_judge in judges)
    titles.append(f"{name}\ncontent: from C {of_C:.2f}, from S {of_S:.2f}")
show_images(list(ghosts.values()), titles, tile=3)

# %% [markdown]
# *Figure: two runs from S, and the one from C. The numbers are how far the content of G is from that of C and from that of S.* From S the building shows
# through the wave, with half the strength more of it, and Fuji is still there. The run from C is nearer to C (0.49) than to S (1.36); from S with strength 60 it is the other way round (0.88 and 0.55).
#
# ### The content has vanished
#
# Symptom: much of S, and of C a few outlines, though α is not 0. Cause: the content layer is in the deepest block, which knows *that* there is a tower and not where its edges are; and
# noise as the first image does not bring them along. Cure: `content_layer="block4_conv2"`, and begin with C.

# %% alt="On the left dark patches of waves in a pale sky, and where the building stood the outlines of roofs; on the right the painted building."
case("content_layer=\"block5_conv2\", init=\"noise\"", paint(content_layer="block5_conv2", init="noise"), "the defaults")

# %% [markdown]
# *Figure: content from block5 alone, from noise; and the defaults.* Outlines of roofs are what is left of C. Its content, 1.35, is worse than
# the 1 of a network that sees nothing in G (notebook 09). Its style, 0.123, is nearly as good as 0.118: style alone does not tell you that something is wrong.
#
# ### Black, and swapped colors
#
# Two mistakes are made before any network runs. Here is what the numbers of an image tell you.
# Images in this project are RGB from 0 to 255. Some libraries give values from 0 to 1, others blue first.

# %% tags=["nbval-check-output"] alt=["On the left a nearly black picture, on the right the painted building.", "On the left the painted building in colors of which red and blue have changed places, on the right in the right ones."]
photo = load_image("rocket", 64)
for name, image in {"right": photo, "0 to 1": photo / 255, "BGR": photo[..., ::-1]}.items():
    means = tf.reduce_mean(image, axis=(0, 1, 2)).numpy()
    print(f"{name:7} largest value {float(tf.reduce_max(image)):5.1f}  means of R, G, B", *(f"{mean:6.2f}" for mean in means))
settings = good.settings.replace(max_side=None)
dark = prepare(C, S, settings)
dark.C, dark.S = C / 255, [S / 255]  # `stylize` refuses such images
case("values from 0 to 1", transfer.paint(dark).image, "C * 255, S * 255")
case("BGR", stylize(C[..., ::-1], S[..., ::-1], settings).image, "C[..., ::-1], S[..., ::-1]")

# %% [markdown]
# *Figures: images from 0 to 1 make a black picture (so `stylize` refuses them); images with blue first make one with red and
# blue exchanged.* Its content, 0.48, is even better than 0.49; only its style, 0.283, shows the mistake. Print the largest value of an image before you blame the network: it tells 0 to 1 from 0 to 255. The means tell the order of channels if you know which color prevails (the rocket's sky is blue, so B must be the largest).
#
# ### Not a number, and too large
#
# Two mistakes are told in words. A cost that is not finite any more ends the run, and the best image so far is kept. A size that
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
huge.settings = huge.settings.replace(tile=fitting_tile(huge))
try:
    check_memory(huge)
except ValueError as error:
    print(error)

# %% [markdown]
# ## Limits
#
# The method compares statistics of activations. It does not know *what* it paints.
#
# ### Faces, and letters
#
# To the cost a face is an area like any other, and so is a line of text. **Predict** what you can still read.

# %% alt=["On the left the portrait of an astronaut; on the right the same in the style of the Night Café: face, background and suit are yellow-green, and eyes and smile are still there.", "A notice of three lines in red on a plain wall; with strength 75 three rows of dark blue strokes, hard to read, with waves around them; with strength 20 the lines in dark blue, and readable."]
portrait = stylize("astronaut", "night_cafe", good.settings, strength=75)
show_images([portrait.C, portrait.image], ["C", "strength 75"], tile=3.4)
found = referee(portrait.C, portrait.S)(portrait.image)
print(f"content {found['content']:.2f}, style {found['styles'][0]['wasserstein']:.3f}")

notice = wall("No photographs,\nno umbrellas,\nplease ring twice", 0.09)
painted = [stylize(notice, "great_wave", good.settings, strength=value).image for value in (75, 20)]
show_images([notice, *painted], ["C", "strength 75", "strength 20"], tile=3)

# %% [markdown]
# *Figures: a portrait, and a notice of three lines.* Eyes and smile are still there, and the face has the yellow-green of the suit and of the wall behind it. With the same strength the lines of
# the notice become rows of dark strokes, hard to read; with 20 you can read them all. So give what must be read or recognized a smaller strength, or keep it out of the picture: masks and regions (`--mask`, `--regions`) say what a stroke may cover.
#
# ### No meaning
#
# A painting of the night on a photograph taken by day. **Predict**: will the sky become a night sky?

# %% alt="The palace by day; van Gogh's café at night under a violet sky with stars; the palace under a sky that is violet on the left and yellow on the right; its brightness: the sky gray, the building and the trees on the right darker."
night = stylize("palace", "cafe_terrace", good.settings)
sky = mask_at_size(read_mask("palace_sky", night.C), night.C.shape[1:3]) > 0.5
painted = night.S[0]
titles = ["C", "S", "G", "how bright G is"]
show_images([night.C, painted, night.image, luminance(night.image)], titles, tile=2.6)
for name, image in {"C": night.C, "G": night.image}.items():
    Y = np.asarray(luminance(image))[0, ..., 0]
    print(f"{name}: the sky has a mean brightness of {Y[sky].mean():.0f}, the rest {Y[~sky].mean():.0f}")
upper_right = luminance(painted[:, : painted.shape[1] * 2 // 5, painted.shape[2] // 2 :])
print(f"S: its night sky, the upper right of it, has {float(tf.reduce_mean(upper_right)):.0f}")

# %% [markdown]
# *Figure: C, S, G, and the brightness of G.* On the left the sky did become violet. On the right it is yellow: the bright wall of the café went
# where C is bright. And the dark of the night went into the trees on the right and the shadows of the building, while the bushes at the lower left turned yellow. The sky of G has a mean brightness of 153, the upper right of S, with sky and dark houses, 92. It is the brighter part still, as in C (224 and 82). The method cannot know that a night sky belongs where a sky is, or that a wave of S belongs below a
# boat. Regions (notebook 10) let *you* say so.
#
# ## Where next
#
# - **Feed-forward networks** (Johnson, Alahi, Fei-Fei: [Perceptual Losses](https://arxiv.org/abs/1603.08155), 2016) train a network on a J of this kind, once for each style. Then a picture takes one pass,
#   some milliseconds on a GPU, and one style is all it can do.
# - **AdaIN** (Huang, Belongie: [Arbitrary Style Transfer in Real-time](https://arxiv.org/abs/1703.06868), 2017) gives the activations of C the mean and deviation of those of S, and a decoder paints them: any style, in one pass, less exactly.
# - **Neural neighbors** (Kolkin and others: [Neural Neighbor Style Transfer](https://arxiv.org/abs/2203.13215), 2022) replaces each activation of C by the nearest one of S, and optimizes the picture until it has them. Strokes stay crisper: each place has one activation of S as its goal, instead of a statistic of all.
# - **Diffusion models** (Rombach and others: [Latent Diffusion](https://arxiv.org/abs/2112.10752), 2022) know what things are, from captions of many pictures. They can paint a night sky where there is a sky, and
#   by themselves do not keep your photograph.
#
# ## Summary
#
# - The panel is a view of a small class; whatever it does you can call.
# - Too much, too little: `strength`. Specks, ghosts, no content: begin with C, from coarse to fine. Blur: γ. Not the colors of S: four style layers. A mesh: from coarse to fine. A frame: `padding`. Black or blue: look at the numbers of the image.
# - A cost that is not finite ends the run, and the best picture so far is kept; too large a size is refused before it.
# - The method has no idea of what it paints.
#
# ## Exercises
#
# **Exercise 1.** Four broken pictures, each with another cause, of a cat, the palace, a rocket and a portrait. Which one is mended by which of these: `"strength"`, `"gamma"`, `"init"`, `"layer_weights"`, `"padding"`,
# `"channels"` (RGB)? Two of the six are left over.

# %% alt="A: the face of a cat in yellow and red, soft, without brushwork. B: the palace in brown and green under a sky of pale shapes in white, pink and blue. C: short strokes and colored grain all over. D: patches of a yellow café, a violet sky with stars and cobbles, with the outlines of a collar and a helmet."
broken = {letter: load_stored(f"11_quiz_{letter.lower()}").image for letter in "ABCD"}
show_images(list(broken.values()), list(broken), tile=2.4)

# %% tags=["exercise"]
# Exercise 1: your answers replace None
answer = {"A": None, "B": None, "C": None, "D": None}
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = {"A": "gamma", "B": "layer_weights", "C": "init", "D": "strength"}
# ```
#
# A is soft, without brushwork. B has strokes without the colors of the painting. C is grain. D is nearly all painting: too much style. (From S as the first image it could look alike, but `init` is what C needs.)
# </details>
#
# **Exercise 2.** Three real runs. Which curve belongs to which of these: `"learning rate"` (too large), `"next size"` (the run goes on to a larger picture), `"converged"` (more steps would
# change next to nothing), `"too early"` (it was stopped while J was still falling quickly)? One of the four is left over.

# %% alt="Three curves of J. 1 falls steeply and then runs nearly flat up to step 80. 2 leaps from 16 to 248 in one step, zigzags downwards, and ends higher than the others. 3 falls, and jumps up at steps 25 and 43, falling again after each jump."
figure, axes = plt.subplots(1, 3, figsize=(9.5, 2.8), sharey=True, layout="constrained")
for number, axis in enumerate(axes, start=1):
    axis.semilogy(load_stored(f"11_curve_{number}").record["J"], ".-")
    axis.set(title=f"curve {number}", xlabel="step (gradient evaluations)")
axes[0].set_ylabel("J")
plt.show()

# %% tags=["exercise"]
# Exercise 2: your answers replace None
answer = {1: None, 2: None, 3: None}
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = {1: "converged", 2: "learning rate", 3: "next size"}
# ```
# </details>
#
# **Exercise 3.** Which β has strength 80? Use the formula above.

# %% tags=["exercise"]
# Exercise 3: your answer replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = 75 * (80 / 20 / 1.5) ** 1.75
# ```
# </details>
#
# **Exercise 4, the capstone.** A client wants the palace in the manner of the Great Wave: recognizable at a glance, and no photograph any
# more. Make it, at 64 pixels or more. The referee (VGG16) accepts a content of at most 1.0 and a style of at most 0.35. Answer
# with `run.image`.

# %% tags=["exercise"]
# Exercise 4: your answer, an image, replaces None
answer = None
check(4, answer)

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
# No: from C as the first image, the content term begins at 0. That is its lowest value, since no square is negative, so it can only rise. The style term falls by more.
# </details>
#
# <details><summary>4. A result has a thin frame along its border. Which setting?</summary>
# `padding="zero"`; the default, "symmetric", makes it weaker: [A frame](#A-frame).
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | α and β set the balance: more β, more style; more α, more content. | S0:29-31 | true | strength 5 nearly leaves C as it is (content 0.01, style 0.317), 60 gives 0.49 and 0.118, 98 gives 0.94 and 0.097: [It looks like C, or like S](#It-looks-like-C,-or-like-S) |
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

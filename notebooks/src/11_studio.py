# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 - Troubleshooting: what went wrong here?
#
# You learn to tell from a picture what spoiled it, and to mend it with one setting.

# %% tags=["hide-input"] alt="Three faces. C: a photograph of a smiling woman. A: painted, pink and sketchy, one eye small and a line across the nose, the mouth dissolving. B: painted in clean outlines, one eye ringed by a black line that runs down through the lips."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import cases

cases.show_faces({"A": "11_scattered", "B": "11_composition"})

# %% [markdown]
# *A face, enlarged, and painted twice after Kandinsky. One of the two was spoiled by a wrong setting. The other one is what the defaults paint.* Which is which?
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import data_path, load_image, show_images, stylize
from nst_keras.lessons import cases
from nst_keras.lessons.cases import show_case
from nst_keras.lessons.exercises.nb11 import check, your_turn
from nst_keras.lessons.stored import load_stored

# %% tags=["parameters"]
style_name = "great_wave"  # after what the sign is painted: also cafe_terrace, night_cafe, ...
strength = 60  # of the sign, 0 to 100
side = 192  # its longer side in pixels

# %% [markdown]
# ## Look, guess, unfold
#
# In each case you see C, S, and what came out. Say what is wrong, and which setting you would turn. It is a weight in $J(G) = \alpha\,J_{content} + \beta\,J_{style} + \gamma\,J_{TV}$, or says which layers are asked, and when. Then move the slider to the mended picture, and unfold the cause. The two pictures of a case differ in one setting.
#
# ### The wave has swallowed the pagoda

# %% tags=["hide-input"]
show_case("00_beta_5000", "00_beta_75", [
    "A print of waves. One of them curls where the pagoda was; of that a roof is left.",
    "The whole pagoda, drawn in ink blue on a sand-colored sky.",
])

# %% [markdown]
# <details><summary>Cause and cure</summary>
#
# β is 5000 in place of 75: J hardly counts the content any more. Cure: `beta=75`, or say it by strength, `strength=60`. The opposite, a picture that is still a photograph, has two causes. Is J still falling at the end? Then it wants more `steps`. Is it flat? Then it wants more strength.
# </details>
#
# ### Everything is out of focus

# %% tags=["hide-input"]
show_case("11_soft", "00_beta_75", [
    "The pagoda in soft violet and green, without one sharp line.",
    "The pagoda in sharp strokes of ink blue.",
])

# %% [markdown]
# <details><summary>Cause and cure</summary>
#
# γ is 0.05, a thousand times the default. It weighs the total variation, which asks neighboring pixels to be alike. A stroke now costs more than it gains. Cure: `gamma=5e-5`, as a command `--tv 5e-5`. More steps do not help, for this blur is what J asks for.
# </details>
#
# ### The colors are those of the photograph

# %% tags=["hide-input"]
show_case("11_orange", "11_composition", [
    "Lines of the painting cross the astronaut, but the suit is orange and the ground gray.",
    "The astronaut in cream, black and the bright patches of the painting.",
])

# %% [markdown]
# <details><summary>Cause and cure</summary>
#
# All of λ is on block 4, `layer_weights={"block4_conv1": 1}`. It sees shapes and next to nothing of their color: [notebook 05](05_style_and_lambda.ipynb). So Kandinsky's lines came and his colors did not. Cure: `layer_weights="fine"`, four layers, most of λ on the first.
# </details>
#
# ### The print has come along
#
# The pagoda is fine. Look at the upper left corner, and along the shore at the right.

# %% tags=["hide-input"]
show_case("11_shore", "00_beta_75", [
    "At the upper left the title box of the print and an edge of its wave; the trees are a wave.",
    "The pagoda in ink blue under an empty sky; the trees are trees.",
])

# %% [markdown]
# <details><summary>Cause and cure</summary>
#
# `positions_per_channel` is 0, so block 4 had its full λ from the first size on. That size is 136 x 91 pixels, where block 4 has 187 places and 512 channels. So few places do not describe a style, they describe *the print*, title box included. What the first size paints, the later ones keep. Cure: `positions_per_channel=12`, the default; it lets block 4 in as it gets enough places. The share of the picture that looks more like some place of S than like C falls from 45 to 8 %.
# </details>
#
# ### The face dissolves

# %% tags=["hide-input"]
show_case("11_scattered", "11_composition", [
    "The astronaut in clear outlines, but the mouth is scattered, one eye under a black bar.",
    "The astronaut in clear outlines, with eyes, nose and mouth in place.",
])

# %% [markdown]
# <details><summary>Cause and cure</summary>
#
# The content is held by block 5, which knows that there is a face and not what it looks like: [notebook 03](03_content_cost.ipynb). Cure: `content_layer="block4_conv2"`, the default. So the defaults have painted face B of the first figure. Look at it again: they are not innocent either.
# </details>

# %% [markdown]
# ## Two that the defaults get wrong
#
# ### A wave rises in the sky
#
# A rocket at dusk, painted with the defaults. Where did the sea come from?

# %% tags=["hide-input"]
show_case("11_rocket", "11_rocket_30", [
    "The rocket before dark waves with foam, which fill both upper corners of the sky.",
    "The rocket before a sand-colored sky; in its upper right corner dark patches like clouds.",
])

# %% [markdown]
# <details><summary>Cause and cure</summary>
#
# A fifth of the print is dark, below 80 of 255, and nine tenths of that is water. The cost wants as much, and gets it: 19 % of the painted picture. The photograph is sky from edge to edge, so sky must do, where it is darkest, in the upper corners. Cure: `strength=30`. The waves shrink to clouds, and the share of S's things falls from 19 % to less than 1. Better still, choose an S whose parts resemble those of C, or say by a map which part of S goes where, as in [notebook 10](10_in_control.ipynb).
# </details>
#
# ### A line through the lips

# %% tags=["hide-input"] alt="Four faces. C: the photograph. Defaults: a black line rings one eye and runs through the lips. Content in block 3: mouth whole, the line around the eye is left. Strength 30: eyes, nose and mouth as in the photograph, drawn lightly."
cures = {"content in block 3": "11_block3", "strength 30": "11_composition_30"}
cases.show_faces({"the defaults": "11_composition"} | cures)

# %% [markdown]
# *The photograph, what the defaults make of it, and two cures, one setting each.* Which one keeps the likeness?
#
# <details><summary>Cause and cure</summary>
#
# Kandinsky's lines must go somewhere, and to the cost a face is a place like any other. Block 3 as the content layer saves the mouth. Strength 30 saves the face, and takes the lines from the background and the helmet as well. Or paint at 60, and leave the face to the photograph by a mask: [notebook 10](10_in_control.ipynb).
# </details>
#
# ## Your turn: a diagnosis in five lines
#
# The JSON file that is saved with each picture holds, among others, four numbers of a referee that did not paint:
#
# - *content*: how far G is from C. 1 is as far as a picture in which its network, VGG16, sees nothing.
# - *style*: how far G is from S, 0 for the same.
# - *detail*: what G has that is finer than four pixels, over what S has.
# - *objects*: the share of G that looks more like some place of S than like C.

# %% tags=["nbval-check-output"]
pictures = {
    "still a photograph": "00_beta_2",
    "swallowed by the wave": "00_beta_5000",
    "out of focus": "11_soft",
    "the colors of the photograph": "11_orange",
    "the print has come along": "11_shore",
    "the face dissolves": "11_scattered",
    "a wave in the sky": "11_rocket",
    "a line through the lips": "11_composition",
    "as it should be": "00_beta_75",
}
cases.print_numbers(pictures)

# %% [markdown]
# **Predict**: which troubles will these numbers not see?
#
# Write the diagnosis. Ask in this order: content above 1, `"C is gone"`; detail below 0.3, `"out of focus"`; style above 0.13, `"hardly painted"`; objects above 0.3, `"things of S"`; else `"look at it"`.

# %% tags=["turn", "nbval-check-output"]
def diagnose(content, style, detail, objects):
    return None  # one of the five texts

diagnose = your_turn(diagnose)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def diagnose(content, style, detail, objects):
#     if content > 1:
#         return "C is gone"
#     if detail < 0.3:
#         return "out of focus"
#     if style > 0.13:
#         return "hardly painted"
#     return "things of S" if objects > 0.3 else "look at it"
# ```
# </details>

# %% tags=["nbval-check-output"]
for seen, name in pictures.items():
    print(f"{seen:30}{diagnose(*cases.numbers(name))}")

# %% [markdown]
# Four of the eight troubles have a number that gives them away. Both faces pass. The face with a line through its lips even has a lower content, a lower style and fewer objects than the good pagoda. **None of these numbers sees a face.** Let numbers find what they can, and look at the rest.
#
# <details><summary>Answer</summary>
#
# The faces, a few pixels of many; the colors of the photograph, with a style of 0.10; and the wave in the sky, with 19 % of objects.
# </details>
#
# ## From symptom to cure
#
# Begin with the whole picture and end with its details. Change one setting at a time: who changes two learns nothing about either.

# %% tags=["hide-input"] alt="A tree from symptoms to cures. Too little or too much: more steps while J still falls, more strength where J is flat, less strength where S has swallowed C. Wrong all over: out of focus, gamma; the colors of C, layer_weights; red and blue exchanged, turn the channels. Wrong in one place: faces dissolve, content_layer; things of S, positions_per_channel, less strength or regions; a line through a face, less strength or a mask; a line along the border, padding."
cases.draw_tree()

# %% [markdown]
# *What you see, and what mends it.*
#
# Some troubles come as words. A cost that is **not a number** ends the run, and the best picture so far is kept. **Images from 0 to 1** are refused, for everything here is 0 to 255. And a picture **too large for your memory** is painted in tiles, by itself: 4000 x 3000 pixels take 5 GB instead of 20, and nearly twice the time.
#
# ## All knobs on one page: the studio
#
# ```
# nst-keras studio
# ```
#
# It opens a page in your browser, after `pip install gradio`. In a notebook, `nst_keras.studio()` shows the same page below its cell. Click a photo and a painting or use your own, choose a look, and watch. Stop when you like it. Each picture is saved with its settings, so it can be made again. Nothing leaves your computer.
#
# ![The studio: a photo, a painting, small pictures to choose others, the looks photo-like, balanced, painterly and dreamlike, the buttons Paint and Stop, and the finished portrait with a line to be moved between photo and painting.](studio.png)
#
# *The studio. You know that face by now; which look would you try?*
#
# ## What the method cannot know
#
# ### It does not know what it paints
#
# Paint the palace by day after van Gogh's terrace at night. **Predict**: will there be a night sky?

# %% tags=["hide-input"] alt="The palace by day; van Gogh's café terrace under a violet night sky with stars; the palace painted, with a sky that is violet at the left, yellow at the right, and paved with cobblestones between."
show_images([cases.beside_its_own("11_night")], ["C above S, and G"], tile=8)

# %% [markdown]
# *The palace after the terrace, with the defaults.* The sky is violet at the left, yellow as the café's wall at the right, and between them it is paved with cobblestones. All strokes are van Gogh's. None knows where it belongs.
#
# <details><summary>Answer</summary>
#
# No. The mixture is that of the night, the places are anybody's guess. Regions let you say that sky goes with sky: [notebook 10](10_in_control.ipynb).
# </details>
#
# ### It cannot read
#
# Here is a sign. Your program has no idea that anybody might want to read it.

# %% alt="A sign in red letters on a pale ground, No photographs, no umbrellas, please ring twice; and the same painted, three rows of dark blue strokes that can hardly be read."
C = cases.sign("No photographs,\nno umbrellas,\nplease ring twice", side)
G = stylize(C, style_name, strength=strength, max_side=side).image
show_images([C, G], ["C", f"strength {strength}"], tile=3.4)

# %% [markdown]
# *A sign, and what the defaults make of it.* Turn `strength` down to 20, and you can read it again.
#
# ### It searches anew for every picture
#
# You have waited for each picture, and will wait for the next one as long, for nothing has been learned. Three ways on from here:
#
# - **Networks that paint in one pass**, [Johnson, Alahi, Fei-Fei](https://arxiv.org/abs/1603.08155), learn once, by a J like yours, one network for each style. [AdaIN](https://arxiv.org/abs/1703.06868) takes any style, less exactly.
# - **Neural neighbors**, [Kolkin and others](https://arxiv.org/abs/2203.13215), search as you do, but give each place of C *one* place of S as its goal. Strokes stay crisp.
# - **Diffusion models**, [Rombach and others](https://arxiv.org/abs/2112.10752), have learned from captions what things are. They put a night into the sky. They do not keep your photograph by themselves.
#
# ## What you have built

# %% tags=["hide-input"] alt="Eight pictures of the pagoda. In the first, wave shapes and specks fill the sky around a dark pagoda; from one to the next the sky gets calmer and the pagoda clearer; in the last it is drawn in clean ink blue under a sand-colored sky."
done = ["00", "03", "04", "05", "06", "07", "08", "09"]
strip = [load_stored(f"program_{step}").image for step in done]
show_images(strip, [f"your program after {step}" for step in done], columns=4, tile=2.6)

# %% [markdown]
# *One pair, eight programs, all of them yours.* You began with forty lines that painted. Since then you have made content a share and style a matrix, weighed the layers, walked downhill with a memory, put numbers on what you want, replaced the matrix by something that sees more, and climbed from coarse to fine. The last one paints what the package paints: `python notebooks/program/09_quality_and_speed.py CONTENT STYLE OUT.png`.
#
# Now use it on a picture that is yours.

# %% [markdown]
# ## Exercises
#
# **Exercise 1, by eye.** Four more pictures. Which setting spoiled each: `"beta"`, `"gamma"`, `"layer_weights"`, `"positions_per_channel"`, `"content_layer"`? One of them is as it should be: `"defaults"`.

# %% alt="Four paintings. A: a cup on a saucer in soft pale colors, without a sharp edge. B: the pagoda in brown and green under a white sky with pale strokes in pink and blue. C: the face of a cat built of church towers, windows and a path. D: a violet cup on a yellow ground in the brushwork of van Gogh."
four = [load_stored(f"11_quiz_{letter}").image for letter in "abc"]
four.append(load_image(data_path("gallery/coffee_cafe_terrace.jpg"), 384))
pairs = ["coffee, composition_viii", "palace, night_cafe", "chelsea, church_auvers"]
pairs = [f"{n}: {pair}" for n, pair in zip("ABCD", [*pairs, "coffee, cafe_terrace"])]
show_images(four, pairs, columns=2, tile=4.4)

# %% tags=["exercise", "nbval-check-output"]
# Exercise 1: replace each None
answer = {"A": None, "B": None, "C": None, "D": None}
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A has no sharp edge. B has the strokes of the café and the colors of the palace. In C a church has been built where the cat was. D is fine.
#
# ```python
# answer = {"A": "gamma", "B": "layer_weights", "C": "beta", "D": "defaults"}
# ```
# </details>
#
# **Exercise 2.** Measure *detail* without a network and without Fourier. Write `detail(G, S)` for arrays (rows, columns, 3): the mean difference between a pixel and its right neighbor, as a positive number, in G over that in S.

# %% tags=["exercise", "nbval-check-output"]
# Exercise 2: your function replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def detail(G, S):
#     of_G, of_S = (np.mean(np.abs(image[:, 1:] - image[:, :-1])) for image in (G, S))
#     return of_G / of_S
#
# answer = detail
# ```
# </details>
#
# **Exercise 3.** A client wants her portrait, the astronaut, after `"composition_viii"`: a likeness, and painted. VGG16 accepts a content of at most 0.30 with a style of at most 0.14. The defaults do not pass, nor does a timid strength. Make it at 128 pixels or more, and answer with `run.image`.

# %% tags=["exercise", "nbval-check-output"]
# Exercise 3: an image replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = stylize("astronaut", "composition_viii", strength=50, max_side=144).image
# ```
# </details>
#
# ## Summary
#
# - Look first: at the whole, then all over, then in one place. Turn one setting, and look again.
# - Numbers find a blur, a lost photograph and things of S. They do not see a face.
# - The method compares activations and knows no things. What may not be lost, you keep by less strength, by masks and maps, or by choosing another S.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
# - J. Johnson, A. Alahi, L. Fei-Fei: [Perceptual Losses for Real-Time Style Transfer](https://arxiv.org/abs/1603.08155), 2016
# - X. Huang, S. Belongie: [Arbitrary Style Transfer in Real-time](https://arxiv.org/abs/1703.06868), 2017
# - N. Kolkin and others: [Neural Neighbor Style Transfer](https://arxiv.org/abs/2203.13215), 2022
# - R. Rombach and others: [High-Resolution Image Synthesis with Latent Diffusion Models](https://arxiv.org/abs/2112.10752), 2022
#
# **The way on**: your own pictures.

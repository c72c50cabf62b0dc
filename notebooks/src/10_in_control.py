# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 - In control: six wishes
#
# Your colors, only the sky, larger strokes, two painters, a little more: each wish is one option of the command.

# %% tags=["hide-input"]
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons.control import show_wishes

show_wishes()

# %% [markdown]
# *One photograph, six wishes, and under each picture the command that makes it. These have 384 pixels, by `--max-side 384`; without it you get 512. In Python the option `--style-scale 2` is the argument `stylize(..., style_scale=2)`, and so with the others.*
#
# The program that you have written is the package by now. So from here on the package paints.
#
# ## Setup

# %% tags=["setup"]
import numpy as np
from PIL import Image, ImageDraw

from nst_keras import load_image, show_images, stylize
from nst_keras.controls.colors import match_colors
from nst_keras.images import luminance
from nst_keras.lessons import control
from nst_keras.lessons.control import G_of
from nst_keras.lessons.exercises.nb10 import check, your_turn
from nst_keras.lessons.stored import load_picture

# %% tags=["parameters"]
content_name, style_names = "coffee", ["church_auvers"]  # of your own picture, at the end
wishes = {"colors": "content", "style_scale": 1.5, "strength": 70}  # what you want of it
side = 320  # its longer side in pixels
map_side = 256  # longer side of the photograph whose sky is looked for in each layer

# %% [markdown]
# ## What you get without a wish

# %% alt="Three pictures: the photograph of a pagoda among trees by a lake; Kandinsky's Composition VIII, black lines, circles and patches of color on cream; and the pagoda in ink and flat colors under a cream sky with a few black lines."
C, S, G = load_image("palace", 384), load_image("composition_viii", 384), G_of("default")
show_images([C, S, G], ["C", "S", "G, by default"], tile=4)

# %% [markdown]
# *Photograph by danielbuechele (CC BY 2.0), painting by Wassily Kandinsky, 1923.* The sky has become cream, for Kandinsky's ground is cream. Lines cross it where it was empty, and they are as thick as his. You may like all three. If not, read on. (`G_of` loads pictures that were painted before; each of them is one call of `stylize`.)
#
# ## Put the color back, but match the brightness first
#
# To get your colors back you could repaint the result: every spot as bright as in G, in the color of C.
#
# **Your turn.** Write that. `luminance(image)` gives the brightness of each pixel, three times over, for R, G and B. Add the same number to R, G and B, and the color stays; what leaves 0..255 is cut off.

# %% tags=["turn"]
def put_back(G, C):
    return None  # your line: C, but as bright as G

put_back = your_turn(put_back)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def put_back(G, C):
#     return C + luminance(G) - luminance(C)
# ```
# </details>
#
# **Predict**: what will be wrong with `put_back(G, C)`?

# %% tags=["nbval-check-output"] alt="Four pagodas. Put back: the tints of the photograph, pale, as in fog. Brightness matched first: full contrast, green bushes, orange roofs, pale blue sky, black lines. Luminance: nearly the same. Content: dark red walls and gray sky, with patches of red and blue."
matched = match_colors(luminance(G), luminance(C))  # the mean and contrast of C's brightness
pictures = {"put back": put_back(G, C), "matched, then put back": put_back(matched, C)}
pictures['colors="luminance"'] = G_of("colors_luminance")
control.print_J_of_brightness(pictures)
pictures['colors="content"'] = G_of("colors_content")
show_images(list(pictures.values()), list(pictures), columns=2, tile=4.2)

# %% [markdown]
# *Four ways to keep the colors of C.* The first is pale, as in fog. Give G the mean and the contrast of C's brightness before, and the fog is gone.
#
# The third is a run whose costs see brightness alone, and J is the cost that it brings down. On six other pairs the picture with its color put back has 5 to 60 times that J, and with matched brightness 1.4 to 2.9 times. So most of the mistake was the brightness, and the rest goes when you say before the run what you want.
#
# The fourth, `colors="content"`, is another idea: it gives **S** the mean and the covariance of C's colors, and then paints as ever. With "luminance" every spot keeps its tint, and a stroke is only darker or lighter. With "content" a stroke has a color of its own, as a painter's has, such as the blue in the bushes.
#
# <details><summary>Answer</summary>
# It is pale. G has the brightness of Kandinsky's light ground, and the colors of C were meant for a darker picture.
# </details>
#
# <details><summary>The formula</summary>
#
# One channel: S has the mean 100 and the deviation 100, C the mean 70 and the deviation 20. Subtract the mean of S, multiply by the ratio of the deviations, add the mean of C: x ↦ 0.2·(x − 100) + 70. With three channels the deviation becomes the root of the covariance matrix Σ, 3 by 3:
#
# $$x \mapsto A\,(x - \mu_S) + \mu_C,\qquad A = \Sigma_S^{-1/2}\big(\Sigma_S^{1/2}\,\Sigma_C\,\Sigma_S^{1/2}\big)^{1/2}\,\Sigma_S^{-1/2}$$
#
# Then $A\,\Sigma_S A$ is $\Sigma_C$. Many matrices do that, and this one changes colors least: it is the way from one cloud to the other of notebook 08. A direction that S does not have, as in a drawing in black and white, cannot be stretched; use "luminance" there.
#
# In a run with "luminance" R, G and B of a pixel change together. A pixel (250, 100, 50) can get 5 brighter; if green and blue went on, the color would fade. So each pixel has bounds of its own.
# </details>
#
# ## A map in flat colors says where
#
# A mask is a black and white picture, and what is white in it is painted:

# %% tags=["nbval-check-output"] alt="On the left a mask, white where sky and lake are. On the right the photographed pagoda and trees, unchanged, before a sky in strokes of dark blue, yellow, ochre and green."
control.print_changes(C, G_of("mask"))
show_images([control.map_picture("palace_sky"), G_of("mask")], ["the mask", "G"], tile=4.2)

# %% [markdown]
# *Van Gogh's Church at Auvers, 1890, behind a photograph.* Not one pixel of the building has changed: the gradient is 0 there. Use it for a face that must stay a face.
#
# **How to draw one.** Open your photograph in any paint program, cover it with flat colors, with a hard brush, and save it as PNG. Or draw it in Python. Here is a map of Hokusai's print, red for the sea and blue for the sky. The print has its title in the sky. You do not want
# letters in yours, so cover them in red: then the sky does not learn from them.

# %% tags=["nbval-check-output"] alt=["The map: blue sky, red wave and sea, and a red rectangle at the upper left where the print has its title; beside it the print.", "The pagoda in the ink blue and foam of the sea, and behind it a calm sand-colored sky that gets dark above a snowy mountain; no letters."]
wave_map = Image.new("RGB", (659, 444), "blue")  # as large as the print
edge = [(0, 150), (31, 144), (183, 36), (216, 24), (261, 26), (309, 54), (380, 137), (360, 166)]
edge += [(305, 142), (266, 158), (250, 183), (258, 226), (276, 253), (321, 296), (363, 320)]
edge += [(420, 324), (486, 320), (527, 302), (659, 184)]
pen = ImageDraw.Draw(wave_map)
pen.polygon([*edge, (659, 444), (0, 444)], fill="red")
pen.rectangle((0, 6, 50, 134), fill="red")  # the title
control.print_sky_colors()
show_images([np.array(wave_map), load_image("great_wave")], ["map of S", "S"], tile=4.2)
show_images([control.map_picture("palace"), G_of("regions")], ["map of C", "G"], tile=4.2)

# %% [markdown]
# *Maps, print and result; what has the same color belongs together.* The sky learned from the sky alone, and Mount Fuji came along. The rest learned from the sea. After `wave_map.save("wave_map.png")` this is
#
# ```bash
# nst-keras palace great_wave --regions palace wave_map.png -o sky_from_sky.png
# ```
#
# In place of a painting's map, the name of a color stands for all of it. So `--regions palace red blue` in the third wish gives all of the first painting to what is red in the palace's map, and all of the second one to what is blue.
#
# ## A unit at the edge of the sky sees the roof
#
# The costs compare activations, and a unit of block 4 sees 68 by 68 pixels. So where is the sky in block 4? The obvious way is to shrink the map to the layer's size. Here is the sky that learned from the sky, once more, and what a shrunk map makes of it:

# %% alt="Two pagodas in ink blue and foam. Left before a calm sand-colored sky. Right with dark smoke and scraps of waves about its roof, and a black line around the tree."
naive = load_picture("10_shrunk")
show_images([G_of("regions"), naive], ["as stylize does it", "with shrunk maps"], tile=3.84)

# %% [markdown]
# Smoke and scraps of waves hang about the roof, and a line runs around the tree. Who let them in?

# %% tags=["nbval-check-output"] alt="The photograph of the pagoda, and its sky in three layers: white fills sky and lake in block 1; in block 3 it has a gray margin; in block 4 a corner at the upper right and a wedge above the lake are left."
control.show_mask_in_layers(map_side)

# %% [markdown]
# *White: units that see nothing but sky and lake. Gray: what shrinking adds, units that see sky and roof at once. To count who reacts, all but sky and lake was replaced by noise: a unit reacts if an activation changes by more than 1 % of the layer's largest.* So the costs of a region ask only the units that see nothing else.
#
# <details><summary>The formula</summary>
#
# Style costs compare N, Σa and Σaaᵀ over the places of a layer (notebook 08). For a region each place p has a weight, 1 inside and 0 outside:
#
# $$N = \sum_p w_p,\qquad \sum_p w_p\,a_p,\qquad \sum_p w_p\,a_p a_p^T$$
#
# Each region is divided by its own N, in C and in S. So a small sky can learn from a large one. Where less than a tenth of a region would be left in a layer, each unit counts by the share of the region in the square of pixels that it stands for.
# </details>
#
# ## Strokes are as large as S
#
# VGG sees squares of fixed size. Show it a painting that is twice as large, and its strokes are twice as large, too. G keeps its size, and a step takes as long as before.

# %% tags=["nbval-check-output"] alt="Three pagodas: with style scale 0.5 full of thin short lines and small facets; with 1 in fewer lines; with 2 in a few long lines and wide patches. Below a detail of each, enlarged."
by_scale = {0.5: G_of("scale_half"), 1: G, 2: G_of("scale_2")}
for scale, image in by_scale.items():
    of_S = control.reach(load_image("composition_viii", round(384 * scale)))
    print(f"style_scale {scale:3}: S {of_S:2} pixels, G {control.reach(image):2} pixels")
details = [image[:, 70:190, 60:240] for image in by_scale.values()]
titles = [f"style_scale={scale}" for scale in by_scale] + ["the same, enlarged"] * 3
show_images([*by_scale.values(), *details], titles, columns=3, tile=3.3)

# %% [markdown]
# *S at half, full and twice its size.* The print says how far apart two pixels may be until their brightness has little in common, that is, a correlation below one half. G follows S, at double size not quite: its reach grows from 11 to 19 pixels, and that of S from 12 to 23.
#
# ## Two painters: average the styles, not the pictures
#
# With two paintings the run aims at the mean of both styles; `--style-weights 3,1` gives the first one more. **Predict**: how does that differ from the mean of two finished pictures?

# %% tags=["nbval-check-output"] alt="Two pagodas. Both painters at once: ink blue floors, a red patch at the left, black lines in the sky. The mean of two pictures: a pale double exposure."
mixture = {"both painters at once": G_of("mixture"), "mean of two pictures": (G + G_of("wave")) / 2}
control.print_J_of_mixture(mixture)
show_images(list(mixture.values()), list(mixture), tile=3.84)

# %% [markdown]
# *Kandinsky and Hokusai, half and half.* On the left there is one picture: ink blue and foam at the right, black lines in the sky. Its style cost is a thirteenth of that of the double exposure, as it should be, for it was asked to; its content cost is lower, too.
#
# <details><summary>Answer</summary>
# The mean is a double exposure: the lines of both, at half strength.
# </details>
#
# <details><summary>The formula</summary>
#
# Means over places, with a share t of the second style:
#
# $$\frac{1}{N}\sum a = (1-t)\,\frac{1}{N_1}\sum a^{(1)} + t\,\frac{1}{N_2}\sum a^{(2)},\qquad\text{and the same for } \sum aa^T$$
#
# These are the numbers of a picture of which the part t is painted by the second painter, and the rest by the first.
# </details>
#
# ## Strength goes from 0 to 100
#
# β runs from nothing to thousands. `strength` is a number from 0 to 100 in its place. Play with it:

# %%
control.show_strengths()

# %% [markdown]
# *0 is the photograph, 60 the default, 100 style alone. "Lost" is how much of the content is gone.* The palette comes first, at 20. Then come the lines. At 80 a floor of the pagoda has become an eye with a violet pupil. At 100 the costs have forgotten C, and still a roof is left, because the run begins with C.
#
# What is measured? VGG16, a network that has painted nothing here, compares each picture with C by the content cost. "Lost" is that cost, divided by the cost of style alone. The scale was set on six pairs of pictures. Here are these six, six others, and the pair of the slider:

# %% tags=["nbval-check-output"] alt="The share of the content lost over strength. Dots and crosses of twelve pairs lie close together near 25, 41 and 65 % at strengths 25, 50 and 75; the line of the slider's pair runs from 12 % at 20 through 49 % at 60 to 96 % at 90."
control.print_strengths()
control.plot_strengths()

# %% [markdown]
# *The share of the content that is lost, of twelve pairs at 192 pixels, and of the slider's pair at 384.* On average 25, 50 and 75 take 25, 41 and 65 %, so the last quarter of the scale takes most. No pair is more than nine points away from that, neither of the six nor of the six others, new pairs of the same photographs and paintings.
#
# <details><summary>The formula</summary>
#
# $$\alpha = 1,\qquad \beta = 75\,\Big(\frac{\text{odds}}{1.5}\Big)^{1.75},\qquad \text{odds} = \frac{\text{strength}}{100-\text{strength}}$$
#
# If the odds of strength 60, 60 : 40 = 1.5, are multiplied by 2, β is multiplied by 3.4. Why odds: the share that is lost, over the logarithm of β, is an S between 0 and 1, and the logarithm of its odds is nearly a straight line. The line's slope and place, 1.75 and 75, were fitted. By pencil: strength 20 has the odds 0.25, a sixth of
# 1.5. 6 to the power of 1.75 is 23, so β = 75 / 23 = 3.3. At 100 α is 0.
# </details>
#
# ## All wishes in one call
#
# Now yours. Change `wishes` at the top. What `stylize` cannot do it refuses, with the reason.

# %% alt="Left the photograph of a coffee cup, right the same in thick strokes, in the browns and reds of the photograph."
mine = stylize(content_name, style_names, max_side=side, **wishes)
show_images([mine.C, mine.image], ["C", "G, as you wished"], tile=4)

# %% [markdown]
# Cannot decide? Let the command make every combination, several at a time, and look at the page that it writes:
#
# ```bash
# nst-keras many coffee church_auvers --vary strength=40,60,80 --vary style_scale=1,2 -o tries
# ```
#
# ## Exercises
#
# **Exercise 1.** Draw a mask that leaves the astronaut alone and paints the wall and the flag behind her. The photograph has 512 by 512 pixels.

# %% tags=["exercise"]
# Exercise 1: your drawing, a Pillow image, replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = Image.new("L", (512, 512), "white")
# her = [(212, 16), (266, 26), (296, 60), (302, 104), (258, 170), (346, 266), (358, 348)]
# her += [(457, 362), (498, 413), (506, 512), (24, 512), (20, 381), (52, 242), (107, 222)]
# her += [(134, 162), (176, 147), (152, 52)]
# ImageDraw.Draw(answer).polygon(her, fill="black")
# ```
#
# With `answer.save("wall.png")` it is `nst-keras astronaut night_cafe --mask wall.png`.
# </details>
#
# **Exercise 2.** Write the options of this wish: strokes twice as large, in the colors of the photograph, and more of the photograph than by default.

# %% tags=["exercise"]
# Exercise 2: a dictionary of options replaces None, such as {"style_scale": 1.5}
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = {"style_scale": 2, "colors": "content", "strength": 40}
# ```
# </details>
#
# **Exercise 3, by eye.** Four details of pictures of this page. Two have `colors`, "content" or "luminance"; one has `style_scale=2`, one `strength=80`. Which is which?

# %% alt="Lower floors of the pagoda and bushes, four times. A: dark, with orange roofs and green bushes. B: few lines, wide pale patches, a violet one in the wall. C: disks of violet, red and blue in place of windows. D: dark, with white roofs, a deep red wall and orange leaves."
control.show_riddle()

# %% tags=["exercise"]
# Exercise 3: for A, B, C, D one of "content", "luminance", "scale", "strength" replaces None
answer = (None, None, None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# In A roofs are orange and leaves green, as in the photograph. D is as dark, but its roofs have turned white and the leaves at the left orange. In B patches are wide and lines few; in C windows have become disks.
#
# ```python
# answer = ("luminance", "scale", "strength", "content")
# ```
# </details>
#
# ## Summary
#
# - Say what you want before the run: then the costs see it, and nothing has to be repaired afterwards.
# - A map in flat colors says where, and it is drawn in a minute.
# - Strength says how much, on a scale that means nearly the same for every pair.
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge, A. Hertzmann, E. Shechtman: [Controlling Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865), 2017: color, place, scale
# - M.-C. Yeh, S. Tang, A. Bhattad, C. Zou, D. Forsyth: [Improving Style Transfer with Calibrated Metrics](https://arxiv.org/abs/1910.09447), 2019: why weights should be set by a measure
#
# **The way on**: [notebook 11](11_studio.ipynb) has the same controls in a window, and the cures for what goes wrong.

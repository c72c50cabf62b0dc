# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 - What ConvNets learn
#
# Nobody ever told VGG19 what an eye is. On this page you meet the unit that looks for eyes, and see it paint one.

# %% tags=["hide-input"] alt="Left a patch of a photo: the eye of a cat. Right the picture that the same unit makes out of noise."
from nst_keras.runs import start_tensorflow

start_tensorflow()
from nst_keras import show_images
from nst_keras.lessons.look import enlarged
from nst_keras.lessons.stored import load_wish

eye = load_wish("block5_conv1", 34)
titles = ["what it likes best in our pictures", "what it paints itself"]
show_images([enlarged(eye.patch), enlarged(eye.image)], titles, tile=3.6)

# %% [markdown]
# *One unit of `block5_conv1`. Left: the piece of our thirteen pictures that excites it most. Right: what came of pure noise when we changed the pixels to excite it more.*
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import FeatureExtractor, bundled_pictures, load_image, load_vgg, receptive_field
from nst_keras.lessons.exercises.nb02 import check, your_turn
from nst_keras.lessons.look import Remembering, enlarged, heat, mosaic
from nst_keras.lessons.patches import patches_of_units

# %% tags=["parameters"]
units = {  # Tweak me: other channels; the layers have 64, 128, 256, 512, 512 of them
    "block1_conv1": [32, 22, 24],
    "block2_conv1": [12, 29, 38],
    "block3_conv1": [31, 21, 12],
    "block4_conv1": [350, 78, 225],
    "block5_conv1": [34, 12, 356],
}
sides = [256, 384]  # each picture is searched at these sizes: an eye may be large or small
seed = 0  # of the lot; any whole number

# %% [markdown]
# ## From a red dot to an eye
#
# Three words first. A **channel** is one detector. Its **map** is the picture of its answers: how strongly it responds at each place. One number of the map is a **unit**; it sees one receptive field, the square of notebook 01.
#
# To learn what a unit looks for, show it many pictures and keep the squares that excite it most, at most two of a picture at each size. We take thirteen pictures, five photos, five artworks and three gray textures, and five layers, one in each block. Three channels of each layer are hand-picked, because they are easy to name. The fourth is drawn by lot.

# %% tags=["nbval-check-output"]
vgg, rng = load_vgg(), np.random.default_rng(seed)
lots = {l: rng.choice(vgg.get_layer(l).output.shape[-1], 6, replace=False).tolist() for l in units}
bank = [load_image(name, side) for side in sides for name in bundled_pictures()]
searched = {l: [*units[l], *lots[l]] for l in units}
network = Remembering(FeatureExtractor(units, vgg, precision="auto"), searched)
found = patches_of_units(network, searched, bank, inside=True)
print(len(bank), "images;", sum(len(of_layer) for of_layer in found.values()), "units")

def show_row(layer):
    shown = {f"channel {c}": mosaic(found[layer][c]) for c in units[layer]}
    shown["by lot"] = mosaic(found[layer][lots[layer][0]])
    show_images(list(shown.values()), list(shown), tile=2.7)

# %% alt="Four groups of nine patches of 3 x 3 pixels: reds, blues, white left of black, oranges."
show_row("block1_conv1")

# %% [markdown]
# **Block 1, patches of 3 pixels: colors and edges.** Red, blue, bright-to-dark, and by lot: orange.

# %% alt="Four groups of nine patches of 10 x 10 pixels: blue above yellow, light spots, rising diagonals, light spots again."
show_row("block2_conv1")

# %% [markdown]
# **Block 2, 10 pixels: where two colors meet.** Cold above warm, a light spot, a rising diagonal, and by lot another light spot.

# %% alt="Four groups of nine patches of 24 x 24 pixels: lights, crossing lines, rings and arcs, colored edges."
show_row("block3_conv1")

# %% [markdown]
# **Block 3, 24 pixels: small shapes.** Lights that shine, lines that cross, rings and arcs. The one by lot has no name.

# %% alt="Four groups of nine patches of 68 x 68 pixels: round things, thin lines, hair and fur, a mixture."
show_row("block4_conv1")

# %% [markdown]
# **Block 4, 68 pixels: textures and round things.** Eyes, a badge, a spoon and a sun, round things most of them; lattices; hair and fur. By lot: a mixture.

# %% alt="Four groups of nine patches of 156 x 156 pixels: eyes of a cat and other things, cups and collars, buildings, a mixture."
show_row("block5_conv1")

# %% [markdown]
# **Block 5, 156 pixels: parts of things.** Eyes, cups, houses. But count: four of the nine patches of 34, the eye unit, show an eye. That is all that one cat may give here, two at each of two sizes; the others are the best of the rest.
#
# **Try it.** Here are units that nobody picked, three of each layer, drawn by lot. Give each a word before you move on. How deep do you get?

# %%
from nst_keras.lessons.look import show_browser

show_browser({l: {c: found[l][c] for c in lots[l][1:4]} for l in units}, bank, network)

# %% [markdown]
# *Left the nine best patches of a unit; right where its channel responds in the picture of the first patch: what excites it is lit.*
#
# In blocks 1 and 2 you will hardly have paused. For the three of block 5 we found no word. The units of our gallery are hand-picked, but for its last column.
#
# ## Search for yourself
#
# The search behind the gallery takes three lines. Unit $(i, j)$ of a map sees `size` pixels, from `offset + i·stride` on downward and from `offset + j·stride` on to the right.
#
# **Your turn.** `a` is a map, `(nH, nW)`, and `picture` an array `(H, W, 3)`. Return the patch that the strongest unit sees.

# %% tags=["turn"]
def best_patch(a, picture, size, stride, offset):
    """The size x size pixels that the strongest unit of the map sees."""
    ...  # np.argmax and np.unravel_index help

best_patch = your_turn(best_patch)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def best_patch(a, picture, size, stride, offset):
#     i, j = np.unravel_index(np.argmax(a), a.shape)
#     top, left = offset + i * stride, offset + j * stride
#     return picture[top : top + size, left : left + size]
# ```
# </details>

# %% tags=["nbval-check-output"] alt="The cat in the dark, its eyes lit, and the patch that was found: half of an eye."
layer, channel, cat = "block4_conv1", 350, load_image("chelsea", 384)
of_cat = FeatureExtractor(units, vgg)(cat)
a, view = of_cat[layer][0, :, :, channel].numpy(), receptive_field(vgg, layer)
patch = best_patch(a, cat[0].numpy(), *view)
print("units in the map:", a.size, "  the strongest sits at", divmod(int(a.argmax()), a.shape[1]))
titles = [f"where {layer}, {channel} responds", "your patch"]
show_images([heat(cat, a), enlarged(patch)], titles, tile=4.5)

# %% [markdown]
# *The "round things" channel on a photo that you know.* To pick a unit you only pick a channel: the same detector looks at every place of every picture.
#
# ## A name may end where the best nine end
#
# Nine patches out of thousands are the extreme of the extreme. Now take nine places at random among those where a unit responds *half* as strongly as to its best patch. **Predict**: for which will the name still fit, the lights, the round things or the eyes?

# %% alt="Three rows of three groups of nine patches: strongest, half as strong, at random."
from nst_keras.lessons.look import show_halves

named = [(l, units[l][0]) for l in ("block3_conv1", "block4_conv1", "block5_conv1")]
show_halves(named, found, bank, network, seed)

# %% [markdown]
# <details><summary>Answer</summary>
#
# For the eyes: nine of nine, but only because no place outside of the one cat comes up to half. Of the lights one is left. Among the round things there are still a cup and the ring of the helmet, beside smiles, a nose and waves.
# </details>
#
# So a name that fits the nine best patches need not fit the rest. And at most places a unit of block 5 says nothing at all:

# %% tags=["nbval-check-output"]
for l in units:
    print(f"{l}: {np.mean(of_cat[l] > 0):.0%} of all activations of the cat are above 0")

# %% [markdown]
# In block 5 three of four activations are zero: at most places of this picture a unit there finds nothing.
#
# ## A pool forgets where, the next channels remember
#
# Between two blocks a **max-pool** looks at squares of 2 x 2 positions and keeps the largest number of each. Two pictures, one result:

# %% tags=["nbval-check-output"] alt="A small picture of the astronaut; the same with most values black; and what a max-pool makes of both, the same picture."
small = load_image("astronaut", 96)[0].numpy()
squares = small.reshape(48, 2, 48, 2, 3)
pooled = squares.max(axis=(1, 3))  # the largest of each square, for each color
ruined = np.where(squares == pooled[:, None, :, None], squares, 0).reshape(small.shape)
assert np.array_equal(ruined.reshape(squares.shape).max(axis=(1, 3)), pooled)
print(f"the two are {np.abs(small - ruined).mean():.0f} gray levels apart, after the pool 0")
titles = ["a picture", "another", "max-pool of the first", "of the other"]
show_images([small, ruined, pooled, pooled], titles, tile=3)

# %% [markdown]
# From the pooled picture nobody can say which of the two it was. Is the place of everything lost, then, after two pools? **Predict**: we start from noise and change the pixels until the activations *behind the second pool* are those of a cat. Will the whiskers come back?

# %%
from nst_keras.lessons.stored import show_film

show_film("02_from_pool", "White noise turns into a photo of a cat with all its whiskers.")

# %% [markdown]
# <details><summary>Answer</summary>
#
# They do. One channel forgets, but behind the second pool 128 channels look at each square. Each of them keeps *its* largest number, and together they still know where the whisker was: 8 numbers for each pixel, where a picture has 3.
# </details>
#
# ## Let the unit paint
#
# Now the trick that the whole series lives on. The network stays as it is; we change the *picture*. Start from noise, and follow the gradient of a channel's mean activation:

# %%
import keras
import tensorflow as tf


def paint(layer, channel, steps=40):
    look, adam = FeatureExtractor([layer], vgg), keras.optimizers.Adam(5.0)
    G = tf.Variable(tf.random.stateless_uniform((1, 96, 96, 3), (seed, 0), 110.0, 140.0))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = -tf.reduce_mean(look(G)[layer][..., channel])
        adam.apply([tape.gradient(J, G)], [G])
        G.assign(tf.clip_by_value(G, 0, 255))
    return G

# %% alt="Two colorful patterns: rising diagonal stripes, and rows of arcs like fish scales."
shallow = [("block2_conv1", 38), ("block3_conv1", 12)]
painted = [enlarged(paint(*unit), 300) for unit in shallow]
show_images(painted, [f"{layer}, {channel}" for layer, channel in shallow], tile=1.7)

# %% [markdown]
# *Painted in forty steps.* You know both from the gallery: rising diagonals, rings and arcs.
#
# The units for hair and for eyes say exactly 0 to such noise, so there is nothing to follow. There take one unit, before its ReLU, and begin with smooth noise that is moved and turned a little at each step. Measure in units of the best patch:
#
# $$J(G) = -\frac{z(G)}{z_{\text{best}}}$$
#
# **Predict**: the best patch gives $J = -1$. How far below does noise get when it is changed for 150 steps: $-1.2$, $-3$, $-10$?

# %% tags=["nbval-check-output"] alt="Above the best patches of three units, below what they paint: rings, hair, an eye."
painters = [("block4_conv1", 350), ("block4_conv1", 225), ("block5_conv1", 34)]
wishes = [load_wish(*unit) for unit in painters]
for (layer, channel), wish in zip(painters, wishes, strict=True):
    print(f"{layer}, {channel:3}: J goes down to {-wish.times:.1f}")
names = [f"{layer}, {channel}" for layer, channel in painters]
pictures = [enlarged(w.patch) for w in wishes] + [enlarged(w.image) for w in wishes]
show_images(pictures, names + ["painted"] * len(wishes), columns=len(wishes), tile=2.8)

# %% [markdown]
# <details><summary>Answer</summary>
#
# To $-10.7$ for the eye: what the unit paints excites it ten times as strongly as the real eye of a cat.
# </details>
#
# *Above: the best patches. Below: what the units paint.* The unit for round things paints a glowing bulb with an arc around it. The one for hair paints hair, and nothing that would grow it. The eye unit paints an eye with a pupil and a glint, and below it something like a beak.
#
# **Paint one yourself**, with steps of this kind; it takes some seconds:

# %% alt="Out of gray noise two eyes have grown, black and blue with white glints, in striped orange and blue lids."
from nst_keras.lessons.wishes import make_wish

layer, channel = "block5_conv1", 34  # Tweak me: any unit of the gallery or of the browser
wish, z = make_wish(layer, channel, best=1, steps=60)
print(f"after 60 steps z is {z:.0f}")
show_images([enlarged(wish, 300)], [f"painted for channel {channel} of {layer}"], tile=3.1)

# %% [markdown]
# A picture made to please a network need not please you: nothing in J asks it to look like anything. Keep this in mind when you make J yourself. The content cost of the next notebook is what will hold your pictures down to earth.
#
# ## Summary
#
# A channel is one detector, used at every place. Going up the blocks, channels respond to colors and edges, then to spots, shapes, textures and parts of things, and many have no name. A pool forgets places within its squares, but many channels together still know them; and a unit can be asked to paint what excites it, far beyond any real picture.
#
# ## Exercises
#
# **Exercise 1.** Write the max-pool: a function of an array `(H, W, C)`, with H and W even, that keeps the largest number of each 2 x 2 square, channel by channel.

# %% tags=["exercise"]
# Exercise 1: your function replaces None: def answer(a): ...
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def answer(a):
#     H, W, C = a.shape
#     return a.reshape(H // 2, 2, W // 2, 2, C).max(axis=(1, 3))
# ```
# </details>
#
# **Exercise 2.** Make a detector by hand: a kernel of 3 x 3 numbers that answers to *dark above bright*. It should say 0 on an even surface and at a left-right edge.

# %% tags=["exercise"]
# Exercise 2: your kernel, three rows of three numbers, replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]
# ```
# </details>
#
# **Exercise 3, by eye.** In the browser above, with seed 0, there is a unit of block 1 that wants plain white, and a unit of block 2 that wants teal on the left and red on the right. Which channels are they?

# %% tags=["exercise"]
# Exercise 3: two numbers of channels replace None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = (31, 80)
# ```
# </details>
#
# ## Sources and the way on
#
# - M. D. Zeiler, R. Fergus: [Visualizing and Understanding Convolutional Networks](https://arxiv.org/abs/1311.2901), 2014 (the patches that excite a unit most)
# - C. Olah, A. Mordvintsev, L. Schubert: [Feature Visualization](https://distill.pub/2017/feature-visualization/), 2017 (patches beside made pictures)
#
# **The way on**: [03 - Content](03_content_cost.ipynb) asks what a whole layer knows about a picture, and turns that into the content cost.

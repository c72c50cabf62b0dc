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
# Nobody ever told VGG19 what an eye is. On this page you meet the channel that answers to eyes, and let it paint one.

# %% tags=["hide-input"] alt="Left a patch of a photo: the eye of a cat. Right the picture that the same channel makes out of noise."
from nst_keras.runs import start_tensorflow

start_tensorflow()
from nst_keras import show_images
from nst_keras.lessons.look import enlarged
from nst_keras.lessons.stored import load_wish

eye = load_wish("block5_conv1", 34)
titles = ["what it likes best in our pictures", "what it paints itself"]
show_images([enlarged(eye.patch), enlarged(eye.image)], titles, tile=3.6)

# %% [markdown]
# *One channel of `block5_conv1`. Left: the piece of our thirteen pictures that excites it most. Right: what came of pure noise when we changed the pixels to excite it more. Some lines of code do that; below you run them.*
#
# ## Setup

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, bundled_pictures, load_image, load_vgg, receptive_field
from nst_keras.lessons.exercises.nb02 import check, your_turn
from nst_keras.lessons.look import Remembering, enlarged, heat, mosaic
from nst_keras.lessons.patches import patches_of_channels
from nst_keras.lessons.wishes import Wanted

# %% tags=["parameters"]
picked = {  # Tweak me: other channels; the layers have 64, 128, 256, 512, 512 of them
    "block1_conv1": [32, 24],
    "block2_conv1": [12, 38],
    "block3_conv1": [31, 21],
    "block4_conv1": [350, 225],
    "block5_conv1": [34, 12],
}
sides = [256, 384]  # each picture is searched at these sizes: an eye may be large or small
seed = 0  # of the lot; any whole number

# %% [markdown]
# ## From a red dot to an eye
#
# Two words first. A **channel** is one detector: the same small calculation at every place of a picture. Its **map** is the picture of its answers. Each number of the map, an **activation**, sees one receptive field, the square of notebook 01. Papers call the place of such a number a unit.
#
# To learn what a channel looks for, show it many pictures and keep the squares that excite it most, at most two of a picture at each size. We take thirteen pictures, five photos, five artworks and three gray textures, and five layers, one in each block. Two channels of each layer are hand-picked, because they are easy to name. The third is drawn by lot.

# %% tags=["nbval-check-output"]
vgg, rng = load_vgg(), np.random.default_rng(seed)
lots = {l: rng.choice(vgg.get_layer(l).output.shape[-1], 6, replace=False).tolist() for l in picked}
bank = [load_image(name, side) for side in sides for name in bundled_pictures()]
searched = {l: [*picked[l], *lots[l]] for l in picked}
network = Remembering(FeatureExtractor(picked, vgg, precision="auto"), searched)
found = patches_of_channels(network, searched, bank, inside=True)
print(len(bank), "images;", sum(len(of_layer) for of_layer in found.values()), "channels")

def show_row(layer):
    shown = {f"channel {c}": c for c in picked[layer]} | {"by lot": lots[layer][0]}
    tiles = [mosaic(found[layer][c], network.best[layer][c]) for c in shown.values()]
    show_images(tiles, list(shown), tile=2.7)

# %% alt="Three groups of nine patches of 3 x 3 pixels: reds, white left of black, reds and oranges."
show_row("block1_conv1")

# %% [markdown]
# **Block 1, patches of 3 pixels: colors and edges.** Red, bright left of dark, and by lot red and orange. Below each patch stands its activation, as a share of the highest.

# %% alt="Three groups of nine patches of 10 x 10 pixels: blue or purple above yellow or red, rising diagonals, light spots."
show_row("block2_conv1")

# %% [markdown]
# **Block 2, 10 pixels: where two colors meet.** Cold above warm, a rising diagonal, and by lot a light spot.

# %% alt="Three groups of nine patches of 24 x 24 pixels: lights and stars, crossing lines and stones, colored edges."
show_row("block3_conv1")

# %% [markdown]
# **Block 3, 24 pixels: small shapes.** Lights that shine, and lines that cross. For the one by lot we found no name.

# %% alt="Three groups of nine patches of 68 x 68 pixels: round things, hair and fur among others, a mixture."
show_row("block4_conv1")

# %% [markdown]
# **Block 4, 68 pixels: textures and round things.** Eyes, a badge, a spoon and a sun, round things most of them; hair and fur, most of them. By lot: a mixture.

# %% alt="Three groups of nine patches of 156 x 156 pixels: four with eyes of a cat and five other things; cups, collars and others; a mixture."
show_row("block5_conv1")

# %% [markdown]
# **Block 5, 156 pixels: parts of things.** Eyes; cups and collars. But count: four of the nine patches of the eye channel, 34, show an eye of the cat. That is all that one cat may give here, two at each of two sizes. The others, the best of the rest, excite it 0.15 times as strongly or less.
#
# **Try it.** Here are channels that nobody picked, three of each layer, drawn by lot. Give each a word before you move on. How deep do you get?

# %%
from nst_keras.lessons.look import show_browser

show_browser({l: {c: found[l][c] for c in lots[l][1:4]} for l in picked}, bank, network)

# %% [markdown]
# *Left the nine best patches of a channel; right where it responds in the picture of the first patch: what excites it is lit.*
#
# For the three of block 5 we found no word.
#
# ## Search for yourself
#
# The search behind the gallery takes three lines. Place $(i, j)$ of a map sees `size` pixels, from `offset + i·stride` on downward and from `offset + j·stride` on to the right.
#
# **Your turn.** `a` is a map, `(nH, nW)`, and `picture` an array `(H, W, 3)`. Return the patch that excites the channel most.

# %% tags=["turn"]
def best_patch(a, picture, size, stride, offset):
    """The size x size pixels that the strongest place of the map sees."""
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
of_cat = FeatureExtractor(picked, vgg)(cat)
a, view = of_cat[layer][0, :, :, channel].numpy(), receptive_field(vgg, layer)
patch = best_patch(a, cat[0].numpy(), *view)
print("places in the map:", a.size, "  the strongest is", divmod(int(a.argmax()), a.shape[1]))
titles = [f"where {layer}, {channel} responds", "your patch"]
show_images([heat(cat, a), enlarged(patch)], titles, tile=4.5)

# %% [markdown]
# *The "round things" channel on a photo that you know.* The same detector looks at every place of every picture.
#
# ## A name may end where the best nine end
#
# Nine patches out of thousands are the extreme of the extreme. Now take nine places at random among those where a channel responds *half* as strongly as to its best patch. **Predict**: for which will the name still fit, the lights, the round things or the eyes?

# %% alt="Three rows of three groups of nine patches: the strongest, some that are half as strong, and some of any place, with the share below each."
from nst_keras.lessons.look import show_halves

named = [(l, picked[l][0]) for l in ("block3_conv1", "block4_conv1", "block5_conv1")]
show_halves(named, found, bank, network, seed)

# %% [markdown]
# <details><summary>Answer</summary>
#
# For the eyes: nine of nine, all of the one cat. Of the lights one is left. Among the round things there are still a cup and the ring of the helmet, beside smiles, a nose and waves.
# </details>
#
# So a name that fits the nine best patches need not fit the rest. And how often does a channel answer at all?

# %% tags=["nbval-check-output"]
for l in picked:
    print(f"{l}: {np.mean(of_cat[l] > 0):.0%} of all activations of the cat are above 0")

# %% [markdown]
# In block 5 three of four activations of this picture are zero.
#
# ## Let it paint
#
# Now the trick that the whole series lives on. The network stays as it is; we change the *picture*. Begin with noise, ask the channel, and let the gradient say how each pixel must change so that the answer grows: J is minus the answer, and each step goes a little downhill.

# %%
def paint(layer, channel, steps=60):
    look = Wanted(layer, channel, seed)
    noise, adam = tf.Variable(look.noise()), keras.optimizers.Adam(0.05)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            G = look.picture(noise)
            J = -look.z(look.moved(G))
        adam.apply([tape.gradient(J, noise)], [noise])
    G = look.middle(look.picture(noise))
    return G, max(float(look.z(G)), 0) / network.best[layer][channel]

# %% [markdown]
# Three of its words: `z` is the channel's answer at one place *before its ReLU*: where the activation is 0 there would be nothing to follow. `picture` makes smooth colors out of noise. And `moved` shifts, turns and zooms the picture a little, by chance, so that what is painted has to please from more than one place.
#
# **Predict**: this is the channel of eyes. After 60 steps, how many times as strongly as the real eye of the cat will its picture excite it: 1.2 times, 3 times, 8 times?

# %% tags=["nbval-check-output"] alt="Three pictures: colored noise; after 15 steps a dark hollow under a blue and orange shape; after 60 steps an eye with a blue iris and a pink rim, in orange and blue feathers."
layer, channel = "block5_conv1", 34  # Tweak me: any channel of these five layers
painted = {steps: paint(layer, channel, steps) for steps in (0, 15, 60)}
titles = [f"{steps} steps: {times:.1f} times" for steps, (G, times) in painted.items()]
show_images([enlarged(G) for G, _ in painted.values()], titles, tile=2.7)
print(f"the picture at the top of the page, after 150 steps: {eye.times:.1f} times")

# %% [markdown]
# <details><summary>Answer</summary>
#
# 8 times. Nothing in J asks that the picture look like a photo, and it goes far beyond ours.
# </details>
#
# Paint other channels, and keep what you like: `keras.utils.save_img("eye.png", painted[60][0][0])`. Three that we liked:

# %% alt="Above the best patches of three channels: crossing lines, hair, a badge. Below what they paint: a black ring with spokes, tufts of fur, a glowing ball in arcs."
picks = ("block3_conv1", -1), ("block4_conv1", -1), ("block4_conv1", 0)
painters = [(layer, picked[layer][n]) for layer, n in picks]
patches = [mosaic(found[layer][channel][:1], columns=1) for layer, channel in painters]
others = [paint(*each) for each in painters]
titles = [f"{layer}, {channel}" for layer, channel in painters]
titles += [f"painted: {times:.1f} times" for _, times in others]
show_images(patches + [enlarged(G) for G, _ in others], titles, columns=3, tile=2.7)

# %% [markdown]
# *Above: the best patches. Below: what the channels paint, and how many times as strongly it excites them.* The one for crossing lines paints a black ring with spokes. The one for hair paints hair, and nothing that would grow it.
#
# A picture made to please a network need not please you. Keep this in mind when you make J yourself. The content cost of the next notebook is what will hold your pictures down to earth.
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
show_images([small, ruined, pooled], ["a picture", "another", "max-pool of both"], tile=3)

# %% [markdown]
# From the pooled picture nobody can say which of the two it was. Is the place of everything lost, then, after two pools? **Predict**: paint once more, with another wish: change noise until the activations *behind the second pool* are those of the cat. Will the whiskers come back?

# %%
from nst_keras.lessons.stored import show_film

show_film("02_from_pool", "White noise turns into a photo of a cat with all its whiskers.")

# %% [markdown]
# <details><summary>Answer</summary>
#
# They do. One channel forgets, but behind the second pool 128 channels look at each square. Each of them keeps *its* largest number, and together they still know where the whisker was: 8 numbers for each pixel, where a picture has 3.
# </details>
#
# ## Summary
#
# A channel is one detector, used at every place. Going up the blocks, the easiest to name answer to colors and edges, then to spots, shapes, textures and parts of things; others have no name. A channel can paint what excites it, more strongly than any of our pictures. A pool forgets places within its squares, but many channels together still know them.
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
# **Exercise 3, by eye.** In the browser above, with seed 0, there is a channel of block 1 that wants plain white, and one of block 2 that wants teal on the left and red on the right. Which are they?

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
# - M. D. Zeiler, R. Fergus: [Visualizing and Understanding Convolutional Networks](https://arxiv.org/abs/1311.2901), 2014 (the patches that excite a channel most)
# - C. Olah, A. Mordvintsev, L. Schubert: [Feature Visualization](https://distill.pub/2017/feature-visualization/), 2017 (patches beside made pictures)
#
# **The way on**: [03 - Content](03_content_cost.ipynb) asks what a whole layer knows about a picture, and turns that into the content cost.

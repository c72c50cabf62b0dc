# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 - What are deep ConvNets learning?
#
# "Pick a unit in layer l. Find the image patches that maximize the unit's activation. Repeat for other units." You do exactly that (S3:14-16), for a gallery of units from the first block to the last.
#
# **What you will learn**
# - what a unit, a channel and a feature map are, and what a max-pool throws away
# - how to find the patches that a unit responds to most, and how what they show changes with depth
# - what such a gallery proves, and what it does not
#
# **Time** on 2 CPU cores: about a minute to run, half an hour to read. No download.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from exercises.nb02 import check
from patches import patches_of_units, top_patches

from nst_keras import FeatureExtractor, bundled_pictures, lbfgs, load_vgg, minimize, receptive_field, show_images
from nst_keras.costs import total_variation_cost
from nst_keras.images import deprocess, load_image, preprocess

# %% [markdown]
# **Tweak me.** Change a value, then run everything below again. Any layer from `block1_conv1` to `block5_conv4` and any of its channels will do.

# %% tags=["parameters"]
units = {  # layer: channels. Each pair is one unit to look at
    "block1_conv1": [32, 22, 24, 34],
    "block2_conv1": [12, 29, 38, 24],
    "block3_conv1": [31, 21, 12, 39],
    "block4_conv1": [350, 78, 225, 354],
    "block5_conv1": [34, 12, 356, 318],
}
first_unit = ("block3_conv1", 31)  # the one that section 4 does by hand
bank_sides = [256, 448]  # the pictures of the bank are searched at these sizes (longer side, in pixels)
k = 9  # patches per unit
per_image = 2  # at most this many of them from one picture at one size
picture = "chelsea"  # for the feature maps
map_layers = ["block1_conv1", "block4_conv1"]  # whose feature maps are shown
map_side = 256  # longer side of that picture, in pixels
made_units = [("block2_conv1", 12), ("block3_conv1", 12), ("block4_conv1", 225), ("block5_conv1", 34), ("block5_conv1", 356)]
ascent_steps = 20  # gradient evaluations for each image that is made for one of these units
gamma = 1e-3  # weight of the total variation there: larger is smoother

# %% [markdown]
# ## 1. Units, channels, maps
#
# The activations of layer $l$ are an array $a^{[l]}$ of shape `(1, nH, nW, nC)`. Three words for its parts:
#
# - a **unit** is one number of it, $a_{ijk}$: it sees one receptive field of the image
# - a **channel** $k$ is one detector: all units $a_{\cdot\cdot k}$ share the same weights, and differ only in where they look
# - a **feature map** is the picture `a[0, :, :, k]`: where in the image channel $k$ finds its thing, and how strongly
#
# "Pick a unit" therefore means: pick a channel. Position does not matter, because the same detector is applied everywhere. You can check that: move the image by one stride, and each map must move by one position.

# %% tags=["nbval-check-output"]
vgg = load_vgg()
image = load_image(picture, map_side)
for layer in units:
    size, stride, offset = receptive_field(vgg, layer)
    n_C = vgg.get_layer(layer).output.shape[-1]
    extractor = FeatureExtractor([layer], vgg)
    a = extractor(image)[layer].numpy()
    a_moved = extractor(np.roll(image, stride, axis=2))[layer].numpy()  # stride pixels to the right
    first = -(offset // stride)  # units near the border also see the padding: leave them out
    last = max(first, (image.shape[2] - size - offset) // stride)
    apart = np.abs(a_moved[:, :, first + 1 : last + 1] - a[:, :, first:last])
    same = apart.max(initial=0) < 1e-3 * a.max()
    columns = f"in all {last - first} columns compared: {same}"
    print(f"{layer}: {n_C:3} channels; moving the image by {stride:2} pixels moves every map by 1, {columns}")

# %% [markdown]
# ## 2. Each feature map is a different transformation
#
# So S2:39 says of the first layer. **Predict:** will a map of the deepest layer in `map_layers` still look like the picture?

# %% tags=["nbval-check-output"]
a = FeatureExtractor(map_layers, vgg)(image)
tiles, titles = [image], ["the picture"]
for layer in map_layers:
    maps = a[layer][0].numpy()
    strongest = np.argsort(-maps.std(axis=(0, 1)))[:8]  # the eight channels that vary most
    distinct = len(np.unique(maps.reshape(-1, maps.shape[-1]).T, axis=0))
    print(f"{layer}: {distinct} different maps of {maps.shape[0]} x {maps.shape[1]}, {np.mean(maps == 0):.0%} of them zero")
    for channel in strongest:
        scaled = 255 * maps[..., channel] / maps[..., channel].max()
        tiles.append(np.repeat(scaled[..., np.newaxis], 3, axis=-1))
        titles.append(f"{layer}, {channel}")

show_images(tiles[:1], titles[:1], tile=2.0)
show_images(tiles[1:], titles[1:], columns=8, tile=1.5)

# %% [markdown]
# *First the picture, then for each layer the eight maps that vary most. White is strong; each map has its own scale.*
#
# With the committed settings the maps of `block1_conv1` are filtered copies of the photo: some pick out light or dark areas, others follow outlines. No two of the 64 are the same. The maps of `block4_conv1` are coarse, 21 x 32 positions, and do not look like the photo any more; in some of them two spots light up where the eyes are. About half of all numbers are zero: that is the ReLU.
#
#
# ## 3. What a max-pool throws away
#
# S2:31 says that max-pooling *discards* information. Between two blocks of VGG a pool looks at squares of 2 x 2 positions and keeps the largest number of each. Two different inputs, one output:

# %% tags=["nbval-check-output"]
max_pool, average_pool = keras.layers.MaxPooling2D(2), keras.layers.AveragePooling2D(2)
for square in ([[5, 0], [1, 2]], [[3, 5], [5, 0]]):
    pixels = np.array(square, np.float32).reshape(1, 2, 2, 1)
    print(square, "max", max_pool(pixels).numpy().item(), "average", average_pool(pixels).numpy().item())

# %% [markdown]
# The same with a whole picture. In each 2 x 2 square, and in each color, we keep the largest value and set the others to zero. **Predict:** what do the two pooled pictures look like?

# %% tags=["nbval-check-output"]
small = load_image(picture, 64)
small = small[:, : small.shape[1] // 2 * 2, : small.shape[2] // 2 * 2]  # even height and width
largest = np.repeat(np.repeat(max_pool(small), 2, axis=1), 2, axis=2)
ruined = np.where(small == largest, small, 0)
print("the two pictures differ in more than half of their values:", np.mean(ruined != small) > 0.5)
print("max-pooled, they are identical:", np.array_equal(max_pool(ruined), max_pool(small)))
print("average-pooled, they are identical:", np.array_equal(average_pool(ruined), average_pool(small)))
show_images([small, ruined, max_pool(small), max_pool(ruined)], ["a picture", "another", "max-pool of the first", "of the other"], tile=2.4)

# %% [markdown]
# *From left to right: the picture at 64 pixels; the same with most values blacked out, a dark mosaic; and the two max-pooled pictures, which are the same.*
#
# From the pooled picture nobody can tell which of the two it came from. In the network this happens five times, on feature maps instead of colors. What is lost is *where exactly*, and everything that was not the strongest of its square. The notes add that what is lost is irrelevant to classification; that is what training aims at, not something pooling guarantees.
#
# ## 4. Pick a unit, find its patches
#
# We need pictures to search: the **bank**, all pictures of this project, at each size in `bank_sides`. More than one size, so that a detector of eyes may find large eyes and small ones.

# %% tags=["nbval-check-output"]
names = list(bundled_pictures())
bank = [load_image(name, side) for side in bank_sides for name in names]
print(len(names), "pictures,", len(bank), "images in the bank")
show_images(bank[: len(names)], columns=7, tile=1.3)

# %% [markdown]
# *The bank: five photos, five paintings, three gray textures.*
#
# By hand, for one unit, in the images of the first size. Score every position of every image, and take the highest. Along each axis, position $i$ sees the pixels from `offset + i·stride` on, `size` of them:

# %% tags=["nbval-check-output"]
layer, channel = first_unit
size, stride, offset = receptive_field(vgg, layer)
extractor = FeatureExtractor([layer], vgg)
part = bank[: len(names)]
maps = [extractor(image)[layer][0, :, :, channel].numpy() for image in part]
winner = int(np.argmax([one.max() for one in maps]))
i, j = np.unravel_index(np.argmax(maps[winner]), maps[winner].shape)
top, left = offset + i * stride, offset + j * stride
print(f"{layer}, channel {channel}: {sum(one.size for one in maps):,} positions scored")
print("highest in", names[winner])

(best,) = top_patches(extractor, layer, channel, part, k=1)
assert (best.image, best.top, best.left) == (winner, top, left)
np.testing.assert_allclose(best.activation, maps[winner].max(), rtol=1e-4)

# %% [markdown]
# `top_patches` (in `patches.py`, beside this notebook) found the same place. It goes on where we stopped. The second highest position is almost always right beside the highest: the same thing seen again one stride farther. So after each hit it suppresses the neighbors within half a receptive field (**non-maximum suppression**), takes at most `per_image` hits from one image, and sorts what is left. We also ask for patches `inside` the image, because at the border a unit sees padding.

# %%
patches = top_patches(extractor, layer, channel, part, k, per_image, inside=True)
figure, (photo, grid) = plt.subplots(1, 2, figsize=(8, 3), width_ratios=[1.1, 1], layout="constrained")
photo.imshow(bank[patches[0].image][0].numpy().astype(np.uint8))
for patch in patches:
    if patch.image == patches[0].image:
        square = plt.Rectangle((patch.left, patch.top), size, size, fill=False, edgecolor="red", linewidth=2)
        photo.add_patch(square)
grid.imshow(np.hstack([patch.pixels for patch in patches[:3]]).astype(np.uint8))
photo.set_title("where the strongest was found", fontsize=9)
grid.set_title(f"the strongest, {size} x {size} pixels each", fontsize=9)
for axis in (photo, grid):
    axis.axis("off")
plt.show()

# %% [markdown]
# *Left: the image of the strongest patch; red frames mark all its patches among the best. Right: the strongest patches, three at most, from left to right.*
#
# With the committed settings this unit of `block3_conv1` answers to glints: lamps with rays, a light reflected by a red cup. Two lamps of one photo are far enough apart to count as two things; the positions around each of them were suppressed.
#
#
# ## 5. Repeat for other units
#
# All channels listed in `units`, `k` patches each. **Predict:** what will the patches of one unit have in common in the first layer? And in the last?

# %% tags=["nbval-check-output"]
found = patches_of_units(FeatureExtractor(units, vgg), units, bank, k, per_image, inside=True)

for layer, of_channel in found.items():
    size = receptive_field(vgg, layer)[0]
    all_patches = [patch for patches in of_channel.values() for patch in patches]
    pictures = {patch.image % len(names) for patch in all_patches}
    assert all(patch.pixels.shape == (size, size, 3) for patch in all_patches)
    print(f"{layer}: {len(all_patches)} patches of {size} x {size} pixels, from {len(pictures)} pictures")

# %%
def nine(patches, tile=160, gap=6):
    """A square of patches, enlarged to about `tile` pixels, with white lines between them."""
    columns = int(np.ceil(np.sqrt(k)))
    zoom = max(1, round(tile / patches[0].pixels.shape[0])) if patches else 1
    step = zoom * patches[0].pixels.shape[0] + gap if patches else gap + 1
    canvas = np.full((columns * step, columns * step, 3), 255, np.uint8)
    for index, patch in enumerate(patches):
        pixels = np.clip(patch.pixels, 0, 255).astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)
        top, left = index // columns * step, index % columns * step
        canvas[top : top + step - gap, left : left + step - gap] = pixels
    return canvas

# %%
most = max(len(channels) for channels in units.values())
size_inches = (2.1 * most, 2.35 * len(units))
figure, axes = plt.subplots(len(units), most, figsize=size_inches, squeeze=False, layout="constrained")
for row, (layer, of_channel) in zip(axes, found.items(), strict=True):
    for axis in row:
        axis.axis("off")
    for axis, (channel, patches) in zip(row, of_channel.items(), strict=False):
        axis.imshow(nine(patches))
        last = patches[-1].activation / patches[0].activation if patches else 0
        axis.set_title(f"{layer}, {channel}\nlast: {last:.0%} of the first", fontsize=9)
plt.show()

# %% [markdown]
# *One row for each layer, one column for each unit. A tile shows the patches, strongest first, each cut to the receptive field and enlarged. Above it: how strong the last patch is, compared with the first.*
#
# With the committed settings, row by row:
# - **block1, 3 pixels:** red; blue; an edge with the light on the left; an edge with the light below.
# - **block2, 10 pixels:** a cold color above a warm one; a light spot; a light diagonal stroke; a dark spot.
# - **block3, 24 pixels:** glints; thin lines that cross; rings and arcs; bundles of curved stripes.
# - **block4, 68 pixels:** round things with a center, from a badge to an eye; lattices of thin lines; hair, fur and wood grain; dense small strokes, painted cobbles as well as leaves.
# - **block5, 156 pixels:** the eyes of a cat; rims of cups and collars; houses, photographed or painted, in five of the nine; things that stand upright.
#
# The things grow more complex with depth, as S2:31 says. With the committed settings the units also grow choosier: in the first rows the last patch is nearly as strong as the first, in the last row much weaker. The eye unit found its eyes in one picture only, the cat, and had to fill up its nine with whatever came next.
#
# ### Is it the color or the shape?
#
# A gallery invites stories. "This unit likes red circles" can be wrong in two ways at once. Test it: turn the picture gray and read the same unit at the same place again. What is left is due to shape and brightness.

# %% tags=["nbval-check-output"]
for layer, of_channel in found.items():
    size, stride, offset = receptive_field(vgg, layer)
    extractor, left_over = FeatureExtractor([layer], vgg), []
    for channel, patches in of_channel.items():
        for patch in patches[:1]:  # the best one
            gray = np.repeat(np.mean(bank[patch.image], axis=-1, keepdims=True), 3, axis=-1)
            i, j = (patch.top - offset) // stride, (patch.left - offset) // stride
            left_over.append(f"{channel}: {float(extractor(gray)[layer][0, i, j, channel]) / patch.activation:.0%}")
    print(f"{layer}: activation left without color   ", "   ".join(left_over))

# %% [markdown]
# With the committed settings the "red" and the "blue" unit of the first layer keep only 28 % and 13 %, and the first unit of block2, an edge between two colors, 6 %: color is what they measure. The other units of blocks 1 to 4, for edges, spots, lines and textures, keep three quarters or more, most of them nearly everything: shape is what they measure. The units of block5 lose a quarter to a third: they use both.
#
#
# ## 6. Another view: make the image that the unit wants
#
# The patches are what the unit liked best *among our pictures*. Nothing stops us from asking for an image that it likes still better: start from noise, and change the pixels so that the activation grows. With $z$ the unit before its ReLU, and $z_{best}$ the activation of its best patch:
#
# $$J(G) = -\frac{z(G)}{z_{best}} + \gamma\,J_{tv}(G)$$
#
# The second term (total variation: how much neighboring pixels differ) is a small regularizer against pure noise. We take $z$ rather than $a = \max(0, z)$ because where $a=0$ it has no gradient, and noise activates few deep units. This is the trick of the whole series, used for the first time: the network stays, the *image* is trained.

# %%
class Unit:
    """J(G) of one unit, for the optimizers of nst_keras."""
    def __init__(self, layer, channel, best):
        size, stride, offset = receptive_field(vgg, layer)
        convolution = vgg.get_layer(layer)
        self.side = 32 * -(-(size + stride) // 32)  # of the image, in pixels
        self.position = -(offset // stride)  # the first unit that sees no padding
        self.top = offset + self.position * stride
        self.below = keras.Model(vgg.input, convolution.input)
        self.kernel, self.bias = (weights[..., channel] for weights in convolution.get_weights())
        self.best = best

    def z(self, G):
        near = slice(self.position - 1, self.position + 2)  # 3 x 3 positions of the layer below
        return tf.reduce_sum(self.below(preprocess(G))[0, near, near] * self.kernel) + self.bias

    @tf.function(autograph=False)
    def value_and_gradient(self, G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            J = -self.z(G) / self.best + gamma * total_variation_cost(G)
        return {"J": J}, tape.gradient(J, G)

    def terms(self, G):
        return {"J": float(self.value_and_gradient(G)[0]["J"])}


# %% [markdown]
# **Predict:** what will it make of a unit that likes eyes, such as `block5_conv1`, 34 of the committed list?

# %% tags=["nbval-check-output"]
rows, labels = [], []
for layer, channel in made_units:
    patches = found.get(layer, {}).get(channel)
    if patches is None:
        patches = top_patches(FeatureExtractor([layer], vgg), layer, channel, bank, k, per_image, inside=True)
    if not patches:
        continue  # no picture of the bank is large enough, or the unit is never active
    unit, size = Unit(layer, channel, patches[0].activation), receptive_field(vgg, layer)[0]
    noise = deprocess(tf.random.Generator.from_seed(0).normal((1, unit.side, unit.side, 3), stddev=10.0))
    G, history = minimize(unit, noise, lbfgs(), ascent_steps)
    made = G[0, unit.top : unit.top + size, unit.top : unit.top + size]
    share = float(unit.z(G)) / patches[0].activation
    print(f"{layer}, channel {channel}: the made image activates it more than the best patch: {share > 1}")
    rows += [*(patch.pixels for patch in (patches * 2)[:2]), made]
    labels += [f"{layer}, {channel}", "", f"made: {share:.1f} times\nthe best patch"]

# %%
show_images(rows, labels, columns=3, tile=2.1)

# %% [markdown]
# *In each row the two best patches of one unit (with `k = 1` twice the same), and on the right the image that was made for it, cut to the receptive field. The number says how many times as strongly it activates the unit as the best patch does.*
#
# With the committed settings the two views agree in what they are about: cold colors above warm ones; an arc within an arc; fur; an eye with its lid; and, with some good will, a small arched window with bars. They differ in everything else. Colors are shrill, because nothing asked for natural ones. The eye stands alone, without a cat. And look at the numbers on the right: in the first two rows the made image is a few times as strong as the best patch, in the two rows of block5 more than ten times. So the deep units are far from their limit on any real picture, and an image can excite them with fine patterns that no camera has seen. Remember it when you optimize images for style: without a reason to look natural, they do not.
#
# ## 7. What this shows, and what not
#
# - **The bank is small.** Thirteen pictures cannot contain what a detector of, say, keyboards would like best. A unit whose patches look unrelated may just not have met its thing here. Published galleries search a million images.
# - **The best `k` are the extreme.** A unit also answers, more weakly, to many other things, and the style cost uses all its activations, not the few largest. Nine, as committed, is a habit of the papers: set `k` to another number.
# - **Common is not cause.** That all patches share a property shows that it goes together with the activation, not that the unit responds to *it*. The gray test above is the kind of experiment that separates the two.
# - **One channel is not one concept.** Many channels answer to several unlike things, and most things are spread over many channels. That is one reason why style is measured by *pairs* of channels (notebook 04).
# - **We chose the units** of the committed list because their patches are easy to name. Change the numbers in `units` to see ordinary ones.
#
# ## Summary
#
# - A channel is one detector, applied at every position; a unit is one of its positions and sees one receptive field.
# - Patches that activate a unit most show colors and edges in the first layer, strokes and spots next, then patterns and textures, and parts of things at the end, as S3's recipe promises. A max-pool between blocks keeps the strongest of four and forgets the rest.
# - Patches show what a unit liked best in a bank; an optimized image shows what it would like best of all. Both are evidence; neither is a definition.
#
# ## Exercises
#
# **1.** An image of 48 x 48 black pixels has one white vertical bar, four pixels wide, in columns 20 to 23. Two filters of 3 x 3 pixels, with ReLU: each row of the first is (-1, 1, 0), each row of the second (1, -1, 0). In which column is the middle of the patch that activates the first filter most? And the second?

# %% tags=["exercise"]
# Exercise 1: your answer, two columns, replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# image = np.zeros((1, 48, 48, 1), np.float32)
# image[:, :, 20:24] = 255
# kernel = np.zeros((3, 3, 1, 2), np.float32)
# kernel[:, 0, 0, 0], kernel[:, 1, 0, 0] = -1, 1
# kernel[..., 1] = -kernel[..., 0]
# a = tf.nn.relu(tf.nn.conv2d(image, kernel, strides=1, padding="SAME"))
# answer = tuple(int(np.argmax(a[0, 24, :, k])) for k in range(2))
# ```
#
# The first filter compares a pixel with its left neighbor and finds the edge from dark to bright; the second finds the other side, just after the bar.
# </details>
#
# **2.** How many pixels wide is a patch of `block2_conv2`?

# %% tags=["exercise"]
# Exercise 2: your answer, a whole number, replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = receptive_field(keras.applications.VGG19(weights=None, include_top=False), "block2_conv2")[0]
# ```
#
# 1 + 2 + 2 (block 1) + 1 (pool) + 4 + 4 (block 2, where one step is two pixels) = 14.
# </details>
#
# **3.** What does a 2 x 2 max-pool make of [[1, 4], [2, 3]], and of [[4, 1], [3, 2]]?

# %% tags=["exercise"]
# Exercise 3: your answer, two numbers, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# squares = np.array([[[1, 4], [2, 3]], [[4, 1], [3, 2]]], np.float32)
# answer = squares.max(axis=(1, 2))
# ```
# </details>
#
# **4.** For an image of 224 x 224 pixels: how many different detectors does `block4_conv2` have, and how many units?

# %% tags=["exercise"]
# Exercise 4: your answer, two whole numbers, replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# detectors = 512
# positions = (224 // 2**3) ** 2  # three pools come before block 4
# answer = (detectors, detectors * positions)
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. Why does <code>top_patches</code> suppress neighbors?</summary>
#
# Because the positions beside the best one see almost the same pixels. Without it, nine patches would show one thing nine times.
# </details>
#
# <details><summary>2. Why are the patches of deep layers larger?</summary>
#
# They are cut to the receptive field, and that grows with every convolution and every pool.
# </details>
#
# <details><summary>3. A unit's nine patches are all red. Is it a detector of red?</summary>
#
# Perhaps. Turn the patches gray, or paint them in another color: if the activation stays, it was something else that they share.
# </details>
#
# <details><summary>4. The image made from noise activates the unit several times more than any patch. Is it the better picture of what the unit does?</summary>
#
# It shows what drives the unit to its extreme, but no photograph looks like that. What the unit does in practice you see in the patches. The two views answer different questions.
# </details>
#
# <details><summary>5. What does max pooling do to the exact position of an edge?</summary>
#
# It keeps it only up to 2 positions, and five pools in a row up to 32 pixels.
# </details>
#
# **Sources.** The notes S3:8-16 (the recipe), S2:31 (complexity grows, pooling discards), S2:39-41 (feature maps). Zeiler and Fergus 2014 (patches that activate a unit most); Olah, Mordvintsev and Schubert 2017 (dataset examples beside optimized images).
#
# **Next:** 03 asks what a whole layer knows about a picture, and turns that into the content cost.

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
# You pick single units of VGG19, from the first block to the last, find the pieces of pictures that excite them most, and test what such a gallery proves.
#
# **What you will learn**
#
# - what a unit, a channel and a feature map are, and what a max-pool throws away;
# - how to find the patches that a unit responds to most, and how what they show changes with depth;
# - how to keep such a gallery honest: patches chosen at random, counts, equal numbers, experiments.
#
# **Time**: about half a minute on 2 CPU cores, half an hour to read. Nothing is downloaded.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, adam, bundled_pictures, load_image, minimize, preprocess, show_images, stylize
from nst_keras.lessons.exercises.nb02 import check
from nst_keras.lessons.patches import patches_between, patches_of_units, top_patches
from nst_keras.vgg import layer_names, load_vgg, receptive_field

# %% [markdown]
# ## Tweak me
#
# Change any value and run the notebook again from here. Any layer from `block1_conv1` to `block5_conv4` and any of its channels will do. Comments describe the stored outputs.

# %% tags=["parameters"]
units = {  # layer: channels that we picked; one more of each layer is chosen at random
    "block1_conv1": [32, 22, 24],
    "block2_conv1": [12, 29, 38],
    "block3_conv1": [31, 21, 12],
    "block4_conv1": [350, 78, 225],
    "block5_conv1": [34, 12, 356],
}
labels = {  # what the patches of these units show, as we see it, and in how many of the nine we see it
    "block1_conv1": {32: "red: 9 of 9", 22: "blue: 9 of 9", 24: "dark on the right: 9 of 9"},
    "block2_conv1": {12: "cold above warm: 9 of 9", 29: "a light spot: 6 of 9", 38: "a rising diagonal: 9 of 9"},
    "block3_conv1": {31: "small lights: 8 of 9", 21: "crossing lines: 5 of 9", 12: "rings and arcs: 6 of 9"},
    "block4_conv1": {350: "round things: 8 of 9", 78: "thin lines: 7 of 9", 225: "hair, fur: 6 of 9"},
    "block5_conv1": {34: "eyes: 4 of 9", 12: "rims: 6 of 9", 356: "houses: 5 of 9"},
}
first_unit = ("block3_conv1", 31)  # the one that section 4 does by hand
border_channel = 211  # of the same layer: a channel that answers to the border
tested_units = [("block3_conv1", 31), ("block4_conv1", 350), ("block5_conv1", 34)]  # also shown at random places
made_units = [("block3_conv1", 12), ("block4_conv1", 225), ("block5_conv1", 34), ("block5_conv1", 12)]  # section 7
bank_sides = [256, 384]  # the pictures of the bank are searched at these sizes (longer side, in pixels)
k, per_image = 9, 2  # patches per unit; at most so many of them from one picture at one size
picture, map_side, map_layer = "astronaut", 256, "block4_conv1"  # for the feature maps; longer side; the deeper layer shown
rebuilt, rebuilt_side, rebuilt_steps = "chelsea", 160, 60  # rebuilt from before and after a pool; longer side; steps
per_picture, draws = (1, 4, 64), 20  # random places per picture when layers are compared; repetitions
ascent_steps, ascent_rate, jitter = 24, 0.2, 16  # images made for a unit: steps, learning rate, largest shift in pixels
seed = 0  # of everything that is chosen at random

# %% [markdown]
# ## 1. Units, channels, maps
#
# The activations of layer $l$ are an array $a^{[l]}$ of shape `(1, nH, nW, nC)`. Three words for its parts:
#
# - a **unit** is one number of it, $a_{ijk}$: it sees one receptive field of the image (notebook 01);
# - a **channel** $k$ is one detector: all units $a_{\cdot\cdot k}$ share the same weights, and differ only in where they look;
# - a **feature map** is the picture `a[0, :, :, k]`: where in the image channel $k$ finds its thing, and how strongly.
#
# "Pick a unit" therefore means: pick a channel. Position does not matter, because the same detector is applied everywhere. You
# can check that: move the image by one stride of the layer (the pixels between two neighboring positions of its map: each pool before it doubles them, see notebook 01), and each map must move by one position.

# %% tags=["nbval-check-output"]
vgg = load_vgg()
image = load_image(picture, map_side)
for layer in units:
    size, stride, offset = receptive_field(vgg, layer)
    extractor = FeatureExtractor([layer], vgg)
    a = extractor(image)[layer].numpy()
    a_moved = extractor(np.roll(image, stride, axis=2))[layer].numpy()  # stride pixels to the right
    first = -(offset // stride)  # units near the border also see the padding: leave them out
    last = max(first, (image.shape[2] - size - offset) // stride)
    apart = np.abs(a_moved[:, :, first + 1 : last + 1] - a[:, :, first:last]).max(initial=0)
    print(f"{layer}: {a.shape[-1]:3} channels; image moved by {stride:2}, maps by 1: off by {apart / a.max():.3f} of the largest")
    assert apart < 1e-3 * a.max()

# %% [markdown]
# ## 2. Each feature map is a different transformation
#
# A common claim: in the first layer each feature map is a different transformation of the picture. Take it literally: a map is the picture, minus the mean color of VGG's training images, convolved with
# one kernel, plus a bias, and cut at 0. The cell does that with TensorFlow's convolution and compares. **Predict**: one kernel asks for red (32), one for blue (22): what will their maps
# make of an orange suit and a blue flag? And will a map of `block4_conv1` still look like the picture?

# %% tags=["nbval-check-output"] alt="Three rows of four pictures. First row: kernels of 3 x 3 colored squares. Second row: their maps of the astronaut, one bright on the red stripes and the black helmet, one on the blue of flag and badge, two with outlines. Third row: coarse maps of a deep layer with a few bright spots."
kernels, biases = vgg.get_layer("block1_conv1").get_weights()  # (3, 3, 3, 64) and (64,)
a = FeatureExtractor(["block1_conv1", map_layer], vgg)(image)
by_hand = tf.nn.relu(tf.nn.conv2d(preprocess(image), kernels, strides=1, padding="SAME") + biases)
np.testing.assert_allclose(by_hand, a["block1_conv1"], atol=1e-3 * np.max(by_hand))
rng = np.random.default_rng(seed)
at_random = {layer: int(rng.choice(vgg.get_layer(layer).output.shape[-1])) for layer in units}
shown = {"block1_conv1": [32, 22, 24, at_random.get("block1_conv1", 0)], map_layer: [*units.get(map_layer, [0, 1, 2]), at_random.get(map_layer, 3)][:4]}
tiles = [128 + 127 * kernels[..., ::-1, c] / np.abs(kernels[..., c]).max() for c in shown["block1_conv1"]]  # ::-1 is RGB
titles = [f"kernel {c}" for c in shown["block1_conv1"]]
for layer, channels in shown.items():
    maps = a[layer][0].numpy()
    flat = maps.reshape(-1, maps.shape[-1])
    pairs = np.abs(np.corrcoef(flat[:, flat.std(axis=0) > 0].T)[np.triu_indices(np.sum(flat.std(axis=0) > 0), 1)])
    print(f"{layer}: {maps.shape[-1]} maps, {np.mean(maps == 0):.1f} of all numbers are zero; "
          f"correlation of two maps: median {np.median(pairs):.1f}, largest {pairs.max():.2f}")
    tiles += [np.repeat(255 * maps[..., c : c + 1] / max(maps[..., c].max(), 1e-6), 3, axis=-1) for c in channels]
    titles += [f"{layer}, {c}" for c in channels]
show_images(tiles, titles, columns=len(shown[map_layer]), tile=2.7)

# %% [markdown]
# *Figure: four kernels of the first layer, drawn in the colors that they ask for (middle gray is 0); below each its map; and four maps of a deep layer. In the maps white is strong; each has its own scale.* Kernel 22
# asks for blue, and its map is bright on flag and badge. Kernel 32 asks for red by refusing green and blue: it answers to the red stripes, and nearly as strongly to the black helmet. (VGG sees colors minus their mean, so black is negative in all three, and negative times a negative weight is a strong yes.) The orange suit is black for kernel 22, and for kernel 32 in between. The other two each follow edges of a direction of their own. The deep maps have 32 x 32 positions and do not look like the picture any more; one lights up on the hair. (The bright dashes along the lower edge are probably answers to the
# padding and to what is cut off there; section 4 returns to the border.)
#
# So far the claim holds. The 64 transformations are different, but not all of them very: two maps are nearly the same but for a factor and a constant (the size of their correlation is rounded to 1.00). About half of all numbers are zero: that is the ReLU.
#
# The claim goes on: yet **the style remains common to all maps**. Then one single map should be enough to recognize a picture by its looks. Test it: cut
# each of our 13 pictures into a left and a right half. From one map keep no more than its mean and deviation over all places, in both halves. To which right half is a left half
# nearest? By guessing one of 13 would be right. To have something to compare with, the cell does the same with red, green and blue, without any network. **Predict**: how many are found from one map, how many from all 64? And from plain colors?

# %% tags=["nbval-check-output"]
names = list(bundled_pictures())
bank = [load_image(name, side) for side in bank_sides for name in names]
part = bank[: len(names)]  # the first size
first_layer = FeatureExtractor(["block1_conv1"], vgg)

def looks(maps):
    """Mean and deviation of each map over all places: (2, nC)."""
    return np.stack([moment[0].numpy() for moment in tf.nn.moments(maps, (1, 2))]) ** [[1.0], [0.5]]

own = np.arange(len(part))
for name, maps_of in {"red, green, blue": lambda half: half, "the 64 maps": lambda half: first_layer(half)["block1_conv1"]}.items():
    left = np.stack([looks(maps_of(image[:, :, : image.shape[2] // 2])) for image in part])  # (13, 2, nC)
    right = np.stack([looks(maps_of(image[:, :, image.shape[2] // 2 :])) for image in part])
    squares = ((left[:, None] - right[None]) / np.std(right, axis=0)) ** 2  # (13, 13, 2, nC)
    by_one = np.sum(squares.sum(axis=2).argmin(axis=1) == own[:, None], axis=0)  # for each map
    by_all = np.sum(np.argmin(squares.sum(axis=(2, 3)), axis=1) == own)
    print(f"{name:16} of {len(part)} pictures, one finds {np.mean(by_one):.0f} on average ({by_one.min()} to {by_one.max()}), all find {by_all}")

# %% [markdown]
# From one map, by two numbers, 6 of 13 pictures are found on average, from the worst 2, from all 64 together 8. (That the best single map beats all of them is luck and choice.) So most maps, not all, carry some of the looks of a picture. But red, green and blue find more, with no network at all: 8 on average, 10 together. So this test gives no reason to look for style in the maps
# rather than in the colors; what the maps have in common it does not show. Style needs better numbers than these; notebook 04 has them.
#
# ## 3. What a max-pool throws away
#
# Between two blocks of VGG a pool looks at squares of 2 x 2 positions and keeps the largest number of each. Two different inputs, one output:

# %% tags=["nbval-check-output"]
max_pool, average_pool = keras.layers.MaxPooling2D(2), keras.layers.AveragePooling2D(2)
for square in ([[5, 0], [1, 2]], [[3, 5], [5, 0]]):
    pixels = np.array(square, np.float32).reshape(1, 2, 2, 1)
    print(square, "max", max_pool(pixels).numpy().item(), "average", average_pool(pixels).numpy().item())

# %% [markdown]
# The same with a whole picture. In each 2 x 2 square, and in each color, we keep the largest value and set the others to zero. **Predict**: what do
# the two pooled pictures look like?

# %% tags=["nbval-check-output"] alt="Four pictures: a small picture; the same as a dark mosaic with most values black; and the two max-pooled pictures, which are the same."
small = load_image(picture, 64)
small = small[:, : small.shape[1] // 2 * 2, : small.shape[2] // 2 * 2]  # even height and width
largest = np.repeat(np.repeat(max_pool(small), 2, axis=1), 2, axis=2)
ruined = np.where(small == largest, small, 0)
for name, pool in {"no pool": lambda x: x, "max-pool": max_pool, "average-pool": average_pool}.items():
    print(f"{name:12} the two are {np.abs(pool(small) - pool(ruined)).mean():2.0f} gray levels apart on average")
assert np.array_equal(max_pool(ruined), max_pool(small))
show_images([small, ruined, max_pool(small), max_pool(ruined)], ["a picture", "another", "max-pool of the first", "of the other"], tile=2.6)

# %% [markdown]
# *Figure: a picture 64 pixels wide, the same with most values blacked out, and both after a max-pool.* From the pooled picture nobody can tell which of the two
# it came from. What is lost is where *within its square* the largest value was, and whatever was not the largest.
#
# So is the exact place of things lost to the network? Count first: `block1_pool` has 64 channels for every 4 pixels, 16 numbers a pixel, where a pixel has 3. `block2_pool` has 8. Many channels
# look at one square, each keeps its own largest value, and together they may still tell where things are. **Predict**: a run starts from noise and makes a picture with the same
# activations, once before and once after the second pool. (How that works is the subject of notebook 03.) Will the whiskers come back?

# %% alt="Three pictures of a cat: the original; rebuilt from before the second pool; rebuilt from after it. Whiskers and fur are in both; the one after the pool is a little noisier."
layers = ("block2_conv2", "block2_pool")
settings = {"beta": 0, "gamma": 2e-5, "init": "noise", "scales": 1, "max_side": rebuilt_side, "layer_weights": {"block1_conv1": 1}}
only = {l: {layer: float(layer == l) for layer in layers} for l in layers}  # the same layers in both runs: TensorFlow prepares J once
runs = {l: stylize(rebuilt, rebuilt, content_layer=only[l], steps=rebuilt_steps, style_cost="gram", **settings) for l in layers}
original = load_image(rebuilt, rebuilt_side)
titles = ["the picture"]
for l, run in runs.items():
    error = np.abs(run.image - original).mean()
    titles.append(f"rebuilt from {l}\ncontent cost {run.history['J_content'][0]:.1f} -> {run.history.final['J_content']:.3f}, {error:.0f} gray levels off")
tiles = [original, *(run.image for run in runs.values())]
show_images(tiles, titles, tile=4)

# %% [markdown]
# *Figure: the picture, and what a run makes of noise that has the activations of one layer: before the second pool, and after it.* The whiskers are there in both; the pictures are 5 and 6 gray levels off on average. (The run had
# a little help against grain, total variation, the same for both; see notebook 09. Without it, not shown here, the cat comes back under a net of noise, before the pool as after it.) So these two pools lose the place of things within a square in *each channel*; all channels together, with this little help, keep enough of it for the whiskers, and the run from behind the second pool ends about one gray level farther off (one run each). Deeper there are fewer numbers:
# `block3_pool` has 4 a pixel, `block4_pool` 2, `block5_pool` one half. Notebook 03 shows what that costs. A common claim says that pools discard what is irrelevant for naming things. Training aims at that; these
# two pools do not show it.
#
# ## 4. Pick a unit, find its patches
#
# We need pictures to search, the **bank**: all pictures of this project, at each size in `bank_sides`. More than one size, so that a
# detector of eyes may find large eyes and small ones.

# %% tags=["nbval-check-output"] alt="Thirteen small pictures with their names: five photos, five paintings, three gray textures."
print(len(names), "pictures,", len(bank), "images in the bank")
show_images(part, names, columns=7, tile=1.6)

# %% [markdown]
# *Figure: the bank. Five photos, four paintings, a woodblock print, three gray textures.*
#
# By hand, for one unit, in the images of the first size. Score every position of every image, and take the highest. Along each
# axis, position $i$ sees the pixels from `offset + i·stride` on, `size` of them. **Predict** from the word in `labels` where in the bank this unit will be highest.

# %% tags=["nbval-check-output"] alt="Three pictures: the image with the highest activation and a red square at the place; the same image in gray with the feature map laid over it as a heat map, bright at a few spots; and the square enlarged."
layer, channel = first_unit
size, stride, offset = receptive_field(vgg, layer)
extractor = FeatureExtractor([layer], vgg)
all_maps = [extractor(image)[layer][0].numpy() for image in part]  # (nH, nW, nC) of each image
maps = [a[..., channel] for a in all_maps]
winner = int(np.argmax([one.max() for one in maps]))
i, j = np.unravel_index(np.argmax(maps[winner]), maps[winner].shape)
top, left = int(offset + i * stride), int(offset + j * stride)
print(f"{layer}, channel {channel}: {sum(one.size for one in maps):,} positions scored; highest in {names[winner]}")
(best,) = top_patches(extractor, layer, channel, part, k=1)
assert (best.image, best.top, best.left) == (winner, top, left)

figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
shown = np.asarray(part[winner])[0] / 255
axes[0].imshow(shown)
axes[0].add_patch(plt.Rectangle((left, top), size, size, fill=False, edgecolor="red", linewidth=2))
axes[1].imshow(shown.mean(axis=-1), cmap="gray", vmin=-0.5, vmax=1.5)
edges = [offset + size / 2 + stride * (n - 0.5) for n in (0, maps[winner].shape[1], maps[winner].shape[0], 0)]  # left, right, below, above
heat = axes[1].imshow(maps[winner], extent=edges, cmap="inferno", alpha=np.clip(2 * maps[winner] / maps[winner].max(), 0, 1))
axes[1].set(xlim=axes[0].get_xlim(), ylim=axes[0].get_ylim())
figure.colorbar(heat, ax=axes[1], label="activation")
axes[2].imshow(best.pixels / 255)
for axis, title in zip(axes, ("where it is highest", "its feature map, over the picture", f"what it sees there, {size} x {size} pixels"), strict=True):
    axis.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *Figure: the image of the highest activation with the unit's receptive field in red; the feature map of this channel as a heat map over the image, transparent where the unit is silent; and the patch.* The
# unit is loudest at four yellow lamps; to the other three lamps it answers with some 0.4 to 0.5 of the highest activation, and more weakly to the towers too. The patch hangs over the lower border: the gray band is where the network sees padding.
#
# ### At the border
#
# At the border a unit sees padding, zeros, and what you find there may be an answer to the zeros. **Predict**: the outermost ring of positions is about 7 % of all. In how many of the feature maps of this
# layer does it have the highest activation?

# %% tags=["nbval-check-output"] alt="Left: a feature map that is bright along the border of the picture and nearly black inside. Right: a bar chart of how often the highest activation of a picture lies in the outermost rings."
at = [np.array([np.unravel_index(np.argmax(a[..., c]), a.shape[:2]) for c in range(a.shape[-1])]) for a in all_maps]  # (nC, 2)
rings = np.stack([np.minimum(where, np.array(a.shape[:2]) - 1 - where).min(axis=1) for where, a in zip(at, all_maps, strict=True)])
active = np.stack([a.max(axis=(0, 1)) > 0 for a in all_maps])  # a map that is 0 everywhere has no highest place
ring_share = np.mean([1 - (a.shape[0] - 2) * (a.shape[1] - 2) / (a.shape[0] * a.shape[1]) for a in all_maps])
print(f"{layer}: {active.size} maps, of which {np.sum(~active)} are silent, 0 everywhere, and left out")
print(f"the outermost ring has {ring_share:.0%} of the positions, and the highest activation in {np.mean(rings[active] == 0):.0%} of the maps")
a = all_maps[0][..., border_channel]
inner = a[2:-2, 2:-2]
print(f"channel {border_channel}: mean in the ring {(a.sum() - a[1:-1, 1:-1].sum()) / (a.size - a[1:-1, 1:-1].size):.2g}, inside {inner.mean():.2g}")
figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), width_ratios=[1, 1.4], layout="constrained")
figure.colorbar(axes[0].imshow(a, cmap="gray"), ax=axes[0])
axes[0].set(title=f"{layer}, channel {border_channel}, of {names[0]}", xticks=[], yticks=[])
counts = np.bincount(rings[active], minlength=8)[:8] / np.sum(active)
axes[1].bar(range(8), counts, color="gray", edgecolor="black")
axes[1].set(xlabel="ring (0 is the border)", ylabel="share of maps whose highest is there")
plt.show()

# %% [markdown]
# *Figure: left a channel that marks the border and little else; right how often the highest activation of a map lies in each of the eight outer rings of positions, over all channels and the images of the first size, without the maps that are silent.* With zeros around
# it the picture seems to end in an edge, and this channel answers to that edge some 250 times as strongly as to what is inside, on average. Such **border artifacts** are not the rule: the ring wins in 9 % of the maps, where its share of the positions is 7 %. But they would
# come out on top of a search.
#
# `top_patches` (in `nst_keras.lessons.patches`) goes on where we stopped. The second highest position is often right beside the highest: the same
# thing seen again one stride farther. So after each hit it suppresses the neighbors within half a receptive field (**non-maximum
# suppression**), takes at most `per_image` hits from one image, and sorts what is left. `inside=True` leaves out the patches that see padding.
#
# ## 5. Repeat for other units
#
# Three channels of each layer that we picked because their patches are easy to name, and one chosen at random (seed 0). **Predict**: what will the patches of one unit have in common in the first layer? And in the last?

# %% tags=["nbval-check-output"]
chosen = {layer: list(dict.fromkeys([*channels, at_random[layer]])) for layer, channels in units.items()}
network = FeatureExtractor([*chosen, *(layer for layer, _ in tested_units)], vgg, precision="auto")
found = patches_of_units(network, chosen, bank, k, per_image, inside=True)
for layer, of_channel in found.items():
    size = receptive_field(vgg, layer)[0]
    assert all(patch.pixels.shape == (size, size, 3) for patches in of_channel.values() for patch in patches)
    print(f"{layer}: {sum(map(len, of_channel.values()))} patches of {size} x {size} pixels for {len(of_channel)} units")

# %%
def tiled(patches, tile=242, gap=4):
    """Patches in rows from left to right, enlarged together to about `tile` pixels, with white lines between them."""
    columns = int(np.ceil(np.sqrt(k)))
    side = tile // columns - gap
    canvas = np.full((columns * (side + gap), columns * (side + gap), 3), 255, np.uint8)
    for index, patch in enumerate(patches):
        near = (np.arange(side) * patch.pixels.shape[0] // side).clip(0, patch.pixels.shape[0] - 1)  # the nearest pixel
        top, left = index // columns * (side + gap), index % columns * (side + gap)
        canvas[top : top + side, left : left + side] = np.clip(patch.pixels[near][:, near], 0, 255)
    return canvas

# %% alt="Five rows of four units, nine patches each. First row: red, blue, edges. Second row: colors meeting, light spots, diagonals. Third row: lamps and reflections, crossing lines, rings. Fourth row: round things, lattices of lines, hair and fur. Fifth row: cat's eyes, cups, houses, among other things. The last column, chosen at random, is less uniform."
tiles, titles = [], []
for layer, of_channel in found.items():
    for channel, patches in of_channel.items():
        last = patches[-1].activation / patches[0].activation if patches else 0
        said = "chosen at random" if channel == at_random[layer] else labels.get(layer, {}).get(channel, "")
        tiles.append(tiled(patches))
        titles.append(f"{layer}, {channel}\n{said}\nthe last has {last:.0%} of the first")
show_images(tiles, titles, columns=max(map(len, chosen.values())), tile=2.42)

# %% [markdown]
# *Figure: one row for each layer, one column for each unit; nine patches, strongest first, each cut to the receptive field and enlarged. Above them our word, in how many of the nine we see it, and how strong the last patch is.*
#
# The patches show colors and edges in block 1, spots, strokes and meetings of two colors in block 2, small shapes in block 3, textures and round things in block 4, parts of objects in
# block 5. Two things here are our doing: we picked units that are easy to name, and the patches grow. Three pixels cannot show an eye, and 156 pixels often show a thing wherever they are cut (five of nine under "any place" below). What counts is what the nine have in common. So
# look at the first unit of the last row again, 34: only four of its patches show eyes, all of one cat, and the other five have no eye. The astronaut's eyes are in the bank too, but not among the nine. The bank also holds each picture at two sizes, so up to four of the nine may come from one picture: the rims are one cup and one collar. Go through the other words as well: do you count as we do? "Small lights" are four lamps, a star and three reflections; the ninth patch is foam. And look at the last column. In blocks 1 and 2 even
# the unit chosen at random is easy to name: dark at the top right, 9 of 9; a dark thing on a pale ground, 9 of 9. After that, the best words that we found fit five of nine: a corner or a top against the sky in block 3, roofs and awnings in block 4. For block 5 we found none.
#
# ### Against cherry-picking
#
# Nine patches out of thousands are the extreme of the extreme. What does a unit do elsewhere? For three units: the strongest nine; nine chosen at random from all places
# where the activation is about half of the highest (40 to 60 %); nine chosen at random from all places. **Predict**: will the word still fit in the second column?

# %% alt="Three rows of three groups of nine patches. Left the strongest, in the middle those with half of the highest activation, right random places. For the small lights the left group has two lamps and a highlight, the middle one light lines and spots; for the round things both have eyes, badge, collar and cup; for the eyes the middle group is a single patch; the random places have nothing in common."
tested = {layer: [c for l, c in tested_units if l == layer] for layer, _ in tested_units}
best_of_part = patches_of_units(network, tested, part, k, per_image, inside=True)
activations = [network(image) for image in part]
tiles, titles = [], []
for layer, channel in tested_units:
    strongest = best_of_part[layer][channel]
    maps = [a[layer][0, :, :, channel].numpy() for a in activations]
    most, view = strongest[0].activation if strongest else 1, receptive_field(vgg, layer)
    groups = {"strongest": strongest, "half as strong": patches_between(maps, part, view, 0.4 * most, 0.6 * most, k, seed),
              "any place": patches_between(maps, part, view, k=k, seed=seed)}
    for name, patches in groups.items():
        shares = [patch.activation / most for patch in patches] or [0]
        tiles.append(tiled(patches))
        titles.append(f"{layer}, {channel}: {name}\n{np.mean(shares):.0%} of the highest on average")
show_images(tiles, titles, columns=3, tile=2.5)

# %% [markdown]
# *Figure: patches of the bank's first size, nine at most. Left the strongest, in the middle a draw from those that are half as strong, right a draw from all places.* Count again, left and middle. "Small lights": 3 of 9 at this one size (two lamps, the highlight on the cup), and 1 of 9 in the middle, the streak on the saucer; most of the others have light curves or speckles. "Round things": 7 of 9, and 6 of 9 (eyes, badge, collar, cup, but not the awning and the waves; all six are things that stand at the left as well, seen from a little beside). "Eyes": 2 of 6, and a single place, the same cat. So a word may fit the middle nearly as well as the top, or hardly. In the right
# column the mean activation is 6 to 12 % of the highest. So the word names a unit's extreme. Whether it names the half as strong ones as well must be counted, unit by unit: here it does for one of three, for one it does not, and the third had a single place to count. (A group has fewer than nine where too few places that see no border meet its condition: on the left that the unit answers at all, at most two per picture and no neighbors, in the middle 40 to 60 %.)
#
# ### Do deep units choose more strictly? Compare at equal numbers
#
# In the gallery the ninth patch is nearly as strong as the first in block 1, and much weaker in block 5. It is tempting to say that deep units are choosier. But block 1 has a
# unit at every pixel, block 5 at every 256th: among more candidates there are more good ones. So draw equally many places in each layer, the same number from each picture, and compare the third highest activation with the highest. **Predict** what remains of the trend.

# %%
rng = np.random.default_rng(seed)
places = {layer: [] for layer in units}  # for each picture an array, (places that see no border, nC)
for image, of_layers in zip(part, activations, strict=True):
    for layer in places:
        a, (size, stride, offset) = of_layers[layer], receptive_field(vgg, layer)
        first = [offset + stride * np.arange(n) for n in a.shape[1:3]]
        rows, columns = (np.flatnonzero((at >= 0) & (at + size <= n)) for at, n in zip(first, image.shape[1:3], strict=True))
        places[layer].append(a[0].numpy()[np.ix_(rows, columns)].reshape(-1, a.shape[-1]))

def third_to_first(several, n):
    """Of n places from each picture: the third highest activation, divided by the highest; median over the channels."""
    a = np.sort(np.concatenate([one[rng.choice(len(one), n, replace=False)] for one in several]), axis=0)
    return np.median((a[-3] / a[-1].clip(1e-9))[a[-1] > 0])

for layer, several in places.items():
    several = [one for one in several if len(one)]
    numbers = [n for n in per_picture if several and n <= min(map(len, several)) and n * len(several) >= 3]
    means = [f"{n} per picture {np.mean([third_to_first(several, n) for _ in range(draws)]):.1f}" for n in numbers]
    print(f"{layer}: {sum(map(len, several)):9,} places;  3rd / 1st of", ",  ".join(means) or "too few")

# %% [markdown]
# Each number is the median over the channels of a layer that are active at all in a draw, and a mean of 20 draws. Read down the first column: with one place in each picture, blocks 1 to 4 are alike, 0.4 to 0.5. There numbers
# can explain the slow decline in the gallery: read along the lines, and the ratio rises with the number of places in every layer. Block 5 is another matter: with one place in each picture the third best of 13 random places has, in a typical channel, only 0.1 of the best one's activation; with four, still a little lower than the others, 0.5 (in block 5 four places overlap, so they count for less). So "units grow choosier with depth" is true for the last step only, in this bank.
#
# ## 6. Is it the color or the shape?
#
# "This unit likes red circles" can be wrong in two ways at once. Test it: turn the patch and its surroundings gray and read the same unit at the same place. What is left is due to shape and
# brightness. Three patches for each unit, and their mean.

# %%
def reading(image, patch, layer, channel):
    """The activation at the place of a patch, computed from the piece of the image that the unit sees."""
    size, stride, offset = receptive_field(vgg, layer)
    top, left = patch.top // 32 * 32, patch.left // 32 * 32  # a multiple of all strides: the pools meet the same squares
    piece = image[:, top : patch.top + size, left : patch.left + size]
    piece = np.pad(piece, ((0, 0), *((0, max(0, 32 - n)) for n in piece.shape[1:3]), (0, 0)))  # VGG wants 32 pixels
    i, j = (patch.top - top - offset) // stride, (patch.left - left - offset) // stride
    return float(extractors[layer](piece)[layer][0, i, j, channel])

extractors = {layer: FeatureExtractor([layer], vgg) for layer in found}
for layer, of_channel in found.items():
    line = []
    for channel, patches in of_channel.items():
        shares = [reading(np.repeat(np.mean(bank[p.image], axis=-1, keepdims=True), 3, axis=-1), p, layer, channel) / p.activation for p in patches[:3]]
        line.append(f"{channel:3}: {np.mean(shares):.1f}" if shares else f"{channel:3}: no patch")
    print(f"{layer}: share of the activation that is left in gray   ", "   ".join(line))

# %% [markdown]
# The "red" and the "blue" unit of the first layer keep 0.3 and 0.1, and "cold above warm" in block 2 keeps 0.1: color is what their best patches need. (But remember the black helmet in section 2: what unit 32 needs is little green and blue, and "red" is our word for its best patches.) Edges, spots, lines and rings keep everything: their best patches do not need color. Several of these patches are nearly gray already, and for them the test could not come out otherwise; painting them in another color would tell more. The others, the small lights among them and all
# of blocks 4 and 5, lose between a tenth and more than half: color matters to them, or a contrast that only color made.
#
# ## 7. Another view: make the image that the unit wants
#
# The patches are what the unit liked best *among our pictures*. Nothing stops you from asking for an image that it likes still better: start from noise, and
# change the pixels so that the activation grows. With $G$ the image that is made, $z$ the unit before its ReLU and $z_{best}$ that of its best patch, we minimize a cost $J$ (its minus sign makes the activation grow):
#
# $$J(G) = -\frac{z(G)}{z_{best}}$$
#
# We take $z$ and not $a = \max(0, z)$, because where $a=0$ it has no gradient. This is the trick of the whole series, already at work in section 3: the network stays, the *image* is trained. Notebook 06 explains the optimizer, Adam.
#
# Left alone, such a run fills the image with fine noise in glaring colors. Three restraints, all known from the literature:
#
# - **smooth first**: the image is made from the noise by writing it as a sum of waves (`rfft2d`, the Fourier transform) and dividing each by its frequency, as in a photograph, so that coarse structure grows first;
# - **colors of the bank**: before it is clipped to 0..255, the whole image has the mean color of the bank, and its color covariance (how red, green and blue vary together; `root` is a matrix root of it) as far as the three components of the noise stay uncorrelated (the run may still put most of the contrast into the middle, and for the three deeper units it does);
# - **jitter**: at each step the image is moved by a few pixels at random, so that it must please the unit from more than one place.

# %%
pixels = np.concatenate([np.asarray(one).reshape(-1, 3) for one in part])
mean_color, (variances, directions) = pixels.mean(axis=0), np.linalg.eigh(np.cov(pixels.T))
root = ((directions * np.sqrt(variances)) @ directions.T).astype(np.float32)  # its square is the color covariance of the bank

def image_of(noise):
    """What VGG sees, (1, side, side, 3), of the noise that is optimized, (3, side, side): smooth, in the bank's colors."""
    side = noise.shape[-1]
    frequency = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.rfftfreq(side)).clip(1 / side)
    smooth = tf.signal.irfft2d(tf.signal.rfft2d(noise) / frequency.astype("complex64"), [side, side])
    mean, variance = tf.nn.moments(smooth, (1, 2), keepdims=True)
    colors = tf.tensordot(root, (smooth - mean) / tf.sqrt(variance), 1) + mean_color[:, np.newaxis, np.newaxis]
    return tf.clip_by_value(tf.transpose(colors, (1, 2, 0))[tf.newaxis], 0, 255)

# %%
class Wish:
    """J of one unit for the optimizers of nst_keras."""
    def __init__(self, layer, channel, best):
        self.size, stride, offset = receptive_field(vgg, layer)
        self.best, self.shift, self.rng = best, min(jitter, self.size // 4), np.random.default_rng(seed)
        self.position = -(offset // stride)  # the first one that sees no padding
        self.edge = offset + self.position * stride  # so many pixels lie before its receptive field
        below = layer_names(vgg)[: layer_names(vgg).index(layer)][-1:]
        self.below = FeatureExtractor(below, vgg, precision="auto") if below else lambda seen: {0: preprocess(seen)}
        self.kernel, self.bias = (weights[..., channel] for weights in vgg.get_layer(layer).get_weights())

    @tf.function(autograph=False)
    def share(self, noise, down, right):
        """J, and its gradient, for the image moved by `down` and `right`."""
        with tf.GradientTape() as tape:
            tape.watch(noise)
            seen = image_of(noise)[:, down : down + self.size, right : right + self.size]
            seen = tf.pad(seen, ((0, 0), (self.edge, 0), (self.edge, 0), (0, 0)))  # the unit does not see what is added
            near = slice(self.position - 1, self.position + 2)  # 3 x 3 positions of the layer below
            J = -(tf.reduce_sum(next(iter(self.below(seen).values()))[0, near, near] * self.kernel) + self.bias) / self.best
        return J, tape.gradient(J, noise)

# %% alt="Two rows of four pictures. Above the best patches: a ring, fur, a cat's eye, a cup. Below the images made for the same units: arcs around a dark spot, swirls of hair, one large eye in a round head, a bowl-shaped thing."
class Jittered(Wish):
    def value_and_gradient(self, noise):
        J, gradient = self.share(noise, *(tf.constant(n) for n in self.rng.integers(0, self.shift + 1, 2)))
        return {"J": float(J)}, gradient

    def terms(self, noise):
        return {"J": float(self.share(noise, tf.constant(self.shift // 2), tf.constant(self.shift // 2))[0])}

above, below = {}, {}
for layer, channel in made_units:
    patches = found.get(layer, {}).get(channel)
    patches = patches or top_patches(FeatureExtractor([layer], vgg, precision="auto"), layer, channel, part, k, per_image, inside=True)
    if patches:  # else no picture of the bank is large enough, or the unit is never active
        wish = Jittered(layer, channel, patches[0].activation)
        start = tf.random.Generator.from_seed(seed).normal((3, wish.size + wish.shift, wish.size + wish.shift))
        noise, history = minimize(wish, start, adam(ascent_rate, clip=False), ascent_steps)
        middle = slice(wish.shift // 2, wish.shift // 2 + wish.size)
        above[f"{layer}, {channel}: best patch"] = patches[0].pixels
        below[f"made: {-history.final['J']:.1f} times the best patch"] = image_of(noise)[0, middle, middle]
show_images([*above.values(), *below.values()], [*above, *below], columns=max(1, len(above)), tile=2.6)

# %% [markdown]
# *Figure: above, the best patch of each unit; below, the image made for it from noise, and how many times as strongly it excites the unit.* The two views agree in what they are about: arcs around a center; hair; an
# eye, with a second one below it; a bowl. They differ in the rest. The eye keeps its fur, but there is no cat, and the bowl is woven. And the made images are stronger than any patch without a border in our bank: 1.6 times in block 3, some 6 to 10 times for the three deeper units, after 24 steps. (A part of that is plain contrast, which the run may raise as well.) An image can
# drive a deep unit far beyond every patch of the bank that sees no border. Remember it when you optimize images for style: without a reason to look natural, they do not.
#
# ## 8. What this shows, and what not
#
# - **The bank is small.** Thirteen pictures cannot contain what a detector of, say, keyboards would like best. A unit whose patches look
#   unrelated may just not have met its thing here. Published galleries search tens of thousands of images or more (Zeiler and Fergus: 50,000).
# - **The best nine are the extreme**, and nine is a habit of the papers. A unit also answers, more weakly, to many other things, and the style
#   cost uses all its activations.
# - **Common is not cause.** That all patches share a property shows that it goes together with the activation, not that the unit responds to
#   *it*. The gray test is the kind of experiment that separates the two.
# - **One channel is not one concept.** Several of our units answer to unlike things (see the counts above); that most things are spread over many channels is
#   often reported and not shown here.
#
# ## Summary
#
# - A channel is one detector, applied at every position; a unit is one of its positions and sees one receptive field.
# - Patches that excite a unit most show colors and edges in the first layer, strokes and spots next, then patterns and textures, and parts of things at the end. (The patches grow as well, and we picked units that are easy to name.)
# - A max-pool forgets where in its square the largest value was, and whatever was not the largest. With many channels, two pools leave enough to rebuild whiskers.
# - What looks like a trend over depth can be a matter of numbers: compare at equal ones. Here only block 5 stayed choosier than the rest. What looks like a detector can be the border: leave it out.
# - Patches show what a unit liked best in a bank; a made image shows what excites it still more. Both are evidence; neither is a definition.
#
# ## Exercises
#
# **Exercise 1.** An image of 48 x 48 black pixels has one white vertical bar, four pixels wide, in columns 20 to 23. Two filters of 3 x 3 pixels, with ReLU: each row of the first is (-1, 1, 0), each row of the second (1, -1, 0). In which column is the middle of the patch that activates the first filter most? And the second?

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
# **Exercise 2.** How many pixels wide is a patch of `block2_conv2`?

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
# **Exercise 3.** What does a 2 x 2 max-pool make of [[1, 4], [2, 3]], and of [[4, 1], [3, 2]]?

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
# **Exercise 4.** For an image of 224 x 224 pixels: how many different detectors does `block4_conv2` have, and how many units?

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
# Because the positions beside the best one see almost the same pixels. Without it, the two patches that an image may give would usually show one thing twice. (Between the two sizes of a picture it still happens.)
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
# <details><summary>4. The image made from noise excites the unit several times more than any patch. Is it the better picture of what the unit does?</summary>
#
# It shows what drives the unit to its extreme, but it looks like no picture of our bank. What the unit does in practice you see in the patches. The two views answer different questions.
# </details>
#
# <details><summary>5. What does one max-pool do to the exact position of an edge?</summary>
#
# In one channel it keeps it only up to 2 positions. Several channels together may still tell it: a picture rebuilt from after two pools has its whiskers.
# </details>
#
# <details><summary>6. Two units have activations that are distributed alike. One finds its nine best patches among a million positions, the other among a thousand. Whose ninth is nearer to its first?</summary>
#
# Probably that of the first one, if they are like our layers in section 5: it had a thousand times as many candidates. If the units differ, this alone decides nothing: compare at equal numbers.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | Pick a unit of a layer; find the patches that maximize its activation; repeat for other units. | S3:14-16 | true | The recipe works, with three additions: suppress neighbors, leave out the border, look beyond the strongest nine: [Repeat for other units](#5.-Repeat-for-other-units), [Against cherry-picking](#Against-cherry-picking) |
# | Features grow more complex with depth; max pooling discards what is irrelevant to classification. | S2:31 | half true | From colors to parts of objects, though in patches that grow as well: [Repeat for other units](#5.-Repeat-for-other-units). A pool forgets the place within its square, but a picture rebuilt after two pools is nearly as good as one rebuilt before the second (6 and 5 gray levels off): [What a max-pool throws away](#3.-What-a-max-pool-throws-away) |
# | Each feature map of the first layer is a different transformation of the picture; the style remains common to them. | S2:39 | half true | 64 kernels, but two of the maps nearly agree up to a factor and a constant; one map alone, by mean and deviation, finds 6 of 13 pictures, all 64 find 8, and plain red, green and blue 10: [Each feature map](#2.-Each-feature-map-is-a-different-transformation) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources and the way on
#
# - M. D. Zeiler, R. Fergus: [Visualizing and Understanding Convolutional Networks](https://arxiv.org/abs/1311.2901), 2014 (the patches that excite a unit most)
# - C. Olah, A. Mordvintsev, L. Schubert: [Feature Visualization](https://distill.pub/2017/feature-visualization/), 2017 (patches beside made images; smooth noise, decorrelated colors, jitter)
#
# **The way on**: [03 - Content](03_content_cost.ipynb) asks what a whole layer knows about a picture, and turns that into the content cost.

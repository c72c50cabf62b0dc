# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 - Style alone: what each layer and each λ adds
#
# You leave the content out and let noise turn into style, one layer of the network after the other, until you know which layer is in charge of what.
#
# **What you will learn**
#
# - which layers notice a wrong color, a wrong brushstroke, a wrong arrangement;
# - whether style lives in the shallow layers only, and whether all feature maps of a layer share it;
# - what the weights λ decide: in a texture only the way to the goal (and what is undone when you stop), in a *compromise* with a photograph the goal itself.
#
# **Time**: well under a minute on 2 CPU cores.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import display

from nst_keras import moments, show_images, stylize
from nst_keras.costs import gram_cost
from nst_keras.images import initial_image, load_image, resize_image
from nst_keras.lessons.exercises.nb05 import check
from nst_keras.lessons.stored import Frame, load_stored, show_slider
from nst_keras.optimize import lbfgs, minimize
from nst_keras.settings import STYLE_LAYERS  # block1_conv1, block2_conv1, ... block5_conv1
from nst_keras.vgg import FeatureExtractor, load_vgg, receptive_field

# %% [markdown]
# ## Tweak me
#
# Change any value and run the notebook again from here. Comments describe the stored outputs.

# %% tags=["parameters"]
studied = ("composition", "night_cafe")  # whose loaded textures are looked at; "composition" is needed
paintings = ("composition_viii", "night_cafe")  # whose palette, brushwork and arrangement are changed
picture_side = 256  # their longer side in pixels
tile, block = 32, 4  # sides in pixels: of the tiles that are moved; of the blocks in which pixels are mixed
one_size_steps = 50  # gradient evaluations of the run with layer 1 at one size only
crops_of = ("cafe_terrace", "church_auvers", "night_cafe", "composition_viii", "great_wave")  # four from each
crop_side = 96  # side of these crops in pixels
draws = 4  # random choices of channels
curve_side, curve_steps = 80, 45  # the two runs with other λ: longer side in pixels, gradient evaluations
pair = ("palace", "night_cafe")  # C and S that are combined with other λ
pair_side, pair_steps = 96, 20  # their longer side in pixels; gradient evaluations at this size
tried = ("fine", "coarse", "yours")  # λ of these runs
my_lambda = (1, 0, 0, 0, 1)  # λ of your own, from block 1 to block 5; the sum does not matter
small_side, small_steps = 64, 75  # the runs that compare a Gram matrix with means and deviations
seed = 0  # of the noise and of the shuffling

# %% [markdown]
# ## Style without content
#
# Leave out the content (α = 0), and only the style cost of [notebook 04](04_gram_matrix.ipynb) is left:
#
# $$J(G) = \sum_l \lambda^{[l]} J_{style}^{[l]}(S, G),\qquad \sum_l \lambda^{[l]} = 1$$
#
# If a run starts from noise and brings it down, whatever G then has of S comes from the Gram matrices of S. Such a
# picture is called a **texture** of S.
#
# You need to know what a low cost is. Each layer's cost is divided by $\|Gram(S)\|^2$ ("relative"), so 1 means "as far from
# S as a Gram matrix of zeros". A better yardstick is S itself: how far are its left and its right half from each other?

# %% tags=["nbval-check-output"]
vgg = load_vgg(padding="symmetric")  # max pooling; beyond its border a picture goes on as in a mirror
any_image = tf.TensorSpec([None, None, None, 3])
ruler = tf.function(FeatureExtractor(STYLE_LAYERS, vgg), input_signature=[any_image])  # one graph for all sizes

def style_of(image):
    """The Gram matrices of the five layers (and N, the number of positions in each)."""
    return {l: moments(a) for l, a in ruler(image).items()}

def measure(style, G):
    """J_style[l](S, G) of the five layers, "relative"; `style` is style_of(S)."""
    return np.array([float(gram_cost(style[l], of_G, "relative")) for l, of_G in style_of(G).items()])

head = " " * 26 + "".join(f"{l[:6]:>10}" for l in STYLE_LAYERS)
full_name = {"composition": "Composition VIII", "night_cafe": "The Night Café"}
S = {"composition": load_image("composition_viii", 320), "night_cafe": load_image("night_cafe", 304)}
S = {name: S[name] for name in studied}
style = {name: style_of(image) for name, image in S.items()}
halves = {}
print(head)
for name, image in S.items():
    left_half, right_half = np.split(image, 2, axis=2)
    halves[name] = measure(style_of(left_half), right_half)
    for title, costs in {"noise": measure(style[name], initial_image("noise", image, seed)), "two halves": halves[name]}.items():
        print(f"{full_name[name] + ', ' + title:28}" + "".join(f"{cost:10.2g}" for cost in costs)[2:])

# %% [markdown]
# Noise has costs of about 1 or more. Two halves of one painting differ by 0.03 to 0.05 in block 1, by 0.6 to 0.9 in block 5: the deeper the
# layer, the more they differ: it minds more *what* is painted there, and it averages over fewer positions. A texture whose costs are far below these numbers matches S better than the two halves of S match each other.
#
# ## One layer more at a time
#
# First block 1 alone, then blocks 1 and 2, and so on, all with the same λ. (Of each block the first layer, `conv1`, is compared.) These runs take too long for a
# notebook, so they are loaded: `benchmarks/make_runs.py` made each of them in about 20 to 80 s. They start from noise and go **from coarse to
# fine**: the picture is optimized at 80 x 55 pixels, enlarged, optimized again, ... and ends at 320 x 220 (The Night Café: 304 x 240).
#
# **Predict**: what is in the picture that knows only the Gram matrix of the first layer? And in which picture does the first
# disk appear?

# %%
steps_up = ["1", "12", "123", "1234", "12345"]
titles = {"1": "layer 1", "45": "layers 4-5"} | {k: f"layers 1-{k[-1]}" for k in steps_up[1:]}
stored = {(name, k): load_stored(f"05_{name}_{k}") for name in S for k in [*steps_up, "45"]}
left = {(name, k): measure(style[name], run.image) for (name, k), run in stored.items()}
seen = {"composition": {  # what is to be seen in each picture
    "1": "Specks, crosses, one whole black disk and pieces of others at the border, on cream.", "12": "Thin curved lines, soft blobs, a disk with a red halo.",
    "123": "Straighter lines, bits of checkerboard, disks with rings.",
    "1234": "Nearly the painting, with the big disk at its place at the top left.",
    "12345": "Disks, bars and lines in other places, with a fine grain.",
    "S": "Kandinsky's Composition VIII: disks, lines and triangles on cream."}, "night_cafe": {
    "1": "A mosaic of yellow, red and gray dabs.", "12": "Long brushstrokes, patches of wall and floor, slabs like table tops.",
    "123": "Strokes that bundle, pieces of lamps and tables.", "1234": "Lamps, a window, tables in wrong places.",
    "12345": "The room with its lamps, window and billiard table.",
    "S": "Van Gogh's Night Café: red walls, lamps, a billiard table."}}
for name in S:
    frames = [Frame(f"{titles[k]}, mean cost of all five layers {left[name, k].mean():.2g}", stored[name, k].image, seen[name][k])
              for k in steps_up]
    display(show_slider("layers", [*frames, Frame(full_name[name], S[name], seen[name]["S"])]))

# %% [markdown]
# *Pictures: noise turned into the texture of two paintings, with one layer more each time, and at last the paintings. Move the sliders; where there are none, as on GitHub, all stand side by
# side.* ("Layer 1" is short for `block1_conv1`, and so on.) In both, **layer 1** gives
# the right colors, in specks and dabs (and one whole black disk, of which more below, with pieces of others at the border). With **layers 1-2** one painting gets thin lines and the other one long brushstrokes. With **layers 1-3** there are straighter
# lines, rings and bits of checkerboard; strokes bundle. Pieces of *things* come back early (disks in layers 1-2, lamps in 1-3), and with **layers 1-4** and **1-5** more of them than you may have expected
# of a "style": the big disk and its neighbors, the lamps, the window, the billiard table, some of them in their places.
#
# So a texture is not free of content, least of all one from deep layers. A likely reason is in the smallest size: at 80 x 55 pixels a unit of block 4 sees up to 68 pixels of the width and all of the height, one of block 5
# everything, and their Gram matrices are sums over 10 x 6 and 5 x 3 positions only. There is little left to be shuffled.
#
# ## The cost that remains
#
# Each of these pictures can be measured in *all* layers, also in those that it never knew.
#
# **Predict**: if layers 1 to 3 are matched, how far off is layer 4? And layer 5?

# %% alt="Two tables drawn as maps, one for each painting: rows are runs, columns the five blocks, with the cost in each cell, dark for low. Cells of layers that a run knew are framed and dark; in the rows of layers 1-2 to layers 1-4 the cost grows from left to right outside of the frames. In the row of layers 4-5 the first three columns are bright. The last row holds the distance of the two halves of the painting."
_, axes = plt.subplots(len(S), 1, figsize=(8.5, 3.7 * len(S)), squeeze=False, layout="constrained")
keys = [*steps_up, "45"]
for axis, name in zip(axes[:, 0], S, strict=True):
    table = np.array([left[name, k] for k in keys] + [halves[name]])
    shown = axis.imshow(np.log10(table), cmap="viridis", vmin=-5, vmax=0, aspect="auto")
    for (i, l), cost in np.ndenumerate(table):
        text = f"{cost:.2g}" if cost >= 0.0001 else "< 0.0001"
        axis.text(l, i, text, ha="center", va="center", color="w" if cost < 0.01 else "k")
        if i < len(keys) and str(l + 1) in keys[i]:
            axis.add_patch(plt.Rectangle((l - 0.47, i - 0.44), 0.94, 0.88, fill=False, color="tab:red", linewidth=2))
    axis.set(yticks=range(len(table)), yticklabels=[*(titles[k] for k in keys), "two halves of S"])
    axis.set(xticks=range(5), xticklabels=[l[:6] for l in STYLE_LAYERS], title=full_name[name])
bar = plt.colorbar(shown, ax=axes, label="cost that remains", ticks=range(-5, 1))
bar.set_ticklabels(["0.00001", "0.0001", "0.001", "0.01", "0.1", "1"])
plt.show()

# %% [markdown]
# *Figure: rows are pictures, columns are layers, dark is a low cost; a red frame marks what the run had as a target. Last row: how far the two halves of S are apart.* Read a
# row to the right, beyond its frames. The next layer is partly satisfied by its neighbor (0.03 and 0.16 after layer 1, 0.006 to 0.02 after layers 1-2 and 1-3), the ones after
# it much less. Block 4 follows from layers 1-3 to 0.008 and 0.006, far below the two halves, though as a target it gets to less than 0.001 (layers 1-4). Block 5 stays at 0.13 to 1.1 unless it is a target. (The row of layers 4-5 is for later.)
#
# Have these runs come to their end? Here is J of each run at its beginning, when it reached its full size, and 30 and 60 steps later.

# %% tags=["nbval-check-output"]
print(f"{'J':32}    start   full size   +30 steps   +60 steps")
for (name, k), run in stored.items():
    J, targets = run.record["J"], [int(digit) - 1 for digit in k]
    print(f"{full_name[name]:18}{titles[k]:14}{J[0]:9.2g}{J[-61]:12.2g}{J[-31]:12.2g}{J[-1]:12.2g}")
    assert J[-31] - J[-1] < 0.01
    assert left[name, k][targets].mean() < halves[name][targets].mean() / 9

# %% [markdown]
# The last 30 steps change J by less than 0.01, and what remains is at most a ninth of the difference between the two halves of S in the same layers. That is enough to tell 0.001 from 0.5, not 0.007 from 0.004: in these steps runs with block 5 still fell by a quarter to a third, and the others, at far lower costs, by 40 to 70 %.
#
# ## Many scales, twice
#
# A common claim: the Gram matrices of several layers make a "multi-scale representation" of style. A unit of `block1_conv1` sees 3 x 3 pixels, one
# of `block5_conv1` 156 x 156 (the cell prints all five).
#
# Then where does the big black disk in Kandinsky's picture of layer 1 come from? **Predict**: run the same cost again, live, but
# at 320 x 220 pixels only, without the smaller sizes.

# %% alt="Two pictures made with block 1 alone. At one size: black, red and orange dots of a few pixels, evenly spread over a cream ground with fine grain. From coarse to fine: crosses, stairs and one black disk several times as wide as any dot."
def texture_of(S, layer_weights, steps, **more):
    """Noise -> texture of S, by `stylize` without content, at one size."""
    return stylize(S, S, alpha=0, beta=1, gamma=0, init="noise", style_cost="gram", layer_weights=layer_weights,
                   positions_per_channel=0, max_side=None, scales=1, steps=steps, seed=seed, **more)

S_A, first = S["composition"], STYLE_LAYERS[0]
one_size = texture_of(S_A, {first: 1}, one_size_steps, content_layer=first)  # so no other layer is computed
pictures = [one_size.image, stored["composition", "1"].image]
show_images(pictures, ["layer 1 at one size", "layer 1, five sizes, coarse to fine"], tile=3.6)
print("one unit sees             " + "".join(f"{receptive_field(vgg, l)[0]:7} px" for l in STYLE_LAYERS))
print(head)
for title, costs in {"at one size": measure(style["composition"], one_size.image), "five sizes": left["composition", "1"]}.items():
    print(f"{title:26}" + "".join(f"{cost:10.2g}" for cost in costs))

# %% [markdown]
# *Figure: texture from block 1 alone, at one size (50 steps) and from coarse to fine.* At one size the dots are about 10 pixels wide, three times what a unit sees. In the smallest of five
# sizes one pixel covers 4 x 4 pixels of the final picture, so the same dot becomes a disk of about 40 pixels, and it is kept. Going from coarse to fine is a second way of
# seeing many scales, and (with more steps, too) it also helped the layers that were not asked for: blocks 2 to 5 are off by less.
#
# So the claim is **half true**. Several layers do hold different things (the table of remaining costs), and each sees a larger part of the picture (3 to 156 pixels). But the claim goes on
# that this helps the network to *learn*, and here nothing learns: the network is frozen and only measures. And the size of the picture matters too, not only the depth of the layer.
#
# ## Palette, brushwork, arrangement
#
# Style is said to be "strokes, texture, palette". Palette and strokes can be destroyed one at a time; in place of texture, which holds both, take the arrangement. No optimization is needed:
#
# - **palette**: exchange the colors, red := green, green := blue, blue := red. Every stroke stays where it is.
# - **brushwork**: mix the pixels within blocks of 4 x 4. The palette stays exactly the same, and so does the mean color of every block. Thin lines go with the strokes, and pixel noise comes in.
# - **arrangement**: cut tiles of 32 x 32 and put them back in another order. Palette and strokes stay, except along the cuts.
#
# **Predict**: which of the five layers notices which of the three most?

# %%
rng = np.random.default_rng(seed)

def cut(image, t):
    """Tiles, (rows, columns, t, t, 3)."""
    x = np.asarray(image)[0]
    rows, columns = x.shape[0] // t, x.shape[1] // t
    return x[: rows * t, : columns * t].reshape(rows, t, columns, t, 3).swapaxes(1, 2)

def join(tiles):
    rows, columns, t = tiles.shape[:3]
    return tf.constant(tiles.swapaxes(1, 2).reshape(1, rows * t, columns * t, 3))

def moved(image, t):
    tiles = cut(image, t)
    return join(rng.permutation(tiles.reshape(-1, t, t, 3)).reshape(tiles.shape))

def mixed(image, t):
    tiles = cut(image, t)
    pixels = tiles.reshape(-1, t * t, 3)
    return join(np.stack([rng.permutation(each) for each in pixels]).reshape(tiles.shape))

# %% alt="Four pictures: Composition VIII; the same in violet, green and blue; the same with ragged, dotted edges and vanished thin lines; the same cut into squares of 32 pixels in random order."
def changed(image):
    return {
        "palette: colors exchanged": tf.gather(image, [1, 2, 0], axis=-1),
        f"brushwork: {block} x {block} mixed": mixed(image, block),
        f"arrangement: {tile} x {tile} moved": moved(image, tile),
        "8 x 8 moved": moved(image, 8),
        "single pixels moved": moved(image, 1),
    }

whole = {name: join(cut(load_image(name, picture_side), np.lcm(tile, np.lcm(block, 8)))) for name in paintings}
variants = {name: changed(image) for name, image in whole.items()}
of_first = variants[paintings[0]]
show_images([whole[paintings[0]], *list(of_first.values())[:3]], ["S", *list(of_first)[:3]], columns=2, tile=4)

# %% tags=["nbval-check-output"]
def palette(S, G):
    """Mean distance of the sorted values of R, G and B, in gray levels."""
    shares = np.linspace(0, 1, 501)
    s, g = (np.quantile(np.asarray(x).reshape(-1, 3), shares, axis=0) for x in (S, G))
    return np.abs(s - g).mean()

print(f"cost in{head[7:]}   palette")
standard = paintings == ("composition_viii", "night_cafe") and (picture_side, tile, block) == (256, 32, 4)
for name, image in whole.items():
    print(name)
    own = style_of(image)
    costs = {what: measure(own, G) for what, G in variants[name].items()}
    for what, G in variants[name].items():
        print(f"  {what:26}" + "".join(f"{cost:10.2g}" for cost in costs[what])[2:] + f"{palette(image, G):10.1f}")
    colors, strokes, places, *_ = costs.values()
    if standard:
        assert colors.argmax() == 0
        assert strokes[0] < 0.02 < 0.2 < strokes[2:].min()
        assert places[:3].max() < 0.1 < 0.6 < places[4]

# %% [markdown]
# The last column is the distance of the palettes: sort all red values of S and of G, take the mean distance of the pairs, and likewise for green and
# blue. In gray levels; it is 0 where only pixels were moved.
#
# *Figure: the painting and what is done to it.* The rows of the table answer differently, and alike for both paintings:
#
# - **Palette**: noticed most by **block 1**, far less by the deeper layers.
# - **Brushwork**: block 1 hardly notices (0.01 and 0.005). **Blocks 3 and deeper** do (a part of this is for the lost lines and the noise). That is a surprise if you have read that strokes are in the shallowest layer.
# - **Arrangement**: blocks 1 to 3 hardly mind that tiles of 32 pixels have moved; **block 5** does, which sees 156 pixels, about as much as it minds a different half of the painting (0.79 and 0.69 against 0.89 and 0.58). (It minds the order, or the cuts; this does not tell which.)
#
# "Smaller tiles, more change" holds only up to a point: in blocks 4 and 5 tiles of 8 cost more than single pixels, and more than 1. A likely reason: a net of straight cuts is something that S does *not*
# have, and having what S lacks can cost more than having nothing. And single pixels keep the palette exactly, but cost 0.3 to 0.4 even in block 1: where S is flat there is now an edge at every pixel.
#
# ## Is style only in the shallow layers?
#
# A common claim: "style is stripped away in the deeper layers, so we must look for it in the shallow ones." Compare runs that
# know two shallow layers only with runs that know two deep layers only.
#
# **Predict**: which of them has the palette, which the brushwork?

# %% tags=["nbval-check-output"] alt="Four pictures. Composition VIII, layers 1-2: right colors, wiggling lines, no objects. Layers 4-5: the big disk, diagonal bars and circles on a gray-green grainy ground. Night Café, layers 1-2: yellow and red long strokes without objects. Layers 4-5: room, lamps and billiard table, pale, with pink, green and violet grain."
two = [(name, k) for name in S for k in ("12", "45")]
show_images([stored[each].image for each in two], [f"{full_name[name]}, {titles[k]}" for name, k in two], columns=2, tile=3.8)
print(f"{head}   palette")
for name in S:
    for k in ("1", "12", "45", "12345"):
        costs = "".join(f"{cost:10.2g}" for cost in left[name, k])
        print(f"{name + ', ' + titles[k]:26}{costs}{palette(S[name], stored[name, k].image):10.0f}")
    shallow, deep, all_five = (left[name, k] for k in ("12", "45", "12345"))
    assert deep[0] > 500 * all_five[0]
    assert deep[3:].max() < 2 * all_five[3:].max()
    assert shallow[4] > 10 * all_five[4]

# %% [markdown]
# *Figure: two paintings, two shallow layers against two deep ones.* With shallow layers the palette is right, and there are thin lines here and long strokes there, but besides one odd disk and a piece of another
# there are only blobs and fragments. With deep layers there are disks, bars, lamps and a table; but the cream is a gray green, the floor is pale, and a fine mesh lies
# over everything. So the layers that *notice* most that strokes are destroyed (block 3 and deeper) are not needed to *make* strokes: layers 1-2 suffice, with the help of five sizes.
#
# Now the table. The run with layers 4-5 is nearly as near to S *in* layers 4 and 5 as the run with all five (block 4: 0.007 and 0.004 against 0.004 and 0.0025; block 5: about 0.03), and still its cost in block 1 is more than 500 times as high, and its palette is off by 46 and 26 gray levels instead of 4 and 2.
# So two pictures can agree about equally well with S in the deep layers, one with the right palette and one without: to that accuracy deep layers leave it open. Block 1 alone fixes it to 4 or 5 gray levels. Is that the same as "style is stripped away"?
#
# ## Common to all feature maps?
#
# That claim has a second half: "each feature map of a layer is another transformation of the picture, but the style remains common among them." If so, a
# **random half** of a layer's feature maps should recognize a painting as well as all of them do.
#
# Test it. Cut five paintings into four crops each, one from each corner: 20 crops. For each crop, find the most similar other one by Gram/N. It is a hit if
# both come from the same painting. Guessing gives 20 · 3/19, about 3 hits. **Predict**: how many hits for all maps of block 1? For half of them? For a single one?

# %%
who = np.repeat(np.arange(len(crops_of)), 4)

def corners(name):
    image = load_image(name)
    height, width = image.shape[1:3]
    side = min(height, width) // 2
    for y, x in [(0, 0), (0, width - side), (height - side, 0), (height - side, width - side)]:
        yield resize_image(image[:, y : y + side, x : x + side], (crop_side, crop_side))

def grams(crops):
    """Gram / N of all crops, {layer: (crops, nC, nC)}."""
    activations = ruler(tf.concat(crops, axis=0))  # all at once
    rows = {l: np.asarray(a).reshape(len(crops), -1, a.shape[-1]) for l, a in activations.items()}
    return {l: a.swapaxes(1, 2) @ a / a.shape[1] for l, a in rows.items()}

def hits(gram):
    """How many crops have their nearest neighbor in the same painting."""
    v = gram.reshape(len(gram), -1).astype(float)
    products = v @ v.T
    squares = np.diag(products)
    distances = squares[:, np.newaxis] + squares - 2 * products
    np.fill_diagonal(distances, np.inf)
    return np.sum(who[distances.argmin(axis=1)] == who)

# %% tags=["nbval-check-output"]
def of_some(gram, count):
    """Mean number of hits of a few random choices of `count` channels."""
    rng, n_C = np.random.default_rng(seed), gram.shape[-1]
    chosen = [rng.permutation(n_C)[:count] for _ in range(draws)]
    return np.mean([hits(gram[:, c][:, :, c]) for c in chosen])

def in_gray(crop):
    """Without palette: gray, with mean 128 and deviation 50."""
    gray = tf.reduce_mean(crop, axis=-1, keepdims=True)
    gray = (gray - tf.reduce_mean(gray)) / (tf.math.reduce_std(gray) + 1e-3) * 50 + 128
    return tf.repeat(tf.clip_by_value(gray, 0, 255), 3, axis=-1)

in_color = [crop for name in crops_of for crop in corners(name)]
found = {"color": grams(in_color), "gray": grams([in_gray(crop) for crop in in_color])}
print(f"hits of {len(who)}        all maps    half  4 maps   1 map")
recognized = {kind: [] for kind in found}
for kind, by_layer in found.items():
    for l, gram in by_layer.items():
        n_C = gram.shape[-1]
        recognized[kind].append([hits(gram), *(of_some(gram, count) for count in (n_C // 2, 4, 1))])
        print(f"{kind:6}{l:14}" + "".join(f"{number:8.0f}" for number in recognized[kind][-1])[2:])

# %% alt="Two groups of bars, hits of 20 by block, for color and gray crops, with all maps and with a random half; a dashed line at 3 for guessing. Color: 15, 14, 12, 11, 7, falling with depth. Gray: 4, 5, 11, 11, 6, highest in blocks 3 and 4. Bars for half of the maps are nearly as high."
_, axes = plt.subplots(1, 2, figsize=(10, 3.2), sharey=True, layout="constrained")
x = np.arange(5)
for axis, (kind, table) in zip(axes, recognized.items(), strict=True):
    every, half, *_ = np.transpose(table)
    axis.bar(x - 0.2, every, 0.4, label="all maps", color="tab:blue")
    axis.bar(x + 0.2, half, 0.4, label="a random half", color="tab:orange", hatch="//")
    axis.axhline(len(who) * 3 / (len(who) - 1), color="k", linestyle="--", label="guessing")
    axis.set(title=f"{kind} crops", xticks=x, xticklabels=[l[:6] for l in STYLE_LAYERS], ylabel=f"hits of {len(who)}")
axes[1].legend()
plt.show()

# %% [markdown]
# *Figure: hits of 20 with all feature maps of a layer and with a random half of them.* Three answers:
#
# 1. **Half of the maps is nearly as good as all**, in each layer. So what tells the paintings apart is indeed spread over the maps.
#    A few of them are not enough: where all maps do clearly better than guessing, four maps do worse than all, and one alone gets 2 to 6 hits, where guessing gets 3. The claim is true for half of the maps, drawn at random; for single ones this test cannot tell, since of one map a Gram matrix keeps one number.
# 2. **In color** the shallow layers recognize most. But look at the gray crops: without the palette blocks 1 and 2 fall from 15 and 14 to 4 and 5, near guessing. What they knew was the palette, with brightness and contrast.
# 3. **In gray** blocks 3 and 4 still get 11. They are among the layers that minded the brushwork two sections before (block 5 minded it too, and gets only 6).
#
# So "style is stripped away in the deeper layers" is **half true**: the palette fades; what gray crops of one painting share, brushwork, lines and perhaps things, does not, up to block 4. That is a good reason to take one layer from each block, as Gatys does. (Five paintings and 20 crops are few, so a difference of one or two hits says nothing; and crops of one painting share things as well as style.)
#
# ## What λ does
#
# Only the proportions of λ matter here, so bring them to the sum 1. By pencil: (16, 8, 4, 2, 1) has the sum 31, so λ = 16/31 = 0.516, 0.258, ...: call it "fine", since shallow layers count most; "coarse" is the reverse. (The names have nothing to do with the sizes from coarse to fine.)

# %% tags=["nbval-check-output"]
def normalized(weights):
    return np.array(weights) / np.sum(weights)

presets = {"equal": (1, 1, 1, 1, 1), "fine": (16, 8, 4, 2, 1), "coarse": (1, 2, 4, 8, 16), "yours": my_lambda}
presets = {name: dict(zip(STYLE_LAYERS, normalized(weights).tolist(), strict=True)) for name, weights in presets.items()}
zero = [float(gram_cost(of_S, of_S, "relative")) for of_S in style["composition"].values()]
for name, weights in presets.items():
    J_of_S = sum(weight * cost for weight, cost in zip(weights.values(), zero, strict=True))
    print(f"{name:8}" + "".join(f"{weight:8.3f}" for weight in weights.values()) + f"   J(S) = {J_of_S:g}")
    assert np.isclose(sum(weights.values()), 1)

# %% [markdown]
# The last column is all of the theory: **S itself has J = 0, with every λ.** Without content, S is a best picture for every λ; as long as no λ is 0, λ cannot move the goal. (λ = 0 drops a demand; that was "One layer more at a time".) It changes the way: a small λ
# makes a layer's share of the gradient small, so its cost falls late. Watch it, from noise: live at one small size, then two loaded runs.

# %% alt=["Two panels with falling curves on logarithmic axes, cost of block 1 and of block 5 over the steps, for fine and coarse. In block 1 fine falls to a few thousandths, coarse hardly falls. In block 5 both curves lie close together, coarse ends a little lower.", "Two textures of Composition VIII. Equal: cream ground, dark disk with orange halo, black lines. Coarse: much the same, with gray shadows on the ground and pinkish and greenish tints along the lines."]
small = load_image("composition_viii", curve_side)
_, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True, layout="constrained")
for name, line in (("fine", "o-"), ("coarse", "s--")):
    history = texture_of(small, presets[name], curve_steps).history
    for axis, l in zip(axes, (STYLE_LAYERS[0], STYLE_LAYERS[-1]), strict=True):
        axis.semilogy(history[f"J_style[{l}]"], line, markevery=10, markersize=4, label=name)
        axis.set(title=f"cost of {l}", xlabel="gradient evaluations")
        axis.legend()
plt.show()

equal, coarse = stored["composition", "12345"].image, load_stored("05_composition_coarse").image
show_images([equal, coarse], ['λ "equal"', 'λ "coarse"'], tile=3.7)
print(f"{head}   palette")
by_name = {"equal": (equal, left["composition", "12345"]), "coarse": (coarse, measure(style["composition"], coarse))}
for name, (G, costs) in by_name.items():
    print(f"{name:26}" + "".join(f"{cost:10.2g}" for cost in costs) + f"{palette(S_A, G):10.0f}")

# %% [markdown]
# *First figure: the cost of the shallowest and of the deepest layer during two runs.* With "fine" block 1 ends below
# 0.003, with "coarse" it has hardly begun to fall. In block 5 a λ that is 16 times as large brings only a little: once "fine" is done with block 1, block 5 counts more in J than block 1 does, even with a λ 16 times smaller (about 0.007 against 0.001). *Second figure and table: two loaded runs, through five sizes and 60 steps at the last one.* There "coarse" has come much farther, but not all the way: block 1 is at
# 0.019 instead of the 0.0006 of "equal", and the palette is off by 11 instead of 4; you see it in the gray clouds in the background. In a texture λ says what is done first, and so what is left undone when you stop.
#
# **With content it is different.** Then no picture has J = 0, G is a compromise, and λ decides who gives way: J = α·J_content + β·Σ λ·J_style, plus a small γ times the total variation, which keeps G smooth (notebook 07). The column `content` is J_content of `block4_conv2`, relative like the style costs. The costs in this table and the next are those that each run noted at its end. Both runs below have the same α, β and number of
# steps (loaded; α = 1, β = 25, 60 steps at 256 pixels). **Predict**: which one leaves more of the astronaut, and which one has the palette of S?

# %% tags=["nbval-check-output"] alt="Three pictures. The photograph of an astronaut in an orange suit. With fine: her face and helmet are there, thin dark lines, cream ground, pale orange suit. With coarse: the face has dissolved, large dark disks in place of collar and helmet, a dark green corner, heavy lines."
def of_styles(noted):
    """J_style[l] of the five layers, among the costs that a run has noted."""
    return np.array([noted[f"J_style[{l}]"] for l in STYLE_LAYERS])

by_lambda = {name: load_stored(f"05_astronaut_{name}") for name in ("fine", "coarse")}
C, S_256 = load_image("astronaut", 256), load_image("composition_viii", 256)
show_images([C, *(run.image for run in by_lambda.values())], ["C", *(f'λ "{name}"' for name in by_lambda)], tile=3.4)
print(f"{head}   content   palette   J by fine   by coarse")
for name, run in by_lambda.items():
    noted = run.record["costs_at_end"]
    costs, content, off = of_styles(noted), noted["J_content"], palette(S_256, run.image)
    J = {other: content + 25 * costs @ list(presets[other].values()) for other in by_lambda}
    print(f"{name:26}" + "".join(f"{cost:10.2g}" for cost in costs) + f"{content:10.2f}{off:10.0f}{J['fine']:12.2f}{J['coarse']:12.2f}")
print("J, 30 steps before the end -> at the end:", {n: "{:.2f} -> {:.2f}".format(*run.record["J"][-31::30]) for n, run in by_lambda.items()})

# %% [markdown]
# *Figure: a photograph, and two results that differ in λ alone.* "fine" has kept her face and figure and drawn them with thin lines, on the cream of S. "coarse" has dissolved the face and put
# dark disks into collar and helmet; its palette is off by twice as much, and a corner is green. The table agrees: "coarse" is nearer in block 5, farther in block 1, and farther from C.
#
# The last two columns are the J of *both* runs for both pictures (without total variation). By its own λ each picture is the better one, as it should be if λ moves the goal. (J of "coarse" still fell from 1.92 to 1.64 in its last 30 steps, so a part of the difference may be speed.) It does, in general: at a best G the pull of the content is balanced by the pulls of the layers, each times its λ, and another λ breaks that balance. (Compare the two textures above: there "equal" is the better one by both λ.) With the same β, λ also decides how strong style is against content as a whole, because the costs of the layers are not alike (with equal λ above: 0.03 in block 5, and 0.004 or less in the others).
#
# A second pair, live and small, with your own λ as a third:

# %%
C_2, S_2 = (load_image(name, pair_side) for name in pair)
print(f"{head}   content   palette")
for name in tried:
    run = stylize(C_2, S_2, style_cost="gram", beta=25, layer_weights=presets[name], positions_per_channel=0,
                  max_side=None, steps=pair_steps)
    noted = run.history.final
    costs = "".join(f"{cost:10.2g}" for cost in of_styles(noted))
    print(f"{name:26}{costs}{noted['J_content']:10.2f}{palette(S_2, run.image):10.0f}")

# %% [markdown]
# Much the same: "coarse" is farther in blocks 1 to 4 (in the first pair it was nearer in block 4) and in its palette, and a little nearer in block 5. After 20 steps some of this may still be speed. (With "yours", block 3 is nobody's target and ends far off.)
#
# All this holds for costs that are divided by $\|Gram(S)\|^2$. With the constant of Gatys equal λ do not mean equal layers; see "Across layers the
# constant is a hidden λ" in [notebook 04](04_gram_matrix.ipynb).
#
# ## Less than a Gram matrix
#
# Is the Gram matrix needed? **AdaIN** (adaptive instance normalization, 2017) and other fast methods match only the **mean and standard deviation** of each channel:
# $2 n_C$ numbers instead of $n_C (n_C + 1) / 2$. Take that as a cost, with the same layers, noise and steps, and see which Gram matrices follow by themselves. (An objective
# for `minimize` is anything with `terms` and `value_and_gradient`.)

# %%
fast = FeatureExtractor(STYLE_LAYERS, vgg, "auto")

def mean_and_deviation(a):
    mean, variance = tf.nn.moments(a, axes=[0, 1, 2])
    return tf.concat([mean, tf.sqrt(variance + 1e-3)], axis=0)

@tf.function(input_signature=[dict.fromkeys(STYLE_LAYERS, tf.TensorSpec([None])), any_image])  # one for all paintings
def cost_and_gradient(of_S, G):
    with tf.GradientTape() as tape:
        tape.watch(G)
        of_G = {l: mean_and_deviation(a) for l, a in fast(G).items()}
        J = tf.add_n([tf.reduce_sum((of_G[l] - of_S[l]) ** 2) / tf.reduce_sum(of_S[l] ** 2) for l in of_S]) / len(of_S)
    return {"J": J}, tape.gradient(J, G)

class MeanAndDeviation:
    """Mean over the layers of the squared distance of means and deviations, relative to S."""

    def __init__(self, S):
        self.of_S = {l: mean_and_deviation(a) for l, a in fast(S).items()}

    def value_and_gradient(self, G):
        return cost_and_gradient(self.of_S, G)

    def terms(self, G):
        return self.value_and_gradient(G)[0]

# %%
print(head)
for name in paintings:
    image = load_image(name, small_side)
    own, noise = style_of(image), initial_image("noise", image, seed)
    by_gram = texture_of(image, presets["equal"], small_steps).image
    by_mean, history = minimize(MeanAndDeviation(image), noise, lbfgs(), small_steps)
    print(name)
    for how, G in {"Gram": by_gram, "mean and deviation": by_mean}.items():
        print(f"  {how:24}" + "".join(f"{cost:10.2g}" for cost in measure(own, G)))

# %% [markdown]
# The table holds the *Gram* costs of both runs, after 75 steps at 64 pixels (they still fall), from one start each. The second run never saw a Gram matrix. In blocks 2 to 4 it ends 1.2 to 1.7 times
# as far from S as the first one, in block 1 about 1.7 and 1.1 times, in block 5 about 2.5 times. So after these steps the middle layers hardly show which cost was used. Part of that is by definition: means and deviations fix the diagonal of Gram/N (mean square = mean² + deviation²). And perhaps a
# channel of block 2 detects things that occur *together* in block 1, so that its mean says something about pairs down there.
#
# Nor does a Gram matrix hold everything: two pictures can share theirs and look different, which is where [notebook 08](08_beyond_the_gram_matrix.ipynb) begins.
#
# ## Summary
#
# - Exchanged colors are minded most by block 1, pixels mixed in small blocks (brushwork, but also lines and noise) by block 3 and deeper ones, moved tiles (order or cuts) by block 5. Block 5 holds what the shallower ones do not.
# - "Style is only in shallow layers" is half true: deep layers hold the palette only roughly, and without color blocks 3 and 4 know a painting best.
# - A random half of the feature maps recognizes a painting nearly as well as all of them; a single one does not (but of one map a Gram matrix keeps one number).
# - In a texture λ decides what comes first, in a compromise with a photograph it decides what G looks like.
#
# ## Exercises
#
# **Exercise 1.** Bring the weights 1, 2, 3, 2, 2 to the sum 1.

# %% tags=["exercise"]
# Exercise 1: your answer, five numbers, replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# weights = np.array([1, 2, 3, 2, 2])
# answer = weights / weights.sum()
# ```
# </details>
#
# **Exercise 2.** Two gray pictures of four pixels, S = 30, 0, 20, 10 and G = 0, 12, 22, 30. What is the distance of their palettes, the mean
# distance of the sorted values?

# %% tags=["exercise"]
# Exercise 2: your answer, a number, replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Sorted they are 0, 10, 20, 30 and 0, 12, 22, 30.
#
# ```python
# answer = np.mean(np.abs(np.sort([30, 0, 20, 10]) - np.sort([0, 12, 22, 30])))
# ```
# </details>
#
# **Exercise 3.** Move the tiles of a photograph of gravel, 32 x 32 pixels each (load `gravel` at 128 pixels, any order of
# the tiles). In which layer is the cost smallest, and in which of the five is it largest?

# %% tags=["exercise"]
# Exercise 3: your answer, two layer names, replaces None
answer = (None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# S = np.asarray(load_image("gravel", 128))[0]
# tiles = S.reshape(4, 32, 4, 32, 3).swapaxes(1, 2).reshape(16, 32, 32, 3)
# tiles = tiles[np.random.default_rng(0).permutation(16)]
# G = tiles.reshape(4, 4, 32, 32, 3).swapaxes(1, 2).reshape(1, 128, 128, 3)
# extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"))
# a_S, a_G = extractor(S[np.newaxis]), extractor(G)
# costs = [float(gram_cost(moments(a_S[l]), moments(a_G[l]), "relative")) for l in STYLE_LAYERS]
# answer = (STYLE_LAYERS[np.argmin(costs)], STYLE_LAYERS[np.argmax(costs)])
# ```
# </details>
#
# **Exercise 4.** In some network all activations of block 4 are 3 times as strong as those of block 1. Both layers have the same
# number of positions and channels, and otherwise the same statistics. With "gatys" and equal λ: how many times larger is the cost
# of block 4?

# %% tags=["exercise"]
# Exercise 4: your answer, a number, replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A Gram entry is a product of two activations, and the cost squares it.
#
# ```python
# answer = 3**4
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. Your result has the right strokes, but its colors are gray and speckled. Which λ do you raise?</summary>
# That of block 1, which holds the palette.
# </details>
#
# <details><summary>2. Somebody finds that block 1 recognizes paintings best and concludes that brushwork is in block 1. What would you do?</summary>
# Try it in gray. The hits fall from 15 to 4 of 20, so what block 1 knew was the palette, with brightness and contrast.
# </details>
#
# <details><summary>3. All λ are doubled; α and γ are 0. What changes in the best G?</summary>
# Nothing: J is doubled everywhere, and its minimum stays where it is.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | Style is strokes, texture and palette. | S2:20 | half true | Palette and strokes can be told apart; texture was not tested by itself, but arrangement was: exchanged colors cost most in block 1 (1.1 and 7.7), mixed pixels 0.01 there and 0.25 to 0.9 from block 3 on, moved tiles 0.7 to 0.8 in block 5 alone: [Palette, brushwork, arrangement](#Palette,-brushwork,-arrangement) |
# | Style is stripped away in deeper layers; look for it in shallow ones. | S2:37 | half true | Layers 4-5 hold the palette only roughly (off by 46 and 26 gray levels, with all layers by 4 and 2), but gray crops are recognized best by blocks 3 and 4 (11 of 20), hardly by blocks 1 and 2 (4 and 5; guessing gives 3): [Is style only in the shallow layers?](#Is-style-only-in-the-shallow-layers?), [Common to all feature maps?](#Common-to-all-feature-maps?) |
# | Each feature map is another transformation of the picture, but the style remains common among them. | S2:39 | half true | A random half of the maps recognizes a painting as well as all of them, within 1.3 hits of 20; a single map gets 2 to 6 hits, where guessing gets 3: [Common to all feature maps?](#Common-to-all-feature-maps?) |
# | Comparing the feature maps of a layer helps the network to learn a multi-scale representation. | S2:41 | half true | The deepest layer holds what shallower ones do not (block 5 stays at 0.13 or more unless it is a target); the sizes of the picture matter too (block 3 at 0.3 with five sizes, at 1 with one); nothing learns: [The cost that remains](#The-cost-that-remains), [Many scales, twice](#Many-scales,-twice) |
# | Preserve the correlation between channels, the style, from the input in the output. | S3:50 | true | Noise in which nothing but the Gram matrices of S is preserved takes on its palette, strokes and shapes; with layers 4 and 5 things of S come too, so it is more than style: [One layer more at a time](#One-layer-more-at-a-time) |
# | The style cost adds up the layers, each with a hyperparameter λ. | S3:72-74 | true | λ decides what gives way in a compromise with C: each of two pictures is the better one by its own λ (0.50 and 2.26 against 2.64 and 1.59); without C, S has J = 0 for every λ: [What λ does](#What-λ-does) |
# | That sum carries the index l on its left side. | S3:73 | wrong | The sum runs over l, so none is left: [Style without content](#Style-without-content) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Texture Synthesis Using Convolutional Neural Networks](https://arxiv.org/abs/1505.07376), 2015 (layer by layer)
# - X. Huang, S. Belongie: [Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization](https://arxiv.org/abs/1703.06868), 2017 (AdaIN)
# - Y. Li, N. Wang, J. Liu, X. Hou: [Demystifying Neural Style Transfer](https://arxiv.org/abs/1701.01036), 2017 (the Gram cost as one of several)
# - X. Snelgrove: [High-Resolution Multi-Scale Neural Texture Synthesis](https://doi.org/10.1145/3145749.3149449), 2017 (a few layers at several sizes)
#
# **The way on**: notebook 06 takes the word "minimize" seriously.

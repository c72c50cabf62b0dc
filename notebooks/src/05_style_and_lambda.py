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
# You leave the content out (α = 0) and let noise turn into style, one layer of the network after the other.
#
# **What you will learn**
#
# - what the Gram matrices of shallow and of deep layers hold: dabs of color, strokes, whole shapes;
# - what the weights λ in $\sum_l \lambda^{[l]} J_{style}^{[l]}$ do, and how a constant can set them behind your back;
# - what a Gram matrix notices, and what it forgets, when a picture is cut into tiles and shuffled.
#
# **Time**: about a minute on 2 CPU cores.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from exercises.nb05 import check

from nst_keras import (
    FeatureExtractor,
    Objective,
    initial_image,
    layer_style_cost,
    lbfgs,
    load_image,
    load_vgg,
    minimize,
    show_images,
)

# %% [markdown]
# ## Tweak me
#
# Pictures are `brick`, `gravel`, `grass`, any painting or photograph of this project, or the path of one of your own.

# %% tags=["parameters"]
painting_name = "composition_viii"  # a painting, as S
painting_side = 96  # its longer side in pixels
texture_name = "brick"  # a photograph of a texture, as another S
texture_side = 160  # its longer side in pixels, before ...
texture_crop = 96  # ... this many pixels are cut out, square
steps = 50  # gradient evaluations of every run
style_layers = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]  # shallow to deep
free_lambda = (1, 0, 0, 0, 1)  # λ of your own, one for each layer; the sum does not matter
shuffle_side = 96  # longer side of the picture that is cut into tiles, in pixels
tile_sizes = (32, 16, 8, 4, 1)  # sides of the tiles, in pixels
pooling = "max"  # or "avg"
style_cost = "gram"  # the cost of the notes; notebook 08 has another one
seed = 0  # of the noise that every run starts with

# %% [markdown]
# ## Style without content
#
# S3:50 says what style transfer is about: the correlation between channels is to be **preserved** from the input in
# the output. That can be tried on its own. Leave out the content, so that only the style cost is left (S3:73; the left
# side there carries an $l$ too many, because the sum runs over all $l$):
#
# $$J(G) = \sum_l \lambda^{[l]} J_{style}^{[l]}(S, G),\qquad \sum_l \lambda^{[l]} = 1$$
#
# λ is "a hyperparameter" (S3:74), one number for each layer. Only their proportions matter here, so they
# are brought to the sum 1.

# %% tags=["nbval-check-output"]
def normalized(weights):
    weights = np.asarray(weights, float)
    return weights / weights.sum()

depth = np.arange(len(style_layers))
presets = {"fine": normalized(0.5**depth), "equal": normalized(0.0 * depth + 1), "coarse": normalized(2.0**depth)}
for name, weights in {**presets, "free": normalized(free_lambda)}.items():
    print(f"{name:7}", " ".join(f"{weight:6.3f}" for weight in weights), f"  sum {weights.sum():.3f}")

# %% [markdown]
# "fine" halves λ from layer to layer, "coarse" doubles it. Next, the two pictures, and how far from the first one the noise is with which all runs begin.

# %% tags=["nbval-check-output"]
vgg = load_vgg(pooling=pooling)
painting = load_image(painting_name, painting_side)
texture = load_image(texture_name, texture_side)[:, :texture_crop, :texture_crop]
noise = initial_image("noise", painting, seed)
show_images([painting, texture], ["S: a painting", "S: a texture"], tile=3.6)

ruler = FeatureExtractor(style_layers, vgg)

def measure(S, G):
    """J_style[l](S, G) of all layers, each 1 for a Gram matrix of zeros ("relative")."""
    a_S, a_G = ruler(S), ruler(G)
    return np.array([float(layer_style_cost(a_S[l], a_G[l], "relative")) for l in style_layers])

print("J_style[l](painting, noise):", " ".join(f"{cost:.3g}" for cost in measure(painting, noise)))

# %% [markdown]
# The noise is far from the painting in every layer; 1 would mean "as far as no activation at all".
#
# `synthesize` starts with noise and walks downhill on the style cost alone. `Objective` asks for a content picture, which
# only gives G its shape when α = 0; a content layer that is a style layer anyway keeps the network short.

# %%
def synthesize(S, weights, style_normalizer="relative"):
    """Noise -> texture. `weights` are the λ of the first layers; layers with λ = 0 are left out."""
    layer_weights = {l: float(w) for l, w in zip(style_layers, weights, strict=False) if w > 0}
    J = Objective(
        S, S, alpha=0, beta=1, gamma=0, style_cost=style_cost, content_layer=next(iter(layer_weights)), layer_weights=layer_weights,
        extractor=FeatureExtractor(layer_weights, vgg), style_normalizer=style_normalizer,
    )  # fmt: skip
    G, _ = minimize(J, initial_image("noise", S, seed), lbfgs(), steps)
    terms = J.terms(G)
    parts = sum(terms[f"lambda*J_style[{l}]"] for l in layer_weights)
    weighted = sum(w * terms[f"J_style[{l}]"] for l, w in layer_weights.items())
    assert np.allclose([parts, weighted], terms["J"], rtol=1e-4)  # J is the sum of λ times the cost of each layer
    return G

# %% [markdown]
# ## One layer more at a time
#
# First the shallowest layer alone, then two, and so on, with λ halved from layer to layer ("fine"). A position
# in `block1_conv1` sees 3 x 3 pixels, in `block3_conv1` 24 x 24, in `block5_conv1` 156 x 156: more than these pictures have.
#
# **Predict**: what is in the picture whose only target is the Gram matrix of the first layer?

# %%
depths = range(1, len(style_layers) + 1)
grown = {k: synthesize(painting, normalized(0.5 ** np.arange(k))) for k in depths}
left = {k: measure(painting, G) for k, G in grown.items()}
titles = ["S"] + [f"layers 1-{k}" if k > 1 else "layer 1" for k in depths]
show_images([painting, *grown.values()], [f"{title}\n" for title in titles[:1]] + [
    f"{title}\nJ_style = {left[k].mean():.2g}" for k, title in zip(depths, titles[1:], strict=True)
], columns=3, tile=3.6)  # fmt: skip

# %% [markdown]
# *Figure: S, then noise turned into style with one layer more each time; below each title the mean style cost over all
# layers.* With the committed settings (Kandinsky's Composition VIII), one layer gives specks in the right colors and no long
# stroke. Two layers give thin dark curves. With three, curves bound colored patches; with four there is a ring, and with all
# five there are rings and disks with a halo. Most things are not in their places. Two disks are, near the border: deep layers see the
# zeros that the network pads its borders with, and these can tell one place from another.
#
# The next table measures each of these pictures in *all* layers: a row is a picture, a column a layer.

# %%
print("targets       " + "".join(f"{l[:12]:>14}" for l in style_layers))
for k in depths:
    print(f"{titles[k]:14}" + "".join(f"{cost:13.2g}{'*' if i < k else ' '}" for i, cost in enumerate(left[k])))
print("* this layer was a target")

# %% tags=["nbval-check-output"]
first, last = left[1], left[max(depths)]
print("layer 1 alone: its own cost is below 0.01:", bool(first[0] < 0.01))
print("layer 1 alone: the two deepest layers are not matched (above 0.3):", bool(first[-2:].min() > 0.3))
print("all layers: every cost is below 0.2:", bool(last.max() < 0.2))
print("all layers: the deepest cost is more than 3x lower than with any fewer:", bool(
    min(left[k][-1] for k in list(depths)[:-1]) > 3 * last[-1]))

# %% [markdown]
# Matching a layer helps the next one and does little for those that are deeper still. That is the "multi-scale representation" of S2:41 in
# numbers: each layer adds statistics at its own scale that the others do not have. (The notes say that this helps
# the network to *learn* such a representation; nothing learns here, the network is frozen and only measures.)
#
# ## The same with a texture
#
# On a texture you can measure how far a structure reaches. **Predict**: after how many layers are there whole bricks?

# %%
bricks = {k: synthesize(texture, normalized(0.5 ** np.arange(k))) for k in depths if k <= 3 or k == max(depths)}
show_images([texture, *bricks.values()], ["S", *(titles[k] for k in bricks)], columns=3, tile=3.6)

# %% [markdown]
# *Figure: S, a photograph of bricks with the committed settings, and noise turned into its texture.* One layer gives short
# upright dashes in the colors of mortar and brick. Two layers give joints that cross. From three layers on there are closed
# bricks. The fine colored speckle is what is left of the noise: more steps remove it.
#
# **Autocorrelation** measures it: shift the gray picture down by $t$ pixels and take its correlation with itself. The curve
# falls slowly when structures are long in that direction.

# %%
def autocorrelation(image, shifts):
    gray = np.asarray(image)[0].mean(axis=-1)
    gray = (gray[:-1, :-1] + gray[1:, :-1] + gray[:-1, 1:] + gray[1:, 1:]) / 4  # 2 x 2 mean: less speckle
    gray = gray - gray.mean()
    return np.array([np.mean(gray[: len(gray) - t] * gray[t:]) / np.mean(gray**2) for t in shifts])

shifts = np.arange(17)
curves = {"noise": autocorrelation(initial_image("noise", texture, seed), shifts)}
curves |= {titles[k]: autocorrelation(G, shifts) for k, G in bricks.items()} | {"S": autocorrelation(texture, shifts)}
plt.figure(figsize=(7, 3.6), layout="constrained")
for (name, curve), style in zip(curves.items(), ["k:", "o-", "s--", "^-.", "D:", "k-"], strict=False):
    plt.plot(shifts, curve, style, label=name, markevery=2)
plt.xlabel("shift t in pixels, downwards")
plt.ylabel("autocorrelation")
plt.legend()
plt.show()

# %% [markdown]
# *Figure: autocorrelation against the shift, for noise, for each of the pictures above and for S.* With the committed
# settings, noise is unrelated to itself after 2 pixels; with one layer the curve is at half height after 3 pixels, with two
# after 6, with three after 8, and S itself after 10. The deeper layers do not lengthen it: what they add
# is more than the length of a line, and an autocorrelation cannot see it. The table for the painting can: there, the deep costs fall.

# %% tags=["nbval-check-output"]
at_8 = {name: curve[8] for name, curve in curves.items()}
print("autocorrelation 8 pixels down grows: noise < layer 1 < layers 1-2 < S:", bool(
    at_8["noise"] < at_8["layer 1"] < at_8["layers 1-2"] < at_8["S"]))
print("layers 1-2 reach more than 2x what layer 1 reaches:", bool(at_8["layers 1-2"] > 2 * at_8["layer 1"]))
print(f"S itself: {at_8['S']:.2f}")

# %% [markdown]
# ## Shallow only, deep only
#
# "Since style is stripped away in the deeper layers, we must look for it in the shallow layers" (S2:37). That can be
# tested: the two shallowest layers against the two deepest, each with equal λ.
#
# **Predict**: which of the two keeps the colors, which one the outlines?

# %% tags=["nbval-check-output"]
n = len(style_layers)
two = min(2, n)
shallow = synthesize(painting, normalized([1] * two + [0] * (n - two)))
deep = synthesize(painting, normalized([0] * (n - two) + [1] * two))
show_images([painting, shallow, deep], ["S", "shallow layers only", "deep layers only"], tile=3.6)

in_shallow, in_deep = measure(painting, shallow), measure(painting, deep)
print("cost of the shallowest layer, deep picture over shallow picture, above 50:", bool(in_deep[0] > 50 * in_shallow[0]))
print("cost of the deepest layer, shallow picture over deep picture, above 5:", bool(in_shallow[-1] > 5 * in_deep[-1]))

# %% [markdown]
# *Figure: S, and noise turned into style with two shallow layers only, and with two deep layers only.* With the committed
# settings, the shallow picture has the palette and the strokes, but no object. The deep picture has lines, disks and
# rings, and gray-green speckle in place of the light ground.
#
# So S2:37 is half right. What deep layers hold only weakly is **color and fine brushwork**; what they hold well are the shapes that a
# painter likes to repeat. Weakly does not mean not at all: with a few hundred steps (`steps = 300`) a good part of the palette comes back
# even from the deep layers. Style is in all of them, and Gatys and colleagues take one layer from every block.
#
# ## What λ does
#
# Now all layers, and only their weights change (S3:73-74). **Predict** from the last figure: what will "coarse" lose?

# %% tags=["nbval-check-output"]
chosen = {**presets, "free": normalized(free_lambda)}
by_lambda = {"fine": grown[n]}  # made above
by_lambda |= {name: synthesize(painting, chosen[name]) for name in ("equal", "coarse", "free")}
reached = {name: measure(painting, G) for name, G in by_lambda.items()}
show_images(list(by_lambda.values()), [
    f"{name}: {' '.join(f'{w:.2f}' for w in chosen[name])}\nJ_style[l]: {costs[0]:.1g} ... {costs[-1]:.1g}"
    for name, costs in reached.items()
], columns=2, tile=4)  # fmt: skip

shallowest = {name: costs[0] for name, costs in reached.items()}
print("cost of the shallowest layer: fine < equal < coarse:", bool(
    shallowest["fine"] < shallowest["equal"] < shallowest["coarse"]))
print("coarse leaves more than 10x what fine leaves:", bool(shallowest["coarse"] > 10 * shallowest["fine"]))

# %% [markdown]
# *Figure: the same noise and the same number of steps, four choices of λ; in the titles λ from shallow to deep, and the
# cost of the shallowest and the deepest layer that is left.* With the committed settings, "fine" is clean and keeps the palette, "equal" still
# shows some noise, and "coarse" loses the ground color in speckle, as "deep layers only" did.
#
# Most of that is the **speed** and not the goal: a small λ makes a layer's share of the gradient small, so its cost falls late. With several hundred
# steps "coarse" gets its colors as well. In a run of ordinary length, λ decides what is done first.
#
# ## λ = 1/5 does not mean "equal"
#
# So far each layer's cost was divided by $\|Gram^{[l]}(S)\|^2$ ("relative"), so that 1 means the same everywhere. The paper
# divides by $(2 n_H n_W n_C)^2$ ("gatys", see notebook 04). That is fair if all layers respond equally strongly, as they
# do in the authors' rescaled network. In the network that Keras offers, mean activations differ about twentyfold, and this
# cost grows with their 4th power. Look at the shares of the layers at the start:

# %% tags=["nbval-check-output"]
shares = {}
for normalizer in ("relative", "gatys"):
    layer_weights = dict(zip(style_layers, presets["equal"].tolist(), strict=True))
    J = Objective(
        painting, painting, alpha=0, beta=1, gamma=0, style_cost=style_cost, content_layer=style_layers[0], layer_weights=layer_weights,
        extractor=FeatureExtractor(style_layers, vgg), style_normalizer=normalizer,
    )  # fmt: skip
    terms = J.terms(noise)
    shares[normalizer] = [terms[f"lambda*J_style[{l}]"] / terms["J_style"] for l in style_layers]
    print(f"{normalizer:9}", "  ".join(f"{share:7.2g}" for share in shares[normalizer]))
    assert abs(sum(shares[normalizer]) - 1) < 1e-4

# %% tags=["nbval-check-output"]
unequal = synthesize(painting, presets["equal"], style_normalizer="gatys")
show_images([by_lambda["equal"], unequal], ['equal λ, "relative"', 'equal λ, "gatys"'], tile=3.6)

print("layer with the largest share:", {name: style_layers[int(np.argmax(share))] for name, share in shares.items()})
print('"gatys" leaves more than 3x the cost of "relative" in the shallowest layer:', bool(
    measure(painting, unequal)[0] > 3 * measure(painting, by_lambda["equal"])[0]))

# %% [markdown]
# *Figure: two syntheses with the same λ for every layer; only the constant in front of each layer's cost differs.* With
# the committed settings, the right one looks like "deep layers only": 99 % of its cost comes from block 4, and
# the optimizer hardly hears the colors of block 1. Within one layer a constant changes nothing; across layers it *is* λ.
#
# ## Less than a Gram matrix: mean and standard deviation
#
# Do we need the correlations at all? A layer with $n_C$ channels has $n_C$ means and $n_C$ standard deviations, but
# $n_C (n_C + 1) / 2$ Gram entries. Faster methods of style transfer match the former only. Here is that cost, with
# the same layers, λ and steps as a Gram run. An objective is anything that has `terms` and `value_and_gradient`.

# %%
class MeanAndDeviation:
    """Sum over layers of λ times the squared distance of the channels' means and standard deviations, relative to S."""

    def __init__(self, S, weights):
        self.weights = dict(zip(style_layers, weights, strict=False))
        self.extractor = FeatureExtractor(self.weights, vgg)
        self.targets = {l: self.statistics(a) for l, a in self.extractor(S).items()}

    def statistics(self, a):
        mean, variance = tf.nn.moments(a, axes=[0, 1, 2])
        return tf.concat([mean, tf.sqrt(variance + 1e-3)], axis=0)

    @tf.function
    def value_and_gradient(self, G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            found = {l: self.statistics(a) for l, a in self.extractor(G).items()}
            J = sum(w * tf.reduce_sum((found[l] - self.targets[l]) ** 2) / tf.reduce_sum(self.targets[l] ** 2)
                    for l, w in self.weights.items())  # fmt: skip
        return {"J": J}, tape.gradient(J, G)

    def terms(self, G):
        return self.value_and_gradient(G)[0]

# %% tags=["nbval-check-output"]
k = min(3, n)
J = MeanAndDeviation(texture, normalized(0.5 ** np.arange(k)))
by_mean, _ = minimize(J, initial_image("noise", texture, seed), lbfgs(), steps)
show_images([texture, by_mean, bricks[k]], ["S", "mean and deviation", "Gram matrix"], tile=3.6)

ratio = measure(texture, by_mean)[:k] / measure(texture, bricks[k])[:k]
print("the Gram picture has the lower Gram cost in most of its layers:", bool(np.median(ratio) > 1))
print("the other one matches each of these Gram matrices to 0.05 without having seen one:", bool(
    np.all(measure(texture, by_mean)[:k] < 0.05)))

# %% [markdown]
# *Figure: S, and two syntheses with the same layers and steps.* With the committed settings they can hardly be told
# apart; the one that never saw a Gram matrix even has less speckle. "Style is the correlation between channels" (S3:45) is a *sufficient* description, not a
# necessary one: a channel of layer 2 is itself a detector of things that occur together in layer 1, so
# its mean alone says much about correlations below. What the Gram matrix adds here is less than the next layer adds.
#
# Even the Gram matrix does not hold everything: pictures whose activations have other histograms can
# share it (notebook 04 has an example with two of them). Adding a histogram cost is one way to make syntheses more stable.
#
# ## Shuffled tiles: what a Gram matrix forgets
#
# A Gram matrix sums over all positions. Shuffle the *positions of the activations*, and it stays exactly the same
# (notebook 04). But what if you shuffle the *picture*? Convolutions see neighbors, so tiles bring new borders.
#
# **Predict**: for tiles of 32 pixels, in which layer does Gram / N change most? And for single pixels?

# %% tags=["nbval-check-output"]
def shuffle_tiles(image, tile, seed):
    """Cut the image into tile x tile pixels and put the tiles back in random order."""
    rows, columns = image.shape[1] // tile, image.shape[2] // tile
    tiles = np.asarray(image)[0, : rows * tile, : columns * tile].reshape(rows, tile, columns, tile, 3)
    tiles = tiles.transpose(0, 2, 1, 3, 4).reshape(rows * columns, tile, tile, 3)
    tiles = tiles[np.random.default_rng(seed).permutation(rows * columns)].reshape(rows, columns, tile, tile, 3)
    return tf.constant(tiles.transpose(0, 2, 1, 3, 4).reshape(1, rows * tile, columns * tile, 3))

large = load_image(painting_name, shuffle_side)
side = max(tile_sizes)
large = large[:, : large.shape[1] // side * side, : large.shape[2] // side * side]  # whole tiles of every size
shuffled = {tile: shuffle_tiles(large, tile, seed) for tile in tile_sizes}
show_images([large, *shuffled.values()], ["S", *(f"tiles of {t} px" for t in tile_sizes)], columns=3, tile=3.6)

changes = {tile: np.sqrt(measure(large, image)) for tile, image in shuffled.items()}
print("change of Gram / N, as a share of its norm")
print("tiles     " + "".join(f"{l[:12]:>14}" for l in style_layers))
for tile, change in changes.items():
    print(f"{tile:3} px    " + "".join(f"{share:14.2g}" for share in change))
for image in shuffled.values():  # the same pixels in another order
    assert np.array_equal(np.sort(np.asarray(image), axis=None), np.sort(np.asarray(large), axis=None))

# %% [markdown]
# *Figure: S and the same pixels in shuffled tiles, from large to single pixels.* The table measures the change. Large tiles
# leave shallow layers almost alone, because most positions still have their neighbors; the change grows with the receptive
# field, from left to right. Smaller tiles change more, until the numbers settle near 1, which is as far as no activation at all. Single pixels change even
# the first layer, which sees 3 x 3 of them. Only the order of *activations* is forgotten exactly.
#
# ## Summary
#
# - Shallow Gram matrices hold palette and dabs, deeper ones strokes and then shapes; all of them together are the style.
# - λ says how loud each layer is. λ = 1/5 is "equal" only if the costs of the layers have one scale ("relative").
# - A Gram matrix forgets where things are, but not what lies next to what, as far as its layer can see.
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
# **Exercise 2.** Compute the autocorrelation of the stripes `[1, 1, 0, 0, 1, 1, 0, 0]` for the shifts 1 and 2: subtract
# the mean, then divide the mean product of the overlapping part by the mean square.

# %% tags=["exercise"]
# Exercise 2: your answer, two numbers, replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# After the mean 1/2 is subtracted, the values are ±1/2. Shifted by 2, each product is -1/4. Shifted by 1,
# there are 4 equal and 3 unequal neighbors.
#
# ```python
# x = np.array([1, 1, 0, 0, 1, 1, 0, 0]) - 0.5
# answer = [np.mean(x[:-t] * x[t:]) / np.mean(x**2) for t in (1, 2)]
# ```
# </details>
#
# **Exercise 3.** Shuffle a texture photograph in tiles of 32 pixels (load `gravel` at 128 pixels, any order of
# the tiles). In which layer is the change of Gram / N smallest, and in which of `style_layers` as committed is it largest?

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
# layers = [f"block{block}_conv1" for block in (1, 2, 3, 4, 5)]
# extractor = FeatureExtractor(layers)
# a_S, a_G = extractor(S[np.newaxis]), extractor(G)
# change = [float(layer_style_cost(a_S[l], a_G[l], "relative")) for l in layers]
# answer = (layers[np.argmin(change)], layers[np.argmax(change)])
# ```
# </details>
#
# **Exercise 4.** In some network all activations of block 4 are 3 times as strong as those of block 1. Both layers have the same
# number of positions and channels, and otherwise the same statistics. With "gatys" and equal λ: how many times larger is the cost
# of block 4?

# %% tags=["exercise"]
# Exercise 4: your answer replaces None
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
# Those of the shallow layers, such as block1_conv1: they hold the palette.
# </details>
#
# <details><summary>2. Why does a synthesis from block5_conv1 at 96 pixels come close to copying whole parts of S?</summary>
# One position of that layer sees 156 x 156 pixels, more than the picture has, and only 6 x 6 positions are left to sum over.
# </details>
#
# <details><summary>3. All λ are doubled and α is 0. What changes in the best G?</summary>
# Nothing: J is doubled everywhere, and its minimum stays where it is.
# </details>
#
# ## Sources
#
# Lines covered: S2:37, S2:41 (multi-scale), S3:50, S3:72-74.
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Texture Synthesis Using Convolutional Neural Networks](https://arxiv.org/abs/1505.07376), 2015
# - Y. Li, N. Wang, J. Liu, X. Hou: [Demystifying Neural Style Transfer](https://arxiv.org/abs/1701.01036), 2017 (mean and deviation)
# - E. Risser, P. Wilmot, C. Barnes: [Stable and Controllable Neural Texture Synthesis and Style Transfer Using Histogram Losses](https://arxiv.org/abs/1701.08893), 2017
#
# **The way on**: notebook 06 takes the word "minimize" seriously.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 - The Gram matrix: style as a table of numbers
#
# You compute a style matrix with a pencil, then in three ways in code, and find out what the small constant in front of the style cost really decides.
#
# **What you will learn**
#
# - the Gram matrix counts which channels are active *together*, and forgets *where*;
# - it is not a correlation matrix, and one innocent-looking `reshape` makes it a wrong one that nobody notices;
# - the texts print different constants; within a layer that does not matter, but across layers it silently sets the weights λ.
#
# **Time**: well under a minute on 2 CPU cores.
#
# ## Setup
#
# The last two lines are two tiny "activations" of shape (nH, nW, nC) = (2, 2, 3). `a` plays the style image, `b` the generated one.

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import matplotlib.pyplot as plt
import numpy as np
from exercises.nb04 import check

from nst_keras import (
    FeatureExtractor,
    content_cost,
    gram_matrix,
    layer_style_cost,
    load_image,
    load_vgg,
    resize_image,
    show_images,
    style_cost,
)

a = np.array([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]], np.float32)
b = np.array([[[0, 1, 1], [1, 1, 0]], [[1, 0, 2], [2, 0, 1]]], np.float32)

# %% [markdown]
# ## Tweak me
#
# Change any value, then run the notebook again from here.

# %% tags=["parameters"]
style_name = "cafe_terrace"  # S: a painting of this project, or the path of a picture
painter_name = "church_auvers"  # another picture by the same painter
other_name = "great_wave"  # a picture by someone else
content_name = "palace"  # C
max_side = 192  # all pictures are made squares of this side, in pixels
layers = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]  # style layers
layer_weight = 0.2  # λ, the same for every layer
pooling = "max"  # of the network: "max" or "avg"
channels_shown = 24  # in the heat maps: the most active channels of S
seed = 0  # of the shuffling

# %% [markdown]
# ## Blue stripes
#
# S3:43-47 calls style "the correlation between activations across channels": which channels tend to occur
# together. S4:43 has the example: one channel detects stripes, another the color blue. Take two pictures eight places
# wide. Each has four stripes and four blue places; in the first the stripes are blue, in the second the gaps are.
#
# **Predict**: you add up each channel, and then the *products* of the two channels. Which of these numbers tells the pictures apart?

# %% tags=["nbval-check-output"]
stripe = np.array([1, 0] * 4)
worlds = {"the stripes are blue": stripe, "the gaps are blue": 1 - stripe}
_, axes = plt.subplots(1, 2, figsize=(9, 1.9), layout="constrained")
for axis, (name, blue) in zip(axes, worlds.items(), strict=True):
    pair = np.stack([stripe, blue])  # (channel, place)
    axis.imshow(pair, cmap="Blues", vmax=1.5)
    axis.set(title=name, yticks=[0, 1], yticklabels=["stripe", "blue"], xlabel="place")
    for (k, place), value in np.ndenumerate(pair):
        axis.text(place, k, value, ha="center", va="center")
    print(f"{name:21} sum(stripe·stripe) = {stripe @ stripe}  sum(blue·blue) = {blue @ blue}  sum(stripe·blue) = {stripe @ blue}")
plt.show()

# %% [markdown]
# *Figure: two tables of ones and zeros, a row for each channel. On the left the ones stand below each other, on the right they
# alternate.* Each channel alone is the same in both: 4. Only the product of *two different* channels sees that something
# blue is also striped: 4 against 0.
#
# Those three numbers are the Gram matrices [[4, 4], [4, 4]] and [[4, 0], [0, 4]].
#
# ## The Gram matrix, by pencil
#
# $$\text{Gram}_{kk'} = \sum_{i=1}^{n_H}\sum_{j=1}^{n_W} a_{ijk}\; a_{ijk'} \qquad\text{(S3:58-61)}$$
#
# - $a_{ijk}$: the activation of one layer at row i, column j, channel k (S3:54-57, S4:44);
# - k and k' are any two channels, so Gram has the shape (nC, nC), whatever the size of the picture;
# - take one for S and one for the generated image (S3:63).
#
# (About names. S3 writes G for this matrix and R for the generated image; here G is the generated image and the matrix is
# **Gram**. It is named after Jørgen Pedersen Gram; the "grand matrix" of S3:59 is a mishearing.)
#
# Here is every product that goes into the Gram matrix of `a`. Check a few.

# %%
positions = a.reshape(-1, 3).astype(int)  # four positions, three channels each
pairs = [(k, m) for k in range(3) for m in range(3)]
products = np.array([[x[k] * x[m] for k, m in pairs] for x in positions])
table = np.vstack([products, products.sum(0)])
_, axis = plt.subplots(figsize=(10, 3.6), layout="constrained")
axis.imshow(table, cmap="YlGnBu", vmin=0, vmax=9, aspect="auto")
for (row, column), value in np.ndenumerate(table):
    k, m = pairs[column]
    text = f"{value}" if row == 4 else f"{positions[row][k]} · {positions[row][m]} = {value}"
    axis.text(column, row, text, ha="center", va="center", weight="bold" if row == 4 else "normal")
axis.axhline(3.5, color="black", linewidth=2)
axis.set_xticks(range(9), [f"k={k}, k'={m}" for k, m in pairs])
axis.set_yticks(range(5), [f"({p // 2},{p % 2}): a = {positions[p]}" for p in range(4)] + ["sum = Gram"])
axis.xaxis.tick_top()
plt.show()

# %% [markdown]
# *Figure: a table of products. Each row is a position (i,j) with its three activations, each column a pair of channels (k, k'), and the
# last row is the sum of the column. Darker is larger.* Nine sums, read three by three, are the three rows of the Gram matrix. Its diagonal (k = k') says
# how active a channel is at all; the rest says which channels are active together. Columns (0,1) and (1,0) are equal: the matrix is
# symmetric.
#
# ## Three ways to code it, and one way to get it wrong

# %% tags=["nbval-check-output"]
def gram_by_loops(a):
    n_H, n_W, n_C = a.shape
    gram = np.zeros((n_C, n_C), a.dtype)
    for i in range(n_H):
        for j in range(n_W):
            for k in range(n_C):
                for m in range(n_C):
                    gram[k, m] += a[i, j, k] * a[i, j, m]
    return gram

features = a.reshape(-1, 3)  # (nH·nW, nC): one row for each position
ways = [gram_by_loops(a), features.T @ features, np.einsum("ijk,ijm->km", a, a), gram_matrix(a).numpy()]
assert all(np.array_equal(way, [[6, 2, 3], [2, 2, 1], [3, 1, 6]]) for way in ways)
print("loops = reshape and matmul = einsum = nst_keras.gram_matrix =")
print(ways[0].astype(int))

# %% [markdown]
# `einsum` is the formula almost letter by letter; `features.T @ features` is the fast one.
#
# S4:50 does it differently: `gf.view(channel, height*width)`, then times its transpose. That is right in PyTorch, whose arrays are
# (channel, height, width). In Keras the channels come **last**, and the same line runs without any complaint:

# %% tags=["nbval-check-output"]
rows = a.reshape(3, -1)  # the copied line: "nC rows"
print("row 0 of the wrong reshape:", rows[0].astype(int), "  channel 0 really is:", features.T[0].astype(int))
wrong = rows @ rows.T
print(wrong.astype(int))
print("symmetric:", np.array_equal(wrong, wrong.T), " no negative eigenvalue:", np.linalg.eigvalsh(wrong).min() > -1e-5)
print("equal to the Gram matrix:", np.array_equal(wrong, gram_matrix(a)))

A, B = (np.arange(48) % 7).reshape(4, 4, 3).astype(np.float32), (np.arange(48) % 5).reshape(4, 4, 3).astype(np.float32)
wrong_S, wrong_G = (x.reshape(3, -1) @ x.reshape(3, -1).T for x in (A, B))
wrong_cost = np.sum((wrong_S - wrong_G) ** 2) / 96**2
print(f"style cost of two larger arrays: right {layer_style_cost(A, B):.4f}, wrong {wrong_cost:.4f}")

# %% [markdown]
# A reshape only cuts the same sequence of numbers into rows; it does not move channels to the front. Row 0 is position (0,0) with
# a piece of its neighbor. The result has the right shape, is symmetric and has no negative eigenvalue, and the cost made from it is a plausible
# number that an optimizer can push down. No test of its looks finds this bug; a number computed by hand does. (In Keras the line would be right after moving the
# channels to the front: `np.moveaxis(a, -1, 0).reshape(3, -1)`.)
#
# ## Places are forgotten
#
# The formula sums over i and j, and a sum does not depend on its order. **Predict**: you move the four positions of `a`
# around. What happens to the Gram matrix, and to the content cost? Then the same for S, in the last layer of `layers`.

# %% tags=["nbval-check-output"]
shuffled = features[[3, 1, 0, 2]].reshape(a.shape)
print("tiny: Gram unchanged:", np.array_equal(gram_matrix(a), gram_matrix(shuffled)),
      "  content cost (sum of squares):", int(2 * content_cost(a, shuffled, "half_sum")))  # fmt: skip
extractor = FeatureExtractor(layers, load_vgg(pooling=pooling))
square = lambda name: resize_image(load_image(name), (max_side, max_side))
S = square(style_name)
a_S = extractor(S)
deep = a_S[layers[-1]].numpy()
mixed = np.random.default_rng(seed).permutation(deep.reshape(-1, deep.shape[-1])).reshape(deep.shape)
print(f"{layers[-1]}: style cost below 1e-9: {layer_style_cost(deep, mixed, 'relative') < 1e-9}",
      f"  content cost above 0.5: {content_cost(deep, mixed, 'relative') > 0.5}")  # fmt: skip

# %% [markdown]
# The style cost cannot see the move, the content cost can: 10, as in notebook 03. That is the division of labor in style transfer. It also
# says what "style" means here, and what it does not: no composition, no "sky is on top".
#
# (Move *activations*, not pixels: shuffled pixels have other neighbors, and convolutions look at neighbors.)
#
# ## Not a correlation
#
# The notes say "correlation" (S3:45-47, S4:42), and then S3:62 corrects: rather an unnormalized covariance. Even that is not
# quite it. A covariance subtracts each channel's mean $\mu$; the Gram matrix subtracts nothing. With $N = n_H n_W$ positions:
#
# $$\tfrac1N\,\text{Gram} = \text{cov} + \mu\mu^T, \qquad \text{corr}_{kk'} = \text{cov}_{kk'} / \sqrt{\text{cov}_{kk}\,\text{cov}_{k'k'}}$$
#
# **Predict**: Gram(0,1) = 2 and Gram(0,2) = 3. Are those channels positively correlated?

# %% tags=["nbval-check-output"]
gram, N = features.T @ features, len(features)
mu = features.mean(0)
cov = (features - mu).T @ (features - mu) / N
corr = cov / np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
print("mean of each channel:", mu)
for k, m in [(0, 1), (0, 2), (1, 2)]:
    print(f"channels {k}, {m}:  Gram {gram[k, m]:.0f}   Gram/N {gram[k, m] / N:.2f}   cov {cov[k, m]:5.2f}   corr {corr[k, m]:5.2f}")
assert np.allclose(gram / N, cov + np.outer(mu, mu))
x = deep.reshape(-1, deep.shape[-1]).astype(np.float64)
assert np.allclose(x.T @ x / len(x), np.cov(x.T, bias=True) + np.outer(x.mean(0), x.mean(0)))
print(f"Gram/N = cov + mu·mu^T: true for a, and for {layers[-1]} of S")
for name, channel in (("ten times 1/sqrt(2)", np.full(10, 0.5**0.5)), ("five 1, five 0", np.array([1.0, 0.0] * 5))):
    print(f"one channel, {name:20} Gram {channel @ channel:.1f}   mean {channel.mean():.3f}   variance {channel.var():.2f}")

# %% [markdown]
# Channels 0 and 1 have Gram 2 and no correlation at all; 0 and 2 have the larger Gram 3 and a *negative* correlation. After a ReLU no
# activation is below zero, so no entry of a Gram matrix is: it is large where both channels are strong, whether or not they vary together.
# For style that is an advantage: "much blue" is part of a style, and a correlation would not know it.
#
# Two more slips of the notes. S2:41 speaks of correlations "between the convolutional layers": it means between the feature maps (channels) of *one* layer, as
# the rest of that paragraph says. And the network does not "learn" from this; it is frozen.
#
# It also has a price, in the last two lines: a channel that is even everywhere and one that is half on, half off have the same Gram matrix. The style cost
# cannot tell a flat area from a busy one there, one known reason for washed-out patches in results.
#
# ## Gram matrices of real pictures
#
# S, another work by the same painter, a work by someone else, and the photograph C. **Predict**: whose matrices look most like those of S?

# %%
names = {"S": style_name, "same painter": painter_name, "other": other_name, "C": content_name}
images = {title: square(name) for title, name in names.items()}
activations = {title: extractor(image) for title, image in images.items()}
show_images(list(images.values()), list(images), tile=2.0)
grams = {title: {l: gram_matrix(x[l]).numpy() / (x[l].shape[1] * x[l].shape[2]) for l in layers} for title, x in activations.items()}
_, axes = plt.subplots(len(grams), len(layers), figsize=(9.6, 8), layout="constrained", squeeze=False)
for column, l in enumerate(layers):
    order = np.argsort(-np.diag(grams["S"][l]))[:channels_shown]  # the most active channels of S
    top = np.sqrt(grams["S"][l].max())
    for row, (title, g) in enumerate(grams.items()):
        axes[row, column].imshow(np.sqrt(g[l][np.ix_(order, order)]), cmap="magma", vmin=0, vmax=top)
        axes[row, column].set(xticks=[], yticks=[])
        axes[row, 0].set_ylabel(title)
    axes[0, column].set_title(f"{l}\n{grams['S'][l].shape[0]} channels", fontsize=9)
plt.show()

# %% [markdown]
# *Figure: the four pictures, and below them Gram/N as heat maps; one row for each picture, one column for each layer. Each map shows the channels that are
# most active in S, strongest first; bright is large (square roots, one scale per column, set by S). So in the first row the
# diagonal fades from the upper left to the lower right.* Bright lines are channels that are strong together with many others. A dark line is a channel that
# goes its own way, or one that is weak in this picture. Look for
# entries that are bright in one row and dark in another: there the styles differ, as this layer sees it. But eyes are
# bad at comparing such tables; let a number do it.
#
# ## The distance of two matrices
#
# The style cost of a layer is the squared **Frobenius norm** of the difference: subtract entry by entry, square, add up (S3:67-68).

# %% tags=["nbval-check-output"]
gram_S, gram_G = gram_matrix(a).numpy(), gram_matrix(b).numpy()
print("Gram(a) - Gram(b) =")
print((gram_S - gram_G).astype(int))
frobenius = np.sum((gram_S - gram_G) ** 2)
print("sum of squares:", frobenius, " squared Frobenius norm:", np.linalg.norm(gram_S - gram_G) ** 2)
assert frobenius == layer_style_cost(a, b, "frobenius") == 4

# %% [markdown]
# Like the content cost it measures *dis*similarity: 0 for the same style, and low is good (S0:28 and S1:18 say "similarity"; S0:26 writes
# $J_s(C,G)$, but it is S that is compared: $J_{style}(S,G)$. The "content loss" in step 1 of S4:41 is copied from the section above it.)
#
# ## Six constants for one distance
#
# Everyone agrees on $\lVert\Delta\text{Gram}\rVert^2_F$ and multiplies it with something else:
#
# | name here | constant | where |
# | --- | --- | --- |
# | `"gatys"` | $1/(2\,n_H n_W n_C)^2$ | the paper, Ng's lecture, his course |
# | `"frobenius"` | 1 | S3:68 |
# | `"notes"` | $1/(2\,n_H n_W n_C)$ | S3:69: most likely the line above after its square got lost |
# | `"mean"` | $1/n_C^2$ | S4:54, `torch.mean` over the entries of the raw matrices |
# | `"per_position"` | $1/(n_H n_W n_C)^2$ | TensorFlow's tutorial |
# | `"relative"` | $1/\lVert\text{Gram}(S)\rVert^2_F$ | default of `stylize` here; 1 means "as far off as a Gram matrix of zeros" |

# %% tags=["nbval-check-output"]
def constant(name, n, n_C, gram_S):
    """The constant of a convention, for n = nH·nW positions and n_C channels."""
    return {
        "gatys": 1 / (2 * n * n_C) ** 2,
        "frobenius": 1.0,
        "notes": 1 / (2 * n * n_C),
        "mean": 1 / n_C**2,
        "per_position": 1 / (n * n_C) ** 2,
        "relative": 1 / np.sum(np.square(gram_S, dtype=np.float64)),
    }[name]

conventions = ["gatys", "frobenius", "notes", "mean", "per_position", "relative"]
for name in conventions:
    cost = constant(name, 4, 3, gram_S) * frobenius
    print(f"{name:13} J_style[l](a, b) = 4 / {4 / cost:<4.0f} = {cost:.7f}")
    assert np.isclose(cost, layer_style_cost(a, b, name))

def equivalent(weight, source, target, n, n_C, gram_S=1.0):
    """The weight that has the same effect under `target` as `weight` has under `source`."""
    return weight * constant(source, n, n_C, gram_S) / constant(target, n, n_C, gram_S)

print("weight 1 with gatys =", *(f"{equivalent(1, 'gatys', name, 4, 3, gram_S):.4g} with {name};" for name in conventions[1:]))

# %% [markdown]
# 1/144, 4, 1/6, 4/9, 1/36 and 1/26, all for the same two arrays. If your program disagrees with a text by a factor of 24, this is where to look.
#
# **Within one layer** none of this matters: the constant can be absorbed into β, and every convention puts a set of pictures in the same order. `equivalent`
# carries a weight from one convention to another; the last line of the output uses it.
#
# ## Across layers the constant is a hidden λ
#
# The style cost sums over layers with weights λ (S3:73-74):
#
# $$J_{style}(S,G) = \sum_l \lambda^{[l]}\, J^{[l]}_{style}(S,G)$$
#
# (The left side of S3:73 keeps an l that has been summed away.) In a VGG, n shrinks by 4 from block to block while nC grows. So a
# constant that contains n and nC in another way than `"gatys"` acts as if you had chosen other λ. **Predict**: with S3:69, which layer gets the largest weight?

# %% tags=["nbval-check-output"]
shapes = [(256 // 2**block, n_C) for block, n_C in enumerate((64, 128, 256, 512, 512))]  # a square picture of 256 px
implied = {name: np.array([equivalent(1, name, "gatys", side**2, n_C) for side, n_C in shapes]) for name in conventions[:4]}
implied = {name: values / values[-1] for name, values in implied.items()}
_, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
for index, (name, values) in enumerate(implied.items()):
    axis.bar(np.arange(5) + 0.2 * (index - 1.5), values, 0.2, bottom=0, label=name, hatch=["", "//", "..", "xx"][index], edgecolor="black")
    print(f"{name:10}", *(f"{value:8.0f}" for value in values))
axis.set_yscale("log")
axis.set_xticks(range(5), [f"block{block}_conv1" for block in range(1, 6)])
axis.set_ylabel("implied λ, block5 = 1")
axis.legend(title="convention")
plt.show()
assert np.array_equal(implied["notes"], [32, 16, 8, 4, 1])

# %% [markdown]
# *Figure: for each of five layers four bars, the λ that a convention implies when you write "all λ equal", measured by `"gatys"`; logarithmic axis,
# and those of block5 are 1.* `"gatys"` stays at 1. "Equal weights" with S3:69 really means 32 : 16 : 8 : 4 : 1, with the plain Frobenius norm
# 1024 : 256 : 64 : 16 : 1, and with S4's mean of raw matrices 65536 : 4096 : 256 : 16 : 1. (`"per_position"` is 4 times
# `"gatys"` in every layer, so it implies the same λ.)
#
# ### And the activations add their own
#
# So is `"gatys"` the fair one? Its constant takes care of the *shapes*. But the cost is a fourth power: Gram is quadratic in a, the distance
# quadratic in Gram. A layer with activations three times as large weighs 81 times as much. Look at real activations:

# %% tags=["nbval-check-output"]
a_C = activations["C"]
cost_of = {name: np.array([layer_style_cost(a_S[l], a_C[l], name) for l in layers], np.float64) for name in conventions}
print(" " * 14 + "".join(f"{l:>14}" for l in layers))
print("mean a[l](S)  " + "".join(f"{a_S[l].numpy().mean():14.3g}" for l in layers))
for name, costs in cost_of.items():
    print(f"{name:14}" + "".join(f"{share:14.1%}" for share in costs / costs.sum()))

_, axis = plt.subplots(figsize=(8.5, 3.2), layout="constrained")
left = np.zeros(len(conventions))
for index, l in enumerate(layers):
    share = np.array([costs[index] / costs.sum() for costs in cost_of.values()])
    axis.barh(conventions, share, left=left, label=l, hatch=["", "//", "..", "xx", "--"][index % 5], edgecolor="black")
    left += share
axis.invert_yaxis()
axis.set(xlabel="share of J_style(S, C) with equal λ", xlim=(0, 1))
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# *Figure: a horizontal bar for each convention, divided into the shares of the layers in the style cost of C against S, all λ being equal.* With the
# committed settings, block4_conv1 makes up about 99 percent under `"gatys"`: the other four λ are decoration. Its mean activation is
# more than twenty times that of block 1, and 20⁴ = 160,000. The paper's authors rescaled their VGG until every channel's mean
# activation was 1, and then equal λ meant equal. Keras's VGG is as it was trained, and most tutorials that use it copy the λ = 1/5 without the rescaling. (The raw `"mean"`
# favors block 1 by its constant and block 4 by its activations, and ends up somewhere between.)
#
# Hence `"relative"`, which divides by the size of Gram(S) itself: each layer says how far off G is *by its own standard*, and λ is what you choose.
#
# **Does it matter which picture is nearer?** Sort the pictures by their distance from S, for one layer and for the sum:

# %% tags=["nbval-check-output"]
weights = dict.fromkeys(layers, layer_weight)  # λ
others = [title for title in activations if title != "S"]
for title in others:
    print(f"{title:13} relative, by layer:", *(f"{layer_style_cost(a_S[l], activations[title][l], 'relative'):.2f}" for l in layers))
by_layer = {}
for name in conventions:
    one = {title: float(layer_style_cost(a_S[layers[0]], activations[title][layers[0]], name)) for title in others}
    total = {title: float(style_cost(a_S, activations[title], weights, name)) for title in others}
    by_layer[name] = sorted(others, key=one.get)
    print(f"{name:13} {layers[0]}: {' < '.join(by_layer[name]):30}  sum: {' < '.join(sorted(others, key=total.get))}")
assert all(order == by_layer["gatys"] for order in by_layer.values())

# %% [markdown]
# In one layer, all conventions agree on the order, as they must. In the sum they need not, because they listen to different layers: with the committed settings
# four of them find the photograph nearer to S than the print, since block 4 alone decides; `"mean"` and `"relative"` say the opposite. (With a single
# layer in `layers`, or pictures far apart, all agree.) "Which picture is closer in style?" has no answer without a convention.
#
# ## The sum over layers, with λ
#
# `style_cost` is that sum. Check it term by term, and use `equivalent` for a translation: the λ that make S3:69 give what `"gatys"` gives.

# %% tags=["nbval-check-output"]
J_style = style_cost(a_S, a_C, weights, "gatys").numpy()
terms = [weights[l] * layer_style_cost(a_S[l], a_C[l], "gatys").numpy() for l in layers]
assert np.isclose(J_style, sum(terms))
n_of = {l: a_C[l].shape[1] * a_C[l].shape[2] for l in layers}
translated = {l: equivalent(weights[l], "gatys", "notes", n_of[l], a_C[l].shape[-1]) for l in layers}
assert np.isclose(J_style, style_cost(a_S, a_C, translated, "notes"))
relative = style_cost(a_S, a_C, weights, "relative").numpy()
print(f"J_style(S, C): gatys {J_style:.3g}, notes with translated λ {style_cost(a_S, a_C, translated, 'notes'):.3g}, relative {relative:.3g}")
print("translated λ, last layer = 1:", *(f"1/{translated[layers[-1]] / translated[l]:.3g}" for l in layers))

# %% [markdown]
# ## When S and G differ in size
#
# A raw Gram matrix is a sum over positions, so a larger picture has larger entries. **Predict**: tile `a` 2 x 2. It is the same
# texture, only more of it. What happens to Gram, and to Gram/N?

# %% tags=["nbval-check-output"]
tiled = np.tile(a, (2, 2, 1))
print("Gram(tiled) = 4·Gram(a):", np.array_equal(gram_matrix(tiled), 4 * gram_matrix(a)))
print("Gram(tiled)/16 = Gram(a)/4:", np.array_equal(gram_matrix(tiled) / 16, gram_matrix(a) / 4))
for name in conventions:
    try:
        print(f"{name:13} J_style[l](a, tiled) = {layer_style_cost(a, tiled, name):.3f}")
    except ValueError as error:
        print(f"{name:13} ValueError: {error}")

# %% [markdown]
# Three conventions divide each Gram matrix by its own number of positions first and find: the same style. The other three would compare raw sums
# of unlike length and call the same texture different, so the package refuses. (The paper avoids the question by giving S the size of C.)
#
# ## Optional: what the style cost is to a statistician
#
# Take each position's activations as one sample of nC numbers. The style cost then asks: *do S and G draw their samples from the same
# distribution?* Expanding the square shows that `"gatys"` is a maximum mean discrepancy (MMD) with the kernel $(x \cdot y)^2$, divided by $4 n_C^2$:

# %% tags=["nbval-check-output"]
x, y = a.reshape(4, 3), b.reshape(4, 3)
kernel = lambda x, y: np.mean((x @ y.T) ** 2)  # over all pairs of positions
mmd_squared = kernel(x, x) + kernel(y, y) - 2 * kernel(x, y)
print(f"MMD² = {mmd_squared}; MMD²/(4·nC²) = {mmd_squared / 36:.7f}; gatys = {layer_style_cost(a, b, 'gatys'):.7f}")
assert np.isclose(mmd_squared / 36, layer_style_cost(a, b, "gatys"))

# %% [markdown]
# ## Summary
#
# - $\text{Gram}_{kk'} = \sum_{ij} a_{ijk}a_{ijk'}$: which channels are strong together, wherever that is. It is neither a covariance nor a correlation.
# - In Keras: reshape to (nH·nW, nC), then `features.T @ features`. The reshape to (nC, nH·nW) is wrong and looks right.
# - The constant in front of $\lVert\Delta\text{Gram}\rVert^2$ only rescales β within a layer, but sets λ across layers; so do the sizes of the activations. `"relative"` removes both.
#
# ## Exercises
#
# **Exercise 1.** By pencil: the Gram matrix of this array of shape (1, 2, 2): position (0,0) has the activations [1, 2], position (0,1) has [3, 0]. Write
# it as a nested list.

# %% tags=["exercise"]
# Exercise 1: your answer, [[.., ..], [.., ..]], replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# 1·1 + 3·3 = 10, 1·2 + 3·0 = 2, 2·2 + 0·0 = 4.
#
# ```python
# answer = [[10, 2], [2, 4]]
# ```
# </details>
#
# **Exercise 2.** Spot the bug: this function was copied from a channels-first program. Give a right one for an array of shape (nH, nW, nC).
#
# ```python
# def gram(a):
#     rows = a.reshape(a.shape[-1], -1)
#     return rows @ rows.T
# ```

# %% tags=["exercise"]
# Exercise 2: your function replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def gram(a):
#     rows = a.reshape(-1, a.shape[-1])  # positions, channels
#     return rows.T @ rows
#
# answer = gram
# ```
# </details>
#
# **Exercise 3.** `A` and `B` have the shape (4, 4, 3), and $\lVert\text{Gram}(A)-\text{Gram}(B)\rVert^2_F = 85930$. Give the cost in three
# conventions: S3:69 (`"notes"`), the paper (`"gatys"`) and S4:54 (`"mean"`).

# %% tags=["exercise"]
# Exercise 3: replace each None
answer = (None, None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# nH·nW·nC = 48, and the Gram matrices have 9 entries.
#
# ```python
# answer = (85930 / (2 * 48), 85930 / (2 * 48) ** 2, 85930 / 9)
# ```
# </details>
#
# **Exercise 4.** Someone feeds pictures in 0..1 instead of 0..255, and all activations of a layer come out 10 times smaller for C, S and G. By which
# factors are the content cost (`"mean"`) and the style cost (`"gatys"`) divided?

# %% tags=["exercise"]
# Exercise 4: your answer, (content, style), replaces None
answer = (None, None)
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Content is quadratic in the activations, style of degree four. The same α and β then mean something else altogether, one reason why weights such as 10 and 40 and
# weights such as 10⁴ and 10⁻² are both found in programs that work.
#
# ```python
# small_a, small_b = a / 10, b / 10
# answer = (content_cost(a, b) / content_cost(small_a, small_b), layer_style_cost(a, b) / layer_style_cost(small_a, small_b))
# ```
# </details>
#
# **Exercise 5.** A Gram matrix is symmetric. How many different numbers describe a style in the five layers block1_conv1 .. block5_conv1, with 64, 128, 256, 512 and
# 512 channels?

# %% tags=["exercise"]
# Exercise 5: your answer replaces None
answer = None
check(5, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = sum(n_C * (n_C + 1) // 2 for n_C in (64, 128, 256, 512, 512))
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. Two pictures have the same Gram matrices in all layers. Must they show the same objects?</summary>
# No. The places are summed away; notebook 05 makes such pictures from noise.
# </details>
#
# <details><summary>2. Your Gram matrix has the right shape and is symmetric. Is it right?</summary>
# Not yet shown: the wrong reshape passes both tests. Compare with numbers worked out by hand.
# </details>
#
# <details><summary>3. Two tutorials both use λ = 1/5 for five layers. Do they weigh the layers alike?</summary>
# Only if their constants depend on nH, nW and nC in the same way, and their activations have the same sizes.
# </details>
#
# ## Sources
#
# Lines covered: S0:26-28, S1:18, S2:41, S3:39-74, S4:39-58. Gatys, Ecker and Bethge, [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576); Li and
# others, [Demystifying Neural Style Transfer](https://arxiv.org/abs/1701.01036) (the MMD); Risser and others, [Stable and Controllable Neural Texture
# Synthesis](https://arxiv.org/abs/1701.08893) (equal Gram, different variance).
#
# **The way on**: notebook 05 makes pictures from Gram matrices alone, and shows what each layer's λ does to them.

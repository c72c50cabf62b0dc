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
# You compute a style matrix with a pencil, see it in real channels of VGG, and find out what it knows about a picture and what it does not.
#
# **What you will learn**
#
# - the Gram matrix says which channels are active *together*, and forgets *where*;
# - the gradient of the style cost is one matrix product, which you derive and check;
# - one innocent-looking `reshape` measures something else, and the constants that texts print silently weigh the layers.
#
# **Time**: about half a minute on 2 CPU cores.
#
# ## Setup
#
# The last two lines are two tiny "activations" of shape (nH, nW, nC) = (2, 2, 3): 2 rows, 2 columns, 3 channels. `a` plays the style image S, `b`
# the generated image G.

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, gram_matrix, load_vgg, show_images
from nst_keras.costs import content_cost, gram_cost, layer_style_cost, style_cost
from nst_keras.images import initial_image, load_image, resize_image, to_pixels
from nst_keras.lessons.diagram import draw_method
from nst_keras.lessons.exercises.nb04 import check
from nst_keras.optimize import lbfgs, minimize
from nst_keras.style import moments
from nst_keras.vgg import receptive_field

a = np.array([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]], np.float32)
b = np.array([[[0, 1, 1], [1, 1, 0]], [[1, 0, 2], [2, 0, 1]]], np.float32)

# %% [markdown]
# ## Tweak me
#
# Change any value, then run the notebook again from here. Comments describe the stored outputs.

# %% tags=["parameters"]
style_name = "cafe_terrace"  # S: a painting of this project, or the path of a picture
painter_name = "church_auvers"  # another picture by the same painter
other_name = "great_wave"  # a picture by someone else
content_name = "palace"  # C, a photograph
max_side = 256  # of each picture the middle square is taken, with this side in pixels
pooling = "max"  # of the network: "max" or "avg"
layers = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]  # style layers
layer_weight = 0.2  # λ, the same for every layer
pair_layer, blue, lines = "block2_conv1", 49, 97  # a layer, and two of its channels: 49 should see blue, 97 slanted lines
bank = ["great_wave", "cafe_terrace", "night_cafe", "church_auvers", "composition_viii", "palace", "astronaut", "coffee"]
channels_shown = 64  # in the heat maps: the most active channels of all pictures
seam_sides = (128, 256, 384)  # sides in pixels for the test with swapped halves
grow_side, grow_steps = 240, 15  # of the textures: their side in pixels, gradient evaluations at this size
seed = 0  # of the shuffling, of the places in a figure, and of the white noise

# %% alt="Diagram of the method with the style branch in color: S and G go through one frozen network, and at each of five blocks two small square tables, one of S and one of G, are compared; the rest is gray."
draw_method("style")

# %% [markdown]
# *Figure: the whole method; what this notebook and the next one build is in color.* Notebook 03 built the content cost, in gray above. The pairs of small tables
# below the network are Gram matrices.
#
# ## Blue stripes
#
# A common definition: style is how the activations of *different channels* of one layer go together, that is, which of the things that a layer
# detects tend to occur at the same place. Say one channel detects stripes and another one the color blue. Here are two pictures, eight places wide. In the
# first one the stripes are blue. In the second one the ground is blue and the stripes are orange.
#
# **Predict**: at each place you multiply each channel by itself, and the two channels by each other, and add up over the places. Which of these three numbers tells the pictures apart?

# %% tags=["nbval-check-output"] alt="Left: four blue stripes on a cream ground; below it the rows stripe and blue are both 1 0 1 0 1 0 1 0, and so is their product. Right: four orange stripes on a blue ground; stripe is 1 0 1 0 1 0 1 0, blue is 0 1 0 1 0 1 0 1, and the product is 0 everywhere."
stripe = np.array([1, 0] * 4)
worlds = {"blue stripes": (stripe, "#2b5fa8", "#f3ead2"), "orange stripes on blue": (1 - stripe, "#e08a2c", "#2b5fa8")}
_, axes = plt.subplots(2, 2, figsize=(11, 4.2), height_ratios=[1.3, 1], layout="constrained")
for (picture, table), (name, (is_blue, ink, ground)) in zip(axes.T, worlds.items(), strict=True):
    colors = [plt.matplotlib.colors.to_rgb(ink if each else ground) for each in stripe]
    picture.imshow([colors], aspect="auto")
    picture.set(title=name, xticks=[], yticks=[])
    rows = np.stack([stripe, is_blue, stripe * is_blue])
    table.imshow(rows, cmap="Greys", vmax=3, aspect="auto")
    table.set_yticks(range(3), ["stripe", "blue", "stripe · blue"])
    table.set_xticks([])
    for (row, place), value in np.ndenumerate(rows):
        table.text(place, row, value, ha="center", va="center")
    print(f"{name:23} sums: stripe·stripe {stripe @ stripe}   blue·blue {is_blue @ is_blue}   stripe·blue {stripe @ is_blue}")
plt.show()

# %% [markdown]
# *Figure: two pictures, and below each the activations of both channels at its eight places, and their product.* Each channel by itself has the same sum in both
# pictures: 4. Only the product of two *different* channels knows that what is striped is also blue: 4 against 0.
#
# ## The Gram matrix with a pencil
#
# Do the same for every pair of channels, k and k', and you have a table with nC rows and nC columns:
#
# $$\text{Gram}_{kk'} = \sum_{i=1}^{n_H}\sum_{j=1}^{n_W} a_{ijk}\; a_{ijk'}$$
#
# where $a_{ijk}$ is the activation at row i, column j and channel k of one layer. Its shape is (nC, nC), whatever the size of the picture. You
# compute one for S and one for G. (It is named after Jørgen Pedersen Gram. Some texts call it G; here G is the generated image.)
#
# You can also read the formula position by position. At one position there are nC activations. Multiply each with each: that is a small table, the **outer product** of the
# activations with themselves. The Gram matrix is the sum of these tables, one per position. **Predict** the corner at the upper left of the sum, from the
# four positions [1 0 2], [0 1 1], [2 1 0], [1 0 1] of `a`.

# %% alt="Four tables of three by three products, one for each position of a, joined by plus signs, then an equals sign and their sum, the Gram matrix with the rows 6 2 3, 2 2 1 and 3 1 6."
positions = a.reshape(-1, 3).astype(int)  # four positions, three channels each
tables = [np.outer(p, p) for p in positions] + [positions.T @ positions]
_, axes = plt.subplots(1, 5, figsize=(15, 3.6), layout="constrained")
for number, (axis, table) in enumerate(zip(axes, tables, strict=True)):
    axis.imshow(table, cmap="YlGnBu", vmin=0, vmax=9)
    for (k, m), value in np.ndenumerate(table):
        p = positions[number % 4]
        text = f"{value}" if number == 4 else f"{p[k]}·{p[m]}={value}"
        axis.text(m, k, text, ha="center", va="center", fontsize=16 if number == 4 else 11)
    axis.set(xticks=range(3), yticks=range(3), xlabel="k'", ylabel="k")
    axis.set_title("sum = Gram" if number == 4 else f"position ({number // 2},{number % 2}): {p}")
    if number < 4:
        axis.text(2.62, 1, "=" if number == 3 else "+", fontsize=22, va="center", clip_on=False)
plt.show()

# %% [markdown]
# *Figure: all 36 products of the small example. Each of the four tables is the outer product of one position; the fifth one is their sum.*
# The **diagonal** (k = k') says how active a channel is at all: 1 + 0 + 4 + 1 = 6. The rest says which channels are active together. Row k, column k' and row k',
# column k are equal: the matrix is symmetric.
#
# In code there are several ways to it:

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
ways = {
    "four loops": gram_by_loops(a),
    "features.T @ features": features.T @ features,
    "einsum": np.einsum("ijk,ijm->km", a, a),
    "nst_keras.gram_matrix": gram_matrix(a).numpy(),
}
for name, gram in ways.items():
    print(f"{name:22}", gram.astype(int).tolist())
    assert np.array_equal(gram, [[6, 2, 3], [2, 2, 1], [3, 1, 6]])

# %% [markdown]
# `einsum` is the formula almost letter by letter, `features.T @ features` is the usual one, a single matrix product, and all agree.
#
# ## Blue stripes in VGG
#
# Does VGG have such channels? A search among the 128 channels of block2_conv1 found two: channel 49 and channel 97. Test them with four cards, flat
# or striped, gray or blue. **Predict** for each card: which of the two channels is active?

# %% tags=["nbval-check-output"] alt="Four square test cards: flat gray, flat blue, slanted gray stripes and slanted blue stripes on cream, with the mean activation of channels 49 and 97 and of their product in each title."
extractor = FeatureExtractor(layers, load_vgg(pooling=pooling))
pair_extractor = FeatureExtractor([pair_layer], load_vgg(pooling=pooling))
y, x = np.mgrid[:120, :120]
slanted = (np.sin(2 * np.pi * (x - y) / 14) > 0)[..., np.newaxis]
ink, paper = {"gray": (85, 85, 85), "blue": (40, 70, 140)}, (235, 235, 225)
cards = {f"flat {name}": np.full((120, 120, 3), color) for name, color in ink.items()}
cards |= {f"{name} stripes": np.where(slanted, color, paper) for name, color in ink.items()}

def two_channels(image):
    maps = pair_extractor(image)[pair_layer][0].numpy()
    return maps[..., blue], maps[..., lines]

found = {}
for name, card in cards.items():
    p, q = two_channels(tf.constant(card[np.newaxis], tf.float32))
    p, q = (each[len(each) // 4 : -(len(each) // 4), len(each) // 4 : -(len(each) // 4)] for each in (p, q))
    found[name] = p.mean(), q.mean(), (p * q).mean()
titles = [f"{name}\n{blue}: {p:.0f}   {lines}: {q:.0f}\nproduct: {pq:,.0f}" for name, (p, q, pq) in found.items()]
for name, (p, q, pq) in found.items():
    print(f"{name:13} channel {blue}: {p:5.0f}   channel {lines}: {q:5.0f}   product, in thousands: {pq / 1000:4.0f}")
show_images(list(cards.values()), titles, tile=2.6)

# %% [markdown]
# *Figure: the cards, with the mean activation of each channel and the mean of their product (away from the border).* Channel 49 rises from 60 to 380 when the flat card turns
# blue. Channel 97 is nine to ten times as active for the stripes, gray or blue, as for flat blue. Neither is pure: gray stripes excite the blue channel too,
# with 157. But the product is largest where blue *and* stripes come together, 421 thousand. (Most of it the two means already tell, 331 · 1180 = 391 thousand. That both are strong at the *same* places is
# seen in the pictures below.)
#
# Now real pictures: a print by Hokusai and a painting by van Gogh. Both look blue in places, and both have lines. **Predict**: in which one does the product light up?

# %% tags=["nbval-check-output"] alt="Two rows, the Great Wave and the Cafe Terrace: the picture, a map of channel 49, a map of channel 97, and their product. In the print channel 49 lights up in the blue water and the product along the blue lines of the wave; in the painting channel 49 is weak and the product almost dark."
middle = lambda image: tf.image.resize_with_crop_or_pad(image, *[min(image.shape[1:3])] * 2)
square = lambda name, side=max_side: resize_image(middle(load_image(name)), (side, side))
pictures = {name: square(name) for name in (other_name, style_name)}
maps = {name: two_channels(image) for name, image in pictures.items()}
columns = [f"channel {blue}: blue", f"channel {lines}: lines", "their product / 1000"]
tops = [max(np.quantile(f(*pair), 0.995) for pair in maps.values()) for f in (lambda p, q: p, lambda p, q: q, lambda p, q: p * q / 1000)]
_, axes = plt.subplots(len(maps), 4, figsize=(14, 3.3 * len(maps)), layout="constrained", squeeze=False)
for row, (name, (p, q)) in zip(axes, maps.items(), strict=True):
    row[0].imshow(to_pixels(pictures[name]))
    row[0].set_ylabel(name)
    for axis, values, top, title in zip(row[1:], (p, q, p * q / 1000), tops, columns, strict=True):
        drawn = axis.imshow(values, cmap="magma", vmin=0, vmax=top)
        plt.colorbar(drawn, ax=axis, shrink=0.8)
        axis.set_title(title)
    share = (p * q).sum() / np.sqrt((p * p).sum() * (q * q).sum())
    print(f"{name:13} Gram/N, in thousands: blue, blue {(p * p).mean() / 1000:4.1f}   lines, lines {(q * q).mean() / 1000:5.1f}"
          f"   blue, lines {(p * q).mean() / 1000:4.1f}   ratio {share:.2f}")
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
plt.show()

# %% alt="Three rows of eight small pieces of pictures, each with a white square of ten pixels. Channel 49: dark blue water, and black next to cream. Channel 97: edges and lines, many falling to the right, in several colors. Product: mostly lines and dots of dark blue water."
size, stride, offset = receptive_field(pair_extractor.vgg, pair_layer)
shown = [square(name) for name in bank]
seen = [maps[name] if name in maps else two_channels(image) for name, image in zip(bank, shown, strict=True)]
edge = min(size // stride + 4, len(seen[0][0]) // 2 - 1)  # so that the surroundings lie inside the picture
stacks = {f"channel {blue}": [p for p, q in seen], f"channel {lines}": [q for p, q in seen], "product": [p * q for p, q in seen]}
_, axes = plt.subplots(3, 8, figsize=(15, 6.4), layout="constrained")
for row, (name, of_bank) in zip(axes, stacks.items(), strict=True):
    values = np.stack(of_bank)[:, edge:-edge, edge:-edge]
    strongest = np.argwhere(values >= np.quantile(values, 0.995))
    for axis, (index, i, j) in zip(row, np.random.default_rng(seed).permutation(strongest), strict=False):
        top, left = (offset + stride * (each + edge) for each in (i, j))
        axis.imshow(to_pixels(shown[index]))
        axis.add_patch(plt.Rectangle((left - 0.5, top - 0.5), size, size, fill=False, edgecolor="white", linewidth=2))
        axis.set(xlim=(left - size, left + 2 * size), ylim=(top + 2 * size, top - size), xticks=[], yticks=[])
        axis.set_title(bank[index], fontsize=10)
    row[0].set_ylabel(name, fontsize=12)
plt.show()

# %% [markdown]
# *First figure: the activations of the two channels at every place, and their product, for the print and for the painting; one scale for each column.* In the print the blue
# channel sees the water, the line channel sees edges everywhere, in blue, in foam and in wood, and the product keeps the dark blue lines of the wave. In the painting the sky is
# violet rather than blue, the lines are in the awning and the pavement, and little remains of the product (15 % of the print's), mostly at edges against the sky. **The Gram entry of the two channels is the sum of their product over all N = nH·nW places**; the output prints its mean, Gram/N. Divided by
# the roots of the two diagonal entries it is 0.58 for the print and 0.32 for the painting ("ratio": 1 if both channels were proportional, 0 if they were never active together).
#
# *Second figure: eight places for each row, drawn at random from the half percent of all places in eight pictures where the channel, or the product, is strongest. The white square is what the unit sees, 10 x 10 pixels.*
# Channel 49: mostly dark blue, though black beside cream excites it too. Channel 97: edges and lines of any color, many of them falling to the right. Product: six of eight places lie in the blue water of the print; the other two are black bars on cream, which this pair takes for blue stripes as well.
#
# ## Not a correlation
#
# Many texts say that the Gram matrix holds the *correlations* of the channels, others that it is an *unnormalized covariance*. In statistics both subtract each channel's mean μ first; the
# Gram matrix subtracts nothing. (Signal processing also calls the mean of $xx^T$ a correlation, with nothing subtracted. In that sense the texts are right.) With N = nH·nW positions:
#
# $$\tfrac1N\,\text{Gram} = \text{cov} + \mu\mu^T, \qquad \text{corr}_{kk'} = \text{cov}_{kk'} / \sqrt{\text{cov}_{kk}\,\text{cov}_{k'k'}}$$
#
# **Predict**: in `a` channels 0 and 1 have the entry 2, channels 0 and 2 the entry 3. Are those channels positively correlated?

# %% tags=["nbval-check-output"]
def three_numbers(x, k, m):
    """Gram/N, covariance and correlation of the channels k and m of x, (positions, channels)."""
    gram, mu = x.T @ x / len(x), x.mean(axis=0)
    cov = (x - mu).T @ (x - mu) / len(x)
    assert np.allclose(gram, cov + np.outer(mu, mu))
    return gram[k, m], cov[k, m], cov[k, m] / np.sqrt(cov[k, k] * cov[m, m])

print("means of a:", features.mean(axis=0))
for k, m in [(0, 1), (0, 2), (1, 2)]:
    gram, cov, corr = three_numbers(features, k, m)
    print(f"channels {k} and {m}:  Gram/N {gram:.2f}   cov {cov:5.2f}   corr {corr:5.2f}")
for name, (p, q) in maps.items():
    x = np.stack([p.ravel(), q.ravel()], axis=1).astype(np.float64)
    gram, cov, corr = three_numbers(x, 0, 1)
    print(f"{name:13} Gram/N {gram / 1000:4.1f}   cov {cov / 1000:4.1f}, in thousands   corr {corr:.2f}   (channels {blue} and {lines})")

# %% [markdown]
# Channels 0 and 1 have an entry above zero and no correlation at all; channels 0 and 2 have the largest entry off the diagonal and a *negative* correlation. After a ReLU no
# activation is below zero, so no entry of a Gram matrix is. An entry can be large just because both channels are strong on average. In the print half of the entry (27.8 of 55.9) is
# covariance, and the other half only says that both channels are strong on average. In the painting the covariance is a third.
#
# For style that is useful: "much blue" is part of a style, and a correlation would not know it. And a last slip to avoid: the pairs are channels of *one* layer, never of two layers.
#
# ## The distance of two Gram matrices
#
# The style cost of a layer is the squared **Frobenius norm** of ΔGram = Gram(G) − Gram(S), the difference: subtract entry by entry, square, add up, written ‖ΔGram‖²_F (‖·‖ without the square is its root). Like the content
# cost it measures *dis*similarity: 0 means the same Gram matrix, and low is good. It compares S with G; C plays no part in it.
#
# Check it with a pencil: Gram(b) has the rows 6 1 4, 1 2 1 and 4 1 6. Four entries differ by 1, so the distance is 4.
#
# Texts put a constant c in front of it, Gatys et al. for example $1/(2\,N\,n_C)^2$. A later section, "Six constants", compares them; until then only the distance matters.
#
# ## The gradient of the style cost
#
# What does the style cost ask of an activation? Write the activations of G as a matrix $a$ with N rows (positions) and nC columns, so that
# $\text{Gram} = a^T a$. Let c be the constant in front and $\Delta = \text{Gram}(G) - \text{Gram}(S)$. Change $a$ a little, by $da$:
#
# 1. $J = c \sum_{kk'} \Delta_{kk'}^2$, so $dJ = 2c \sum_{kk'} \Delta_{kk'}\, d\text{Gram}_{kk'}$;
# 2. $d\text{Gram} = da^T a + a^T da$, and since $\Delta$ is symmetric both parts contribute the same: $dJ = 4c \sum_{kk'} \Delta_{kk'} \sum_p da_{pk}\, a_{pk'}$;
# 3. collect what stands beside $da_{pk}$:
#
# $$\frac{\partial J_{style}}{\partial a} = 4c\; a\,\Delta$$
#
# With Gatys' constant, $c = 1/(2Nn_C)^2$, this is $a\,\Delta/(N n_C)^2$. By pencil for `b` at position (1,0), where the activations are [1 0 2]: times the matrix
# Δ with the rows 0 −1 1, −1 0 0 and 1 0 0 this gives [2 −1 1]. Divided by (4·3)² = 144, that is the gradient. **Predict**: which channel does the cost want to grow there?

# %% tags=["nbval-check-output"]
delta = (gram_matrix(b) - gram_matrix(a)).numpy()
print("Gram(b) - Gram(a) =", delta.astype(int).tolist())
print(f"sum of squares: {np.sum(delta**2):.0f}   squared Frobenius norm: {np.linalg.norm(delta) ** 2:.0f}")
assert np.sum(delta**2) == layer_style_cost(a, b, "frobenius") == 4
by_hand = b.reshape(-1, 3) @ delta / (4 * 3) ** 2
G = tf.constant(b)
with tf.GradientTape() as tape:
    tape.watch(G)
    J = layer_style_cost(a, G, "gatys")
by_tape = tape.gradient(J, G).numpy().reshape(-1, 3)
print("144 · gradient, by hand:", (144 * by_hand).round(3).tolist())
print("144 · gradient, by tape:", (144 * by_tape).round(3).tolist())
assert np.allclose(by_hand, by_tape)
for step in (1, 5, 20):
    after = b - step * by_hand.reshape(b.shape).astype(np.float32)
    print(f"after a step of {step:2} times the gradient: 144 · J = {144 * float(layer_style_cost(a, after)):.3f}")

# %% [markdown]
# Both agree. Read one row, that of position (1,0), downhill: channel 1 is asked to grow, because channels 0 and 1 are too rarely active together in G, and channels 0 and 2 should shrink, because they are
# too often active together. At (0,0) nothing is to be done to channel 0: channel 1 asks for more of it, channel 2, which is just as active, for less, and the two cancel; for channels 1 and 2 only channel 0 could ask, and it is 0. A step downhill lowers 144·J, which is 1 for `b`; one that is too
# long (20) ends higher than a shorter one (5). How long it should be is the subject of notebook 06.
#
# Look at the formula once more. *Every position gets the same instruction*, the table Δ, and applies it to its own activations; no position asks what its neighbors do. From there
# `tape.gradient` goes on by the chain rule, through the layers down to the pixels. On that way a ReLU lets nothing through where its output is 0, so in a network a silent channel, such as channel 1 at (1,0), is asked in vain: it wakes only as a side effect of what other units ask of the same pixels.
#
# ## Places are forgotten
#
# A sum does not depend on its order. **Predict**: move the four positions of `a` around. What happens to the Gram matrix, and to the content cost of notebook
# 03? Then do the same with the activations of S in the last of your layers.

# %% tags=["nbval-check-output"]
def shuffled(a):
    """The same positions in another order."""
    rows = np.reshape(a, (-1, a.shape[-1]))
    return np.random.default_rng(seed).permutation(rows).reshape(a.shape)

S = square(style_name)
a_S = extractor(S)
deep = a_S[layers[-1]].numpy()
moved = features[[3, 1, 0, 2]].reshape(a.shape)
print("Gram of a, and of a with its positions moved:", gram_matrix(a)[0].numpy(), gram_matrix(moved)[0].numpy(), "(first rows)")
print("squared differences, place by place:", int(2 * content_cost(a, moved, "half_sum")))
cost, other_cost = layer_style_cost(deep, shuffled(deep), "relative"), content_cost(deep, shuffled(deep), "relative")
print(f"{layers[-1]} of S, shuffled: style cost {cost:.3f}, content cost {other_cost:.2f}")
assert np.array_equal(gram_matrix(a), gram_matrix(moved))
assert cost < 1e-9 < other_cost

# %% [markdown]
# The style cost cannot see the move at all, the content cost can: that is the division of labor in style transfer. ("relative" divides the style cost by the squared size of S's own Gram matrix, and the content cost by the squared size of C's own activations (here those of S stand in for C): 1 means as far off as
# zeros would be. The constants are a later section.)
#
# So does the Gram matrix of a *picture* know nothing of "the sky is on top"? Careful: you moved activations. Move *pixels*, and the network computes
# new activations. **Predict** the style cost between S and: S upside down (mirrored, top to bottom); S with its left and right halves swapped; another picture by the same painter.

# %% tags=["nbval-check-output"]
upside_down = lambda image: image[:, ::-1]
halves_swapped = lambda image: tf.roll(image, image.shape[2] // 2, axis=2)
style_of = lambda activations: {l: moments(a) for l, a in activations.items()}  # N and the Gram matrix of each layer
by_layer = lambda of_S, of_G: [float(gram_cost(of_S[l], of_G[l], "relative")) for l in layers]
named = {"same painter": square(painter_name), "other painter": square(other_name), "photograph": square(content_name)}
compared = {"S": S, "S upside down": upside_down(S), "S, halves swapped": halves_swapped(S), **named}
styles = {title: style_of(a_S if image is S else extractor(image)) for title, image in compared.items()}
print("against S:" + " " * 23 + " ".join(f"{l[:6]:>7}" for l in layers))
for title in list(compared)[1:]:
    print(f"{title:31}" + " ".join(f"{cost:7.3f}" for cost in by_layer(styles["S"], styles[title])))
print("against the other painter:")
for title, change in {"it upside down": upside_down, "it, halves swapped": halves_swapped}.items():
    changed = style_of(extractor(change(named["other painter"])))
    print(f"{title:31}" + " ".join(f"{cost:7.3f}" for cost in by_layer(styles["other painter"], changed)))
print(f"{'S':31}" + " ".join(f"{cost:7.3f}" for cost in by_layer(styles["other painter"], styles["S"])))
deepest = lambda image: extractor(image)[layers[-1]]
for side in seam_sides:
    of = square(style_name, side)
    cost = layer_style_cost(deepest(of), deepest(halves_swapped(of)), "relative")
    print(f"S, halves swapped, at {side} pixels: {cost:.2f} in {layers[-1]}")

# %% alt=["Six pictures: S, S upside down, S with swapped halves, the Church at Auvers, the Great Wave, a photograph of a palace.", "Two rows of six heat maps, Gram(S) and five differences from it. In block1 those of the two copies of S are blank, the others have blue crossings and that of the photograph red lines; in block5 all have a pattern, that of the photograph the strongest."]
ends = [layers[0], layers[-1]]
show_images(list(compared.values()), list(compared), tile=2.5)
_, axes = plt.subplots(2, len(compared), figsize=(18, 6.5), layout="constrained", squeeze=False)
for axis, title in zip(axes[0], compared, strict=True):
    axis.set_title(title)
for row, l in zip(axes, ends, strict=True):
    grams = [of[l].gram.numpy() / of[l].n for of in styles.values()]
    size = np.linalg.norm(grams[0])
    order = np.argsort(-np.max([np.diag(gram) for gram in grams], axis=0))[:channels_shown]
    few = [gram[np.ix_(order, order)] / size for gram in grams]
    for axis, gram, part in zip(row, grams, few, strict=True):
        shown = part if gram is grams[0] else part - few[0]
        drawn = axis.imshow(shown, cmap="RdBu_r", vmin=-0.5 * few[0].max(), vmax=0.5 * few[0].max())
        cost = np.sum((gram - grams[0]) ** 2) / size**2
        axis.set_xlabel("Gram(S)" if gram is grams[0] else f"ΔGram: cost {cost:.3f}\nshown here: {np.sum(shown**2):.3f}")
    plt.colorbar(drawn, ax=row, shrink=0.8, extend="both", label="entry / ‖Gram(S)‖")
    row[0].set_ylabel(l)
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The swapped halves cost next to nothing in the first four layers, 0.010 at most. In block5_conv1 they cost 0.13, because a unit there sees 156 x 156 pixels, so every unit looks across the new seam or over the border. That it is the seam, and not the place, is likely:
# the larger the picture, the smaller its share, 0.34, 0.13, 0.07. (A hint, no proof: the three sizes also differ in what a unit sees of the scene.)
#
# Upside down is another matter: a mirror turns what filters see, slanted lines, light from above, objects. In block5_conv1 it costs 0.33, about half of what another picture by the same painter costs (0.61); for the print it costs 0.47. So a Gram matrix hardly knows *where* things are, but in block 5 it does notice that the picture was mirrored from top to bottom (whether a mirror from left to right costs less is not tested here). "The Gram matrix forgets places" is exactly true of shuffled activations, and only roughly true of pictures.
#
# *Figures: the pictures; below them Gram(S) and ΔGram, all per position and divided by the size ‖Gram(S)‖ (first column: the entries of Gram(S); the others: red is more than in S, blue is less). Colors beyond the ends of the bar are cut off. Block 1 has 64 channels, all of them shown; of the 512 in block 5 the 64 most active ones.
# The cost is the sum of the squares of all entries, "shown here" of those that you see.* In block 1 both changed copies of S are blank. The other pictures have less of what S is strong in (blue crossings); the photograph has a few channels that S uses less (red lines). In block 5 no map is blank, and the photograph differs most. There the 64 channels, 1/64 of all entries, hold 9 to 25 % of the cost; the rest is in entries not shown. In four of the five layers the other van Gogh is the one nearest to S; in block 2 the print is nearer, and in blocks 3 and 4 the photograph is nearer than the print. Do not take one layer's number for a likeness of style.
#
# ## The wrong reshape
#
# Programs in PyTorch write `gf.view(channel, height * width)` and multiply with the transpose. That is right there, since PyTorch's arrays are (channel, height,
# width). In Keras the channels come **last**, and the same line runs without any complaint. **Predict**: what do its "rows" hold?

# %% tags=["nbval-check-output"]
def wrong_gram(a):
    rows = tf.reshape(a, (a.shape[-1], -1))  # the copied line: "one row per channel"
    return tf.matmul(rows, rows, transpose_b=True)

print("row 0 of the wrong reshape:", a.reshape(3, -1)[0].astype(int), "  channel 0 really is:", features.T[0].astype(int))
wrong = wrong_gram(a).numpy()
print("wrong matrix", wrong.astype(int).tolist(), "  smallest eigenvalue", f"{abs(np.linalg.eigvalsh(wrong).min()):.2f}")
print("positions moved:  right", gram_matrix(moved).numpy().astype(int).tolist(), "  wrong", wrong_gram(moved).numpy().astype(int).tolist())
first = a_S[layers[0]].numpy()
changed = {"shuffling the positions": shuffled(first), "exchanging channels": first[..., ::-1]}
print(f"{layers[0]} of S:")
for name, gram in {"right": gram_matrix, "wrong": wrong_gram}.items():
    for change, other in changed.items():
        share = np.linalg.norm(gram(other) - gram(first)) / np.linalg.norm(gram(first))
        print(f"  {change} changes the {name} matrix by {100 * share:.1f} %")
assert not np.array_equal(wrong_gram(moved), wrong)

# %% [markdown]
# A reshape cuts the same sequence of numbers into rows; it does not bring channels to the front. Row 0 is position (0,0) and a piece of its neighbor. In a real layer
# a "row" holds N/nC positions, in the early layers a horizontal **strip** of the picture with all its channels, and the wrong matrix compares strips with strips.
#
# The result has the right shape, is symmetric and has no negative eigenvalue. (No product of a matrix and its own transpose has one, so these tests cannot tell the two apart.) What finds the bug is what you just learned: shuffle the positions. The right matrix does
# not change, the wrong one does, by 41 %. (A matrix worked out by hand finds it as well. Correct would be `np.moveaxis(a, -1, 0).reshape(nC, -1)`, times its transpose.)
#
# Exchanging the channels (here: their order is turned around) is the other way round: the right matrix changes altogether, the wrong one not at all (a strip is 4 whole rows of positions here). **Here the wrong matrix knows in which strip something lies, and does not know which channel is which**, as long as the channels are put into the same new order at every place. (Left and right inside of whole rows it cannot know
# either. From block 3 on a strip is shorter than a row, so there it can.)
#
# What does a run make of it? Start from white noise and minimize the distance to S, once with each matrix; nothing else is in the cost, and C plays no part. `lbfgs` goes downhill in a direction made from this gradient and earlier ones, and finds the length of its steps itself (notebook 06). The picture starts small and is enlarged twice, so that the large shapes come first. **Predict** what each picture shows.

# %%
class TextureCost:
    """Mean relative distance of two matrices over the first four layers, in the form that minimize asks for."""
    def __init__(self, S, gram):
        self.gram, self.targets = gram, {l: gram(x) for l, x in grower(S).items()}
        self.graph = tf.function(self.with_gradient)

    def with_gradient(self, G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            size = {l: tf.reduce_sum(target**2) for l, target in self.targets.items()}
            costs = [tf.reduce_sum((self.gram(x) - self.targets[l]) ** 2) / size[l] for l, x in grower(G).items()]
            J = tf.add_n(costs) / len(costs)
        return J, tape.gradient(J, G)

    def value_and_gradient(self, G):
        J, gradient = self.graph(G)
        return {"J": float(J)}, gradient

    def terms(self, G):
        return self.value_and_gradient(G)[0]

grower = FeatureExtractor(layers[:4], load_vgg(pooling=pooling, padding="symmetric"), "auto")  # no frame at the border

# %% alt="Three squares. S, the Cafe Terrace. From the right matrix: its yellow, violet and orange and its brush strokes, with awning and walls in other places. From the wrong matrix: the same view as S, each thing in its place, covered with colored grain."
def grow(gram):
    """White noise, driven towards S from coarse to fine: a quarter, half and all of the size."""
    G = None
    for side, steps in ((grow_side // 4, 6 * grow_steps), (grow_side // 2, 2 * grow_steps), (grow_side, grow_steps)):
        small = square(style_name, side)
        G = initial_image("noise", small, seed) if G is None else resize_image(G, (side, side))
        G, history = minimize(TextureCost(small, gram), G, lbfgs(), steps)
    return G, history["J"][-1]

S_grown = square(style_name, grow_side)
gray = lambda image: resize_image(image, (16, 16)).numpy().mean(axis=-1).ravel()
shown = {"S": S_grown}
for name, gram in {"right": gram_matrix, "wrong": wrong_gram}.items():
    G, cost = grow(gram)
    same_place = np.corrcoef(gray(G), gray(S_grown))[0, 1]
    shown[f"{name} matrix: J = {cost:.3f}\nbrightness like S, place by place: {same_place:.2f}"] = G
show_images(list(shown.values()), list(shown), tile=4)

# %% [markdown]
# *Figure: S, and what white noise became after 90, 30 and 15 evaluations at 60, 120 and 240 pixels. "Brightness like S" is the correlation with S over a grid of 16 x 16 places.* Both runs end at J = 0.005, so the final J gives no warning. The right matrix made the colors and strokes of S, with its things somewhere else (0.01). The wrong one rebuilt the *view*, awning, houses and pavement in their places (0.96), under colored
# grain: a poor copy of the picture, not a new picture in its style. Try `style_name = "night_cafe"` or `"great_wave"`: does the wrong one have the view again?
#
# ## Six constants for one distance
#
# Texts agree on $\lVert\Delta\text{Gram}\rVert^2_F$ and multiply it by something else. Six of the constants in use:
#
# | name here | constant c | where |
# | --- | --- | --- |
# | `"gatys"` | $1/(2\,N\,n_C)^2$ | the paper of Gatys et al., Ng's lecture and his course |
# | `"frobenius"` | 1 | the plain squared norm |
# | `"notes"` | $1/(2\,N\,n_C)$ | lecture notes: most likely the first one after its square got lost |
# | `"mean"` | $1/n_C^2$ | `torch.mean` over the squared entries |
# | `"per_position"` | $1/(N\,n_C)^2$ | TensorFlow's tutorial, Johnson et al. 2016 |
# | `"relative"` | $1/\lVert\text{Gram}(S)\rVert^2_F$ | this project's function `stylize`, which makes a whole picture; 1 means "as far off as a Gram matrix of zeros" |
#
# **Predict**: which of them finds the same style in `a` and in `a` tiled 2 x 2, the same texture on a larger area?

# %% tags=["nbval-check-output"]
def constant(name, N, n_C, gram_S=1.0):
    """The constant of a convention, for N = nH·nW positions and n_C channels."""
    constants = {"gatys": 1 / (2 * N * n_C) ** 2, "frobenius": 1.0, "notes": 1 / (2 * N * n_C), "mean": 1 / n_C**2,
                 "per_position": 1 / (N * n_C) ** 2, "relative": 1 / np.sum(np.square(gram_S, dtype=np.float64))}
    return constants[name]

conventions = ["gatys", "frobenius", "notes", "mean", "per_position", "relative"]
tiled = np.tile(a, (2, 2, 1))  # the same texture, four times as large
for name in conventions:
    cost = constant(name, 4, 3, gram_matrix(a)) * np.sum(delta**2)
    assert np.isclose(cost, layer_style_cost(a, b, name))
    try:
        same = f"{layer_style_cost(a, tiled, name):.3f}"
    except ValueError as error:
        same = "refused: " + str(error).split(",")[0]
    print(f"{name:13} a, b: 4 / {4 / cost:<4.0f}= {cost:.7f}   a, tiled: {same}")
for text, N, n_C in [("the arrays a and b", 4, 3), ("block1_conv1 of 256 x 256 pixels", 256**2, 64), ("block5_conv1 of it", 16**2, 512)]:
    print(f"{text}: notes is {constant('notes', N, n_C) / constant('gatys', N, n_C):,.0f} times gatys")
print("first rows: Gram(a)", gram_matrix(a)[0].numpy(), "  Gram(tiled)", gram_matrix(tiled)[0].numpy())

# %% [markdown]
# Six numbers for the same two arrays. If your program disagrees with a text, look here first. The *ratio* of two conventions depends on N and nC: `"notes"` is 24 times `"gatys"` for these
# toy arrays, and 262 thousand to 8 million times in a network.
#
# The right column compares `a` with four copies of itself side by side. Raw Gram matrices grow with the number of positions, here from 6 to 24. In three of the conventions N can be moved inside: `"gatys"`, for example, is ‖Gram(G)/N − Gram(S)/N‖² / (2nC)². The package computes them so, each matrix with its own N, and finds the same style; the other three would call the same
# texture different, and the package refuses. (Gatys et al. (2016) avoid the question: S gets the size of C.)
#
# **Within one layer**, and with S and G of the same size, none of this matters: c is a factor that β can absorb. The minimum stays where it is.
#
# ## Across layers the constant is a hidden λ
#
# The style cost sums over layers, each with its weight λ:
#
# $$J_{style}(S,G) = \sum_l \lambda^{[l]}\, J^{[l]}_{style}(S,G)$$
#
# From block to block N shrinks to a quarter while nC doubles, up to 512. So two people who both write "all λ equal" and use constants that depend on N and nC in different ways do not weigh the layers alike. **Predict**: with `"notes"`, which layer gets the
# largest weight, compared with `"gatys"`?

# %% tags=["nbval-check-output"] alt="Lines over five layers on a logarithmic axis, all ending at 1 for block5: gatys is level at 1, notes falls from 32, frobenius from 1,024 and mean from 65,536."
shapes = [((256 // 2**block) ** 2, n_C) for block, n_C in enumerate((64, 128, 256, 512, 512))]  # of 256 x 256 pixels
_, axis = plt.subplots(figsize=(9, 3.8), layout="constrained")
for name, line in zip(["gatys", "notes", "frobenius", "mean"], ["-o", "--s", ":^", "-.D"], strict=True):
    implied = np.array([constant(name, N, n_C) / constant("gatys", N, n_C) for N, n_C in shapes])
    implied /= implied[-1]
    print(f"{name:10}", " : ".join(f"{value:.0f}" for value in implied))
    axis.semilogy(implied, line, base=2, label=f'"{name}"', linewidth=2)
axis.set_yticks([1, 16, 256, 4096, 65536], ["1", "16", "256", "4,096", "65,536"])
axis.set_xticks(range(5), [f"block{block}_conv1" for block in range(1, 6)])
axis.set_ylabel("λ relative to block5")
axis.grid(alpha=0.3)
axis.legend(title="all λ equal, with")
plt.show()

# %% [markdown]
# *Figure: the λ, measured with `"gatys"`, that each convention implies when you write "all λ equal", for a square picture of 256 pixels; block5 is 1.* With `"notes"` equal weights really mean 32 : 16 : 8 : 4 : 1, with the plain Frobenius norm
# 1024 : 256 : 64 : 16 : 1, and with the mean of raw matrices 65536 : 4096 : 256 : 16 : 1. (`"per_position"` is 4 times `"gatys"` in every layer, so it implies the same λ. To carry λ from one convention to another: λ_new = λ_old · c_old / c_new, layer by layer.)
#
# So is `"gatys"` the fair one? Its constant takes care of the *shapes*. But Gram is quadratic in the activations, and the cost is quadratic in Gram: a layer with activations twice as large weighs 2⁴ = 16 times as
# much. **Predict** which layer of VGG makes up most of J_style(S, C), and how `"relative"` changes that.

# %% tags=["nbval-check-output"] alt="A table of percentages, dark for large: rows are the six conventions and the gradient, columns the five layers. Under gatys, frobenius, notes and per_position block4_conv1 has 95 percent or more; under relative block1 and block5 have 35 and 39; of the gradient block5 has 86."
C = square(content_name)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(C)
    a_C = extractor(C)
    relative = {l: layer_style_cost(a_S[l], a_C[l], "relative") for l in layers}
pull = [float(tf.norm(tape.gradient(cost, C))) for cost in relative.values()]
rows = {f'cost, "{name}"': [float(gram_cost(styles["S"][l], styles["photograph"][l], name)) for l in layers] for name in conventions}
rows['gradient, "relative"'] = pull
shares = 100 * np.array(list(rows.values())) / np.sum(list(rows.values()), axis=1, keepdims=True)
_, axis = plt.subplots(figsize=(10, 3.9), layout="constrained")
drawn = axis.imshow(shares, cmap="Blues", vmin=0, vmax=100, aspect="auto")
for (row, column), share in np.ndenumerate(shares):
    axis.text(column, row, f"{share:.1f} %", ha="center", va="center", color="white" if share > 55 else "black")
axis.set_yticks(range(len(rows)), list(rows))
axis.set_xticks(range(len(layers)), [f"{l}\nmean a {a_S[l].numpy().mean():.0f}" for l in layers])
plt.colorbar(drawn, label="share of the row, %")
plt.show()
for title in named:
    costs = {name: np.array([gram_cost(styles["S"][l], styles[title][l], name) for l in layers]) for name in ("gatys", "relative")}
    print(f"S, {title:14}", *(f"{name}, %: " + " ".join(f"{100 * c / max(sum(each), 1e-30):4.1f}" for c in each) + "  " for name, each in costs.items()))
print("gradient, relative, %:", *(f"{share:.0f}" for share in shares[-1]))
weights = dict.fromkeys(layers, layer_weight)  # λ
assert np.isclose(style_cost(a_S, a_C, weights, "relative"), sum(weights[l] * relative[l] for l in layers))

# %% [markdown]
# *Figure: each row but the last divides the style cost of C against S among the layers, with all λ equal; the last row does so for the lengths of the gradients with respect to the pixels of C. Below the layers: the mean activation of S.* Under `"gatys"` block4_conv1 makes up 99 % of the
# cost, for three different pictures (printed rows): at equal λ. (A share of the cost is not yet influence; see below.) Its mean activation is 12 times that of block5_conv1, and 12⁴ is about 20,000. Gatys et al. (2016) rescaled their VGG until the mean activation of every channel was 1, which should make equal λ count more nearly alike (not tested here); Keras's VGG is as it was
# trained, and many tutorials copy λ = 1/5 without the rescaling.
#
# `"relative"` divides by the size of Gram(S) itself: each layer says how far off G is *by its own standard*. That is an equal **scale**, not an equal **influence**. The shares of the cost are still 35, 6, 10, 10 and 39 %, because the layers differ by unlike amounts. And at this
# start the gradient of block5_conv1 is the longest by far: 86 % of the five lengths added up. Influence is what λ is for, and it changes during a run. Notebook 05 tries it out.
#
# <details><summary>Optional: what the style cost is to a statistician</summary>
#
# Take each position's activations as one sample: $x_p$ of S and $y_q$ of G, N of each. Two outer products have the inner product $\sum_{kk'} x_k x_{k'}\,y_k y_{k'} = (x \cdot y)^2$. So the square of a difference of two sums of outer products is
#
# $$\lVert \textstyle\sum_p x_p x_p^T - \sum_q y_q y_q^T \rVert_F^2 = \sum_{pp'} (x_p\cdot x_{p'})^2 + \sum_{qq'} (y_q\cdot y_{q'})^2 - 2\sum_{pq} (x_p\cdot y_q)^2$$
#
# Divided by N², that is the square of a **maximum mean discrepancy** (MMD) with the kernel $(x\cdot y)^2$: a measure of how far two sets of samples differ. With this kernel it sees only the mean products of pairs of channels.
# For `a` and `b` the three sums are 104, 112 and 106 (you may check one), and 104 + 112 − 2·106 = 4.
# </details>
#
# ## Summary
#
# - $\text{Gram}_{kk'} = \sum_{ij} a_{ijk}a_{ijk'}$ is a sum of outer products, one per position: which channels are strong together. It is neither a covariance nor, in the sense of statistics, a correlation.
# - Shuffled activations keep their Gram matrix exactly. Of a picture it hardly knows where things are; in the deepest layer it notices that things are mirrored from top to bottom.
# - $\partial J_{style}/\partial a = 4c\,a\,\Delta\text{Gram}$: every position applies the same table to its own activations.
# - In Keras: reshape to (nH·nW, nC), then `features.T @ features`. The other reshape mixes places and channels up; shuffling the positions finds it out.
# - The constant in front only rescales β within a layer, but sets λ across layers. `"relative"` gives all layers one *scale*, not one *influence*.
#
# (A contrast: one can also match only the mean and the variance of each channel, and no pairs of channels at all; what that misses, and what the Gram matrix misses, is shown in [notebook 08](08_beyond_the_gram_matrix.ipynb).)
#
# ## Exercises
#
# **Exercise 1.** By pencil: the Gram matrix of this array of shape (1, 2, 2). Position (0,0) has the activations [1, 2], position (0,1) has [3, 0]. Write
# it as a nested list.

# %% tags=["exercise"]
# Exercise 1: your answer, [[.., ..], [.., ..]], replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The outer products are [[1, 2], [2, 4]] and [[9, 0], [0, 0]].
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
# **Exercise 3.** Two arrays have the shape (4, 4, 3), and $\lVert\Delta\text{Gram}\rVert^2_F = 85930$. Give the cost in three
# conventions: `"notes"`, `"gatys"` and `"mean"`.

# %% tags=["exercise"]
# Exercise 3: replace each None
answer = (None, None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# N·nC = 16·3 = 48, and a Gram matrix has 9 entries.
#
# ```python
# answer = (85930 / (2 * 48), 85930 / (2 * 48) ** 2, 85930 / 9)
# ```
# </details>
#
# **Exercise 4.** Someone feeds pictures in 0..1 instead of 0..255, and all activations of a layer come out 10 times smaller, for C, S and G. By which
# factors are the content cost (`"mean"`) and the style cost (`"gatys"`) divided?

# %% tags=["exercise"]
# Exercise 4: your answer, (content, style), replaces None
answer = (None, None)
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Content is quadratic in the activations, style of degree four: 100 and 10,000. The same α and β then mean something else: weights cannot be copied between programs that
# scale their activations differently.
#
# ```python
# small_a, small_b = a / 10, b / 10
# answer = (content_cost(a, b) / content_cost(small_a, small_b), layer_style_cost(a, b) / layer_style_cost(small_a, small_b))
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. Two pictures have nearly the same Gram matrices in the layers that you chose. Must they show the same objects?</summary>
# No. The places are summed away; notebook 05 makes such pictures from noise. (Exactly the same in all layers is another question: see 4.)
# </details>
#
# <details><summary>2. Your Gram matrix has the right shape, is symmetric and has no negative eigenvalue. Is it right?</summary>
# Not yet shown: the wrong reshape passes these tests. Shuffle the positions, or compare with a matrix worked out by hand.
# </details>
#
# <details><summary>3. Two tutorials both use λ = 1/5 for five layers. Do they weigh the layers alike?</summary>
# Only if their constants depend on N and nC in the same way, and their networks are scaled alike.
# </details>
#
# <details><summary>4. How many different numbers describe a style in five layers with 64, 128, 256, 512 and 512 channels?</summary>
# At most nC·(nC + 1)/2 for each symmetric matrix: 2,080 + 8,256 + 32,896 + 131,328 + 131,328 = 305,888, more than a picture of 300 x 300 has (270,000).
# </details>
#
# <details><summary>5. At some position all channels are 0. What is the gradient of the style cost there?</summary>
# 0, since it is a·ΔGram with a = 0: this position asks for nothing. (Nor, through a ReLU, does a single channel that is silent there.) It can wake only as a side effect, when other units, of this layer or another, change the pixels that it sees.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | J is made of a content cost of C and G and a style cost, printed as J_s(C,G); each measures similarity. | S0:24-28 | half true | The style cost compares S with G, and both costs measure *dis*similarity: 0 for shuffled activations of S, 1.0 for another painter's picture in block5: [Places are forgotten](#Places-are-forgotten) |
# | The style cost measures how similar the styles of S and G are. | S1:18 | half true | It is 0 for the same Gram matrix and grows with the difference: [The distance of two Gram matrices](#The-distance-of-two-Gram-matrices) |
# | Style is found from the correlations between the convolutional layers, such as one map for a color and one for a shape; from them the network learns the style. | S2:41 | half true | The pairs are channels of one layer (49 and 97 of block2_conv1: blue, lines), and nothing is learned, the network is frozen: [Blue stripes in VGG](#Blue-stripes-in-VGG) |
# | Style is the correlation between activations across channels: which of them tend to occur together. | S3:43-47 | half true | Together, yes: 4 against 0 in [Blue stripes](#Blue-stripes). Correlation, no: an entry of 3 with correlation −0.5 in [Not a correlation](#Not-a-correlation) |
# | With the activation a_ijk, the style matrix is of shape nC x nC, with the entries Σ_ij a_ijk a_ijk'. | S3:54-61 | true | Loops, matrix product, einsum and the package agree: [The Gram matrix with a pencil](#The-Gram-matrix-with-a-pencil) |
# | G stands for "grand matrix". | S3:59 | wrong | It is named after Jørgen Pedersen Gram: [The Gram matrix with a pencil](#The-Gram-matrix-with-a-pencil) |
# | More than a correlation it is the unnormalized covariance. | S3:62 | only with means of 0 | Gram/N = cov + μμᵀ; of two channels' entry 28 of 56 thousand is covariance in one picture, 2.7 of 8.2 in another: [Not a correlation](#Not-a-correlation) |
# | It is computed for the style image and for the generated image. | S3:63 | true | The cost needs both: [The distance of two Gram matrices](#The-distance-of-two-Gram-matrices) |
# | The style cost of a layer is the squared Frobenius norm of the difference. | S3:67-68 | true | Up to a constant: 4 for the tiny arrays: [The distance of two Gram matrices](#The-distance-of-two-Gram-matrices) |
# | Its constant is 1/(2·nH·nW·nC). | S3:69 | wrong | Gatys et al. and Ng square it; without the square, equal λ mean 32 : 16 : 8 : 4 : 1, measured with theirs: [Across layers the constant is a hidden λ](#Across-layers-the-constant-is-a-hidden-λ) |
# | J_style with a stray index l is the sum over layers of λ times the style cost of each layer. | S3:73-74 | true | But for the index, which has been summed away: term by term equal to `style_cost`: [Across layers the constant is a hidden λ](#Across-layers-the-constant-is-a-hidden-λ) |
# | For the style, a hidden layer is selected to compute the "content loss". | S4:41 | wrong | Copied from the section on content; it is the style cost, of several layers: [The distance of two Gram matrices](#The-distance-of-two-Gram-matrices) |
# | Style is the correlation across channels; if one detects stripes and another one blue, a strong correlation means that blue stripes are common. | S4:42-43 | half true | Their Gram entry is 4 for blue stripes and 0 for orange stripes on blue; in VGG the ratio is 0.58 against 0.32: [Blue stripes](#Blue-stripes), [Blue stripes in VGG](#Blue-stripes-in-VGG) |
# | i, j and k are height, width and channel of the layer. | S4:44 | true | They number the positions and the channels: [The Gram matrix with a pencil](#The-Gram-matrix-with-a-pencil) |
# | Gram = view(channel, height·width) times its transpose; the loss adds the mean squared difference. | S4:50-54 | only with channels first | In Keras the same line compares strips of the picture: exchanging places and channels changes it by 41 and 0 %, the right matrix by 0 and 112 %: [The wrong reshape](#The-wrong-reshape). The mean of raw matrices implies λ of 65536 : 4096 : 256 : 16 : 1: [Across layers the constant is a hidden λ](#Across-layers-the-constant-is-a-hidden-λ) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015 (the style cost)
# - Y. Li, N. Wang, J. Liu, X. Hou: [Demystifying Neural Style Transfer](https://arxiv.org/abs/1701.01036), 2017 (the MMD)
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016 (the rescaled network, the size of S)
#
# **The way on**: notebook 05 makes pictures from Gram matrices alone, and shows what each layer's λ does to them.

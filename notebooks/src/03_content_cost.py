# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 - The content cost: when do two pictures show the same thing?
#
# You measure content with one line of arithmetic, and then see what each layer of a network still knows about a picture.
#
# **What you will learn**
#
# - $J_{content}$ is a squared distance between activations, place by place, and you can check it with a pencil;
# - why the constant in front of it matters as soon as the size of the picture changes;
# - what "neither too shallow nor too deep" can mean for its layer: reconstructions show the deep end, two stylizations compare both.
#
# **Time**: about half a minute on 2 CPU cores.
#
# ## Setup
#
# The last two lines are two tiny "activations" of shape (nH, nW, nC) = (2, 2, 3), for the pencil.

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import Objective, content_cost, show_images, stylize
from nst_keras.images import initial_image, load_image, resize_image, to_pixels
from nst_keras.lessons.diagram import draw_method
from nst_keras.lessons.exercises.nb03 import check
from nst_keras.lessons.stored import load_stored
from nst_keras.optimize import lbfgs, minimize
from nst_keras.vgg import FeatureExtractor, layer_names, load_vgg, receptive_field

a = np.array([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]], np.float32)
b = np.array([[[0, 1, 1], [1, 1, 0]], [[1, 0, 2], [2, 0, 1]]], np.float32)

# %% [markdown]
# ## Tweak me
#
# Change any value, then run the notebook again from here. Comments describe the stored outputs.

# %% tags=["parameters"]
content_name = "chelsea"  # C: a photograph of this project, or the path of a picture
other_name = "coffee"  # an unrelated picture
max_side = 360  # longer side of C in pixels
shift = 4  # pixels to the left
blur = 4  # C is reduced by this factor and enlarged again
small_side, large_side = 128, 256  # two sizes, to see which constants depend on the size; pixels
layers = ["block1_conv2", "block2_conv2", "block3_conv2", "block4_conv2", "block5_conv2"]  # from shallow to deep
pools = ["block2_pool", "block3_conv4", "block3_pool"]  # layers next to a pool
pooling, padding = "max", "symmetric"  # of the network: or "avg"; or "zero"
rebuild_side = 96  # longer side of the pictures that are rebuilt here, in pixels, 96 or more: they begin at half of it
goal = 0.04  # relative content cost at which a reconstruction stops
most_steps = 60  # gradient evaluations at each size, if it does not get there
seeds = (0, 1)  # of the noise that reconstructions start from
sweep = ("astronaut", "night_cafe")  # C and S of the stylizations that are made here
sweep_side, sweep_steps = 96, 12  # their size in pixels; gradient evaluations
beta = 3.0  # their weight of the style cost; alpha is 1

# %% [markdown]
# ## What is compared: activations
#
# A pretrained network turns a picture into **activations** $a^{[l]}$, one array for each layer $l$. The idea of this notebook
# is one sentence: *if $a^{[l](C)}$ and $a^{[l](G)}$ are similar, then C and G have similar content.* First, the arrays:

# %% tags=["nbval-check-output"]
vgg = load_vgg(pooling=pooling, padding=padding)
wide = load_image(content_name, max_side + shift)
C, shifted = wide[:, :, : wide.shape[2] - shift], wide[:, :, shift:]  # two windows, `shift` pixels apart
activations = FeatureExtractor(layer_names(vgg), vgg)  # of all layers
a_C = activations(C)
print("C", tuple(C.shape), f"= {tf.size(C).numpy():,} numbers")
for l in layers:
    sees, apart, _ = receptive_field(vgg, l)
    shape = str(tuple(a_C[l].shape))
    print(f"{l}: (1, nH, nW, nC) = {shape:18} = {tf.size(a_C[l]).numpy():9,} numbers; a unit sees {sees} px, the next one is {apart} px on")

# %% [markdown]
# From block to block, nH and nW shrink and nC grows, up to 512: fewer places, more to be said about each place. A **unit** is one
# number of such an array; it sees a square of the picture. In block 5 this square is over half as wide as C, and a unit within 94 pixels
# of the border also depends on what is put beyond it: here, in each layer, the mirrored activations (`padding`).
#
# ## Where the content cost stands
#
# In the drawing of the whole method from notebook 00, only the part that you build now is in color:

# %% alt="The drawing of the method with only the content part in color: C and G go through the network, a deep layer's activations of both are subtracted, and the result goes into J with the weight alpha."
draw_method("content")

# %% [markdown]
# *Figure: C and G pass through the same network. The activations of one layer are subtracted, and that is all the content cost needs. S takes
# no part.* C never changes, so $a^{[l](C)}$ is computed once.
#
# ## The formula, by pencil
#
# $$J_{content}(C,G) = \tfrac12\,\lVert a^{[l](C)} - a^{[l](G)} \rVert^2
#   = \tfrac12 \sum_{i=1}^{n_H}\sum_{j=1}^{n_W}\sum_{k=1}^{n_C} \left(a^{(C)}_{ijk} - a^{(G)}_{ijk}\right)^2$$
#
# Subtract, square, add everything up, halve. Here are all twelve differences of the tiny arrays, `a` for C and
# `b` for G. Do the sum yourself before you read the last line.

# %% tags=["nbval-check-output"]
difference = (a - b).astype(int)
for i in range(2):
    for j in range(2):
        d = difference[i, j]
        print(f"position ({i},{j}): differences {d!s:>10}   squares {d**2!s:>7}   sum {np.sum(d**2)}")
D = int(np.sum(difference**2))
print("D =", D, "  half of it:", D / 2)
assert content_cost(a, b, "half_sum") == D / 2

# %% [markdown]
# A common wording says that the content cost "measures the similarity" of C and G. Mind the direction: it is a cost, so **low means
# similar**, and equal activations give 0. It measures *dis*similarity.
#
# ## One sum, four constants
#
# Texts that follow Gatys et al. agree on the sum of squares D and disagree on what to multiply it with. N = nH·nW is the number of positions, so
# N·nC is the number of activations.
#
# | name in this package | constant | where it comes from |
# | --- | --- | --- |
# | `"half_sum"` | 1/2 | Gatys and colleagues; Ng's lecture |
# | `"mean"` | 1/(N·nC) | programs with a mean squared error, such as `torch.mean((gf-cf)**2)` |
# | `"course"` | 1/(4·N·nC) | the programming exercise of Ng's course |
# | `"relative"` | $1/\sum (a^{(C)})^2$ | default of `stylize` here |
#
# With `"relative"`, 1 means "as far from C as activations that are all zero". More than 1 is possible: activations that are strong at the wrong
# places, or more than twice as strong as those of C, are farther away than none. For small values, think of the root: a relative cost of 0.01 is a distance of 10 % of the length of $a^{(C)}$.

# %% tags=["nbval-check-output"]
N, n_C = a.shape[0] * a.shape[1], a.shape[2]
constants = {"half_sum": 1 / 2, "mean": 1 / (N * n_C), "course": 1 / (4 * N * n_C), "relative": 1 / np.sum(a**2)}
for name, constant in constants.items():
    package = content_cost(a, b, name).numpy()
    print(f"{name:9} {constant:.4f} · {D} = {constant * D:.4f}   nst_keras: {package:.4f}")
    assert np.isclose(package, constant * D)
    assert content_cost(a, a, name) == 0
half, mean, course = (content_cost(a, b, name).numpy() for name in ("half_sum", "mean", "course"))
print(f"half_sum / mean = {half / mean:g} = N·nC/2   half_sum / course = {half / course:g} = 2·N·nC")

# %% [markdown]
# In one layer of one picture these are the same cost in other units: whatever you divide J_content by, you can multiply its weight α by. For
# these toys α = 1 with `"half_sum"` is α = 6 with `"mean"`. For a real layer the factor N·nC/2 is a number with five to seven digits,
# which is one reason why the α of two programs can be so far apart.
#
# ### But the constant knows the size of the picture
#
# **Predict**: you tune α at one size, then render the same pictures at twice the side. Which of the four costs stay about
# as they were? The program compares C with an unrelated picture, at two sizes.

# %% tags=["nbval-check-output"]
def costs_at(side, layer="block4_conv2"):
    c = load_image(content_name, side)
    other = resize_image(load_image(other_name), tuple(c.shape[1:3]))
    a_c, a_other = (FeatureExtractor([layer], vgg)(image)[layer] for image in (c, other))
    return {name: content_cost(a_c, a_other, name).numpy() for name in constants}

small, large = costs_at(small_side), costs_at(large_side)
print(f"{small_side} px -> {large_side} px: {(large_side / small_side) ** 2:.1f} times as many pixels")
for name in constants:
    print(f"{name:9}{small[name]:10.2g} ->{large[name]:8.2g}   times {large[name] / small[name]:.1f}")

# %% [markdown]
# `"half_sum"` grows with the picture because it is a sum over places: the same α then puts more weight on content at a larger size, unless the style cost grows as much, and has to
# be tuned again. The other three are divided by a number that grows with the picture too and keep their order of magnitude. (Not to the digit: in a
# larger picture the same things are spread over more pixels, which is probably why the network responds in other ways.) Sizes are free to change here, so `stylize` uses
# a cost that does not grow with them.
#
# ## The gradient: which way to change the activations
#
# To lower the cost, a program needs its derivative. Take one activation of G, $a^{(G)}_{ijk}$. Of all the squares in the sum
# it occurs in one only, so all other terms drop out:
#
# $$\frac{\partial J_{content}}{\partial a^{(G)}_{ijk}}
#   = \frac{\partial}{\partial a^{(G)}_{ijk}}\,\tfrac12\left(a^{(C)}_{ijk}-a^{(G)}_{ijk}\right)^2
#   = \tfrac12\cdot 2\left(a^{(C)}_{ijk}-a^{(G)}_{ijk}\right)\cdot(-1) = a^{(G)}_{ijk}-a^{(C)}_{ijk}$$
#
# Now you see what the ½ is for: it cancels the 2. All entries together: $\partial J_{content}/\partial a^{(G)} = a^{(G)} - a^{(C)}$, an array
# of the same shape. At position (0,0) it is (0, 1, 1) − (1, 0, 2) = (−1, 1, −1). `GradientTape` differentiates the code; do they agree?

# %% tags=["nbval-check-output"]
def tape_gradient(normalizer):
    a_G = tf.Variable(b)
    with tf.GradientTape() as tape:
        J = content_cost(a, a_G, normalizer)
    return tape.gradient(J, a_G).numpy()

for i, j in np.ndindex(2, 2):
    print(f"position ({i},{j}): by hand {(b - a)[i, j]!s:14} tape {tape_gradient('half_sum')[i, j] + 0}")
assert np.array_equal(tape_gradient("half_sum"), b - a)
for name, constant in constants.items():
    assert np.allclose(tape_gradient(name), 2 * constant * (b - a), atol=1e-6)

# %% [markdown]
# With another constant c in place of ½, the gradient is 2c·(b − a). From here the chain rule carries it through the network
# to the pixels of G; notebook 06 walks along it. (Activations are taken after the ReLU. Where a unit's ReLU gives 0, no gradient passes.)
#
# ## Distances between real pictures
#
# Three candidates for G: C moved by a few pixels, C blurred, and another photograph. **Predict**: which of the first two is farther from C
# in the first layer? And in the last one?

# %% alt="Six tiles: the cat C, the cat moved left by four pixels, the cat blurred, a cup of coffee, and two difference maps: the moved cat differs along every outline and hair, the blurred one in fur, whiskers and the rims of the eyes, about half as much."
blurred = resize_image(resize_image(C, max(C.shape[1:3]) // blur), tuple(C.shape[1:3]))
unrelated = resize_image(load_image(other_name), tuple(C.shape[1:3]))
gray = {name: tf.reduce_mean(tf.abs(G - C)[0], axis=-1).numpy() for name, G in [("shifted", shifted), ("blurred", blurred)]}

_, axes = plt.subplots(2, 3, figsize=(12, 12 * 2 / 3 * C.shape[1] / C.shape[2] + 0.8), layout="constrained")
tiles = {"C": C, f"shifted by {shift} px": shifted, f"blurred by factor {blur}": blurred, "unrelated": unrelated}
for axis, (title, image) in zip(axes.flat, tiles.items(), strict=False):
    axis.imshow(to_pixels(image))
    axis.set_title(title)
for axis, (name, map_) in zip(axes[1, 1:], gray.items(), strict=True):
    drawn = axis.imshow(map_, cmap="magma", vmin=0, vmax=80)
    axis.set_title(f"|{name} − C|: {map_.mean():.0f} gray levels on average")
plt.colorbar(drawn, ax=axes[1, 2], label="gray levels")
for axis in axes.flat:
    axis.axis("off")
plt.show()

# %% [markdown]
# *Figure: C, the candidates, and where the first two differ from C, as mean absolute difference of the three colors (bright: much).* You can hardly see
# the shift, but pixel by pixel it is the larger change.
#
# Now the network's opinion. To understand it, take the squared distance apart. With the **strength** of the response,
# $r = \lVert a^{(G)}\rVert / \lVert a^{(C)}\rVert$, and the angle φ between the two arrays, each read as one long vector: ‖·‖ is its length, the root of the sum of squares, and $\cos\varphi = \sum a^{(C)} a^{(G)} / (\lVert a^{(C)}\rVert\,\lVert a^{(G)}\rVert)$. By the law of cosines,
#
# $$\frac{\lVert a^{(C)}-a^{(G)}\rVert^2}{\lVert a^{(C)}\rVert^2} = 1 + r^2 - 2\,r\cos\varphi$$
#
# So if the direction is kept (cos φ = 1), only a wrong strength costs anything. If it is turned, because the units respond in other proportions than before, the cost is at least 1 − cos²φ, which is reached at r = cos φ: then a response somewhat weaker than that of C costs less than one as strong.

# %% tags=["nbval-check-output"] alt="Pairs of bars for the 16 convolution layers. The plain bars of the shift rise to 0.92 in block 2 and fall to below 0.1 in block 5; the hatched bars of the blur rise from about 0.1 in block 1 to about 0.4 from block 3 on."
convolutions = [l for l in layer_names(vgg) if "conv" in l]
a_shifted, a_blurred, a_other = (activations(G) for G in (shifted, blurred, unrelated))
shift_cost, blur_cost = ([content_cost(a_C[l], x[l], "relative") for l in convolutions] for x in (a_shifted, a_blurred))
_, axis = plt.subplots(figsize=(10, 3.4), layout="constrained")
places = np.arange(len(convolutions))
axis.bar(places - 0.2, shift_cost, 0.4, label=f"shifted by {shift} px", edgecolor="black")
axis.bar(places + 0.2, blur_cost, 0.4, label=f"blurred by factor {blur}", hatch="///", edgecolor="black")
axis.set_xticks(places, [l.replace("block", "b").replace("_conv", ".") for l in convolutions])
axis.set(xlabel="layer (block.convolution)", ylabel="J_content, relative")
axis.legend()
plt.show()
def compared(x, y):
    r, cosine = tf.norm(y) / tf.norm(x), tf.reduce_sum(x * y) / (tf.norm(x) * tf.norm(y))
    cost = content_cost(x, y, "relative").numpy()
    assert np.isclose(1 + r**2 - 2 * r * cosine, cost, atol=1e-3)
    return f"{cost:.2f} (r {r.numpy():.2f}, cos {cosine.numpy():.2f})"

print(f"{'J_content, relative:':22}{'shifted':28}{'blurred':28}unrelated")
for l in layers:
    print(f"{l:22}" + "   ".join(compared(a_C[l], x[l]) for x in (a_shifted, a_blurred, a_other)))

# %% [markdown]
# *Figure: content cost of the shifted (plain) and the blurred picture (hatched) in the 16 convolution layers.* The shift costs most in block 2, 0.92 in `block2_conv2`, and little in block 5, 0.05 in `block5_conv2`, with a second, smaller rise in block 4. In block 5 one unit is 16 pixels from the next, so 4 pixels are a
# quarter of a step. (In block 1 they are four whole steps, and yet the cost is lower than in block 2: the step does not explain everything.) The blur rises from 0.11 in block 1 to 0.36 in block 2, and then lies between 0.3 and a little over 0.5. The unrelated picture is beyond 1 in each layer of the table.
#
# Did you expect that a *blurred* cat has less "cat" in the deep layers than a moved one? The table says why. The shift leaves the strength as it is (r = 1.00), and in
# deep layers the direction too. The blur turns its direction (cos φ = 0.76 in `block5_conv2`), and that is the cost: as strong as C (r = 1) it would even be 0.48; the weaker response, r = 0.70, brings it down to 0.43. So once fine
# detail is gone, the units respond in other proportions, some of them far less; the next section shows where. (Networks trained on ImageNet are known to lean on texture more
# than people do, Geirhos and colleagues, 2019; whether that is the reason here is not tested.)
#
# ## Where is the cost?
#
# The sum over i, j, k can be stopped halfway: added up over the channels k only, the squares leave one number for each **position**. **Predict**: in which
# parts of the picture does the shift cost anything in block 1? The blur in block 5?

# %% alt="Four maps of the cost by position. Shift: in block 1 a drawing of eye rims, stripes, nose and whiskers, in block 5 a grid of 22 by 15 cells, all nearly black. Blur: in block 1 a fainter drawing of fur, whiskers and eye rims, in block 5 bright cells around the eyes and brightest at nose and mouth, dark ones on the background."
first, last = layers[0], layers[-1]
_, axes = plt.subplots(2, 2, figsize=(11, 11 * C.shape[1] / C.shape[2] + 0.6), layout="constrained")
for row, (name, x) in zip(axes, [("shifted", a_shifted), ("blurred", a_blurred)], strict=True):
    for axis, l in zip(row, (first, last), strict=True):
        by_position = tf.reduce_sum((a_C[l] - x[l]) ** 2, axis=-1)[0].numpy()
        share = by_position / np.mean(np.sum(a_C[l].numpy() ** 2, axis=-1))  # their mean is the relative cost
        drawn = axis.imshow(share, cmap="magma", vmin=0, vmax=2)
        axis.set(title=f"{name}, {l}: J_content {share.mean():.2f}", xticks=[], yticks=[])
        assert np.isclose(share.mean(), content_cost(a_C[l], x[l], "relative"), rtol=1e-3)
plt.colorbar(drawn, ax=axes, label="cost of a position, relative (their mean is J_content)", shrink=0.7)
plt.show()

# %% [markdown]
# *Figure: the cost of each position, on one scale; the mean of a map is the cost in its title.* Shallow, the cost sits on outlines and hairs,
# for both. Deep, the shift costs next to nothing anywhere, while the blur costs most around eyes, nose and mouth, and little on the background,
# which was out of focus before.
#
# ## Rebuild a picture from one layer
#
# What does a layer know of a picture? Start with noise and change the pixels until the activations of **one** layer agree
# with those of C. That is style transfer with β = 0. The runs below went coarse to fine, from 60 pixels to 240; they are stored, made by
# `benchmarks/make_runs.py` in 4 s (block 1) to 108 s (block 5).
#
# **Predict**: from which layers will you recognize the picture? From which can you get its colors? Its face?

# %% alt="The astronaut C and five reconstructions. From blocks 1 to 3 they look like C. From block 4 scene, suit and hair are right, but the face is distorted and there is grain along the edges. From block 5 figure, helmet and shuttle are at their places and the suit is orange, but the ground is garish confetti and the parts of the face are jumbled."
stored_layers = [f"block{block}_conv2" for block in range(1, 6)]
rebuilt = {l: load_stored(f"03_from_{l}") for l in stored_layers}
astronaut = load_image("astronaut", 240)
costs = {l: run.record["costs_at_end"]["J_content"] for l, run in rebuilt.items()}
titles = ["C", *(f"from {l}\nJ_content {costs[l]:.5f}" for l in stored_layers)]
show_images([astronaut, *(run.image for run in rebuilt.values())], titles, columns=3, tile=2.8)
for l, run in rebuilt.items():
    steps = run.record["settings"]["steps"]  # at the largest size
    earlier = min(run.record["J"][-steps : -steps // 4])
    off = np.mean(np.abs(run.image - astronaut))
    print(f"{l}: {off:4.1f} gray levels from C on average; lowest J_content in the first 3/4 of the last {steps:3} steps {earlier:.5f}, at the end {costs[l]:.5f}")

# %% [markdown]
# *Figure: C and what was rebuilt from each layer (loaded), with the final cost in that layer.* From blocks 1 to 3 the picture is hard to tell from C: though they look alike, they are 2.7, 3.8 and 7.2 gray levels off on average, more from block to block. From block 4, 31 gray levels off, you get scene,
# colors and objects, but the face is wrong and there is grain. From block 5 the things are at their places, the suit is still
# reddish, and the background is in garish colors.
#
# Is that what the layers have *forgotten*? Careful. The lines below the figure say that these runs have not converged: the costs were still
# falling. And a low cost only says that the picture found is one of many that the layer takes for C. Two checks: start again with other noise, and ask for less speckle, with a little total variation (notebook 07; γ = 0.00001).

# %% alt="Two rows of four. Block 4: two reconstructions with differently distorted faces, a difference map that is dark with bright outlines of face, collar, shuttle and helmet, and C. Block 5: two garish reconstructions, a difference map that is bright nearly everywhere, less so on the suit, and the smooth reconstruction in calm colors: a blue-green ground, a red suit, a face whose parts are out of place."
def said(run):
    off = np.mean(np.abs(run.image - astronaut))
    return f"J_content {run.record['costs_at_end']['J_content']:.3f}, {off:.0f} from C"

again = {l: load_stored(f"03_from_{l}_again") for l in stored_layers[3:]}
smooth = load_stored("03_from_block5_conv2_smooth")
_, axes = plt.subplots(2, 4, figsize=(11.4, 6.6), layout="constrained")
for row, (l, other), last_tile in zip(axes, again.items(), [("C", astronaut), (f"noise 0, smooth\n{said(smooth)}", smooth.image)], strict=True):
    one, two = rebuilt[l].image, other.image
    map_ = tf.reduce_mean(tf.abs(one - two)[0], axis=-1)
    pictures = [(f"{l}, noise 0\n{said(rebuilt[l])}", one), (f"noise 1\n{said(other)}", two), last_tile]
    for axis, (title, image) in zip(row[[0, 1, 3]], pictures, strict=True):
        axis.imshow(to_pixels(image))
        axis.set_title(title, fontsize=10)
    drawn = row[2].imshow(map_, cmap="magma", vmin=0, vmax=150)
    row[2].set_title(f"difference of the two\n{np.mean(map_):.0f} gray levels", fontsize=10)
plt.colorbar(drawn, ax=axes[:, 2], location="bottom", shrink=0.8, label="gray levels")
for axis in axes.flat:
    axis.axis("off")
plt.show()

# %% [markdown]
# *Figure: two starts, and where they differ (loaded); "from C" is the mean difference from C in gray levels.* What two starts disagree on, the layer leaves open, as far as these runs went. (Agreement proves less: both starts of block 5 have a darker ground than C, and gray where C is black, which may just as well come from the noise: both starts share its mean color.) In
# block 4 that is the place of outlines and the detail of face and flag, in block 5 nearly everything, though less in the dark neck and on the suit. The smooth run has the *lowest* cost of the three in
# block 5 and less speckle, and is nearer to C; its broad colors look as far off. So block 5 does not ask for confetti, it merely does not mind. **A reconstruction is a lower bound of what a layer knows**: what you recognize of C in it, the layer has kept, at one of the sizes that the run went through; what you miss may be there too, and a better search or a better notion of "natural picture" would find it.
#
# ## At the same cost, before and after a pool
#
# The tiles above have unlike final costs, which is not fair to the deep layers. So here is a small version that you run yourself: another picture, and every
# reconstruction stops as soon as its own layer's cost is below the same `goal`. **Predict**: will the pixel error still rise with depth?
#
# The last three lines are for a common claim: max pooling layers discard information that is irrelevant to classification. A pool keeps one number in four, so something must
# go. Compare `block2_pool` with `block2_conv2`, the layer before it, and `block3_pool` with `block3_conv4`. How much of the *picture* is lost there?

# %%
def until(enough):
    def stop(step, G, costs):
        if costs["J_content"] < enough:
            raise KeyboardInterrupt  # as a reader's Ctrl-C does: minimize returns the best image so far
    return stop

def rebuild(l):
    """One image for each seed: from noise, at half the size until the cost is below 4 times the goal, then below it."""
    extractor, images = FeatureExtractor([l], vgg, "auto"), None
    for side, enough in ((rebuild_side // 2, 4 * goal), (rebuild_side, goal)):
        c = resize_image(small_C, side)
        J = Objective(c, c, beta=0, gamma=0, style_cost="gram", content_layer=l, layer_weights={l: 1}, extractor=extractor)
        starts = [initial_image("noise", c, seed) for seed in seeds] if images is None else images
        runs = [minimize(J, resize_image(start, tuple(c.shape[1:3])), lbfgs(), most_steps, until(enough)) for start in starts]
        images = [G for G, _ in runs]
    return images, max(history.final["J_content"] for _, history in runs)

small_C = load_image(content_name, rebuild_side)
print("layer            cost   pixel error   between starts   (gray levels)")
for l in [*layers, *pools]:
    images, cost = rebuild(l)
    error, apart = np.mean(np.abs([G - small_C for G in images])), np.mean(np.abs(images[0] - images[-1]))
    print(f"{l:13}{cost:8.3f}{error:12.0f}{apart:15.0f}")

# %% [markdown]
# At nearly the same cost, the pixel error still rises with depth: 21 gray levels from block 1, 31 from block 3, 65 from block 5. So the order does not come from stopping some runs
# early. Two starts are about as far from each other as from C at every depth, 75 gray levels in block 5: so much of the error depends on the noise, though not all: errors that have nothing in common would put two starts about √2 ≈ 1.4 times as far from each other as from C, because their squares add up. (These are errors at a cost of 0.034 to 0.04, lowest in block 1, a distance
# of 18 to 20 %; how far they would shrink with more patience is not shown here. And 0.04 is not quite the same demand in two layers. At 96 pixels every unit of block 5 sees beyond the border.)
#
# The pools: at the same cost the pixel error is 28 gray levels after the pool of block 2 and 27 before it, 40 and 37 in block 3. So at this tolerance the pool of block 2 costs next to nothing, and that of block 3 costs 3 gray levels, a little more than one of the four convolutions between them, through which the error grows from 28 to 37. That fits: after the two pools there are still 2.7 and 1.3 numbers for each number of the picture. To see a loss smaller than this, you would need a lower `goal`. Whether what is lost is *irrelevant to classification* cannot be tested here: this network has no classifier.
#
# ## Neither too shallow nor too deep
#
# That is the rule for the content layer in the course notes, which give no reason. Test it where it matters: in stylizations. C is the astronaut, S Hokusai's Great Wave, at 240 pixels; α = 1, β = 3, 40 steps from C each. Only the content layer changes. **Predict** what goes wrong at each end.
#
# Below the pictures: how far is each from C, not only in the layer it was held by, but in all five?

# %% tags=["nbval-check-output"] alt="Five stylizations of the astronaut after The Great Wave, with the head magnified below each. Content layer in block 1: pinkish suit, gray ground, thin wave lines over suit and helmet, face intact. Blocks 2 and 3: sand-colored ground, clear outlines, face intact. Block 4: eyes and mouth askew. Block 5: the face has come apart, flag and helmet are full of waves."
judge = FeatureExtractor(stored_layers, vgg)

def judged(G, a_C):
    return [float(content_cost(a_C[l], a_G, "relative")) for l, a_G in judge(G).items()]

held = {l: load_stored(f"03_held_by_{l}") for l in stored_layers}
empty = {"frame_on": False, "xticks": [], "yticks": []}
figure, axes = plt.subplots(2, 5, figsize=(13, 6.1), layout="constrained", subplot_kw=empty)
for column, (l, run) in zip(axes.T, held.items(), strict=True):
    pixels = to_pixels(run.image)
    column[0].imshow(pixels)
    column[1].imshow(pixels[4:84, 62:142], interpolation="bicubic")  # the head
    column[0].set_title(f"content layer {l}\nJ_style {run.record['costs_at_end']['J_style']:.3f}", fontsize=10)
figure.suptitle("astronaut after great_wave, 240 px, α = 1, β = 3, 40 steps", fontsize=11)
plt.show()

def print_table(rows):
    print(f"{'content layer':14}" + "".join(f"{l.replace('_conv2', ''):>8}" for l in stored_layers) + f"{'highest':>10}")
    for l, row in rows.items():
        print(f"{l:14}" + "".join(f"{cost:8.2f}" for cost in row) + f"{max(row):10.2f}")

a_astronaut = judge(astronaut)
print_table({l: judged(run.image, a_astronaut) for l, run in held.items()})
late = [1 - run.record["J"][-1] / min(run.record["J"][-40:-10]) for run in held.values()]  # of 40 steps
print("J fell in the last ten steps by", ", ".join(f"{share:.0%}" for share in late))

# %% [markdown]
# *Figure: the astronaut after The Great Wave, β = 3, with five content layers, and the head magnified (loaded; made in 21 to 31 s each). Table: relative content cost, judged in `conv2` of each
# block.* **Too deep** is easy to see: with block 4 eyes and mouth slip, with block 5 the face comes apart and the flag turns into waves.
#
# **Too shallow** may not be what you expected. It is often said to leave no room for the style; yet at the same α, J_style is lowest with block 1 (0.026 against 0.034 and 0.040), so there was room. To the eye it has the least of the Wave's *colors*, and more of its thin lines than blocks 2 and 3; whether these lines are what lowers J_style is not tested. (The same α is not the same demand in two layers.)
# The difference is in *what* is held. Block 1 holds pixels: a grayer background and a redder suit, as in C, with thin wave lines drawn across suit and helmet. The picture costs little there (0.17), but
# more in each deeper layer, up to 0.91 in block 5; how much of that is due to the lines is not tested.
#
# Each picture is nearest to C in the layer that held it, of course. Its worst mark is in the last column: lowest for block 3, highest at the two ends.
# (The last line: J was still falling, by 1 to 5 % in the last ten steps, most for block 5.)
#
# One pair proves little. Here is a small second one, made now: the astronaut after van Gogh's Night Café, again with α = 1 and β = 3.

# %%
found, a_small = {}, judge(load_image(sweep[0], sweep_side))
for l in layers:
    only = {layer: float(layer == l) for layer in layers}  # the same layers in each run: TensorFlow prepares J once
    run = stylize(*sweep, beta=beta, style_cost="gram", content_layer=only, max_side=sweep_side, steps=sweep_steps)
    found[l] = judged(run.image, a_small)
print(f"{sweep[0]} after {sweep[1]}, {sweep_side} px, {sweep_steps} steps")
print_table(found)

# %% [markdown]
# Again the lowest entry of the last column is in the middle, this time 0.47 for block 4; the ends get 0.82 and 0.56, and here the deep end comes second. So **neither too shallow nor too deep** holds for both pairs in this sense: a layer in the middle has the lowest *worst* cost over the five layers. (It is never far from any of its judges, so this measure favors it. And for the second pair block 5 is better than blocks 1 to 3, so there *too deep* is not shown.) Which one, block 3 or 4, is not the same for both; `stylize` takes `block4_conv2`, as Gatys and colleagues did.
# (α is the same throughout, but a cost of 0.1 is not the same demand in two layers. Whether 12 steps are enough here is not shown.)
#
# ## Several layers added up
#
# In some programs the line reads `content_loss += torch.mean((gf-cf)**2)` and stands in a loop: the content costs of *several* layers are added, while the formula has
# a single $l$. Adding is fine, but means are not of one size. The share of each layer in such a sum, for the unrelated picture:

# %% tags=["nbval-check-output"]
for name in ("mean", "relative"):
    costs = np.array([content_cost(a_C[l], a_other[l], name) for l in layers])
    print(f"{name:9}", "  ".join(f"{l}: {share:4.0%}" for l, share in zip(layers, costs / costs.sum(), strict=True)))

# %% [markdown]
# With `"mean"`, block 4 has 77 % of the sum. Divided by the size of the activations, as in `"relative"`, the shares are even: so block 4 spoke loudest only because
# activations are largest there. Bring layers to one scale before you add. The same thing happens to the style cost, where it matters more; see notebook 05.
#
# ## More about the content cost
#
# Some lecture notes have this heading and nothing below it. This is what could stand there:
#
# > - **Recipe**: choose a layer $l$; run C and G through the network; subtract; square; add up. The style image takes no part. $a^{[l](C)}$ never changes, so compute it once.
# > - **Place by place**: the cost compares position (i,j) with position (i,j). C and G need the same size, and moving things around is
# >   punished (exercise 3). Content is *what is where*.
# > - **Low is similar**; C reaches 0, and in deep layers very unlike pictures come close to it.
# > - **The constant** can be absorbed into α, as long as layer and size stay the same (for `"relative"`, C as well). A sum over places grows with the size; a mean does not.
# > - **The layer is the real choice.** It decides what may change: in the pair shown, block 1 held pixels and let thin lines be drawn across things, block 5 held things and let a face come apart.
# > - **No labels**: no class is predicted and nothing is trained. The network only measures.
# >
# > **tldr**: $J_{content}$ = squared distance of activations in one middle layer.
#
# ## Summary
#
# - $J_{content}(C,G)$ adds up squared differences of activations, place by place; 0 means the same. For ½·sum the gradient is $a^{(G)} - a^{(C)}$.
# - ½·sum, mean and mean/4 differ by a constant that α absorbs, but the sum grows with the picture's size.
# - On one photograph, a shift of 4 pixels cost 0.05 in block 5 and a blur by 4 cost 0.43; in block 2 it was 0.92 and 0.36. Rebuilding a picture from a layer gives a lower bound of what the layer knows.
# - In two stylizations the layer whose picture had the lowest *worst* cost over all five layers was in the middle, block 3 or 4; with block 5 the face came apart in the one that is shown.
#
# ## Exercises
#
# `a` (as C) and `b` (as G) are the tiny arrays from Setup. Use a pencil or NumPy.
#
# **Exercise 1.** Give four numbers: D, and the cost in the conventions `"half_sum"`, `"mean"` and `"course"`.

# %% tags=["exercise"]
# Exercise 1: replace each None
answer = (None, None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# D = np.sum((a - b) ** 2)
# answer = (D, D / 2, D / a.size, D / (4 * a.size))
# ```
# </details>
#
# **Exercise 2.** A text uses `"half_sum"` with α = 1 on a layer of shape (1, 12, 18, 512). Which α gives the same $\alpha J_{content}$
# with `"mean"`?

# %% tags=["exercise"]
# Exercise 2: your answer replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ½·D = α·D/(N·nC), so α = N·nC/2.
#
# ```python
# answer = 12 * 18 * 512 / 2
# ```
# </details>
#
# **Exercise 3.** Read the four positions of `a` row by row and put them in the order [3, 1, 0, 2]: the same things in other places. What is D
# between `a` and this array?

# %% tags=["exercise"]
# Exercise 3: your answer replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Not 0: content is about places.
#
# ```python
# shuffled = a.reshape(4, 3)[[3, 1, 0, 2]].reshape(2, 2, 3)
# answer = np.sum((a - shuffled) ** 2)
# ```
# </details>
#
# **Exercise 4.** Gradient descent on the activations themselves: take one step $b - \eta\,\partial J/\partial b$ with `"half_sum"` and η = 1/2. What is the content cost
# (`"half_sum"`) after it?

# %% tags=["exercise"]
# Exercise 4: your answer replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The gradient is b − a, so the step goes half the way from b to a, and half the distance has a quarter of the cost.
#
# ```python
# stepped = b - 0.5 * (b - a)
# answer = 0.5 * np.sum((a - stepped) ** 2)
# ```
# </details>
#
# **Exercise 5.** Two candidates for G. The first one excites the same units as C, half as strongly: $a^{(G)} = \tfrac12 a^{(C)}$. The second one excites other
# units only (cos φ = 0), as strongly as C (r = 1). What are their relative costs?

# %% tags=["exercise"]
# Exercise 5: your answer, two numbers, replaces None
answer = (None, None)
check(5, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# 1 + r² − 2·r·cos φ, with r = ½ and cos φ = 1, then with r = 1 and cos φ = 0. The second one is beyond "no response at all".
#
# ```python
# answer = (float(content_cost(a, a / 2, "relative")), 1 + 1**2 - 0)
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. A reconstruction from block 5 has garish colors. Does block 5 know no colors?</summary>
# That does not follow. Its cost is low with other colors too, so it leaves them rather free. But what one search did not find may be there: with a little total variation there was less speckle and the cost fell, from 0.014 to 0.011. (The broad colors look as far off.)
# </details>
#
# <details><summary>2. You double the side of all pictures and keep "half_sum" and α. What happens to the result?</summary>
# J_content grows with the number of places. Unless the style cost grows as much, the result looks more like C.
# </details>
#
# <details><summary>3. Why does a 4-pixel shift cost so little in block 5?</summary>
# Its units are 16 pixels apart and each sees 188 pixels, so each sees nearly the same as before. That is a likely part of the reason; inside of block 4 the cost rises while the step stays the same, so it is not all.
# </details>
#
# <details><summary>4. A picture has the relative content cost 1.3. How can that be, if 1 means "no response"?</summary>
# 1 + r² - 2·r·cos φ is above 1 when r > 2·cos φ: it excites other units than C does, or the same ones far too strongly, or both.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | The cost has a content and a style part; each measures the similarity of two pictures. | S0:24-28 | half true | They measure dissimilarity: equal activations give 0, D = 12 for the toys: [The formula, by pencil](#The-formula,-by-pencil). (One line there writes C for S in the style part.) |
# | The content cost measures how similar the content of G is to that of C. | S1:17 | half true | Low is similar; an unrelated picture has 1.96 to 2.84: [Distances between real pictures](#Distances-between-real-pictures) |
# | A heading "More about the content cost" and a "tldr", both without text. | S0:44, 48 | only with a text of our own | [More about the content cost](#More-about-the-content-cost) |
# | Max pooling layers discard information that is irrelevant to classification. | S2:31 | half true | At the same cost the pixel error is 27 and 28 gray levels before and after the pool of block 2, 37 and 40 in block 3; that it is irrelevant to classification is not tested: [At the same cost, before and after a pool](#At-the-same-cost,-before-and-after-a-pool) |
# | Deep layers capture content rather than style; they are the content representation. | S2:33 | half true | A shift of 4 pixels costs 0.05 in block 5 and 0.92 in block 2, but a blur 0.43: [Distances between real pictures](#Distances-between-real-pictures) |
# | Reconstructing from one layer shows the information that it contains. | S2:44 | half true | It is a lower bound: with a little total variation the cost in block 5 falls from 0.014 to 0.011 and there is less speckle: [Rebuild a picture from one layer](#Rebuild-a-picture-from-one-layer) |
# | Take a hidden layer that is neither too shallow nor too deep. | S3:31-32 | true for two pairs, in one measure | Worst cost over five layers 0.62 and 0.47 in the middle; 0.91 and 0.82 with block 1, 1.07 and 0.56 with block 5 (in the second pair better than blocks 1 to 3): [Neither too shallow nor too deep](#Neither-too-shallow-nor-too-deep) |
# | If the activations are similar, both pictures have similar content. | S3:34-35 | only with a layer that is not too deep | Block 5 puts a picture with a jumbled face at 0.014; from blocks 1 to 3 nearly everything came back, 2.7 to 7.2 gray levels off, at far lower costs (0.0004 to 0.0011): [Rebuild a picture from one layer](#Rebuild-a-picture-from-one-layer) |
# | J_content is half the squared distance of the activations. | S3:37 | true | 6 for the toys; its gradient is a(G) − a(C): [The gradient: which way to change the activations](#The-gradient:-which-way-to-change-the-activations) |
# | Choose a layer, run C, S and G through the network, compare the activations of C and G. | S4:25-28, 37 | half true | S takes no part: [Where the content cost stands](#Where-the-content-cost-stands) |
# | The program takes the mean of the squares, where the formula has half the sum. | S4:33-34 | only with another α | mean = half sum · 2/(N·nC); from 128 to 256 px the half sum grows 2.8 times, the mean 0.7 times: [But the constant knows the size of the picture](#But-the-constant-knows-the-size-of-the-picture) |
# | It adds (+=) the content costs of several layers. | S4:33-34 | half true | The formula has one layer, and with means one of five layers gets 77 % of the sum: [Several layers added up](#Several-layers-added-up) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015 (content cost; reconstructions from layers)
# - A. Mahendran, A. Vedaldi: [Understanding Deep Image Representations by Inverting Them](https://arxiv.org/abs/1412.0035), 2014
# - R. Geirhos and others: [ImageNet-trained CNNs are biased towards texture](https://arxiv.org/abs/1811.12231), 2019
#
# **The way on**: notebook 04 throws the places away, and what is left is style.

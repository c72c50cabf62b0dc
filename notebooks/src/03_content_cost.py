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
# You measure content with one line of arithmetic, and then see with your own eyes what each layer still knows about a picture.
#
# **What you will learn**
#
# - $J_{content}$ is a squared distance between activations, place by place, and you can check it with a pencil;
# - which constant stands in front of it (the notes print two, the course a third) and what that does when the picture's size changes;
# - why the layer should be "neither too shallow nor too deep": you rebuild a picture from several layers, one at a time.
#
# **Time**: under a minute on 2 CPU cores.
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
from exercises.nb03 import check

from nst_keras import (
    FeatureExtractor,
    Objective,
    content_cost,
    initial_image,
    layer_names,
    lbfgs,
    load_image,
    load_vgg,
    minimize,
    resize_image,
    show_images,
)

a = np.array([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]], np.float32)
b = np.array([[[0, 1, 1], [1, 1, 0]], [[1, 0, 2], [2, 0, 1]]], np.float32)

# %% [markdown]
# ## Tweak me
#
# Change any value, then run the notebook again from here.

# %% tags=["parameters"]
content_name = "chelsea"  # C: a photograph of this project, or the path of a picture
other_name = "coffee"  # an unrelated picture
max_side = 144  # longer side of C in pixels
shift = 4  # pixels to the left
blur = 4  # reduced and enlarged again by this factor
small_side, large_side = 128, 256  # the two sizes of the experiment on constants, pixels
layers = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv2", "block5_conv2"]  # from shallow to deep
pooling = "max"  # of the network: "max" or "avg"
steps = 30  # L-BFGS steps of each reconstruction
gamma = 1e-4  # weight of total variation in a reconstruction; higher: smoother
seed = 0  # of the noise a reconstruction starts from

# %% [markdown]
# ## What is compared: activations
#
# A pretrained network turns a picture into activations $a^{[l]}$, one array per layer (S2:22, S3:33, S4:7). The notes say
# VGG16; this package uses VGG19, whose names for these layers are the same. The idea of the whole notebook is one
# sentence (S3:34-35, S4:37): *if $a^{[l](C)}$ and $a^{[l](G)}$ are similar, then C and G have similar content.*

# %% tags=["nbval-check-output"]
vgg = load_vgg(pooling=pooling)
extractor = FeatureExtractor(layers, vgg)
wide = load_image(content_name, max_side + shift)
C, shifted = wide[:, :, : wide.shape[2] - shift], wide[:, :, shift:]  # two windows, `shift` pixels apart
a_C = extractor(C)
print("C", tuple(C.shape))
for l in layers:
    print(f"a[{l}](C): (1, nH, nW, nC) = {tuple(a_C[l].shape)}, {tf.size(a_C[l]).numpy():,} numbers")

# %% [markdown]
# Going deeper, from block to block, nH and nW shrink and nC grows, up to 512: fewer places, more things to be said about each place.
#
# ## The formula, by pencil
#
# $$J_{content}(C,G) = \tfrac12\,\lVert a^{[l](C)} - a^{[l](G)} \rVert^2
#   = \tfrac12 \sum_{i=1}^{n_H}\sum_{j=1}^{n_W}\sum_{k=1}^{n_C} \left(a^{(C)}_{ijk} - a^{(G)}_{ijk}\right)^2 \qquad\text{(S3:37)}$$
#
# Subtract, square, add everything up, halve. Below are all twelve differences of the tiny arrays, `a` playing C and
# `b` playing G; do the sum yourself before you read the last line.

# %% tags=["nbval-check-output"]
difference = (a - b).astype(int)
for i in range(2):
    for j in range(2):
        d = difference[i, j]
        print(f"position ({i},{j}): differences {d!s:>10}   squares {d**2!s:>7}   sum {np.sum(d**2)}")
D = int(np.sum(difference**2))
print("D =", D, " and half of it:", D / 2)

# %% [markdown]
# The sum of squares D is exact here because the numbers are small integers. This is a cost, so **low means similar**. Some notes
# say that it "measures the similarity" (S0:27, S1:17): it measures *dis*similarity, and is 0 for equal activations.
#
# ## One sum, four constants
#
# All texts agree on D and disagree on what to multiply it with. With $n = n_H\,n_W\,n_C$, the number of activations:
#
# | name in this package | constant | where it comes from |
# | --- | --- | --- |
# | `"half_sum"` | 1/2 | S3:37, the lecture, Gatys and colleagues |
# | `"mean"` | 1/n | S4:34, `torch.mean((gf-cf)**2)` |
# | `"course"` | 1/(4n) | the programming exercise of Ng's course |
# | `"relative"` | $1/\sum (a^{(C)})^2$ | default of `stylize` here: 1 means "as far off as activations that are all zero" |

# %% tags=["nbval-check-output"]
n = a.size  # nH·nW·nC
constants = {"half_sum": 1 / 2, "mean": 1 / n, "course": 1 / (4 * n), "relative": 1 / np.sum(a**2)}
for name, constant in constants.items():
    package = content_cost(a, b, name).numpy()
    print(f"{name:9} {constant:.4f} · {D} = {constant * D:.4f}   nst_keras: {package:.4f}")
    assert np.isclose(package, constant * D)
    assert content_cost(a, a, name) == 0
print("half_sum = n/2 · mean = 2n · course:", 6 == n / 2 * 1 == 2 * n * 0.25)

# %% [markdown]
# For one layer of one picture these are the same cost in other units: what you multiply J_content with, you can take out
# of α again. So α = 1 in one text and α = 24 in another may be the same setting.
#
# ### But n knows the size of the picture
#
# **Predict**: you tune α at one size, then render the same pictures at twice the side. Which of the four costs stay as
# they were? First exactly, with `a` and `b` repeated 2 x 2 like tiles; then with C and an unrelated picture at two sizes.

# %% tags=["nbval-check-output"]
tile = lambda x: np.tile(x, (2, 2, 1))
print("tiles      one    2 x 2")
for name in constants:
    one, four = content_cost(a, b, name).numpy(), content_cost(tile(a), tile(b), name).numpy()
    print(f"{name:9}{one:6.3f}{four:8.3f}   x {four / one:.0f}")

# %% tags=["nbval-check-output"]
def costs_at(side, layer):
    c = load_image(content_name, side)
    other = resize_image(load_image(other_name), tuple(c.shape[1:3]))
    a_c, a_other = (FeatureExtractor([layer], vgg)(image)[layer] for image in (c, other))
    return {name: content_cost(a_c, a_other, name).numpy() for name in constants}

small, large = costs_at(small_side, layers[-2]), costs_at(large_side, layers[-2])
print(f"{layers[-2]}: {small_side} px   {large_side} px   ratio      (pixels: x {(large_side / small_side) ** 2:.1f})")
for name in constants:
    print(f"{name:9}{small[name]:13.2e}{large[name]:10.2e}{large[name] / small[name]:8.1f}")

# %% [markdown]
# `"half_sum"` grows with the picture because it is a sum over places: the same α then means more content at a larger size, and has to
# be tuned again. The others are averages of one kind or another and keep their order of magnitude. (Not to the digit: a
# magnified picture is smoother and excites the network in other ways.) Hence this package's rule: sizes are free to
# change, so `stylize` uses a cost that does not grow with them.
#
# ## The gradient: which way to change the activations
#
# To lower the cost, a program needs its derivative. For $\tfrac12\lVert a^{(C)}-a^{(G)}\rVert^2$ it is simply
#
# $$\frac{\partial J_{content}}{\partial a^{(G)}} = a^{(G)} - a^{(C)}$$
#
# of the same shape as $a^{(G)}$. Check it twice: `GradientTape` differentiates the code, and finite differences nudge one of the
# twelve numbers at a time by ±1/2. (For a quadratic function such central differences are exact, whatever the nudge.)

# %% tags=["nbval-check-output"]
def tape_gradient(normalizer):
    a_G = tf.Variable(b)
    with tf.GradientTape() as tape:
        J = content_cost(a, a_G, normalizer)
    return tape.gradient(J, a_G).numpy()

nudges = 0.5 * np.eye(12, dtype=np.float32).reshape(12, 2, 2, 3)
for name, constant in constants.items():
    slopes = [content_cost(a, b + nudge, name) - content_cost(a, b - nudge, name) for nudge in nudges]
    assert np.allclose(tape_gradient(name), np.reshape(slopes, (2, 2, 3)), atol=1e-6)
    assert np.allclose(tape_gradient(name), 2 * constant * (b - a), atol=1e-6)
print("tape = finite differences = 2·constant·(b - a) for", ", ".join(constants))
print("half_sum, position (0,0):", tape_gradient("half_sum")[0, 0])

# %% [markdown]
# Now you see what the ½ is for: it cancels the 2. From here the chain rule carries the gradient through the network to the pixels
# of G, which is `tape.gradient(J, G)` in notebook 06. (Activations here are taken after the ReLU. Where one is 0
# no gradient passes, as the paper's formula says too.)
#
# ## Distances between real pictures
#
# Four candidates for G: C itself, C moved by a few pixels, C blurred, and another photo. **Predict**: is the moved or the
# blurred picture farther from C in the first layer? And in the last one?

# %%
blurred = resize_image(resize_image(C, max(C.shape[1:3]) // blur), tuple(C.shape[1:3]))
unrelated = resize_image(load_image(other_name), tuple(C.shape[1:3]))
candidates = {"identical": C, "shifted": shifted, "blurred": blurred, "unrelated": unrelated}
show_images(list(candidates.values()), [f"G: {name}" for name in candidates], tile=2.6)

# %% [markdown]
# *Figure: the four candidates: the same picture, the same moved left, the same without its fine detail, and another picture.*

# %% tags=["nbval-check-output"]
distance = {name: {l: content_cost(a_C[l], x[l], "relative").numpy() for l in layers}
            for name, x in ((name, extractor(G)) for name, G in candidates.items())}  # fmt: skip
print("J_content, relative" + " " * 3 + "".join(f"{l:>14}" for l in layers))
for name, costs in distance.items():
    print(f"{name:22}" + "".join(f"{costs[l]:14.2f}" for l in layers))
print("identical is 0 in every layer:", all(cost == 0 for cost in distance["identical"].values()))
print("unrelated comes last in every layer:", all(distance["unrelated"][l] == max(distance[x][l] for x in distance) for l in layers))

# %% [markdown]
# With the committed settings, every layer puts "identical" first and "unrelated" last, even beyond 1, that is,
# farther off than a picture to which the network does not respond at all. In between, the layers disagree: the first finds
# the shift worse than the blur, the last the other way round. Here are all convolution layers:

# %% tags=["nbval-check-output"]
convolutions = [l for l in layer_names(vgg) if "conv" in l]
all_layers = FeatureExtractor(convolutions, vgg)
of_C, of_shifted, of_blurred = all_layers(C), all_layers(shifted), all_layers(blurred)
shift_cost = np.array([content_cost(of_C[l], of_shifted[l], "relative") for l in convolutions])
blur_cost = np.array([content_cost(of_C[l], of_blurred[l], "relative") for l in convolutions])
_, axis = plt.subplots(figsize=(9, 3.2), layout="constrained")
places = np.arange(len(convolutions))
axis.bar(places - 0.2, shift_cost, 0.4, label=f"shifted by {shift} px", edgecolor="black")
axis.bar(places + 0.2, blur_cost, 0.4, label=f"blurred by factor {blur}", hatch="///", edgecolor="black")
axis.set_xticks(places, [l.replace("block", "b").replace("_conv", ".") for l in convolutions])
axis.set(xlabel="layer (block.convolution)", ylabel="J_content, relative")
axis.legend()
plt.show()
block1, block5 = shift_cost[:2].mean(), shift_cost[-4:].mean()
print(f"mean cost of the shift: block1 {block1:.2f}, block5 {block5:.2f}; lower in block5: {block5 < block1}")

# %% [markdown]
# *Figure: for each of the 16 convolution layers, a plain bar for the shifted and a hatched bar for the blurred picture.* With the
# committed settings the shift costs most in block 2, and from there its cost falls, with ups and downs, to less than a tenth: deep layers
# forgive a small move. In block 5 one unit is 16 pixels from the next and sees over a hundred, so a shift by 4 pixels is a
# quarter of a step. In block 1, 4 pixels are four whole steps. The blur does not get cheaper with depth: it removes what
# deep units react to.
#
# So a deep layer compares *what is roughly where*; a shallow one compares pixels. That is what S2:33 means when it calls deep
# layers the *content representation*.
#
# ## Rebuild a picture from one layer
#
# "We can directly visualize the information each layer contains about the input image by reconstructing the image only from
# the feature maps in that layer" (S2:44). So: start with noise, and change its pixels until its activations in **one** layer agree
# with those of C. That is style transfer with β = 0 (`Objective` wants some S; its weight is 0). The term with γ
# only discourages speckle: many pictures have almost the same deep activations, and most of them look like static.
#
# **Predict**: from which layers will you recognize the picture? From which can you get its colors, its finest lines?

# %%
noise = initial_image("noise", C, seed=seed)
reconstructions, histories = {}, {}
for l in layers:
    J = Objective(C, C, beta=0, style_cost="gram", gamma=gamma, content_layer=l, layer_weights={l: 1.0}, extractor=FeatureExtractor([l], vgg))
    reconstructions[l], histories[l] = minimize(J, noise, lbfgs(), steps)
show_images([C, *reconstructions.values()], ["C", *(f"from {l}" for l in layers)], columns=3, tile=2.8)

# %% [markdown]
# *Figure: C and its reconstructions, one for each layer in `layers`.* With the committed settings the first two can hardly be told from C, down to the
# fine hairs. The third still has them, a little paler. From block 4 the eyes, nose and stripes
# are all in place, but the colors have drifted and the fur has become a pattern of dots. From block 5 you find eyes and
# nose roughly where they belong, in colors that are made up: this layer knows *that* there is an eye, not
# what it looked like.

# %% tags=["nbval-check-output"]
error = {l: tf.reduce_mean(tf.abs(G - C)).numpy() for l, G in reconstructions.items()}  # gray levels, 0..255
for l in layers:
    costs = histories[l]["J_content"]
    print(f"{l}: its own cost fell more than 5x: {costs[-1] < costs[0] / 5}")
first, last = layers[0], layers[-1]
print(f"pixel error from {last} more than twice that from {first}: {error[last] > 2 * error[first]}")

# %% [markdown]
# With the committed settings all five runs succeeded by their own measure: each layer sees (nearly) what it saw in C. (Does a line say False? Try
# more `steps`.) What differs is how much of the picture that pins down. Now ask every layer about every reconstruction.
#
# **Predict**: a picture rebuilt from the first of your layers, as seen by the last; and the other way round?

# %%
a_of = {l: extractor(G) for l, G in reconstructions.items()}
table = np.array([[content_cost(a_C[m], a_of[l][m], "relative") for m in layers] for l in layers])
_, axis = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
axis.imshow(np.log10(table + 1e-6), cmap="cividis_r", vmin=-3, vmax=0.5)
short = [l.replace("lock", "").replace("_conv", ".") for l in layers]
axis.set_xticks(range(len(layers)), short)
axis.set_yticks(range(len(layers)), short)
axis.set(xlabel="J_content measured in layer", ylabel="reconstructed from layer")
for (row, column), value in np.ndenumerate(table):
    axis.text(column, row, f"{value:.2g}", ha="center", va="center", color="white" if value > 0.06 else "black")
plt.show()

# %% [markdown]
# *Figure: a table of content costs; each row is one reconstruction, each column the layer that judges it; dark is far from C.*
# The two triangles differ. Upper right (rebuilt from a shallow layer, judged by a deeper one), everything is lighter: a picture that agrees in an early
# layer agrees later on too. Lower left, it is darker: agreeing in a deep layer does not bring back what an early one saw. Information only
# gets lost on the way down. (With the committed settings the lower left corner is above 1: farther off than no response at all. The
# diagonal holds what each run made small. It need not be the smallest number of its row.)

# %% tags=["nbval-check-output"]
ends = table[0, -1], table[-1, 0]
print(f"rebuilt from the first layer, judged by the last: below 0.5: {ends[0] < 0.5}")
print(f"rebuilt from the last layer, judged by the first: more than 5x as far: {ends[1] > 5 * ends[0]}")

# %% [markdown]
# ## Neither too shallow nor too deep
#
# S3:32 gives this rule without a reason. Now you have the reason for both halves:
#
# - **Too shallow** (block 1, 2): only C itself has a low cost. G may not move a line or change a color, so there is no room for a style.
# - **Too deep** (block 5): pictures with nearly the same activations can look very unlike C. The style gets all the room, and faces lose their shape.
# - **Between** (this package: `block4_conv2`, as in the paper): objects and their places are held, colors and fine texture are free.
#
# ## Several layers, and a `+=`
#
# In S4:34 the line is `content_loss += torch.mean((gf-cf)**2)`, inside a loop: the content costs of *several* layers are added, while the formula has
# a single l. Adding is fine, but raw means are not of one size. Here is the share of each layer for the unrelated picture:

# %% tags=["nbval-check-output"]
a_other = extractor(unrelated)
for name in ("mean", "relative"):
    costs = np.array([content_cost(a_C[l], a_other[l], name) for l in layers])
    print(f"{name:9}", "  ".join(f"{l}: {share:6.1%}" for l, share in zip(layers, costs / costs.sum(), strict=True)))

# %% [markdown]
# With `"mean"`, one layer speaks for all: with the committed settings block 4, because this network's activations are largest there. A sum
# over layers is a sum over layers only after they have been brought to one scale. The same thing happens to the
# style cost, where it matters far more; see notebook 04.
#
# ## More about the content cost
#
# > S0:44 has this heading and nothing below it, and then an empty "tldr" (S0:48). This is what could stand there:
# >
# > - **Recipe** (S4:25-28): choose a layer l; run C and G through the network; subtract; square; add up. The style image takes no part, whatever
# >   S4:26 says. $a^{[l](C)}$ never changes, so compute it once.
# > - **Place by place**: the cost compares position (i,j) with position (i,j). C and G need the same size, and a permutation of the positions is
# >   punished (exercise 3). Content is *what is where* (S2:20).
# > - **Low is similar**; 0 is reached by C, and in deep layers by many other pictures as well.
# > - **The constant** can be absorbed into α, as long as layer and size stay the same. A sum over places grows with the size; a mean does not.
# > - **The layer is the real choice.** It decides what may change: nothing in block 1, too much in block 5.
# > - **No labels**: no class is predicted and nothing is trained. The network only measures.
# >
# > **tldr**: $J_{content}$ = squared distance of activations in one middle layer.
#
# ## Summary
#
# - $J_{content}(C,G)$ adds up squared differences of activations, place by place; 0 means the same, and the gradient is $a^{(G)} - a^{(C)}$ times a constant.
# - ½·sum, mean and mean/4 differ by a constant that α absorbs, but the sum depends on the picture's size.
# - Shallow layers know the pixels, deep ones only what is roughly where; a layer in between leaves a style some room.
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
# ½·D = α·D/n, so α = n/2.
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
# Not 0: content is about places. (The Gram matrix of notebook 04 is the same for both.)
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
# The gradient is b - a, so the step goes half the way from b to a, and half the distance has a quarter of the cost.
#
# ```python
# stepped = b - 0.5 * (b - a)
# answer = 0.5 * np.sum((a - stepped) ** 2)
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. Two pictures have content cost 0 in block 5. Are they equal?</summary>
# No. Deep layers have thrown away colors and fine detail, and many pictures share their activations.
# </details>
#
# <details><summary>2. You double the side of all pictures and keep "half_sum" and α. What happens to the result?</summary>
# J_content grows with the number of places while a size-stable style cost stays: the result looks more like C.
# </details>
#
# <details><summary>3. Why does a 4-pixel shift cost so little in block 5?</summary>
# Its units are 16 pixels apart and each sees over a hundred pixels, so each sees nearly the same as before.
# </details>
#
# ## Sources
#
# Lines covered: S0:24-27, S0:44-48, S1:17, S2:22, S2:33, S2:44, S3:30-37, S4:23-37. Reconstruction from layers goes back to Mahendran and
# Vedaldi, [Understanding deep image representations by inverting them](https://arxiv.org/abs/1412.0035), and figure 1 of
# [Gatys et al.](https://arxiv.org/abs/1508.06576)
#
# **The way on**: notebook 04 throws the places away, and what is left is style.

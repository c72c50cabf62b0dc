# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 - Walking downhill over pixels
#
# You take the rule G := G - ∂J/∂G literally, see it fail in two opposite ways, and repair it.
#
# **What you will learn**
#
# - why the rule needs a learning rate η, and what happens when η is too small, right, or too large;
# - how gradient descent, momentum, Adam and L-BFGS compare for the same number of gradients and the same time;
# - what the first image G and the limits 0..255 change.
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
from exercises.nb06 import check

from nst_keras import (
    CostNotFiniteError,
    FeatureExtractor,
    Objective,
    adam,
    gradient_descent,
    initial_image,
    lbfgs,
    load_image,
    load_vgg,
    minimize,
    resize_image,
    show_images,
)

# %% [markdown]
# ## Tweak me

# %% tags=["parameters"]
content_name = "palace"  # C
style_name = "great_wave"  # S
size = 100  # C, S and G are size x size pixels, as in the notes (S0:36, S1:24)
alpha, beta = 1.0, 3.0  # weights of the content and the style cost
content_layer = "block4_conv2"  # layer of the content cost
edge_layer = "block2_conv2"  # another layer for a content cost, only to look at its gradient
pooling = "max"  # or "avg"
style_cost = "gram"  # the cost of the notes; notebook 08 has another one
seed = 0  # of the noise
first_steps = (0.01, 2, 15, 120)  # the gallery's learning rates, as the mean first step in gray levels
gallery_steps = 35  # updates for each of them
race_steps = 32  # gradient evaluations of each optimizer, and from each first image
gd_first_step, momentum_first_step = 15, 4  # their learning rates, as the mean first step in gray levels
momentum = 0.9  # share of the last step that is kept
adam_rate = 10.0  # Adam's learning rate in gray levels

# %% [markdown]
# ## One pixel and one parabola
#
# The notes minimize J with the rule $G := G - \frac{\partial J}{\partial G}$ (S0:38, S1:27). Something is missing: a
# factor that says how far to walk, the **learning rate** η:
#
# $$G := G - \eta\,\frac{\partial J}{\partial G}$$
#
# As printed, η = 1. Take a single number $x$ and $J = k x^2 / 2$, whose slope is $k x$. One step is
# $x := x - \eta k x = (1 - \eta k)\, x$: every step multiplies by the same factor.

# %% tags=["nbval-check-output"]
def walk(k, eta, x=1.0, n=6):
    xs = [x]
    for _ in range(n):
        x = x - eta * k * x
        xs.append(x)
    return np.array(xs)

print("eta = 1, as printed:")
for k in (0.1, 1, 1.9, 2, 3):
    print(f"  k = {k:<4}", " ".join(f"{x:8.3f}" for x in walk(k, 1)))

# %% [markdown]
# The printed rule creeps for a flat parabola (k = 0.1), is perfect for k = 1, swings forever for k = 2, and explodes for
# k = 3. It works only if $|1 - \eta k| < 1$, that is if $0 < \eta < 2/k$. Nobody has told J(G) to have the right curvature.

# %%
x = np.linspace(-2.2, 2.2, 100)
figure, axes = plt.subplots(1, 4, figsize=(11, 2.8), sharey=True, layout="constrained")
for axis, eta in zip(axes, (0.1, 0.9, 1.9, 2.1), strict=True):
    steps = walk(1, eta, x=1.5)
    axis.plot(x, x**2 / 2, "k-", linewidth=1)
    axis.plot(steps, steps**2 / 2, "o--", color="tab:red", markersize=5)
    axis.set(title=f"k = 1, η = {eta}", xlabel="x", xlim=(-3, 3), ylim=(-0.2, 4))
axes[0].set_ylabel("J(x)")
plt.show()

# %% [markdown]
# *Figure: six steps on $J = x^2/2$ from x = 1.5 with four learning rates.* With 0.1 it crawls down one side; 0.9 is at
# the bottom after two steps; 1.9 jumps from side to side and comes down slowly; 2.1 climbs out.
#
# The package's `minimize` is this same loop, and `gradient_descent` this rule. It accepts anything with `terms` and `value_and_gradient`:

# %% tags=["nbval-check-output"]
class Parabola:
    def terms(self, x):
        return {"J": float(tf.reduce_sum(x * x)) / 2}

    def value_and_gradient(self, x):
        return self.terms(x), x  # k = 1: the slope is x

for eta in (0.1, 0.9, 1.9, 2.1):
    x, history = minimize(Parabola(), tf.ones(1), gradient_descent(eta, clip=False), 6)
    assert np.allclose(x, walk(1, eta)[-1], rtol=1e-5)
    assert np.allclose(history["J"], walk(1, eta) ** 2 / 2, rtol=1e-5)
    print(f"eta = {eta}: x after 6 steps {float(x[0]):8.4f}")

# %% [markdown]
# ## The gradient of J is a picture
#
# Now x becomes G: with the committed size, 100 x 100 x 3 numbers (S0:36), "just white noise" at the start (S1:38). ∂J/∂G holds one slope for each of them, so it has
# the shape of G. "Gradient descent updates the pixels" (S0:39): the weights of the network stay as they are.

# %% tags=["nbval-check-output"]
C, S = (resize_image(load_image(name), (size, size)) for name in (content_name, style_name))
style_layers = [f"block{block}_conv1" for block in (1, 2, 3, 4, 5)]
extractor = FeatureExtractor([content_layer, edge_layer, *style_layers], load_vgg(pooling=pooling))
J = Objective(
    C, S, alpha=alpha, beta=beta, gamma=0, content_layer=content_layer, layer_weights="equal", style_cost=style_cost,
    extractor=extractor,
)  # fmt: skip
noise = initial_image("noise", C, seed)

costs, gradient = J.value_and_gradient(noise)
with tf.GradientTape() as tape:
    tape.watch(noise)  # a constant has to be watched, or its gradient is None
    value = J(noise)
assert np.allclose(tape.gradient(value, noise), gradient, atol=1e-3 * float(tf.reduce_max(tf.abs(gradient))))
print("G", tuple(noise.shape), " dJ/dG", tuple(gradient.shape), " numbers", tf.size(gradient).numpy())
print(f"J(noise) = {costs['J']:.3g}; mean |dJ/dG| = {tf.reduce_mean(tf.abs(gradient)).numpy():.1e} per gray level")

# %% [markdown]
# A gradient can be tested without trusting anybody: walk a little way along it, and J must change by slope times distance.

# %% tags=["nbval-check-output"]
unit = gradient / tf.norm(gradient)
h = 100.0  # the length of a small step for 30,000 pixels: about half a gray level each
slope = (float(J(noise + h * unit)) - float(J(noise - h * unit))) / (2 * h)
print("measured slope over predicted slope:", f"{slope / float(tf.norm(gradient)):.1f}")

# %%
def as_picture(gradient):
    """Gray where the gradient is 0; brighter where the pixel has to become brighter (against the gradient)."""
    gradient = np.asarray(gradient)
    return 127.5 - 127.5 * gradient / np.quantile(np.abs(gradient), 0.99)

blurred = resize_image(resize_image(C, (size // 8, size // 8)), (size, size))
edges = Objective(C, S, J.settings, extractor, alpha=1, beta=0, content_layer=edge_layer)
show_images([C, as_picture(J.value_and_gradient(C)[1]), blurred, as_picture(edges.value_and_gradient(blurred)[1])],
            ["G = C", "-∂J/∂G at C", "G = blurred C", f"-∂J_content/∂G, {edge_layer}"], tile=3.3)  # fmt: skip

# %% [markdown]
# *Figure: two images G, and to the right of each what gradient descent would add to it, scaled to be visible (gray:
# nothing).* At G = C the content cost is 0 already, so all of this comes from the style: with the committed settings it
# is strongest where the building has edges and weakest in the empty sky. At the blurred C, the content cost of a shallow layer asks for the sharp outlines that are missing. The network tells
# through ∂J/∂G where each of them belongs.
#
# ## The rule as printed: η = 1
#
# **Predict**: what does $G := G - \partial J / \partial G$ do to noise of 100 x 100 x 3 (S0:36-38)? Try it for two ways
# to scale the same cost: "relative" (a cost near 1) and the constants of the paper (notebooks 03, 04).

# %% tags=["nbval-check-output"]
by_paper = Objective(C, S, J.settings, extractor, content_normalizer="half_sum", style_normalizer="gatys")
once = {}
for name, objective in {"relative": J, "paper": by_paper}.items():
    _, slope = objective.value_and_gradient(noise)
    once[name] = noise - slope
show_images([once["relative"], once["paper"]], ['one step, η = 1, "relative"', "one step, η = 1, paper"], tile=3.3)

for name, G in once.items():
    print(f"{name}: mean change of a pixel {tf.reduce_mean(tf.abs(G - noise)).numpy():.1e} gray levels")

# %% [markdown]
# *Figure: noise after one step of the printed rule, under two normalizers; values outside 0..255 are cut off for
# display.* Under "relative" this still is the noise it was: at this pace one gray level takes tens of thousands of steps. Under the
# paper's constants, the same rule throws pixels hundreds of thousands of gray levels away, so that all are saturated. Both are the same
# two costs, up to constants. **The rule without η
# means nothing until you say in which unit J is measured.** The next step of the second one shows it:

# %% tags=["raises-exception"]
minimize(by_paper, noise, gradient_descent(1.0, clip=False), 3)

# %% [markdown]
# The package stops as soon as J is infinite or not a number (NaN), names the step and keeps the best image.
#
# ## A gallery of learning rates
#
# A learning rate is easier to choose if you ask for a picture: *by how many gray levels should the average pixel move in
# the first step?* Then $\eta = r\, /\, \mathrm{mean}|\partial J/\partial G|$, whatever the unit of J.
#
# **Predict**: which of the following r give a picture?

# %%
def rate(r, G=noise):
    return r / float(tf.reduce_mean(tf.abs(J.value_and_gradient(G)[1])))

tiles, titles = [], []
for r in first_steps:
    try:
        G, history = minimize(J, noise, gradient_descent(rate(r), clip=False), gallery_steps)
        titles.append(f"r = {r}: η = {rate(r):.0e}\nJ {history['J'][0]:.3g} -> {history['J'][-1]:.3g}")
    except CostNotFiniteError as error:
        G = tf.zeros_like(noise)
        titles.append(f"r = {r}: η = {rate(r):.0e}\nJ not finite at step {error.step}")
    tiles.append(G)
G, clipped = minimize(J, noise, gradient_descent(rate(first_steps[-1])), gallery_steps)
titles.append(f"r = {first_steps[-1]}, clipped to 0..255\nJ {clipped['J'][0]:.3g} -> {clipped['J'][-1]:.3g}")
show_images([*tiles, G], titles, columns=3, tile=3.3)

# %% [markdown]
# *Figure: noise after the same number of steps with growing learning rates; black stands for a run that ended in NaN.* With the
# committed settings: frozen; slow, the noise has only become paler; good, the building begins to show; NaN. The last tile has the largest learning rate again, but every pixel is
# put back into 0..255 after each step: no NaN, and yet no picture, only a colored checkerboard of pixels that jump between the limits. There is no
# gentle end to the good range: a few times the best η is already too much.

# %% tags=["nbval-check-output"]
left = [float(J(G)) / costs["J"] for G in [noise, *tiles[:3]]]  # start, frozen, slow, good
print("the larger r, the lower J, up to the good one:", bool(np.all(np.diff(left) < 0)))
print("frozen: the average pixel moved by less than half a gray level:", float(tf.reduce_mean(tf.abs(tiles[0] - noise))) < 0.5)
print("good: J fell more than 3x:", left[3] < 1 / 3)
print("the largest one ended in NaN:", "not finite" in titles[len(first_steps) - 1])
print("clipping prevents NaN, but J ends higher than it began:", clipped["J"][-1] > clipped["J"][0])

# %% [markdown]
# ## Four optimizers: the same number of gradients, the same time
#
# - **gradient descent**: $G := G - \eta\, \partial J/\partial G$.
# - **momentum**: keeps a share of the last step, $V := 0.9 V - \eta\, \partial J/\partial G$, $G := G + V$.
# - **Adam**: divides each pixel's step by the usual size of that pixel's gradient; η is then in gray levels, whatever J's unit.
# - **L-BFGS**: estimates the curvature from the last gradients (the $k$ of the parabola, for all pixels at once) and needs no η.
#
# **Predict** the order at the end.

# %%
optimizers = {
    "gradient descent": gradient_descent(rate(gd_first_step)),
    "momentum": gradient_descent(rate(momentum_first_step), momentum),
    "Adam": adam(adam_rate),
    "L-BFGS": lbfgs(),
}
runs = {name: minimize(J, noise, optimizer, race_steps) for name, optimizer in optimizers.items()}
figure, axes = plt.subplots(1, 2, figsize=(11, 3.6), sharey=True, layout="constrained")
for (name, (_, history)), style in zip(runs.items(), ("-o", "--s", ":^", "-.D"), strict=True):
    axes[0].semilogy(history.steps, history["J"], style, label=name, markevery=10)
    axes[1].semilogy(history.seconds, history["J"], style, label=name, markevery=10)
axes[0].set(xlabel="gradient evaluations", ylabel="J(G)")
axes[1].set(xlabel="seconds on this computer")
axes[0].legend()
plt.show()

# %% tags=["nbval-check-output"]
seconds = min(history.seconds[-1] for _, history in runs.values())
same_time = {name: history["J"][np.searchsorted(history.seconds, seconds, side="right") - 1] for name, (_, history) in runs.items()}
show_images([G for G, _ in runs.values()], [
    f"{name}\nJ = {history['J'][-1]:.2g}; after {seconds:.1f} s: {same_time[name]:.2g}" for name, (_, history) in runs.items()
], columns=4, tile=3.3)  # fmt: skip

end = {name: history["J"][-1] for name, (_, history) in runs.items()}
print("gradient evaluations:", {name: len(history) - 1 for name, (_, history) in runs.items()})
print("L-BFGS ends lowest:", min(end, key=end.get) == "L-BFGS")
print("gradient descent ends highest:", max(end, key=end.get) == "gradient descent")

# %% [markdown]
# *Figures: J of the four optimizers over gradient evaluations and over seconds (logarithmic), and their last images, with J at the
# end and J when the fastest of them was done.* With the committed settings,
# plain gradient descent is fastest for a handful of steps, then it jitters from side to side of a narrow valley, like η = 1.9 on the
# parabola. Momentum and Adam overtake it, and L-BFGS leads from about the fifth step on. The building is in all four images; what differs is how much of the
# noise is left: most for gradient descent, least for L-BFGS. Nearly all the time goes into the gradient, so that the race over seconds has the same order.
#
# ## Where to start
#
# Random pixels (S0:35, S1:23, S3:25) or a copy of C (S4:8)? Or S, or noise mixed with C? All four with the same number of
# L-BFGS evaluations. **Predict**: which one keeps C best?

# %% tags=["nbval-check-output"]
starts = {"noise": noise, "content": C, "style": S, "blend: 0.6 noise, 0.4 C": initial_image("blend", C, seed)}
reached = {name: runs["L-BFGS"] if name == "noise" else minimize(J, G, lbfgs(), race_steps) for name, G in starts.items()}
finals = {name: history.final for name, (_, history) in reached.items()}
show_images([*starts.values(), *(G for G, _ in reached.values())], [f"start: {name}" for name in starts] + [
    f"J_content {cost['J_content']:.2f}\nJ_style {cost['J_style']:.4f}" for cost in finals.values()
], columns=4, tile=3.3)  # fmt: skip

content = {name: cost["J_content"] for name, cost in finals.items()}
print("from content, the content cost ends below that from noise:", content["content"] < content["noise"])
print("from style, it ends highest:", max(content, key=content.get) == "style")
print("every run brought J down more than 2x, except from C or S perhaps:", bool(
    all(history["J"][-1] < history["J"][0] / 2 for name, (_, history) in reached.items() if name not in ("content", "style"))))
print("every run brought J down:", bool(all(history["J"][-1] < history["J"][0] for _, history in reached.values())))

# %% [markdown]
# *Figure: four first images, and below each one the result of the same number of steps, with its costs.* With the committed settings,
# noise still is visible in its result after this many steps. From the content, the outlines stay crisp and the sky is smooth. From the style, the wave
# does not go away: the building is fitted into it, with the lowest style cost and the highest content cost of the four. The blend
# has nearly the costs of the content, and some of the noise's grain. There is more than one valley, and the start decides in which one you end.
#
# Other mixtures are in use: one course adds noise of ±64 gray levels to C, another takes 0.6 noise (±20 only) and 0.4 C. With less noise they are closer to the second picture.
#
# ## Clip or not
#
# A screen shows 0..255, but nothing in $G - \eta\, \partial J/\partial G$ stops a pixel at 255. Clip after every step, or only when the picture is shown?

# %% tags=["nbval-check-output"]
free, _ = minimize(J, noise, adam(adam_rate, clip=False), race_steps)
_, kept_history = runs["Adam"]  # clipped after every step
outside = tf.cast((free < 0) | (free > 255), tf.float32)
show_images([tf.clip_by_value(free, 0, 255), 255 * outside], [
    f"clipped only for display\nJ before {float(J(free)):.3g}, after {float(J(tf.clip_by_value(free, 0, 255))):.3g}",
    f"values outside 0..255\n{100 * float(tf.reduce_mean(outside)):.0f} %",
], tile=3.3)  # fmt: skip

print("without clipping, more than 1 % of the values are outside 0..255:", float(tf.reduce_mean(outside)) > 0.01)
print("cutting them off afterwards raises J:", float(J(tf.clip_by_value(free, 0, 255))) > float(J(free)))
print("clipped after each step, J is lower than cut off afterwards:", kept_history["J"][-1] < float(J(tf.clip_by_value(free, 0, 255))))

# %% [markdown]
# *Figure: Adam with and without limits; in the middle, where color values left the range.* The result that is clipped
# after every step is not shown, because it looks the same at a glance. The numbers tell: without limits J is lowest, but that J belongs to
# an image that no screen can show. Cut it off, and J jumps up. Clipping in every step lets the pixels inside the range make up for those at its ends.
#
# ## "5000 epochs of SGD"
#
# S4:9-13 says: for each epoch, run C, S and G through the network, compute the losses, "perform SGD"; about 5000 epochs.
#
# - **An epoch** is one pass over all training data. Here the data are one C and one S, so an epoch is one *step*.
# - **SGD** means stochastic gradient descent: a gradient from a random sample of the data. Nothing is sampled here; this is the full
#   gradient, the same each time you ask. (Code that goes with such notes often uses Adam.)
# - **C and S** never change, so their activations and Gram matrices are computed once, not once per epoch. `Objective` does that.
#
# For comparison, what sampling would do: the gradient of J for one quarter of the picture at a time.

# %% tags=["nbval-check-output"]
def cosine(a, b):
    return float(tf.reduce_sum(a * b) / (tf.norm(a) * tf.norm(b)))

half, full = size // 2, J.value_and_gradient(noise)[1]
targets = {l: tf.identity(of_S.gram) for l, of_S in J.style_targets.items()}
print(f"full gradient, asked twice: cosine {cosine(full, J.value_and_gradient(noise)[1]):.3f}")
for corner in (0, size - half):
    crop = lambda image, at=corner: image[:, at : at + half, at : at + half]
    sample = Objective(crop(C), S, J.settings, extractor)
    print(f"one quarter against the full gradient there: cosine below 0.95: {cosine(sample.value_and_gradient(crop(noise))[1], crop(full)) < 0.95}")
print("the targets of C and S have not changed:", all(np.array_equal(targets[l], J.style_targets[l].gram) for l in targets))
drops = runs["L-BFGS"][1]["J"]
tenth = max(1, race_steps // 10)
print("share of the whole fall of J that the first tenth of the steps brings, above 1/2:", (drops[0] - drops[tenth]) / (drops[0] - drops[-1]) > 0.5)

# %% [markdown]
# A sampled gradient points elsewhere each time, which the full one does not. And 5000 steps are a matter of the optimizer: most of the fall of J
# comes early, and L-BFGS needs fewer than a hundred steps where plain gradient descent with a small η needs thousands.
#
# ## Summary
#
# - G := G - η ∂J/∂G: η carries the unit of J. Ask for the first step in gray levels, and η follows.
# - Too small is frozen, too large is speckle and then NaN; Adam and L-BFGS take the scale of J out of the question.
# - The start matters for as long as you do not walk to the end: a copy of C keeps content, noise gives strokes more freedom.
#
# ## Exercises
#
# **Exercise 1.** For $J = k x^2/2$ with k = 1: at which learning rate does gradient descent neither converge nor diverge?

# %% tags=["exercise"]
# Exercise 1: your answer replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Each step multiplies x by 1 - η k. At η = 2/k this is -1.
#
# ```python
# k = 1
# answer = 2 / k
# ```
# </details>
#
# **Exercise 2.** The same parabola, η = 1.9, start at x = 1. Where is x after two steps?

# %% tags=["exercise"]
# Exercise 2: your answer replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# x = 1.0
# for _ in range(2):
#     x = x - 1.9 * x
# answer = x
# ```
# </details>
#
# **Exercise 3.** Adam, learning rate 5, tiny ε. By how many gray levels does a pixel move in the *first* step if its gradient is
# 0.0001? And if it is 1000? (Adam divides the mean gradient by the root of the mean squared gradient.)

# %% tags=["exercise"]
# Exercise 3: your answer, two numbers, replaces None
answer = (None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# In the first step both means hold one gradient g, and g / √g² is its sign. (With ε = 0.1, as some
# tutorials have it, gradients below 0.1 move their pixels far less.)
#
# ```python
# answer = [5 * g / np.sqrt(g**2) for g in (0.0001, 1000.0)]
# ```
# </details>
#
# **Exercise 4.** Somebody writes this and gets `None`. Which method of the tape is missing? Answer with its name.
#
# ```
# G = tf.constant(noise)
# with tf.GradientTape() as tape:
#     value = J(G)
# tape.gradient(value, G)   # None
# ```

# %% tags=["exercise"]
# Exercise 4: your answer, the name of a method, replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A tape records variables by itself, but constants only on request: `tape.watch(G)`.
#
# ```python
# G = tf.constant([3.0])
# with tf.GradientTape() as tape:
#     tape.watch(G)
#     value = tf.reduce_sum(G**2)
# assert float(tape.gradient(value, G)[0]) == 6
# answer = "watch"
# ```
# </details>
#
# **Exercise 5.** A step function was traced with one optimizer; later the name `optimizer` is given to another one with learning rate 0. **Predict**, then run it:
# does `step()` still move the pixel? Answer with the value of `pixel` at the end.
#
# ```
# import keras
# optimizer = keras.optimizers.SGD(1.0)
# pixel = tf.Variable(10.0)
# optimizer.build([pixel])
#
# @tf.function
# def step():
#     optimizer.apply([tf.constant(1.0)], [pixel])
#
# step()
# optimizer = keras.optimizers.SGD(0.0)
# step()
# ```

# %% tags=["exercise"]
# Exercise 5: your answer, a number, replaces None
answer = None
check(5, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `tf.function` runs Python once and keeps the graph, which holds the *old* optimizer; giving its name to another object does
# not reach it. So make the optimizer and its step function together, in one function that is called for each run.
#
# ```python
# import keras
#
# made = {"optimizer": keras.optimizers.SGD(1.0)}
# pixel = tf.Variable(10.0)
# made["optimizer"].build([pixel])
#
# @tf.function
# def step():
#     made["optimizer"].apply([tf.constant(1.0)], [pixel])
#
# step()
# made["optimizer"] = keras.optimizers.SGD(0.0)
# step()
# answer = float(pixel)
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. J and β are both multiplied by 1000 (α too). Which optimizers need a new learning rate?</summary>
# Gradient descent and momentum. Adam divides by the gradient's size, and L-BFGS finds its own.
# </details>
#
# <details><summary>2. Your result is colored speckle and J jumps up and down. What do you do first?</summary>
# Lower the learning rate, by a factor of 3 to 10.
# </details>
#
# <details><summary>3. Does "500x500x3 or whatever dimension" (S1:24) change the rule?</summary>
# No. There are 25 times as many numbers as in 100x100x3, and each step takes about 25 times as long.
# </details>
#
# ## Sources
#
# Lines covered: S0:33-42, S1:21-29, S1:34-42, S3:24-27, S4:8-13.
#
# - D. P. Kingma, J. Ba: [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980), 2015
# - D. C. Liu, J. Nocedal: On the Limited Memory BFGS Method for Large Scale Optimization, Mathematical Programming 45, 1989
#
# **The way on**: notebook 07 puts both costs and the walk together.

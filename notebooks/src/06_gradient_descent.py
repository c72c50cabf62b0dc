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
# You walk downhill on J, first with one number, then with two, then with every pixel of a picture, until white noise has become a painting.
#
# **What you will learn**
#
# - why the rule G := G - ∂J/∂G needs a learning rate, and how large it may be;
# - what momentum, Adam and L-BFGS do about a narrow valley;
# - what the first image, the number of steps and the sizes on the way decide, and what they do not decide.
#
# **Time**: less than a minute on 2 CPU cores. Longer runs are loaded from files.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import base64
import io

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import HTML, display
from PIL import Image

from nst_keras import FeatureExtractor, Objective, Settings, load_image, load_vgg, resize_image, show_images
from nst_keras.images import initial_image
from nst_keras.lessons.diagram import draw_method
from nst_keras.lessons.exercises.nb06 import check
from nst_keras.lessons.stored import load_stored, show_film
from nst_keras.optimize import CostNotFiniteError, adam, gradient_descent, lbfgs, minimize
from nst_keras.runs.quality import noise as noise_of
from nst_keras.transfer import ladder

# %% [markdown]
# ## Tweak me
#
# Change any value and run the notebook again from here. Comments describe the stored outputs.

# %% tags=["parameters"]
stiffness = 20.0  # curvature across the valley with two pixels; along it is 1
valley_rates = 0.095, 0.05, 10.0  # learning rates there: gradient descent, momentum, Adam (in gray levels)
valley_steps = 40  # gradient evaluations there
content_name, style_name = "chelsea", "night_cafe"  # C and S
side = 128  # longer side of C, S and G in pixels
square_sides = 100, 500  # one evaluation with a square G of each of these sides
beta = 12.0  # weight of the style cost; alpha, that of the content cost, is 1
content_layer, edge_layer = "block4_conv2", "block2_conv2"  # of the content cost; of another one, to look at
precision = "auto"  # of the long walks; where digits count the network computes in float32
seed = 0  # of the noise
first_steps = 0.01, 0.5, 2, 14, 28  # learning rates to try, as the mean first step in gray levels
gallery_steps = 20  # updates with each of them
race_steps = 20  # gradient evaluations of each optimizer
race_rates = 20, 16, 10  # gradient descent, momentum (mean first step in gray levels); Adam (gray levels)
momentum = 0.8  # share of the last step that is kept
start_side, start_steps = 128, (35, 150)  # live walk from S: longer side; when its picture is looked at

# %% [markdown]
# ## Where you are
#
# A picture G goes in at the left, the frozen network and two costs turn it into one number, J(G). This notebook is about the red arrow,
# the way back: how to change G so that J falls. The costs themselves are those of notebooks 03 and 04.

# %% alt="The diagram of the method with only the way back in color: a broad red arrow leads from the box with J through the frozen network to the generated image G, and says how each pixel has to change so that J falls."
draw_method("gradient")

# %% [markdown]
# ## One number and one parabola
#
# A common way to write the rule is $G := G - \frac{\partial J}{\partial G}$: from each pixel, subtract the slope. One factor is missing that
# says how far to walk, the **learning rate** η:
#
# $$G := G - \eta\,\frac{\partial J}{\partial G}$$
#
# Without it, η = 1. Take a single number $x$ and $J = k x^2 / 2$. Its slope is $k x$, and $k$ is its **curvature**: how fast the slope grows.
# One step is $x := x - \eta k x = (1 - \eta k)\, x$, so every step multiplies by the same factor. **Predict** what six steps with η = 1 do for
# k = 0.1, 1, 1.9, 2 and 3.

# %% tags=["nbval-check-output"] alt="Four drawings of the same parabola with six steps as red dots. η = 0.1 creeps down the right side; 0.9 is at the bottom after two steps; 1.9 jumps from side to side and comes down slowly; 2.1 jumps from side to side and climbs."
def walk(k, eta, x=1.0, n=6):
    xs = [x]
    for _ in range(n):
        x = x - eta * k * x
        xs.append(x)
    return np.array(xs)

print("eta = 1")
for k in (0.1, 1, 1.9, 2, 3):
    print(f"  k = {k:<4}", " ".join(f"{x:8.3f}" for x in walk(k, 1)))

x = np.linspace(-3, 3, 100)
_, axes = plt.subplots(1, 4, figsize=(11, 2.8), sharey=True, layout="constrained")
for axis, eta in zip(axes, (0.1, 0.9, 1.9, 2.1), strict=True):
    steps = walk(1, eta, x=1.5)
    axis.plot(x, x**2 / 2, "k-", linewidth=1)
    axis.plot(steps, steps**2 / 2, "o--", color="tab:red", markersize=5)
    axis.set(title=f"k = 1, η = {eta}", xlabel="x", xlim=(-3, 3), ylim=(-0.2, 4))
axes[0].set_ylabel("J(x)")
plt.show()

# %% [markdown]
# With η = 1 it creeps for k = 0.1, is perfect for k = 1, swings forever for k = 2, and explodes for k = 3. The walk ends at 0 only if
# $|1 - \eta k| < 1$, that is, if
#
# $$0 < \eta < \frac{2}{k}$$
#
# The larger the curvature, the smaller η has to be; the best one is 1/k. Nobody has told J(G) to have a curvature for which η = 1 is right.
#
# *Figure: the other way round, k = 1 and four learning rates; six steps from x = 1.5.* With 0.1 it creeps down one side; 0.9 is at
# the bottom after two steps; 1.9 jumps from side to side and comes down slowly; 2.1 climbs out.
#
# The package's `minimize` is this loop, and `gradient_descent` this rule. It walks on anything that has `terms` and `value_and_gradient`:

# %% tags=["nbval-check-output"]
class Bowl:
    """J = k/2·(x - low)², and its slope; k may be a matrix and x a point in the plane."""

    def __init__(self, k, low):
        self.k, self.low = tf.constant(k, tf.float32), tf.constant(low, tf.float32)

    def terms(self, x):
        away = x - self.low
        return {"J": float(tf.reduce_sum(away * tf.linalg.matvec(self.k, away))) / 2}

    def value_and_gradient(self, x):
        return self.terms(x), tf.linalg.matvec(self.k, x - self.low)

for eta in (0.1, 0.9, 1.9, 2.1):
    x, history = minimize(Bowl([[1]], [0]), tf.ones(1), gradient_descent(eta, clip=False), 6)
    assert np.allclose(x, walk(1, eta)[-1], rtol=1e-5)
    assert np.allclose(history["J"], walk(1, eta) ** 2 / 2, rtol=1e-5)
    print(f"eta = {eta}: x after 6 steps {float(x[0]):8.4f}")

# %% [markdown]
# ## Two pixels: a narrow valley
#
# A picture has many pixels, and J bends in some directions more than in others. Two pixels are enough to see what follows. Let J bend
# 20 times as much across a valley as along it. Now η must stay below 2/20 = 0.1, because of the steep direction. Take 0.095: across the valley a step multiplies
# by 1 − 0.095·20 = −0.9, along it by 1 − 0.095 = 0.905. Both shrink by only a tenth per step, although along the valley alone η = 1 would arrive at once. **The steepest direction limits η, and the flattest one has to wait.**
#
# Three ways out:
#
# - **Momentum** keeps a share m of its last step V, which is 0 at first: $V := m V - \eta\, \partial J/\partial G$ and $G := G + V$. What points along the valley adds up, to 1/(1 - m) times the first step; what
#   jumps from side to side cancels.
# - **Adam** averages the recent slopes of each pixel, as momentum does, and divides by the root of the mean of their squares. So a pixel moves by about η gray levels per step while its slope stays about the same, and by less when the slope shrinks or changes its sign,
#   whatever the unit of J. It looks at each pixel by itself, so a valley that lies diagonally is not straightened.
# - **L-BFGS** measures the curvature while it walks; the next section shows how.
#
# **Predict** the order in which the four arrive.

# %% tags=["nbval-check-output"]
turn = np.array([[np.cos(0.44), -np.sin(0.44)], [np.sin(0.44), np.cos(0.44)]])  # 25 degrees
valley = Bowl(turn @ np.diag([1, stiffness]) @ turn.T, [180, 100])
far_off = tf.constant([40.0, 90.0])  # gray levels of the two pixels at the start

def path(optimizer, J, start, steps):
    """All points that the optimizer looks at, and J there."""
    points = []
    _, history = minimize(J, start, optimizer, steps, lambda step, x, costs: points.append(x.numpy()))
    return np.array(points), np.array(history["J"])

walkers = {
    "gradient descent": gradient_descent(valley_rates[0], clip=False),
    "momentum": gradient_descent(valley_rates[1], momentum, clip=False),
    "Adam": adam(valley_rates[2], clip=False),
    "L-BFGS": lbfgs(),
}
paths = {name: path(optimizer, valley, far_off, valley_steps) for name, optimizer in walkers.items()}
for name, (_, J) in paths.items():
    there = np.flatnonzero(J < J[0] / 100)
    print(f"{name:17} J below 1 % of the start after", f"{there[0]} steps" if len(there) else f"more than {valley_steps}")
for way, factor in {"across": 0.9, "along": 0.905}.items():
    print(f"gradient descent {way} the valley alone: log 0.01 / log {factor}² = {np.log(0.01) / np.log(factor**2):.1f} steps")

# %% alt="Four maps of the same long, narrow, slanted valley. Gradient descent zigzags across it with shrinking swings; momentum makes wide loops; Adam goes diagonally down to the floor of the valley and creeps along it; L-BFGS gets to the cross in four steps, two of them long."
LINES = {"gradient descent": "-o", "momentum": "--s", "Adam": ":^", "L-BFGS": "-.D"}

def draw_valley(axis):
    x, y = np.meshgrid(np.linspace(0, 255, 120), np.linspace(0, 200, 100))
    away = np.stack([x - 180, y - 100])
    J = np.einsum("iyx,ij,jyx->yx", away, valley.k.numpy(), away) / 2
    axis.contour(x, y, np.sqrt(J), levels=10, colors="0.75", linewidths=0.8)
    axis.plot(180, 100, "kx", markersize=10, markeredgewidth=2)
    axis.set(xlim=(0, 255), ylim=(0, 200), aspect="equal", xlabel="pixel 1, gray level", ylabel="pixel 2, gray level")

_, axes = plt.subplots(2, 2, figsize=(8, 6.6), layout="constrained")
for axis, (name, (points, J)), color in zip(axes.flat, paths.items(), ("C0", "C1", "C2", "C3"), strict=True):
    draw_valley(axis)
    axis.plot(*points.T, LINES[name], color=color, markersize=5, linewidth=1.2)
    axis.set_title(f"{name}: J {J[0]:.0f} -> {J[-1]:.1f}")
plt.show()

# %%
figure, axis = plt.subplots(figsize=(5, 4))
draw_valley(axis)
lines = [axis.plot([], [], LINES[name], color=color, markersize=5, label=name)[0]
         for name, color in zip(paths, ("C0", "C1", "C2", "C3"), strict=True)]
axis.legend(loc="upper right")
frames = []
for step in range(1, valley_steps + 2):
    for line, (points, _) in zip(lines, paths.values(), strict=True):
        line.set_data(*points[:step].T)
    axis.set_title(f"{step - 1} steps")
    figure.canvas.draw()
    frames.append(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3]))
plt.close(figure)
film = io.BytesIO()
palette = frames[-1].quantize(32)  # one for all, so that only what changes is stored
frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
frames[0].save(film, format="GIF", save_all=True, append_images=frames[1:], duration=[250] * (len(frames) - 1) + [3000], loop=0)
HTML('<img alt="Film: four optimizers start at the same point of a narrow valley. L-BFGS is at the cross after four steps, '
     'while gradient descent zigzags, momentum overshoots, and Adam creeps along the valley." '
     f'src="data:image/gif;base64,{base64.b64encode(film.getvalue()).decode()}">')

# %% [markdown]
# *Figures: the four walks, one by one, and as a film on one map; a gray line joins points of equal J, the cross is the lowest point.* Gradient descent
# jumps across the valley at every step and comes forward only a little. Its rate, 0.095, is nearly the best there is, 2/21, at which both directions shrink alike. Its own factors, 0.9 and 0.905 per step, are squared for J and would need 22 and 24 steps; the walk needed 23. Momentum swings out, turns, overshoots the cross and circles
# around it. Adam sets out with equal steps for both pixels, on the diagonal, overshoots the floor of the valley, turns back across it, and then creeps to the cross. At this rate it is slower than plain descent. L-BFGS makes one short step, then one across and a short one, and now it knows both curvatures: its
# fourth step leads almost to the cross.
#
# This valley is a parabola, for which L-BFGS is made. With real pictures the race is closer.
#
# ## L-BFGS: measure the curvature on the way
#
# On a parabola, two slopes tell the curvature. Between two points, let s be the change of $x$ and y the change of the slope. Then $k = y/s$, and the step
# that leads from a slope g to the bottom is $-g/k = -\frac{s}{y}\,g$. No learning rate is left. (This needs k > 0: where J bends downwards, the package does not remember the pair.)
#
# By pencil: J = 3/2·(x − 100)², start at 102, where the slope is 6. Nothing is known yet, so the first step is 1 gray level: x = 101, slope 3. Now s = −1,
# y = −3, so k = 3, and the next step is −3/3 = −1: x = 100, the bottom.

# %% tags=["nbval-check-output"]
points, J = path(lbfgs(), Bowl([[3]], [100]), tf.constant([102.0]), 6)
print("x:", points[:3, 0].round(4).tolist(), "  J:", J[:3].round(4).tolist())
assert np.allclose(points[:3, 0], [102, 101, 100])

# %% [markdown]
# With many pixels, write all numbers of a picture one below the other. s and y are such columns, y ≈ H s (exactly, on a parabola), and H is the matrix of curvatures. For 30,000 numbers it would have 900 million entries. **BFGS** estimates its inverse B from the steps
# made so far: each pair (s, y) asks that $B\,y = s$; the newest one gets it exactly, the older ones only roughly. The walk goes on with
#
# $$G := G - t\,B\,\frac{\partial J}{\partial G}$$
#
# **L** is for *limited memory*: no matrix is stored, only the last 10 pairs, and the product with B is a few scalar products per pair. At first t = 1; if J has not fallen enough, t
# is halved (one more evaluation). The package also keeps the pixels within 0..255 and begins with a step of one gray level for the average pixel.
#
# ## The gradient of J is a picture
#
# Now x becomes G. $\partial J/\partial G$ holds one slope for each number in G, so it has the shape of G. The weights of the network stay as they are: **gradient
# descent changes pixels, nothing else.** "White noise" below is a G with each value drawn at random from 0..255.
#
# G may be 100 x 100 x 3, 500 x 500 x 3, or of any other size: the network slides its filters over it. **Predict** how many numbers there are to move. And a gradient can be tested without trusting
# anybody: walk a little way, along it and in a random direction, and J must change by slope times distance.

# %% tags=["nbval-check-output"]
C, S = load_image(content_name, side), load_image(style_name, side)
five = {"layer_weights": "deep", "positions_per_channel": 0}  # all five layers, at all sizes
settings = Settings(style_cost="gram", beta=beta, gamma=0, content_layer=content_layer, **five)
network = load_vgg(pooling=settings.pooling, padding=settings.padding)
extractor, fast = FeatureExtractor([*settings.layers, edge_layer], network), FeatureExtractor(settings.layers, network, precision)
J, noise = Objective(C, S, settings, extractor), initial_image("noise", C, seed)
for n in square_sides:
    C_ = resize_image(load_image(content_name), (n, n))
    _, slopes = Objective(C_, S, settings, fast).value_and_gradient(initial_image("noise", C_, seed))
    print(f"G {n} x {n} x 3: dJ/dG {tuple(slopes.shape)}, {tf.size(slopes).numpy()} numbers to move")

costs, gradient = J.value_and_gradient(noise)
with tf.GradientTape() as tape:
    tape.watch(noise)  # a constant has to be watched, or its gradient is None
    value = J(noise)
assert np.allclose(tape.gradient(value, noise), gradient, atol=1e-3 * float(tf.reduce_max(tf.abs(gradient))))
mean_slope = tf.reduce_mean(tf.abs(gradient)).numpy()
print(f"G {tuple(noise.shape)} of noise: J = {costs['J']:.2g}, mean |dJ/dG| = {mean_slope:.0e} per gray level")

random, h = np.random.default_rng(seed).normal(size=noise.shape), 100.0  # h: length of a small step, half a gray level a value
for name, way in {"along the gradient": gradient, "in a random direction": tf.constant(random, tf.float32)}.items():
    unit = way / tf.norm(way)
    measured, predicted = float(J(noise + h * unit) - J(noise - h * unit)) / (2 * h), float(tf.reduce_sum(gradient * unit))
    print(f"{name}: measured slope over predicted slope {measured / predicted:.1f}")
    assert abs(measured / predicted - 1) < 0.05

# %% tags=["nbval-check-output"] alt="Four tiles: the photograph of a cat; gray with specks of all colors, dense over the face and rare in the blurred background on the right; the blurred cat; gray with thin light and dark lines along the eyes, the nose and the stripes of the fur."
def as_picture(gradient):
    """Gray where the gradient is 0; brighter where the pixel has to become brighter (against the gradient)."""
    gradient = np.asarray(gradient)
    return 127.5 - 127.5 * gradient / np.quantile(np.abs(gradient), 0.99)

blurred = resize_image(resize_image(C, side // 4), C.shape[1:3])
edges = Objective(C, S, settings, extractor, alpha=1, beta=0, content_layer=edge_layer)
at_C, at_blurred = J.value_and_gradient(C)[1], edges.value_and_gradient(blurred)[1]
show_images([C, as_picture(at_C), blurred, as_picture(at_blurred)],
            ["G = C", "-∂J/∂G there", "G = blurred C", f"-∂J_content/∂G there, {edge_layer}"], columns=2, tile=3.6)
of_column = tf.reduce_mean(tf.abs(at_C), axis=(0, 1, 3)).numpy()
strips = [strip.mean() / of_column.mean() for strip in np.array_split(of_column, 5)]
print("mean |dJ/dG| at G = C in five strips (1: average):", " ".join(f"{strip:.1f}" for strip in strips))

# %% [markdown]
# *Figure: two images G, and beside each what gradient descent would add to it, scaled to be visible (gray: nothing).* At G = C the content cost is 0, so all of this comes from the style: it changes pixels all over the face, in many colors, and those of the smooth background on the right much less. At the blurred C, the
# content cost of a shallow layer asks for the sharp outlines that are missing: eyes, nose, stripes. The five numbers, one for each strip from left to right, say the same about G = C.
#
# 500 x 500 x 3 has 25 times as many numbers as 100 x 100 x 3, and a step takes about 25 times the work. The rule is the same.
#
# ## The rule without a learning rate
#
# **Predict**: what does $G := G - \partial J / \partial G$, with η = 1, do to white noise? Try it for two ways to scale the costs: "relative" (each layer's cost near 1) and the
# constants of Gatys's paper (notebooks 03, 04).

# %% tags=["nbval-check-output"] alt="Three times the upper left corner of 24 by 24 pixels: random colors; the same random colors once more; and pixels that are pure red, green, blue, yellow, magenta, cyan, black or white."
by_paper = Objective(C, S, settings, extractor, content_normalizer="half_sum", style_normalizer="gatys")
once = {"relative": noise - gradient, "paper": noise - by_paper.value_and_gradient(noise)[1]}
corners = [G[:, :24, :24] for G in (noise, *once.values())]  # so large that you see single pixels
show_images(corners, ["white noise, a corner", 'one step, η = 1, "relative"', "one step, η = 1, paper"], tile=3.6)

for name, G in once.items():
    print(f"{name}: mean change of a pixel {tf.reduce_mean(tf.abs(G - noise)).numpy():.0e} gray levels")

# %% [markdown]
# *Figure: a corner of white noise, and the same corner after one step with η = 1 under two normalizers; values outside 0..255 are cut off for
# display.* Under "relative" this is still the noise it was: at this pace one gray level takes some 10,000 steps. Under the
# paper's constants the same rule throws pixels hundreds of thousands of gray levels away. Both measure the same two costs; only the constants in front of the layers differ. **A rule without η
# means nothing until you say in which unit J is measured.**
#
# ## Which size does η need?
#
# Ask for a picture instead of a number: *by how many gray levels r should the average pixel move in
# the first step?* Then $\eta = r\, /\, \text{mean}|\partial J/\partial G|$, whatever the unit of J. Gray levels have a scale that you know: they run from 0 to 255.
#
# How large may r be? Walk along one line, from the start against the gradient, and look at J. Beside it, draw the parabola with the slope and the curvature that J has at the start: it is back at its
# first height at η = 2/k. **Predict** whether J follows its parabola.

# %% tags=["nbval-check-output"] alt="Two curves of J over r. From white noise J falls from 37 to about 8 near r = 20 and rises gently, while its dashed parabola turns up near r = 7. From C it falls steeply from 6 to 4.3 within one gray level, is lowest near r = 6, and rises from r = 10 on, while its parabola turns up before r = 1."
def cut(G, r_values, h=50.0):
    """J on the line against the gradient, and on the parabola with the same slope and curvature."""
    terms, g = J.value_and_gradient(G)
    mean, u = float(tf.reduce_mean(tf.abs(g))), g / tf.norm(g)
    bend = (J.value_and_gradient(G + h * u)[1] - J.value_and_gradient(G - h * u)[1]) / (2 * h)
    k, at = float(tf.reduce_sum(u * bend)), np.array(r_values) / mean  # at: values of η
    real = np.array([float(J(G - eta * g)) for eta in at])
    eta = np.linspace(0, at[-1], 100)
    return real, eta * mean, terms["J"] - eta * float(tf.norm(g)) ** 2 * (1 - eta * k / 2), 2 / k * mean

tried = {"white noise": ((0, 2, 4, 7, 10, 13, 16, 20, 25, 30), noise), "C": ((0, 0.25, 0.5, 1, 2, 4, 6, 8, 10, 12, 14), C)}
_, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
for axis, (name, (r, G)) in zip(axes, tried.items(), strict=True):
    real, r_fine, parabola, limit = cut(G, r)
    axis.plot(r, real, "o-", label="J")
    axis.plot(r_fine, parabola, "--", color="0.5", label="parabola of the start")
    axis.set(title=f"one step from {name}", xlabel="r, mean step in gray levels", ylabel="J", ylim=(0, 1.3 * real.max()))
    axis.legend()
    print(f"{name}: 2/k is r = {limit:.0f}; of those tried J is lowest at r = {r[np.argmin(real)]}")
plt.show()

# %% [markdown]
# *Figure: J after a single step from two images, over the size of that step.* Both curves first follow their parabola, and then they are wider. From white noise the parabola allows 13 gray levels, and J is lowest at
# 20. From C the slope is steep only within the first gray level, which makes the curvature large and the limit 1; but J stays low up to 8 or 10, then it rises, and at 14 it is above its start. So for one step the parabola was up to ten times too careful. (And k is the curvature along the gradient alone; other directions may bend more, which matters when steps are repeated.) A good beginning is **a first step of a few
# gray levels; then double it as long as J is lower after some twenty steps** (the first step alone may raise it).
#
# ## A gallery of learning rates
#
# Now 20 steps from C, with r = 0.01, 0.5, 2, 14 and 28. **Predict** which of these give a painting.

# %% alt="Six tiles: the photograph of the cat, unchanged; the same, a little paler and sharper; with green eyes and red lines; a painted cat in yellow, green and red with torn lines around the nose; a black tile; a checkerboard of pure colors."
J_fast = Objective(C, S, settings, fast)
first, slopes = J_fast.value_and_gradient(C)

def rate(r):
    return r / float(tf.reduce_mean(tf.abs(slopes)))

def descend(r, **kind):
    try:
        G, history = minimize(J_fast, C, gradient_descent(rate(r), **kind), gallery_steps)
        return G, f"J {first['J']:.2g} -> {history['J'][-1]:.2g}"
    except CostNotFiniteError as error:
        return tf.zeros_like(C), f"J not finite at step {error.step}"

gallery = {f"r = {r}": descend(r, clip=False) for r in first_steps}
kept, cost = descend(first_steps[-1])
gallery[f"r = {first_steps[-1]}, kept in 0..255: a corner"] = kept[:, : C.shape[1] // 3, : C.shape[2] // 3], cost
titles = [f"{name}\n{cost}" for name, (_, cost) in gallery.items()]
show_images([G for G, _ in gallery.values()], titles, columns=3, tile=3.6)

# %% [markdown]
# *Figure: C after the same number of steps with growing learning rates; black stands for a run whose J was no longer finite (infinite, or NaN, not a number): the package stops there and names the step.* With r = 0.01 you see no change, with 0.5 and 2 a little color; 14 gives a painted cat, though a torn one, and twice as
# much is no longer finite at step 4. If the pixels are put back into 0..255 after each step, J stays finite, but there is no picture either: in the corner shown nearly all values are at one of the limits, and J is two thousand times what it was. **For plain descent, between a good rate and a lost one lies less than a factor of two** (in the next section 20 does best).
#
# Compare with the curve from C above: r = 14 lies on its rising side. The first step raised J from 6 to 7, and the walk recovered. From 28 it did not.
#
# ## Four optimizers on the picture
#
# The four from the valley, from C, with the same number of gradients each. **Predict** the order at the end.

# %% alt=["J of four optimizers over 20 evaluations, on a logarithmic axis. All start at 6. Gradient descent and momentum first jump above 10; L-BFGS has a small spike at the fifth evaluation, is lowest from the eighth on and ends at 0.8, momentum at 0.9, gradient descent and Adam at 1.1.", "Two painted cats: after gradient descent in olive and red, with bright specks on eyes, nose and cheek; after L-BFGS smoother, in ochre and olive with red corners and dark outlines."]
def race(factor):
    """The three that need a rate, all rates multiplied by the factor: {name: (G, history)}."""
    r = [factor * each for each in race_rates]
    optimizers = {"gradient descent": gradient_descent(rate(r[0])), "momentum": gradient_descent(rate(r[1]), momentum), "Adam": adam(r[2])}
    return {name: minimize(J_fast, C, optimizer, race_steps) for name, optimizer in optimizers.items()}

with_factor = {factor: race(factor) for factor in (0.5, 1, 2)}
runs = {**with_factor[1], "L-BFGS": minimize(J_fast, C, lbfgs(), race_steps)}

_, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
for name, (_, history) in runs.items():
    axis.semilogy(history.steps, history["J"], LINES[name], label=name, markevery=4, markersize=5)
axis.set(xlabel="gradient evaluations", ylabel="J(G)", yticks=[0.8, 1, 2, 4, 6, 10], yticklabels=[0.8, 1, 2, 4, 6, 10])
axis.set_xticks(range(0, race_steps + 1, 4))
axis.minorticks_off()
axis.legend()
plt.show()
compared = ("gradient descent", "L-BFGS")
show_images([runs[name][0] for name in compared], [f"{name}\nJ = {runs[name][1]['J'][-1]:.2g}" for name in compared], tile=3.4)

# %% tags=["nbval-check-output"]
ends = {name: history["J"][-1] for name, (_, history) in runs.items()}
order = sorted(ends, key=ends.get)
print(f"lowest J: {order[0]}, then {order[1]}")
if (content_name, style_name, side, race_steps) == ("chelsea", "night_cafe", 128, 20):
    assert ends["L-BFGS"] < 0.95 * ends[order[1]]

# %%
for name, r in zip(with_factor[1], race_rates, strict=True):
    print(f"{name:17}" + "".join(f"r = {factor * r:<4g} J {made[name][1]['J'][-1]:<9.2f}" for factor, made in with_factor.items()))
print(f"gradient descent: r = {race_rates[0]} is η = {rate(race_rates[0]):,.0f}")
of_lbfgs, of_descent = np.array(runs["L-BFGS"][1]["J"]), runs["gradient descent"][1]["J"]
print(f"L-BFGS is below where gradient descent ends after {np.argmax(of_lbfgs < of_descent[-1])} of {race_steps} evaluations")

free, _ = minimize(J_fast, C, adam(race_rates[2], clip=False), race_steps)
outside = tf.reduce_mean(tf.cast((free < 0) | (free > 255), tf.float32))
print(f"Adam without limits: {100 * outside:.1f} % of the values are outside 0..255, J = {float(J_fast(free)):.3f}")
print(f"cut off for display: J = {float(J_fast(tf.clip_by_value(free, 0, 255))):.3f}")
print(f"clipped after each step, as in the race: J = {runs['Adam'][1]['J'][-1]:.3f}")

# %% [markdown]
# *Figures: J over gradient evaluations, and two of the four last images.* L-BFGS needs no rate. Each of the others ran with three, and the figures show the one in the middle: the table gives J at the end for half of it and for twice as much. Plain descent does best with r = 20 (that is η = 355,287) and is lost with 40, and
# momentum with 16 and 32 likewise; Adam hardly minds.
#
# At these rates the first steps of plain descent and momentum throw J above 10, and it recovers. Then gradient descent is ahead for a while, as L-BFGS gets to know the landscape; its spike is a step that was too
# long and has been halved. From the eighth evaluation on L-BFGS is lowest, and after 12 of the 20 it is below where gradient descent ends.
#
# Equal gradients are nearly equal time: for this size a gradient takes some 8 billion multiplications in the network, and L-BFGS's own products take 4 · 10 · 32,640, about a million. The others need less.
#
# Behind L-BFGS come momentum, plain descent and Adam, with 0.96, 1.09 and 1.14. In the valley Adam was last, too. But with the smaller rates of the table plain descent (1.34) is behind Adam (1.23), and after 28 evaluations (not shown here: set `race_steps` to 28) Adam is ahead of it in the race as well: the order depends on how well each rate was chosen, on when you look, and perhaps on the landscape. Another pair may change the order. Try it.
#
# ### Clip or not
#
# A screen shows 0..255, but nothing in $G - \eta\, \partial J/\partial G$ stops a pixel at 255. Clip after every step, or only when the picture is shown? The last three lines compare, for Adam. Without limits J is about as low as with clipping, 1.15 and 1.14, but it
# belongs to an image that no screen can show: 2.5 % of its values are outside. Cut them off, and J rises to 1.18. Clipping in every step lets the other pixels make up for those at the limits, and costs nothing here.
#
# ## Where to start
#
# A common advice: begin with random pixels, or with a copy of C. Does the start decide what you get? Four runs are loaded (made by `benchmarks/make_runs.py`, in less than 20 s for 35 evaluations and in less than 2 minutes for 300): from white noise and from C, two
# lengths each, one size, L-BFGS, no smoothing (γ = 0; the next section says what γ is). **Predict** what the first image changes after 35 and after 300 evaluations.

# %% tags=["nbval-check-output"] alt="Four pictures of the pagoda. After 35 evaluations from noise: speckled gray, the pagoda barely colored; from C: clean, with a sandy sky and green bushes. After 300 evaluations both are alike: dark blue outlines, sandy sky, foam-like bushes; the one from noise still has fine grain."
ways = [(start, steps) for steps in (35, 300) for start in ("noise", "content")]
stored = {way: load_stored(f"06_{way[0]}_{way[1]}") for way in ways}
final = {way: run.record["costs_at_end"] for way, run in stored.items()}
show_images([run.image for run in stored.values()], [
    f"from {start}, {steps} evaluations\nJ = {final[start, steps]['J']:.3f}" for start, steps in ways], columns=2, tile=3.6)

for steps in (35, 300):
    print(f"{steps:3} evaluations: " + "; ".join(
        f"from {start} J {final[start, steps]['J']:.2f} (content {final[start, steps]['J_content']:.2f},"
        f" style {final[start, steps]['J_style']:.3f})" for start in ("noise", "content")))
    above = final["noise", steps]["J"] / final["content", steps]["J"] - 1
    apart = tf.reduce_mean(tf.abs(stored["noise", steps].image - stored["content", steps].image))
    print(f"     from noise J is {100 * above:.0f} % higher; the pictures differ by {apart:.0f} gray levels per value")
falls = [1 - final[start, 300]["J"] / min(stored[start, 300].record["J"][:200]) for start in ("noise", "content")]
print("in the last 100 of the 300 evaluations J still fell by", " and ".join(f"{100 * fall:.1f} %" for fall in falls))
palace, wave = load_image("palace", 360), load_image("great_wave", 360)
equal = dict.fromkeys(settings.layer_weights, 0.2)
of_palace = Objective(palace, wave, settings.replace(beta=3, layer_weights=equal, content_layer="block4_conv2"), precision=precision)
halfway = float(of_palace((stored["noise", 300].image + stored["content", 300].image) / 2))
at_ends = (final["noise", 300]["J"] + final["content", 300]["J"]) / 2
print(f"halfway on the straight line from one to the other J is {halfway / at_ends:.0f} times as high as at its ends")

# %% [markdown]
# *Figure: the palace in the style of the wave from two starts, after 35 and 300 evaluations.* After 35, noise is clearly behind: its J is 47 % higher, and the picture is full of speckle. After 300 it is 3 % higher, and J falls slowly, by 3.5 and 1.1 % in the last 100 evaluations. Both show the same pagoda with the same outlines under a sandy sky; the sky's colors and the bushes differ, and the one from noise has a fine grain.
#
# Have the two runs come to one valley, or to two? The last line walks straight from one end to the other. In the middle J is about three times as high as at the ends: two different pictures, 55 gray levels apart, with a ridge between them on this line (which
# does not exclude a winding way around it). So at least two images whose values are far apart have nearly the same low J. **The start decided which of them the walk came to, value by value; for these two starts, what is to be seen and how low J got depended on the start less and less.**
#
# A third start: a copy of **S**. This one is live, and so it is small, 128 pixels wide where the stored runs have 360; its J is not to be compared with theirs. **Predict** whether the wave stays.

# %% alt="Three tiles: Hokusai's wave; the same wave with some grain and first traces of windows below its crest; the crest has become a dark blue roof above two floors of a pagoda, while the waves in front are still there."
small_settings = settings.replace(beta=3, layer_weights=equal)
P, W = load_image("palace", start_side), load_image("great_wave", start_side)
J_small, from_S = Objective(P, W, small_settings, fast), resize_image(W, P.shape[1:3])
best, seen = (from_S, np.inf), {}

def look(step, G, terms):
    global best
    best = min(best, (G, terms["J"]), key=lambda pair: pair[1])
    if step in start_steps:
        seen[f"from S, {step} evaluations"] = best

_, of_S = minimize(J_small, from_S, lbfgs(), max(start_steps), look)

tiles = {"S, the start": (from_S, of_S["J"][0]), **seen}
show_images([G for G, _ in tiles.values()], [f"{name}\nJ = {cost:.2f}" for name, (_, cost) in tiles.items()], tile=3.6)
height, width = P.shape[1:3]
print(f"made live: {width} x {height} pixels, {len(of_S['J']) - 1} evaluations")
print(f"in the last third of them J still fell by {100 * (1 - of_S.final['J'] / min(of_S['J'][: 2 * len(of_S) // 3])):.0f} %")

# %% [markdown]
# *Figure: S at 128 x 85 pixels, and what a walk on J makes of it.* After 35 evaluations this is still the wave. After 150 its crest has become a roof with the floors of the pagoda below, and the waves in front have stayed. From S the style cost is low at once, and the content
# has to grow out of it slowly. Whoever stops after 35 evaluations would swear that the wave is there for good.
#
# In practice you stop early. For this pair C is then a better start than noise; S, tried only at the small size, still showed its wave.
#
# ## From white noise to a picture
#
# Can white noise become a *good* picture, without grain? Two more things help. **Coarse to fine**: begin with a small picture, where a step is cheap and a brush stroke is only a few pixels wide, enlarge the result, go on. And a small weight γ on the **total variation**, the
# differences between neighboring pixels, which only noise has everywhere: $J = \alpha J_{content} + \beta J_{style} + \gamma J_{tv}$. **Predict** which comes first in the film: colors, large shapes, or lines?

# %% alt="J on a logarithmic axis over 343 gradient evaluations. At 68 x 45 pixels it falls from 53 to below 1; at each of the five enlargements it jumps to about 1.8 and falls again within some steps. Dots mark the frames of the film, most of them at the beginning."
film, name = load_stored("06_from_noise"), "06_from_noise"
display(show_film(name, alt="Film: squares of random color turn into blurred red and ochre patches, in which an eye and a nose appear; patch by patch they become sharper, until a cat looks out, painted in the ochre, green and red strokes of Van Gogh's Night Café."))

photo = load_image("chelsea", max(film.image.shape[1:3]))
sizes, steps = ladder(photo, film.record["settings"]["steps"], coarsest=64)
J_film, counts = film.record["J"], [n + 1 for n in steps]
assert len(J_film) == sum(counts)
frames = np.unique(np.geomspace(1, len(J_film), 21).round().astype(int)) - 1
plt.figure(figsize=(10, 3.8), layout="constrained")
plt.semilogy(J_film, "-")
plt.semilogy(frames, np.array(J_film)[frames], "ko", markersize=5, label="frames of the film")
for start, (height, width) in zip(np.cumsum([0, *counts]), sizes, strict=False):
    plt.axvline(start, color="0.6", linestyle=":")
    plt.text(start + (12 if start == 0 else 3), 12, f"{width} x {height}", fontsize=9, rotation=90, va="center")
plt.xlabel("gradient evaluation")
plt.ylabel("J at this size")
plt.legend()
plt.show()

# %% alt="Two painted cats. Left, coarse to fine: large quiet areas of ochre, olive and red, clear eyes, fine whiskers. Right, one size: the same cat with more grain on the forehead and red patches below the chin and at the left edge."
one_size = load_stored("06_one_size")
both = {"coarse to fine": film, "one size": one_size}
show_images([run.image for run in both.values()], [
    f"{name}, {len(run.record['J']) - 1} evaluations\nJ = {run.record['costs_at_end']['J']:.3f}" for name, run in both.items()], tile=3.8)
work = sum(count * height * width for count, (height, width) in zip(counts, sizes, strict=True))
print(f"coarse to fine took as much work as {work / sizes[-1][0] / sizes[-1][1]:.0f} evaluations at full size")
pictures = {name: run.image for name, run in both.items()} | {"S": load_image("night_cafe", 384)}
for name, image in pictures.items():
    print(f"{name}: a pixel differs from the mean of its neighbors by {noise_of(image):.1f} gray levels")

# %% [markdown]
# *Film and figures: from white noise to a cat, loaded (made by `benchmarks/make_runs.py` in less than a minute); J during the run; and its last image beside that of a run at one size that had nearly the same work.* Colors and large
# shapes come first: after 9 evaluations orange and red prevail in the noise, after 18 there are red above, ochre below, and a dark eye. Lines come last; the whiskers appear at the larger sizes. At each enlargement J is measured anew, against larger C and S, so values at different sizes are not to be compared; it begins high there, probably because the enlarged picture lacks the fine lines of its new size, and
# falls again. The smallest size has a third of the evaluations and costs less than four at full size. Every pixel was random at the start; none was copied from C.
#
# At one size J ends just as low here, 0.767 and 0.770. Here the sizes on the way did not make J lower, but they made the picture calmer: grain 4.9 against 5.5 gray levels, wide areas in one color instead of patches. At one size, too, there is less speckle than in the short palace run; but that one differs in pictures, weights, γ and evaluations, so this does not tell which of them helped.
#
# ## Epochs and SGD
#
# A common recipe: "for each epoch, run C, S and G through the network, compute the losses, perform SGD; after about 5000 epochs G is done." Three of its words need translation.
#
# - **Epoch**: one pass over all training data. Here the data are one C and one S, so an epoch is one *step*.
# - **SGD**, stochastic gradient descent: a gradient from a random sample of the data. Nothing is sampled here; this is the full
#   gradient, the same each time you ask. A library may still call its class `SGD`; given a full gradient, it makes a step of plain gradient descent.
# - **C and S** never change, so they go through the network once, not once per epoch. `Objective` keeps their activations and Gram matrices.

# %% tags=["nbval-check-output"]
again = J.value_and_gradient(noise)[1]
apart = float(tf.norm(again - gradient) / tf.norm(gradient))
print(f"full gradient asked twice: differs by {apart:.1%}")
pixels, eta = tf.Variable(noise), 10 / float(mean_slope)
keras.optimizers.SGD(learning_rate=eta).apply([gradient], [pixels])
step, off = float(tf.reduce_mean(tf.abs(pixels - noise))), float(tf.reduce_max(tf.abs(pixels - (noise - eta * gradient))))
print(f"one step of Keras's SGD moves a pixel by {step:.0f} gray levels; from G - η·dJ/dG it differs by {off:.1f}")
assert apart < 1e-3
assert off < 1e-3
for start in ("noise", "content"):
    falling = np.minimum.accumulate(stored[start, 300].record["J"])
    share = (falling[0] - falling) / (falling[0] - falling[-1])
    counts = [int(np.argmax(share >= part)) for part in (0.5, 0.9, 0.99)]
    print(f"L-BFGS from {start}: 50, 90, 99 % of the fall of J in 300 evaluations after {counts}")

# %% [markdown]
# So how many steps? With L-BFGS the stored runs had 90 % of the fall of J in 300 evaluations behind them after 16 and 20, and 99 % after 125 and 85. (A share of the fall says little about the picture: from noise J begins very high, and after 35 evaluations the picture was still full of speckle.) A plain rule needs more, and with a small η as many as you like: with r = 0.01, twenty steps went from 6 to 5.4.
#
# ## Summary
#
# - G := G - η ∂J/∂G: which η is right depends on the unit of J: multiply J by 1000, and η must be divided by 1000. Ask for the first step in gray levels, and η follows: begin with a few, then double while it helps.
# - The steepest direction limits η, the flattest has to wait. Momentum softens that; L-BFGS measures the curvature on its way.
# - For plain descent, too small is frozen; too large is no longer finite, or patches of the purest colors. Between its good rate (20) and a lost one (28) lay less than a factor of two.
# - After 300 evaluations noise and C came to the same cost within 4 %, in different pixels; from S, at a small size, the waves in front were still there after 150.
#
# ## Exercises
#
# **Exercise 1.** $J = k x^2/2$ with k = 1. At which learning rate does gradient descent neither converge nor diverge? And with η = 1.9, starting at x = 1, where is x after two steps?

# %% tags=["exercise"]
# Exercise 1: your answer, a learning rate and an x, replaces None
answer = (None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Each step multiplies x by 1 - η k. At η = 2/k this is -1, and at 1.9 it is -0.9.
#
# ```python
# k = 1
# answer = (2 / k, (1 - 1.9 * k) ** 2)
# ```
# </details>
#
# **Exercise 2.** Adam, learning rate 5. By how many gray levels does a pixel move in the *first* step if its slope is
# 0.0001? And if it is 1000? (Adam divides the mean of the slopes so far by the root of the mean of their squares.)

# %% tags=["exercise"]
# Exercise 2: your answer, two numbers, replaces None
answer = (None, None)
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# In the first step both means hold one slope g, and g / √g² is its sign. (Many versions add a small ε to the root. With ε = 0.1, as in one well-known
# tutorial, pixels with slopes below 0.1 move less than half as far.)
#
# ```python
# answer = [5 * g / np.sqrt(g**2) for g in (0.0001, 1000.0)]
# ```
# </details>
#
# **Exercise 3.** A pixel has the slope −8 at gray level 10, and −2 at 13. Measure the curvature as L-BFGS does. Where does its next step lead, from 13?

# %% tags=["exercise"]
# Exercise 3: your answer, a gray level, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# s = 3 and y = 6, so k = 2, and the step is −g/k = 2/2 = 1.
#
# ```python
# k = (-2 - -8) / (13 - 10)
# answer = 13 - -2 / k
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. α and β are both multiplied by 1000. Which optimizers need a new learning rate?</summary>
# Gradient descent and momentum: their step is η times the gradient, which is now 1000 times as large. Adam divides by the gradient's size, and L-BFGS measures the curvature.
# </details>
#
# <details><summary>2. Your result is patches of the purest colors, and J jumps up and down. What do you do first?</summary>
# Halve the learning rate, until J falls.
# </details>
#
# <details><summary>3. The curvature across a valley is 100 times that along it. How much of the distance along the valley does one step of gradient descent leave, at best?</summary>
# 98 %. Across the valley η k has to stay below 2, so along it η k is below 2/100.
# </details>
#
# <details><summary>4. Does a picture of 500 x 500 x 3 need another rule than one of 100 x 100 x 3?</summary>
# No. There are 25 times as many numbers, and each step takes about 25 times the work.
# </details>
#
# <details><summary>5. Somebody differentiates J(G) with a GradientTape for G = tf.constant(...), and the gradient is None. Why?</summary>
# A tape records variables by itself, but constants only on request: <code>tape.watch(G)</code> is missing.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | Begin with a random G, 100 x 100 x 3. | S0:35-36 | true | 30,000 numbers to move: [The gradient of J is a picture](#The-gradient-of-J-is-a-picture); a picture comes of it: [From white noise to a picture](#From-white-noise-to-a-picture) |
# | G = G − ∂J/∂G, so gradient descent changes the pixels of G. | S0:38-39 | only with a learning rate | With η = 1 a pixel moves 0.0001 or 700,000 gray levels, depending on the constants of J: [The rule without a learning rate](#The-rule-without-a-learning-rate) |
# | G is random at first and may be 100 x 100 x 3, 500 x 500 x 3, or of any size. | S1:23-24 | true | 30,000 and 750,000 numbers, the same rule: [The gradient of J is a picture](#The-gradient-of-J-is-a-picture) |
# | G := G − dJ/dG changes pixel values. | S1:26-29 | only with a learning rate | The curvature allows a first step of 1 gray level (from C) or 13 (from noise); J was lowest at 6 and 20: [Which size does η need?](#Which-size-does-η-need?) |
# | G begins as white noise, each pixel value chosen at random. | S1:34-38 | true | It is one start of several; J from noise and from C differ by 47 % after 35 evaluations and by 3 % after 300: [Where to start](#Where-to-start) |
# | Initialize G randomly, then minimize J by gradient descent. | S3:24-27 | only with a learning rate | With r = 14 a painted cat, with 28 a J that is not finite: [A gallery of learning rates](#A-gallery-of-learning-rates) |
# | Initialize G randomly, or with a copy of C. | S4:8 | true | Both come to the same cost within 4 % after 300 evaluations: [Where to start](#Where-to-start) |
# | In each epoch three images go through the network, and SGD follows. | S4:9-12 | half true | An epoch is a step, the gradient is the full one, and C and S need one pass: [Epochs and SGD](#Epochs-and-SGD) |
# | About 5000 epochs are needed. | S4:13 | half true | It depends on the optimizer and on η: L-BFGS had 99 % of the fall of J after 125 and 85 evaluations, while gradient descent with r = 0.01 has hardly begun after 20: [Epochs and SGD](#Epochs-and-SGD) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016 (L-BFGS, and starts from noise, C and S compared)
# - D. P. Kingma, J. Ba: [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980), 2015
# - D. C. Liu, J. Nocedal: On the Limited Memory BFGS Method for Large Scale Optimization, Mathematical Programming 45, 1989
# - G. Goh: [Why Momentum Really Works](https://distill.pub/2017/momentum/), 2017 (valleys like the one above, to play with)
#
# **The way on**: notebook 07 puts both costs and the walk together.

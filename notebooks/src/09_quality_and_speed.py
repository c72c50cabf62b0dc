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
# You change one setting, keep all others, look at both pictures, and read numbers of which most are not in J.
#
# **What you will learn**
#
# - how to judge a picture by something other than the J that made it;
# - what total variation, pooling, padding, the ladder of sizes, the precision and the network change in the picture;
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

import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, Objective, adam, data_path, minimize, prepare, show_images, stylize
from nst_keras.controls.tiles import TiledObjective
from nst_keras.costs import total_variation_cost
from nst_keras.images import initial_image, load_image, resize_image
from nst_keras.lessons.exercises.nb09 import check
from nst_keras.runs import forecast, referee
from nst_keras.runs.forecast import EACH_STEP, OTHER_WORK, convolution_speed, per_pixel
from nst_keras.runs.quality import noise
from nst_keras.settings import Settings
from nst_keras.style import gram_matrix
from nst_keras.vgg import fast_precision, layer_names, load_vgg, receptive_field

# %% [markdown]
# ## Tweak me
#
# Comments describe the stored outputs.

# %% tags=["parameters"]
content_name = "palace"  # C
style_name = "great_wave"  # S
side = 210  # longer side of C, S and G, in pixels
steps = 6  # gradient evaluations at full size; smaller sizes get more, see "From coarse to fine"
beta = 25.0  # weight of the style cost; alpha is 1
gammas = (5e-5, 2e-3)  # weights γ of the total variation cost, rising; all other runs use the first one
init, seed = "content", 0  # first image: "content", "noise" or "blend"; seed of the noise
crop_top, crop_left = 0.12, 0.3  # where the magnified crop begins, as a share of the height and width
crop_side, zoom = 60, 5  # side of a crop in pixels; how large each of its pixels is shown
gray_side = 192  # side of the gray square that is sent through both kinds of padding, in pixels
adam_side = 112  # the run with Adam: longer side,
adam_rate, adam_steps = 5.0, 40  # learning rate in gray levels, gradient evaluations
keep = 0.95  # share of the moving average that is kept at each step
time_sides, time_repeats = (80, 160), 2  # longer sides to be timed, and how often each
gallery_name = "palace_great_wave"  # a finished picture of data/gallery

# %% [markdown]
# ## A ruler from outside
#
# J cannot judge a knob that changes J itself, such as γ. And a run can lower J by tricks that only its own network sees. So a
# referee looks at every picture below: VGG16, while the runs use VGG19, and two measures that ask no network at all. (Where a run comes near to
# one of them, the text says so: one run uses VGG16 itself, and noise is close to a term of J.)
#
# - **content**: the content cost in VGG16, divided by the size of C's own activations; 0 for C itself.
# - **style**: the Wasserstein cost of notebook 08 in VGG16, the mean over four layers; 0 for S itself.
# - **patches**: how differently the 7 x 7 color patches of S and G are distributed (sorted along random directions, see notebook 08), in gray levels; 0 for S itself.
# - **noise**: how far a pixel is from the mean of its four neighbors, on average, in gray levels (pixels at the border are left out). Less is not better: a
#   painting has grain of its own. Compare it with the noise of S, and remember that edges and drawn lines count, too.
#
# Test a ruler on things of known length first. **Predict** the noise of a checkerboard of black and white pixels, and of a
# smooth ramp. And what will the referee say of C itself, and of S brought to the shape of C?

# %% tags=["nbval-check-output"]
C, S = load_image(content_name, side), load_image(style_name, side)

judges = {network: referee(C, [S], network) for network in ("vgg16", "vgg19")}

def measure(G, network="vgg16"):
    found = judges[network](G)
    of_S = found["styles"][0]
    style = {"style": of_S["wasserstein"], "patches": of_S["patches"]}
    return {"content": found["content"], **style, "noise": noise(G)}

row, column = np.indices((32, 32))[..., None]
checkers, ramp = (tf.constant(np.tile(x, 3)[None], tf.float32) for x in (255 * ((row + column) % 2), 8 * column))
print(f"noise: checkerboard {noise(checkers):.0f}, ramp {noise(ramp):.0f}, S {noise(S):.1f}")
assert (noise(checkers), noise(ramp)) == (255, 0)

results = {"C": measure(C), "S resized": measure(resize_image(S, tuple(C.shape[1:3])))}
for name, m in results.items():
    print(f"{name:11}", "  ".join(f"{key} {round(value, 4):.2g}" for key, value in m.items()))

# %% [markdown]
# The 255 and the 0 are exact: each white pixel has four black neighbors, and a ramp is its neighbors' mean everywhere. C is no
# distance from its own content, and 0.3 and 43 gray levels from the style and the patches of S. S itself, with one row of
# pixels less, is next to nothing from its own style. Its content is 1.6, and 1 would be the answer of a network that sees nothing in G (all
# activations zero). The content of a G mostly lies between 0 and 1. Mind the last number, too: resizing alone took noise from 12.7 to 11.
#
# Now the run that all others are compared with. It has the settings that `stylize` uses when you say nothing, except for
# the size, the few steps, a smaller β, and float32, so that the numbers depend less on the processor.

# %% alt="Three pictures: the palace, Hokusai's Great Wave, and the palace in the colors and curved strokes of the print."
settings = Settings(beta=beta, gamma=gammas[0], steps=steps, max_side=side, init=init, seed=seed, precision="float32")
pictures = {}

def add(name, **changed):
    """Make a picture with one setting changed, and measure it."""
    run = stylize(C, S, settings, **changed)
    pictures[name], results[name] = run.image, measure(run.image)
    return run

def crop(G, top=crop_top, left=crop_left):
    top, left = (int(share * max(0, n - crop_side)) for share, n in zip((top, left), G.shape[1:3], strict=True))
    return np.asarray(G)[:, top : top + crop_side, left : left + crop_side].repeat(zoom, axis=1).repeat(zoom, axis=2)

def compare(titles, crops=True):
    """Show pictures with what the referee says, and the same crop of each, magnified."""
    said = "{title}\ncontent {content:.2f}, style {style:.3f}\npatches {patches:.1f}, noise {noise:.1f}"
    labels = [said.format(title=title, **results[name]) for name, title in titles.items()]
    show_images([pictures[name] for name in titles], labels, tile=4.2)
    if crops:
        show_images([crop(pictures[name]) for name in titles], list(titles.values()), tile=4.2)

base = add("base")
show_images([C, S, base.image], ["C", "S", "G"], tile=3.6)
print(", ".join(f"{key} {value:.3g}" for key, value in results["base"].items()), f"(noise of S {noise(S):.3g})")

# %% [markdown]
# *Figure: C, S, and the G that the rest is compared with.* On the way from C to S this G has gone more
# than half by style (0.30 to 0.12) and two thirds by patches (43 to 13.4). Its noise, 9.7, is below that of S, 12.7. Few steps were
# made here: what follows says what is seen after so many, and not what is true at the end of a long run.
#
# ## Total variation
#
# Many programs add a third cost, against grain:
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
# "mean" is Σd² divided by the number of values in G. J uses "color", the same for a gray picture; differences in color count twelve times as much as those in brightness. Neither grows with the number of pixels. (They still depend on the size: in the same picture
# enlarged, neighbors differ less.)
#
# Now γ alone is changed. **Predict**: which picture has less grain, which one is nearer to the grain of S, and what else goes?

# %% alt=["Two results beside each other: with the small weight grainy and crisp, with the large one smooth and soft.", "A crop of both, enlarged: with the small weight the edges of the roof are sharp, with the large one they are softer and the colors paler."]
by_gamma = {"base": f"γ = {gammas[0]:g}"}
for gamma in gammas[1:]:
    by_gamma[f"γ = {gamma:g}"] = f"γ = {gamma:g}"
    add(f"γ = {gamma:g}", gamma=gamma)
compare(by_gamma)
off = {title: round(results[name]["noise"] - noise(S), 1) for name, title in by_gamma.items()}
print("noise minus the noise of S:", ", ".join(f"{title}: {difference}" for title, difference in off.items()))

# %% [markdown]
# *Figures: runs that differ in γ alone, and below them the same crop of each, every pixel a square.* Forty times the
# default γ takes noise from 9.7 to 5.5. That is *further* from S, which has 12.7. The edges of the roof get softer, the colors
# paler, and style and patches are further off as well (0.124 to 0.172, 13.4 to 28.3). Total variation cannot tell
# grain from brushwork. That is why the default γ is small. (Here G has less noise than S even so; whether 0 would be better still is not shown. Try `gammas = (0, 2e-3)`.)
#
# ## Max against average pooling
#
# The gradient of a maximum flows into one pixel of four, and the other three are told nothing; the gradient of a mean
# flows into all four. Gatys and colleagues found that average pooling makes slightly nicer pictures. VGG was trained with
# the maximum. Both networks here have the same weights.
#
# **Predict**: which G has less noise? Which one will each of the other three measures prefer?

# %% alt=["Two results, with max and with average pooling; the composition is the same.", "A crop of both, enlarged: with max pooling single odd pixels stand out, with average pooling the areas of color are more even."]
add("average pooling", pooling="avg")
compare({"base": "max pooling", "average pooling": "average pooling"})

# %% [markdown]
# *Figures: two runs with the same weights and settings, pooled by maximum and by mean; crops below.* With average pooling
# the crop has fewer single odd pixels and more even areas of color: noise 8.8 against 9.7, both below the 12.7 of S. By the measure *patches* it is nearer to S
# (12.9 against 13.4), the style in VGG16 is further off (0.137 against 0.124). But this referee pools by maximum itself. When two honest measures disagree,
# the answer is not in the numbers: look, and choose.
#
# ## What the border sees: zero against symmetric padding
#
# At the border a 3 x 3 kernel hangs over the edge. VGG was trained to see zeros there. In one dimension, with the kernel
# `[1, 1, 1]` on the flat row `[1, 1, 1, 1]`, zeros give `[2, 3, 3, 2]`: the ends can be told from the middle. Repeat the
# outermost value instead ("symmetric" padding by one pixel), and it is `[3, 3, 3, 3]`.
#
# The same in VGG19: a picture of one gray. **Predict**: in which layer do activations differ most from those at the center?

# %% tags=["nbval-check-output"]
row = tf.ones((1, 4, 1))
for mode in ("CONSTANT", "SYMMETRIC"):
    padded = tf.pad(row, ((0, 0), (1, 1), (0, 0)), mode)
    print(f"{mode:10}", tf.nn.conv1d(padded, tf.ones((3, 1, 1)), 1, "VALID").numpy().ravel())

gray = tf.fill((1, gray_side, gray_side, 3), 128.0)
style_layers = list(settings.layer_weights)
for padding in ("zero", "symmetric"):
    vgg = load_vgg(padding=padding)
    activations = FeatureExtractor(style_layers, vgg)(gray)
    off = {l: a - a[:, a.shape[1] // 2, a.shape[2] // 2] for l, a in activations.items()}  # minus that at the center
    spread = {l: float(tf.norm(off[l]) / tf.norm(a)) for l, a in activations.items()}
    print(f"{padding:10}", "  ".join(f"{l[:6]} {share:.2f}" for l, share in spread.items()))
    assert padding == "zero" or max(spread.values()) < 1e-3

size, stride, offset = receptive_field(vgg, style_layers[-1])
starts = offset + stride * np.arange(activations[style_layers[-1]].shape[1])
inside = int(np.sum((starts >= 0) & (starts + size <= gray_side)))
print(f"{style_layers[-1]}: {inside**2} of {len(starts)**2} positions see no border")

# %% [markdown]
# Symmetric padding leaves gray what is gray in every layer. With zeros the border leaks in, from 0.14 of the activations' size in block 1 to 0.64
# in block 3 and 0.49 in block 4, where 320 of 576 positions see it. For a deep layer, then, "the upper left corner" is a thing like
# "a roof", and can go into the statistics of a style. S has something in its upper left corner: a cartouche, the upright box
# with the title of the print. **Predict**: what will G have there?

# %% alt=["Two results, with symmetric and with zero padding, which look alike; the second one has a faint gray-blue line along the border of the sky.", "The upper left corner of C, of S and of both results: sky beside a roof, the cartouche of the print, and twice a sky with faint folds beside the roof."]
add("zero padding", padding="zero")
compare({"base": "symmetric padding", "zero padding": "zero padding"}, crops=False)
corners = {"C": C, "S": S, "symmetric padding": pictures["base"], "zero padding": pictures["zero padding"]}

def border_step(G, n):
    """Mean difference between the pixels n away from the border and the next ones inwards, in gray levels."""
    G = np.asarray(G)[0]
    pairs = [(side[n], side[n + 1]) for side in (G, G[::-1], G.swapaxes(0, 1), G.swapaxes(0, 1)[::-1])]
    return np.mean([np.abs(outer - inner).mean() for outer, inner in pairs])

show_images([crop(image, 0, 0) for image in corners.values()], list(corners), columns=2, tile=4.2)
print("from the outermost pixels to the next ones, and from the fifth to the sixth, in gray levels:")
print(", ".join(f"{title} {border_step(image, 0):.1f} and {border_step(image, 4):.1f}" for title, image in corners.items()))

# %% [markdown]
# *Figures: two runs that differ in padding alone; then the upper left corner of C, of S and of both results.* Neither has a copy
# of the cartouche. With zeros a faint gray-blue line runs along the border of the sky, the beginning of a **frame**. The numbers do not tell it: from the outermost pixels to the
# next ones it is 15.7 gray levels, a few pixels further inside 14.1; with symmetric padding 17.3 and 15.4.
#
# The referee does not mind: content 0.35 against 0.36, style 0.126 against 0.124, patches 12.9 against 13.4. Its VGG16 pads with zeros too, and its patches do not know where
# they lie. No ruler measures everything, so look at the corners yourself.
#
# ## From coarse to fine
#
# At a side √2 times smaller a picture has half of the pixels, so a step costs half. And VGG sees more of the scene
# there: a position of `block4_conv1` sees 68 x 68 pixels, whatever the size of the picture. So `stylize` climbs a
# **ladder**: optimize a small G, change a C that is √2 times larger as the small one was changed, go on from there. The smaller the size, the more steps it gets.
#
# A fair comparison gives one size the same amount of work, counted in evaluations at full size and rounded up. **Predict**: which of the
# two is nearer to S, and which one is nearer to C?

# %% tags=["nbval-check-output"] alt=["Two results of equal work, the ladder of sizes and one size, which look much alike.", "A crop of both, enlarged: the same lines, other spots in the sky."]
area, work = C.shape[1] * C.shape[2], 0
for (height, width), n in zip(base.sizes, base.steps, strict=True):
    work += n * height * width / area
    print(f"{width:4} x {height:3} pixels: {n:3} steps, worth {n * height * width / area:5.2f} at full size")
print(f"all together worth {work:.1f} steps at full size")

one = add("one size", scales=1, steps=int(np.ceil(work)))
J_base, J_one = (run.history.final["J"] for run in (base, one))
compare({"base": f"ladder: J {J_base:.2f}", "one size": f"one size, {one.steps[0]} steps: J {J_one:.2f}"})

# %% [markdown]
# *Figures: the same amount of work, spent on a ladder of sizes and on one size.* The two look much alike.
# The ladder is nearer to S by style and patches (0.124 against 0.127, 13.4 against
# 14.2), and one size is nearer to C (content 0.34 against 0.36) and to the noise of S (10.2 against 9.7, S 12.7). J adds content and style up, and hardly tells: 0.60 and 0.59.
#
# This is a short ladder, with two sizes: the first one is as near to 128 pixels as steps of √2 lead. Above `side = 215` it has three: try it.
#
# ## Precision
#
# A float32 has 24 binary digits, about 7 decimal ones. **bfloat16** keeps its range, up to 3·10³⁸, with 8 binary
# digits, between 2 and 3 decimal ones; **float16** has 11 digits but ends at 65504. Both need half the memory, and some
# processors compute with bfloat16 about twice as fast. **Predict** the first four numbers:

# %% tags=["nbval-check-output"]
print("1001 and 1 + 1/1000 in bfloat16:", *(float(tf.cast(x, tf.bfloat16)) for x in (1001.0, 1.001)))
print("300² in float16:", float(tf.cast(300.0, tf.float16) ** 2))
total = tf.constant(0, tf.bfloat16)
for _ in range(1000):
    total += tf.constant(1, tf.bfloat16)
print("1 added 1000 times in bfloat16:", float(total))

# %% [markdown]
# In bfloat16 there is nothing between 1000 and 1004, and 1 + 1/1000 is 1. A sum of ones gets stuck at 256, because 257 is
# not a bfloat16. A Gram matrix is a sum over thousands of positions, so it must not be computed that way; in float16 it
# would soon be infinite. That is why only the network computes in low precision, and all sums and costs are float32.
#
# All runs so far are in float32. Now the first of them in bfloat16. Both results are scored in float32: a cost computed in low precision would judge its own work.

# %% alt="Two results that look alike, in float32 and in bfloat16, and their difference amplified, which is brightest in the sky and over the water."
rounded = add("bfloat16", precision="bfloat16")
runs, errors = {"float32": base, "bfloat16": rounded}, {}
a, a_16 = (run.extractor(C) for run in runs.values())
for l in style_layers:
    for_both = ((a[l], a_16[l]), (gram_matrix(a[l]), gram_matrix(a_16[l])))
    errors[l] = [float(tf.norm(x - y) / tf.norm(x)) for x, y in for_both]
    print(f"{l}: activations of C off by {errors[l][0]:.1%}, Gram matrix by {errors[l][1]:.1%}")
assert max(map(max, errors.values())) < 0.03

J = Objective(C, S, settings, base.extractor)
scores = {name: float(J(run.image)) for name, run in runs.items()}
apart = tf.abs(base.image - rounded.image)
titles = [f"{name}\nJ in float32: {score:.3g}" for name, score in scores.items()]
titles.append(f"difference, amplified 5 times\nmean {tf.reduce_mean(apart):.1f} gray levels")
show_images([base.image, rounded.image, 5 * apart], titles, tile=3.4)
for name, run in runs.items():
    print(f"{name}: a step at full size took {np.median(np.diff(run.history.seconds, prepend=0)[-steps:]):.2f} s")
print('"auto" chooses', fast_precision(), "here")
assert np.isclose(*scores.values(), rtol=0.2)

# %% [markdown]
# *Figure: the same run with a network in float32 and in bfloat16, and where the results differ (black: nowhere).* Activations and
# Gram matrices of C are off by about 1 % at most, and the pictures look alike. They are not the same: every rounding error sends L-BFGS on
# a slightly different path, and the ends are 3.1 gray levels apart, most of all in the sky and over the water, where C has least to say. Both costs are 0.596.
#
# Whether it is faster depends on the processor. Without instructions for bfloat16 it can be many times slower; so
# `precision="auto"` takes it only where the processor has them.
#
# ## A moving average of what the optimizer visits
#
# Adam with a fixed rate need not come to rest: near a minimum pixels can go on jumping by as much as the rate lets them. Some programs return a moving average of the images:
#
# $$A := keep\cdot A + (1 - keep)\cdot G_t,\qquad A_0 = 0,\qquad \text{result } A\,/\,(1 - keep^t)$$
#
# The zero at the start makes A too dark; the division takes exactly that share out (it is **debiased**). By hand with
# keep = 1/2 and one pixel that visits 8, 4, 6: A is 4, 4, 5, and the results are 4 / (1/2) = 8, 4 / (3/4) = 5.33 and
# 5 / (7/8) = 5.71.
#
# **Predict**: after some tens of steps of Adam, has the debiased average a lower J than the last image?

# %% tags=["nbval-check-output"] alt="Three small results: the last image of Adam, its moving average, which is darker, and the debiased average with the right brightness."
class MovingAverage:
    """Called with the first image and after each step; holds A, and A debiased."""

    def __init__(self, keep):
        self.keep, self.A, self.t = keep, 0.0, 0

    def __call__(self, step, G, costs):
        self.A, self.t = self.keep * self.A + (1 - self.keep) * G, self.t + 1
        self.debiased = self.A / (1 - self.keep**self.t)

by_hand = MovingAverage(0.5)
for t, pixel in enumerate((8, 4, 6)):
    by_hand(t, pixel, None)
    print(f"pixel {pixel}: A = {by_hand.A:g}, debiased {by_hand.debiased:.2f}")

C_small, S_small = resize_image(C, adam_side), resize_image(S, adam_side)
first, J, average = initial_image(init, C_small, seed), Objective(C_small, S_small, settings), MovingAverage(keep)
last, _ = minimize(J, first, adam(adam_rate), adam_steps, callback=average)
print(f"keep = {keep:g}: after {average.t} images (the first and {adam_steps} steps) A holds {1 - keep**average.t:.0%} of what it should")
shown = {"Adam, last image": last, "A": average.A, "A debiased": tf.clip_by_value(average.debiased, 0, 255)}
titles = [f"{name}\nJ {float(J(G)):.2f}, noise {noise(G):.1f}" for name, G in shown.items()]
show_images(list(shown.values()), titles, tile=3.4)

# %% [markdown]
# *Figure: the last image of Adam, the moving average as it is, and debiased.* A is darker than it should be, by 12 %. Debiased it has
# the right brightness, and J falls from 1.08 to 0.48. It has a little less noise than the last image (8.8 against 9.3), and still a
# **higher** J than that (0.40). After 40 steps Adam is still on its way down, and half of the average's weight is on images 11 or more steps
# old, which are simply worse. An average pays where jumping around costs more than the lag behind the descent, most of all once G gets no further down; in these steps the lag costs more.
#
# ## VGG19 beside VGG16
#
# The paper and most programs use VGG19; many texts and lectures say VGG16, which has one convolution less in each of
# blocks 3, 4 and 5. **Predict**: how many of the layers that J uses are missing in VGG16?

# %% tags=["nbval-check-output"]
vggs = {name: load_vgg(name) for name in ("vgg19", "vgg16")}
for name, vgg in vggs.items():
    cut = FeatureExtractor(settings.layers, vgg).network
    print(f"{name}: {vgg.count_params():,} parameters; {per_pixel(cut)[0]:,.0f} multiply-adds a pixel for J")
names19, names16 = (layer_names(vgg) for vgg in vggs.values())
print("only in VGG19:", *(l for l in names19 if l not in names16))
print("only in VGG16:", *([l for l in names16 if l not in names19] or ["none"]))
print("layers of J that both have:", sum(l in names16 for l in settings.layers), "of", len(settings.layers))

# %% [markdown]
# None is missing, so one setting exchanges the network. Each network makes a picture, and each judges both.
# **Predict**: whom will each judge prefer?

# %% alt=["Two results, made with VGG19 and with VGG16; alike in composition, different in strokes.", "A crop of both, enlarged: the same lines, other spots in the sky."]
add("VGG16", network="vgg16")
compare({"base": "VGG19", "VGG16": "VGG16"})
print("made with   judged by VGG16: content, style   judged by VGG19: content, style")
for name, title in {"base": "VGG19", "VGG16": "VGG16"}.items():
    m, m19 = results[name], measure(pictures[name], "vgg19")
    print(f"{title:16} {m['content']:19.2f} {m['style']:9.3f}", f"{m19['content']:21.2f} {m19['style']:9.3f}")

chance = {key: abs(results["bfloat16"][key] - value) for key, value in results["base"].items()}
print("rounding to bfloat16 changes", ", ".join(f"{key} by {difference:.2g}" for key, difference in chance.items()))
distances = {name: float(tf.reduce_mean(tf.abs(G - pictures["base"]))) for name, G in pictures.items()}
print("which knob moves the picture most? mean distance to the first picture, in gray levels:")
for name, distance in sorted(distances.items(), key=lambda item: item[1])[1:]:
    print(f"{name:16} {distance:5.1f}")

# %% [markdown]
# *Figures: the same settings with VGG19 and with VGG16; crops below.* By content each network prefers the picture that it made itself
# (VGG16: 0.23 against 0.36; VGG19: 0.22 against 0.29). Part of
# what a run saves pleases its own network only. That is why the referee must be another one, and why its word is worth
# nothing here. By style both prefer the picture of VGG19 (VGG16: 0.124 against 0.132; VGG19: 0.083 against 0.089), and so do the patches, which no network made (13.4 against 17.2). VGG16 is an eighth cheaper.
#
# The list at the end holds the pictures of this size. Distance is not quality: it says how much a knob changes. The yardstick for chance is bfloat16, the same run with other rounding: it moves the picture by 3.1 gray levels, content by 0.003, patches and noise by 0.06 and style by less than 0.001, and smaller differences mean nothing. Every knob here moves the picture more.
# Exchanging the network is about as large a change as leaving out the ladder; the large γ moves the picture most.
#
# ## Where time and memory go
#
# A kernel of shape (3, 3, n_in, n_out) takes 9·n_in·n_out multiply-adds at each position, and a position of block b stands
# for 4^(b-1) pixels of G, because each pool halves both sides. **Predict**: which block is the most expensive?

# %% tags=["nbval-check-output"]
network = base.extractor.network  # VGG19, as far as J needs it
products, area = {}, 1.0  # multiply-adds for each pixel of G; positions for each pixel of G
for layer in network.layers[1:]:  # the first one is the input
    if "pool" in layer.name:
        area /= 4
    else:
        products[layer.name] = np.prod(layer.kernel.shape) * area
total = sum(products.values())
print(f"multiply-adds a pixel, one pass forwards: {total:,.0f}; block1_conv2 alone {products['block1_conv2']:,.0f}")
for block in sorted({name[:6] for name in products}):
    print(f"{block} {sum(n for name, n in products.items() if name.startswith(block)) / total:5.1%}")
assert total == per_pixel(network)[0]

values = per_pixel(network)[1]
print(f"activations for each pixel of G: {values:g}")
for width, height in [(C.shape[2], C.shape[1]), (1400, 900)]:
    gigabytes = {p: values * size * width * height / 1e9 for p, size in (("float32", 4), ("bfloat16", 2))}
    print(f"all activations of {width} x {height}:", ", ".join(f"{g:.2f} GB in {p}" for p, g in gigabytes.items()))
counted = sum(tf.size(a_l).numpy() for a_l in FeatureExtractor(layer_names(network), network)(C).values())
assert np.isclose(values, counted / (C.shape[1] * C.shape[2]), rtol=0.1)  # pools round odd sizes down

# %% [markdown]
# Block 3 takes nearly half of it, with four convolutions; of block 4, J needs only two. A pool divides the positions by 4, and doubling the channels
# on both sides multiplies the products by 4, so that every layer inside blocks 1 to 4 costs the same 36,864. The cheap ones are the first of each block: in blocks 2 to 4 they have only half of the channels to read, in block 1 only 3.
#
# The gradient costs as much again on the way back. So the seconds of an evaluation follow from one measured number, the
# multiply-adds per second of a convolution on your computer; everything else takes about as long again (the factor `OTHER_WORK`), and each step has some fixed work (`EACH_STEP`).
#
# **Memory** goes to the activations, because the way back needs them again. How many there are for each pixel of G follows
# from the layers as well: 64 + 64 in block 1, a quarter of 64 after its pool, a quarter of 128 in `block2_conv1`, and so on: 300. At
# the peak, some of them and their gradients are there at the same time, so that it takes more (the forecast below counts
# that), and there are some 0.9 GB for Python, TensorFlow and the network, whatever the size. A size that does not fit into free memory the command
# computes in tiles (see "More pixels"); what does not fit even then it refuses, and names the largest that does.

# %%
speed = convolution_speed("float32")
print(f"one convolution: {speed / 1e9:.0f} billion multiply-adds per second\npixels       forecast    real")
for time_side in time_sides:
    C_t, S_t, seconds = resize_image(C, time_side), resize_image(S, time_side), []
    J = Objective(C_t, S_t, settings, base.extractor)
    for _ in range(time_repeats + 1):
        start = time.perf_counter()
        J.value_and_gradient(C_t)
        seconds.append(time.perf_counter() - start)
    height, width = C_t.shape[1:3]
    expected = EACH_STEP + OTHER_WORK["float32"] * 2 * total * height * width / speed  # 2: forwards and backwards
    print(f"{width:4} x {height:4}  {expected:6.2f} s  {np.median(seconds[1:]):5.2f} s")
plan = forecast(prepare(C, S, settings))
print(f"the run at the top: forecast {plan.seconds:.1f} s, real {base.history.seconds[-1]:.1f} s")
long = forecast(prepare(resize_image(C, (900, 1400)), S, settings, max_side=None, scales=1, steps=6000))
print(f"one size of 900 x 1400 pixels, 6000 steps: {long.seconds / 3600:.0f} hours and {long.memory / 1e9:.1f} GB")
ladder = prepare(resize_image(C, (900, 1400)), S, max_side=None)  # with 18 steps at full size
worth = sum(n * h * w for n, (h, w) in zip(ladder.steps, ladder.sizes, strict=True)) / (900 * 1400)
print(f"the default ladder of {len(ladder.sizes)} sizes up to 900 x 1400: worth {worth:.0f} steps at full size")
large = prepare(tf.zeros((1, 3000, 4000, 3)), S, max_side=None, precision="bfloat16")
for name, tile in {"at once": None, "in tiles": 3 * 2**16}.items():
    large.settings = large.settings.replace(tile=tile)
    print(f"4000 x 3000 pixels in bfloat16, {name}: {forecast(large).memory / 1e9:.1f} GB")

# %% [markdown]
# In the stored output evaluations take about five sixths of what was forecast, and the whole run all of it. (The work that does not depend
# on the size, `EACH_STEP`, is part of the forecast.) On a busy computer everything takes longer than its forecast. (The call before the timed ones is left out: if no run before had costs of the same kind, TensorFlow builds its graph then, in a second or two.) The command `nst-keras` prints the
# forecast before it begins. Then there are the size and the number of steps of an example in the course notes, and the ladder that `stylize` takes for
# this size: with L-BFGS and small sizes first, a hundredth of the work. The last two lines are for the next section.
#
# ## More pixels
#
# What if the activations do not fit into memory? What the costs need of them are **sums over positions**, and a sum may be taken in pieces. So compute
# a block of the network in tiles: read a square of the picture, add its Gram matrix, forget it.
#
# A unit at the edge of a tile sees pixels beyond it, one for each 3 x 3 convolution of its block. That is a receptive field, and it says how wide a margin to read: two pixels in block 1, which has two
# convolutions. What they give is left out of the sum. On the way back the margin belongs to two tiles: each gives it a part of the gradient, and the parts are added.
# Here the picture is cut into an upper and a lower half. **Predict**: how wrong is the Gram matrix without the margin?

# %% tags=["nbval-check-output"] alt="A finished picture of the palace in the style of the Great Wave, 1024 pixels wide, and its upper left corner, enlarged: an even beige sky with a dark line in the corner, beside the roofs."
block1, half = FeatureExtractor(["block1_conv2"], load_vgg()), C.shape[1] // 2
whole = gram_matrix(block1(C)["block1_conv2"])
for rows in (0, 1, 2):
    top = block1(C[:, : half + rows])["block1_conv2"][:, :half]
    bottom = block1(C[:, half - rows :])["block1_conv2"][:, rows:]
    off = float(tf.norm(gram_matrix(top) + gram_matrix(bottom) - whole) / tf.norm(whole))
    print(f"margin of {rows} rows: Gram matrix of the two halves off by {off:.4%}")
assert off < 1e-6

exact = settings.replace(rank=16)  # main directions of the style cost (notebook 08); few suffice to compare
(at_once, g), (in_tiles, g_tiles) = (
    J.value_and_gradient(C) for J in (Objective(C, S, exact), TiledObjective(C, S, exact, tile=96**2))
)
off = float(tf.norm(g_tiles - g) / tf.norm(g))
print(f"J {at_once['J']:.5g} at once, {in_tiles['J']:.5g} in tiles of 96 x 96; gradients differ by {off:.3%}")
assert max(off, abs(in_tiles["J"] / at_once["J"] - 1)) < 1e-5

path = data_path(f"gallery/{gallery_name}.jpg")
record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
print(record["command"])
finished = load_image(path)
corner = finished[:, :360, :360]
titles = [f"{finished.shape[2]} x {finished.shape[1]} pixels, loaded, not computed here", "its upper left corner, 360 pixels wide"]
show_images([resize_image(finished, 600), corner], titles, tile=4.2)

# %% [markdown]
# J and its gradient agree, while within a block only one tile and its margin are in memory at a time; from block to block only the pools are kept. The price: the gradient of a tile needs the Gram matrix of the whole,
# which is known only after the last tile, so each activation is computed twice. That makes three passes out of two, and the margins come on top. With
# `nst-keras --max-side 4000` the command does this where it must.
#
# *Figures: a picture of the gallery, made by the printed command, and its corner, slightly enlarged. Both are loaded, not computed
# here.* The strokes are finer than in any picture above, in proportion to the building. The JSON beside each picture of the gallery has all settings, and what the referee says.
#
# ## Summary
#
# - Change one thing, keep the rest, and ask a referee from outside. Test the referee first, and know what it cannot see.
# - Less noise is not better; the noise of S is a better mark than 0. A large γ blurs brushwork with the grain.
# - Zero padding tells the network where the border is. Here the sky got a faint line along its border.
# - For the same work, the ladder made a picture nearer to S by style and patches; J hardly told.
# - By content each network favored what it made itself, so a picture needs another judge.
# - Seconds and memory grow in proportion to the pixels of G, on top of a fixed part, and can be known before the run.
# - Gram matrices are sums over positions, so a picture may be computed in tiles, each with the margin that its convolutions see: the same J, the same gradient, less memory.
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
# **Exercise 2.** A 3 x 3 kernel of ones runs over a 4 x 4 picture of ones with **zero** padding. In the middle it gives 9. At how
# many of the 16 positions does it give something else, and what is the smallest value? Answer with two numbers.

# %% tags=["exercise"]
# Exercise 2: your answer, two numbers, replaces None
answer = (None, None)
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# padded = np.pad(np.ones((4, 4)), 1)
# sums = np.array([[padded[i : i + 3, j : j + 3].sum() for j in range(4)] for i in range(4)])
# answer = (int((sums != 9).sum()), int(sums.min()))
# ```
# </details>
#
# **Exercise 3.** A ladder has three sizes, each √2 times the one before, and 20 steps at the largest. Each smaller size gets as
# many times more steps as its side is shorter (round to whole steps). What is the whole ladder worth, in steps at the largest size?

# %% tags=["exercise"]
# Exercise 3: your answer replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The sides are 1, 1/√2 and 1/2 of the largest one, the pixels 1, 1/2 and 1/4, the steps 20, 28 and 40.
#
# ```python
# answer = 20 * 1 + 28 / 2 + 40 / 4
# ```
# </details>
#
# **Exercise 4.** On some computer an evaluation takes 0.1 seconds at 192 x 128 pixels. How many **hours** would 6000 evaluations take
# there at 900 x 1400 pixels? (Leave fixed work out.)

# %% tags=["exercise"]
# Exercise 4: your answer, in hours, replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = 0.1 * (900 * 1400) / (192 * 128) * 6000 / 3600
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. A run with γ = 0 ends with a lower J than one with γ = 0.001. Is it better?</summary>
# The two numbers belong to different J. Compare what neither has optimized, and the pictures.
# </details>
#
# <details><summary>2. G has less noise than S. Is that good?</summary>
# Not by itself: the grain of S belongs to its style. Its noise is a better mark than 0, but lines and edges count in it, too.
# </details>
#
# <details><summary>3. Twice the side: how many times the seconds and the memory of a step?</summary>
# Four times the part that follows the pixels. The fixed part (0.9 GB, some work at each step) stays, so a small picture grows by less.
# </details>
#
# <details><summary>4. Why does a network that pads with zeros know where the border is?</summary>
# A flat picture has other sums there, and each further layer carries this inwards.
# </details>
#
# <details><summary>5. Why are Gram matrices summed in float32 even if the network computes in bfloat16?</summary>
# They are sums over thousands of positions. With 8 binary digits a sum stops growing once its summands are less than about 1/256 of it.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | Max pooling discards information that the classifier does not need. | S2:31 | half true | The gradient of a maximum reaches one pixel of four; by average pooling patches are nearer to S (12.9, with max 13.4), style in VGG16 is further off (0.137, with max 0.124): [Max against average pooling](#Max-against-average-pooling) |
# | The network is a pretrained VGG16. | S3:33, S4:7 | half true | The paper and the lecture use VGG19. All five layers of J exist in both; exchanging them moves G by 10.5 gray levels, average pooling by 8.5: [VGG19 beside VGG16](#VGG19-beside-VGG16) |
# | 900 x 1400 pixels take 6000 epochs. | S4:62 | only with a plain optimizer at one size | An epoch is one gradient evaluation; the forecast for 6000 of them is many hours. The default ladder of this size needs work worth 57: [Where time and memory go](#Where-time-and-memory-go) |
#
# S0 to S4 are the five course notes that this series follows, S3:33 is line 33 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016 (average pooling)
# - L. A. Gatys, A. S. Ecker, M. Bethge, A. Hertzmann, E. Shechtman: [Controlling Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865), 2017 (coarse to fine)
# - A. Mahendran, A. Vedaldi: [Understanding Deep Image Representations by Inverting Them](https://arxiv.org/abs/1412.0035), 2015 (total variation)
# - J. Rabin, G. Peyré, J. Delon, M. Bernot: Wasserstein Barycenter and its Application to Texture Mixing, 2011 (the patch measure)
#
# **The way on**: notebook 10 puts you in control: whose colors, which style where, how large the strokes, how much.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 - Images as tensors, VGG as a ruler
#
# You will know what numbers a picture is made of, what a network makes of them, and why you may not notice that you have fed it the wrong ones.
#
# **What you will learn**
#
# - four ways to write down a pixel;
# - what a convolution computes, by hand, and how much of the picture a unit of each layer can see;
# - why wrong preprocessing goes unnoticed, and what it does to a picture.
#
# **Time**: about half a minute on 2 CPU cores, half an hour to read. Nothing is downloaded.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, paint, prepare, resize_image, show_images
from nst_keras.images import deprocess, load_image, preprocess
from nst_keras.lessons.diagram import draw_method
from nst_keras.lessons.exercises.nb01 import check
from nst_keras.settings import STYLE_LAYERS
from nst_keras.vgg import layer_names, load_vgg, receptive_field

# %% [markdown]
# ## Tweak me
#
# Change any value and run the notebook again from here. Comments describe the stored outputs.

# %% tags=["parameters"]
content = "astronaut"  # the photo; others: chelsea, coffee, palace, rocket
max_side = 256  # its longer side, in pixels
points = {"1": (0.62, 0.2), "2": (0.05, 0.03), "3": (0.08, 0.6), "4": (0.8, 0.72)}  # pixels to read: down, right, as shares
look_at = (0.22, 0.45)  # the middle of the squares in section 4: down, right, as shares
shown_channel = 22  # channel of block1_conv1 in section 2: 0..63
probe_layer = "block3_conv1"  # the layer whose receptive field is put to the test
compared_layers = ["block1_conv1", "block3_conv1", "block5_conv1"]  # three rulers for section 5
compared_photos = ["astronaut", "chelsea", "coffee", "palace", "rocket"]  # photos for sections 5 and 6
compared_side = 160  # their longer side, in pixels
pair = ("palace", "great_wave")  # C and S of the short runs
run_side, run_steps = 192, 8  # longer side in pixels; gradient evaluations at this size
pooling = "max"  # "max" as trained, or "avg"

# %% [markdown]
# ## 1. An image is a box of numbers
#
# In this project an image is one array of shape `(1, H, W, 3)`: one picture, `H` rows, `W` columns, and for each pixel its red,
# green and blue value from 0 to 255, stored as `float32`. The leading 1 is there because networks take batches.
#
# The cell below reads a photo and draws each of its three channels as a gray picture: white is 255, black is 0. **Predict**: in which channel is
# the orange suit lightest, in which one darkest? And a white wall?

# %% tags=["nbval-check-output"] alt="The photo of an astronaut in an orange suit with four marked pixels, and its red, green and blue channel in gray. The suit is nearly white in the red channel and dark in the blue one; the wall is light in all three. At the marks stand the values."
photo = load_image(content, max_side)
values = photo.numpy()
print("shape", photo.shape, "dtype", photo.dtype.name, "smallest", values.min(), "largest", values.max())
print("one pixel holds", values[0, 0, 0].size, "numbers, the whole picture", f"{values.size:,}")

figure, axes = plt.subplots(1, 4, figsize=(13, 3.6), layout="constrained")
axes[0].imshow(values[0] / 255)
axes[0].set_title("the photo")
for k, name in enumerate(["red", "green", "blue"]):
    gray = axes[k + 1].imshow(values[0, :, :, k], cmap="gray", vmin=0, vmax=255)
    axes[k + 1].set_title(f"{name}: values[0, :, :, {k}]")
figure.colorbar(gray, ax=axes[3])
label = {"ha": "center", "color": "black", "fontsize": 9, "bbox": {"facecolor": "white", "alpha": 0.8, "pad": 1}}
for letter, (down, right) in points.items():
    i, j = (int(share * (n - 1)) for share, n in zip((down, right), photo.shape[1:3], strict=True))
    for axis, text in zip(axes, [letter, *(f"{v:.0f}" for v in values[0, i, j])], strict=True):
        axis.plot(j, i, "o", color="white", markeredgecolor="black", markersize=7)
        axis.text(min(max(j, 14), photo.shape[2] - 14), i + 20, text, **label)
        axis.axis("off")
plt.show()

# %% [markdown]
# *Figure: the photo and its three channels, with the values of four pixels.* The suit (1) is light in the red channel, darker in the green one and darkest in
# the blue one: that is what orange is. The dark blue of the flag (2) is lightest in the blue channel. The wall (3) is light in all three, the
# visor (4) is dark in all three.
#
# ### Four conventions for the same pixel
#
# | convention | a white pixel | where you meet it |
# | --- | --- | --- |
# | whole numbers (`uint8`), RGB | (255, 255, 255) | picture files, Pillow |
# | `float32` 0..255, RGB | (255.0, 255.0, 255.0) | **everywhere in this project** |
# | `float32` 0..1, RGB | (1.0, 1.0, 1.0) | matplotlib, many tutorials |
# | `float32`, BGR, ImageNet mean subtracted | (151.061, 138.221, 131.32) | the input of VGG; in this project only there |
#
# The last line has a history. VGG was trained with a library that stored colors as blue, green, red, and on images from which
# the mean color of the training set (ImageNet) had been subtracted. With `x` the network's input and `k` = 0, 1, 2:
#
# $$x_{ijk} = \text{image}_{i,j,2-k} - m_k \qquad m = (103.939,\ 116.779,\ 123.68)$$
#
# By hand on a picture of four pixels, then with `preprocess`; `deprocess` goes back.

# %% tags=["nbval-check-output"] alt="Three pictures: the photo; the input of the network drawn as if it were a picture, darker and with a blue suit; and the photo again."
tiny = np.array([[[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]]], np.float32)  # (1, 2, 2, 3)
mean = np.array([103.939, 116.779, 123.68], np.float32)  # blue, green, red
x_tiny = tiny[..., ::-1] - mean  # turn the channels around first, then subtract
for name, rgb, bgr in zip(("red", "green", "blue", "white"), tiny.reshape(4, 3), x_tiny.reshape(4, 3), strict=True):
    print(f"{name:5}", " ".join(f"{v:4.0f}" for v in rgb), " -> ", " ".join(f"{v:9.3f}" for v in bgr))
np.testing.assert_allclose(preprocess(tiny), x_tiny, atol=1e-3)

x = preprocess(photo)
back = deprocess(x)
assert float(tf.reduce_max(tf.abs(back - photo))) < 1e-3
show_images([photo, x, back], ["the photo", "x, drawn as if it were RGB", "deprocess(x)"], tile=3)

# %% [markdown]
# Read the first line from the left: the 255 of red has moved to the last place.
#
# *Figure: the photo, the network's input drawn as if it were a picture, and the way back.* In the middle all is darker, because a mean was subtracted and negative values are
# drawn black, and red and blue are exchanged. If one of your results looks like this, a `deprocess` is missing.
#
# ### A trap: Keras's own function changes your array
#
# `keras.applications.vgg19.preprocess_input` computes the same `x`. But given a NumPy array of floats it writes into that array.
# The function turns the channels around in a *view* and subtracts there, so your array loses its mean but keeps its order, RGB (131.32 is 255 − 123.68, red). Run such a cell a second time, and the mean is subtracted a second time.

# %% tags=["nbval-check-output"]
white = np.full((1, 1, 1, 3), 255.0, np.float32)
keras.applications.vgg19.preprocess_input(white)  # the result is thrown away
print("the NumPy array afterwards:", white.ravel().round(3))

white = np.full((1, 1, 1, 3), 255.0, np.float32)
keras.applications.vgg19.preprocess_input(tf.constant(white))
print("given as a tensor, it stays:", white.ravel())
preprocess(white)
print("nst_keras.preprocess leaves it:", white.ravel())

# %% [markdown]
# ## 2. A convolution by hand
#
# VGG consists of two kinds of steps, and the first one is the **convolution**: a small table of weights, the **kernel**, is laid on each place of
# the picture. Multiply each weight by the value under it, add the products, and write the sum at that place:
#
# $$z_{ij} = b + \sum_{p=0}^{2}\sum_{q=0}^{2} \text{kernel}_{pq}\; x_{i+p-1,\,j+q-1} \qquad a_{ij} = \max(0, z_{ij})$$
#
# At the border the kernel hangs over the edge; there VGG takes zeros (**zero padding**). The second formula is the **ReLU**: negative sums become 0.
# $a$ is called the **activation**, $b$ the bias (0 here).
#
# Our kernel subtracts the left neighbors from the right ones. Our picture has one bright column. **Predict**, with a pencil: where is $z$ positive, where negative, and
# what is different in the first and last row?

# %% tags=["nbval-check-output"] alt="Four tables of numbers: a 5 x 5 picture with a column of twos, framed by zeros; the kernel with columns -1, 0, 1; the sums z with 6 left of the bright column and -6 right of it, 4 and -4 in the first and last row; and the activations, where the negative column is 0."
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
bar = np.zeros((5, 5), int)
bar[:, 2] = 2
padded = np.pad(bar, 1)
z = np.array([[np.sum(kernel * padded[i : i + 3, j : j + 3]) for j in range(5)] for i in range(5)])
a = np.maximum(0, z)
print("z, first row:", z[0], "  middle row:", z[2], "  activations, middle row:", a[2])

tables = {"x with its padding": padded, "kernel": kernel, "z": z, "a = max(0, z)": a}
_, axes = plt.subplots(1, 4, figsize=(12, 3.4), width_ratios=[7, 3, 5, 5], layout="constrained")
for axis, (name, table) in zip(axes, tables.items(), strict=True):
    axis.matshow(table, cmap="coolwarm", vmin=-8, vmax=8)
    for (i, j), value in np.ndenumerate(table):
        axis.text(j, i, str(value), ha="center", va="center")
    axis.set(title=name, xticks=[], yticks=[])
axes[0].add_patch(plt.Rectangle((0.5, 0.5), 5, 5, fill=False, linewidth=2))
plt.show()

# %% [markdown]
# *Figure: the picture in its frame of zeros, the kernel, the sums, and the activations; red is positive, blue is negative.* This kernel answers to dark-to-bright, seen from left to
# right: 3 · 2 = 6 before the bright column, −6 behind it, where the ReLU leaves 0. In the first and last row one of the three products is with the padding, and 6 becomes 4:
# the network sees the border of the picture. Remember this, you will meet it again.
#
# Keras's layer `Conv2D` does the same. In VGG a kernel has one such table for each channel below: in the first layer 3 x 3 x 3 = 27 weights. One kernel and one bias make one channel of
# the result; `block1_conv1` has 64 of them, so 64 · (27 + 1) = 1,792 numbers. Below you compute one activation of VGG19 from its 27 products.

# %% tags=["nbval-check-output"] alt="Four pictures with color bars: the photo in gray; the sums of the hand-made kernel, blue and red at left and right edges, gray elsewhere; their positive part; and a channel of block1_conv1 of VGG19."
layer = keras.layers.Conv2D(1, 3, padding="same", activation="relu", use_bias=False)
layer.build((None, None, None, 1))
layer.set_weights([kernel[:, :, np.newaxis, np.newaxis]])
np.testing.assert_allclose(layer(bar[np.newaxis, :, :, np.newaxis].astype("float32"))[0, :, :, 0], a)

vgg = load_vgg(pooling=pooling)
a_first = FeatureExtractor(["block1_conv1"], vgg)(photo)["block1_conv1"][0].numpy()  # (H, W, 64)
kernels, biases = vgg.get_layer("block1_conv1").get_weights()  # (3, 3, 3, 64) and (64,)
i, j = np.unravel_index(np.argmax(a_first[1:-1, 1:-1, shown_channel]), np.subtract(a_first.shape[:2], 2))  # inside the border
by_hand = np.sum(kernels[..., shown_channel] * x[0, i : i + 3, j : j + 3]) + biases[shown_channel]
print(f"{kernels[..., 0].size} products and a bias: {by_hand:.3g}; Keras: {a_first[i + 1, j + 1, shown_channel]:.3g}")
print(f"block1_conv1 has {kernels.size + biases.size:,} weights and biases")
assert np.isclose(max(0, by_hand), a_first[i + 1, j + 1, shown_channel], rtol=1e-3)

gray = values[0].mean(axis=-1)
sums = tf.nn.conv2d(gray[None, :, :, None], kernel[:, :, None, None].astype("float32"), 1, "SAME")[0, :, :, 0].numpy()
_, axes = plt.subplots(1, 4, figsize=(13.5, 3.3), layout="constrained")
shown = {"the photo in gray": gray, "z of the hand-made kernel": sums, "a = max(0, z)": sums.clip(0),
         f"block1_conv1, channel {shown_channel}": a_first[..., shown_channel]}
for axis, (name, image) in zip(axes, shown.items(), strict=True):
    most, signed = np.abs(image).max(), image.min() < 0
    plt.colorbar(axis.imshow(image, cmap="coolwarm" if signed else "gray", vmin=-most if signed else 0, vmax=most), ax=axis)
    axis.set(title=name, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *Figure: from left to right the photo in gray, the sums of the hand-made kernel, what the ReLU leaves, and one channel of VGG19's first layer.* In the second picture each
# dark-to-bright edge is red and each bright-to-dark edge is blue; even areas are near 0 and gray. Horizontal edges leave no trace, because this kernel does not ask for them. Channel 22 of
# `block1_conv1` had its 27 weights learned, and they ask for something else: it is strong in the blue of the flag and of the badge, faint on black, and silent on the orange suit.
#
# The second kind of step is the **max-pool**: of each 2 x 2 square keep the largest activation. It halves height and width, as in
#
# $$\begin{pmatrix}1&4\\2&3\end{pmatrix}\rightarrow 4$$
#
# Notebook 02 shows what is lost by that.
#
# ## 3. The network: a ruler, not a classifier
#
# VGG19 was trained on ImageNet to name 1000 kinds of things. We cut off the part that names them and keep the convolutions and pools, in five
# blocks. Nothing in it will be trained: it is a ruler, and a ruler must not change while you measure. Here is its place in the method:

# %% alt="The diagram of the method with the network in color: the content image, the generated image and the style image each send an arrow into one frozen network of five blocks, drawn as five bars that get shorter. The costs and the gradient are gray."
draw_method("network")

# %% [markdown]
# *Figure: one network reads all three pictures. What is gray comes in later notebooks.* The bars get shorter from block to block because each block ends in a pool.
#
# `block4_conv2` is the second convolution of the fourth block (conv4_2 in the paper of Gatys and colleagues). `FeatureExtractor`
# runs an ordinary RGB image through `preprocess` and the network and returns the **activations** $a^{[l]}$ of the layers you
# name, arrays of shape `(1, nH, nW, nC)`, after the ReLU: nC channels at nH·nW positions. One of these numbers is a **unit**; all units of one channel, nH x nW of them, are its **map**.
#
# How much of the picture does a unit see? The square of pixels that it depends on is its **receptive field**. Going up by one
# layer with kernel size $f$ and step $s$, size and stride (how far apart neighboring units look, in pixels) grow like this:
#
# $$\text{size} \leftarrow \text{size} + (f-1)\cdot\text{stride} \qquad\qquad \text{stride} \leftarrow \text{stride}\cdot s$$
#
# A convolution has $f=3, s=1$, a pool $f=2, s=2$. One pixel has size 1 and stride 1. By pencil: `block1_conv1` sees 1 + 2·1 = 3,
# `block1_conv2` 3 + 2·1 = 5, `block1_pool` 5 + 1·1 = 6 with stride 2, `block2_conv1` 6 + 2·2 = 10. The loop does the rest.

# %% tags=["nbval-check-output"]
print(f"parameters: {vgg.count_params():,}, of which trainable: {sum(w.size for w in vgg.trainable_weights)}")
extractor = FeatureExtractor(layer_names(vgg), vgg)
a = extractor(photo)
size, stride = 1, 1
print("layer            nH   nW   nC | stride  size | mean activation")
for layer in layer_names(vgg):
    f, s = (2, 2) if layer.endswith("pool") else (3, 1)
    size, stride = size + (f - 1) * stride, stride * s
    assert (size, stride) == receptive_field(vgg, layer)[:2]
    _, n_H, n_W, n_C = a[layer].shape
    average = f"{float(f'{tf.reduce_mean(a[layer]):.2g}'):6.0f}" if layer in STYLE_LAYERS else ""  # two digits
    print(f"{layer:13} {n_H:5}{n_W:5}{n_C:5} | {stride:5} {size:6} | {average}".rstrip())

# %% [markdown]
# Height and width halve at each pool (an odd one is rounded down), the number of channels grows to 512, and a unit sees more and
# more pixels. The deeper the layer, the fewer the places, and the larger the region that each one judges.
#
# The last column has a use later: activations of different layers are of different size, here more than 20-fold apart. If all of a layer were twice as
# large, a sum of squares would be four times as large. So compare such costs of different layers only after dividing each by its own layer's sum of squares. (Other costs need divisors of their own, see notebook 04.)
#
# (The bundled weights are rounded to 256 different values per layer, 18.5 MB instead of 80. The same rounding moves the activations of
# VGG16, whose full weights were at hand for comparison, by about 0.5 % in block 1 and 2 % in blocks 4 and 5: see `data/weights/README.md`. Do not quote ours to four digits as "VGG19's".)
#
# ## 4. What one unit can see
#
# Do not believe the rule: measure it, on an image of noise. **Forward**: change one pixel; which units move? **Backward**: choose
# one position and add up its units; for which pixels is the derivative of this sum not 0? The rule predicts a square in both cases. Where it lies needs a third number, the offset, at which the square of unit 0 begins: each padded convolution moves it back by one stride, so for `block3_conv1` it is −(1 + 1 + 2 + 2 + 4) = −10, and the square of unit i begins at −10 + 4i.

# %%
size, stride, offset = receptive_field(vgg, probe_layer)
side = 32 * -(-3 * size // 32)  # three receptive fields, rounded up to a multiple of 32
noise = tf.random.Generator.from_seed(0).uniform((1, side, side, 3), 0.0, 255.0)
probe = FeatureExtractor([probe_layer], vgg)
pixel, unit = side // 2, side // 2 // stride  # the row and column of each, in the middle

changed = noise.numpy()
changed[0, pixel, pixel] = 255 - changed[0, pixel, pixel]
change = np.abs(probe(changed)[probe_layer] - probe(noise)[probe_layer])[0].max(axis=-1)  # (nH, nW)

with tf.GradientTape() as tape:
    tape.watch(noise)
    answer_of_unit = tf.reduce_sum(probe(noise)[probe_layer][0, unit, unit])  # all channels at one position
gradient = np.abs(tape.gradient(answer_of_unit, noise))[0].max(axis=-1)  # (side, side)

# %% tags=["nbval-check-output"] alt="Two maps with color bars. Left: the units that one changed pixel moves form a small square that the red frame encloses. Right: the pixels that the sum at one position depends on form a square inside the red frame, brightest in its middle."
tops = offset + stride * np.arange(change.shape[0])  # the first pixel that unit i sees
sees = np.flatnonzero((tops <= pixel) & (pixel < tops + size))
moved = np.flatnonzero((change > 1e-4 * change.max()).any(axis=1))  # below that it is rounding
rows = np.flatnonzero(gradient.any(axis=1))
print(f"{probe_layer}: receptive field {size}, stride {stride}, offset {offset}")
print(f"forward: rows of units that may move {sees[0]} to {sees[-1]}, that did move {moved[0]} to {moved[-1]}")
print(f"backward: pixel rows that may count {tops[unit]} to {tops[unit] + size - 1}, that do {rows[0]} to {rows[-1]}")
assert {*moved} <= {*sees}
assert {*rows} <= {*range(tops[unit], tops[unit] + size)}

figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for axis, seen, (first, length) in zip(axes, (change, gradient), [(sees[0], len(sees)), (tops[unit], size)], strict=True):
    image = axis.imshow(seen / seen.max(), norm="log", vmin=1e-3, vmax=1)
    axis.set_facecolor("black")
    axis.add_patch(plt.Rectangle((first - 0.5, first - 0.5), length, length, fill=False, edgecolor="red", linewidth=2))
    axis.set(xlim=(first - length / 2, first + 1.5 * length), ylim=(first + 1.5 * length, first - length / 2))
figure.colorbar(image, ax=axes, label="share of the largest effect")
axes[0].set(title=f"forward: units of {probe_layer}\nthat one pixel moves", xlabel="j", ylabel="i")
axes[1].set(title="backward: pixels that the sum\nat one position depends on", xlabel="column", ylabel="row")
plt.show()

# %% [markdown]
# *Figure: left the positions of the layer, each colored by the largest change among its units; right the pixels, each colored by the largest derivative of its three colors. Black is none. The red
# squares are what the rule predicts.* Nothing outside of them is touched.
#
# On the right the effect fades from the middle to the corners: a pixel in the middle reaches the unit along many
# paths, a pixel in the corner along one. So the receptive field is the outer limit of what a unit sees; what it mostly looks at is smaller.
#
# Now the whole network on one page. **Predict**: how much of the photo does one unit of `block5_conv1` see? A tenth, a third, all of it?

# %% alt="Left: a bar for each layer of VGG19, as high as the layer has rows; they halve at each gray pool, from 256 to 8. Right: the photo with five nested squares around the face: a dot, an eye, half of the face, the whole head, and head with chest."
figure, (strip, view) = plt.subplots(1, 2, figsize=(13, 5), width_ratios=[1.4, 1], layout="constrained")
colors = plt.cm.viridis(np.linspace(0.05, 0.9, 5))
names = layer_names(vgg)
for index, layer in enumerate(names):
    n_H, n_C, block = a[layer].shape[1], a[layer].shape[3], int(layer[5])
    pool = layer.endswith("pool")
    bar = strip.bar(index, n_H, 0.85, color="lightgray" if pool else colors[block - 1], hatch="//" if pool else "")
    strip.bar_label(bar, [n_C], padding=1, fontsize=8)
strip.set_xticks(range(len(names)), [name.replace("block", "b") for name in names], rotation=90)
strip.set(ylim=(0, 1.1 * photo.shape[1]), ylabel="height of the layer, nH", title="bars are nH, numbers are nC, pools are hatched")
view.imshow(values[0] / 255)
middle_y, middle_x = look_at[0] * photo.shape[1], look_at[1] * photo.shape[2]
for layer, color in zip(STYLE_LAYERS, colors, strict=True):
    size = receptive_field(vgg, layer)[0]
    corner = (middle_x - size / 2, middle_y - size / 2)
    view.add_patch(plt.Rectangle(corner, size, size, fill=False, edgecolor="white", linewidth=4))
    label = f"{layer}: {size} pixels"
    view.add_patch(plt.Rectangle(corner, size, size, fill=False, edgecolor=color, linewidth=2, label=label))
view.axis("off")
figure.legend(loc="outside lower right", ncols=3)
plt.show()

# %% [markdown]
# *Figure: left the layers in order, each bar as high as the layer has rows, the number above it its channels. Right the receptive fields of
# the first layer of each block, nested around the face.* The smallest square, 3 pixels, is a dot; the second one, 10 pixels, covers a nose; the third one, 24, the middle of the
# face; the fourth one, 68, the face and most of the hair. A unit of `block5_conv1` has a square of 156 · 156 pixels, as many as a bit more than a third of the photo. Here it hangs over the upper edge, and about 32 % of the photo is seen; the rest is zero padding, anew in each layer. The squares are
# measured in *pixels*. In a larger photo the same unit sees a smaller part of the scene, which is why the size of your pictures changes what a style looks like.
#
# ## 5. What wrong preprocessing does
#
# The network accepts any numbers. Wrong preprocessing raises no error; the ruler reads something else. Here are
# three mistakes that are easy to make. You will see the four inputs above, and below what one channel makes of them. **Predict**: which input *looks* right?

# %% alt="Two rows of four pictures. Above the inputs: the right one has a blue suit; RGB instead of BGR looks natural; in [0,1] all is one dark color; with the mean subtracted twice it is dark. Below one feature map of a layer: similar for the first two and the last, nearly empty for [0,1]."
recipes = {
    "right": preprocess,
    "RGB instead of BGR": lambda image: preprocess(image)[..., ::-1],
    "[0,1] instead of 0..255": lambda image: preprocess(image / 255),
    "mean subtracted twice": lambda image: preprocess(image) - mean,
}
layer = compared_layers[len(compared_layers) // 2]
network = FeatureExtractor([layer], vgg)
maps = {name: network(deprocess(recipe(photo)))[layer][0].numpy() for name, recipe in recipes.items()}  # it starts with preprocess
channel = int(np.argmax(maps["right"][2:-2, 2:-2].std(axis=(0, 1))))  # the border, with its zeros, left out
figure, axes = plt.subplots(2, 4, figsize=(13, 6.6), layout="constrained")
for (above, below), (name, recipe) in zip(axes.T, recipes.items(), strict=True):
    above.imshow(np.clip(recipe(photo)[0] + 128, 0, 255) / 255)
    above.set_title(name)
    image = below.imshow(maps[name][..., channel], cmap="gray", vmin=0, vmax=maps["right"][..., channel].max())
    for axis in (above, below):
        axis.axis("off")
figure.colorbar(image, ax=axes[1], label=f"{layer}, channel {channel}")
plt.show()

# %% [markdown]
# *Figure: above, the four inputs with 128 added so that zero is middle gray, drawn as if they were RGB; below, the channel of a layer that varies most on
# the right input, all four on one scale.* Your eyes are no judge of a network's input: the most natural of the four is a wrong one. Nor do all maps betray the mistake: RGB instead of BGR
# and the doubled mean leave this one almost as it is. In [0,1] nothing is left of it on this scale.
#
# Now measure it, for five photos. How far is $a^{[l]}$ from the right one?
#
# $$\text{distance} = \frac{\sum_{ijk}\left(a^{\text{wrong}}_{ijk} - a^{\text{right}}_{ijk}\right)^2}{\sum_{ijk}\left(a^{\text{right}}_{ijk}\right)^2}$$
#
# 0 is the same, 1 is as far off as activations that are all zero. Photos that have nothing to do with each other are at about 1 or beyond: the squares of both add up, and only a part of
# them is in the same place. For comparison, the last line has each photo against the next one. **Predict**: which mistake is the worst?

# %% tags=["nbval-check-output"] alt="Dots on a logarithmic scale: for each mistake and each of three layers the distances of five photos. RGB instead of BGR lies lowest in the deep layers, [0,1] is close to or above 1, the doubled mean is high in block1 only, another photo is above or near 1."
photos = [load_image(name, compared_side) for name in compared_photos]
height, width = np.min([image.shape[1:3] for image in photos], axis=0)
photos = [image[:, :height, :width] for image in photos]  # cut to one shape
network = FeatureExtractor(compared_layers, vgg)
a_right, distances = [extractor(image) for image in photos], {}  # all layers: section 7 needs more of them

def distance(right, wrong):
    return float(tf.reduce_sum(tf.square(wrong - right)) / tf.reduce_sum(tf.square(right)))

for name, recipe in list(recipes.items())[1:]:
    readings = [network(deprocess(recipe(image))) for image in photos]
    distances[name] = {l: [distance(r[l], w[l]) for r, w in zip(a_right, readings, strict=True)] for l in compared_layers}
following = [*a_right[1:], a_right[0]]
distances["another photo"] = {l: [distance(r[l], w[l]) for r, w in zip(a_right, following, strict=True)] for l in compared_layers}
print(f"{'smallest and largest of ' + str(len(photos)) + ' photos':32}", *(f"{layer:>14}" for layer in compared_layers))
_, axis = plt.subplots(figsize=(10, 3.6), layout="constrained")
for index, (name, by_layer) in enumerate(distances.items()):
    print(f"{name:32}", *(f"{min(d):7.1f} to {max(d):3.1f}" for d in by_layer.values()))
    for n, (l, d) in enumerate(by_layer.items()):
        axis.plot(np.full(len(d), index + 0.2 * n), d, "os^Dv"[n % 5], color=f"C{n}", label="" if index else l, alpha=0.7)
axis.axhline(1, linestyle="--", color="black", linewidth=1, label="all activations zero")
axis.set(yscale="log", ylabel="distance from the right a[l]", xticks=np.arange(len(distances)) + 0.2, xticklabels=distances)
axis.legend(fontsize=8)
plt.show()

# %% [markdown]
# *Figure: each dot is one photo; the dashed line is what all-zero activations would give.*
#
# - **Exchanged channels** cost little in the deep layers, 0.2 to 0.3: edges and textures survive. The doubled mean costs 0.1 to 0.5 there: it spreads more from photo to photo. The first layer is where the two mistakes differ most.
# - **In [0,1]** the network sees hardly any contrast. Taken over the five photos it is the worst of the three in all three layers; the deep ones are about as wrong as zeros, for each photo.
# - **The doubled mean** does its greatest harm in `block1_conv1`, some of whose channels read brightness and color as such. Deeper layers forgive more, probably (not tested here) because they depend more on differences between neighbors.
#
# ### The same mistakes in a picture
#
# Does it matter in the end? Hand the wrong rulers to the style transfer that you called in notebook 00: same pair, same settings, same number of steps, and
# all three pictures go through the same wrong ruler. (How a run works is the subject of notebooks 03 to 07.) **Predict**: which result will you not be able to tell from the right one?

# %% alt="Six pictures: the palace; the Great Wave; the right result with a tan sky and blue curved strokes; with RGB instead of BGR nearly the same; in [0,1] a dark green and white blur without strokes; with the mean subtracted twice strokes, but a pale bluish sky instead of a tan one."
class Ruler:
    """An extractor whose pictures are prepared by one of the recipes in place of `preprocess`."""
    def __init__(self, extractor):
        self.extractor, self.layers = extractor, extractor.layers
        self.number = tf.Variable(0)  # of the recipe; a variable, so that one graph of TensorFlow serves all four

    def __call__(self, image):
        x = tf.stack([recipe(image) for recipe in recipes.values()])[self.number]
        return self.extractor(deprocess(x))  # the extractor begins with `preprocess`, which undoes `deprocess`

settings = {"max_side": run_side, "steps": run_steps, "style_cost": "gram", "beta": 35.0, "pooling": pooling}
ruler, results = Ruler(prepare(*pair, **settings).extractor), {}
for number, name in enumerate(recipes):
    ruler.number.assign(number)
    run = prepare(*pair, **settings)
    run.extractor = ruler
    results[name] = paint(run).image
C, S = run.C, run.S[0]

def off(G):
    return float(tf.reduce_mean(tf.abs(G - results["right"])))

titles = [f"{name}\n{off(G):.0f} gray levels from the right one" for name, G in results.items()]
show_images([C, S, *results.values()], ["C", "S", *titles], columns=3, tile=4)

# %% [markdown]
# *Figure: C, S, and after equally many steps the results of four rulers, each with its mean distance from the right result: the mean of |difference| over all pixels and channels, one gray level being 1 of 255.*
# Exchanged channels give a picture that passes for the right one. With the doubled mean there are strokes, but the tan of the print is missing in the sky. In [0,1] there is
# no stroke at all. A likely reason, not tested here: its inputs differ by at most 1 in place of 255, so that C, S and a blur look nearly the same through it. (Each run starts from C, at a smaller size that is enlarged on the way.) Three of five other pairs gave the same. With the other two, chelsea and the Night Café, coffee and the Great Wave,
# the doubled mean was as hard to tell from the right result as the exchanged channels.
#
# ## 6. One layer, two readings
#
# A common claim: the layers of such a network hold both content and style. You can see it by reading the same activations in two ways:
#
# - **place by place**, with the distance above: *what is where*;
# - **averaged over all places**, which leaves one number for each channel, and then the same distance: *what occurs at all*.
#
# Mirror a photo: little stays in its place, but each texture and color is still there. **Predict** both readings, and those of an unrelated photo. The
# last lines read the right result G of the run above, in layers that the run did not look at.

# %% tags=["nbval-check-output"] alt="The photo of the astronaut and its mirror image: the flag is on the right, the rocket on the left."
def readings(one, other):
    """Distances of two layers' activations, place by place and averaged over all places."""
    return distance(one, other), distance(tf.reduce_mean(one, (1, 2)), tf.reduce_mean(other, (1, 2)))

print(f"{'from each photo to':22} {'layer':13} place by place   averaged")
mirrored = [network(image[:, :, ::-1]) for image in photos]
for name, others in {"its mirror image": mirrored, "another photo": following}.items():
    for l in compared_layers:
        by_place, averaged = np.transpose([readings(a_l[l], b_l[l]) for a_l, b_l in zip(a_right, others, strict=True)])
        print(f"{name:22} {l:13} {by_place.min():.1f} to {by_place.max():.1f}     {averaged.min():.2f} to {averaged.max():.2f}")

unseen = FeatureExtractor(["block2_conv2", "block3_conv3", "block4_conv4"], vgg)
of = {name: unseen(image) for name, image in {"C": C, "S": resize_image(S, C.shape[1:3]), "G": results["right"]}.items()}
for l in unseen.layers:
    (to_G, _), (to_S, _) = readings(of["C"][l], of["G"][l]), readings(of["C"][l], of["S"][l])
    (_, from_C), (_, from_G) = readings(of["S"][l], of["C"][l]), readings(of["S"][l], of["G"][l])
    print(f"{l}: place by place from C: G {to_G:.1f}, S {to_S:.1f}; averaged from S: G {from_G:.1f}, C {from_C:.1f}")
    assert to_G < to_S
    assert from_G < from_C
show_images([photos[0], photos[0][:, :, ::-1]], [compared_photos[0], "mirrored"], tile=3.8)

# %% [markdown]
# *Figure: one of the photos, cut to the common shape, and its mirror image.* Place by place the mirror image is at 0.3 to 1.5, mostly nearer than another photo (1.0 to 4.0). Averaged, it is nearly the same, and another photo is not. In the deepest layer the mirror shows a little in the
# averages too, perhaps (not tested here) because those units answer to arrangements that have a left and a right.
#
# And G is nearer to C than S is, place by place, and nearer to S than C is, on average. So yes: one set of activations answers both questions, though these layers lie between those of the run, so this is a weak test; the mirror is the strong one. Notebook 03
# builds a cost from the first reading, notebook 04 one from the second, with more than averages.
#
# ## 7. VGG16 or VGG19?
#
# Many texts and lectures say VGG16; the paper of Gatys and colleagues and many programs use VGG19. The numbers count the layers with weights, three dense ones
# included, which we cut off. **Predict**: if you exchange one for the other, does channel 22 of `block2_conv2` still look for the same thing?

# %% tags=["nbval-check-output"] alt="Left: curves over the layers that both networks have. Correlation of the same channel is near 1 in blocks 1 and 2 and falls to 0 in block 3; that of the best matching channel falls to about one half. Right: a map of block2_conv2 that is the same in both networks and a map of block3_conv1 that is not."
vggs = {name: load_vgg(name, pooling=pooling) for name in ("vgg19", "vgg16")}
shared = [l for l in layer_names(vggs["vgg16"]) if "conv" in l]
for name, each in vggs.items():
    per_block = [sum(f"block{b}_conv" in layer for layer in layer_names(each)) for b in range(1, 6)]
    print(f"{name}: {each.count_params():,} parameters; convolutions per block {per_block}")
seen = {"vgg19": a_right, "vgg16": [FeatureExtractor(shared, vggs["vgg16"])(image) for image in photos]}
same, best = [], []
for l in shared:
    x, y = (np.concatenate([a_l[l].numpy().reshape(-1, a_l[l].shape[-1]) for a_l in of]) for of in seen.values())
    x, y = ((one - one.mean(axis=0)) / (one.std(axis=0) + 1e-6) for one in (x, y))
    R = x.T @ y / len(x)  # correlation of each channel of VGG19 (down) with each of VGG16 (right)
    same, best = [*same, np.median(np.diag(R))], [*best, np.median(R.max(axis=1))]
for l in ("block1_conv1", "block2_conv2", "block3_conv1", "block5_conv1"):
    print(f"{l}: median correlation, same channel {abs(same[shared.index(l)]):.1f}, best match {best[shared.index(l)]:.1f}")
figure, axes = plt.subplot_mosaic([["curve", "curve", "a", "b"], ["curve", "curve", "c", "d"]], figsize=(13, 5), layout="constrained")
axes["curve"].plot(shared, same, "-o", label="same channel number")
axes["curve"].plot(shared, best, "--s", label="best matching channel")
axes["curve"].set_ylabel("median correlation of a map in VGG19 with one in VGG16")
axes["curve"].tick_params("x", rotation=90)
axes["curve"].legend()
for key, (l, name) in zip("abcd", [(l, name) for l in ("block2_conv2", "block3_conv1") for name in vggs], strict=True):
    axes[key].imshow(seen[name][0][l][0, :, :, shown_channel], cmap="gray")
    axes[key].set(title=f"{name}: {l}, {shown_channel}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *Figure: left, how well the maps of the two networks agree over all positions of the photos: the channel with the same number, and the best one of all; the median over a layer's
# channels. Right, one map of a layer before the change and one after it, from both networks.*
#
# In the four layers of blocks 1 and 2 a typical channel does nearly the same work as the one with its number in the other network (the median of the correlations is drawn). From `block3_conv1` on the numbers mean nothing, and even
# the best partner agrees only in part. Simonyan and Zisserman report that they began the training of their deeper networks with the first four convolutions of a trained shallower one, and random layers between. Exactly four layers agree here, which fits a common start; but that shallower network has only one convolution in each of blocks 1 and 2, so the report alone does not settle it. So blocks 1 and 2 are nearly one ruler in two copies. From block 3 on they are two rulers with the same names on their marks.
#
# All layers that this series uses by default (`block1_conv1` to `block5_conv1`, `block4_conv2`) exist in both. **Predict**: with VGG16, will the result
# differ from that of VGG19 more or less than with red and blue exchanged?

# %% alt="Three pictures: the palace; the result with VGG19; the result with VGG16. The composition and the colors are alike, single strokes lie elsewhere."
results["VGG16"] = paint(prepare(*pair, network="vgg16", **settings)).image
titles = ["C", "VGG19", f"VGG16: {off(results['VGG16']):.0f} gray levels from VGG19's"]
show_images([C, results["right"], results["VGG16"]], titles, tile=4)

# %% [markdown]
# *Figure: C and the results of both networks, same settings.* Both are fine pictures of the same kind, with other strokes. The distance was a little larger than that of
# exchanged channels for each of the six pairs that we tried (17 against 14 gray levels here). Notebook 09 compares the two networks by measures from outside.
#
# ## Summary
#
# - An image here is `(1, H, W, 3)`, `float32`, RGB, 0..255. VGG wants BGR minus the ImageNet mean. A wrong input raises no error.
# - A convolution multiplies a kernel with each place and adds up; the ReLU cuts what is negative; at the border the kernel sees zeros.
# - A layer gives nC readings at nH·nW places. Size and stride of a unit's receptive field follow from two lines of arithmetic, and two experiments agree.
# - Place by place, activations tell what is where; averaged, what occurs at all.
# - VGG16 and VGG19 nearly share blocks 1 and 2; from block 3 on they are different rulers that make pictures of the same kind.
#
# ## Exercises
#
# **Exercise 1.** The kernel is 0 except for its middle row, (−1, 0, 1). Lay it on the picture `[[1, 0, 2], [0, 3, 0], [4, 0, 1]]`, with zero padding and ReLU. Give the
# 3 x 3 activations.

# %% tags=["exercise"]
# Exercise 1: your answer, three rows of three numbers, replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# padded = np.pad(np.array([[1, 0, 2], [0, 3, 0], [4, 0, 1]]), 1)
# answer = np.maximum(0, padded[1:-1, 2:] - padded[1:-1, :-2])  # right neighbor minus left neighbor
# ```
#
# In the last row the middle would be 1 − 4 = −3: the ReLU makes it 0.
# </details>
#
# **Exercise 2.** Which layers does VGG19 have that VGG16 has not? And how many parameters (weights and biases) do they have together, if the kernels of one are 3 x 3 x 256 x 256
# and those of the others 3 x 3 x 512 x 512? Compare the number with the two that you saw above.

# %% tags=["exercise"]
# Exercise 2: your answer, (set of layer names, number of parameters), replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# layers = set(layer_names(load_vgg("vgg19"))) - set(layer_names(load_vgg("vgg16")))
# answer = (layers, 3 * 3 * 256 * 256 + 256 + 2 * (3 * 3 * 512 * 512 + 512))
# ```
#
# 20,024,384 − 14,714,688 = 5,309,696.
# </details>
#
# **Exercise 3.** How many pixels (along one side) does a unit see in `block3_conv1`, in `block5_conv1` of VGG19, and in `block5_conv1` of VGG16? Use the rule of
# section 3, with a pencil or a loop.

# %% tags=["exercise"]
# Exercise 3: your answer, three whole numbers, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def field(convolutions_per_block):  # of the first convolution after these blocks
#     size, stride = 1, 1
#     for count in convolutions_per_block:
#         size += count * 2 * stride + stride  # so many convolutions, then the pool
#         stride *= 2
#     return size + 2 * stride
#
# answer = (field([2, 2]), field([2, 2, 4, 4]), field([2, 2, 3, 3]))
# ```
# </details>
#
# **Exercise 4. Spot the bug.** A popular tutorial prepares its images like this. Repair it, and give the repaired *function* as your answer.
#
# ```python
# def to_vgg(image):
#     x = image.copy()
#     x[..., 0] -= 103.939
#     x[..., 1] -= 116.779
#     x[..., 2] -= 123.68
#     return x[..., ::-1]
# ```

# %% tags=["exercise"]
# Exercise 4: your answer, a function, replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def answer(image):
#     x = image[..., ::-1].copy()  # BGR first: 103.939 is the mean of blue
#     x[..., 0] -= 103.939
#     x[..., 1] -= 116.779
#     x[..., 2] -= 123.68
#     return x
# ```
#
# The tutorial subtracts the mean of blue from red and the mean of red from blue: both are off by 19.7.
# </details>
#
# ## Quiz
#
# <details><summary>1. Your result is too dark, and red and blue are exchanged. What happened?</summary>
#
# The network's input was shown or saved as if it were an image: a `deprocess` is missing.
# </details>
#
# <details><summary>2. An image is in [0,1] by mistake. What does <code>preprocess</code> make of white, and what of black?</summary>
#
# (−102.9, −115.8, −122.7) and (−103.9, −116.8, −123.7). White and black differ by 1 instead of 255.
# </details>
#
# <details><summary>3. You run a cell with Keras's <code>preprocess_input</code> on a NumPy array twice, and the activations change. Why?</summary>
#
# It writes into the array. The second call subtracts the mean from values that already lack it. Give it a copy, or a tensor.
# </details>
#
# <details><summary>4. Why does the network need no <code>fit</code>?</summary>
#
# It is only read. What will change is the image.
# </details>
#
# <details><summary>5. A unit of block4_conv1 sees 68 pixels. The next unit to the right sees how many new columns?</summary>
#
# As many as its stride: 8. The two receptive fields share the other 60 columns.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | The layers of a convolutional network hold both style and content of a picture. | S2:22 | true | A mirrored photo is off by 0.3 to 1.5 place by place and nearly the same in the averages; a result is nearer to C in the one and nearer to S in the other, in layers that the run did not look at: [One layer, two readings](#6.-One-layer,-two-readings) |
# | The ruler is a pretrained network such as VGG16. | S3:33 | half true | The paper and many programs use VGG19. Its blocks 1 and 2 are nearly those of VGG16 (the best matching channel: median correlation 0.9 or more), its blocks 3 to 5 are not (0.4 to 0.7); the pictures are of the same kind: [VGG16 or VGG19?](#7.-VGG16-or-VGG19?) |
# | Get a pretrained model ready, such as VGG16. | S4:7 | half true | Either will do; both need the same preprocessing, which the notes do not mention: [What wrong preprocessing does](#5.-What-wrong-preprocessing-does), [VGG16 or VGG19?](#7.-VGG16-or-VGG19?) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources and the way on
#
# - K. Simonyan, A. Zisserman: [Very Deep Convolutional Networks for Large-Scale Image Recognition](https://arxiv.org/abs/1409.1556), 2014 (VGG)
# - W. Luo, Y. Li, R. Urtasun, R. Zemel: [Understanding the Effective Receptive Field in Deep Convolutional Neural Networks](https://arxiv.org/abs/1701.04128), 2016 (the middle counts most)
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
#
# **The way on**: [02 - What are deep ConvNets learning?](02_what_convnets_learn.ipynb) looks at what single channels respond to.

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
# A pretrained network measures pictures for us. This notebook makes sure that we feed it what it expects, and that we know what each of its readings can see.
#
# **What you will learn**
# - four ways to write down a pixel, and how to tell which one you hold
# - how little a wrong preprocessing is noticed, and how much it changes
# - what a layer's name, stride and receptive field say, and how to check them yourself
#
# **Time** on 2 CPU cores: under a minute to run, half an hour to read. No download.
#
# ## Setup and parameters
#
# The first cell imports, the second holds every knob of this notebook. **Tweak me:** change a value there, then run everything below again.

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from exercises.nb01 import check

from nst_keras import FeatureExtractor, Objective, content_cost, layer_style_cost, lbfgs, minimize, show_images
from nst_keras.images import deprocess, load_image, preprocess, resize_image
from nst_keras.vgg import layer_names, load_vgg, receptive_field

# %% tags=["parameters"]
content = "palace"  # C; others: astronaut, chelsea, coffee, rocket
style = "church_auvers"  # S; others: cafe_terrace, composition_viii, great_wave, night_cafe
max_side = 256  # longer side of C, in pixels
probe_layer = "block3_conv1"  # the layer whose receptive field is put to the test (section 4)
compared_layers = ["block1_conv1", "block3_conv1", "block5_conv1"]  # three rulers for section 3
pooling = "max"  # "max" as trained, or "avg"
style_cost = "gram"  # the cost of the notes; notebook 08 has another one
run_side = 96  # longer side of C and S in the short runs, in pixels
run_steps = 30  # gradient evaluations of each short run
beta = 20.0  # weight of the style cost in the short runs

# %% [markdown]
# ## 1. An image is a box of numbers
#
# In this project an image is one array of shape `(1, H, W, 3)`: one picture, `H` rows, `W` columns, and for each pixel its red, green and blue value from 0 to 255, stored as `float32`. The leading 1 is there because networks take batches.
#
# The cell below reads C and draws each of its channels as a gray picture. **Predict first:** which channel is lightest where the photo is blue? Where it is white? Where it is red?

# %% tags=["nbval-check-output"]
C = load_image(content, max_side)
values = C.numpy()
print("shape", C.shape, "dtype", C.dtype.name)
print("all values in 0..255:", values.min() >= 0 and values.max() <= 255)
print("one pixel holds", values[0, 0, 0].size, "numbers, the whole picture", values.size)
channels = [np.repeat(values[..., k : k + 1], 3, axis=-1) for k in range(3)]
show_images([C, *channels], ["C", "red, C[..., 0]", "green, C[..., 1]", "blue, C[..., 2]"], tile=2.6)

# %% [markdown]
# *The photo, and its red, green and blue channel in gray. A blue region is light in the blue channel and darker in the red one; a white region is light in all three; a red region is light in the red channel alone.*
#
# ### Four conventions for the same pixel
#
# | convention | a white pixel | where you meet it |
# | --- | --- | --- |
# | whole numbers (`uint8`), RGB | (255, 255, 255) | picture files, Pillow |
# | `float32` 0..255, RGB | (255.0, 255.0, 255.0) | **everywhere in this project** |
# | `float32` 0..1, RGB | (1.0, 1.0, 1.0) | matplotlib, many tutorials |
# | `float32`, BGR, ImageNet mean subtracted | (151.061, 138.221, 131.32) | the input of VGG, and only there |
#
# The last line has a history. VGG was trained with a library that stored colors as blue, green, red, and on images from which the mean color of the training set had been subtracted. With `x` the network's input and `k` = 0, 1, 2:
#
# $$x_{ijk} = \text{image}_{i,j,2-k} - m_k \qquad m = (103.939,\ 116.779,\ 123.68)$$
#
# By hand, on a picture of four pixels:

# %% tags=["nbval-check-output"]
tiny = np.array([[[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]]], np.float32)  # (1, 2, 2, 3)
mean = np.array([103.939, 116.779, 123.68], np.float32)  # blue, green, red
x_tiny = tiny[..., ::-1] - mean  # turn the channels around first, then subtract

for name, rgb, bgr in zip(("red", "green", "blue", "white"), tiny.reshape(4, 3), x_tiny.reshape(4, 3), strict=True):
    print(f"{name:5}", " ".join(f"{v:4.0f}" for v in rgb), " -> ", " ".join(f"{v:9.3f}" for v in bgr))
np.testing.assert_allclose(preprocess(tiny), x_tiny, atol=1e-3)

# %% [markdown]
# `preprocess` in `nst_keras` does the same, as the assertion in the last line shows. Read the red line from the left: its 255 has moved to the last place.
#
# `deprocess` goes back. A round trip must return every pixel:

# %% tags=["nbval-check-output"]
x = preprocess(C)
back = deprocess(x)
print("round trip returns every value within 0.001:", float(tf.reduce_max(tf.abs(back - C))) < 1e-3)
print("x has negative values:", float(tf.reduce_min(x)) < 0)
show_images([C, x, back], ["C", "x, shown as if it were RGB", "deprocess(x)"], tile=2.4)

# %% [markdown]
# *Left: the photo. Middle: the network's input drawn as if it were an ordinary picture: darker, because a mean was subtracted and negative values are shown black, and with red and blue exchanged. Right: the photo again. If one of your results looks like the middle picture, a `deprocess` is missing.*
#
# ### A trap: Keras's own function changes your array
#
# `keras.applications.vgg19.preprocess_input` computes the same `x`. But given a NumPy array of floats it writes into that array. Run the cell that calls it twice, and the mean is subtracted twice.

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
# ## 2. The network: a ruler, not a classifier
#
# The notes say: take a pretrained ConvNet (S3:33, S4:7). Ours is VGG19, trained on ImageNet to name 1000 kinds of things. We cut off the part that names things and keep the convolutions. Nothing in it will be trained: it is a ruler, and a ruler must not change while you measure.

# %% tags=["nbval-check-output"]
vgg = load_vgg(pooling=pooling)
print(f"parameters: {vgg.count_params():,}, of which trainable: {sum(w.size for w in vgg.trainable_weights)}")
print("layers:", len(layer_names(vgg)), "from", layer_names(vgg)[0], "to", layer_names(vgg)[-1])
for layer in compared_layers:
    kernel = vgg.get_layer(layer).get_weights()[0]
    print(f"{layer}: {kernel.size:,} weights, {len(np.unique(kernel))} different values")

# %% [markdown]
# The last lines tell you something about *our* copy. The bundled file stores each layer's weights as one byte each, an index into a palette of 256 values: 18.5 MB instead of 80. That is a compromise. The same scheme tried on VGG16's full-precision weights changed a photo's activations by 0.3 % in block1 and up to 5 % in block4 and block5. You will not see it in a picture, but do not quote our activations to four digits as "VGG19's". `load_vgg(weights="imagenet")` downloads the full-precision weights.
#
# ### Layers and their names
#
# `block4_conv2` is the second convolution of the fourth block (conv4_2 in the paper of Gatys et al.). Each block ends in a pooling layer that halves height and width. `FeatureExtractor` runs an ordinary RGB image through `preprocess` and the network and returns the **activations** $a^{[l]}$ of the layers you name, of shape `(1, nH, nW, nC)`, after the ReLU.

# %% tags=["nbval-check-output"]
extractor = FeatureExtractor(layer_names(vgg), vgg)
a = extractor(C)
print("layer            nH   nW   nC | stride  sees")
for layer in layer_names(vgg):
    size, stride, offset = receptive_field(vgg, layer)
    _, n_H, n_W, n_C = a[layer].shape
    print(f"{layer:13} {n_H:5}{n_W:5}{n_C:5} | {stride:4}   {size:3} x {size} pixels")

# %% [markdown]
# Read the columns. Height and width halve at each pool (an odd one is rounded down), the number of channels grows to 512, and a unit sees more and more pixels: its **receptive field**. A layer is a set of `nC` different measurements, made at `nH·nW` places. The deeper the layer, the fewer the places, and the larger the region that each one judges.
#
# ## 3. What a wrong preprocessing does
#
# The network accepts any numbers. A wrong preprocessing raises no error; it only makes the ruler read something else. Here are three mistakes from tutorials that many people have copied:

# %%
recipes = {
    "right": preprocess,
    "RGB instead of BGR": lambda image: preprocess(image)[..., ::-1],
    "[0,1] instead of 0..255": lambda image: preprocess(image / 255),
    "mean subtracted twice": lambda image: preprocess(image) - mean,
}
show_images([recipe(C) + 128 for recipe in recipes.values()], list(recipes), tile=2.6)

# %% [markdown]
# *The four inputs as the network would receive them, with 128 added so that zero is middle gray. They are drawn as if they were RGB. In the right one red and blue are therefore exchanged, and the wrong one beside it, RGB instead of BGR, looks natural. In [0,1] the whole picture has become one nearly even dark color: all contrast is gone. With the mean subtracted twice the picture is too dark.*
#
# So your eyes are no judge of a network's input: the most natural of the four pictures is a wrong one.
#
# **Predict:** which mistake moves the activations most? We build a network without any preprocessing from the layers of VGG, feed it each input, and measure how far $a^{[l]}$ moves from the right one:
#
# $$\text{distance} = \frac{\sum_{ijk}\left(a^{\text{wrong}}_{ijk} - a^{\text{right}}_{ijk}\right)^2}{\sum_{ijk}\left(a^{\text{right}}_{ijk}\right)^2}$$
#
# 0 is the same, 1 is as far off as activations that are all zero. For comparison, the last line takes the right preprocessing of *another picture*.

# %% tags=["nbval-check-output"]
network = keras.Model(vgg.input, {layer: vgg.get_layer(layer).output for layer in compared_layers})
other = resize_image(load_image(style), (C.shape[1], C.shape[2]))
inputs = {name: recipe(C) for name, recipe in recipes.items()} | {"another picture": preprocess(other)}
a_right, distances = network(inputs["right"]), {}
print(f"{'':24}", *(f"{layer:>13}" for layer in compared_layers))
for name, x in inputs.items():
    a_x = network(x)
    distances[name] = [float(content_cost(a_right[l], a_x[l], "relative")) for l in compared_layers]
    print(f"{name:24}", *(f"{distance:13.2f}" for distance in distances[name]))

figure, axis = plt.subplots(figsize=(10, 3), layout="constrained")
for index, layer in enumerate(compared_layers):
    places, width = np.arange(len(distances)) + 0.8 * index / len(compared_layers), 0.75 / len(compared_layers)
    axis.bar(places, [d[index] for d in distances.values()], width, label=layer, hatch=["", "//", ".."][index % 3])
axis.axhline(1, linestyle="--", color="black", linewidth=1, label="all activations zero")
axis.set_xticks(np.arange(len(distances)) + 0.25, distances)
axis.set(ylabel="distance from the right a[l]")
axis.legend(fontsize=8)
plt.show()

# %% [markdown]
# *For each input a group of bars, one for each layer: how far its activations are from the right ones. The dashed line at 1 is what all-zero activations would give.*
#
# With the committed settings:
# - **Another picture** is at 1.3 to 1.4 in every layer, farther than no activations at all.
# - **Exchanged channels** cost only 0.15 to 0.23, because edges and textures survive. That is how this mistake lives on unnoticed. (Where one color rules, as in `rocket`, the first layer does notice: 0.9.)
# - **In [0,1]** the network sees a picture without contrast. The two deeper layers read it about as wrong as zeros, the first one still worse.
# - **The doubled mean** is worst in `block1_conv1`, which reads the brightness itself. Deeper layers, which compare neighbors, forgive most of it.
#
# ### The same mistakes in a short run
#
# Does it matter for the picture? `Objective` measures with the extractor that it is given, so we can hand it the wrong rulers. Each run starts from C and minimizes $J(G) = J_{content}(C,G) + \beta\,J_{style}(S,G)$ with the same number of steps. (How that works is the subject of notebooks 03 to 07; here only the ruler differs.)

# %% tags=["nbval-check-output"]
style_layers = [f"block{block}_conv1" for block in range(1, 6)]

class Ruler(FeatureExtractor):
    """A FeatureExtractor with one of the recipes in place of `preprocess`."""
    def __call__(self, image):
        return self.network(self.recipe(image))

C_small, S_small = load_image(content, run_side), load_image(style, run_side)

objectives, results = {}, {}
for name, recipe in recipes.items():
    ruler = Ruler(["block4_conv2", *style_layers], vgg)
    ruler.recipe = recipe
    objectives[name] = Objective(
        C_small, S_small, beta=beta, gamma=0, style_cost=style_cost, layer_weights="equal", extractor=ruler,
    )  # fmt: skip
    results[name], history = minimize(objectives[name], C_small, lbfgs(), run_steps)
judged = {name: objectives["right"].terms(G)["J"] for name, G in results.items()}
titles = ["C", "S", *(f"{name}\nJ = {value:,.1f}" for name, value in judged.items())]
show_images([C_small, S_small, *results.values()], titles, tile=2.1)
print("each run lowered the J of its own ruler:", all(objectives[n](G) < objectives[n](C_small) for n, G in results.items()))
print("the right ruler gives the lowest J:", min(judged, key=judged.get) == "right")

# %% [markdown]
# *C, S, and the result of each run. Under each stands J as the right ruler reads it.*
#
# C and S went through the same wrong ruler as G, and every run did lower its own cost. It was only not the cost you meant. With the committed settings, exchanged channels give a picture that passes for the right one, with slightly different colors (J = 3.5 instead of 2.3). The doubled mean leaves most of the photo as it was, under a thin layer of paint. In [0,1] the result is a carpet of saturated colors: through that ruler a pixel of 255 looks like 1, no picture has any contrast, and the run drives the pixels to both ends of their range in search of some.
#
# ### One layer, two readings
#
# The notes claim that the layers of a ConvNet hold both content and style (S2:22). You can see it in one layer's activations, read in two ways: place by place (content), or summed over all places (style). Mirror the photo: every texture and color is still there, but nothing is in its place.

# %% tags=["nbval-check-output"]
pictures = {"C mirrored": C[:, :, ::-1], "another picture": other}
print(f"{'compared with C':16} {'layer':13} content  style")
for name, picture in pictures.items():
    a_picture = extractor(picture)
    for layer in compared_layers:
        content_reading = float(content_cost(a[layer], a_picture[layer], "relative"))
        style_reading = float(layer_style_cost(a[layer], a_picture[layer], "relative"))
        print(f"{name:16} {layer:13} {content_reading:7.2f} {style_reading:6.2f}")

# %% [markdown]
# With the committed settings the mirrored photo is about as far from C as another picture when read place by place (above 1: farther than no activations), and nearly the same when read as a sum. The other picture differs in both. So one set of activations answers two questions: *what is where* (content) and *what occurs at all* (style). (A photo that is nearly its own mirror image, such as `rocket`, has less to lose: its content reading stays below 1.) In the deepest layer the mirror shows a little in the style too: those units see large arrangements, and their filters are not symmetric.
#
# ## 4. What one unit can see
#
# Going up by one layer with kernel size $f$ and stride $s$, the receptive field and the stride of a unit, in pixels of the image, grow like this:
#
# $$\text{size} \leftarrow \text{size} + (f-1)\cdot\text{stride} \qquad\qquad \text{stride} \leftarrow \text{stride}\cdot s$$
#
# In VGG a convolution has $f=3, s=1$ and a pool has $f=2, s=2$. Start from one pixel, size 1 and stride 1:

# %% tags=["nbval-check-output"]
size, stride = 1, 1
for layer in layer_names(vgg)[:6]:
    f, s = (2, 2) if layer.endswith("pool") else (3, 1)
    print(f"{layer:13} size {size:2} + ({f} - 1)·{stride} = {size + (f - 1) * stride:2}    stride {stride}·{s} = {stride * s}")
    size, stride = size + (f - 1) * stride, stride * s
    assert (size, stride) == receptive_field(vgg, layer)[:2]

# %% [markdown]
# ### Do not believe it: measure it
#
# Two experiments on an image of noise. **Forward:** change one pixel; which units of the layer move? **Backward:** choose one position; which pixels have a gradient on its units? The rule predicts a square in both cases.

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

# %% tags=["nbval-check-output"]
tops = offset + stride * np.arange(change.shape[0])  # the first pixel that unit i sees
sees = (tops <= pixel) & (pixel < tops + size)
moved = change > 1e-4 * change.max()  # below that it is rounding
rows = np.flatnonzero(gradient.any(axis=1))
print(f"{probe_layer}: receptive field {size}, stride {stride}, offset {offset}")
print("units that can see the pixel:", sees.sum(), "x", sees.sum())
print("no other unit moved:", not (moved & ~np.outer(sees, sees)).any())
print("pixel rows that the unit can see:", tops[unit], "to", tops[unit] + size - 1)
print("no other row has a gradient:", tops[unit] <= rows.min() and rows.max() < tops[unit] + size)

figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.9), layout="constrained")
squares = [(np.flatnonzero(sees)[0], sees.sum()), (tops[unit], size)]  # predicted: first, length
for axis, seen, (first, length) in zip(axes, (change, gradient), squares, strict=True):
    axis.imshow(np.log10(seen / seen.max() + 1e-5))
    axis.add_patch(plt.Rectangle((first - 0.5, first - 0.5), length, length, fill=False, edgecolor="red", linewidth=2))
axes[0].set(title=f"forward: units of {probe_layer}\nthat one pixel moves", xlabel="j", ylabel="i")
axes[1].set(title="backward: pixels with a gradient\non one position", xlabel="column", ylabel="row")
plt.show()

# %% [markdown]
# *Left: the units, each one cell, colored by how far the changed pixel moves them (logarithmic). Right: the pixels, colored by the size of their gradient (logarithmic). The red squares are what the rule predicts. Everything that is not dark lies inside them.*
#
# Inside the squares the effect is largest around the middle and fades toward the edge: a pixel in the middle reaches the unit along many paths, a pixel in the corner along one. The deeper the layer, the stronger the fading; try `block5_conv1` as `probe_layer`, and the corners are as dark as the outside. (In `block1_conv1` each of the nine pixels has one path, and nothing fades.) So the receptive field is the outer limit of what a unit sees; what it mostly looks at is smaller.
#
# ### The whole network on one page
#
# **Predict:** how much of the photo does one unit of `block5_conv1` see? A tenth, a half, all of it?

# %%
figure, (strip, photo) = plt.subplots(1, 2, figsize=(10, 3.6), width_ratios=[1.5, 1], layout="constrained")
colors = plt.cm.viridis(np.linspace(0.05, 0.9, 5))
names = layer_names(vgg)
for index, layer in enumerate(names):
    n_H, n_C, block = a[layer].shape[1], a[layer].shape[3], int(layer[5])
    pool = layer.endswith("pool")
    bar = strip.bar(index, n_H, 0.85, color="lightgray" if pool else colors[block - 1], hatch="//" if pool else "")
    strip.bar_label(bar, [n_C], padding=1, fontsize=7)
strip.set_xticks(range(len(names)), [name.replace("block", "b") for name in names], rotation=90, fontsize=8)
strip.set(ylim=(0, 1.1 * C.shape[1]), ylabel="height of the layer, nH", title="VGG19: bars are nH, numbers are nC, pools are hatched")
photo.imshow(values[0].astype(np.uint8))
middle_y, middle_x = C.shape[1] / 2, C.shape[2] / 2
for layer, color in zip(style_layers, colors, strict=True):
    size = receptive_field(vgg, layer)[0]
    corner = (middle_x - size / 2, middle_y - size / 2)
    photo.add_patch(plt.Rectangle(corner, size, size, fill=False, edgecolor="white", linewidth=3.5))
    label = f"{layer}: {size} pixels"
    photo.add_patch(plt.Rectangle(corner, size, size, fill=False, edgecolor=color, linewidth=2, label=label))
photo.axis("off")
figure.legend(loc="outside lower right", ncols=3, fontsize=8)
plt.show()

# %% [markdown]
# *Left: the layers in order, each bar as high as the layer has rows; the number above is its channels. At each gray pool the height halves, and up to 512 the next block doubles the channels. Right: the photo with the receptive fields of the first layer of each block, nested around its middle. Of a square that is larger than the photo you see a part, or nothing.*
#
# With the committed settings the smallest square is no more than a dot, and a unit of `block5_conv1` sees 156 of 171 rows: most of the building. The squares are measured in *pixels*. If you make the photo larger, the same unit sees a smaller part of it, which is why the size of your images changes what a style looks like.
#
# ## 5. The ruler's units differ from layer to layer
#
# How large is a typical activation? **Predict:** does it grow with depth, shrink, or stay?

# %% tags=["nbval-check-output"]
averages = {layer: float(tf.reduce_mean(a[layer])) for layer in style_layers}
a_other, shares = extractor(other), {}
for normalizer in ("gatys", "relative"):
    costs = np.array([float(layer_style_cost(a_other[l], a[l], normalizer)) for l in style_layers])
    shares[normalizer] = costs / costs.sum()
print(f"{'':13} mean activation   share of the style cost: gatys  relative")
for index, (layer, average) in enumerate(averages.items()):
    print(f"{layer:13} {average:11.3g} {shares['gatys'][index]:33.3f} {shares['relative'][index]:9.2f}")

figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
bars = axis.bar(list(averages), list(averages.values()), color=colors, edgecolor="black")
axis.bar_label(bars, fmt="%.3g")
axis.set(ylabel="mean activation", ylim=(0, 1.15 * max(averages.values())))
plt.show()

# %% [markdown]
# *One bar per layer: the mean of all its activations on C. With every photo of this project the bar of block 4 is the highest, and those of block 1 and block 5 are the lowest.*
#
# It does none of these: with the committed settings the means go up and down between 23 and 528. For a cost this matters a lot. Multiply a layer's activations by $s$: a content cost, a sum of squares, grows by $s^2$; a style cost, built on squared sums of products, by $s^4$. Twenty times larger means 160,000 times the style cost. The table shows the result for C and another picture: with the constants of the paper ("gatys") one layer makes up nearly all of the style cost, whatever the weights $\lambda$ seem to say. Gatys et al. avoided this by rescaling their network until each mean activation was 1. This project leaves the network alone and divides each layer's cost by its own size ("relative": 1 means as far off as all zeros). Notebook 04 takes this apart.
#
# ## 6. VGG16 or VGG19?
#
# S3:33 and S4:7 say VGG16. The paper of Gatys et al., Ng's course and S4's own code use VGG19. Compare the two: only their architecture, without weights, because this project bundles weights for VGG19 alone.

# %% tags=["nbval-check-output"]
vgg16 = keras.applications.VGG16(weights=None, include_top=False)
for name, network_ in {"VGG16": vgg16, "VGG19": vgg}.items():
    convolutions = [layer for layer in layer_names(network_) if "conv" in layer]
    per_block = [sum(f"block{b}" in layer for layer in convolutions) for b in range(1, 6)]
    fields = [receptive_field(network_, f"block{b}_conv1")[0] for b in range(1, 5)]
    print(f"{name}: {len(convolutions)} convolutions, {per_block} per block; {network_.count_params():,} parameters")
    print(f"       block1_conv1 .. block4_conv1 see {fields} pixels")

# %% [markdown]
# The numbers 16 and 19 count the three dense layers of the classifier too, which we cut off. The two networks are alike up to `block3_conv3`. Every layer that this series uses by default (`block1_conv1` .. `block5_conv1`, `block4_conv2`) exists in both, so "VGG16" and "VGG19" are two rulers with the same marks. The weights differ, though, and so do the receptive fields of the deep layers. Notebook 08 takes up the comparison.
#
# ## Summary
#
# - An image here is `(1, H, W, 3)`, `float32`, RGB, 0..255. VGG wants BGR minus the ImageNet mean; a wrong input raises no error and gives other activations.
# - VGG19 is a frozen ruler. A layer gives `nC` measurements at `nH·nW` places; size and stride of a unit's receptive field follow from two lines of arithmetic, and two experiments confirm them.
# - Activations of different layers have different sizes, which is why this project's `Objective` divides each cost by its own scale ("relative").
#
# ## Exercises
#
# **1.** What is the network's input `x` for a *white* pixel if the image is in [0,1] by mistake, so that white is (1, 1, 1)? Give the three numbers in the order of VGG.

# %% tags=["exercise"]
# Exercise 1: your answer, three numbers, replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = np.array([1.0, 1.0, 1.0])[::-1] - np.array([103.939, 116.779, 123.68])
# ```
#
# Almost the same as black: (-103.9, -116.8, -123.7). White and black differ by 1 instead of 255.
# </details>
#
# **2.** Which layers does VGG19 have that VGG16 has not? Give the set of their names.

# %% tags=["exercise"]
# Exercise 2: your answer, a set of layer names, replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# vgg16 = keras.applications.VGG16(weights=None, include_top=False)
# vgg19 = keras.applications.VGG19(weights=None, include_top=False)
# answer = set(layer_names(vgg19)) - set(layer_names(vgg16))
# ```
# </details>
#
# **3.** How many pixels (along one side) does a unit see in: `block3_conv1`; `block5_conv1` of VGG19; `block5_conv1` of VGG16? Use the two-line rule, with a pencil or a loop.

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
#     for n in convolutions_per_block:
#         size += n * 2 * stride + stride  # n convolutions, then the pool
#         stride *= 2
#     return size + 2 * stride
#
# answer = (field([2, 2]), field([2, 2, 4, 4]), field([2, 2, 3, 3]))
# ```
# </details>
#
# **4.** How many parameters (weights and biases) does `block3_conv4` have, whose kernel is 3 x 3 x 256 x 256? And how many do the three layers of exercise 2 have together, if the other two have kernels 3 x 3 x 512 x 512? (Compare the second number with the difference of the two networks above.)

# %% tags=["exercise"]
# Exercise 4: your answer, two whole numbers, replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# small = 3 * 3 * 256 * 256 + 256
# large = 3 * 3 * 512 * 512 + 512
# answer = (small, small + 2 * large)
# ```
#
# 20,024,384 - 14,714,688 = 5,309,696.
# </details>
#
# **5. Spot the bug.** A popular tutorial prepares its images like this. Repair it, and give the repaired *function* as your answer.
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
# Exercise 5: your answer, a function, replaces None
answer = None
check(5, answer)

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
# <details><summary>2. You run a cell with Keras's <code>preprocess_input</code> on a NumPy array twice, and the activations change. Why?</summary>
#
# It writes into the array. The second call subtracts the mean from values that already lack it, and turns the channels around again. Give it a copy, or a tensor.
# </details>
#
# <details><summary>3. Why does the network need no <code>fit</code>?</summary>
#
# It is only read. What we will change is the image.
# </details>
#
# <details><summary>4. A unit of block4_conv1 sees 68 pixels. The next unit to the right sees how many new columns?</summary>
#
# As many as its stride: 8. The two receptive fields share the other 60 columns.
# </details>
#
# <details><summary>5. Someone multiplies all activations of one layer by 2. What happens to a content cost and a style cost without any normalization?</summary>
#
# The content cost grows by a factor of 4, the style cost by a factor of 16.
# </details>
#
# **Sources.** The notes S2:22 (layers hold content and style), S2:29-31, S3:33 and S4:7 (a pretrained ConvNet). Simonyan and Zisserman 2014 (VGG); Luo et al. 2016 (receptive fields matter most in their middle); Gatys et al. 2016.
#
# **Next:** [02 - What are deep ConvNets learning?](02_what_convnets_learn.ipynb) looks at what single channels respond to.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 05 - Who painted this?
#
# Give the network a piece of a painting, and let one layer find another piece of the same painting among twenty. Which layer knows the painter, what does it go by, and does it need all of its channels?
# It belongs to [notebook 05](../05_style_and_lambda.ipynb).

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()

import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, load_image, load_vgg, resize_image, show_images
from nst_keras.lessons.figures import heat_map
from nst_keras.lessons.grams import PAINTINGS
from nst_keras.lessons.layers import BLOCKS
from nst_keras.lessons.stored import load_stored
from nst_keras.settings import STYLE_LAYERS

# %% tags=["parameters"]
sets = 5  # of twenty pieces each
side = 96  # of a piece, in pixels
choices = 4  # random halves of the channels

# %% [markdown]
# ## Twenty pieces of five paintings
#
# Four pieces of each painting, one from each quarter, so that no two overlap; each at a random place of its quarter.

# %% tags=["nbval-check-output"] alt="Twenty square pieces of five paintings, four of each."
def pieces(name, rng):
    """A random square from each quarter of a painting."""
    image = load_image(name)
    height, width = (n // 2 for n in image.shape[1:3])
    size = round(0.8 * min(height, width))
    for top, left in [(0, 0), (0, width), (height, 0), (height, width)]:
        y, x = top + rng.integers(height - size), left + rng.integers(width - size)
        yield resize_image(image[:, y : y + size, x : x + size], (side, side))

drawn = [
    [piece for name in PAINTINGS for piece in pieces(name, np.random.default_rng(seed))] for seed in range(sets)
]
print(f"{len(drawn)} sets of {len(drawn[0])} pieces; guessing finds {20 * 3 / 19:.1f} of 20")
show_images(drawn[0], columns=4, tile=1.3)

# %% [markdown]
# ## In color every block knows the painting
#
# For each piece, take the most similar one of the other nineteen. It is a hit if both are of one painting. Two Gram matrices are compared by the angle between them: a distance would call two pieces alike because both are pale.

# %%
extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"))
painting_of = np.repeat(np.arange(len(PAINTINGS)), 4)

def grams(of_pieces):
    """{layer: the Gram matrices of the pieces}."""
    rows = {l: np.asarray(a).reshape(len(of_pieces), -1, a.shape[-1]) for l, a in extractor(tf.concat(of_pieces, axis=0)).items()}
    return {l: a.swapaxes(1, 2) @ a for l, a in rows.items()}

def hits(gram):
    """How many pieces have their nearest neighbor in the same painting."""
    v = gram.reshape(len(gram), -1).astype(float)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    angles = v @ v.T - 2 * np.eye(len(v))
    return np.sum(painting_of[angles.argmax(axis=1)] == painting_of)

def found(of_sets):
    """Hits of each set and block."""
    return np.array([[hits(gram) for gram in of_set.values()] for of_set in of_sets])

# %% tags=["nbval-check-output"]
def print_hits(title, table):
    print(f"{title:24}" + "".join(f"{f'{low} to {high}':>12}" for low, high in zip(table.min(axis=0), table.max(axis=0), strict=True)))

in_color = [grams(each) for each in drawn]
color = found(in_color)
print(" " * 24 + "".join(f"{block:>12}" for block in BLOCKS))
print_hits("hits of 20, in color", color)

# %% [markdown]
# *Printed: the lowest and the highest of five sets.* All blocks find 10 to 17, where guessing finds 3. Is it the colors?
#
# ## Without colors the deep blocks know more
#
# The same pieces in gray, all with one brightness and one contrast.

# %% tags=["nbval-check-output"] alt="Hits of twenty, in the mean over the sets: rows color and gray, columns the five blocks."
def in_gray(piece):
    gray = tf.reduce_mean(piece, axis=-1, keepdims=True)
    gray = (gray - tf.reduce_mean(gray)) / tf.math.reduce_std(gray) * 50 + 128
    return tf.repeat(tf.clip_by_value(gray, 0, 255), 3, axis=-1)

of_gray = [grams([in_gray(piece) for piece in each]) for each in drawn]
gray = found(of_gray)
print_hits("hits of 20, in gray", gray)
heat_map([color.mean(axis=0), gray.mean(axis=0)], ["color", "gray"], BLOCKS, "{:.1f}")

# %% [markdown]
# *The mean number of hits in five sets.* Now the number rises with depth, from 8 in block 1 to 12 in blocks 4 and 5. Without its colors block 1 has lost half of what it knew, block 5 little. So style is not stripped away in the deep layers: only the colors are.
#
# ## Half of the channels are enough
#
# Is the style in each channel, or in a few? Take a random half of the channels of a layer, and then a single one.

# %% tags=["nbval-check-output"]
def of_some(gram, count):
    """Mean number of hits of some random choices of `count` channels."""
    rng, channels = np.random.default_rng(0), gram.shape[-1]
    chosen = [rng.permutation(channels)[:count] for _ in range(choices)]
    return np.mean([hits(gram[:, c][:, :, c]) for c in chosen])

for title, of_sets in {"color": in_color, "gray": of_gray}.items():
    for name, count in {"all channels": None, "a random half": 2, "an eighth": 8}.items():
        means = [np.mean([of_some(of_set[l], of_set[l].shape[-1] // (count or 1)) for of_set in of_sets]) for l in STYLE_LAYERS]
        print(f"{title:6}{name:18}" + "".join(f"{mean:12.1f}" for mean in means))

# %% [markdown]
# *Mean hits.* Half of the channels, drawn at random, find as many as all of them, within about one hit of twenty. An eighth is still better than guessing. So what tells the paintings apart is spread over the channels of a layer.
#
# ## Deep blocks leave the colors open
#
# Two textures that were made from noise for blocks 4 and 5 alone, beside those for blocks 1 and 2. The palette is off by so many gray levels: sort all values of red, green and blue in both pictures, and take the mean distance.

# %% tags=["nbval-check-output"] alt="Four textures. Blocks 1-2: colors of the painting. Blocks 4-5: the room with pale floor and colored grain; Kandinsky's disks on gray green."
def palette(S, G):
    shares = np.linspace(0, 1, 501)
    s, g = (np.quantile(np.asarray(x).reshape(-1, 3), shares, axis=0) for x in (S, G))
    return np.abs(s - g).mean()

shown = {}
for name, painting in {"night_cafe": "night_cafe", "composition": "composition_viii"}.items():
    for blocks in ("12", "45"):
        G = load_stored(f"05_{name}_{blocks}").image
        title = f"{painting}, blocks {blocks[0]}-{blocks[1]}"
        print(f"{title:32} palette off by {palette(load_image(painting, max(G.shape[1:3])), G):3.0f}")
        shown[title] = G
show_images(list(shown.values()), list(shown), columns=2, tile=3.3)

# %% [markdown]
# *Four pictures from noise.* The deep blocks drew the room and the disks. Their colors are off by 26 and 46 gray levels, those of the shallow ones by 3 and 4.

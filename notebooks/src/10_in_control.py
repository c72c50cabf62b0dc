# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 - In control: color, place, size of stroke
#
# Keep the colors of your photograph, paint only the sky, double the size of the strokes, mix two painters: each is one argument and a formula of two lines.
#
# **What you will learn**
#
# - how S gets the colors of C before the run, and how that differs from repainting the result;
# - how a mask in pixels becomes a mask in each layer, so that the sky learns from the sky alone;
# - how to set the size of the strokes, the mixture of two styles and the strength, on a scale that means about the same for every picture;
# - how to try many values at once, and let a referee judge the pictures.
#
# **Time**: about a minute on 2 CPU cores.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Image, display

from nst_keras import FeatureExtractor, Moments, load_image, load_vgg, moments, prepare, show_images, stylize
from nst_keras.controls import PRESETS
from nst_keras.controls.colors import color_map, keep_colors, match_colors
from nst_keras.controls.regions import mask_at_size, mask_of_layer, read_mask, read_regions
from nst_keras.costs import gram_cost
from nst_keras.display import LINE_STYLES
from nst_keras.images import luminance
from nst_keras.lessons.exercises.nb10 import check
from nst_keras.lessons.stored import Frame, load_stored, show_slider
from nst_keras.runs import sweep
from nst_keras.settings import LAYER_WEIGHTS, STRENGTH, STYLE_LAYERS, Settings, weights_of_strength
from nst_keras.style import blend

# %% [markdown]
# ## Tweak me
#
# Change any value and run the notebook again from here. The text describes the stored outputs; most of these values change only your own picture, at the end.

# %% tags=["parameters"]
content_name = "palace"  # C of your own picture, at the end
style_names = ["composition_viii", "great_wave"]  # its styles, one or more
style_weights = [1, 1]  # how much of each
colors = "content"  # "style", "content" or "luminance"
style_scale = 1.5  # size of the strokes, 0.25 to 4
strength = 55  # how much style, 0 to 100
side, steps = 300, 8  # longer side in pixels; gradient evaluations at this size
color_pair = ("astronaut", "cafe_terrace")  # whose colors are exchanged: a photograph, a painting
region_side = 256  # longer side of the photograph whose regions are drawn in each layer, in pixels
proof_side, proof_steps = 64, 3  # of the runs that must agree to the bit
odds_strengths = (20, 40, 60, 80)  # strengths whose weights are computed
tried_layers, tried_betas = ["block2_conv2", "block4_conv2"], [3, 40]  # values of the sweep
sweep_side, sweep_steps = 128, 10  # longer side of its pictures; gradient evaluations
seed = 0  # of the noise that is put outside of a region

# %% [markdown]
# ## Without any control
#
# This is the picture that the following sections will change, one wish at a time: a photograph, a painting, and what the default settings make of them.
#
# All pictures of this kind were made beforehand by `benchmarks/make_runs.py`, in about 10 s each, and are loaded here; what is computed live is small.

# %% alt="Three pictures: the photograph of a pagoda among trees by a lake; Kandinsky's Composition VIII with thin black lines, circles and patches of color on cream; and the pagoda on cream, with such lines in sky and bushes and patches of color in its floors."
def G_of(name):
    return load_stored(f"10_{name}").image

C, S, G = load_image("palace", 360), load_image("composition_viii", 360), G_of("default")
show_images([C, S, G], ["C", "S", "G, no control used"], tile=3.8)

# %% [markdown]
# *Figure: C, S and G. The photograph is by danielbuechele (CC BY 2.0), the painting by Wassily Kandinsky (1923).* The sky has become cream, because Kandinsky's ground is cream; lines cross it where it was empty; and they
# are as thick as they are in S. You may like all three. If not, read on.
#
# ## Whose colors?
#
# A painter's strokes in the colors of your photograph: exchange the colors of **S** before the run. Then nothing has to be repaired after it.
#
# Begin with one channel. S has the values 0 and 200, mean 100 and deviation 100; C has 50 and 90, mean 70 and deviation 20.
# Subtract the mean of S, stretch by the ratio of the *deviations*, add the mean of C: x ↦ 0.2·(x − 100) + 70. So 0 becomes 50 and 200 becomes 90.
#
# With three channels the deviation becomes the root of the covariance matrix Σ (3 x 3), and
#
# $$x \mapsto A\,(x - \mu_S) + \mu_C,\qquad A = \Sigma_S^{-1/2}\big(\Sigma_S^{1/2}\,\Sigma_C\,\Sigma_S^{1/2}\big)^{1/2}\,\Sigma_S^{-1/2}$$
#
# Put the covariance of $A(x-\mu_S)$, which is $A\,\Sigma_S A$, through this formula: it is $\Sigma_C$. By pencil, with the four colors of a tiny S and the four of a tiny C below: the
# means are (100, 100, 0) and (60, 150, 0); the variances of red and green are 50 and 200 in S, 200 and 50 in C. (Σ^½ is the symmetric matrix whose square is Σ; where S has no variance, the inverse is taken as 0.) There is no blue, and red and green do not vary together, so all matrices are diagonal and A is
# diag(√(200/50), √(50/200), 0) = diag(2, ½, 0). **Predict** what becomes of the color (90, 100, 0).

# %% tags=["nbval-check-output"]
S_colors = np.array([[90, 100, 0], [110, 100, 0], [100, 80, 0], [100, 120, 0]], np.float32)
C_colors = np.array([[40, 150, 0], [80, 150, 0], [60, 140, 0], [60, 160, 0]], np.float32)
A, mean_S, mean_C = color_map(S_colors, C_colors)
print("diagonal of A:", A.diagonal().round(3))
by_hand = (S_colors - [100, 100, 0]) @ np.diag([2, 0.5, 0]) + [60, 150, 0]
for before, after in zip(S_colors, by_hand, strict=True):
    print(before.astype(int), "->", after.astype(int))
assert np.allclose(A, np.diag([2, 0.5, 0]))
assert np.allclose(match_colors(S_colors, C_colors), by_hand)

# %% [markdown]
# Twice as far from the mean in red, half as far in green. Blue has no variance in S: a direction of color that S does not have cannot be stretched, and A leaves it at 0.
#
# ### Many maps do this, and they do not look the same
#
# $A\,\Sigma_S A^T = \Sigma_C$ has many solutions. A usual one takes triangular (Cholesky) factors, $A = L_C L_S^{-1}$. It treats the first channel first, so it matters whether that is red or blue. The formula
# above is the one that, of all of them, changes colors least (the optimal transport of notebook 08, as a map). **Predict**: will you see a difference?

# %% tags=["nbval-check-output"] alt="A smiling astronaut in an orange suit, before a flag and a gray wall; then four versions of van Gogh's café at night: the original with a yellow wall and a violet sky; by triangular factors the wall is cream, almost white; with the channels in the opposite order it is dark golden brown and the sky nearly white; by optimal transport the wall is pale orange under a gray-blue sky."
C_face, S_cafe = (load_image(name, 300) for name in color_pair)
pixels = [np.asarray(image, np.float64).reshape(-1, 3) for image in (S_cafe, C_face)]
(mean_S, mean_C), (cov_S, cov_C) = [x.mean(axis=0) for x in pixels], [np.cov(x.T, bias=True) for x in pixels]

def triangular(order):
    """L_C L_S⁻¹ with the channels in another order."""
    L_C, L_S = (np.linalg.cholesky(cov[np.ix_(order, order)]) for cov in (cov_C, cov_S))
    return (L_C @ np.linalg.inv(L_S))[np.ix_(np.argsort(order), np.argsort(order))]

maps = {"triangular, red first": triangular([0, 1, 2]), "triangular, blue first": triangular([2, 1, 0]),
        "optimal transport": color_map(S_cafe, C_face)[0]}
recolored = {name: (pixels[0] - mean_S) @ A.T + mean_C for name, A in maps.items()}
for name, x in recolored.items():
    off = np.abs(np.cov(x.T, bias=True) - cov_C).max() / np.abs(cov_C).max()
    print(f"{name:23} changes a color by {np.sqrt(np.mean((x - pixels[0])**2)):.1f} gray levels")
    assert off < 1e-6
    assert np.allclose(x.mean(axis=0), mean_C)
pictures = [C_face, S_cafe, *(x.reshape(S_cafe.shape).clip(0, 255) for x in recolored.values())]
show_images(pictures, ["C", "S", *recolored], columns=3, tile=2.5)

# %% [markdown]
# *Figure: a portrait, a café at night (van Gogh, 1888), and the café in the colors of the portrait, by three maps. The printed number is the root mean square change of a channel.* All three have the same mean and the same covariance as the portrait, to a millionth. Yet the wall is cream, brown or pale orange, and the sky gray or white. The
# optimal transport changes colors least, and it does not ask in which order the channels come. That is what `colors="content"` does. (What leaves 0..255 is clipped, so the match is exact only before clipping.)
#
# ### Three answers, and an afterthought
#
# - `colors="style"`: the colors of S (the default).
# - `colors="content"`: S is recolored as above, then an ordinary run.
# - `colors="luminance"`: the costs see brightness alone, Y = 0.299 R + 0.587 G + 0.114 B, of all three pictures (S with the mean and deviation of C's Y). The run adds the same number to R, G and B of a pixel, so the differences between them are those of C.
#
# What many programs offer is a fourth: make the picture, then put the color of C back on it. No cost has ever seen that picture. **Predict**: how will it differ from "luminance"?

# %% tags=["nbval-check-output"] alt="Three pagodas. Content: dark lines on pale gray, and patches of red and blue. Luminance: the tints of the photograph, green bushes, orange roofs and a pale blue sky, crossed by black lines. Repainted afterwards: the same tints, but pale, with gray lines and less contrast."
def tint(image):
    """Red minus green and blue minus green of each pixel: its color without its brightness."""
    x = np.asarray(image, np.float32)
    return x[..., ::2] - x[..., 1:2]

by_colors = {"content": G_of("colors_content"), "luminance": G_of("colors_luminance"), "repainted afterwards": keep_colors(G, C)}
show_images(list(by_colors.values()), list(by_colors), tile=3.7)
for name, image in {"C": C, "style": G, **by_colors}.items():
    mean, off = np.mean(image, axis=(0, 1, 2)), np.abs(tint(image) - tint(C)).max()
    print(f"{name:21} mean color {mean.round().astype(int)}   tint off by at most {off:3.0f}")
run = prepare("palace", "composition_viii", Settings(**load_stored("10_colors_luminance").record["settings"]), precision="float32", scales=1)
J_luminance, *_ = run.begin(run)
J_run, J_after = (J_luminance.terms(by_colors[name])["J"] for name in ("luminance", "repainted afterwards"))
print(f"J, brightness alone: run {J_run:.1f}   repainted afterwards {J_after:.1f}")
assert np.abs(tint(by_colors["luminance"]) - tint(C)).max() <= 1.01  # rounded to whole gray levels
assert J_run < J_after

# %% [markdown]
# *Figure: "style" is the picture at the top; here are the other three. Below: mean colors, and the largest difference of R − G or B − G from C.* "content" has the mean color of C to within 7 gray levels. "luminance" has the tint of C in *every* pixel: 1 gray level is the rounding of the file.
#
# The repainted picture has the tints as well, but it is pale: its brightness is that of Kandinsky's light ground (mean 187 where C has 145), on colors that were meant for a darker sky and darker roofs. By the costs of "luminance", J is 8.0 where the run that was made for them has 1.0 (of course: its S also had the mean brightness of C).
#
# "content" keeps strokes and colors together: a stroke is one color, as with a painter, but it need not be the color that was there in C. In "luminance" every spot keeps its tint, and a stroke is only darker or lighter.
#
# One detail decides whether "luminance" is exact. A pixel (250, 100, 50) gets brighter by 5 until red ends at 255. If green and blue went on, the color would fade. So each pixel has bounds of its own, here from (200, 50, 0) to (255, 105, 55). The price is
# little room where channels are far apart: 255 − (250 − 50) = 55 gray levels.
#
# ## Where?
#
# Style costs compare moments, N, Σa and Σaaᵀ over the positions of a layer (notebook 08). To take them from a part of the picture, give each position p a weight $w_p$ between 0 and 1:
#
# $$N = \sum_p w_p,\qquad \sum_p w_p\,a_p,\qquad \sum_p w_p\,a_p a_p^T$$
#
# By pencil, for four positions with the activations (1, 0), (2, 1), (0, 3), (1, 1) and the weights 1, ½, 0, 1: N = 2.5; the sums are 1 + ½·2 + 0 + 1 = 3 and ½·1 + 1 = 1.5; the Gram matrix begins with 1 + ½·4 + 0 + 1 = 4.
#
# And **each region is divided by its own N**. Suppose that the sky of G has four positions and that of S two, all with the activation 3, the same look. **Predict** the Gram cost.

# %% tags=["nbval-check-output"]
a = np.array([[[1, 0], [2, 1]], [[0, 3], [1, 1]]], np.float32)
w = np.array([[1, 0.5], [0, 1]])
part = moments(a, w)
print("N", part.n, "  sum", part.sum.numpy(), "  Gram", part.gram.numpy().round(3).tolist())
columns, weights = a.reshape(4, 2), w.reshape(4, 1)
assert np.allclose(part.gram, columns.T @ (weights * columns))
assert np.allclose(part.sum, [3, 1.5])

sky_S, sky_G = (moments(np.full((1, n, 1), 3, np.float32)) for n in (2, 4))
fair = float(gram_cost(blend([sky_S], [1], sky_G.n), sky_G, "relative"))
naive = float(gram_cost(Moments(sky_G.n, sky_S.sum, sky_S.gram), sky_G, "relative"))
print(f"each divided by its own N: {fair:.2f}   raw sums: {naive:.2f}")
assert fair == 0
assert naive == 1

# %% [markdown]
# Raw sums find the same sky "as far off as no activations at all", only because one is twice as large. Programs exist that do this, or that lay the mask of the *photograph* over the painting as well.
#
# ### From pixels to layers
#
# A map has one color for each region, in pixels. What is a region in a deep layer, where one unit sees dozens of pixels? The usual way is to shrink the map to the layer's size. But a unit near the edge of the sky then counts as sky, although
# half of what it sees is roof. `nst_keras` keeps the units that see **nothing else**: it erodes the mask by the receptive field, which is known exactly for each layer (notebook 01).
#
# **Predict** how much of the sky is left in block4_conv1, where a unit sees 68 x 68 pixels.

# %% tags=["nbval-check-output"] alt="The photograph of the pagoda, and the mask of its sky and lake in three layers. White, the units that see nothing else, fills sky and lake up to the roofs in block1_conv1, keeps a gray margin in block3_conv1, and is a corner at the top right in block4_conv1, where most of the sky is gray."
photo = load_image("palace", region_side)
sky = mask_at_size(read_mask("palace_sky", C), photo.shape[1:3])
extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"), "float32")
shown = [layer for layer in STYLE_LAYERS if layer[5] in "134"]
eroded = {layer: mask_of_layer(sky, extractor, layer) for layer in shown}
noise = np.random.default_rng(seed).uniform(0, 255, photo.shape)
a, b = extractor(photo), extractor(tf.constant(np.where(sky[..., np.newaxis], photo, noise), tf.float32))
pictures = []
for layer in shown:
    shrunk = mask_at_size(sky, eroded[layer].shape)
    moved = np.abs(a[layer] - b[layer]).max(axis=-1)[0] / np.abs(a[layer]).max()
    wrong = [np.mean(moved[mask == 1] > 0.01) for mask in (shrunk, eroded[layer])]
    print(f"{layer}: see something else: shrunk {wrong[0]:4.0%}, eroded {wrong[1]:.0%}; kept {eroded[layer].sum() / shrunk.sum():.0%}")
    assert wrong[1] == 0 or eroded[layer].min() > 0 or region_side < 192
    pictures.append(np.repeat((110 * shrunk + 145 * eroded[layer])[..., None], 3, axis=-1))
show_images([photo, *pictures], ["C", *(f"sky and lake, {layer}" for layer in shown)], tile=3)

# %% [markdown]
# *Figure: C, and its sky in three layers ("sky" here is sky and lake, all that is neither building nor plants). White: units that see nothing but sky. Gray: units that the shrunk map would add. For the print, everything but the sky was replaced by noise; a unit "sees something else" if one of its activations changed by more than 1 % of the layer's largest.* With a shrunk
# map, more than half of the "sky" units of block4_conv1 react to what is not sky; of the eroded mask, none does. The price: only a fifth of the positions is left, and some of those that are gone hardly reacted. Here that is enough, as the next figure shows.
#
# If almost no unit of a layer sees the region alone, as here in block5_conv1 (not shown), each unit counts by the share of the region in the square of pixels that it stands for.
#
# ### What it is good for
#
# `regions=[MAP OF C, MAP OF S]` are two pictures; the same color in both belongs together. In place of a painting's map, a color stands for all of it. Predict for each: what fills the sky?

# %% tags=["nbval-check-output"] alt=["A map of the pagoda, blue for sky and lake and red for the rest; Hokusai's print; its map, red for the wave and the sea, blue for the sky.", "Three pagodas. Without regions: dark blue and cream, the sky from cream to sand. Sky from sky: a sandy sky with a column of script, dark gray above the lake; waves and foam in the pagoda and the bushes. Two styles: the red, green and yellow of van Gogh's billiard room under a sky with dark blue crests and snow."]
wave = load_image("great_wave", 360)
regions = read_regions(["palace", "great_wave"], C, [wave])
red_blue = np.array([[255, 0, 0] if color == "red" else [0, 0, 255] for color in regions.colors])
maps = [np.einsum("rhw,rc->hwc", of, red_blue) for of in (regions.of_C, regions.of_S[0])]
show_images([maps[0], wave, maps[1]], ["map of C, blue: sky and lake", "S", "map of S, blue: sky"], tile=2.6)
guided = {"no regions": G_of("mixture_100"), "sky from sky": G_of("regions"), "two styles": G_of("two_styles")}
show_images(list(guided.values()), list(guided), tile=3.65)

blue = regions.colors.index("blue")
of_S = wave[0].numpy()[regions.of_S[0][blue] > 0].mean(axis=0)
for name in ("no regions", "sky from sky"):
    of_G = guided[name][0].numpy()[regions.of_C[blue] > 0].mean(axis=0)
    print(f"{name}: mean color of the sky {of_G.round().astype(int)}, from that of S {np.linalg.norm(of_G - of_S):.0f} gray levels")

proof = {"max_side": proof_side, "steps": proof_steps, "scales": 1, "precision": "float32"}
plain, whole = (stylize("palace", "great_wave", regions=maps, **proof) for maps in (None, ["red", "red"]))
print(f"J without regions {plain.history.final['J']:.2f}, with one region over everything {whole.history.final['J']:.2f}")
assert plain.history.costs == whole.history.costs
assert np.array_equal(plain.image, whole.image)

# %% [markdown]
# *Figures: the maps and S; the results.* Style costs do not ask where. With regions the sky is the sky of the print, 1 gray level from its mean color instead of 22, and the waves stay below. (The script
# stands in the sky of S, so it may appear in that of G.) On the right the building comes from van Gogh's Night Café and the sky from all of the Great Wave: `--regions palace red blue`.
#
# The last line is a test of the whole machinery: one region over everything is no region, to the last bit of J and of the picture.
#
# ### Only there
#
# `mask=FILE` paints what is white in it and leaves the rest alone. The gradient is 0 there, so those pixels never move. (Moments are taken from the painted part, and the content cost sees all of G.)

# %% tags=["nbval-check-output"] alt="On the left a mask, white where the sky and the lake are. On the right the photographed pagoda and trees, unchanged, before strokes of dark blue at the left, and of yellow, ochre and green at the right."
masked, white = G_of("mask"), read_mask("palace_sky", C)
show_images([255 * np.repeat(white[..., None], 3, axis=-1), masked], ["mask: sky and lake", "G"], tile=3.8)
change = np.abs(np.rint(np.asarray(C[0])) - masked[0].numpy()).max(axis=-1)
print(f"largest change of a pixel: where the mask is black {change[white == 0].max():.0f}, where it is white {change[white == 1].max():.0f}")
assert change[white == 0].max() == 0

# %% [markdown]
# *Figure: van Gogh's Church at Auvers (1890), behind a photograph.* Not one pixel of the building has changed. Use it for a face that must stay a face, a product on its background, a logo.
#
# ## How large are the strokes?
#
# VGG's units see a fixed number of pixels. To make strokes twice as large, show them a painting that is twice as large: `style_scale=2` scales S to 2 · `max_side`. G keeps its size, and a step costs the same,
# because the moments of S are computed once and divided by their own N.
#
# To measure strokes, ask at which distance two pixels still resemble each other: the correlation of their brightness, over all pairs side by side or one above the other. **Predict** it for half and for double the scale, if it falls below one half at
# 11 pixels for scale 1.

# %% tags=["nbval-check-output"] alt="Three pagodas: with style scale 0.5 in many thin lines with small dots; with 1 in sparser lines; with 2 under a nearly empty sky, above a few long lines and wide blue and dark patches."
def reach(image):
    """The distance in pixels at which the correlation of brightness falls below one half."""
    Y = luminance(image)[0, ..., 0].numpy()
    Y = Y - Y.mean()
    for d in range(1, max(Y.shape)):
        if np.mean(Y[d:] * Y[:-d]) + np.mean(Y[:, d:] * Y[:, :-d]) < Y.var():
            return d

by_scale = {0.5: G_of("scale_half"), 1: G, 2: G_of("scale_2")}
show_images(list(by_scale.values()), [f"style_scale {scale}" for scale in by_scale], tile=3.65)
print(f"the correlation falls below one half, in pixels: C {reach(C)}")
for scale, image in by_scale.items():
    print(f"style_scale {scale:3}: S {reach(load_image('composition_viii', round(360 * scale))):2}, G {reach(image):2}")
assert reach(by_scale[0.5]) < reach(G) < reach(by_scale[2])

# %% [markdown]
# *Figure: the same run with S at half, full and twice its size.* The bushes tell most: small facets, larger ones, a few big ones. The correlation falls below one half at 7, 11 and 19 pixels, in S at these three sizes at 7, 11 and 21: the strokes follow S, at double size not quite. In C it takes 58 pixels: whole areas have one brightness there, light sky, dark building. No G has kept that.
#
# ## Two painters at once
#
# Moments add up over positions, so those of a picture that is half S₁ and half S₂ are the mean of both, per position. With weights that sum to 1,
#
# $$\frac{1}{N}\sum a = t\,\frac{1}{N_2}\sum a^{(2)} + (1-t)\,\frac{1}{N_1}\sum a^{(1)},\qquad\text{and the same for } \sum aa^T$$
#
# By pencil: one channel, S₁ has N = 2 and Σa = 8, S₂ has N = 8 and Σa = 8. Their means are 4 and 1. With a quarter of S₂, t = ¼, this gives ¾·4 + ¼·1 = 3.25. Mixing the raw sums instead would give 8, whatever t is.
#
# At the ends, t = 0 and t = 1, the mixture should be the single style, to the bit: the second and third line of the print test that with two small runs. **Predict** the middle: does it look like both ends laid over each other?

# %% tags=["nbval-check-output"]
first, second = (moments(np.full((1, n, 1), 8 / n, np.float32)) for n in (2, 8))
mixed = blend([first, second], [0.75, 0.25], 1)
print(f"mean of the mixture: {float(mixed.sum[0]):.2f}")
assert np.isclose(mixed.sum[0], 3.25)

both = ["composition_viii", "great_wave"]
for end, weights in enumerate(([1, 0], [0, 1])):
    mixture, alone = (stylize("palace", style, style_weights=w, **proof) for style, w in ((both, weights), (both[end], None)))
    print(f"weights {weights}: differs from the single style by {np.abs(mixture.image - alone.image).max():.0f}")
    assert np.array_equal(mixture.image, alone.image)

row = [G, G_of("mixture_25"), G_of("mixture_50"), G_of("mixture_75"), G_of("mixture_100")]
average = (row[0] + row[-1]) / 2
looks = ["Black lines and colored patches on cream.", "The same, with the first blue in windows and bushes.",
         "Lines in the sky and a red patch at the left, waves at the right.", "Dark blue waves; a few lines are left in the sky.",
         "Dark blue waves with foam, on sand.", "A double exposure, pale, with blurred windows and a faint ghost of both skies."]
titles = [f"{100 - t} % Kandinsky, {t} % Hokusai" for t in (0, 25, 50, 75, 100)] + ["pixels of both ends, averaged"]
display(show_slider("from S₁ to S₂", [Frame(*each) for each in zip(titles, [*row, average], looks, strict=True)]))

run = prepare("palace", both, Settings(**load_stored("10_mixture_50").record["settings"]), precision="float32", scales=1)
J_mixture, *_ = run.begin(run)
costs = {"mixture, 50 %": J_mixture.terms(row[2]), "average": J_mixture.terms(average)}
for name, terms in costs.items():
    print(f"{name:13} J_content {terms['J_content']:.2f}   J_style {terms['J_style']:.3f}")
assert costs["mixture, 50 %"]["J_style"] < costs["average"]["J_style"]

# %% [markdown]
# *Pictures: from one painter to the other, and last the average of both ends; move the slider.* In the middle one picture has both: Kandinsky's lines in the sky and a red patch at the left, Hokusai's dark blue and foam at the right. The average is a double exposure, with the lines of both at half strength, and its style cost is more than ten times as high (0.036 against 0.003).
#
# ## How much?
#
# β runs from nothing to a thousand, and what a β does to a picture depends on the cost and its normalizer. `strength` is a number from 0 to 100 in its place. 0 leaves C, 100 is style alone, and between them
#
# $$\alpha = 1,\qquad \beta = \beta_{60}\Big(\frac{\text{odds}}{1.5}\Big)^{p},\qquad \text{odds} = \frac{\text{strength}}{100-\text{strength}}$$
#
# By pencil: strength 60 has the odds 60/40 = 1.5, so β = β₆₀, which is 75 for the Wasserstein cost. Strength 20 has 20/80 = 0.25, a sixth of it, and 6 to the power p = 1.75 is 23: β = 75 / 23 = 3.3.
#
# β₆₀ and p were measured once, on six pairs. The measure: how much of the content is lost, in VGG16, as a share of what style *alone* loses. Here are such shares, for six values of β, from an earlier recipe (that of version 0.6).

# %% tags=["nbval-check-output"] alt="Left: six curves of the share of the content lost over β from 1 to 600, on a logarithmic axis, close together and rising in an S shape from 0.13 to 0.97; the formula, a black line, is flatter. Right: over the strength these points lie near the diagonal up to 35 and above it from 50 on; the crosses of a seventh pair lie below it, but for the last."
betas = np.array([1, 4, 12, 40, 150, 600])
shares = {  # by benchmarks/strengths.py, 256 pixels
    "palace, Great Wave": [0.11, 0.25, 0.41, 0.66, 0.89, 0.99], "astronaut, Composition": [0.11, 0.21, 0.36, 0.61, 0.84, 0.96],
    "cat, Church": [0.13, 0.23, 0.36, 0.58, 0.82, 0.96], "coffee, Café": [0.14, 0.28, 0.45, 0.66, 0.88, 0.97],
    "rocket, Great Wave": [0.12, 0.28, 0.43, 0.66, 0.89, 0.99], "astronaut, Night Café": [0.16, 0.26, 0.38, 0.63, 0.87, 0.97],
}
beta_60, p = STRENGTH["wasserstein"]
strength_of = np.vectorize(lambda beta: 100 / (1 + 1 / (1.5 * (beta / beta_60) ** (1 / p))))
by_strength = {s: load_stored(f"10_strength_{s}" if s != 60 else "10_default") for s in (20, 40, 60, 80, 100)}
lost = {s: stored.record["quality"]["content"] for s, stored in by_strength.items()}
fresh = {s: lost[s] / lost[100] for s in lost}
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
fine = np.geomspace(0.5, 1200, 100)
left.semilogx(fine, strength_of(fine) / 100, "k-", linewidth=2, label="formula")
right.plot([0, 100], [0, 1], "k-", linewidth=2, label="equal steps")
for (name, share), (line, marker) in zip(shares.items(), LINE_STYLES, strict=False):
    left.plot(betas, share, line, marker=marker, label=name)
    right.plot(strength_of(betas), share, marker, markersize=5)
right.plot(list(fresh), list(fresh.values()), "X", color="tab:red", markersize=10, label="palace, Composition: not among the six")
left.set(xlabel="β", ylabel="share of the content lost")
right.set(xlabel="strength", ylabel="share of the content lost")
left.legend(fontsize=8)
right.legend()
plt.show()

# %% tags=["nbval-check-output"]
table = np.array(list(shares.values()))
odds = np.log(table / (1 - table)).mean(axis=0)
slope, _ = np.polyfit(np.log(betas), odds, 1)
print(f"slope of the odds over β: 1 / {1 / slope:.2f}   deviation between pairs at most {table.std(axis=0).max():.2f}")
for s in odds_strengths:
    alpha, beta = weights_of_strength(s)
    print(f"strength {s}: alpha {alpha:.0f}, beta {beta:.1f}")
print("the seventh pair: " + ", ".join(f"{s} -> {share:.2f}" for s, share in fresh.items()))
assert weights_of_strength(60) == (1, beta_60)

# %% [markdown]
# *Figures: left, the share of the content lost over β, and what the formula says; right, the same over the strength.* The six curves lie close together: at the same β all pairs lose about the same share, to within a deviation of 0.03. That is what the "relative" costs are for, and why one scale can serve all. With the recipe of today the share grows more slowly,
# so the formula, the black line, is flatter than these curves. The crosses are of today, a seventh pair, though its photograph and its painting each occur in one of the six: 0.13, 0.31, 0.47 and 0.73 at 20, 40, 60 and 80, at most 0.13 below the line. (1.00 at 100 is so by definition.) **Predict** which of them looks most like a painting *of the pagoda*.

# %% alt="Five pictures from strength 20 to style alone: at 20 the photograph has turned cream; at 40 and 60 there are more and more lines in bushes and sky; at 80 the pagoda is drawn in lines around patches of red and violet; at 100 dark slanting lines of its roofs are left."
row = [stored.image for stored in by_strength.values()]
show_images(row, [f"strength {s}\nlost {fresh[s]:.2f}" for s in by_strength], columns=3, tile=2.9)

# %% [markdown]
# *Figure: equal steps of strength (0 is C, at the top); below each number the share of the content that is lost, in VGG16.* The palette comes first, at 20; then the lines; from 80 on things dissolve. Even at 100 slanting lines of the roofs are left: α is 0 there, but the run starts from C. (`--init noise` forgets it.)
#
# ## Which content? And settings by name
#
# `content_layer` may be several layers with weights: the shallow one holds on to edges and shades, the deep one to things (notebook 03). These weights are taken as they are, not divided by their sum. So {"block2_conv2": 1, "block4_conv2": 1} adds a second cost
# to the first and asks for more of the content in total; {"block2_conv2": 0.5, "block4_conv2": 0.5} shares one demand between two layers. **Predict** in which of the two the style ends farther off.
#
# And a handful of settings that go well together have names. Three of these presets also choose the weights λ of the style layers (notebook 05), by names of their own: "equal" is 1 : 1 : 1 : 1 : 0 from block1 to block5, "finest" is 64 : 16 : 4 : 1 : 0. The default, "fine", is 8 : 4 : 2 : 1 : 0; "deep", 16 : 8 : 4 : 2 : 1, alone has block5. The more weight in front, the finer the strokes. These
# weights *are* divided by their sum.

# %% tags=["nbval-check-output"] alt="Four pagodas. Photo-like: nearly the photograph, under a cream sky. Painterly: the pagoda in lines, disks and patches of violet and red. Both layers with the weight 1: floors and windows whole, a few thin lines in the sky. Both with one half: more lines in the sky."
for name, values in PRESETS.items():
    print(f"{name:10} {values or 'the defaults'}")
    assert Settings(**values).strength == values.get("strength", 60)
for name in ("finest", "fine", "equal"):
    print(f"{name:10} λ from block1 to block5 as", " : ".join(str(weight) for weight in LAYER_WEIGHTS[name]))
for name, run in {"block4_conv2 alone": "default", "both, 1 each": "two_layers", "both, ½ each": "two_halves"}.items():
    terms, referee = (load_stored(f"10_{run}").record[key] for key in ("costs_at_end", "quality"))
    print(f"{name:18} J_style {terms['J_style']:.3f}   content distance in VGG16 {referee['content']:.2f}")
by_name = {"photo-like": G_of("photo_like"), "painterly": G_of("painterly"),
           "block2_conv2 and block4_conv2, 1 each": G_of("two_layers"), "block2_conv2 and block4_conv2, ½ each": G_of("two_halves")}
show_images(list(by_name.values()), list(by_name), columns=2, tile=3.3)

# %% [markdown]
# *Figure: two presets, and a second content layer in two weights.* Compare them with the picture at the top, which is "balanced". With 1 each a referee, VGG16, finds the content nearer, 0.54 where block4_conv2 alone has 0.71. But the style is farther off (J_style 0.006, not 0.003): more was asked for the content. With ½ each
# both numbers are those of block4_conv2 alone.
#
# ## All of it in one call
#
# Every control is one argument, and they go together. Here is yours, live; change the parameters at the top.

# %% alt="The live result: the pagoda in dark lines under a pale gray sky, in muted colors like those of the photograph."
mine = stylize(content_name, style_names, style_weights=style_weights, colors=colors, style_scale=style_scale,
               strength=strength, max_side=side, steps=steps)
show_images([mine.image], [f"colors {colors}, style_scale {style_scale}, strength {strength}"], tile=3.8)

# %% [markdown]
# *Figure: two styles, the colors of C, larger strokes, a little less style than by default.* From the command line, at its default size and steps, the names have dashes, and the JSON file beside each picture holds all of it, so that `--settings` makes it again:
#
# ```bash
# nst-keras palace composition_viii great_wave --colors content --style-scale 1.5 --strength 55
# nst-keras palace night_cafe great_wave --regions palace red blue
# nst-keras palace church_auvers --mask palace_sky
# ```
#
# ## Many at once: a sweep
#
# Which value is right for *your* picture? Make several, and look. `sweep` takes contents, styles and, for each setting that you name, a list of values, and makes **every combination**, several at a time on all cores. In the folder `out` it leaves each picture with its settings, a table of numbers, and a sheet with
# all pictures side by side. What is there already is not made again: after an interruption, or with one more value, the same call goes on where it stopped. With `client=Client("tcp://host:8786")`, a client of Dask's package `distributed`, the same call runs on the machines of a cluster that see the same files. (In a script, call it under `if __name__ == "__main__":`, because the workers import the script.)
#
# Under each picture stands what a referee says of it, three distances: style and content in VGG16, a network that the run has not used; and that of the color patches, for which no network is asked, in gray levels. Lower is nearer. **Predict** which of the four pictures is nearest to C, and which to S.

# %% alt="A sheet of four painted cats. Columns: with beta 3 quiet fur and clear green eyes, with beta 40 olive fur with patches of red. Rows: nearly alike, with content layer block2_conv2 a little smoother than with block4_conv2. Three distances below each."
with tempfile.TemporaryDirectory() as out:  # in place of a folder of yours, so that this notebook leaves nothing behind
    records = sweep("chelsea", "night_cafe", {"content_layer": tried_layers, "beta": tried_betas}, out=out, quiet=True,
                    max_side=sweep_side, steps=sweep_steps)
    display(Image(Path(out, "sheet.png").read_bytes()))
for record in records:
    print(f"{record['content_layer']}, beta {record['beta']:4} style {record['style_distance']:.2f}   "
          f"content {record['content_distance']:.2f}   patches {record['patch_distance']:.0f}")

# %% [markdown]
# *Figure: the sheet that the call has written, and the same numbers as a table.* β decides most: from 3 to 40 the style distance falls from 0.26 and 0.24 to 0.16 and 0.17, and the content distance rises from 0.14 and 0.13 to 0.43 and 0.36. But mind who judges. The referee compares content in block4_conv2, too, though in another network, and so it finds the runs nearer that held this layer. Ten steps at 128 pixels are
# a sketch: choose among sketches, then make the chosen one large.
#
# The same as a command, which tells you first how long it will take:
#
# ```bash
# nst-keras many chelsea night_cafe --vary content_layer=block2_conv2,block4_conv2 --vary beta=3,40 --max-side 128 --steps 10 -o layers
# ```
#
# ## Summary
#
# - **Color**: S gets the mean and covariance of C's colors *before* the run, by the map that changes colors least; or the costs see brightness alone, within bounds that let no channel clip.
# - **Place**: moments are weighted by a mask. A unit belongs to a region if it sees nothing else; each region is divided by its own N.
# - **Stroke**: the size of S beside G. **Mixture**: the weighted mean of moments, whose ends are the single styles.
# - **Strength**: equal steps take roughly equal shares of the content.
# - **Choosing**: a sweep makes every combination of the values that you name, and puts a referee's numbers under each picture.
# - Each control decides what the costs compare. Nothing is repaired afterwards, so J is that of the picture that you get.
#
# ## Exercises
#
# **Exercise 1.** Somebody's program matches colors channel by channel, with the ratio of the *variances* where that of the deviations belongs. One channel of S has the mean 100 and the deviation 20, that of C the mean 60 and the deviation 40. What does the value 110 become by
# the right map, and what by that program?

# %% tags=["exercise"]
# Exercise 1: your answer, two values, replaces None
answer = (None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = (40 / 20 * (110 - 100) + 60, 40**2 / 20**2 * (110 - 100) + 60)
# ```
# </details>
#
# **Exercise 2.** `colors="luminance"`: a pixel of C is (30, 200, 120). By how many gray levels can it be made darker, and by how many brighter?

# %% tags=["exercise"]
# Exercise 2: your answer, two numbers, replaces None
answer = (None, None)
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The first channel to reach its end decides.
#
# ```python
# pixel = np.array([30, 200, 120])
# answer = (pixel.min(), 255 - pixel.max())
# ```
# </details>
#
# **Exercise 3.** In a layer a unit sees 10 pixels in a row, and units start every 2 pixels: unit i sees the pixels 2i to 2i + 9. A region reaches from pixel 20 to pixel 39, both included. How many units see nothing else, and how many see some of it?

# %% tags=["exercise"]
# Exercise 3: your answer, two whole numbers, replaces None
answer = (None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Nothing else: 2i ≥ 20 and 2i + 9 ≤ 39, so i = 10 to 15. Some of it: 2i + 9 ≥ 20 and 2i ≤ 39, so i = 6 to 19.
#
# ```python
# first = 2 * np.arange(100)
# last = first + 9
# answer = (np.sum((first >= 20) & (last <= 39)), np.sum((last >= 20) & (first <= 39)))
# ```
# </details>
#
# **Exercise 4.** Which strength has the odds 4, and which β does it get with p = 1 and β₆₀ = 30?

# %% tags=["exercise"]
# Exercise 4: your answer, strength and β, replaces None
answer = (None, None)
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# strength / (100 − strength) = 4 gives 80.
#
# ```python
# answer = (100 * 4 / (1 + 4), 30 * 4 / 1.5)
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. S is a black and white drawing, and you ask for colors="content". Does G become colorful?</summary>
# Not by S: it varies in brightness alone, and a direction that S does not have cannot be stretched. It gets the mean color of C. Use "luminance".
# </details>
#
# <details><summary>2. Why must both masks, of C and of S, be given, and not one for both?</summary>
# Because the sky is elsewhere in the painting. A mask of C laid over S would take the style of the sky from whatever happens to be there.
# </details>
#
# <details><summary>3. Does style_scale=2 need four times the memory?</summary>
# Not for G, whose size stays. S goes through the network once, forwards, at twice the side.
# </details>
#
# <details><summary>4. Is the mixture of two styles the average of two finished pictures?</summary>
# No. The style that is aimed at is averaged, and then one picture is made; an average of two pictures shows the lines of both, each at half strength.
# </details>
#
# <details><summary>5. Why is 100 not simply a very large β?</summary>
# At 100 α is 0: C is only the image that the run starts from.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | The palette belongs to the style. | S2:20 | half true | It can be exchanged and the rest kept: with S recolored, G has the mean color of C to within 7 gray levels, and the lines of S: [Three answers, and an afterthought](#Three-answers,-and-an-afterthought) |
# | Content is which objects are there, and where they are. | S2:20 | true | Style costs do not ask where. With regions the sky's mean color is off by 1 gray level, without by 22: [What it is good for](#What-it-is-good-for) |
# | Raise α or lower β, and more of the content is kept. | S0:29-31 | true | From β 3 to 417, strength 20 to 80, the share of the content that is lost grows from 0.13 to 0.73: [How much?](#How-much?) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge, A. Hertzmann, E. Shechtman: [Controlling Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865), 2017 (color, place, scale)
# - I. Olkin, F. Pukelsheim: The Distance Between Two Random Vectors with Given Dispersion Matrices, 1982 (the map)
# - M.-C. Yeh, S. Tang, A. Bhattad, C. Zou, D. Forsyth: [Improving Style Transfer with Calibrated Metrics](https://arxiv.org/abs/1910.09447), 2019 (why weights should be set by a measure)
#
# **The way on**: draw a map of a photograph of your own in any paint program, two flat colors, and give each its painter.

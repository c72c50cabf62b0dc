# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 07 - Weights from other programs
#
# You have an α and a β from a paper or from another program? Here is what they mean in yours, and what becomes of a J without weights, of a J times eight, and of a recipe in words.
# It belongs to notebook [07](../07_total_cost.ipynb).

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()

import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, Objective, gram_matrix, load_image, load_vgg, resize_image, show_images
from nst_keras.costs import content_cost, layer_style_cost
from nst_keras.lessons.balance import PROGRAM
from nst_keras.optimize import adam, gradient_descent, lbfgs, minimize
from nst_keras.settings import STYLE_LAYERS

# %% tags=["parameters"]
content_name, style_name, side = "chelsea", "great_wave", 128  # C and S; longer side in pixels
content_layer, style_layers = "block4_conv2", STYLE_LAYERS[:4]
factor, steps, rate = 8, 6, 7.0  # J times this; steps of each optimizer; learning rate of Adam

# %% [markdown]
# ## A recipe, line by line
#
# Many texts give the method in words. This is what becomes of them in your program:
#
# | The recipe | `notebooks/program/07_total_cost.py` |
# | --- | --- |
# | Ready a pretrained network. | `load_vgg()` |
# | Start with a random G, or with a copy of C. | `paint` begins with C |
# | For each epoch: | for each step: there is no data set to go through, so there are no epochs |
# | run C, S and G through the network; | only G: C and S never change, so `objective` runs them once |
# | compute the content and the style loss; | `J_content`, `J_style` |
# | α · content + β · style; | the terms that `objective` hands back |
# | perform SGD on G. | `minimize`: nothing is stochastic, and L-BFGS takes the place of plain descent |
# | After about 5000 epochs G is done. | 80 steps make a picture; what more steps do is in [notebook 07](../07_total_cost.ipynb#Is-there-a-floor-under-the-style?) |
#
# ## Without weights
#
# A short form that you will meet: J(C,S) = J(C,G) + J(S,G). On the left J(G) is meant, because only G varies. And α = β = 1. Is that a choice? Take a picture half C, half S, and measure both terms in three conventions: as shares, with Gatys' constants, and as means over activations and raw Gram matrices.

# %% tags=["nbval-check-output"] alt="The cat, the Great Wave, and both over each other."
C, S = load_image(content_name, side), load_image(style_name, side)
S = resize_image(S, tuple(C.shape[1:3]))
G = (C + S) / 2
extractor = FeatureExtractor([content_layer, *style_layers], load_vgg())
a_C, a_S, a_G = (extractor(image) for image in (C, S, G))
show_images([C, S, G], ["C", "S", "G, half and half"], tile=2)
conventions = {"shares": ("relative", "relative"), "Gatys": ("half_sum", "gatys"), "means": ("mean", "mean")}
for name, (content, style) in conventions.items():
    J_content = float(content_cost(a_C[content_layer], a_G[content_layer], content))
    J_style = float(sum(layer_style_cost(a_S[l], a_G[l], style) for l in style_layers)) / len(style_layers)
    print(f"{name:8} content {J_content:8.2g}   style {J_style:8.2g}   style / content {J_style / J_content:.2g}")

# %% [markdown]
# As shares and with Gatys' constants, content weighs a little more than style. With means over raw Gram matrices style weighs seven billion times as much, and content no longer counts. "No weights" means whatever the constants in both costs happen to mean.
#
# ## Carrying α and β from one program to another
#
# | convention | content: times Σ(Δa)² | style of a layer: times Σ(ΔGram)² | where |
# | --- | --- | --- | --- |
# | `gatys` | 1/2 | 1/(2·N·nC)² | Gatys and colleagues; Ng's lecture (N = nH·nW) |
# | `unsquared` | 1/2 | 1/(2·N·nC) | lecture notes in which the square was lost |
# | `raw mean` | 1/(N·nC) | 1/nC² | programs that take the mean over raw Gram matrices |
# | `course` | 1/(4·N·nC) | 1/(2·N·nC)² | the assignment of Ng's course |
# | `tensorflow` | 1/(N·nC) | 1/(N·nC)² | TensorFlow's tutorial |
# | `neural-style` | 1/(N·nC) | 1/(N·nC²)² | J. Johnson's neural-style |
# | `relative` | 1/Σa_C² | 1/Σ Gram(S)² | your program |
#
# For J to stay the same, a weight must grow by as much as its constant shrinks. For style that happens in each layer, so equal λ need not stay equal.

# %%
sizes = {l: (a.shape[1] * a.shape[2], a.shape[3]) for l, a in a_C.items()}  # N, nC
gram_squared = {l: float(tf.reduce_sum(gram_matrix(a_S[l]) ** 2)) for l in style_layers}
n = np.prod(sizes[content_layer])
contents = {"gatys": 1 / 2, "unsquared": 1 / 2, "raw mean": 1 / n, "course": 1 / (4 * n), "tensorflow": 1 / n}
contents |= {"neural-style": 1 / n, "relative": 1 / float(tf.reduce_sum(a_C[content_layer] ** 2))}
styles = {
    "gatys": lambda l, N, nC: 1 / (2 * N * nC) ** 2, "unsquared": lambda l, N, nC: 1 / (2 * N * nC),
    "raw mean": lambda l, N, nC: 1 / nC**2, "course": lambda l, N, nC: 1 / (2 * N * nC) ** 2,
    "tensorflow": lambda l, N, nC: 1 / (N * nC) ** 2, "neural-style": lambda l, N, nC: 1 / (N * nC**2) ** 2,
    "relative": lambda l, N, nC: 1 / gram_squared[l],
}

def convert(alpha, beta, shares, source, target):
    """α, β and λ (sum 1) that mean in `target` what these mean in `source`."""
    pull = {l: beta * shares[l] * styles[source](l, *sizes[l]) / styles[target](l, *sizes[l]) for l in shares}
    total = sum(pull.values())
    return alpha * contents[source] / contents[target], total, {l: p / total for l, p in pull.items()}

# %% [markdown]
# Trust it only after a test: compute J in one convention with the cost functions of the package, convert the weights, compute J in the other one.

# %% tags=["nbval-check-output"]
normalizers = {
    "gatys": ("half_sum", "gatys"), "unsquared": ("half_sum", "notes"), "raw mean": ("mean", "mean"),
    "course": ("course", "gatys"), "tensorflow": ("mean", "per_position"), "neural-style": ("mean", "per_position"),
    "relative": ("relative", "relative"),
}
equal = dict.fromkeys(style_layers, 1 / len(style_layers))

def J_in(convention, alpha, beta, shares):
    content, style = normalizers[convention]
    if convention == "neural-style":  # each Gram matrix is divided by N·nC there, then the mean over nC² entries taken
        shares = {l: share / sizes[l][1] ** 2 for l, share in shares.items()}
    J_style = sum(share * layer_style_cost(a_S[l], a_G[l], style) for l, share in shares.items())
    return float(alpha * content_cost(a_C[content_layer], a_G[content_layer], content) + beta * J_style)

for name in normalizers:
    there = convert(1.0, 80.0, equal, "relative", name)
    print(f"{name:13} α {there[0]:7.1e}   β {there[1]:7.1e}   J {J_in(name, *there):.3f}")
    assert np.isclose(J_in(name, *there), J_in("relative", 1.0, 80.0, equal), rtol=1e-3)

# %% [markdown]
# The same J in all seven, so the conversion is right. What do α = β = 1 mean as a ratio in your program?

# %% tags=["nbval-check-output"]
for name in normalizers:
    back = convert(1, 1, equal, name, "relative")
    print(f"{name:13} β/α = {back[1] / back[0]:7.1e}")

# %% [markdown]
# Anything from 0.7 to nine billion. And the defaults of three well-known programs:

# %% tags=["nbval-check-output"]
known = {"course: 10, 40": ("course", 10, 40), "tensorflow: 1e4, 1e-2": ("tensorflow", 1e4, 1e-2)}
known["neural-style: 5, 100 per layer"] = ("neural-style", 5, 100 * len(style_layers))
for name, (convention, alpha, beta) in known.items():
    back = convert(alpha, beta, equal, convention, "relative")
    print(f"{name:31} β/α = {back[1] / back[0]:.1e}")

# %% [markdown]
# In one convention they differ by a factor of four million. The converted numbers hold for this pair at this size: costs that are not shares grow with the picture. What the constants do to λ is in [lab 04](04_conventions.ipynb#Across-layers-a-constant-is-a-hidden-λ).
#
# ## Eight times J
#
# k·J is lowest where J is lowest, so one of two weights is redundant. On the way there that depends on the optimizer. Each runs twice from C, on J and on 8·J:

# %% tags=["nbval-check-output"]
once, often = (Objective(C, S, alpha=k, beta=80.0 * k, gamma=5e-5 * k, precision="float32", **PROGRAM) for k in (1, factor))
eta = 1 / float(tf.reduce_mean(tf.abs(once.value_and_gradient(C)[1])))  # the first step: one gray level on average
optimizers = {
    "L-BFGS": (lbfgs(), lbfgs()), "Adam": (adam(rate), adam(rate)),
    "plain descent": (gradient_descent(eta), gradient_descent(eta)),
    "plain, rate / 8 for 8·J": (gradient_descent(eta), gradient_descent(eta / factor)),
}
for name, pair in optimizers.items():
    G, G_often = (minimize(J, C, optimizer, steps)[0] for J, optimizer in zip((once, often), pair, strict=True))
    apart = float(tf.reduce_mean(tf.abs(G - G_often)) / tf.reduce_mean(tf.abs(G - C)))
    print(f"{name:25} distance of both ends, as a share of the way: {apart:.1f}")

# %% [markdown]
# **L-BFGS** measures its first step in gray levels and then learns the curvature: a factor cancels. **Adam** divides each gradient by its size: a factor cancels, but for the small ε that many programs add. **Plain descent** steps by η·∂J/∂G, so 8·J with η is J with 8·η; with η/8 the old run comes back. An update rule that is printed without a learning rate, G := G − ∂J/∂G, has hidden it in α and β.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
# - TensorFlow's tutorial [Neural style transfer](https://www.tensorflow.org/tutorials/generative/style_transfer); J. Johnson's [neural-style](https://github.com/jcjohnson/neural-style)

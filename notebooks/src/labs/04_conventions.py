# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 04 - Constants, gradients, and other people's conventions
#
# Your numbers differ from those in a paper, a course or a program? Here is what each of them multiplies by, what follows from it, and the gradients of both costs.
# It belongs to notebooks [03](../03_content_cost.ipynb) and [04](../04_gram_matrix.ipynb).

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, content_cost, gram_matrix, layer_style_cost, load_image, load_vgg, resize_image
from nst_keras.lessons.exercises.nb03 import a, b  # two tiny layers, (nH, nW, nC) = (2, 2, 3)

# %% tags=["parameters"]
content_name, other_name = "chelsea", "coffee"  # a photograph and another one
small_side, large_side = 128, 256  # two sizes in pixels
layers = [f"block{block}_conv2" for block in (1, 2, 3, 4, 5)]

# %% [markdown]
# ## One content cost, four constants
#
# All texts that follow Gatys and colleagues agree on the sum of squares D of $a_C - a_G$. They multiply it by different constants. N = nH·nW is the number of places.
#
# | name in `nst_keras` | constant | where it comes from |
# | --- | --- | --- |
# | `"half_sum"` | 1/2 | Gatys and colleagues; Ng's lecture |
# | `"mean"` | 1/(N·nC) | programs with a mean squared error, such as `torch.mean((gf-cf)**2)` |
# | `"course"` | 1/(4·N·nC) | the programming exercise of Ng's course |
# | `"relative"` | $1/\sum a_C^2$ | `stylize`, and your program from notebook 03 on |

# %% tags=["nbval-check-output"]
D, size = np.sum((a - b) ** 2), a.size
constants = {"half_sum": 1 / 2, "mean": 1 / size, "course": 1 / (4 * size), "relative": 1 / np.sum(a**2)}
for name, constant in constants.items():
    assert np.isclose(content_cost(a, b, name), constant * D)
    print(f"{name:9} {constant:.4f} · {D:.0f} = {constant * D:.4f}")
print(f"half_sum is {size / 2:g} times mean, N·nC/2, and {2 * size} times course, 2·N·nC")

# %% [markdown]
# In one layer of one picture these are one cost in other units: what you divide the cost by, you can multiply its weight α by. But a sum over places grows with the picture. Here the photograph is compared with an
# unrelated one, at two sizes:

# %% tags=["nbval-check-output"]
def costs_at(side, layer="block4_conv2"):
    extractor, C = FeatureExtractor([layer], load_vgg()), load_image(content_name, side)
    other = resize_image(load_image(other_name), tuple(C.shape[1:3]))
    return {name: float(content_cost(extractor(C)[layer], extractor(other)[layer], name)) for name in constants}

small, large = costs_at(small_side), costs_at(large_side)
for name in constants:
    print(f"{name:9} {small[name]:8.2g} -> {large[name]:8.2g}   times {large[name] / small[name]:.1f}")

# %% [markdown]
# ## Several content layers
#
# Some programs add (`+=`) the content costs of several layers. Then their scales matter, too:

# %% tags=["nbval-check-output"]
extractor, C = FeatureExtractor(layers, load_vgg()), load_image(content_name, large_side)
a_C, a_other = extractor(C), extractor(resize_image(load_image(other_name), tuple(C.shape[1:3])))
for name in ("mean", "relative"):
    costs = np.array([content_cost(a_C[l], a_other[l], name) for l in layers])
    print(f"{name:9}", "   ".join(f"{l[:6]} {share:4.0%}" for l, share in zip(layers, costs / costs.sum(), strict=True)))

# %% [markdown]
# With means, block 4 has most of the sum, because its activations are the largest. Bring layers to one scale before you add.
#
# ## Strength and direction
#
# With the strength $r = \lVert a_G\rVert / \lVert a_C\rVert$ and the angle φ between the activations, each read as one long vector, the relative cost is $1 + r^2 - 2\,r\cos\varphi$ by the law of cosines. A weaker response in the right
# direction costs less than a strong one in a wrong direction, and twice the right response costs as much as none.

# %% tags=["nbval-check-output"]
for l in layers:
    r = tf.norm(a_other[l]) / tf.norm(a_C[l])
    cosine = tf.reduce_sum(a_C[l] * a_other[l]) / (tf.norm(a_C[l]) * tf.norm(a_other[l]))
    cost = content_cost(a_C[l], a_other[l], "relative")
    assert np.isclose(1 + r**2 - 2 * r * cosine, cost, rtol=1e-3)
    print(f"{l}: the other photograph has r {r:.2f}, cos {cosine:.2f}, cost {cost:.2f}")

# %% [markdown]
# ## The gradients
#
# **Content.** One activation of G occurs in one square of the sum only. So the derivative of ½ Σ (a_C − a_G)² by it is $a_G - a_C$, and the ½ is there to cancel the 2.
#
# **Style.** Write the activations as a matrix $a$ with N rows and nC columns, so that $\text{Gram} = a^T a$, and let $\Delta = \text{Gram}(G) - \text{Gram}(S)$ and $J = c\,\lVert\Delta\rVert_F^2$. A small change $da$ makes
# $d\text{Gram} = da^T a + a^T da$, and since Δ is symmetric both parts count the same:
#
# $$dJ = 2c \sum_{kk'} \Delta_{kk'}\, d\text{Gram}_{kk'} = 4c \sum_p \sum_{kk'} da_{pk}\,\Delta_{kk'}\, a_{pk'} \qquad\Rightarrow\qquad \frac{\partial J}{\partial a} = 4c\; a\,\Delta$$
#
# Every place applies the same table Δ to its own activations; none asks what its neighbors do. `GradientTape` agrees with both:

# %% tags=["nbval-check-output"]
G = tf.Variable(b)
with tf.GradientTape(persistent=True) as tape:
    content, style = content_cost(a, G, "half_sum"), layer_style_cost(a, G, "gatys")
delta = (gram_matrix(b) - gram_matrix(a)).numpy()
by_hand = {"content": b - a, "style": (b.reshape(-1, 3) @ delta).reshape(b.shape) / (4 * 3) ** 2}
for name, J in {"content": content, "style": style}.items():
    gradient = tape.gradient(J, G).numpy()
    assert np.allclose(gradient, by_hand[name])
    print(f"{name}: by tape and by hand, at most {np.abs(gradient - by_hand[name]).max():.0e} apart")

# %% [markdown]
# ## Gram, covariance, correlation
#
# Texts call the Gram matrix ("grand matrix" in some notes; it is named after Jørgen Pedersen Gram) the correlations of the channels, or an unnormalized covariance. In statistics both subtract each channel's mean μ first, and the Gram matrix subtracts nothing:
#
# $$\tfrac1N\,\text{Gram} = \text{cov} + \mu\mu^T$$

# %% tags=["nbval-check-output"]
x = a.reshape(-1, 3).astype(np.float64)
gram, mu = x.T @ x / len(x), x.mean(axis=0)
cov = (x - mu).T @ (x - mu) / len(x)
assert np.allclose(gram, cov + np.outer(mu, mu))
for k, m in [(0, 1), (0, 2), (1, 2)]:
    corr = cov[k, m] / np.sqrt(cov[k, k] * cov[m, m])
    print(f"channels {k} and {m}:  Gram/N {gram[k, m]:.2f}   cov {cov[k, m]:5.2f}   corr {corr:5.2f}")

# %% [markdown]
# Channels 0 and 2 have the largest entry off the diagonal and a *negative* correlation. The pairs are channels of *one* layer, never of two layers, and nothing is learned from them: the network is frozen.
#
# ## Six constants for one distance
#
# The style cost of a layer is the squared Frobenius norm ‖ΔGram‖²_F, the sum of all squared entries, times a constant:
#
# | name | constant | where |
# | --- | --- | --- |
# | `"gatys"` | $1/(2\,N\,n_C)^2$ | the paper, Ng's lecture and his course |
# | `"frobenius"` | 1 | the plain squared norm |
# | `"notes"` | $1/(2\,N\,n_C)$ | lecture notes: most likely the first one after its square got lost |
# | `"mean"` | $1/n_C^2$ | `torch.mean` over the squared entries; your program up to notebook 04 |
# | `"per_position"` | $1/(N\,n_C)^2$ | TensorFlow's tutorial, Johnson et al. 2016 |
# | `"relative"` | $1/\lVert\text{Gram}(S)\rVert^2_F$ | `stylize`, and your program from notebook 04 on |
#
# The last column below compares `a` with four copies of itself side by side, the same texture on a larger area. Raw sums call it different, so the package refuses to compare them.

# %% tags=["nbval-check-output"]
def constant(name, N, n_C, gram_S=1.0):
    constants = {"gatys": 1 / (2 * N * n_C) ** 2, "frobenius": 1.0, "notes": 1 / (2 * N * n_C), "mean": 1 / n_C**2}
    return (constants | {"per_position": 1 / (N * n_C) ** 2, "relative": 1 / np.sum(np.square(gram_S))})[name]

tiled = np.tile(a, (2, 2, 1))
for name in ("gatys", "frobenius", "notes", "mean", "per_position", "relative"):
    cost = constant(name, 4, 3, gram_matrix(a)) * np.sum(delta**2)
    assert np.isclose(cost, layer_style_cost(a, b, name))
    try:
        same = f"{layer_style_cost(a, tiled, name):.3f}"
    except ValueError:
        same = "refused"
    print(f"{name:13} a, b: 4 / {4 / cost:<4.0f}= {cost:.5f}   a, tiled: {same}")

# %% [markdown]
# ## Across layers a constant is a hidden λ
#
# The style cost sums over layers: $J_{style}(S,G) = \sum_l \lambda^{[l]} J^{[l]}_{style}(S,G)$. Within one layer a constant does nothing that β cannot undo. Across layers N falls to a quarter from block to block, and nC doubles up to 512. So
# "all λ equal" means something else in each convention:

# %% tags=["nbval-check-output"] alt="Lines over five layers on a logarithmic axis, all ending at 1 for block5: gatys is level at 1, notes falls from 32, frobenius from 1,024 and mean from 65,536."
shapes = [((256 // 2**block) ** 2, n_C) for block, n_C in enumerate((64, 128, 256, 512, 512))]  # of 256 x 256 pixels
_, axis = plt.subplots(figsize=(9, 3.8), layout="constrained")
for name, line in zip(["gatys", "notes", "frobenius", "mean"], ["-o", "--s", ":^", "-.D"], strict=True):
    implied = np.array([constant(name, N, n_C) / constant("gatys", N, n_C) for N, n_C in shapes])
    implied /= implied[-1]
    print(f"{name:10}", " : ".join(f"{value:.0f}" for value in implied))
    axis.semilogy(implied, line, base=2, label=f'"{name}"', linewidth=2)
axis.set_yticks([1, 16, 256, 4096, 65536], ["1", "16", "256", "4,096", "65,536"])
axis.set_xticks(range(5), [f"block {block}" for block in range(1, 6)])
axis.set_ylabel("λ relative to block 5")
axis.legend(title="all λ equal, with")
plt.show()

# %% [markdown]
# *Figure: the λ, measured with `"gatys"`, that each convention implies.* To carry λ from one convention to another: λ_new = λ_old · c_old / c_new, layer by layer.
#
# Mind the scale of the activations, too. Content is quadratic in them, and style is of degree four: pictures in 0..1 instead of 0..255 move the balance of α and β by a factor of about 65,000.
#
# <details><summary>What the style cost is to a statistician</summary>
#
# Take the activations of each place as one sample: $x_p$ of S and $y_q$ of G, N of each. Two outer products have the inner product $(x \cdot y)^2$. So
#
# $$\lVert \textstyle\sum_p x_p x_p^T - \sum_q y_q y_q^T \rVert_F^2 = \sum_{pp'} (x_p\cdot x_{p'})^2 + \sum_{qq'} (y_q\cdot y_{q'})^2 - 2\sum_{pq} (x_p\cdot y_q)^2$$
#
# Divided by N², that is the square of a **maximum mean discrepancy** with the kernel $(x\cdot y)^2$. For `a` and `b` the three sums are 104, 112 and 106, and 104 + 112 − 2·106 = 4.
# </details>
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
# - Y. Li, N. Wang, J. Liu, X. Hou: [Demystifying Neural Style Transfer](https://arxiv.org/abs/1701.01036), 2017

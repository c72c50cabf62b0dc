# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 08 - The root of a matrix, and how to do without it
#
# The Wasserstein distance of notebook [08](../08_beyond_the_gram_matrix.ipynb) asks for the root of a matrix of 512 x 512 numbers at each step, and for its gradient. Here is why your program never computes it.

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()

import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, load_image, load_vgg, moments
from nst_keras.costs import wasserstein_cost
from nst_keras.lessons.exercises.nb03 import a, b  # two tiny layers, (nH, nW, nC) = (2, 2, 3)
from nst_keras.settings import STYLE_LAYERS
from nst_keras.style import main_directions, mean_and_covariance

# %% tags=["parameters"]
painting_name, photograph_name = "great_wave", "palace"  # S, and G before the first step
side = 256  # longer side in pixels
rank = 128  # main directions that `stylize` keeps
ranks = (512, 128, 64, 32)  # to be compared

# %% [markdown]
# ## Only the trace of the root is needed
#
# The distance of two clouds with the covariances $\Sigma_S$ and $\Sigma_G$ has the term
#
# $$\text{tr}\,\big(\Sigma_S^{1/2}\,\Sigma_G\,\Sigma_S^{1/2}\big)^{1/2}$$
#
# The trace of a root is the sum of the roots of the eigenvalues. XY and YX have the same eigenvalues but for zeros. So take any B with $BB^T = \Sigma_S$. Then $B^T\Sigma_G B$ has the eigenvalues of
# $\Sigma_G BB^T = \Sigma_G\Sigma_S$, which are those of the matrix above, for $\Sigma_S^{1/2}$ is such a B, too. The term is
#
# $$\sum_i \sqrt{e_i\big(B^T\Sigma_G B\big)}$$
#
# and the root of $\Sigma_S$ is not needed either: three different B give the same number.

# %% tags=["nbval-check-output"]
def root(M):
    """The matrix whose square is M, symmetric with eigenvalues of 0 or more."""
    e, axes = np.linalg.eigh(M)
    return axes * np.sqrt(e.clip(0)) @ axes.T

cov_a, cov_b = (np.cov(x.reshape(4, 3).T, bias=True) for x in (a, b))
expected = np.trace(root(root(cov_a) @ cov_b @ root(cov_a)))
print(f"by the root itself     {expected:.4f}")
choices = {"the root": root(cov_a), "triangular": np.linalg.cholesky(cov_a)}
choices["main directions"] = main_directions(moments(a)).numpy()
for name, B in choices.items():
    total = np.sum(np.sqrt(np.linalg.eigvalsh(B.T @ cov_b @ B).clip(0)))  # rounding may leave -1e-17
    assert np.isclose(total, expected, atol=1e-5)
    print(f"B = {name:18} {total:.4f}")

# %% [markdown]
# The whole formula, for the pencil example of the notebook and for the two tiny layers:

# %% tags=["nbval-check-output"]
def W(mean_S, cov_S, mean_G, cov_G):
    middle = root(root(cov_S) @ cov_G @ root(cov_S))
    return np.sum((mean_S - mean_G) ** 2) + np.trace(cov_S + cov_G - 2 * middle)

by_pencil = W(np.array([4, 2]), np.diag([9, 1]), np.array([7, 2]), np.diag([1, 4]))
of_layers = W(a.reshape(4, 3).mean(axis=0), cov_a, b.reshape(4, 3).mean(axis=0), cov_b)
cost = float(wasserstein_cost(moments(a), moments(b)))
print(f"by pencil 14: {by_pencil:.4f}   tiny layers: {of_layers:.4f}, divided by tr M = 14/4: {cost:.4f}")
assert np.isclose(by_pencil, 14)
assert np.isclose(of_layers / 3.5, cost, atol=1e-5)

# %% [markdown]
# ## 128 directions hold a painting
#
# As B take the **main directions** of S: the eigenvectors of its covariance, each times the deviation along it. Most of the variance lies in the first few. Here is the share of a painting's variance in so many of them.

# %% tags=["nbval-check-output"]
ruler = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"), precision="float32")
of_S, of_C = ({l: moments(x) for l, x in ruler(load_image(name, side)).items()} for name in (painting_name, photograph_name))
shares = {}
for l in STYLE_LAYERS:
    mean, cov = mean_and_covariance(of_S[l])
    e = np.linalg.eigvalsh(np.float64(cov))[::-1].clip(0)
    shares[l] = np.cumsum(e) / e.sum()
    of_mean = float(tf.reduce_sum(mean**2)) / (float(tf.reduce_sum(mean**2)) + e.sum())
    first = "".join(f"{r:5}: {shares[l][min(r, len(e)) - 1]:4.0%}" for r in (8, 32, 64, 128))
    print(f"{l}{len(e):5} channels, means {of_mean:3.0%} of tr M, directions{first}")

# %% alt="Five curves that rise steeply: share of a painting's variance against the number of main directions. At 128 all five are above 95 percent."
_, axis = plt.subplots(figsize=(8, 3.8), layout="constrained")
for (l, share), style in zip(shares.items(), ["-o", "--s", ":^", "-.D", "-x"], strict=True):
    axis.semilogx(range(1, len(share) + 1), 100 * share, style, label=l, markevery=0.1, base=2)
axis.axvline(rank, color="gray", linewidth=1)
axis.set_xticks(2 ** np.arange(10), 2 ** np.arange(10))
axis.set(xlabel="number of main directions", ylabel="share of the variance of S, %")
axis.grid(alpha=0.3)
axis.legend()
plt.show()

# %% [markdown]
# *The gray line is at `rank`.* "Means" is what the mean has of M = Gram/N on its diagonal: so much of the Gram matrix is no variance at all.
#
# What lies outside the first directions is not dropped. `wasserstein_cost`, and `overlap` in your program, compare it as one more direction, with its total variance. What comes out is a lower bound of W: never negative, 0 for equal clouds, and
# W itself when all directions are taken. Painting against photograph, divided by tr M:

# %% tags=["nbval-check-output"]
print("directions      " + "".join(f"{r:>8}" for r in ranks))
for l in STYLE_LAYERS:
    costs = [float(wasserstein_cost(of_S[l], of_C[l], main_directions(of_S[l], r))) for r in ranks]
    print(f"{l}    " + "".join(f"{cost:8.2f}" for cost in costs))
    assert all(0 <= few <= 1.001 * max(costs) for few in costs)

# %% [markdown]
# With 128 directions blocks 1 and 2 lose nothing, for they have no more channels. The deeper layers give a number that is 7 to 16 % lower, and that still is 0 only where means, covariance in these directions and the variance outside agree.
#
# ## Eigenvalues of a small matrix beat products of large ones
#
# A usual way to a matrix root on a GPU is the **Newton-Schulz** iteration: matrix products alone, here 15 rounds of three, and the gradient walks back through all of them. Against it stand the eigenvalues of a matrix of 128 x 128. It finds the root of the covariance of a tiny layer:

# %% tags=["nbval-check-output"]
def newton_schulz(M, rounds=15):
    norm, one = tf.norm(M), tf.eye(M.shape[0])
    Y, Z = M / norm, one
    for _ in range(rounds):
        T = 1.5 * one - 0.5 * Z @ Y
        Y, Z = Y @ T, T @ Z
    return Y * tf.sqrt(norm)

for rounds in (2, 5, 10, 15):
    off = np.abs(newton_schulz(tf.constant(cov_a, tf.float32), rounds) - root(cov_a)).max()
    print(f"after {rounds:2} rounds off by {off:.3f}")

# %% [markdown]
# And the time of one gradient, in block 4:

# %%
l = STYLE_LAYERS[3]
cov_S, cov_C = (mean_and_covariance(of[l])[1] for of in (of_S, of_C))
half, B = tf.constant(root(np.float64(cov_S)), tf.float32), main_directions(of_S[l], rank)
ways = {
    "Newton-Schulz": lambda M: tf.linalg.trace(newton_schulz(half @ M @ half)),
    "eigenvalues": lambda M: tf.reduce_sum(tf.sqrt(tf.nn.relu(tf.linalg.eigvalsh(tf.transpose(B) @ M @ B)) + 1e-9)),
}
for name, way in ways.items():
    gradient = tf.function(lambda M, way=way: tf.gradients(way(M), M)[0], autograph=False)
    gradient(cov_C)  # builds the graph
    start = time.perf_counter()
    gradient(cov_C)
    print(f"{name:14} {time.perf_counter() - start:.3f} s")

# %% [markdown]
# Tens of times as fast, with a smaller matrix and without a root of it.
#
# ## Sources
#
# - I. Olkin, F. Pukelsheim: The Distance Between Two Random Vectors with Given Dispersion Matrices, 1982
# - N. Higham: Functions of Matrices, 2008 (Newton-Schulz, and the eigenvalues of XY and YX)

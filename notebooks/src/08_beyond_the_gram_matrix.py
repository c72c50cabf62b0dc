# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 - Beyond the Gram matrix: a style is a cloud
#
# You take a painting for a cloud of points, write how far one cloud is from another, and find out why pictures made by that distance are better.

# %% tags=["hide-input"] alt="Two rows. The palace after the Great Wave: with Gram its sky is covered with gray-green scales and bright orange at the right; with Wasserstein it is a calm sand color. The astronaut after Composition VIII: with Gram the helmet is a dull brown and the wall glares; with Wasserstein the wall is cream and the helmet breaks into panes of black, violet and cream."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons.clouds import show_pairs

show_pairs()

# %% [markdown]
# *Two photographs after two paintings, by the style cost that you know, in the middle, and by the one that you are going to write, on the right. All else is alike, but for β: it was turned until another network, VGG16, found as much of the photograph left in both.*
# With Gram the palace's sky is covered with gray-green scales, and orange glares at the right. With Wasserstein most of it is as sand-colored and calm as Hokusai's. The astronaut's helmet, a dull brown with Gram, becomes black, violet and cream, as in Kandinsky's painting.
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import data_path, show_images
from nst_keras.lessons import clouds
from nst_keras.lessons.exercises.nb08 import check, distance, even, your_turn

# %% tags=["parameters"]
content_name, style_name = "astronaut", "night_cafe"  # what your program paints, after what
side, steps = 192, 60  # its longer side in pixels, and steps of your program

# %% tags=["program"]
# 07_total_cost

# %% [markdown]
# ## Wipe from one to the other
#
# Move the pointer over the picture, or the slider by the arrow keys. Look at the wall behind the shuttle, at the helmet, and at the table.

# %%
clouds.wipe()

# %% [markdown]
# *Left of the line: Gram. Right of it: Wasserstein.* The Gram picture's whites glare, and its darks are muddy.
#
# ## A gray wall and a striped one
#
# What does a Gram matrix overlook? Take one channel at ten places. On the left it is active everywhere, on the right in one row only. **Predict**: which has the larger Gram matrix, a single number here, the sum of the squares?

# %% alt="Two pictures of ten squares: on the left all of one gray, marked 0.71; on the right a black row of zeros above a white row of ones. Both have Gram = 5."
clouds.show_even_and_striped()

# %% [markdown]
# *One channel of two pictures, black for 0, white for 1.* A run that compares this number alone has no reason to prefer stripes to gray. What tells them apart are the **mean** and the **deviation** from it.
#
# <details><summary>Answer</summary>
# They are the same: ten times ½ is 5, and so is five times 1.
# </details>
#
# ## A layer is a cloud of points
#
# Each place of a picture has one number for each channel. Take these numbers as coordinates, and each place becomes a point, the whole layer a **cloud**. Two channels can be drawn: the one for blue and the one for lines, from notebook 04.

# %% alt="Two clouds of points over the axes blue and lines. The photograph: most points near zero, a small ellipse. The print: points spread widely, a large ellipse."
clouds.show_clouds()

# %% [markdown]
# *1,500 places of the palace and of the Great Wave. The cross is the **mean** μ; the ellipse, one deviation wide in each direction, is the **covariance** Σ.* The photograph has little blue and few lines. The print has more of both, and its ellipse is far larger.
#
# In a real layer the cloud has 64 to 512 dimensions. A Gram matrix, divided by the number N of places, is $\Sigma + \mu\mu^T$. That is an ellipse, too, but about zero: how wide the cloud is and how far it is from zero, in one sum. Here are the ellipses of the print, S, and of two paintings of the palace.

# %% alt="Two panels with dashed ellipses about zero and solid ones around a cross. Painted by Gram: the dashed ellipses of S and G lie on each other, but the cross of G is right of that of S, and its solid ellipse is narrower. Painted by Wasserstein: dashed ellipses, solid ones and crosses all lie on each other."
clouds.show_both_ellipses()

# %% [markdown]
# *Dashed: Gram/N, about zero. Solid: Σ, about μ.* The Gram painting has the dashed ellipse of the print. But its cross is too far to the right and its solid ellipse too narrow: too much mean makes up for too little width. The Wasserstein painting has all three.
#
# So keep μ and Σ apart. But how far is one cloud from another?
#
# ## In one dimension
#
# Think of heaps of sand. To turn one cloud into the other, each point of S gets a partner in G, and you pay the square of the way between them. What the cheapest pairing costs on average is W, the **Wasserstein distance**, here always squared. **Predict**: how do you find the cheapest of all pairings, for numbers?

# %% tags=["nbval-check-output"] alt="Four blue points above four orange ones, joined by lines: as they stand some lines cross and are long, mean square 9; sorted none cross and all are short, mean square 1."
x, y = np.array([1, 4, 2, 7]), np.array([3, 8, 2, 3])
print("as they stand:", np.mean((x - y) ** 2), "  sorted:", np.mean((np.sort(x) - np.sort(y)) ** 2))
clouds.show_pairing(x, y)

# %% [markdown]
# *Four numbers each; two of the orange ones are 3.*
#
# <details><summary>Answer</summary>
# Sort both: the smallest goes to the smallest. For where two lines cross, exchange their ends and you save.
# </details>

# %% tags=["nbval-check-output"]
from itertools import permutations

costs = [np.mean((x - np.array(order)) ** 2) for order in permutations(y)]
print(f"all {len(costs)} pairings: {min(costs)} to {max(costs)}")

# %% [markdown]
# If both clouds have the shape of a bell, sorting pairs μ + zσ with μ' + zσ', and the mean square of the difference is
#
# $$W = (\mu - \mu')^2 + (\sigma - \sigma')^2$$
#
# Move the cloud, then stretch it: two costs, added up. Even and striped are now apart:

# %% tags=["nbval-check-output"]
striped = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
means, deviations = (np.mean(even) - np.mean(striped)) ** 2, (np.std(even) - np.std(striped)) ** 2
print(f"W = {means:.3f} + {deviations:.3f} = {means + deviations:.3f}")

# %% [markdown]
# ## In many dimensions: move, then stretch
#
# Two clouds in two dimensions. S has the mean (4, 2) and the deviations 3 and 1; G has the mean (7, 2) and the deviations 1 and 2.

# %% alt="Two panels. Move, 9: a lying ellipse is shifted to the right, by arrows of equal length. Stretch, 5: the shifted ellipse becomes an upright one, by arrows that go inwards at the sides and outwards at the top and the bottom."
clouds.show_ellipses((4, 2), (3, 1), (7, 2), (1, 2))

# %% [markdown]
# *From S, blue, to G, orange.* By pencil: moving costs 3² + 0² = 9, stretching 2² + 1² = 5. So **W = 14**.
#
# Now slanted ellipses. Take two that are alike, with the deviations 3 and 1, and turn one of them. **Predict**: at a quarter turn, what is W?

# %%
clouds.turn(3, 1)

# %% [markdown]
# <details><summary>Answer</summary>
#
# 8: the long axis shrinks by 2, the short one grows by 2, and 2² + 2² = 8.
# </details>
#
# For all angles, and all dimensions, there is one formula:
#
# $$W = \lVert\mu_S-\mu_G\rVert^2 + \text{tr}\,\Sigma_S + \text{tr}\,\Sigma_G - 2\,\text{tr}\big(\Sigma_S^{1/2}\,\Sigma_G\,\Sigma_S^{1/2}\big)^{1/2}$$
#
# The trace tr is the sum of the diagonal. For the two of the figure it reads 9 + (9 + 1) + (1 + 4) − 2 · (3·1 + 1·2) = 14. A real cloud is no ellipse; the formula compares the ellipses, and sees no more than μ and Σ.
#
# ## The overlap
#
# The last trace, 5, is the **overlap**. For upright ellipses it is the products of the deviations, added up. For slanted ones, look along the axes of S's ellipse: `main_directions` finds them, u, and the variances e along them. Each axis times its deviation √e is a column of B, and $BB^T = \Sigma_S$.

# %%
def style(a):
    A = tf.reshape(a, (-1, a.shape[-1]))
    mean = tf.reduce_mean(A, axis=0)
    return mean, tf.transpose(A) @ A / A.shape[0] - mean[:, None] * mean

def main_directions(cov):
    e, u = tf.linalg.eigh(tf.cast(cov, tf.float64))  # variances, from small to large, and axes
    widest = np.flatnonzero(e > 1e-6 * e[-1])[-128:]
    return tf.cast(tf.gather(u * tf.sqrt(tf.abs(e)), widest, axis=1), tf.float32)

# %% [markdown]
# What does G's cloud look like along the columns of B? Its covariance there is $B^T\Sigma_G B$:

# %% tags=["nbval-check-output"]
S = tf.constant([4.0, 2]), tf.constant([[9.0, 0], [0, 1]])  # mean and covariance
G = tf.constant([7.0, 2]), tf.constant([[1.0, 0], [0, 4]])
B = main_directions(S[1])
print(np.round(tf.transpose(B) @ G[1] @ B) + 0)

# %% [markdown]
# On the diagonal stand the squares of 1 · 2 and 3 · 1. So take their roots and add: 5. If G is slanted against S, there are other numbers beside the diagonal, and the eigenvalues take its place; [the lab](labs/08_matrix_root.ipynb) shows why.
#
# A layer has up to 512 directions; B keeps the 128 widest, to save time. What lies outside of them counts as one more direction: its variance is the trace, less the variances along the columns of B.

# %%
def root(x):
    return tf.sqrt(tf.maximum(x, 1e-9))  # rounding may leave less than 0, and at 0 no gradient

def overlap(B, cov_S, cov_G):
    variances, BGB = tf.reduce_sum(B**2, axis=0), tf.transpose(B) @ cov_G @ B
    rest_S = tf.linalg.trace(cov_S) - tf.reduce_sum(variances)
    # G's variances along the columns, each shortened to the length 1:
    rest_G = tf.linalg.trace(cov_G) - tf.reduce_sum(tf.linalg.diag_part(BGB) / variances)
    roots = tf.reduce_sum(root(tf.linalg.eigvalsh(tf.cast(BGB, tf.float64))))
    return tf.cast(roots, tf.float32) + root(rest_S) * root(rest_G)

# %% [markdown]
# **Your turn.** Write the cost of one layer. `of_S` and `of_G` are pairs, the mean and the covariance; `overlap(B, cov_S, cov_G)` needs the main directions of S, in `B`. At the end divide W by the size of S's cloud, $\lVert\mu_S\rVert^2 + \text{tr}\,\Sigma_S$, so that, as before, 1 means as far off as no style at all.

# %% tags=["turn"]
def J_style(of_S, B, of_G):
    # begin with (mean_S, cov_S), (mean_G, cov_G) = of_S, of_G
    return None  # W, by tf.reduce_sum, tf.linalg.trace and overlap; divided by the size of S

J_style = your_turn(J_style)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def J_style(of_S, B, of_G):
#     (mean_S, cov_S), (mean_G, cov_G) = of_S, of_G
#     W = tf.reduce_sum((mean_S - mean_G) ** 2) + tf.linalg.trace(cov_S + cov_G) - 2 * overlap(B, cov_S, cov_G)
#     return W / (tf.reduce_sum(mean_S**2) + tf.linalg.trace(cov_S))
# ```
# </details>
#
# Give it the two ellipses, and multiply by the size of S:

# %% tags=["nbval-check-output"]
print(f"W = {(4**2 + 2**2 + 9 + 1) * J_style(S, B, G):.2f}")

# %% [markdown]
# ## Your program paints with it
#
# Only the style term changes, and β, which is 75 from now on:

# %%
def objective(C, S):
    a_C, a_S = features(C), features(S)
    of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}
    B = {l: main_directions(of_S[l][1]) for l in STYLE_LAYERS}
    weights = {l: weight / sum(LAMBDAS[LAMBDA]) for l, weight in zip(STYLE_LAYERS, LAMBDAS[LAMBDA])}

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        styles = sum(weights[l] * J_style(of_S[l], B[l], style(a_G[l])) for l in STYLE_LAYERS)
        return tf.stack([ALPHA * content, BETA * styles, GAMMA * J_tv(G)])

    return J

# %% alt="The portrait of the astronaut, van Gogh's Night Cafe, and the portrait painted by the program in the café's colors."
BETA = 75.0
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
G, curve = paint(C, S, steps)
show_images([C, S, G], ["C", "S", "G, painted by your program"], tile=side / 100 + 0.1)

# %% [markdown]
# *C, S, and what your program makes of them.* With 80 steps at 384 pixels it does this:

# %% alt="The palace after the Great Wave, twice. In notebook 07: gray-green scales in the sky, orange beside the roof. Now: fewer scales in the sky, sand in place of orange, darker blue in the roofs and trees."
clouds.show_programs()

# %% [markdown]
# *The palace by the Gram cost, and by yours.* On files of yours: `python notebooks/program/08_beyond_the_gram_matrix.py CONTENT STYLE OUT.png --side 384`.
#
# ## Which of the two does it?
#
# The new cost differs from the Gram cost in two ways. It knows the mean and the covariance apart, where Gram has one sum of both. And it compares deviations, where Gram compares their squares: that is the root in the formula. So make the two costs in between. One knows μ and Σ, but compares each by squares, divided by its own size, as Gram does; the other knows Gram/N alone, but takes the root. **Predict**: which of them paints like Wasserstein?

# %% alt="Four paintings of the astronaut. Left column, Gram/N by squares and by the root: glaring walls, helmet and table a dull dark brown. Right column, mean and covariance by squares and by the root: an even cream wall, the helmet in black, violet and cream."
clouds.show_four()

# %% [markdown]
# *By four costs. β was turned until the content cost in VGG16 was the same, to 0.02.*
#
# <details><summary>Answer</summary>
# The one that knows μ and Σ apart, though it compares by squares: a calm wall, and a helmet of several colors. With Gram/N the root does not help: the wall glares, and the helmet is dull.
# </details>
#
# Is it so with all six pairs? Ask a judge that uses no network: it compares the **patches** of 7 x 7 pixels of S and G. How much does each cost leave of the difference that Gram leaves? And is it all brightness? So each G is compared once more, *recolored*: with the mean and the deviation that each color channel has in S, as in Exercise 3. A fifth cost joins in: **Σ alone**, by the root, which knows nothing of μ.

# %% tags=["nbval-check-output"]
clouds.print_ways()

# %% [markdown]
# *The mean of six pairs at 192 pixels, at equal content; in parentheses the smallest and the largest. Brightness: between the means of G and S, in gray levels.* Known apart, μ and Σ leave a third of what Gram leaves. Recolored they still do: it is not brightness alone. With Gram/N the root leaves most. And Σ alone does not know how bright to paint: one of its pictures is off by 48 gray levels.
#
# ## Exercises
#
# **Exercise 1, by eye.** Three pairs of clouds. Order them by W, from the nearest to the farthest.

# %% alt="Three panels with a blue and an orange ellipse each. A: two equal ellipses, one two units to the right. B: a lying and an upright one around the same point. C: a circle inside one that is twice as large."
clouds.show_riddle()

# %% tags=["exercise"]
# Exercise 1: the letters, from near to far, replace None
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# C stretches by 1 in two directions: 1 + 1 = 2. A moves by 2: 4. B stretches by 2 in two directions: 4 + 4 = 8.
#
# ```python
# answer = ("C", "A", "B")
# ```
# </details>
#
# **Exercise 2.** Go as far as you can: write ten activations, 0 or more, with the same Gram matrix as `even`, 5, but more than 0.5 away from it. `distance(x, even)` gives W.

# %% tags=["exercise"]
# Exercise 2: a list of ten numbers replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# All in one place:
#
# ```python
# answer = [0, 0, 0, 0, 0, 0, 0, 0, 0, np.sqrt(5)]
# ```
# </details>
#
# **Exercise 3.** Move and stretch colors. Write `recolor(C, S)`, for images (1, H, W, 3), that gives each color channel of C the mean and the deviation that it has in S. Then look at the photograph in the colors of the painting: `show_images([answer(C, S)])`.

# %% tags=["exercise"]
# Exercise 3: your function replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# This is the cheapest way to move and stretch a cloud in one dimension.
#
# ```python
# def recolor(C, S):
#     C, S = np.asarray(C), np.asarray(S)
#     mean = lambda image: image.mean(axis=(1, 2), keepdims=True)
#     deviation = lambda image: image.std(axis=(1, 2), keepdims=True)
#     return (C - mean(C)) / deviation(C) * deviation(S) + mean(S)
#
# answer = recolor
# ```
# </details>
#
# ## Summary
#
# - A layer is a cloud of points, with a mean and a covariance; the Wasserstein distance is what it costs to move and stretch one cloud until it is the other.
# - A Gram matrix adds up mean and covariance, and so it cannot tell the even from the striped. A cost that knows them apart can.
# - Of the two new things in the cost, knowing them apart did most, on the mean of six pairs.
#
# ## Sources
#
# - I. Olkin, F. Pukelsheim: The Distance Between Two Random Vectors with Given Dispersion Matrices, 1982 (the formula)
# - E. Risser, P. Wilmot, C. Barnes: [Stable and Controllable Neural Texture Synthesis and Style Transfer Using Histogram Losses](https://arxiv.org/abs/1701.08893), 2017 (one Gram matrix, two looks)
# - E. Heitz, K. Vanhoey, T. Chambon, L. Belcour: [A Sliced Wasserstein Loss for Neural Texture Synthesis](https://arxiv.org/abs/2006.07229), 2021 (sorting in many directions)
# - V. Marron: [Style Transfer as Optimal Transport](https://github.com/VinceMarron/style_transfer), 2017; K. Crowson: [style-transfer-pytorch](https://github.com/crowsonkb/style-transfer-pytorch), 2021 (as a style cost)
#
# **The way on**: [notebook 09](09_quality_and_speed.ipynb) makes the picture large, and finds out what else is worth turning.

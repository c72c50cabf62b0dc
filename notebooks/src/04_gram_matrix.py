# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 - The Gram matrix: style is what goes together
#
# You work out a style with a pencil, write the function that finds it in a painting, and see what one wrong line in it paints.

# %% tags=["hide-input"] alt="Two squares. Van Gogh's Cafe Terrace at Night; and yellow, violet and orange in strokes like his, without the tables and the guests."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons.grams import show_grown

show_grown("cafe_terrace", "04_right")

# %% [markdown]
# *Left: van Gogh. Right: a picture made from white noise, by a search for one that agrees with his in four tables of numbers, the Gram matrices. It found his colors and his brush, and lost his guests.* What is in such a table?
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import data_path, show_images
from nst_keras.lessons import grams
from nst_keras.lessons.exercises.nb04 import a, check, your_turn
from nst_keras.lessons.figures import heat_map

# %% tags=["parameters"]
style_name = "great_wave"  # S, whose Gram matrices you look at
other_name = "church_auvers"  # another painting
content_name, painted_name = "chelsea", "church_auvers"  # what your program paints, after what
side, steps = 256, 80  # of that picture: its longer side in pixels, and steps of your program

# %% tags=["program"]
# 03_content_cost

# %% [markdown]
# ## Two things at one place: multiply
#
# A layer of the network has **channels**, and each answers to something of its own, everywhere in the picture. Say one finds stripes and another one finds blue. Here are two pictures, eight places wide. Both have four
# stripes, and both have blue at four places.

# %% alt="Left: four blue stripes on cream; the rows stripe and blue are both 1 0 1 0 1 0 1 0, and so is the product; it adds up to 4. Right: four orange stripes on blue; stripe is 1 0 1 0 1 0 1 0, blue is 0 1 0 1 0 1 0 1, the product is 0 everywhere."
grams.show_stripes()

# %% [markdown]
# *What the two channels find at each place. An orange stripe counts as a stripe, the blue ground beside it does not.* Neither channel can tell the pictures apart: each finds its thing at four places of both. Their **product** can. It is 1 where a stripe is blue, so it adds
# up to 4 on the left and to 0 on the right.
#
# ## A Gram matrix is all such products, added up
#
# Do this for every pair of channels. At one place, multiply each number with each: that makes a small table. Add up the tables of all places, and you have the **Gram matrix**. With three channels it has three rows
# and three columns, however large the picture is.
#
# $$\text{Gram}_{kk'} = \sum_{\text{places}} a_k\, a_{k'}$$
#
# Take a pencil: four places have the activations [1 0 2], [0 1 1], [2 1 0] and [1 0 1]. What stands in the upper left corner of their Gram matrix?

# %% alt="Four tables of three by three products, one for each place, and their sum, the Gram matrix with the rows 6 2 3, 2 2 1 and 3 1 6."
grams.show_outer_products(a)

# %% [markdown]
# *All 36 products, and their sum.* On the diagonal stands how active each channel is, the sum of its squares: 1 + 0 + 4 + 1 = 6. Beside it stands which channels are active *together*. Row 1, column 2 is the same as row 2, column 1.
#
# **Your turn.** Activations have the shape (rows, columns, channels). Put them into one long table with a row for each place; its transpose times itself is the sum of all outer products.

# %% tags=["turn"]
def gram(a):
    return None  # your two lines

gram = your_turn(gram)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def gram(a):
#     A = tf.reshape(a, (-1, a.shape[-1]))  # a row for each place
#     return tf.transpose(A) @ A
# ```
# </details>

# %% tags=["nbval-check-output"]
print(gram(a).numpy())

# %% [markdown]
# ## VGG19 has a channel for blue and one for lines
#
# Among the 128 channels of its layer block2_conv1, number 49 answers to dark blue and number 97 to slanted lines. Here are a print and a painting that are both full of blue and full of lines. **Predict**: in which one is the product of the two channels larger?

# %% tags=["nbval-check-output"] alt="Two rows, the Great Wave and the Church at Auvers: the picture, a map of the blue channel, a map of the line channel, and their product. In the print the product lights up along the blue lines of the wave; in the painting, whose sky is as blue, it stays dark."
grams.show_two_channels([style_name, other_name])

# %% [markdown]
# *Where each channel is active, and where both are. Printed: the means of the three maps.*
#
# <details><summary>Answer</summary>
#
# In Hokusai's print, more than twice as large. Taken alone, neither channel tells the pictures apart: about as much blue in both, and about as many lines. But Hokusai's lines *are* blue, and van Gogh's blue is a sky with few lines.
# </details>
#
# That is one entry of a matrix of 128 by 128. A product is also large when both channels are strong everywhere. Without that part, the **covariance** is left, the last number: above zero for Hokusai, below zero for van Gogh. The Gram matrix keeps both parts, for much blue is part of a style, too.
#
# ## Move the places, turn the picture
#
# A sum does not care for the order of its terms: put all places into another order, and the Gram matrix stays what it is. With *pixels* it is a little different, because the network looks at neighborhoods. **Predict**: which costs more style, to turn
# the print on its head, or to mirror it?

# %% tags=["nbval-check-output"] alt=["The Great Wave, the same moved by 16 pixels, moved by half, turned on its head and mirrored, and the Church at Auvers.", "A table of style costs in five blocks for these pictures. The moved ones have next to 0 in blocks 1 to 4, the mirrored one more than the one turned on its head; in block 5 it is the other way round."]
grams.print_mirror_and_turn(gram)
S = grams.square(style_name)
copies = grams.rearranged(S) | {other_name: grams.square(other_name)}
show_images([S, *copies.values()], [style_name, *copies], columns=3, tile=2.7)
costs = {how: grams.style_costs(S, G, gram) for how, G in copies.items()}
blocks = [f"block {n}" for n in range(1, 6)]
heat_map(list(costs.values()), list(costs), blocks, "{:.3f}", shades=np.sqrt(list(costs.values())))

# %% [markdown]
# *The pictures, and their style cost against the print: 0 is the same style, 1 is as far off as no style at all. Printed: the cost of a mirror as a multiple of the cost of half a turn, for five paintings.*
#
# Move the print by half its width, and blocks 1 to 4 hardly notice. Block 5 minds a little, and 16 pixels as much as half the print.
#
# <details><summary>Answer</summary>
#
# In blocks 1 to 4 the mirror, for each of the five paintings at this size, 256 pixels. A turned / is still a /, but a mirrored one is a \\. Block 5 minds the turn more.
# </details>
#
# ## One wrong line
#
# In PyTorch the channels come first, and a program there makes its long table by `a.view(channels, -1)`. Copy that line to Keras, where channels come last, and it runs without complaint:

# %% tags=["nbval-check-output"]
wrong = tf.reshape(a, (a.shape[-1], -1))
print("its first row:", wrong[0].numpy(), "  channel 0 is:", a[..., 0].ravel())

# %% [markdown]
# Its rows are no channels. They are **pieces of the picture**, with all channels mixed. But the matrix of the products of these rows has the right shape, is symmetric, and no error is raised. **Predict**: the search that made the picture at the top of the page is repeated with such matrices. What does it find?

# %% alt="Two squares made from noise. Left, by the right matrices: yellow, violet and orange strokes, without the café's guests. Right, by the wrong ones: the Cafe Terrace with its awning, houses and tables in their places, but the awning green and the ground bluish, under colored grain."
grams.show_grown("04_right", "04_wrong")

# %% [markdown]
# <details><summary>Answer</summary>
#
# The café, with awning, houses and tables in their places, in wrong colors. The wrong matrix compares piece with piece, so it holds what stands where.
# </details>
#
# What catches the wrong one is what you know now: shuffle the places, and the right one does not change.

# %% tags=["nbval-check-output"]
def change(gram, layer, other):
    return np.linalg.norm(gram(other) - gram(layer)) / np.linalg.norm(gram(layer))

layer, shuffled = grams.activations_and_shuffled(S)
for name, function in {"right": gram, "wrong": grams.wrong_gram}.items():
    print(f"{name} matrix: shuffled places change it by {change(function, layer, shuffled):.0%}")

# %% [markdown]
# Here is what *your* function paints, from noise, at 160 pixels. Write `grams.wrong_gram` in its place, and run the cell again.

# %% alt="S, the Night Cafe, and a picture grown from noise with the reader's Gram matrix: its reds, greens and yellows in strokes, red still above and yellow below, but no billiard table and nobody at the tables."
G, J = grams.grow("night_cafe", gram, 160)
show_images([grams.square("night_cafe", 160), G], ["S", "from your gram"], tile=3.4)

# %% [markdown]
# The billiard table and the guests are gone.
#
# ## Five layers with equal weights
#
# Each of five layers has a Gram matrix, so the style cost is a sum. Each layer gets a weight **λ**, which says how much you care for it:
#
# $$J_{\text{style}}(S, G) = \sum_l \lambda^l J^l(S, G)$$
#
# Give all five the same λ, and put C in the place of G. What share of the sum does each layer have? That depends on how the distance $J^l$ is written; here are three ways. The last row is the gradient, which moves the pixels: how long that of each layer is, as a share of all five lengths.

# %% tags=["nbval-check-output"] alt="A table of shares in percent, three ways to write the cost and one gradient, five blocks. First way: blocks 2 and 4 have nearly all. Second: block 4 has 99. Third: block 5 has 60. Gradient: block 5 has 90."
by_S = lambda S, C, N: tf.reduce_sum((S - C) ** 2) / tf.reduce_sum(S**2)
found = grams.shares(grams.PAIRS, {
    "your program so far": lambda S, C, N: tf.reduce_mean((S - C) ** 2),
    "as Gatys et al. print it": lambda S, C, N: tf.reduce_mean((S - C) ** 2) / (4 * N**2),
    "divided by S": by_S,
})
found["its gradient, at G = C"] = grams.gradient_shares(grams.PAIRS, by_S)
for name, rows in found.items():
    ranges = zip(rows.min(axis=0), rows.max(axis=0), strict=True)
    print(f"{name:24}", "  ".join(f"{low:3.0f} to {high:2.0f}" for low, high in ranges))
heat_map([rows.mean(axis=0) for rows in found.values()], list(found), blocks, "{:.0f} %")

# %% [markdown]
# *Blocks 1 to 5, in percent, at 128 pixels: the mean of six pairs C, S; printed are the smallest and the largest.* Your program so far hears blocks 2 and 4. With the constant of Gatys and colleagues, $1/(4 N^2 n_C^2)$, equal λ make a cost of *one* layer, block 4. Divide by S, and each block has some of the cost. But at the start block 5 does most of the pulling.
#
# So in none of the three do equal λ make all layers count alike. But divided by S, each distance is a number that one can read: 0 for the same matrix, 1 if G had no activations at all. With that you can choose λ, and [notebook 05](05_style_and_lambda.ipynb) does. Here they are all 1.
#
# ## Your program: divide by S
#
# Divide each matrix by its number of places, too; then S may have any size.

# %%
def style(a):
    return gram(a) / (a.shape[1] * a.shape[2])

def J_style(of_S, of_G):
    return tf.reduce_sum((of_S - of_G) ** 2) / tf.reduce_sum(of_S**2)

# %%
def objective(C, S):
    a_C, a_S = features(C), features(S)
    of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        return content + BETA * sum(J_style(of_S[l], style(a_G[l])) for l in STYLE_LAYERS)

    return J

# %% alt=["The face of a cat, and van Gogh's Church at Auvers.", "The cat in the blue, green and yellow strokes of the painting, with a church window on its brow."]
BETA = 20.0
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{painted_name}.jpg"), side)
G = paint(C, S, steps)
show_images([C, S], ["C", "S"], tile=3)
show_images([G], ["G, painted by your program"], tile=6)

# %% [markdown]
# *C, S, and what your program makes of them.* β is 20 now, a number that one can say. Do you see the church on the cat's brow? Notebook 05 finds out which block let it in. On files of yours: `python notebooks/program/04_gram_matrix.py CONTENT STYLE OUT.png`.
#
# ## Exercises
#
# **Exercise 1.** Design a pattern: eight places, each with or without a stripe, each with or without blue. Its Gram matrix shall be [[4, 2], [2, 4]].

# %% tags=["exercise"]
# Exercise 1: two rows of eight zeros and ones, for stripes and for blue, replace None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Four stripes, four blue places, and two of the stripes are blue.
#
# ```python
# answer = [[1, 0, 1, 0, 1, 0, 1, 0], [1, 1, 1, 1, 0, 0, 0, 0]]
# ```
# </details>
#
# **Exercise 2.** Write a test that you can keep: `is_right(gram)` is true for a right Gram function and false for the wrong reshape.

# %% tags=["exercise"]
# Exercise 2: your function replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def is_right(gram):
#     a = np.float32(np.random.default_rng(0).random((4, 6, 3)))
#     shuffled = np.random.default_rng(1).permutation(a.reshape(-1, 3)).reshape(a.shape)
#     return np.allclose(gram(shuffled), gram(a))
#
# answer = is_right
# ```
# </details>
#
# **Exercise 3, by eye.** Three patches of the print, and three Gram matrices of the blue and the line channel, in another order. Which patch belongs to table A, to B, and to C?

# %% alt="Three patches of the Great Wave and three tables of two by two numbers."
grams.show_riddle()

# %% tags=["exercise"]
# Exercise 3: the numbers of the patches for A, B, C replace None
answer = (None, None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# No blue and hardly a line: the sky. Much of both, and together: the sea. Lines, but little blue: the foam.
#
# ```python
# answer = (2, 3, 1)
# ```
# </details>
#
# ## Summary
#
# - A Gram matrix adds up, over all places, the products of every two channels: what is active, and what is active together.
# - It does not change when places are shuffled, and a mirror changes it; in Keras it is `transpose(A) @ A` with a row of A for each place. Test yours by shuffling.
# - The style cost adds up layers, each with a weight λ. Divide each layer's cost by what S has itself, or one or two layers are nearly all of it.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015
# - Y. Li, N. Wang, J. Liu, X. Hou: [Demystifying Neural Style Transfer](https://arxiv.org/abs/1701.01036), 2017
#
# **The way on**: [notebook 05](05_style_and_lambda.ipynb) asks what each layer's Gram matrix adds to a style.

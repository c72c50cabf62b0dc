# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 - Content: what a network remembers of a photograph
#
# You write the content cost, find out what each layer of VGG19 remembers, and choose the one that holds your picture while it is painted.

# %% tags=["hide-input"] alt="Three pictures: a portrait of an astronaut in an orange suit; the same, out of focus; and a garish one, in which suit, helmet and shuttle are at their places, but the parts of the face are jumbled."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons.depths import show_copies

show_copies()

# %% [markdown]
# *A photograph and two copies. You would keep the one out of focus. A deep layer of the network, in block 5, would keep the other one: to it the blurred photograph is more than thirty times as far off.*
# By the end of this page you know why, and your program makes use of it.
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import FeatureExtractor, data_path, load_image, load_vgg, show_images
from nst_keras.lessons import depths
from nst_keras.lessons.exercises.nb03 import a, b, check, your_turn

# %% tags=["parameters"]
content_name = "astronaut"  # the photograph: also chelsea, coffee, palace, rocket
style_name = "night_cafe"  # what your program paints it after
side = 256  # longer side in pixels
steps = 80  # of your program

# %% tags=["program"]
# 00_start_here

# %% [markdown]
# ## Content is compared place by place
#
# A layer turns a picture into **activations**: for every place of the picture a list of numbers, one for each thing that the layer looks for. Call them
# $a_C$ for the photograph C and $a_G$ for the picture G that you paint. The content cost subtracts them, place by place:
#
# $$J_{content}(C,G) = \frac{\sum (a_C - a_G)^2}{\sum a_C^2}$$
#
# It is 0 when both pictures say the same to the layer, and 1 when G says nothing at all. Low means alike. The style image takes no part.
#
# Try it with a pencil. Here is a tiny layer, two rows by two columns with three numbers at each place:

# %% tags=["nbval-check-output"]
for row, column in [(0, 0), (0, 1), (1, 0), (1, 1)]:
    print(f"place ({row},{column})   C: {a[row, column]}   G: {b[row, column]}")

# %% [markdown]
# At the first place the differences are 1, -1 and 1, so the squares add up to 3. All four places make 3 + 2 + 6 + 1 = 12. The squares of C make 14, so the cost is 12/14 = 0.857.
#
# **Your turn.** Write it for arrays of any shape.

# %% tags=["turn"]
def J_content(a_C, a_G):
    return None  # your line: squared differences, added up, divided by the squares of a_C, added up

J_content = your_turn(J_content)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def J_content(a_C, a_G):
#     return tf.reduce_sum((a_C - a_G) ** 2) / tf.reduce_sum(a_C**2)
# ```
# </details>
#
# ## A deep layer forgives a step aside, but no blur
#
# Now let your function judge real pictures. Move the photograph a few pixels to the left, or blur it. **Predict**: which of the two does the network mind more?

# %%
extractor = FeatureExtractor(depths.LAYERS, load_vgg(padding="symmetric"))
C = load_image(content_name, side)

def costs(C, G):
    a_C, a_G = extractor(C), extractor(G)
    return {layer: float(J_content(a_C[layer], a_G[layer])) for layer in a_C}

depths.drag(C, costs)

# %% [markdown]
# *Drag it: the picture, and its content cost in the five blocks.* In the middle all bars are 0. To the left block 2 protests at once, while block 5 hardly stirs before the
# picture has moved by eight pixels. To the right all blocks but the first rise together.
#
# <details><summary>Answer</summary>
# It depends on the layer. Block 2 minds the shift more, block 5 the blur.
# </details>
#
# Is that so for every photograph? Here are all five, moved by 4 pixels and blurred 4 times:

# %% tags=["nbval-check-output"]
depths.print_shift_and_blur(costs, side)

# %% [markdown]
# Pixel by pixel the shift is the larger change. Block 2 agrees. Block 5 says the opposite, for all five. One number of block 5 sums up a square of 188 pixels, and the next one a square that begins 16 pixels further on. A step of 4 pixels
# hardly changes what is in that square. A blur changes every detail in it.
#
# ## Block 1 remembers pixels, block 5 a seating plan
#
# Ask each layer directly. Start with noise, and change the pixels until *one* layer is content. It knows nothing but its own cost. **Predict**: from which layer will you not get the face back?

# %% tags=["nbval-check-output"] alt="Two rows of three. C, the astronaut; from block 1, 2 and 3 pictures that look like C; from block 4 the same scene with a crooked mouth and one eye out of place; from block 5 garish confetti in which suit, helmet and shuttle stand at their places and the face is a jumble."
depths.show_rebuilt()

# %% [markdown]
# *The photograph, and what each block alone brought back from noise.* Blocks 1 to 3 return the photograph. Block 4 returns the scene, its colors, and a face that has slipped. Block 5 knows who sits where: the helmet below, the shuttle to the right, hair above a face. What that face
# looks like is left open, and so are most colors. All five are nearly perfect in the eyes of their own block.
#
# Mind what such a picture proves: what you recognize in it, the layer has kept. What you miss may be there too, for the search stopped at one of many pictures that the layer takes for C.
#
# <details><summary>Answer</summary>
# From block 5. In block 4 it begins to slip.
# </details>
#
# ## Where content is held, style stays out
#
# Now use that. Here the astronaut is painted after Hokusai's wave, five times, with everything alike but the layer that holds the content. **Predict**: which one kept the most of the photograph's *colors*?

# %% alt="Five paintings of the astronaut after The Great Wave. Held by block 1: pinkish suit and gray ground as in the photograph, with thin wave lines drawn across. Blocks 2 and 3: sand-colored ground, clear outlines, face intact. Block 4: dark blue water below, eyes and mouth askew. Block 5: the flag has become waves, the face has come apart."
depths.show_held()

# %% [markdown]
# *Hokusai's astronaut, five times.* Held by block 1 the red stripes survive, and much of the gray background, with waves as thin lines drawn on top. Held by block 3 the paper is Hokusai's, and the face is whole. Held by block 5 the flag has turned into
# water, and the face has come apart.
#
# What is missing can be counted. Paint all six pairs of this project so, at 160 pixels. For each block, how far is its *style*, which notebook 04 makes a cost of, still from that of S? 1 is the best of the five paintings:

# %% tags=["nbval-check-output"] alt="A table of five rows, the blocks that hold the content, and five columns, the style that is missing in each block. On the diagonal stand 1.26, 1.89, 1.48, 1.43 and 1.49, in each column the largest number but for block 3, where block 2 has 1.50."
depths.print_diagonals()
depths.show_style_left()

# %% [markdown]
# *Rows: the block that held the content. Columns: the style that is missing in each block, the mean of six pairs. Printed: the columns of single pairs.* Read down a column: the worst is on the diagonal or next to it. **Content that is held at one depth keeps the style out at that depth** most of all.
#
# <details><summary>Answer</summary>
# The one held by block 1: colors are what shallow layers see.
# </details>
#
# ## So hold it in block 4
#
# From a painting you want colors, strokes and shapes, and these live in shallow layers. Held by **block 4**, which still knows where things belong, blocks 1 to 3 miss 9 to 15 % more style than at best; held by block 3, 11 to 48 %. Block 5 costs them next to nothing, but it lets the face go. For a portrait that must be a likeness, try block 3.
#
# ## Your program: a share of C
#
# Your program from notebook 00 holds the content in block 5, by the mean of the squares. Why divide by the squares of C instead? Here is one and the same pair of photographs, measured both ways:

# %% tags=["nbval-check-output"]
depths.print_mean_and_share(costs, content_name)

# %% [markdown]
# With the mean, moving from block 5 to block 4 puts about a hundred times as much weight on content, although nobody asked for it; and a larger picture changes the weight again. A share is near 1 for two unrelated pictures, in every layer and at both sizes. So give your program your function, and hold the content in block 4:

# %% alt="The portrait of the astronaut, van Gogh's Night Cafe, and the portrait painted by the program in the café's colors."
CONTENT_LAYER, BETA = "block4_conv2", 1e-16
layers = [CONTENT_LAYER, *STYLE_LAYERS]
network = keras.Model(vgg.inputs, {l: vgg.get_layer(l).output for l in layers})
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
G = paint(C, S, steps)
show_images([C, S, G], ["C", "S", "G, painted by your program"], tile=side / 100 + 0.1)

# %% [markdown]
# *C, S, and what your program makes of them.* A share is some ten thousand times smaller than the mean, so β has become smaller, too; notebook 04 mends the huge numbers of the *style* cost. On files of yours: `python notebooks/program/03_content_cost.py CONTENT STYLE OUT.png`.
#
# ## Exercises
#
# **Exercise 1, by eye.** Three more pictures that were found from noise, for blocks 2, 4 and 5. Which is which?

# %% alt="Three pictures of the astronaut. A: in calm wrong colors, the parts of the face out of place. B: right colors and a slightly distorted face. C: like the photograph."
depths.show_riddle()

# %% tags=["exercise"]
# Exercise 1: the blocks of A, B and C replace None
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A has lost the colors and the face, B only the details of the face, C nothing.
#
# ```python
# answer = (5, 4, 2)
# ```
# </details>
#
# **Exercise 2.** Some programs hold the content in several layers at once. Write `J(a_C, a_G)` for two dictionaries {layer: activations}: the mean of the shares.

# %% tags=["exercise"]
# Exercise 2: your function replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def J(a_C, a_G):
#     shares = [np.sum((a_C[l] - a_G[l]) ** 2) / np.sum(a_C[l] ** 2) for l in a_C]
#     return sum(shares) / len(shares)
#
# answer = J
# ```
# </details>
#
# **Exercise 3.** Deceive block 5. Write `disguise(C)` that changes the astronaut by more than 20 gray levels on average, while block 5 sees a content cost below 0.1.

# %% tags=["exercise"]
# Exercise 3: your function of an image, (1, H, W, 3) from 0 to 255, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Three pixels aside will do. What else can you find?
#
# ```python
# def disguise(C):
#     return depths.moved(C, 3)
#
# answer = disguise
# ```
# </details>
#
# ## Summary
#
# - The content cost compares activations place by place; 0 means the same.
# - Shallow layers remember pixels and colors, deep ones remember what stands where; so a deep layer forgives a shift, but no blur.
# - Content that is held at one depth blocks the style at that depth. Block 4 leaves the shallow layers nearly free for colors and strokes; block 3 keeps a likeness.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015 (content cost; reconstructions from layers)
# - A. Mahendran, A. Vedaldi: [Understanding Deep Image Representations by Inverting Them](https://arxiv.org/abs/1412.0035), 2014
#
# **The way on**: [notebook 04](04_gram_matrix.ipynb) throws the places away, and what is left is style.

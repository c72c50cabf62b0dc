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
#
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
style_name = "great_wave"  # what your program paints it after: any bundled style
side, steps = 192, 60  # of your program's pictures: the longer side in pixels, and steps

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
# ## A step aside, or out of focus?
#
# Now let your function judge real pictures. Move the photograph 4 pixels to the left, or blur it 4 times. **Predict**: which of the two do blocks 2 and 5 mind more?

# %%
extractor = FeatureExtractor(depths.LAYERS, load_vgg(padding="symmetric"))
C = load_image(content_name, 256)

def costs(C, G):
    a_C, a_G = extractor(C), extractor(G)
    return {layer: float(J_content(a_C[layer], a_G[layer])) for layer in a_C}

depths.drag(C, costs)

# %% [markdown]
# *Drag it: the picture, and its content cost in the five blocks.*
#
# <details><summary>Answer</summary>
# Block 2 minds the shift, block 5 the blur. To the left block 2 protests at once, while block 5 hardly stirs before the picture has moved by eight pixels. To the right blocks 2 to 5 rise together, and block 1 less.
# </details>
#
# Is that so for every photograph? Here are all five, moved by 4 pixels and blurred 4 times:

# %% tags=["nbval-check-output"]
depths.print_shift_and_blur(costs, side=256)

# %% [markdown]
# Pixel by pixel the shift is the larger change, and block 2 agrees. Block 5 says the opposite, for all five. One number of block 5 sums up a square of 188 pixels. A step of 4 pixels leaves nearly all of that square in it. A blur changes every detail in it.
#
# ## What each block remembers
#
# Ask each layer directly. Start with noise, and change the pixels until *one* layer is content. It knows nothing but its own cost. The garish picture at the top was found so, by block 5. **Predict**: in which block does the face begin to slip?

# %% tags=["nbval-check-output"] alt="Two rows of three. C, the astronaut; from block 1, 2 and 3 pictures that look like C; from block 4 the same scene with a crooked mouth and one eye out of place; from block 5 garish confetti in which suit, helmet and shuttle stand at their places and the face is a jumble."
depths.show_rebuilt()

# %% [markdown]
# *The photograph, and what each block alone brought back from noise. Printed: its own cost, and how far the pixels are from the photograph.*
#
# <details><summary>Answer</summary>
# In block 4. Blocks 1 to 3 returned the photograph. Block 4 returned the scene, its colors, and a face that has slipped. Block 5 knew who sits where: the helmet below, the shuttle to the right, hair above a face. What that face looks like is left open, and so are most colors.
# </details>
#
# Mind what such a picture proves: what you recognize in it, the layer has kept. What you miss may be there too, for the search stopped at one of many pictures that the layer takes for C.
#
# ## Five paintings, held at five depths
#
# Here the astronaut was painted after Hokusai's wave, five times, with everything alike but the layer that held the content. **Predict**: which one kept the most of the photograph's *colors*?

# %% alt="Hokusai's Great Wave, and five paintings of the astronaut after it. Held by block 1: pinkish suit and gray ground as in the photograph, with thin wave lines drawn across. Blocks 2 and 3: sand-colored ground, clear outlines, face intact. Block 4: dark blue water below, eyes and mouth askew. Block 5: the flag has become waves, the face has come apart."
depths.show_held()

# %% [markdown]
# *Hokusai's print, and the astronaut after it, five times.*
#
# <details><summary>Answer</summary>
# The one held by block 1: the purple stays in the badge, red in the flag, gray in the ground, and the waves are thin lines drawn on top. Held by block 3 the paper was Hokusai's, and the face whole. Held by block 5 the flag turned into water, and the face came apart.
# </details>
#
# What is missing can be counted. Paint all six pairs of this project so, at 160 pixels. For each block, how far is its *style*, which notebook 04 makes a cost of, still from that of S? 1 is the best of the five paintings. **Predict**: where in this table of five by five are the large numbers?

# %% tags=["nbval-check-output"] alt="A table of five rows, the blocks that hold the content, and five columns, the style that is missing in each block. On the diagonal stand 1.26, 1.89, 1.48, 1.43 and 1.49, in each column the largest number but for block 3, where block 2 has 1.50."
depths.show_style_left()
depths.print_counts()

# %% [markdown]
# *Rows: the block that held the content. Columns: the style that is missing in each block, the mean of six pairs.*
#
# <details><summary>Answer</summary>
# On the diagonal: the style of a depth was kept out most where the content was held. In the table of means one column is an exception, block 3, and there by a hair.
# </details>
#
# ## So hold it in block 4
#
# Held by **block 4**, blocks 1 to 3, which are to bring colors and strokes, miss 9 to 15 % more style than at best; held by block 3, 11 to 48 %. Block 5 costs them next to nothing, but it let the face go. For a portrait that must be a likeness, try block 3.
#
# ## Your program: a share of C
#
# Your program from notebook 00 holds the content in block 5, by the mean of the squares. Why divide by the squares of C instead? Here is one and the same pair of photographs, measured both ways:

# %% tags=["nbval-check-output"]
depths.print_mean_and_share(costs, content_name)

# %% [markdown]
# With the mean, a step from block 5 to block 4 multiplies this cost by about a hundred, and another size changes it again. The share stays between 0.7 and 1.4. So give your program your function. Then move the content from block 5 to block 4, and leave β as it is. What changes in the picture?

# %% alt="The Great Wave, and two portraits of the astronaut in its ink blue and sand, painted by the program, with smudged faces. Held by block 4 the helmet and the sleeve are cleaner."
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
BETA, paintings = 1e-16, []
for CONTENT_LAYER in ("block5_conv2", "block4_conv2"):
    paintings.append(paint(C, S, steps))
    print(CONTENT_LAYER, "content costs", *(f"{J:.2f}" for J in costs(C, paintings[-1]).values()))
show_images([S, *paintings], ["S", "held by block 5, as before", "held by block 4"], tile=2.4)

# %% [markdown]
# *S, and two pictures of your program. Printed: their content costs in blocks 1 to 5.* With the same β the second is nearer to the photograph in blocks 1 to 4; its helmet and sleeve are cleaner. A share is some ten thousand times smaller than the mean, so β has become smaller, too; notebook 04 mends the huge numbers of the *style* cost. On files of yours: `python notebooks/program/03_content_cost.py CONTENT STYLE OUT.png`.
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
# - Shallow layers remember pixels and colors, deep ones what stands where. A deep layer forgives a shift, but no blur.
# - Content that is held at one depth keeps the style out at that depth. Block 4 leaves the shallow layers nearly free for colors and strokes; block 3 keeps a likeness.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015 (content cost; reconstructions from layers)
# - A. Mahendran, A. Vedaldi: [Understanding Deep Image Representations by Inverting Them](https://arxiv.org/abs/1412.0035), 2014
#
# **The way on**: [notebook 04](04_gram_matrix.ipynb) throws the places away, and what is left is style.

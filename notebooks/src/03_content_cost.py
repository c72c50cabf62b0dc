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
# *Two copies of a photograph. You would take the middle one. A deep layer of the network, block 5, takes the one on the right: to it that copy is nearly
# perfect, and the slightly blurred photograph is 27 times as far off.* By the end of this page you know why, and you will use it.
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
# It is 0 when both pictures say the same to the layer, and 1 when G says nothing at all. Low means alike.
#
# Try it with a pencil. Here is a tiny layer, two rows by two columns with three numbers at each place:

# %% tags=["nbval-check-output"]
for row, column in [(0, 0), (0, 1), (1, 0), (1, 1)]:
    print(f"place ({row},{column})   C: {a[row, column]}   G: {b[row, column]}")

# %% [markdown]
# The first place differs by 1, -1, 1, which makes 3. All four make 3 + 2 + 6 + 1 = 12. The squares of C add up to 14, so J is 12/14 = 0.857.
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
# *Drag it. The bars are the content cost in the five blocks.* In the middle all bars are 0. To the left, block 2 protests at the first step, while block 5 hardly stirs before the
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
# Pixel by pixel the shift is the larger change. Block 2 agrees, block 5 says the opposite, for all five. A unit of block 5 looks at 188 pixels at once, and its neighbor stands 16 pixels further on: it hardly
# notices a step of 4. But it has learned to answer to eyes, fur and seams, and a blur takes those away.
#
# ## Block 1 remembers pixels, block 5 a seating plan
#
# Ask each layer directly. Start with noise, and change the pixels until *one* layer is content. It knows nothing but its own cost. **Predict**: from which layer will you not get the face back?

# %% tags=["nbval-check-output"] alt="Two rows of three. C, the astronaut; from block 1, 2 and 3 pictures that look like C; from block 4 the same scene with a crooked mouth and one eye out of place; from block 5 garish confetti in which suit, helmet and shuttle stand at their places and the face is a jumble."
depths.show_rebuilt()

# %% [markdown]
# *The photograph, and what each block alone brought back from noise.* Blocks 1 to 3 return the photograph. Block 4 returns the scene, its colors and a face that has slipped. Block 5 knows who sits where: helmet below, shuttle to the right, hair above a face. What the face
# looks like it does not say, and the background may have any color. That is how a jumbled picture can be nearly perfect for block 5, and why the blurred one is not.
#
# Mind what such a picture proves: what you recognize in it, the layer has kept. What you miss may be there too; the search found one of many pictures that the layer takes for C.
#
# <details><summary>Answer</summary>
# From block 5. In block 4 it begins to slip.
# </details>
#
# ## Where content is held, style cannot go
#
# Now use that. Here the astronaut is painted after Hokusai's wave, five times, with everything alike but the layer that holds the content. **Predict**: which one kept the most of the photograph's *colors*?

# %% alt="Five paintings of the astronaut after The Great Wave. Held by block 1: pinkish suit and gray ground as in the photograph, with thin wave lines drawn across. Blocks 2 and 3: sand-colored ground, clear outlines, face intact. Block 4: dark blue water below, eyes and mouth askew. Block 5: the flag has become waves, the face has come apart."
depths.show_held()

# %% [markdown]
# *Hokusai's astronaut, five times.* Held by block 1 the suit keeps its color and the flag its stripes; the waves are thin lines on top. Held by block 3 the colors are Hokusai's and the face is sharp. Held by block 5 the flag is
# water, and the face has dissolved.
#
# The style cost of each layer tells the same story in one table. Each column is a layer of the *style*, divided by its lowest entry.

# %% tags=["nbval-check-output"] alt="A table of five rows, the layers that hold the content, and five columns, the style cost left in each block. The diagonal is the darkest of its column."
depths.show_style_left("astronaut, night_cafe")
depths.print_diagonals()

# %% [markdown]
# *How much style is missing, as a multiple of the best run.* Read down a column: it is worst on the diagonal. **Content that is held at one depth blocks the style at that depth**, and leaves the other depths free.
#
# <details><summary>Answer</summary>
# The one held by block 1: colors are what shallow layers see.
# </details>
#
# ## So hold it in block 4
#
# From a painting you want colors, strokes and shapes, and these live in shallow layers. So hold the content deep, where it does not get in their way. Not in block 5, which lets the face go: in **block 4**. For a portrait that must be a likeness, try block 3.
#
# ## Your program: a share of C
#
# Your program from notebook 00 holds the content in block 5, by the mean of the squares. Why divide by the squares of C instead? Here is one and the same pair of photographs, measured both ways:

# %% tags=["nbval-check-output"]
depths.print_mean_and_share(costs, content_name)

# %% [markdown]
# A mean counts in the units of its layer, so a new layer or a new size asks for a new β. A share does not. With your function and block 4, two lines change:

# %% alt="TODO: what the program paints, TODO TODO TODO."
CONTENT_LAYER, BETA = "block4_conv2", 2e-12
layers = [CONTENT_LAYER, *STYLE_LAYERS]
network = keras.Model(vgg.inputs, {l: vgg.get_layer(l).output for l in layers})
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
G = paint(C, S, steps)
show_images([C, S, G], ["C", "S", "G, painted by your program"], tile=side / 100 + 0.1)

# %% [markdown]
# *TODO* β is absurdly small, because the *style* cost of your program still counts in billions. Notebook 04 mends that. (The whole script: `notebooks/program/03_content_cost.py`.)
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
# TODO
#
# ```python
# def disguise(C):
#     return np.clip(C + 25, 0, 255)
#
# answer = disguise
# ```
# </details>
#
# ## Summary
#
# - The content cost compares activations place by place; 0 means the same.
# - Shallow layers remember pixels and colors, deep ones remember what stands where; so a deep layer forgives a shift, but no blur.
# - Content that is held at one depth blocks the style at that depth. Block 4 leaves the strokes free and keeps the faces.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015 (content cost; reconstructions from layers)
# - A. Mahendran, A. Vedaldi: [Understanding Deep Image Representations by Inverting Them](https://arxiv.org/abs/1412.0035), 2014
#
# **The way on**: [notebook 04](04_gram_matrix.ipynb) throws the places away, and what is left is style.

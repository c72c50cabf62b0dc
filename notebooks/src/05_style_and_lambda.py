# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 - Layers and λ: who is heard
#
# You take a style apart, block by block, find out when a Gram matrix remembers the whole painting, and decide how loudly each block speaks.

# %% tags=["hide-input"] alt="Three pictures. Van Gogh's Night Cafe: a red room with a billiard table and hanging lamps. A carpet of its yellow, red and green strokes, with the halo of a lamp, an arched door and corners of tables lying anywhere. A picture of the room again, with floor, billiard table, lamps, door and tables, drawn a little crookedly."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import layers

layers.show_hero()

# %% [markdown]
# *Left: van Gogh's Night Café. The other two grew from white noise, by the same five Gram matrices.* A Gram matrix forgets every place, as you saw in notebook 04. So in the middle a lamp, a door and corners of tables lie anywhere. But on the right the room is back. How can costs without places bring back a room?
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import FeatureExtractor, data_path, load_image, load_vgg, show_images
from nst_keras.lessons import layers
from nst_keras.lessons.exercises.nb05 import check, your_turn

# %% tags=["parameters"]
painting = "night_cafe"  # what you spoil: any bundled picture
content_name, style_name = "chelsea", "church_auvers"  # what your program paints, after what
chosen = "fine"  # λ of your program: "equal", "fine" or "coarse"
side, steps = 192, 80  # of that picture: its longer side in pixels, and steps of your program

# %% tags=["program"]
# 04_gram_matrix

# %% [markdown]
# ## Which block protests?
#
# Spoil one thing at a time, and listen to who protests: exchange the **colors**, mix the pixels within small squares so that the **strokes** are gone, or cut the painting into large **pieces** and move them.

# %% alt="Four pictures: the Night Cafe; the same in wrong colors; the same with dotted, ragged strokes; the same cut into squares that stand in another order."
layers.show_changes(painting)

# %% [markdown]
# A cost needs a unit. Ask the painting: how far is its left half from its right half? They are of one style.

# %% tags=["nbval-check-output"]
extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"))

def costs(S, G):
    a_S, a_G = extractor(S), extractor(G)
    return np.array([J_style(style(a_S[l]), style(a_G[l])) for l in STYLE_LAYERS])

def two_halves(S):
    left, right = layers.halves(S)
    return (costs(left, right) + costs(right, left)) / 2

print(f"the two halves of {painting}:", two_halves(load_image(painting, 256)).round(2))

# %% [markdown]
# *The style cost in blocks 1 to 5, where 1 is as far away as no style at all.* The halves of van Gogh's room are next to equal in block 1 and far apart in block 5. So a raw cost of 0.5 is a loud protest in block 1, and none in block 5. Divide by the halves, and 1 is nothing to complain about in any block. `symmetric` continues each picture by its mirror image: a border of zeros would be heard as an edge.
#
# **Predict**: which block protests most against new colors, which against ruined strokes?

# %% tags=["nbval-check-output"] alt="A table of three changes and five blocks. Colors exchanged: far above 1 in block 1 and falling. Strokes mixed: near 0 in block 1, above 1 in blocks 3 and 4. Pieces moved: below 1 everywhere."
layers.show_heard(costs, two_halves)

# %% [markdown]
# *The style cost of each change, in units of two halves: printed from the smallest to the largest of five paintings, drawn the one in the middle.* Block 1 hears colors, and of ruined strokes next to nothing. Blocks 3 and 4 hear the strokes. That large pieces have moved, no block minds much more than the step from one half to the other. That is what makes all of this a *style*.
#
# <details><summary>Answer</summary>
# Block 1 against the colors, in all five paintings; block 3 or 4 against the strokes.
# </details>
#
# ## One block more, one thing more
#
# Now the other way round. Begin with noise, and change the pixels until block 1 has the Gram matrix that it has for van Gogh. Then do it for two blocks at once, and so on. **Predict**: in which picture will you see the first *thing*, such as a lamp?

# %% alt="Five pictures. Block 1: dots of yellow, red and gray. Blocks 1-2: short curved strokes. Blocks 1-3: longer strokes and edges. Blocks 1-4: swirls, slabs and pieces of furniture. Blocks 1-5: among strokes a lamp, a door and bits of tables."
layers.show_series("at one size")

# %% [markdown]
# *Five pictures from noise, for more and more blocks.* Block 1 knows his colors, and makes dots of them: it sees 3 x 3 pixels. Block 2 pulls the dots into strokes, block 3 lines them up, block 4 sets slabs with dark edges among them. With block 5 a lamp with its halo is there, and an arched door, both where they like.
#
# <details><summary>Answer</summary>
# In the last: a lamp with its halo.
# </details>
#
# ## Begin small, and the room comes back
#
# The same costs once more. But now begin with noise of 76 pixels, let it become a tiny painting, enlarge it, go on from there, and so up to 304 pixels. This is called **from coarse to fine**: what is large finds its place while it is small and cheap.

# %% alt="Five pictures. Block 1: square dabs of the right colors. Blocks 1-2: brush strokes, slabs like table tops. Blocks 1-3: tables, and a lamp on a red wall. Blocks 1-4: red wall above, floor below, lamps, an arched door, tables. Blocks 1-5: the room with its lamps, door and billiard table."
layers.show_series("from coarse to fine")

# %% [markdown]
# *The same costs, from coarse to fine.* Everything has grown, for each size leaves shapes that the next one keeps: dots are dabs, strokes are walls. With three blocks a lamp hangs on the wall, with four the wall is above and the floor below, with five the billiard table stands in the room.
#
# ## Block 5, or the small beginning?
#
# Does block 5 remember the room, or is it the small beginning? Change one thing at a time, for two paintings. **Predict**: in which columns will you find the painting's order?

# %% alt="Two rows, the Night Cafe and Kandinsky's Composition VIII, each with four textures. Begun small, with four and with five blocks: red wall above and floor below; Kandinsky's large dark disk at the left, his lines rising to the right. Begun large, with four and with five blocks: strokes and lines all over, with things anywhere."
layers.show_beginnings()

# %% [markdown]
# *From noise, with blocks 1-4 and 1-5: from coarse to fine, begun at a quarter of the size, and begun at all of it, 304 and 320 pixels.* Begun small, the order is back with four blocks as with five; Kandinsky's even better with four. Begun large, there is none, with five either. So the small beginning does it. What is different there? Count the places that each block adds up:

# %% tags=["nbval-check-output"]
layers.print_places()

# %% [markdown]
# A unit of block 4 sees 68 pixels and one of block 5 sees 156, whatever the size of the picture. At 76 pixels block 5 has twelve places, and each sees the whole painting; block 4 has 63, and each sees most of it. At 304 pixels a place of block 4 sees a lamp, one of block 5 a corner of the room. And a small picture has few numbers to choose: 76 x 60 pixels are 13,680. The Gram matrices of blocks 1 to 3 alone fix 43,232.
#
# <details><summary>Answer</summary>
# In those that were begun small.
# </details>
#
# ## What block 5 does to a cat
#
# What does block 5 do to a photograph? To compare fairly, β was turned until the picture with five blocks had the content cost of the one with four, as seen by VGG16, a network that did not take part in the painting. **Predict**: what does block 5 add to a cat, painted after van Gogh's church?

# %% alt="Two pairs. A cat after the Church at Auvers: with four blocks fur before a blue sky; with five a tower with a roof and windows grows beside its eye. A pagoda after the Great Wave: with four blocks slanted strokes in the sky, with five also a ring like the curl of a wave."
layers.show_objects()

# %% tags=["nbval-check-output"]
layers.print_objects()

# %% [markdown]
# *Two pairs. Printed, for all six, at 192 pixels: the share of the picture that looks more like some place of S than like C at its own place, in block 5 of VGG16.* Block 5 raises it in all six, for the cat from 0 to 38 %. Nobody wants van Gogh's church in a portrait, so leave block 5 out.
#
# <details><summary>Answer</summary>
# A church: on the right a tower with roof and windows stands between its eye and the sky.
# </details>
#
# ## λ says who gives way
#
# Four blocks remain. Each has a weight λ, and the weights add up to 1:
#
# $$J_{style}(S,G) = \sum_l \lambda^{[l]} J_{style}^{[l]}(S,G), \qquad \sum_l \lambda^{[l]} = 1$$
#
# A photograph contradicts the painting. Not all blocks can have what they want, and λ decides who gives way.

# %%
layers.turn_lambda(costs)

# %% [markdown]
# *Drag it: the astronaut after the Night Café, and below λ how many times as much style each block misses as in the best of the five. Again β was turned: VGG16 sees content costs from 0.31 to 0.38, and 0.46 at the right end.* From finest to coarse you see little change: the eyes, the strokes on the wall. At the right end only block 4 is asked, and the suit stays orange. Who is asked at all counts more than in which proportion.
#
# Four numbers are tedious to say, so they have names: **fine** is 8 : 4 : 2 : 1, **coarse** is 1 : 2 : 4 : 8.
#
# **Your turn.** Bring any weights to the sum 1, so that a name says proportions only.

# %% tags=["turn"]
def lambdas(weights):
    return None  # your line: as many numbers, in the same proportions, that add up to 1

lambdas = your_turn(lambdas)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def lambdas(weights):
#     return [weight / sum(weights) for weight in weights]
# ```
#
# In the file it is one line of `objective`:
#
# ```python
# def objective(C, S):
#     a_C, a_S = features(C), features(S)
#     of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}
#     weights = {l: weight / sum(LAMBDAS[LAMBDA]) for l, weight in zip(STYLE_LAYERS, LAMBDAS[LAMBDA])}
#
#     def J(G):
#         a_G = features(G)
#         content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
#         return content + BETA * sum(weights[l] * J_style(of_S[l], style(a_G[l])) for l in STYLE_LAYERS)
#
#     return J
# ```
# </details>
#
# ## Your program: four blocks, each with a say
#
# Two things change: block 5 leaves, and the others get their λ.

# %% tags=["nbval-check-output"]
STYLE_LAYERS, BETA, LAMBDA = STYLE_LAYERS[:4], 80.0, chosen
LAMBDAS = {"equal": (1, 1, 1, 1), "fine": (8, 4, 2, 1), "coarse": (1, 2, 4, 8)}
for name, weights in LAMBDAS.items():
    print(f"{name:8}" + "".join(f"{each:6.2f}" for each in lambdas(weights)))

# %%
def objective(C, S):
    a_C, a_S = features(C), features(S)
    of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}
    weights = dict(zip(STYLE_LAYERS, lambdas(LAMBDAS[LAMBDA]), strict=True))

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        return content + BETA * sum(weights[l] * J_style(of_S[l], style(a_G[l])) for l in weights)

    return J

# %% alt="A cat, van Gogh's Church at Auvers, and the cat painted by the program in the colors and strokes of the church."
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
G = paint(C, S, steps)
show_images([C, S, G], ["C", "S", "G, painted by your program"], tile=side / 100 + 0.1)

# %% [markdown]
# *C, S, and what your program makes of them.* β is 80, because the λ now add up to 1. Choose another λ in the cell at the top, and paint again. On files of yours: `python notebooks/program/05_style_and_lambda.py CONTENT STYLE OUT.png`.
#
# <details><summary>What <code>stylize</code> does</summary>
#
# `stylize` uses **fine** without block 5. Its `layer_weights` may also be equal, finest, coarse, or deep, which brings block 5 back. It works from coarse to fine, where block 4 runs short of places, too. So at each size it multiplies λ by min(1, places / (12 · channels)). [Notebook 09](09_quality_and_speed.ipynb) builds that into your program.
# </details>
#
# ## Exercises
#
# **Exercise 1, by eye.** Three textures, from coarse to fine, two of them of Kandinsky's Composition VIII. Which were made for blocks 1-2, and which for blocks 4-5?

# %% alt="Three pictures. A: disks, bars and rings on a grainy gray-green ground. B: thin curved lines, soft blobs and a dark disk on cream. C: the Night Cafe with lamps, door and billiard table, pale and grainy, with green and violet specks."
layers.show_riddle()

# %% tags=["exercise"]
# Exercise 1: "1-2" or "4-5" for A, B and C replace None
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A and C have the things, but not the colors: no shallow block. B has the colors and the lines; its disk has frayed and wandered.
#
# ```python
# answer = ("4-5", "1-2", "4-5")
# ```
# </details>
#
# **Exercise 2.** Block 5 has 512 channels. How long is the side of the smallest square picture in which it has as many places?

# %% tags=["exercise"]
# Exercise 2: a number of pixels replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Four times a side was halved, so there are side / 16 places along it. 22 x 22 are 484 places, 23 x 23 are 529.
#
# ```python
# answer = 23 * 16
# ```
# </details>
#
# **Exercise 3.** Ruin van Gogh behind the back of block 1: write `spoil(S)` so that block 1 hears at most 0.5 halves, and block 3 at least 1.

# %% tags=["exercise"]
# Exercise 3: your function of an image, (1, H, W, 3) from 0 to 255, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Mix the pixels of small squares. What else can you find?
#
# ```python
# def spoil(S):
#     return layers.strokes_mixed(S, 4)
#
# answer = spoil
# ```
# </details>
#
# ## Summary
#
# - In units of two halves, block 1 hears colors, and blocks 3 and 4 hear strokes.
# - Begun small, four blocks already bring back the order of a painting; begun large, five do not.
# - Block 5 brings things of the painting into your picture. Leave it out.
# - λ decides which block gives way to the photograph, β how strong they are together.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Texture Synthesis Using Convolutional Neural Networks](https://arxiv.org/abs/1505.07376), 2015 (layer by layer)
# - X. Snelgrove: [High-Resolution Multi-Scale Neural Texture Synthesis](https://doi.org/10.1145/3145749.3149449), 2017 (a few layers at several sizes)
#
# **The way on**: in [notebook 06](06_gradient_descent.ipynb) your program learns to walk downhill faster.

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
# You take a style apart, block by block, find the one that smuggles pieces of the painting into your picture, and decide how loudly the others speak.

# %% tags=["hide-input"] alt="Three pictures. Van Gogh's Night Cafe: a red room with a billiard table and hanging lamps. A carpet of its yellow, red and green strokes without any object. A picture of the room again, with floor, billiard table, lamps, door and tables, drawn a little crookedly."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import layers

layers.show_hero()

# %% [markdown]
# *Left: van Gogh's Night Café. The other two grew from white noise, by the same five Gram matrices.* A Gram matrix forgets every place, as you saw in notebook 04. So the strokes in the middle are what you expect. But on the right the billiard table is back. Who remembered it?
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import FeatureExtractor, data_path, load_vgg, show_images
from nst_keras.lessons import layers
from nst_keras.lessons.exercises.nb05 import check, your_turn

# %% tags=["parameters"]
painting = "night_cafe"  # what you spoil: any bundled picture
content_name, style_name = "astronaut", "night_cafe"  # what your program paints, after what
my_weights = (8, 4, 2, 1)  # of blocks 1 to 4 in your program: 0 or more, not all of them 0
side, steps = 192, 80  # of that picture: its longer side in pixels, and steps of your program

# %% tags=["program"]
# 04_gram_matrix

# %% [markdown]
# ## Colors are heard in block 1, strokes in blocks 3 and 4
#
# Spoil one thing at a time, and listen to who protests: exchange the **colors**, mix the pixels within small squares so that the **strokes** are gone, or cut the painting into large **pieces** and move them.

# %% alt="Four pictures: the Night Cafe; the same in wrong colors; the same with dotted, ragged strokes; the same cut into squares that stand in another order."
layers.show_changes(painting)

# %% [markdown]
# A cost needs a unit. Ask the painting: how far is its left half from its right half? They are of one style, so a cost of 1 in this unit is nothing to complain about. **Predict**: which block protests most against new colors, which against ruined strokes?

# %% tags=["nbval-check-output"] alt="A table of three changes and five blocks. Colors exchanged: far above 1 in block 1 and falling. Strokes mixed: near 0 in block 1, above 1 in blocks 3 and 4. Pieces moved: below 1 everywhere."
extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"))

def costs(S, G):
    a_S, a_G = extractor(S), extractor(G)
    return np.array([J_style(style(a_S[l]), style(a_G[l])) for l in STYLE_LAYERS])

def two_halves(S):
    left, right = layers.halves(S)
    return (costs(left, right) + costs(right, left)) / 2

layers.show_heard(costs, two_halves)

# %% [markdown]
# *The style cost of each change, in units of two halves: printed from the smallest to the largest of five paintings, drawn the one in the middle.* Block 1 hears colors, and of ruined strokes next to nothing. Blocks 3 and 4 hear the strokes. Nobody minds that pieces have moved: no block finds much more in them than between two halves. That is what makes all of this a *style*.
#
# <details><summary>Answer</summary>
# Block 1 against the colors, in all five paintings; block 3 or 4 against the strokes.
# </details>
#
# ## One block more, one thing more
#
# Now the other way round. Begin with noise, and change the pixels until block 1 has the Gram matrix that it has for van Gogh. Then do it for two blocks at once, and so on. **Predict**: from which block on will you see a *thing*, such as a lamp?

# %% alt="Five pictures. Block 1: dots of yellow, red and gray. Blocks 1-2: short curved strokes. Blocks 1-3: longer strokes and edges. Blocks 1-4: swirls, slabs and pieces of furniture. Blocks 1-5: among strokes a lamp, a door and bits of tables."
layers.show_series("at one size")

# %% [markdown]
# *Five pictures from noise, for more and more blocks.* Block 1 knows his colors, and makes dots of them: it sees 3 x 3 pixels. Block 2 pulls the dots into strokes, block 3 lines them up, block 4 sets slabs with dark edges among them. With block 5 a lamp with its halo is there, and an arched door, both in places of their own.
#
# <details><summary>Answer</summary>
# From block 5 on, when the picture has one size. Read on for the other case.
# </details>
#
# ## Begin small, and the room comes back
#
# The same costs once more. But now begin with noise of 76 pixels, let it become a tiny painting, enlarge it, go on from there, and so up to 304 pixels. This is called **from coarse to fine**: what is large finds its place while it is small and cheap.

# %% alt="Five pictures. Block 1: square dabs of the right colors. Blocks 1-2: brush strokes, slabs like table tops. Blocks 1-3: strokes that bundle, bits of tables and a door. Blocks 1-4: lamps, a door and tables at wrong places. Blocks 1-5: the room with its lamps, door and billiard table."
layers.show_series("from coarse to fine")

# %% [markdown]
# *The same costs, from coarse to fine.* Everything has grown, for each size leaves shapes that the next one keeps: dots are dabs, strokes are walls. With four blocks lamps and tables stand about. With five the room is back.
#
# What does a picture know of a block that it was *not* made for?

# %% alt="Two tables of five rows, the pictures, and five columns, the blocks: at one size, and from coarse to fine. Framed cells, for which a picture was made, are far below one half. To the right of the frames the numbers rise, in block 5 to about the distance of two halves or more."
layers.show_left(costs, two_halves)

# %% [markdown]
# *The style cost that remains, in halves. Red frame: the picture was made for this block. Purple: it is nearer to van Gogh than his halves are to each other.* Read a row to the right, beyond its frames. From two blocks on, the next one comes nearly for free. Block 5 does not: it stays at a quarter or more until it is asked. It knows something that the others cannot tell it.
#
# ## Few places are not a texture, they are the painting
#
# Why do tables without places bring back a room? Count the places that they add up:

# %% tags=["nbval-check-output"]
layers.print_places()

# %% [markdown]
# At 76 pixels block 5 has twelve places, and each of them looks at 156 pixels: at the whole painting. Their order is forgotten, but each of the twelve tells the whole story, in 512 numbers. So the search finds the story again.
#
# ## Block 5 carries objects into your picture
#
# Nobody wants van Gogh's furniture in a portrait. In the pictures below β was turned until all of them had kept equally much of the photograph. **Predict**: what does block 5 add to a cat, painted after van Gogh's church?

# %% alt="Two pairs. A cat after the Church at Auvers: with four blocks fur before a blue sky; with five a tower with a roof and windows grows beside its eye. A pagoda after the Great Wave: with four blocks slanted strokes in the sky, with five also a ring like the curl of a wave."
layers.show_objects()

# %% tags=["nbval-check-output"]
layers.print_objects()

# %% [markdown]
# *Two pairs. Printed, for all six, at 192 pixels: the share of the picture that looks more like some place of S than like C at its own place, in block 5 of VGG16.* Block 5 raises it in all six, for the cat from 0 to 38 %. What looks like a richer style is stolen goods.
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
# In a texture λ hardly matters: all blocks want the same painting, and all can have it. Turn block 5 down, at the first size to a five-hundredth, and the room still comes back:

# %% alt="Two textures of the Night Cafe from coarse to fine. Both show the room with lamps, door and billiard table."
layers.show_turned_down()

# %% [markdown]
# *Two pictures from noise by the same five blocks.* A photograph contradicts them. Not all can have what they want, and now λ decides who gives way.

# %%
layers.turn_lambda(costs)

# %% [markdown]
# *Drag it: the astronaut after the Night Café, and below λ how much more style each block misses than in the best of the five. β was turned so that all keep about as much of the photograph: VGG16 sees content costs from 0.31 to 0.38, and 0.46 at the right end.* From finest to coarse you see little change: the eyes, the strokes on the wall. Block 4 comes nearer as block 1 falls behind, but block 1 has plenty to spare. Take its λ away altogether, at the right end, and the suit stays orange. So the proportions are a fine adjustment; what counts is that nobody is left out whom you want to hear.
#
# Four numbers are tedious to say, so they have names: **fine** is 8 : 4 : 2 : 1, **coarse** is 1 : 2 : 4 : 8.
#
# **Your turn.** How strong the style is shall be the business of β alone. So bring any weights to the sum 1.

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
STYLE_LAYERS, BETA, LAMBDA = STYLE_LAYERS[:4], 80.0, "mine"
LAMBDAS = {"equal": (1, 1, 1, 1), "fine": (8, 4, 2, 1), "coarse": (1, 2, 4, 8), "mine": my_weights}
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

# %% alt="The portrait of the astronaut, van Gogh's Night Cafe, and the portrait painted by the program in the café's colors."
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
G = paint(C, S, steps)
show_images([C, S, G], ["C", "S", "G, painted by your program"], tile=side / 100 + 0.1)

# %% [markdown]
# *C, S, and what your program makes of them.* β is 80, because the λ now add up to 1. Choose other `my_weights` in the cell at the top, and paint again. On files of yours: `python notebooks/program/05_style_and_lambda.py CONTENT STYLE OUT.png`.
#
# ## What `stylize` does
#
# `stylize` uses **fine** without block 5. Its `layer_weights` may also be equal, finest, coarse, or deep, which brings block 5 back. It works from coarse to fine, where block 4 runs short of places, too. So at each size it multiplies λ by min(1, places / (12 · channels)), because few places are not a texture, they are the painting itself.

# %% tags=["nbval-check-output"]
layers.print_counted()

# %% [markdown]
# *How far each block counts, in a square picture.* At 128 pixels blocks 1 and 2 paint nearly alone, and block 4 joins in as the picture grows.
#
# ## Exercises
#
# **Exercise 1, by eye.** Three textures of Kandinsky's Composition VIII, from coarse to fine. One was made for blocks 1-2, one for blocks 1-4, and one for blocks 4-5. Which is which?

# %% alt="Three pictures. A: disks, bars and rings on a grainy gray-green ground. B: thin curved lines, soft blobs and a dark disk on cream. C: on cream a large dark disk at the upper left, straight lines, checkerboards and small disks."
layers.show_riddle()

# %% tags=["exercise"]
# Exercise 1: "1-2", "1-4" or "4-5" for A, B and C replace None
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A has disks and bars, but not the colors: no shallow block. B has the colors and lines, but hardly a thing. C has all of it.
#
# ```python
# answer = ("4-5", "1-2", "1-4")
# ```
# </details>
#
# **Exercise 2.** Write `enough(positions, channels)`, the factor by which `stylize` multiplies λ.

# %% tags=["exercise"]
# Exercise 2: your function replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def enough(positions, channels):
#     return min(1, positions / (12 * channels))
#
# answer = enough
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
# - Block 1 hears colors, blocks 3 and 4 hear strokes, and no block minds where things stand.
# - A Gram matrix of few places is no texture: in a small picture block 5 remembers the whole painting, and carries its objects into yours. Leave it out.
# - λ decides which block gives way to the photograph, β how strong they are together.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Texture Synthesis Using Convolutional Neural Networks](https://arxiv.org/abs/1505.07376), 2015 (layer by layer)
# - X. Snelgrove: [High-Resolution Multi-Scale Neural Texture Synthesis](https://doi.org/10.1145/3145749.3149449), 2017 (a few layers at several sizes)
#
# **The way on**: in [notebook 06](06_gradient_descent.ipynb) your program learns to walk downhill faster.

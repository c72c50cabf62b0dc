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
from nst_keras.lessons.exercises.nb05 import check, your_turn

# %% tags=["parameters"]
painting = "night_cafe"  # whose strokes you spoil: also cafe_terrace, church_auvers, composition_viii, great_wave
content_name, style_name = "astronaut", "night_cafe"  # what your program paints, after what
my_weights = (8, 4, 2, 1)  # blocks 1 to 4 of your program: numbers of 0 or more, at least one above 0
side, steps = 192, 80  # of that picture: its longer side in pixels, and steps of your program

# %% tags=["program"]
# 04_gram_matrix

# %% [markdown]
# ## Colors are heard in block 1, strokes in blocks 3 and 4
#
# Spoil one thing at a time, and listen who protests: exchange the **colors**, mix the pixels within small squares so that the **strokes** are gone, or cut the painting into large **pieces** and move them.

# %% alt="Four pictures: the Night Cafe; the same in wrong colors; the same with dotted, ragged strokes; the same cut into squares that stand in another order."
layers.show_changes(painting)

# %% [markdown]
# A cost needs a unit. Ask the painting: how far is its left half from its right half? They are of one style, so a cost of 1 in this unit is nothing to complain about. **Predict**: which block protests most against new colors, which against ruined strokes?

# %% tags=["nbval-check-output"] alt="A table of three changes and five blocks. Colors exchanged: far above 1 in block 1 and falling. Strokes mixed: near 0 in block 1, above 1 in blocks 3 and 4. Pieces moved: below 1 everywhere."
extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"))

def costs(S, G):
    a_S, a_G = extractor(S), extractor(G)
    return np.array([J_style(style(a_S[l]), style(a_G[l])) for l in STYLE_LAYERS])

def in_halves(S, G):
    left, right = layers.halves(S)
    return 2 * costs(S, G) / (costs(left, right) + costs(right, left))

layers.show_heard(in_halves)

# %% [markdown]
# *The style cost of each change, in units of two halves: printed from the smallest to the largest of five paintings, drawn the one in the middle.* Block 1 hears colors, and of ruined strokes next to nothing. Blocks 3 and 4 hear the strokes. Nobody minds that pieces have moved: even block 5 finds about what it finds between two halves, or less. That is what makes all of this a *style*.
#
# <details><summary>Answer</summary>
# Block 1 against the colors, in all five paintings; block 3 or 4 against the strokes.
# </details>
#
# ## One block more, one thing more
#
# Now the other way round: let noise become a painting, at first by the Gram matrix of block 1 alone, then by two, and so on. **Predict**: from which block on will you see a *thing*, such as a lamp?

# %% alt="Six pictures: dots in the right colors; short strokes; longer strokes and edges; swirls and larger patches; about the same; the Night Cafe."
layers.show_series("at one size")

# %% [markdown]
# *Noise, after 120 steps by more and more blocks.* Text follows.
#
# ## Begin small, and the room comes back
#
# The same costs once more. But now begin with a picture of 76 pixels, let it become a tiny painting, enlarge it, go on, and so up to 304 pixels. All good programs work in this way, for it saves time, and large shapes find their place while they are small.

# %% alt="Six pictures: square dabs of color; brush strokes and slabs; strokes that bundle; lamps and tables in wrong places; the room with lamps, door and billiard table; the Night Cafe."
layers.show_series("from coarse to fine")

# %% [markdown]
# *The same blocks, from coarse to fine.* Text follows.

# %% alt="Two tables, at one size and from coarse to fine; rows are pictures, columns blocks. Framed cells, which the picture was made for, are far below one; the cells to their right are larger, up to several halves."
layers.show_left(in_halves)

# %% [markdown]
# *Rows: the pictures. Columns: what remains of the cost in each block, in halves. A red frame: the picture was made for this block.*
#
# ## Few places are not a texture, they are the painting

# %% tags=["nbval-check-output"]
layers.print_places()

# %% alt="Three pictures: the Night Cafe; its texture with the room in it; a texture of its strokes in which the room is gone."
layers.show_by_positions()

# %% tags=["nbval-check-output"]
layers.print_textures()

# %% [markdown]
# ## Block 5 carries objects into your picture

# %% alt="Two pairs of pictures."
layers.show_objects()

# %% tags=["nbval-check-output"]
layers.print_objects()

# %% [markdown]
# ## λ says who is heard
#
# $$J_{style}(S,G) = \sum_l \lambda^{[l]} J_{style}^{[l]}(S,G), \qquad \sum_l \lambda^{[l]} = 1$$

# %%
layers.turn_lambda(in_halves)

# %% [markdown]
# **Your turn.**

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

# %%
STYLE_LAYERS, BETA = STYLE_LAYERS[:4], 80.0
LAMBDAS = {"equal": (1, 1, 1, 1), "fine": (8, 4, 2, 1), "coarse": (1, 2, 4, 8), "mine": my_weights}
LAMBDA = "mine"

def objective(C, S):
    a_C, a_S = features(C), features(S)
    of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}
    weights = dict(zip(STYLE_LAYERS, lambdas(LAMBDAS[LAMBDA])))

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        return content + BETA * sum(weights[l] * J_style(of_S[l], style(a_G[l])) for l in weights)

    return J

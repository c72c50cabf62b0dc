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
# Five blocks of the network judge your style. You find out what each of them asks for, and decide with a weight, λ, how loudly it speaks.

# %% tags=["hide-input"] alt="Three pictures. Van Gogh's Night Cafe: a red room with a billiard table and hanging lamps. A carpet of its yellow, red and green strokes, with the halo of a lamp, an arched door and corners of tables lying anywhere. A picture of the room again, with floor, billiard table, lamps, door and tables, drawn a little crookedly."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import layers

layers.show_hero()

# %% [markdown]
# *Left: van Gogh's Night Café. The other two grew from white noise, by the same five Gram matrices.* A Gram matrix forgets every place, as you saw in notebook 04. So in the middle a lamp, a door and corners of tables lie anywhere. But on the right the room is back. How can costs without places bring back a room, and do you want that in your picture?
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import FeatureExtractor, data_path, load_image, load_vgg, show_images
from nst_keras.lessons import layers
from nst_keras.lessons.exercises.nb05 import check, your_turn
from nst_keras.lessons.stored import load_record, load_stored

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
# Exchange the **colors**; or mix the pixels within small squares, so that the **strokes** are gone; or cut the painting into large **pieces** and move them.

# %% alt="Four pictures: the Night Cafe; the same in wrong colors; the same with dotted, ragged strokes; the same cut into squares that stand in another order."
S = load_image(painting, 256)
spoiled = {how: change(S) for how, change in layers.CHANGES.items()}
show_images([S, *spoiled.values()], [painting, *spoiled], columns=2, tile=3.4)

# %% [markdown]
# How far is each from the painting, in the style cost that you wrote in notebook 04? And how large is a large cost? Ask the painting for a yardstick: its left half and its right half are of one style. How far apart are they?

# %% tags=["nbval-check-output"]
extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(padding="symmetric"))

def costs(S, G):
    a_S, a_G = extractor(S), extractor(G)
    return np.array([J_style(style(a_S[l]), style(a_G[l])) for l in STYLE_LAYERS])

def two_halves(S):
    left, right = layers.halves(S)
    return (costs(left, right) + costs(right, left)) / 2

print("blocks 1 to 5, strokes mixed:", costs(S, spoiled["strokes mixed"]).round(2))
print("blocks 1 to 5, two halves:   ", two_halves(S).round(2))

# %% [markdown]
# The halves of van Gogh's room are next to equal in block 1 and far apart in block 5. So a cost of 0.5 is a loud protest in block 1, and none in block 5. Divide by the cost of the halves: then 1 is nothing to complain about, in any block. `symmetric` continues each picture by its mirror image, for a border of zeros would be heard as an edge.
#
# **Predict**: which block protests most against new colors, which against ruined strokes?

# %% tags=["nbval-check-output"] alt="A table of three changes and five blocks. Colors exchanged: far above 1 in block 1 and falling. Strokes mixed: near 0 in block 1, above 1 in blocks 3 and 4. Pieces moved: below 1 everywhere."
paintings = {name: load_image(name, 256) for name in layers.PAINTINGS}
halves = {name: two_halves(S) for name, S in paintings.items()}
heard = {how: [costs(S, change(S)) / halves[name] for name, S in paintings.items()]
         for how, change in layers.CHANGES.items()}
layers.show_heard(heard)

# %% [markdown]
# *The style cost of each change, divided by that of two halves: printed from the smallest to the largest of five paintings, drawn the one in the middle.*
#
# <details><summary>Answer</summary>
# Block 1 protested against the colors, in all five paintings, and heard next to nothing of ruined strokes. Blocks 3 and 4 heard the strokes. That large pieces had moved, no block minded much more than the step from one half to the other.
# </details>
#
# ## One block more, one thing more
#
# Now the other way round. Begin with noise, and change the pixels until block 1 has the Gram matrix that it has for van Gogh. Then do it for two blocks at once, and so on. **Predict**: in which picture will you see the first *thing*, such as a lamp?

# %% alt="Four pictures. Block 1: dots of yellow, red and gray. Blocks 1-2: short curved strokes. Blocks 1-4: swirls, slabs and pieces of furniture. Blocks 1-5: among strokes a lamp, an arched door and bits of tables."
blocks = {"block 1": "1", "blocks 1-2": "12", "blocks 1-4": "1234", "blocks 1-5": "12345"}
grown = [load_stored(f"05_night_cafe_{each}_one_size").image for each in blocks.values()]
show_images(grown, list(blocks), columns=2, tile=2.9)

# %% [markdown]
# *Four pictures that were grown from noise, stored.*
#
# <details><summary>Answer</summary>
# In the last: a lamp with its halo, and an arched door, both where they like. Block 1 sees 3 x 3 pixels, and made dots of his colors. Block 2 pulled the dots into strokes. With block 4 there are slabs with dark edges among them.
# </details>
#
# ## Block 5, or the small beginning?
#
# The last picture has the five Gram matrices of the room at the top. The room had another beginning: noise of 76 pixels, which became a tiny painting, was enlarged, went on from there, and so up to 304 pixels. This is called **from coarse to fine**. Is it that, or is it block 5? **Predict**: which brings back the order of a painting, four blocks begun small, or five begun large?

# %% alt="Two rows, the Night Cafe and Kandinsky's Composition VIII, each with two textures. Blocks 1-4, begun small: red wall above and floor below; Kandinsky's large dark disk at the upper left, his lines rising to the right. Blocks 1-5, begun large: strokes and lines all over, with things anywhere."
pictures = []
for name, key in {"night_cafe": "night_cafe", "composition_viii": "composition"}.items():
    runs = [f"05_{key}_1234", f"05_{key}_12345_one_size"]
    pictures += [load_image(name, 304), *(load_stored(run).image for run in runs)]
show_images(pictures, 2 * ["S", "blocks 1-4, begun small", "blocks 1-5, begun large"], 3, tile=2.4)

# %% [markdown]
# *Two paintings, and textures of 304 and 320 pixels from noise.*
#
# <details><summary>Answer</summary>
# Four blocks begun small: the red wall is above and the floor below, Kandinsky's disk is at the upper left, and his lines rise to the right. Five begun large have none of it. So the small beginning does it.
# </details>
#
# What is different in a small picture? A Gram matrix adds up the **places** of its block, and before each block pooling has halved both sides:

# %% tags=["nbval-check-output"]
for width, height in [(76, 60), (152, 120), (304, 240)]:
    places = [(width // 2**n) * (height // 2**n) for n in (3, 4)]
    print(f"{width:3} x {height:3} pixels, places in blocks 4 and 5:", *places)

# %% [markdown]
# A place of block 4 sees 68 pixels and one of block 5 sees 156, whatever the size of the picture. In the small picture all twelve places of block 5 see the whole room, and those of block 4 most of it. In the large one a place of block 4 sees a lamp, and one of block 5 a corner of the room.
#
# ## What block 5 does to a cat
#
# Now a photograph. Here is a cat after van Gogh's church, with four blocks and with five. β was turned until both were about as far from C, as seen by VGG16, a network that took no part in the painting. **Predict**: what does block 5 add?

# %% alt="Four pictures. Van Gogh's Church at Auvers, its tower and roof below a dark blue sky. The photograph of a cat. The cat with four blocks: fur before a blue sky. The cat with five blocks: a tower with a roof and windows grows beside its eye."
C, S = load_image("chelsea", 384), load_image("church_auvers", 384)
four, five = (load_stored(f"05_chelsea_{n}_blocks") for n in (4, 5))
shares = [run.record["quality"]["styles"][0]["objects"] for run in (four, five)]
titles = ["S, a part of it", "C: 0%", f"4 blocks: {shares[0]:.0%}", f"5 blocks: {shares[1]:.0%}"]
show_images([S[:, 20:220], C, four.image, five.image], titles, columns=2, tile=3.8)

# %% [markdown]
# *S, C, and two paintings. In percent: how much of the picture looks more like some place of S than like C at its own place, in block 5 of VGG16.*
#
# <details><summary>Answer</summary>
# A church: a tower with roof and windows stands on the right, between its eye and the sky.
# </details>
#
# The same for all six pairs of this project, at 192 pixels:

# %% tags=["nbval-check-output"]
for pair, found in load_record("05_objects").items():
    print(f"{pair:28}" + "     ".join(f"{n}: {each['objects']:4.0%}" for n, each in found.items()))

# %% [markdown]
# Block 5 raises it in all six. Nobody wants van Gogh's church in a portrait, so leave block 5 out.
#
# ## λ says who gives way
#
# Four blocks remain. Each has a weight λ, and the weights add up to 1:
#
# $$J_{style}(S,G) = \sum_l \lambda^{[l]} J_{style}^{[l]}(S,G), \qquad \sum_l \lambda^{[l]} = 1$$
#
# A photograph contradicts the painting. Not all blocks can have what they want, and λ decides who gives way. Four numbers are tedious to say, so they have names: **fine** is 8 : 4 : 2 : 1, **coarse** is 1 : 2 : 4 : 8.
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
# Here are five mixtures, from one that asks mostly block 1 to one that asks only block 4:

# %%
weights = {"finest": (64, 16, 4, 1), "fine": (8, 4, 2, 1), "equal": (1, 1, 1, 1),
           "coarse": (1, 2, 4, 8), "block 4": (0, 0, 0, 1)}
layers.turn_lambda({name: lambdas(each) for name, each in weights.items()}, costs)

# %% [markdown]
# *Drag it: the astronaut after the Night Café, and below λ how many times as much style each block misses as in the best of the five. Again β was turned: VGG16 sees content costs from 0.31 to 0.38, and 0.46 at the right end.* From finest to coarse you see little change. At the right end only block 4 is asked, and the suit stays orange: here it mattered more who is asked at all than in which proportion.
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
# - In five paintings block 1 heard colors, and blocks 3 and 4 heard strokes.
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

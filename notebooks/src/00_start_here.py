# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 - Start here: you write a painter
#
# In ten minutes you have forty lines of Keras that paint a photograph in the style of a painting. No training, no GPU: a picture takes less than a minute on two cores.

# %% tags=["hide-input"] alt=["Left a photograph of a red and green pagoda above bushes and a lake. Right Hokusai's print of a huge dark blue wave with white foam.", "The pagoda in the ink blue, cream and sand of the print; the bushes at its foot break like waves, the sky is calm."]
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras import data_path, load_image, show_images

C, S = load_image("palace", 512), load_image("great_wave", 512)
show_images([C, S], ["C: the content", "S: the style"], tile=4.4)
G = load_image(data_path("gallery/palace_great_wave.jpg"), 880)
show_images([G], ["G: nobody painted this"], tile=8.8)

# %% [markdown]
# *A photograph, a print by Hokusai, and the picture that a program made of them: the things of C, painted as S is.* Your first program makes such a picture too, rougher than this one. The notebooks after this one repair it, piece by piece, until it is the one that made it.
#
# ## One number says how much painting you get
#
# Before you write it, play with it. The program has a knob that is called β.

# %% tags=["hide-input"]
from nst_keras.lessons.start import show_betas

show_betas()

# %% [markdown]
# *The finished program at 384 pixels, with seven values of β.* No value is the right one. You choose. 75 made the picture above; in your program β has another scale.
#
# ## Setup

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from nst_keras import data_path, load_vgg, show_images
from nst_keras.lessons.diagram import draw_method
from nst_keras.lessons.exercises.nb00 import check, your_turn

# %% tags=["parameters"]
content_name = "palace"  # Tweak me: astronaut, chelsea, coffee, palace, rocket
style_name = "great_wave"  # Tweak me: cafe_terrace, church_auvers, composition_viii, ...
side, steps = 256, 80  # Tweak me: the longer side in pixels, and how often all pixels change
BETA = 1.2e-12  # Tweak me: higher, more of the style; a sixteenth for twice the side

# %% [markdown]
# ## A network that names things does the looking
#
# VGG19 learned to name what is in more than a million photographs. You never ask it for a name. You listen in: each of its **layers** turns the picture into new numbers, its **activations**, which say what is noticed, and where. Shallow layers notice edges and colors, deep ones eyes and roofs. The network never changes.

# %%
CONTENT_LAYER = "block5_conv2"
STYLE_LAYERS = [f"block{block}_conv1" for block in (1, 2, 3, 4, 5)]

vgg = load_vgg()  # elsewhere: keras.applications.VGG19(weights="imagenet", include_top=False)
network = keras.Model(vgg.inputs, {layer.name: layer.output for layer in vgg.layers[1:]})


# %%
def load(path, side):
    """A picture file as a tensor (1, H, W, 3), RGB 0..255; its longer side has `side` pixels."""
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return tf.constant(
        np.float32(ImageOps.contain(picture, (side, side), Image.Resampling.LANCZOS))[np.newaxis])


def features(image):
    """{layer: activations (1, nH, nW, nC)}: what VGG19 sees in a picture."""
    return network(keras.applications.vgg19.preprocess_input(image))


# %% [markdown]
# ## Content: the same things at the same places
#
# Take the activations of C and of G in one deep layer. Subtract each number from its partner, square, and take the mean. That is the **content cost**. With three numbers you can do it by pencil. C has 2, 1, 0.
#
# **Predict**: which is farther from it, 0, 0, 0, a picture in which the network notices nothing, or 0, 1, 2?
#
# <details><summary>Answer</summary>
# 0, 1, 2. Its squares add up to 4 + 0 + 4, so it costs 8/3 = 2.67, and nothing at all only 5/3 = 1.67. Here the wrong thing costs more than nothing at all.
# </details>
#
# **Your turn.** One line.


# %% tags=["turn", "nbval-check-output"]
def J_content(a_C, a_G):
    return None  # the mean of the squared differences; tf.reduce_mean takes a mean


J_content = your_turn(J_content)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def J_content(a_C, a_G):
#     """0: the same things at the same places."""
#     return tf.reduce_mean((a_C - a_G) ** 2)
# ```
# </details>
#
# ## Style: the same mixture, no matter where
#
# A style has no places: the waves of S may turn up anywhere. So ask which activations are strong *together*, summed over all places. That is a table, the **Gram matrix**.
#
# By pencil: one channel finds stripes, one finds blue. Two places with the activations [1 1] and [0 0] have a blue stripe; [1 0] and [0 1] have a stripe and, elsewhere, blue. Each channel finds its thing once in both. But stripes *times* blue, added up, is 1·1 + 0·0 = 1 in the first and 1·0 + 0·1 = 0 in the second. Notebook 04 takes such tables apart.


# %%
def gram(a):
    """(nC, nC): which channels are active together, no matter where."""
    A = tf.reshape(a, (-1, a.shape[-1]))  # one row for each position
    return tf.transpose(A) @ A


def J_style(gram_S, gram_G):
    """0: the same strokes and colors."""
    return tf.reduce_mean((gram_S - gram_G) ** 2)


# %% [markdown]
# ## One number to bring down
#
# How far is G from what you want? Content cost plus β times style cost: **J**.
#
# $$J(G) = J_{content}(C, G) + \beta\, J_{style}(S, G)$$
#
# The style cost adds up five layers. Its β is tiny because squares of such sums are huge numbers; notebook 04 mends that.


# %%
def objective(C, S):
    """The function J(G): how far G is from showing C in the style of S."""
    S = tf.image.resize(S, C.shape[1:3], antialias=True)  # as many positions as in C
    a_C, a_S = features(C), features(S)
    gram_S = {l: gram(a_S[l]) for l in STYLE_LAYERS}

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        style = sum(J_style(gram_S[l], gram(a_G[l])) for l in STYLE_LAYERS)
        return content + BETA * style

    return J


# %% [markdown]
# ## Painting is walking downhill
#
# Begin with G = C. The **gradient** of J says for every single number in G whether J falls if that number grows or shrinks. An optimizer, here Adam, changes all of them a little, at first by six gray levels, and looks again.


# %%
def paint(C, S, steps=80):
    """Begin with G = C, and change all pixels a little at each step so that J falls."""
    J, G, adam = objective(C, S), tf.Variable(C), keras.optimizers.Adam(6.0, epsilon=1e-16)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            cost = J(G)
        adam.apply([tape.gradient(cost, G)], [G])
        G.assign(tf.clip_by_value(G, 0, 255))

    for _ in range(steps):
        step()
    return G


# %% [markdown]
# That is all of it. Run it, and wait for less than a minute.

# %% alt=["The photograph of the pagoda, and Hokusai's wave.", "The pagoda in dark blue and sand, with the lines of waves in its sky."]
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
G = paint(C, S, steps)
show_images([C, S], ["C", "S"], tile=3.6)
show_images([G], ["G: painted by your program"], tile=6)

# %% [markdown]
# *Your first picture.* To send it to a friend: `Image.fromarray(np.uint8(G[0])).save("mine.png")`. For your own photograph put its path in place of `data_path` into the first line of the cell above, and run it again.
#
# What holds the pagoda together: the content cost, or that G began as C? Here the program has painted the pair again, from C and from noise. In the lower row β is so high that the content cost has no say.
#
# **Predict**: in which of the four will you see a pagoda?

# %% tags=["hide-input"] alt="Four pictures. On the left, from C, the pagoda in ink blue and sand twice; below, without content cost, waves sweep across its floors. On the right, from noise, a speckled tangle of strokes twice, without a pagoda."
from nst_keras.lessons.start import print_begun, show_begun

show_begun()

# %% tags=["hide-input", "nbval-check-output"]
print_begun()

# %% [markdown]
# *256 pixels, 80 steps each. β in the table is that of your program.*
#
# <details><summary>Answer</summary>
# In the two that began with C. The start put the pagoda there: even without a content cost 80 steps did not tear it down, and from noise even with one they did not build it. The content cost kept the floors, over which waves sweep in the lower row. The network judges otherwise than you: to it the lower left picture, at 6488, is farther from C than noise, at 6005.
# </details>

# %% tags=["nbval-check-output"]
J = objective(C, S)
print(f"J of G is {float(100 * J(G) / J(C)):.0f} % of the J of C")
print("numbers changed at each step:", tf.size(G).numpy())
assert BETA == 0 or J(G) < J(C)

# %% [markdown]
# Have you noticed what was *not* done? No network was trained. **The picture itself is what is learned.** Its pixels are the weights.
#
# ## What you have just written, in one drawing

# %% alt="Diagram. C, G and S go into one frozen network with five blocks. From block 5 an arrow leads up to the content cost of C and G, from each block one down to the style cost of S and G. Both lead to J. A wide red arrow, the gradient, leads from J back to the pixels of G."
draw_method(content_block=5)

# %% [markdown]
# *C, G and S go through one frozen network. Two costs make one number, and its gradient flows back to the pixels of G. In your program α is 1.*
#
# ## What your program will become

# %% tags=["hide-input"] alt="Four pictures of the pagoda. In the first two, wave shapes fill the sky around a dark pagoda; in the third it is lighter and the sky calmer; in the last it is drawn in clean ink blue under a sand-colored sky."
from nst_keras.lessons.stored import load_stored

steps_to_come = ["00", "04", "05", "09"]
strip = [load_stored(f"program_{step}").image for step in steps_to_come]
show_images(strip, [f"your program after {step}" for step in steps_to_come], columns=2, tile=3.6)

# %% [markdown]
# *One pair, 384 pixels.* The first one draws waves of S into the sky. After 04 the sky is marbled; 05 calms it, and 09 clears it.
#
# | what your program gains | notebook |
# | --- | --- |
# | you know what the network sees and notices | [01](01_images_and_vgg.ipynb), [02](02_what_convnets_learn.ipynb) |
# | the right layer for the content | [03](03_content_cost.ipynb) |
# | a style cost that you can explain, and strokes fine or coarse | [04](04_gram_matrix.ipynb), [05](05_style_and_lambda.ipynb) |
# | fewer steps, and the whole J | [06](06_gradient_descent.ipynb), [07](07_total_cost.ipynb) |
# | another style cost, and the picture at the top, at 1024 pixels | [08](08_beyond_the_gram_matrix.ipynb), [09](09_quality_and_speed.ipynb) |
# | what you wish for, and cures | [10](10_in_control.ipynb), [11](11_studio.ipynb) |
#
# ## Summary
#
# C gives the things and their places, S the strokes and colors, and G is searched for. J = content cost + β · style cost says how far G is off, in the eyes of a network that never changes. Its gradient paints.
#
# ## Exercises
#
# **Exercise 1, by eye.** Swap the two: `paint(S, C)`. What does the picture show, `"the thing in the photo"` or `"the thing in the painting"`? And whose colors has it, `"photo"` or `"painting"`?

# %% tags=["exercise", "nbval-check-output"]
# Exercise 1: replace each None
answer = (None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Content and style are roles, and any picture can play either.
#
# ```python
# answer = ("the thing in the painting", "photo")
# ```
# </details>
#
# **Exercise 2, by pencil.** Picture P has the content cost 0.9 and the style cost 0.01; picture Q has 0.3 and 0.05. Which of them has the lower J with β = 25, and which with β = 2?

# %% tags=["exercise", "nbval-check-output"]
# Exercise 2: replace each None by "P" or "Q"
answer = (None, None)
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# With β = 25: 0.9 + 0.25 = 1.15 against 0.3 + 1.25 = 1.55. With β = 2: 0.92 against 0.40.
#
# ```python
# J_of = {beta: {"P": 0.9 + beta * 0.01, "Q": 0.3 + beta * 0.05} for beta in (25, 2)}
# answer = tuple(min(J_of[beta], key=J_of[beta].get) for beta in (25, 2))
# ```
# </details>
#
# **Exercise 3, by pencil.** `block3_conv1` has 256 channels. How many numbers has its Gram matrix for a picture 256 pixels wide, and how many for one of 1024?

# %% tags=["exercise", "nbval-check-output"]
# Exercise 3: replace each None by a number
answer = (None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# One number for every pair of channels, and none for places.
#
# ```python
# answer = (256 * 256, 256 * 256)
# ```
# </details>
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015
# - Andrew Ng, lectures: [what style transfer is](https://www.youtube.com/watch?v=R39tWYYKNcI), [cost function](https://www.youtube.com/watch?v=xY-DMAJpIP4), [content cost](https://www.youtube.com/watch?v=b1I5X3UfEYI), [style cost](https://www.youtube.com/watch?v=QgkLfjfGul8)
# - Aladdin Persson: [style transfer in code](https://www.youtube.com/watch?v=imX4kSKDY7s)
#
# **The way on**: [notebook 01](01_images_and_vgg.ipynb). Three paintings, and only one painter who saw the pictures right.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 - What the network sees
#
# Three runs, the same two pictures, the same settings, and not one error message. But only one of the three networks got to see the pictures as it should. Which one?

# %% tags=["hide-input"] alt="Three paintings of one palace in tan, white and deep blue, A to C; they look like three prints of one picture."
from nst_keras.runs import start_tensorflow

start_tensorflow()
from nst_keras import show_images
from nst_keras.lessons.stored import load_stored

letters = {"A": "01_twice", "B": "01_right", "C": "01_channels"}
results = {letter: load_stored(name).image for letter, name in letters.items()}
show_images(list(results.values()), list(results), tile=3.9)

# %% [markdown]
# *The palace in the style of the Great Wave, painted three times.* Write down a letter.
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import FeatureExtractor, data_path, load_image, load_vgg, preprocess, receptive_field
from nst_keras.lessons.exercises.nb01 import check, your_turn
from nst_keras.lessons.rulers import WAYS, Ruler

# %% tags=["parameters"]
content = "astronaut"  # Tweak me: the photo; others: chelsea, coffee, palace, rocket
look_at = (0.22, 0.45)  # Tweak me: where the units look: down, right, from 0 to 1

# %% [markdown]
# ## Your pixel is not the network's pixel
#
# For us a picture is an array of shape `(1, H, W, 3)`: one picture, `H` rows, `W` columns, and in each pixel a red, a green and a blue number from 0 to 255.
#
# VGG19, the network that style transfer looks through, wants the same pixel in another form. It was trained with a library that stored blue first, on pictures from which the average color of all training pictures had been subtracted. So its zero is not black. It is a medium gray.
#
# $$x_{ijk} = \text{picture}_{i,j,2-k} - m_k \qquad m = (103.939,\ 116.779,\ 123.68) \text{ for blue, green, red}$$

# %% tags=["nbval-check-output"]
photo = load_image(content, 384)
print("a photo:", photo.shape, "smallest", photo.numpy().min(), "largest", photo.numpy().max())
for name, pixel in {"white": (255, 255, 255), "black": (0, 0, 0), "orange": (230, 120, 40)}.items():
    x = preprocess(pixel).numpy().round(2)
    print(f"{name:6}  red, green, blue {pixel!s:15}  becomes {x}")

# %% [markdown]
# **Your turn.** Write this function. The slider below gets its photo through it; as long as you have not written it, from ours.

# %% tags=["turn"]
def to_vgg(picture):
    """A picture, (1, H, W, 3), red, green, blue from 0 to 255; returns what VGG wants."""
    ...  # one line is enough

to_vgg = your_turn(to_vgg)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def to_vgg(picture):
#     return picture[..., ::-1] - np.array([103.939, 116.779, 123.68], np.float32)
# ```
#
# Turn the channels around *first*; then each mean meets its own color.
# </details>
#
# Keras has this function too, `preprocess_input`. It has a trap: **it writes into your array of floats.**

# %% tags=["nbval-check-output"]
import keras

white = np.full((1, 1, 1, 3), 255, np.float32)
keras.applications.vgg19.preprocess_input(white)  # we even throw the result away
print("white, afterwards:", white.ravel())

# %% [markdown]
# The means were subtracted in your array, whose colors still stand as red, green, blue; what is returned is the array turned around. Do that twice to one array, and the mean is gone twice. Give it a copy.
#
# ## The prettiest input is a wrong one
#
# Here is what the three networks were given, in the same order as the results above, and a fourth input that is just as easy to make. They are drawn as if they were red, green and blue, with 128 added, so that zero is gray.
#
# **Predict**: which belongs to the right network? Does that change your letter?

# %% tags=["hide-input"] alt="Four inputs of the palace: A is dark and has red and blue exchanged; B is lighter, with a yellowish sky and blue walls; C has natural colors; D is one even dark color."
ways = {"A": "mean subtracted twice", "B": "right",
        "C": "RGB instead of BGR", "D": "0..1 instead of 0..255"}
palace = load_image("palace", 384)
inputs = {letter: WAYS[way](palace) + 128 for letter, way in ways.items()}
show_images(list(inputs.values()), list(inputs), columns=2, tile=5)

# %% [markdown]
# <details><summary>Answer</summary>
#
# **B is right.** To VGG the world has red and blue exchanged.
#
# - **C** got red first: the input looks natural because it is not what VGG wants.
# - **A** lost the mean twice, as in the trap above.
# - **D** got numbers from 0 to 1. With the mean subtracted, black and white differ by 1 in place of 255.
# </details>
#
# All three results pass for right; one was. How wrong were the others, really? Ask a layer. The distance below is 0 for the activations that VGG should have, and 1 for a network that says nothing at all.

# %% tags=["nbval-check-output"]
layer = "block4_conv2"  # the layer of the content cost
vgg = load_vgg()
network = FeatureExtractor([layer], vgg)
photos = [load_image(name, 224) for name in ("astronaut", "chelsea", "coffee", "palace", "rocket")]
right = [network(p)[layer] for p in photos]
for letter in "CAD":
    wrong = [Ruler(network, ways[letter])(p)[layer] for p in photos]
    off = [np.sum((w - r) ** 2) / np.sum(r**2) for w, r in zip(wrong, right, strict=True)]
    print(f"{letter}: {ways[letter]:23} {min(off):.2f} to {max(off):.2f} over five photos")

# %% [markdown]
# **A and C are off by tenths, and painted what you saw at the top.** Photograph, painting and result all went through the same wrong eyes, so the costs still compared like with like.
#
# **D is as far off as a network that says nothing.** **Predict**: what does it paint?

# %% alt="Two paintings of the palace. Left a gray blur in which roofs can be guessed. Right roofs and bushes in the ink blue, sand and foam of the Great Wave, under a sand-colored sky."
blind = [load_stored(name).image for name in ("01_unit", "01_unit_rough")]
show_images(blind, ["D", "D, without the term that smooths"], tile=5)

# %% [markdown]
# <details><summary>Answer</summary>
#
# A blur. But not because it is blind. All its activations change by so little that another term of the cost, which smooths, has the last word; you meet it in notebook 07. Leave that term out, and even this network paints.
# </details>
#
# So a pretty picture proves nothing. Test the input: white must become 151, 138, 131.
#
# ## A unit looks at a square, and the squares grow
#
# The network passes the picture through sixteen convolutions and, after each block, a pool that halves height and width. What comes out of a layer are the **activations**: an array of `nH` x `nW` positions with `nC` channels. One of its numbers is a **unit**, and a unit sees only a square of the picture, its **receptive field**.
#
# How large is the square? One pixel sees 1 pixel. A 3 x 3 convolution adds one neighbor on each side, a 2 x 2 pool adds one neighbor and then doubles the **stride**, the pixels between two neighbors:
#
# $$\text{size} \leftarrow \text{size} + (f-1)\cdot\text{stride} \qquad \text{then} \qquad \text{stride} \leftarrow \text{stride}\cdot s$$
#
# with kernel size $f$ and step $s$: 3 and 1 for a convolution, 2 and 2 for a pool.

# %% tags=["nbval-check-output"]
size, stride = 1, 1
for block, convolutions in enumerate([2, 2, 4, 4, 4], start=1):
    for number in range(1, convolutions + 1):
        size += 2 * stride
        if number == 1:
            print(f"block{block}_conv1: {size:3} pixels, stride {stride:2}")
            assert (size, stride) == receptive_field(vgg, f"block{block}_conv1")[:2]
    size, stride = size + stride, 2 * stride  # the pool

# %% [markdown]
# **Predict**: of a photo of 384 x 384 pixels, how much does one unit of `block5_conv1` see? And one of the very first layer? Then move the slider.

# %%
from nst_keras.lessons.fields import show_fields

convolutions = [l.name for l in vgg.layers if "conv" in l.name]
show_fields(Ruler(FeatureExtractor(convolutions, vgg), to_vgg), photo, look_at)

# %% [markdown]
# *Left: all that one unit can see. Right: what one channel of the layer, the liveliest, makes of the whole photo; white is strong.*
#
# <details><summary>Answer</summary>
#
# 156 · 156 of 384 · 384 pixels: a sixth of the photo, a face with its hair. A unit of the first layer sees 3 · 3 pixels: a dot.
# </details>
#
# The maps of shallow layers still look like the photo. In `block5_conv1` there are 24 x 24 units left, each with a view of a sixth of it. And the squares are counted in *pixels*: make the same photo twice as large, and each unit sees half as wide a piece of the scene. Think of that when you choose the size of your pictures.
#
# ## The pixels say palace, the network says rocket
#
# Here is a photo of a rocket at night, repainted as a bright print. Which of our five photos is it nearest to, place by place? Ask twice: once the bare pixels, once a layer of a network. To be fair we ask VGG16, a smaller sister that took no part in the painting.
#
# $$\text{distance}(a, b) = \frac{\sum (a-b)^2}{\sum a^2 + \sum b^2} \qquad \text{0: the same}$$

# %%
from nst_keras import resize_image

judge, shape = FeatureExtractor([layer], load_vgg("vgg16")), (192, 256)
names = ("astronaut", "chelsea", "coffee", "palace", "rocket")
painted = ["palace_great_wave", "astronaut_composition_viii", "chelsea_church_auvers",
           "coffee_cafe_terrace", "rocket_great_wave", "astronaut_night_cafe"]
readers = {"pixels": preprocess, "VGG16": lambda image: judge(image)[layer]}

def small(path):
    return resize_image(load_image(path, 256), shape)

def distance(a, b):
    return np.sum((a - b) ** 2) / (np.sum(a**2) + np.sum(b**2))

# %% tags=["nbval-check-output"]
nearest = {}
for reader, read in readers.items():
    known = {name: read(small(name)) for name in names}
    for painting in painted:
        a = read(small(data_path(f"gallery/{painting}.jpg")))
        far = {name: distance(a, b) for name, b in known.items()}
        nearest[painting, reader] = min(far, key=far.get)
for painting in painted:
    print(f"{painting:27}", *(f"{reader}: {nearest[painting, reader]:10}" for reader in readers))

# %% alt="The rocket at night, its light repainting, and the palace."
by_pixels, by_network = (nearest["rocket_great_wave", reader] for reader in readers)
painting = load_image(data_path("gallery/rocket_great_wave.jpg"), 384)
pictures = [painting, load_image(by_pixels, 384), load_image(by_network, 384)]
show_images(pictures, ["the painting", "nearest by pixels", "nearest by VGG16"], tile=4.5)

# %% [markdown]
# The network finds the right photo six times out of six. The bare pixels stumble where night was turned into day: they compare colors. Take each picture's mean color away, and they find it, too. Activations say *what is where*: this is what notebook 03 makes the content cost of. That the same activations also hold the style is the surprise of notebook 04.
#
# ## Summary
#
# VGG wants blue first and the mean subtracted, and it never complains when it gets something else. Units see squares, from a dot of 3 pixels in the first layer to 156 pixels where block 5 begins. Place by place, activations of block 4 recognize a scene whose colors a painter has changed.
#
# ## Exercises
#
# **Exercise 1.** Go back: write the function that makes a picture, RGB 0..255, of the network's input. (You need it whenever a result comes out dark and blue.)

# %% tags=["exercise"]
# Exercise 1: a function of the network's input that returns the picture; it replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def answer(x):
#     return (x + np.array([103.939, 116.779, 123.68], np.float32))[..., ::-1]
# ```
# </details>
#
# **Exercise 2.** Make a network color-blind: write a function like `to_vgg` that shows VGG the same picture in gray, each pixel the mean of its red, green and blue. Use `keras.ops.mean` and `keras.ops.repeat`, which TensorFlow can differentiate. Then let the network paint: `from nst_keras.lessons.rulers import paint_in`, and `paint_in(answer, "palace", "great_wave", max_side=192).image`.

# %% tags=["exercise"]
# Exercise 2: a function of a picture; it returns VGG's input for the gray picture; it replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# import keras
#
# def answer(picture):
#     gray = keras.ops.mean(picture, axis=-1, keepdims=True)
#     return preprocess(keras.ops.repeat(gray, 3, axis=-1))
# ```
# </details>
#
# **Exercise 3, by eye.** Look at the astronaut in the slider again. In which layer does one unit see, for the first time, her whole head, hair and all?

# %% tags=["exercise"]
# Exercise 3: the name of a layer, such as "block1_conv1", replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = "block5_conv1"
# ```
# </details>
#
# ## Sources and the way on
#
# - K. Simonyan, A. Zisserman: [Very Deep Convolutional Networks for Large-Scale Image Recognition](https://arxiv.org/abs/1409.1556), 2014 (VGG16 and VGG19)
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
#
# **The way on**: [02 - What ConvNets learn](02_what_convnets_learn.ipynb) asks single units what they look for.

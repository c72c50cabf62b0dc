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

# %% tags=["hide-input"]
from nst_keras.runs import start_tensorflow

start_tensorflow()
from nst_keras.lessons.rulers import show_painted

show_painted()

# %% [markdown]
# *The palace in the style of the Great Wave, painted three times. Move the slider and see what changes.* Write down a number.
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import FeatureExtractor, load_image, load_vgg, preprocess, show_images
from nst_keras.lessons.exercises.nb01 import check, your_turn
from nst_keras.lessons.rulers import NETWORKS, WAYS, Ruler, show_blind

# %% tags=["parameters"]
content = "astronaut"  # Tweak me: the photo; others: chelsea, coffee, palace, rocket
look_at = (0.22, 0.45)  # Tweak me: where the units look: down, right, from 0 to 1

# %% [markdown]
# ## Your pixel is not the network's pixel
#
# For us a picture is an array with the shape `1, H, W, 3`: one picture, `H` rows, `W` columns, and in each pixel a red, a green and a blue number from 0 to 255.
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
# ## What were the networks given?
#
# Here are the inputs of the three networks, and a fourth that is just as easy to make. They are drawn as if they were red, green and blue, with 128 added, so that zero is gray.
#
# **Predict**: which belongs to the right network? Does that change your number?

# %% tags=["hide-input"] alt="Four inputs of the palace: 1 is dark and has red and blue exchanged; 2 is lighter, with a yellowish sky and blue walls; 3 has natural colors; 4 is one even dark color."
palace = load_image("palace", 384)
inputs = {number: WAYS[way](palace) + 128 for number, way in NETWORKS.items()}
show_images(list(inputs.values()), [f"network {n}" for n in inputs], columns=2, tile=5)

# %% [markdown]
# <details><summary>Answer</summary>
#
# **2 is right.** To VGG the world has red and blue exchanged.
#
# - **3** got red first: the input looks natural because it is not what VGG wants.
# - **1** lost the mean twice, as in the trap above.
# - **4** got numbers from 0 to 1. With the mean subtracted, black and white differ by 1 in place of 255.
# </details>
#
# How wrong were the others? Ask a layer. The distance below is 0 for the activations that VGG should have, and 1 for a network that says nothing at all.

# %% tags=["nbval-check-output"]
layer = "block4_conv2"  # a deep layer
vgg = load_vgg()
network = FeatureExtractor([layer], vgg)
names = ("astronaut", "chelsea", "coffee", "palace", "rocket")
photos = [load_image(name, 224) for name in names]
right = [network(p)[layer] for p in photos]
for n in (3, 1, 4):
    wrong = [Ruler(network, NETWORKS[n])(p)[layer] for p in photos]
    off = [np.sum((w - r) ** 2) / np.sum(r**2) for w, r in zip(wrong, right, strict=True)]
    print(f"{n}: {NETWORKS[n]:23} {min(off):.2f} to {max(off):.2f} over five photos")

# %% [markdown]
# **1 and 3 are wrong, and painted what you saw at the top.** Photograph, painting and result all went through the same wrong eyes, so the costs still compared like with like.
#
# **4 is as far off as a network that says nothing.** **Predict**: what does it paint? Then move the slider.

# %% tags=["hide-input"]
show_blind()

# %% [markdown]
# <details><summary>Answer</summary>
#
# A blur. But not because it is blind. All its activations change by so little that another term of the cost, which smooths, has the last word; you meet it in notebook 07. Leave that term out, the last position of the slider, and even this network paints.
# </details>
#
# So a pretty picture proves nothing. Test the input: white must become 151, 138, 131.
#
# ## A unit looks at a square, and the squares grow
#
# The network passes the picture through sixteen convolutions and, after each block, a pool that halves height and width. What comes out of a layer are the **activations**: an array of `nH` x `nW` positions with `nC` channels. One of its numbers is a **unit**, and a unit sees only a square of the picture, its **receptive field**.
#
# **Predict**: of a photo of 384 x 384 pixels, how much does one unit of the very first layer see? And one of `block5_conv1`?
#
# You can compute it. One pixel sees 1 pixel. A 3 x 3 convolution adds one neighbor on each side, a 2 x 2 pool adds one neighbor and then doubles the **stride**, the pixels between two neighbors:
#
# $$\text{size} \leftarrow \text{size} + (f-1)\cdot\text{stride} \qquad \text{then} \qquad \text{stride} \leftarrow \text{stride}\cdot s$$
#
# with kernel size $f$ and step $s$: 3 and 1 for a convolution, 2 and 2 for a pool.

# %% tags=["nbval-check-output"]
from nst_keras import receptive_field

size, stride = 1, 1
for block, convolutions in enumerate([2, 2, 4, 4, 4], start=1):
    for number in range(1, convolutions + 1):
        size += 2 * stride
        if number == 1:
            print(f"block{block}_conv1: {size:3} pixels, stride {stride:2}")
            assert (size, stride) == receptive_field(vgg, f"block{block}_conv1")[:2]
    size, stride = size + stride, 2 * stride  # the pool

# %% [markdown]
# <details><summary>Answer</summary>
#
# A unit of the first layer sees 3 · 3 pixels: a dot. One of `block5_conv1` sees 156 · 156 of 384 · 384: a sixth of the photo.
# </details>
#
# Move the slider, and watch the square grow.

# %%
from nst_keras.lessons.fields import show_fields

convolutions = [l.name for l in vgg.layers if "conv" in l.name]
show_fields(Ruler(FeatureExtractor(convolutions, vgg), to_vgg), photo, look_at)

# %% [markdown]
# *Left: all that one unit can see. Right: what one channel of the layer, the liveliest, makes of the whole photo; white is strong.*
#
# The maps of shallow layers still look like the photo. In `block5_conv1` there are 24 x 24 units left, each with a view of a sixth of it. And the squares are counted in *pixels*: make the same photo twice as large, and each unit sees half as wide a piece of the scene. Think of that when you choose the size of your pictures.
#
# ## Which photo is behind the painting?
#
# A rocket at night, repainted as a bright print, and the photo.

# %% alt="A rocket between towers, painted in blue and sand as if by day; and its photo, at night."
from nst_keras import data_path, resize_image

rocket = load_image(data_path("gallery/rocket_great_wave.jpg"), 384)
show_images([rocket, load_image("rocket", 384)], ["the painting", "the photo"], tile=4.5)

# %% [markdown]
# **Predict**: of our five photos, is this one nearest to the painting, pixel by pixel? And if you compare activations, place by place?
#
# $$\text{distance}(a, b) = \frac{\sum (a-b)^2}{\sum a^2 + \sum b^2} \qquad \text{0: the same}$$
#
# We ask for six paintings. To be fair we ask VGG16, a smaller sister that took no part in the painting. The **margin** is the distance to the nearest wrong photo divided by the distance to the right one: above 1 the right photo is found, at 2 the next one is twice as far.

# %%
judge = FeatureExtractor(["block1_conv2", layer], load_vgg("vgg16"))
readers = {"pixels": lambda p: p,
           "no mean": lambda p: p - np.mean(p, (1, 2), keepdims=True),  # of each color
           "block 1": lambda p: judge(p)["block1_conv2"],
           "block 4": lambda p: judge(p)[layer],
           "4, gray": lambda p: judge(np.repeat(np.mean(p, -1, keepdims=True), 3, -1))[layer]}

def small(path):
    return resize_image(load_image(path, 256), (192, 256))

def distance(a, b):
    return np.sum((a - b) ** 2) / (np.sum(a**2) + np.sum(b**2))

painted = ["palace_great_wave", "astronaut_composition_viii", "chelsea_church_auvers",
           "coffee_cafe_terrace", "rocket_great_wave", "astronaut_night_cafe"]

# %% tags=["nbval-check-output"]
margins = {painting: [] for painting in painted}
for read in readers.values():
    known = {name: read(small(name)) for name in names}
    for painting in painted:
        a = read(small(data_path(f"gallery/{painting}.jpg")))
        far = {name: distance(a, b) for name, b in known.items()}
        own = far.pop(painting.split("_")[0])
        margins[painting].append(min(far.values()) / own)
print(" " * 27, *(f"{reader:>8}" for reader in readers))
for painting in painted:
    print(f"{painting:27}", *(f"{margin:8.2f}" for margin in margins[painting]))

# %% [markdown]
# <details><summary>Answer</summary>
#
# Not by pixels: at 0.44 a wrong photo is less than half as far. Night was turned into day, and pixels compare colors. By activations it is: 1.04 in block 1, 1.73 in block 4.
# </details>
#
# Block 4 finds the right photo six times of six, each time with a larger margin than block 1. It finds it in gray, too, as the last column says: it does not need the colors. Bare pixels find all six once each color's mean is taken away, but in every row with a smaller margin than block 4. Activations say *what is where*: this is what notebook 03 makes the content cost of. That the same activations also hold the style is the surprise of notebook 04.
#
# ## Summary
#
# VGG wants blue first and the mean subtracted, and it never complains when it gets something else. Units see squares, from a dot of 3 pixels in the first layer to 156 pixels where block 5 begins. Place by place, activations of block 4 found the photo behind six paintings of six.
#
# ## Exercises
#
# **Exercise 1.** Go back: write the function that makes a picture, RGB 0..255, of the network's input. You need it to look at what a network was given.

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
# - K. Simonyan, A. Zisserman: [Very Deep Convolutional Networks for Large-Scale Image Recognition](https://arxiv.org/abs/1409.1556), 2014: VGG16 and VGG19
# - L. A. Gatys, A. S. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
#
# **The way on**: [02 - What ConvNets learn](02_what_convnets_learn.ipynb) asks single units what they look for.

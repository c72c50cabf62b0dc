# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 - Start here: a first style transfer
#
# In about a minute you turn a photograph into a painting, and see which formula did it.
#
# **What you will learn**
#
# - which three pictures are called C, S and G, and what each is for;
# - that one number, J(G), says how good G is, and that the picture is found by making J(G) small;
# - which of the notebooks 01 to 09 explains which part of that formula.
#
# **Time**: under a minute on 2 CPU cores; no GPU and no download needed.
#
# **What S0, S1, S2, S3 and S4 mean.** These notebooks work through five public sets of course notes on neural style
# transfer, written after Gatys, Ecker and Bethge's paper and Andrew Ng's lectures. "S3:61" is line 61 of the
# fourth one. Where the notes disagree with each other or with the paper, the notebooks say so and
# compute both.

# %% [markdown]
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import tensorflow as tf
from exercises.nb00 import check

from nst_keras import Objective, load_image, plot_history, resize_image, show_evolution, show_images, stylize
from nst_keras.runs import ProgressBar

# %% [markdown]
# ## Tweak me
#
# Change any value, then run the notebook again from here. These pictures have short names; instead of one, the path of a
# picture file will do.
#
# - content: `astronaut`, `chelsea`, `coffee`, `palace`, `rocket`
# - style: `cafe_terrace`, `church_auvers`, `composition_viii`, `great_wave`, `night_cafe`

# %% tags=["parameters"]
content_name = "palace"  # what to paint
style_name = "great_wave"  # how to paint it
max_side = 256  # longer side of the result in pixels; twice as much takes four times as long
steps = 30  # gradient evaluations at full size; at the smaller size before it some more
alpha = 1.0  # weight of the content cost
beta = 10.0  # weight of the style cost; higher: more style
style_cost = "gram"  # the cost of the notes; notebook 08 has another one
pooling = "avg"  # of the network: "max" or "avg"
sweep_betas = [1.0, 100.0]  # values of beta to compare at the end
sweep_side = 128  # longer side in that comparison, pixels
sweep_steps = 20  # gradient evaluations of each run in that comparison
show_progress = False  # True: a progress bar with the cost

# %% [markdown]
# ## Two pictures go in
#
# Neural style transfer takes a **content image C** and a **style image S**, and makes a **generated image G** that
# shows the content of C in the style of S (S0:9-14, S2:13, S4:5).
#
# - *Content*: which objects are there, and where.
# - *Style*: brush strokes, texture and palette, wherever they occur (S2:20).
#
# An image is an array of shape (1, H, W, 3): one image, H rows, W columns, and red, green, blue from 0 to 255.

# %% tags=["nbval-check-output"]
C = load_image(content_name, max_side)
S = load_image(style_name, max_side)
show_images([C, S], ["C: content", "S: style"], tile=2.2)
print("C", tuple(C.shape), " S", tuple(S.shape), " numbers in C:", tf.size(C).numpy())

# %% [markdown]
# *Figure: the content image on the left, the style image on the right.* C and S may differ in shape; G always
# gets the shape of C. (The photograph of the palace is by danielbuechele, CC BY 2.0; the wave is Katsushika Hokusai's,
# about 1831.)
#
# **Predict** before you go on: which colors will the sky of the result have, and will its edges stay straight?

# %% [markdown]
# ## One number says how good a picture is
#
# All of these notebooks are about one formula (S0:22, S1:6):
#
# $$J(G) = \alpha\, J_{content}(C, G) + \beta\, J_{style}(S, G)$$
#
# $J_{content}$ measures how far G is from the content of C, and $J_{style}$ how far it is from the style of S.
# Both are 0 for a perfect match. `Objective` is that formula as a function of G. Before anything is painted, ask
# it about three pictures: C itself, S itself (stretched to C's shape) and plain gray.

# %% tags=["nbval-check-output"]
settings = {"alpha": alpha, "style_cost": style_cost, "layer_weights": "equal", "pooling": pooling, "precision": "float32"}
J = Objective(C, S, beta=beta, gamma=0, **settings)
candidates = {"C": C, "S": resize_image(S, tuple(C.shape[1:3])), "gray": tf.fill(C.shape, 128.0)}
costs = {name: J.terms(image) for name, image in candidates.items()}
print("G =       J_content    J_style    J(G)")
for name, terms in costs.items():
    print(f"{name:6}{terms['J_content']:13.3g}{terms['J_style']:11.3g}{terms['J']:8.3g}")
    assert abs(alpha * terms["J_content"] + beta * terms["J_style"] - terms["J"]) < 1e-4 * terms["J"]
assert costs["C"]["J_content"] == 0
assert costs["S"]["J_style"] < costs["C"]["J_style"]

# %% [markdown]
# C has no content cost at all and S almost no style cost (a little, because it was stretched), but each is bad in
# the other way. Style transfer looks for a picture that is good in both, and none of these three is. The scale is
# easy to read: a cost of 1 means "as far off as a picture to which the network does not respond at all".
#
# The style cost is itself a sum over five layers of the network, each with a weight λ (S3:73):
#
# $$J_{style}(S, G) = \sum_l \lambda^{[l]} J_{style}^{[l]}(S, G)$$
#
# Here are its parts for G = C, all λ being 1/5. The last column gives the same five costs with the constant that
# Gatys and colleagues print, where they differ by powers of ten; notebook 04 shows why, and what that does to λ.

# %% tags=["nbval-check-output"]
gatys = Objective(C, S, J.settings, J.extractor, style_normalizer="gatys").terms(C)
print("layer          lambda   J_style[l]   lambda*J_style[l]   paper's constant")
for layer, weight in J.settings.layer_weights.items():
    cost, weighted = costs["C"][f"J_style[{layer}]"], costs["C"][f"lambda*J_style[{layer}]"]
    print(f"{layer:13}{weight:8.2f}{cost:13.3g}{weighted:20.3g}{gatys[f'J_style[{layer}]']:19.2e}")
total = sum(weight * costs["C"][f"J_style[{layer}]"] for layer, weight in J.settings.layer_weights.items())
print(f"sum of lambda*J_style[l]: {total:.3g}; J_style: {costs['C']['J_style']:.3g}")
assert abs(total - costs["C"]["J_style"]) < 1e-4 * total

# %% [markdown]
# ## One call makes the third picture
#
# `stylize` starts with G = C and changes the **pixels of G**, step by step, so that J(G) falls. The network that
# measures the costs is never changed. First it works at a smaller size, then at full size. The function `keep` is
# called at every step and puts some of the pictures aside. (`stylize` also adds a small penalty on noise, γ·J_tv; see 09.)

# %%
frames, keep_steps = [], {0, steps // 5, steps // 2, steps, 2 * steps}

def keep(step, G, costs):
    if step in keep_steps:
        frames.append((step, G))

result = stylize(
    content_name, style_name, callbacks=[keep, ProgressBar()] if show_progress else [keep],
    max_side=max_side, scales=2, steps=steps, beta=beta, **settings,
)  # fmt: skip
G, history = result.image, result.history
frames.append((history.steps[-1], G))

# %%
show_images([C, S, G], ["C: content", "S: style", "G: generated"], tile=2.8)

# %% [markdown]
# *Figure: C, S and G side by side.* With the committed settings the palace stands where it stood, roof above roof, but
# in the dark blue and cream of the print; its sky is the print's cream and peach, crossed by the lines of a wave, and the trees around it have
# turned into spray. Nobody told the program what a roof or a wave is.
#
# The same call from a shell, at a larger size: `python -m nst_keras`.

# %% tags=["nbval-check-output"]
before, after = costs["C"], J.terms(G)
print("G has the shape of C:", G.shape == C.shape)
print("all values in 0..255:", bool(tf.reduce_min(G) >= 0) and bool(tf.reduce_max(G) <= 255))
print("J(G) is below that of C, S and gray:", after["J"] < min(terms["J"] for terms in costs.values()))
print("style cost fell more than 4x:", after["J_style"] < before["J_style"] / 4)
print("content cost rose from 0, but stays below that of S:", 0 < after["J_content"] < costs["S"]["J_content"])

# %% [markdown]
# That is the bargain: G gives up some likeness to C and gets a smaller style cost for it.
#
# ## The picture emerges step by step
#
# **Predict**: do most changes happen early or late?

# %%
show_evolution(frames, tile=1.5)

# %% [markdown]
# *Figure: G from the first step to the last.* With the committed settings a few steps put ripples
# into the sky; by the third picture the palette of S has taken over, and from there on little but detail is added. The
# picture gets sharper where the work moves to full size. The notes show such a series with
# white noise at its left end (S1:38-44); here it starts with C, which S4:8 allows as well. Notebook 06 compares both.

# %%
plot_history(history, ["J", "alpha*J_content", "beta*J_style"])

# %% [markdown]
# *Figure: J and its two parts over the steps, each divided by its largest value, on a logarithmic axis.* J falls fast
# and then slowly (S1:42). The content part starts from zero, since G starts as C, and rises; the style part falls. A
# jump in the middle is the change to full size, where new fine detail has to be painted. (A picture whose shorter side
# is below 90 pixels is worked on at one size only.)

# %% [markdown]
# ## The one knob to know: β against α
#
# α and β say what matters more (S0:29-31). Only their ratio decides which picture is best, so it is enough to
# change β. **Predict**: which of the two results below is closer to C?

# %%
runs = {
    b: stylize(C, S, max_side=sweep_side, scales=1, steps=sweep_steps, beta=b, **settings)
    for b in sorted(sweep_betas)
}
show_images([run.image for run in runs.values()], [f"beta = {b:g}" for b in runs], tile=2.4)

# %% [markdown]
# *Figure: the same pictures and steps, β growing from left to right.* With the committed values, the left one is still the
# photograph with a wavy sky, while the right one has taken on the colors and strokes of the print, and loses details of C.

# %% tags=["nbval-check-output"]
ends = [run.history.final for run in runs.values()]
print("more beta, less style cost:  ", ends[-1]["J_style"] < ends[0]["J_style"])
print("more beta, more content cost:", ends[-1]["J_content"] > ends[0]["J_content"])

# %% [markdown]
# ## How the rest explains every line
#
# | part | question | notebook |
# | --- | --- | --- |
# | C, S, G | what does the network get to see of a picture? | [01](01_images_and_vgg.ipynb) |
# | a, the activations | what do its layers respond to? | [02](02_what_convnets_learn.ipynb) |
# | $J_{content}(C, G)$ | when do two pictures have the same content? | [03](03_content_cost.ipynb) |
# | $J_{style}(S, G)$, the Gram matrix | when do they have the same style? | [04](04_gram_matrix.ipynb) |
# | λ, the layer weights | what does each layer add to a style? | [05](05_style_and_lambda.ipynb) |
# | $G := G - \eta\, \partial J / \partial G$ | how are pixels optimized, and from which start? | [06](06_gradient_descent.ipynb) |
# | $J(G)$, α, β | how do the parts work together? | [07](07_total_cost.ipynb) |
# | beyond the formula | what does the Gram matrix not see, and what sees more? | [08](08_beyond_the_gram_matrix.ipynb) |
# | all of it | how do pictures get better, and runs faster? | [09](09_quality_and_speed.ipynb) |

# %% [markdown]
# ## Summary
#
# - C gives the content, S the style, and G is looked for.
# - $J(G) = \alpha J_{content}(C, G) + \beta J_{style}(S, G)$ is 0 for nobody; G makes it as small as it can.
# - What changes during a run is the pixels of G. The network only measures.

# %% [markdown]
# ## Exercises
#
# **Exercise 1.** Someone has these pairs and these wishes. Which picture of each pair, `"a"` or `"b"`, is the content image?
#
# 1. a cat in thick, swirling strokes
# 2. a rocket made of circles and straight lines
# 3. a wave made of bricks

# %%
pairs = ["chelsea", "church_auvers", "composition_viii", "rocket", "brick", "great_wave"]
names = [f"pair {pair}, {letter}" for pair in (1, 2, 3) for letter in "ab"]
show_images([load_image(name, 128) for name in pairs], names, columns=6, tile=1.0)

# %% tags=["exercise"]
# Exercise 1: replace each None by "a" or "b"
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Content is what can be named in the wish: cat, rocket, wave. In pair 3 that is the painting; the photo gives the style.
#
# ```python
# answer = ("a", "b", "b")
# ```
# </details>

# %% [markdown]
# **Exercise 2.** Which numbers does the optimizer change during `stylize`: `"weights"` (of the network), `"activations"`
# or `"pixels"`?

# %% tags=["exercise"]
# Exercise 2: your answer replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The pixels of G (S0:39, S1:29). The weights are frozen; activations follow from weights and pixels.
#
# ```python
# answer = "pixels"
# ```
# </details>

# %% [markdown]
# **Exercise 3.** A photo is 1200 pixels wide and 800 high. What is the shape of G after `stylize(photo, S, max_side=120)`?

# %% tags=["exercise"]
# Exercise 3: your answer, a tuple, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The longer side becomes 120 and the other 120 · 800 / 1200 = 80; the order is (images, rows, columns, colors).
#
# ```python
# photo = tf.zeros((1, 800, 1200, 3))
# answer = tuple(resize_image(photo, 120).shape)
# ```
# </details>

# %% [markdown]
# **Exercise 4.** The notes speak of a G of 100 x 100 x 3 (S0:36). How many numbers does the optimizer adjust then?

# %% tags=["exercise"]
# Exercise 4: your answer replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = 100 * 100 * 3
# ```
# </details>

# %% [markdown]
# ## Quiz
#
# <details><summary>1. J_content(C, C) is 0. Why is C still not the best G?</summary>
# Its style cost is high, and β times that counts as well.
# </details>
#
# <details><summary>2. "The cost measures how similar two pictures are" (S0:27). What is odd about that?</summary>
# It is 0 for equal pictures and grows as they differ: it measures dissimilarity.
# </details>
#
# <details><summary>3. Why does G always have the shape of C and not of S?</summary>
# Content is compared place by place; style is compared by statistics that forget the place.
# </details>

# %% [markdown]
# ## Sources
#
# Lines covered: S0:9-14, S0:40-42, S1:4, S1:32-44, S2:13-20, S4:5, S4:60-70, and the reference lists S0:50-57, S1:4, S4:72-76:
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015
# - Andrew Ng, lectures: [what style transfer is](https://www.youtube.com/watch?v=R39tWYYKNcI),
#   [cost function](https://www.youtube.com/watch?v=xY-DMAJpIP4), [content cost](https://www.youtube.com/watch?v=b1I5X3UfEYI),
#   [style cost](https://www.youtube.com/watch?v=QgkLfjfGul8)
# - Aladdin Persson: [style transfer in code](https://www.youtube.com/watch?v=imX4kSKDY7s)
#
# **The way on**: [notebook 01](01_images_and_vgg.ipynb) looks at the pictures the way the network does.

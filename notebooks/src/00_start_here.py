# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 - Start here: a photograph becomes a painting
#
# You make your first picture with one line of code, and see on one page how it comes about.
#
# **What you will learn**
#
# - which three pictures are called C, S and G, and what each is for;
# - how one number, J, tells how far a picture is off, and how lowering J paints the picture;
# - which knob decides between photograph and painting, and which notebook explains which part.
#
# **Time**: about half a minute on 2 CPU cores. No GPU and no download needed.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import Objective, content_cost, data_path, load_image, resize_image, show_images, stylize, total_cost
from nst_keras.lessons.diagram import draw_method
from nst_keras.lessons.exercises.nb00 import check
from nst_keras.lessons.stored import load_stored, show_film

# %% [markdown]
# ## Where you are going
#
# Nobody painted this picture. A program made it from a photograph and from a woodblock print.

# %% alt="A pagoda whose roofs are drawn in dark blue and cream lines like Hokusai's waves, under a sand-colored sky; the bushes at its foot have become foaming waves."
G_large, record = load_stored("00_palace_great_wave")
show_images([G_large], tile=6.6)

# %% [markdown]
# *Figure: the result, loaded from a file.* It was made beforehand, in about 40 s on 2 cores without a GPU, by
# `benchmarks/make_runs.py`, with the default settings. One command in a shell makes it again: `python -m nst_keras`
# (fine details differ a little from one processor to another).
#
# ## Three pictures: C, S and G
#
# **Neural style transfer** takes two pictures and makes a third one.
#
# - The **content image C** says *what* is to be seen: which things, and where.
# - The **style image S** says *how* it is painted: brush strokes, texture and colors, no matter where.
# - The **generated image G** is what you get: the content of C in the style of S.
#
# These are the two that went in. **Predict** from them, before you look at the result again: where do the waves in G come
# from? The photograph has none.

# %% tags=["nbval-check-output"] alt="On the left a photograph of a red and green pagoda above bushes and a lake, under a pale blue sky. On the right Hokusai's print of a huge dark blue wave with white foam."
C_large, S_large = (load_image(name, 512) for name in ("palace", "great_wave"))
show_images([C_large, S_large], ["C: content image", "S: style image"], tile=4)
for name, image in {"C": C_large, "S": S_large, "G": G_large}.items():
    print(f"{name}: {image.shape[1]} rows x {image.shape[2]} columns x {image.shape[3]} colors")
assert G_large.shape == C_large.shape

# %% [markdown]
# *Figure: C and S of the large result at the top (512 pixels wide; yours will have 384). The photograph is by danielbuechele (CC BY 2.0), the print by Katsushika Hokusai,
# about 1831.* Compare the three. Roof stands above roof where it stood, so that is from C. The dark blue, the cream and the sandy
# sky are from S. And the bushes of C have become waves, perhaps because their uneven leaves resemble foam more than anything else in C. Nobody told the program which part of C is a roof or which part of S is a wave.
#
# For the program, a picture is a block of numbers: rows times columns times three, for red, green and blue, each from 0 to 255. C is first
# resized so that its longer side is `max_side` pixels, a number that you choose below, and G gets the size of this C. (In the code an image has one more axis in front, (1, rows, columns, 3), because networks take several images at once.)
#
# ## The whole method on one page

# %% alt="Diagram. C, G and S go into one frozen network with five blocks. From block 4 an arrow leads up to the content cost of C and G, from each block one down to the style cost of S and G. Both lead to J, alpha times content cost plus beta times style cost. A wide red arrow, the gradient, leads from J back through the network to the pixels of G."
draw_method()

# %% [markdown]
# *Figure: how G is made. Read it from left to right; the small colored squares are symbols. It shows the style cost of Gatys and colleagues, with one Gram matrix (a table of what is noticed together, notebook 04) for each of five layers; the pictures on this page are made with a later one (notebook 08).*
#
# 1. All three pictures go through one **network**, VGG19. It was trained long ago to recognize things in photographs, and it never changes here
#    (it is *frozen*). It works in **layers**, grouped into five blocks: each layer turns the numbers of the one before into new ones, its **activations**. A *deep* layer is one far from the
#    picture. Nobody asks for the network's verdict; what counts is what it notices on the way.
# 2. The blue **content cost** asks whether the network notices the same things in C and in G, at the same places.
# 3. The orange **style cost** asks whether it notices the same mixture of strokes and colors in S and in G, wherever they are.
# 4. Both together are one number, **J**: how far G is from having the content of C and the style of S.
# 5. The red **gradient** says for each number of G whether J falls if that number grows or shrinks, and how fast. An *optimizer* turns that into a small change of all of them (notebook 06), and the next round begins.
#
# So no network is trained. *The picture itself is what is learned.*
#
# ## Now you: one call
#
# Here are the knobs. Change any of them and run the notebook from here. Content may be `astronaut`, `chelsea`, `coffee`, `palace` or `rocket`,
# style `cafe_terrace`, `church_auvers`, `composition_viii`, `great_wave` or `night_cafe`, or give the path of a picture of your own.
# The text describes the results with the values below; with others yours will differ.
#
# ### Tweak me

# %% tags=["parameters"]
content_name = "palace"  # what to paint
style_name = "great_wave"  # how to paint it
max_side = 384  # longer side of G in pixels; twice as much takes four to five times as long
steps = 10  # rounds at full size; there are more at the smaller sizes before it
alpha = 1.0  # weight of the content cost: more of C
beta = 25.0  # weight of the style cost: more of S

# %%
run = stylize(content_name, style_name, max_side=max_side, steps=steps, alpha=alpha, beta=beta)

# %% alt="Three pictures side by side: the pagoda, Hokusai's wave, and the pagoda in blue, cream and sand, with waves at its foot."
C, S, G = run.C, run.S[0], run.image  # run.S is a list: there may be several style images
show_images([C, S, G], ["C: content image", "S: style image", "G: made just now"], tile=3.9)

# %% [markdown]
# *Figure: your own first result, smaller than the one above.* The same roofs, waves and colors, from fewer pixels
# and a third as many rounds, and so less finely drawn. If you look closely you see a fine mesh in the bushes, in both results. Notebook 09 is about such blemishes.
#
# `stylize` begins small and enlarges G several times, because what is large can be decided cheaply on a small picture:

# %% tags=["nbval-check-output"]
for (height, width), rounds in zip(run.sizes, run.steps, strict=True):
    print(f"{rounds:3} rounds at {height} x {width}")
print("numbers in G that were changed in each of the last rounds:", tf.size(G).numpy())
assert G.shape == C.shape
assert 0 <= tf.reduce_min(G) <= tf.reduce_max(G) <= 255

# %% [markdown]
# ## Watch it emerge
#
# **Predict**: G starts as a copy of C. What changes first, the colors or the strokes? And do most changes happen early or late?

# %%
show_film("00_palace_great_wave", alt="Film: the photograph of the pagoda gets ripples in its sky, then dark blue roofs and a sandy sky, blurred at first; step by step it becomes sharp, and waves with foam form at its foot.")

# %% [markdown]
# *Film: the large result while it was made (loaded; its frames are closer together at the beginning).* Strokes first: faint ripples in the sky. Then, within a few frames, the
# blue sky turns to sand and the red palace to dark blue and cream. All of that happens while the picture is tiny, which is why it looks blurred here. Each time it is enlarged,
# new detail is painted.
#
# And this is what J did meanwhile:

# %% tags=["nbval-check-output"] alt="A falling curve on a logarithmic axis: J drops from 9 to about 1.6 within the first 30 rounds and then slowly to 0.8; at four places, where the picture is enlarged, it jumps up and falls again at once."
J_of_round = np.array(record["J"])
enlarged = np.flatnonzero(J_of_round[1:] > 1.3 * J_of_round[:-1]) + 1  # J jumps up where G is enlarged
plt.figure(figsize=(9, 3.6), layout="constrained")
plt.semilogy(J_of_round, color="tab:red", linewidth=2, label="J")
for number, at in enumerate(enlarged):
    plt.axvline(at - 0.5, color="gray", linestyle=":", label=None if number else "G is enlarged")
plt.yticks([1, 2, 5, 10], [1, 2, 5, 10])
plt.minorticks_off()
plt.xlabel("measurement")
plt.ylabel("J: how far G is off")
plt.legend()
plt.show()
for at in (0, 5, 11, 80, len(J_of_round) - 1):
    print(f"measurement {at:3}: J = {J_of_round[at]:.2f}")

# %% [markdown]
# *Figure: J each time that G was measured, on a logarithmic axis.* It halves within 5 rounds and again within 6 more; then it creeps, until G is enlarged. Where G is enlarged J jumps up: an enlarged
# picture is blurred, its fine strokes have yet to be painted, and it is measured against C and S of the new size. So compare J only between two dotted lines. (They are drawn where J jumps by more than 30 %: four times, for five sizes. At each size the result is measured once more, so 225 rounds make 230 points. This J contains the small third term, with γ, that is named below: of 0.83, about 0.07.)
#
# ## What is measured
#
# Both costs compare what the network notices. As the drawing says, the content cost takes the places into account and the style cost does not.
#
# **Content cost.** For C and for G take all the numbers that one deep layer of the network gives, subtract each from its partner, square the differences and add
# them up. Each number says how strongly one thing is noticed at one place. Divide by the sum of the squares for C alone. By pencil, with only three numbers (three things, one place), 2, 1, 0 for C:
#
# - G gives 2, 1, 0 as well: the cost is 0 / 5 = 0.
# - G gives 0, 0, 0 (the network notices nothing in it): the cost is (4 + 1 + 0) / 5 = 1.
#
# **Predict**: G gives 0, 1, 2. Can the cost be higher than for saying nothing at all?

# %% tags=["nbval-check-output"]
of_C = np.array([2.0, 1.0, 0.0])
for name, of_G in {"the same": [2, 1, 0], "nothing": [0, 0, 0], "something else": [0, 1, 2]}.items():
    by_pencil = np.sum((of_C - of_G) ** 2) / np.sum(of_C**2)
    print(f"{name:15} content cost {by_pencil:.1f}")
    by_package = content_cost(of_C.reshape(1, 1, 3), np.reshape(of_G, (1, 1, 3)), "relative")
    assert np.isclose(by_package, by_pencil)

# %% [markdown]
# Yes: something else can be worse than nothing. So 0 means "the same", 1 "as far off as nothing at all", and a picture of other things may exceed 1.
#
# **Style cost.** Again 0 means "the same" and 1 "as far off as nothing at all", but it first forgets the places: it compares how strongly each thing is noticed over the whole picture, and which things are noticed together.
# (Here it is the package's default, which notebook 08 explains; the simpler one of Gatys and colleagues, the Gram matrices in the drawing, is built in notebook 04.)
#
# **J** is their weighted sum:
#
# $$J(G) = \alpha\, J_{content}(C, G) + \beta\, J_{style}(S, G)$$
#
# Why not be content with C, or hand in S, resized to the size of C? Let J judge both. **Predict** which of the four costs are 0.

# %% tags=["nbval-check-output"]
J = Objective(C, S, alpha=alpha, beta=beta, gamma=0, precision="float32")  # gamma: see below
resized = resize_image(S, tuple(C.shape[1:3]))
costs = {name: J.terms(image) for name, image in {"C": C, "S": resized, "G": G}.items()}

def row(name, digits):
    content, style = costs[name]["J_content"], costs[name]["J_style"]
    J_by_hand = alpha * content + beta * style
    assert np.isclose(J_by_hand, costs[name]["J"], rtol=1e-4)
    assert np.isclose(J_by_hand, total_cost(content, style, alpha, beta), rtol=1e-4)
    return f"{name:4}{content:14.{digits}f}{style:12.{digits + 2}f}{J_by_hand:8.{digits}f}"

print("     content cost  style cost       J")
print(row("C", 2), row("S", 2), sep="\n")
assert costs["C"]["J_content"] == 0
assert costs["S"]["J_style"] < costs["C"]["J_style"]

# %% [markdown]
# C has no content cost, and S almost no style cost (a little, because it was resized, which probably smooths it slightly). Style costs are small numbers: the photograph itself has only 0.27. That is why β is 25 and not 1. Each of them is bad at the other thing; S shows other things at other
# places than C, and its content cost is above 1. Add up one row yourself: for S, 1 · 1.71 + 25 · 0.0018 is 1.76 (the printed digits are rounded).
#
# S gets the lower J of the two. That is β's doing: with β = 1 in place of 25, C would have 0.27 and S 1.71. And what does G get?

# %%
print("     content cost  style cost       J")
print(row("G", 2))
assert beta == 0 or costs["G"]["J"] < costs["C"]["J"]

# %% [markdown]
# Less than both, with these knobs: that is the bargain. G gives up some likeness to C and gets rid of nearly all of the style cost that C has. No picture here reaches J = 0: it would have to match C in content and S in style exactly. (During a run `stylize` adds a third, small term, γ times the variation from pixel to pixel, which makes G less grainy.
# Notebook 09 looks at it. It is left out of the tables of this section.)
#
# ## One knob: β against α
#
# α and β say what matters more. If we leave the small γ term aside, only their ratio decides which picture is best (notebook 07 proves it), so leave α at 1 and turn β.
# Here are three runs of the large picture, with the same number of rounds and all else alike. **Predict**: what becomes of the palace if β is ten times as high?

# %% tags=["nbval-check-output"] alt="Three versions of the pagoda. With beta 1 it is still the photograph, in sandy light with a grain, red and green roofs visible. With beta 25 it is drawn in the blue, cream and sand of the print. With beta 250 a breaking wave stands in its place and keeps only its outline."
names = {1: "00_beta_1", 25: "00_palace_great_wave", 250: "00_beta_250"}
stored = {value: load_stored(name) for value, name in names.items()}
ends = {value: of.record["costs_at_end"] for value, of in stored.items()}
titles = [f"β = {value}\ncontent cost {of['J_content']:.2f}, style cost {of['J_style']:.3f}" for value, of in ends.items()]
show_images([of.image for of in stored.values()], titles, tile=3.8)
for value, of in ends.items():
    print(f"beta {value:3}: content cost {of['J_content']:.2f}, style cost {of['J_style']:.3f}")
content, style = ([of[name] for of in ends.values()] for name in ("J_content", "J_style"))
assert content == sorted(content)
assert style == sorted(style, reverse=True)

# %% [markdown]
# *Figure: three values of β, loaded.* On the left you still see the photograph: the palace has its windows and much of its red and green, but the light has
# become sandy, the sky grainy, and the roofs striped in blue and yellow. In the middle it is drawn in the colors of the print. On the right a wave breaks where the palace stood; of the palace little more than the shape of its top roof is left. Its content cost is even above that of "nothing at all". The numbers say the same: from left to right the
# content cost rises and the style cost falls. Which one is best? That is for you to say; J cannot.
#
# Look at the upper left corner, too. At β = 1 there is nothing; at 25 you see a small box, and at 250 it is clear: it holds the title in S. And not only the box: the slope behind it is near its place in S, at 25 already; at 250 traces of two boats are near theirs, and at the right edge a slope rises as in S. That a style has no places is only roughly true of pictures; notebook 04 tests how far. A title is neither a stroke nor a color: the style cost does not know what
# *style* is. It knows only what the network notices.
#
# ## The same with other pictures
#
# The method is not tied to this pair. Three more results, from the gallery of the README, all with the default settings except `max_side=1024` (here reduced):

# %% alt="A cat's face in thick green, blue and yellow strokes; a coffee cup in yellow and violet strokes; a rocket on its pad between dark blue waves."
gallery = ["chelsea_church_auvers", "coffee_cafe_terrace", "rocket_great_wave"]
names = ["chelsea + church_auvers", "coffee + cafe_terrace", "rocket + great_wave"]
show_images([load_image(data_path(f"gallery/{name}.jpg"), 400) for name in gallery], names, tile=3.8)

# %% [markdown]
# *Figure: three more results, each named by its C and its S.* Here, too, more than strokes came along: at the lower right of the cat there is a piece of roof and wall. Put the names
# into "Tweak me" to make such pictures yourself (with `max_side = 1024` and `steps = 20` some minutes, for the same sharpness).
#
# ## The map
#
# Each part of the drawing has its notebook:
#
# | part | question | notebook |
# | --- | --- | --- |
# | C, S, G | what does the network get to see of a picture? | [01](01_images_and_vgg.ipynb) |
# | the blocks | what do its layers notice? | [02](02_what_convnets_learn.ipynb) |
# | content cost | when do two pictures have the same content? | [03](03_content_cost.ipynb) |
# | style cost | when do they have the same style? | [04](04_gram_matrix.ipynb) |
# | its five layers | what does each of them add to a style? | [05](05_style_and_lambda.ipynb) |
# | gradient | how are pixels changed, how far, and from which start? | [06](06_gradient_descent.ipynb) |
# | J, α, β | how do the parts work together? | [07](07_total_cost.ipynb) |
# | a better style cost | what does the Gram matrix not see? | [08](08_beyond_the_gram_matrix.ipynb) |
# | all of it | how do pictures get better, and runs faster? | [09](09_quality_and_speed.ipynb) |
# | your wishes | how do you steer color, place and size of stroke? | [10](10_in_control.ipynb) |
# | your pictures | a studio, and what to do when something goes wrong | [11](11_studio.ipynb) |
#
# ## Summary
#
# - C gives the content, S the style, and G is the picture that we search for.
# - J(G) = α · content cost + β · style cost: one number for how far G is off. For the same C, S, size, α and β lower is better; as a rule no picture reaches 0, since it would have to match both.
# - What changes during a run is the pixels of G. The network only looks.
#
# ## Exercises
#
# **Exercise 1.** Somebody has three wishes, and for each of them a pair of pictures. Which picture of each pair, `"a"` or `"b"`, is the content image?
#
# 1. a cat in thick, swirling strokes
# 2. a rocket made of circles and straight lines
# 3. a wave made of bricks

# %% alt="Three pairs. Pair 1: a, a photograph of a cat; b, a painting of a church. Pair 2: a, a painting with circles and lines; b, a photograph of a rocket. Pair 3: a, a photograph of bricks; b, the print of a wave."
pairs = ["chelsea", "composition_viii", "brick", "church_auvers", "rocket", "great_wave"]
names = [f"pair {pair}, {letter}" for letter in "ab" for pair in (1, 2, 3)]
squares = [tf.image.resize_with_crop_or_pad(image, min(image.shape[1:3]), min(image.shape[1:3]))
           for image in map(load_image, pairs)]
show_images([resize_image(square, 240) for square in squares], names, columns=3, tile=2.4)

# %% tags=["exercise"]
# Exercise 1: replace each None by "a" or "b"
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Content is what can be named in the wish: cat, rocket, wave. In pair 3 that is the print, and the photograph gives the style.
#
# ```python
# answer = ("a", "b", "b")
# ```
# </details>
#
# **Exercise 2.** Which numbers change from round to round because `stylize` changes them: the `"weights"` of the network, its `"activations"` (the numbers that its layers give)
# or the `"pixels"`?

# %% tags=["exercise"]
# Exercise 2: your answer replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The pixels of G. The weights are frozen, and the activations follow from weights and pixels.
#
# ```python
# answer = "pixels"
# ```
# </details>
#
# **Exercise 3.** A photograph is 1200 pixels wide and 800 high. What is the shape of G after `stylize(photo, S, max_side=120)`? (An image is an array of shape (images, rows, columns, colors).)

# %% tags=["exercise"]
# Exercise 3: your answer, a tuple, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The longer side becomes 120 and the other one 120 · 800 / 1200 = 80. Rows come first.
#
# ```python
# photo = tf.zeros((1, 800, 1200, 3))
# answer = tuple(resize_image(photo, 120).shape)
# ```
# </details>
#
# **Exercise 4.** G is 100 pixels high and 100 wide. How many numbers are changed in each round?

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
#
# **Exercise 5.** Picture P has the content cost 0.9 and the style cost 0.01, picture Q has 0.3 and 0.05. Let α be 1. Which of them has the lower J with β = 25, and which with β = 2?

# %% tags=["exercise"]
# Exercise 5: replace each None by "P" or "Q"
answer = (None, None)
check(5, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# With β = 25: 0.9 + 0.25 = 1.15 against 0.3 + 1.25 = 1.55. With β = 2: 0.92 against 0.40.
#
# ```python
# J = {beta: {"P": total_cost(0.9, 0.01, 1, beta), "Q": total_cost(0.3, 0.05, 1, beta)} for beta in (25, 2)}
# answer = tuple(min(J[beta], key=J[beta].get) for beta in (25, 2))
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. The content cost of C is 0. Why is C still not the best G?</summary>
# Its style cost is high, and β times that counts as well.
# </details>
#
# <details><summary>2. "The cost measures how similar two pictures are." What is odd about that?</summary>
# It is 0 for equal pictures and grows as they differ. It measures how <i>dis</i>similar they are.
# </details>
#
# <details><summary>3. Why does G have the size of C and not of S?</summary>
# Content is compared place by place, so the places must correspond. The style cost forgets the places, so S may have any size.
# </details>
#
# <details><summary>4. Can a content cost be 1.7? What does it mean?</summary>
# Yes. G is farther from C than a picture in which the network notices nothing, for instance because it shows other things, or the same ones at other places.
# </details>
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | C and S are combined into a third picture G, which has the content of C and the style of S | S0:9-14 | true | content cost of G about 0.55 where S has 1.71, style cost about 0.02 where C has 0.27: [What is measured](#What-is-measured) |
# | neural style transfer blends a content image and a style image, so that the one takes on the visual style of the other | S2:13 | true | C, S and G side by side: [Now you: one call](#Now-you:-one-call) |
# | style is brush strokes, texture and palette; content is which objects are there, and where | S2:20 | half true | a good description of the roles, but not of what the costs measure: the box with the title of S, an object, comes along as "style": [One knob: β against α](#One-knob:-β-against-α) |
# | style transfer does not change the content | S4:5 | wrong | it does: the content cost rises from 0 to 0.07, 0.46 or 1.23, depending on β: [One knob: β against α](#One-knob:-β-against-α) |
# | the costs measure how similar two pictures are | S0:27-28, S1:17-18 | wrong | they measure dissimilarity: 0 for equal, 1.6 for something else: [What is measured](#What-is-measured) |
# | during gradient descent J falls slowly and the picture looks more and more like C in the style of S | S1:42-44 | half true | the picture does; J falls fast at first, from 9.06 to below half of it in 5 rounds: [Watch it emerge](#Watch-it-emerge) |
# | examples of C, S and G, and of a picture that emerges from white noise | S0:40-42, S1:32-38, S4:60-70 | true | examples of our own: [Where you are going](#Where-you-are-going); here G starts as C, and notebook 06 compares starts |
# | the paper of Gatys, Ecker and Bethge and the lectures of Ng and Persson are the sources | S0:50-57, S1:4, S4:72-76 | true | all are named in [Sources](#Sources) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. A. Gatys, A. S. Ecker, M. Bethge: [A Neural Algorithm of Artistic Style](https://arxiv.org/abs/1508.06576), 2015
# - Andrew Ng, lectures: [what style transfer is](https://www.youtube.com/watch?v=R39tWYYKNcI),
#   [cost function](https://www.youtube.com/watch?v=xY-DMAJpIP4), [content cost](https://www.youtube.com/watch?v=b1I5X3UfEYI),
#   [style cost](https://www.youtube.com/watch?v=QgkLfjfGul8)
# - Aladdin Persson: [style transfer in code](https://www.youtube.com/watch?v=imX4kSKDY7s)
#
# **The way on**: [notebook 01](01_images_and_vgg.ipynb) looks at pictures the way the network does.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 - The whole J(G): what you ask for, and what you get
#
# You complete your program, buy style with content, and meet two very different pictures with the same J.

# %% tags=["hide-input"] alt="Two pictures. Left the face of a cat, its fur drawn in dark blue and cream foam. Right Hokusai's great wave, with the two eyes of a cat looking out of the water, and Mount Fuji where its nose would be."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons.balance import show_two_ends

show_two_ends()

# %% [markdown]
# *The same cat, the same print, the same program, the same weights. The left run began with the cat, the right one with the print, and both went downhill for 300 steps. J, the number that they were to bring down, ends at 2.24 and at 2.23.* So what does J decide about a picture, and what is left to you?
#
# ## Setup

# %% tags=["setup"]
import numpy as np
import tensorflow as tf

from nst_keras import data_path, show_images
from nst_keras.lessons import balance
from nst_keras.lessons.exercises.nb07 import check, your_turn

# %% tags=["parameters"]
content_name, style_name = "chelsea", "great_wave"  # C and S
side, steps = 160, 80  # of what your program paints: its longer side in pixels, and its steps
beta = 80.0  # more of the style

# %% tags=["program"]
# 06_gradient_descent

# %% [markdown]
# ## Three wishes, one number
#
# Your program has two wishes. G should show what C shows, and it should be painted the way S is. Both are costs, so 0 is perfect. A third wish is missing: neighboring pixels should not differ without need. Going downhill takes a single number, so add all three up, each with a weight that says how much you care:
#
# $$J(G) = \alpha\,J_{content}(C,G) + \beta\,J_{style}(S,G) + \gamma\,J_{tv}(G)$$
#
# C and S are given, G is searched for, and α, β and γ are yours to choose.
#
# Do you need all three weights? With a content cost of 0.2, a style cost of 0.8, α = 10, β = 40 and γ = 0, J is 2 + 32. Halve both weights, and it is 1 + 16: half the price for the same bargain, so the same picture costs least. Only the ratios matter: leave α at 1 and turn the others. What a factor does on the way down is in [the lab](labs/07_weights.ipynb#Eight-times-J).
#
# ## A third wish, against specks
#
# Look closely at what your program paints so far, without the third wish:

# %% alt="An eye of the cat and its brow, so large that you see single pixels. Blue, red and yellow ones are strewn along the dark lines and over the nose."
BETA = beta
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
found = {"γ = 0": paint(C, S, steps)}
show_images([found["γ = 0"][:, 15:68, 20:100]], tile=5.6)

# %% [markdown]
# *A piece of it.* Blue, red and yellow pixels lie along the lines; nobody asked for them. So the third cost is called **total variation**: the squares of the differences between neighbors, added up. But a stroke is a difference, too. Split each pixel into its brightness, a weighted mean of red, green and blue, and two numbers for its color, blue minus brightness and red minus brightness, each scaled. A gray pixel has 0 in both.

# %%
SPLIT = np.float32([  # brightness, blue, red of a pixel:
    [0.299, -0.168736, 0.5],  # what its red adds to each
    [0.587, -0.331264, -0.418688],  # its green
    [0.114, 0.5, -0.081312],  # its blue
])
for name, pixel in {"gray": (99, 99, 99), "blue": (40, 70, 140), "orange": (224, 138, 44)}.items():
    print(f"{name:7} brightness, blue, red: {(pixel @ SPLIT).round().astype(int)}")
balance.print_differences({"C": C, "S": S, **found}, SPLIT)

# %% [markdown]
# In C and in S color makes 6 % of the differences, in your picture 14 %. So let a difference in color cost more: √12, squared, makes it twelve times as much. The twelve is a choice, as γ is; below it competes with 1.
#
# **Your turn.** Differences to the pixel below and to the pixel on the right; their squares, added up; divided by the number of pixels.

# %% tags=["turn"]
COLOR = SPLIT * np.sqrt(np.float32([1, 12, 12]))

def J_tv(G):
    G = tf.tensordot(G, COLOR, 1)  # (1, H, W, 3)
    return None  # your lines

yours = J_tv = your_turn(J_tv)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def J_tv(G):
#     G = tf.tensordot(G, COLOR, 1)
#     down, right = G[:, 1:] - G[:, :-1], G[:, :, 1:] - G[:, :, :-1]
#     return (tf.reduce_sum(down**2) + tf.reduce_sum(right**2)) / (tf.size(G, tf.float32) / 3)
# ```
# </details>
#
# Now `objective` hands back all three terms. Their sum is J.

# %%
def objective(C, S):
    """The function of G that gives the three terms of J(G) = α·J_content + β·J_style + γ·J_tv."""
    a_C, a_S = features(C), features(S)
    of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}
    weights = {l: weight / sum(LAMBDAS[LAMBDA]) for l, weight in zip(STYLE_LAYERS, LAMBDAS[LAMBDA])}

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        styles = sum(weights[l] * J_style(of_S[l], style(a_G[l])) for l in STYLE_LAYERS)
        return tf.stack([ALPHA * content, BETA * styles, GAMMA * J_tv(G)])

    return J

# %% [markdown]
# ## Five pictures that cost no work
#
# Before you search for the best G, measure five pictures that you have without a search: C, S, a double exposure of both, a gray card, and noise. **Predict**: which of them has the lowest J?

# %% tags=["nbval-check-output"] alt="Four pictures: a cat, the Great Wave, both over each other so that the wave's crest passes through the cat's eye, and a gray rectangle."
ALPHA, BETA, GAMMA = 1.0, beta, 5e-5
C = load(data_path(f"content/{content_name}.jpg"), 384)
S = load(data_path(f"style/{style_name}.jpg"), 384)
J, stretched = objective(C, S), balance.at_size_of(S, C)
five = {"C": C, "S": stretched, "double exposure": (C + stretched) / 2, "gray": 0 * C + 128}
five["noise"] = tf.random.stateless_uniform(C.shape, (0, 0), 0, 255)
balance.print_terms({name: J(G).numpy() for name, G in five.items()})
show_images(list(five.values())[:4], list(five)[:4], columns=2, tile=3.94)

# %% [markdown]
# *Four of the five, and what each costs.*
#
# <details><summary>Answer</summary>
# S, a picture without a cat. Keep that in mind.
# </details>
#
# C has its content for free and pays for style; S pays for content. The double exposure shows you both, at half contrast. Yet seven tenths of C's style cost are left, and its content costs more than that of a gray card. None of the five is a painted cat: G has to be searched for.
#
# ## Your program is complete
#
# One change is left: `minimize` should hand back the terms of every picture it looked at, so that you see how J fell. `look` gives the three terms in place of their sum, and a list keeps them.
#
# That makes it whole: the method of Gatys and his colleagues, with costs as shares, a third term, and an optimizer in bounds. Here it is, with all that you have written since notebook 00:

# %% tags=["program"]
# 07_total_cost

# %% alt="Twice the eye of the cat, painted in ink blue and cream. With color once there are still specks of blue and yellow along the lines; with color 12 times nearly none."
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
BETA, GAMMA = beta, 5e-5
for name, weight in {"color once": 1, "color 12 times": 12}.items():
    COLOR = SPLIT * np.sqrt(np.float32([1, weight, weight]))
    found[name], curve = paint(C, S, steps)
J = objective(C, S)
show_images([G[:, 15:68, 20:100] for G in list(found.values())[1:]], list(found)[1:], tile=3.94)
balance.print_differences(found, SPLIT)
balance.print_terms({name: J(G).numpy() for name, G in found.items()})

# %% [markdown]
# *The same piece with γ = 5e-5.* Both weights lower the differences in brightness by about a fifth. Color counted once leaves two thirds of the differences in color; counted twelve times, a seventh. J_content and J_style stay within a fifth of what they were.

# %% alt="Curves over 80 steps, on a logarithmic axis. J and β·J_style fall together from about 50, like a staircase, to about 1; α·J_content rises from 0 and ends above β·J_style; γ·J_tv ends lowest. A thin gray line shows three mountains, up to five thousand."
balance.show_curve(curve)

# %% [markdown]
# *How J fell: the terms of the best picture so far. The thin line is the J of every picture that was looked at; each mountain is a step that was too long, cut in half until J fell.* At step 1 α·J_content is 0, for the run begins with C: whoever wants style has to leave C. The first half of the run brought nine tenths of the fall of J, and more.
#
# ## Two pulls on every pixel
#
# Each term pulls at each pixel: minus its gradient says in which direction. Where two pulls have the same direction, their cosine is 1, and where they are opposite, it is -1. **Predict**: as the picture gets better, do the pulls of content and style agree more, or less?

# %% tags=["nbval-check-output"] alt="Above the cat after 2, 30 and 300 steps: a photograph, then darker and bluer, then in ink blue and cream. Below three maps. The first is a mixture of orange and white blocks with a few lilac ones, the second dark brown with some light spots, the third dark brown everywhere."
BETA = 80.0  # as in the stored runs
C = load(data_path(f"content/{balance.PAIR[0]}.jpg"), 384)
S = load(data_path(f"style/{balance.PAIR[1]}.jpg"), 384)
J = objective(C, S)
balance.show_pulls(J, balance.stages(minimize(J, C, 2)[0]))

# %% [markdown]
# *Above: the picture after 2, 30 and 300 steps with β = 80. Below: in each block of 8 x 8 pixels the cosine of the two pulls.*
#
# <details><summary>Answer</summary>
# Less: the cosine of all pixels goes from -0.41 to -0.94 to -0.99.
# </details>
#
# At C the content cost is 0 and pulls nowhere. The first step went where style wanted, and content already pulled back; in a few blocks they still agreed. At a lowest point of J the three pulls on a pixel that is free to move cancel. So what style still wants there, content and smoothness refuse.
#
# ## β buys style with content
#
# So style is paid for in content, and β/α is the exchange rate. Here are four, each five times the one before. Each point of the curves is a run: J_content says how much of C it has lost, J_style how much of S it is still missing. Drag β, and compare 30 steps with 300. **Predict**: at which β is the cat gone?

# %%
balance.drag_beta()

# %% [markdown]
# <details><summary>Answer</summary>
# At none of these.
# </details>
#
# Which of them is best is for you to say. J cannot, for each has a J of its own.
#
# ## Is there a floor under the style?

# %% tags=["nbval-check-output"]
balance.print_ends()

# %% [markdown]
# *Eight runs; the last line says how much J still fell over the last 100 of 300 steps.* Look at the orange curve alone. From 80 to 400 it flattens, as if there were a floor under the style, and at 2000 it turns back up: five times the β, and *less* of the style. The picture says the same. The blue curve goes on falling. After 300 steps each fivefold β cuts J_style to a third or less. **The floor was the number of steps.** And with β = 2000 J still falls after 200 of them. So a curve from short runs tells you about the optimizer as much as about β.
#
# ## The start is a wish that stands in no formula
#
# Back to the first figure, with β = 2000. Its left run began with C, the right one with S, stretched to the size of C: `minimize(objective(C, S), stretched, 300)`.

# %% tags=["nbval-check-output"] alt="Two falling curves of J over 300 steps, from 6 down to 2. The one begun with C comes in from above near step 45, the one begun with S in the first steps; they come together and end at one height."
balance.print_two_ends()
balance.show_falls()

# %% [markdown]
# The curves, shown below 6, meet at step 300. A gray card has a J_content of 0.97, and both pictures cost more. You still see a cat in both, and in one of them the Great Wave: one J, two pictures.
#
# Now seven pairs, smaller, and with up to twice the steps. **Predict**: which start ends lower, and what does its picture show?

# %% tags=["nbval-check-output"]
balance.print_starts()
balance.drag_pairs()

# %% [markdown]
# *S, stretched to the size of C, and what 300 steps made of both starts, with β = 2000, at 96 pixels.*
#
# <details><summary>Answer</summary>
# S, in all seven; and its picture is nearly the painting itself.
# </details>
#
# With more steps the gap shrinks, yet in all seven the run from S stays the lower one. At this β, J likes best a picture in which you do not find C. So beginning with C is a wish, too, although it stands in no formula. So a low J is worth this much: it compares pictures under the same weights, in the eyes of a network. Then you look.
#
# ## Your cat, at 512 pixels
#
# Now the picture that you have been working for: your J, 80 steps, larger.

# %% alt="The photograph of a cat, Hokusai's wave, and the cat painted after it, large: an eye in ink, a brow of small waves, whiskers like spray, and a dark blue night behind its ear."
balance.show_reward()

# %% [markdown]
# *β = 80, begun with C.* For yours: `python notebooks/program/07_total_cost.py CONTENT STYLE OUT.png --side 512`.
#
# ## Exercises
#
# **Exercise 1, by eye.** Three details: of β = 80 after 30 steps, of β = 2000 after 30 steps, and of β = 2000 after 300 steps. Which is which?

# %% alt="Three details of the cat's eyes and nose. A: inked eyes, a cream nose, long blue strokes. B: eyes between blue and green, shorter strokes. C: green eyes, colored specks along every dark line."
balance.show_riddle()

# %% tags=["exercise"]
# Exercise 1: three letters, in the order of the sentence above, replace None
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A has long strokes and hardly a color of the cat: much β, and time for it. C has green eyes still, and specks along its lines.
#
# ```python
# answer = ("B", "C", "A")
# ```
# </details>
#
# **Exercise 2, by pencil.** A friend paints with α = 5, β = 600 and γ = 0.001. Which β and γ make the same picture in your program, with α = 1?

# %% tags=["exercise"]
# Exercise 2: β and γ replace None
answer = (None, None)
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Divide all three by 5.
#
# ```python
# answer = (120, 0.0002)
# ```
# </details>
#
# **Exercise 3.** Add a wish of your own. Write `J_gray(G)`: 0 for a picture without color, and the more, the more color G has. Put `DELTA * J_gray(G)` into `objective` as a fourth term, and paint.

# %% tags=["exercise"]
# Exercise 3: your function of an image, (1, H, W, 3) from 0 to 255, replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# How far are red, green and blue of a pixel from their mean? Begin with DELTA = 0.01.
#
# ```python
# def J_gray(G):
#     return tf.reduce_mean((G - tf.reduce_mean(G, axis=-1, keepdims=True)) ** 2)
#
# answer = J_gray
# ```
# </details>
#
# ## Summary
#
# - J adds up your wishes, each with a weight; only the ratios of the weights matter, and β/α says how much content you pay for style.
# - Content and style pull against each other in the end. A cost that seems to have a floor may want more steps.
# - Compare J only under the same weights, and look: what you did not ask for, such as beginning with C, decides too.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
# - A. Ng: [Neural style transfer cost function](https://www.youtube.com/watch?v=xY-DMAJpIP4)
#
# **The way on**: weights from another program? [The lab](labs/07_weights.ipynb) converts them. [Notebook 08](08_beyond_the_gram_matrix.ipynb) asks what the Gram matrix cannot see.

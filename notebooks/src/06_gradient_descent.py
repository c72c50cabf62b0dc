# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 - Walking downhill over pixels
#
# You learn how far a picture should walk at each step, watch four walkers race, and give your program the one with no rate to choose.

# %% tags=["hide-input"] alt="Two paintings of the pagoda after the Great Wave, and below each its roofs and sky twice as large. Adam after 20 steps: yellow roofs as in the photograph, a sky full of specks. L-BFGS after 20 steps: roofs of blue and sand, and strokes in place of the specks."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import walks

walks.show_racers()

# %% [markdown]
# *One photograph, one J, two ways to walk down.* 384 px; below, roofs and sky twice as large. After 20 steps of Adam, your program so far, the roofs are still yellow and the sky is full of specks. L-BFGS is in the colors of the print.
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import data_path, show_images
from nst_keras.lessons import walks
from nst_keras.lessons.exercises.nb06 import check, your_turn

# %% tags=["parameters"]
content_name, style_name = "palace", "great_wave"  # C and S
side, steps = 192, 20  # longer side of what your program paints, and its steps
k = 20  # how much narrower the valley is than long, from 5 to 100
share = 0.55  # of the last step that momentum keeps, from 0 to 0.9

# %% tags=["program"]
# 05_style_and_lambda

# %% [markdown]
# ## Ask for gray levels, and η follows
#
# The **gradient** $\partial J/\partial G$ has a number for every number of the picture: how much J grows if that pixel gets one gray level brighter. So walk against it:
#
# $$G := G - \eta\, \frac{\partial J}{\partial G}$$
#
# Many texts leave out the **learning rate** η, which makes it 1. **Predict**: by how many gray levels does a pixel move then?
#
# <details><summary>Answer</summary>
# For this picture by about 1/29,000 of one. It depends on the unit in which J is measured, and says nothing about the picture.
# </details>

# %% tags=["nbval-check-output"]
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)

def gradient(J, G):
    with tf.GradientTape() as tape:
        tape.watch(G)
        cost = J(G)
    return tape.gradient(cost, G)

g = gradient(objective(C, S), C)
mean_slope = float(tf.reduce_mean(tf.abs(g)))
print(f"C has the shape {tuple(C.shape)}, and so has the gradient: {tf.size(g)} numbers")
print(f"with η = 1 one gray level takes {1e-3 / mean_slope:,.0f} thousand steps")
print(f"for a step of 5 gray levels η has to be {5e-3 / mean_slope:,.0f} thousand")

# %% [markdown]
# With η = 1 the picture does not stir. With other constants in front of the costs the same step throws pixels [millions of gray levels away](labs/06_epochs_and_clipping.ipynb). So a good η depends on the unit of J, and nobody can guess it. Ask another question: **by how many gray levels should the average pixel move in the first step?** You know what 5 gray levels are. Then $\eta = 5 / \text{mean}|\partial J/\partial G|$.
#
# ## A valley has no right η
#
# How many gray levels, then? Take a picture of two pixels, whose J is a long valley: it bends κ = 20 times as much across as along. Every point is a picture; the cross is the best one. Drag η.

# %%
walks.drag_rate(k, share)

# %% [markdown]
# *Lines of equal J, and a walk of 40 steps; counted are the steps until it stays in the circle, within 5 gray levels of the cross. Right: with momentum, at the same η.* Plain descent falls straight into the valley and has no speed left to go along it. Raise η, and it goes faster, but bounces from wall to wall. Across the valley each step multiplies the distance by $1 - 20\,\eta$, along it by $1 - \eta$. Beyond η = 2/20 the first is below −1: it climbs out. **The steepest direction limits η, and the flattest has to wait.** Momentum bears more, but beyond η = 3.1/20 it is lost too.
#
# ## Momentum needs the root of it
#
# Three ways out:
#
# - **Momentum** keeps a share m of the last step V. What points along the valley adds up, what bounces across cancels: $V := m V - \eta\, \frac{\partial J}{\partial G}$, then $G := G + V$.
# - **Adam** divides each pixel's mean slope by the size of its recent slopes. Every pixel moves by about the same number of gray levels, whatever the unit of J.
# - **L-BFGS** measures how J bends while it walks. You write it below.
#
# Each gets its best rate, and momentum its best m; hundreds were tried. **Predict** the order.
#
# <details><summary>Answer</summary>
# L-BFGS 5, momentum 8, gradient descent 34, Adam 50.
# </details>

# %% alt="Four maps of the same slanted valley with contour lines and a cross. Gradient descent zigzags in 34 steps; momentum swings there in 8; Adam makes equal steps in a bow, runs past the cross and comes back, in 50; L-BFGS takes 5, one of them nearly all the way along the valley."
walks.show_race_in_valley(k)

# %% [markdown]
# *The same valley, everybody at their best rate.* Adam is last here. Its strength is another one: you can give it a rate in gray levels without having seen J. Now make the valley narrower, and keep the start:

# %% tags=["nbval-check-output"]
walks.print_steps((5, 20, 80, 320))

# %% [markdown]
# *Steps at the best η.* From column to column κ is four times as large. Plain descent needs four times as many steps. Momentum needs twice as many, if you raise its m as in the last line: **κ against the root of κ**. That is what momentum is for.
#
# ## The best rate for one picture ruins another
#
# Now the J of your program, and all six pairs of this project. Gradient descent, momentum and Adam have 20 steps each, from G = C, with one rate after the other. **Predict**: is there one rate that suits all six?
#
# <details><summary>Answer</summary>
# Only for Adam.
# </details>

# %% alt="Three panels, J after 20 steps over the rate in gray levels, with a line for each of six pairs. Gradient descent: the lines fall and then shoot up, the cat's between 5 and 10, four others' up to 40; one falls all the way. Momentum: lower, and all are lost at 40. Adam: shallow bowls between 3 and 48, none is lost."
walks.show_rates()

# %% [markdown]
# *J after 20 steps, for six pairs at 128 px; the rate of gradient descent and momentum is that of the first step, Adam's that of each step. Lower is better. Lost: J is hundreds of times what it was.* A longer first step helps every pair, until it ruins it. The cat, in green, is best at 5 and lost at 10. The astronaut in the Night Café is best at 40, where four others are lost. Momentum is lower, and has the same cliff. Adam has none. With 24 gray levels, J is at most 1.42 times what Adam's best rate gives, for all six.
#
# So what is a good η? For plain descent **begin with a first step of 5 gray levels, and double it as long as J after twenty steps gets lower**. Stop there: the next doubling may lose the picture.
#
# ## L-BFGS leads, and nobody has told it a rate

# %% alt="Six panels, J of five racers over the steps, on a logarithmic axis. Gradient descent and momentum end after 20 steps, momentum lower. Adam with 24 gray levels ends below Adam with 6, over 80 steps. L-BFGS begins late, passes the others within 20 steps in all panels but the cat's, and ends lowest in all six." tags=["nbval-check-output"]
walks.show_race()
walks.print_race()

# %% [markdown]
# *Six pairs at 128 px; of L-BFGS the best picture so far. Last columns: after how many steps L-BFGS has the J that Adam has after 80, with 6 or 24 gray levels.* L-BFGS is slow for some steps, until it knows the ground. After 20 steps it is lowest for five of the six pairs; for the cat momentum is a little lower, at the best of five rates. What Adam reaches in 80 steps with the rate of your program takes L-BFGS **24 to 43 steps**, and with the better one **31 to 59**. A step of either costs one gradient, and that is nearly all the work.
#
# ## L-BFGS measures how J bends
#
# On a parabola two slopes tell everything. Take one pixel and a pencil: $J = \frac{3}{2}(x - 100)^2$. At x = 102 the slope is 6. Go one gray level down, to 101: the slope is 3. So a step **s** = −1 changes the slope by **y** = −3. You want a slope of 0, a change of **d** = −3. That is one share of y, so take one share of s: x = 100. You are there, and nobody gave you a learning rate.
#
# Now two pixels, $J = \frac{3}{2}(x_1 - 100)^2 + \frac{1}{2}(x_2 - 100)^2$. You stand at [101 104], the slopes are [3 4], and you want a change d = [−3 −4]. You remember two pairs:
#
# | pair | step s | the slopes changed by y |
# |---|---|---|
# | older | [0 −2] | [0 −2] |
# | newest | [−1 0] | [−3 0] |
#
# - The newest pair takes its share, s·d / s·y = 3 / 3 = 1. It leaves d − 1·y = [0 −4].
# - The older one takes s·d / s·y = 8 / 4 = 2. It leaves [0 0], and makes the step 2·s = [0 −4].
# - Back to the newest: add 1·s = [−1 0]. The step is [−1 −4], and you are at [100 100].
#
# A picture has tens of thousands of numbers, and L-BFGS keeps the last ten pairs. So two things are new. What all pairs leave becomes a step too, `scale` · d. And pairs overlap: the step t of the older ones has already done y·t / s·y of the newest one's share. In general:
#
# - No pair is left: the step is `scale` · d.
# - The newest pair takes share = s·d / s·y.
# - The older ones make a step t of what it leaves, d − share · y.
# - The whole step is t + (share − y·t / s·y) · s.
#
# **Your turn.** Here `s·d` is `np.vdot(s, d)`, and `*older, (s, y) = pairs` takes the newest pair from the list.

# %% tags=["turn"]
def quasi_newton(d, pairs, scale):
    return None  # your lines; for the older pairs call quasi_newton again

yours = your_turn(quasi_newton)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def quasi_newton(d, pairs, scale):
#     if not pairs:
#         return scale * d
#     *older, (s, y) = pairs
#     share = np.vdot(s, d) / np.vdot(s, y)
#     d = quasi_newton(d - share * y, older, scale)
#     return d + (share - np.vdot(y, d) / np.vdot(s, y)) * s
# ```
# </details>

# %% tags=["nbval-check-output"]
remembered = [([0, -2], [0, -2]), ([-1, 0], [-3, 0])]  # s and y, the newest last
pairs = [(np.array(s), np.array(y)) for s, y in remembered]
print("the step of the two pixels:", yours(np.array([-3, -4]), pairs, scale=1))

# %% [markdown]
# ## Your program: a walker without a rate
#
# `minimize` calls your function before each step. The first step moves the average pixel by 1 gray level; from then on the pairs set the length. It takes care of three more things. A pixel at 0 or 255 that would leave stays where it is. A step after which J has not fallen is halved and tried again. And pairs that mislead are forgotten. Unfold it; `paint` has one line now:

# %%
paint_by_adam = paint

# %% tags=["program"]
# 06_gradient_descent

# %% alt="Two pictures of the pagoda after the same number of steps, and below them the upper roof twice as large: Adam's speckled and with traces of the old colors, that of L-BFGS clearer, in the blue and sand of the print."
quasi_newton = yours
J = objective(C, S)
painted = {"Adam": paint_by_adam(C, S, steps), "L-BFGS, yours": paint(C, S, steps)}
titles = [f"{name}: J {float(J(G)):.2f}" for name, G in painted.items()]
near = [walks.zoom(G, 0, 0.1) for G in painted.values()]  # each pixel twice as large
show_images([*painted.values(), *near], [*titles, "", ""], 2, side / 100 + 0.1)

# %% [markdown]
# *The same number of steps, from the same start, on the same J.* What you wrote is a walker that looks at the ground. On files of yours: `python notebooks/program/06_gradient_descent.py CONTENT STYLE OUT.png`.
#
# ## From C you are there first
#
# Every walk so far began with G = C. It may begin anywhere: with white noise, each pixel drawn at random, as most texts have it, or with S. **Predict**: when you begin with Hokusai's print, will the wave stay?
#
# <details><summary>Answer</summary>
# No. After 120 steps a thin outline is left of it.
# </details>

# %%
walks.show_films()

# %% [markdown]
# *Three walks of 120 steps on the same J, with β = 10, at 256 px.* Play the third one: **the wave's crest becomes a roof.** Its foam turns into windows, and the pagoda stands where the wave was.

# %% tags=["nbval-check-output"] alt="Three times the upper left of the pagoda's picture. From noise: the most grain, and dark mountains in the sky. From C: less grain, an even sky. From S: the same pagoda; left of its roof runs the outline of the great wave, like a hill."
walks.show_starts()

# %% [markdown]
# *The upper left after 120 steps, each pixel twice as large.* All three show the pagoda, in one style: the style costs agree within a tenth. But you still see where each began. From noise the sky has mountains and the grain is still there. From S the outline of the great wave runs past the roof like a hill.

# %% alt="J over 120 steps on a logarithmic axis. From S it begins lowest, at 1.6; from C it is lower from the fifth step on and ends lowest, at 0.21. From white noise it begins at 9.7, and passes the walk from S at step 33. All three still fall a little at the end."
walks.show_falls()

# %% [markdown]
# *J of the best picture so far.* From C you need 34 steps for what takes 120 from noise, and 24 for what takes 120 from S. So **begin with C**, unless you want to be surprised.
#
# ## Exercises
#
# **Exercise 1, by eye.** Another valley, and three walks at their best rates. Who is A, who is B, and who is C? `"gradient descent"`, `"momentum"` or `"Adam"`.

# %% alt="Three maps of a valley that slants downwards, each with a walk from the upper left to the cross. A goes in a bow of nearly equal steps, past the cross and back. B is a dense zigzag. C swings in a few wide bends."
walks.show_riddle()

# %% tags=["exercise"]
# Exercise 1: three names replace None
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Equal steps at first are Adam's. The zigzag is plain descent. The swing is momentum.
#
# ```python
# answer = ("Adam", "gradient descent", "momentum")
# ```
# </details>
#
# **Exercise 2.** In a valley with κ = 100 plain descent needs 168 steps. Find an η and a momentum m that need at most 20; `check` walks and counts.

# %% tags=["exercise"]
# Exercise 2: η and m replace None
answer = (None, None)
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Plain descent ends at η = 2/100. With momentum η may be larger.
#
# ```python
# answer = (0.03, 0.75)
# ```
# </details>
#
# **Exercise 3.** Write `rate(g, r)`: the η with which the average pixel moves by r gray levels, for a gradient g, an array.

# %% tags=["exercise"]
# Exercise 3: your function replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def rate(g, r):
#     return r / np.abs(g).mean()
#
# answer = rate
# ```
# </details>
#
# ## Summary
#
# - η has the unit of J, so choose gray levels instead: for plain descent a first step of 5, doubled while it helps.
# - The steepest direction limits η, and the flattest has to wait: plain descent needs κ steps where momentum needs the root of κ. L-BFGS measures how J bends, and leaves you no rate to choose.
# - Begin with C: the palace takes 34 steps in place of 120.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016
# - G. Goh: [Why Momentum Really Works](https://distill.pub/2017/momentum/), 2017
# - D. Kingma, J. Ba: [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980), 2015
# - D. Liu, J. Nocedal: On the Limited Memory BFGS Method for Large Scale Optimization, Mathematical Programming 45, 1989
#
# Epochs, SGD, clipping, and what η = 1 does with other constants: [lab 06](labs/06_epochs_and_clipping.ipynb).
#
# **The way on**: [notebook 07](07_total_cost.ipynb) shows both costs and the walk at work together.

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

# %% tags=["hide-input"] alt="A pagoda painted twice after the Great Wave. Adam after 20 steps: a yellow upper roof as in the photograph, a sky full of specks. L-BFGS after 20 steps: an upper roof of blue and sand, and a sky of strokes."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import walks

walks.show_racers()

# %% [markdown]
# *One photograph, one J, 20 steps, two ways to walk.* With Adam, your program so far, the upper roof is still yellow and the sky full of specks. With L-BFGS the roof is sand and blue, and the sky has strokes.
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
# The **gradient** $\partial J/\partial G$ has a number for every number of the picture: how steeply J grows as that pixel gets brighter. So walk against it:
#
# $$G := G - \eta\, \frac{\partial J}{\partial G}$$
#
# Leave out the **learning rate** η, and it is 1. **Predict**: by how many gray levels does a pixel move then?

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
# <details><summary>Answer</summary>
# By 1/29,000 of one, on average.
# </details>
#
# With η = 1 the picture does not stir. With other constants in front of the costs a step with η = 1 throws pixels [millions of gray levels away](labs/06_epochs_and_clipping.ipynb). So a good η depends on the unit of J. Ask another question: **by how many gray levels should the average pixel move in the first step?** Take 5: then $\eta = 5 / \text{mean}|\partial J/\partial G|$.
#
# ## A valley has no right η
#
# Is 5 right? Take a picture of two pixels, whose J is a long valley: it bends κ = 20 times as much across as along. Every point is a picture; the cross is the best one. Drag η.

# %%
walks.drag_rate(k, share)

# %% [markdown]
# *Lines of equal J, and a walk of 40 steps; counted are the steps until it stays in the circle, within 5 gray levels of the cross. Right: with momentum, at the same η.* With a small η plain descent falls into the valley and creeps along it. Raise η, and it goes faster, but bounces from wall to wall. Across the valley each step multiplies the distance by $1 - 20\,\eta$, along it by $1 - \eta$. Beyond η = 2/20 the first is below −1: it climbs out. **The steepest direction limits η, and the flattest has to wait.** Momentum bears more, but beyond η = 3.1/20 it is lost too.
#
# ## Momentum needs the root of it
#
# Three ways out:
#
# - **Momentum** keeps a share m of the last step V. What points along the valley adds up, what bounces across cancels: $V := m V - \eta\, \frac{\partial J}{\partial G}$, then $G := G + V$.
# - **Adam** divides each pixel's mean slope by the size of its recent slopes. At first every pixel moves by the same number of gray levels, whatever the unit of J.
# - **L-BFGS** measures how J bends while it walks. You write it below.
#
# Each gets its best rate, and momentum its best m; hundreds were tried. **Predict** the order.

# %% alt="Four maps of the same slanted valley with contour lines and a cross. Gradient descent zigzags in 34 steps; momentum swings there in 8; Adam makes equal steps in a bow, runs past the cross and comes back, in 50; L-BFGS takes 5, one of them nearly all the way along the valley."
walks.show_race_in_valley(k)

# %% [markdown]
# *The same valley, everybody at their best rate.*
#
# <details><summary>Answer</summary>
# L-BFGS, momentum, gradient descent, Adam.
# </details>
#
# Adam is last here. Its strength is another one: you give it a rate in gray levels without having seen J. Now make the valley narrower:

# %% tags=["nbval-check-output"]
walks.print_steps((5, 20, 80, 320))

# %% [markdown]
# *Steps at the best η.* From column to column κ is four times as large. Plain descent needs about four times as many steps. Momentum needs about twice as many, if you raise its m as in the last line: **κ against the root of κ**.
#
# ## The best rate for one picture ruins another
#
# Now the J of your program, and six pairs. Gradient descent, momentum and Adam have 20 steps each, from G = C, with one rate after the other. **Predict**: who has one rate that is good for all six?

# %% tags=["nbval-check-output"] alt="Three panels, J after 20 steps over the rate in gray levels, with a line for each of six pairs. Gradient descent: the lines fall and then shoot up, the cat's between 5 and 10, four others' up to 40; one falls all the way. Momentum: lower, and all are lost at 40. Adam: shallow bowls between 3 and 48, none is lost."
walks.show_rates()
walks.print_rates()

# %% [markdown]
# *J after 20 steps, for six pairs at 128 px; the rate of gradient descent and momentum is that of the first step, Adam's that of each step. Lower is better. Lost: J is at least 45 times what it was at C. Below: one rate for all six, and J of the worst off, in times of what its own best rate gives.*
#
# <details><summary>Answer</summary>
# Adam: with 24 gray levels no pair is far from its best.
# </details>
#
# Look at plain descent. The cat, in green, is best at 5 and lost at 10. The astronaut in the Night Café is best at 40, where four others are lost. Momentum gets lower for all six, and all are lost at 40. Adam loses none.
#
# So what is a good η? For plain descent **begin with a first step of 5 gray levels, and double it as long as J after twenty steps gets lower**. Stop there: the next doubling may lose the picture.
#
# ## Five walkers on six pictures

# %% alt="Six panels, J of five racers over the steps, on a logarithmic axis. Gradient descent and momentum end after 20 steps, momentum lower. Adam with 24 gray levels ends below Adam with 6, over 80 steps. L-BFGS begins late, passes the others within 20 steps in all panels but the cat's, and ends lowest in all six." tags=["nbval-check-output"]
walks.show_race()
walks.print_race()

# %% [markdown]
# *Six pairs at 128 px; of L-BFGS the best picture so far. Last columns: after how many steps L-BFGS has the J that Adam has after 80, with 6 or 24 gray levels.* Nobody told L-BFGS a rate. After 20 steps it is lowest for five of the six pairs; for the cat momentum is a little lower, at the best of five rates. What Adam reaches in 80 steps with the rate of your program takes L-BFGS **24 to 43 steps**, and with the better one **31 to 59**. Each step costs one gradient.

# %% alt="Four paintings of the pagoda. Gradient descent: tan roofs, a smooth sky. Momentum: roofs of sand and blue, strokes in sky and trees. Adam: the same, with dark water and a fine weave over water and trees. L-BFGS: strokes in the sky, sand-colored roofs, calm water."
walks.show_finish()

# %% [markdown]
# *The first pair after 80 steps, at 192 px, with first steps of 5 and 10 gray levels, and Adam's 24.* Plain descent is still on its way. Adam has woven a fine grid over the water.
#
# ## L-BFGS measures how J bends
#
# On a parabola two slopes tell everything. Take one pixel and a pencil: $J = \frac{3}{2}(x - 100)^2$. At x = 102 the slope is 6. Go one gray level down, to 101: the slope is 3. So a step **s** = −1 changes the slope by **y** = −3. You want a slope of 0, a change of **d** = −3. That is one share of y, so take one share of s: x = 100. You are there, and nobody gave you a learning rate.
#
# Now two pixels, $J = \frac{3}{2}(x_1 - 100)^2 + \frac{1}{2}(x_2 - 100)^2$. You began at [102 106], where both slopes are 6, and your first step went down by one gray level each, s = [−1 −1]. You are at [101 105], the slopes are [3 5], so y = [−3 −1], and you want a change d = [−3 −5].
#
# - Your pair takes its share, s·d / s·y = 8 / 4 = 2. It leaves d − 2·y = [3 −3].
# - Of what is left the pair knows nothing. So guess: step by `scale` = s·y / y·y = 0.4 times it, t = [1.2 −1.2].
# - But t changes the slope along s, too, by y·t = −2.4. That is y·t / s·y = −0.6 of what s does. So take 2 + 0.6 = 2.6 of s.
# - The step is t + 2.6·s = [−1.4 −3.8]. You are at [99.6 101.2], and J has fallen from 14 to 0.96.
#
# L-BFGS keeps the last ten pairs. What the newest leaves goes to the older ones in the same way, and only what all of them leave is a guess. In general:
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
bend, x = np.array([3, 1]), np.array([101, 105])
pairs = [(np.array([-1, -1]), np.array([-3, -1]))]  # s and y of the first step
for _ in range(3):
    s, y = pairs[-1]
    s = yours(bend * (100 - x), pairs, scale=np.vdot(s, y) / np.vdot(y, y))
    x, pairs = x + s, [*pairs, (s, bend * s)]
    print(x.round(2))

# %% [markdown]
# *The same two pixels, walked on.* With two pairs you are within 0.03 gray levels of the lowest point, with three you are there.
#
# ## Your program: a walker without a rate
#
# `minimize` calls your function. Its first step moves the average pixel by 1 gray level; from then on the pairs set the length. A pixel at 0 or 255 that would leave stays where it is, a step after which J has not fallen is halved, and pairs that mislead are forgotten. Unfold it:

# %%
paint_by_adam = paint

# %% tags=["program"]
# 06_gradient_descent

# %% alt="The upper roof of the pagoda, twice, after the same number of steps: Adam's speckled and with traces of the old yellow, that of L-BFGS clearer, in blue and sand."
quasi_newton = yours
J = objective(C, S)
painted = {"Adam": paint_by_adam(C, S, steps), "L-BFGS, yours": paint(C, S, steps)}
titles = [f"{name}: J {float(J(G)):.2f}" for name, G in painted.items()]
show_images([walks.zoom(G, 0, 0.1) for G in painted.values()], titles, tile=3.94)

# %% [markdown]
# *A piece of both: the same number of steps, from the same start, on the same J.* On files of yours: `python notebooks/program/06_gradient_descent.py CONTENT STYLE OUT.png`.
#
# ## Noise, C or S: where to begin
#
# Every walk so far began with G = C. It may begin anywhere: with white noise, each pixel drawn at random, as Gatys and his colleagues did, or with S. **Predict**: when you begin with Hokusai's print, will the wave stay?

# %%
walks.show_films()

# %% [markdown]
# *Three walks of 120 steps on the same J, with β = 10, at 256 px.*
#
# <details><summary>Answer</summary>
# No: its crest becomes a roof.
# </details>
#
# In the third film the foam turns into windows. And in the end?

# %% tags=["nbval-check-output"] alt="Three times the upper left of the pagoda's picture. From noise: the most grain, and dark mountains in the sky. From C: less grain, an even sky. From S: the same pagoda; left of its roof runs the outline of the great wave, like a hill."
walks.show_starts()

# %% [markdown]
# *The upper left after 120 steps, each pixel twice as large.* All three show the pagoda, and their style costs agree within a tenth. But you still see where each began. From noise the grain is still there. From S the outline of the great wave runs past the roof like a hill.

# %% alt="J over 120 steps on a logarithmic axis. From S it begins lowest, at 1.6; from C it is lower from the fifth step on and ends lowest, at 0.21. From white noise it begins at 9.7, and passes the walk from S at step 33. All three still fall a little at the end."
walks.show_falls()

# %% [markdown]
# *J of the best picture so far.* From C you need 34 steps for what takes 120 from noise, and 24 for what takes 120 from S. So with this β **begin with C**; what S does with a larger one, notebook 07 shows.
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
# - The steepest direction limits η, and the flattest has to wait: with κ the steps of plain descent grow, with the root of κ those of momentum. L-BFGS measures how J bends, and leaves you no rate to choose.
# - Begin with C: the palace took 34 steps in place of 120.
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

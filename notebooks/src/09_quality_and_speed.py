# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 - Quality and speed: turn this, leave that
#
# You turn one knob at a time, see which make a better picture and which only another one, and take your program its last step.

# %% tags=["hide-input"] alt="The pagoda in the style of the Great Wave, twice. Left with gray lines along the left border and loose strokes around the roof; right with a calmer sky."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import knobs

knobs.show_last_step()

# %% [markdown]
# *Left, your program as notebook 08 left it; right, as it leaves this page.* Same network, same pictures, same β. The gray lines along the left border are gone, and so are most of the loose strokes around the roof.
#
# ## Setup

# %% tags=["setup"]
import numpy as np

from nst_keras import data_path, show_images
from nst_keras.lessons import knobs
from nst_keras.lessons.exercises.nb09 import check, your_turn

# %% tags=["parameters"]
content_name = "chelsea"  # what your program paints: also astronaut, coffee, palace, rocket
style_name = "church_auvers"  # after what
side, steps = 256, 18  # the longer side in pixels; steps at full size, where smaller sizes get more

# %% tags=["program"]
# 08_beyond_the_gram_matrix

# %% [markdown]
# ## Turn them yourself
#
# Seven pictures of the palace, each beside the one that `stylize` paints by default; one knob is turned at a time. β weighs the style, γ the total variation of notebook 07. **Predict**: which knobs make a better picture, which only another one, and which a worse one?

# %%
knobs.turn_knobs()

# %% [markdown]
# *Left the default, right the same with one knob turned; below each picture its corner, three times as large.*
#
# <details><summary>Answer</summary>
#
# Less or more β is another picture, as you like. Half of the steps and average pooling are hardly another one. One size leaves an orange blot in the sky; without γ there are specks of color, plain in the corner. All of block 5 hangs the title box of Hokusai's print in the sky and drives a wave through the pagoda.
# </details>
#
# ## Below the line is better
#
# One pair and two eyes are no proof. So VGG16 judges what VGG19 has painted, on six pairs:
#
# - **content** and **style** are the costs of notebooks 03 and 08, in VGG16: 0 is the photograph, or the painting.
# - **patches** asks no network: how far all patches of 7 x 7 pixels of G, sorted as in notebook 08, are from those of S, in gray levels.
#
# More β gives more style and less content. So a knob that "gives more style" has shown nothing, for β can do that. The gray line is what β does: a third of it, the default, three times as much. A knob pays if its dot lies **below** that line: more style at the same content. **Predict**: does one?

# %% alt="Two plots with the content cost on the horizontal axis. A falling gray line joins the default with a third of its β and with three times as much; a red line joins all of block 4 at two β. For style, one size, half of the steps and γ = 0 lie close to the gray line, the red line below it. For patches one size, half of the steps and the red line lie above, γ = 0 just below."
knobs.show_map()

# %% [markdown]
# *Six pairs at 256 pixels, small, and their means, large; less is nearer to C, or to S. The red line is all of block 4, which the default turns down, for two β.*
#
# <details><summary>Answer</summary>
# By style one does: all of block 4. With β = 28 it has the content of the default, and 7 % less style cost, less in all six pairs. But by patches it loses 18 %, in all six. No knob pays by both.
# </details>
#
# ## Turn this, leave that
#
# The same in numbers, and two measures more:
#
# - **objects** is the share of G that a deep layer takes rather for some place of S than for the same place of C: a wave in the sky counts, a brush stroke hardly.
# - **color** is how much color changes within four pixels, as a multiple of what it does in S: rainbow specks raise it.

# %% tags=["nbval-check-output"]
knobs.print_table()

# %% [markdown]
# *Means of six pairs at 256 pixels. Style and patches: beside the gray line at the same content, in parentheses in how many of the six pairs worse; "beyond" is past its end. Time: default = 1.* For drafts, halve the steps. For things of S in your picture, give `stylize` `positions_per_channel=0`. Turn `max_side` up, too; leave `precision` at "auto".
#
# ## 672 positions, 131,328 numbers
#
# At 256 x 171 pixels block 4 has 32 x 21 = 672 positions, and its covariance 512 · 513 / 2 = 131,328 different numbers. The default gives a layer its whole λ only if it has twelve positions for each of its channels, and less in proportion: here 11 %. The map has shown what comes of it: a little more style cost, and patches nearer to S.
#
# ## Ask the painter, and he wins
#
# Three knobs are missing in the table: another network, average pooling, and zeros beyond the border in place of a mirror. Two judges look at each of them. One is like the default in this, the other like the turned knob.

# %% tags=["nbval-check-output"]
knobs.print_judges()

# %% [markdown]
# *The mean content cost of six pairs; "own wins" counts the pairs in which a judge prefers the picture of his own kind.* All 36 verdicts say: mine. So here your eyes decide.
#
# ## Zeros tell the network where the picture ends
#
# At the border a kernel hangs over the edge. VGG was trained to find zeros there. Send the kernel [1 1 1] over a flat row, once with zeros beyond its ends, once with a mirror:

# %% tags=["nbval-check-output"]
row = np.ones(4)
for beyond, padded in {"zeros": np.pad(row, 1), "mirror": np.pad(row, 1, "symmetric")}.items():
    print(f"{beyond:7}", padded, "gives", np.convolve(padded, np.ones(3), "valid"))

# %% [markdown]
# With zeros the ends of a flat row differ from its middle, and each further layer carries that inwards. Show your program a flat gray picture, and count the positions that see something else than the middle does:

# %% tags=["nbval-check-output"]
def print_border(features):
    a = features(tf.fill((1, 128, 128, 3), 128.0))
    for layer in STYLE_LAYERS:
        middle = a[layer].shape[1] // 2
        differs = np.abs(a[layer][0] - a[layer][0, middle, middle]) > 0.01 * np.max(a[layer])
        print(f"{layer}: {np.mean(differs.any(axis=-1)):.0%}")

print_border(features)

# %% [markdown]
# There is nothing in that picture, and yet three quarters of block 4 see something: the border.
#
# ## A mesh grows where the photograph is empty
#
# In the sky of a painted picture there is a fine mesh. Here is an empty place of C, of S, and of G at two sizes, with three times the contrast:

# %% tags=["nbval-check-output"] alt="Four squares, equal parts of their pictures, with more contrast. C is smooth. S has the grain of printed paper. G at 384 pixels has a net of thin lines; at 1024 pixels it is finer."
knobs.show_mesh()
knobs.print_mesh()

# %% [markdown]
# *Roughness: how far a pixel is from the mean of its neighbors, in gray levels, the mean of six pairs. The emptiest quarter of G is where C is empty.* As a whole G is smoother than S. In its empty quarter it is rougher than S in its own. A covariance adds up over all places: it says how much grain a painting has, and not *where*.
#
# At 1024 pixels the mesh is finer: `--max-side 1024`.
#
# ## How long will it take?
#
# **Predict**: 512 x 341 pixels in place of 256 x 171: four times as many, and 202 steps in place of 79. How many times as long does it take?

# %% tags=["nbval-check-output"]
knobs.print_work()

# %% [markdown]
# *"Worth": all steps look at as many pixels as so many at full size. Seconds of the palace on one core of an AMD EPYC processor that has bfloat16, which `precision` "auto" takes.*
#
# <details><summary>Answer</summary>
# 4.5 times: 73 s in place of 16. Most of the 202 steps are at small sizes, and all of them are worth 50 at full size.
# </details>
#
# ## Your program: its last step
#
# First the border. Keras pads with zeros, so run VGG's layers yourself, and mirror what is at the border before each convolution:

# %% tags=["nbval-check-output"]
def features(image):
    x, a = keras.applications.vgg19.preprocess_input(image), {}
    for layer in vgg.layers[1:]:
        if isinstance(layer, keras.layers.Conv2D):
            x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")  # Keras pads with zeros
            x = tf.nn.relu(tf.nn.conv2d(x, layer.kernel, 1, "VALID") + layer.bias)
        else:
            x = layer(x)
        a[layer.name] = x
    return a

print_border(features)

# %% [markdown]
# A flat picture is flat everywhere. Next, the twelve positions. In `objective` one factor is new, `enough(a_G[l])`:

# %%
def enough(a):
    return min(1, a.shape[1] * a.shape[2] / (12 * a.shape[3]))

# %% tags=["hide-input"]
def objective(C, S):
    a_C, a_S = features(C), features(S)
    of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}
    B = {l: main_directions(of_S[l][1]) for l in STYLE_LAYERS}
    weights = {l: weight / sum(LAMBDAS[LAMBDA]) for l, weight in zip(STYLE_LAYERS, LAMBDAS[LAMBDA])}
    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        styles = sum(weights[l] * enough(a_G[l]) * J_style(of_S[l], B[l], style(a_G[l]))
                     for l in STYLE_LAYERS)
        return tf.stack([ALPHA * content, BETA * styles, GAMMA * J_tv(G)])
    return J

# %% [markdown]
# Last, the sizes. Paint a small picture first: a step costs little there, and a stroke of a few pixels is a large one in the end. Enlarge it, and go on. But an enlarged picture is blurred. **Your turn.** Make C small and large again: what it has lost on the way, G needs.

# %% tags=["turn"]
def resize(image, size):
    return tf.clip_by_value(tf.image.resize(image, size, "bicubic", antialias=True), 0, 255)

def enlarged(G, C):
    return None  # your lines: G at the size of C, with what G was too small for; within 0..255

enlarged = your_turn(enlarged)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def enlarged(G, C):
#     return tf.clip_by_value(
#         C + resize(G, C.shape[1:3]) - resize(resize(C, G.shape[1:3]), C.shape[1:3]), 0, 255)
# ```
# </details>
#
# Each size is √2 times the one before, and the smaller ones get more steps:

# %%
def paint(C, S, steps=18):
    G, curve = None, []
    for level in reversed(range(1 + max(0, round(2 * np.log2(max(C.shape) / 128))))):
        size = [round(n / 2 ** (level / 2)) for n in C.shape[1:3]]
        C_now, S_now = (
            resize(C, size), resize(S, [round(n * size[0] / C.shape[1]) for n in S.shape[1:3]])
        )
        G = C_now if G is None else enlarged(G, C_now)
        G, more = minimize(objective(C_now, S_now), G, round(steps * max(C.shape) / max(size)))
        curve += more
    return G, curve

# %% [markdown]
# That is all of it. Paint:

# %% tags=["nbval-check-output"] alt="The cat Chelsea, van Gogh's Church at Auvers, and the cat painted in the church's strokes of green, ocher and blue."
C = load(data_path(f"content/{content_name}.jpg"), side)
S = load(data_path(f"style/{style_name}.jpg"), side)
G, curve = paint(C, S, steps)
print(f"images looked at: {len(curve)}, {steps} of them at full size")
show_images([C, S, G], ["C", "S", "G, painted by your program"], tile=side / 100 + 0.1)

# %% [markdown]
# Your program has become `nst-keras`: same J, same steps. On files of yours: `python notebooks/program/09_quality_and_speed.py CONTENT STYLE OUT.png`.
#
# What has each of the three changes done? Here is the sky of the pagoda:

# %% alt="Four times the sky around the roof. Before: gray lines of a title box at the left border, and long loose strokes. With mirrors: the strokes remain, the gray lines now stand right of the roof. With enough: no gray lines, fewer and shorter strokes. With small sizes first: the sky around the roof is calm; a few brown strokes in the upper left corner."
knobs.show_steps()

# %% [markdown]
# *384 pixels, three times as large; each picture adds one change.* With mirrors the gray lines of Hokusai's title box leave the border; some stand right of the roof now. `enough` takes them away, with most of the strokes. The small sizes calm the sky around the roof; the brown strokes in the corner are new.
#
# ## What you have built

# %%
knobs.show_program()

# %% [markdown]
# *One pair, 384 pixels, by your program after each notebook that changed it.* Not every step is for the better: 04 brought specks.
#
# ## Exercises
#
# **Exercise 1, by eye.** Three skies, three times as large, painted by your program as it stood after notebook 05, 08 and 09. Which is which?

# %% alt="Three skies beside a roof. A: calm, with a fine mesh. B: gray-blue, full of spots and wavy strokes. C: long dark strokes, and the gray outline of a box at the left border."
knobs.show_riddle()

# %% tags=["exercise"]
# Exercise 1: "05", "08" and "09", in the order of A, B and C, replace None
answer = (None, None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# A is calm. B has spots and waves all over. C has long strokes, and a title box at the left border.
#
# ```python
# answer = ("09", "05", "08")
# ```
# </details>
#
# **Exercise 2.** Zeros may also draw a thin line along the border. Make a referee for it: `frame(G)` is large when such a line runs around a picture of shape (1, H, W, 3), and small when none does.

# %% tags=["exercise"]
# Exercise 2: your function replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Along a line the mean color of a whole row differs from that of the next one. In a picture without, such means hardly change.
#
# ```python
# def frame(G):
#     G = np.asarray(G)[0]
#     sides = [G, G[::-1], G.swapaxes(0, 1), G.swapaxes(0, 1)[::-1]]
#     means = [side[:9].mean(axis=1) for side in sides]  # of the outermost rows
#     return np.mean([np.abs(np.diff(each, axis=0)).max() for each in means])
#
# answer = frame
# ```
# </details>
#
# **Exercise 3.** Write your own forecast: `work(side, steps)` counts all steps of the ladder, each as a share of a step at full size. Sizes begin at 128 pixels, a power of √2 below the last one; each gets as many times more steps as its side is shorter.

# %% tags=["exercise"]
# Exercise 3: your function replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def work(side, steps):
#     sizes = 1 + round(2 * np.log2(side / 128))
#     shorter = [2 ** (level / 2) for level in range(sizes)]  # 1, √2, 2, ...
#     return sum(steps * each / each**2 for each in shorter)
#
# answer = work
# ```
# </details>
#
# ## Summary
#
# - A knob pays only if it gives more style for the same content, and its judge must come from outside.
# - With all of block 5 you get the things of S.
# - The style cost does not say *where* the grain goes: that is the mesh.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016 (average pooling)
# - L. Gatys et al.: [Controlling Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865), 2017 (coarse to fine)
# - J. Rabin, G. Peyré, J. Delon, M. Bernot: Wasserstein Barycenter and its Application to Texture Mixing, 2011 (patches)
#
# **The way on**: [notebook 10](10_in_control.ipynb) puts you in control: whose colors, which style where, how large the strokes, how much.

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
# You turn one knob at a time on six pairs of pictures, see which knobs make a better picture and which only another one, and take your program its last step.

# %% tags=["hide-input"] alt="The pagoda in the style of the Great Wave, twice. Left with gray lines along the left border and loose strokes around the roof; right with a calmer sky."
from nst_keras.runs import start_tensorflow

start_tensorflow()

from nst_keras.lessons import knobs

knobs.show_last_step()

# %% [markdown]
# *Left, your program as notebook 08 left it. Right, as it leaves this page.* Same network, same pictures, same β. The gray lines along the left border are gone, and so are most of the loose strokes around the roof.
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
# ## Ask the painter, and he wins
#
# Which of two pictures is better? J cannot say, for a knob may change J itself. So let a network judge. The six pairs of this project were painted as `stylize` does by default, and three times more with one knob turned: another network, average pooling, zeros in place of a mirror beyond the border.
# For each of the three knobs two judges say how far a picture is from its photograph. They differ in that one thing. **Predict**: which judge finds more of the photograph in which picture?

# %% tags=["nbval-check-output"]
knobs.print_judges()

# %% [markdown]
# *The mean content cost of six pairs, low is near; "own wins" counts the pairs in which a judge prefers the picture of his own kind.* All 36 verdicts are alike. Not only a network knows its own hand: a judge that pools by the mean prefers what was painted so, and one that sees zeros at the border prefers zeros. Ask the painter, and he wins.
#
# <details><summary>Answer</summary>
# Each in the picture of his own kind.
# </details>
#
# For these three knobs there is no impartial network. Your eyes are. For all other knobs VGG16 may judge what VGG19 has painted:
#
# - **content** and **style** are the costs of notebooks 03 and 08. 0 is the photograph, or the painting.
# - **patches** asks no network: how differently the colors of all 7 x 7 patches of G and S are distributed.
# - **objects** is the share of G in which a deep layer sees rather some place of S than C at the same place. A wave of S in the sky counts, brushwork hardly does.
#
# ## Few positions are no texture
#
# One knob comes before the others, because the default has it turned. At 256 x 171 pixels block 4 has 32 x 21 = 672 positions for 512 channels. So few points do not fill a covariance of 512 by 512 numbers. So a layer gets its whole λ only if it has twelve positions a channel, and less in proportion. Here that is 11 % for block 4, and for block 5, with its 160 positions, 3 %. The twelve is a choice. You will see what happens without it: "all of block 4", "all of block 5".
#
# ## Below the line is better
#
# More β, more painting and less photograph. So "this knob gives more style" says nothing: β could have done it. The gray line is the default with a third of its β, with its own, and with three times as much. A knob is worth something if its dot lies **below** that line: more style with the same content. **Predict**: does any of them?

# %% alt="Two plots with the content cost on the horizontal axis. A falling gray line joins the default with a third of its β, with its own and with three times as much. For style, one size, half of the steps and block 5 lie close to the line; for patches block 5 lies on it, one size and half of the steps clearly above. All of block 4 lies just beyond the right end, all of block 5 far beyond it."
knobs.show_map()

# %% tags=["nbval-check-output"]
knobs.print_table()

# %% [markdown]
# *Six pairs at 256 pixels, small, and their means, large. In the table: content; the change of style and patches against the line at the same content, and in how many of six pairs it is for the worse; objects; the time as a multiple of the default's. "beyond": past the end of the line.*
#
# - **One size**, with as much work as the three sizes take together: by style it is a draw. By patches it is 15 % further from the painting, worse in all six pairs.
# - **Half of the steps** cost 6 % of style and 22 % of patches, and save half of the time.
# - **Block 5** with its 3 % changes next to nothing, and takes longer.
# - **All of block 4** goes about as far from the photograph as 3 β. But 24 % of the picture look more like some place of the painting, against 13 %.
# - **All of block 5** copies things: 93 % of G look more like some place of the painting than like the photograph.
#
# <details><summary>Answer</summary>
# None gains in both plots. One size and half of the steps lose patches; all of block 4 and all of block 5 bring things of S. The default leaves one knob for you to turn, and that is β.
# </details>
#
# ## Now turn them yourself

# %%
knobs.turn_knobs()

# %% [markdown]
# *Left the default, right the same with one knob turned, and below each its corner, three times as large.* All of block 5 hangs the title box of Hokusai's print in the sky and drives a wave through the pagoda. One size leaves an orange blot. Half of the steps and average pooling move a stroke here and there: what the patches find in half of the steps your eye hardly does.
#
# ## Zeros tell the network where the picture ends
#
# At the border a kernel hangs over the edge. VGG was trained to find zeros there. Send the kernel [1 1 1] over a flat row, once with zeros beyond its ends, once with a mirror:

# %% tags=["nbval-check-output"]
row = np.ones(4)
for beyond, padded in {"zeros": np.pad(row, 1), "mirror": np.pad(row, 1, "symmetric")}.items():
    print(f"{beyond:7}", padded, "gives", np.convolve(padded, np.ones(3), "valid"))

# %% [markdown]
# With zeros the ends of a flat row can be told from its middle. Every further layer carries that inwards. Show your program a flat gray picture, and count the positions that do not see the same as the middle:

# %% tags=["nbval-check-output"]
def print_border(features):
    a = features(tf.fill((1, 128, 128, 3), 128.0))
    for layer in STYLE_LAYERS:
        middle = a[layer].shape[1] // 2
        differs = np.abs(a[layer][0] - a[layer][0, middle, middle]) > 0.01 * np.max(a[layer])
        print(f"{layer}: {np.mean(differs.any(axis=-1)):.0%}")

print_border(features)

# %% [markdown]
# There is nothing in that picture, and yet, at 128 pixels, three quarters of block 4 see something: the border.
#
# ## A mesh grows where the photograph is empty
#
# Look closely at the sky of a painted picture: there is a fine mesh that is not in the photograph. Here is an empty place of C, of S and of G, and below it the same with three times the contrast. The numbers say how far a pixel is from the mean of its neighbors.

# %% tags=["nbval-check-output"] alt="Eight small squares, equal parts of their pictures. C is smooth. S has the grain of printed paper. G at 384 pixels has a net of thin lines; at 1024 pixels it is finer. With more contrast the net is plain to see."
knobs.print_mesh()
knobs.show_mesh()

# %% [markdown]
# *Roughness, in gray levels. The emptiest quarter of G is where C is empty.* As a whole, G is smoother than S, in all six pairs. But in its empty quarter it is as rough as that of S or rougher. A covariance adds up over all places. It says how much grain a painting has, and not *where*.
#
# The mesh is a few pixels wide at any size. So paint larger: `--max-side 1024`, and it shrinks in the picture.
#
# ## Twice the side takes 4.5 times as long
#
# **Predict**: 512 pixels in place of 256: four times as many in all, and 202 steps in place of 79. How many times as long does it take?

# %% tags=["nbval-check-output"]
knobs.print_work()
print()
knobs.print_seconds()

# %% [markdown]
# *Default runs of the palace, each measured once, in seconds of one core of an AMD EPYC processor that has bfloat16.* At 512 pixels 202 steps look at as many pixels as 50 at full size: the last size has 18 of them, the small ones the rest. Float32 takes 1.6 times as long at 256 pixels, and as long at 128.
#
# <details><summary>Answer</summary>
# 4.5 times.
# </details>
#
# ## Turn this, leave that
#
# | knob | do |
# | --- | --- |
# | β, or `strength` | turn it: no other knob gives what it gives |
# | `max_side` | turn it up: finer strokes, a finer mesh |
# | `steps` | halve it while you try things out |
# | `precision` | leave it at "auto": bfloat16 saves a third of the time |
# | `scales` | leave it: coarse to fine comes nearer to S |
# | `layer_weights` with block 5 | leave it: it costs time and changes next to nothing |
# | `positions_per_channel` | 0 if you want things of S in your picture; with block 5 you get many |
# | `padding`, `pooling`, `network` | as you like: only your eye can judge |
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
# A flat picture is flat everywhere. Next, the rule of the twelve positions. In `objective` one factor is new, `enough(a_G[l])`:

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
# Last, the sizes. Paint a small picture first, where a step costs little, and a brush stroke of a few pixels is large in the end. Enlarge it, and go on. But an enlarged picture is blurred: what is too fine for the small size is missing.
# The photograph has it. **Your turn.** Make C small and large again. What it has lost on the way, G needs.

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
# *C, S, and what your program makes of them.* It has become `nst-keras`: same J, same steps. On files of yours: `python notebooks/program/09_quality_and_speed.py CONTENT STYLE OUT.png`.
#
# What has each of the three changes done? Here is the sky of the pagoda:

# %% alt="Four times the sky around the roof. Before: gray lines of a title box at the left border, and long loose strokes. With mirrors: the strokes remain, the gray lines now stand right of the roof. With enough: no gray lines, fewer and shorter strokes. With small sizes first: the sky around the roof is calm; a few brown strokes in the upper left corner."
knobs.show_steps()

# %% [markdown]
# *384 pixels, three times as large; each picture adds one change.* The mirror does not remove Hokusai's title box: it frees it from the border, and it settles right of the roof. `enough` takes it away, with most of the strokes. The small sizes calm the sky around the roof; the brown strokes in the corner are new.
#
# ## What you have built

# %% tags=["hide-input"] alt="Eight pictures of the pagoda, in two columns. In the first, wave shapes and specks fill the sky around a dark pagoda. From one to the next the sky gets calmer and the pagoda clearer; in the last it is drawn in clean ink blue under a sand-colored sky."
knobs.show_strip()

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
# - A judge must come from outside, and a knob is good only if it gives more style for the same content.
# - Few positions are no texture: all of block 4 or 5 copies things. Coarse to fine comes nearer to S, half of the steps take half of the time.
# - The style cost does not say *where* the grain goes: that is the mesh.
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016 (average pooling)
# - L. Gatys et al.: [Controlling Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865), 2017 (coarse to fine)
# - J. Rabin, G. Peyré, J. Delon, M. Bernot: Wasserstein Barycenter and its Application to Texture Mixing, 2011 (patches)
#
# **The way on**: [notebook 10](10_in_control.ipynb) puts you in control: whose colors, which style where, how large the strokes, how much.

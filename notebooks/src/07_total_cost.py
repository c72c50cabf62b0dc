# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 - The total cost: J(G) = α·J_content + β·J_style
#
# You write the whole algorithm in about 30 lines, watch a picture come out of white noise, and learn what α and β decide.
#
# **What you will learn**
#
# - how two costs become one number, and what that number tells you about a picture (less than you would think);
# - how content and style pull at each pixel, where they agree, and why they fight everywhere in the end;
# - what the ratio β/α does, why one of the two weights is redundant, and for which optimizers it is not.
#
# **Time**: about a minute on 2 CPU cores.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import display

from nst_keras import FeatureExtractor, Objective, gram_matrix, load_image, load_vgg, moments, resize_image, stylize
from nst_keras.costs import content_cost, gram_cost, layer_style_cost, total_cost, total_variation_cost
from nst_keras.display import LINE_STYLES, show_images
from nst_keras.images import initial_image, to_pixels
from nst_keras.lessons.exercises.nb07 import check
from nst_keras.lessons.stored import Frame, load_stored, show_film, show_slider
from nst_keras.objective import make_extractor
from nst_keras.optimize import adam, gradient_descent, lbfgs, minimize
from nst_keras.settings import LAYER_WEIGHTS, STYLE_LAYERS, Settings

# %% [markdown]
# ## Tweak me
#
# Change any value and run the notebook again from here. Comments describe the stored outputs.

# %% tags=["parameters"]
content_name, style_name = "palace", "great_wave"  # C and S: names of bundled pictures, or paths of yours
side = 360  # longer side of C, S and G in pixels
content_layer = "block4_conv2"
layer_weights = "fine"  # λ: "equal", "fine", "finest" or "coarse", see notebook 05
pooling, padding = "max", "symmetric"  # or "avg"; or "zero"
alpha, beta = 1.0, 5.0  # weights of content and style
gamma = 5e-5  # weight of total variation, a small third term against grain
start, seed = "content", 0  # first image: "content", "noise" or "blend"; seed of the noise
steps, learning_rate = 20, 7.0  # Adam: steps; size of a step in gray levels (0..255)
small_side, small_steps = 96, 6  # the comparisons of two programs or optimizers: longer side in pixels, steps
factor = 8  # J is multiplied by this where redundant weights are tested
ratios, early, late = (1, 25, 625), 12, 36  # the small L curves: β/α, rising; gradient evaluations
measure_side = 240  # side at which the stored pictures, of 240 x 240 pixels, are measured; a smaller one is quicker

# %% [markdown]
# ## One number
#
# You have two costs. `J_content` (notebook 03) is low when a deep layer says the same of G as of C, place by place. `J_style` (notebook 04) is low
# when the Gram matrices of G are those of S. Texts often call them measures of *similarity*. Mind the direction: they measure how
# *un*like two pictures are. 0 means "the same", and low is good.
#
# Going downhill takes a single number, so the two are added:
#
# $$J(G) = \alpha\,J_{content}(C,G) + \beta\,J_{style}(S,G)$$
#
# C and S are given and frozen, α and β are two numbers that you choose, and J is a number, too. G is what you look for: a picture of
# shape (1, H, W, 3). (Some texts call it R, for "result".) Programs often add a third term, γ·J_tv, total variation: it is large when neighboring pixels differ, and
# with a small γ it takes away grain. [Notebook 09](09_quality_and_speed.ipynb#Total-variation) is about it; here γ is small and never changes (its part of J is about 0.1 or less for the pictures shown, which is little beside the 3.4 of C, though more than a quarter of the 0.37 that the run below ends with; for white noise, where all neighbors differ, in color too, it is 11).
#
# First with numbers for a pencil: content 0.2, style 0.8, α = 10 and β = 40 give J = 2 + 32 = 34. **Predict**: now you want more weight on
# content. Does it matter whether you double α or halve β?

# %% tags=["nbval-check-output"]
for a, b in [(10, 40), (20, 40), (10, 20)]:
    J = total_cost(0.2, 0.8, a, b)
    print(f"alpha {a}  beta {b}:  J = {a * 0.2:g} + {b * 0.8:g} = {J:g}   content is {a * 0.2 / J:.1%} of J")
assert total_cost(0.2, 0.8, 10, 40) == 10 * 0.2 + 40 * 0.8

# %% [markdown]
# Both give content a larger part, and the *same* larger part. That they do the same thing is a first hint that one of the two weights is
# redundant. More on that below.
#
# ## Five pictures that nobody searched for
#
# Before you search for the G with a low J, measure some that cost nothing. The next cell is the first half of the algorithm. C and S never change, so they go through
# the network *once*; of S only its Gram matrices are kept (`moments` holds them). What comes back is a function that measures any G.
#
# `"relative"` means: divided by what activations (or a Gram matrix) of zeros would cost. So 1 is "as far off as saying nothing".
#
# **Predict** for five pictures, before you run the next two cells: which cost is 0 for G = C, which one nearly 0 for G = S? What about gray? And a *double exposure*,
# half C and half S: is it half good? And white noise?

# %%
weights = dict(zip(STYLE_LAYERS, np.array(LAYER_WEIGHTS[layer_weights]) / sum(LAYER_WEIGHTS[layer_weights]), strict=True))

def make_costs(C, S, extractor):
    a_C = extractor(C)[content_layer]
    of_S = {l: moments(a) for l, a in extractor(S).items() if l in weights}

    def costs(G):
        a_G = extractor(G)
        J_layers = {l: gram_cost(of_S[l], moments(a_G[l]), "relative") for l in weights}
        J_content = content_cost(a_C, a_G[content_layer], "relative")
        J_style = tf.add_n([weights[l] * J_layers[l] for l in weights])
        J = total_cost(J_content, J_style, alpha, beta) + gamma * total_variation_cost(G, "color")
        return {"J": J, "content": J_content, "style": J_style, **J_layers}

    return costs

# %% tags=["nbval-check-output"] alt="Four pictures with their costs: the pagoda, Hokusai's wave, a gray rectangle, and a pale mixture in which pagoda and wave can both be seen."
network = load_vgg(pooling=pooling, padding=padding)
exact = FeatureExtractor([content_layer, *weights], network, "float32")
C, S = load_image(content_name, side), load_image(style_name, side)
S_stretched = resize_image(S, tuple(C.shape[1:3]))  # S at the size of C
candidates = {"C": C, "S": S_stretched, "gray": 0 * C + 128, "double exposure": (C + S_stretched) / 2,
              "white noise": initial_image("noise", C, seed)}
measure = tf.function(make_costs(C, S, exact))
table = {name: {term: float(cost) for term, cost in measure(G).items()} for name, G in candidates.items()}
for name, cost in table.items():
    print(f"{name:16} content {cost['content']:4.2f}   style {cost['style']:5.3f}   J {cost['J']:6.2f}")
shown = ["C", "S", "gray", "double exposure"]
captions = [f"{name}\ncontent {table[name]['content']:.2f}, style {table[name]['style']:.2f}" for name in shown]
show_images([candidates[name] for name in shown], captions, columns=2, tile=3.6)

# %% [markdown]
# *Figure: four of the five, with their two costs.* C has the content for free and pays for style. S is the other way round: its style cost is not quite 0, because it was
# stretched to the size of C, and its content is *worse* than that of gray, which says next to nothing (notebook 00: a cost above 1). The double exposure holds both
# scenes, the roofs and the strokes, each at half contrast. Its style cost is a little more than half of that of C. But to the
# deep layer it is almost as far from C as gray is (0.80 and 0.98). If its activations were the mean of both, its content cost would be a quarter of that of S, 0.43: a mixture of *pictures* is no mixture of what the network sees in them. What you want has the content of one and the style of the other at full strength, and must be searched for.
#
# Note that the lowest J in this list is that of S, a picture without any pagoda.
#
# ## The algorithm in 30 lines
#
# Here is a recipe as you find it in many texts, and what its lines become:
#
# | The recipe | The code |
# | --- | --- |
# | 1. Ready a pretrained network. | `extractor` |
# | 2. Initialize G randomly, or by copying C. | `G = tf.Variable(...)` |
# | 3. For each epoch: | `for _ in range(steps)`; there is no data set to pass through, so an "epoch" is one step |
# | 3.1 run C, S and G through the network, | G here, in `costs(G)`; C and S once, in `make_costs` |
# | 3.2 compute the content and the style cost, | `costs(G)` |
# | 3.3 perform SGD on G. | `tape.gradient`, `optimizer.apply`; nothing is stochastic, and Adam (notebook 06) replaces plain descent |
# | 4. After about 5000 epochs G is finished. | `return` |

# %%
def style_transfer(costs, G, steps):
    """Every G on the way, and the costs before each step."""
    G = tf.Variable(G)  # 2
    optimizer = keras.optimizers.Adam(learning_rate, beta_2=0.99, epsilon=1e-12)  # ε far below the gradients
    optimizer.build([G])

    @tf.function
    def step():
        with tf.GradientTape() as tape:  # G is a Variable, so the tape watches it
            now = costs(G)  # 3.1, 3.2
        optimizer.apply([tape.gradient(now["J"], G)], [G])  # 3.3: from G and ∂J/∂G to a new G
        G.assign(tf.clip_by_value(G, 0.0, 255.0))  # a picture has values from 0 to 255
        return now

    images, history = [G.numpy()], []
    for _ in range(steps):  # 3
        history.append({name: float(value) for name, value in step().items()})
        images.append(G.numpy())
    return images, history  # 4

# %% [markdown]
# With `make_costs` that is the whole method. Is it right? The package's `stylize` does the same with more around it (checks, interrupts, several
# sizes). Give both the same small pictures and the same settings, in float32, and compare J step by step.

# %% tags=["nbval-check-output"]
C_small, S_small = resize_image(C, small_side), resize_image(S, small_side)
same = {"alpha": alpha, "beta": beta, "gamma": gamma, "content_layer": content_layer, "layer_weights": layer_weights,
        "positions_per_channel": 0, "style_cost": "gram", "pooling": pooling, "padding": padding, "seed": seed, "scales": 1}
seen = []
theirs = stylize(C_small, S_small, optimizer="adam", learning_rate=learning_rate, init=start, steps=small_steps,
                 max_side=None, precision="float32", callbacks=[lambda step, G, costs: seen.append(G)], **same)
ours, J_ours = style_transfer(make_costs(C_small, S_small, exact), initial_image(start, C_small, seed), small_steps)
for step in sorted({0, small_steps // 2, small_steps - 1}):
    apart = np.abs(ours[step] - seen[step]).mean()
    print(f"step {step}: J ours {J_ours[step]['J']:.2f}  theirs {theirs.history['J'][step]:.2f}   pictures apart {apart:.1f}")
    assert np.isclose(J_ours[step]["J"], theirs.history["J"][step], rtol=0.01)
    assert apart < 0.1 * (1 + step)

# %% [markdown]
# The same J and the same pictures, to all printed digits. (In a long run the last digits of the floats will lead two programs slowly apart. So
# compare them by their first steps, and by their costs at the end.)
#
# Now your 30 lines on the large pictures. "auto" lets the network compute with fewer digits (bfloat16) where the processor is faster that way. **Predict**: after which share of the steps
# does it look like a painting?

# %% alt="Three panels of falling curves: J; content, which jumps up from 0 and stays, and style, which falls; and the five style layers, of which block1 and block2 fall furthest and block5 stays highest."
extractor = FeatureExtractor([content_layer, *weights], network, "auto")
images, history = style_transfer(make_costs(C, S, extractor), initial_image(start, C, seed), steps)
last = {term: float(cost) for term, cost in measure(images[-1]).items()}
history.append(last)  # one entry for each image
print(f"after {steps} steps: content {last['content']:.2f}, style {last['style']:.3f}, J {last['J']:.2f}")
shown = sorted({0, *(max(1, round(steps * share)) for share in (0.04, 0.1, 0.2, 0.4, 0.6, 1))})
looks = {0: "The photograph of the pagoda, unchanged.", 1: "The same with faint spots in a pinkish sky.", 2: "More spots in the sky, all over its left half.",
         4: "Darker shadows in the bushes, the sky spotted at the left.", 8: "Yellow roofs, dark blue shadows, a spotted sky between pink and sand.",
         12: "Blue shadows under the roofs; a sandy sky, spotted at the left.", 20: "A sandy sky, grayish and spotted at the left, yellow roofs with blue edges, trees like foam."}
frames = [Frame(f"step {step}, J {history[step]['J']:.1f}", images[step], looks.get(step, "G on its way from C to the end."))
          for step in shown]
display(show_slider("step", frames))

curves = {"J": ["J"], "the two costs": ["content", "style"], "style, layer by layer": list(weights)}
_, axes = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
for axis, (title, terms) in zip(axes, curves.items(), strict=True):
    for term, (line, marker) in zip(terms, LINE_STYLES, strict=False):
        values = np.array([now[term] for now in history])
        axis.semilogy(np.maximum(values, values.max() / 200), line, marker=marker, markevery=max(1, steps // 10), label=term)
    axis.set(xlabel="step", title=title)
    axis.grid(alpha=0.3)
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3, fontsize=8)
plt.show()

# %% [markdown]
# *Pictures: G on its way; move the slider. Figure: its costs, on logarithmic axes (content begins at 0 and is drawn from the lower edge).* First the sky gets spots and turns pink, then the shadows in the bushes turn blue and the roofs yellow; the sandy sky comes last. By step 8 it no longer looks like a photograph. At the end J is 0.37, far
# below that of S (1.85) and of C (3.36). Not all is well: the sky is spotted at the left. Notebook 08 has a style cost that is better at it.
#
# Look at the terms, not at J alone. Style falls to about 4 % of its start; content *rises* at once, because G leaves C, and then
# comes slowly back, to 0.13. The layers differ: block1 falls to less than a hundredth of its start, and block2, with two setbacks, to about a thirtieth; block4 falls by half in the first steps, and after that hardly at all. λ is uneven, too:
# "fine" gives block4 an eighth of the weight of block1, and block5 none: it is only watched here.
#
# ## From white noise to a picture
#
# Random pixels are the start that most texts describe: J falls slowly, and slowly a picture emerges. This film was made that
# way, with the same α, β and γ as above, but with L-BFGS (notebook 06), with λ "deep", which has block5, with a total variation in which color counts no more than brightness, and from small to large: the first image is 68 pixels wide, the last one
# 384. Its settings stand in a JSON file beside the picture; `nst_keras.runs.save_run` writes such a pair for a run of
# yours. It is loaded (`python benchmarks/make_runs.py 07_from_noise` made it in about a minute).
# **Predict**: will you make out the building while G is still tiny, or only when it is large?

# %% tags=["nbval-check-output"] alt="J over gradient evaluations, both axes logarithmic: it falls from 7.5 to 0.6 in the first 60, then creeps; at five dotted lines, where G is enlarged, it jumps up to more than 1 and falls back."
display(show_film("07_from_noise", alt="Film: colored noise; a pale pagoda shape and dark spots appear, blurred; the picture becomes sharper in several jumps, until a pagoda in blue, cream and sand stands above bushes like foam."))
film = load_stored("07_from_noise")
J_film = np.array(film.record["J"])
jumps = np.flatnonzero(J_film[1:] > 1.1 * J_film[:-1]) + 1
figure, axis = plt.subplots(figsize=(9, 3.4), layout="constrained")
axis.loglog(1 + np.arange(len(J_film)), J_film, "-", label="J")
for number, at in enumerate(jumps):
    axis.axvline(at + 1, color="gray", linestyle=":", label=None if number else "next size")
axis.set(xlabel="gradient evaluation", ylabel="J", yticks=[0.5, 1, 2, 5], yticklabels=[0.5, 1, 2, 5])
axis.minorticks_off()
axis.legend()
plt.show()
for at in (0, 10, 100, len(J_film) - 1):
    print(f"evaluation {at + 1:3}: J = {J_film[at]:.2f}")

# %% [markdown]
# *Film: the run from white noise to the finished picture, all sizes enlarged to one, early frames closer together. Figure: its J, both axes logarithmic.* "Slowly" is half true: with L-BFGS, at 68 pixels, the first 10 evaluations take J from 7.5 to
# 1.4, and a pale building can be made out; the next 500 take it to 0.4, and bring the detail. Where G is
# enlarged, C and S grow as well, so J is measured anew: it jumps up, probably because an enlarged picture lacks fine detail, and most of the jump is gone after some tens of evaluations. (A plain rule at full size would take longer; that is not run here.)
#
# Small sizes are cheap. The run has about 500 evaluations, but they are only as much work as 90 at full size: there are six sizes, each with half the pixels of the next one; the largest gets 30 evaluations, and each smaller one √2 times as many, each for half the work, 30·(1 + 1/√2 + 1/2 + …). You will read of "about 5000 epochs", or of 6000 for a picture of 900 x 1400
# pixels: those take one size from start to end, and a slower optimizer. [Notebook 09](09_quality_and_speed.ipynb#Where-time-and-memory-go) forecasts the hours.
#
# ## Where content and style pull
#
# A term moves a pixel by its gradient, so that is where to look. In the layer where a cost is measured, its gradient is simple:
#
# - content, [notebook 03](03_content_cost.ipynb): $\partial J_{content}/\partial a = \text{constant}\cdot(a_G - a_C)$. Each place has an aim of its own.
# - style, derived in [the lab of notebook 04](labs/04_conventions.ipynb#The-gradients): $\partial J_{style}/\partial a = \text{constant}\cdot a\,\Delta\text{Gram}$. Every place
#   gets the same instruction, ΔGram, and applies it to its own activations.
#
# The chain rule takes both down to the pixels. Call −α·∂J_content/∂G the **pull of content** and −β·∂J_style/∂G the **pull of style**. If they point the
# same way, their cosine is 1; if they are opposite, −1; 0 if they have nothing to do with each other.
#
# Take the astronaut on her way to Hokusai, with β/α = 25, after 2, 30 and 300 gradient evaluations of L-BFGS. (Outputs and figures call one of them a step. The last two are loaded; the next section tells
# more about them.) **Predict**: does the cosine rise or fall during the run? What should it be at the lowest point of J?

# %% tags=["nbval-check-output"]
stored_ratios = (1, 5, 25, 125, 625)
C_a, S_a = load_image("astronaut", measure_side), load_image("great_wave", measure_side)
stored = {(n, r): resize_image(load_stored(f"07_ratio_{r}_{n}").image, measure_side) for n in (30, 300) for r in stored_ratios}
settings = load_stored("07_ratio_25_300").record["settings"] | {"precision": "float32"}
ruler = make_extractor(Settings(**settings))
content_alone, style_alone, both = (Objective(C_a, S_a, Settings(**settings), ruler, alpha=a, beta=b, gamma=g)
                                    for a, b, g in ((1, 0, 0), (0, 25, 0), (1, 25, 5e-5)))

def pulls(G):
    return [-J.value_and_gradient(G)[1].numpy()[0] for J in (content_alone, style_alone)]

def cosine(x, y):
    return (x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum())

stages = {2: minimize(both, C_a, lbfgs(), 2)[0], **{n: stored[n, 25] for n in (30, 300)}}
pulled = {n: pulls(G) for n, G in stages.items()}
for n, (of_content, of_style) in pulled.items():
    lengths = np.linalg.norm(of_content), np.linalg.norm(of_style)
    print(f"after {n:3} steps, in 0.0001: content {1e4 * lengths[0]:4.1f}   style {1e4 * lengths[1]:4.1f}   "
          f"cosine {cosine(of_content, of_style):.2f}")
assert cosine(*pulled[300]) < -0.95 or measure_side != 240

# %% alt="Top: the astronaut after 2 and after 300 steps, covered with pairs of blue and red arrows, which point anywhere on the left and in opposite directions on the right. Bottom: maps of the cosine, on the left mixed, mostly orange with some purple blocks, on the right dark brown everywhere."
b = max(1, measure_side // 20)  # side of a block, 12 pixels

def blocks(x):
    n = measure_side // b
    return x[: n * b, : n * b].reshape(n, b, n, b, 3).sum(axis=(1, 3))

_, axes = plt.subplots(2, 2, figsize=(9.6, 9.2), layout="constrained")
for (arrows, signs), n in zip(axes.T, (2, 300), strict=True):
    middles = b * np.arange(measure_side // b) + b / 2
    arrows.imshow(to_pixels(stages[n]), alpha=0.5)
    for pull, color, label in zip(pulled[n], ("tab:blue", "tab:red"), ("content", "style"), strict=True):
        red, green, blue = np.moveaxis(blocks(pull), -1, 0)
        arrows.quiver(middles, middles, red - blue, red + green + blue, color=color, label=label)
    arrows.set_title(f"after {n} steps: up = lighter, right = warmer")
    dots = [blocks(x * y).sum(axis=-1) for x, y in ((pulled[n][0], pulled[n][1]), *((p, p) for p in pulled[n]))]
    image = signs.imshow(dots[0] / np.sqrt(dots[1] * dots[2]), cmap="PuOr", vmin=-1, vmax=1)
    signs.set_title(f"after {n} steps: cosine of both pulls")
    for axis in (arrows, signs):
        axis.axis("off")
axes[0, 0].legend(loc="lower right")
plt.colorbar(image, ax=list(axes[1]), label="-1: they fight, 1: they agree", shrink=0.8)
plt.show()

# %% [markdown]
# *Figures: the pulls of content (blue) and style (red), summed over blocks of 12 x 12 pixels, as arrows: up means "lighter", to the right "warmer", more red and less blue. Each color
# has its own scale in each panel, so compare directions, not lengths. Below, the cosine of all pixel values of both pulls in each block.* After 2 steps style pulls about 20 times as hard as content, and mostly in one direction on the suit: away from orange. In most blocks
# content already pulls back to C, from where style has just dragged it; in some, such as the dark place above the helmet, both still want the same.
#
# After 300 steps nearly each red arrow has a blue one against it, and the cosine is near −1 everywhere (−0.98 in all; −0.91 after 30). At a lowest point (with no pixel held at 0 or 255) the sum of all pulls, −∂J/∂G, is zero, though each pull need not be. So without the third term both are equally long there, and opposite. Here their sum is still about a fifth as long as either: the third term, the values held at 0 or 255 and what is left to do can each have a part in it.
#
# ## The ratio β/α
#
# Ten runs that differ in β/α and in the number of gradient evaluations: the same C and S, 240 x 240 pixels, one size, starting at C, L-BFGS, so that no learning
# rate gets in the way. They are loaded (`benchmarks/make_runs.py` made each of the long ones in about 70 seconds). **Predict**: what is left of the
# face at 625? And which picture changes most between 30 and 300?

# %% tags=["nbval-check-output"]
seen = {
    1: "The astronaut, nearly as in the photograph, in cream, orange and dark blue; after 300 steps the same, a little smoother.",
    5: "Fine dark specks lie on her face and on the sky; the folds of the suit begin to look drawn. After 300 steps there are fewer specks on the face, and more foam beside the flag.",
    25: "The flag breaks into foam, the folds of the suit become wave-like lines, the ring at her neck is foam; dark marks cross her nose and cheek; after 300 steps they are fainter.",
    125: "Waves run across the suit, and the rocket is a dark pillar with a blue edge; after 300 steps the flag has become a slope of foam.",
    625: "After 30 steps much as at 125; after 300 her hair, a trace of the face, the ring, the badge and the helmet are left in a sea of waves.",
}
frames = [Frame(f"β/α = {r}", tf.concat([stored[30, r], stored[300, r]], axis=1), alt) for r, alt in seen.items()]
display(show_slider("β/α", frames))
exact_costs = {key: both.terms(G) for key, G in stored.items()}
print("β/α            " + "".join(f"{r:>9}" for r in stored_ratios))
for n in (30, 300):
    for term in ("J_content", "J_style"):
        print(f"{term:10} {n:4}" + "".join(f"{exact_costs[n, r][term]:9.3f}" for r in stored_ratios))
J_of = {r: load_stored(f"07_ratio_{r}_300").record["J"] for r in stored_ratios}
print("J, steps 200 to 300: " + "".join(f"{J_of[r][-1] / J_of[r][200] - 1:9.1%}" for r in stored_ratios))
for term, order in (("J_content", 1), ("J_style", -1)):  # content rises with the ratio, style falls
    assert all(np.diff([order * exact_costs[300, r][term] for r in stored_ratios]) > 0) or measure_side != 240

# %% [markdown]
# *Pictures: after 30 evaluations above, after 300 below. Move the slider with the mouse or the arrow keys; where there is none, as on GitHub, all five stand side by side.
# Table: their costs, measured in float32.* At 1 the photograph has hardly more than new
# colors; at 25 the flag breaks into foam and the folds of the suit become waves; at 625, after 300, hair, a trace of the face, the ring, the badge, the helmet and a pillar for the rocket are left in a sea. Of the five, the style cost of this one falls most between 30 and 300, to less than a third. After 300, content rises and style falls at every step of the ratio. The last line tells how far to trust
# the long runs: between 200 and 300 evaluations J falls by less than 1 % up to β/α = 25, but still by 7 % at 625. That one is not at its end.
#
# Now draw the two costs against each other, and beside it the same for your own pair, at a small size and live.

# %% alt="Two plots of style cost, on a logarithmic axis, against content cost: with few steps the curve flattens to the right, with many it lies lower and goes on falling."
live = {r: stylize(C_small, S_small, max_side=None, init=start, steps=late, precision="auto",
                   **(same | {"alpha": 1.0, "beta": float(r)})).history for r in ratios}
_, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
for n, (line, marker) in zip((30, 300), LINE_STYLES, strict=False):
    x, y = ([exact_costs[n, r][term] for r in stored_ratios] for term in ("J_content", "J_style"))
    left.semilogy(x, y, line, marker=marker, label=f"{n} steps")
    for r, *at in zip(stored_ratios, x, y, strict=True):
        left.annotate(r, at, textcoords="offset points", xytext=(6, 5 if n in (30, early) else -13))
for n, (line, marker) in zip((early, late), LINE_STYLES, strict=False):
    ends = {r: each.costs[int(np.argmin(each["J"][: n + 1]))] for r, each in live.items()}
    x, y = ([ends[r][term] for r in ratios] for term in ("J_content", "J_style"))
    right.semilogy(x, y, line, marker=marker, label=f"{n} steps")
    for r, *at in zip(ratios, x, y, strict=True):
        right.annotate(r, at, textcoords="offset points", xytext=(6, 5 if n in (30, early) else -13))
for axis, title in ((left, "astronaut, great_wave, 240 pixels"), (right, f"your pair, {small_side} pixels")):
    axis.set(title=title, xlabel="content cost at the end", ylabel="style cost at the end")
    axis.grid(alpha=0.3)
    axis.margins(0.1)
    axis.legend()
plt.show()

# %% [markdown]
# *Figure: each point is a run, with its β/α. The style axis is logarithmic.* Look at the 30-step curve on its own: from 125 to 625 you pay content and get hardly any style,
# as if there were a floor at 0.006. After 300 steps the style cost there is 0.003 and 0.002: **the floor was the number of steps**. The second pair says the same. A curve of this kind from short
# runs tells you about the optimizer as much as about α and β.
#
# What remains with many steps is the exchange rate. From 1 to 25 content rises by 0.3, and style falls to less than a tenth. From 25 to 625 content rises by 0.5 more, and style falls to about
# a quarter. On linear axes the curve looks like an L; where its corner seems to be depends on the scales. Which ratio is best is taste, not mathematics.
#
# ## What a low J is worth
#
# C has the lowest content cost there is, and S the lowest style cost. **Predict**: for which ratios does the G that was found beat both, and gray, and an imagined copy of S?
#
# (S is cut to its middle square and enlarged, so that its shape fits. Both give it some style cost, which a large β inflates; so look at a perfect copy as well, with the
# content cost of that square and no style cost at all. J is printed without its γ term.)

# %% tags=["nbval-check-output"]
n_rows = S_a.shape[1]
middle = (S_a.shape[2] - n_rows) // 2
S_square = resize_image(S_a[:, :, middle : middle + n_rows], (measure_side, measure_side))
others = {"C": C_a, "S": S_square, "gray": 0 * C_a + 128}
others = {f"J of {name}": both.terms(G) for name, G in others.items()}
print("β/α                " + "".join(f"{r:>9}" for r in stored_ratios))
for name, costs in others.items():
    print(f"{name:19}" + "".join(f"{costs['J_content'] + r * costs['J_style']:9.2f}" for r in stored_ratios))
print("J of perfect copy  " + "".join(f"{others['J of S']['J_content']:9.2f}" for r in stored_ratios))
for n in (30, 300):
    values = {r: exact_costs[n, r]["J_content"] + r * exact_costs[n, r]["J_style"] for r in stored_ratios}
    print(f"J of G, {n:3} steps   " + "".join(f"{J:9.2f}" for J in values.values()))
    assert all(r * others["J of C"]["J_style"] > J for r, J in values.items()) or measure_side != 240

# %% [markdown]
# The G that was found is below C, S and gray at every ratio. Against a perfect copy of S it depends. At β/α = 5 its J is a quarter of that of the copy. At 125 the
# short run ends *above* the copy (1.47 against 1.18), the long one below; at 625 even the long run ends above. The copy is only a yardstick: it has the content of the square cut from S, and style exactly 0, which that square, a real picture, has not. *If* there is a picture like that, the long run at 625 (1.96) has missed a better one (1.18). Compare J with such simple
# candidates, or you will not notice.
#
# The numbers in one column say nothing about those in the next: J is 0.13 at the left and 1.96 at the right, because β grew. And they say nothing about beauty; J does not know which of the five you like. Use J to compare pictures made with the *same* weights, and the two costs for everything else.
#
# ## Without weights?
#
# A short form that you will meet: $J(C,S) = J(C,G) + J(S,G)$. On the left J(G) is meant, because G is what varies. And α = β = 1. Is that a good
# choice? Measure both terms for one picture, the double exposure at 96 pixels (its costs are not those of the larger one above), in three conventions: as shares ("relative"); with Gatys' constants; and as programs write
# it that take the mean of squares over activations and over raw Gram matrices.

# %% tags=["nbval-check-output"]
S_fit = resize_image(S_small, tuple(C_small.shape[1:3]))
a_C, a_S, a_G = (exact(G) for G in (C_small, S_fit, (C_small + S_fit) / 2))
for name, (content, style) in {"relative": ("relative", "relative"), "Gatys": ("half_sum", "gatys"), "means": ("mean", "mean")}.items():
    J_content = float(content_cost(a_C[content_layer], a_G[content_layer], content))
    J_style = float(sum(weights[l] * layer_style_cost(a_S[l], a_G[l], style) for l in weights))
    print(f"{name:9} content {J_content:8.2g}   style {J_style:8.2g}   style / content {J_style / J_content:.2g}")

# %% [markdown]
# The same picture, and style is 0.6 times, 0.1 times or 700 million times as large as content. So "no weights" means whatever the constants in the two costs happen to mean. As shares it is β/α = 1, the left column of the tables above; with means over raw Gram matrices content no longer counts at all. The appendix converts one into the other.
#
# ## One weight is enough. Is it?
#
# Ng's lecture remarks that two weights seem redundant. The proof is one line: for every k > 0
# (kα)·J_content + (kβ)·J_style = k·J, and k·J is lowest at the same G as J. So only the *ratio* matters: fix α = 1 and choose β. (With γ, the ratio γ/α as well.)
#
# But most runs stop on the way to the lowest point. So the way matters, and the gradient of k·J is k times as long. **Predict** for each of three
# optimizers: does k = 8 change the picture?

# %% tags=["nbval-check-output"] alt="Four panels of J over the steps, each for J and for 8 times J divided by 8: the two curves coincide for L-BFGS, Adam and plain descent with a smaller rate, and part for plain descent with the same rate."
kept = "content_layer", "layer_weights", "positions_per_channel", "style_cost", "pooling", "padding"
chosen = {key: same[key] for key in kept}
J_1, J_k = (Objective(C_small, S_small, precision="float32", alpha=k * alpha, beta=k * beta,
                      gamma=k * gamma, **chosen) for k in (1, factor))
eta = 1 / float(tf.reduce_mean(tf.abs(J_1.value_and_gradient(C_small)[1])))  # the first step: 1 gray level on average

def run(J, optimizer):
    return minimize(J, C_small, optimizer, small_steps)

plain = run(J_1, gradient_descent(eta))  # stands in two panels
pairs = {"L-BFGS": (run(J_1, lbfgs()), run(J_k, lbfgs())), "Adam": (run(J_1, adam(learning_rate)), run(J_k, adam(learning_rate))),
         "plain descent": (plain, run(J_k, gradient_descent(eta))),
         "plain, η / k for k·J": (plain, run(J_k, gradient_descent(eta / factor)))}
_, axes = plt.subplots(1, 4, figsize=(13, 3.2), sharey=True, layout="constrained")
gaps = {}
for axis, (name, ((G_1, h_1), (G_k, h_k))) in zip(axes, pairs.items(), strict=True):
    gaps[name] = float(tf.reduce_mean(tf.abs(G_1 - G_k)) / tf.reduce_mean(tf.abs(G_1 - C_small)))
    print(f"{name:21} distance of both ends, as a share of the way: {gaps[name]:.1f}")
    axis.semilogy(h_1["J"], "-o", markersize=7, label="J")
    axis.semilogy(np.array(h_k["J"]) / factor, "--x", label=f"({factor}·J) / {factor}")
    axis.set(title=name, xlabel="step")
    axis.legend(fontsize=8)
plt.show()
assert gaps["plain descent"] > 0.2 > max(gap for name, gap in gaps.items() if name != "plain descent") or factor == 1

# %% [markdown]
# *Figure: J over the steps, for J and for 8·J (divided by 8, so that equal runs coincide).*
#
# - **L-BFGS**, as built here, measures its first step in gray levels and then learns the curvature from the run: a factor cancels.
# - **Adam** divides each gradient by its own size: a factor cancels. (Programs add a small ε to that size, often 10⁻⁷. Where gradients are not far above it, it does not quite cancel.)
# - **Plain gradient descent** steps by η·∂J/∂G (η is the learning rate), so 8·J with η is J with 8·η. With η/8 the old run comes back.
#
# So with L-BFGS and Adam one weight is redundant. With plain descent it is not: it is a *learning rate*. Update rules that are printed without one, G := G − ∂J/∂G, have hidden it
# in α and β. (A factor of 8, a power of two, changes no digit of a float. Others let the runs differ in the last digits.)
#
# ## Summary
#
# - The method is one loop: run G through a frozen network, compute α·J_content + β·J_style, move G against ∂J/∂G.
# - J compares pictures only under the same weights. Print it beside J of C, S and gray, and of an imagined copy of S with style 0: with much weight on style, a short run beat the first three and did worse than that copy would.
# - At the lowest point, without a third term and with no pixel held at 0 or 255, the pulls of content and style are equally long and opposite; here after 300 evaluations the cosine is −0.98.
# - β/α is an exchange rate. The style cost that looks like a floor after 30 steps falls to a half or a third of it by 300.
# - Only the ratio matters, to where J is lowest, and to L-BFGS and Adam on the way. To plain descent the common factor is a learning rate.
#
# ## Exercises
#
# **Exercise 1.** Compute J for (J_content, J_style, α, β) = (0.2, 0.8, 10, 40) and for (0.3, 0.5, 3, 8).

# %% tags=["exercise"]
# Exercise 1: your answer, two numbers, replaces None
answer = (None, None)
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = (total_cost(0.2, 0.8, 10, 40), total_cost(0.3, 0.5, 3, 8))  # 2 + 32 and 0.9 + 4
# ```
# </details>
#
# **Exercise 2.** At the lowest point of J (no pixel at 0 or 255, γ = 0) with α = 1 and β = 20, the gradient of J_content has the length 0.006.
# How long is the gradient of J_style, without its weight? And what is the cosine of the two gradients?

# %% tags=["exercise"]
# Exercise 2: your answer, a length and a cosine, replaces None
answer = (None, None)
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The sum α·∂J_content/∂G + β·∂J_style/∂G is zero there, so both parts are equally long and opposite.
#
# ```python
# answer = (1 * 0.006 / 20, -1.0)
# ```
# </details>
#
# **Exercise 3.** You like a result with α = 5, β = 100 and learning rate 0.6, made by plain gradient descent. You want to write it with α = 1: which
# β and which learning rate give the same way?

# %% tags=["exercise"]
# Exercise 3: your answer, β and the learning rate, replaces None
answer = (None, None)
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# # J becomes J/5, and so does its gradient: a learning rate of 5·0.6 makes up for it
# answer = (100 / 5, 0.6 * 5)
# ```
# </details>
#
# **Exercise 4.** Does doubling α raise the style cost that a run ends with? Measure it: two short runs of `stylize` that differ in α alone, with
# `style_cost="gram"`. Answer with both final style costs, `run.history["J_style"][-1]`, the one with the smaller α first.

# %% tags=["exercise"]
# Exercise 4: your answer, two costs, replaces None
answer = (None, None)
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# both_runs = [stylize(content_name, style_name, alpha=a, beta=5.0, steps=15, max_side=64, scales=1, style_cost="gram")
#              for a in (1.0, 2.0)]
# answer = tuple(run.history["J_style"][-1] for run in both_runs)
# ```
# </details>
#
# **Exercise 5.** (N: places of the layer, height times width; nC: its channels.) One program has 1/(4·N·nC) in front of its content cost and 1/(2·N·nC)² in front of each layer's style cost, and uses α = 10, β = 40. Another one has 1/(N·nC) and 1/(N·nC)².
# Which α and β mean the same there?

# %% tags=["exercise"]
# Exercise 5: your answer, α and β, replaces None
answer = (None, None)
check(5, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Both constants are a quarter of those in the second program, in every layer alike. So its weights are a quarter, and their ratio is the same.
#
# ```python
# answer = (10 / 4, 40 / 4)
# ```
# </details>
#
# ## Quiz
#
# <details><summary>1. J fell from 20 to 2. Is the picture ten times better?</summary>
# No. J has no unit that the eye knows, and it hides which term has fallen. Print both costs, and look.
# </details>
#
# <details><summary>2. Why do C and S go through the network only once?</summary>
# Network and pictures are frozen, so their activations never change. Only G changes from step to step.
# </details>
#
# <details><summary>3. Two runs with the same β/α, from the same first image, give different pictures. How can that be?</summary>
# Plain gradient descent with the same learning rate but other absolute weights; or another γ/α, λ, size or number of steps.
# </details>
#
# <details><summary>4. At the end of a run both costs have long gradients. Has it not finished?</summary>
# It may well have. At the lowest point the *sum* is zero; each part can be as long as it likes.
# </details>
#
# <details><summary>5. A program sets its style weight to 0.01. Is its style weak?</summary>
# You cannot know before you see the constants in its costs; see the appendix.
# </details>
#
# ## Appendix: carrying α and β from one program to another
#
# (Skip this unless you have weights from elsewhere.) "α = 10, β = 40" has no meaning without the constants in the two costs, and every text has its own:
#
# | convention | content: × Σ(Δa)² | style of a layer: × Σ(ΔGram)² | where |
# | --- | --- | --- | --- |
# | `gatys` | 1/2 | 1/(2·N·nC)² | Gatys et al.; Ng's lecture (N = nH·nW) |
# | `unsquared` | 1/2 | 1/(2·N·nC) | lecture notes in which the square was lost |
# | `raw mean` | 1/(N·nC) | 1/nC² | programs that take the mean over raw Gram matrices |
# | `course` | 1/(4·N·nC) | 1/(2·N·nC)² | the assignment of Ng's course |
# | `tensorflow` | 1/(N·nC) | 1/(N·nC)² | TensorFlow's tutorial |
# | `neural-style` | 1/(N·nC) | 1/(N·nC²)² | J. Johnson's neural-style |
# | `relative` | 1/Σa_C² | 1/Σ Gram(S)² | this package |
#
# For J to stay the same, a weight must grow by as much as its constant shrinks. That is all a converter does. For style it happens in each layer, so
# equal λ need not stay equal.

# %%
sizes = {l: (a.shape[1] * a.shape[2], a.shape[3]) for l, a in a_C.items()}  # N, nC
gram_squared = {l: float(tf.reduce_sum(gram_matrix(a_S[l]) ** 2)) for l in weights}
n = np.prod(sizes[content_layer])
content_constants = {"gatys": 1 / 2, "unsquared": 1 / 2, "raw mean": 1 / n, "course": 1 / (4 * n), "tensorflow": 1 / n,
                     "neural-style": 1 / n, "relative": 1 / float(tf.reduce_sum(a_C[content_layer] ** 2))}
style_constants = {
    "gatys": lambda l, N, nC: 1 / (2 * N * nC) ** 2, "unsquared": lambda l, N, nC: 1 / (2 * N * nC),
    "raw mean": lambda l, N, nC: 1 / nC**2, "course": lambda l, N, nC: 1 / (2 * N * nC) ** 2,
    "tensorflow": lambda l, N, nC: 1 / (N * nC) ** 2, "neural-style": lambda l, N, nC: 1 / (N * nC**2) ** 2,
    "relative": lambda l, N, nC: 1 / gram_squared[l]}

def convert(alpha, beta, shares, source, target):
    """α, β and λ (sum 1) that mean in `target` what these mean in `source`."""
    old, new = style_constants[source], style_constants[target]
    pull = {l: beta * shares[l] * old(l, *sizes[l]) / new(l, *sizes[l]) for l in shares}
    total = sum(pull.values())
    return alpha * content_constants[source] / content_constants[target], total, {l: p / total for l, p in pull.items()}

# %% [markdown]
# Trust it only after a test. Take the small double exposure, compute J without γ in one convention with the cost functions of the package, convert the weights, compute J
# in the other one. (The constants above and those of the package were written independently.) Then ask what α = β = 1, and some well-known defaults, mean
# as a ratio in the `relative` convention, that of the tables above.

# %% tags=["nbval-check-output"]
normalizers = {"gatys": ("half_sum", "gatys"), "unsquared": ("half_sum", "notes"), "raw mean": ("mean", "mean"),
               "course": ("course", "gatys"), "tensorflow": ("mean", "per_position"),
               "neural-style": ("mean", "per_position"), "relative": ("relative", "relative")}

def J_in(convention, alpha, beta, shares):
    content, style = normalizers[convention]
    if convention == "neural-style":  # each Gram matrix is divided by N·nC there, then the mean over nC² entries taken
        shares = {l: share / sizes[l][1] ** 2 for l, share in shares.items()}
    J_style = sum(share * layer_style_cost(a_S[l], a_G[l], style) for l, share in shares.items())
    return float(total_cost(content_cost(a_C[content_layer], a_G[content_layer], content), J_style, alpha, beta))

expected = J_in("relative", alpha, beta, weights)
for name in normalizers:
    there = convert(alpha, beta, weights, "relative", name)
    back = convert(1, 1, dict.fromkeys(weights, 1 / len(weights)), name, "relative")
    print(f"{name:13} J {J_in(name, *there):.3f}   α = β = 1 means β/α = {back[1] / back[0]:7.1e}")
    assert np.isclose(J_in(name, *there), expected, rtol=1e-3)
known = {"course: 10, 40": ("course", 10, 40), "tensorflow: 1e4, 1e-2": ("tensorflow", 1e4, 1e-2),
         "neural-style: 5, 100 per layer": ("neural-style", 5, 500)}
for name, (convention, a, b) in known.items():
    back = convert(a, b, dict.fromkeys(weights, 1 / len(weights)), convention, "relative")
    print(f"{name:31} β/α = {back[1] / back[0]:.1e}")

# %% [markdown]
# The unchanged J (2.34) says that the conversion is right. And α = β = 1 means a ratio between 0.3 and more than a billion, by constants that the short form does not show. Even brought to one convention, the defaults of three well-known programs differ by a factor of 4 million. (The numbers are for this pair at 96 pixels, this content layer, `block4_conv2`, equal λ, and a network that
# gets its input as it expects it; where content and style cost grow unequally with the size, the ratio changes with it. The TensorFlow tutorial takes block5_conv2: set `content_layer` to see what its weights mean there.)
# The lab of notebook 04 shows what the constants do to [λ](labs/04_conventions.ipynb#Across-layers-a-constant-is-a-hidden-λ).
#
# <details><summary>In the notes</summary>
#
# | Statement | Place | Verdict | What decides it |
# | --- | --- | --- | --- |
# | A style transfer needs a cost function; it measures how well G fits and is minimized by gradient descent. | S0:17-19 | true | J 3.36 for C, 1.85 for S, 0.37 for the G that was found: [The algorithm in 30 lines](#The-algorithm-in-30-lines) |
# | J(G) = α·J_c(C,G) + β·J_s(S,G). | S0:22 | true | The loop that minimizes it agrees with the package step by step: [The algorithm in 30 lines](#The-algorithm-in-30-lines) |
# | The two costs measure how similar G is to C and to S; that of style is written J_s(C,G). | S0:24-28 | half true | They measure unlikeness, 0 for the same picture, and style compares S with G: [Five pictures that nobody searched for](#Five-pictures-that-nobody-searched-for) |
# | A larger α, or a smaller β, puts more weight on content. | S0:29-31 | true | 5.9 % of J becomes 11.1 % both ways; content cost 0.89 at β/α = 625, 0.05 at 1: [The ratio β/α](#The-ratio-β/α) |
# | An example of the whole: from random pixels to G. | S0:40-42 | true | The film from white noise, J 7.5 to 0.43: [From white noise to a picture](#From-white-noise-to-a-picture) |
# | J(G) is the weighted sum of a content and a style cost, which measure how similar the pictures are. | S1:6, 12, 17-18 | half true | The sum is right, but a high cost means *un*like: 0.00 and 1.71 for G = C and G = S: [Five pictures that nobody searched for](#Five-pictures-that-nobody-searched-for) |
# | Two weights are redundant; one would do. | S1:19 | half true | Where J is lowest, 8·J is lowest too, and with L-BFGS and Adam both lead to the same picture; with plain descent the two ends lie 3.2 times as far apart as J moved G: [One weight is enough. Is it?](#One-weight-is-enough.-Is-it?) |
# | J falls slowly, and slowly the picture looks like C painted like S. | S1:42-44 | half true | J falls from 7.5 to 1.4 in the first 10 of 512 evaluations; the rest is slow: [From white noise to a picture](#From-white-noise-to-a-picture) |
# | J(C,S) = J(C,G) + J(S,G). | S2:49 | wrong | J depends on G, and without weights style counts 0.1 or 700 million times as much as content, by convention: [Without weights?](#Without-weights?) |
# | J(G) is minimized by starting at random and walking downhill. | S3:22, 25-26 | true | [From white noise to a picture](#From-white-noise-to-a-picture) |
# | The total cost of the generated image R, J(R). | S3:79 | true | Another name for J(G): [One number](#One-number) |
# | In each epoch run C, S and G through the network, compute both losses, perform SGD on G. | S4:9-12 | half true | C and S need to go through once; an epoch is one step, nothing is stochastic: [The algorithm in 30 lines](#The-algorithm-in-30-lines) |
# | After about 5000 epochs (6000 at 900 x 1400) G is done. | S4:13, 62 | only with a slow optimizer at one size | 512 evaluations, worth 90 at full size, from noise: [From white noise to a picture](#From-white-noise-to-a-picture) |
# | The loss is α times the content loss plus β times the style loss. | S4:17-21 | true | 10·0.2 + 40·0.8 = 34: [One number](#One-number) |
#
# S0 to S4 are the five course notes that this series follows, S3:61 is line 61 of S3; [all of them, line by line](NOTES.md).
#
# </details>
#
# ## Sources
#
# - L. Gatys, A. Ecker, M. Bethge: [Image Style Transfer Using Convolutional Neural Networks](https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html), 2016, eq. 7 (the total cost)
# - A. Ng: [Neural style transfer cost function](https://www.youtube.com/watch?v=xY-DMAJpIP4) (the lecture)
# - TensorFlow's tutorial [Neural style transfer](https://www.tensorflow.org/tutorials/generative/style_transfer); J. Johnson's [neural-style](https://github.com/jcjohnson/neural-style) (conventions)
#
# **The way on**: [notebook 08](08_beyond_the_gram_matrix.ipynb) asks what the Gram matrix cannot see, and exchanges the style cost for one that sees more.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 - Putting it together: J(G) = α·J_content + β·J_style
#
# **You write the whole algorithm in about 30 lines, watch a picture emerge, and learn what α and β really decide.**
#
# What you will learn
# - how each line of the notes' algorithm becomes a line of code, and how to read the curves of a run;
# - what the ratio β/α does, why one of the two weights is redundant, and for which optimizers that is not true;
# - how to carry weights from one text or tool to another, where the same "α = 10, β = 40" means something else.
#
# Time: about 1 minute on 2 CPU cores.
#
# ## Setup

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()  # without the notices that TensorFlow writes while it loads

import json
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from exercises.nb07 import check
from IPython.display import Image as Picture
from IPython.display import display
from PIL import Image

from nst_keras import FeatureExtractor, Objective, data_path, gram_matrix, load_vgg, stylize
from nst_keras.costs import content_cost, layer_style_cost, total_cost, total_variation_cost
from nst_keras.display import show_evolution, show_images
from nst_keras.images import initial_image, load_image, resize_image, to_pixels
from nst_keras.optimize import adam, gradient_descent, lbfgs, minimize
from nst_keras.runs import save_run

# %% [markdown]
# **Tweak me.** Everything below keeps working when you change these values. Change one at a time.

# %% tags=["parameters"]
CONTENT = "palace"  # C: a picture of this project, or the path of one of yours
STYLE = "great_wave"  # S
SIDE = 144  # longer side of C, S and G, in pixels
CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]  # λ[l] equal, sum 1
POOLING = "max"  # "max" or "avg"
STYLE_COST = "gram"  # the cost of the notes; notebook 08 has another one
ALPHA, BETA, GAMMA = 1.0, 20.0, 1e-4  # weights of content, style and total variation
INIT = "blend"  # first image: "blend" (60 % noise, 40 % C), "noise" or "content"
SEED = 0  # of the noise
STEPS, LEARNING_RATE = 60, 10.0  # Adam: steps; size of a step in gray levels (0..255)
RATIOS = [0.1, 1, 5, 30, 300]  # β/α of the grid, increasing
RATIO_SIDE, RATIO_STEPS = 96, 28  # pixels; L-BFGS steps per tile
TEST_SIDE, TEST_STEPS = 96, 15  # pixels and steps of the experiments on redundant weights

# %% [markdown]
# ## One number for "looks like C, painted like S"
#
# You have two costs: `J_content` (notebook 03) is low when the deep activations of G agree with those of C place by
# place, `J_style` (notebook 04) is low when the Gram matrices of G agree with those of S. Both measure how
# *dis*similar two pictures are: 0 means "the same" (S0:27-28 and S1:17-18 say "how similar", so mind the direction).
# Downhill needs a single number, so the notes add them up (S0:22, S1:12, S3:22, S3:79; S3:79 calls G there R):
#
# $$J(G) = \alpha\,J_{content}(C,G) + \beta\,J_{style}(S,G) \;[\,+\,\gamma\,J_{tv}(G)\,]$$
#
# Everything in it is a scalar except `G`, of shape (1, H, W, 3). The bracket is not in the notes: total variation
# punishes speckle, and many programs add it with a small γ. First the arithmetic, with costs you can check in your head.

# %% tags=["nbval-check-output"]
for alpha, beta in [(10, 40), (20, 40), (10, 20), (1, 1)]:
    J = total_cost(0.2, 0.8, alpha, beta)
    print(f"alpha={alpha:2}  beta={beta:2}  J = {alpha}·0.2 + {beta}·0.8 = {J:4.1f}   content part {alpha * 0.2 / J:.0%}")

# %% [markdown]
# Raising α or lowering β gives content a larger part of J (S0:29-31): both doubled α and halved β lead to the same
# 11 %. That they do the same thing is a first hint that one of them is redundant. The last line is what S2:49 writes
# (with `J(C,S)` on the left, where J(G) is meant): no weights at all, so α = β = 1. Whether that is sensible depends
# on the units of the two costs; the last section returns to it.
#
# Now real pictures. Steps 1 and 3.1 of the notes' list (S4:7-12) need a frozen network and the activations of C and S.
# C and S never change, so they go through the network **once**, and not "for each epoch" as S4:9-10 reads.

# %%
weights = {l: 1 / len(STYLE_LAYERS) for l in STYLE_LAYERS}  # λ[l]
extractor = FeatureExtractor([CONTENT_LAYER, *STYLE_LAYERS], load_vgg(pooling=POOLING))  # S4 step 1
C, S = load_image(CONTENT, SIDE), load_image(STYLE, SIDE)
a_C, a_S = extractor(C), extractor(S)  # S4 step 3.1 for C and S


def costs_of(G):
    """J_content, J_style and J_tv of one image: S4 steps 3.1 (for G) and 3.2."""
    a_G = extractor(G)
    J_content = content_cost(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER], "relative")
    J_layers = [weights[l] * layer_style_cost(a_S[l], a_G[l], "relative") for l in STYLE_LAYERS]
    return J_content, tf.add_n(J_layers), total_variation_cost(G)


# %% [markdown]
# `"relative"` is this package's convention: 1 means "as far off as activations (or a Gram matrix) that are all zero".
#
# **Predict before you run:** which cost is 0 for G = C? For G = S? What about a double exposure, half C and half S?

# %% tags=["nbval-check-output"]
S_stretched = resize_image(S, tuple(C.shape[1:3]))  # S at the size of C
trials = {"C": C, "S (stretched)": S_stretched, "double exposure": (C + S_stretched) / 2}
print("G trains", "x".join(map(str, C.shape[1:])), "=", tf.size(C).numpy(), "numbers; the network trains none")
for name, G in trials.items():
    J_content, J_style, _ = costs_of(G)
    J = total_cost(J_content, J_style, ALPHA, BETA)
    print(f"G = {name:15}  J_content {J_content:.2f}   J_style {J_style:.2f}   J {J:5.1f}")
show_images(list(trials.values()), [f"G = {name}" for name in trials], tile=1.9)

# %% [markdown]
# Three candidates for G. C has the content for free and pays for style, S the other way round. The double exposure
# combines the *pictures*, and both costs are bad: it shows two scenes and copies no brush strokes. What you want
# combines the *content* of one with the *style* of the other (S0:9-14), and has to be searched for.
#
# ## The algorithm of the notes, line by line
#
# | S4 | the notes | the code below |
# | --- | --- | --- |
# | 1 (S4:7) | ready a pretrained CNN | `extractor`, above |
# | 2 (S4:8) | initialize G randomly or as a copy of C | `G = tf.Variable(initial_image(...))` |
# | 3 (S4:9) | for each epoch | `for step in range(STEPS)`; an "epoch" is one step, there is no data set to pass through |
# | 3.1 (S4:10) | run C, S and G through the network | G: in `costs_of`; C and S: once, above |
# | 3.2 (S4:11) | compute the content and style loss | `costs_of`, `total_cost` |
# | 3.3 (S4:12) | perform SGD on G | `tape.gradient`, `optimizer.apply`; nothing is stochastic here, and Adam replaces plain descent (notebook 06) |
# | 4 (S4:13) | after about 5000 epochs, G looks right | the return value |

# %%
def style_transfer_by_hand():
    """Steps 2 to 4. Returns every G on the way and J before each step."""
    G = tf.Variable(initial_image(INIT, C, SEED))  # step 2
    optimizer = keras.optimizers.Adam(LEARNING_RATE, beta_2=0.99, epsilon=1e-12)  # ε well below the gradients
    optimizer.build([G])

    @tf.function
    def train_step():
        with tf.GradientTape() as tape:  # G is a Variable, so the tape watches it
            J_content, J_style, J_tv = costs_of(G)  # 3.1, 3.2
            J = total_cost(J_content, J_style, ALPHA, BETA) + GAMMA * J_tv
        optimizer.apply([tape.gradient(J, G)], [G])  # 3.3: a new G from G and ∂J/∂G
        G.assign(tf.clip_by_value(G, 0.0, 255.0))  # a picture has values 0..255
        return J

    images, J_values = [G.numpy()], []
    for _ in range(STEPS):  # step 3
        J_values.append(float(train_step()))
        images.append(G.numpy())
    return images, J_values  # step 4


images, J_values = style_transfer_by_hand()

# %% [markdown]
# With `costs_of` that is the whole method, in about 30 lines. The package's `stylize` does the same, and more around it
# (checks, interrupts, several sizes). Same settings, so it must give the same picture:

# %% tags=["nbval-check-output"]
seen = []
network = {"style_cost": STYLE_COST, "pooling": POOLING, "padding": "zero", "precision": "float32"}  # as above
result = stylize(
    CONTENT, STYLE, alpha=ALPHA, beta=BETA, gamma=GAMMA, content_layer=CONTENT_LAYER,
    layer_weights=weights, optimizer="adam", steps=STEPS, learning_rate=LEARNING_RATE, init=INIT, seed=SEED,
    max_side=SIDE, scales=1, **network, callbacks=[lambda step, G, costs: seen.append(G.numpy())],
)  # fmt: skip
history = result.history
apart = [np.abs(ours - theirs).mean() for ours, theirs in zip(images, seen, strict=True)]  # gray levels of 255
way = np.abs(images[-1] - images[0]).mean()
same = {
    "J agrees at every step, within 5 %": np.allclose(history["J"][:-1], J_values, rtol=0.05),
    "after 5 steps the pictures agree within 1 gray level": bool(apart[min(5, STEPS)] < 1),
    "at the end they agree within 25 % of the way from the start": bool(apart[-1] < way / 4),
}
for name, holds in same.items():
    print(f"{name}: {holds}")
print("J and J_style fell to less than half:", all(history[term][-1] < history[term][0] / 2 for term in ("J", "J_style")))
work, work_S4 = C.shape[1] * C.shape[2] * STEPS, 900 * 1400 * 6000
print(f"pixel updates: {work:,} here; {work_S4:,} in S4's example, {work_S4 / work:,.0f} times as many")
assert all(same.values())

# %% [markdown]
# The same picture, but not bit for bit: the two programs add up floats in another order, and Adam divides each
# pixel's gradient by its own size, so where a gradient is nearly 0 its last digits decide the step. With the committed
# settings the pictures are 0.1 gray levels apart after 5 steps and about 6 at the end, after a way of almost 50. J does not
# mind. So compare programs by their first steps and their costs, not by the pixels of the last image.
#
# The last line compares with the example of S4:62, 900 x 1400 pixels and 6000 "epochs": days of work for a CPU.
# L-BFGS instead of plain descent (notebook 06) and small sizes before large ones (notebook 09) save most of it.
#
# ## Watching it converge
#
# S1:42 promises that J falls slowly and the picture emerges slowly. **Predict:** at which share of the steps will you
# first recognize the scene, and at which the painter?

# %%
frame_steps = sorted({0, *(max(1, round(STEPS * share)) for share in (0.05, 0.15, 0.4, 1))})
show_evolution([(step, images[step]) for step in frame_steps], tile=1.6)

curves = {"J": "k-", "J_content": "C0--o", "J_style": "C1-s", "J_tv": "C2:^"}
figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
for term, look in curves.items():
    relative = np.array(history[term]) / max(history[term][0], 1e-9)
    axis.plot(history.steps, relative, look, markevery=max(1, STEPS // 10), label=term)
axis.set(xlabel="step", ylabel="cost / its start", yscale="log")
axis.grid(alpha=0.3)
axis.legend()
plt.show()

# %% [markdown]
# *Top: G on its way, from the first image to the last. Bottom: each cost divided by its value at the start, on a
# logarithmic axis.*
# With the committed settings the strip starts as C under noise and ends as C in the colors and lines of S. J_style
# falls by more than 90 %; J_content hardly moves: what it gains by losing the noise it pays back to style.
# The curve of J alone would hide that, so always look at the terms. The absolute numbers say nothing about quality,
# only their change does; and the first third of the steps does most of the work.
#
# ## Who pulls?
#
# A term moves the pixels through its gradient. So its influence is not its *value* but the length of its gradient,
# weights included: ‖∂(β·λ[l]·J_style[l])/∂G‖.

# %%
def pulls(G):
    """Length of each weighted term's gradient: content, the style layers, total variation."""
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(G)
        a_G = extractor(G)
        terms = [ALPHA * content_cost(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER], "relative")]
        terms += [BETA * weights[l] * layer_style_cost(a_S[l], a_G[l], "relative") for l in STYLE_LAYERS]
        terms += [GAMMA * total_variation_cost(G)]
    return [float(tf.norm(tape.gradient(term, G))) for term in terms]


lengths = np.array([pulls(tf.constant(images[step])) for step in frame_steps])
shares = lengths / lengths.sum(axis=1, keepdims=True)

labels = ["content", *(f"style {l}" for l in STYLE_LAYERS), "total variation"]
figure, axis = plt.subplots(figsize=(7.6, 3.4), layout="constrained")
below = np.zeros(len(frame_steps))
for index, label in enumerate(labels):
    hatch = ["", "//", "..", "xx", "\\\\", "++", "oo"][index % 7]
    axis.bar([str(step) for step in frame_steps], shares[:, index], bottom=below, label=label, hatch=hatch, ec="white")
    below += shares[:, index]
axis.set(xlabel="step", ylabel="share of the gradients' lengths")
handles, names = axis.get_legend_handles_labels()
figure.legend(handles[::-1], names[::-1], loc="outside right upper", fontsize=8)
plt.show()

# %% [markdown]
# *One bar for each picture of the strip; its parts are the shares of content (bottom), the style layers from shallow to
# deep, and total variation (top).* With the committed settings style does nearly all the pulling at the start, and the
# shallow layers are satisfied first. Content gains, because G moves away from C and because style lets go. Near the
# end the deepest style layer and content pull most. Lengths say how hard a term pulls, not where to: at the lowest point
# of J the pulls cancel, and yet no single one has to be zero.
#
# ## Keep the result: PNG, settings and a film

# %% tags=["nbval-check-output"]
folder = Path("results")  # beside this notebook
folder.mkdir(exist_ok=True)
picture, sidecar = save_run(result, folder / "07_total_cost.png", overwrite=True)
film = [images[round(share * STEPS)] for share in np.linspace(0, 1, 13)]
film = [Image.fromarray(np.asarray(resize_image(image, 80)[0]).round().astype(np.uint8)) for image in film]
film[0].save(folder / "07_total_cost.gif", save_all=True, append_images=film[1:], duration=[200] * 12 + [2000], loop=0)
print(*sorted(file.name for file in folder.glob("07_total_cost.*")))
print("settings:", ", ".join(sorted(json.loads(sidecar.read_text())["settings"])[:4]), "...")
assert np.array_equal(np.asarray(Image.open(picture)), to_pixels(result.image))

# %%
film_bytes = (folder / "07_total_cost.gif").read_bytes()
if len(film_bytes) < 300_000:
    display(Picture(data=film_bytes, format="gif", alt="film of the run: the picture emerges"))
larger = data_path("gallery/palace_great_wave.jpg")
record = json.loads(larger.with_suffix(".json").read_text())
show_images([load_image(larger, 460)], [f"loaded, not computed here ({record['seconds'] / 60:.0f} minutes)"], tile=4.6)
print(record["command"])

# %% [markdown]
# *The film of the run above: 13 frames, the last one held for two seconds.* The JSON beside the PNG holds every setting, the costs at
# start and end and the versions: enough to make the picture again, which `nst-keras --settings FILE.json` does. *Below the film: what more pixels, three sizes from
# coarse to fine and some minutes buy; the printed command made it, and it is loaded here, not computed.*
#
# ## The ratio β/α
#
# Five runs that differ in β/α alone: same C, S, first image, number of steps. L-BFGS (notebook 06), so no learning rate
# gets in the way. **Predict:** will the costs of content and style both change steadily from tile to tile?

# %%
tiles = []
for ratio in RATIOS:
    tiles.append(stylize(
        CONTENT, STYLE, alpha=1.0, beta=ratio, gamma=GAMMA, content_layer=CONTENT_LAYER,
        layer_weights=weights, steps=RATIO_STEPS, init=INIT, seed=SEED, max_side=RATIO_SIDE, scales=1, **network,
    ))  # fmt: skip
ends = [(tile.history["J_content"][-1], tile.history["J_style"][-1]) for tile in tiles]
titles = [f"β/α = {r:g}\ncontent {c:.3f}\nstyle {s:.3f}" for r, (c, s) in zip(RATIOS, ends, strict=True)]
show_images([tile.image for tile in tiles], titles, tile=1.8)

# %% tags=["nbval-check-output"]
content_ends, style_ends = np.array(ends).T
print("content cost is higher at the right end than at the left:", bool(content_ends[-1] > content_ends[0]))
print("style cost is lower at the right end than at the left:", bool(style_ends[-1] < style_ends[0]))
figure, axis = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
axis.plot(content_ends, style_ends, "-o")
for ratio, x, y in zip(RATIOS, content_ends, style_ends, strict=True):
    axis.annotate(f"{ratio:g}", (x, y), textcoords="offset points", xytext=(6, 5))
axis.set(xlabel="J_content at the end", ylabel="J_style at the end", title="the number at each point is β/α")
axis.margins(x=0.1, y=0.1)
axis.grid(alpha=0.3)
plt.show()

# %% [markdown]
# *Top: five results, β/α rising from left to right, with the two final costs. Bottom: the same costs as points, content
# to the right, style upwards.* With the committed settings the first tile is the photograph with a little noise left,
# the middle ones repaint it, and in the last the building dissolves into waves.
# The curve has the shape of an L: along its steep part you buy much style for little content, along its flat part you pay
# content and get hardly any style. Good values sit near the corner; which one is best is taste, not mathematics.
# All tiles also stop early and start from a picture that holds C, so at large ratios some content is left that no cost
# asked for.
#
# ## One weight is enough, says S1:19. Is that so?
#
# S1:19 finds two hyperparameters redundant. The proof is one line: for every factor k > 0,
# k·J(G) = (kα)·J_content + (kβ)·J_style + (kγ)·J_tv, and J and k·J are lowest at the same G. So only ratios matter:
# fix α = 1 and tune β (and γ).
#
# But you never reach the lowest point; you stop on the way. So the *path* matters too: the gradient is k times as
# long. **Predict** for each optimizer whether k = 10 changes the picture.

# %% tags=["nbval-check-output"]
C_small, S_small = resize_image(C, TEST_SIDE), resize_image(S, TEST_SIDE)
J_1, J_10 = (
    Objective(C_small, S_small, result.settings, extractor, alpha=k * ALPHA, beta=k * BETA, gamma=k * GAMMA)
    for k in (1, 10)
)
G_0 = C_small
eta = 1 / float(tf.reduce_mean(tf.abs(J_1.value_and_gradient(G_0)[1])))  # first step: 1 gray level on average
optimizers = {
    "L-BFGS": [lbfgs(), lbfgs()],
    "Adam": [adam(LEARNING_RATE), adam(LEARNING_RATE)],
    "gradient descent": [gradient_descent(eta), gradient_descent(eta)],
    "gradient descent, η/10 for 10·J": [gradient_descent(eta), gradient_descent(eta / 10)],
}
pairs = {
    name: [minimize(J, G_0, optimizer, TEST_STEPS)[0] for J, optimizer in zip((J_1, J_10), both, strict=True)]
    for name, both in optimizers.items()
}
gaps = {name: np.abs(one - ten).mean() / np.abs(one - G_0).mean() for name, (one, ten) in pairs.items()}
for name, gap in gaps.items():
    print(f"{name:32} J and 10·J end apart by less than 20 % of the way from the start:", bool(gap < 0.2))
shown = ["L-BFGS", "Adam", "gradient descent"]
rows = [pairs[name][k] for k in (0, 1) for name in shown]
show_images(rows, [f"{name}\n{J}" for J in ("J", "10·J") for name in shown], columns=3, tile=1.4)
assert gaps["gradient descent"] > 0.2 > max(gap for name, gap in gaps.items() if name != "gradient descent")

# %% [markdown]
# *Top: results for J. Bottom: for 10·J. Columns: L-BFGS, Adam, plain gradient descent.* Two columns hold pairs
# of twins, the third does not.
# - **L-BFGS** as built here measures its first step in gray levels and then learns the curvature, so a factor cancels.
# - **Adam** divides the gradient by its own size, so a factor cancels too, but only while the constant ε that most
#   programs add to that size is small beside it. Gradients per pixel are about 10⁻⁵ here, too close to Keras's
#   default ε = 10⁻⁷: hence the 10⁻¹² in the loop above; `nst_keras.adam` adds none.
# - **Gradient descent** steps η·∂J/∂G: ten times J is ten times the learning rate. With η/10 the path comes back
#   (last printed line). So with plain descent, which the notes use, the second weight is not redundant: it is the learning
#   rate that S0:38 and S1:27 leave out.
#
# ## Carrying α and β from one text to another
#
# "α = 10, β = 40" is meaningless without the constants inside the two costs, and every text has its own:
#
# | convention | content: ×Σ(Δa)² | style of layer l: ×Σ(ΔGram)² | with N = nH·nW |
# | --- | --- | --- | --- |
# | `S3` | 1/2 (S3:37) | 1/(2·N·nC) (S3:69) | the course notes S3 |
# | `S4` | 1/(N·nC) (S4:34) | 1/nC² (S4:54) | the course notes S4 |
# | `course` | 1/(4·N·nC) | 1/(2·N·nC)² | assignment of Andrew Ng's course |
# | `tensorflow` | 1/(N·nC) | 1/(N·nC)² | TensorFlow's style transfer tutorial |
# | `neural-style` | 1/(N·nC) | 1/(N·nC²)² | jcjohnson/neural-style |
# | `relative` | 1/Σa_C² | 1/‖Gram(S)‖² | this package |
#
# To keep J the same, a weight must grow by what its constant shrinks. That is all a converter does. For style it happens
# layer by layer, so a converted λ need not be equal any more even if it was.

# %%
SIZES = {l: (a.shape[1] * a.shape[2], a.shape[3]) for l, a in a_C.items()}  # N, nC
a_T = extractor(S_stretched)  # raw Gram matrices compare only at equal sizes, so S at the size of C
GRAM_SQUARED = {l: float(tf.reduce_sum(gram_matrix(a_T[l]) ** 2)) for l in STYLE_LAYERS}


def constants(convention):
    """The factors before Σ(Δa)² and, layer by layer, before Σ(ΔGram)²."""
    n = SIZES[CONTENT_LAYER][0] * SIZES[CONTENT_LAYER][1]
    content = {"S3": 1 / 2, "course": 1 / (4 * n), "relative": 1 / float(tf.reduce_sum(a_C[CONTENT_LAYER] ** 2))}
    style = {
        l: {"S3": 1 / (2 * N * nC), "S4": 1 / nC**2, "course": 1 / (2 * N * nC) ** 2, "tensorflow": 1 / (N * nC) ** 2,
            "neural-style": 1 / (N * nC**2) ** 2, "relative": 1 / GRAM_SQUARED[l]}[convention]
        for l, (N, nC) in SIZES.items() if l in STYLE_LAYERS
    }  # fmt: skip
    return content.get(convention, 1 / n), style


def convert(alpha, beta, weights, source, target):
    """α, β and λ (sum 1) that mean in `target` what the given ones mean in `source`."""
    (content, style), (new_content, new_style) = constants(source), constants(target)
    pull = {l: beta * weights[l] * style[l] / new_style[l] for l in weights}
    return alpha * content / new_content, sum(pull.values()), {l: p / sum(pull.values()) for l, p in pull.items()}


# %% [markdown]
# Trust it only after a test: take an image, compute J with the package's own cost functions in one convention, convert
# the weights, compute J in the other. The constants in `convert` and in `nst_keras` were written independently.

# %% tags=["nbval-check-output"]
NORMALIZERS = {
    "S3": ("half_sum", "notes"), "S4": ("mean", "mean"), "course": ("course", "gatys"),
    "tensorflow": ("mean", "per_position"), "neural-style": ("mean", "per_position"), "relative": ("relative",) * 2,
}  # fmt: skip
a_G = extractor(trials["double exposure"])


def J_in(convention, alpha, beta, weights):
    content, style = NORMALIZERS[convention]
    if convention == "neural-style":  # there each Gram matrix is divided by N·nC, and the mean over nC² entries taken
        weights = {l: weight / SIZES[l][1] ** 2 for l, weight in weights.items()}
    J_style = sum(weight * layer_style_cost(a_T[l], a_G[l], style) for l, weight in weights.items())
    return float(total_cost(content_cost(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER], content), J_style, alpha, beta))


start = convert(1.0, 1.0, weights, "relative", "course")  # content and style then have like parts in J
expected = J_in("course", *start)
for target in NORMALIZERS:
    same = np.isclose(J_in(target, *convert(*start, "course", target)), expected, rtol=1e-3)
    print(f"course -> {target:13} J unchanged: {same}")
    assert same
print("course 10, 40 -> tensorflow: alpha, beta =", *(f"{x:g}" for x in convert(10, 40, weights, "course", "tensorflow")[:2]))

# %% [markdown]
# Since only β/α matters (last section), a whole family of settings becomes comparable as one number: its β/α in the
# `relative` convention, where the two costs have the same unit. The first five lines are S2:49, α = β = 1; the others are
# the defaults of well-known programs. **Predict** how far S2:49 is from the ratios in the grid above.

# %% tags=["nbval-check-output"]
settings = {f"alpha = beta = 1 in {name}": (name, 1.0, 1.0) for name in NORMALIZERS if name != "relative"}
settings["course: 10, 40"] = ("course", 10.0, 40.0)
settings["tensorflow: 1e4, 1e-2"] = ("tensorflow", 1e4, 1e-2)
settings["neural-style: 5, 100 per layer"] = ("neural-style", 5.0, 100.0 * len(STYLE_LAYERS))
for name, (convention, alpha, beta) in settings.items():
    alpha, beta, _ = convert(alpha, beta, weights, convention, "relative")
    print(f"{name:35} beta/alpha relative = {beta / alpha:7.1e}")

# %%
figure, axis = plt.subplots(figsize=(7.6, 2.9), layout="constrained")
names = list(NORMALIZERS)[::-1]
implied = np.array([list(convert(1.0, 1.0, weights, name, "relative")[2].values()) for name in names])
left = np.zeros(len(names))
for index, l in enumerate(STYLE_LAYERS):
    hatch = ["//", "..", "xx", "\\\\", "++"][index % 5]
    axis.barh(names, implied[:, index], left=left, label=l, hatch=hatch, color=f"C{index + 1}", ec="white")
    left += implied[:, index]
axis.set(xlabel='λ[l] in the "relative" convention, when the text says "equal λ"', xlim=(0, 1))
figure.legend(loc="outside right upper", fontsize=8)
plt.show()

# %% [markdown]
# *Each row is a convention whose text says "equal λ"; its parts show how the five layers really share the style cost,
# measured in units of each layer's own Gram matrix.* With the committed settings one layer, block4_conv1, takes over
# nearly everything in most conventions, because the fourth power of its large activations is in its cost.
#
# And the table above: the one formula of S2:49 means a β/α anywhere from below 1 to 10¹⁰, depending on constants that it
# does not show. In the conventions of S3 or of the course, α = β = 1 lies far beyond the right end of the grid: style
# without content. That is why the texts need such different α and β, and why you cannot copy them from one
# program into another without converting. (The numbers assume your content layer and VGG's own input convention. The
# tutorial `tensorflow` uses block5_conv2: put it into `CONTENT_LAYER`, and its
# line rises to about 10, into the middle of the grid. Programs that feed [0, 1]
# pixels straight to VGG change both costs once more.)
#
# ## Summary
# - The method is one loop: run G through a frozen network, compute α·J_content + β·J_style, move G against ∂J/∂G.
# - Only β/α (and γ/α) decides where the run heads; L-BFGS and Adam do not even notice a common factor, plain gradient
#   descent does, because the factor acts like a learning rate.
# - α and β have no meaning without the constants inside the costs. Convert them, or use costs without units.
#
# ## Exercises
# 1. Compute J for (J_content, J_style, α, β) = (0.2, 0.8, 10, 40) and (0.3, 0.5, 3, 8). Answer: a tuple of two numbers.
# 2. A program in the `course` convention uses α = 10, β = 40, equal λ. Which (α, β) mean the same in the `tensorflow`
#    convention? Answer with pencil and the table above: a tuple of two numbers.
# 3. You like a result with α = 5, β = 100 and learning rate 0.6, by plain gradient descent. Write it with α = 1: which
#    β and which learning rate give the same path? Answer: a tuple (β, learning rate).
# 4. Does doubling α raise the style cost you end with? Measure it: two short runs of `stylize` that differ only in α.
#    Answer: a tuple (final J_style with α, final J_style with 2α). `result.history["J_style"][-1]` is the final cost.
# 5. You put C, S and G each into a 2 x 2 mosaic of itself, so every layer has 4 times as many positions and
#    (borders aside) both Σ(Δa)² and every Gram entry grow by 4. By which factor does J_style / J_content change in each
#    convention? Answer: a dict with the keys "S3", "S4", "course", "tensorflow".

# %% tags=["exercise"]
# Exercise 1: your answer replaces None
answer = None
check(1, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = (total_cost(0.2, 0.8, 10, 40), total_cost(0.3, 0.5, 3, 8))  # 2 + 32 and 0.9 + 4
# ```
#
# </details>

# %% tags=["exercise"]
# Exercise 2: your answer replaces None
answer = None
check(2, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# # content: 1/(4·N·nC) is a quarter of 1/(N·nC); style: 1/(2·N·nC)² is a quarter of 1/(N·nC)², in every layer alike
# answer = (10 / 4, 40 / 4)
# ```
#
# </details>

# %% tags=["exercise"]
# Exercise 3: your answer replaces None
answer = None
check(3, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# # J becomes J/5, its gradient too: a learning rate of 5·0.6 undoes that
# answer = (100 / 5, 0.6 * 5)
# ```
#
# </details>

# %% tags=["exercise"]
# Exercise 4: your answer replaces None
answer = None
check(4, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# runs = [
#     stylize(CONTENT, STYLE, alpha=alpha, beta=5.0, steps=15, max_side=64, scales=1, style_cost="gram")
#     for alpha in (1.0, 2.0)
# ]
# answer = tuple(run.history["J_style"][-1] for run in runs)
# ```
#
# </details>

# %% tags=["exercise"]
# Exercise 5: your answer replaces None
answer = None
check(5, answer)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# # Σ(Δa)² grows by 4, Σ(ΔGram)² by 16, N by 4.
# # S3: content ·4, style 16/4 = ·4. S4: content 4/4 = ·1, style ·16. The other two: content ·1, style 16/16 = ·1.
# # In S4's convention β has to be tuned again for every image size.
# answer = {"S3": 1, "S4": 16, "course": 1, "tensorflow": 1}
# ```
#
# </details>

# %% [markdown]
# ## Quiz
# <details><summary>1. J fell from 20 to 2. Is the picture ten times better?</summary>
#
# No. J has no unit that the eye knows, and it hides which term fell. Compare each term with its own start, and look.
# </details>
#
# <details><summary>2. Why do C and S go through the network only once?</summary>
#
# Network and pictures are frozen, so their activations never change. Only G changes from step to step.
# </details>
#
# <details><summary>3. Two runs with the same β/α, started from the same G, give different pictures. How?</summary>
#
# Plain gradient descent with the same learning rate but other absolute weights; or unequal γ/α, λ, layers, sizes, steps.
# </details>
#
# <details><summary>4. A tutorial sets the style weight to 0.01. Is its style weak?</summary>
#
# You cannot know before you see the constants: with a mean over raw activations squared and Gram matrices to the fourth
# power of the activations, 0.01 can be a very strong style.
# </details>
#
# ## Sources and the way on
# Covered here: S0:9-31, S0:40-42, S1:6-19, S1:42-44, S2:46-50, S3:19-28, S3:76-79, S4:7-21, S4:60-70. S2:49 writes
# J(C,S) for J(G) and leaves out α and β. Gatys, Ecker, Bethge 2016, eq. 7. Conventions: TensorFlow's tutorial
# "Neural style transfer"; Justin Johnson's neural-style (Torch).
#
# Next: [08 - Beyond the Gram matrix](08_beyond_the_gram_matrix.ipynb): what two numbers per pair of channels cannot see, and a cost that sees more.

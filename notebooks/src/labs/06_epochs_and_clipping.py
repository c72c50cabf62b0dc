# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 06 - Epochs, SGD, clipping, and a rule without η
#
# Recipes for style transfer say "epoch" and "SGD", forget η, and clip or do not clip. What is behind the words, for readers of [notebook 06](../06_gradient_descent.ipynb).

# %% tags=["setup"]
from nst_keras.runs import start_tensorflow

start_tensorflow()

import keras
import numpy as np
import tensorflow as tf

import nst_keras as nst
from nst_keras.lessons.stored import load_record

# %% tags=["parameters"]
content_name, style_name, side = "palace", "great_wave", 128  # C and S; longer side in pixels

# %%
C, S = nst.load_image(content_name, side), nst.load_image(style_name, side)
program = nst.Settings(style_cost="gram", beta=80.0, gamma=0.0, positions_per_channel=0, precision="float32")
extractor = nst.FeatureExtractor(program.layers, nst.load_vgg())
J = nst.Objective(C, S, program, extractor)
noise = nst.initial_image("noise", C)

# %% [markdown]
# ## Without η the unit of J decides
#
# "G := G - ∂J/∂G" is a rule with η = 1. Here it makes one step from white noise, with the costs of the program, and with the constants of Gatys and colleagues in front of the same costs.

# %% tags=["nbval-check-output"] alt="Three times a corner of 24 by 24 pixels: random colors; the same random colors; pixels that are pure red, green, blue, yellow, magenta, cyan, black or white."
by_paper = nst.Objective(C, S, program, extractor, content_normalizer="half_sum", style_normalizer="gatys")
once = {name: noise - cost.value_and_gradient(noise)[1] for name, cost in {"program": J, "paper": by_paper}.items()}
for name, G in once.items():
    print(f"{name}: a pixel moves by {float(tf.reduce_mean(tf.abs(G - noise))):.0e} gray levels")
corners = [G[:, :24, :24] for G in (noise, *once.values())]  # so large that you see single pixels
nst.show_images(corners, ["white noise, a corner", "after a step, program", "after a step, paper"], tile=3.6)

# %% [markdown]
# *A corner of the noise before and after one step.* The same costs, the same rule; only the unit is another one.
#
# ## An epoch is a step, and nothing is stochastic
#
# "For each epoch, run C, S and G through the network, compute the losses, perform SGD." An epoch is one pass over all training data. Here that is one C and one S, so an epoch is one step. SGD takes the gradient of a random sample; nothing is sampled here. And C and S never change, so they go through the network once, before the first step.

# %% tags=["nbval-check-output"]
gradient, again = (J.value_and_gradient(noise)[1] for _ in range(2))
print(f"the gradient asked twice differs by {float(tf.norm(again - gradient) / tf.norm(gradient)):.1%}")

# %% tags=["nbval-check-output"]
pixels, eta = tf.Variable(noise), 10 / float(tf.reduce_mean(tf.abs(gradient)))
keras.optimizers.SGD(learning_rate=eta).apply([gradient], [pixels])
off = float(tf.reduce_max(tf.abs(pixels - (noise - eta * gradient))))
print(f"Keras's SGD differs from G - η ∂J/∂G by {off:.1f} gray levels")

# %% [markdown]
# ## 5000 epochs are not needed
#
# Three walks of 120 gradients with L-BFGS, on one J, from notebook 06. How soon has J fallen by 90 and 99 % of what it falls in all?

# %% tags=["nbval-check-output"]
for start, costs in load_record("06_walks")["J"].items():
    fallen = np.minimum.accumulate(costs)
    part = (fallen[0] - fallen) / (fallen[0] - fallen[-1])
    print(f"from {start:5} 90 % after {np.argmax(part >= 0.9):3} gradients, 99 % after {np.argmax(part >= 0.99):3}")

# %% [markdown]
# With a tiny η plain descent needs as many steps as you like.
#
# ## Clip in every step
#
# A screen shows 0 to 255, and nothing in the rule stops a pixel at 255. Adam, 40 steps from C: without bounds, the same cut off at the end, and put back into 0..255 after each step as your program does.

# %% tags=["nbval-check-output"]
free, _ = nst.minimize(J, C, nst.adam(6.0, clip=False), 40)
kept, _ = nst.minimize(J, C, nst.adam(6.0), 40)
outside = float(tf.reduce_mean(tf.cast((free < 0) | (free > 255), tf.float32)))
print(f"without bounds: J {float(J(free)):.3f}, and {outside:.1%} of the values are outside 0..255")
print(f"cut off for the screen: J {float(J(tf.clip_by_value(free, 0, 255))):.3f}")
print(f"kept in 0..255 in every step: J {float(J(kept)):.3f}")

# %% [markdown]
# Without bounds J is as low, but for a picture that no screen can show; cut it off, and J rises by 2 %. Clipped in every step, the other pixels make up for those at the limits.

"""Which way down gives the best picture in the same time? python benchmarks/compare_optimizers.py [SECONDS]

Six pairs of pictures, the default α, β, γ, λ, 256 pixels, bfloat16 where the processor has it. Each method gets the
same wall time (default 15 s), with TensorFlow's tracing in it. Prints, for each method, the mean over the pairs of J
(in float32), content similarity, style distance on unseen layers, and noise; and writes data/gallery/optimizers.jpg.
"""

import sys
import time

import numpy as np
import tensorflow as tf
from make_gallery import GALLERY, save_jpeg
from PIL import Image, ImageOps

from nst_keras import (
    FeatureExtractor,
    Objective,
    Settings,
    adam,
    lbfgs,
    load_image,
    load_vgg,
    minimize,
    resize_image,
)
from nst_keras.runs import quality

PAIRS = (
    ("palace", "great_wave"), ("chelsea", "composition_viii"), ("rocket", "great_wave"),
    ("astronaut", "night_cafe"), ("coffee", "cafe_terrace"), ("palace", "church_auvers"),
)  # fmt: skip
SIDE, TILE = 256, 192  # pixels: of the runs, and of a tile's width in the grid
DEFAULT = Settings()


def main(seconds):
    network = load_vgg(pooling=DEFAULT.pooling)
    extractor = FeatureExtractor(DEFAULT.layers, network, "auto")
    scored = FeatureExtractor(extractor.layers, network)
    methods = {
        "L-BFGS, one scale": ([1], lbfgs_steps),
        "L-BFGS, two scales": ([1 / 2, 1], lbfgs_steps),
        "L-BFGS, three scales": ([1 / 4, 1 / 2, 1], lbfgs_steps),
        "Adam, one scale": ([1], adam_steps),
        "Adam, averaged": ([1], averaged_adam),
        "Adam, two scales": ([1 / 2, 1], adam_steps),
    }
    figures, rows = {name: [] for name in methods}, {name: [] for name in methods}
    for content, style in PAIRS:
        C, S = load_image(content, SIDE), load_image(style, SIDE)
        J = objective(C, S, scored)
        for name, (shares, optimizer) in methods.items():
            G = from_coarse(shares, optimizer, C, S, extractor, seconds)
            figures[name].append(
                (
                    J.terms(G)["J"],
                    quality.content_similarity(C, G),
                    quality.unseen_style_distance(S, G, scored),
                    quality.noise(G),
                )
            )
            rows[name].append(G)
            print(content, style, name, *(f"{value:.4g}" for value in figures[name][-1]), file=sys.stderr)
    print(f"{seconds:g} s each, {SIDE} px, {extractor.precision}")
    print(
        "| method | J | content similarity | style distance, unseen layers | noise |\n| --- | --- | --- | --- | --- |"
    )
    for name, values in figures.items():
        print("| {} | {:.3f} | {:.3f} | {:.3f} | {:.2f} |".format(name, *np.mean(values, axis=0)))
    save_grid(list(rows.values()))


def from_coarse(shares, optimizer, C, S, extractor, seconds):
    """G after the given time; the smaller scales get a fifth of it each."""
    begun, G = time.perf_counter(), C
    for number, share in enumerate(shares, start=1):
        ends = begun + (seconds if share == 1 else seconds * number / 5)
        small = [resize_image(image, tuple(round(side * share) for side in image.shape[1:3])) for image in (C, S)]
        G = optimizer(objective(*small, extractor), resize_image(G, tuple(small[0].shape[1:3])), stop_at(ends))
    return G


def stop_at(ends):
    """A callback that ends a run at a time, as Ctrl-C would: the optimizer returns its best image."""

    def callback(step, G, costs):
        if time.perf_counter() > ends:
            raise KeyboardInterrupt

    return callback


def lbfgs_steps(J, G, stop):
    return minimize(J, G, lbfgs(), 10_000, stop)[0]


def adam_steps(J, G, stop):
    return minimize(J, G, adam(DEFAULT.learning_rate), 10_000, stop)[0]


def averaged_adam(J, G, stop):
    """The mean over about the last twenty images instead of the best one."""
    average = G

    def callback(step, G, costs):
        nonlocal average
        share = max(0.05, 1 / (step + 1))
        average = (1 - share) * average + share * G
        stop(step, G, costs)

    minimize(J, G, adam(DEFAULT.learning_rate), 10_000, callback)
    return average


def objective(C, S, extractor):
    return Objective(C, S, DEFAULT, extractor)


def save_grid(rows):
    """One row for each method, one column for each pair; square pictures lose their upper and lower edges."""
    size, gap = (TILE, TILE * 2 // 3), 4
    grid = Image.new("RGB", (len(PAIRS) * (size[0] + gap), len(rows) * (size[1] + gap)), "white")
    for i, row in enumerate(rows):
        for j, G in enumerate(row):
            picture = ImageOps.fit(Image.fromarray(np.rint(G[0]).astype(np.uint8)), size)
            grid.paste(picture, (j * (size[0] + gap), i * (size[1] + gap)))
    save_jpeg(grid, GALLERY / "optimizers.jpg")


if __name__ == "__main__":
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 15.0)

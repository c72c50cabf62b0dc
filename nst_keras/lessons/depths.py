"""What the layers of a network keep of a picture: changes of a photograph, and figures about them; notebook 03."""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, content_cost, load_image, load_vgg, resize_image
from nst_keras.images import to_pixels
from nst_keras.lessons.figures import heat_map, pixels_of, show_at_own_size
from nst_keras.lessons.stored import Frame, load_record, load_stored, show_slider

LAYERS = [f"block{block}_conv2" for block in (1, 2, 3, 4, 5)]
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "palace", "rocket")


def moved(image, n):
    """The image moved n pixels to the left; its mirror image follows at the right border."""
    return tf.pad(image, [[0, 0], [0, 0], [0, n], [0, 0]], "SYMMETRIC")[:, :, n:]


def blurred(image, n):
    """The image made n times smaller and enlarged again."""
    return resize_image(resize_image(image, round(max(image.shape[1:3]) / n)), tuple(image.shape[1:3]))


def gray_levels(one, other):
    """How far two pictures are from each other: the mean difference of their pixels."""
    return float(tf.reduce_mean(tf.abs(one - other)))


def drag(C, costs):
    """A slider from the picture moved far to the left, by C itself, to the picture blurred much.

    `costs` is a function of C and G that gives {layer: cost}, which are shown as bars."""
    changes = {f"moved by {n} pixel{'s' * (n > 1)}": moved(C, n) for n in (16, 8, 4, 2, 1)} | {"the photograph": C}
    changes |= {f"blurred {n:g} times": blurred(C, n) for n in (1.5, 2, 4, 8)}
    of_changes = {caption: costs(C, image) for caption, image in changes.items()}
    highest = 1.1 * max(max(each.values()) for each in of_changes.values())
    frames = [beside_bars(caption, changes[caption], each, highest) for caption, each in of_changes.items()]
    return show_slider("left end: moved; right end: blurred", frames)


def beside_bars(caption, image, costs, highest):
    """A picture and its costs as one frame of a slider."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.9), layout="constrained")
    left.imshow(to_pixels(image))
    left.axis("off")
    names = named(costs)
    bars = right.bar(names, list(costs.values()), color="#1565c0")
    right.bar_label(bars, fmt="%.2f")
    right.set(ylim=(0, highest), title="content cost")
    said = ", ".join(f"{name} {cost:.2f}" for name, cost in zip(names, costs.values(), strict=True))
    return Frame(caption, pixels_of(figure), f"The picture, {caption}. Content cost: {said}.")


def print_shift_and_blur(costs, side, shift=4, blur=4):
    """For every photograph: how far a shift and a blur are from it, in gray levels and for a shallow and a deep layer.

    `costs` is a function of C and G that gives {layer: cost}."""
    layers = (LAYERS[1], LAYERS[4])
    print(f"{'':10}{f'moved by {shift} pixels':>35}{f'blurred {blur} times':>33}")
    print(f"{'':10}" + 2 * ("  gray levels" + "".join(f"{name:>10}" for name in named(layers))))
    for name in PHOTOGRAPHS:
        C = load_image(name, side)
        print(f"{name:10}", end="")
        for G in (moved(C, shift), blurred(C, blur)):
            of_layers = costs(C, G)
            print(f"{gray_levels(C, G):13.0f}" + "".join(f"{of_layers[layer]:10.2f}" for layer in layers), end="")
        print()


def print_mean_and_share(costs, content_name, sides=(128, 256)):
    """The content cost of an unrelated photograph in each layer, as a mean of squares and as a share of C."""
    other_name = PHOTOGRAPHS[(PHOTOGRAPHS.index(content_name) + 1) % 5] if content_name in PHOTOGRAPHS else "coffee"
    print(f"{f'{content_name}, {other_name}':24}" + "".join(f"{name:>11}" for name in named(LAYERS)))
    extractor = FeatureExtractor(LAYERS, load_vgg(padding="symmetric"))
    for side in sides:
        C = load_image(content_name, side)
        G = resize_image(load_image(other_name), tuple(C.shape[1:3]))
        a_C, a_G, share = extractor(C), extractor(G), costs(C, G)
        means = [float(content_cost(a_C[layer], a_G[layer], "mean")) for layer in LAYERS]
        print(f"{'mean of squares':17}{side:4} px" + "".join(f"{mean:11,.0f}" for mean in means))
        print(f"{'share of C':17}{side:4} px" + "".join(f"{share[layer]:11.1f}" for layer in LAYERS))


# Stored runs


def show_copies(layer="block5_conv2"):
    """A photograph, the same out of focus, and what a search found from noise for one layer; its cost for both."""
    rebuilt = load_stored(f"03_from_{layer}").image
    C = load_image("astronaut", rebuilt.shape[1])
    extractor = FeatureExtractor([layer], load_vgg(padding="symmetric"))
    copies = {"out of focus": blurred(C, 4), "found from noise": rebuilt}
    costs = [float(content_cost(extractor(C)[layer], extractor(copy)[layer], "relative")) for copy in copies.values()]
    titles = [f"{name}\ncontent cost in block 5: {cost:.3f}" for name, cost in zip(copies, costs, strict=True)]
    show_at_own_size([C, *copies.values()], ["the photograph\n", *titles])


def show_rebuilt():
    """What a search from noise found for each layer."""
    runs = [load_stored(f"03_from_{layer}") for layer in LAYERS]
    titles = [f"from {name}" for name in named(LAYERS)]
    C = load_image("astronaut", runs[0].image.shape[1])
    images = [C, *(run.image for run in runs)]
    for title, run in zip(titles, runs, strict=True):
        cost = run.record["costs_at_end"]["J_content"]
        print(f"{title}: its own cost {cost:.4f}, pixels off by {gray_levels(run.image, C):3.0f} gray levels")
    show_at_own_size(images, ["the photograph", *titles], columns=3)


def held():
    """The astronaut after the Great Wave, painted with the content held by each layer."""
    return [load_stored(f"03_held_by_{layer}").image for layer in LAYERS]


def show_held():
    """S, and the same picture, painted with the content held by each layer."""
    images = held()
    S = load_image("great_wave", images[0].shape[2])
    show_at_own_size([S, *images], ["S", *(f"held by {name}" for name in named(LAYERS))], columns=3)


def show_riddle():
    """Three pictures found from noise, for three layers that are not named."""
    names = {"A": "03_from_block5_conv2_smooth", "B": "03_from_block4_conv2_again", "C": "03_from_block2_conv2"}
    images = [load_stored(name).image for name in names.values()]
    show_at_own_size(images, list(names))


def style_left():
    """{pair: the style cost left in block 1, ..., 5 (columns), with the content held by block 1, ..., 5 (rows)}."""
    record = load_record("03_depths")
    return {pair: np.array([rows[layer] for layer in LAYERS]) for pair, rows in record.items()}


def print_counts():
    """How far the colors of `held` are from those of C; and how often the worst entry of a column of the tables of
    `style_left` is on the diagonal."""
    images = held()
    C = blurred(load_image("astronaut", images[0].shape[1]), 8)
    off = ", ".join(f"{gray_levels(blurred(image, 8), C):.0f}" for image in images)
    print(f"the five astronauts: colors off by {off} gray levels")
    worst = [costs.argmax(axis=0) for costs in style_left().values()]
    hits = sum(int(each == block) for of_pair in worst for block, each in enumerate(of_pair))
    print(f"{len(worst)} pairs: the worst entry is on the diagonal in {hits} of {5 * len(worst)} columns")


def show_style_left():
    """The style cost left in each block, as a multiple of the best of its column: the mean of the pairs."""
    multiples = np.mean([costs / costs.min(axis=0) for costs in style_left().values()], axis=0)
    rows = [f"held by {name}" for name in named(LAYERS)]
    heat_map(multiples, rows, [f"style of {name}" for name in named(LAYERS)], "{:.2f}")


def named(layers):
    """["block 1", ...] for ["block1_conv2", ...]."""
    return [layer[:6].replace("block", "block ") for layer in layers]

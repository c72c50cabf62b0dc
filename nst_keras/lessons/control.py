"""Figures about colors, places, strokes, mixtures and strength: notebook 10."""

from html import escape

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import HTML
from PIL import Image

from nst_keras import FeatureExtractor, data_path, load_image, load_vgg, prepare, show_images
from nst_keras.controls.regions import mask_at_size, mask_of_layer, read_mask, read_regions
from nst_keras.images import luminance, to_pixels
from nst_keras.lessons.grams import PAIRS
from nst_keras.lessons.stored import Frame, img, load_record, load_stored, show_slider, webp
from nst_keras.settings import STYLE_LAYERS, Settings

WISHES = {  # wish: (stored run, command, what is to be seen)
    "Keep my colors": (
        "colors_content",
        "palace composition_viii --colors content -o colors.png",
        "The pagoda in dark outlines, its walls dark red and its sky pale gray, as in the photograph.",
    ),
    "Paint only the sky": (
        "mask",
        "palace church_auvers --mask palace_sky",
        "The photographed pagoda and its trees, unchanged, before a painted sky in dark blue, yellow and green.",
    ),
    "A painter for the building, one for the sky": (
        "two_styles",
        "palace night_cafe great_wave --regions palace red blue",
        "The pagoda in deep red, green and ochre, under a sky of blue crests and snow.",
    ),
    "Larger strokes": (
        "scale_2",
        "palace composition_viii --style-scale 2 -o strokes.png",
        "The pagoda in a few long lines and wide patches of color, under an almost empty sky.",
    ),
    "Both painters at once": (
        "mixture",
        "palace composition_viii great_wave",
        "The pagoda with Hokusai's ink blue in its floors and Kandinsky's lines in the sky.",
    ),
    "More painting, less photograph": (
        "strength_80",
        "palace composition_viii --strength 80 -o more.png",
        "The floors of the pagoda have become disks of red, violet and blue between black lines.",
    ),
}


def G_of(name):
    """The picture of a stored run of this notebook."""
    return load_stored(f"10_{name}").image


def show_wishes():
    """Each wish, the picture that it gives, and the command that makes it."""
    cells, left = [], '<td style="text-align: left; vertical-align: top">'
    for wish, (name, command, alt) in WISHES.items():
        picture = img(webp(Image.fromarray(to_pixels(G_of(name))), 84), alt)
        pictures, dash, options = escape(command).partition("-")
        words = f'nst-keras {pictures}<span style="white-space: nowrap">{dash}{options}</span>'
        cells.append(f"{left}<b>{escape(wish)}</b><br>{picture}<br><code>{words}</code></td>")
    rows = (f"<tr>{one}{other}</tr>" for one, other in zip(cells[::2], cells[1::2], strict=True))
    return HTML(f"<table>{''.join(rows)}</table>")


# Colors


def print_J_of_brightness(pictures):
    """J of the costs that see brightness alone, for pictures of the palace; and on six pairs, as a multiple of the
    run's, for repainted pictures without and with matched brightness."""
    settings = Settings(**load_stored("10_colors_luminance").record["settings"])
    run = prepare("palace", "composition_viii", settings, precision="float32", scales=1)
    J, *_ = run.begin(run)
    for name, image in pictures.items():
        print(f"{name:34} J {J.terms(tf.clip_by_value(image, 0, 255))['J']:.2f}")
    of_pairs = load_record("10_colors")["J"].values()
    for name in ("put back", "matched"):
        times = [J[name] / J["run"] for J in of_pairs]
        print(f"six pairs, {name}: {min(times):.1f} to {max(times):.1f} times the J of luminance")


# Places


def map_picture(name):
    """A bundled map or mask."""
    with Image.open(data_path(f"regions/{name}.png")) as picture:
        return np.array(picture.convert("RGB"))


def sky_of(photo):
    """The palace's sky in the bundled mask, as large as the photograph: (H, W), 1 or 0."""
    return mask_at_size(read_mask("palace_sky", photo), photo.shape[1:3])


def print_changes(C, G):
    """By how much the pixels of G have changed, where the mask of the sky is black and where it is white."""
    change, sky = np.abs(np.rint(C[0]) - G[0]).max(axis=-1), sky_of(C)
    for color, value in {"black": 0, "white": 1}.items():
        print(f"where the mask is {color}, a pixel changes by at most {change[sky == value].max():.0f}")


def print_sky_colors():
    """How far the mean color of the sky is from that of the print's sky, without maps and with them."""
    S, skies = load_image("great_wave", 384), {"without maps": G_of("wave"), "with maps": G_of("regions")}
    C = load_image("palace", 384)
    regions = read_regions(["palace", "great_wave"], C, [S])
    blue = regions.colors.index("blue")
    mean_S = S[0].numpy()[regions.of_S[0][blue] > 0].mean(axis=0)
    for name, image in skies.items():
        off = np.linalg.norm(image[0].numpy()[regions.of_C[blue] > 0].mean(axis=0) - mean_S)
        print(f"{name:12} the sky's mean color is {off:2.0f} gray levels from that of the print's sky")


def show_mask_in_layers(side, seed=0):
    """What is left of the sky in three layers, and how many units of a shrunk mask see something else."""
    photo = load_image("palace", side)
    sky = sky_of(photo)
    layers = [layer for layer in STYLE_LAYERS if layer[5] in "134"]
    extractor = FeatureExtractor(layers, load_vgg(padding="symmetric"))
    noise = np.random.default_rng(seed).uniform(0, 255, photo.shape)
    of_photo = extractor(photo)
    of_sky = extractor(tf.constant(np.where(sky[..., np.newaxis], photo, noise), tf.float32))
    pictures = []
    for layer in layers:
        eroded = np.asarray(mask_of_layer(sky, extractor, layer))
        shrunk = mask_at_size(sky, eroded.shape)
        moved = np.abs(of_photo[layer] - of_sky[layer]).max(axis=-1)[0] > 0.01 * np.abs(of_photo[layer]).max()
        away, kept = np.mean(moved[shrunk == 1]), np.sum(eroded) / np.sum(shrunk)
        print(f"{layer}: {away:3.0%} of the shrunk mask react to something else, {kept:4.0%} are kept")
        pictures.append(np.repeat((110 * shrunk + 145 * eroded)[..., np.newaxis], 3, axis=-1))
    titles = [layer[:6].replace("block", "block ") for layer in layers]
    show_images([photo, *pictures], ["the photograph", *titles], columns=2, tile=4.2)


# Strokes


def reach(image):
    """The distance in pixels at which the correlation of brightness falls below one half, across and down."""
    Y = luminance(image)[0, ..., 0].numpy()
    Y = Y - Y.mean()
    for d in range(1, max(Y.shape)):
        if np.mean(Y[d:] * Y[:-d]) + np.mean(Y[:, d:] * Y[:, :-d]) < Y.var():
            return d
    return max(Y.shape)


# Mixtures


def print_J_of_mixture(pictures):
    """Content and style cost of pictures of the palace, for the mean of two styles."""
    record = load_stored("10_mixture").record
    styles = [style["picture"] for style in record["styles"]]
    run = prepare("palace", styles, Settings(**record["settings"]), precision="float32", scales=1)
    J, *_ = run.begin(run)
    for name, image in pictures.items():
        terms = J.terms(image)
        print(f"{name:20} J_content {terms['J_content']:.2f}   J_style {terms['J_style']:.4f}")


# Strength

SEEN = {
    0: "The photograph of the pagoda, its trees and the lake.",
    20: "The photograph in another light: a cream sky, yellow leaves at the left, the pagoda still red.",
    40: "The tree at the right is outlined in black, and a few lines cross the sky.",
    60: "The default: a drawing in ink and flat colors, its floors whole.",
    80: "A violet disk in the upper floor, a black one and red ones in the lower floor.",
    90: "The same disks, and loops and a circle of lines beside the pagoda.",
    100: "Disks, lines and patches; of the pagoda a slanted roof is left.",
}


def stored_strength(strength):
    """(picture, share of the content lost) of the palace after Composition VIII: 0 is C, 60 the default."""
    if strength == 0:
        return load_image("palace", 384), 0.0
    lost = load_stored("10_strength_100").record["quality"]["content"]
    stored = load_stored("10_default" if strength == 60 else f"10_strength_{strength}")
    return stored.image, stored.record["quality"]["content"] / lost


def show_strengths():
    """A slider from the photograph to style alone."""
    frames = []
    for strength, alt in SEEN.items():
        image, lost = stored_strength(strength)
        frames.append(Frame(f"strength {strength}: {lost:.0%} lost", image, alt))
    return show_slider("strength", frames, quality=84)


def measured_strengths():
    """(strengths, shares of the six pairs that set the scale, of six others), by benchmarks/strengths.py."""
    record = load_record("10_strengths")
    shares = {pair: np.array(row) for pair, row in record["shares"].items()}
    names = [", ".join(pair) for pair in PAIRS]
    others = [row for pair, row in shares.items() if pair not in names]
    return record["strengths"], np.array([shares[name] for name in names]), np.array(others)


def plot_strengths():
    """The share of the content lost, for both sets of pairs and for the pair of the slider."""
    strengths, fitted, others = measured_strengths()
    _, axis = plt.subplots(figsize=(7.5, 4.6), layout="constrained")
    axis.plot([0, 100], [0, 100], "k:", label="the same share in each step")
    shares = [100 * stored_strength(s)[1] for s in SEEN]
    axis.plot(list(SEEN), shares, "-", color="#1565c0", label="the pair of the slider")
    for rows, marker, move, name in ((fitted, "o", -1, "six pairs that set the scale"), (others, "x", 1, "six others")):
        at = np.tile(np.array(strengths) + move, len(rows))
        axis.plot(at, 100 * rows.ravel(), marker, color="#c05a00", label=name)
    axis.set(xlabel="strength", ylabel="content lost, % of that of style alone")
    axis.legend()
    plt.show()


def print_strengths():
    """The range of the shares at each strength that was measured."""
    strengths, fitted, others = measured_strengths()
    for name, rows in (("six pairs that set the scale", fitted), ("six others", others)):
        ranges = zip(strengths, rows.min(axis=0), rows.max(axis=0), strict=True)
        print(f"{name:28}", "   ".join(f"{s}: {low:3.0%} to {high:3.0%}" for s, low, high in ranges))


# By eye


def show_riddle():
    """The same part of four pictures of the palace, each made with one setting changed."""
    names = ("colors_luminance", "scale_2", "strength_80", "colors_content")
    details = [G_of(name)[:, 120:256, :204] for name in names]
    show_images(details, list("ABCD"), columns=2, tile=4.2)

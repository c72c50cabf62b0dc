"""Large pictures in tiles: J and its gradient are those of the whole picture."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from shallow import SHALLOW

from nst_keras import FeatureExtractor, Objective, Settings, load_image, stylize, total_variation_cost
from nst_keras.controls import tiles as module
from nst_keras.controls.colors import by_brightness
from nst_keras.controls.memory import exceeds_tile
from nst_keras.controls.regions import inside
from nst_keras.controls.tiles import (
    Span,
    TiledObjective,
    add_total_variation,
    cut,
    joined,
    total_variation,
)
from nst_keras.objective import View, make_extractor
from nst_keras.transfer import Scene

# Relative, in float32; measured: J 5e-7, a term 1.3e-6, the gradient 9e-7
J_ALIKE, TERMS_ALIKE, GRADIENT_ALIKE = 1e-6, 2e-6, 1e-5
# In luminance, measured: J 1.3e-6, a small term 3.5e-6. The activations are the same to the bit, and their moments to
# 4e-7: sums in another order are rounded otherwise, and a term is a difference of such sums and their roots.
J_IN_LUMINANCE, TERMS_IN_LUMINANCE = 2e-6, 5e-6
# With many directions the Wasserstein cost of so small a picture depends on the last bits of its activations.
WHOLE = {"precision": "float32", "rank": 16, "gamma": 1e-4}
THREE_BLOCKS = {
    "content_layer": {"block3_conv3": 1, "block2_conv1": 0.5},
    "layer_weights": {"block1_conv1": 1, "block1_conv2": 0.5, "block3_conv1": 1},
}
ALL = WHOLE | THREE_BLOCKS


@pytest.fixture(scope="module")
def pictures():
    """C, S and G of odd sizes; their halves and quarters are odd as well."""
    C, S = load_image("astronaut", 123)[:, :, :91], load_image("great_wave", 101)
    noise = np.random.default_rng(0).normal(0, 20, C.shape)
    return C, S, tf.constant(np.clip(C + noise, 0, 255), tf.float32)


def assert_alike(in_tiles, at_once, J_alike=J_ALIKE, terms_alike=TERMS_ALIKE):
    """What value_and_gradient gives, both ways: J, its terms, and ∂J/∂G."""
    (found, d_found), (terms, gradient) = in_tiles, at_once
    assert found["J"] == pytest.approx(terms["J"], rel=J_alike)
    assert found == pytest.approx(terms, rel=terms_alike)
    assert float(tf.norm(d_found - gradient) / tf.norm(gradient)) < GRADIENT_ALIKE


def regions(C, S):
    """Two regions with weights in every layer; the second one takes all of S."""
    random = np.random.default_rng(1)

    def weights(image):
        shrink = {l: 2 ** (int(l[5]) - 1) for l in ALL["layer_weights"]}
        return {l: random.uniform(0, 1, [side // by for side in image.shape[1:3]]) for l, by in shrink.items()}

    return [(0.3, weights(C), [weights(S)]), (0.7, weights(C), [{}])]


@pytest.mark.parametrize(
    ("tile", "changes"),
    [
        (24**2, WHOLE),
        (8**2, {}),  # narrower than the margins
        (26**2, {"padding": "zero"}),  # does not divide the picture
        (26**2, {"style_cost": "gram", "style_normalizer": "gatys", "network": "vgg16", "pooling": "avg"}),
        (64**2, {"colors": "luminance"}),
        (200**2, {}),  # one tile
    ],
)
def test_tiles_change_nothing(pictures, tile, changes):
    C, S, G = pictures
    settings = Settings(**(changes if changes is WHOLE else ALL | changes))
    extractor = make_extractor(settings)
    view = by_brightness(Scene(C, [S], G)).view if settings.colors == "luminance" else View()
    at_once = Objective(C, S, settings, extractor, view=view).value_and_gradient(G)
    J = TiledObjective(C, S, settings, extractor, view=view, tile=tile)
    in_tiles = J.value_and_gradient(G)
    assert list(in_tiles[0]) == list(at_once[0])
    bounds = (J_IN_LUMINANCE, TERMS_IN_LUMINANCE) if settings.colors == "luminance" else ()
    assert_alike(in_tiles, at_once, *bounds)
    assert J.terms(G) == in_tiles[0]


def test_regions_and_a_mask_in_tiles(pictures):
    C, S, G = pictures
    settings, mask = Settings(**ALL), np.zeros((*C.shape[:3], 1), np.float32)
    mask[:, :, 30:] = 1
    given = C, S, settings, make_extractor(settings), regions(C, S), View(allow=(inside,), mask=mask)
    at_once = Objective(*given).value_and_gradient(G)
    in_tiles = TiledObjective(*given, tile=26**2).value_and_gradient(G)
    assert_alike(in_tiles, at_once)
    assert not in_tiles[1][:, :, :30].numpy().any()


def test_a_pool_as_a_layer_of_the_costs(pictures):
    C, S, G = pictures
    settings = Settings(
        content_layer="block2_pool", layer_weights={"block1_pool": 1, "block2_conv2": 1}, precision="float32", rank=16
    )
    extractor = make_extractor(settings)
    at_once = Objective(C, S, settings, extractor).value_and_gradient(G)
    assert_alike(TiledObjective(C, S, settings, extractor, tile=26**2).value_and_gradient(G), at_once)


def test_in_bfloat16_too(pictures):
    C, S, G = pictures
    settings = Settings(**ALL | {"precision": "bfloat16"})
    extractor = make_extractor(settings)
    terms, gradient = Objective(C, S, settings, extractor).value_and_gradient(G)
    in_tiles, found = TiledObjective(C, S, settings, extractor, tile=26**2).value_and_gradient(G)
    # bfloat16 rounds by 0.4 % in each layer, and not at the same places: TensorFlow fuses operations where it can
    assert in_tiles["J"] == pytest.approx(terms["J"], rel=1e-2)
    assert float(tf.norm(found - gradient) / tf.norm(gradient)) < 0.05


def test_no_block_sees_more_than_its_tile(pictures, monkeypatch):
    """What bounds the memory."""
    seen, block = set(), module._block

    def recorded(extractor, see, number, x, tile):
        seen.add((number, *x.shape[1:3]))
        return block(extractor, see, number, x, tile)

    monkeypatch.setattr(module, "_block", recorded)
    monkeypatch.setattr(module, "_run", lambda f, fixed, *args: f(*fixed, *args))
    C, S, G = pictures
    TiledObjective(C, S, tile=16**2, **SHALLOW).value_and_gradient(G)
    largest = {number: max(max(size) for n, *size in seen if n == number) for number in (0, 1)}
    assert largest == {0: 16 + 2 * 2, 1: 10 + 2 * 2}  # the side of half the pixels, rounded to an even number; margins


def test_tiles_by_hand():
    assert cut(10, 4, 2) == [Span(0, 4, 0, 6), Span(4, 8, 2, 10), Span(8, 10, 6, 10)]
    assert cut(4, 4, 2) == [Span(0, 4, 0, 4)]


@pytest.mark.parametrize("axis", [1, 2])
def test_overlapping_pieces_are_added(axis):
    pieces = [(0, [1, 2, 3]), (1, [10, 20]), (2, [100, 200])]
    shape = (1, 4, 1) if axis == 1 else (1, 1, 4)
    as_arrays = [
        (first, np.float32(piece).reshape([-1 if side == 4 else 1 for side in shape])) for first, piece in pieces
    ]
    whole = joined(shape, np.float32, as_arrays, axis)
    assert whole.shape == shape
    np.testing.assert_array_equal(whole.ravel(), [1, 12, 123, 200])


def test_total_variation_by_hand(pictures):
    G, gradient = pictures[2], np.ones(pictures[2].shape, np.float32)
    with tf.GradientTape() as tape:
        tape.watch(G)
        J_tv = total_variation_cost(G, "color")
    assert total_variation(G.numpy()) == pytest.approx(float(J_tv), rel=1e-6)
    add_total_variation(gradient, G.numpy(), np.float32(3))
    np.testing.assert_allclose(gradient, 1 + 3 * tape.gradient(J_tv, G), rtol=1e-4, atol=1e-6)


def test_a_tile_that_is_too_small(pictures):
    with pytest.raises(ValueError, match=r"^tile is 3; expected 4 pixels or more"):
        TiledObjective(*pictures[:2], tile=3)


def test_what_exceeds_a_tile():
    tiles, pixels = (None, "auto", 20_000, 20_000), (1e9, 1e9, 20_000, 20_001)
    assert list(map(exceeds_tile, tiles, pixels)) == [False, False, False, True]


@pytest.mark.parametrize("tile", [0, 16_383, 1e6, True, "often"])
def test_tiles_that_are_refused(tile):
    with pytest.raises(ValueError, match=r"^tile is "):
        Settings(tile=tile)


def test_a_run_in_tiles():
    """Only the sizes that are larger than a tile; the pictures are the same but for rounding."""
    pair = load_image("astronaut", 160), load_image("great_wave", 160)
    settings = SHALLOW | {"max_side": 160, "scales": 2, "steps": 4}
    whole, tiled = (stylize(*pair, tile=tile, **settings) for tile in (None, 2**14))
    assert tiled.history["J"] == pytest.approx(whole.history["J"], rel=1e-3)
    assert float(tf.reduce_mean(tf.abs(whole.image - tiled.image))) < 0.5
    assert whole.history["J"][:4] == tiled.history["J"][:4]  # 113 x 113 pixels are fewer than 2^14
    assert whole.history["J"][-1] != tiled.history["J"][-1]


def other_network(pool="max1", convolution="first", kernel=3, stride=1):
    """Two blocks whose layers have names of their own."""
    x = inputs = keras.Input((None, None, 3))
    initializer = keras.initializers.RandomNormal(stddev=0.1, seed=3)
    for name, channels in ((convolution, 4), ("second", 5)):
        x = keras.layers.Conv2D(channels, kernel, stride, "same", activation="softplus", kernel_initializer=initializer,
                                name=name)(x)  # fmt: skip
    x = keras.layers.MaxPooling2D(name=pool)(x)
    return keras.Model(inputs, keras.layers.Conv2D(6, kernel, padding="same", name="third")(x))


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_tiles_of_a_network_with_other_names(pictures, kernel):
    C, S, G = pictures
    extractor = FeatureExtractor(["first", "third"], other_network(kernel=kernel))
    settings = Settings(content_layer="third", layer_weights={"first": 1, "third": 1}, rank=4)
    at_once = Objective(C, S, settings, extractor).value_and_gradient(G)
    in_tiles = TiledObjective(C, S, settings, extractor, tile=26**2).value_and_gradient(G)
    assert in_tiles[0] == pytest.approx(at_once[0], rel=1e-4)
    assert float(tf.norm(in_tiles[1] - at_once[1]) / tf.norm(at_once[1])) < 1e-4


def test_a_network_that_cannot_be_cut_is_refused(pictures):
    C, S, _ = pictures
    extractor = FeatureExtractor(["second"], other_network(stride=2))
    with pytest.raises(ValueError, match="cannot be computed in tiles because of its layer 'first'; expected conv"):
        TiledObjective(C, S, Settings(content_layer="second", layer_weights={"second": 1}), extractor, tile=26**2)

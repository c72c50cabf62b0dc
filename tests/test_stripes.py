"""Large pictures in stripes: J and its gradient are those of the whole picture."""

import numpy as np
import pytest
import tensorflow as tf
from shallow import SHALLOW

from nst_keras import Objective, Settings, load_image, stylize, total_variation_cost
from nst_keras.controls.stripes import (
    Stripe,
    StripedObjective,
    cut,
    joined,
    rows_of_stripes,
    total_variation_and_gradient,
)
from nst_keras.objective import make_extractor
from nst_keras.style import Region

J_ALIKE, GRADIENT_ALIKE = 2e-6, 1e-5  # relative, in float32; measured: 1.5e-6 and 7e-7
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


def regions(C, S):
    """Two regions with weights in every layer; the second one takes all of S."""
    random = np.random.default_rng(1)

    def weights(image):
        shrink = {l: 2 ** (int(l[5]) - 1) for l in ALL["layer_weights"]}
        return {l: random.uniform(0, 1, [side // by for side in image.shape[1:3]]) for l, by in shrink.items()}

    return [Region(0.3, weights(C), [weights(S)]), Region(0.7, weights(C), [{}])]


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        (16, WHOLE),
        (2, {}),  # narrower than the margins
        (26, {"padding": "zero"}),  # does not divide the height
        (26, {"style_cost": "gram", "style_normalizer": "gatys", "network": "vgg16", "pooling": "avg"}),
        (64, {"colors": "luminance"}),
        (200, {}),  # one stripe
    ],
)
def test_stripes_change_nothing(pictures, rows, changes):
    C, S, G = pictures
    settings = Settings(**(changes if changes is WHOLE else ALL | changes))
    extractor = make_extractor(settings)
    terms, gradient = Objective(C, S, settings, extractor).value_and_gradient(G)
    J = StripedObjective(C, S, settings, extractor, rows=rows)
    in_stripes, found = J.value_and_gradient(G)
    assert list(in_stripes) == list(terms)
    assert in_stripes == pytest.approx(terms, rel=J_ALIKE)
    assert J.terms(G) == in_stripes
    assert float(tf.norm(found - gradient) / tf.norm(gradient)) < GRADIENT_ALIKE


def test_regions_and_a_mask_in_stripes(pictures):
    C, S, G = pictures
    settings, mask = Settings(**ALL), np.zeros(C.shape[1:3])
    mask[:, 30:] = 1
    extractor = make_extractor(settings)
    terms, gradient = Objective(C, S, settings, extractor, regions(C, S), mask).value_and_gradient(G)
    in_stripes, found = StripedObjective(C, S, settings, extractor, regions(C, S), mask, rows=26).value_and_gradient(G)
    assert in_stripes == pytest.approx(terms, rel=J_ALIKE)
    assert float(tf.norm(found - gradient) / tf.norm(gradient)) < GRADIENT_ALIKE
    assert not found[:, :, :30].numpy().any()


def test_a_pool_as_a_layer_of_the_costs(pictures):
    C, S, G = pictures
    settings = Settings(
        content_layer="block2_pool", layer_weights={"block1_pool": 1, "block2_conv2": 1}, precision="float32", rank=16
    )
    extractor = make_extractor(settings)
    terms, gradient = Objective(C, S, settings, extractor).value_and_gradient(G)
    in_stripes, found = StripedObjective(C, S, settings, extractor, rows=26).value_and_gradient(G)
    assert in_stripes == pytest.approx(terms, rel=J_ALIKE)
    assert float(tf.norm(found - gradient) / tf.norm(gradient)) < GRADIENT_ALIKE


def test_in_bfloat16_too(pictures):
    C, S, G = pictures
    settings = Settings(**ALL | {"precision": "bfloat16"})
    extractor = make_extractor(settings)
    terms, gradient = Objective(C, S, settings, extractor).value_and_gradient(G)
    in_stripes, found = StripedObjective(C, S, settings, extractor, rows=26).value_and_gradient(G)
    # bfloat16 rounds by 0.4 % in each layer, and not at the same places: TensorFlow fuses operations where it can
    assert in_stripes["J"] == pytest.approx(terms["J"], rel=1e-2)
    assert float(tf.norm(found - gradient) / tf.norm(gradient)) < 0.05


def test_no_block_sees_more_than_its_stripe(pictures, monkeypatch):
    """What bounds the memory."""
    seen, block = [], StripedObjective._block

    def recorded(self, number, x, top, bottom):
        seen.append(x.shape[1])
        return block(self, number, x, top, bottom)

    monkeypatch.setattr(StripedObjective, "_block", recorded)
    monkeypatch.setattr(tf, "function", lambda f, **options: lambda x, *args: f(tf.constant(x), *args))
    C, S, G = pictures
    StripedObjective(C, S, rows=8, **SHALLOW).value_and_gradient(G)
    assert 0 < max(seen) == 8 + 2 * 2  # block 2 ends at conv1 or conv2: two rows on each side


def test_stripes_by_hand():
    assert cut(10, 4, 2) == [Stripe(0, 4, 0, 6), Stripe(4, 8, 2, 10), Stripe(8, 10, 6, 10)]
    assert cut(4, 4, 2) == [Stripe(0, 4, 0, 4)]


def test_overlapping_pieces_are_added():
    pieces = [(0, [1, 2, 3]), (1, [10, 20]), (2, [100, 200])]
    whole = joined((1, 4), np.float32, [(first, np.array([piece], np.float32)) for first, piece in pieces])
    np.testing.assert_array_equal(whole, [[1, 12, 123, 200]])


def test_total_variation_by_hand(pictures):
    G = pictures[2]
    with tf.GradientTape() as tape:
        tape.watch(G)
        J_tv = total_variation_cost(G)
    J, gradient = total_variation_and_gradient(G.numpy())
    assert pytest.approx(float(J_tv), rel=1e-6) == J
    np.testing.assert_allclose(gradient, tape.gradient(J_tv, G), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_rows_come_in_pairs(pictures, rows):
    with pytest.raises(ValueError, match=rf"^rows is {rows}; expected an even number"):
        StripedObjective(*pictures[:2], rows=rows)


def test_how_many_rows():
    C, S = tf.zeros((1, 200, 100, 3)), tf.zeros((1, 50, 300, 3))
    assert rows_of_stripes(None, C, [S]) is rows_of_stripes("auto", C, [S]) is rows_of_stripes(20_000, C, [S]) is None
    assert rows_of_stripes(19_999, C, []) == 198
    assert rows_of_stripes(19_999, C, [S]) == 66  # those of S are wider
    assert rows_of_stripes(16_384, tf.zeros((1, 2, 10_000, 3)), []) == 2


@pytest.mark.parametrize("tile", [0, 16_383, 1e6, True, "often"])
def test_tiles_that_are_refused(tile):
    with pytest.raises(ValueError, match=r"^tile is "):
        Settings(tile=tile)


def test_a_run_in_stripes():
    """Only the sizes that are larger than a tile; the pictures are the same but for rounding."""
    pair = load_image("astronaut", 160), load_image("great_wave", 160)
    settings = SHALLOW | {"max_side": 160, "scales": 2, "steps": 4}
    whole, striped = (stylize(*pair, tile=tile, **settings) for tile in (None, 2**14))
    assert striped.history["J"] == pytest.approx(whole.history["J"], rel=1e-3)
    assert float(tf.reduce_mean(tf.abs(whole.image - striped.image))) < 0.5
    assert whole.history["J"][:4] == striped.history["J"][:4]  # 113 x 113 pixels are fewer than 2^14
    assert whole.history["J"][-1] != striped.history["J"][-1]

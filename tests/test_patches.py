"""top_patches: a tiny network with a filter made by hand finds what it was made for."""

import keras
import numpy as np
import pytest

from nst_keras import FeatureExtractor, deprocess, receptive_field
from nst_keras.lessons.patches import patches_between, top_patches

GRAY = np.asarray(deprocess(np.zeros(3)))  # the mean color: zero to the network


def edge_network(pool=False):
    """One 3 x 3 convolution: channel 0 finds dark left of bright, channel 1 the reverse, channel 2 nothing."""
    pixels = x = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(3, 3, padding="same", activation="relu", name="edge")(x)
    if pool:
        x = keras.layers.MaxPooling2D(2, name="pool")(x)
    network = keras.Model(pixels, x)
    left_to_right = np.tile(np.array([-1.0, 0.0, 1.0])[np.newaxis, :, np.newaxis], (3, 1, 3)) / 9
    kernel = np.stack([left_to_right, -left_to_right, 0 * left_to_right], axis=-1)
    network.get_layer("edge").set_weights([kernel, np.zeros(3)])
    return network


def flat(height=16, width=20):
    return np.tile(GRAY.astype(np.float32), (1, height, width, 1))


def bar(left, top=0, bottom=16, color=255.0, image=None):
    image = flat() if image is None else image
    image[:, top:bottom, left : left + 4] = color
    return image


@pytest.fixture(scope="module")
def extractor():
    return FeatureExtractor(["edge"], edge_network())


def test_finds_the_two_edges_of_a_bar(extractor):
    image = bar(left=7, top=5, bottom=8)  # rows 5..7, columns 7..10
    (left_edge,) = top_patches(extractor, "edge", 0, [flat(), image], k=1)
    (right_edge,) = top_patches(extractor, "edge", 1, [flat(), image], k=1)
    # at an edge two columns answer alike and the first of them wins: its patch is dark, dark, bright
    assert left_edge[1:4] == (1, 5, 5)
    assert right_edge[1:4] == (1, 5, 9)
    np.testing.assert_allclose(left_edge.pixels, image[0, 5:8, 5:8], atol=1e-3)
    a = np.asarray(extractor(image)["edge"])[0, ..., 0]
    assert left_edge.activation == pytest.approx(a[6, 6]) == pytest.approx(a.max())
    assert left_edge.activation == pytest.approx(float((255 - GRAY).sum()) * 3 / 9, rel=1e-4)


def test_neighbors_within_half_a_receptive_field_are_one_thing(extractor):
    image = bar(left=7)
    patches = top_patches(extractor, "edge", 0, [image], k=100, per_image=100)
    places = [(patch.top, patch.left) for patch in patches]
    assert len(places) > 3
    for one in range(len(places)):
        for other in range(one):
            assert max(abs(np.subtract(places[one], places[other]))) >= 3 / 2
    assert [patch.activation for patch in patches] == sorted((patch.activation for patch in patches), reverse=True)


def test_at_most_n_per_image_and_k_in_all(extractor):
    bank = [bar(left=3), bar(left=9, color=200.0), bar(left=12, color=150.0)]
    patches = top_patches(extractor, "edge", 0, bank, k=5, per_image=2)
    assert [patch.image for patch in patches] == [0, 0, 1, 1, 2]
    assert {patch.image for patch in top_patches(extractor, "edge", 0, bank, k=3, per_image=1)} == {0, 1, 2}


def test_a_patch_over_the_border_is_padded_with_the_mean_color(extractor):
    image = bar(left=0, top=0, bottom=1)
    (patch,) = top_patches(extractor, "edge", 0, [image], k=1)
    assert (patch.top, patch.left) == (-1, -1)
    assert patch.pixels.shape == (3, 3, 3)
    np.testing.assert_allclose(patch.pixels[0], np.tile(GRAY, (3, 1)), atol=1e-3)
    np.testing.assert_allclose(patch.pixels[:, 0], np.tile(GRAY, (3, 1)), atol=1e-3)
    np.testing.assert_allclose(patch.pixels[1:, 1:], image[0, :2, :2], atol=1e-3)


def test_inside_leaves_out_what_reaches_over_the_border(extractor):
    image = bar(left=0, image=bar(left=10, color=200.0))  # the stronger edge is at the border
    (patch,) = top_patches(extractor, "edge", 0, [image], k=1)
    assert patch.left == -1
    patches = top_patches(extractor, "edge", 0, [image], k=50, per_image=50, inside=True)
    assert patches[0].left == 8
    for patch in patches:
        assert 0 <= patch.top <= 16 - 3
        assert 0 <= patch.left <= 20 - 3
    assert top_patches(extractor, "edge", 0, [image[:, :2]], inside=True) == []


def test_below_a_pool_the_patch_is_the_true_receptive_field():
    image = bar(left=8)
    (patch,) = top_patches(FeatureExtractor(["pool"], edge_network(pool=True)), "pool", 0, [image], k=1)
    assert patch.pixels.shape == (4, 4, 3)
    assert (patch.top % 2, patch.left % 2) == (1, 1)  # offset -1, stride 2
    assert patch.left < 8 < patch.left + 4  # the edge is inside


def test_many_channels_at_once_and_a_unit_that_is_silent(extractor):
    together = top_patches(extractor, "edge", [0, 1, 2], [bar(left=7)], k=4)
    assert list(together) == [0, 1, 2]
    assert together[2] == []
    for channel in (0, 1):
        alone = top_patches(extractor, "edge", channel, [bar(left=7)], k=4)
        assert [patch[1:] for patch in alone] == [patch[1:] for patch in together[channel]]


def test_patches_chosen_at_random_have_the_wanted_activation_and_see_no_border(extractor):
    bank = [bar(left=3), flat(), bar(left=9, color=200.0)]
    maps = [np.asarray(extractor(image)["edge"])[0, ..., 0] for image in bank]
    view, most = receptive_field(extractor.vgg, "edge"), max(a.max() for a in maps)
    drawn = patches_between(maps, bank, view, 0.4 * most, 0.9 * most, k=20)
    assert 0 < len(drawn) <= 20
    for patch in drawn:
        assert 0.4 * most <= patch.activation <= 0.9 * most
        assert patch.activation == maps[patch.image][patch.top + 1, patch.left + 1]
        np.testing.assert_array_equal(
            patch.pixels, bank[patch.image][0, patch.top : patch.top + 3, patch.left : patch.left + 3]
        )
        assert patch.pixels.shape == (3, 3, 3)
    assert len({patch[1:4] for patch in drawn}) == len(drawn)  # no place twice
    assert [p[1:] for p in drawn] == [p[1:] for p in patches_between(maps, bank, view, 0.4 * most, 0.9 * most, k=20)]
    assert [p[1:] for p in drawn] != [
        p[1:] for p in patches_between(maps, bank, view, 0.4 * most, 0.9 * most, 20, seed=1)
    ]
    assert patches_between(maps, bank, view, low=2 * most) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "block9_conv1"}, "unknown layer 'block9_conv1'; nearest: edge"),
        ({"channel": 3}, r"edge has no channel 3; its 3 channels are numbered 0\.\.2"),
        ({"channel": -1}, r"0\.\.2"),
        ({"channel": [0, 1.5]}, r"no channel 1\.5"),
        ({"images": []}, "number of images is 0"),
        ({"k": 0}, "k is 0; expected 1 or more"),
        ({"per_image": 0}, "per_image is 0"),
    ],
)
def test_errors_name_the_value(extractor, change, message):
    arguments = {"layer": "edge", "channel": 0, "images": [flat()], "k": 9} | change
    with pytest.raises(ValueError, match=message):
        top_patches(extractor, **arguments)

"""This style here and that one there: maps, masks at each layer, and runs."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from shallow import SHALLOW

from nst_keras import FeatureExtractor, Objective, data_path, load_image, load_vgg, moments, receptive_field, stylize
from nst_keras.controls.regions import at_layers, mask_at_size, mask_of_layer, read_mask, read_regions

SMALL = SHALLOW | {"max_side": 64, "steps": 4, "scales": 1}
RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture(scope="module")
def extractor():
    return FeatureExtractor(["block1_conv1", "block2_conv1", "block3_conv1"], load_vgg(padding="symmetric"))


@pytest.fixture
def draw(tmp_path):
    """draw(name, size, *boxes): a red picture with blue boxes (left, top, right, bottom, as shares), as a file."""

    def make(name, size=(60, 40), *boxes, colors=(RED, BLUE), **options):
        picture = Image.new("RGB", size, colors[0])
        for left, top, right, bottom in boxes:
            box = [round(left * size[0]), round(top * size[1]), round(right * size[0]), round(bottom * size[1])]
            picture.paste(colors[1], box)
        picture.save(tmp_path / name, **options)
        return str(tmp_path / name)

    return make


def image(height=40, width=60, seed=0):
    return tf.constant(np.random.default_rng(seed).uniform(0, 255, (1, height, width, 3)), tf.float32)


# Moments of a part


def test_weighted_moments_by_hand():
    a = np.array([[[1, 0], [2, 1]], [[0, 3], [1, 1]]], np.float32)
    n, total, gram = moments(a, np.array([[1, 0.5], [0, 2]]))
    assert n == 3.5
    np.testing.assert_allclose(total, [1 + 1 + 2, 0.5 + 2])
    np.testing.assert_allclose(gram, [[1 + 2 + 2, 1 + 2], [1 + 2, 0.5 + 2]], rtol=1e-6)


def test_parts_add_up():
    a = np.random.default_rng(1).normal(size=(1, 6, 7, 4)).astype(np.float32)
    w = np.random.default_rng(2).uniform(size=(6, 7))
    whole, one, other = moments(a), moments(a, w), moments(a, 1 - w)
    for all_of_it, first, second in zip(whole, one, other, strict=True):
        np.testing.assert_allclose(first + second, all_of_it, rtol=1e-4, atol=1e-4)


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"the mask has the shape \(3, 2\); expected \(2, 3\), a number for each"):
        moments(np.zeros((2, 3, 4), np.float32), np.ones((3, 2)))


# A mask at each layer


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_conv1", "block3_conv1"])
@pytest.mark.parametrize("size", [(64, 96), (61, 83)])
def test_a_unit_of_a_region_sees_nothing_else(extractor, layer, size):
    """Other pixels outside of the mask change no activation that has weight; one pixel more does change one."""
    mask = np.zeros(size)
    mask[10:50, 8:70] = 1
    one, other = image(*size, seed=1), image(*size, seed=2)
    mixed = tf.where(mask[None, ..., None] > 0, one, other)
    weights = mask_of_layer(mask, extractor, layer)
    a, b = extractor(one)[layer], extractor(mixed)[layer]
    assert weights.shape == a.shape[1:3]
    assert set(np.unique(weights)) == {0, 1}
    changed = np.abs(a - b).max(axis=-1)[0]
    assert changed[weights == 1].max() < 1e-3 * float(tf.reduce_max(a))
    field, stride, offset = receptive_field(extractor.vgg, layer)
    i, j = np.argwhere(weights == 1)[0]  # the first one touches the mask's edges
    top, left = offset + i * stride, offset + j * stride
    assert 0 <= top - 10 < stride
    assert 0 <= left - 8 < stride
    assert mask[top : top + field, left : left + field].all()


def test_the_border_of_the_picture_does_not_count(extractor):
    mask = np.zeros((64, 64))
    mask[:, :40] = 1
    weights = mask_of_layer(mask, extractor, "block2_conv1")
    assert weights[:, 0].min() == 1
    assert weights[:, -1].max() == 0


def test_a_small_region_counts_by_its_area(extractor):
    mask = np.zeros((64, 64))
    mask[20:26, 20:26] = 1  # block3_conv1 sees 24 pixels
    weights = mask_of_layer(mask, extractor, "block3_conv1")
    assert weights.sum() * 16 == 36
    assert 0 < weights.max() <= 1


def test_everything_has_no_weights(extractor):
    assert mask_of_layer(np.ones((64, 64)), extractor, "block3_conv1") is None


def test_a_mask_at_another_size():
    mask = np.zeros((40, 60))
    mask[:20] = 1
    small = mask_at_size(mask, (10, 15))
    np.testing.assert_array_equal(small[:5], 1)
    np.testing.assert_array_equal(small[5:], 0)


@pytest.mark.parametrize("layer", ["block3_conv1", "block5_conv1"])
@pytest.mark.parametrize("side", [47, 64, 79])
def test_a_strip_that_pools_drop_is_not_lost(layer, side):
    """A pool leaves out the last of an odd number of rows; a region there keeps some weight in every layer."""
    mask = np.zeros((side, 64))
    mask[-3:] = 1
    extractor = FeatureExtractor([layer], load_vgg(padding="symmetric"))
    found = mask_of_layer(mask, extractor, layer)
    assert found.shape == extractor(image(side, 64))[layer].shape[1:3]
    assert found.sum() > 0
    assert mask_of_layer(1 - mask, extractor, layer).sum() > 0


def test_a_mask_that_is_thin_at_one_size_is_there_at_all():
    mask = np.zeros((200, 200))
    mask[100, 20:60] = 1
    for side in (150, 100, 50, 40):
        small = mask_at_size(mask, (side, side))
        assert set(np.unique(small)) == {0, 1}
        assert small.sum() <= side
    assert not mask_at_size(0 * mask, (50, 50)).any()


# Maps


def test_maps_of_other_sizes_than_the_pictures(draw):
    maps = [draw("c.png", (60, 40), (0, 0, 1, 0.5)), draw("s.png", (300, 100), (0, 0, 0.25, 1))]
    regions = read_regions(maps, image(80, 120), [image(50, 40)])
    assert sorted(regions.colors) == ["blue", "red"]
    blue = regions.colors.index("blue")
    assert regions.of_C.shape == (2, 80, 120)
    np.testing.assert_array_equal(regions.of_C.sum(axis=0), 1)
    assert regions.of_C[blue, :40].all()
    assert regions.of_S[0].shape == (2, 50, 40)
    assert regions.of_S[0][blue].mean() == 0.25
    assert "blue 50% of C and 25% of S" in str(regions)


@pytest.mark.parametrize(("edge", "colors"), [(0.5, ["blue", "red"]), (0.25, ["red", "blue"]), (0.75, ["blue", "red"])])
def test_regions_are_ordered_by_area_then_by_color(draw, edge, colors):
    """Their terms are added up in this order, so a picture's last bits depend on it."""
    regions = read_regions([draw("c.png", (60, 40), (0, 0, edge, 1)), "red", "blue"], image(), [image(), image()])
    assert regions.colors == colors


def test_fringes_of_jpeg_are_no_regions(draw):
    maps = [draw("c.jpg", (120, 80), (0, 0, 0.5, 1), quality=40), draw("s.png", (60, 40), (0, 0, 1, 0.5))]
    regions = read_regions(maps, image(80, 120), [image()])
    assert len(regions.colors) == 2
    assert regions.of_C.mean(axis=(1, 2)) == pytest.approx([0.5, 0.5], abs=0.02)


def test_small_stray_areas_belong_to_their_surroundings(draw):
    name = draw("c.png", (100, 100), (0, 0, 0.5, 1))
    picture = Image.open(name)
    picture.paste((0, 255, 0), (60, 60, 65, 65))  # 0.25 %
    picture.save(name)
    assert len(read_regions([name, "blue", "red"], image(100, 100), [image(), image()]).colors) == 2


def test_a_color_stands_for_all_of_a_style(draw):
    maps = [draw("c.png", (60, 40), (0, 0, 1, 0.5)), "blue", "#ff0000"]
    regions = read_regions(maps, image(), [image(), image(30, 30)])
    blue = regions.colors.index("blue")
    assert regions.of_S[0][blue].all()
    assert not regions.of_S[0][1 - blue].any()
    assert regions.of_S[1][1 - blue].all()


def test_a_region_without_partner(draw):
    maps = [draw("c.png", (60, 40), (0, 0, 1, 0.5)), draw("s.png")]
    with pytest.raises(ValueError, match=r"c\.png' has a region in blue without partner: no style's map has this"):
        read_regions(maps, image(), [image()])
    with pytest.warns(UserWarning, match=r"nothing in '.*s\.png' has the style's color blue"):
        read_regions(maps[::-1], image(), [image()])


def test_as_many_maps_as_pictures(draw):
    with pytest.raises(ValueError, match="regions are 2 maps; expected 3, of C and of each style"):
        read_regions([draw("c.png"), "red"], image(), [image(), image()])


def test_a_photograph_is_no_map():
    with pytest.raises(ValueError, match=r"is no color map; a map has at most 8 colors, each flat"):
        read_regions([str(data_path("style/composition_viii.jpg")), "red"], image(200, 300), [image()])


def test_no_such_map():
    with pytest.raises(
        FileNotFoundError, match=r"no map 'sky': no such file, no color, and none of the bundled .*palace"
    ):
        read_regions(["sky", "red"], image(), [image()])


@pytest.mark.parametrize(("content", "style"), [("palace", "great_wave"), ("astronaut", "composition_viii")])
def test_bundled_maps_belong_together(content, style):
    regions = read_regions([content, style], load_image(content, 96), [load_image(style, 96)])
    assert sorted(regions.colors) == ["blue", "red"]


def test_masks(draw):
    name = draw("m.png", (60, 40), (0, 0, 0.5, 1), colors=((0, 0, 0), (255, 255, 255)))
    np.testing.assert_array_equal(read_mask(name, image(20, 30)), np.repeat([[1] * 15 + [0] * 15], 20, axis=0))
    with pytest.raises(ValueError, match="is black everywhere; what is white in it is painted"):
        read_mask(draw("black.png", colors=((0, 0, 0), RED)), image())


def layer(path, color, box, background=(0, 0, 0, 0)):
    """A picture that is transparent outside of a box."""
    picture = Image.new("RGBA", (60, 40), background)
    picture.paste(color, box)
    picture.save(path)
    return str(path)


@pytest.mark.parametrize("background", [(0, 0, 0, 0), (255, 255, 255, 0), (255, 255, 255, 100)])
def test_white_strokes_on_a_transparent_layer_are_what_is_painted(tmp_path, background):
    name = layer(tmp_path / "m.png", (255, 255, 255, 255), (0, 0, 30, 40), background)
    with pytest.warns(UserWarning, match=r"m\.png' is transparent; what is white and opaque in this mask"):
        mask = read_mask(name, image(20, 30))
    np.testing.assert_array_equal(mask, np.repeat([[1] * 15 + [0] * 15], 20, axis=0))


@pytest.mark.filterwarnings("ignore:.*is transparent")
def test_black_strokes_on_a_transparent_layer_are_not_painted(tmp_path):
    name = layer(tmp_path / "m.png", (0, 0, 0, 255), (0, 0, 30, 40))
    with pytest.raises(ValueError, match="is black everywhere; what is white in it is painted"):
        read_mask(name, image())
    whole = layer(tmp_path / "hole.png", (0, 0, 0, 0), (0, 0, 30, 40), (255, 255, 255, 255))
    np.testing.assert_array_equal(read_mask(whole, image(20, 30)), np.repeat([[0] * 15 + [1] * 15], 20, axis=0))


def test_what_is_transparent_in_a_color_map_is_a_white_region(tmp_path, draw):
    name = layer(tmp_path / "c.png", (*BLUE, 150), (0, 0, 30, 40), (*RED, 40))
    style = draw("s.png", (60, 40), (0, 0, 0.5, 1), colors=((255, 255, 255), BLUE))
    with pytest.warns(UserWarning, match=r"c\.png' is transparent; in this color map that counts as white"):
        regions = read_regions([name, style], image(), [image()])
    assert sorted(regions.colors) == ["blue", "white"]  # pure colors, whatever their transparency


# J


@pytest.mark.parametrize("style_cost", ["gram", "wasserstein"])
def test_one_region_over_everything_is_no_region(draw, style_cost):
    """The same J, bit for bit, and so the same picture."""
    settings = SMALL | {"style_cost": style_cost}
    guided = stylize("palace", "night_cafe", regions=[draw("c.png"), draw("s.png")], **settings)
    plain = stylize("palace", "night_cafe", **settings)
    assert guided.history.costs == plain.history.costs
    np.testing.assert_array_equal(guided.image, plain.image)


@pytest.mark.parametrize("style_cost", ["gram", "wasserstein"])
def test_J_of_two_regions_is_the_mean_of_both(tiny_extractor, style_cost):
    """By the share of each in G, against the two halves as pictures of their own; smooth layers, one position each."""
    C, S, T, G = (image(16, 16, seed) for seed in range(4))
    top = np.zeros((16, 16))
    top[:8] = 1
    layers = {"one": 0.5, "two": 0.5}
    same = {"content_layer": "two", "layer_weights": layers, "style_cost": style_cost, "extractor": tiny_extractor}
    weights = [dict.fromkeys(layers, mask) for mask in (top, 1 - top)]
    regions = [(0.5, weights[0], [{}, None]), (0.5, weights[1], [None, {}])]
    found = Objective(C, [S, T], regions=regions, **same).terms(G)["J_style"]
    alone = [
        Objective(C, [S, T], regions=[(1.0, w, [{}, None] if n == 0 else [None, {}])], **same).terms(G)["J_style"]
        for n, w in enumerate(weights)
    ]
    assert found == pytest.approx(sum(alone) / 2, rel=1e-5)
    assert alone[0] != pytest.approx(alone[1], rel=0.01)


@pytest.mark.parametrize("style_cost", ["gram", "wasserstein"])
def test_gradient_of_regions_by_finite_differences(tiny_extractor, style_cost):
    C, S, G = (image(12, 12, seed) for seed in range(3))
    w = np.random.default_rng(5).uniform(size=(12, 12))
    regions = [(0.4, {"one": w, "two": w}, [{"one": 1 - w}]), (0.6, {"one": 1 - w}, [{}])]
    J = Objective(
        C, S, extractor=tiny_extractor, regions=regions, content_layer="two", layer_weights={"one": 1.0, "two": 1.0},
        style_cost=style_cost, gamma=0,
    )  # fmt: skip
    direction = np.random.default_rng(6).normal(size=G.shape).astype(np.float32)
    gradient = float(tf.reduce_sum(J.value_and_gradient(G)[1] * direction))
    difference = (float(J(G + 0.5 * direction)) - float(J(G - 0.5 * direction))) / 1.0
    assert gradient == pytest.approx(difference, rel=0.02)


def test_each_half_gets_its_style(draw):
    """Seen in the picture: each half has the mean color of its own style."""
    red, blue = (tf.constant(np.full((1, 64, 64, 3), color) + np.random.default_rng(0).normal(0, 9, (1, 64, 64, 3)),
                             tf.float32) for color in ((190, 60, 60), (60, 60, 190)))  # fmt: skip
    maps = [draw("c.png", (60, 40), (0, 0, 1, 0.5)), "red", "blue"]
    G = stylize("chelsea", [red, blue], regions=maps, **SMALL | {"steps": 30, "strength": 90}).image[0]
    top, bottom = np.mean(G[:18], axis=(0, 1)), np.mean(G[-18:], axis=(0, 1))
    assert top[2] > top[0] + 30
    assert bottom[0] > bottom[2] + 30


def test_only_there(draw):
    """What is black in the mask stays C to the bit, at every size; the rest is painted."""
    mask = draw("m.png", (60, 40), (0, 0, 0.5, 1), colors=((0, 0, 0), (255, 255, 255)))
    run = stylize("palace", "night_cafe", mask=mask, **SMALL | {"max_side": 90, "scales": 2})
    G, C = run.image[0].numpy(), run.C[0].numpy()
    half = C.shape[1] // 2
    np.testing.assert_array_equal(G[:, half:], C[:, half:])
    assert np.abs(G[:, : half - 2] - C[:, : half - 2]).mean() > 3
    assert run.history.final["J"] < run.history["J"][0]


def test_a_mask_and_regions_together(draw):
    mask = draw("m.png", (60, 40), (0, 0, 0.5, 1), colors=((0, 0, 0), (255, 255, 255)))
    run = stylize("palace", ["night_cafe", "great_wave"], mask=mask,
                  regions=[draw("c.png", (60, 40), (0, 0, 1, 0.5)), "red", "blue"], **SMALL)  # fmt: skip
    parts = at_layers(run.regions, run.mask, run.C, run.S, run.extractor, ["block1_conv1"])
    assert [share for share, *_ in parts] == pytest.approx([0.5, 0.5], abs=0.02)
    assert all(of_G["block1_conv1"][:, 33:].max() == 0 for _, of_G, _ in parts)


def test_styles_of_weight_0_cannot_fill_a_region(draw):
    maps = [draw("c.png", (60, 40), (0, 0, 1, 0.5)), "red", "blue"]
    with pytest.raises(ValueError, match="the styles of a region all have the weight 0"):
        stylize("palace", ["night_cafe", "great_wave"], regions=maps, style_weights=[1, 0], **SMALL)


@pytest.mark.parametrize("style_cost", ["gram", "wasserstein"])
@pytest.mark.parametrize(("size", "box"), [((60, 40), (0, 0.95, 1, 1)), ((128, 47), (0, 0.72, 1, 1))])
def test_a_strip_at_the_border_with_the_default_layers(draw, style_cost, size, box):
    """A region of rows that block 5 does not have at all."""
    C = image(size[1] * 2, size[0] * 2)
    regions = [draw("c.png", size, box), "red", "blue"]
    run = stylize(C, ["night_cafe", "great_wave"], regions=regions, style_cost=style_cost, steps=2, scales=1,
                  max_side=120, precision="float32")  # fmt: skip
    assert np.isfinite(run.history["J"]).all()
    assert run.history.final["J"] < run.history["J"][0]


def test_masks_that_are_0_everywhere_are_refused(tiny_extractor):
    C, S, _ = (image(12, 12, seed) for seed in range(3))
    nothing = {"one": np.zeros((12, 12))}
    same = {"content_layer": "two", "layer_weights": {"one": 1.0}, "extractor": tiny_extractor}
    for masks, of_style in ((nothing, {}), ({}, nothing)):
        with pytest.raises(ValueError, match="a mask is 0 everywhere in a layer; leave out a region that is not there"):
            Objective(C, S, regions=[(1.0, masks, [of_style])], **same)
    with pytest.raises(ValueError, match="the styles of a region all have the weight 0"):
        Objective(C, S, regions=[(1.0, {}, [None])], **same)

"""The colors of C: the linear map before the run, and a run that sees brightness alone."""

import numpy as np
import pytest
import tensorflow as tf
from shallow import SHALLOW

from nst_keras import Objective, load_image, stylize
from nst_keras.controls.colors import color_bounds, color_map, keep_colors, match_colors, recolor
from nst_keras.images import luminance

SMALL = SHALLOW | {"max_side": 64, "steps": 4, "scales": 1}


def statistics(colors):
    pixels = np.asarray(colors, np.float64).reshape(-1, 3)
    return pixels.mean(axis=0), np.cov(pixels.T, bias=True)


@pytest.mark.parametrize("names", [("night_cafe", "palace"), ("great_wave", "astronaut"), ("palace", "coffee")])
def test_mean_and_covariance_become_those_of_C(names):
    """Before clipping, to a millionth."""
    S, C = (load_image(name, 96) for name in names)
    A, mean_S, mean_C = color_map(S, C)
    np.testing.assert_allclose(A, A.T, atol=1e-9)
    assert np.linalg.eigvalsh(A).min() > 0
    mean, covariance = statistics((np.asarray(S, np.float64) - mean_S) @ A.T + mean_C)
    expected = statistics(C)
    np.testing.assert_allclose(mean, expected[0], rtol=1e-6)
    np.testing.assert_allclose(covariance, expected[1], rtol=1e-6, atol=1e-6 * np.abs(expected[1]).max())


def test_by_hand():
    """Two colors, black and white, become the two colors of C."""
    S, C = (
        tf.constant(np.array(x, np.float32).reshape(1, 1, 2, 3)) for x in ([0] * 3 + [200] * 3, [50] * 3 + [90] * 3)
    )
    np.testing.assert_allclose(match_colors(S, C), C, atol=1e-4)


def test_the_same_colors_stay():
    C = load_image("chelsea", 64)
    np.testing.assert_allclose(match_colors(C, C), C, atol=1e-3)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_pictures_of_one_color(value):
    C, flat = load_image("chelsea", 64), tf.fill((1, 40, 50, 3), float(value))
    expected = np.broadcast_to(statistics(C)[0], flat.shape)
    np.testing.assert_allclose(match_colors(flat, C), expected, rtol=1e-5)  # it has nothing but a mean
    np.testing.assert_allclose(match_colors(C, flat), np.full(C.shape, value), atol=1e-3)


def test_gray_pictures():
    """S in gray has one direction of color: brightness. It gets C's mean, and no color that S cannot tell apart."""
    C, gray = load_image("palace", 64), luminance(load_image("night_cafe", 64))
    matched = match_colors(gray, C)
    assert np.isfinite(matched).all()
    np.testing.assert_allclose(statistics(matched)[0], statistics(C)[0], atol=4)  # clipped
    gray_C = match_colors(load_image("night_cafe", 64), luminance(C))
    np.testing.assert_allclose(np.ptp(gray_C, axis=-1), 0, atol=0.2)


def test_luminance():
    image = tf.constant([[[[255.0, 0, 0], [0, 255, 0], [0, 0, 255], [10, 10, 10]]]])
    np.testing.assert_allclose(luminance(image)[0, 0, :, 0], [76.245, 149.685, 29.07, 10], rtol=1e-5)
    np.testing.assert_array_equal(luminance(image)[..., 0], luminance(image)[..., 2])


def test_keep_colors():
    """The same is added to R, G and B, so that differences between them stay, and the brightness is that of G."""
    random = np.random.default_rng(0)
    C, G = (tf.constant(random.uniform(80, 170, (1, 5, 6, 3)), tf.float32) for _ in range(2))
    kept = keep_colors(G, C)
    np.testing.assert_allclose(luminance(kept), luminance(G), rtol=1e-5)
    np.testing.assert_allclose(kept[..., 0] - kept[..., 1], C[..., 0] - C[..., 1], atol=1e-4)


def test_color_bounds_by_hand():
    """From (250, 100, 50) all channels can go down by 50 and up by 5."""
    C, G = (tf.constant(x, tf.float32, (1, 1, 1, 3)) for x in ((250, 100, 50), (255, 255, 255)))
    darkest, brightest = color_bounds(C)
    np.testing.assert_array_equal(darkest, [[[[200, 50, 0]]]])
    np.testing.assert_array_equal(brightest, [[[[255, 105, 55]]]])
    np.testing.assert_array_equal(keep_colors(G, C), brightest)
    np.testing.assert_array_equal(keep_colors(0 * G, C), darkest)


def test_recolor_says_what_the_costs_see():
    S, C = load_image("night_cafe", 64), load_image("palace", 64)
    assert recolor(S, C, "style") is S
    np.testing.assert_array_equal(recolor(S, C, "content"), match_colors(S, C))
    seen = recolor(S, C, "luminance")
    np.testing.assert_allclose(np.ptp(seen, axis=-1), 0, atol=1e-3)
    np.testing.assert_allclose(np.mean(seen), np.mean(luminance(C)), atol=4)  # what leaves 0..255 is clipped


def assert_in_the_colors_of(C, G):
    """Differences between R, G and B are those of C, in every pixel."""
    for k in (0, 2):
        np.testing.assert_allclose(G[..., k] - G[..., 1], C[..., k] - C[..., 1], atol=0.01)
    assert G.min() >= 0
    assert G.max() <= 255


@pytest.mark.parametrize(
    ("style_cost", "optimizer", "rate"),
    [("gram", "lbfgs", 1), ("wasserstein", "lbfgs", 1), ("gram", "adam", 30), ("gram", "gradient_descent", 3e4)],
)
def test_a_run_in_luminance_keeps_the_colors_of_C(style_cost, optimizer, rate):
    """No channel is clipped while the others go on; and J is that of the picture."""
    how = {"style_cost": style_cost, "optimizer": optimizer, "learning_rate": rate}
    run = stylize("palace", "night_cafe", colors="luminance", **how, **SMALL)
    G, C = np.asarray(run.image), np.asarray(run.C)
    assert np.abs(G - C).mean() > 1
    low, high = color_bounds(C)
    assert np.mean(np.isclose(G, low) | np.isclose(G, high)) > 0.02  # some would have been clipped
    assert_in_the_colors_of(C, G)
    again = run.begin(run)[0].terms(run.image)
    assert again["J"] == pytest.approx(run.history.final["J"], rel=1e-5)
    gray = Objective(luminance(run.C), run.S, run.settings.replace(colors="style", gamma=0), run.extractor)
    of_gray = gray.terms(luminance(run.image))
    assert of_gray["J_style"] == pytest.approx(again["J_style"], rel=1e-4)
    assert of_gray["J_content"] == pytest.approx(again["J_content"], rel=1e-4)


def test_a_run_in_the_colors_of_C_is_one_with_another_S():
    kept = stylize("palace", "night_cafe", colors="content", **SMALL)
    S = match_colors(load_image("night_cafe", 64), load_image("palace", 64))
    np.testing.assert_array_equal(kept.image, stylize("palace", S, **SMALL).image)


def test_luminance_from_noise_starts_with_the_colors_of_C():
    seen = []
    stylize(
        "palace", "night_cafe", colors="luminance", init="noise", callbacks=[lambda s, G, c: seen.append(G)], **SMALL
    )
    assert_in_the_colors_of(load_image("palace", 64).numpy(), seen[0].numpy())

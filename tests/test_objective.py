"""J(G) on a tiny network: its sum, its targets, and its gradient against finite differences."""

import gc
import weakref

import numpy as np
import pytest
import tensorflow as tf

from nst_keras import (
    FeatureExtractor,
    Objective,
    Settings,
    content_cost,
    gram_matrix,
    layer_style_cost,
    style_cost,
    total_variation_cost,
    wasserstein_style_cost,
)
from nst_keras import objective as objective_module
from nst_keras.objective import MOST_GRAPHS, costs, costs_and_gradient, make_extractor, traced
from nst_keras.settings import STYLE_NORMALIZERS

WEIGHTS = {"one": 0.25, "two": 0.75}


def images(seed=0, height=8, width=9, n=3):
    random = np.random.default_rng(seed)
    return [tf.constant(random.uniform(0, 255, (1, height, width, 3)), tf.float32) for _ in range(n)]


def objective(extractor, C, S, alpha=2.0, beta=3.0, gamma=0.01, **changes):
    changes = {"alpha": alpha, "beta": beta, "gamma": gamma, "content_layer": "two", "layer_weights": WEIGHTS} | changes
    changes = {"style_cost": "gram"} | changes
    return Objective(C, S, extractor=extractor, **changes)


def test_lambda_counts_as_far_as_a_layer_has_positions(tiny_extractor):
    """4 x 5 positions; layer "one" has 4 channels and needs 32, "two" has 5 and needs 40."""
    C, S, G = images(height=4, width=5)
    for positions, (one, two) in {8: (20 / 32, 20 / 40), 4.5: (1, 20 / 22.5), 0: (1, 1)}.items():
        J = objective(tiny_extractor, C, S, style_normalizer="relative", positions_per_channel=positions)
        a_S, a_G = map(tiny_extractor, (S, G))
        costs = {l: float(layer_style_cost(a_S[l], a_G[l], "relative")) for l in ("one", "two")}
        terms = J.terms(G)
        assert terms["J_style[two]"] == pytest.approx(costs["two"], rel=1e-5)
        assert terms["lambda*J_style[one]"] == pytest.approx(0.25 * one * costs["one"], rel=1e-5)
        assert terms["lambda*J_style[two]"] == pytest.approx(0.75 * two * costs["two"], rel=1e-5)


@pytest.mark.parametrize("style_normalizer", STYLE_NORMALIZERS)
def test_terms_are_the_formulas(tiny_extractor, style_normalizer):
    C, S, G = images()
    J = objective(tiny_extractor, C, S, style_normalizer=style_normalizer, content_normalizer="half_sum")
    a_C, a_S, a_G = map(tiny_extractor, (C, S, G))
    expected = {
        "J_content": content_cost(a_C["two"], a_G["two"], "half_sum"),
        "J_style": style_cost(a_S, a_G, WEIGHTS, style_normalizer),
        "J_tv": total_variation_cost(G, "color"),
        "J_style[one]": layer_style_cost(a_S["one"], a_G["one"], style_normalizer),
        "J_style[two]": layer_style_cost(a_S["two"], a_G["two"], style_normalizer),
    }
    expected["lambda*J_style[one]"] = 0.25 * expected["J_style[one]"]
    expected["lambda*J_style[two]"] = 0.75 * expected["J_style[two]"]
    expected["alpha*J_content"] = 2 * expected["J_content"]
    expected["beta*J_style"] = 3 * expected["J_style"]
    expected["gamma*J_tv"] = 0.01 * expected["J_tv"]
    expected["J"] = expected["alpha*J_content"] + expected["beta*J_style"] + expected["gamma*J_tv"]
    terms = J.terms(G)
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(terms[name], value, rtol=1e-5, err_msg=name)
    np.testing.assert_allclose(J(G), terms["J"], rtol=1e-6)
    assert J.value_and_gradient(G)[0] == pytest.approx(terms, rel=1e-5)


def test_the_wasserstein_cost_is_the_formula(tiny_extractor):
    C, S, G = images()
    J = objective(tiny_extractor, C, S, style_cost="wasserstein", rank=2)
    a_S, a_G = map(tiny_extractor, (S, G))
    terms = J.terms(G)
    for layer in WEIGHTS:
        expected = float(wasserstein_style_cost(a_S[layer], a_G[layer], rank=2))
        assert terms[f"J_style[{layer}]"] == pytest.approx(expected, rel=1e-5)
    assert terms["J_style"] == pytest.approx(sum(WEIGHTS[l] * terms[f"J_style[{l}]"] for l in WEIGHTS), rel=1e-5)
    # of no use to the Gram cost, whose raw sums are compared only at one size
    T = images(seed=1, height=16, width=5, n=1)[0]
    objective(tiny_extractor, C, T, style_cost="wasserstein", style_normalizer="mean").terms(G)


@pytest.mark.parametrize("style_cost", ["gram", "wasserstein"])
def test_costs_of_the_targets_are_zero(tiny_extractor, style_cost):
    C, S, _ = images()
    J = objective(tiny_extractor, C, S, style_cost=style_cost)
    assert J.terms(C)["J_content"] == 0
    assert J.terms(S)["J_style"] == pytest.approx(0, abs=1e-6)


def test_two_equal_styles_are_one(tiny_extractor):
    C, S, G = images()
    for name in ("gram", "wasserstein"):
        one, two = (objective(tiny_extractor, C, styles, style_cost=name).terms(G) for styles in (S, [S, S]))
        assert two == pytest.approx(one, rel=1e-5)


@pytest.mark.parametrize("style_cost", ["gram", "wasserstein"])
@pytest.mark.parametrize(
    ("alpha", "beta", "gamma"),
    [(1, 0, 0), (0, 1, 0), (1e-30, 0, 1e-3), (2, 3, 1e-3)],
    ids=["content", "style", "tv", "all"],
)
def test_gradient_against_finite_differences(tiny_extractor, alpha, beta, gamma, style_cost):
    C, S, G = images()
    J = objective(tiny_extractor, C, S, alpha, beta, gamma, style_cost=style_cost)
    _, gradient = J.value_and_gradient(G)
    scale = float(tf.reduce_max(tf.abs(gradient)))
    assert scale > 0
    random, step = np.random.default_rng(7), 0.5
    for _ in range(4):  # derivatives along random directions
        direction = tf.constant(random.choice([-1.0, 1.0], G.shape), tf.float32)
        difference = (float(J(G + step * direction)) - float(J(G - step * direction))) / (2 * step)
        expected = float(tf.reduce_sum(gradient * direction))
        assert difference == pytest.approx(expected, rel=0.02, abs=0.05 * scale)


def test_what_an_objective_was_made_with_may_change_afterwards(tiny_extractor):
    C, S, G = images()
    weights, shares = {"one": 0.25, "two": 0.75}, [1.0, 2.0]
    J = objective(tiny_extractor, C, [S, G], layer_weights=weights, style_weights=shares)
    before = J.terms(C)
    with pytest.raises(AttributeError):
        J.settings.beta = 1000.0
    with pytest.raises(TypeError):
        J.settings.layer_weights["one"] = 3.0
    weights["one"] = shares[0] = 1000.0
    assert J.terms(C) == before
    assert J.value_and_gradient(C)[0] == pytest.approx(before, rel=1e-5)
    assert J.settings.layer_weights == WEIGHTS
    assert objective(tiny_extractor, C, [S, G], beta=1000.0).terms(C)["beta*J_style"] > 10 * before["beta*J_style"]


def test_one_graph_serves_all_sizes_and_weights(tiny_extractor):
    def key(J):
        return J.extractor, J.view._replace(mask=None), J.formulas

    tiny_extractor.graphs.clear()

    first = key(objective(tiny_extractor, *images()[:2], gamma=0.5))
    for number, height in enumerate((8, 12, 16)):
        C, S, G = images(height=height)
        J = objective(tiny_extractor, C, S, beta=number + 1, gamma=0.5, layer_weights={"one": number, "two": 1})
        assert key(J) == first
        a_S, a_G = tiny_extractor(S), tiny_extractor(G)
        expected = style_cost(a_S, a_G, {"one": number, "two": 1}, "relative")
        assert J.terms(G)["beta*J_style"] == pytest.approx((number + 1) * float(expected), rel=1e-5)
        J.value_and_gradient(G)
    for function in (costs, costs_and_gradient):
        assert traced(function, *first).experimental_get_tracing_count() == 1, function.__name__


def test_settings_may_be_given_as_one(tiny_extractor):
    C, S, G = images()
    settings = Settings(content_layer="two", layer_weights=WEIGHTS, alpha=2.0, gamma=0.01, style_cost="gram")
    J = Objective(C, S, settings, tiny_extractor, beta=3.0)
    assert J.terms(G) == objective(tiny_extractor, C, S).terms(G)
    assert (J.settings.alpha, J.settings.beta) == (2, 3)
    assert settings.beta == Settings(style_cost="gram").beta


def test_J_is_differentiable_under_a_tape(tiny_extractor):
    C, S, G = images()
    J = objective(tiny_extractor, C, S)
    with tf.GradientTape() as tape:
        tape.watch(G)
        value = J(G)
    np.testing.assert_allclose(tape.gradient(value, G), J.value_and_gradient(G)[1], rtol=1e-4, atol=1e-7)


def test_several_styles_average_their_gram_matrices(tiny_extractor):
    C, S, G = images()
    T = images(seed=1, height=12, width=6, n=1)[0]  # of another size
    J = objective(tiny_extractor, C, [S, T], style_weights=[1, 3], style_normalizer="gatys")
    for layer in WEIGHTS:
        a_S, a_T, a_G = (tiny_extractor(image)[layer] for image in (S, T, G))
        blend = 0.25 * gram_matrix(a_S) / 72 + 0.75 * gram_matrix(a_T) / 72  # 8·9 = 12·6 = 72 positions
        expected = tf.reduce_sum((blend - gram_matrix(a_G) / 72) ** 2) / (4 * a_G.shape[-1] ** 2)
        np.testing.assert_allclose(J.terms(G)[f"J_style[{layer}]"], expected, rtol=1e-4)
    alone = objective(tiny_extractor, C, [S, T], style_weights=[1, 0]).terms(G)
    assert alone == pytest.approx(objective(tiny_extractor, C, S).terms(G), rel=1e-5)


def test_styles_of_another_size(tiny_extractor):
    C, _, G = images()
    S = images(seed=1, height=16, width=5, n=1)[0]
    J = objective(tiny_extractor, C, S, style_normalizer="gatys")
    expected = layer_style_cost(tiny_extractor(S)["one"], tiny_extractor(G)["one"])
    assert J.terms(G)["J_style[one]"] == pytest.approx(float(expected), rel=1e-5)
    with pytest.raises(ValueError, match="compares raw Gram matrices"):
        objective(tiny_extractor, C, S, style_normalizer="mean")


def test_refused_arguments(tiny_extractor):
    C, S, G = images()
    with pytest.raises(ValueError, match="2 style images need 2 style weights, not 1"):
        objective(tiny_extractor, C, [S, G], style_weights=[1])
    with pytest.raises(ValueError, match=r"style_weights is \[0.0, 0.0\]; expected weights of 0 or more, not all 0"):
        objective(tiny_extractor, C, [S, G], style_weights=[0, 0])
    with pytest.raises(ValueError, match=r"G must have the shape of the content image, \(1, 8, 9, 3\), not \(1, 8, 8"):
        objective(tiny_extractor, C, S).terms(G[:, :, 1:])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alpha": float("nan")}, "alpha is nan; expected a finite number of 0 or more"),
        ({"beta": -1.0}, r"beta is -1\.0; expected a finite number of 0 or more"),
        ({"gamma": float("inf")}, "gamma is inf"),
        ({"layer_weights": {"one": float("nan")}}, "layer_weights is nan"),
        ({"style_weights": [float("nan")]}, "style_weights is nan"),
        ({"style_weights": [-1.0]}, r"style_weights is -1\.0"),
        ({"content_layer": "three"}, "unknown layer 'three'; nearest: "),
        ({"layer_weights": {"tow": 1.0}}, "unknown layer 'tow'; nearest: two"),
        ({"content_normalizer": "gatys"}, "content_normalizer is 'gatys'"),
    ],
)
def test_bad_weights_and_layers_are_refused(tiny_extractor, changes, message):
    C, S, _ = images()
    with pytest.raises(ValueError, match=message):
        objective(tiny_extractor, C, S, **changes)


def test_no_style_is_refused(tiny_extractor):
    with pytest.raises(ValueError, match="no style image; give at least one"):
        objective(tiny_extractor, images()[0], [])


def test_graphs_belong_to_their_extractor(tiny_extractor):
    """What is not used any more goes: an extractor with all its graphs."""
    extractor = FeatureExtractor(tiny_extractor.layers, tiny_extractor.vgg)
    C, S, G = images()
    J = objective(extractor, C, S)
    J.value_and_gradient(G)
    assert len(extractor.graphs) == 1
    gone = weakref.ref(extractor)
    del J, extractor
    gc.collect()
    assert gone() is None


def test_an_extractor_keeps_a_bounded_number_of_graphs(tiny_extractor):
    for number in range(2 * MOST_GRAPHS):
        traced(costs, tiny_extractor, number)
    assert len(tiny_extractor.graphs) == MOST_GRAPHS
    assert traced(costs, tiny_extractor, number) is traced(costs, tiny_extractor, number)
    tiny_extractor.graphs.clear()


def test_ten_kinds_of_network_that_alternate_are_each_built_once():
    for _ in range(2):
        before = objective_module._extractor.cache_info().misses
        for layer in ("block1_conv2", "block2_conv2", "block2_conv1", "block1_conv1", "block1_pool"):
            for pooling in ("max", "avg"):
                make_extractor(Settings(content_layer=layer, layer_weights={"block1_conv1": 1}, pooling=pooling))
    assert objective_module._extractor.cache_info().misses == before

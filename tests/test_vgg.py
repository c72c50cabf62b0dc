"""The networks: weights, activations against NumPy, layer geometry, and what is refused."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from shallow import SHALLOW

from nst_keras import (
    FeatureExtractor,
    Objective,
    data_path,
    layer_names,
    load_image,
    load_vgg,
    preprocess,
    receptive_field,
    stylize,
)
from nst_keras import objective as objective_module
from nst_keras import vgg as vgg_module
from nst_keras.costs import wasserstein_cost
from nst_keras.files import weights as weights_module
from nst_keras.settings import STYLE_LAYERS
from nst_keras.style import moments

GOLDEN = "tests/data/golden_activations.json"
LAYERS = [f"block{block}_conv1" for block in (1, 2, 3, 4, 5)]


@pytest.fixture(scope="module")
def vgg19():
    return load_vgg()


@pytest.fixture(scope="module")
def vgg16_file(tmp_path_factory):
    """A VGG16 with random weights, written as Keras writes its own files."""
    keras.utils.set_random_seed(5)
    network = keras.applications.VGG16(weights=None, include_top=False)
    path = tmp_path_factory.mktemp("weights") / "random.weights.h5"
    network.save_weights(path)
    return path, network


def convolve(x, kernel, bias):
    """'same' convolution and ReLU, in NumPy."""
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    height, width = x.shape[:2]
    out = np.zeros((height, width, kernel.shape[-1]))
    for i in range(3):
        for j in range(3):
            out += padded[i : i + height, j : j + width] @ kernel[i, j]
    return np.maximum(out + bias, 0)


def pool(x, reduce):
    height, width = x.shape[0] // 2, x.shape[1] // 2
    return reduce(x[: 2 * height, : 2 * width].reshape(height, 2, width, 2, -1), axis=(1, 3))


def forward(network, image, reduce=np.max):
    """All activations of a VGG, computed by NumPy from its weights."""
    x = np.asarray(preprocess(image), np.float64)[0]
    activations = {}
    for layer in network.layers[1:]:
        x = convolve(x, *map(np.float64, layer.get_weights())) if layer.weights else pool(x, reduce)
        activations[layer.name] = x
    return activations


def relative_error(value, expected):
    return np.linalg.norm(np.asarray(value) - expected) / np.linalg.norm(expected)


def test_vgg19_is_frozen_and_has_the_published_size(vgg19):
    assert vgg19.count_params() == 20_024_384
    assert vgg19.trainable_weights == []
    assert layer_names(vgg19) == weights_module.LAYERS["vgg19"]


def test_activations_of_a_bundled_picture(vgg19, request):
    """Golden numbers, and the whole of blocks 1 and 2 against NumPy."""
    C = load_image(data_path("content/chelsea.jpg"), 64)
    activations = FeatureExtractor(LAYERS, vgg19)(C)
    golden = json.loads((request.config.rootpath / GOLDEN).read_text())
    for layer in LAYERS:
        a = np.asarray(activations[layer])
        assert list(a.shape) == golden[layer]["shape"]
        np.testing.assert_allclose(a.mean(), golden[layer]["mean"], rtol=2e-4)
        np.testing.assert_allclose(a[0, 1, 2, :8], golden[layer]["a[0,1,2,:8]"], rtol=2e-3, atol=1e-2)
    by_numpy = forward(keras.Model(vgg19.input, vgg19.get_layer("block3_conv1").output), C)
    for layer in LAYERS[:3]:
        assert relative_error(activations[layer][0], by_numpy[layer]) < 1e-5


def test_color_order_matters(vgg19):
    C = load_image(data_path("content/coffee.jpg"), 64)
    extractor = FeatureExtractor(["block1_conv1"], vgg19)
    assert relative_error(extractor(C[..., ::-1])["block1_conv1"], np.asarray(extractor(C)["block1_conv1"])) > 0.1


def test_average_pooling():
    network = load_vgg(pooling="avg")
    C = load_image(data_path("content/chelsea.jpg"), 32)
    network = keras.Model(network.input, network.get_layer("block2_conv1").output)
    expected = forward(network, C, np.mean)["block2_conv1"]
    assert relative_error(network(preprocess(C))[0], expected) < 1e-5
    assert relative_error(network(preprocess(C))[0], forward(network, C, np.max)["block2_conv1"]) > 0.01


def test_extractor_is_cut_after_the_deepest_layer(vgg19):
    extractor = FeatureExtractor(["block2_conv1", "block1_conv1", "block2_conv1"], vgg19)
    assert extractor.layers == ("block2_conv1", "block1_conv1")
    assert layer_names(extractor.network)[-1] == "block2_conv1"
    assert {name: tuple(a.shape) for name, a in extractor(np.zeros((1, 32, 40, 3))).items()} == {
        "block2_conv1": (1, 16, 20, 128),
        "block1_conv1": (1, 32, 40, 64),
    }


def test_bfloat16_is_close_and_returns_float32(vgg19):
    C = load_image(data_path("content/chelsea.jpg"), 64)
    exact, rounded = (FeatureExtractor(LAYERS, vgg19, precision)(C) for precision in ("float32", "bfloat16"))
    for layer in LAYERS:
        assert rounded[layer].dtype == tf.float32
        assert 0 < relative_error(rounded[layer], np.asarray(exact[layer])) < 0.03


def test_vgg16_from_a_file(vgg16_file):
    path, original = vgg16_file
    network = load_vgg("vgg16", weights=path)
    assert network.count_params() == 14_714_688
    assert layer_names(network) == weights_module.LAYERS["vgg16"]
    assert set(weights_module.LAYERS["vgg19"]) - set(weights_module.LAYERS["vgg16"]) == {
        "block3_conv4",
        "block4_conv4",
        "block5_conv4",
    }
    C = load_image(data_path("content/chelsea.jpg"), 32)
    expected = forward(keras.Model(original.input, original.get_layer("block5_conv3").output), C)
    activations = FeatureExtractor(["block1_conv2", "block5_conv3"], network)(C)
    for layer, a in activations.items():
        assert relative_error(a[0], expected[layer]) < 1e-4


def test_vgg19_from_a_file_equals_the_bundled(vgg19, tmp_path):
    vgg19.save_weights(tmp_path / "copy.weights.h5")
    copy = load_vgg(weights=str(tmp_path / "copy.weights.h5"))
    for mine, theirs in zip(copy.get_weights(), vgg19.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_refused_arguments(tmp_path, vgg16_file):
    with pytest.raises(ValueError, match="unknown network 'resnet'; expected 'vgg16' or 'vgg19'"):
        load_vgg("resnet")
    with pytest.raises(ValueError, match="unknown pooling 'min'; expected 'max' or 'avg'"):
        load_vgg(pooling="min")
    with pytest.raises(ValueError, match="unknown padding 'same'; expected 'zero' or 'symmetric'"):
        load_vgg(padding="same")
    with pytest.raises(FileNotFoundError, match=r"no weights file 'nowhere\.h5'"):
        load_vgg(weights="nowhere.h5")
    with pytest.raises(ValueError, match="does not hold the weights of vgg19"):
        load_vgg(weights=vgg16_file[0])
    (tmp_path / "broken.h5").write_bytes(b"not HDF5")
    with pytest.raises(ValueError, match=r"broken\.h5' does not hold the weights"):
        load_vgg(weights=tmp_path / "broken.h5")


def test_a_damaged_bundled_file_is_refused(tmp_path, monkeypatch):
    data = bytearray(data_path("weights/vgg19_imagenet_palette.npz").read_bytes())
    data[1_000_000] ^= 1
    damaged = tmp_path / weights_module.BUNDLED_WEIGHTS.format(name="vgg19")
    damaged.parent.mkdir()
    damaged.write_bytes(data)
    monkeypatch.setattr(weights_module, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"palette\.npz is damaged.*build\.py"):
        load_vgg()
    damaged.write_bytes(data[:1000])
    with pytest.raises(ValueError, match=r"palette\.npz is damaged"):
        load_vgg()


def test_missing_bundled_file(monkeypatch):
    monkeypatch.setattr(weights_module, "BUNDLED_WEIGHTS", "weights/gone.npz")
    with pytest.raises(FileNotFoundError, match=r"bundled weights are missing.*gone\.npz.*build\.py"):
        load_vgg()


def test_float16_is_refused(vgg19):
    with pytest.raises(ValueError, match="unknown precision 'float16'; expected one of float32, bfloat16, auto"):
        FeatureExtractor(LAYERS, vgg19, "float16")


def test_the_gradient_in_bfloat16_points_where_that_in_float32_does():
    C, S = load_image("chelsea", 96), load_image("night_cafe", 96)
    one, two = (
        np.ravel(Objective(C, S, precision=precision).value_and_gradient(C)[1]) for precision in ("float32", "bfloat16")
    )
    assert one @ two / np.linalg.norm(one) / np.linalg.norm(two) > 0.99


def test_failing_download_says_what_to_do(monkeypatch, tmp_path):
    """Keras's own download, with a host that does not answer."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", refuse)
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", refuse)
    monkeypatch.setattr("keras.src.applications.vgg19.file_utils.get_file", refuse)
    with pytest.raises(ConnectionError, match=r"no route.*weights='bundled'.*notop\.h5.*by hand.*\.keras/models"):
        load_vgg(weights="imagenet")


def refuse(*args, **kwargs):
    raise Exception("URL fetch failure: no route to host")


def test_unknown_layers_name_the_nearest(vgg19):
    with pytest.raises(ValueError, match="unknown layer 'block4_conv9'; nearest: block4_conv"):
        FeatureExtractor(["block4_conv9"], vgg19)
    with pytest.raises(ValueError, match="unknown layer 'conv4_2'"):
        receptive_field(vgg19, "conv4_2")
    with pytest.raises(ValueError, match="unknown precision 'float8'"):
        FeatureExtractor(["block1_conv1"], vgg19, "float8")


@pytest.mark.parametrize(
    ("layer", "size", "stride"),
    [("block1_conv1", 3, 1), ("block1_pool", 6, 2), ("block2_conv2", 14, 2), ("block3_conv1", 24, 4),
     ("block5_conv1", 156, 16)],
)  # fmt: skip
def test_receptive_fields(vgg19, layer, size, stride):
    assert receptive_field(vgg19, layer)[:2] == (size, stride)


def test_receptive_field_of_vgg16(vgg16_file):
    assert receptive_field(vgg16_file[1], "block5_conv1")[:2] == (132, 16)


@pytest.mark.parametrize("padding", ["zero", "symmetric"])
@pytest.mark.parametrize("layer", ["block1_conv2", "block2_pool", "block3_conv1"])
def test_receptive_field_by_experiment(layer, padding):
    """Exactly the pixels of the receptive field can change a unit."""
    # average pooling lets every pixel through, where max pooling keeps only the largest
    vgg = load_vgg(pooling="avg", padding=padding)
    size, stride, offset = receptive_field(vgg, layer)
    unit = 48 // stride
    network = keras.Model(vgg.input, vgg.get_layer(layer).output)
    x = tf.random.Generator.from_seed(1).uniform((1, 96, 96, 3), 0, 255)
    with tf.GradientTape() as tape:
        tape.watch(x)
        a = tf.reduce_sum(network(preprocess(x))[0, unit, unit])
    columns = np.flatnonzero(np.abs(tape.gradient(a, x)).sum(axis=(0, 1, 3)))
    first = offset + unit * stride
    assert (columns[0], columns[-1]) == (first, first + size - 1)


# Symmetric padding


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_symmetric_padding_is_numpys(precision):
    """One layer and its gradient: the interior is as before, the border as if the image went on mirrored."""
    C = load_image(data_path("content/chelsea.jpg"), 48)
    zero, symmetric = (load_vgg(padding=padding) for padding in ("zero", "symmetric"))
    layer = symmetric.get_layer("block1_conv1")
    x = np.asarray(preprocess(C), np.float64)[0]
    kernel, bias = (np.asarray(weight, np.float64) for weight in layer.get_weights())
    mirrored = np.pad(x, ((1, 1), (1, 1), (0, 0)), "symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(mirrored, (3, 3), axis=(0, 1))  # (H, W, 3, 3, 3)
    expected = np.maximum(np.einsum("ijcyx,yxck->ijk", windows, kernel) + bias, 0)
    a = FeatureExtractor(["block1_conv1"], symmetric, precision)(C)["block1_conv1"][0].numpy()
    tolerance = {"float32": 1e-5, "bfloat16": 2e-2}[precision]
    np.testing.assert_allclose(a, expected, atol=tolerance * expected.max())
    as_trained = FeatureExtractor(["block1_conv1"], zero, precision)(C)["block1_conv1"][0].numpy()
    np.testing.assert_array_equal(a[1:-1, 1:-1], as_trained[1:-1, 1:-1])
    assert np.abs(a[0] - as_trained[0]).max() > 0.1 * expected.max()


def test_the_gradient_of_the_mirrored_border():
    """That of tf.pad, also where the two rows and columns of a border are the same ones."""
    for height, width in ((5, 7), (2, 3), (3, 2)):
        x = tf.random.Generator.from_seed(1).normal((1, height, width, 2))
        weights = tf.random.Generator.from_seed(2).normal((1, height + 2, width + 2, 2))
        results = []
        for pad in (vgg_module._mirrored, lambda x: tf.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), "SYMMETRIC")):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = pad(x)
                cost = tf.reduce_sum(weights * y)
            results.append((y, tape.gradient(cost, x)))
        for mine, theirs in zip(*results, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-6)


# The bundled VGG16


def test_bundled_vgg16():
    """Its shape, its known first weight, and that its first layer sees edges and colors."""
    vgg = load_vgg("vgg16")
    assert vgg.count_params() == 14_714_688
    kernel, bias = vgg.get_layer("block1_conv1").get_weights()
    assert kernel[0, 0, 0, 0] == pytest.approx(0.42947057, abs=0.005)
    assert bias[0] == pytest.approx(0.73429835, abs=1e-6)  # biases are kept in full
    gray = FeatureExtractor(["block1_conv1"], vgg)(tf.fill((1, 32, 32, 3), 128.0))["block1_conv1"][0, 16, 16]
    columns = tf.cast(tf.range(32) >= 16, tf.float32)[None, None, :, None] * tf.ones((1, 32, 1, 3))
    edge = FeatureExtractor(["block1_conv1"], vgg)(255 * columns)["block1_conv1"][0, 16]
    flat = np.maximum(edge[8], edge[24])
    assert np.sum(np.max(edge[15:17], axis=0) > 2 * flat + 50) >= 5  # units that answer to the edge alone
    assert np.count_nonzero(gray.numpy() < 20) > 20  # and most of them not to a flat field


def test_the_two_networks_agree_on_what_is_alike():
    """Two paintings of van Gogh are closer in style than van Gogh and Hokusai, by either network."""
    names = ("night_cafe", "cafe_terrace", "great_wave")
    for network in ("vgg16", "vgg19"):
        extractor = FeatureExtractor(STYLE_LAYERS, load_vgg(network))
        of = [{l: moments(a) for l, a in extractor(load_image(name, 192)).items()} for name in names]
        costs = [np.mean([wasserstein_cost(of[0][l], other[l]) for l in STYLE_LAYERS]) for other in of[1:]]
        assert costs[0] < 0.8 * costs[1], network


# Networks of one's own


def chain():
    """A chain that is no VGG: strides, normalization, an activation of its own, no pool."""
    x = inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(4, 5, strides=2, padding="same", name="first")(x)
    x = keras.layers.BatchNormalization(name="normal")(x)
    x = keras.layers.Activation("tanh", name="tanh")(x)
    x = keras.layers.Conv2D(8, 3, activation="elu", name="second")(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_any_chain_works(precision):
    keras.utils.set_random_seed(2)
    network = chain()
    image = load_image("chelsea", 48)
    activations = FeatureExtractor(["tanh", "second"], network, precision)(image)
    assert activations["tanh"].shape == (1, 16, 24, 4)
    for layer, a in activations.items():
        expected = keras.Model(network.input, network.get_layer(layer).output)(preprocess(image))
        assert a.dtype == tf.float32
        assert relative_error(a, np.asarray(expected)) < (1e-6 if precision == "float32" else 0.03)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_sequential_network_works(precision):
    network = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Conv2D(2, 3, name="only")])
    image = load_image("chelsea", 48)
    a = FeatureExtractor(["only"], network, precision)(image)["only"]
    assert relative_error(a, np.asarray(network(preprocess(image)))) < (1e-6 if precision == "float32" else 0.03)


def with_a_shortcut():
    x = inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(3, 3, padding="same", name="one")(x)
    y = keras.layers.Conv2D(3, 3, padding="same", name="two")(x)
    return keras.Model(inputs, keras.layers.Add(name="sum")([x, y]), name="shortcut")


def with_two_branches():
    inputs = keras.Input((None, None, 3))
    branches = [keras.layers.Conv2D(3, 3, padding="same", name=name)(inputs) for name in ("left", "sum")]
    return keras.Model(inputs, branches, name="branches")


def with_a_layer_used_twice():
    convolution = keras.layers.Conv2D(3, 3, padding="same", name="twice")
    inputs = keras.Input((None, None, 3))
    x = keras.layers.ReLU(name="between")(convolution(inputs))
    return keras.Model(inputs, keras.layers.ReLU(name="sum")(convolution(x)), name="shared")


def with_two_inputs():
    one, two = keras.Input((None, None, 3)), keras.Input((None, None, 3))
    return keras.Model([one, two], keras.layers.Add(name="sum")([one, two]), name="inputs")


@pytest.mark.parametrize("make", [with_a_shortcut, with_two_branches, with_a_layer_used_twice, with_two_inputs])
def test_a_network_that_is_no_chain_is_refused(make):
    layers = ["left", "sum"] if make is with_two_branches else ["sum"]
    with pytest.raises(ValueError, match=f"{make().name} is no chain"):
        FeatureExtractor(layers, make())


def test_a_network_may_branch_behind_the_deepest_layer():
    extractor = FeatureExtractor(["one"], with_a_shortcut())
    assert layer_names(extractor.network) == ["one"]


# What Keras is set to


@pytest.fixture
def policy():
    """Sets Keras's global precision, and sets it back."""
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize("name", ["mixed_bfloat16", "bfloat16", "float64"])
def test_a_global_precision_changes_nothing(policy, name):
    C = load_image("chelsea", 48)
    expected = FeatureExtractor(LAYERS, load_vgg())(C)
    vgg_module._load.cache_clear()  # as in a process in which the policy was set first
    policy(name)
    network = load_vgg()
    activations = FeatureExtractor(LAYERS, network)(C)
    policy("float32")
    for layer in LAYERS:
        assert activations[layer].dtype == tf.float32
        np.testing.assert_array_equal(activations[layer], expected[layer])
    # the network is kept for later callers, and must be in order
    assert load_vgg() is network
    of_kept = network(preprocess(C))
    vgg_module._load.cache_clear()
    np.testing.assert_array_equal(of_kept, load_vgg()(preprocess(C)))


def test_channels_first_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(keras.config, "image_data_format", lambda: "channels_first")
    with pytest.raises(ValueError, match=r"set to 'channels_first'.* call keras\.config\.set_image_data_format\("):
        load_vgg()
    with pytest.raises(ValueError, match="'channels_first'"):
        FeatureExtractor(["block1_conv1"])


def test_the_same_network_is_built_once(tmp_path):
    assert load_vgg() is load_vgg("vgg19", "bundled", "max")
    assert load_vgg() is not load_vgg(pooling="avg")
    path = tmp_path / "vgg.weights.h5"
    load_vgg().save_weights(path)
    first = load_vgg(weights=path)
    assert load_vgg(weights=str(path)) is first
    changed = [weights + 1 for weights in first.get_weights()]
    other = keras.models.clone_model(first)
    other.set_weights(changed)
    other.save_weights(path)
    np.testing.assert_array_equal(load_vgg(weights=path).get_weights()[0], changed[0])  # the file is another one now


# Precision "auto"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu sse avx2 avx512f avx512_bf16", "bfloat16"),
        ("fpu avx512f amx_bf16 amx_tile", "bfloat16"),
        ("fp asimd bf16 i8mm", "bfloat16"),
        ("fpu sse avx2 avx512f", "float32"),
        ("fpu avx512_bf16x not_bf16", "float32"),
        (None, "float32"),
    ],
)
def test_auto_is_what_the_processor_says(tmp_path, monkeypatch, flags, expected):
    cpuinfo = tmp_path / "cpuinfo"
    if flags:
        cpuinfo.write_text(f"processor : 0\nflags\t\t: {flags}\n")
    asked = []
    monkeypatch.setattr(vgg_module, "Path", lambda name: asked.append(name) or cpuinfo)
    network = chain()
    assert [vgg_module.fast_precision() for _ in range(2)] == [expected] * 2
    assert FeatureExtractor(["first"], network, "auto").precision == expected
    assert set(asked) == {"/proc/cpuinfo"}


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_run_says_what_auto_has_chosen(monkeypatch, precision):
    objective_module._extractor.cache_clear()
    monkeypatch.setattr(vgg_module, "fast_precision", lambda: precision)
    one, two = (
        stylize("palace", "great_wave", max_side=48, steps=1, scales=1, **(SHALLOW | {"precision": "auto"}))
        for _ in range(2)
    )
    assert one.settings.precision == two.settings.precision == precision
    np.testing.assert_array_equal(one.image, two.image)

"""Forecasts follow the layers and the sizes; whether they come true, benchmarks/forecasts.py tells."""

from types import SimpleNamespace

import pytest
from shallow import SHALLOW

from nst_keras import FeatureExtractor, data_path, load_vgg, stylize, vgg
from nst_keras import forecast as module
from nst_keras.forecast import forecast, per_pixel

SPEED, FREE = 1e9, 4e9


@pytest.fixture
def machine(monkeypatch):
    """A machine of known speed and free memory."""
    monkeypatch.setattr(module, "convolution_speed", lambda precision: SPEED)
    monkeypatch.setattr(module.psutil, "virtual_memory", lambda: SimpleNamespace(available=FREE))
    monkeypatch.setattr(module.psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=0)))


@pytest.fixture(scope="module")
def extractor():
    return FeatureExtractor(["block2_conv1"], load_vgg())


def test_per_pixel_by_hand(extractor):
    products, values = per_pixel(extractor.network)
    assert products == 27 * 64 + 9 * 64 * 64 + 9 * 64 * 128 / 4
    assert values == 64 + 64 + 64 / 4 + 128 / 4  # conv1, conv2, pool, conv1 of block 2


def test_seconds(machine, extractor):
    one = forecast(extractor, [(100, 200)], 50).seconds - module.TRACING
    assert one == pytest.approx(50.5 * 2 * per_pixel(extractor.network)[0] * 100 * 200 * module.OTHER_WORK / SPEED)
    assert forecast(extractor, [(200, 400)], 50).seconds - module.TRACING == pytest.approx(4 * one)
    assert forecast(extractor, [(100, 200)] * 3, 50).seconds == pytest.approx(3 * (one + module.TRACING))


def test_largest_side_just_fits(machine, extractor):
    side = forecast(extractor, [(100, 200)], 1).largest_side
    for longer, fits in ((side, True), (1.01 * side, False)):
        plan = forecast(extractor, [(round(longer / 2), round(longer))], 1)
        assert plan.free == FREE
        assert (plan.memory <= FREE) == fits


def test_bfloat16_needs_less_memory(machine, extractor):
    half = FeatureExtractor(["block2_conv1"], extractor.vgg, "bfloat16")
    sizes = [(1000, 1000)]
    assert forecast(half, sizes, 1).memory < forecast(extractor, sizes, 1).memory


def test_too_large_is_refused_before_the_run(machine, monkeypatch):
    monkeypatch.setattr(module, "BASE", 3.99e9)
    with pytest.raises(ValueError, match=r"^400 x 267 pixels need about 4\.\d GB .* 4\.0 GB are free; .* is \d+$"):
        stylize(data_path("content/palace.jpg"), data_path("style/great_wave.jpg"), max_side=400, **SHALLOW)


@pytest.mark.parametrize(("ratio", "expected"), [(2.0, "bfloat16"), (1.1, "float32"), (0.2, "float32")])
def test_auto_precision(monkeypatch, ratio, expected):
    speeds = {"float32": 1e9, "bfloat16": ratio * 1e9}
    monkeypatch.setattr(vgg, "convolution_speed", speeds.__getitem__)
    pictures = data_path("content/palace.jpg"), data_path("style/great_wave.jpg")
    result = stylize(*pictures, max_side=48, steps=1, scales=1, precision="auto", **SHALLOW)
    assert result.config.precision == result.sidecar()["settings"]["precision"] == expected


def test_speed_of_this_machine():
    assert 1e8 < vgg.convolution_speed("float32") < 1e15

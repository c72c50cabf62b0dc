"""Forecasts follow the layers and the sizes; whether they come true, benchmarks/forecasts.py tells."""

import importlib
import itertools
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import tensorflow as tf
from shallow import SHALLOW

from nst_keras import FeatureExtractor, History, Run, Settings, load_vgg, prepare, stylize
from nst_keras.controls import memory
from nst_keras.controls.memory import fitting_tile
from nst_keras.controls.tiles import TiledObjective
from nst_keras.optimize import Progress
from nst_keras.runs import Checkpoint, check_memory, forecast, read_checkpoint
from nst_keras.runs.forecast import per_pixel

module = importlib.import_module("nst_keras.runs.forecast")  # in the package, its function has the same name
SPEED, FREE = 1e9, 4e9


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine of known speed and free memory, without a container's limit."""
    monkeypatch.setattr(module, "convolution_speed", lambda precision: SPEED)
    monkeypatch.setattr(module, "kept_memory", lambda extractor: 0.0)
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=FREE))
    monkeypatch.setattr(memory.psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=0)))


@pytest.fixture(scope="module")
def extractor():
    return FeatureExtractor(["block2_conv1"], load_vgg())


def planned(extractor, sizes, steps, style=(32, 32)):
    """A run that has not begun, without the work of preparing it."""
    C, S = tf.zeros((1, 32, 32, 3)), [tf.zeros((1, *style, 3))]
    return Run("content", ["style"], Settings(), C, S, extractor, sizes, [steps] * len(sizes), begin=None)


def test_per_pixel_by_hand(extractor):
    products, values = per_pixel(extractor.network)
    assert products == 27 * 64 + 9 * 64 * 64 + 9 * 64 * 128 / 4
    assert values == 64 + 64 + 64 / 4 + 128 / 4  # conv1, conv2, pool, conv1 of block 2


def test_seconds(machine, extractor):
    one = forecast(planned(extractor, [(100, 200)], 50)).seconds - module.TRACING
    at_size = 2 * per_pixel(extractor.network)[0] * 100 * 200 * module.OTHER_WORK["float32"] / SPEED
    assert one == pytest.approx(50 * (module.EACH_STEP + at_size))
    larger = forecast(planned(extractor, [(200, 400)], 50)).seconds - module.TRACING
    assert larger == pytest.approx(50 * (module.EACH_STEP + 4 * at_size))
    assert forecast(planned(extractor, [(100, 200)] * 3, 50)).seconds == pytest.approx(3 * one + module.TRACING)


def test_a_resumed_run_needs_only_the_steps_that_are_left(machine, extractor):
    run = planned(extractor, [(50, 100), (100, 200), (200, 400)], 50)
    run.scale, run.history = 1, History(progress=Progress(None, None, None, 0, 30))
    per_pixel_and_step = 2 * per_pixel(extractor.network)[0] * module.OTHER_WORK["float32"] / SPEED
    left = 20 * 100 * 200 + 50 * 200 * 400
    assert forecast(run).seconds == pytest.approx(module.TRACING + left * per_pixel_and_step + 70 * module.EACH_STEP)


def test_the_forecast_of_a_checkpoint(machine, tmp_path):
    def crash(step, G, costs):
        if step == 3:
            raise RuntimeError("crash")

    pictures, settings = ("chelsea", "night_cafe"), SHALLOW | {"max_side": 48, "steps": 6, "scales": 1}
    with pytest.raises(RuntimeError, match="crash"):
        stylize(*pictures, callbacks=[Checkpoint(tmp_path / "run.ckpt", 1), crash], **settings)
    whole, rest = forecast(prepare(*pictures, **settings)), forecast(read_checkpoint(tmp_path / "run.ckpt"))
    assert (rest.seconds - module.TRACING) / (whole.seconds - module.TRACING) == pytest.approx((6 - 4) / 6)
    assert rest.memory == whole.memory


def test_largest_side_just_fits(machine, extractor):
    side = forecast(planned(extractor, [(100, 200)], 1)).largest_side
    for longer, fits in ((side, True), (1.01 * side, False)):
        plan = forecast(planned(extractor, [(round(longer / 2), round(longer))], 1))
        assert plan.free == FREE
        assert (plan.memory <= FREE) == fits


def test_bfloat16_needs_less_memory(machine, extractor):
    half = FeatureExtractor(["block2_conv1"], extractor.vgg, "bfloat16")
    sizes = [(1000, 1000)]
    assert forecast(planned(half, sizes, 1)).memory < forecast(planned(extractor, sizes, 1)).memory


def test_a_style_larger_than_the_content_counts(machine, extractor):
    """With max_side None the pictures keep their sizes."""
    sizes = [(64, 64)]
    small, large = (forecast(planned(extractor, sizes, 1, style)) for style in ((64, 64), (4000, 3000)))
    assert large.memory > small.memory + 2 * 4 * 64 * 4000 * 3000  # input and output of one convolution, in float32
    run = prepare("palace", tf.zeros((1, 700, 900, 3)), max_side=None, steps=1, scales=1, **SHALLOW)
    assert run.S[0].shape == (1, 700, 900, 3)
    assert forecast(run).memory > forecast(prepare("palace", "palace", max_side=None, **SHALLOW)).memory


def test_what_does_not_fit_is_computed_in_tiles(machine, extractor):
    run = planned(extractor, [(500, 1000), (2000, 3000)], 10)
    whole = forecast(run)
    run.settings = run.settings.replace(tile=fitting_tile(run))
    plan = check_memory(run)
    assert whole.memory > FREE > plan.memory
    assert run.settings.tile == memory.TILE
    convolutions = 2 * per_pixel(extractor.network)[0] * module.OTHER_WORK["float32"] / SPEED
    more = 10 * convolutions * (module.IN_TILES - 1) * (500 * 1000 + 2000 * 3000)  # both are larger than a tile
    assert plan.seconds == pytest.approx(whole.seconds + more)


def test_python_tiles_what_does_not_fit_as_the_command_does(machine, monkeypatch):
    """Also without `check_memory`, which the command calls."""
    pair = tf.zeros((1, 500, 600, 3)), tf.zeros((1, 100, 100, 3))
    settings = SHALLOW | {"max_side": None, "steps": 1, "scales": 1}
    assert prepare(*pair, **settings).settings.tile is None
    needed = memory.needed_memory(prepare(*pair, **settings))
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=needed - 1))
    assert prepare(*pair, **settings).settings.tile == memory.TILE
    assert prepare(*pair, **settings | {"tile": None}).settings.tile is None
    assert isinstance(prepare(*pair, **settings).begin(prepare(*pair, **settings))[0], TiledObjective)


def test_memory_in_tiles(machine, extractor):
    """A part for the tiles, and one for each pixel: images, S, and what the pools keep."""

    def needed(size, tile):
        run = planned(extractor, [size], 10, style=(32, 32))
        run.settings = run.settings.replace(tile=tile)
        return forecast(run).memory

    images, pools = 12 * memory.IMAGES, 2 * 4 * 64 / 4
    assert needed((4000, 3000), 2**18) - needed((2000, 3000), 2**18) == pytest.approx(6e6 * (images + pools))
    tiles = memory.COPIES["float32"] * per_pixel(extractor.network)[1] * 4
    assert needed((4000, 3000), 2**19) - needed((4000, 3000), 2**18) == pytest.approx(tiles * 2**18)


def test_a_tile_that_was_given_stays(machine):
    run = prepare("palace", "great_wave", max_side=400, tile=50_000, **SHALLOW)
    check_memory(run)
    assert run.settings.tile == 50_000
    run = prepare("palace", "great_wave", max_side=400, tile=None, **SHALLOW)
    check_memory(run)
    assert run.settings.tile is None


def test_each_region_holds_its_own_activations(machine):
    """Weighted by its mask, in float32; a mask alone is one region."""
    pictures, settings = ("palace", "great_wave"), SHALLOW | {"max_side": 64, "style_scale": 0.75}  # G needs the most
    plain, two, masked = (
        forecast(prepare(*pictures, **settings, **more)).memory
        for more in ({}, {"regions": ["palace", "great_wave"]}, {"mask": "palace_sky"})
    )
    of_layers = (64 + 128 / 4 + 128 / 4) * 4 * 64 * 43  # block1_conv1, block2_conv1, block2_conv2
    assert two - plain == pytest.approx(2 * memory.COPIES_OF_A_REGION * of_layers)
    assert masked - plain == pytest.approx(memory.COPIES_OF_A_REGION * of_layers)


def test_too_large_is_refused_before_the_run(machine, monkeypatch):
    monkeypatch.setattr(memory, "BASE", 3.99e9)
    run = prepare("palace", "great_wave", max_side=400, **SHALLOW)
    with pytest.raises(ValueError, match=r"^400 x 267 pixels need about 4\.\d GB .* 4\.0 GB are free; .* is \d+$"):
        check_memory(run)


def test_what_fits_is_not_refused(machine):
    run = prepare("palace", "great_wave", max_side=400, **SHALLOW)
    assert check_memory(run) == forecast(run)
    assert run.settings.tile is None  # what "auto" has chosen


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("max", FREE), (str(10**12), FREE), (str(3 * 10**9), 3e9 - 2e9 + 0.4e9), (str(10**9), 1e9 - 2e9 + 0.4e9)],
)
def test_the_limit_of_a_container(machine, tmp_path, extractor, limit, expected):
    """What it holds of files that may be dropped counts as free."""
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    (tmp_path / "memory.current").write_text(f"{2 * 10**9}\n")
    (tmp_path / "memory.stat").write_text(f"anon 5\nfile 7\ninactive_file {4 * 10**8}\nactive_file 9\n")
    assert memory.free_memory() == expected
    plan = forecast(planned(extractor, [(100, 200)], 1))
    assert plan.free == max(memory.BASE, expected)


def test_data_of_this_process_is_not_free(monkeypatch, tmp_path, extractor):
    """On a machine with 20 GB for this process alone, a gigabyte that it holds is not there for a run."""
    process = psutil.Process()
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    monkeypatch.setattr(memory, "BASE", 0.1e9)  # less than this process has anyway
    monkeypatch.setattr(
        memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=20e9 - process.memory_info().rss)
    )
    run = planned(extractor, [(100, 200)], 1)
    before = forecast(run).free
    held = np.ones(10**9, np.uint8)
    assert before - forecast(run).free == pytest.approx(1e9, abs=0.1e9)
    del held
    assert forecast(run).free == pytest.approx(before, abs=0.1e9)


def test_a_forecast_in_words():
    plan = module.Forecast(12.34, 2.345e9, 4e9, 1000)
    assert str(plan) == "about 12 s and 2.3 GB of memory"
    assert plan.as_dict() == {"seconds": 12.3, "memory_gb": 2.35}


def test_speed_is_the_median_of_five(monkeypatch):
    seconds = [50, 3, 1, 2, 90, 1]  # the first one is for warming up
    ticks = itertools.accumulate(part for second in seconds for part in (0, second))
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: next(ticks)))
    assert module.convolution_speed.__wrapped__("float32") == 128 * 128 * (3 * 3 * 128) * 128 / 2


def test_speed_of_this_machine():
    assert 1e8 < module.convolution_speed("float32") < 1e15


def test_other_networks_that_stay_in_memory_count(monkeypatch):
    vgg = load_vgg()
    mine, other = (FeatureExtractor([layer], vgg) for layer in ("block1_conv2", "block2_conv1"))
    monkeypatch.setattr(module, "ALIVE", [mine, other])
    assert module.kept_memory(mine) == 0  # they share their weights
    other.graphs["one"] = other.graphs["two"] = None
    assert module.kept_memory(mine) == module.GRAPH
    another = FeatureExtractor(["block1_conv1"], load_vgg(pooling="avg"))
    monkeypatch.setattr(module, "ALIVE", [mine, other, another])
    weights = 4 * sum(array.shape.num_elements() for array in map(tf.convert_to_tensor, another.vgg.weights))
    assert module.kept_memory(mine) == pytest.approx(module.GRAPH + weights)
    run = planned(mine, [(32, 32)], 1)
    plan = forecast(run)
    monkeypatch.setattr(module, "kept_memory", lambda extractor: 0.0)
    assert plan.memory - forecast(run).memory == pytest.approx(module.GRAPH + weights)

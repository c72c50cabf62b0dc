"""stylize() with the real network at a tiny size: what it computes, and who may watch it."""

import os
import random
import time

import keras
import matplotlib as mpl
import numpy as np
import pytest
import tensorflow as tf
from shallow import SHALLOW

from nst_keras import (
    Callback,
    CostNotFiniteError,
    FeatureExtractor,
    Objective,
    Settings,
    data_path,
    lbfgs,
    load_image,
    load_vgg,
    minimize,
    paint,
    pipeline,
    prepare,
    save_image,
    stylize,
    transfer,
)
from nst_keras.runs.quality import noise

CONTENT, STYLE = data_path("content/chelsea.jpg"), data_path("style/night_cafe.jpg")
SMALL = SHALLOW | {"max_side": 48, "steps": 3, "scales": 1}
TWO_SCALES = SHALLOW | {"max_side": 200, "steps": 2, "scales": 2}


def test_three_steps_lower_J_and_repeat_to_the_byte():
    one, two = (stylize(CONTENT, STYLE, init="blend", seed=5, **SMALL) for _ in range(2))
    assert one.history["J"][-1] < 0.95 * one.history["J"][0]
    assert one.image.shape == (1, 32, 48, 3)
    np.testing.assert_array_equal(one.image, two.image)
    other = stylize(CONTENT, STYLE, init="blend", seed=6, **SMALL)
    assert not np.array_equal(one.image, other.image)


@pytest.mark.parametrize("optimizer", ["adam", "gradient_descent"])
def test_other_optimizers(optimizer):
    rate = {"adam": 5.0, "gradient_descent": 1e4}[optimizer]
    result = stylize(CONTENT, STYLE, optimizer=optimizer, learning_rate=rate, **SMALL)
    assert result.history["J"][-1] < result.history["J"][0]
    assert len(result.history) == 4


def test_coarse_to_fine():
    seen = []
    result = stylize(
        CONTENT, STYLE, max_side=200, steps=2, scales=3, optimizer="adam", **SHALLOW,
        callbacks=[lambda step, G, costs: seen.append((step, tuple(G.shape[1:3])))],
    )  # fmt: skip
    assert [size for _, size in seen] == [(66, 100)] * 5 + [(94, 141)] * 4 + [(133, 200)] * 3
    assert [step for step, _ in seen] == list(range(12)) == result.history.steps
    assert result.image.shape == (1, 133, 200, 3)
    assert (result.sizes, result.steps) == ([(66, 100), (94, 141), (133, 200)], [4, 3, 2])
    assert result.history.evaluations == 9


@pytest.mark.parametrize(
    ("height", "width", "scales", "expected"),
    [
        (512, 512, None, [(128, 128), (181, 181), (256, 256), (362, 362), (512, 512)]),
        (256, 512, None, [(64, 128), (91, 181), (128, 256), (181, 362), (256, 512)]),
        (128, 512, None, [(45, 181), (64, 256), (91, 362), (128, 512)]),  # 32 rows would be too few
        (100, 150, None, [(100, 150)]),
        (96, 160, None, [(68, 113), (96, 160)]),
        (512, 512, 1, [(512, 512)]),
        (400, 300, 2, [(283, 212), (400, 300)]),
        (40, 40, 3, [(40, 40)]),
    ],
)
def test_sizes_of_a_ladder(height, width, scales, expected):
    assert transfer.ladder(tf.zeros((1, height, width, 3)), 20, scales)[0] == expected


def test_from_noise_the_ladder_begins_lower():
    for init, first in {"content": (128, 128), "blend": (128, 128), "noise": (64, 64)}.items():
        assert prepare("astronaut", "night_cafe", init=init, max_side=256).sizes[0] == first


def test_steps_of_a_ladder():
    """They go up as the size goes down: 20·512/181 is 56.6."""
    assert transfer.ladder(tf.zeros((1, 256, 512, 3)), 20, 5)[1] == [80, 57, 40, 28, 20]
    assert transfer.ladder(tf.zeros((1, 300, 200, 3)), 7, 1)[1] == [7]


@pytest.mark.parametrize("init", ["content", "noise"])
def test_only_from_C_a_larger_size_begins_with_C(init):
    """What has not changed at the smaller size is C to the last stroke."""
    run = prepare(CONTENT, STYLE, max_side=96, scales=2, init=init, precision="float32")
    C_small = transfer.resize_image(run.C, run.sizes[0])
    run.image, run.scale = C_small, 1
    _, first, _ = run.begin(run)
    sharp = float(tf.reduce_mean(tf.abs(first - run.C)))
    assert (sharp < 1e-3) if init == "content" else (sharp > 3)


def test_from_noise_the_ladder_arrives_at_flat_areas():
    """At one size the same number of full-size steps leaves confetti."""
    settings = {"init": "noise", "max_side": 128, "steps": 4, "precision": "float32"}
    ladder, one_size = (stylize("astronaut", "night_cafe", scales=n, **settings) for n in (None, 1))
    assert ladder.sizes[0] == (64, 64)
    assert noise(ladder.image) < 0.7 * noise(one_size.image)


def test_the_cost_at_the_end_is_that_of_the_image():
    result = stylize(CONTENT, STYLE, gamma=1e-3, max_side=48, steps=3, scales=1, precision="float32")
    extractor = FeatureExtractor(Settings().layers, load_vgg(pooling="max", padding="symmetric"))
    C, S = load_image(CONTENT, 48), load_image(STYLE, 48)
    J = Objective(C, S, alpha=1.0, beta=Settings().beta, gamma=1e-3, extractor=extractor)
    assert J.terms(result.image) == pytest.approx(result.history.costs[-1], rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("changes", [{}, {"gamma": 0.0, "pooling": "avg", "beta": 20.0, "style_cost": "gram"}])
def test_stylize_is_objective_and_minimize(changes):
    """At one scale, with the same settings, they give the same numbers and the same picture."""
    C, S = load_image(CONTENT, 64), load_image(STYLE, 64)
    run = stylize(C, S, scales=1, steps=4, max_side=None, **changes)
    J = Objective(C, S, **changes)
    G, history = minimize(J, C, lbfgs(), 4)
    assert history.costs == run.history.costs
    np.testing.assert_array_equal(G, run.image)


def test_a_run_leaves_everything_as_it_was():
    def surroundings():
        seeds = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
        return seeds, keras.config.floatx(), keras.config.dtype_policy().name, dict(os.environ), dict(mpl.rcParams)

    before = surroundings()
    stylize(CONTENT, STYLE, init="noise", **(SMALL | {"precision": "bfloat16"}))
    assert surroundings() == before


def test_images_and_several_styles():
    C = load_image(CONTENT, 60)
    paths = stylize(CONTENT, [STYLE, data_path("style/great_wave.jpg")], style_weights=(1, 0), **SMALL)
    single = stylize(CONTENT, STYLE, **SMALL)
    np.testing.assert_allclose(paths.image, single.image, atol=0.5)
    assert stylize(C, STYLE, **(SMALL | {"max_side": None, "steps": 1})).image.shape == C.shape


def test_bundled_pictures_have_short_names():
    by_name, by_path = stylize("chelsea", "night_cafe", **SMALL), stylize(CONTENT, STYLE, **SMALL)
    np.testing.assert_array_equal(by_name.image, by_path.image)
    assert (by_name.content, by_name.styles) == ("chelsea", ["night_cafe"])


def test_style_and_content_weights_do_what_they_say():
    more_style = stylize(CONTENT, STYLE, beta=200.0, **(SMALL | {"steps": 25})).history.costs[-1]
    more_content = stylize(CONTENT, STYLE, beta=2.0, **(SMALL | {"steps": 25})).history.costs[-1]
    assert more_style["J_style"] < 0.7 * more_content["J_style"]
    assert more_content["J_content"] < 0.7 * more_style["J_content"]


def interrupt_at(last):
    def callback(step, G, costs):
        if step == last:
            raise KeyboardInterrupt

    return callback


def test_interrupt_returns_the_best_so_far():
    result = stylize(CONTENT, STYLE, max_side=140, steps=4, scales=2, callbacks=[interrupt_at(2)], **SHALLOW)
    assert result.history.interrupted
    assert result.image.shape == (1, 66, 99, 3)  # the first scale
    assert len(result.history) == 3
    assert result.history.evaluations == 3


def test_interrupt_before_the_first_step(monkeypatch):
    class Interrupted(Objective):
        def value_and_gradient(self, G):
            raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "Objective", Interrupted)
    run = prepare(CONTENT, STYLE, **SMALL)
    with pytest.raises(KeyboardInterrupt):
        paint(run)
    assert run.image is None


def test_interrupt_between_two_scales(monkeypatch):
    """Nothing was seen of the second scale yet: the result is the first one's, and so are the terms."""
    made = []

    class Interrupted(Objective):
        def value_and_gradient(self, G):
            if len(made) == 2:
                raise KeyboardInterrupt
            return super().value_and_gradient(G)

    def make(*arguments):
        made.append(Interrupted(*arguments))
        return made[-1]

    monkeypatch.setattr(pipeline, "Objective", make)
    result = stylize(CONTENT, STYLE, **TWO_SCALES)
    assert result.history.interrupted
    assert len(made) == 2
    assert result.image.shape == (1, 94, 141, 3)
    assert result.history.final == made[0].terms(result.image)


def test_a_cost_that_is_not_finite_names_the_step_that_callbacks_count(monkeypatch):
    calls, seen = [], []

    class Overflowing(Objective):
        def value_and_gradient(self, G):
            calls.append(G)
            terms, gradient = super().value_and_gradient(G)
            return terms | {"J": float("nan")} if len(calls) == 5 else terms, gradient

    monkeypatch.setattr(pipeline, "Objective", Overflowing)
    run = prepare(CONTENT, STYLE, **TWO_SCALES)
    with pytest.raises(CostNotFiniteError, match="not finite at step 5") as error:
        paint(run, [lambda step, G, costs: seen.append(step)])
    assert seen == [0, 1, 2, 3, 4]  # four images of the first scale, one of the second
    assert error.value.step == 5
    assert error.value.image.shape == run.image.shape == (1, 133, 200, 3)
    assert run.history.final["J"] == run.history["J"][4]


def test_callbacks_are_told_of_beginning_steps_and_end():
    class Watcher(Callback):
        def __init__(self):
            self.told = []

        def on_run_begin(self):
            self.told.append(("begin", self.run.content, len(self.run.history)))

        def on_step_end(self, step, G, costs):
            self.told.append((step, tuple(G.shape), costs["J"]))
            if step == 1:
                np.testing.assert_array_equal(self.run.image, self.run.history.progress.best)

        def on_run_end(self):
            self.told.append(("end", len(self.run.history)))

    watcher, steps = Watcher(), []
    run = stylize(CONTENT, STYLE, callbacks=[watcher, lambda step, G, costs: steps.append(step)], **SMALL)
    assert watcher.told[0] == ("begin", CONTENT, 0)
    assert watcher.told[-1] == ("end", 4)
    assert watcher.told[1:-1] == [(step, (1, 32, 48, 3), run.history["J"][step]) for step in steps]
    assert steps == [0, 1, 2, 3]


def test_every_callback_that_began_is_ended_whatever_fails():
    told = []

    class Watcher(Callback):
        def __init__(self, name):
            self.name = name

        def on_run_begin(self):
            if self.name == "refuses":
                raise FileExistsError("no")
            told.append(f"{self.name} begins")

        def on_run_end(self):
            told.append(f"{self.name} ends")

    run = prepare(CONTENT, STYLE, **SMALL)
    with pytest.raises(FileExistsError, match="no"):
        paint(run, [Watcher("first"), Watcher("refuses"), Watcher("third")])
    assert told == ["first begins", "first ends"]

    def crash(step, G, costs):
        raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        paint(run, [Watcher("first"), crash])
    assert told[2:] == ["first begins", "first ends"]


def test_a_callback_that_fails_at_the_end_costs_neither_the_run_nor_the_others():
    ended = []

    class Fails(Callback):
        def on_run_end(self):
            raise OSError("disk full")

    class Ends(Callback):
        def on_run_end(self):
            ended.append(len(self.run.history))

    with pytest.warns(UserWarning, match=r"Fails failed at the end of the run: OSError\('disk full'\)"):
        run = stylize(CONTENT, STYLE, callbacks=[Fails(), Ends()], **SMALL)
    assert ended == [4]
    assert run.history.final["J"] < run.history["J"][0]


def test_seconds_do_not_count_waiting():
    """Between forecast and start, say, or between an interrupt and going on."""
    run = prepare(CONTENT, STYLE, **SMALL)
    time.sleep(2)
    started = time.perf_counter()
    paint(run, [interrupt_at(1)])
    first = time.perf_counter() - started
    assert run.history.seconds[0] <= first
    time.sleep(2)
    run.history.interrupted = False
    started = time.perf_counter()
    paint(run)
    assert run.history.seconds == sorted(run.history.seconds)
    assert run.history.seconds[-1] <= first + time.perf_counter() - started


def test_slender_styles_keep_their_proportions():
    """40 x 400 pixels became 32 x 100 at a quarter of the size."""
    for height, width, factor in ((40, 400, 0.25), (33, 500, 0.1), (400, 40, 0.5), (64, 64, 0.1)):
        h, w = transfer.scaled(tf.zeros((1, height, width, 3)), factor)
        assert min(h, w) >= 32
        assert w / h == pytest.approx(width / height, rel=0.04)
    assert transfer.scaled(tf.zeros((1, 400, 300, 3)), 0.5) == (200, 150)


def test_pictures_that_do_not_fit():
    C = load_image(CONTENT, 64)
    with pytest.raises(ValueError, match=r"expected an image of shape \(1, H, W, 3\), not \(43, 64, 3\)"):
        stylize(C[0], STYLE, **SMALL)
    with pytest.raises(ValueError, match=r"must be in 0\.\.255, but these run from -"):
        stylize(C - 300, STYLE, **SMALL)
    with pytest.raises(ValueError, match=r"must be in 0\.\.255"):
        stylize(C * float("nan"), STYLE, **SMALL)
    with pytest.raises(ValueError, match="is 64 x 4 pixels here; VGG needs at least 32"):
        stylize(tf.zeros((1, 4, 64, 3)), STYLE, **(SMALL | {"max_side": None}))


@pytest.mark.parametrize("how", ["in memory", "as a file"])
def test_enlarging_a_small_image_is_said(tmp_path, how):
    """The same of files and of images in memory."""
    small = load_image(CONTENT, 40)
    if how == "as a file":
        small = save_image(small, tmp_path / "small.png")
    with pytest.warns(UserWarning, match=r"(the image in memory|small\.png') has 40 x 27 pixels and is enlarged to 96"):
        prepare(small, STYLE, **(SMALL | {"max_side": 96}))
    with pytest.warns(UserWarning, match="is enlarged to 96"):
        prepare(CONTENT, [STYLE, small], **(SMALL | {"max_side": 96}))
    prepare(small, STYLE, **(SMALL | {"max_side": 80}))  # warnings are errors here
    with pytest.raises(ValueError, match="has only 40 x 27 pixels, too few to be enlarged to 641"):
        prepare(small, STYLE, **(SMALL | {"max_side": 641}))


def test_equal_layer_weights_pull_equally():
    """With "relative" costs no layer drowns the others; with "gatys" one layer does."""
    C, S = load_image(CONTENT, 64), load_image(STYLE, 64)
    for normalizer, low, high in (("relative", 0.2, 0.75), ("gatys", 0.9, 1.0)):
        J = Objective(
            C,
            S,
            alpha=1.0,
            beta=1.0,
            gamma=0.0,
            layer_weights="equal",
            positions_per_channel=0,
            style_cost="gram",
            padding="zero",
            style_normalizer=normalizer,
        )
        terms = J.terms(C)
        shares = [terms[f"lambda*J_style[{layer}]"] / terms["J_style"] for layer in Settings().layer_weights]
        assert low < max(shares) < high

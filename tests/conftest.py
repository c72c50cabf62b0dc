"""What all tests share."""

import gc
import os

import build_notebooks
import hypothesis
import pytest

# No time limit, for a busy machine, and the same examples in every run.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.load_profile("repeatable")

os.environ.update(build_notebooks.ENVIRONMENT)  # before TensorFlow is imported
build_notebooks.share_cores()
gc.disable()  # until all is imported


def pytest_addoption(parser):
    parser.addoption("--all-tweaks", action="store_true", help="run every parameter set of tests/data/tweaks")
    parser.addoption("--odd-calls", type=int, default=150, help="number of random calls in test_odd_calls.py")


def pytest_generate_tests(metafunc):
    """Tests with these arguments run once for each notebook: `-k 04` chooses one; labs have no exercises."""
    names = [build_notebooks.name_of(source) for source in build_notebooks.find_sources()]
    if "any_notebook" in metafunc.fixturenames:
        metafunc.parametrize("any_notebook", names)
    if "notebook_name" in metafunc.fixturenames:
        metafunc.parametrize("notebook_name", [name for name in names if "/" not in name])


# What takes longest begins first, so that no worker is left alone with it at the end; then come the notebooks.
LONGEST = [
    "wheel", "tweaks", "site", "gallery", "browser", "runs", "command", "many", "tiles", "vgg", "checkpoint",
    "transfer",
]  # fmt: skip


@pytest.hookimpl(trylast=True)  # when it is known which tests were chosen
def pytest_collection_modifyitems(config, items):
    """A notebook that test_wheel.py runs is not run a second time."""
    alone = {f"{item.callspec.params['alone']}.ipynb" for item in items if "alone" in getattr(item, "fixturenames", ())}
    config.hook.pytest_deselected(items=[item for item in items if item.path.name in alone])
    items[:] = [item for item in items if item.path.name not in alone]

    def place(item):
        name = item.path.stem.removeprefix("test_")
        if name in LONGEST:
            return LONGEST.index(name)
        return len(LONGEST) + (item.path.suffix != ".ipynb")

    items.sort(key=place)


def pytest_collection_finish():
    """What imports have left is never garbage: with TensorFlow, half a million objects that no collection looks at."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def tiny_extractor():
    """Two small convolutions with smooth activations: quick, and fit for finite differences."""
    import keras

    from nst_keras import FeatureExtractor

    initializer = keras.initializers.RandomNormal(stddev=0.1, seed=3)
    x = inputs = keras.Input((None, None, 3))
    for name, channels in (("one", 4), ("two", 5)):
        x = keras.layers.Conv2D(
            channels, 3, padding="same", activation="softplus", kernel_initializer=initializer, name=name
        )(x)
    return FeatureExtractor(["one", "two"], keras.Model(inputs, x))


@pytest.fixture(scope="module")
def shared_measures():
    """For many pictures with the same C, or the same S: what J needs of it is computed once."""
    from nst_keras import Objective

    def once(measure):
        known = {}

        def measured(J, image, *regions):
            if regions not in ((), ([{}],)):
                return measure(J, image, *regions)
            layers = tuple(J.settings.content_layers), tuple(J.settings.layer_weights)
            key = (J.extractor, J.view.see, layers, image.numpy().tobytes())
            if key not in known:
                known[key] = measure(J, image, *regions)
            return known[key]

        return measured

    with pytest.MonkeyPatch.context() as patch:
        for name in ("content_of", "moments_of"):
            patch.setattr(Objective, name, once(getattr(Objective, name)))
        yield

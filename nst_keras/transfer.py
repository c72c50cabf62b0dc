"""stylize(): from two pictures to a third, from coarse to fine."""

import dataclasses
import sys
import warnings
from pathlib import Path

import tensorflow as tf
from tqdm.auto import tqdm

from nst_keras import optimize, quality, vgg
from nst_keras.checkpoint import read_checkpoint, write_checkpoint
from nst_keras.config import SMALLEST_SIDE, StyleTransferConfig
from nst_keras.forecast import forecast
from nst_keras.images import DATA, initial_image, load_image, resize_image
from nst_keras.objective import Objective, style_shares
from nst_keras.result import StyleTransferResult

COARSEST_SIDE = 64  # pixels; coarse-to-fine starts no smaller than this


def stylize(
    content, style, callback=None, progress=False, config=None, checkpoint=None, checkpoint_every=10, **settings
):
    """Paint the content of one picture in the style of another.

    Minimizes J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G) over the pixels of G,
    from coarse to fine.

    Args:
        content: path of a picture, or an image (1, H, W, 3), RGB 0..255.
        style: the same, or a list of several.
        callback: called as callback(step, G, costs) for each image, steps counted across all scales.
        progress: show a progress bar with the cost.
        config: a StyleTransferConfig to start from.
        checkpoint: path of a file from which `resume` can go on; content and style must then be paths.
        checkpoint_every: steps between two writings of that file.
        **settings: any attribute of StyleTransferConfig.

    Returns:
        StyleTransferResult with image, history and config. After an interrupt (Ctrl-C) it holds the best
        image so far, and `result.history.interrupted` is True.

    Raises:
        ValueError, FileNotFoundError: bad settings or pictures; too little memory for this size.
        FileExistsError: there is a file at `checkpoint`.
        CostNotFiniteError: the cost overflowed; its `image` is the best one before that.
        KeyboardInterrupt: interrupted before the first step.
    """
    config = dataclasses.replace(config or StyleTransferConfig(), **settings)
    styles = list(style) if isinstance(style, (list, tuple)) else [style]
    if checkpoint and not all(isinstance(one, (str, Path)) for one in (content, *styles)):
        raise ValueError("a checkpoint names the pictures: give content and style as paths, not as images in memory")
    if checkpoint and Path(checkpoint).exists():
        raise FileExistsError(f"{str(checkpoint)!r} exists; resume that run, delete the file or choose another name")
    return _run(content, styles, config, callback, progress, checkpoint, checkpoint_every)


def resume(checkpoint, callback=None, progress=False, checkpoint_every=10):
    """Go on with a run that was cut off, with the optimizer's memory, as if it had not been.

    Args:
        checkpoint: path of the file that `stylize` wrote; it is written further.
        callback, progress, checkpoint_every: as in `stylize`.

    Returns:
        StyleTransferResult

    Raises:
        FileNotFoundError, ValueError: no such file, or not a checkpoint.
    """
    content, styles, config, *position = read_checkpoint(checkpoint)
    return _run(content, styles, config, callback, progress, checkpoint, checkpoint_every, *position)


def _run(content, styles, config, callback, progress, checkpoint, checkpoint_every, first=0, history=None, state=None):
    """All scales from number `first` on; `history` is that of the scales before, `state` the optimizer's."""
    if checkpoint_every < 1:
        raise ValueError(f"checkpoint_every is {checkpoint_every}; expected 1 or more steps")
    style_shares(config.style_weights, len(styles))  # refused before the network is built
    C = _as_image(content, config.max_side)
    S = [_as_image(one, config.max_side) for one in styles]
    network = vgg.load_vgg(config.network, config.weights, config.pooling)
    extractor = vgg.FeatureExtractor([config.content_layer, *config.layer_weights], network, config.precision)
    config = dataclasses.replace(config, precision=extractor.precision)  # what "auto" has chosen

    G, history, state = None, history or optimize.History(), state or {}
    sizes = [_scaled(C, shrink) for shrink in _shrinks(C, config.scales)]
    plan = forecast(extractor, sizes[first:], config.steps)
    if plan.memory > plan.free:
        raise ValueError(
            f"{sizes[-1][1]} x {sizes[-1][0]} pixels need about {plan.memory / 1e9:.1f} GB of memory, and "
            f"{plan.free / 1e9:.1f} GB are free; the largest max_side that fits is {plan.largest_side}"
        )
    if progress:
        tqdm.write(f"forecast: about {plan.seconds:.0f} s and {plan.memory / 1e9:.1f} GB of memory", file=sys.stderr)
    with _progress_bar(sizes, config.steps, progress) as bar:
        bar.update(sum(config.steps * height * width for height, width in sizes[:first]))
        for scale, size in list(enumerate(sizes))[first:]:
            try:
                C_scaled, S_scaled = _at_size(size, C, S)
                J = Objective(
                    C_scaled, S_scaled, config.alpha, config.beta, config.gamma,
                    config.content_layer, config.layer_weights, config.style_weights, extractor,
                    config.content_normalizer, config.style_normalizer,
                )  # fmt: skip
                start = initial_image(config.init, C_scaled, config.seed) if G is None else resize_image(G, size)
                report = _reporter(bar, size, len(history), callback)
                if checkpoint:
                    position = content, styles, config, scale, history, state
                    report = _checkpointing(report, checkpoint, checkpoint_every, position)
                G, run = _optimize(J, start, config, report, state)
                history.extend(run)
            except KeyboardInterrupt:  # outside the optimizer's loop; a resumed run has come further than G
                if state:
                    G = tf.constant(state["best"])
                    history.extend(state["history"])
                history.interrupted = True
            if history.interrupted:
                break
            state = {}
    if len(history) == 0:
        raise KeyboardInterrupt
    measured = _measure(G, C, S, extractor)
    return StyleTransferResult(G, history, config, _name(content), tuple(map(_name, styles)), plan, measured)


def _optimize(J, G, config, callback, state):
    if config.optimizer == "lbfgs":
        return optimize.lbfgs(J, G, config.steps, callback, state=state)
    run = {"adam": optimize.adam, "gradient_descent": optimize.gradient_descent}[config.optimizer]
    return run(J, G, config.steps, config.learning_rate, callback, state=state)


def _measure(G, C, S, extractor):
    """The quality of G, compared with C and S at its own size; nothing if even this is interrupted."""
    try:
        C_scaled, S_scaled = _at_size(tuple(G.shape[1:3]), C, S)
        return {
            "content_similarity": quality.content_similarity(C_scaled, G),
            "unseen_style_distances": [quality.unseen_style_distance(one, G, extractor) for one in S_scaled],
            "noise": quality.noise(G),
        }
    except KeyboardInterrupt:
        return {}


def _checkpointing(report, path, every, position):
    """A callback that also writes a checkpoint; a full disk must not end the run."""
    content, styles, config, scale, history, state = position

    def report_and_write(step, G, costs):
        report(step, G, costs)
        if step and step % every == 0 and state:
            try:
                write_checkpoint(path, str(content), list(map(str, styles)), config, scale, history, state)
            except OSError as error:
                warnings.warn(f"the checkpoint could not be written: {error}", stacklevel=2)

    return report_and_write


def _progress_bar(sizes, steps, show):
    """A bar that counts pixels times steps, so that the time left is right across scales."""
    layout = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    total = sum(steps * height * width for height, width in sizes)
    return tqdm(total=total, disable=not show, bar_format=layout, desc="stylize")


def _reporter(bar, size, first, callback):
    """The callback of one scale: moves the bar, and passes the step on counted across all scales."""
    height, width = size

    def report(step, G, costs):
        bar.set_postfix_str(f"{width}x{height} J={costs['J']:.4g}", refresh=False)
        bar.update(height * width if step else 0)
        if callback:
            callback(first + step, G, costs)

    return report


def _shrinks(C, scales):
    """1/4, 1/2, 1 for three scales; those that would make C too small are left out."""
    shrinks = [2.0**-level for level in reversed(range(scales))]
    return [shrink for shrink in shrinks if shrink == 1 or min(_scaled(C, shrink)) >= COARSEST_SIDE]


def _at_size(size, C, S):
    """C with this (height, width), and the styles S shrunk as much."""
    return resize_image(C, size), [resize_image(one, _scaled(one, size[0] / C.shape[1])) for one in S]


def _scaled(image, factor):
    return tuple(max(SMALLEST_SIDE, round(side * factor)) for side in image.shape[1:3])


def _as_image(source, max_side):
    """An image from a path or a tensor, scaled to max_side, and large enough for VGG."""
    if isinstance(source, (str, Path)):
        image = load_image(source, max_side)
    else:
        image = tf.convert_to_tensor(source, tf.float32)
        if image.shape.rank != 4 or image.shape[0] != 1 or image.shape[-1] != 3:
            raise ValueError(f"expected an image of shape (1, H, W, 3), not {tuple(image.shape)}")
        low, high = float(tf.reduce_min(image)), float(tf.reduce_max(image))
        if not (low >= 0 and high <= 255):  # also catches NaN
            raise ValueError(f"image values must be in 0..255, but these run from {low:g} to {high:g}")
        if max_side is not None:
            image = resize_image(image, max_side)
    if min(image.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"{_name(source)} is {image.shape[2]} x {image.shape[1]} pixels here; VGG needs at least "
            f"{SMALLEST_SIDE} on each side, so use a larger max_side or a less elongated picture"
        )
    return image


def _name(source):
    """How the sidecar names a picture; bundled ones without the place of this project on the disk."""
    if not isinstance(source, (str, Path)):
        return "an image in memory"
    path = Path(source)
    return (Path("data") / path.relative_to(DATA) if path.is_relative_to(DATA) else path).as_posix()

"""Command line: python -m nst_keras [CONTENT STYLE [STYLE ...]] [-o OUT.png] [options]"""

import argparse
import contextlib
import functools
import os
import signal
import sys
import tempfile
import warnings
from pathlib import Path

DEFAULT_PAIR = ("content/palace.jpg", "style/great_wave.jpg")


def parser():
    """The arguments. Nothing heavy is imported here, so that --help answers at once."""
    p = argparse.ArgumentParser(
        prog="python -m nst_keras",
        description="Paint the content of one picture in the style of another (Gatys et al. 2016). "
        "Without arguments: a bundled photograph in the style of a bundled painting.",
    )
    p.add_argument("pictures", nargs="*", metavar="PICTURE", help="CONTENT STYLE [STYLE ...]")
    p.add_argument("-o", "--output", metavar="OUT.png", help="default: CONTENT_STYLE.png in this folder")
    p.add_argument("--force", action="store_true", help="overwrite existing files")
    p.add_argument("--quiet", action="store_true", help="no progress bar; print only the result's path")
    p.add_argument("--save-every", type=int, default=0, metavar="N", help="also save the picture every N steps")
    p.add_argument("--checkpoint", metavar="FILE", help="keep the run's position in FILE")
    p.add_argument("--checkpoint-every", type=int, default=10, metavar="N", help="write it every N steps (default 10)")
    p.add_argument("--resume", metavar="FILE", help="go on from a checkpoint, with its pictures and settings")
    # argparse.SUPPRESS: what is not given is left to StyleTransferConfig, which holds the defaults
    s = p.add_argument_group("settings (defaults: see StyleTransferConfig)", argument_default=argparse.SUPPRESS)
    s.add_argument("--alpha", type=float, help="weight of the content cost (default 1)")
    s.add_argument("--beta", type=float, help="weight of the style cost; higher: more style (default 10)")
    s.add_argument("--tv", type=float, dest="gamma", help="weight of the total variation; higher: smoother")
    s.add_argument("--style-weights", type=float, nargs="+", metavar="W", help="one weight per style picture")
    s.add_argument("--content-layer", metavar="LAYER", help="such as block4_conv2")
    s.add_argument("--style-layers", nargs="+", metavar="LAYER", help="such as block1_conv1 block2_conv1")
    s.add_argument("--layer-weights", type=float, nargs="+", metavar="λ", help="one weight per style layer")
    s.add_argument("--optimizer", choices=("lbfgs", "adam", "gradient_descent"))
    s.add_argument("--steps", type=int, help="gradient evaluations at each scale")
    s.add_argument("--learning-rate", type=float, help="for adam (in units of 0..255) and gradient_descent")
    s.add_argument("--init", choices=("content", "noise", "blend"), help="the image to start from")
    s.add_argument("--max-side", type=int, metavar="PIXELS", help="longer side of the result")
    s.add_argument("--scales", type=int, help="sizes to go through, from coarse to fine")
    s.add_argument("--seed", type=int, help="for the noise of the initial image")
    s.add_argument("--network", choices=("vgg19", "vgg16"))
    s.add_argument("--weights", help="'bundled', 'imagenet' or the path of a .h5 file")
    s.add_argument("--pooling", choices=("max", "avg"))
    s.add_argument("--precision", choices=("float32", "bfloat16", "float16", "auto"), help="auto: what is faster here")
    return p


def main(arguments=None):
    """Run the command; returns the exit status: 0, 1 (failed), 2 (a mistake in the arguments), 130 (interrupted)."""
    p = parser()
    args, settings = _split(vars(p.parse_args(arguments)))
    if len(args.pictures) == 1:
        p.error("give a CONTENT and at least one STYLE picture, or none at all for the bundled pair")
    if args.resume and (args.pictures or settings or args.style_layers or args.layer_weights or args.checkpoint):
        p.error("--resume takes pictures, settings and the checkpoint's place from its file; leave them out")
    if args.save_every < 0 or args.checkpoint_every < 1:
        p.error("--save-every must be 0 (never) or more, and --checkpoint-every 1 or more")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's remarks on this machine help nobody here
    # Operations one after the other (each on all cores): gradients are then added up in the same order every time.
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    signals = {which: signal.signal(which, _interrupt) for which in (signal.SIGINT, signal.SIGTERM)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default", UserWarning)
            warnings.showwarning = lambda message, *rest, **more: print(f"note: {message}", file=sys.stderr)
            return _run(args, settings)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted before the first step; nothing was written", file=sys.stderr)
        return 130
    finally:
        for which, handler in signals.items():
            signal.signal(which, handler)


def _split(options):
    """The command's own arguments, and those that are settings of StyleTransferConfig."""
    own = ["pictures", "output", "force", "quiet", "save_every", "checkpoint", "checkpoint_every", "resume"]
    own += ["style_layers", "layer_weights"]  # together they are one setting
    return argparse.Namespace(**{name: options.pop(name, None) for name in own}), options


def _interrupt(*_):
    """The first Ctrl-C or SIGTERM ends the run and keeps its picture; the next one stops at once."""
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, signal.SIG_DFL)
    raise KeyboardInterrupt


def _run(args, settings):
    with _notices_held_back():
        import tensorflow as tf

        tf.config.list_physical_devices()
    from nst_keras import checkpoint, config, images, optimize, transfer

    if args.resume:
        content, styles, *_ = checkpoint.read_checkpoint(args.resume)
    else:
        config = config.StyleTransferConfig(**settings, **_layer_weights(args))
        content, *styles = args.pictures or map(str, map(images.data_path, DEFAULT_PAIR))
    output = Path(args.output or f"{Path(content).stem}_{Path(styles[0]).stem}.png")
    _check_output(output, args.force)

    def save_some(step, G, costs):
        if args.save_every and step and step % args.save_every == 0:
            path = output.with_name(f"{output.stem}_{step:05d}{output.suffix}")
            try:
                images.save_image(G, path, overwrite=True)
            except OSError as error:
                warnings.warn(f"{path} could not be written: {error}", stacklevel=2)

    options = {"callback": save_some, "progress": not args.quiet, "checkpoint_every": args.checkpoint_every}
    try:
        if args.resume:
            result = transfer.resume(args.resume, **options)
        else:
            result = transfer.stylize(content, styles, config=config, checkpoint=args.checkpoint, **options)
    except optimize.CostNotFiniteError as error:
        path = _rescue(output, args.force, functools.partial(images.save_image, error.image))
        print(f"error: {error}. It is in {path}", file=sys.stderr)
        return 1
    path = _rescue(output, args.force, result.save)
    _report(result, path, args.quiet)
    if path != output:
        return 1
    return 130 if result.history.interrupted else 0


@contextlib.contextmanager
def _notices_held_back():
    """While TensorFlow loads it writes to the process's stderr, whatever its log level: keep that back."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as notices:
        os.dup2(notices.fileno(), 2)
        try:
            yield
        except BaseException:
            notices.seek(0)
            os.write(terminal, notices.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


def _rescue(output, force, save):
    """Save the result, elsewhere if the place it was meant for has gone; returns the path."""
    try:
        save(output, force)
        return output
    except OSError as error:
        elsewhere = Path(tempfile.mkdtemp(prefix="nst_keras_")) / output.name
        save(elsewhere, True)
        print(f"error: {output} could not be written ({error}); the result is in {elsewhere}", file=sys.stderr)
        return elsewhere


def _report(result, path, quiet):
    if quiet:
        print(path)
        return
    start, end = result.history.costs[0]["J"], result.history.costs[-1]["J"]
    print(f"J(G) {start:.4g} -> {end:.4g} in {result.history.seconds[-1]:.0f} s")
    print(f"{'interrupted; the best picture so far' if result.history.interrupted else 'picture'}: {path}")
    print(f"settings: {path.with_suffix('.json')}")


def _layer_weights(args):
    """--style-layers and --layer-weights as the one setting {layer: λ}; none when neither is given."""
    if args.style_layers is None and args.layer_weights is None:
        return {}
    from nst_keras.objective import LAYER_WEIGHTS

    layers, weights = args.style_layers or list(LAYER_WEIGHTS), args.layer_weights
    weights = weights or [1 / len(layers)] * len(layers)
    if len(layers) != len(weights):
        raise ValueError(f"{len(layers)} style layers need {len(layers)} layer weights, not {len(weights)}")
    return {"layer_weights": dict(zip(layers, weights, strict=True))}


def _check_output(output, force):
    """Say what is wrong with the output's name before the work, not after it."""
    from nst_keras.images import picture_format

    picture_format(output)
    if not output.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(output.parent)!r} to write {output.name!r} into")
    for path in (output, output.with_suffix(".json")):
        if path.exists() and not force:
            raise FileExistsError(f"{str(path)!r} exists; give another name with -o, or --force to overwrite it")


if __name__ == "__main__":
    sys.exit(main())

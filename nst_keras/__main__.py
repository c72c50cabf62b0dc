"""Command line: python -m nst_keras [CONTENT STYLE [STYLE ...]] [-o OUT.png] [options]"""

import argparse
import os
import signal
import sys
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
    s.add_argument("--precision", choices=("float32", "bfloat16"))
    return p


def main(arguments=None):
    """Run the command; returns the exit status."""
    p = parser()
    options = vars(p.parse_args(arguments))
    pictures, output = options.pop("pictures"), options.pop("output")
    force, quiet, save_every = options.pop("force"), options.pop("quiet"), options.pop("save_every")
    if len(pictures) == 1:
        p.error("give a CONTENT and at least one STYLE picture, or none at all for the bundled pair")
    if save_every < 0:
        p.error(f"--save-every is {save_every}; expected 0 (never) or more")

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's start-up notices help nobody here
    try:
        layers = _layer_weights(options)
        from nst_keras.images import data_path, save_image
        from nst_keras.optimize import CostNotFiniteError
        from nst_keras.transfer import StyleTransferConfig, stylize

        config = StyleTransferConfig(**layers, **options)
        content, *styles = pictures or map(str, map(data_path, DEFAULT_PAIR))
        output = Path(output or f"{Path(content).stem}_{Path(styles[0]).stem}.png")
        _check_output(output, force)
    except (ValueError, OSError) as error:
        return _fail(error)

    def save_some(step, G, costs):
        if save_every and step and step % save_every == 0:
            save_image(G, output.with_name(f"{output.stem}_{step:05d}{output.suffix}"), overwrite=True)

    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        result = stylize(content, styles, callback=save_some, progress=not quiet, config=config)
        path, sidecar = result.save(output, overwrite=force)
    except CostNotFiniteError as error:
        save_image(error.image, output, overwrite=force)
        print(f"error: {error}. It is in {output}", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        return _fail(error)
    if quiet:
        print(path)
        return 130 if result.history.interrupted else 0
    start, end = result.history.costs[0]["J"], result.history.costs[-1]["J"]
    print(f"J(G) {start:.4g} -> {end:.4g} in {result.history.seconds[-1]:.0f} s")
    print(f"{'interrupted; the best picture so far' if result.history.interrupted else 'picture'}: {path}")
    print(f"settings: {sidecar}")
    return 130 if result.history.interrupted else 0


def _layer_weights(options):
    """--style-layers and --layer-weights as the one setting {layer: λ}."""
    layers, weights = options.pop("style_layers", None), options.pop("layer_weights", None)
    if layers is None and weights is None:
        return {}
    layers = layers or [f"block{block}_conv1" for block in (1, 2, 3, 4, 5)]
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


def _fail(error):
    print(f"error: {error}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

"""The arguments of the command. Nothing heavy is imported here, so that --help answers at once."""

import argparse
from typing import TYPE_CHECKING, Any

import nst_keras
from nst_keras.controls.presets import PRESETS

if TYPE_CHECKING:
    from nst_keras.settings import Settings

SHORTHANDS = ["style_layers", "layer_weights", "preset"]  # no settings by themselves; the first two together are one


def parser() -> argparse.ArgumentParser:
    """The arguments; what is not given is left to Settings, which holds the defaults."""
    p = argparse.ArgumentParser(
        prog="nst-keras",
        description="Paint the content of one picture in the style of another (Gatys et al. 2016). "
        "Without arguments: a bundled photograph in the style of a bundled painting.",
        epilog="nst-keras many --help: folders of pictures, times a grid of settings.",
    )
    p.add_argument("pictures", nargs="*", metavar="PICTURE", help="CONTENT STYLE [STYLE ...]: files or bundled names")
    p.add_argument("--version", action="version", version=f"nst_keras {nst_keras.__version__}")
    p.add_argument("--list", action="store_true", help="list the bundled pictures, which may be given by name")
    p.add_argument("-o", "--output", metavar="OUT.png", help="default: CONTENT_STYLE.png in this folder")
    p.add_argument("--force", action="store_true", help="overwrite existing files")
    p.add_argument("--quiet", action="store_true", help="no progress bar; print only the result's path")
    p.add_argument("--save-every", type=int, default=0, metavar="N", help="also save the picture every N steps")
    p.add_argument("--film", metavar="FILE", help="save the picture's way as a film, .gif or .webp")
    p.add_argument("--checkpoint", metavar="FILE", help="keep the run's position in FILE")
    p.add_argument("--checkpoint-every", type=int, default=10, metavar="N", help="write it every N steps (default 10)")
    p.add_argument("--resume", metavar="FILE", help="go on from a checkpoint, with its pictures and settings")
    p.add_argument("--settings", metavar="FILE", help="pictures and settings from a picture's JSON file; flags win")
    add_settings(p)
    return p


def many_parser() -> argparse.ArgumentParser:
    """The arguments of nst-keras many."""
    p = argparse.ArgumentParser(
        prog="nst-keras many",
        description="Paint each CONTENT in each STYLE, with each combination of settings, on all cores. What is in the "
        "folder already is not made again; at the end index.html and sheet.png there show all pictures side by side.",
    )
    p.add_argument("contents", metavar="CONTENTS", help="a folder, a file, a pattern in quotes, or a bundled name")
    p.add_argument("styles", metavar="STYLES", help="the same")
    help_vary = "a setting below and the values to try: beta=3,10,40; may be given several times"
    p.add_argument("--vary", type=_varied, action="append", default=[], metavar="NAME=V,V", help=help_vary)
    p.add_argument("-o", "--output", default="out", metavar="FOLDER", help="of its own; default: out")
    p.add_argument("--workers", type=int, metavar="N", help="processes; default: as cores and free memory carry")
    p.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster to run on, in place of processes here")
    p.add_argument("--quiet", action="store_true", help="no progress bar; print only the page's path")
    add_settings(p)
    p.set_defaults(**dict.fromkeys(SHORTHANDS))
    return p


def add_settings(p: argparse.ArgumentParser) -> None:
    """The flags that every command has which makes pictures."""
    s = p.add_argument_group("settings (lists are separated by commas)", argument_default=argparse.SUPPRESS)
    s.add_argument("--strength", type=float, help="how much style, 0 to 100; in place of alpha and beta")
    s.add_argument("--preset", help="settings by name: " + ", ".join(PRESETS))
    s.add_argument("--colors", help="style: those of STYLE; content: those of CONTENT; luminance: the same, otherwise")
    s.add_argument("--style-scale", type=float, help="0.25 to 4; larger: larger strokes")
    s.add_argument(
        "--regions",
        nargs="+",
        metavar="MAP",
        help="color maps of CONTENT and of each STYLE (or a color for all of it): equal colors belong together",
    )
    s.add_argument("--mask", metavar="FILE", help="only what is white in it is painted")
    s.add_argument("--alpha", type=float, help="weight of the content cost")
    s.add_argument("--beta", type=float, help="weight of the style cost; higher: more style")
    s.add_argument("--tv", type=float, dest="gamma", help="weight of the total variation; higher: smoother")
    s.add_argument("--style-weights", type=_numbers, metavar="W,W", help="one weight per style picture")
    s.add_argument(
        "--content-layer", type=_content_layer, metavar="L[=W],L[=W]", help="such as block4_conv2; several with weights"
    )
    s.add_argument("--style-layers", type=_names, metavar="L,L", help="such as block1_conv1,block2_conv1")
    s.add_argument(
        "--layer-weights", type=_layer_weights, metavar="λ,λ", help="one per layer; or equal, fine, finest, coarse"
    )
    s.add_argument("--style-cost", help="gram or wasserstein")
    s.add_argument("--rank", type=int, help="main directions that the Wasserstein cost compares")
    s.add_argument("--optimizer", help="lbfgs, adam or gradient_descent")
    s.add_argument("--steps", type=int, help="gradient evaluations at each scale")
    s.add_argument("--learning-rate", type=float, help="for adam (in units of 0..255) and gradient_descent")
    s.add_argument("--init", help="the image to start from: content, noise or blend")
    s.add_argument("--max-side", type=_side, metavar="PIXELS", help="longer side of the result; 0 keeps the sizes")
    s.add_argument("--scales", type=int, help="sizes to go through, from coarse to fine")
    s.add_argument("--tile", type=_tile, metavar="PIXELS", help="larger sizes go in tiles of so many; 0: never")
    s.add_argument("--seed", type=int, help="for the noise of the initial image")
    s.add_argument("--network", help="vgg19 or vgg16")
    s.add_argument("--weights", help="'bundled', 'imagenet' or the path of a .h5 file")
    s.add_argument("--pooling", help="max or avg")
    s.add_argument("--padding", help="of the network's convolutions: zero or symmetric")
    s.add_argument("--content-normalizer", metavar="NAME", help="convention of the content cost")
    s.add_argument("--style-normalizer", metavar="NAME", help="convention of the style cost")
    s.add_argument("--precision", help="float32, bfloat16, or auto: what the processor has")


def check_layer_weights(p: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Refuse a name for the layer weights together with layers."""
    if args.style_layers and isinstance(args.layer_weights, str):
        p.error("a name for the layer weights stands for all five layers; leave --style-layers out, or give numbers")


def change_settings(settings: "Settings", args: argparse.Namespace, changes: dict[str, Any]) -> "Settings":
    """Settings as the flags change them: the preset first, then layers and weights, and all `changes`."""
    if args.preset:
        if args.preset not in PRESETS:
            raise ValueError(f"preset is {args.preset!r}; expected one of {', '.join(PRESETS)}")
        settings = settings.replace(**PRESETS[args.preset])
    if isinstance(args.layer_weights, str):
        changes = changes | {"layer_weights": args.layer_weights}
    elif args.style_layers or args.layer_weights:
        layers = args.style_layers or list(settings.layer_weights)
        weights = args.layer_weights or [1 / len(layers)] * len(layers)
        if len(layers) != len(weights):
            raise ValueError(f"{len(layers)} style layers need {len(layers)} layer weights, not {len(weights)}")
        changes = changes | {"layer_weights": dict(zip(layers, weights, strict=True))}
    return settings.replace(**changes)


def _varied(text):
    """("beta", [3.0, 10.0]) for "beta=3,10": each value is read as that of its flag."""
    name, equals, values = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} has no values; expected a setting with some, such as beta=3,10,40")
    one = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    add_settings(one)
    try:
        read = [one.parse_known_args([f"--{name.replace('_', '-')}={value}"]) for value in values.split(",")]
    except argparse.ArgumentError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error.message}") from None
    if any(rest for _, rest in read) or set(vars(read[0][0])) & {"style_layers", "preset"}:
        raise argparse.ArgumentTypeError(f"{name!r} is no setting that can vary; expected a flag below, such as beta")
    ((name, _),) = vars(read[0][0]).items()
    return name, [getattr(found, name) for found, _ in read]


def _expecting(expected, read):
    """`read` as argparse's `type`, which says what was expected where it fails."""

    def read_or_refuse(text):
        try:
            return read(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} was given; expected {expected}") from None

    return read_or_refuse


def _floats(text):
    return [float(number) for number in text.split(",")]


def _layers(text):
    if "=" not in text and "," not in text:
        return text
    parts = [part.partition("=") for part in text.split(",")]
    return {layer: float(weight or 1) for layer, _, weight in parts}


def _names(text):
    return text.split(",")


_side = _expecting("a number of pixels, or 0", lambda text: int(text) or None)
_tile = _expecting("a number of pixels, 0, or auto", lambda text: text if text == "auto" else int(text) or None)
_numbers = _expecting("numbers such as 1,2.5", _floats)
_content_layer = _expecting("a layer, or several with weights, such as block4_conv2=1,block3_conv1=0.5", _layers)
_layer_weights = _expecting("a name, or numbers such as 1,2", lambda text: text if text.isalpha() else _floats(text))

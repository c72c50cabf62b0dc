"""The arguments of the command. Nothing heavy is imported here, so that --help answers at once."""

import argparse
import functools
import itertools
import os
import re
import shlex
from dataclasses import Field, fields
from typing import Any, get_args

import nst_keras
from nst_keras.controls.presets import PRESETS, preset_settings
from nst_keras.settings import Settings


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
    p.add_argument("contents", nargs="?", metavar="CONTENTS", help="a folder, a file, a pattern in quotes, or a "
                   "bundled name")  # fmt: skip
    p.add_argument("styles", nargs="?", metavar="STYLES", help="the same")
    p.add_argument("more", nargs="*", help=argparse.SUPPRESS)  # of a pattern without quotes
    help_vary = "a setting below and the values to try: beta=3,10,40; may be given several times"
    p.add_argument("--vary", type=read_varied, action="append", default=[], metavar="NAME=V,V", help=help_vary)
    p.add_argument("-o", "--output", default="out", metavar="FOLDER", help="of its own; default: out")
    p.add_argument("--workers", type=int, metavar="N", help="processes; default: as cores and free memory carry")
    p.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster to run on, in place of processes here")
    p.add_argument("--quiet", action="store_true", help="no progress bar; print only the page's path")
    add_settings(p)
    return p


def refuse_swallowed(p: argparse.ArgumentParser, maps: list[str] | None, names: list[str], call: str) -> None:
    """--regions takes all words after it; if pictures are missing, say where they go."""
    if maps and len(names) < 2:
        pictures = [*names, *maps[len(maps) // 2 :]] if len(maps) > 3 and not names else ["CONTENT", "STYLE"]
        kept = maps[: len(maps) // 2] if len(maps) > 3 and not names else maps[:2]
        p.error("--regions takes all names after it, so pictures are missing; put them before it: "
                + shlex.join([*call.split(), *pictures, "--regions", *kept])[:200])  # fmt: skip


def refuse_more(p: argparse.ArgumentParser, names: list[str]) -> None:
    """Of nst-keras many: say that a pattern needs quotes, where the shell has put the names of files in its place."""
    kinds = [list(group) for _, group in itertools.groupby(names, lambda name: os.path.split(name)[0])]
    patterns = [group[0] if len(group) == 1 else _pattern(group) for group in kinds]
    call = shlex.join(patterns) if len(patterns) == 2 else "'photos/*.jpg' paint/"
    p.error(f"{len(names)} names were given; expected two, CONTENTS and STYLES. Put a pattern in quotes, so that the "
            f"shell leaves it as it is: nst-keras many {call[:120]}")  # fmt: skip


def _pattern(names):
    """A pattern for files of one folder."""
    folder, endings = os.path.split(names[0])[0], {os.path.splitext(name)[1] for name in names}
    return os.path.join(folder, "*" + (endings.pop() if len(endings) == 1 else ""))


def add_settings(p: argparse.ArgumentParser) -> None:
    """The flags that every command has which makes pictures: one for each setting, and two shorthands."""
    s = p.add_argument_group("settings (lists are separated by commas)", argument_default=argparse.SUPPRESS)
    s.add_argument("--preset", default=None, help="settings by name: " + ", ".join(PRESETS))
    s.add_argument("--style-layers", default=None, type=lambda text: text.split(","), metavar="L,L",
                   help="the layers of the style cost, such as block1_conv1,block2_conv1")  # fmt: skip
    for field in fields(Settings):
        about = {key: field.metadata[key] for key in ("nargs", "metavar", "help")}
        s.add_argument(flag_of(field), dest=field.name, type=functools.partial(read_setting, field), **about)
    p.set_defaults(layer_weights=None)  # --style-layers has a part in them


def with_home(words: list[str]) -> list[str]:
    """~/ is the user's folder also where the shell leaves it as it is: in quotes, and in --output=~/x.png."""
    home = os.path.expanduser("~/")
    return [re.sub(r"^(--[\w-]+=|-o)?~/", lambda flag: (flag[1] or "") + home, word) for word in words]


def after_dashes(words: list[str]) -> list[str]:
    """The words without "--", after which all are pictures, whatever they begin with: -a.jpg is ./-a.jpg there."""
    if "--" not in words:
        return words
    at = words.index("--")
    return [*words[:at], *(f"./{word}" if word[:1] == "-" else word for word in words[at + 1 :])]


def flag_of(field: Field) -> str:
    """The flag of a setting: --learning-rate."""
    return "--" + (field.metadata["flag"] or field.name.replace("_", "-"))


def read_setting(field: Field, text: str) -> Any:
    """The value that a text stands for; ArgumentTypeError says what was expected in its place."""
    if field.metadata["read"]:
        return field.metadata["read"](text)
    kind: Any = next(iter(get_args(field.type)), field.type)  # int, for `int | None`
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"invalid {kind.__name__} value: {text!r}") from None


def given_settings(args: argparse.Namespace) -> dict[str, Any]:
    """{setting: value} of the flags that stand for one setting each."""
    names = {field.name for field in fields(Settings)} - {"layer_weights"}
    return {name: value for name, value in vars(args).items() if name in names}


def check_layer_weights(p: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Refuse a name for the layer weights together with layers."""
    if args.style_layers and isinstance(args.layer_weights, str):
        p.error("a name for the layer weights stands for layers, too; leave --style-layers out, or give numbers")


def with_shorthands(settings: Settings, args: argparse.Namespace) -> Settings:
    """Settings as --preset changes them, and after it --style-layers and --layer-weights."""
    if args.preset:
        settings = settings.replace(**preset_settings(args.preset))
    if isinstance(args.layer_weights, str):
        return settings.replace(layer_weights=args.layer_weights)
    if not args.style_layers and not args.layer_weights:
        return settings
    layers = args.style_layers or list(settings.layer_weights)
    weights = args.layer_weights or [1 / len(layers)] * len(layers)
    if len(layers) != len(weights):
        raise ValueError(f"{len(layers)} style layers need {len(layers)} layer weights, not {len(weights)}")
    return settings.replace(layer_weights=dict(zip(layers, weights, strict=True)))


def read_varied(text: str) -> tuple[str, list]:
    """("beta", [3.0, 10.0]) for "beta=3,10": each value is read as that of its flag."""
    flag, equals, values = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} has no values; expected a setting with some, such as beta=3,10,40")
    field = {flag_of(field): field for field in fields(Settings)}.get("--" + flag.replace("_", "-"))
    if field is None:
        raise argparse.ArgumentTypeError(f"{flag!r} is no setting that can vary; expected a flag below, such as beta")
    try:
        return field.name, [read_setting(field, value) for value in values.split(",")]
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None

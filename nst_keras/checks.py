"""What is said of a setting, in one place: its default, its check, its help, and how it is read from text.

A check is a function (name, value) -> the value to keep; it raises ValueError: the name, the value, what was expected.
"""

import argparse
import contextlib
import dataclasses
import inspect
import math
import os
import textwrap
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any


def setting(
    default: Any, check: Callable | tuple, help: str, more: str = "", words: tuple = (),
    flag: str | None = None, metavar: str | None = None, nargs: str | None = None, read: Callable | None = None,
    costs: bool = False, harmless_since: str | None = None,
) -> Any:  # fmt: skip
    """A field of Settings. The flags, `--vary`, the documentation and sidecars are made from these fields.

    Args:
        default: its value when nothing is said.
        check: a check, or the words that may be chosen.
        help: what it is, in one line, for all readers.
        more: sentences for the documentation alone.
        words: taken as they are, before the check.
        flag: of the command, where it is not the name.
        metavar, nargs: as argparse takes them.
        read: text -> value, as argparse's `type`; None: what the field's type does.
        costs: whether it decides how long a run takes or how much memory it needs.
        harmless_since: the version that brought it, where the default changes nothing: older sidecars may lack it.
    """
    if isinstance(check, tuple):
        words, check = check, one_of(check)
    about: dict[str, Any] = {"check": check, "words": words, "help": help, "more": more, "flag": flag}
    about |= {"metavar": metavar, "nargs": nargs, "read": read, "costs": costs, "harmless_since": harmless_since}
    return dataclasses.field(default=default, metadata=about)


def described(settings: type) -> str:
    """The documentation of settings: what their class says, and each of them."""
    lines = [inspect.cleandoc(str(settings.__doc__)), "", "Attributes:"]
    for field in dataclasses.fields(settings):
        about = field.metadata
        flag = f" (`--{about['flag']}`)" if about["flag"] else ""
        text = f"{field.name}: {about['help']}{flag}. {about['more']}"
        lines.append(textwrap.fill(text, 120, initial_indent=" " * 4, subsequent_indent=" " * 8))
    return "\n".join(lines)


def wrong(name: str, value: Any, expected: str) -> ValueError:
    """The one sentence on a value that is refused."""
    return ValueError(f"{name} is {value!r}; expected {expected}")


# Checks


def one_of(words: Iterable[str]) -> Callable:
    """For what is none of these words."""

    def check(name, value):
        raise wrong(name, value, "one of " + ", ".join(words))

    return check


def number(
    least: float = 0.0, most: float = math.inf, expected: str = "a finite number of 0 or more", kind: Any = Real
) -> Callable:
    """A number from `least` to `most`, kept as a float, or where the kind is Integral as an int."""

    def check(name, value):
        with contextlib.suppress(OverflowError):  # a whole number beyond all floats
            if isinstance(value, kind) and not isinstance(value, bool) and least <= value <= most:
                kept = int(value) if kind is Integral else float(value)
                if kept < math.inf:
                    return kept
        raise wrong(name, value, expected)

    return check


def whole(least: int) -> Callable:
    """A whole number from `least` up."""
    return number(least, expected=f"a whole number from {least} up", kind=Integral)


def shares(name: str, value: Any) -> tuple[float, ...]:
    """A list of numbers of 0 or more, not all 0, kept as a tuple."""
    if not isinstance(value, Iterable) or isinstance(value, (str, Mapping)):
        raise wrong(name, value, "a list of numbers")
    weight = number()
    weights = tuple(weight(name, each) for each in value)
    if sum(weights) == 0:
        raise wrong(name, list(weights), "weights of 0 or more, not all 0")
    return weights


def by_layer(known: Mapping[str, Mapping[str, float]] | None = None) -> Callable:
    """{layer: weight of 0 or more}, not all 0, or one of the names in `known`; where none are known, a single layer."""
    weight = number()

    def check(name, value):
        if isinstance(value, str):
            if known is None:
                return value
            if value not in known:
                raise wrong(name, value, "one of " + ", ".join(known))
            value = known[value]
        if not isinstance(value, Mapping) or not value:
            raise wrong(name, value, "a dict {layer: weight}")
        weights = {}
        for layer in value:
            weights[layer] = weight(name, value[layer])
        if sum(weights.values()) == 0:
            raise wrong(name, list(weights.values()), "weights of 0 or more, not all 0")
        return _Frozen(weights)

    return check


class _Frozen(dict):
    """A dict that cannot be changed; so settings can be hashed, and copied and pickled as they are."""

    def __hash__(self):  # type: ignore[override]  # a dict has no hash, because it changes; this one does not
        return hash(frozenset(self.items()))

    def __reduce__(self):
        return _Frozen, (dict(self),)

    def _refuse(self, *_, **__):
        raise TypeError("settings do not change; make others with settings.replace(...)")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


def path(expected: str) -> Callable:
    """A path, kept as a str."""

    def check(name, value):
        if not isinstance(value, (str, os.PathLike)):
            raise wrong(name, value, expected)
        return os.fspath(value)

    return check


def paths(least: int, expected: str) -> Callable:
    """So many paths or more, kept as a tuple of str."""

    def check(name, value):
        found = [] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
        if len(found) < least or not all(isinstance(each, (str, os.PathLike)) for each in found):
            raise wrong(name, value, expected)
        return tuple(map(os.fspath, found))

    return check


# Reading text


def expecting(expected: str, read: Callable) -> Callable:
    """`read` as argparse's `type`, which says what was expected where it fails."""

    def read_or_refuse(text):
        try:
            return read(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} was given; expected {expected}") from None

    return read_or_refuse


def read_pixels(text: str) -> int | None:
    """A number of pixels; 0 for None."""
    return int(text) or None


def read_tile(text: str) -> int | str | None:
    """A number of pixels, 0 for None, or "auto"."""
    return text if text == "auto" else read_pixels(text)


def read_numbers(text: str) -> list[float]:
    """Numbers separated by commas."""
    return [float(number) for number in text.split(",")]


def read_layer(text: str) -> str | dict[str, float]:
    """One layer, or several with weights, such as block4_conv2=1,block3_conv1=0.5."""
    if "=" not in text and "," not in text:
        return text
    parts = [part.partition("=") for part in text.split(",")]
    return {layer: float(weight or 1) for layer, _, weight in parts}


def read_layer_weights(text: str) -> str | list[float]:
    """A name, or numbers separated by commas."""
    return text if text.isalpha() else read_numbers(text)

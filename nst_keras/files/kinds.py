"""What a file is, by its first bytes; what to do where it is no picture that can be read; and reading pipes."""

import importlib
import io
import os
import re
import select
import stat
import time
from pathlib import Path
from typing import BinaryIO

from PIL import Image

HEAD = 4096  # bytes at a file's beginning that tell what it is
PATIENCE = 3  # seconds until somebody must have begun to write into a pipe
CONVERT = "export it as PNG or JPEG"
HEIF = "pip install pillow-heif, or save it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible)"
# Kind, first bytes, what to do. (What Pillow reads is tried first; this is for the rest, and for damaged files.)
SIGNS = [
    (
        "a Git LFS pointer, not the file itself",
        rb"version https://git-lfs\.github\.com/",
        "fetch it with: git lfs pull",
    ),
    ("JPEG XL", rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n", CONVERT),
    ("a JPEG picture", rb"\xff\xd8\xff", ""),
    ("a PNG picture", rb"\x89PNG\r\n", ""),
    ("a GIF picture", rb"GIF8", ""),
    ("a WebP picture", rb"RIFF....WEBP", ""),
    ("a camera's RAW file", rb"FUJIFILMCCD-RAW|II[RU][OS\x00]|MMOR|FOVb|\x00MRM|II\*\x00....CR|....ftypcrx", CONVERT),
    ("a TIFF picture", rb"II[*+]\x00|MM\x00[*+]", ""),
    ("HEIC", rb"....ftyp(hei|hev|mif1|msf1)", HEIF),
    ("an AVIF picture", rb"....ftypavi", ""),
    (
        "a video",
        rb"....ftyp|....moov|\x1aE\xdf\xa3|RIFF....AVI |OggS|FLV|\x00\x00\x01[\xba\xb3]|0&\xb2u",
        "save one frame as PNG",
    ),
    ("a PDF", rb"\s*%PDF", "export the page as PNG"),
    ("a Photoshop file", rb"8BPS", CONVERT),
    ("a file of GIMP", rb"gimp xcf", CONVERT),
    ("a checkpoint or another archive", rb"PK\x03\x04", "unpack it, or for a checkpoint use --resume"),
    ("an archive", rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", "unpack it"),
    ("the side file of a Mac, not the picture", rb"\x00\x05\x16[\x00\x07]", "give the file without ._ before its name"),
]
WORDS = [  # of what is text
    ("an HTML page", rb"<(!doctype\s+html|html|head|body|title|script)", "fetch the picture itself, not its page"),
    ("SVG", rb"(<\?xml.*)?(<!--.*)?(<!doctype\s+svg.*)?<(svg:)?svg\b", "export it as PNG"),
    ("an HTML page", rb"(<\?xml.*|<!--.*)<html\b", "fetch the picture itself, not its page"),
    ("a JSON file", rb"[{\[]", "a picture's JSON file goes to --settings"),
]
RAW = {".dng", ".nef", ".nrw", ".arw", ".sr2", ".srf", ".pef", ".srw", ".cr2", ".3fr", ".iiq", ".rwl", ".erf", ".kdc"}
METADATA = {*range(0xE1, 0xF0), 0xFE} - {0xEE}  # markers of JPEG
DNG_VERSION = 0xC612  # a tag of TIFF


def kind_of(head: bytes, name: str = "") -> tuple[str, str]:
    """(what a file with these first bytes is, what to do with it), in words; ("", "") for what is not known."""
    if not head:
        return "empty", "copy or fetch it once more"
    if not head.strip(b"\0"):
        return "nothing but zeros", "copy or fetch it once more"
    if Path(name).suffix.lower() in RAW and head[:2] in (b"II", b"MM"):
        return "a camera's RAW file", CONVERT
    for kind, sign, remedy in SIGNS:
        if re.match(sign, head, re.DOTALL):
            return kind, remedy
    return _kind_of_text(head)


def _kind_of_text(head):
    text = head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", "ignore").encode()
    if re.search(rb"[\x00-\x08\x0e-\x1a]", text):
        return "", ""
    for kind, sign, remedy in WORDS:
        if re.match(sign, text.lstrip(), re.DOTALL | re.IGNORECASE):
            return kind, remedy
    try:
        text.decode()
    except UnicodeDecodeError as error:
        if error.start < len(text) - 4:  # not a letter that the end has cut
            return "", ""
    return "text", "give a picture"


def open_special(path: str | os.PathLike) -> BinaryIO:
    """What is no file, to read from any place in it: all that comes through a pipe.

    Raises ValueError: a folder, a device, or a pipe into which nobody writes; OSError: there is nothing.
    """
    mode = os.stat(path).st_mode
    if stat.S_ISFIFO(mode):
        return io.BytesIO(_piped(path))
    kind = "a folder" if stat.S_ISDIR(mode) else "a device, a terminal or a socket"
    raise ValueError(f"it is {kind}; expected a file")


def read_bytes(path: str | os.PathLike) -> bytes:
    """All of a file, or what comes through a pipe; errors as `open_special` and `open`."""
    return Path(path).read_bytes() if os.path.isfile(path) else open_special(path).read()


def _piped(path):
    """All that comes through a pipe. Whoever writes may take his time, but there must be somebody."""
    pipe, data = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), []
    until = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                data.append(os.read(pipe, 2**20))
            except BlockingIOError:  # there is somebody, and there will be more
                select.select([pipe], [], [], 1)
                continue
            if not data[-1]:
                if len(data) > 1:
                    return b"".join(data)
                data.clear()
                if time.monotonic() > until:
                    raise ValueError("it is a pipe through which nothing comes; give a file, or write into it")
                time.sleep(0.02)
    finally:
        os.close(pipe)


def learn_heif() -> bool:
    """Have Pillow read HEIC where the package pillow-heif is installed; whether it is."""
    try:
        importlib.import_module("pillow_heif").register_heif_opener()
    except ImportError:
        return False
    return True


def is_raw(picture: Image.Image, name: str) -> bool:
    """Whether a TIFF holds a camera's raw values: what Pillow shows of it is only a thumbnail."""
    try:
        return Path(name).suffix.lower() in RAW or DNG_VERSION in picture.getexif()
    except Exception:  # odd metadata
        return False


def without_metadata(file: BinaryIO, keep: bool) -> bytes | None:
    """A PNG or JPEG without its metadata, but with color profile and rotation if `keep` says so; None for others."""
    head = file.read(8)
    if head == b"\x89PNG\r\n\x1a\n":
        return _png_without_metadata(head + file.read(), keep)
    return _jpeg_without_metadata(head + file.read(), keep) if head.startswith(b"\xff\xd8") else None


def _png_without_metadata(data, keep):
    wanted, kept, at = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", *([b"iCCP", b"eXIf"] if keep else [])}, [data[:8]], 8
    while at + 8 <= len(data):
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        if kind[:1].isupper() or kind in wanted:  # capitals: what no picture can do without
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _jpeg_without_metadata(data, keep):
    wanted = (b"Exif\0", b"ICC_PROFILE\0") if keep else ()
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data) and data[at + 1] != 0xDA:  # where the pixels begin
        if data[at + 1] == 0xFF:  # a byte to fill
            at += 1
            continue
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4])
        metadata = marker in METADATA  # Adobe's says how colors are stored
        if not metadata or data[at + 4 : end].startswith(wanted):
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])

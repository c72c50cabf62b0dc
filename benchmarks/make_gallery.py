"""Make the pictures of data/gallery again, with the command line: python benchmarks/make_gallery.py [NAME ...]

Each picture is made by `python -m nst_keras` from bundled files, and kept as a JPEG with the command's JSON
sidecar beside it. `readme.jpg` (content, style and result side by side) is made from the default command; `film.webp`
is the command's film, as it is. `large` is one of twelve megapixels, about 30 minutes on 2 cores, of which a reduced
version and two crops are kept.
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DATA = Path(__file__).resolve().parent.parent / "data"
GALLERY = DATA / "gallery"
LIMIT = 400_000  # bytes of one JPEG
# name: (content, styles, further options)
PICTURES = {
    "palace_great_wave": ("palace", ["great_wave"], "--max-side 1024"),
    "astronaut_composition_viii": ("astronaut", ["composition_viii"], "--max-side 1024"),
    "rocket_great_wave": ("rocket", ["great_wave"], "--max-side 1024"),
    "chelsea_church_auvers": ("chelsea", ["church_auvers"], "--max-side 1024"),
    "coffee_cafe_terrace": ("coffee", ["cafe_terrace"], "--max-side 1024"),
    "astronaut_night_cafe": ("astronaut", ["night_cafe"], "--max-side 1024"),
    "chelsea_own_colors": ("chelsea", ["church_auvers"], "--max-side 1024 --colors content"),
    "palace_two_styles": ("palace", ["night_cafe", "great_wave"], "--max-side 1024 --regions palace red blue"),
    "palace_painted_sky": ("palace", ["church_auvers"], "--max-side 1024 --mask palace_sky"),
}
# twelve megapixels, with S at about twice its own size; in tiles, whatever memory is free
LARGE = ("palace", "cafe_terrace", "--max-side 4243 --style-scale 0.25 --steps 12 --tile 196608")
CROPS = {"roof": (700, 150, 1700, 950), "windows": (600, 1500, 1600, 2300)}  # left, top, right, bottom


def main():
    parser = argparse.ArgumentParser(description="Make pictures of data/gallery with the command line.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"readme, film, large, {', '.join(PICTURES)}; all when none"
    )
    names = parser.parse_args().names or ["readme", "film", *PICTURES]
    for name in names:
        if name in PICTURES:
            make(name, *PICTURES[name])
        else:
            {"readme": make_readme, "film": make_film, "large": make_large}[name]()


def make(name, content, styles, options):
    """One picture of the gallery and its sidecar."""
    with tempfile.TemporaryDirectory() as folder:
        picture, sidecar = paint(name, content, styles, options, folder)
        save_jpeg(picture, GALLERY / f"{name}.jpg")
    save_sidecar(sidecar, GALLERY / f"{name}.json")


def make_large():
    """Of the large picture: the sidecar, all of it at a third of its size, and crops of which each pixel is kept."""
    content, style, options = LARGE
    with tempfile.TemporaryDirectory() as folder:
        picture, sidecar = paint("large", content, [style], options, folder)
        reduced = picture.resize((picture.width // 3, picture.height // 3), Image.Resampling.LANCZOS)
        save_jpeg(reduced, GALLERY / "large/reduced.jpg")
        for name, box in CROPS.items():
            save_jpeg(picture.crop(box), GALLERY / f"large/{name}.jpg", LIMIT // 2)
    save_sidecar(sidecar, GALLERY / "large/large.json")


def paint(name, content, styles, options, folder):
    """The command's picture, in a folder, and its sidecar with the command in it."""
    pictures = [content, *styles]
    sidecar = run([*pictures, "-o", f"{folder}/{name}.png", *options.split()])
    sidecar["command"] = f"python -m nst_keras {shlex.join(pictures)} -o {name}.png {options}"
    return Image.open(f"{folder}/{name}.png"), sidecar


def make_readme():
    """Content, style and the result of the README's first command at the same height, side by side."""
    with tempfile.TemporaryDirectory() as folder:
        run(["-o", f"{folder}/result.png"])
        result = Image.open(f"{folder}/result.png").convert("RGB")
    pictures = [Image.open(DATA / "content/palace.jpg"), Image.open(DATA / "style/great_wave.jpg"), result]
    height = result.height
    pictures = [picture.resize((round(picture.width * height / picture.height), height)) for picture in pictures]
    strip = Image.new("RGB", (sum(picture.width for picture in pictures) + 20, height), "white")
    left = 0
    for picture in pictures:
        strip.paste(picture, (left, 0))
        left += picture.width + 10
    save_jpeg(strip, GALLERY / "readme.jpg")


def make_film():
    """How a picture comes about, as the command shows it."""
    with tempfile.TemporaryDirectory() as folder:
        film = ["--film", str(GALLERY / "film.webp"), "--force"]
        run(["astronaut", "composition_viii", "-o", f"{folder}/result.png", "--max-side", "384", *film])


def run(arguments):
    """Run the command; returns its sidecar."""
    command = [sys.executable, "-m", "nst_keras", *arguments]
    print(shlex.join(command), flush=True)
    subprocess.run(command, cwd=DATA.parent, check=True)
    output = Path(arguments[arguments.index("-o") + 1])
    return json.loads(output.with_suffix(".json").read_text())


def save_sidecar(sidecar, path):
    path.write_text(json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n")


def save_jpeg(picture, path, limit=LIMIT):
    """The best quality that stays under the limit."""
    path.parent.mkdir(exist_ok=True)
    for quality in range(95, 50, -3):
        picture.save(path, quality=quality, subsampling=0, optimize=True)  # all of the color: a style lives on it
        if path.stat().st_size <= limit:
            print(f"{path.name}: quality {quality}, {path.stat().st_size / 1000:.0f} kB")
            return
    raise RuntimeError(f"{path.name} stays over {limit} bytes")


if __name__ == "__main__":
    main()

"""Whatever the command is given, it ends in a picture that its sidecar replays, or in one sentence and no file.

Odd files, names, options and environments in random combinations, of one picture and of sweeps, without the painting: a
stub stands in its place, but for each fiftieth, so that hundreds take a minute. `--odd-calls 5000` tries more.
"""

import contextlib
import io
import random
import sys
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from nst_keras import FeatureExtractor, __main__, load_vgg
from nst_keras.runs import many, read_sidecar, sidecar
from nst_keras.transfer import paint

GOOD_FILES = ["good", "bundled", "gray", "palette", "clear"]
BAD_FILES = ["tiny", "long", "empty", "cut", "text", "zip", "folder", "gone"]
NAMES = ["a.png", "-dash.png", "with space.png", "λ é 漢.png", "[x]*.png", "%s{0}.png", "UPPER.PNG", "no_suffix",
         "palace", "a..b.png", "'q\".png", "many.png"]  # fmt: skip
GOOD_OUTPUTS = [None, "out.png", "out.jpg", "-o.png", "o ut.webp", "out.PNG", "λ.png", "out.tiff"]
BAD_OUTPUTS = ["nowhere/out.png", "out.doc", "out", "there.png", ".png", "", "."]
GOOD_OPTIONS = [["--beta", "3"], ["--colors", "content"], ["--layer-weights", "fine"], ["--scales", "2"], ["--", "--"],
                ["--style-layers", "block1_conv1"], ["--init", "noise"], ["--force"], ["--preset", "painterly"],
                ["--checkpoint-every", "2"], ["--tile", "0"], ["--style-scale", "0.5"]]  # fmt: skip
BAD_OPTIONS = [["--beta", "-1"], ["--beta", "nan"], ["--beta", "x"], ["--steps", "0"], ["--max-side", "3"],
               ["--max-side", "0"], ["--max-side", "999999"], ["--seed", "-1"], ["--optimizer", "sgd"],
               ["--preset", "nothing"], ["--style-weights", "1,2"], ["--content-layer", "block9"],
               ["--regions", "red"], ["--mask", "nowhere.png"], ["--settings", "there.json"], ["--settings", "nowhere"],
               ["--resume", "nowhere.ckpt"], ["--film", "x.mp4"], ["--save-every", "-1"], ["--unknown"],
               ["--network", "vgg99"], ["--weights", "nowhere.h5"], ["--tile", "none"],
               ["--checkpoint-every", "0"]]  # fmt: skip
ENDS = ["whole"] * 6 + ["interrupted", "interrupted at once", "failed", "failed at once"]
STREAMS = ["plain"] * 4 + ["absent", "closed", "ascii", "breaks"]
SHALLOW = ["--content-layer", "block2_conv2", "--style-layers", "block1_conv1", "--steps", "2"]
OF_SWEEPS = {"--beta", "--colors", "--init", "--style-scale", "--seed", "--optimizer", "--content-layer", "--mask"}
GOOD_VARY = [["--vary", "beta=3,10"], ["--vary", "seed=1"], ["--vary", "colors=style,content"]]
BAD_VARY = [["--vary", "beta"], ["--vary", "beta=x,3"], ["--vary", "what=1"], ["--vary", "seed=1,1"]]


class Breaks(io.StringIO):
    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


def stream(kind):
    made = Breaks() if kind == "breaks" else io.StringIO()
    if kind == "closed":
        made.close()
    return {"absent": None, "ascii": io.TextIOWrapper(io.BytesIO(), "ascii")}.get(kind, made)


def make(kind, name):
    """A file of this kind, and what the command is told of it."""
    if kind == "bundled":
        return "coffee"
    noise = Image.effect_noise({"tiny": (2, 2), "long": (3000, 33)}.get(kind, (60, 50)), 90).convert("RGB")
    data = io.BytesIO()
    noise.convert({"gray": "L", "palette": "P", "clear": "RGBA"}.get(kind, "RGB")).save(data, "PNG")
    data = {"empty": b"", "cut": data.getvalue()[:300], "text": b"<html>", "zip": b"PK\3\4" + bytes(40)}.get(
        kind, data.getvalue()
    )
    if kind == "folder":
        Path(name).mkdir(exist_ok=True)
    elif kind != "gone" and not Path(name).is_dir():
        Path(name).write_bytes(data)
    return name


def stub(end):
    """In place of `paint`."""
    if end == "real":
        return paint

    def painted(run, watchers=()):
        if end.endswith("at once"):
            raise KeyboardInterrupt if end[0] == "i" else MemoryError("none left")
        run.image = tf.round(run.C)
        run.history.append({"J": 2.0}, run.image)
        run.history.append({"J": 1.0}, run.image)
        run.history.interrupted = end != "whole"
        if end == "failed":
            raise RuntimeError("whatever")
        return run

    return painted


def call(words, kind):
    """(status, what was said, or None where nobody could listen) of a call; a traceback fails the test."""
    said = stream(kind)
    with contextlib.redirect_stdout(stream(kind)), contextlib.redirect_stderr(said):
        try:
            status = __main__.main(words)
        except SystemExit as end:
            status = end.code
    return status, said.getvalue() if kind == "plain" else None


def check_refused(said, before, words):
    assert before == listing(), words
    if said is not None:
        lines = [line for line in said.splitlines() if not line.startswith(("note: ", "forecast: ", "usage: ", " "))]
        assert len(lines) == 1, (words, said)
        assert len(lines[0]) <= 300, (words, said)


def listing():
    return {str(path): path.stat().st_mtime_ns for path in Path().rglob("*") if path.is_file()}


def check_made(made, words):
    """There is a picture, of the recorded size, and its sidecar replays it."""
    (beside,) = [name for name in made if name.endswith(".json")]
    (picture,) = made - {beside}
    read_sidecar(beside)
    with Image.open(picture) as file:
        file.load()
        size = file.size
    path = Path("again.png")
    assert __main__.main([f"--settings={beside}", "-o", str(path), "--quiet"]) == 0, words
    with Image.open(path) as again, Image.open(picture) as file:
        assert again.size == size
        if Path(picture).suffix.lower() == ".png":
            assert np.array_equal(again, file), words
    for name in (path, path.with_suffix(".json")):
        name.unlink()


def either(rng, good, bad):
    """Mostly good ones: a call has several chances to be refused."""
    return rng.choice(bad if rng.random() < 0.12 else good)


def one(rng, monkeypatch, counts, real):
    """A call for one picture."""
    files = [either(rng, GOOD_FILES, BAD_FILES) for _ in range(rng.choice([2, 2, 2, 2, 3, 1]))]
    names = rng.sample(NAMES, len(files))
    options = [either(rng, GOOD_OPTIONS, BAD_OPTIONS) for _ in range(rng.choice([0, 1, 1, 2]))]
    output, end, kind = either(rng, GOOD_OUTPUTS, BAD_OUTPUTS), rng.choice(ENDS), rng.choice(STREAMS)
    if real:
        files, options, output, end = ["good", "clear"], [SHALLOW], "out.png", "real"
        names = names[:1] + ["s.png"]
    given = [make(*pair) for pair in zip(files, names, strict=True)]
    options += [] if output is None else [["-o", output]] if output[:1] != "-" else [[f"--output={output}"]]
    words = [word for option in options for word in option if option != ["--", "--"]]
    words += ["--max-side", "48"] if "--max-side" not in words else []
    words += ["--quiet"] if rng.random() < 0.7 else []
    words += ["--", *given] if any(name[0] == "-" for name in given) or ["--", "--"] in options else given
    Path("there.png").write_bytes(b"precious")
    before = listing()
    monkeypatch.setattr("nst_keras.transfer.paint", stub(end))
    status, said = call(words, kind)
    new = {name for name, written in listing().items() if before.get(name) != written}
    if status == 2 or (status == 130 and not new):
        check_refused(said, before, (words, files, end, kind))
    else:
        assert status == {"whole": 0, "real": 0, "interrupted": 130, "failed": 1}[end], (words, files, said)
        monkeypatch.setattr("nst_keras.transfer.paint", stub("real" if real else "whole"))
        check_made(new, (words, files))
    counts[status] += 1


def several(rng, monkeypatch, counts):
    """A call for a sweep: its page shows what was made, and the same call again makes the rest, and only that."""
    Path("photos").mkdir()
    files = [either(rng, GOOD_FILES[:1] + GOOD_FILES[2:], BAD_FILES) for _ in range(rng.choice([1, 2, 3]))]
    given = [make(kind, f"photos/{name}") for kind, name in zip(files, rng.sample(NAMES, len(files)), strict=True)]
    options = [either(rng, GOOD_OPTIONS, BAD_OPTIONS) for _ in range(rng.choice([0, 1, 2]))]
    options = [option for option in options if option[0] in OF_SWEEPS] + [either(rng, GOOD_VARY, BAD_VARY)]
    end, kind = rng.choice(ENDS), rng.choice(STREAMS)
    words = [
        "many",
        rng.choice(["photos", "photos/*", given[0]]),
        either(rng, ["coffee"], ["nowhere"]),
        "--max-side",
        "48",
    ]
    words += [
        "-o",
        either(rng, ["out", "o [1]"], ["no/where", given[0]]),
        *(each for option in options for each in option),
    ]
    before, folder = listing(), Path(words[words.index("-o") + 1])
    monkeypatch.setattr("nst_keras.transfer.paint", stub(end))
    status, said = call([*words, "--quiet"], kind)
    if status == 2:
        check_refused(said, before, (words, files, end, kind))
    else:
        assert status == (130 if end == "interrupted at once" else status), (words, files, said)
        assert status in (0, 1, 130), (words, files, said)
        done = {path: path.stat().st_mtime_ns for path in folder.glob("*.png") if path.with_suffix(".json").exists()}
        assert done or end != "whole" or set(files) & set(BAD_FILES), (words, said)
        monkeypatch.setattr("nst_keras.transfer.paint", stub("whole"))
        assert call([*words, "--quiet"], "plain")[0] == (1 if set(files) & set(BAD_FILES) and status else 0), words
        assert all(path.stat().st_mtime_ns == written for path, written in done.items()), words
        assert "<html" in Path(folder, "index.html").read_text(encoding="utf-8")
        for path in folder.glob("*.png"):
            with Image.open(path) as picture:
                picture.load()
    counts["sweep", status] += 1


def here(jobs, records, *rest):
    """In place of the workers."""
    for job in jobs:
        records[job] = many.make(job)


def test_odd_calls(tmp_path, monkeypatch, pytestconfig, record_property):
    """Without most of the network, too."""
    monkeypatch.setattr(many, "_make_all", here)
    network = FeatureExtractor(["block1_conv1", "block2_conv2"], load_vgg(), "float32")
    monkeypatch.setattr("nst_keras.pipeline.make_extractor", lambda settings: network)
    monkeypatch.setattr(sidecar, "measure", lambda run: {})
    counts: Counter = Counter()
    for number in range(pytestconfig.getoption("--odd-calls")):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        rng = random.Random(number)
        if number % 5:
            one(rng, monkeypatch, counts, number % 50 == 1)
        else:
            several(rng, monkeypatch, counts)
    print(dict(counts))
    assert min(counts[status] for status in (0, 1, 2, 130)) >= 3
    assert min(counts["sweep", status] for status in (0, 2)) >= 5
    assert threading.active_count() < 50
    assert sys.stdout is not None

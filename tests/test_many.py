"""A sweep: what is on disk counts, whatever dies on the way."""

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import dask
import numpy as np
import psutil
import pytest
from distributed import wait
from PIL import Image
from shallow import SHALLOW

from nst_keras import Settings, __main__, data_path, pipeline
from nst_keras.controls import memory
from nst_keras.files.finding import find_pictures
from nst_keras.files.pictures import sha256_of
from nst_keras.runs import cluster, many, sheet, sweep
from nst_keras.runs.grid import finished, grid

TINY = SHALLOW | {"max_side": 48, "steps": 2}
FLAGS = ["--content-layer", "block2_conv2", "--style-layers", "block1_conv1,block2_conv1", "--precision", "float32"]
FLAGS += ["--max-side", "48", "--steps", "2", "--quiet"]
# Runs of half a second and more: who waits until the first one ends must act before the second one does
LONGER, LONGER_FLAGS = TINY | {"steps": 100}, [*FLAGS, "--steps", "100"]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


@pytest.fixture(scope="module")
def client():
    """One worker for the whole file, with as many threads as TensorFlow has here.

    Dask by itself would give a worker that died no time to come back, as if the machine were too busy each time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "CPU_COUNT", int(os.environ["TF_NUM_INTRAOP_THREADS"]))
        with dask.config.set({"distributed.deploy.lost-worker-timeout": "0s"}), cluster.local_client(1) as client:
            yield client


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """A folder with two pictures, beside it the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for name in ("chelsea", "coffee"):
        with Image.open(data_path(f"content/{name}.jpg")) as picture:
            picture.resize((60, 45)).save(tmp_path / f"photos/{name}.png")
    return "photos"


@pytest.fixture
def no_workers(monkeypatch):
    """Nothing may be started."""
    monkeypatch.setattr(many, "local_client", lambda workers: pytest.fail("workers were started"))


def times(folder="out"):
    """{picture or sidecar: when it was written}, of all that is whole; nothing else may be there."""
    files = [path for path in Path(folder).iterdir() if path.name not in (*sheet.RESULTS, many.LOCK)]
    for path in files:
        if path.suffix == ".png":
            with Image.open(path) as picture:
                picture.load()
        else:
            assert path.suffix == ".json", path
            json.loads(path.read_text())
    return {path.name: path.stat().st_mtime_ns for path in files}


def until(condition):
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def first_sidecar(folder="out"):
    """Wait until the first run is done."""
    until(lambda: any(Path(folder).glob("*.json")))


class Page(HTMLParser):
    """The links, pictures and alternative texts of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.pictures = [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "img":
            self.pictures[attributes["src"]] = attributes["alt"]


def test_a_broken_picture_among_good_ones(photos, client, monkeypatch, capsys):
    Path(photos, "broken.jpg").write_text("no picture")
    Path(photos, "notes.txt").write_text("no picture either")
    with pytest.warns(UserWarning, match=r"left out of the folder 'photos': 'notes\.txt' \(text\)$"):
        records = sweep(photos, "night_cafe", {"beta": [3.0, 40.0]}, client=client, **TINY)
    assert re.search(r"6 runs, about 00:\d\d, 1 at a time of up to [01]\.\d GB\n", capsys.readouterr().err)
    labels = [(r["content"], r["style"], r["beta"]) for r in records]
    assert labels == [(name, "night_cafe", beta) for name in ("broken", "chelsea", "coffee") for beta in ("3", "40")]
    assert all(re.search(r"cannot read .*broken\.jpg' as a picture", record["error"]) for record in records[:2])
    assert [record["error"] for record in records[2:]] == [""] * 4
    before = times()
    assert len(before) == 8
    for record in records[2:]:
        made = json.loads(Path("out", record["picture"]).with_suffix(".json").read_text())
        assert made["threads"] == record["threads"] == int(os.environ["TF_NUM_INTRAOP_THREADS"])
        assert (made["settings"]["beta"], made["costs_at_end"]["J"]) == (float(record["beta"]), record["J"])

    with open("out/records.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["picture"] for row in rows] == [record["picture"] for record in records]
    assert float(rows[2]["J"]) == records[2]["J"]
    page = Page(Path("out/index.html").read_text())
    assert page.pictures[records[5]["picture"].replace("=", "%3D")] == "coffee in the style of night_cafe, beta 40"
    assert len(page.pictures) == 4
    for link in (*page.links, *page.pictures):
        assert Path("out", link.replace("%3D", "=")).exists()
    with Image.open("out/sheet.png") as picture:
        assert picture.width > 2 * sheet.WIDTH
        assert picture.height > 3 * 140

    # Once more without the broken one: all is there, and nothing is started.
    Path(photos, "broken.jpg").unlink()
    Path(photos, "notes.txt").unlink()
    monkeypatch.setattr(many, "_make_all", lambda *args: pytest.fail("something was made again"))
    assert sweep(photos, "night_cafe", {"beta": [3.0, 40.0]}, **TINY) == records[2:]
    assert times() == before


def test_the_bytes_are_those_of_the_single_command(photos, client):
    assert (
        __main__.main(["many", "photos/coffee.png", "night_cafe", "--scheduler", client.scheduler.address, *FLAGS]) == 0
    )
    assert __main__.main(["photos/coffee.png", "night_cafe", "-o", "one.png", *FLAGS]) == 0
    (made,) = Path("out").glob("coffee*.png")
    assert made.read_bytes() == Path("one.png").read_bytes()
    one, many_ = json.loads(Path("one.json").read_text()), json.loads(made.with_suffix(".json").read_text())
    assert one["settings"] == many_["settings"]


def worker_of(client):
    return client.submit(os.getpid, pure=False).result()


@posix
def test_records_that_die_with_their_worker(photos, client, monkeypatch):
    """All runs are done, but no record was fetched."""
    saved = {}

    def all_lost(futures):
        wait(list(futures), timeout=300)
        saved.update(times())
        os.kill(worker, signal.SIGKILL)
        until(lambda: not any(future.status == "finished" for future in futures))
        return iter(futures)

    worker = worker_of(client)
    monkeypatch.setattr(many, "as_completed", all_lost)
    records = sweep(photos, "night_cafe", client=client, quiet=True, **TINY)
    assert [record["error"] for record in records] == [""] * 2
    assert times() == saved
    assert len(saved) == 4


@posix
def test_a_worker_that_is_killed(photos, client):
    worker = worker_of(client)
    done = {}

    def kill():
        first_sidecar()
        done.update(times())
        os.kill(worker, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    records = sweep(photos, "night_cafe", client=client, quiet=True, **LONGER)
    killer.join()
    assert [record["error"] for record in records] == [""] * 2
    assert worker_of(client) != worker
    assert len(times()) == 4
    assert len(done) >= 2
    assert done.items() <= times().items()  # not made again


@posix
def test_a_worker_that_does_not_come_back(photos, monkeypatch):
    """Nobody waits for it longer than for a start. What is on disk counts, though its record died with the worker."""

    def gone(futures):
        first_sidecar()
        os.kill(worker, signal.SIGKILL)
        until(lambda: not client.nthreads())
        return as_completed(futures)

    as_completed = many.as_completed
    monkeypatch.setattr(many, "as_completed", gone)
    with cluster.local_client(1) as client:
        worker = worker_of(client)
        client.cluster.workers[0].close_gracefully()  # its nanny does not start it again
        assert client.cluster.scheduler.no_workers_timeout == cluster.SLOWEST_START
        client.cluster.scheduler.no_workers_timeout = 1
        records = sweep(photos, "night_cafe", client=client, quiet=True, **LONGER)
    assert sorted(record["error"] for record in records) == ["", cluster.GONE]
    assert len(list(Path("out").glob("*.json"))) == 1


@posix
def test_a_call_that_is_killed(photos, client):
    """With all its workers; the next call makes what is missing, and removes what was half written."""
    command = [sys.executable, "-m", "nst_keras", "many", photos, "night_cafe", "--workers", "1", *LONGER_FLAGS]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        first_sidecar()
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert workers
    psutil.wait_procs(workers, timeout=60)
    assert not any(worker.is_running() for worker in workers)
    done = {name: when for name, when in times().items() if Path("out", name).with_suffix(".json").exists()}
    assert len(done) == 2
    half = Path("out", ".nst-0123456789abcdef.tmp")
    half.write_bytes(b"half")
    records = sweep(photos, "night_cafe", client=client, quiet=True, **LONGER)
    assert [record["error"] for record in records] == [""] * 2
    assert len(times()) == 4
    assert done.items() <= times().items()


def test_a_script_without_a_guard(photos):
    """Its workers import it and come to the same call: that is said, and nobody waits for them."""
    Path("script.py").write_text(f"from nst_keras.runs import sweep\nsweep({photos!r}, 'night_cafe', **{TINY})\n")
    ended = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, timeout=300)
    assert ended.returncode == 1
    assert 'make the call under `if __name__ == "__main__":`' in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("ChildProcessError: the workers did not start: ")
    assert "another call is filling" not in ended.stderr
    assert not list(Path("out").glob("*.png"))


@posix
def test_an_interrupt_keeps_what_is_done(photos, client, capfd):
    """Here by a window that is closed; what Ctrl-C does is the same."""

    def interrupt():
        first_sidecar()
        os.kill(os.getpid(), signal.SIGHUP)

    threading.Thread(target=interrupt).start()
    arguments = ["many", f"{photos}/*e*.png", "night_cafe", "--vary", "seed=1,2", *LONGER_FLAGS]
    arguments += ["--scheduler", client.scheduler.address]
    assert __main__.main(arguments) == 130
    error = capfd.readouterr().err
    number = int(re.search(r"interrupted: (\d) of 4 pictures are in out; the same call goes on\n", error)[1])
    assert 1 <= number < 4
    assert "Traceback" not in error
    assert "interrupted before it was made" in Path("out/records.csv").read_text()
    assert __main__.main(arguments) == 0
    assert len(times()) == 8


@pytest.mark.parametrize("threads", ["many", "", "0"])
def test_a_number_of_threads_that_is_none(threads, photos, monkeypatch):
    """TensorFlow goes on with its own; so does a worker, which says how many these are."""
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", threads)
    (job,) = grid("chelsea", "night_cafe", {}, Path("out"), Settings(**TINY), {})
    Path("out").mkdir()
    assert many.make(job)["threads"] == cluster.CPU_COUNT


def test_a_second_call_is_refused(photos, no_workers):
    with many._alone(Path("out").absolute()), pytest.raises(FileExistsError, match="another call is filling"):
        sweep(photos, "night_cafe", **TINY)
    Path("page").mkdir()
    Path("page/index.html").write_text("precious")
    with pytest.raises(FileExistsError, match=r"index\.html' is not from a sweep"):
        sweep(photos, "night_cafe", out="page", **TINY)
    assert Path("page/index.html").read_text() == "precious"
    Path("linked").mkdir()
    Path("linked", many.LOCK).symlink_to("nowhere/lock")
    with pytest.raises(FileNotFoundError, match=r"no folder '.*nowhere' to write 'lock' into, where .* points to"):
        sweep(photos, "night_cafe", out="linked", **TINY)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["photos", "night_cafe", "--vary", "beta=3,-1"], "beta is -1.0; expected a finite number of 0 or more"),
        (["photos", "night_cafe", "--vary", "beta=3,3.0"], "vary beta is [3.0, 3.0]; expected a list of values, each"),
        (["photos", "night_cafe", "--vary", "beta=3,40", "--beta", "5"], "beta is varied and also given"),
        (["photos", "night_cafe", "--vary", "strength=3,40", "--beta", "5"], "strength chooses alpha and beta"),
        (["photos", "night_cafe", "--vary", "content_layer=block9"], "unknown layer 'block9'; nearest: block"),
        (["photos", "night_cafe", "--style-weights", "1,2"], "style_weights is (1.0, 2.0), but each run has one style"),
        (["photos", "nowhere"], "no such picture, folder or pattern: 'nowhere'; bundled pictures are astronaut"),
        (["empty", "night_cafe"], "no pictures in the folder 'empty', which is empty"),
        (["photos", "night_cafe", "-o", "photos"], "itself; give the results a folder of their own"),
        (["photos", "night_cafe", "-o", "no/out"], "no/out' cannot be written: the folder that it would be in is"),
        (["photos", "night_cafe", "-o", "text.png"], "text.png' cannot be written: it is a file; expected a folder"),
        (["text.png", "night_cafe"], "cannot read"),
        (["photos", "text.png"], "cannot read"),
        (["photos", "night_cafe", "--mask", "nowhere.png"], "no map 'nowhere.png'"),
    ],
)
def test_mistakes_are_said_before_anything_starts(photos, no_workers, capsys, arguments, message):
    Path("empty").mkdir()
    Path("text.png").write_text("no picture")
    assert __main__.main(["many", *arguments, "--max-side", "48", "--quiet"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1
    assert not list(Path().glob("out/*.png"))


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        (["--vary", "bata=3,10"], "'bata' is no setting that can vary; expected a flag below, such as beta"),
        (["--vary", "beta"], "'beta' has no values; expected a setting with some"),
        (["--vary", "preset=balanced,painterly"], "'preset' is no setting that can vary"),
        (["--vary", "beta=3,ten"], "'beta=3,ten': invalid float value: 'ten'"),
        (["--vary", "beta=3", "--vary", "beta=10"], "--vary has the same setting twice"),
        (["--workers", "0"], "--workers is 0; expected 1 or more"),
    ],
)
def test_arguments_that_cannot_be_read(capsys, vary, message):
    with pytest.raises(SystemExit) as end:
        __main__.main(["many", "photos", "night_cafe", *vary])
    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_values_are_read_as_those_of_their_flags():
    arguments = [
        "a",
        "b",
        "--vary",
        "content-layer=block1_conv1,block2_conv1",
        "--vary",
        "max_side=0,64",
        "--vary",
        "tv=1",
    ]
    vary = dict(__main__.importlib.import_module("nst_keras.arguments").many_parser().parse_args(arguments).vary)
    assert vary == {"content_layer": ["block1_conv1", "block2_conv1"], "max_side": [None, 64], "gamma": [1.0]}


@pytest.mark.parametrize(
    ("free", "wanted", "expected"),
    [(9e9, None, "6"), (4e9, None, "6 4"), (1e8, None, "6 1!"), (9e9, 3, "3!"), (1e8, 3, "3!")],
)
def test_as_many_workers_as_memory_carries(monkeypatch, free, wanted, expected):
    """`expected`: numbers of workers that are started; with ! a run that does not fit is refused there."""
    started, plans = [], [(1.0, 1e9)] * 8

    @contextlib.contextmanager
    def start(workers):
        started.append(str(workers))
        yield "client"

    def forecasts(client, jobs, check):
        started[-1] += "!" * check
        return plans

    monkeypatch.setattr(many, "local_client", start)
    monkeypatch.setattr(many, "CPU_COUNT", 6)
    monkeypatch.setattr(many, "free_memory", lambda: free)
    monkeypatch.setattr(many, "_forecasts", forecasts)
    with many._local([None] * 8, wanted) as found:
        assert found == ("client", plans)
    assert " ".join(started) == expected


def test_forecasts(photos, monkeypatch):
    """One of each kind is prepared: the largest that can be read. What does not fit is refused where that is asked."""
    Path("broken.png").write_text("no picture")
    settings = Settings(**TINY)
    jobs = grid(photos, ["broken.png", "night_cafe"], {"beta": [3.0, 10.0], "steps": [1, 2]}, Path("out"), settings, {})
    tried, prepare = [], pipeline.prepare
    monkeypatch.setattr(pipeline, "prepare", lambda *given: tried.append(Path(given[1]).stem) or prepare(*given))
    plans = dict(zip(jobs, many.forecasts(jobs), strict=True))
    assert tried == ["broken", "broken", "night_cafe"] * 2  # a kind for each number of steps
    by_steps = {steps: {plans[job] for job in jobs if job.settings["steps"] == steps} for steps in (1, 2)}
    assert [len(each) for each in by_steps.values()] == [1, 1]
    assert min(by_steps[1])[0] < min(by_steps[2])[0]  # seconds
    monkeypatch.setattr(memory, "free_memory", lambda: 1e6)
    assert len(many.forecasts(jobs)) == 16
    with pytest.raises(ValueError, match=r"need about \d\.\d GB of memory, and \d\.\d GB are free"):
        many.forecasts(grid(photos, "night_cafe", {}, Path("out"), settings, {}), check=True)


@pytest.mark.parametrize("changes", [{"mask": "mask.png"}, {"regions": ["mask.png", "white"]}])
def test_forecasts_tell_runs_with_maps_apart(photos, changes):
    """Each region needs memory of its own, and its run is forecast by itself."""
    Image.new("RGB", (60, 45), "white").save("mask.png")
    ((name, value),) = changes.items()
    jobs = grid("photos/coffee.png", "night_cafe", {name: [None, value]}, Path("out"), Settings(**TINY), {})
    without, with_maps = (memory for _, memory in many.forecasts(jobs))
    assert with_maps > without


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (cluster.KilledWorker("forecasts", None, 1), "the workers died, one after the other; too little memory?"),
        (cluster.NoWorkerError("forecasts", 600), cluster.GONE),
        (cluster.NoValidWorkerError("forecasts", set(), set(), {}, 600), cluster.GONE),
    ],
)
def test_workers_that_die_before_the_first_run(photos, monkeypatch, capsys, raised, said):
    class Client:
        def submit(self, *args, **options):
            raise raised

    monkeypatch.setattr(many, "local_client", lambda workers: contextlib.nullcontext(Client()))
    assert __main__.main(["many", photos, "night_cafe", *FLAGS]) == 2
    assert capsys.readouterr().err == f"error: {said}\n"


def test_the_caller_does_without_tensorflow():
    """And without Matplotlib, which a notebook's MPLBACKEND may stop."""
    environment = os.environ | {"MPLBACKEND": "module of a notebook"}
    code = "import sys, nst_keras.runs.many, nst_keras.runs.many_command; print(sorted(sys.modules))"
    command = [sys.executable, "-c", code]
    modules = subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout
    assert "'nst_keras.runs.many'" in modules
    assert not {"'tensorflow'", "'keras'", "'matplotlib'"} & set(modules.strip("[]\n").split(", "))


def test_without_dask(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "nst_keras.runs.cluster")
    assert __main__.main(["many", "palace", "night_cafe"]) == 2
    assert "install it: pip install distributed" in capsys.readouterr().err


def test_pictures_are_found(photos):
    chelsea, coffee = (str(Path("photos", f"{name}.png").absolute()) for name in ("chelsea", "coffee"))
    assert (
        find_pictures("photos")
        == find_pictures("photos/*.png")
        == find_pictures(["photos", chelsea])
        == [chelsea, coffee]
    )
    assert find_pictures(["palace", Path(coffee)]) == ["palace", coffee]
    with pytest.raises(ValueError, match="not as images in memory"):
        find_pictures([np.zeros((4, 4, 3))])


def test_folders_give_all_that_can_be_read(tmp_path, monkeypatch):
    """By suffix or by what is in it; what is left out is named in one note."""
    monkeypatch.chdir(tmp_path)
    Path("mix", "sub").mkdir(parents=True)
    picture = Image.new("RGB", (40, 30), "teal")
    for ending in ("bmp", "gif", "jfif", "jp2", "PNG", "ppm", "tga", "apng"):
        picture.save(f"mix/a.{ending}", {"jfif": "JPEG", "apng": "PNG"}.get(ending))
    picture.save("mix/no_suffix", "JPEG")
    picture.save("mix/photo.dat", "WEBP")
    found = sorted(os.listdir("mix"))
    found.remove("sub")
    assert [Path(path).name for path in find_quietly("mix")] == found
    for name, data in {"p.heic": b"\0\0\0\x18ftypheic", "v.mp4": b"\0\0\0\x18ftypisom", "n.txt": b"no", ".x": b"no",
                       "o.json": b"{}", "l.svg": b"<svg></svg>", "raw.nef": b"II*\0    "}.items():  # fmt: skip
        Path("mix", name).write_bytes(data)
    left = "'l.svg' (SVG), 'n.txt' (text), 'p.heic' (HEIC), 'raw.nef' (a camera's RAW file), 'sub' (a folder), 'v.mp4' "
    for given in ("mix", "mix/*", "mix/**"):
        with pytest.warns(UserWarning, match=r"left out of ") as said:
            assert {Path(path).name for path in find_pictures(given)} == set(found)
        assert len(said) == 1
        assert left in str(said[0].message) or given == "mix/**"
        assert len(str(said[0].message)) <= 300
    Path("none").mkdir()
    Path("none/p.heic").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(FileNotFoundError, match=r"no pictures in the folder 'none'; there is 'p\.heic' \(HEIC\)$"):
        find_pictures("none")


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_link_to_a_folder_above(tmp_path, monkeypatch):
    """** comes to each picture again and again through it; a link to a picture is a picture."""
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    Image.new("RGB", (8, 8)).save("photos/a.png")
    os.symlink("a.png", "photos/b.png")
    os.symlink(".", "photos/again")
    assert find_pictures("photos/**/*.png") == [
        str(tmp_path.resolve() / "photos" / name) for name in ("a.png", "b.png")
    ]


def find_quietly(given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return find_pictures(given)


def test_brackets_in_the_name_of_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("pics [2024]").mkdir()
    for name in ("a [1].png", "b.png"):
        Image.new("RGB", (8, 8)).save(Path("pics [2024]", name))
    names = lambda given: [Path(path).name for path in find_pictures(given)]
    assert names("pics [2024]/*.png") == names("pics [2024]") == ["a [1].png", "b.png"]
    assert names("pics [2024]/[b].png") == ["b.png"]
    assert names("pics [2024]/a [1]*") == ["a [1].png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_names_that_are_not_utf_8(photos, client):
    Path(photos, "coffee.png").rename(os.path.join(photos, os.fsdecode(b"caf\xe9.png")))
    records = sweep(photos, "night_cafe", client=client, **TINY)
    assert [record["error"] for record in records] == ["", ""]
    assert [record["content"] for record in records] == [r"caf\udce9", "chelsea"]
    for name in sheet.RESULTS[1:]:
        assert r"caf\udce9" in Path("out", name).read_text()
    times()


def test_the_bar_ends_where_it_ends(monkeypatch):
    """Seconds do not add up to the same in every order, nor to what Python's sum gives since 3.12."""
    client = SimpleNamespace(nthreads=dict, map=lambda make, jobs, pure: jobs)
    monkeypatch.setattr(many, "_forecasts", lambda client, jobs: [(0.3, 1e6), (0.2, 1e6), (0.1, 1e6)])
    monkeypatch.setattr(many, "as_completed", lambda futures: reversed(list(futures)))
    monkeypatch.setattr(many, "_record", lambda job, future: job)
    records = {}
    many._make_all(["a", "b", "c"], records, client, None, quiet=False)  # a warning of tqdm would be an error here
    assert list(records) == ["c", "b", "a"]


def test_what_stands_in_rows_and_columns():
    def record(content, style, beta):
        return {"content": content, "style": style, "beta": beta}

    names = ["content", "style", "beta"]
    records = [record(C, S, beta) for C in "ab" for S in "x" for beta in ("3", "10", "40")]
    rows, columns, cells = sheet.lay_out(names, records)
    assert (rows, columns) == (["a", "b"], ["beta 3", "beta 10", "beta 40"])
    assert cells["b", "beta 10"] == record("b", "x", "10")
    rows, columns, _ = sheet.lay_out(names, [record(str(C), S, "3") for C in range(9) for S in "xy"])
    assert (len(rows), columns) == (9, ["x", "y"])
    assert sheet.lay_out(names, [record("a", "x", "3")])[:2] == ([""], [""])
    assert len(sheet.lay_out(names, [record(str(C), "x", "3") for C in range(9)])[0]) == 9


def test_values_that_can_be_had_only_once(photos):
    """Of a generator, which is empty after it has been checked."""
    vary = {"beta": (float(value) for value in "37"), "seed": range(2)}
    jobs = grid("coffee", "night_cafe", vary, Path("out"), Settings(), {})
    assert [(job.settings["beta"], job.settings["seed"]) for job in jobs] == [(3, 0), (3, 1), (7, 0), (7, 1)]


def test_names_of_runs(photos):
    """Two pictures of one name stay apart; names keep to what file systems take; a hash does not know folders."""
    long = Path(photos, "e" * 200 + ".png")
    long.write_bytes(Path(photos, "coffee.png").read_bytes())
    layers = {"block1_conv1": 1.0, "block2_conv1": 2.0}
    given = [Path(photos, "coffee.png"), "coffee", long]
    jobs = grid(given, "night_cafe", {"content_layer": [layers]}, Path("out"), Settings(), {})
    path = str(given[0].absolute())
    assert [job.labels["content"] for job in jobs] == [path, "coffee", long.stem]
    assert jobs[0].labels["content_layer"] == "block1_conv1=1 block2_conv1=2"
    assert len({job.path for job in jobs}) == 3
    assert all(re.fullmatch(r"[\w=.,-]{1,60}_[0-9a-f]{8}\.png", job.path.name) for job in jobs)
    assert jobs[0].hash == jobs[2].hash != jobs[1].hash
    assert jobs[0].hash != grid(given, "night_cafe", {}, Path("out"), Settings(), {})[0].hash


def test_a_disk_that_is_full_at_the_end(photos, monkeypatch):
    def full(*args):
        raise OSError("no space left on device")

    monkeypatch.setattr(many, "_make_all", lambda jobs, *args: None)
    monkeypatch.setattr(many, "write_results", full)
    with pytest.warns(UserWarning, match="could not be shown side by side: no space left on device"):
        assert len(sweep(photos, "night_cafe", **TINY)) == 2


def test_a_page_that_could_not_be_written_is_not_named(photos, monkeypatch, capsys):
    monkeypatch.setattr(many, "_make_all", lambda jobs, *args: None)
    command = ["many", photos, "night_cafe", "--quiet"]
    assert __main__.main(command) == 1  # no run was made, but the page says so
    assert capsys.readouterr().out == f"{Path('out/index.html')}\n"

    def full(*args):
        raise OSError("no space left on device")

    monkeypatch.setattr(many, "write_results", full)
    assert __main__.main(command) == 1
    out, error = capsys.readouterr()
    assert out == ""
    assert "could not be shown side by side: no space left on device" in error


def written(photos):
    """A Job whose picture and sidecar are there."""
    (job,) = grid(f"{photos}/coffee.png", "night_cafe", {}, Path("out").absolute(), Settings(), {})
    job.path.parent.mkdir()
    Image.effect_noise((60, 45), 80).convert("RGB").save(job.path)
    made = {"hash": job.hash, "size": [60, 45], "quality": {}, "costs_at_end": {"J": 1.0}, "notes": ""}
    made |= {"seconds": 1.0, "threads": 1, "picture_sha256": sha256_of(job.path)}
    return job, made


def damaged(path, how):
    whole = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "another":
        Image.new("RGB", (60, 45), "teal").save(path)
    elif how == "another size":
        Image.new("RGB", (45, 60), "teal").save(path)
    else:
        path.write_bytes({"emptied": b"", "cut": whole[: len(whole) // 2], "zeros": bytes(len(whole))}[how])


@pytest.mark.parametrize("with_hash", [True, False])
@pytest.mark.parametrize("how", ["gone", "emptied", "cut", "zeros", "another size", "another"])
def test_done_means_that_the_picture_is_whole(photos, how, with_hash):
    job, made = written(photos)
    if not with_hash:  # as older versions wrote it
        del made["picture_sha256"]
    job.path.with_suffix(".json").write_text(json.dumps(made))
    assert finished(job)["error"] == ""
    damaged(job.path, how)
    assert (finished(job) is None) == (with_hash or how != "another")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '"x"', '{"hash": 3}'])
def test_a_sidecar_that_is_none_is_not_done(photos, text):
    job, made = written(photos)
    job.path.with_suffix(".json").write_text(text)
    assert finished(job) is None
    for name in made:
        job.path.with_suffix(".json").write_text(json.dumps(made | {name: None}))
        finished(job)  # nothing is raised
    job.path.with_suffix(".json").write_text(json.dumps({"hash": job.hash}))
    assert finished(job) is None


@pytest.mark.parametrize(("contents", "styles"), [(30, 30), (9, 9), (400, 8), (13, 1), (1, 13), (1, 1)])
def test_the_sheet_of_many_runs_can_be_looked_at(monkeypatch, contents, styles):
    monkeypatch.setattr(sheet, "_thumbnail", lambda *args: Image.new("L", (sheet.WIDTH, 160)))
    records = [
        {"content": f"c{C}", "style": f"s{S}", "picture": "x.png", "error": "", "style_distance": None, "notes": ""}
        for C in range(contents)
        for S in range(styles)
    ]
    rows, columns, cells = sheet.lay_out(["content", "style"], records)
    drawn = sheet.draw_sheet(Path(), "title", rows, columns, cells)
    assert drawn.height <= sheet.MOST_HEIGHT
    assert drawn.width <= 4000
    shown = np.count_nonzero(np.asarray(drawn.convert("L")) == 0) / (160 * sheet.WIDTH)
    assert shown >= min(len(records), 800) * 0.99
    assert sheet.write_page(["content", "style"], "title", rows, columns, cells).count("<img") == len(records)

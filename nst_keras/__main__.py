"""The command: nst-keras [CONTENT STYLE [STYLE ...]] [-o OUT.png] [options], or one of COMMANDS and its arguments"""

import importlib
import os
import sys
import tempfile
import warnings
from pathlib import Path

from nst_keras.arguments import (
    after_dashes,
    check_layer_weights,
    given_settings,
    parser,
    refuse_swallowed,
    with_home,
    with_shorthands,
)
from nst_keras.controls.presets import PRESETS
from nst_keras.runs.terminal import answer_with, answered, lasting_output, say_at_once
from nst_keras.settings import Settings

# First words that stand for a command of their own, and the module whose `main(arguments)` it is.
COMMANDS = {"many": "nst_keras.runs.many_command", "studio": "nst_keras.runs.serve"}
DEFAULT_PAIR = ("palace", "great_wave")
SAID = ValueError, OSError, ArithmeticError, ModuleNotFoundError  # errors whose text is a sentence for the user
LONG, CHECKPOINT_SECONDS = 600, 180  # a run of more seconds than this has a checkpoint unasked, every few minutes


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 (failed), 2 (a mistake in the arguments), 130 (interrupted)."""
    words = with_home(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's remarks on this machine help nobody here
    # Operations one after the other (each on all cores): gradients are then added up in the same order every time.
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    with lasting_output(), answered(_end_studio if words[:1] == ["studio"] else _finish):
        return _run(words)


def _run(words):
    """The command's work, and what is said of its end; returns the exit status."""
    try:
        _refuse_lost_folder()
        with warnings.catch_warnings():
            warnings.simplefilter("default", UserWarning)
            warnings.showwarning = lambda message, *rest, **more: print(f"note: {message}", file=sys.stderr)
            if words and words[0] in COMMANDS:
                return importlib.import_module(COMMANDS[words[0]]).main(after_dashes(words[1:]))
            return _one_picture(after_dashes(words))
    except SAID as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "interrupted before the first step; nothing was written", file=sys.stderr)
        return 130


def _one_picture(words):
    """The command without a first word of its own: one picture is made."""
    p = parser()
    args = p.parse_intermixed_args(words)
    if args.list:
        return _list()
    _refuse_contradictions(p, args)
    from nst_keras.runs.quiet import start_tensorflow

    start_tensorflow()
    run, output, forecast, unasked = _plan(args)
    watchers = _watchers(args, run, output, forecast, unasked)
    if unasked:
        unasked.unlink(missing_ok=True)  # one of before, if there is one: --force was given
    error = _paint(run, watchers)
    failure = {"error": str(error)} if error else {}
    path = _save(run, output, args.force, forecast=forecast.as_dict(), **failure)
    if unasked and not error and path == output and not run.history.interrupted:
        unasked.unlink(missing_ok=True)
    return _report(run, path, output, error, args.quiet)


def _refuse_lost_folder():
    """The current folder may have been deleted, which the system says in few words."""
    try:
        os.getcwd()
    except FileNotFoundError:
        raise FileNotFoundError("the current folder has been deleted; change to another one with cd") from None


def _refuse_contradictions(p, args):
    """Arguments that do not go together are said before anything is loaded."""
    maps = given_settings(args).get("regions") or []
    if len(args.pictures) == 1 or (len(maps) > 3 and not args.pictures and not args.settings):
        refuse_swallowed(p, maps, args.pictures, "nst-keras")
    if len(args.pictures) == 1:
        p.error("give a CONTENT and at least one STYLE picture, or none at all for the bundled pair")
    changes = [given_settings(args), args.style_layers, args.layer_weights, args.preset]
    if args.resume and any([args.pictures, args.settings, args.checkpoint, *changes]):
        p.error("--resume takes pictures, settings and the checkpoint's place from its file; leave them out")
    check_layer_weights(p, args)
    if args.save_every < 0 or args.checkpoint_every < 1:
        p.error("--save-every must be 0 (never) or more, and --checkpoint-every 1 or more")


def _plan(args):
    """(run, where its picture goes, its forecast, the checkpoint that it writes unasked or None), all checked."""
    from nst_keras.files.places import beside, check_places
    from nst_keras.runs import check_memory
    from nst_keras.transfer import inputs_of

    run = _prepare(args)
    output = Path(args.output or beside(f"{Path(run.content).stem}_{Path(run.styles[0]).stem}.x", ".png"))
    places = _check_output(output, args, run)
    forecast = check_memory(run)
    if args.checkpoint or args.resume or forecast.seconds <= LONG:
        return run, output, forecast, None
    unasked = beside(output, ".ckpt")  # of a run that takes so long that losing it would hurt
    check_places(places | {"the checkpoint": unasked}, inputs_of(run))
    if unasked.exists() and not args.force:
        raise FileExistsError(f"{str(unasked)!r} exists, of a run that was cut off; go on with that run with "
                              f"--resume {unasked}, or overwrite it with --force")  # fmt: skip
    return run, output, forecast, unasked


def _prepare(args):
    """The Run that the arguments ask for."""
    from nst_keras.pipeline import prepare
    from nst_keras.runs import read_checkpoint, read_sidecar

    if args.resume:
        return read_checkpoint(args.resume)
    pictures, settings = args.pictures, Settings()
    if args.settings:
        recorded, settings = read_sidecar(args.settings)
        pictures = pictures or recorded
    content, *styles = pictures or DEFAULT_PAIR
    return prepare(content, styles, with_shorthands(settings, args), **given_settings(args))


def _watchers(args, run, output, forecast, unasked):
    """The callbacks that the arguments ask for; unless they ask for quiet, the run is announced."""
    from nst_keras import Callback, runs

    watchers: list[Callback] = []
    if args.checkpoint or args.resume:
        watchers.append(runs.Checkpoint(args.checkpoint or args.resume, args.checkpoint_every))
    elif unasked:
        steps = round(sum(run.steps) * CHECKPOINT_SECONDS / forecast.seconds)
        watchers.append(runs.Checkpoint(unasked, max(1, steps)))
    if args.save_every:
        watchers.append(runs.SaveFrames(output, args.save_every, args.force))
    if args.film:
        watchers.append(runs.SaveFilm(args.film, args.force))
    if not args.quiet:
        _announce(run, forecast, unasked)
        watchers.append(runs.ProgressBar())
    return watchers


def _announce(run, forecast, unasked):
    if run.regions:
        print(f"regions: {run.regions}", file=sys.stderr)
    print(f"forecast: {forecast}", file=sys.stderr)
    if run.settings.tile:
        print("computed in tiles, to fit into memory", file=sys.stderr)
    if unasked:
        print(f"cut off, it goes on with --resume {unasked}", file=sys.stderr)


def _paint(run, watchers):
    """Paint the run, as far as it gets; returns the error that ended it, or None. Raises what left no image."""
    from nst_keras.transfer import paint

    error = None
    try:
        paint(run, watchers)
    except KeyboardInterrupt:  # just as the run ended
        if run.image is None:
            raise
        run.history.interrupted = True
    except Exception as failed:  # whatever it is: the image so far is worth keeping
        if run.image is None and isinstance(failed, SAID):
            raise
        if run.image is None:  # out of memory, or an error of TensorFlow
            what = str(failed).partition("\n")[0][:150] or "no words"
            raise OSError(f"the run failed before its first step, {type(failed).__name__}: {what}") from failed
        error = failed
    if not run.history.interrupted:
        answer_with(_saving)
    return error


def _check_output(output, args, run):
    """Say what is wrong with the names of what will be written before the work, not after it; returns the names."""
    from nst_keras.files.pictures import picture_format
    from nst_keras.files.places import beside, check_places, sidecar_path
    from nst_keras.transfer import inputs_of

    picture_format(output)
    places = {"the picture": output, "its JSON file": sidecar_path(output), "the film": args.film,
              "the checkpoint": args.checkpoint}  # fmt: skip
    if args.save_every and (step := Path(args.film or "").stem[-5:]).isdigit():
        places["a frame"] = beside(output, f"_{step}{output.suffix}")
    places = {what: path for what, path in places.items() if path}
    check_places(places, inputs_of(run))
    for path in (output, places["its JSON file"]):
        if path.exists() and not args.force:
            raise FileExistsError(f"{str(path)!r} exists; give another name with -o, or --force to overwrite it")
    return places


def _save(run, output, force, **notes):
    """Save the result, elsewhere if the place it was meant for has gone; returns the path."""
    from nst_keras.runs import save_run

    try:
        save_run(run, output, force, **notes)
        return output
    except Exception as error:  # also what nobody thought of
        elsewhere = Path(tempfile.mkdtemp(prefix="nst_keras_")) / "picture.png"  # whatever was wrong with the name
        save_run(run, elsewhere, **notes)
        print(f"error: {output} could not be written ({error}); the result is in {elsewhere}", file=sys.stderr)
        return elsewhere


def _report(run, path, output, error, quiet):
    """Say what has become of the run; returns the exit status."""
    from nst_keras.files.places import sidecar_path

    if error:
        print(f"error: {error}. The best picture so far is in {path}", file=sys.stderr)
        return 1
    history = run.history
    if quiet:
        print(path)
    else:
        print(f"J(G) {history.costs[0]['J']:.4g} -> {history.final['J']:.4g} in {history.seconds[-1]:.0f} s")
        print(f"{'interrupted; the best picture so far' if history.interrupted else 'picture'}: {path}")
        print(f"settings: {sidecar_path(path)}")
    return 1 if path != output else 130 if history.interrupted else 0


def _finish(*_):
    """The first Ctrl-C, SIGTERM or hang-up ends the run and keeps its picture; the next one stops at once."""
    say_at_once("finishing: what is done is kept")
    raise KeyboardInterrupt


def _end_studio(*_):
    """The same for the studio."""
    say_at_once("ending: the picture so far is saved")
    raise KeyboardInterrupt


def _saving(*_):
    """While the picture is being saved, one more Ctrl-C waits for it, and the next one stops at once."""
    say_at_once("saving the picture")


def _list():
    """The bundled pictures by kind."""
    from nst_keras.files.pictures import bundled_maps, bundled_pictures

    by_kind: dict[str, list[str]] = {}
    for name, path in bundled_pictures().items():
        by_kind.setdefault(path.parent.name, []).append(name)
    for kind, names in by_kind.items():
        print(f"{kind:8} {', '.join(names)}")
    print(f"{'maps':8} {', '.join(bundled_maps())}")
    for name, settings in PRESETS.items():
        print(f"preset   {name}: {', '.join(f'{key} {value}' for key, value in settings.items()) or 'the defaults'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The command nst-keras many: folders of pictures times a grid of settings."""

import sys
from pathlib import Path

from nst_keras.arguments import (
    check_layer_weights,
    given_settings,
    many_parser,
    refuse_more,
    refuse_swallowed,
    with_shorthands,
)
from nst_keras.settings import Settings


def main(arguments: list[str]) -> int:
    """Run the command; the exit status is 1 if a run failed. Mistakes are raised, for `nst_keras.__main__` to say."""
    p = many_parser()
    args = p.parse_intermixed_args(arguments)
    names = [name for name in (args.contents, args.styles, *args.more) if name is not None]
    refuse_swallowed(p, given_settings(args).get("regions"), names, "nst-keras many")
    if len(names) > 2:
        refuse_more(p, names)
    if len(names) < 2:
        p.error("give CONTENTS and STYLES: folders, files, patterns in quotes, or bundled names")
    check_layer_weights(p, args)
    vary = dict(args.vary)
    if len(vary) < len(args.vary):
        p.error("--vary has the same setting twice; give all its values at once")
    if args.workers is not None and args.workers < 1:
        p.error(f"--workers is {args.workers}; expected 1 or more")
    from nst_keras.runs.cluster import connected
    from nst_keras.runs.many import sweep

    page = Path(args.output) / "index.html"
    before = _version(page)
    settings, changes = with_shorthands(Settings(), args), given_settings(args)
    with connected(args.scheduler) as client:
        records = sweep(
            args.contents, args.styles, vary, args.output, client, settings, args.workers, args.quiet, **changes
        )
    wrong = [record for record in records if record["error"]]
    for record in wrong:
        print(f"failed: {record['picture']}: {record['error']}", file=sys.stderr)
    if not args.quiet:
        print(f"{len(records) - len(wrong)} of {len(records)} pictures; side by side:")
    if _version(page) == before:  # why, was said
        print(f"error: {page} could not be written", file=sys.stderr)
        return 1
    print(page)
    return 1 if wrong else 0


def _version(page):
    """What changes whenever a file is written anew; None if there is none."""
    if not page.exists():
        return None
    about = page.stat()
    return about.st_ino, about.st_mtime_ns

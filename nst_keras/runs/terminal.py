"""The terminal that the command talks to: whatever becomes of it, the work goes on.

It may not know all letters, be closed or absent, hang up, or be a pipe whose reader has gone.
"""

import codecs
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

HANGUP = getattr(signal, "SIGHUP", None)  # the window was closed, the connection was lost; not on Windows
SIGNALS = tuple(filter(None, (signal.SIGINT, signal.SIGTERM, HANGUP)))
BROKEN = OSError, ValueError  # of a stream: what it writes to has gone; it is closed


class Lasting:
    """A stream that gives up writing in silence once that has failed. `stream` may be None: an absent one."""

    def __init__(self, stream: Any):
        self.stream = stream

    def write(self, text: str) -> int:
        self._try(lambda stream: stream.write(text))
        return len(text)

    def flush(self) -> None:
        self._try(lambda stream: stream.flush())

    def close(self) -> None:
        """The stream itself stays open: what keeps this one, as absl's log does, is not its owner."""

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def _try(self, action):
        try:
            if self.stream is not None:
                action(self.stream)
        except BROKEN:
            to_nowhere(self.stream)
            self.stream = None


def to_nowhere(stream: Any) -> None:
    """What this stream still holds goes to the null device, so that Python's last flush does not fail either."""
    with contextlib.suppress(*BROKEN, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def lasting_output() -> Iterator[None]:
    """Inside of this, printing never fails: not for a letter, and not when nobody listens any more."""
    fill_gaps()
    shown, letters = (sys.stdout, sys.stderr), {}
    for stream in shown:
        if hasattr(stream, "reconfigure"):
            letters[stream] = stream.errors
            stream.reconfigure(errors="nst_keras.as_far_as_it_goes")
    sys.stdout, sys.stderr = map(Lasting, shown)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = shown
        for stream, errors in letters.items():
            with contextlib.suppress(*BROKEN):
                stream.reconfigure(errors=errors)


def fill_gaps() -> None:
    """Open the null device in place of standard streams that are closed: a picture must not become one of them."""
    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(opened, True)  # for the workers of a sweep
    os.close(opened)


def as_far_as_it_goes(error: UnicodeError) -> tuple:
    """The bytes of a file's name stay as they are; another letter that cannot be encoded becomes a question mark."""
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("replace")(error)


codecs.register_error("nst_keras.as_far_as_it_goes", as_far_as_it_goes)


@contextlib.contextmanager
def answered(answer: Callable) -> Iterator[None]:
    """Inside of this, `answer` handles the signals that end a program; those of before come back afterwards.

    In a thread there are no signals. A hang-up that is ignored already (nohup) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {which: signal.getsignal(which) for which in SIGNALS}
    answer_with(answer)
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler if handler is not None else signal.SIG_DFL)


def answer_with(answer: Callable) -> None:
    """From now on `answer` handles the signals that end a program; nothing in a thread."""
    if threading.current_thread() is threading.main_thread():
        for which in SIGNALS:
            if which != HANGUP or signal.getsignal(which) != signal.SIG_IGN:
                signal.signal(which, answer)


def say_at_once(sentence: str) -> None:
    """Say in a signal's handler what happens now; the next signal stops at once.

    Not a hang-up: a window that is closed sends several."""
    for which in SIGNALS:
        signal.signal(which, signal.SIG_IGN if which == HANGUP else signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.write(2, f"\n{sentence} (once more to stop at once)\n".encode())

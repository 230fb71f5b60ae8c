"""Ctrl-C as the end of work, not of the program."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Ctrl-C raises ``KeyboardInterrupt`` in here, even if whoever started the program blocked or ignored it.

    What is yielded raises it when it has come before: an exception that a signal raises inside a finalizer
    or a callback of C code is printed and dropped.
    """
    came = False

    def hear(_: int, __: FrameType | None) -> None:
        nonlocal came
        came = True
        raise KeyboardInterrupt

    def check() -> None:
        if came:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hear)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)

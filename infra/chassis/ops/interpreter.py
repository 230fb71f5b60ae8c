"""How the interpreter is set for a process that serves."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_SECONDS = 0.0005
YOUNG_OBJECTS = 20_000


def settle() -> None:
    """Set the interpreter once everything that lives as long as the process is there.

    Motor's answers come in on threads that wait for a busy event loop: a tenth of the usual turn.
    A batch of events makes some ten thousand objects that die together: looked through twenty times as
    it grows, as by default, they cost a fifth of the throughput. What is there now is not looked
    through again.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)
    gc.collect()
    gc.freeze()


@contextmanager
def loading() -> Iterator[None]:
    """Load modules without looking through them for garbage, which takes a tenth of the time; nor are they
    looked through afterwards."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()

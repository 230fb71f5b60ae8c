"""A process of a crew: ``python -m infra.chassis.crew_hand``, which computes what it reads until there is no
more."""

import gc
import os
import pickle
import resource
import sys
from pathlib import Path

from infra.chassis.crew import HEADER, RETIRED_AT, Answer


def main() -> None:
    """Anything printed goes to standard error: standard output is for answers."""
    asked = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # What pages of documents become is dropped as soon as it is sent, and holds no cycles worth a search.
    gc.disable()
    while header := asked.read(HEADER.size):
        [size] = HEADER.unpack(header)
        try:
            function, given = pickle.loads(asked.read(size))
            result = function(*given)
            answer = _written(Answer(result, stays=_used() < RETIRED_AT))
            del function, given, result
        except Exception as failed:
            answer = _said(failed)
        answers.write(HEADER.pack(len(answer)))
        answers.write(answer)
        answers.flush()
        del answer
        gc.collect()


def _used() -> int:
    """Bytes that this process has; nothing where the system has another way to tell. What ``getrusage`` calls
    the most that it had is that of the service, too, which it was a copy of for a moment."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * resource.getpagesize() if told.exists() else 0


def _written(answer: Answer) -> bytes:
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


def _said(failed: Exception) -> bytes:
    try:
        told = _written(Answer(raised=failed))
        pickle.loads(told)
    except Exception:
        return _written(Answer(raised=RuntimeError(repr(failed))))
    return told


if __name__ == "__main__":
    main()

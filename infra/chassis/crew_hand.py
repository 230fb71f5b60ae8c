"""A process of a crew: ``python -m infra.chassis.crew_hand``, which computes what it reads until there is no
more."""

import gc
import os
import pickle
import sys

from infra.chassis.crew import HEADER


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
            answer = pickle.dumps((True, function(*given)), pickle.HIGHEST_PROTOCOL)
        except Exception as failed:
            answer = _said(failed)
        answers.write(HEADER.pack(len(answer)))
        answers.write(answer)
        answers.flush()
        del answer
        gc.collect()


def _said(failed: Exception) -> bytes:
    try:
        told = pickle.dumps((False, failed), pickle.HIGHEST_PROTOCOL)
        pickle.loads(told)
    except Exception:
        return pickle.dumps((False, RuntimeError(repr(failed))), pickle.HIGHEST_PROTOCOL)
    return told


if __name__ == "__main__":
    main()

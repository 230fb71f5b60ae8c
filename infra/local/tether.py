"""Run by path, not imported: replaces itself with a command that dies when the process that spawned it does.

`tether.py PARENT_PID COMMAND…`. On Linux the kernel sends SIGKILL when the *thread* that forked this process
ends, so children are spawned from the main thread. It is a program of its own because code between fork and
exec in a process with threads may hang. Elsewhere than on Linux it only runs the command."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != int(sys.argv[1]):  # the parent died before the signal was asked for
            os._exit(1)
    os.execv(sys.argv[2], sys.argv[2:])

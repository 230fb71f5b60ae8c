"""What a server's last words mean, said so that one knows what to do."""

import re
import shutil
import signal
from pathlib import Path

DEBIAN_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libcrypto.so.3": "libssl3",
    "libssl.so.3": "libssl3",
    "libgcc_s.so.1": "libgcc-s1",
    "liblzma.so.5": "liblzma5",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
}
"""The package of Debian and Ubuntu that holds a library which the servers are linked to."""

FULL_BYTES = 32 * 2**20
"""Less free space than this is a full disk: both servers need some to end in order."""

_MISSING_LIBRARY = re.compile(r"error while loading shared libraries: (\S+?):")
_OLD_LIBRARY = re.compile(r"version `(\w+_[\d.]+)' not found")
_TAKEN = re.compile(r"Address already in use|BindException")
_MEMORY = re.compile(r"OutOfMemoryError|Cannot allocate memory|could not reserve enough space", re.IGNORECASE)


def missing_library(library: str) -> str:
    package = DEBIAN_PACKAGES.get(library)
    todo = f"on Debian or Ubuntu: apt install {package}" if package else "install the package that holds it"
    return f"the system library {library} is missing; {todo}."


def disk_full(folder: Path) -> str | None:
    """The sentence for a disk with nothing left to write on. A server on one cannot even log that it is so,
    and MongoDB does not end of it: it refuses every write."""
    if shutil.disk_usage(folder).free >= FULL_BYTES:
        return None
    return f"The disk of {folder} is full; free some space, or choose another folder with --data."


def reason(said: str, code: int | None, log: Path) -> str:
    """One sentence from what a server wrote and the code that it exited with (negative: the signal)."""
    if found := _MISSING_LIBRARY.search(said):
        return missing_library(Path(found[1]).name)
    if found := _OLD_LIBRARY.search(said):
        return (
            f"this system is too old for it ({found[1]} is missing); use a newer one, Debian 12 for instance."
        )
    if full := disk_full(log.parent):
        return full
    if _TAKEN.search(said):
        return "another program took its port meanwhile; stop that program, or try again."
    if _MEMORY.search(said):
        return "this machine has too little free memory for it; 1 GiB in all is enough."
    if code == -signal.SIGILL:
        return "this processor lacks instructions that it needs (AVX); use another, or set ASTREINTE_MONGODB."
    if code == -signal.SIGKILL:
        return "it was killed, by the system if memory ran out; 1 GiB in all is enough."
    lines = (line.strip() for line in reversed(said.splitlines()))
    last = next((line for line in lines if line and not line.startswith("at ")), "nothing")  # Java's stack
    return f"exit code {code}, its last words were: {last[:300]} (all of them are in {log})"

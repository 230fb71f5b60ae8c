"""A small disk that can be filled: a tmpfs of its own, which only root may mount."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 900
BALLAST = "ballast"
PIECE = b"\0" * 2**20


@dataclass(frozen=True)
class Disk:
    """Where the servers' files lie."""

    folder: Path

    def fill(self) -> None:
        """Take whatever room is left; whoever writes from now on finds none."""
        # Piece by piece, for the servers go on writing meanwhile.
        with suppress(OSError), (self.folder / BALLAST).open("ab", buffering=0) as ballast:
            while True:
                ballast.write(PIECE)

    def empty(self) -> None:
        """Give back what was taken."""
        (self.folder / BALLAST).unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A tmpfs on ``folder`` for as long as this lasts. Exits with what to do where it may not be mounted."""
    if os.geteuid() != 0:
        raise SystemExit("--small-disk mounts a tmpfs, which only root may: run it as root or leave it out")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)

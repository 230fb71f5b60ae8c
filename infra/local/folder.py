"""The data folder: its version, its lock, its ports."""

import fcntl
import itertools
import json
import os
import random
import shutil
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import StackError

VERSION = 1
"""Of what the folder holds. It grows when an older Astreinte could no longer read it."""

NEEDED_BYTES = 512 * 2**20
"""Free space that a start asks for: both servers lay files of that order out ahead."""

PORTS = range(21000, 29000)
"""Below the ports that systems hand out to outgoing connections, which might hold ours at a restart."""

_LOCK_PATIENCE = 10.0


@dataclass
class DataFolder:
    """`open` makes or recognises the folder at `path` and holds it until `close`."""

    path: Path
    lock: int = -1

    def holder(self) -> str | None:
        """The id of the process that has it open; None when nobody has."""
        try:
            probe = os.open(self.path / "lock", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(probe, 20, 0).decode(errors="replace").strip() or "unknown"
        finally:
            os.close(probe)
        return None

    def check(self, *, needed_bytes: int = NEEDED_BYTES) -> None:
        """What `open` and `ports` would refuse, found out without changing anything."""
        there = next(path for path in (self.path, *self.path.parents) if path.exists())
        if not (there.is_dir() and os.access(there, os.W_OK)):
            raise StackError(
                f"The data folder {self.path} cannot be written; choose another one with --data."
            )
        if (self.path / "version").exists():
            self._check_version()
        self._check_space(there, needed_bytes)
        self._check_ports(self._known_ports())

    def open(self, *, needed_bytes: int = NEEDED_BYTES) -> None:
        """Raises StackError when another stack uses it, a newer one wrote it, or its disk is full."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._take_lock()
        except OSError as error:
            raise StackError(
                f"The data folder {self.path} cannot be written ({error.strerror}); "
                "choose another one with --data."
            ) from error
        try:
            self._check_version()
            self._check_space(self.path, needed_bytes)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1

    def ports(self, names: Sequence[str]) -> dict[str, int]:
        """The port of each name, the same at every start. Raises StackError when one is taken."""
        known = self._known_ports()
        self._check_ports({name: known[name] for name in names if name in known})
        fresh = [name for name in names if name not in known]
        if fresh:
            known |= zip(fresh, _choose(len(fresh), known.values()), strict=True)
            written = self.path / "ports.fresh"
            written.write_text(json.dumps(known))
            written.replace(self.path / "ports.json")
        return {name: known[name] for name in names}

    def _known_ports(self) -> dict[str, int]:
        saved = self.path / "ports.json"
        if not saved.exists():
            return {}
        try:
            return {str(name): int(port) for name, port in json.loads(saved.read_text()).items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise StackError(
                f"{saved} does not hold the servers' ports, at which MongoDB has to be found again; write "
                f'{{"mongodb": PORT}} there with the port that {self.path / "mongodb" / "mongod.log"} names, '
                "or choose another folder with --data."
            ) from error

    def _check_ports(self, ports: Mapping[str, int]) -> None:
        for name, port in ports.items():
            if not _free(port):
                raise StackError(
                    f"Port {port}, the address of {name} in {self.path} since its first start, is taken by "
                    f"another program; stop that one (`ss -ltnp sport = :{port}` names it), "
                    "or choose another folder with --data."
                )

    def _take_lock(self) -> None:
        """The lock is inherited by the servers, so it is free only when they, too, are gone."""
        self.lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + _LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(self.lock, 20, 0).decode(errors="replace").strip()
                dying = (
                    holder.isdigit() and not Path(f"/proc/{holder}").exists() and Path("/proc/self").exists()
                )
                if not dying or time.monotonic() > deadline:
                    self.close()
                    raise StackError(
                        f"The data folder {self.path} is in use by another Astreinte "
                        f"(process {holder or 'unknown'}); stop that one, or choose another folder "
                        "with --data."
                    ) from None
                time.sleep(0.05)
            else:
                os.ftruncate(self.lock, 0)
                os.pwrite(self.lock, f"{os.getpid()}\n".encode(), 0)
                return

    def _check_version(self) -> None:
        file = self.path / "version"
        if not file.exists():
            file.write_text(f"{VERSION}\n")
            return
        text = file.read_text().strip()
        if not text.isdigit():
            raise StackError(f"{file} does not hold a version; choose another folder with --data.")
        if int(text) > VERSION:
            raise StackError(
                f"The data in {self.path} were written by a newer Astreinte (data version {text}, this one "
                f"knows up to {VERSION}); install that version, or choose another folder with --data."
            )

    def _check_space(self, there: Path, needed: int) -> None:
        free = shutil.disk_usage(there).free
        if free < needed:
            raise StackError(
                f"Only {free // 2**20} MiB are free on the disk of {self.path} and a start needs"
                f" {needed // 2**20} MiB; free some space, or choose another folder with --data."
            )


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _choose(count: int, but: Collection[int]) -> list[int]:
    """Free ports at random, so that two folders made at the same time hardly meet."""
    free = (port for port in random.sample(PORTS, len(PORTS)) if port not in but and _free(port))
    ports = list(itertools.islice(free, count))
    if len(ports) < count:
        raise StackError(
            f"No port between {PORTS.start} and {PORTS.stop} is free on this machine; free some."
        )
    return ports

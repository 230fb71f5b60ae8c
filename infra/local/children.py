"""A server as a child process that outlives neither its parent nor its order to stop."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.errors import StackError
from infra.local.reasons import reason

LOG_BYTES = 8 * 2**20
"""A log larger than this at a start becomes `<name>.log.old`."""

_TETHER = Path(__file__).with_name("tether.py")
_TURN = 0.02


def tethered(command: Sequence[str | Path]) -> list[str | Path]:
    """The command, to be spawned from the main thread, so that it does not outlive this process."""
    return [sys.executable, "-I", "-S", _TETHER, str(os.getpid()), *command]


@dataclass
class Child:
    """One server process: started, killed and stopped any number of times, its output in `log`, whose folder
    it works in.

    `keep` are file descriptors it inherits, so that the folder's lock is held until it, too, is gone."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[int, ...] = ()
    wanted: bool = field(default=False, init=False)
    """True from a start to the kill or stop that ends it: wanted and not running is a failure."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id, the last one when it is not running; RuntimeError before the first start."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process.pid

    def start(self) -> None:
        """Spawn it; call from the main thread (see tether.py)."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("children are spawned from the main thread, else they die with their thread")
        self._turn_log()
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                tethered(self.command),
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                pass_fds=self.keep,
                start_new_session=True,  # a Ctrl-C at the terminal is for the parent, which stops it in order
            )
        self.wanted = True

    async def ready(self, answers: Callable[[], Awaitable[bool]], *, within: float) -> None:
        """Wait until `answers` says so. Raises StackError when it died or took too long."""
        deadline = time.monotonic() + within
        while not await answers():
            if not self.running:
                raise self.failure()
            if time.monotonic() > deadline:
                raise StackError(
                    f"{self.name} did not answer within {within:.0f} s; its log {self.log} says why, "
                    "a slow disk or too little memory being the usual reasons."
                )
            await asyncio.sleep(_TURN)

    def failure(self) -> StackError:
        """Why it is not running though it should, in one sentence."""
        code = self._process.returncode if self._process else None
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            said = log.read().decode(errors="replace")
        return StackError(f"{self.name} stopped by itself: {reason(said, code, self.log)}")

    async def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self.wanted = False
        if self._process is not None and self.running:
            self._process.kill()
            await self._gone(10)

    async def stop(self, *, grace: float) -> None:
        """SIGTERM, and SIGKILL after `grace` seconds."""
        self.wanted = False
        if self._process is None or not self.running:
            return
        self._process.send_signal(signal.SIGTERM)
        if not await self._gone(grace):
            self._process.kill()
            await self._gone(10)

    async def _gone(self, within: float) -> bool:
        deadline = time.monotonic() + within
        while self.running:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_TURN)
        return True

    def _turn_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))

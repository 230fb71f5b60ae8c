"""What a sink got: the last of it to look at, the counts of all of it, and a file for whoever audits."""

import asyncio
import json
import os
from collections import Counter, deque
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

KEPT = 1000


class Message(Protocol):
    """``key`` is what makes two messages the same one."""

    @property
    def number(self) -> int: ...

    @property
    def key(self) -> str: ...


M = TypeVar("M", bound=Message)


class Keeping(Generic[M]):
    """The last ``kept`` messages are kept, the counts per key of all.

    With ``file``, each message is also a line of JSON there, which a separate process can audit.
    """

    def __init__(self, *, file: Path | None = None, kept: int = KEPT) -> None:
        self._file = file
        self._kept: deque[M] = deque(maxlen=kept)
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._arrived = asyncio.Condition()

    @property
    def messages(self) -> tuple[M, ...]:
        """The kept ones, newest first."""
        return tuple(reversed(self._kept))

    @property
    def total(self) -> int:
        return self._total

    @property
    def distinct(self) -> int:
        return len(self._counts)

    @property
    def repeated(self) -> dict[str, int]:
        """The keys that came more than once, with how often."""
        return {key: count for key, count in self._counts.items() if count > 1}

    def message(self, number: int) -> M | None:
        return next((each for each in self._kept if each.number == number), None)

    async def until(self, total: int, *, seconds: float) -> None:
        """Wait until ``total`` messages have come; TimeoutError when they have not in time."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: self._total >= total)

    async def _open_file(self) -> None:
        if self._file is not None and self._file.exists():
            await asyncio.to_thread(_end_last_line, self._file)

    def _next_number(self) -> int:
        self._total += 1
        return self._total

    async def _keep(self, message: M, line: dict[str, Any]) -> None:
        """It is there once this returns, in the file too: then it may be acknowledged."""
        self._kept.append(message)
        self._counts[message.key] += 1
        if self._file is not None:
            await asyncio.to_thread(_append, self._file, json.dumps(line, ensure_ascii=False))
        async with self._arrived:
            self._arrived.notify_all()


def _append(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(line + "\n")


def _end_last_line(file: Path) -> None:
    """A kill may have cut it short: what comes next must not continue it."""
    with file.open("rb+") as lines:
        if lines.seek(0, os.SEEK_END):
            lines.seek(-1, os.SEEK_END)
            if lines.read(1) != b"\n":
                lines.write(b"\n")

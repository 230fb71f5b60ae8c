"""What whoever runs it sees meanwhile: lines as they come or, on a terminal, the platform as it stands."""

import logging
import time
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from contracts.catalogue import SERVICES
from tests.chaos.watching import Sample

LINES = 12
BAR = 40
RECORDS_A_BLOCK = 25


def hush() -> None:
    """That Kafka is away is what a run is about: its clients need not say so each time."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


class Audience(Protocol):
    """Who is told of a run while it goes on."""

    def tell(self, line: str) -> None: ...

    def see(self, sample: Sample) -> None: ...


class Nobody:
    def tell(self, line: str) -> None: ...

    def see(self, sample: Sample) -> None: ...


@dataclass
class Printed:
    """A line each, with the seconds since the run began."""

    begun: float = field(default_factory=time.monotonic)

    def tell(self, line: str) -> None:
        print(f"[{time.monotonic() - self.begun:5.1f}] {line}", flush=True)

    def see(self, sample: Sample) -> None: ...


class Screen:
    """On a terminal: what each service has to read, what is answered a second, and the last lines."""

    def __init__(self, console: Console) -> None:
        self._begun = time.monotonic()
        self._lines: deque[str] = deque(maxlen=LINES)
        self._samples: deque[Sample] = deque(maxlen=5)
        self._live = Live(self._shown(), console=console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def tell(self, line: str) -> None:
        self._lines.append(f"[{time.monotonic() - self._begun:5.1f}] {line}")
        self._live.update(self._shown(), refresh=True)

    def see(self, sample: Sample) -> None:
        self._samples.append(sample)
        self._live.update(self._shown(), refresh=True)

    def _shown(self) -> Group:
        lines = Text("\n".join(self._lines), no_wrap=True, overflow="ellipsis")
        return Group(self._services(), lines) if self._samples else Group(lines)

    def _services(self) -> Table:
        first, last = self._samples[0], self._samples[-1]
        rate = (last.done - first.done) / (last.at - first.at) if last.at > first.at else 0.0
        table = Table(title=f"{last.at:.0f} s, {rate:.1f} commands a second, {last.done} done", expand=True)
        table.add_column("service")
        table.add_column("MB", justify="right")
        table.add_column("to read", ratio=1)
        for service in SERVICES:
            lag = last.lag(service)
            bar = "█" * min(BAR, -(-lag // RECORDS_A_BLOCK))
            read = f"{bar} {lag}" if last.ends else "Kafka does not answer"
            table.add_row(service, f"{last.memory.get(service, 0) / 1e6:.0f}", Text(read, no_wrap=True))
        return table

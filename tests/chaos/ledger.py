"""What people asked and were answered: a line of JSON each, written when the answer is there."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO

Outcome = Literal["done", "declined", "refused"]
"""``declined``: the business does not allow it; ``refused``: the platform did not say yes in time."""

MARK = "chaos-poison"
"""The header of every record that is written to do harm and can be parsed."""


@dataclass(frozen=True)
class Line:
    """``begun`` and ``ended`` count in seconds from the load's beginning; ``token`` is in what was written.

    ``id`` is of what was created or acted on.
    """

    kind: str
    outcome: Outcome
    begun: float
    ended: float
    tries: int
    key: str
    token: str
    customer: str = ""
    id: str = ""
    status: int | None = None
    slug: str = ""
    note: str = ""


@dataclass
class Ledger:
    file: Path
    outcomes: Counter[str] = field(default_factory=Counter)
    _out: TextIO | None = None

    def write(self, line: Line) -> None:
        if self._out is None:
            self._out = self.file.open("a", encoding="utf-8")
        self._out.write(json.dumps(asdict(line)) + "\n")
        self._out.flush()
        self.outcomes[line.outcome] += 1

    def close(self) -> None:
        if self._out is not None:
            self._out.close()


def lines(file: Path) -> Iterator[Line]:
    """What was written, for whoever judges it."""
    with file.open(encoding="utf-8") as written:
        for line in written:
            found: dict[str, Any] = json.loads(line)
            yield Line(**found)

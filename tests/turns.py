"""What is too long for each run comes in turn, a third of it each day.

These are proofs of the tests themselves, and the stories that are marked ``in_turn``. ``make test ALL=1``
takes every one.
"""

import os
import zlib
from datetime import UTC, datetime

DAYS = 3
DAY = "ASTREINTE_TEST_DAY"
"""The number of the day, for all processes of a run the same; ``all``: there are no turns."""


def begin() -> None:
    """Called where a run begins: whoever it starts finds the day."""
    os.environ.setdefault(DAY, str(datetime.now(UTC).toordinal()))


def has_its_turn(name: str) -> bool:
    """Whether what is called so is proved today."""
    day = os.environ.get(DAY, "all")
    return not day.isdecimal() or (zlib.crc32(name.encode()) + int(day)) % DAYS == 0

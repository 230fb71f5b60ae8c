"""What `astreinte doctor` says of each thing that it looks at."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.chassis.failed import Failed


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found and, when that is not enough, what to do."""

    name: str
    ok: bool
    found: str
    todo: str = ""


def judged(name: str, look: Callable[[], str]) -> Finding:
    """What `look` returns was found; the sentence that it fails with says what to do."""
    try:
        return Finding(name, True, look())
    except Failed as failed:
        return Finding(name, False, "not usable", str(failed))

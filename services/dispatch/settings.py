"""What the dispatch service reads from its environment beyond what every service does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from infra.chassis.settings import Settings as Common
from infra.chassis.settings import SettingsError


@dataclass(frozen=True)
class Settings(Common):
    """``replan_seconds``: how long after it looked for better days the service looks again; 0: never, and
    no visit is moved to make room for another."""

    replan_seconds: float = 60.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """``ASTREINTE_REPLAN_SECONDS`` (``60``), and what every service reads."""
        base = super().from_environment(environment)
        said = base.extra.get("REPLAN_SECONDS", "60")
        if not said.isdecimal():
            raise SettingsError(
                f"ASTREINTE_REPLAN_SECONDS is {said!r}: give seconds, such as 60, or 0 where visits stay as "
                "they were planned"
            )
        return replace(base, replan_seconds=float(said))

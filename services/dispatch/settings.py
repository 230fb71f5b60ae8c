"""What the dispatch service reads from its environment beyond what every service does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlsplit

from infra.chassis.settings import Settings as Common
from infra.chassis.settings import SettingsError
from services.dispatch.domain.alone import LONGEST_MINUTES, SHORTEST_MINUTES, SIGN_MINUTES


@dataclass(frozen=True)
class Settings(Common):
    """``replan_seconds``: how long after it looked for better days the service looks again; 0: never, and
    no visit is moved to make room for another. ``osrm``: where a road service is asked for travel times.
    ``firm``: whose service reports they are. ``sign_minutes``: how often who works alone says
    that he is well."""

    replan_seconds: float = 60.0
    osrm: str = ""
    firm: str = "Astreinte"
    sign_minutes: int = SIGN_MINUTES

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """``ASTREINTE_REPLAN_SECONDS`` (``60``), ``ASTREINTE_OSRM`` (none), ``ASTREINTE_FIRM``
        (``Astreinte``), ``ASTREINTE_LONE_WORK_MINUTES`` (``30``), and what every service reads."""
        base = super().from_environment(environment)
        said = base.extra.get("REPLAN_SECONDS", "60")
        if not said.isdecimal():
            raise SettingsError(
                f"ASTREINTE_REPLAN_SECONDS is {said!r}: give seconds, such as 60, or 0 where visits stay as "
                "they were planned"
            )
        return replace(
            base,
            replan_seconds=float(said),
            osrm=_address(base.extra.get("OSRM", "")),
            firm=base.extra.get("FIRM", "") or cls.firm,
            sign_minutes=_minutes(base.extra.get("LONE_WORK_MINUTES", f"{SIGN_MINUTES}")),
        )


def _minutes(said: str) -> int:
    if not said.isdecimal() or not SHORTEST_MINUTES <= int(said) <= LONGEST_MINUTES:
        raise SettingsError(
            f"ASTREINTE_LONE_WORK_MINUTES is {said!r}: give minutes, from {SHORTEST_MINUTES} to "
            f"{LONGEST_MINUTES}"
        )
    return int(said)


def _address(said: str) -> str:
    try:
        parts = urlsplit(said)
        fine = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    except ValueError:
        fine = False
    if said and not fine:
        raise SettingsError(
            f"ASTREINTE_OSRM is {said!r}: give what comes before /table/v1/driving/, such as http://osrm:5000"
        )
    return said

"""What the inventory service reads from its environment beyond what every service does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from infra.chassis.settings import LINK_KEY_LENGTH, SettingsError
from infra.chassis.settings import Settings as Common

__all__ = ["Settings", "SettingsError"]


@dataclass(frozen=True)
class Settings(Common):
    """``codes_keys``: access codes of sites are sealed with the first, and opened with any of them."""

    codes_keys: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """``ASTREINTE_CODES_KEY`` (none: no access codes are kept), and what every service reads."""
        base = super().from_environment(environment)
        in_development = base.profile == "development"
        said = base.extra.get("CODES_KEY", "development" if in_development else "")
        keys = tuple(key.strip() for key in said.split(",") if key.strip())
        if not in_development and any(len(key) < LINK_KEY_LENGTH for key in keys):
            raise SettingsError(
                f"ASTREINTE_CODES_KEY is too short: give {LINK_KEY_LENGTH} characters by chance, or none; "
                "the new key before the old ones, with commas between them, where it is changed"
            )
        return replace(base, codes_keys=keys)

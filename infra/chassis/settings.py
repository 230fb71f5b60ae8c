"""What a service reads from its environment, all of it, once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

Profile = Literal["production", "development"]


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message says which and what it may be."""


@dataclass(frozen=True)
class Settings:
    """The settings that every service has.

    ``issuer`` is the OIDC issuer whose tokens are taken, ``jwks_url`` where its keys are (the
    issuer's well-known document says when absent), ``audience`` what tokens must be for.
    """

    profile: Profile = "production"
    kafka: str = ""
    mongodb: str = ""
    host: str = "0.0.0.0"
    port: int = 8000
    issuer: str = ""
    jwks_url: str = ""
    audience: str = "astreinte"
    log_level: str = "INFO"
    database_prefix: str = "astreinte"
    group_prefix: str = "astreinte"
    rate_limit: str = "600/minute"
    instance: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read ``ASTREINTE_*``; ``SettingsError`` names what is wrong."""
        env = os.environ if environment is None else environment

        def text(name: str, default: str = "") -> str:
            return env.get(f"ASTREINTE_{name}", default)

        profile = text("PROFILE", "production")
        if profile not in {"production", "development"}:
            raise SettingsError(f"ASTREINTE_PROFILE is {profile!r}: it may be production or development")
        port = text("PORT", "8000")
        if not port.isdigit():
            raise SettingsError(f"ASTREINTE_PORT is {port!r}: it must be a number")
        for needed in ("KAFKA", "MONGODB"):
            if not text(needed):
                example = "kafka:9092" if needed == "KAFKA" else "mongodb://mongo:27017/?replicaSet=rs0"
                raise SettingsError(f"ASTREINTE_{needed} is not set: give an address such as {example}")
        return cls(
            profile="development" if profile == "development" else "production",
            kafka=text("KAFKA"),
            mongodb=text("MONGODB"),
            host=text("HOST", "0.0.0.0"),
            port=int(port),
            issuer=text("ISSUER"),
            jwks_url=text("JWKS_URL"),
            audience=text("AUDIENCE", "astreinte"),
            log_level=text("LOG_LEVEL", "INFO"),
            database_prefix=text("DATABASE_PREFIX", "astreinte"),
            group_prefix=text("GROUP_PREFIX", "astreinte"),
            rate_limit=text("RATE_LIMIT", "600/minute"),
            instance=text("INSTANCE") or None,
            extra={name.removeprefix("ASTREINTE_"): value for name, value in env.items()},
        )

"""What a service reads from its environment, all of it, once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from infra.chassis.http.tenants import Tenant, read_tenants
from infra.chassis.store.audit import USUAL_DAYS
from infra.kafka_address import Address

PREFIX = "ASTREINTE_"
LINK_KEY_LENGTH = 32
MOST_AUDIT_DAYS = 3650
Profile = Literal["production", "development"]


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message says which and what it may be."""


@dataclass(frozen=True)
class Settings:
    """The settings that every service has.

    ``issuer`` is the OIDC issuer whose tokens are taken, ``jwks`` its key set or the address of it
    (where the issuer's own description says when absent), ``audience`` what tokens must be for.
    ``requests_per_minute`` is for each caller, None for no limit. ``traces`` is where a collector takes
    spans (OTLP over HTTP); nothing is recorded where it is empty. ``link_key`` signs the links in mails
    that need no login, the same for all services; there are none where it is empty. ``tenants`` are the
    providers whose people may come in, where there are several. ``audit_days``: for how long it is kept who
    changed what.
    """

    profile: Profile = "production"
    kafka: str = ""
    mongodb: str = ""
    host: str = "0.0.0.0"
    port: int = 8000
    issuer: str = ""
    jwks: str = ""
    audience: str = "astreinte"
    log_level: str = "INFO"
    traces: str = ""
    link_key: str = ""
    database_prefix: str = "astreinte"
    group_prefix: str = "astreinte"
    requests_per_minute: int | None = 1200
    instance: str | None = None
    tenants: tuple[Tenant, ...] = ()
    audit_days: int = USUAL_DAYS
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def public_url(self) -> str:
        """Where people and their programs reach us (``ASTREINTE_PUBLIC_URL``)."""
        return self.extra.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

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
        limit = text("REQUESTS_PER_MINUTE", "1200")
        if not limit.isdigit():
            raise SettingsError(f"ASTREINTE_REQUESTS_PER_MINUTE is {limit!r}: a number, or 0 for no limit")
        driver = text("MONGODB_DRIVER", "pymongo")
        if driver not in {"pymongo", "motor"}:
            raise SettingsError(f"ASTREINTE_MONGODB_DRIVER is {driver!r}: it may be pymongo or motor")
        traces = text("TRACES")
        if traces and not traces.startswith(("http://", "https://")):
            raise SettingsError(
                f"ASTREINTE_TRACES is {traces!r}: give an address such as http://collector:4318/v1/traces"
            )
        link_key = text("LINK_KEY", "development" if profile == "development" else "")
        if profile == "production" and link_key and len(link_key) < LINK_KEY_LENGTH:
            raise SettingsError(
                f"ASTREINTE_LINK_KEY is too short: give {LINK_KEY_LENGTH} characters by chance, or none"
            )
        for needed in ("KAFKA", "MONGODB"):
            if not text(needed):
                example = "kafka:9092" if needed == "KAFKA" else "mongodb://mongo:27017/?replicaSet=rs0"
                raise SettingsError(f"ASTREINTE_{needed} is not set: give an address such as {example}")
        audit_days = text("AUDIT_DAYS", str(USUAL_DAYS))
        if not audit_days.isdecimal() or not 1 <= int(audit_days) <= MOST_AUDIT_DAYS:
            raise SettingsError(
                f"ASTREINTE_AUDIT_DAYS is {audit_days!r}: give the days for which it is kept who changed "
                f"what, 1 to {MOST_AUDIT_DAYS}"
            )
        try:
            address = Address.of(text("KAFKA"))
            if address.secure:
                address.trust()
        except (OSError, ValueError) as error:
            raise SettingsError(f"ASTREINTE_KAFKA cannot be used: {error}") from error
        try:
            tenants = read_tenants(text("TENANTS")) if text("TENANTS") else ()
        except ValueError as error:
            raise SettingsError(f"ASTREINTE_TENANTS: {error}") from error
        return cls(
            profile="development" if profile == "development" else "production",
            kafka=text("KAFKA"),
            mongodb=text("MONGODB"),
            host=text("HOST", "0.0.0.0"),
            port=int(port),
            issuer=text("ISSUER"),
            jwks=text("JWKS"),
            audience=text("AUDIENCE", "astreinte"),
            log_level=text("LOG_LEVEL", "INFO"),
            traces=traces,
            link_key=link_key,
            database_prefix=text("DATABASE_PREFIX", "astreinte"),
            group_prefix=text("GROUP_PREFIX", "astreinte"),
            requests_per_minute=int(limit) or None,
            instance=text("INSTANCE") or None,
            tenants=tenants,
            audit_days=int(audit_days),
            extra={
                name.removeprefix(PREFIX): value for name, value in env.items() if name.startswith(PREFIX)
            },
        )

"""What an inventory says of a machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from services.inventory.domain.identity import Identity


@dataclass(frozen=True)
class OperatingSystem:
    """``build`` as the maker counts (``22631.4317``), or the kernel's version."""

    name: str | None = None
    version: str | None = None
    build: str | None = None
    arch: str | None = None
    installed_on: str | None = None


@dataclass(frozen=True)
class Cpu:
    name: str
    cores: int | None = None
    threads: int | None = None
    mhz: int | None = None


@dataclass(frozen=True)
class Disk:
    """``size_mb`` in units of 10^6 bytes or of 2^20: agents do not say which."""

    name: str
    serial: str | None = None
    size_mb: int | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Volume:
    """What a disk is divided into, under the name that its system has for it (``C:``, ``/home``)."""

    name: str
    total_mb: int | None = None
    free_mb: int | None = None
    filesystem: str | None = None
    encrypted: bool | None = None

    @property
    def free_share(self) -> float | None:
        """0 to 1; None where it is not known."""
        if not self.total_mb or self.free_mb is None:
            return None
        return self.free_mb / self.total_mb


@dataclass(frozen=True)
class Screen:
    name: str
    manufacturer: str | None = None
    serial: str | None = None


@dataclass(frozen=True)
class Peripheral:
    kind: str
    name: str
    serial: str | None = None


@dataclass(frozen=True)
class Antivirus:
    """``base_on``: the day of its signatures. ``behind_since``: when it was first not up to date any more."""

    name: str
    version: str | None = None
    enabled: bool | None = None
    up_to_date: bool | None = None
    base_on: str | None = None
    expires_on: str | None = None
    behind_since: str | None = None


@dataclass(frozen=True)
class Software:
    name: str
    version: str | None = None
    publisher: str | None = None
    installed_on: str | None = None


@dataclass(frozen=True)
class Alert:
    """A state in which a rule has asked for work: it asks again only after the state was left."""

    rule: str
    since: str
    ticket_id: str


@dataclass(frozen=True)
class Report:
    """One inventory. None: it does not say; an empty tuple: there are none. ``partial``: it is of some
    categories only, and of the others nothing follows.

    ``kind`` is what the machine seems to be, by its housing.
    """

    device_id: str
    partial: bool = False
    tag: str | None = None
    agent: str | None = None
    kind: str | None = None
    hostname: str | None = None
    domain: str | None = None
    last_user: str | None = None
    identity: Identity = field(default_factory=Identity)
    system: OperatingSystem | None = None
    memory_mb: int | None = None
    ips: tuple[str, ...] | None = None
    cpus: tuple[Cpu, ...] | None = None
    disks: tuple[Disk, ...] | None = None
    volumes: tuple[Volume, ...] | None = None
    screens: tuple[Screen, ...] | None = None
    peripherals: tuple[Peripheral, ...] | None = None
    antivirus: tuple[Antivirus, ...] | None = None
    software: tuple[Software, ...] | None = None

    @cached_property
    def software_digest(self) -> str | None:
        """The same for the same list, so that a list that is known is not read to be compared."""
        if self.software is None:
            return None
        said = "\n".join(
            f"{each.name}\t{each.version}\t{each.publisher}\t{each.installed_on}" for each in self.software
        )
        return sha256(said.encode()).hexdigest()


_GONE_WHEN_ABSENT = ("ips", "disks", "volumes", "screens", "peripherals", "antivirus")
_KEPT_WHEN_ABSENT = ("hostname", "domain", "last_user", "system", "memory_mb", "cpus", "agent")


@dataclass(frozen=True)
class Machine:
    """What is known of one by its inventories; the id is the asset's.

    ``software_count`` and ``software_digest`` are of the list, which is kept apart. ``seen_at`` is the last
    inventory's time, ``whole_at`` that of the last one that was not partial.
    """

    id: str
    customer_id: str
    seen_at: datetime | None = None
    whole_at: datetime | None = None
    device_id: str | None = None
    agent: str | None = None
    hostname: str | None = None
    domain: str | None = None
    last_user: str | None = None
    system: OperatingSystem | None = None
    memory_mb: int | None = None
    ips: tuple[str, ...] = ()
    cpus: tuple[Cpu, ...] = ()
    disks: tuple[Disk, ...] = ()
    volumes: tuple[Volume, ...] = ()
    screens: tuple[Screen, ...] = ()
    peripherals: tuple[Peripheral, ...] = ()
    antivirus: tuple[Antivirus, ...] = ()
    software_count: int | None = None
    software_digest: str | None = None
    alerts: tuple[Alert, ...] = ()

    def after(self, report: Report, at: datetime) -> "Machine":
        """It as an inventory of then leaves it.

        A list that a whole inventory does not have is empty: agents send no empty ones. What every machine
        has, and a list of software, was only not looked at. An inventory that is older than what is known
        changes nothing.
        """
        if self.seen_at is not None and at < self.seen_at:
            return self
        said = {
            each.name: getattr(report, each.name)
            for each in fields(self)
            if each.name in (*_GONE_WHEN_ABSENT, *_KEPT_WHEN_ABSENT)
        }
        changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        if not report.partial:
            changes.update({name: () for name in _GONE_WHEN_ABSENT if said[name] is None})
        if "antivirus" in changes:
            changes["antivirus"] = _dated(changes["antivirus"], self.antivirus, at)
        if "system" in changes:
            changes["system"] = _filled(changes["system"], self.system)
        return replace(
            self,
            **changes,
            device_id=report.device_id,
            seen_at=at,
            whole_at=self.whole_at if report.partial else at,
        )


def _dated(now: tuple[Antivirus, ...], before: tuple[Antivirus, ...], at: datetime) -> tuple[Antivirus, ...]:
    """Each that is not up to date with the day since when it has not been."""
    since: Mapping[str, str | None] = {each.name: each.behind_since for each in before}
    return tuple(
        replace(each, behind_since=since.get(each.name) or at.date().isoformat())
        if each.up_to_date is False
        else each
        for each in now
    )


def _filled(now: OperatingSystem, before: OperatingSystem | None) -> OperatingSystem:
    """Of the same system a partial inventory may say less."""
    if before is None or (now.name is not None and now.name != before.name):
        return now
    kept = {each.name: getattr(before, each.name) for each in fields(now) if getattr(now, each.name) is None}
    return replace(now, **kept)


@dataclass(frozen=True)
class SoftwareList:
    """What is installed on a machine, by name; the id is the asset's (or the open question's)."""

    id: str
    customer_id: str
    items: tuple[Software, ...] = ()
